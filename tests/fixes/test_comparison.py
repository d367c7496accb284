from dataclasses import dataclass, replace

import pytest
from hypothesis import given, strategies as st

from kafka_sizing import (
    Comparison,
    CompositeKey,
    KeyBuckets,
    KeyLoads,
    MorePartitions,
    NoKey,
    PartitionLoads,
    TimeBuckets,
    compare_fixes,
    find_hot,
    place,
)
from kafka_sizing.fixes import AsIs, Fix, Outcome
from kafka_sizing.fixes.base import line_for

EVERY_FIX = (
    MorePartitions(48),
    KeyBuckets(240),
    CompositeKey(8, hot_keys=8, placed="consecutive"),
    CompositeKey(64),
    TimeBuckets(60, slices=3),
    NoKey(),
)


def best_of(keys, partitions, fixes, **needs):
    return compare_fixes(keys, partitions, fixes, **needs).best.fix


def test_as_is_comes_first_and_then_every_fix_in_order(carriers):
    comparison = compare_fixes(carriers, 12, EVERY_FIX)
    assert [outcome.fix for outcome in comparison.outcomes] == [AsIs(), *EVERY_FIX]
    assert comparison.as_is.loads.loads.tolist() == place(carriers, 12).loads.tolist()
    assert comparison.as_is.peak_share == pytest.approx(0.252055, abs=1e-6)
    assert compare_fixes(carriers, 12, [AsIs()]).outcomes[1:] == ()


def test_as_is_is_best_if_it_fits(carriers):
    comparison = compare_fixes(carriers, 12, EVERY_FIX, capacity=85_000, ordering="none")
    assert comparison.best is comparison.as_is
    assert comparison.fits
    assert comparison.reason == (
        "As is: the hottest partition carries 25.2 %, 3.02 × the even share, "
        "within the line of 85,000 records (25.2 %)."
    )


@pytest.mark.parametrize(
    ("capacity", "best"),
    [
        pytest.param(61_000, MorePartitions(48), id="more partitions separate two airlines"),
        pytest.param(59_000, KeyBuckets(240), id="the hottest key is alone on its partition"),
    ],
)
def test_with_order_per_key_the_least_intrusive_fix_that_fits_is_best(carriers, capacity, best):
    for ordering in (None, "per key"):
        assert best_of(carriers, 12, EVERY_FIX, capacity=capacity, ordering=ordering) == best


def test_without_order_the_least_intrusive_fix_that_fits_is_best(carriers):
    needs = {"capacity": 58_700, "ordering": "none"}  # just more than the hottest key writes
    order = [KeyBuckets(240), EVERY_FIX[2], EVERY_FIX[3], NoKey()]
    for at, best in enumerate(order):
        assert best_of(carriers, 12, order[at:][::-1], **needs) == best


def test_who_needs_order_per_shard_is_not_handed_no_key(carriers):
    """Two airlines alone are above the line: a split keeps shards in order, no key nothing."""
    needs = {"capacity": 50_000, "fixes": EVERY_FIX[::-1]}
    shards = compare_fixes(carriers, 12, ordering="per shard", **needs)
    assert shards.best.fix == EVERY_FIX[2]
    kept = [shards.keeps_order(outcome) for outcome in shards.outcomes]
    assert kept == [True, False, False, True, True, True, True]
    slices = compare_fixes(carriers, 12, ordering="per key and slice", **needs)
    kept = [slices.keeps_order(outcome) for outcome in slices.outcomes]
    assert kept == [True, False, True, False, False, True, True]
    assert "while order per key and slice is needed" in slices.reason
    assert "the hottest key alone writes 17.4 %" in slices.reason  # whole in every slice
    assert "if order per key and slice is given up" in slices.reason
    assert slices.way_out.is_impossible


def test_of_equally_intrusive_fixes_the_lower_fan_in_is_best(carriers):
    fixes = [CompositeKey(shards, hot_keys=8, placed="consecutive") for shards in (12, 8, 10)]
    needs = {"capacity": 58_000, "ordering": "none"}
    assert best_of(carriers, 12, fixes, **needs) == fixes[1]


def test_of_equal_fan_in_the_fewer_moved_are_best():
    keys = KeyLoads([f"user-{at}" for at in range(2_000)], [1.0] * 2_000)
    fixes = [MorePartitions(31), MorePartitions(24), MorePartitions(48)]
    assert best_of(keys, 12, fixes, capacity=125) == MorePartitions(24)


