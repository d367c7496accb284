"""Arrivals: rates over time, and how many records they make."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers import Arrivals

rates = st.lists(st.floats(0, 1e6), min_size=1, max_size=8)


def test_a_steady_rate_brings_rate_times_time():
    assert Arrivals.steady(250).records_until([0, 2, 10]).tolist() == [0, 500, 2_500]


def test_a_burst_multiplies_the_rate_while_it_lasts():
    arrivals = Arrivals.steady(100).with_burst(at_s=10, for_s=5, ratio=4)
    assert arrivals.rates_at([9.9, 10, 14.9, 15]).tolist() == [100, 400, 400, 100]
    # 10 s × 100 + 5 s × 400 + 5 s × 100
    assert arrivals.records_until([20]).tolist() == [3_500]


def test_bursts_add_up_where_they_overlap():
    arrivals = Arrivals.steady(100).with_burst(at_s=0, for_s=10, ratio=2)
    both = arrivals.with_burst(at_s=5, for_s=10, ratio=3)
    assert both.rates_at([0, 5, 10, 15]).tolist() == [200, 600, 300, 100]


def test_a_burst_of_nothing_is_a_pause():
    arrivals = Arrivals.steady(100).with_burst(at_s=10, for_s=5, ratio=0)
    assert arrivals.records_until([10, 15]).tolist() == [1_000, 1_000]


def test_a_trace_may_start_at_any_time():
    trace = Arrivals.trace([1_700_000_000, 1_700_000_060], [10, 20])
    assert trace.times_s.tolist() == [0, 60]
    assert trace.records_until([120]).tolist() == [10 * 60 + 20 * 60]


MINUTES = pd.date_range("2026-01-01", periods=3, freq="60s")


@pytest.mark.parametrize(
    "times",
    [
        pytest.param(MINUTES, id="pandas"),
        pytest.param(pd.Series(MINUTES.tz_localize("Asia/Tokyo")), id="pandas with a zone"),
        pytest.param(MINUTES.to_numpy().astype("datetime64[s]"), id="NumPy"),
        pytest.param([datetime(2026, 1, 1, 0, at, tzinfo=UTC) for at in range(3)], id="Python"),
        pytest.param([timedelta(minutes=minute) for minute in range(3)], id="spans"),
        pytest.param(pd.timedelta_range("5min", periods=3, freq="60s"), id="spans of pandas"),
    ],
)
def test_dates_of_a_trace_count_in_seconds_from_the_first(times):
    assert Arrivals.trace(times, [1, 2, 3]).times_s.tolist() == [0, 60, 120]


def test_days_and_clocks_that_are_put_back_are_as_long_as_they_are():
    days = Arrivals.trace([date(2026, 1, 1), date(2026, 1, 3)], [1, 2])
    assert days.times_s.tolist() == [0, 2 * 86_400]
    berlin = ZoneInfo("Europe/Berlin")  # on 25 October 2026 the night has an hour more
    night = [datetime(2026, 10, 25, hour, tzinfo=berlin) for hour in (0, 6)]
    assert Arrivals.trace(night, [1, 2]).times_s.tolist() == [0, 7 * 3_600]


@pytest.mark.parametrize(
    "times",
    [
        ["a", "b"],
        [None, object()],
        [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2)],  # noqa: DTZ001
        [date(2026, 1, 1), 5],
    ],
)
def test_times_that_are_neither_numbers_nor_dates_are_refused_by_name(times):
    with pytest.raises(TypeError, match=r"times_s must hold numbers or dates, got \["):
        Arrivals.trace(times, [1, 2])


@pytest.mark.parametrize("rates", [["fast"], MINUTES[:1]])
def test_rates_that_are_no_numbers_are_refused_by_name(rates):
    with pytest.raises(TypeError, match=r"records_per_s must hold numbers, got "):
        Arrivals.trace([0], rates)


def test_a_date_that_is_missing_is_said_to_be_no_number():
    with pytest.raises(ValueError, match=r"must be finite, got nan s and 2\.0 records/s in row 1"):
        Arrivals.trace([MINUTES[0], pd.NaT, MINUTES[2]], [1, 2, 3])


def test_time_that_goes_back_is_told_on_the_clock_it_came_on():
    message = "times_s must go forward, got 1700000030 s after 1700000060 s"
    with pytest.raises(ValueError, match=message):
        Arrivals.trace([1_700_000_000, 1_700_000_060, 1_700_000_030], [1, 1, 1])


def test_the_last_rate_of_a_trace_holds_on():
    assert Arrivals.trace([0, 10], [5, 7]).records_until([1_010]).tolist() == [50 + 7_000]


def test_a_day_has_the_mean_it_was_given_and_peaks_when_it_should():
    day = Arrivals.daily(1_000, peak_ratio=1.6, peak_at_s=9 * 3_600)
    assert day.records_until([86_400])[0] == pytest.approx(1_000 * 86_400)
    assert day.times_s[day.records_per_s.argmax()] in (9 * 3_600, 9 * 3_600 - 60)
    assert day.records_per_s.max() == pytest.approx(1_600, rel=1e-3)
    assert day.records_per_s.min() == pytest.approx(400, rel=1e-3)


def test_every_day_is_like_the_first():
    day = Arrivals.daily(1_000, peak_ratio=1.6)
    one, more = day.records_until([1_000, 5 * 86_400 + 1_000])
    assert more == pytest.approx(5 * 86_400_000 + one)
    assert day.rates_at([40_000]) == day.rates_at([40_000 + 3 * 86_400])


@given(rates=rates, repeat=st.booleans(), at=st.floats(0, 1_000), more=st.floats(0, 1_000))
def test_records_are_the_sum_of_the_rates(rates, repeat, at, more):
    times = np.arange(len(rates)) * 10.0
    arrivals = Arrivals(
        times_s=times, records_per_s=rates, repeat_s=len(rates) * 10.0 if repeat else None
    )
    fine = np.linspace(at, at + more, 2_001)
    until = arrivals.records_until([at, at + more])
    middle = (fine[1:] + fine[:-1]) / 2
    summed = (arrivals.rates_at(middle) * np.diff(fine)).sum()
    jumps = (more / 10 + 2) * max(rates) * more / 2_000
    assert until[1] - until[0] == pytest.approx(summed, rel=1e-6, abs=jumps + 1e-6)


@pytest.mark.parametrize(
    ("times", "values", "repeat", "error"),
    [
        ([], [], None, r"times_s and records_per_s must be 1-D.* got shapes \(0,\) and \(0,\)"),
        ([0, 1], [1], None, r"as long as each other.* got shapes \(2,\) and \(1,\)"),
        ([0, 1], [1, np.nan], None, r"must be finite, got 1\.0 s and nan records/s in row 1"),
        ([1, 2], [1, 1], None, "times_s must begin with 0, got 1"),
        ([0, 5, 4], [1, 1, 1], None, "times_s must go forward, got 4 s after 5 s"),
        ([0, 5, 5], [1, 1, 1], None, "times_s must go forward, got 5 s after 5 s"),
        ([0], [-1], None, "records_per_s must be >= 0, got -1"),
        ([0, 60], [1, 1], 60, "repeat_s must be beyond the last time, 60 s, got 60"),
    ],
)
def test_arrivals_that_make_no_sense_are_refused(times, values, repeat, error):
    with pytest.raises(ValueError, match=error):
        Arrivals(times_s=times, records_per_s=values, repeat_s=repeat)


def test_a_gap_in_a_trace_is_refused_where_it_must_not_be():
    with pytest.raises(ValueError, match=r"no gap above 60 s, got 120 s after 60 s"):
        Arrivals.trace([0, 60, 180], [1, 1, 1], most_gap_s=60)
    assert Arrivals.trace([0, 60, 180], [1, 1, 1], most_gap_s=120).times_s.size == 3


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Arrivals.steady(-1), r"records_per_s must be finite and >= 0, got -1"),
        (lambda: Arrivals.daily(10, peak_ratio=0.5), "peak_ratio must be finite and >= 1"),
        (lambda: Arrivals.daily(10, peak_ratio=2.1), "peak_ratio must be at most 2 .* got 2.1"),
        (
            lambda: Arrivals.daily(10, peak_ratio=2).with_burst(at_s=86_000, for_s=400, ratio=2),
            "must end before the arrivals repeat, at 86400 s, got 86400",
        ),
        (lambda: Arrivals.steady(1).with_burst(at_s=0, for_s=0, ratio=2), "for_s must be"),
    ],
)
def test_numbers_out_of_range_are_refused(make, error):
    with pytest.raises(ValueError, match=error):
        make()


def test_arrivals_cannot_be_changed_from_outside():
    values = np.array([1.0, 2.0])
    arrivals = Arrivals(times_s=[0, 1], records_per_s=values)
    values[0] = 99
    assert arrivals.records_per_s.tolist() == [1, 2]
    assert not arrivals.records_per_s.flags.writeable


def test_repr_says_the_rates():
    assert repr(Arrivals.steady(1_000)) == "Arrivals(1,000 records/s)"
    trace = Arrivals(times_s=[0, 60], records_per_s=[500, 1_500], repeat_s=120)
    assert repr(trace) == "Arrivals(500 to 1,500 records/s, repeats every 120 s)"
