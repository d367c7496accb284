from statistics import mean

import mmh3
import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyBuckets, KeyLoads, coefficient_of_variation, partition_of, place

some_keys = st.dictionaries(st.binary(max_size=9), st.floats(0, 1e9), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("buckets", "ratio"), [(24, 3.51), (48, 3.08), (96, 2.86), (240, 2.73), (1_000, 2.66)]
)
def test_more_buckets_by_weight_come_near_the_floor_of_the_hottest_key(zipf_keys, buckets, ratio):
    observed = mean(
        KeyBuckets(buckets).evaluate(zipf_keys(5_000, draw=draw), 24).imbalance_ratio
        for draw in range(60)
    )
    assert observed == pytest.approx(ratio, rel=0.03)


def test_hashed_buckets_are_worse_than_hashed_keys_by_the_formula(zipf_keys):
    n, size, buckets, draws = 24, 300, 48, 500
    s2 = np.square(zipf_keys(size).shares).sum()
    expected = (n - 1) * (s2 + (1 - s2) / buckets)
    observed = [
        coefficient_of_variation(
            # other bucket numbers, since those of one table always meet on the same partitions
            KeyBuckets(buckets, placed="hashed")
            .evaluate(zipf_keys(size, draw=draw), n, partitioner="java")
            .loads.loads
        )
        ** 2
        for draw in range(draws)
    ]
    # For these 48 numbers, their partitions are fixed: condition on how many share each.
    held = np.bincount([partition_of(str(bucket), n) for bucket in range(buckets)], minlength=n)
    q = held / buckets
    given_table = n * (s2 + (1 - s2) * np.square(q).sum()) - 1
    assert mean(observed) == pytest.approx(given_table, abs=4 * np.std(observed) / draws**0.5)
    note = KeyBuckets(buckets, placed="hashed").evaluate(zipf_keys(size), n).notes[0]
    assert f"{expected:.3g}" in note
    assert f"{(n - 1) * s2:.3g}" in note


@given(loads=some_keys, buckets=st.integers(1, 50), n=st.integers(1, 12), null=st.floats(0, 1e9))
def test_every_key_goes_with_its_bucket(added_up, loads, buckets, n, null):
    keys = KeyLoads(list(loads), list(loads.values()), null_load=null)
    for placed in ("by weight", "hashed"):
        fix = KeyBuckets(buckets, placed=placed)
        table = fix.routing_table(keys, n).partition_of_bucket.tolist()
        parts = (
            (table[mmh3.hash(key, 0, signed=False) % buckets], load) for key, load in loads.items()
        )
        outcome = fix.evaluate(keys, n)
        assert outcome.loads.loads == pytest.approx(added_up(parts, n, null), rel=1e-9, abs=1e-6)
        assert outcome.loads.total == pytest.approx(keys.total)


def test_hashed_buckets_go_where_their_decimal_number_does():
    table = KeyBuckets(30, placed="hashed").routing_table(KeyLoads(["a"], [1]), 7)
    assert table.partition_of_bucket.tolist() == [partition_of(str(b), 7) for b in range(30)]


def test_one_bucket_puts_every_key_on_one_partition(carriers):
    assert KeyBuckets(1).evaluate(carriers, 12).peak_share == pytest.approx(1)


def test_weights_count_the_load_of_null_keys_that_lie_on_one_partition():
    keys = KeyLoads(["a", "b"], [2, 2], null_load=5)
    # This client hashes a null key as an empty one, so all null load lies together.
    loads = KeyBuckets(1_000).evaluate(keys, 2, partitioner="librdkafka-murmur2").loads.loads
    assert sorted(loads.tolist()) == [4, 5]


def test_order_stays_per_key_and_moves_are_counted(carriers):
    outcome = KeyBuckets(120).evaluate(carriers, 12)
    table = KeyBuckets(120).routing_table(carriers, 12)
    moved = table.partition_of(carriers.keys) != place(carriers, 12).partition_of_key
    assert (outcome.ordering_scope, outcome.read_fan_in, outcome.state_copies) == ("per key", 1, 1)
    assert outcome.moved_key_share == pytest.approx(moved.mean())
    assert outcome.moved_load_share == pytest.approx(carriers.shares[moved].sum())
    assert "made anew" in outcome.notes[0]


def test_the_hottest_key_is_the_floor(carriers):
    outcome = KeyBuckets(1_000).evaluate(carriers, 12)
    assert outcome.peak_share == pytest.approx(58_665 / 336_776)


@pytest.mark.parametrize(
    ("fix", "name"),
    [
        (KeyBuckets(1_200), "1,200 key buckets, placed by weight"),
        (KeyBuckets(1, placed="hashed"), "1 key bucket, hashed"),
    ],
)
def test_the_name_says_how_many_and_how_placed(fix, name):
    assert fix.name == name


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"buckets": 0}, r"buckets must be a whole number in 1 … 10,000,000, got 0"),
        ({"buckets": 3, "placed": "weight"}, r"placed must be one of .* \(near: 'by weight'\)"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments, text):
    with pytest.raises(ValueError, match=text):
        KeyBuckets(**arguments)


def test_buckets_without_load_are_dealt_so_that_every_partition_has_as_many(carriers):
    table = KeyBuckets(120).routing_table(carriers, 12)
    assert np.bincount(table.partition_of_bucket, minlength=12).tolist() == [10] * 12


def test_the_cost_of_hashing_buckets_counts_records_without_a_key():
    # Two keys of a quarter each, half spread over 5 partitions: CV² is 1 with the keys together
    # and 0.375 apart. Hashed they meet by 1/5, in two hashed buckets by 1/2 + 1/2 × 1/5.
    (note,) = (
        KeyBuckets(2, placed="hashed").evaluate(KeyLoads(["a", "b"], [1, 1], null_load=2), 5).notes
    )
    assert "CV² is 0.75, against 0.5 when" in note


def test_a_table_of_hashed_buckets_follows_the_partitioner(carriers):
    fix = KeyBuckets(7, placed="hashed")
    numbers = [str(bucket) for bucket in range(7)]
    for name in ("java", "sarama"):
        table = fix.routing_table(carriers, 12, partitioner=name)
        expected = partition_of(numbers, 12, partitioner=name)
        assert table.partition_of_bucket.tolist() == expected.tolist()
