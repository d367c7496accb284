"""Lag that was there before the samples: reset offsets, and what is old, or never less."""

import numpy as np
import pytest

from kafka_sizing.consumers.monitoring import LagSamples, diagnose_lag

TIMES = np.arange(20) * 30.0
READ = np.outer(TIMES, [100, 100, 100]).astype(np.int64)  # 100 records/s of each partition


def test_a_lag_that_stays_what_it_was_is_a_group_that_reads_no_more_than_comes():
    diagnosis = diagnose_lag(LagSamples.from_grid(TIMES, READ, READ + 5_000))
    assert (diagnosis.cause, diagnosis.state) == ("group too small", "holding")
    assert diagnosis.primary.confidence == "medium"
    assert diagnosis.primary.lag_records == 15_000
    assert diagnosis.primary.evidence == (
        "15,000 records of 3 partitions were unread at the first samples, and about as many at "
        "the last: as much is read as is written, and no more"
    )


def test_so_it_is_with_a_lag_just_beyond_what_a_late_commit_leaves():
    # 100 records/s, a commit every 5 s by default: up to 1,000 records are none
    for lag, cause in ((1_100, "group too small"), (900, "caught up")):
        assert diagnose_lag(LagSamples.from_grid(TIMES, READ, READ + lag)).cause == cause


def test_only_the_partitions_that_stay_behind_are_named():
    behind = np.array([0, 5_000, 0])
    diagnosis = diagnose_lag(LagSamples.from_grid(TIMES, READ, READ + behind))
    assert [label.partition for label in diagnosis.primary.partitions] == [1]


@pytest.mark.parametrize("more", [0, 200])
def test_a_reset_explains_the_lag_after_it_whether_it_falls_or_stays(more):
    reset_at = 8
    committed = READ.copy()
    committed[reset_at:, 0] = READ[reset_at:, 0] - 20_000
    committed[reset_at:, 0] += (more * (TIMES[reset_at:] - TIMES[reset_at])).astype(np.int64)
    committed = np.minimum(committed, READ)
    diagnosis = diagnose_lag(LagSamples.from_grid(TIMES, committed, READ))
    # 24,000 at 240 s, less 20,000; the last commit seen before was that of 210 s
    assert diagnosis.cause == "offsets reset"
    assert [label.partition for label in diagnosis.primary.partitions] == [0]
    assert diagnosis.primary.since_s == 240
    assert diagnosis.primary.lag_records == 20_000
    assert diagnosis.primary.evidence == (
        "the committed offset of topic-0 went back, and 20,000 records were to be read after that"
    )
    # 200 records/s more than come are read: gone after 100 s, at the sample at 360 s
    assert diagnosis.primary.until_s == (360 if more else None)
    assert "was reset from 21,000 to 4,000" in diagnosis.explain()
    assert "--reset-offsets" in diagnosis.primary.advice


def test_offsets_of_several_partitions_are_told_together():
    committed = READ.copy()
    committed[8:] -= 20_000
    diagnosis = diagnose_lag(LagSamples.from_grid(TIMES, committed, READ))
    assert diagnosis.cause == "offsets reset"
    assert diagnosis.primary.evidence == (
        "the committed offsets of 3 partitions went back, and 60,000 records were to be read "
        "after that"
    )


def test_a_topic_made_anew_is_no_reset_of_the_group():
    ends, committed = READ.copy(), READ.copy()
    ends[8:] -= 20_000
    committed[8:] -= 23_000
    diagnosis = diagnose_lag(LagSamples.from_grid(TIMES, committed, ends))
    assert diagnosis.cause == "group too small"
    assert {reset.kind for reset in diagnosis.resets} == {"end moved back"}