def test_a_key_above_the_capacity_cannot_be_helped_in_order(carriers):
    comparison = compare_fixes(carriers, 12, EVERY_FIX, capacity=50_000)
    assert not comparison.fits
    assert comparison.best.fix == KeyBuckets(240)  # the lowest peak that keeps order
    assert comparison.reason == (
        "No fix fits while order per key is needed: the hottest key alone writes 17.4 %; "
        '"240 key buckets, placed by weight" comes closest: the hottest partition carries 25.2 % '
        "as is and 17.4 % with it, above the line of 50,000 records (14.8 %); if order per key is "
        'given up, "composite key for the 8 heaviest keys, 8 shards on consecutive partitions" '
        f"fits with {100 * comparison.outcomes[3].peak_share:.1f} %."
    )


def test_a_line_below_the_even_share_says_how_many_partitions_it_takes(carriers):
    reason = compare_fixes(carriers, 12, [NoKey()], capacity=20_000, ordering="none").reason
    assert "No fix fits: even spread needs 17 partitions; " in reason  # 336,776 / 20,000
    assert '"no key" comes closest' in reason
    as_is = compare_fixes(carriers, 12, [], capacity=20_000, ordering="none").reason
    assert "the lowest peak, as is, is 25.2 %, above the line" in as_is
    assert "given up" not in as_is


def test_the_reason_of_a_fix_that_fits_says_what_it_changes(carriers):
    kept = compare_fixes(carriers, 12, [MorePartitions(48)], capacity=61_000).reason
    assert kept == (
        "48 partitions: the hottest partition carries 25.2 % as is and 17.9 % with it, within "
        "the line of 61,000 records (18.1 %); order per key is kept."
    )
    lost = compare_fixes(carriers, 12, [NoKey()], capacity=30_000, ordering="none").reason
    assert lost.startswith("No key: the hottest partition carries 25.2 % as is and 8.3 % with it")
    assert lost.endswith("spread over all partitions: no order.")


def test_the_ceiling_is_the_capacity_over_the_peak_share(carriers):
    rates = carriers.scaled_to(100.0, "bytes/s")
    comparison = compare_fixes(rates, 12, [NoKey()], capacity=10)
    as_is, no_key = comparison.outcomes
    assert as_is.throughput_ceiling == pytest.approx(10 / 0.252055, rel=1e-5)
    assert no_key.throughput_ceiling == pytest.approx(120)
    without = compare_fixes(rates, 12, [NoKey()])
    assert without.as_is.throughput_ceiling is None
    assert without.to_frame()["throughput_ceiling"].isna().all()


def test_without_a_capacity_the_line_is_that_of_the_hot_report(carriers):
    comparison = compare_fixes(carriers, 12, [MorePartitions(24), NoKey()])
    report = find_hot(place(carriers, 12))
    assert comparison.line == report.lines[0]
    assert comparison.unit == "records"
    assert comparison.as_is.hot_partitions == len(report.hot)
    doubled, no_key = comparison.outcomes[1:]
    assert doubled.hot_partitions == int((doubled.loads.loads > report.lines[0].load).sum())
    assert (no_key.hot_partitions, no_key.fits) == (0, True)


def test_heat_that_noise_explains_needs_no_fix():
    counted = {f"user-{at}": 1 for at in range(60)}
    keys = KeyLoads(list(counted), list(counted.values()), sample_size=60)
    comparison = compare_fixes(keys, 12, [NoKey()], ordering="none")
    assert find_hot(place(keys, 12)).fits
    assert comparison.as_is.hot_partitions
    assert comparison.best is comparison.as_is
    assert "a sample of this size cannot tell it from the line" in comparison.reason
    sure = compare_fixes(KeyLoads(list(counted), [1] * 60), 12, [NoKey()], ordering="none")
    assert sure.best.fix == NoKey()


def test_time_slices_change_less_than_no_key_and_more_than_shards():
    assert CompositeKey(2).intrusiveness < TimeBuckets(60).intrusiveness < NoKey().intrusiveness


