"""The lookup table of kafka-lag-exporter against its own specification, and a group by hand."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.monitoring import LagSamples, OffsetTable, lag_in_seconds


def time_of(points, offset, limit=10):
    offsets, times = zip(*points, strict=True)
    written = OffsetTable(offsets, times, limit).time_of(offset)
    return None if written is None else written.time_s


FLAT = [(100, 30), (200, 60), (200, 120), (200, 700), (300, 730), (300, 9000), (400, 9030)]
GROWING = [(-2, -2), (-1, -1), (0, 0), (10, 1), (200, 2), (3000, 3), (40000, 4)]


@pytest.mark.parametrize("offset", [150, 190, 110, 10, 0, -100, 300, 100])
def test_square_lookups_of_lookup_table_spec(offset):
    assert time_of([(100, 100), (200, 200)], offset) == offset


@pytest.mark.parametrize(
    ("offset", "time"),
    [
        (199, 59.7),
        (200, 700),
        (201, 700.3),
        (250, 715),
        (299, 729.7),
        (300, 9000),
        (301, 9000.3),
    ],
)
def test_lookups_with_flat_sections_of_lookup_table_spec(offset, time):
    assert time_of(FLAT, offset) == pytest.approx(time)


def test_a_run_of_one_offset_keeps_its_ends():
    table = OffsetTable([100, 200, 200, 200], [30, 60, 120, 700])
    assert table.offsets.tolist() == [100, 200, 200]
    assert table.times_s.tolist() == [30, 60, 700]
    table = OffsetTable([100, 100, 100, 100], [100, 200, 300, 400])
    assert table.times_s.tolist() == [100, 400]


@pytest.mark.parametrize(
    ("offset", "time"),
    [
        (1600, 2.5),
        (0, 0.0),
        (1, 0.1),
        (9, 0.9),
        (10, 1),
        (200, 2),
        (2999, 2.9996428571428573),
        (3000, 3),
        (3001, 3.000027027027027),
        (40000, 4),
        (-10000, -1),
        (50000, 5),
    ],
)
def test_the_truncated_table_of_lookup_table_spec(offset, time):
    assert time_of(GROWING, offset, limit=5) == pytest.approx(time)


def test_points_out_of_order_are_left_out():
    points = [(100, 100), (110, 90), (90, 110), (0, 0), (110, -1), (-1, 110), (-1, -1)]
    offsets, times = zip(*points, strict=True)
    assert len(OffsetTable(offsets, times)) == 1


def test_a_flat_table_tells_nothing_but_its_own_offset():
    # LookupTableSpec has an infinite time there
    points = [(100, 100), (100, 200)]
    assert time_of(points, 99) is None
    assert time_of(points, 101) is None
    assert time_of(points, 100) == 200


def test_one_point_tells_nothing():
    assert time_of([(100, 100)], 100) is None
    assert OffsetTable([], []).time_of(1) is None


def test_outside_the_table_is_extrapolated():
    table = OffsetTable([100, 200], [100, 200])
    assert not table.time_of(150).is_extrapolated
    assert not table.time_of(200).is_extrapolated
    assert table.time_of(99).is_extrapolated
    assert table.time_of(201).is_extrapolated


def test_the_table_keeps_sixty_points_by_default():
    table = OffsetTable(range(100), range(100))
    assert table.offsets.tolist() == list(range(40, 100))
    assert repr(table) == "OffsetTable(60 points, last=99)"
    assert repr(OffsetTable([], [])) == "OffsetTable(0 points)"


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"one length, got \(2,\) and \(1,\)"):
        OffsetTable([1, 2], [1])
    with pytest.raises(ValueError, match="limit must be a whole number in 1"):
        OffsetTable([1], [1], 0)


# --- samples ---------------------------------------------------------------------------


def test_the_age_of_the_oldest_unread_record_of_each_partition():
    # 100 records come in 60 s. Partition 0 has read half of them, 1 all, 2 none before either,
    # 3 has no commit, 4 is beyond the end.
    samples = LagSamples.from_grid(
        [0, 60],
        [[90, 90, 50, -1, 90], [150, 200, 50, -1, 201]],
        [[100] * 5, [200] * 5],
    )
    group = lag_in_seconds(samples)
    assert [lag.lag_s for lag in group.partitions] == [30, 0, 90, None, 0]
    assert [lag.lag_records for lag in group.partitions] == [50, 0, 150, None, 0]
    assert [lag.is_extrapolated for lag in group.partitions] == [False, False, True, False, False]
    assert group.oldest is group.partitions[2]
    assert (group.lag_s, group.lag_records) == (90, 200)
    assert "the oldest 30.0 s old." in group.partitions[0].reason
    assert "drawn on from the samples" in group.partitions[2].reason
    assert "no committed offset" in group.partitions[3].reason
    assert repr(group) == "GroupLag(5 partitions, lag=200 records, oldest=90.0 s)"
    assert group.to_frame()["lag_s"].isna().tolist() == [False, False, False, True, False]
    assert "extrapolated" in group._repr_html_()


def test_one_sample_tells_no_age_but_that_of_none():
    group = lag_in_seconds(LagSamples.from_grid([0], [[5, 9]], [[9, 9]]))
    assert [lag.lag_s for lag in group.partitions] == [None, 0]
    assert "its end did not move" in group.partitions[0].reason


def test_a_group_whose_age_is_not_known_says_so():
    group = lag_in_seconds(LagSamples.from_grid([0], [[5]], [[9]], seen=[[True]]))
    assert group.oldest is None
    assert group.lag_s is None
    assert "oldest=unknown" in repr(group)


def test_a_partition_without_rows_is_left_out():
    samples = LagSamples.from_grid([0], [[1, 1]], [[1, 1]], seen=[[True, False]])
    assert len(lag_in_seconds(samples).partitions) == 1


def test_a_shorter_table_extrapolates_from_what_it_holds():
    samples = LagSamples.from_grid([0, 10, 20, 30], [[0]] * 4, [[0], [0], [100], [300]])
    assert lag_in_seconds(samples).lag_s == pytest.approx(20)
    assert lag_in_seconds(samples, limit=2).lag_s == pytest.approx(15)


@given(
    st.lists(st.integers(1, 50), min_size=2, max_size=30),
    st.floats(min_value=0, max_value=1),
)
def test_within_the_table_the_age_is_that_of_a_straight_line(steps, part):
    ends = np.cumsum(steps)
    times = np.arange(ends.size) * 10.0
    committed = int(ends[0] + part * (ends[-1] - ends[0]))
    samples = LagSamples.from_grid(times, np.full((ends.size, 1), committed), ends[:, None])
    expected = times[-1] - np.interp(committed, ends, times)
    assert lag_in_seconds(samples).lag_s == pytest.approx(expected)
