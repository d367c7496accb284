"""Partitions, or their loads, and a rate in; how many members carry it, each count tried, out."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kafka_sizing._checks import (
    ROUNDING,
    ceil_ratio,
    check_count,
    check_counts,
    check_positive,
    check_share,
)
from kafka_sizing.consumers.capacity import GroupCapacity, first_that_carries, group_capacity
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_load, format_share

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS: Final = 10_000  # member counts tried unless they are named
_ROWS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityByMembers:
    """What a group carries with each of several numbers of members."""

    capacities: tuple[GroupCapacity, ...]  #: by rising number of members

    @property
    def useful(self) -> tuple[GroupCapacity, ...]:
        """Those that carry more than every smaller number listed."""
        most, useful = 0.0, []
        for capacity in self.capacities:
            if capacity.usable_records_per_s > most * (1 + ROUNDING):
                most = capacity.usable_records_per_s
                useful.append(capacity)
        return tuple(useful)

    def to_frame(self) -> pd.DataFrame:
        """One row per number of members.

        Its columns: members, usable_records_per_s, wasted_share, fullest_partitions,
        fullest_share, idle_members, useful (carries more than every smaller number listed),
        and utilisation_ratio, if a rate was given.
        """
        import pandas as pd

        useful = {capacity.members for capacity in self.useful}
        columns = (
            "members",
            "usable_records_per_s",
            "wasted_share",
            "fullest_partitions",
            "fullest_share",
            "idle_members",
        )
        table = {name: [getattr(each, name) for each in self.capacities] for name in columns}
        frame = pd.DataFrame(table)
        frame["useful"] = frame["members"].isin(useful)
        if self.capacities[0].write_records_per_s is not None:
            frame["utilisation_ratio"] = [each.utilisation_ratio for each in self.capacities]
        return frame

    def __repr__(self) -> str:
        first, last = self.capacities[0], self.capacities[-1]
        counts = ", ".join(str(capacity.members) for capacity in self.useful[:_ROWS_SHOWN])
        return (
            f"CapacityByMembers(partitions={first.partitions:,}, "
            f"members={first.members:,}–{last.members:,}, useful=[{counts}])"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().head(_ROWS_SHOWN).to_html(index=False)


def capacity_by_members(
    partitions: int | PartitionLoads,
    members: Iterable[int] | None = None,
    *,
    member_records_per_s: float,
    assignor: str = "range",
    write_records_per_s: float | None = None,
) -> CapacityByMembers:
    """Compute what a group carries with each number of members: a staircase, not a line.

    Parameters
    ----------
    partitions : int or PartitionLoads
        How many partitions there are, if all bring the same, or what each brings. >= 1
    members : iterable of int or None, default None
        The numbers to try. None: from 1 to one for each partition, of at most 10,000. >= 1
    member_records_per_s : float
        Measured: what one member sustains. [records/s] > 0
    assignor : str, default "range"
        Who hands the partitions out: a key of ``ASSIGNORS``.
    write_records_per_s : float or None, default None
        What is written to the topic. [records/s] > 0

    Returns
    -------
    CapacityByMembers
        A `GroupCapacity` for each number, and which of them carry more than all below.

    Raises
    ------
    ValueError
        If a number is out of range, or no number of members is given.

    Examples
    --------
    >>> from kafka_sizing.consumers.members import capacity_by_members
    >>> capacity_by_members(12, member_records_per_s=100)
    CapacityByMembers(partitions=12, members=1–12, useful=[1, 2, 3, 4, 6, 12])
    """
    if members is None:
        count = partitions.partitions if isinstance(partitions, PartitionLoads) else partitions
        members = range(1, check_count("partitions without members", count, most=MOST_ROWS) + 1)
    counts = sorted(set(check_counts("members", members)))
    if not counts:
        raise ValueError("members must hold at least one number, got none")
    return CapacityByMembers(
        capacities=tuple(
            group_capacity(
                partitions,
                count,
                member_records_per_s=member_records_per_s,
                assignor=assignor,
                write_records_per_s=write_records_per_s,
            )
            for count in counts
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersNeeded:
    """How many members carry a rate, or why no number does."""

    write_records_per_s: float  #: what shall be read
    members: int | None  #: the fewest that carry it by whole partitions; None: no number does
    members_by_rate: int  #: rate / what a member may carry, rounded up, as if load had no grain
    utilisation_share: float  #: part of its rate that a member may use
    capacity: GroupCapacity  #: with ``members``, or with one for each partition if none will do

    @property
    def feasible(self) -> bool:
        """Whether some number of members carries the rate."""
        return self.members is not None

    @property
    def capped_members(self) -> int:
        """The count by the rate alone, but no more than partitions: more would idle."""
        return min(self.members_by_rate, self.capacity.partitions)

    @property
    def most_records_per_s(self) -> float:
        """The most that can be written before no number of members is enough. [records/s]"""
        one_each = self.capacity.with_members(self.capacity.partitions)
        return one_each.usable_records_per_s * self.utilisation_share

    @property
    def load_aware_members(self) -> int | None:
        """How many it takes if partitions are handed out by load; None: no number does."""
        by_load = self.capacity.with_members(self.capacity.members, assignor="load-aware")
        return _fewest(by_load, self.write_records_per_s / self.utilisation_share)

    @property
    def reason(self) -> str:
        """Why as many, or why none, in clauses."""
        return "; ".join(_clauses(self))

    def __repr__(self) -> str:
        return (
            f"MembersNeeded(members={self.members}, members_by_rate={self.members_by_rate}, "
            f"partitions={self.capacity.partitions:,}, feasible={self.feasible})"
        )

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.reason)}</p>"


def members_needed(
    write_records_per_s: float,
    *,
    member_records_per_s: float,
    partitions: int | PartitionLoads,
    utilisation_share: float = 1.0,
    assignor: str = "range",
) -> MembersNeeded:
    """Count the members that carry a rate, by whole partitions.

    By the rate alone it is ``ceil(write / (c u))`` for a member rate c used to the part u.
    As partitions are not cut, the count that carries the rate can be larger: the first whose
    fullest member brings no more than ``c u``. Beyond one member for each partition nothing
    is gained.

    Parameters
    ----------
    write_records_per_s : float
        What is written to the topic, at the peak. [records/s] > 0
    member_records_per_s : float
        Measured: what one member sustains. [records/s] > 0
    partitions : int or PartitionLoads
        How many partitions there are, if all bring the same, or what each brings; of loads
        only the shares count. >= 1
    utilisation_share : float, default 1.0
        Part of its rate that a member may use; the rest is left for peaks and for catching
        up. (0, 1]
    assignor : str, default "range"
        Who hands the partitions out: a key of ``ASSIGNORS``.

    Returns
    -------
    MembersNeeded
        The count, or that there is none and why; and the count by the rate alone.

    Raises
    ------
    ValueError
        If a number is out of range, the assignor is unknown, or the partitions bring nothing.

    Examples
    --------
    >>> from kafka_sizing.consumers.members import members_needed
    >>> needed = members_needed(650, member_records_per_s=100, partitions=12)
    >>> needed.members_by_rate, needed.members
    (7, 12)
    """
    check_positive("write_records_per_s", write_records_per_s)
    check_share("utilisation_share", utilisation_share)
    one = group_capacity(
        partitions,
        1,
        member_records_per_s=member_records_per_s,
        assignor=assignor,
        write_records_per_s=write_records_per_s,
    )
    rate = float(write_records_per_s) / float(utilisation_share)
    members = _fewest(one, rate)
    return MembersNeeded(
        write_records_per_s=float(write_records_per_s),
        members=members,
        members_by_rate=max(1, ceil_ratio(rate, float(member_records_per_s))),
        utilisation_share=float(utilisation_share),
        capacity=one.with_members(members or one.partitions),
    )


def _fewest(capacity: GroupCapacity, records_per_s: float) -> int | None:
    """Find the fewest members that carry a rate by whole partitions."""
    rate = records_per_s * (1 - ROUNDING)
    if capacity.loads is not None:
        return first_that_carries(
            capacity, capacity.loads, rate, range(1, capacity.partitions + 1)
        )
    count = capacity.partitions
    each = math.floor(min(capacity.member_records_per_s / rate * count, count))
    return -(-count // each) if each else None


def _clauses(needed: MembersNeeded) -> Iterable[str]:
    written = format_load(needed.write_records_per_s, "records/s")
    one = format_load(needed.capacity.member_records_per_s, "records/s")
    if needed.utilisation_share < 1:
        one = f"{format_share(needed.utilisation_share)} of {one}"
    if needed.members is None:
        yield f"no number of members carries {written}"
        yield _why_none(needed, one)
        return
    carry = "member carries" if needed.members == 1 else "members carry"
    yield f"{needed.members:,} {carry} {written}"
    if needed.members == needed.members_by_rate:
        yield f"at {one} each the rate asks for as many"
    else:
        yield (
            f"at {one} each the rate asks for {needed.members_by_rate:,}, but partitions go to "
            "members as a whole"
        )
    by_load = needed.load_aware_members
    if by_load is not None and by_load < needed.members:
        yield f"handed out by load, {by_load:,} would do"


def _why_none(needed: MembersNeeded, one: str) -> str:
    capacity = needed.capacity
    most = format_load(needed.most_records_per_s, "records/s")
    if capacity.loads is None:
        return (
            f"{capacity.partitions:,} partitions feed at most {capacity.partitions:,} members, "
            f"which carry {most} at {one} each"
        )
    hottest = float(capacity.loads.shares.max()) * needed.write_records_per_s
    return (
        f"partition {capacity.loads.hottest} alone brings {format_load(hottest, 'records/s')}, "
        f"and its one reader carries {one}: the topic may bring at most {most}"
    )