def test_a_table_has_a_row_per_fix(carriers):
    comparison = compare_fixes(carriers, 12, EVERY_FIX, capacity=50_000)
    frame = comparison.to_frame()
    assert list(frame.columns) == [
        "fix",
        "partitions",
        "peak_share",
        "imbalance_ratio",
        "throughput_ceiling",
        "hot_partitions",
        "ordering_scope",
        "read_fan_in",
        "state_copies",
        "moved_key_share",
        "moved_load_share",
        "fits",
        "keeps_order",
    ]
    assert frame["fix"].tolist() == ["as is", *(fix.name for fix in EVERY_FIX)]
    assert frame["partitions"].tolist() == [12, 48, 12, 12, 12, 12, 12]
    assert frame["keeps_order"].tolist() == [True, True, True, False, False, False, False]
    for outcome, (_, row) in zip(comparison.outcomes, frame.iterrows(), strict=True):
        (own,) = outcome.to_frame().to_dict("records")
        assert own == row.drop("keeps_order").to_dict()


def test_pages_and_lines_show_the_verdict(carriers):
    comparison = compare_fixes(carriers, 12, [NoKey()], capacity=50_000)
    assert repr(comparison) == (
        "Comparison(2 outcomes, best='as is', peak_share=0.2521 -> 0.2521, fits=False)"
    )
    page = comparison._repr_html_()
    assert "No fix fits" in page
    assert "<table" in page
    assert repr(comparison.outcomes[1]) == (
        "Outcome('no key', 12 partitions, peak_share=0.0833, ordering_scope='none', fits=True)"
    )
    assert "<table" in comparison.as_is._repr_html_()


@given(
    loads=st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=30),
    n=st.integers(1, 20),
    capacity=st.none() | st.floats(1e-3, 1e7),
    ordering=st.sampled_from([None, "per key", "per shard", "per key and slice", "none"]),
)
def test_the_best_keeps_the_order_needed_and_nothing_that_does_fits_better(
    loads, n, capacity, ordering
):
    keys = KeyLoads([f"user-{at}" for at in range(len(loads))], loads)
    comparison = compare_fixes(keys, n, capacity=capacity, ordering=ordering)
    best = comparison.best
    assert ordering == "none" or best.ordering_scope in ("per key", ordering)
    assert best in comparison.outcomes
    assert best.fits or not any(
        outcome.fits for outcome in comparison.outcomes if comparison.keeps_order(outcome)
    )
    assert comparison.fits is best.fits
    assert comparison.reason.endswith(".")
    assert len(comparison.outcomes) <= 9
    for outcome in comparison.outcomes:
        assert outcome.loads.total == pytest.approx(keys.total)


def test_null_keys_on_one_partition_are_named_and_a_client_that_spreads_them_helps():
    keys = KeyLoads(["a", "b", "c"], [1, 1, 1], null_load=30)
    needs = {"partitioner": "librdkafka-consistent"}
    kept = compare_fixes(keys, 4, **needs).reason
    assert "records without a key, 90.9 %, all go to one partition; " in kept
    assert '"no key" fits with 25.0 %' in kept
    assert compare_fixes(keys, 4, ordering="none", **needs).best.fix == NoKey()


def test_an_empty_key_that_the_client_spreads_is_no_obstacle():
    reason = compare_fixes(
        KeyLoads([""], [100]), 4, [], capacity=15, partitioner="librdkafka"
    ).reason
    assert "even spread needs 7 partitions; " in reason
    assert "hottest key" not in reason


def test_a_count_beyond_all_topics_is_not_spelt_out():
    reason = compare_fixes(KeyLoads(["a"], [5]), 3, [], capacity=1e-300).reason
    assert "even spread needs more than 10,000,000 partitions; " in reason


def test_no_load_at_all_fits():
    comparison = compare_fixes(KeyLoads(["a"], [0.0]), 4, [NoKey(), CompositeKey(2)], capacity=5)
    assert comparison.best is comparison.as_is
    assert comparison.as_is.throughput_ceiling is None


@dataclass(frozen=True)
class ToTheFirst(Fix):
    """A fix of someone else."""

    @property
    def name(self) -> str:
        return "<b>first</b>"

    def applied_to(self, before, *, line) -> Outcome:
        loads = PartitionLoads(loads=[before.total, 0.0], unit=before.unit)
        return replace(AsIs().applied_to(before, line=line), fix=self, loads=loads)


def test_a_fix_of_ones_own_is_compared_too_and_escaped(carriers):
    comparison = compare_fixes(carriers, 12, [ToTheFirst()], capacity=85_000)
    assert comparison.outcomes[1].peak_share == 1
    assert comparison.outcomes[1].fix.intrusiveness > NoKey().intrusiveness
    assert "<b>" not in comparison._repr_html_()


