"""When unread records are deleted, against the age of the oldest unread worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.capacity import group_capacity
from kafka_sizing.consumers.retention import time_to_loss
from kafka_sizing.partitions.placement import PartitionLoads

DAY = 86_400


def test_a_stopped_group_loses_after_retention():
    loss = time_to_loss(1_000, retention_s=7 * DAY)
    assert loss.earliest_s == 604_800
    # a segment of 7 days by default, looked at every 5 minutes
    assert (loss.segment_s, loss.check_interval_s) == (604_800, 300)
    assert loss.latest_s == 604_800 + 604_800 + 300
    assert loss.loses is True
    assert (loss.partitions, loss.first) == ((), None)


def test_a_slow_group_loses_later():
    loss = time_to_loss(1_000, capacity_records_per_s=800, retention_s=DAY, segment_s=3_600)
    assert loss.earliest_s == pytest.approx(432_000)
    assert loss.latest_s == pytest.approx((DAY + 3_600 + 300) / 0.2)
    assert (loss.write_records_per_s, loss.capacity_records_per_s) == (1_000, 800)
    assert loss.retention_s == DAY


@given(
    write=st.floats(1e-3, 1e9),
    read=st.floats(0, 0.99),
    retention=st.floats(1, 1e8),
    aged=st.floats(0, 0.99),
)
def test_by_the_time_of_loss_the_oldest_unread_is_as_old_as_retention(
    write, read, retention, aged
):
    age = aged * retention
    loss = time_to_loss(
        write, capacity_records_per_s=read * write, retention_s=retention, age_s=age
    )
    assert age + loss.earliest_s * (1 - read) == pytest.approx(retention, rel=1e-6)


@pytest.mark.parametrize("capacity", [1_000, 2_000, 1_000 * (1 - 1e-12)])
def test_a_group_that_keeps_up_never_loses(capacity):
    loss = time_to_loss(1_000, capacity_records_per_s=capacity, retention_s=10, age_s=9)
    assert (loss.earliest_s, loss.latest_s, loss.loses) == (None, None, False)


def test_what_is_older_than_retention_goes_with_its_segment():
    behind = time_to_loss(
        10, retention_s=100, age_s=150, segment_s=60, check_interval_s=5, capacity_records_per_s=5
    )
    assert behind.earliest_s == 0
    assert behind.latest_s == pytest.approx((165 - 150) / 0.5)
    catching_up = time_to_loss(
        10, retention_s=100, age_s=150, segment_s=60, check_interval_s=5, capacity_records_per_s=20
    )
    assert (catching_up.earliest_s, catching_up.latest_s) == (0, None)
    gone = time_to_loss(10, retention_s=100, age_s=165, segment_s=60, check_interval_s=5)
    assert (gone.earliest_s, gone.latest_s) == (0, 0)
    just = time_to_loss(10, retention_s=100, age_s=100, segment_s=0, check_interval_s=0)
    assert (just.earliest_s, just.latest_s) == (0, 0)


def test_the_first_partition_to_lose_counts():
    loss = time_to_loss(
        [100, 100, 0],
        capacity_records_per_s=[90, 50, 0],
        retention_s=1_000,
        segment_s=100,
        check_interval_s=0,
        age_s=[800, 200, 0],
    )
    earliest = [queue.earliest_s for queue in loss.partitions]
    assert earliest[:2] == pytest.approx([2_000, 1_600])
    assert earliest[2] is None
    assert [queue.latest_s for queue in loss.partitions][:2] == pytest.approx([3_000, 1_800])
    assert loss.earliest_s == pytest.approx(1_600)
    assert loss.latest_s == pytest.approx(1_800)
    assert loss.first is loss.partitions[1]
    assert loss.write_records_per_s == 200


def test_the_earliest_and_the_latest_may_be_of_two_partitions():
    loss = time_to_loss(
        [100, 100],
        capacity_records_per_s=[90, 50],
        retention_s=1_000,
        segment_s=100,
        check_interval_s=0,
        age_s=[900, 400],
    )
    # 100 / 0.1 and 200 / 0.1; 600 / 0.5 and 700 / 0.5
    assert loss.earliest_s == pytest.approx(1_000)
    assert loss.latest_s == pytest.approx(1_400)
    assert loss.first is loss.partitions[0]


def test_a_hot_partition_loses_though_the_group_has_capacity_to_spare():
    loads = PartitionLoads(loads=[300, 50, 50], unit="records/s")
    group = group_capacity(loads, 3, member_records_per_s=225)
    loss = time_to_loss(loads, capacity_records_per_s=group, retention_s=1_000)
    assert group.together_records_per_s > loads.total
    assert loss.earliest_s == pytest.approx(4_000)
    assert [queue.earliest_s is None for queue in loss.partitions] == [False, True, True]


@pytest.mark.parametrize(
    ("write", "inputs", "words"),
    [
        (
            1_000,
            {"capacity_records_per_s": 800, "retention_s": DAY, "segment_s": 3_600},
            (
                "the first unread record is lost 432,000 to 451,500 s from now: 800 records/s "
                "read against 1,000 records/s written, so the oldest unread ages by 20.0 % of the "
                "time that passes, and whole segments are deleted"
            ),
        ),
        (
            [100, 100],
            {
                "capacity_records_per_s": [200, 75],
                "retention_s": 1_000,
                "segment_s": 0,
                "check_interval_s": 0,
            },
            (
                "the first unread record is lost after 4,000 s: 75 records/s read against "
                "100 records/s written in partition 1, so the oldest unread ages by 25.0 % of the "
                "time that passes, and whole segments are deleted"
            ),
        ),
        (
            100,
            {"capacity_records_per_s": 200, "retention_s": 1_000},
            "nothing unread is lost: 200 records/s read against 100 records/s written",
        ),
        (
            [100],
            {"capacity_records_per_s": [200], "retention_s": 1_000, "age_s": 1_000},
            (
                "what is unread in partition 0 is already older than the 1,000 s it is kept, and "
                "is lost with its segment"
            ),
        ),
    ],
)
def test_the_reason_says_when_and_why(write, inputs, words):
    loss = time_to_loss(write, **inputs)
    assert loss.reason == words
    assert loss._repr_html_().startswith(f"<p>{words}</p><table")


def test_the_frame_has_a_row_for_each_partition():
    loss = time_to_loss(
        [100, 100],
        capacity_records_per_s=[200, 50],
        retention_s=100,
        segment_s=10,
        check_interval_s=5,
    )
    frame = loss.to_frame()
    assert list(frame.columns) == [
        "partition",
        "write_records_per_s",
        "capacity_records_per_s",
        "earliest_s",
        "latest_s",
    ]
    assert frame["partition"].tolist() == [0, 1]
    assert frame["earliest_s"].isna().tolist() == [True, False]
    assert (frame["earliest_s"][1], frame["latest_s"][1]) == (200, 230)
    assert repr(loss) == "TimeToLoss(earliest_s=200, latest_s=230, partitions=2)"


def test_the_frame_of_a_whole_group_has_one_row():
    loss = time_to_loss(1, retention_s=10, capacity_records_per_s=1)
    frame = loss.to_frame()
    assert frame["partition"].tolist() == [pd.NA]
    assert frame["capacity_records_per_s"].tolist() == [1]
    assert repr(loss) == "TimeToLoss(earliest_s=never, latest_s=never, partitions=0)"


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"retention_s": 0}, r"^retention_s must be finite and > 0, got 0"),
        ({"segment_s": -1}, r"^segment_s must be finite and >= 0, got -1"),
        ({"check_interval_s": -1}, r"^check_interval_s must be finite and >= 0, got -1"),
        ({"age_s": -1}, r"^age_s must be finite and >= 0, got -1"),
        ({"age_s": [1]}, r"^age_s must hold one age for each of 2 partitions, got 1"),
        ({"age_s": [1, -1]}, r"^age_s must be finite and >= 0, got -1\.0 at position 1"),
    ],
)
def test_times_that_make_no_sense_are_refused_by_name(inputs, message):
    with pytest.raises(ValueError, match=message):
        time_to_loss([1, 2], **({"retention_s": 10, "capacity_records_per_s": [0, 0]} | inputs))
