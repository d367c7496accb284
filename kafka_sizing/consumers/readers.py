"""A topic and the groups that read it in; how each fares, and what they read together, out."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

from kafka_sizing._checks import check_choice, check_count, check_positive
from kafka_sizing.consumers.assignment import ASSIGNORS
from kafka_sizing.consumers.capacity import GroupCapacity, checked_partitions, group_capacity
from kafka_sizing.consumers.members import MembersNeeded, members_needed
from kafka_sizing.partitions.limits import check_name
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_load

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Reader:
    """One consumer group of a topic: how many members it has, and how fast each is.

    Parameters
    ----------
    name : str
        Name of the group.
    members : int
        Its members. >= 1
    member_records_per_s : float
        Measured: what one of them sustains. [records/s] > 0
    assignor : str, default "range"
        Who hands it the partitions: a key of ``ASSIGNORS``.

    Raises
    ------
    ValueError
        If a number is out of range, the name is empty, or the assignor unknown.

    Examples
    --------
    >>> from kafka_sizing.consumers.readers import Reader
    >>> Reader("billing", members=6, member_records_per_s=200).members
    6
    """

    name: str
    _: KW_ONLY
    members: int
    member_records_per_s: float
    assignor: str = "range"

    def __post_init__(self) -> None:
        check_name("name", self.name)
        who = f"of reader {self.name!r}"
        object.__setattr__(self, "members", check_count(f"members {who}", self.members))
        check_positive(f"member_records_per_s {who}", self.member_records_per_s)
        object.__setattr__(self, "member_records_per_s", float(self.member_records_per_s))
        check_choice(f"assignor {who}", self.assignor, ASSIGNORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderVerdict:
    """How one group fares: groups share nothing, so each is judged alone."""

    reader: Reader
    capacity: GroupCapacity
    needed: MembersNeeded

    @property
    def name(self) -> str:
        """Name of the group."""
        return self.reader.name

    @property
    def keeps_up(self) -> bool:
        """Whether every member carries what its partitions bring."""
        return bool(self.capacity.keeps_up)

    @property
    def read_records_per_s(self) -> float:
        """What the group reads: all that is written, unless a member is full. [records/s]"""
        return self.capacity.read_records_per_s or 0.0

    @property
    def lag_growth_records_per_s(self) -> float:
        """By how much its lag grows. [records/s]"""
        return max(0.0, self.needed.write_records_per_s - self.read_records_per_s)

    @property
    def catch_up_records_per_s(self) -> float:
        """What it reads after a long outage: every member that is not idle is full. [records/s]"""
        busy = self.capacity.members - self.capacity.idle_members
        return busy * self.capacity.member_records_per_s

    @property
    def reason(self) -> str:
        """How it fares and what it needs, in clauses."""
        if self.keeps_up:
            return f"{self.name} keeps up: {self.capacity.reason}"
        growth = format_load(self.lag_growth_records_per_s, "records/s")
        return f"{self.name} falls behind by {growth}: {self.needed.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOut:
    """What all groups of a topic read of it, and how each of them fares."""

    write_records_per_s: float
    record_bytes: float | None  #: mean size of a record as it travels; None: not said
    verdicts: tuple[ReaderVerdict, ...]

    @property
    def keeps_up(self) -> bool:
        """Whether every group does."""
        return all(verdict.keeps_up for verdict in self.verdicts)

    @property
    def read_records_per_s(self) -> float:
        """What the brokers hand out. [records/s]"""
        return sum(verdict.read_records_per_s for verdict in self.verdicts)

    @property
    def read_ratio(self) -> float:
        """What is read over what is written: the number of groups, if all keep up."""
        return self.read_records_per_s / self.write_records_per_s

    @property
    def catch_up_records_per_s(self) -> float:
        """What the brokers hand out if all groups catch up at once. [records/s]"""
        return sum(verdict.catch_up_records_per_s for verdict in self.verdicts)

    @property
    def read_bytes_per_s(self) -> float | None:
        """What the brokers hand out; None if the size of a record was not given. [bytes/s]"""
        return None if self.record_bytes is None else self.read_records_per_s * self.record_bytes

    @property
    def catch_up_bytes_per_s(self) -> float | None:
        """What the brokers hand out if all groups catch up at once; None as above. [bytes/s]"""
        if self.record_bytes is None:
            return None
        return self.catch_up_records_per_s * self.record_bytes

    @property
    def reason(self) -> str:
        """What is read and who falls behind, as a sentence without a full stop."""
        read = format_load(self.read_records_per_s, "records/s")
        if self.read_bytes_per_s is not None:
            read += f" ({format_load(self.read_bytes_per_s, 'bytes/s')})"
        groups = (
            "1 group reads" if len(self.verdicts) == 1 else f"{len(self.verdicts)} groups read"
        )
        text = f"{groups} {read}, {self.read_ratio:.2f} × what is written"
        behind = [verdict.name for verdict in self.verdicts if not verdict.keeps_up]
        return f"{text}; {', '.join(behind)} cannot keep up" if behind else f"{text}; all keep up"

    def to_frame(self) -> pd.DataFrame:
        """One row per group.

        Columns: reader, members, usable_records_per_s, utilisation_ratio, keeps_up,
        read_records_per_s, lag_growth_records_per_s, catch_up_records_per_s, members_needed.
        """
        import pandas as pd

        table: dict[str, list[Any]] = {
            "reader": [each.name for each in self.verdicts],
            "members": [each.reader.members for each in self.verdicts],
            "usable_records_per_s": [each.capacity.usable_records_per_s for each in self.verdicts],
            "utilisation_ratio": [each.capacity.utilisation_ratio for each in self.verdicts],
            "keeps_up": [each.keeps_up for each in self.verdicts],
            "read_records_per_s": [each.read_records_per_s for each in self.verdicts],
            "lag_growth_records_per_s": [each.lag_growth_records_per_s for each in self.verdicts],
            "catch_up_records_per_s": [each.catch_up_records_per_s for each in self.verdicts],
        }
        frame = pd.DataFrame(table)
        needed = [each.needed.members for each in self.verdicts]
        frame["members_needed"] = pd.array(needed, dtype="Int64")
        return frame

    def __repr__(self) -> str:
        return (
            f"FanOut(readers={len(self.verdicts)}, read_ratio={self.read_ratio:.2f}, "
            f"keeps_up={self.keeps_up})"
        )

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.reason)}</p>{self.to_frame().to_html(index=False)}"


def fan_out(
    readers: Iterable[Reader],
    *,
    partitions: int | PartitionLoads,
    write_records_per_s: float | None = None,
    record_bytes: float | None = None,
) -> FanOut:
    """Judge each group that reads a topic, and add up what they read.

    Every group reads every record, so brokers hand out what is written once per group; and
    a group that is slow holds up no other.

    Parameters
    ----------
    readers : iterable of Reader
        The groups.
    partitions : int or PartitionLoads
        How many partitions the topic has, if all bring the same, or what each brings. >= 1
    write_records_per_s : float or None, default None
        What is written to the topic. None: the total of the loads, which are then in
        records/s. [records/s] > 0
    record_bytes : float or None, default None
        Mean size of a record as it travels and is stored, to have bytes as well. [bytes] > 0

    Returns
    -------
    FanOut
        The verdict on each group, and what they read together.

    Raises
    ------
    TypeError
        If a reader is no `Reader`.
    ValueError
        If a number is out of range, two readers have one name or there is none, or nothing
        says what is written.

    Examples
    --------
    >>> from kafka_sizing.consumers.readers import Reader, fan_out
    >>> groups = [
    ...     Reader("billing", members=6, member_records_per_s=200),
    ...     Reader("search", members=7, member_records_per_s=150),
    ... ]
    >>> fan_out(groups, partitions=12, write_records_per_s=1_000)
    FanOut(readers=2, read_ratio=1.92, keeps_up=False)
    """
    groups = _checked_readers(readers)
    partitions = checked_partitions(partitions)
    if record_bytes is not None:
        check_positive("record_bytes", record_bytes)
        record_bytes = float(record_bytes)
    written = _written(partitions, write_records_per_s)
    return FanOut(
        write_records_per_s=written,
        record_bytes=record_bytes,
        verdicts=tuple(_verdict(group, partitions, written) for group in groups),
    )


def _verdict(
    reader: Reader, partitions: int | PartitionLoads, write_records_per_s: float
) -> ReaderVerdict:
    return ReaderVerdict(
        reader=reader,
        capacity=group_capacity(
            partitions,
            reader.members,
            member_records_per_s=reader.member_records_per_s,
            assignor=reader.assignor,
            write_records_per_s=write_records_per_s,
        ),
        needed=members_needed(
            write_records_per_s,
            member_records_per_s=reader.member_records_per_s,
            partitions=partitions,
            assignor=reader.assignor,
        ),
    )


def _checked_readers(readers: Iterable[Reader]) -> tuple[Reader, ...]:
    given: Any = readers
    groups: tuple[Any, ...] = tuple(given) if isinstance(given, Iterable) else (given,)
    for group in groups:
        if not isinstance(group, Reader):
            raise TypeError(f"readers must be Reader objects, got {group!r:.60}")
    names = [group.name for group in groups]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"names of readers must differ, got {twice!r} twice")
    if not groups:
        raise ValueError("readers must hold at least one Reader, got none")
    return groups


def _written(partitions: int | PartitionLoads, write_records_per_s: float | None) -> float:
    if write_records_per_s is not None:
        check_positive("write_records_per_s", write_records_per_s)
        return float(write_records_per_s)
    if isinstance(partitions, PartitionLoads) and partitions.unit == "records/s":
        return partitions.total
    raise ValueError(
        "write_records_per_s must be given unless partitions are loads in records/s, got None"
    )