def test_fixes_may_be_taken_from_an_iterator(carriers):
    assert len(compare_fixes(carriers, 12, iter(EVERY_FIX)).outcomes) == 7


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"fixes": [24]}, TypeError, r"fixes must be fixes such as MorePartitions\(24\), got 24"),
        ({"fixes": NoKey()}, None, ""),
        (
            {"ordering": "per-key"},
            ValueError,
            r"ordering must be one of 'per key', 'per shard', .*'none'",
        ),
        ({"capacity": 0}, ValueError, r"capacity must be finite and > 0, got 0"),
        ({"partitions": 0}, ValueError, r"partitions must be a whole number in 1 "),
        ({"partitioner": "jav"}, ValueError, r"partitioner must be .* got 'jav'.*'java'"),
        ({"fixes": [MorePartitions(3)]}, ValueError, r"more than the present 12"),
    ],
)
def test_an_argument_out_of_range_is_named(carriers, arguments, error, text):
    arguments = {"partitions": 12, **arguments}
    if error is None:  # one fix needs no list
        assert len(compare_fixes(carriers, **arguments).outcomes) == 2
        return
    with pytest.raises(error, match=text):
        compare_fixes(carriers, **arguments)


def test_a_comparison_begins_as_it_is(carriers):
    whole = compare_fixes(carriers, 12, [NoKey()])
    for outcomes in ((), whole.outcomes[1:]):
        with pytest.raises(ValueError, match="outcomes must begin with that of 'as is'"):
            Comparison(outcomes=outcomes, line=whole.line, ordering="none")
    with pytest.raises(ValueError, match="ordering must be one of"):
        replace(whole, ordering="some")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"ordering_scope": "per slice"}, "ordering_scope must be one of"),
        ({"read_fan_in": 0}, "read_fan_in must be a whole number"),
        ({"state_copies": 0}, "state_copies must be a whole number"),
        ({"moved_key_share": 1.5}, r"moved_key_share must be a share in \[0, 1\], got 1\.5"),
        ({"moved_load_share": float("nan")}, "moved_load_share must be a share .* got nan"),
    ],
)
def test_an_outcome_refuses_what_it_cannot_be(carriers, change, text):
    outcome = NoKey().evaluate(carriers, 12)
    with pytest.raises(ValueError, match=text):
        replace(outcome, **change)


def test_shares_lose_the_rounding_of_their_sums(carriers):
    outcome = replace(NoKey().evaluate(carriers, 12), moved_load_share=1 + 1e-12)
    assert outcome.moved_load_share == 1


def test_loads_without_keys_cannot_be_fixed():
    loads = PartitionLoads(loads=[3, 1])
    with pytest.raises(ValueError, match="loads must come with their keys"):
        NoKey().applied_to(loads, line=line_for(loads, None))


def test_a_load_too_small_to_share_out_is_still_compared():
    comparison = compare_fixes(KeyLoads(["a"], [5e-324]), 2)  # half of it is 0
    assert comparison.outcomes[0].loads.total == 5e-324


def test_a_comparison_keeps_the_capacity_it_was_made_under():
    keys = KeyLoads(["a", "b"], [3, 1])
    assert compare_fixes(keys, 2, [NoKey()], capacity=7).capacity == 7.0
    assert compare_fixes(keys, 2, [NoKey()]).capacity is None


def test_as_is_says_that_nothing_changes():
    as_is = compare_fixes(KeyLoads(["a", "b"], [3, 1]), 2, [NoKey()]).as_is
    assert as_is.ordering_note == "records of a key stay in order"
    assert (as_is.producer_change, as_is.consumer_change) == ("none", "none")
    assert (as_is.moved_key_share, as_is.moved_load_share) == (0, 0)


def test_loads_with_only_some_of_their_keys_cannot_be_fixed():
    bare = PartitionLoads(loads=[3, 1])
    keyed = place(KeyLoads(["a"], [1]), 2)
    half = PartitionLoads(loads=[3, 1], keys=keyed.keys)
    for loads in (bare, half):
        with pytest.raises(ValueError, match="loads must come with their keys, as place gives"):
            NoKey().applied_to(loads, line=line_for(keyed, None))


def test_one_shard_changes_nothing_and_is_still_the_fix_that_was_asked_for(carriers):
    fix = CompositeKey(1)
    outcome = fix.evaluate(carriers, 12)
    assert outcome.fix is fix
    assert outcome.loads.loads.tolist() == place(carriers, 12).loads.tolist()
