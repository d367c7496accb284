import pytest
from hypothesis import given, strategies as st

from kafka_sizing import (
    CompositeKey,
    KeyBuckets,
    KeyLoads,
    MorePartitions,
    NoKey,
    compare_fixes,
    find_hot,
    place,
    zipf_keys,
)
from kafka_sizing.fixes import propose_fixes
from kafka_sizing.fixes.base import line_for
from kafka_sizing.fixes.shards import split
from kafka_sizing.fixes.trials import try_shards
from kafka_sizing.keys import as_key_column


def proposed(keys, partitions, capacity=None, partitioner="java"):
    before = place(keys, partitions, partitioner=partitioner)
    return propose_fixes(before, line=line_for(before, capacity))


def test_a_topic_that_fits_is_only_doubled(carriers):
    assert proposed(carriers, 12, 85_000) == (MorePartitions(24),)


def test_keys_that_share_a_partition_get_counts_buckets_and_shards(carriers):
    fixes = proposed(carriers, 12, 60_000)
    first = find_hot(place(carriers, 12), capacity=60_000).first_fitting
    counts = [MorePartitions(count) for count in sorted({first, 24, 48})]
    assert list(fixes[:4]) == [*counts, KeyBuckets(120)]
    assert [type(fix) for fix in fixes[4:]] == [CompositeKey, CompositeKey, CompositeKey, NoKey]
    assert [fix.placed for fix in fixes[4:7]] == ["hashed", "consecutive", "hashed"]
    assert [fix.hot_keys is None for fix in fixes[4:7]] == [False, False, True]


def test_one_key_too_big_for_any_count_is_not_offered_many_counts(carriers):
    counts = [fix for fix in proposed(carriers, 12, 50_000) if isinstance(fix, MorePartitions)]
    assert counts == [MorePartitions(24)]


def test_shards_are_the_first_power_of_two_under_which_nothing_is_hot(carriers):
    capacity = 50_000
    fixes = proposed(carriers, 12, capacity)
    dealt = next(fix for fix in fixes if getattr(fix, "placed", "") == "consecutive")
    for shards in (2, 4, 8):
        trial = CompositeKey(shards, hot_keys=dealt.hot_keys, placed="consecutive")
        assert trial.evaluate(carriers, 12, capacity=capacity).fits == (shards == dealt.shards)
        if shards == dealt.shards:
            break


def test_hot_keys_are_those_above_half_the_even_share(carriers):
    fixes = proposed(carriers, 12, 60_000)
    half = 336_776 / 12 / 2
    assert fixes[4].hot_keys == int((carriers.loads > half).sum())


def test_shards_that_cannot_fit_stop_where_more_gain_little():
    keys = KeyLoads(["hot", *(f"user-{at}" for at in range(9))], [91, *[1] * 9])
    fixes = proposed(keys, 4, 10)
    shards = [fix.shards for fix in fixes if isinstance(fix, CompositeKey)]
    assert shards
    assert max(shards) <= 4


def test_where_the_hot_keys_in_shards_do_not_do_keys_and_shards_are_chosen(zipf_keys):
    fixes = proposed(zipf_keys(10_000), 24, 0.05)
    assert CompositeKey(placed="consecutive") in fixes
    assert sum(isinstance(fix, CompositeKey) for fix in fixes) == 3
    comparison = compare_fixes(zipf_keys(10_000), 24, fixes, capacity=0.05, ordering="none")
    assert comparison.fits
    assert comparison.best.fix.placed == "consecutive"
    assert any(note.startswith("chosen: ") for note in comparison.best.notes)


def test_keys_and_shards_are_not_chosen_on_very_many_partitions(monkeypatch, zipf_keys):
    monkeypatch.setattr("kafka_sizing.fixes.proposals.CHOSEN_UP_TO", 23)
    assert CompositeKey(placed="consecutive") not in proposed(zipf_keys(10_000), 24, 0.05)


def test_one_key_gets_shards_but_no_buckets():
    fixes = proposed(KeyLoads(["only"], [5.0]), 12)
    assert fixes[0] == MorePartitions(24)
    assert not any(isinstance(fix, KeyBuckets) for fix in fixes)
    assert [fix.hot_keys for fix in fixes if isinstance(fix, CompositeKey)] == [None, None]
    assert fixes[-1] == NoKey()


def test_one_partition_gets_more_partitions_and_nothing_else(carriers):
    fixes = proposed(carriers, 1, 100_000)
    assert all(isinstance(fix, MorePartitions) for fix in fixes)
    assert [fix.partitions for fix in fixes] == sorted({2, 4, 9})


def test_small_keys_alone_need_no_shards(zipf_keys):
    keys = zipf_keys(4_000, 0)
    before = place(keys, 12)
    capacity = (before.even_share + before.loads.max()) / 2
    kinds = {type(fix) for fix in proposed(keys, 12, capacity)}
    assert kinds == {MorePartitions, KeyBuckets}


