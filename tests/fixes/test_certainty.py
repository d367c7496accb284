"""How sure a fix is to hold: over random hashes, over replays, or for these keys."""

from __future__ import annotations

import numpy as np
import pytest

from kafka_sizing import (
    CompositeKey,
    KeyBuckets,
    KeyLoads,
    MorePartitions,
    NoKey,
    TimeBuckets,
    compare_fixes,
    place,
    zipf_keys,
)
from kafka_sizing.fixes import (
    AdjustedTable,
    BoundedLoads,
    DChoices,
    IsolatedKeys,
    KeyGrouping,
    OfflineGreedy,
    OnlineGreedy,
    PartialKeyGrouping,
    RandomChoices,
    RoundRobinHead,
    ShuffleGrouping,
    StaticTwoChoices,
    TokenRing,
    TrainedTable,
    WChoices,
)
from kafka_sizing.fixes.base import line_for
from kafka_sizing.fixes.certainty import FitCertainty, certainty_of

RECORDS = 3_000


def certainty(fix, keys, partitions, capacity, *, wanted=None, partitioner="java"):
    before = place(keys, partitions, partitioner=partitioner)
    outcome = fix.applied_to(before, line=line_for(before, capacity))
    return certainty_of(outcome, before, wanted)


@pytest.mark.parametrize(
    ("fix", "basis"),
    [
        (KeyGrouping(), "random hash"),
        (IsolatedKeys(2), "random hash"),
        (CompositeKey(4, hot_keys=8, placed="consecutive"), "random hash"),
        (CompositeKey(4, hot_keys=8), "random hash"),
        (CompositeKey(4), "random hash"),
        (CompositeKey(1), "random hash"),
        (TimeBuckets(60, slices=3), "random hash"),
        (OfflineGreedy(records=RECORDS), "these keys"),
        (AdjustedTable(records=RECORDS), "these keys"),
        (ShuffleGrouping(records=RECORDS), "these keys"),
        (NoKey(), "these keys"),
        (KeyBuckets(240), "these keys"),
        (KeyBuckets(240, placed="hashed"), "replays"),
        (TrainedTable(120, records=RECORDS), "replays"),
        (StaticTwoChoices(records=RECORDS), "replays"),
        (OnlineGreedy(records=RECORDS), "replays"),
        (TokenRing(records=RECORDS), "replays"),
        (PartialKeyGrouping(records=RECORDS), "replays"),
        (WChoices(records=RECORDS), "replays"),
        (DChoices(records=RECORDS), "replays"),
        (RoundRobinHead(records=RECORDS), "replays"),
        (RandomChoices(records=RECORDS), "replays"),
        (BoundedLoads(records=RECORDS), "replays"),
    ],
)
def test_of_every_fix_it_is_known_what_its_certainty_rests_on(carriers, fix, basis):
    found = certainty(fix, carriers, 12, 67_000)
    assert found.basis == basis
    assert 0 <= found.probability <= 1
    assert found.is_at_least(0.95) == (found.least_probability >= 0.95)


def test_key_grouping_is_as_sure_as_the_topic_as_it_is(carriers):
    comparison = compare_fixes(carriers, 12, [KeyGrouping()], capacity=67_000, certainty=0.5)
    as_is, grouping = comparison.certainties
    assert grouping.peak_shares.tolist() == as_is.peak_shares.tolist()


def test_isolated_keys_leave_the_others_to_a_hash():
    """40 on a partition of its own; 3 × 20 over two: all three meet with 1/4, at 60."""
    keys = KeyLoads(list("abcd"), [40, 20, 20, 20])
    found = certainty(IsolatedKeys(1), keys, 3, 50)
    assert set(found.peak_shares.round(9).tolist()) == {0.4, 0.6}
    assert found.probability == pytest.approx(0.75, abs=0.03)  # 3,000 draws: 4 errors of 0.008


def test_the_hot_key_itself_may_be_what_fails_and_nothing_else_is_left_to_hash():
    keys = KeyLoads(["a", "b"], [60, 40])
    found = certainty(IsolatedKeys(2), keys, 3, 50)
    assert (found.probability, found.peak_shares.tolist()) == (0.0, [0.6])


def test_isolated_keys_share_what_the_client_spreads():
    """librdkafka spreads the empty key: 30 over three partitions, 10 to each."""
    keys = KeyLoads(["", "a", "b"], [30, 60, 10])
    found = certainty(IsolatedKeys(1), keys, 3, 69, partitioner="librdkafka")
    assert found.peak_shares.tolist() == pytest.approx([0.7] * 3_000)


