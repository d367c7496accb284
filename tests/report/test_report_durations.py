"""Time spans and moments as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.report.durations import clock_text, moment_text
from kafka_sizing.units import format_duration, parse_duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.0002, "0.2 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1 s"),
        (1, "1 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3_600, "1 h"),
        (3_605, "1 h"),  # the second of the two units is 0 min
        (5_400, "1 h 30 min"),
        (86_400, "1 d"),
        (100_000, "1 d 3 h"),
        (1e9, "11,574 d 1 h"),
    ],
)
def test_a_span_is_written_in_its_two_largest_units(seconds, text):
    assert format_duration(seconds) == text


@given(seconds=st.floats(0, 1e8))
def test_a_span_loses_at_most_a_twentieth(seconds):
    read = sum(
        parse_duration(f"{number} {unit}")
        for number, unit in zip(*[iter(format_duration(seconds).split())] * 2, strict=True)
    )
    assert read == pytest.approx(seconds, rel=0.05, abs=1e-5)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00:00"), (59.96, "0:01:00"), (3_599.94, "0:59:59.9"), (360_000, "100:00:00")],
)
def test_a_moment_is_written_like_a_clock(seconds, text):
    assert clock_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00:00"),
        (99_999_999, "27,777:46:39"),
        (100_000_000, "1973-03-03 09:46:40 UTC"),
        (1_790_000_000.9, "2026-09-21 14:13:20 UTC"),
        (1e12, "1,000,000,000,000 s"),
        (-5, "-5 s"),
    ],
)
def test_a_moment_of_samples_is_a_date_if_it_counts_from_the_epoch(seconds, text):
    assert moment_text(seconds) == text
