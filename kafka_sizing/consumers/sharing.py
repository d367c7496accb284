"""A topic, members and the time a record takes in; what sharing a partition would carry out."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, SupportsIndex

from kafka_sizing._checks import ROUNDING, check_count, check_positive
from kafka_sizing.consumers.capacity import GroupCapacity, group_capacity
from kafka_sizing.consumers.settings import default_of
from kafka_sizing.partitions.limits import Kind
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_load

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """One ceiling on what a group carries, and where it comes from."""

    name: str
    records_per_s: float
    kind: Kind
    reason: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCapacity:
    """What a group carries that does not give each partition to one member, or one thread."""

    scheme: Literal["share group", "parallel consumer"]
    limits: tuple[RateLimit, ...]
    ordinary: GroupCapacity  #: as many members of a consumer group, each a record at a time
    order_kept: str
    order_lost: str
    conflicts: tuple[str, ...]  #: what cannot work as stated, each with a way out

    @property
    def binding(self) -> RateLimit:
        """The lowest ceiling; of a tie, the first."""
        return min(self.limits, key=lambda limit: limit.records_per_s)

    @property
    def usable_records_per_s(self) -> float:
        """What the group carries. [records/s]"""
        return self.binding.records_per_s

    @property
    def feasible(self) -> bool:
        """Whether it works as stated."""
        return not self.conflicts

    @property
    def keeps_up(self) -> bool | None:
        """Whether it carries what is written; None if that was not said."""
        written = self.ordinary.write_records_per_s
        return None if written is None else written <= self.usable_records_per_s * (1 + ROUNDING)

    @property
    def gain_ratio(self) -> float:
        """What it carries over what the same members carry as a consumer group."""
        return self.usable_records_per_s / self.ordinary.usable_records_per_s

    @property
    def reason(self) -> str:
        """What it carries, why no more, and what order is lost, in clauses."""
        usable = format_load(self.usable_records_per_s, "records/s")
        ordinary = format_load(self.ordinary.usable_records_per_s, "records/s")
        clauses = [
            f"{usable} against {ordinary} as a consumer group",
            self.binding.reason,
            f"order: {self.order_kept}; {self.order_lost}",
            *self.conflicts,
        ]
        return "; ".join(clauses)

    def to_frame(self) -> pd.DataFrame:
        """One row per ceiling: name, records_per_s, binding, kind, reason, source."""
        import pandas as pd

        return pd.DataFrame(
            {
                "name": [limit.name for limit in self.limits],
                "records_per_s": [limit.records_per_s for limit in self.limits],
                "binding": [limit is self.binding for limit in self.limits],
                "kind": [limit.kind for limit in self.limits],
                "reason": [limit.reason for limit in self.limits],
                "source": [limit.source for limit in self.limits],
            }
        )

    def __repr__(self) -> str:
        return (
            f"SharedCapacity({self.scheme!r}, "
            f"usable={format_load(self.usable_records_per_s, 'records/s')!r}, "
            f"binding={self.binding.name!r}, feasible={self.feasible})"
        )

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.reason)}</p>{self.to_frame().to_html(index=False)}"


def share_group(
    partitions: int | PartitionLoads,
    members: SupportsIndex,
    *,
    processing_s: float,
    threads: SupportsIndex = 1,
    batch_records: SupportsIndex | None = None,
    in_flight_records: SupportsIndex | None = None,
    lock_s: float | None = None,
    most_members: SupportsIndex | None = None,
    write_records_per_s: float | None = None,
) -> SharedCapacity:
    """Compute what a share group carries (KIP-932): several members for each partition.

    Three ceilings. All members together do ``n threads / t`` records a second, t being the
    time of one. A partition is read by ``ceil(n / P)`` of them, by no more than one below P
    members. And a partition has at most ``in_flight_records`` handed out and not yet
    acknowledged, each for as long as its batch takes: in flight / t, if members take no more
    than they have threads for.

    Parameters
    ----------
    partitions : int or PartitionLoads
        How many partitions there are, if all bring the same, or what each brings. >= 1
    members : int
        Members of the group. >= 1
    processing_s : float
        Time that a record takes; with several threads the slowest of a batch counts. [s] > 0
    threads : int, default 1
        Records that a member works on at once. >= 1
    batch_records : int or None, default None
        Records that a member takes with one poll, and acknowledges with the next. None:
        ``max.poll.records``. >= 1
    in_flight_records : int or None, default None
        ``group.share.partition.max.record.locks``; None: its default (200 before Kafka 4.1).
        >= 1
    lock_s : float or None, default None
        ``group.share.record.lock.duration.ms``; None: its default. [s] > 0
    most_members : int or None, default None
        ``group.share.max.size``; None: its default. >= 1
    write_records_per_s : float or None, default None
        What is written to the topic, to judge whether the group keeps up. [records/s] > 0

    Returns
    -------
    SharedCapacity
        The ceilings, the lowest of them, what order is lost, and what cannot work as stated.

    Raises
    ------
    ValueError
        If a number is out of range, or the partitions bring nothing.

    Notes
    -----
    It relieves readers only: the broker of a hot partition has as much to do as before. The
    number of readers of a partition is that of SimpleHomogeneousAssignmentBuilder, Apache
    Kafka; that locks bound the rate is our model of KIP-932.

    Examples
    --------
    >>> from kafka_sizing.consumers.sharing import share_group
    >>> shared = share_group(1, 20, processing_s=0.1, batch_records=10)
    >>> shared.usable_records_per_s, shared.ordinary.usable_records_per_s
    (200.0, 10.0)
    """
    check_positive("processing_s", processing_s)
    count = check_count("members", members)
    most = _given("most_members", most_members, "group.share.max.size")
    at_once = check_count("threads", threads)
    batch = _given("batch_records", batch_records, "max.poll.records")
    locks = _given(
        "in_flight_records", in_flight_records, "group.share.partition.max.record.locks"
    )
    if lock_s is None:
        lock_s = default_of("group.share.record.lock.duration.ms").value
    check_positive("lock_s", lock_s)
    work = _Work(processing_s=float(processing_s), threads=min(at_once, batch), batch=batch)
    joined = min(count, most)
    ordinary = group_capacity(
        partitions,
        count,
        member_records_per_s=1 / work.processing_s,
        assignor="uniform",
        write_records_per_s=write_records_per_s,
    )
    return SharedCapacity(
        scheme="share group",
        limits=(
            _members_limit(joined, work),
            _readers_limit(ordinary, joined, work),
            _locks_limit(ordinary, locks, work),
        ),
        ordinary=ordinary,
        order_kept="none",
        order_lost="records of a key may be worked on at once, and again after others",
        conflicts=tuple(_conflicts(count, most, float(lock_s), work)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What a member of a share group does with a batch."""

    processing_s: float
    threads: int  # that have something to do
    batch: int

    @property
    def batch_s(self) -> float:
        """How long records of a batch are locked: all are acknowledged when all are done."""
        return -(-self.batch // self.threads) * self.processing_s

    @property
    def member_records_per_s(self) -> float:
        return self.threads / self.processing_s


def _members_limit(members: int, work: _Work) -> RateLimit:
    rate = members * work.member_records_per_s
    return RateLimit(
        name="members",
        records_per_s=rate,
        kind="exact",
        reason=f"{counted(members, 'member')} with {counted(work.threads, 'thread')} at "
        f"{work.processing_s:g} s each do no more",
        source="members × threads / time of a record",
    )


def _readers_limit(ordinary: GroupCapacity, members: int, work: _Work) -> RateLimit:
    """Bound by the members that read one partition."""
    readers = -(-members // ordinary.partitions)
    if members < ordinary.partitions:
        rate = ordinary.with_members(members).usable_records_per_s * work.threads
        reason = f"{members:,} members for {ordinary.partitions:,} partitions: one reads each"
    else:
        rate = readers * work.member_records_per_s / hottest_share(ordinary)
        reason = f"the hottest partition is read by {counted(readers, 'member')} at most"
    return RateLimit(
        name="readers of a partition",
        records_per_s=rate,
        kind="rule",
        reason=reason,
        source="SimpleHomogeneousAssignmentBuilder, Apache Kafka",
    )


def _locks_limit(ordinary: GroupCapacity, locks: int, work: _Work) -> RateLimit:
    """Bound by the records of one partition that may be handed out at a time."""
    return RateLimit(
        name="in flight",
        records_per_s=locks / work.batch_s / hottest_share(ordinary),
        kind="rule",
        reason=f"{locks:,} records of a partition may be in flight, for {work.batch_s:.3g} s each",
        source="group.share.partition.max.record.locks, KIP-932",
    )


def _conflicts(members: int, most: int, lock_s: float, work: _Work) -> Iterator[str]:
    if members > most:
        yield (
            f"a share group has at most {most:,} members (group.share.max.size), so "
            f"{members - most:,} cannot join"
        )
    if work.batch_s <= lock_s * (1 + ROUNDING):
        return
    most_records = math.floor(lock_s / work.processing_s * (1 + ROUNDING)) * work.threads
    deliveries = default_of("group.share.delivery.count.limit").value
    cure = (
        f"take {most_records:,} at most"
        if most_records
        else "renew the lock meanwhile (KIP-1222), or raise it"
    )
    yield (
        f"a batch of {work.batch:,} takes {work.batch_s:.3g} s, longer than its lock of "
        f"{lock_s:g} s: records are handed out again, and given up after {deliveries:g} "
        f"deliveries; {cure}"
    )


def hottest_share(capacity: GroupCapacity) -> float:
    """Give the part of the load that the hottest partition brings."""
    return 1 / capacity.partitions if capacity.loads is None else capacity.loads.max_share


def _given(name: str, given: SupportsIndex | None, setting: str) -> int:
    return int(default_of(setting).value) if given is None else check_count(name, given)


def counted(count: int, noun: str) -> str:
    """Write a number of things."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