def test_too_few_partitions_need_more_and_no_buckets(zipf_keys):
    keys = zipf_keys(4_000, 0)
    fixes = proposed(keys, 12, keys.total / 30)
    assert {type(fix) for fix in fixes} == {MorePartitions}


def test_a_thousand_partitions_get_a_table_with_more_buckets_than_that(carriers):
    fixes = proposed(carriers, 1_000)
    assert KeyBuckets(4_000) in fixes
    assert all(fix.shards <= 1_000 for fix in fixes if isinstance(fix, CompositeKey))


def test_two_hundred_partitions_get_a_table_of_a_thousand(carriers):
    assert KeyBuckets(1_000) in proposed(carriers, 200)


def test_too_many_keys_to_try_get_the_shards_of_the_hot_ones(monkeypatch, carriers):
    tried = proposed(carriers, 12, 50_000)
    monkeypatch.setattr("kafka_sizing.fixes.trials.WORK_OF_TRIALS", 12 * 16 + 100)
    fixes = proposed(carriers, 12, 50_000)
    assert len(fixes) == len(tried)
    monkeypatch.setattr("kafka_sizing.fixes.trials.WORK_OF_TRIALS", 1)
    assert {fix.shards for fix in proposed(carriers, 12) if isinstance(fix, CompositeKey)} == {2}


@given(
    loads=st.lists(st.floats(0, 1e6), min_size=1, max_size=40),
    n=st.sampled_from([1, 2, 12, 100, 1_000]),
    capacity=st.none() | st.floats(1e-2, 1e7),
)
def test_there_are_at_most_eight_and_no_two_alike(loads, n, capacity):
    keys = KeyLoads([f"user-{at}" for at in range(len(loads))], loads)
    fixes = proposed(keys, n, capacity)
    assert 1 <= len(fixes) <= 8
    assert len({fix.name for fix in fixes}) == len(fixes)
    counts = [fix.partitions for fix in fixes if isinstance(fix, MorePartitions)]
    assert counts == sorted(counts)
    assert min(counts) > n


def test_a_partitioner_with_a_limit_is_not_taken_beyond_it(carriers):
    fixes = proposed(carriers, 100, partitioner="flink-subtask-of-128")
    assert NoKey() in fixes
    assert not any(isinstance(fix, MorePartitions) for fix in fixes)


def test_keys_that_must_be_numbers_get_no_shards():
    keys = KeyLoads(as_key_column([7, 8, 9], serializer="int32"), [6, 3, 1])
    fixes = proposed(keys, 12, partitioner="flink-integer")
    assert {type(fix) for fix in fixes} == {MorePartitions, KeyBuckets, NoKey}


def peaks_of_all(keys, n, numbers):
    before = place(keys, n)
    line = line_for(before, None)
    return {
        shards: CompositeKey(shards).applied_to(before, line=line).loads.loads.max()
        for shards in numbers
    }


@pytest.mark.parametrize("exponent", [0.0, 0.8, 1.2, 2.0])
@pytest.mark.parametrize("capacity_ratio", [0.9, 1.2, 1.5, 4.0])
def test_the_heaviest_keys_stand_in_for_all_without_another_answer(
    monkeypatch, exponent, capacity_ratio
):
    monkeypatch.setattr("kafka_sizing.fixes.trials.HEAVIEST", 50)
    keys = zipf_keys(2_000, exponent=exponent, total=1_200)
    before = place(keys, 12)
    line = line_for(before, 100 * capacity_ratio)
    peaks = peaks_of_all(keys, 12, [2, 4, 8, 12])
    fitting = [shards for shards, peak in peaks.items() if not line.is_crossed_by(peak)]
    near = [shards for shards, peak in peaks.items() if peak <= 1.1 * min(peaks.values())]
    trial = try_shards(before, line, None, "hashed")
    assert (trial.shards, trial.fails) == ((fitting or near)[0], not fitting)


def test_what_the_heaviest_keys_rule_out_is_not_tried_on_all(monkeypatch):
    keys = zipf_keys(2_000, exponent=1.2, total=1_200)
    sizes = []

    def counted(before, **how):
        sizes.append(len(before.keys))
        return split(before, **how)

    monkeypatch.setattr("kafka_sizing.fixes.trials.HEAVIEST", 500)
    monkeypatch.setattr("kafka_sizing.fixes.trials.split", counted)
    before = place(keys, 12)
    assert try_shards(before, line_for(before, 90), None, "hashed").fails
    assert sizes.count(500) == 4
    assert sizes.count(2_000) < 4


def test_a_key_too_big_for_any_count_is_not_looked_for_at_other_counts(monkeypatch):
    searched = []

    def noted(*args, **how):
        searched.append(how["most_partitions"])
        return find_hot(*args, **how)

    monkeypatch.setattr("kafka_sizing.fixes.proposals.find_hot", noted)
    keys = KeyLoads(["hot", "a", "b"], [8, 1, 1])
    proposed(keys, 4, 5)
    proposed(keys, 4, 8)
    assert searched == [4, None]
