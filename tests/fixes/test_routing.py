import json
from itertools import product

import mmh3
import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyBuckets, KeyLoads
from kafka_sizing.fixes import RoutingTable, bucket_of
from kafka_sizing.fixes.routing import placed_by_weight

weights_ = st.lists(st.floats(0, 1e6), min_size=1, max_size=40)


@given(weights=weights_, n=st.integers(1, 12))
def test_the_largest_load_is_at_most_the_mean_and_most_of_the_largest_weight(weights, n):
    placed = placed_by_weight(np.array(weights), np.zeros(n))
    largest = np.bincount(placed, weights, minlength=n).max()
    assert largest <= (sum(weights) / n + max(weights) * (1 - 1 / n)) * (1 + 1e-9)


@given(weights=st.lists(st.integers(1, 30), min_size=1, max_size=7), n=st.integers(1, 3))
def test_the_largest_load_is_near_the_best_there_is(weights, n):
    placed = placed_by_weight(np.array(weights, dtype=float), np.zeros(n))
    largest = np.bincount(placed, weights, minlength=n).max()
    best = min(
        np.bincount(assignment, weights, minlength=n).max()
        for assignment in product(range(n), repeat=len(weights))
    )
    assert best <= largest <= (4 / 3 - 1 / (3 * n)) * best + 1e-9


def test_the_heaviest_goes_first_and_ties_to_the_lowest_partition():
    placed = placed_by_weight(np.array([1.0, 5.0, 3.0, 3.0]), np.zeros(3))
    assert placed.tolist() == [1, 0, 1, 2]  # 5 | 3 + 1 | 3


def test_what_is_there_already_counts():
    assert placed_by_weight(np.array([1.0, 1.0]), np.array([5.0, 0.0])).tolist() == [1, 1]


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=20), st.integers(1, 10_000_000))
def test_one_key_goes_to_the_bucket_it_has_in_a_column(keys, buckets):
    expected = [mmh3.hash(key, 0, signed=False) % buckets for key in keys]
    assert bucket_of(keys, buckets).tolist() == expected
    assert [bucket_of(key, buckets) for key in keys] == expected
    assert KeyBuckets(buckets).bucket_of(keys).tolist() == expected
    assert KeyBuckets(buckets).bucket_of(keys[0]) == expected[0]


def test_a_table_routes_one_key_as_it_routes_many(carriers):
    table = KeyBuckets(120).routing_table(carriers, 12)
    assert table.partition_of("UA") == table.partition_of(["B6", "UA"])[1]
    assert isinstance(table.partition_of("UA"), int)
    assert (table.buckets, table.partitions) == (120, 12)


def test_a_table_survives_its_file(carriers):
    table = KeyBuckets(120).routing_table(carriers, 12)
    text = table.to_json()
    again = RoutingTable.from_json(text)
    assert again.partitions == 12
    assert again.partition_of_bucket.tolist() == table.partition_of_bucket.tolist()
    assert json.loads(text)["hash"] == "murmur3_x86_32"


def test_a_frame_has_a_row_per_bucket():
    table = RoutingTable(partition_of_bucket=[1, 0, 1], partitions=2)
    assert table.to_frame().to_dict("list") == {"bucket": [0, 1, 2], "partition": [1, 0, 1]}
    assert repr(table) == "RoutingTable(3 buckets -> 2 partitions)"
    assert "<table" in table._repr_html_()


def test_a_table_cannot_be_written_to():
    given_ = np.array([0, 1])
    table = RoutingTable(partition_of_bucket=given_, partitions=2)
    given_[0] = 1
    assert table.partition_of_bucket.tolist() == [0, 1]
    with pytest.raises(ValueError, match="read-only"):
        table.partition_of_bucket[0] = 1


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ([], "one whole number per bucket"),
        ([0.5], "one whole number per bucket"),
        ([[0]], "one whole number per bucket"),
        ([[0], [0, 1]], "one whole number per bucket"),
        ([0, 2], r"must lie in 0 … 1, got 2 for bucket 1"),
        ([-1], r"must lie in 0 … 1, got -1 for bucket 0"),
    ],
)
def test_a_table_that_is_none_is_refused(table, text):
    with pytest.raises(ValueError, match=text):
        RoutingTable(partition_of_bucket=table, partitions=2)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("{", "text must be JSON"),
        (None, "text must be JSON"),
        ("[1]", "text must hold buckets, hash"),
        ({"hash": None}, "text must hold"),
        ({"hash": "murmur2"}, "hash must be 'murmur3_x86_32' with seed 0, got 'murmur2'"),
        ({"seed": 7}, "got 'murmur3_x86_32' with seed 7"),
        ({"buckets": 3}, "must hold 3 buckets, got 2"),
        ({"partition_of_bucket": [0, 9]}, "got 9 for bucket 1"),
    ],
)
def test_a_file_that_is_no_table_is_refused(change, text):
    written = RoutingTable(partition_of_bucket=[0, 1], partitions=2).to_json()
    if isinstance(change, dict):
        content = {**json.loads(written), **change}
        change = json.dumps({name: value for name, value in content.items() if value is not None})
    with pytest.raises(ValueError, match=text):
        RoutingTable.from_json(change)


def test_keys_no_table_has_seen_have_a_partition_too():
    table = KeyBuckets(10).routing_table(KeyLoads(["a"], [1]), 3)
    assert table.partition_of("never seen") in range(3)
