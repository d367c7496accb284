"""Partitions that samples show late, no more, or not at all: each gets a line."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.monitoring import LagSamples, diagnose_lag, missing_partitions

TIMES = np.arange(20) * 30.0


def seen(mask, labels=(("o", 0), ("o", 1), ("o", 2))):
    offsets = np.outer(TIMES, np.full(len(labels), 100)).astype(np.int64)
    return LagSamples.from_grid(TIMES, offsets, offsets, partitions=labels, seen=mask)


def mask():
    return np.ones((20, 3), np.bool_)


def test_a_partition_that_is_not_seen_any_more_is_told():
    cut = mask()
    cut[12:, 2] = False
    diagnosis = diagnose_lag(seen(cut))
    assert (diagnosis.cause, diagnosis.gaps) == ("caught up", ())
    assert [one.reason for one in diagnosis.missing] == ["o-2 was not seen after 330 s."]
    assert diagnosis.missing[0].last_s == 330
    assert "o-2 was not seen after 330 s." in diagnosis.explain()


def test_a_partition_that_comes_late_is_told():
    cut = mask()
    cut[:12, 2] = False
    assert [one.reason for one in missing_partitions(seen(cut))] == [
        "o-2 was not seen before 360 s."
    ]
    cut[15:, 2] = False
    assert [one.reason for one in missing_partitions(seen(cut))] == [
        "o-2 was not seen before 360 s and after 420 s."
    ]


@pytest.mark.parametrize(("last", "is_told"), [(19, False), (18, False), (17, False), (16, True)])
def test_two_samples_that_are_missing_at_the_end_are_nothing(last, is_told):
    cut = mask()
    cut[last + 1 :, 1] = False  # 30 s apart: told beyond 75 s
    assert bool(missing_partitions(seen(cut))) == is_told


def test_holes_in_the_numbers_are_told_for_each_topic():
    labels = (("a", 0), ("b", 1), ("b", 3))
    assert [one.reason for one in missing_partitions(seen(mask(), labels))] == [
        "b-0 is not in the samples, though partitions beyond it are.",
        "b-2 is not in the samples, though partitions beyond it are.",
    ]
    assert missing_partitions(seen(mask(), labels))[0].first_s is None


def test_many_are_told_in_short():
    labels = (("o", 0), ("o", 1), ("o", 20))
    told = diagnose_lag(seen(mask(), labels)).explain()
    assert "o-6 is not in the samples" in told
    assert "o-7" not in told
    assert "So it is with 13 more partitions." in told


@given(st.sets(st.integers(0, 30), min_size=1))
def test_numbers_seen_and_missing_make_all_up_to_the_greatest(numbers):
    labels = tuple(("o", number) for number in sorted(numbers))
    missing = missing_partitions(seen(np.ones((20, len(labels)), np.bool_), labels))
    assert sorted(numbers | {one.partition.partition for one in missing}) == list(
        range(max(numbers) + 1)
    )
    assert not numbers & {one.partition.partition for one in missing}


def test_one_sample_alone_misses_nothing():
    samples = LagSamples.from_grid([0], [[1]], [[1]])
    assert missing_partitions(samples) == ()
