"""Where no fix holds: what any fix would need, and what is enough for the best that was tried."""

from __future__ import annotations

import pytest

from kafka_sizing import (
    CompositeKey,
    KeyBuckets,
    KeyLoads,
    MorePartitions,
    NoKey,
    compare_fixes,
    expected_imbalance,
    zipf_keys,
)


def test_where_one_key_is_too_big_the_way_out_is_proved():
    """The key has 60 %, a partition takes 25 %: 2.4 times as fast, or three parts."""
    keys = KeyLoads(["big", "a", "b", "c", "d"], [60, 10, 10, 10, 10])
    way = compare_fixes(keys, 12, [MorePartitions(48), NoKey()], capacity=25).way_out
    assert way.is_impossible
    assert way.least_handler_ratio == pytest.approx(2.4)
    assert way.least_shards == 3
    assert way.fix_without_order == "no key"
    assert way.reason.startswith("impossible while keys stay whole: the hottest writes 60.0 %")


def test_where_no_key_is_too_big_the_closest_fix_says_how_much_is_missing():
    keys = KeyLoads([f"k{at}" for at in range(100)], [1.0] * 100)
    comparison = compare_fixes(keys, 4, [MorePartitions(8)], capacity=10)
    way = comparison.way_out
    assert not way.is_impossible
    assert way.handler_ratio == pytest.approx(comparison.best.peak_share * 100 / 10)
    assert "times as fast" in way.reason
    assert way.fix_without_order is None


def test_a_fix_that_holds_needs_no_way_out(carriers):
    assert compare_fixes(carriers, 12, [KeyBuckets(120)], capacity=67_355).way_out is None


def test_keys_above_the_line_are_counted_and_so_are_the_partitions_they_need():
    """10 % per partition: 40 %, 15 % and 15 % are above it, and 100 % need ten partitions."""
    keys = KeyLoads(list("abcdefgh"), [40, 15, 15, 10, 5, 5, 5, 5])
    way = compare_fixes(keys, 4, [], capacity=10).way_out
    assert (way.keys_above, way.least_shards, way.least_partitions) == (3, 4, 10)
    assert (
        "that key in 4 parts or more and the 2 other keys above the line in parts too, on at "
        "least 10 partitions, each part in order for itself" in way.reason
    )
    enough = compare_fixes(keys, 12, [], capacity=10).way_out.reason
    assert "above the line in parts too, each part" in enough
    pair = KeyLoads(["a", "b", "c"], [40, 40, 20])
    assert (
        "and the other key above the line" in compare_fixes(pair, 12, capacity=35).way_out.reason
    )


def test_one_key_on_one_partition_needs_partitions_to_be_split_over():
    way = compare_fixes(KeyLoads(["only"], [30]), 1, [], capacity=10).way_out
    assert "that key in 3 parts or more, on at least 3 partitions" in way.reason


def test_what_is_written_as_enough_is_enough():
    """The hottest key needs 2.67 times the handler at least, the best fix tried more."""
    keys = zipf_keys(1_000, exponent=1, total=1_000)
    comparison = compare_fixes(keys, 12, [MorePartitions(24)], capacity=50)
    way = comparison.way_out
    assert way.least_handler_ratio == pytest.approx(keys.shares.max() / 0.05)
    assert way.handler_ratio > way.least_handler_ratio
    assert f"needs at least a handler {way.least_handler_ratio:.2f} times as fast" in way.reason
    written = float(way.reason.split("it holds with a handler ")[1].split(" times")[0])
    assert way.handler_ratio <= written < way.handler_ratio + 0.01
    faster = compare_fixes(keys, 12, [MorePartitions(24)], capacity=50 * written)
    assert faster.fits


def test_under_a_certainty_the_way_out_clears_what_most_hashes_keep_to(carriers):
    """As is fits these keys with 17.4 % of 18 %, and four hashes in five do not."""
    capacity = 0.18 * carriers.total
    comparison = compare_fixes(carriers, 19, [], capacity=capacity, certainty=0.95)
    assert comparison.best is comparison.as_is
    assert "17.4 %, within the line of" in comparison.reason
    assert "(18.0 %), but only " in comparison.reason
    assert "of random hashes keep it (wanted: 95.0 %)" in comparison.reason
    way = comparison.way_out
    expected = expected_imbalance(carriers, 19, draws=3_000, rng=0)
    assert way.best_share == pytest.approx(expected.max_share_quantile(0.95), rel=0.02)
    assert way.handler_ratio > 1.2
    assert "with a certainty of 95.0 %" in way.reason
    faster = compare_fixes(
        carriers, 19, [], capacity=1.0001 * way.handler_ratio * capacity, certainty=0.95
    )
    assert faster.fits


def test_where_it_is_not_known_how_sure_a_fix_is_no_handler_is_named(carriers):
    """Listed keys that are not the heaviest, dealt round: no draws for those."""
    fix = CompositeKey(2, hot_keys=["OO"], placed="consecutive")
    comparison = compare_fixes(
        carriers, 19, [fix], capacity=0.18 * carriers.total, ordering="none", certainty=0.95
    )
    unknown = comparison.outcomes[1]
    assert unknown.fits
    assert not comparison.holds(unknown)
    assert comparison.best is comparison.as_is  # of which it is known
    frame = comparison.to_frame()
    assert frame["probability"].isna().tolist() == [False, True]
    assert frame["holds"].tolist() == [False, False]


@pytest.mark.parametrize("certainty", [None, 0.5, 0.95])
@pytest.mark.parametrize("share", [0.05, 0.12, 0.175, 0.19])
def test_no_way_out_names_a_handler_as_fast_as_now(carriers, certainty, share):
    for partitions in (1, 12, 19):
        way = compare_fixes(
            carriers, partitions, capacity=share * carriers.total, certainty=certainty
        ).way_out
        if way is not None:
            assert way.handler_ratio > 1
            assert " 1.00 times" not in way.reason
