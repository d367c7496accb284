"""Where samples are missing, and where offsets went back."""

import numpy as np
import pytest

from kafka_sizing.consumers.monitoring import LagSamples, offset_resets, sample_gaps
from kafka_sizing.consumers.monitoring.continuity import after_resets


def samples_of(committed, ends, times=None):
    times = np.arange(len(ends)) * 10 if times is None else times
    return LagSamples.from_grid(times, np.array(committed)[:, None], np.array(ends)[:, None])


def test_offsets_that_go_forward_are_no_reset():
    assert offset_resets(samples_of([1, 2, 2, 3], [5, 5, 6, 7])) == ()


def test_a_topic_created_anew_shows_in_its_end():
    (reset,) = offset_resets(samples_of([90, 95, 0, 3], [100, 110, 4, 9]))
    assert (reset.kind, reset.at_s, reset.before, reset.after) == ("end moved back", 20, 110, 4)
    assert reset.starts_anew
    assert "went back from 110 to 4: the topic was created anew" in reset.reason


def test_offsets_reset_by_hand_show_in_the_commit():
    (reset,) = offset_resets(samples_of([1000, 1010, 1020, 0], [2000] * 4))
    assert (reset.kind, reset.before, reset.after) == ("commit moved back", 1020, 0)
    assert reset.starts_anew
    assert reset.reason == "The committed offset of topic-0 was reset from 1,020 to 0."


def test_a_commit_a_little_back_is_a_redelivery():
    # 100 records are read from sample to sample; 250 back is less than three times that
    (reset,) = offset_resets(samples_of([100, 200, 300, 50, 150], [500] * 5))
    assert (reset.at_s, reset.starts_anew) == (30, False)
    assert "records are read again" in reset.reason
    (reset,) = offset_resets(samples_of([600, 700, 800, 499, 599], [900] * 5))
    assert reset.starts_anew  # 301 back is more


def test_a_commit_that_expired_is_gone():
    (reset,) = offset_resets(samples_of([100, 110, -1], [500] * 3))
    assert (reset.kind, reset.at_s, reset.before, reset.after) == ("commit gone", 20, 110, None)
    assert "is gone; it was 110" in reset.reason


def test_a_commit_that_comes_back_lower_after_it_was_gone_is_two_resets():
    kinds = [reset.kind for reset in offset_resets(samples_of([100, 110, -1, 5], [500] * 4))]
    assert kinds == ["commit gone", "commit moved back"]


def test_only_what_came_after_the_last_new_start_is_kept():
    samples = samples_of([90, 95, 0, 3, 5], [100, 110, 4, 9, 12])
    kept = after_resets(samples)
    assert kept.times_s.tolist() == [20, 30, 40]
    untouched = samples_of([1, 2], [3, 4])
    assert after_resets(untouched) is untouched


def test_a_reset_of_one_partition_leaves_the_others_whole():
    samples = LagSamples.from_grid(
        [0, 10, 20], [[50, 1], [60, 2], [0, 3]], [[70, 9], [80, 9], [2, 9]]
    )
    kept = after_resets(samples)
    assert [end - begin for begin, end in kept.spans] == [1, 3]


@pytest.mark.parametrize(
    ("times", "gaps"),
    [
        pytest.param([0, 10, 20, 30], [], id="none"),
        pytest.param([0, 10, 20, 45, 55], [], id="two and a half intervals are no gap"),
        pytest.param([0, 10, 20, 46, 56], [(20, 46)], id="more is one"),
        pytest.param([0], [], id="one sample"),
    ],
)
def test_gaps_are_more_than_two_and_a_half_intervals(times, gaps):
    offsets = list(range(len(times)))
    found = sample_gaps(samples_of(offsets, offsets, times))
    assert [(gap.starts_s, gap.ends_s) for gap in found] == gaps
    assert all(gap.duration_s == gap.ends_s - gap.starts_s for gap in found)


def test_the_end_of_one_partition_and_the_start_of_the_next_are_no_gap():
    samples = LagSamples.from_grid([0, 10, 20], [[0, 0]] * 3, [[0, 0]] * 3)
    assert sample_gaps(samples) == ()
