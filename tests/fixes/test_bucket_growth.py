"""Buckets that move as partitions are added: bounds, promises, and the hash for comparison."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing import KeyBuckets, KeyLoads, RoutingTable, moved_keys, place, zipf_keys
from kafka_sizing.fixes.bucket_growth import grow_buckets
from kafka_sizing.fixes.routing import bucket_of


def even_keys(n):
    return KeyLoads([f"user-{i}" for i in range(n)], np.ones(n))


def loads_of(keys, table):
    placed = table.partition_of(keys.keys)
    return np.bincount(placed, keys.loads, table.partitions) + keys.null_load / table.partitions


def moved_of(keys, one, other):
    return one.partition_of(keys.keys) != other.partition_of(keys.keys)


# --- by hand ----------------------------------------------------------------------------


def keys_in_buckets(loads):
    """One key for each bucket, with the load of its bucket."""
    found = {}
    number = 0
    while len(found) < len(loads):
        found.setdefault(bucket_of(f"k{number}", len(loads)), f"k{number}")
        number += 1
    return KeyLoads([found[at] for at in range(len(loads))], loads)


def test_of_two_partitions_with_three_equal_buckets_each_gives_one_away():
    keys = keys_in_buckets([1] * 6)
    table = RoutingTable(partition_of_bucket=[0, 0, 0, 1, 1, 1], partitions=2)
    grown = grow_buckets(keys, 2, 3, table=table)
    assert grown.table.partition_of_bucket.tolist() == [2, 0, 0, 2, 1, 1]
    assert grown.moved_buckets.tolist() == [0, 3]
    assert grown.fewest_moves.moved_load_share == pytest.approx(1 / 3)
    assert grown.fewest_moves.moved_key_share == pytest.approx(1 / 3)
    assert grown.fewest_moves.peak_share == pytest.approx(1 / 3)
    assert grown.peak_share_before == pytest.approx(1 / 2)
    assert grown.even_moved_share == pytest.approx(1 / 3)
    assert grown.least_moved_share == pytest.approx(1 / 3)


def test_the_heaviest_bucket_that_leaves_enough_behind_goes():
    # 12 in all, 4 a partition: 7 - 3 is 4, so 3 goes; 5 - 2 is 3 and too little, 5 - 1 is not
    keys = keys_in_buckets([4, 3, 2, 2, 1])
    table = RoutingTable(partition_of_bucket=[0, 0, 1, 1, 1], partitions=2)
    grown = grow_buckets(keys, 2, 3, table=table)
    assert grown.table.partition_of_bucket.tolist() == [0, 2, 1, 1, 2]


def test_buckets_that_weigh_nothing_are_levelled_by_number():
    keys = KeyLoads(["a"], [1])
    grown = grow_buckets(keys, 2, 4, buckets=41)
    held = np.bincount(grown.table.partition_of_bucket, minlength=4)
    # 10.25 each: no partition gives a bucket away if that takes it below
    assert sorted(held.tolist()) == [9, 10, 11, 11]
    assert grown.fewest_moves.moved_load_share == 0


def test_twelve_to_eighteen_moves_a_third_where_a_hash_moves_two():
    keys = even_keys(20_000)
    grown = grow_buckets(keys, 12, 18, buckets=1_000)
    assert grown.even_moved_share == pytest.approx(1 / 3)
    # each of the 12 may keep a part of a bucket above the even share: 12 of 1,000 buckets
    assert 1 / 3 - 0.012 < grown.fewest_moves.moved_load_share <= 1 / 3 + 1e-9
    assert grown.hash_modulo.moved_load_share == pytest.approx(2 / 3, abs=0.0167)  # 5 sd
    assert grown.placed_anew.moved_load_share > 0.6
    assert grown.fewest_moves.peak_share == pytest.approx(1 / 18, rel=0.01)


def test_growing_step_by_step_moves_each_bucket_hardly_more_than_once():
    keys = even_keys(20_000)
    first = grow_buckets(keys, 12, 18, buckets=1_200)
    second = grow_buckets(keys, 18, 24, table=first.table)
    total = first.fewest_moves.moved_load_share + second.fewest_moves.moved_load_share
    # 1/3 + 1/4; a jump from 12 to 24 moves 1/2
    assert total == pytest.approx(7 / 12, abs=0.01)
    assert second.before == 18
    assert second.table_before is first.table


def test_the_same_count_moves_nothing_where_buckets_are_level():
    keys = keys_in_buckets([1] * 6)
    grown = grow_buckets(keys, 3, 3, buckets=6)
    assert grown.moved_buckets.size == 0
    assert grown.even_moved_share == 0


def test_the_table_of_today_is_that_of_key_buckets():
    keys = zipf_keys(500, exponent=0.8, total=1e6)
    grown = grow_buckets(keys, 6, 8, buckets=100)
    table = KeyBuckets(100).routing_table(keys, 6)
    assert (grown.table_before.partition_of_bucket == table.partition_of_bucket).all()
    anew = KeyBuckets(100).routing_table(keys, 8)
    assert grown.placed_anew.peak_share == pytest.approx(loads_of(keys, anew).max() / keys.total)


# --- promises ---------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    before=st.integers(1, 12),
    added=st.integers(0, 12),
    buckets=st.integers(1, 300),
    exponent=st.sampled_from([0.0, 0.5, 1.0, 1.5]),
    null_load=st.sampled_from([0.0, 300.0]),
    seed=st.integers(0, 1_000),
)
def test_no_partition_becomes_hotter_and_no_bucket_moves_for_nothing(
    *, before, added, buckets, exponent, null_load, seed
):
    after = before + added
    made = zipf_keys(200, exponent=exponent, total=1_000, prefix=f"s{seed}-")
    keys = KeyLoads(made.keys, made.loads, null_load=null_load)
    rng = np.random.default_rng(seed)
    table = RoutingTable(partition_of_bucket=rng.integers(0, before, buckets), partitions=before)
    grown = grow_buckets(keys, before, after, table=table)
    loads_before, loads = loads_of(keys, table), loads_of(keys, grown.table)
    shares = loads / keys.total
    change = grown.fewest_moves
    assert change.peak_share == pytest.approx(shares.max())
    assert grown.peak_share_before == pytest.approx(loads_before.max() / keys.total)
    assert change.peak_share <= grown.peak_share_before + 1e-9
    moved = moved_of(keys, table, grown.table)
    assert change.moved_load_share == pytest.approx(keys.shares[moved].sum())
    assert change.moved_key_share == pytest.approx(moved.mean())
    # no partition gives away more than what it has above the even share, or above that of what
    # is left once the k heaviest buckets have a partition each
    heaviest = np.cumsum(np.sort(np.bincount(bucket_of(keys.keys, buckets), keys.loads))[::-1])
    taken = [0.0, *heaviest[: after - 1]]
    level = min((keys.total - some) / (after - k) for k, some in enumerate(taken))
    stays = np.append(loads_before - null_load / before, np.zeros(added)) + null_load / after
    excess = np.maximum(stays - level, 0).sum() / keys.total
    assert grown.least_moved_share - 1e-9 <= change.moved_load_share <= excess + 1e-9
    modulo = moved_keys(keys, before, after)
    assert grown.hash_modulo.moved_load_share == pytest.approx(modulo.load_share)
    assert grown.hash_modulo.moved_key_share == pytest.approx(modulo.key_share)
    assert grown.hash_modulo.peak_share == pytest.approx(place(keys, after).max_share)


def test_partitions_added_beside_one_key_too_big_are_filled_from_the_others():
    keys = keys_in_buckets([90, 1, 1, 1, 1, 1, 1])  # level: 6 / 3 beside the 90
    table = RoutingTable(partition_of_bucket=[0, 1, 1, 1, 1, 1, 1], partitions=2)
    grown = grow_buckets(keys, 2, 4, table=table)
    assert loads_of(keys, grown.table).tolist() == [90, 2, 2, 2]
    assert grown.fewest_moves.moved_load_share == pytest.approx(4 / 96)


def test_of_two_buckets_too_big_that_share_a_partition_the_lighter_goes():
    keys = keys_in_buckets([60, 30, 1, 1])
    table = RoutingTable(partition_of_bucket=[0, 0, 0, 1], partitions=2)
    grown = grow_buckets(keys, 2, 4, table=table)
    assert sorted(loads_of(keys, grown.table).tolist()) == [1, 1, 30, 60]
    assert grown.table.partition_of_bucket[0] == 0


# --- results ----------------------------------------------------------------------------


def test_words_and_frame_compare_three_ways():
    keys = keys_in_buckets([1] * 6)
    table = RoutingTable(partition_of_bucket=[0, 0, 0, 1, 1, 1], partitions=2)
    grown = grow_buckets(keys, 2, 3, table=table)
    assert grown.reason.startswith(
        "2 -> 3 partitions: 2 buckets of 6 move, 33.3 % of the load, hottest 33.3 %, "
        "was 50.0 % (even keys would need 33.3 % to move); placed anew: "
    )
    assert "; hash modulo: " in grown.reason
    assert repr(grown) == (
        "BucketGrowth(2 -> 3 partitions: 2 of 6 buckets move, 33.3 % of the load)"
    )
    frame = grown.to_frame()
    assert frame["name"].tolist() == ["fewest moves", "placed anew", "hash modulo"]
    assert frame.columns.tolist() == ["name", "moved_load_share", "moved_key_share", "peak_share"]
    assert "placed anew" in grown._repr_html_()


# --- nonsense ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "changes", "text"),
    [
        ((12, 6), {"buckets": 10}, r"^after must be a whole number in 12 … 10,000,000, got 6"),
        ((0, 6), {"buckets": 10}, r"^before must be a whole number"),
        ((2, 3), {}, r"one of buckets and table must be given, got neither"),
        ((2, 3), {"buckets": 0}, r"buckets must be a whole number in 1"),
        (
            (2, 3),
            {"buckets": 2, "table": RoutingTable(partition_of_bucket=[0, 1], partitions=2)},
            r"one of buckets and table must be given, got both",
        ),
        (
            (3, 4),
            {"table": RoutingTable(partition_of_bucket=[0, 1], partitions=2)},
            r"table must be for 3 partitions, got 2",
        ),
    ],
)
def test_nonsense_gets_one_clear_line(counts, changes, text):
    with pytest.raises(ValueError, match=text):
        grow_buckets(KeyLoads(["a"], [1]), *counts, **changes)


def test_wrong_types_are_named():
    with pytest.raises(TypeError, match="keys must be KeyLoads"):
        grow_buckets(["a"], 2, 3, buckets=2)
    with pytest.raises(TypeError, match="table must be RoutingTable, as grow_buckets gives, got"):
        grow_buckets(KeyLoads(["a"], [1]), 2, 3, table=[0, 1])
