"""Burrow's own cases, the issue that changed its rules, and samples instead of commits."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.monitoring import (
    BurrowStatus,
    LagSamples,
    burrow_status,
    commit_status,
)

RISING = [1000, 2000, 3000, 4000, 5000]
HUNDREDS = [100, 200, 300, 400, 500]
FROM_ZERO, FROM_FIFTY = [0, 50, 100, 150, 200], [50, 100, 150, 200, 250]
SLOW_TOPIC = list(range(792748079, 792748094))
SECONDS = [
    1512224618.356, 1512224619.362, 1512224620.366, 1512224621.367, 1512224622.370,
    1512224623.373, 1512224624.378, 1512224625.379, 1512224626.383, 1512224627.383,
    1512224628.383, 1512224629.388, 1512224630.391, 1512224631.394, 1512224632.397,
]  # fmt: skip


@pytest.mark.parametrize(
    ("offsets", "times", "lags", "ends", "current", "now", "status"),
    [
        pytest.param(RISING, HUNDREDS, FROM_ZERO, [5200], 200, 600, "OK", id="0: lag was zero"),
        pytest.param(
            RISING, HUNDREDS, FROM_ZERO, [5200], 200, 900, "OK", id="1: 400 s is not above 400 s"
        ),
        pytest.param(RISING, HUNDREDS, FROM_ZERO, [5200], 200, 1000, "STOP", id="2: 500 s is"),
        pytest.param(RISING, HUNDREDS, FROM_FIFTY, [5250], 250, 1000, "STOP", id="3: with lag"),
        pytest.param(
            [1000] * 5, HUNDREDS, FROM_ZERO, [1200], 200, 600, "OK", id="4: stands, was at zero"
        ),
        pytest.param(
            [1000] * 5, HUNDREDS, [100, 150, 200, 250, 300], [1300], 300, 600, "STALL",
            id="5: stands and lags",
        ),
        pytest.param(
            [1000] * 5, HUNDREDS, [100] * 5, [1100], 100, 600, "STALL", id="6: lag stays"
        ),
        pytest.param(RISING, HUNDREDS, FROM_FIFTY, [5250], 0, 1000, "OK", id="8: no lag now"),
        pytest.param(
            SLOW_TOPIC, SECONDS, [0] * 15, [792749024, 792749000, 792748800, 792748600, 792748500],
            931, 1512224650, "STOP", id="9: stopped though each commit had no lag",
        ),
        pytest.param(
            SLOW_TOPIC, SECONDS, [0] * 15, [792748094, 792748093, 792748093, 792748093],
            1, 1512224650, "OK", id="10: an end offset that is kept was reached",
        ),
        pytest.param(
            [1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000, 5500],
            [100, 150, 200, 250, 300, 350, 400, 450, 500, 550],
            [0, None, 50, None, 100, None, 150, None, 200, None],
            [5700], 200, 600, "OK", id="11: lags that are not known do not count",
        ),
    ],
)  # fmt: skip
def test_the_cases_of_burrows_caching_test_go(*, offsets, times, lags, ends, current, now, status):
    found = commit_status(
        offsets, times, lags, current_lag_records=current, end_offsets=ends, now_s=now
    )
    assert found.name == status


def test_the_case_of_burrows_caching_test_go_with_an_allowed_lag():
    found = commit_status(
        [1000, 2000, 2000],
        [100, 200, 300],
        [2, 1, 1],
        current_lag_records=1,
        end_offsets=[2001],
        now_s=550,
        allowed_lag_records=1,
    )
    assert found is BurrowStatus.OK


def status_of(offsets, lags, *, current, now=None, ends=(10**6,), allowed=0):
    times = [100 * (at + 1) for at in range(len(offsets))]
    return commit_status(
        offsets,
        times,
        lags,
        current_lag_records=current,
        end_offsets=ends,
        now_s=times[-1] if now is None else now,
        allowed_lag_records=allowed,
    ).name


def test_lag_that_never_falls_is_a_warning_and_one_fall_is_none():
    assert status_of(RISING, FROM_FIFTY, current=250) == "WARN"
    assert status_of(RISING, [50, 100, 99, 150, 200], current=200) == "OK"
    assert status_of(RISING, [50] * 5, current=50) == "WARN"


def test_a_rewind_shows_although_the_lag_was_zero_before():
    # the first table of Burrow's issue 714
    assert status_of([10, 20, 30, 20], [0, 0, 0, 10], current=10) == "REWIND"


def test_a_rewind_made_good_is_none():
    # the second table of Burrow's issue 714
    assert status_of([20, 30, 20, 30], [0, 0, 10, 15], current=15) == "OK"


def test_a_stop_is_worse_than_a_rewind():
    assert status_of([10, 20, 30, 20], [5, 5, 5, 10], current=10, now=10_000) == "STOP"


def test_a_lag_that_is_allowed_at_any_commit_is_ok():
    assert status_of([1000] * 3, [5, 9, 9], current=9, allowed=5) == "OK"
    assert status_of([1000] * 3, [6, 9, 9], current=9, allowed=5) == "STALL"
    assert status_of([1000] * 3, [6, 9, 9], current=5, allowed=5) == "OK"


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="one value per commit, got 2, 1 and 2"):
        commit_status([1, 2], [1], [0, 0], current_lag_records=1, end_offsets=[], now_s=1)
    with pytest.raises(ValueError, match="got 0, 0 and 0"):
        commit_status([], [], [], current_lag_records=1, end_offsets=[], now_s=1)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), min_size=1, max_size=12),
    st.integers(0, 5),
    st.integers(0, 2000),
)
def test_no_lag_now_is_always_ok_and_nothing_is_ever_a_group_status(commits, current, later):
    offsets, lags = zip(*commits, strict=True)
    status = status_of(list(offsets), list(lags), current=current, now=100 * len(offsets) + later)
    assert status in ("OK", "WARN", "STOP", "STALL", "REWIND")
    if not current:
        assert status == "OK"


# --- samples ---------------------------------------------------------------------------


def group_of(committed, ends, **others):
    samples = LagSamples.from_grid(np.arange(len(ends)) * 30, committed, ends)
    return burrow_status(samples, **others)


def test_a_group_is_as_bad_as_its_worst_partition_but_not_worse_than_err():
    # partition 0 keeps up; 1 stopped at 9 after 30 s, 60 s ago; 2 lags more and more
    committed = [[10, 5, 10], [20, 9, 15], [30, 9, 20], [40, 9, 25]]
    ends = [[10, 12, 20], [20, 15, 40], [35, 30, 60], [50, 60, 80]]
    group = group_of(committed, ends)
    assert [partition.status.name for partition in group.partitions] == ["OK", "STOP", "WARN"]
    assert group.status is BurrowStatus.ERR
    assert group.lag_records == 10 + 51 + 55
    assert "1 of 3 partitions is STOP" in group.reason
    assert "no commit for longer" in group.partitions[1].reason
    assert repr(group) == "GroupStatus(ERR, 3 partitions, lag=116 records)"
    assert group.to_frame()["status"].tolist() == ["OK", "STOP", "WARN"]
    assert "STOP" in group._repr_html_()


def test_a_group_that_only_warns_warns():
    group = group_of([[10], [15], [20]], [[20], [40], [60]])
    assert group.status is BurrowStatus.WARN


def test_a_partition_that_stands_is_stop_by_moves_and_stall_by_samples():
    committed, ends = [[5]] * 6, [[6], [7], [8], [9], [10], [11]]
    assert group_of(committed, ends).partitions[0].status is BurrowStatus.STOP
    by_samples = group_of(committed, ends, commits="samples")
    assert by_samples.partitions[0].status is BurrowStatus.STALL


def test_a_partition_without_commits_is_not_found():
    group = group_of([[-1], [-1]], [[5], [6]])
    assert group.partitions[0].status is BurrowStatus.NOTFOUND
    assert group.status is BurrowStatus.NOTFOUND


def test_the_window_keeps_the_last_commits():
    committed = [[at] for at in (0, 1, 2, 3)]
    ends = [[at + 5] for at in (0, 1, 2, 3)]
    whole = group_of(committed, ends, window_commits=4)
    assert whole.partitions[0].complete_fraction == 1
    assert whole.complete_fraction == 1
    half = group_of(committed, ends, window_commits=8)
    assert half.partitions[0].complete_fraction == 0.5
    assert half.complete_fraction == 0
    assert half.status is BurrowStatus.WARN
    assert group_of(committed, ends).partitions[0].complete_fraction == 0.4


def test_a_window_that_is_not_full_enough_is_ok():
    committed, ends = [[0], [1]], [[5], [9]]
    assert group_of(committed, ends).status is BurrowStatus.WARN
    assert group_of(committed, ends, minimum_complete_fraction=0.3).status is BurrowStatus.OK


def test_a_status_needs_a_time():
    with pytest.raises(ValueError, match="now_s must be finite, got nan"):
        commit_status([1], [1], [0], current_lag_records=3, end_offsets=[4], now_s=float("nan"))


def test_a_window_may_have_to_be_full():
    committed, ends = [[number] for number in range(3)], [[number + 1] for number in range(3)]
    status = group_of(committed, ends, minimum_complete_fraction=1, window_commits=3)
    assert status.partitions[0].complete_fraction == 1


def test_now_may_be_later_than_the_last_sample():
    committed, ends = [[0], [1], [2]], [[5], [9], [15]]
    assert group_of(committed, ends, now_s=120).status is BurrowStatus.WARN
    assert group_of(committed, ends, now_s=121).status is BurrowStatus.ERR


def test_a_partition_without_rows_is_left_out():
    samples = LagSamples.from_grid([0], [[1, 1]], [[1, 1]], seen=[[True, False]])
    assert len(burrow_status(samples).partitions) == 1


@pytest.mark.parametrize(
    ("others", "text"),
    [
        ({"window_commits": 0}, "window_commits must be a whole number in 1"),
        ({"allowed_lag_records": -1}, "allowed_lag_records must be a whole number in 0"),
        ({"minimum_complete_fraction": -0.1}, "minimum_complete_fraction must be"),
        ({"minimum_complete_fraction": 7}, r"minimum_complete_fraction must be .* got 7"),
        ({"now_s": float("nan")}, "now_s must be finite, got nan"),
        ({"now_s": float("inf")}, "now_s must be finite, got inf"),
        ({"commits": "all"}, "commits must be one of 'moves', 'samples', got 'all'"),
    ],
)
def test_an_argument_out_of_range_is_refused(others, text):
    with pytest.raises(ValueError, match=text):
        group_of([[1]], [[1]], **others)
