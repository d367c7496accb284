"""How long a backlog takes, against the fluid model worked by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing.consumers.backlog import capacity_to_recover, drain_backlog
from kafka_sizing.consumers.capacity import group_capacity
from kafka_sizing.partitions.placement import PartitionLoads

rates = st.floats(min_value=1e-3, max_value=1e9)
spans = st.floats(min_value=1e-3, max_value=1e7)


# --- a group as a whole ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "outage", "capacity", "backlog", "drain", "recovery"),
    [
        (1_000, 600, 1_500, 600_000, 1_200, 1_800),
        (200, 3_600, 250, 720_000, 14_400, 18_000),
        (2_000, 900, 5_000, 1_800_000, 600, 1_500),
        (100, 0, 200, 0, 0, 0),
    ],
)
def test_spare_capacity_reads_what_piled_up(*, write, outage, capacity, backlog, drain, recovery):
    result = drain_backlog(write, capacity_records_per_s=capacity, outage_s=outage)
    assert result.backlog_records == backlog
    assert result.drain_s == pytest.approx(drain)
    assert result.recovery_s == pytest.approx(recovery)
    assert result.drains is True
    assert (result.write_records_per_s, result.capacity_records_per_s) == (write, capacity)
    assert (result.outage_s, result.partitions, result.last) == (outage, (), None)


@given(write=rates, outage=spans, spare=st.floats(0.01, 100))
def test_the_outage_and_the_drain_are_the_outage_over_the_spare_share(write, outage, spare):
    result = drain_backlog(write, capacity_records_per_s=write * (1 + spare), outage_s=outage)
    assert result.recovery_s == pytest.approx(outage / (1 - 1 / (1 + spare)), rel=1e-6)


@pytest.mark.parametrize("capacity", [1_000, 999, 0, 1_000 * (1 + 1e-12)])
@pytest.mark.parametrize("outage", [600, 1])
def test_a_group_without_spare_capacity_never_drains(capacity, outage):
    result = drain_backlog(1_000, capacity_records_per_s=capacity, outage_s=outage)
    assert result.drains is False
    assert result.drain_s is None
    assert result.recovery_s is None


def test_without_a_backlog_a_group_that_keeps_up_is_current_and_another_is_not():
    assert drain_backlog(10, capacity_records_per_s=10, outage_s=0).drain_s == 0
    assert drain_backlog(10, capacity_records_per_s=9, outage_s=0).drain_s is None


def test_a_lag_can_be_given_instead_of_an_outage():
    result = drain_backlog(1_000, capacity_records_per_s=1_500, backlog_records=50_000)
    assert result.drain_s == pytest.approx(100)
    assert result.outage_s is None
    assert result.recovery_s is None


# --- partitions --------------------------------------------------------------------------


def test_the_partition_with_least_to_spare_is_current_last():
    result = drain_backlog([300, 100], capacity_records_per_s=[400, 400], outage_s=100)
    assert [queue.partition for queue in result.partitions] == [0, 1]
    assert [queue.backlog_records for queue in result.partitions] == [30_000, 10_000]
    assert [queue.drain_s for queue in result.partitions] == pytest.approx([300, 100 / 3])
    assert result.drain_s == pytest.approx(300)
    assert result.last is result.partitions[0]
    assert result.backlog_records == 40_000
    assert result.write_records_per_s == 400
    assert result.capacity_records_per_s == pytest.approx(400 * 4 / 3)


def test_one_partition_that_never_drains_is_enough():
    result = drain_backlog([300, 100, 50], capacity_records_per_s=[299, 400, 20], outage_s=60)
    assert result.drain_s is None
    assert [queue.drain_s is None for queue in result.partitions] == [True, False, True]
    assert result.last is not None
    assert result.last.partition == 2  # 30 records/s pile up there, in partition 0 only one


def test_partitions_that_are_current_together_name_the_one_with_most_to_read():
    result = drain_backlog([10, 30], capacity_records_per_s=[20, 60], outage_s=7)
    assert result.drain_s == pytest.approx(7)
    assert result.last is result.partitions[1]
    idle = drain_backlog([10, 0], capacity_records_per_s=[20, 0], outage_s=7)
    assert [queue.drain_s for queue in idle.partitions] == pytest.approx([7, 0])


def test_a_lag_is_spread_like_the_writes_or_given_for_each_partition():
    spread = drain_backlog([30, 10], capacity_records_per_s=[40, 20], backlog_records=400)
    assert [queue.backlog_records for queue in spread.partitions] == [300, 100]
    assert [queue.drain_s for queue in spread.partitions] == pytest.approx([30, 10])
    stated = drain_backlog([30, 10], capacity_records_per_s=[40, 20], backlog_records=[50, 200])
    assert [queue.drain_s for queue in stated.partitions] == pytest.approx([5, 20])
    assert stated.last is stated.partitions[1]


@settings(max_examples=60)
@given(
    loads=st.lists(st.integers(0, 100), min_size=1, max_size=8).filter(any),
    members=st.integers(1, 9),
    outage=st.floats(1, 1e5),
    spare=st.floats(0.05, 4),
)
def test_the_last_partition_is_current_when_the_usable_capacity_says(
    loads, members, outage, spare
):
    topic = PartitionLoads(loads=loads, unit="records/s")
    needed = (
        topic.total / group_capacity(topic, members, member_records_per_s=1).usable_records_per_s
    )
    group = group_capacity(topic, members, member_records_per_s=needed * (1 + spare))
    by_partition = drain_backlog(topic, capacity_records_per_s=group, outage_s=outage)
    whole = drain_backlog(
        topic.total, capacity_records_per_s=group.usable_records_per_s, outage_s=outage
    )
    assert by_partition.drain_s == pytest.approx(whole.drain_s, rel=1e-6)
    assert by_partition.capacity_records_per_s == pytest.approx(whole.capacity_records_per_s)


# --- in words and tables -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "inputs", "words"),
    [
        (
            1_000,
            {"capacity_records_per_s": 1_500, "outage_s": 600},
            (
                "600,000 records are caught up with in 1,200 s: 1,500 records/s read against "
                "1,000 records/s written; 1,800 s from the start of the outage"
            ),
        ),
        (
            1_000,
            {"capacity_records_per_s": 1_500, "backlog_records": 600},
            (
                "600 records are caught up with in 1.2 s: 1,500 records/s read against "
                "1,000 records/s written"
            ),
        ),
        (
            1_000,
            {"capacity_records_per_s": 1_000, "outage_s": 600},
            (
                "600,000 records are never caught up with: 1,000 records/s read against "
                "1,000 records/s written"
            ),
        ),
        (
            1_000,
            {"capacity_records_per_s": 1_000, "backlog_records": 1},
            (
                "1 record is never caught up with: 1,000 records/s read against "
                "1,000 records/s written"
            ),
        ),
        (
            1_000,
            {"capacity_records_per_s": 900, "backlog_records": 0},
            (
                "nothing has piled up yet, but the group falls behind: 900 records/s read "
                "against 1,000 records/s written"
            ),
        ),
        (
            [300, 100],
            {"capacity_records_per_s": [400, 400], "outage_s": 100},
            (
                "40,000 records are caught up with in 300 s: 400 records/s read against 300 "
                "records/s written in partition 0, the last; 400 s from the start of the outage"
            ),
        ),
        (
            [300, 100],
            {"capacity_records_per_s": [400, 90], "outage_s": 100},
            (
                "40,000 records are never caught up with: 90 records/s read against "
                "100 records/s written in partition 1"
            ),
        ),
    ],
)
def test_the_reason_gives_both_rates(write, inputs, words):
    drain = drain_backlog(write, **inputs)
    assert drain.reason == words
    assert drain._repr_html_().startswith(f"<p>{words}</p><table")


def test_the_frame_has_a_row_for_each_partition():
    frame = drain_backlog([30, 10], capacity_records_per_s=[40, 5], outage_s=10).to_frame()
    assert list(frame.columns) == [
        "partition",
        "write_records_per_s",
        "capacity_records_per_s",
        "backlog_records",
        "drain_s",
    ]
    assert frame["partition"].tolist() == [0, 1]
    assert frame["backlog_records"].tolist() == [300, 100]
    assert frame["drain_s"][0] == 30
    assert frame["drain_s"][1] is pd.NA


def test_the_frame_of_a_whole_group_has_one_row():
    frame = drain_backlog(30, capacity_records_per_s=40, outage_s=10).to_frame()
    assert len(frame) == 1
    assert frame["partition"][0] is pd.NA
    assert frame["drain_s"].tolist() == [30]


def test_repr_says_how_long():
    assert repr(drain_backlog(30, capacity_records_per_s=40, outage_s=10)) == (
        "Drain(backlog='300 records', drain='30 s', partitions=0)"
    )
    assert repr(drain_backlog([30, 10], capacity_records_per_s=[30, 20], outage_s=10)) == (
        "Drain(backlog='400 records', drain='never', partitions=2)"
    )


# --- capacity_to_recover -----------------------------------------------------------------


def test_what_piles_up_comes_on_top_of_what_is_written():
    recovery = capacity_to_recover(1_000, outage_s=600, recovery_s=900)
    assert recovery.capacity_records_per_s == pytest.approx(5_000 / 3)
    assert recovery.extra_records_per_s == pytest.approx(2_000 / 3)
    assert recovery.capacity_ratio == pytest.approx(5 / 3)
    assert recovery.hottest_partition_records_per_s is None
    assert recovery.reason == (
        "600,000 records of backlog in 900 s are 666.7 records/s beyond the 1,000 records/s "
        "that are written"
    )
    assert repr(recovery) == ("Recovery(capacity='1,667 records/s', outage_s=600, recovery_s=900)")


@given(write=rates, outage=spans, recovery=spans)
def test_that_capacity_drains_in_that_time(write, outage, recovery):
    capacity = capacity_to_recover(write, outage_s=outage, recovery_s=recovery)
    drain = drain_backlog(
        write, capacity_records_per_s=capacity.capacity_records_per_s, outage_s=outage
    )
    if outage / recovery > 1e-6:
        assert drain.drain_s == pytest.approx(recovery, rel=1e-6)


def test_the_member_of_the_hottest_partition_must_carry_its_part():
    loads = PartitionLoads(loads=[400, 100], unit="records/s")
    recovery = capacity_to_recover(loads, outage_s=600, recovery_s=1_200)
    assert recovery.capacity_records_per_s == pytest.approx(750)
    assert recovery.hottest_partition_records_per_s == pytest.approx(600)
    assert recovery.reason.endswith(
        "; the member of the hottest partition must carry 600 records/s for it alone"
    )
    assert capacity_to_recover([400, 100], outage_s=0, recovery_s=1).capacity_ratio == 1


# --- refusals ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, r"^outage_s or backlog_records must be given, got neither"),
        ({"outage_s": 1, "backlog_records": 1}, r"^outage_s or .* must be given, got both"),
        ({"outage_s": -1}, r"^outage_s must be finite and >= 0, got -1"),
        ({"backlog_records": math.nan}, r"^backlog_records must be finite and >= 0, got nan"),
        ({"backlog_records": [1]}, r"^backlog_records must .*, got 1 for 2"),
        ({"backlog_records": [1, -2]}, r"^backlog_records must be finite .* at position 1"),
    ],
)
def test_a_backlog_that_makes_no_sense_is_refused(inputs, message):
    with pytest.raises(ValueError, match=message):
        drain_backlog([1, 2], capacity_records_per_s=[2, 3], **inputs)


def test_a_lag_by_partition_needs_rates_by_partition():
    with pytest.raises(ValueError, match=r"^backlog_records must .*, got 1 for 1"):
        drain_backlog(1, capacity_records_per_s=2, backlog_records=[3])


def test_a_recovery_without_time_is_refused():
    with pytest.raises(ValueError, match=r"^recovery_s must be finite and > 0, got 0"):
        capacity_to_recover(1, outage_s=1, recovery_s=0)
    with pytest.raises(ValueError, match=r"^outage_s must be finite and >= 0, got -1"):
        capacity_to_recover(1, outage_s=-1, recovery_s=1)