def test_every_slice_of_time_has_to_keep_the_line():
    """Two equal keys on two partitions part in half of all slices, and in 1/8 of all threes."""
    keys = KeyLoads(["a", "b"], [1, 1])
    one, three = (certainty(TimeBuckets(60, slices=n), keys, 2, 1.5) for n in (1, 3))
    assert one.probability == pytest.approx(0.5, abs=0.04)  # 3,000 draws: 4 errors of 0.009
    assert three.probability == pytest.approx(one.probability**3, abs=0.001)


def test_a_verdict_says_how_surely_it_holds(carriers):
    needs = {"capacity": 0.2 * carriers.total, "ordering": "none", "certainty": 0.5}
    hashed = compare_fixes(carriers, 12, [CompositeKey(8, hot_keys=8)], **needs)
    share = hashed.certainties[1].probability
    assert f"(20.0 %), and under {100 * share:.1f} % of random hashes; " in hashed.reason
    played = compare_fixes(carriers, 12, [WChoices(records=RECORDS)], **needs)
    assert "(20.0 %), and in 20 of 20 replays; " in played.reason
    table = compare_fixes(carriers, 12, [KeyBuckets(120)], **needs)
    assert "(20.0 %); order per key is kept." in table.reason
    as_is = compare_fixes(carriers, 12, [], **{**needs, "capacity": 0.9 * carriers.total})
    assert as_is.reason.endswith("(90.0 %), and under 100.0 % of random hashes.")


def test_replays_are_other_hashes_played_anew():
    """Two equal keys on two partitions: remembered choices part them unless all hashes agree.

    The second key stays with the first if both of its candidates are the first one's: 1/4.
    """
    keys = KeyLoads(["a", "b"], [1, 1])
    scheme = StaticTwoChoices(records=100)
    peaks = scheme.replayed_peaks(place(keys, 2), range(400))
    assert set(peaks.tolist()) == {0.5, 1.0}
    assert np.mean(peaks == 0.5) == pytest.approx(0.75, abs=0.09)  # 400 replays: 4 errors of 0.022
    again = scheme.replayed_peaks(place(keys, 2), range(300, 400))
    assert again.tolist() == peaks[300:].tolist()


def test_replays_end_early_where_the_certainty_is_out_of_reach():
    """20 tell that 0.75 is not 0.99: 17 of 20 or fewer hold under 0.99 once in a thousand."""
    keys = KeyLoads(["a", "b"], [1, 1])
    found = certainty(StaticTwoChoices(records=100), keys, 2, 1.5, wanted=0.99)
    assert found.peak_shares.size == 20
    assert found.least_probability < found.probability < 0.99
    assert found.peak_share(0.95) == 1.0
    assert f"{found.probability * 20:.0f} of 20 replays" in found.reason


def test_buckets_that_are_hashed_meet_twice():
    """Two keys, ten buckets, two partitions: they part with 9/10 × 1/2."""
    keys = KeyLoads(["a", "b"], [1, 1])
    peaks = KeyBuckets(10, placed="hashed").replayed_peaks(place(keys, 2), range(2_000))
    assert np.mean(peaks == 0.5) == pytest.approx(0.45, abs=0.045)  # 4 errors of 0.011


@pytest.mark.parametrize(
    ("wanted", "replays"), [(None, 59), (0.5, 20), (0.9, 29), (0.95, 59), (0.999, 300)]
)
def test_so_many_replays_are_played_that_all_of_them_can_promise_it(carriers, wanted, replays):
    """0.9**29, 0.95**59 and 0.99**299 are just below 5 %; 300 are the most."""
    found = certainty(OnlineGreedy(records=100), carriers, 12, carriers.total, wanted=wanted)
    assert found.peak_shares.size == replays
    assert found.probability == 1
    assert found.least_probability == pytest.approx(0.05 ** (1 / replays))
    assert found.is_at_least(wanted or 0.95) == (wanted != 0.999)


def test_a_certainty_beyond_all_replays_is_not_claimed(carriers):
    comparison = compare_fixes(
        carriers, 12, [OnlineGreedy(records=100)], capacity=0.5 * carriers.total, certainty=0.9999
    )
    assert comparison.outcomes[1].fits
    assert not comparison.holds(comparison.outcomes[1])


def test_null_keys_on_one_partition_come_on_top_in_replays():
    """This client puts all null keys, 80 % of the load, on one partition."""
    keys = KeyLoads(["a", "b"], [1, 1], null_load=8)
    found = certainty(IsolatedKeys(1, records=50), keys, 4, 9, partitioner="librdkafka-consistent")
    assert found.basis == "replays"
    assert found.peak_shares.min() >= 0.8


def test_a_line_is_kept_exactly_by_what_lies_on_it():
    found = FitCertainty(probability=0.5, basis="random hash", peak_shares=[0.4, 0.2])
    assert found.peak_shares.tolist() == [0.2, 0.4]
    assert (found.peak_share(0.5), found.peak_share(0.51)) == (0.2, 0.4)
    unknown = FitCertainty(probability=None, basis="not known")
    assert (unknown.peak_share(0.9), unknown.is_at_least(0.1)) == (None, False)
    assert "not known" in unknown.reason


