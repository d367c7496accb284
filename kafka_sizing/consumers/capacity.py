"""Partitions, or their loads, and members in; what the group carries, and why no more, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING, check_choice, check_count, check_positive
from kafka_sizing.consumers.assignment import ASSIGNORS, Assignment, assign
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_load, format_share


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCapacity:
    """What a group carries when partitions are handed out whole, and why not more."""

    partitions: int
    members: int
    member_records_per_s: float  #: what one member sustains
    assignor: str
    loads: PartitionLoads | None  #: None: every partition brings the same
    write_records_per_s: float | None  #: None: not said
    usable_records_per_s: float  #: what the topic may bring before the fullest member is full
    fullest_share: float  #: part of the load that the fullest member reads
    fullest_partitions: int  #: how many partitions that member reads
    idle_members: int  #: members without a partition

    @property
    def together_records_per_s(self) -> float:
        """What the members could carry together if load could be cut anywhere."""
        return self.members * self.member_records_per_s

    @property
    def wasted_share(self) -> float:
        """Part of what the members could carry together that the group cannot use."""
        return max(0.0, 1 - self.usable_records_per_s / self.together_records_per_s)

    @property
    def ceiling_records_per_s(self) -> float:
        """What no way to hand out whole partitions to as many members exceeds."""
        if self.loads is None:
            return self.usable_records_per_s
        largest = _largest_first(self.loads)
        return self.member_records_per_s / _least_fullest_share(largest, self.members)

    @property
    def load_aware_records_per_s(self) -> float:
        """What the group carries if partitions are handed out by load instead of by count."""
        if self.loads is None:
            return self.usable_records_per_s
        return self.with_members(self.members, assignor="load-aware").usable_records_per_s

    @property
    def least_members(self) -> int:
        """The fewest members that carry as much."""
        if self.loads is None:
            return -(-self.partitions // self.fullest_partitions)
        as_much = self.usable_records_per_s * (1 - ROUNDING)
        fewer = range(1, self.members)
        return first_that_carries(self, self.loads, as_much, fewer) or self.members

    @property
    def next_members(self) -> int | None:
        """The next larger count that carries more; None: no count does."""
        if self.fullest_partitions == 1:
            return None
        if self.loads is None:
            return -(-self.partitions // (self.fullest_partitions - 1))
        more = self.usable_records_per_s * (1 + ROUNDING)
        larger = range(self.members + 1, self.partitions + 1)
        return first_that_carries(self, self.loads, more, larger)

    @property
    def utilisation_ratio(self) -> float | None:
        """What is written over what the group carries: how full the fullest member is."""
        if self.write_records_per_s is None:
            return None
        return self.write_records_per_s / self.usable_records_per_s

    @property
    def keeps_up(self) -> bool | None:
        """Whether every member carries what its partitions bring; None if no rate was given."""
        ratio = self.utilisation_ratio
        return None if ratio is None else ratio <= 1 + ROUNDING

    @property
    def oversized_partitions(self) -> Sequence[int]:
        """Partitions that alone bring more than one member sustains, by number."""
        if self.write_records_per_s is None:
            return ()
        most = self.member_records_per_s * (1 + ROUNDING)
        if self.loads is None:
            return range(
                self.partitions if self.write_records_per_s / self.partitions > most else 0
            )
        return tuple(np.flatnonzero(self.loads.shares * self.write_records_per_s > most).tolist())

    @property
    def read_records_per_s(self) -> float | None:
        """What the group reads of what is written: a full member reads no more than it can."""
        if self.write_records_per_s is None:
            return None
        members, shares = self._reading_members()
        brought = shares * self.write_records_per_s
        return float(members @ np.minimum(brought, self.member_records_per_s))

    @property
    def assignment(self) -> Assignment:
        """Who reads what, as the assignor hands it out."""
        return assign(self.partitions, self.members, assignor=self.assignor, loads=self.loads)

    @property
    def reason(self) -> str:
        """Why it carries that much and not more, in clauses."""
        return "; ".join(_clauses(self))

    def with_members(self, members: int, *, assignor: str | None = None) -> GroupCapacity:
        """Give the same group with another number of members, or another assignor."""
        return group_capacity(
            self.partitions if self.loads is None else self.loads,
            members,
            member_records_per_s=self.member_records_per_s,
            assignor=assignor or self.assignor,
            write_records_per_s=self.write_records_per_s,
        )

    def split_by(self, write_records_per_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Split each member's rate over its partitions, in proportion to what they bring.

        Parameters
        ----------
        write_records_per_s : ndarray of float, shape (partitions,)
            What each partition brings. [records/s] >= 0

        Returns
        -------
        ndarray of float, shape (partitions,)
            What the member of each partition has for it. A member whose partitions bring
            nothing splits evenly. [records/s]
        """
        (owners,) = self.assignment.owners.values()
        brought = np.bincount(owners, weights=write_records_per_s)[owners]
        parts = np.where(brought > 0, write_records_per_s, 1.0)
        wholes = np.where(brought > 0, brought, np.bincount(owners)[owners])
        return self.member_records_per_s * parts / wholes

    def split_to_drain(
        self, write_records_per_s: NDArray[np.float64], backlog_records: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Split each member's rate so that it is done with all its partitions at once.

        Parameters
        ----------
        write_records_per_s : ndarray of float, shape (partitions,)
            What each partition brings. [records/s] >= 0
        backlog_records : ndarray of float, shape (partitions,)
            What is unread in each partition. [records] >= 0

        Returns
        -------
        ndarray of float, shape (partitions,)
            What the member of each partition has for it. A member without a backlog, or without
            anything to spare for it, splits in proportion to what its partitions bring.
            [records/s]
        """
        (owners,) = self.assignment.owners.values()
        written = np.bincount(owners, weights=write_records_per_s)[owners]
        backlogs = np.bincount(owners, weights=backlog_records)[owners]
        spare = self.member_records_per_s - written
        drains = (spare > 0) & (backlogs > 0)
        parts = backlog_records / np.where(drains, backlogs, 1.0)
        return np.where(
            drains, write_records_per_s + spare * parts, self.split_by(write_records_per_s)
        )

    def __repr__(self) -> str:
        return (
            f"GroupCapacity(members={self.members:,}, partitions={self.partitions:,}, "
            f"usable={format_load(self.usable_records_per_s, 'records/s')!r}, "
            f"wasted_share={self.wasted_share:.3f})"
        )

    def _reading_members(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give how many members read which share of the load."""
        if self.loads is not None:
            shares = self.assignment.member_loads / self.loads.total
            return np.ones_like(shares), shares
        least, more = divmod(self.partitions, self.members)
        members = np.array([more, self.members - more], dtype=np.float64)
        return members, np.array([least + 1, least]) / self.partitions


def group_capacity(
    partitions: int | PartitionLoads,
    members: int,
    *,
    member_records_per_s: float,
    assignor: str = "range",
    write_records_per_s: float | None = None,
) -> GroupCapacity:
    """Compute what a group carries, given that a partition goes to one member as a whole.

    ``c P / ceil(P / n)`` for n members of rate c and P even partitions, c P above P members:
    the member with the most partitions is full first. With loads it is ``c / s``, where s is
    the share of the load on the fullest member.

    Parameters
    ----------
    partitions : int or PartitionLoads
        How many partitions there are, if all bring the same, or what each brings. Of loads in
        records/s the total is also what is written. >= 1, with some load
    members : int
        Members of the group. >= 1
    member_records_per_s : float
        Measured: what one member sustains. [records/s] > 0
    assignor : str, default "range"
        Who hands the partitions out: a key of ``ASSIGNORS``.
    write_records_per_s : float or None, default None
        What is written to the topic, to judge whether the group keeps up; with loads, it is
        split by their shares. [records/s] > 0

    Returns
    -------
    GroupCapacity
        The rate, the member that sets it, and which member counts do as well or better.

    Raises
    ------
    ValueError
        If a number is out of range, the assignor is unknown, or the partitions bring nothing.

    Notes
    -----
    Follows from the rule that a partition has one reader in a group (Kafka documentation,
    "Consumers"). One topic: over several, some assignors pile up partitions on the first
    members, which `assign` shows.

    Examples
    --------
    >>> from kafka_sizing.consumers.capacity import group_capacity
    >>> seven = group_capacity(12, 7, member_records_per_s=100)
    >>> seven.usable_records_per_s, seven.fullest_partitions
    (600.0, 2)
    >>> seven.least_members, seven.next_members
    (6, 12)
    """
    partitions = checked_partitions(partitions)
    members = check_count("members", members)
    check_positive("member_records_per_s", member_records_per_s)
    check_choice("assignor", assignor, ASSIGNORS)
    if write_records_per_s is not None:
        check_positive("write_records_per_s", write_records_per_s)
        write_records_per_s = float(write_records_per_s)
    elif isinstance(partitions, PartitionLoads) and partitions.unit == "records/s":
        write_records_per_s = partitions.total
    loads = partitions if isinstance(partitions, PartitionLoads) else None
    count = partitions.partitions if isinstance(partitions, PartitionLoads) else partitions
    fullest = _fullest(partitions, min(members, count), assignor)
    return GroupCapacity(
        partitions=count,
        members=members,
        member_records_per_s=float(member_records_per_s),
        assignor=assignor,
        loads=loads,
        write_records_per_s=write_records_per_s,
        usable_records_per_s=float(member_records_per_s) * fullest.total / fullest.load,
        fullest_share=fullest.load / fullest.total,
        fullest_partitions=fullest.partitions,
        idle_members=max(0, members - count) + fullest.idle,
    )


def checked_partitions(partitions: int | PartitionLoads) -> int | PartitionLoads:
    """Refuse anything but a count of partitions, or loads of them with some load."""
    if not isinstance(partitions, PartitionLoads):
        return check_count("partitions", partitions)
    if not partitions.total:
        raise ValueError("partitions must bring some load, got a total of 0")
    return partitions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fullest:
    """The member that reads most, beside what all read."""

    load: float
    partitions: int
    total: float
    idle: int  # members without a partition


def _fullest(partitions: int | PartitionLoads, members: int, assignor: str) -> _Fullest:
    if not isinstance(partitions, PartitionLoads):
        most = -(-partitions // members)
        return _Fullest(load=most, partitions=most, total=partitions, idle=0)
    assignment = assign(partitions.partitions, members, assignor=assignor, loads=partitions)
    at = int(assignment.member_loads.argmax())
    return _Fullest(
        load=float(assignment.member_loads[at]),
        partitions=int(assignment.partition_counts[at]),
        total=partitions.total,
        idle=len(assignment.idle_members),
    )


def first_that_carries(
    capacity: GroupCapacity, loads: PartitionLoads, records_per_s: float, counts: Iterable[int]
) -> int | None:
    """Find the first of these member counts that carries a rate; None if none does."""
    largest = _largest_first(loads)
    allowed_share = capacity.member_records_per_s / records_per_s
    for count in counts:
        if _least_fullest_share(largest, count) > allowed_share:
            continue
        if capacity.with_members(count).usable_records_per_s >= records_per_s:
            return count
    return None


def _largest_first(loads: PartitionLoads) -> NDArray[np.float64]:
    """Add up the shares of the partitions from the largest on, from nothing to all."""
    return np.concatenate([[0.0], np.cumsum(np.sort(loads.shares)[::-1])])


def _least_fullest_share(largest: NDArray[np.float64], members: int) -> float:
    """Bound the share of the fullest member from below, whoever hands the partitions out.

    Of the ``k members + 1`` largest partitions one member reads at least ``k + 1``, at best
    the smallest of them; with k = 0 that is the largest partition. And the fullest member
    reads no less than an even part.
    """
    k = np.arange((largest.size - 2) // members + 1)
    smallest = largest[k * members + 1] - largest[k * (members - 1)]
    return max(1 / members, float(smallest.max()))


def _clauses(capacity: GroupCapacity) -> Iterator[str]:
    carried, could = capacity.usable_records_per_s, capacity.together_records_per_s
    yield (
        f"{_members(capacity.members)} {'carries' if capacity.members == 1 else 'carry'} "
        f"{format_load(carried, 'records/s')} of {format_load(could, 'records/s')}"
    )
    yield _what_holds_back(capacity)
    if capacity.least_members < capacity.members:
        yield f"{_members(capacity.least_members)} would do as well"
    following = capacity.next_members
    yield (
        "no larger number carries more"
        if following is None
        else f"the next number that carries more is {following:,}"
    )
    by_load = capacity.load_aware_records_per_s
    if by_load > carried * (1 + ROUNDING):
        yield f"handed out by load they would carry {format_load(by_load, 'records/s')}"
    if capacity.write_records_per_s is not None:
        yield _verdict(capacity, capacity.write_records_per_s)


def _what_holds_back(capacity: GroupCapacity) -> str:
    count, most = capacity.partitions, capacity.fullest_partitions
    partitions = "1 partition" if most == 1 else f"{most:,} partitions"
    if capacity.loads is not None:
        share = format_share(capacity.fullest_share)
        return f"the fullest reads {partitions} with {share} of the load"
    if capacity.idle_members:
        idle = capacity.idle_members
        leave = "1 partition leaves" if count == 1 else f"{count:,} partitions leave"
        return f"{leave} {idle:,} idle"
    if count % capacity.members:
        return f"{count:,} partitions do not divide evenly, and the fullest reads {most:,}"
    return f"each reads {partitions}"


def _verdict(capacity: GroupCapacity, write_records_per_s: float) -> str:
    written = f"{format_load(write_records_per_s, 'records/s')} are written"
    if capacity.keeps_up:
        return f"{written}, so the fullest is {format_share(capacity.utilisation_ratio or 0)} full"
    oversized = capacity.oversized_partitions
    if not oversized:
        return f"{written}, so the fullest falls behind"
    if capacity.loads is None:
        return f"{written}, more than a member for every partition could carry"
    brings = format_load(float(capacity.loads.shares.max()) * write_records_per_s, "records/s")
    return (
        f"{written}, and partition {capacity.loads.hottest} alone brings {brings}, "
        "more than a member sustains"
    )


def _members(count: int) -> str:
    return "1 member" if count == 1 else f"{count:,} members"
