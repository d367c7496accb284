"""What is written and what can be read, however given, in; both for each partition out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing._checks import check_non_negative, check_positive
from kafka_sizing.consumers.capacity import GroupCapacity
from kafka_sizing.keys.loads import refuse_wrong
from kafka_sizing.partitions.placement import PartitionLoads

Rates = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flows:
    """What comes in and what can go out: of a group as a whole, or of each partition."""

    write_records_per_s: Rates  #: (n,)
    capacity_records_per_s: Rates  #: (n,)
    by_partition: bool

    @property
    def written(self) -> float:
        """What is written in all. [records/s]"""
        return float(self.write_records_per_s.sum())

    @property
    def carried(self) -> float:
        """What may be written, split as it is, before the first falls behind. [records/s]"""
        brought = self.write_records_per_s > 0
        ratios = self.capacity_records_per_s[brought] / self.write_records_per_s[brought]
        return self.written * float(ratios.min())


def flows_of(
    write_records_per_s: ArrayLike | PartitionLoads,
    capacity_records_per_s: ArrayLike | GroupCapacity,
) -> Flows:
    """Take a rate of the group, or of each partition; and what a group has for them.

    One number for each means the group as a whole; a capacity of 0, that nothing is read. What
    `group_capacity` gives is split over the partitions of each member in proportion to what
    they bring.
    """
    writes = writes_of(write_records_per_s)
    capacity: Any = capacity_records_per_s
    if isinstance(capacity, GroupCapacity):
        return _flows_of_group(writes, capacity)
    if isinstance(capacity, PartitionLoads) or np.ndim(capacity):
        capacities = _rates("capacity_records_per_s", capacity)
        if writes.ndim == 0 or writes.size != capacities.size:
            many = "one" if writes.ndim == 0 else f"{writes.size:,}"
            raise ValueError(
                "capacity_records_per_s must hold one rate for each of write_records_per_s, "
                f"got {capacities.size:,} for {many}"
            )
        return Flows(
            write_records_per_s=writes, capacity_records_per_s=capacities, by_partition=True
        )
    check_non_negative("capacity_records_per_s", capacity)
    if writes.ndim and capacity:
        raise ValueError(
            "capacity_records_per_s must hold one rate for each partition, or be what "
            f"group_capacity gives, got {capacity!r} for {writes.size:,} partitions"
        )
    return Flows(
        write_records_per_s=np.atleast_1d(writes),
        capacity_records_per_s=np.full(max(1, writes.size), float(capacity)),
        by_partition=bool(writes.ndim),
    )


def _flows_of_group(writes: Rates, group: GroupCapacity) -> Flows:
    if writes.ndim == 0 and group.loads is None:
        return Flows(
            write_records_per_s=writes.reshape(1),
            capacity_records_per_s=np.array([group.usable_records_per_s]),
            by_partition=False,
        )
    if writes.ndim == 0 and group.loads is not None:
        writes = group.loads.shares * writes
    if writes.size != group.partitions:
        raise ValueError(
            f"write_records_per_s must hold one rate for each of {group.partitions:,} "
            f"partitions, got {writes.size:,}"
        )
    return Flows(
        write_records_per_s=writes,
        capacity_records_per_s=group.split_by(writes),
        by_partition=True,
    )


def writes_of(write_records_per_s: Any) -> Rates:
    """Give what is written: one rate without a dimension, or one for each partition."""
    if not isinstance(write_records_per_s, PartitionLoads) and not np.ndim(write_records_per_s):
        check_positive("write_records_per_s", write_records_per_s)
        return np.array(float(write_records_per_s))
    writes = _rates("write_records_per_s", write_records_per_s)
    if not writes.sum():
        raise ValueError("write_records_per_s must be > 0 for some partition, got a total of 0")
    return writes


def _rates(name: str, rates: Any) -> Rates:
    if not isinstance(rates, PartitionLoads):
        return rates_by_partition(name, rates)
    if rates.unit != "records/s":
        raise ValueError(f"{name} must be in records/s, got loads in {rates.unit}")
    return rates.loads


def rates_by_partition(name: str, rates: Any) -> Rates:
    """Refuse anything but a finite number >= 0 for each of some partitions."""
    try:
        array = np.array(rates, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must hold numbers, got {rates!r:.60}") from None
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{name} must hold one number for each partition, got {rates!r:.60}")
    refuse_wrong(array, name, at="at position")
    return array