def test_the_cheapest_fix_that_holds_surely_is_proposed_before_all_order_is_given_up():
    keys = zipf_keys(10_000, exponent=1.2, total=100_000, unit="records/s")
    sure = compare_fixes(keys, 24, capacity=10_000, ordering="none", certainty=0.95)
    assert isinstance(sure.best.fix, CompositeKey)
    held = [outcome for outcome in sure.outcomes if sure.holds(outcome)]
    assert len(held) == 3  # hashed, consecutive, and no key
    assert all(outcome.fits for outcome in held)


def test_a_topic_that_fits_by_luck_is_offered_what_holds_surely(carriers):
    """As is fits with 17.4 % of 18 %, under one hash in five."""
    lucky = compare_fixes(carriers, 19, capacity=0.18 * carriers.total)
    assert lucky.best is lucky.as_is
    sure = compare_fixes(carriers, 19, capacity=0.18 * carriers.total, certainty=0.95)
    assert sure.best.fix == KeyBuckets(190)
    assert sure.fits
    free = compare_fixes(carriers, 19, capacity=0.18 * carriers.total, certainty=0.5)
    assert free.fits


def test_the_count_proposed_under_a_certainty_is_the_first_that_is_sure():
    """100 equal keys, 5 per partition: what holds at the count holds no more well below it."""
    keys = KeyLoads([f"k{at}" for at in range(100)], [1.0] * 100)
    sure = compare_fixes(keys, 12, capacity=9, certainty=0.9)
    counts = {
        outcome.fix.partitions: probability
        for outcome, probability in zip(sure.outcomes, sure.probabilities, strict=True)
        if isinstance(outcome.fix, MorePartitions) and sure.holds(outcome)
    }
    first = min(counts)
    assert counts[first] >= 0.9
    below = compare_fixes(
        keys, 12, [MorePartitions(first - first // 8)], capacity=9, certainty=0.9
    )
    assert below.probabilities[1] < counts[first]
    assert below.probabilities[1] < 0.9 + 0.01


def test_a_choice_of_shards_is_as_sure_as_it_says():
    """What the note says, the frontier says; both pass, and so do hashes drawn by another."""
    keys = zipf_keys(10_000, exponent=1.2, total=100_000, unit="records/s")
    comparison = compare_fixes(
        keys, 24, [CompositeKey()], capacity=10_000, ordering="none", certainty=0.95
    )
    chosen, found = comparison.outcomes[1], comparison.certainties[1]
    assert found.probability >= 0.95
    assert f"{100 * found.probability:.1f} % of random hashes (standard error" in chosen.notes[0]
    shares = keys.shares
    hot, shards = chosen.fix.hot_keys, chosen.fix.shards
    parts = np.concatenate([np.repeat(shares[:hot] / shards, shards), shares[hot:]])
    rng = np.random.default_rng(11)
    peaks = [
        np.bincount(rng.integers(24, size=parts.size), weights=parts, minlength=24).max()
        for _ in range(2_000)
    ]
    assert np.mean(np.array(peaks) <= 0.1) > 0.95 - 0.01  # two errors of 0.005


def test_a_certainty_given_to_the_fix_goes_before_that_of_the_comparison(carriers):
    own = CompositeKey(certainty=0.5)
    assert own.with_certainty(0.99) is own
    assert CompositeKey(4).with_certainty(0.99) == CompositeKey(4)
    assert CompositeKey().with_certainty(0.99) == CompositeKey(certainty=0.99)
    needs = {"capacity": 0.12 * carriers.total, "ordering": "none", "certainty": 0.99}
    lax, strict = (
        compare_fixes(carriers, 24, [fix], **needs).certainties[1].probability
        for fix in (own, CompositeKey())
    )
    assert 0.5 <= lax < strict
    assert strict >= 0.99


@pytest.mark.parametrize("certainty", [0, 1, 1.5])
def test_a_certainty_of_chance_is_neither_none_nor_all(certainty):
    with pytest.raises(ValueError, match=r"certainty must be a share in \(0, 1\)"):
        CompositeKey(certainty=certainty)


def test_a_frame_says_how_surely_each_holds_if_that_was_asked(carriers):
    fixes = [MorePartitions(48), KeyBuckets(240)]
    frame = compare_fixes(carriers, 12, fixes, capacity=67_355, certainty=0.95).to_frame()
    assert frame.columns[-2:].tolist() == ["probability", "holds"]
    assert frame["holds"].tolist() == [False, False, True]
    assert frame["probability"].tolist()[2] == 1.0
