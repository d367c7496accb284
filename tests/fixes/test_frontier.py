"""What can be had: peak share against order and cost, how surely, and the way out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing import (
    CompositeKey,
    KeyBuckets,
    KeyLoads,
    MorePartitions,
    NoKey,
    TimeBuckets,
    compare_fixes,
    expected_imbalance,
)
from kafka_sizing.fixes import AsIs, KeyGrouping, expect_salted
from kafka_sizing.fixes.base import cost_of

FIXES = (
    MorePartitions(24),
    MorePartitions(48),
    KeyBuckets(120),
    CompositeKey(4),
    CompositeKey(4, hot_keys=8),
    NoKey(),
)


def test_points_are_ordered_by_cost_and_as_is_is_cheapest(carriers):
    frontier = compare_fixes(carriers, 12, FIXES, capacity=67_000).frontier
    assert isinstance(frontier.points[0].outcome.fix, AsIs)
    costs = [cost_of(point.outcome) for point in frontier.points]
    assert costs == sorted(costs)
    assert [point.cost_rank for point in frontier.points] == list(range(7))


def test_what_costs_more_for_a_higher_peak_and_less_order_is_bettered(carriers):
    """Splitting all keys in 4 leaves a higher peak than splitting 8, and costs more."""
    frontier = compare_fixes(carriers, 12, FIXES, capacity=67_000).frontier
    points = {point.name: point for point in frontier.points}
    bettered = points["composite key, 4 shards"]
    assert not bettered.is_on_frontier
    assert bettered.bettered_by.name == "composite key for the 8 heaviest keys, 4 shards"
    assert points["no key"].is_on_frontier
    assert points["as is"].is_on_frontier


def test_how_sure_a_hash_is_comes_from_random_hashes(carriers):
    """48 partitions fit these keys and six in ten hashes; a table fits or not."""
    frontier = compare_fixes(carriers, 12, FIXES, capacity=67_355).frontier
    points = {point.name: point for point in frontier.points}
    lucky = points["48 partitions"]
    expected = expected_imbalance(carriers, 48, draws=3_000, rng=0)
    line = 67_355 / carriers.total
    assert lucky.certainty.basis == "random hash"
    assert lucky.certainty.probability == pytest.approx(1 - expected.probability_above(line))
    assert lucky.outcome.fits
    table = points["120 key buckets, placed by weight"].certainty
    assert (table.basis, table.probability) == ("these keys", 1.0)
    assert points["no key"].certainty.probability == 1.0
    shares = points["composite key for the 8 heaviest keys, 4 shards"].certainty
    assert shares.basis == "random hash"
    assert 0.6 < shares.probability < 0.9


def test_consecutive_shards_are_judged_over_the_hashes_of_their_keys(carriers):
    """The same draws as those of `expect_salted`, which places each key and deals its shards."""
    fix = CompositeKey(4, hot_keys=8, placed="consecutive")
    comparison = compare_fixes(carriers, 12, [fix], capacity=67_000)
    certainty = comparison.frontier.points[1].certainty
    expected = expect_salted(
        carriers, 12, hot_keys=8, shards=4, placement="consecutive", draws=20_000, rng=1
    )
    assert certainty.basis == "random hash"
    wanted = expected.probability_within(67_000 / carriers.total)
    assert certainty.probability == pytest.approx(wanted, abs=0.02)


def test_with_a_certainty_the_best_fix_is_not_a_lucky_one(carriers):
    capacity = 67_355
    lucky = compare_fixes(carriers, 12, FIXES, capacity=capacity)
    sure = compare_fixes(carriers, 12, FIXES, capacity=capacity, certainty=0.95)
    assert lucky.best.fix == MorePartitions(48)
    assert sure.best.fix == KeyBuckets(120)
    assert sure.fits
    assert len(sure.probabilities) == len(sure.outcomes)
    assert sure.probabilities[2] < 0.95 <= sure.probabilities[3]


def test_a_certainty_that_nothing_reaches_is_said(carriers):
    sure = compare_fixes(carriers, 12, [MorePartitions(48)], capacity=67_355, certainty=0.95)
    assert not sure.fits
    assert "with a certainty of 95.0 %" in sure.reason


@pytest.mark.parametrize("certainty", [0, -0.1, 1, 1.1, float("nan")])
def test_a_certainty_is_a_share(carriers, certainty):
    with pytest.raises(ValueError, match=r"certainty must be a share in \(0, 1\)"):
        compare_fixes(carriers, 12, FIXES, certainty=certainty)


def test_of_two_that_are_alike_the_earlier_is_on_the_frontier(carriers):
    points = compare_fixes(carriers, 12, [KeyGrouping()], capacity=67_000).frontier.points
    assert [point.name for point in points] == ["as is", "key grouping"]
    assert [point.is_on_frontier for point in points] == [True, False]
    assert points[1].certainty.probability == points[0].certainty.probability > 0


def test_neither_a_shard_nor_a_slice_has_the_order_of_the_other(carriers):
    """Shards of 8 keys are cheaper and lower than slices, and still do not better them."""
    fixes = [CompositeKey(4, hot_keys=8), TimeBuckets(60, slices=3)]
    points = compare_fixes(carriers, 12, fixes, capacity=67_000).frontier.points
    shards, slices = points[1].outcome, points[2].outcome
    assert shards.peak_share < slices.peak_share
    assert cost_of(shards) < cost_of(slices)
    assert points[2].bettered_by.name == "as is"  # which keeps all order, and is no hotter


def test_a_frontier_has_a_row_for_each_fix(carriers):
    frontier = compare_fixes(carriers, 12, FIXES, capacity=67_000).frontier
    frame = frontier.to_frame()
    assert frame["fix"].tolist() == [point.name for point in frontier.points]
    assert frame["probability"].between(0, 1).all()
    assert repr(frontier).startswith("FixFrontier(7 fixes, frontier=['as is'")
    assert "<table" in frontier._repr_html_()
    assert "nothing betters" in frontier.reason


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 1_000), min_size=2, max_size=30),
    st.integers(2, 12),
    st.sampled_from([0.1, 0.3, 0.6]),
)
def test_every_bettered_point_is_bettered_by_one_on_the_frontier(loads, partitions, share):
    keys = KeyLoads([f"k{at}" for at in range(len(loads))], loads)
    fixes = [MorePartitions(2 * partitions), KeyBuckets(40), CompositeKey(3), NoKey()]
    comparison = compare_fixes(keys, partitions, fixes, capacity=share * keys.total)
    frontier = comparison.frontier
    best = {point.outcome.name for point in frontier.frontier}
    assert best
    for point in frontier.points:
        if point.bettered_by is not None:
            assert point.bettered_by.name in best
            assert point.bettered_by.peak_share <= point.outcome.peak_share + 1e-12


def test_no_load_at_all_fits_for_certain():
    comparison = compare_fixes(KeyLoads(["a", "b"], [0, 0]), 4, certainty=0.9)
    assert comparison.fits
    assert comparison.best is comparison.as_is
    assert comparison.reason.startswith("As is")
