"""Time on an axis: the unit that reads best, and no more points than show."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from matplotlib.figure import Figure

from kafka_sizing.plot._time import extremes, stretches, time_axis, time_unit


@pytest.mark.parametrize(
    ("longest_s", "unit"),
    [
        pytest.param(0.5, (1, "s"), id="parts of a second"),
        pytest.param(300, (1, "s"), id="five minutes in seconds"),
        pytest.param(301, (60, "min"), id="more in minutes"),
        pytest.param(3 * 3_600, (60, "min"), id="three hours in minutes"),
        pytest.param(86_400, (3_600, "h"), id="a day in hours"),
        pytest.param(4 * 86_400, (3_600, "h"), id="four days in hours"),
        pytest.param(7 * 86_400, (86_400, "d"), id="a week in days"),
    ],
)
def test_time_is_in_a_unit_that_reads_well(longest_s, unit):
    assert time_unit(longest_s) == unit


@pytest.mark.parametrize(
    ("ends_s", "label", "ticks"),
    [
        pytest.param(60, "time [s]", range(0, 61, 5), id="a minute by five seconds"),
        pytest.param(3_600, "time [min]", range(0, 61, 5), id="an hour by five minutes"),
        pytest.param(7_200, "time [min]", range(0, 121, 10), id="two hours by ten minutes"),
        pytest.param(86_400, "time [h]", range(0, 25, 2), id="a day by two hours"),
        pytest.param(14 * 86_400, "time [d]", range(0, 15, 2), id="two weeks by two days"),
    ],
)
def test_ticks_stand_at_round_times(ends_s, label, ticks):
    ax = Figure(figsize=(9.5, 4)).subplots()
    factor = time_axis(ax, ends_s)
    assert ax.get_xlabel() == label
    assert ax.get_xlim() == pytest.approx((0, ends_s / factor))
    shown = [tick for tick in ax.get_xticks() if 0 <= tick <= ends_s / factor]
    assert shown == pytest.approx(list(ticks))


@pytest.mark.parametrize("ends_s", [0.02, 1, 59, 3_000_000, 40 * 365 * 86_400])
@pytest.mark.parametrize("width", [1.5, 3.5, 20])
def test_there_are_ticks_and_they_never_crowd(ends_s, width):
    ax = Figure(figsize=(width, 2)).subplots()
    factor = time_axis(ax, ends_s)
    shown = [tick for tick in ax.get_xticks() if 0 <= tick <= ends_s / factor]
    assert 2 <= len(shown) <= max(3, width / 0.5)


@given(
    n=st.integers(1, 3_000),
    most=st.integers(8, 400),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_line_through_the_rows_chosen_keeps_both_ends_and_every_peak(n, most, seed):
    values = np.random.default_rng(seed).normal(size=n)
    rows = extremes(values, most)
    assert rows.size <= most
    assert (np.diff(rows) > 0).all()
    assert (rows[0], rows[-1]) == (0, n - 1)
    assert values[rows].max() == values.max()
    assert values[rows].min() == values.min()


def test_a_short_column_is_kept_whole():
    assert extremes(np.zeros(2_000)).tolist() == list(range(2_000))


def test_the_lowest_and_highest_of_every_stretch_are_kept():
    # Stretches of 4: 20 rows into (12 − 2) / 2 = 5 stretches.
    values = np.array(
        [*(1, 9, 2, 3), *(5, 4, 6, 5), *(0, 0, 0, 7), *(8, 1, 1, 1), *(2, 2, 3, 2.0)]
    )
    assert extremes(values, 12).tolist() == [0, 1, 5, 6, 8, 11, 12, 13, 16, 18, 19]


@given(n=st.integers(1, 100_000), most=st.integers(1, 2_000))
def test_stretches_are_all_alike_but_the_last_and_no_more_than_asked(n, most):
    starts = stretches(n, most)
    assert 1 <= starts.size <= most
    assert starts[0] == 0
    assert len(set(np.diff(starts).tolist())) <= 1
    length = starts[1] if starts.size > 1 else n
    assert 0 < n - starts[-1] <= length
