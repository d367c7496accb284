"""Segments against worked examples, hand arithmetic and what a retention promises."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.brokers.segments import segment_files
from kafka_sizing.settings import default_of
from kafka_sizing.units import GB, MB, GiB, KiB, MiB

DAY_S = 86_400.0
WEEK_S = 7 * DAY_S

rates = st.floats(min_value=1e-3, max_value=1e9)
spans = st.floats(min_value=1.0, max_value=1e8)
sizes = st.integers(min_value=MiB, max_value=2**31 - 1)


# --- worked examples --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "segment_s", "roll_s", "rolled_by", "segments", "ideal_bytes", "retained_bytes"),
    [
        pytest.param(
            50_000, WEEK_S, 21_474.8, "segment.bytes", 30, 30.24 * GB, 31.31 * GB,
            id="BR09 50 kB/s fill 1 GiB in six hours (UnifiedLog, LogManager)",
        ),
        pytest.param(
            1_000_000, WEEK_S, 1_073.7, "segment.bytes", 565, 604.8 * GB, 605.87 * GB,
            id="BR10 1 MB/s (UnifiedLog, LogManager)",
        ),
        pytest.param(
            100, WEEK_S, 604_800, "segment.ms", 2, 60.48 * MB, 120.96 * MB,
            id="BR11 100 B/s keep twice what was asked for (UnifiedLog, LogManager)",
        ),
        pytest.param(
            10_000, DAY_S, 86_400, "segment.ms", 8, 6.048 * GB, 6.912 * GB,
            id="BR12 10 kB/s with a segment a day (UnifiedLog, LogManager)",
        ),
    ],
)  # fmt: skip
def test_time_retention_keeps_a_segment_more_than_asked_for(
    *, rate, segment_s, roll_s, rolled_by, segments, ideal_bytes, retained_bytes
):
    log = segment_files(rate, retention_s=WEEK_S, segment_bytes=1 * GiB, segment_s=segment_s)
    assert (log.rolled_by, log.segments, log.kept_by) == (rolled_by, segments, "retention.ms")
    assert log.roll_s == pytest.approx(roll_s, rel=1e-4)
    assert log.ideal_bytes == pytest.approx(ideal_bytes)
    assert log.retained_bytes == pytest.approx(retained_bytes, rel=1e-3)


@pytest.mark.parametrize(
    ("index", "most"),
    [
        pytest.param("offset_index_bytes", 2_097_152, id="BR08 offset index (OffsetIndex)"),
        pytest.param("time_index_bytes", 3_145_728, id="BR08 time index (TimeIndex)"),
    ],
)
def test_an_index_has_an_entry_an_interval(index, most):
    log = segment_files(50_000, segment_bytes=1 * GiB, index_interval_bytes=4_096)
    assert getattr(log, index) == most


# --- hand arithmetic --------------------------------------------------------------------


def test_each_part_of_the_overshoot_is_its_own():
    # 1 kB/s for 1,000 s; a segment of 100 kB; 300 s and 60 s more
    log = segment_files(1_000, retention_s=1_000, segment_bytes=100_000, check_s=300, delete_s=60)
    assert log.ideal_bytes == 1_000_000
    assert log.roll_overshoot_bytes == log.rolled_bytes == 100_000
    assert log.check_overshoot_bytes == 300_000
    assert log.delete_overshoot_bytes == 60_000
    assert log.retained_bytes == 1_100_000
    assert log.most_bytes == 1_460_000
    assert log.overshoot_ratio == 1.46
    assert log.ideal_s == 1_000
    assert log.segments == 11
    assert log.files == 11 * 4 + 2
    assert log.index_bytes == pytest.approx(1_460_000 * 20 / 4_096)
    assert log.preallocated_bytes == 20 * MiB


def test_size_retention_keeps_a_segment_more_than_its_size():
    log = segment_files(
        1 * MB, retention_s=WEEK_S, retention_bytes=10 * GiB, segment_bytes=1 * GiB,
        check_s=0, delete_s=0,
    )  # fmt: skip
    assert (log.kept_by, log.ideal_bytes, log.segments) == ("retention.bytes", 10 * GiB, 11)
    assert log.retained_bytes == log.most_bytes == 11 * GiB


def test_of_time_and_size_the_one_that_keeps_less_counts():
    loose = segment_files(1_000, retention_s=1_000, retention_bytes=1_000_001)
    tight = segment_files(1_000, retention_s=1_000, retention_bytes=999_999)
    tie = segment_files(1_000, retention_s=1_000, retention_bytes=1_000_000)
    assert (loose.kept_by, loose.ideal_bytes) == ("retention.ms", 1_000_000)
    assert (tight.kept_by, tight.ideal_bytes) == ("retention.bytes", 999_999)
    assert tie.kept_by == "retention.ms"


def test_unlimited_time_leaves_the_size():
    log = segment_files(1_000, retention_s="unlimited", retention_bytes=5_000_000)
    assert (log.kept_by, log.ideal_bytes, log.retention_s) == ("retention.bytes", 5_000_000, None)
    assert log.ideal_s == 5_000


def test_a_full_index_ends_a_segment_too():
    # 10 MiB / 12 B = 873,813 entries, one each 1,024 bytes: 894,784,512 bytes, below 1 GiB
    log = segment_files(
        1 * MB, segment_bytes=1 * GiB, index_interval_bytes=1 * KiB, index_max_bytes=10 * MiB
    )
    assert (log.rolled_by, log.rolled_bytes) == ("segment.index.bytes", 873_813 * 1_024)
    assert log.time_index_bytes == 873_813 * 12


def test_the_offset_index_stays_within_its_size():
    log = segment_files(1 * MB, index_interval_bytes=1, index_max_bytes=12)
    assert log.rolled_bytes == 1
    assert (log.offset_index_bytes, log.time_index_bytes) == (8, 12)


def test_nothing_written_is_one_empty_segment():
    log = segment_files(0)
    assert (log.segments, log.most_bytes, log.index_bytes) == (1, 0, 0)
    assert (log.roll_s, log.rolled_by, log.ideal_s, log.overshoot_ratio) == (None, None, None, 1)
    assert log.reason == "nothing is written, so there is one empty segment"
    assert segment_files(0, retention_s="unlimited", retention_bytes=9).ideal_bytes == 0


def test_what_is_not_given_is_kafkas_default():
    log = segment_files(50_000)
    assert log.retention_s == default_of("retention.ms", "topic").value / 1_000
    assert log.retention_bytes is None
    assert log.rolled_bytes == default_of("segment.bytes", "topic").value
    assert segment_files(100).roll_s == default_of("segment.ms", "topic").value / 1_000
    assert log.check_s == default_of("log.retention.check.interval.ms", "broker").value / 1_000
    assert log.delete_s == default_of("file.delete.delay.ms", "topic").value / 1_000
    assert log.index_interval_bytes == default_of("index.interval.bytes", "topic").value
    assert log.index_max_bytes == default_of("segment.index.bytes", "topic").value


def test_the_reason_says_what_ends_and_what_keeps():
    reason = segment_files(100, retention_s=WEEK_S).reason
    assert reason.startswith("segment.ms ends a segment every 7 d at 57.7 MiB")
    assert "retention.ms asks for 57.7 MiB in up to 2 segments" in reason
    assert repr(segment_files(100)).startswith("Segments(segments=2, rolled_by='segment.ms'")


def test_the_frame_has_a_row_for_each_part():
    log = segment_files(100, retention_s=WEEK_S)
    frame = log.to_frame()
    assert list(frame.columns) == ["part", "bytes", "why"]
    assert frame["part"].tolist() == ["ideal", "roll", "check", "delete", "indexes"]
    assert frame["bytes"].sum() == pytest.approx(log.most_bytes + log.index_bytes)
    assert segment_files(0).to_frame()["why"].tolist()[1] == "whole segments: none"


# --- properties -------------------------------------------------------------------------


@given(rate=rates, keep_s=spans, size=sizes, span=spans)
def test_segments_hold_what_is_kept_and_one_fewer_does_not(rate, keep_s, size, span):
    log = segment_files(rate, retention_s=keep_s, segment_bytes=size, segment_s=span)
    closed = log.segments - 1
    assert closed * log.rolled_bytes >= log.ideal_bytes * (1 - 1e-8)
    assert (closed - 1) * log.rolled_bytes < log.ideal_bytes
    assert log.rolled_bytes <= size
    assert log.roll_s <= span * (1 + 1e-9)


@given(rate=rates, more=st.floats(min_value=1.0, max_value=10.0), size=sizes)
def test_more_load_never_takes_less_disk(rate, more, size):
    one = segment_files(rate, retention_bytes=10 * GB, segment_bytes=size)
    other = segment_files(rate * more, retention_bytes=10 * GB, segment_bytes=size)
    assert other.most_bytes >= one.most_bytes * (1 - 1e-12)


# --- nonsense ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "match"),
    [
        ({"bytes_per_s": -1}, r"bytes_per_s must be finite and >= 0, got -1"),
        ({"retention_s": 0}, r"retention_s must be finite and > 0, got 0"),
        ({"retention_s": "forever"}, r"retention_s must be .* got 'forever'"),
        ({"retention_bytes": 0}, r"retention_bytes must be a whole number .* got 0"),
        ({"retention_bytes": 2**63}, r"retention_bytes must be a whole number"),
        ({"retention_s": "unlimited"}, r"retention_bytes must be given .* got None"),
        ({"segment_bytes": 2**31}, r"segment_bytes must be a whole number"),
        ({"segment_s": 0}, r"segment_s must be finite and > 0, got 0"),
        ({"check_s": -1}, r"check_s must be finite and >= 0, got -1"),
        ({"delete_s": -1}, r"delete_s must be finite and >= 0, got -1"),
        ({"index_interval_bytes": 0}, r"index_interval_bytes must be a whole number"),
        ({"index_max_bytes": 11}, r"index_max_bytes must be a whole number in 12"),
        ({"bytes_per_s": 1e308, "retention_s": 10}, r"bytes_per_s times retention_s"),
    ],
)
def test_nonsense_is_refused(inputs, match):
    with pytest.raises(ValueError, match=match):
        segment_files(**{"bytes_per_s": 100, **inputs})


def test_more_bytes_than_a_float_holds_are_refused():
    with pytest.raises(ValueError, match=r"^bytes on disk must be finite"):
        segment_files(1_000, check_s=1e308)
