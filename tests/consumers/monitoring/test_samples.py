"""Samples of offsets: sorted, checked, and what follows from them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.monitoring import LagSamples, TopicPartition

P0, P1 = TopicPartition("orders", 0), TopicPartition("orders", 1)


def samples_of(**changes):
    fields = {
        "partitions": (P0, P1),
        "times_s": [30, 0, 0, 30],
        "partition": [0, 0, 1, 1],
        "committed_offsets": [160, 100, -1, 55],
        "end_offsets": [200, 120, 50, 50],
        "members": ("a", "b"),
        "owner": [0, 0, -1, 1],
    }
    return LagSamples(**{**fields, **changes})


def test_rows_are_sorted_by_partition_and_then_by_time():
    samples = samples_of()
    assert samples.times_s.tolist() == [0, 30, 0, 30]
    assert samples.partition.tolist() == [0, 0, 1, 1]
    assert samples.committed_offsets.tolist() == [100, 160, -1, 55]
    assert samples.end_offsets.tolist() == [120, 200, 50, 50]
    assert samples.owner.tolist() == [0, 0, -1, 1]


def test_lag_is_what_is_written_and_not_committed():
    samples = samples_of()
    # never committed, and committed beyond the end: both count as none
    assert samples.lags_records.tolist() == [20, 40, 0, 0]
    assert samples.has_commit.tolist() == [True, True, False, True]
    assert samples.is_ahead.tolist() == [False, False, False, True]
    assert samples.last_lag_records == 40


def test_times_are_summed_up():
    samples = samples_of()
    assert samples.moments_s.tolist() == [0, 30]
    assert samples.duration_s == 30
    assert samples.interval_s == 30
    assert samples.spans == [(0, 2), (2, 4)]
    assert len(samples) == 4


def test_one_sample_has_no_interval():
    samples = LagSamples.from_grid([7], [[1]], [[2]])
    assert samples.interval_s is None
    assert samples.duration_s == 0
    assert repr(samples) == "LagSamples(1 sample of 1 partition over 0 s, lag=1 records)"


def test_the_interval_is_the_median_one():
    offsets = [[0], [1], [2], [3]]
    assert LagSamples.from_grid([0, 10, 20, 90], offsets, offsets).interval_s == 10


def test_a_partition_reads_as_kafka_writes_it():
    assert str(P1) == "orders-1"


def test_the_repr_is_one_line():
    assert repr(samples_of()) == "LagSamples(4 samples of 2 partitions over 30 s, lag=40 records)"


def test_a_partition_without_rows_has_an_empty_span():
    samples = samples_of(
        partitions=(P0, P1, TopicPartition("orders", 2)),
        times_s=[0, 1, 2, 3],
        partition=[0, 0, 2, 2],
    )
    assert samples.spans == [(0, 2), (2, 2), (2, 4)]
    assert samples.last_lag_records == 20  # offsets 100 of 120, and 55 of 50


def test_a_row_said_twice_counts_once():
    samples = samples_of(
        times_s=[0, 0, 0, 30],
        partition=[0, 0, 1, 1],
        committed_offsets=[100, 100, -1, 55],
        end_offsets=[120, 120, 50, 50],
    )
    assert len(samples) == 3


@pytest.mark.parametrize("column", ["committed_offsets", "end_offsets", "owner"])
def test_two_rows_that_disagree_are_refused(column):
    fields = {
        "times_s": [0, 0, 0, 30],
        "committed_offsets": [100, 100, -1, 55],
        "end_offsets": [120, 120, 50, 50],
    }
    fields.setdefault("owner", [0, 0, -1, 1])
    fields[column] = [1, *fields[column][1:]]
    with pytest.raises(ValueError, match=rf"{column} must be one value for each .* orders-0 at 0"):
        samples_of(**fields)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"partitions": ()}, "partitions must name at least one, got none"),
        ({"partitions": (P0, P0)}, "partitions must be named once each, got orders-0 twice"),
        ({"members": ("a", "a")}, "members must be named once each, got a twice"),
        ({"times_s": []}, r"times_s must be 1-D with a sample, got shape \(0,\)"),
        ({"times_s": [[0, 1], [2, 3]]}, r"times_s must be 1-D .* got shape \(2, 2\)"),
        ({"times_s": [0, 1, 2, np.inf]}, "times_s must be finite, got inf"),
        ({"partition": [0, 0, 1, 2]}, "partition must be in 0 … 1, got 2"),
        (
            {"partition": [0, 0, 1]},
            r"partition must have a value per time \(4\), got shape \(3,\)",
        ),
        ({"committed_offsets": [1, 2, 3, -2]}, "committed_offsets must be >= -1, got -2"),
        ({"end_offsets": [1, 2, 3, -1]}, "end_offsets must be >= 0, got -1"),
        ({"end_offsets": [1, 2, 3, 1.5]}, "end_offsets must be whole numbers .* got 1.5"),
        ({"end_offsets": [1, 2, 3, np.nan]}, "end_offsets must be whole numbers .* got nan"),
        ({"end_offsets": [1, 2, 3, 2.0**63]}, r"end_offsets must be whole .* got 9\.22"),
        ({"owner": [0, 0, 0, 2]}, "owner must be in -1 … 1, got 2"),
    ],
)
def test_what_cannot_be_is_refused(changes, text):
    with pytest.raises(ValueError, match=text):
        samples_of(**changes)


def test_text_for_offsets_is_the_wrong_type():
    with pytest.raises(TypeError, match="end_offsets must be whole numbers, got <U1"):
        samples_of(end_offsets=np.array(["x"] * 4))


def test_the_largest_offset_stays_exact():
    largest = 2**63 - 1
    samples = LagSamples.from_grid([0], [[largest - 1]], [[largest]])
    assert samples.lags_records.tolist() == [1]
    assert LagSamples.from_grid([0], [[0]], np.array([[7]], np.uint64)).end_offsets.tolist() == [7]


def test_arrays_are_copied_and_read_only():
    times = np.array([0.0, 10])
    samples = LagSamples.from_grid(times, [[1], [2]], [[1], [2]])
    times[0] = 5
    assert samples.times_s.tolist() == [0, 10]
    with pytest.raises(ValueError, match="read-only"):
        samples.end_offsets[0] = 1


# --- grids -----------------------------------------------------------------------------


def test_a_grid_leaves_out_what_was_not_seen():
    samples = LagSamples.from_grid(
        [0, 10],
        [[1, 2], [3, 4]],
        [[5, 6], [7, 8]],
        partitions=[("a", 3), ("b", 0)],
        members=["x"],
        owner=[[0, -1], [0, 0]],
        seen=[[True, False], [True, True]],
    )
    assert samples.partitions == (("a", 3), ("b", 0))
    assert samples.times_s.tolist() == [0, 10, 10]
    assert samples.committed_offsets.tolist() == [1, 3, 4]
    assert samples.end_offsets.tolist() == [5, 7, 8]
    assert samples.owner.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("times", "committed", "ends", "others", "text"),
    [
        (
            [0, 1],
            [[1]],
            [[1]],
            {},
            r"end_offsets must have a row per time .* \(1, 1\) for 2 times",
        ),
        ([0], [[1, 2]], [[1]], {}, r"committed_offsets must have the shape .* got \(1, 2\)"),
        ([0], [[1]], [[1]], {"seen": [[True, True]]}, r"seen must have the shape"),
        ([0], [[1]], [[1]], {"owner": [[0], [0]]}, r"owner must have the shape"),
        (
            [0],
            [[1]],
            [[1]],
            {"partitions": [("a", 0), ("a", 1)]},
            r"partitions must have the shape",
        ),
    ],
)
def test_a_grid_of_the_wrong_shape_is_refused(times, committed, ends, others, text):
    with pytest.raises(ValueError, match=text):
        LagSamples.from_grid(times, committed, ends, **others)


# --- frames ----------------------------------------------------------------------------


def test_a_frame_comes_back_as_the_same_samples():
    samples = samples_of()
    again = LagSamples.from_frame(samples.to_frame())
    pd.testing.assert_frame_equal(again.to_frame(), samples.to_frame())
    assert again.partitions == samples.partitions


def test_a_frame_has_a_row_per_sample():
    frame = samples_of().to_frame()
    assert frame.columns.tolist() == [
        "time_s",
        "topic",
        "partition",
        "committed_offset",
        "end_offset",
        "lag_records",
        "member",
    ]
    assert frame["lag_records"].tolist() == [20, 40, pd.NA, 0]
    assert frame["committed_offset"].isna().tolist() == [False, False, True, False]
    assert frame["member"].tolist()[:2] == ["a", "a"]
    assert frame["member"].isna().tolist() == [False, False, True, False]
    assert "member" not in LagSamples.from_grid([0], [[1]], [[1]]).to_frame()
    assert "orders" in samples_of()._repr_html_()


def frame_of(**changes):
    columns = {
        "time_s": [0, 10],
        "partition": [0, 0],
        "committed_offset": [1, 2],
        "end_offset": [3, 4],
    }
    return pd.DataFrame({**columns, **changes})


def test_a_frame_needs_no_topic_and_no_member():
    samples = LagSamples.from_frame(frame_of())
    assert samples.partitions == (("topic", 0),)
    assert samples.owner is None


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("time", pd.to_datetime(["1970-01-01 00:01", "1970-01-01 00:02"])),
        ("time", pd.to_datetime(["1970-01-01 01:01", "1970-01-01 01:02"]).tz_localize("CET")),
        ("timestamp", ["1970-01-01T00:01:00Z", "1970-01-01T00:02:00Z"]),
        ("timestamp", ["60", "120"]),
        ("time_s", [60, 120]),
    ],
)
def test_times_of_a_frame_are_seconds_since_the_epoch(name, times):
    frame = frame_of().drop(columns="time_s").assign(**{name: times})
    assert LagSamples.from_frame(frame).times_s.tolist() == [60, 120]


def test_large_time_stamps_are_milliseconds_but_time_s_is_not():
    frame = frame_of(time_s=[1.7e12, 1.7e12 + 500])
    assert LagSamples.from_frame(frame).times_s.tolist() == [1.7e12, 1.7e12 + 500]
    frame = frame.rename(columns={"time_s": "timestamp"})
    assert LagSamples.from_frame(frame).times_s.tolist() == [1.7e9, 1.7e9 + 0.5]


def test_a_missing_end_is_a_missing_sample_and_a_missing_commit_none():
    samples = LagSamples.from_frame(
        frame_of(committed_offset=[None, 2], end_offset=[3, None]).astype(object)
    )
    assert samples.committed_offsets.tolist() == [-1]


def test_partitions_are_sorted_by_topic_and_number():
    frame = pd.concat([frame_of(topic="b", partition=10), frame_of(topic="b", partition=9)])
    frame = pd.concat([frame, frame_of(topic="a", partition=3)])
    assert LagSamples.from_frame(frame).partitions == (("a", 3), ("b", 9), ("b", 10))


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_other_engines_are_read_alike(library):
    frame = frame_of(member=["x", None])
    if library == "polars":
        other = pytest.importorskip("polars").from_pandas(frame)
    else:
        other = pytest.importorskip("pyarrow").Table.from_pandas(frame)
    pd.testing.assert_frame_equal(
        LagSamples.from_frame(other).to_frame(), LagSamples.from_frame(frame).to_frame()
    )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"partition": [0, None]}, "partition must hold a number in every row, got a null"),
        ({"end_offset": ["3", "x"]}, "end_offset must be whole numbers below .* got 'x'"),
        ({"end_offset": [3.0, 4.5]}, "end_offset must be whole numbers .* got 4.5"),
        (
            {"end_offset": [2**63, 4]},
            "end_offset must be whole numbers .* got 9223372036854775808",
        ),
        ({"end_offset": [None, None]}, "frame must hold a row with an end_offset, got none"),
        ({"time_s": [0, None]}, "time_s must hold a time in every row, got a null"),
        ({"time_s": ["0", "soon"]}, "time_s must be dates or seconds"),
    ],
)
def test_a_frame_that_cannot_be_is_refused(changes, text):
    with pytest.raises(ValueError, match=text):
        LagSamples.from_frame(frame_of(**changes))


@pytest.mark.parametrize("column", ["time_s", "partition", "committed_offset", "end_offset"])
def test_a_missing_column_is_named_with_what_there_is(column):
    frame = frame_of().rename(columns={column: f"{column}x"})
    with pytest.raises(ValueError, match=rf"frame must have a column {column}.* got \["):
        LagSamples.from_frame(frame)


def test_what_is_no_frame_is_the_wrong_type():
    with pytest.raises(TypeError, match="frame must be a data frame, got list"):
        LagSamples.from_frame([1, 2])


# --- properties ------------------------------------------------------------------------

offsets = st.integers(min_value=0, max_value=2**62)


@given(
    st.lists(st.tuples(st.integers(0, 9), offsets, offsets), min_size=1, max_size=30), st.data()
)
def test_the_order_of_rows_does_not_matter(rows, data):
    rows = list({time: (time, *others) for time, *others in rows}.values())
    shuffled = data.draw(st.permutations(rows))
    first, second = (
        LagSamples(
            partitions=(P0,),
            times_s=[row[0] for row in some],
            partition=[0] * len(some),
            committed_offsets=[row[1] for row in some],
            end_offsets=[row[2] for row in some],
        )
        for some in (rows, shuffled)
    )
    assert first.lags_records.tolist() == second.lags_records.tolist()
    assert first.times_s.tolist() == sorted(row[0] for row in rows)
    assert (first.lags_records >= 0).all()
