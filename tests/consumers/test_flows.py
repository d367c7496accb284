"""Rates given in whatever way are those of each partition, or of the group as a whole."""

from __future__ import annotations

import numpy as np
import pytest

from kafka_sizing.consumers.capacity import group_capacity
from kafka_sizing.consumers.flows import flows_of
from kafka_sizing.partitions.placement import PartitionLoads


def test_two_numbers_are_the_group_as_a_whole():
    flows = flows_of(100, 150)
    assert flows.by_partition is False
    assert flows.write_records_per_s.tolist() == [100]
    assert flows.capacity_records_per_s.tolist() == [150]
    assert (flows.written, flows.carried) == (100, 150)


@pytest.mark.parametrize(
    "make", [list, tuple, np.array, lambda rates: PartitionLoads(loads=rates, unit="records/s")]
)
def test_two_columns_are_partitions(make):
    flows = flows_of(make([30.0, 10.0]), make([45.0, 60.0]))
    assert flows.by_partition is True
    assert flows.write_records_per_s.tolist() == [30, 10]
    assert flows.capacity_records_per_s.tolist() == [45, 60]
    assert flows.written == 40
    assert flows.carried == pytest.approx(60)  # 1.5 times what is written fills the first


def test_of_a_group_that_stands_still_nothing_reads_a_partition():
    flows = flows_of([30, 10], 0)
    assert flows.by_partition is True
    assert flows.capacity_records_per_s.tolist() == [0, 0]
    assert flows.carried == 0


def test_partitions_that_bring_nothing_set_no_pace():
    assert flows_of([10, 0], [20, 0]).carried == 20


def test_a_group_of_even_partitions_is_judged_as_a_whole():
    flows = flows_of(100, group_capacity(12, 7, member_records_per_s=50))
    assert flows.by_partition is False
    assert flows.capacity_records_per_s.tolist() == [300]


def test_a_group_with_loads_splits_the_rate_by_them():
    group = group_capacity(PartitionLoads(loads=[3, 1]), 1, member_records_per_s=100)
    flows = flows_of(40, group)
    assert flows.by_partition is True
    assert flows.write_records_per_s.tolist() == [30, 10]
    assert flows.capacity_records_per_s.tolist() == [75, 25]
    assert flows.carried == pytest.approx(100)


def test_a_group_splits_by_what_is_written_now():
    flows = flows_of([10, 30], group_capacity(2, 1, member_records_per_s=100))
    assert flows.capacity_records_per_s.tolist() == [25, 75]


@pytest.mark.parametrize(
    ("write", "capacity", "error", "message"),
    [
        (0, 1, ValueError, r"^write_records_per_s must be finite and > 0, got 0"),
        ([], [1], ValueError, r"^write_records_per_s must hold one number for each partition"),
        ([[1]], [1], ValueError, r"^write_records_per_s must hold one number for each partition"),
        ([0, 0], [1, 1], ValueError, r"^write_records_per_s must be > 0 for some partition"),
        ([1, -1], [1, 1], ValueError, r"^write_records_per_s must be finite .* at position 1"),
        (["a"], [1], TypeError, r"^write_records_per_s must hold numbers, got \['a'\]"),
        (1, -1, ValueError, r"^capacity_records_per_s must be finite and >= 0, got -1"),
        ([1, 1], [1, np.inf], ValueError, r"^capacity_records_per_s must be finite .*position 1"),
        ([1, 2], 3, ValueError, r"^capacity_records_per_s must hold one rate for each .* 2 part"),
        ([1, 2], [3], ValueError, r"^capacity_records_per_s must .*, got 1 for 2$"),
        (1, [3], ValueError, r"^capacity_records_per_s must .*, got 1 for one$"),
        (
            PartitionLoads(loads=[1.0], unit="bytes/s"),
            [1],
            ValueError,
            r"^write_records_per_s must be in records/s, got loads in bytes/s",
        ),
        (
            [1],
            PartitionLoads(loads=[1.0]),
            ValueError,
            r"^capacity_records_per_s must be in records/s, got loads in records$",
        ),
        (
            [1, 2],
            group_capacity(3, 1, member_records_per_s=1),
            ValueError,
            r"^write_records_per_s must hold one rate for each of 3 partitions, got 2",
        ),
    ],
)
def test_rates_that_do_not_fit_are_refused_by_name(write, capacity, error, message):
    with pytest.raises(error, match=message):
        flows_of(write, capacity)
