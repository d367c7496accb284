"""Where a lag rises, from trough to peak, noise aside."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.monitoring.rises import rising


def rises(lag, tolerance=10):
    return rising(np.array(lag, float)[:, None], np.array([float(tolerance)]))[:, 0].tolist()


@pytest.mark.parametrize(
    ("lag", "expected"),
    [
        pytest.param([0, 0, 0], [0, 0], id="flat"),
        pytest.param([0, 9, 0, 9], [0, 0, 0], id="noise below the tolerance"),
        pytest.param([0, 10], [1], id="the tolerance itself counts"),
        pytest.param([0, 0, 5, 20, 0], [0, 1, 1, 0], id="from the last trough to the peak"),
        pytest.param([0, 1, 2, 20], [0, 0, 1], id="a trough that creeps is flat"),
        pytest.param([0, 20, 15, 40, 5], [1, 1, 1, 0], id="a small dip is part of it"),
        pytest.param([0, 20, 5, 40], [1, 0, 1], id="a deep one parts it in two"),
        pytest.param([0, 20, 21, 22, 0], [1, 0, 0, 0], id="a peak that creeps is flat"),
        pytest.param([0, 20, 40, 41], [1, 1, 0], id="a peak that stands at the end is over"),
        pytest.param([0, 2, 4, 6, 8, 10, 12, 14], [0, 1, 1, 1, 1, 1, 1], id="slowly to the end"),
        pytest.param([50, 30, 10, 0], [0, 0, 0], id="a fall"),
        pytest.param([50, 0, 30], [0, 1], id="a rise after a fall"),
    ],
)
def test_a_rise_goes_from_trough_to_peak(lag, expected):
    assert rises(lag) == [bool(value) for value in expected]


def test_partitions_are_looked_at_apart():
    lag = np.array([[0.0, 0, 0], [5, 50, 0], [30, 50, 9]])
    found = rising(lag, np.array([10.0, 10, 5]))
    assert found.tolist() == [[True, True, False], [True, False, True]]


@given(st.integers(2, 60), st.floats(0.01, 100))
def test_a_lag_that_grows_evenly_rises_to_the_last_moment(moments, each):
    lag = each * np.arange(moments)
    found = rises(lag, tolerance=10)
    assert found[-1] == (lag[-1] >= 10)


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=40), st.integers(1, 100))
def test_a_lag_that_ends_higher_than_it_ever_was_has_risen(lag, tolerance):
    found = np.array(rises(lag, tolerance))
    steps = np.diff(lag)
    # each stretch of a rise grows by more than half the tolerance, troughs and peaks being flat
    for run in np.split(np.arange(found.size), np.flatnonzero(np.diff(found)) + 1):
        if found[run[0]]:
            assert steps[run].sum() >= tolerance / 2
    if max(lag) - lag[0] < tolerance and lag[0] - min(lag) == 0:
        assert not found.any()
