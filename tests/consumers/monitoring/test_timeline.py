"""Samples brought to shared moments, and how far commits trail."""

import numpy as np
import pytest

from kafka_sizing.consumers.monitoring import LagSamples
from kafka_sizing.consumers.monitoring.noise import noise_of
from kafka_sizing.consumers.monitoring.timeline import timeline_of


def line_of(times, committed, ends, **others):
    samples = LagSamples.from_grid(times, committed, ends, **others)
    return timeline_of(samples, least_moments=2)


def test_offsets_between_missing_samples_lie_on_a_line():
    seen = np.ones((4, 2), bool)
    seen[1, 0] = False
    line = line_of(
        [0, 10, 20, 30],
        [[0, 5], [0, 15], [20, 25], [30, 35]],
        [[40, 5], [0, 15], [60, 25], [70, 35]],
        seen=seen,
        members=("a", "b"),
        owner=[[0, 0], [1, 0], [1, 0], [1, 0]],
    )
    assert line.times_s.tolist() == [0, 10, 20, 30]
    assert line.lag.tolist() == [[40, 0], [40, 0], [40, 0], [40, 0]]
    assert line.arrived.tolist() == [[10, 10], [10, 10], [10, 10]]
    assert line.read.tolist() == [[10, 10], [10, 10], [10, 10]]
    assert line.owner[:, 0].tolist() == [0, 0, 1, 1]  # as it was seen last
    assert line.interval_s == 10
    assert line.usual_records_per_s.tolist() == [1, 1]


def test_a_partition_is_seen_from_its_first_sample_to_its_last():
    seen = np.ones((4, 2), bool)
    seen[0, 0] = seen[3, 1] = False
    offsets = np.arange(8).reshape(4, 2)
    line = line_of([0, 10, 20, 30], offsets, offsets, seen=seen)
    assert line.seen.tolist() == [[False, True], [True, True], [True, False]]


def test_rows_without_a_commit_and_partitions_with_too_few_are_left_out():
    line = line_of([0, 10, 20], [[-1, 1, -1], [3, 2, -1], [4, 3, 7]], [[9, 9, 9]] * 3)
    assert [label.partition for label in line.partitions] == [0, 1]
    assert line.seen.tolist() == [[False, True], [True, True]]
    assert line_of([0, 10], [[-1], [-1]], [[9], [9]]) is None
    assert line_of([0], [[1]], [[9]]) is None


def test_moments_that_are_not_shared_become_even_ones():
    samples = LagSamples(
        partitions=[("a", 0), ("a", 1), ("a", 2)],
        times_s=[0, 10, 20, 3, 13, 23, 6, 16, 26],
        partition=[0, 0, 0, 1, 1, 1, 2, 2, 2],
        committed_offsets=[0, 10, 20, 3, 13, 23, 6, 16, 26],
        end_offsets=[0, 10, 20, 3, 13, 23, 6, 16, 26],
    )
    line = timeline_of(samples, least_moments=2)
    assert line.times_s.tolist() == [0, 13, 26]
    assert line.ends[1].tolist() == [13, 10, 7]  # from each partition's first offset


def test_large_offsets_stay_exact():
    start = 2**62
    line = line_of([0, 1], [[start], [start + 1]], [[start + 3], [start + 5]])
    assert line.lag.tolist() == [[3], [4]]


def commits_of(times, every_s, *, rate=10, phase=0.0):
    """A partition read to its end, committed every so often."""
    ends = times * rate
    committed = np.floor((times - phase) / every_s) * every_s * rate + phase * rate
    ends, committed = np.maximum(ends, 0), np.clip(committed, 0, ends)
    return line_of(times, committed.astype(int)[:, None], ends.astype(int)[:, None])


@pytest.mark.parametrize(
    ("every_s", "commit_s", "low", "high"),
    [
        pytest.param(5, 30, 28, 32, id="samples show rare commits"),
        pytest.param(10, 11, 10, 12, id="and those that are a little too late now and then"),
        pytest.param(31, 20, 17, 20, id="others show in the lag they leave"),
        pytest.param(30, 1, 5, 5, id="frequent ones are taken as configured"),
    ],
)
def test_the_commit_interval_is_told_from_samples(every_s, commit_s, low, high):
    line = commits_of(np.arange(200.0) * every_s + 1.7, commit_s)
    noise = noise_of(line, commit_interval_s=5)
    assert low <= noise.commit_interval_s <= high
    assert noise.tolerance_s == 2 * noise.commit_interval_s
    assert noise.tolerance_records.tolist() == [10 * noise.tolerance_s]


def test_an_objective_is_tolerated_if_it_is_more():
    line = commits_of(np.arange(50.0) * 30, 1)
    assert noise_of(line, commit_interval_s=5, lag_objective_s=60).tolerance_s == 60
    assert noise_of(line, commit_interval_s=5, lag_objective_s=6).tolerance_s == 10


def test_a_few_records_are_no_lag_however_slow_a_partition_is():
    line = line_of(np.arange(9) * 60.0, np.arange(9)[:, None], np.arange(9)[:, None] + 3)
    assert noise_of(line, commit_interval_s=5).tolerance_records.tolist() == [5]


def test_a_group_that_only_lags_more_shows_no_commit_interval():
    times = np.arange(60.0) * 30
    ends = (times * 20).astype(int)[:, None]
    committed = (times * 15).astype(int)[:, None]
    noise = noise_of(line_of(times, committed, ends), commit_interval_s=5)
    assert noise.commit_interval_s == 5
