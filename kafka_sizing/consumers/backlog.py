"""Rates and an outage, or a lag, in; when a group is current again and what that takes out."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from kafka_sizing._checks import ROUNDING, check_non_negative, check_positive
from kafka_sizing.consumers.capacity import GroupCapacity
from kafka_sizing.consumers.flows import Flows, flows_of, rates_by_partition, writes_of
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_load

if TYPE_CHECKING:
    import pandas as pd

_ROWS_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionDrain:
    """How long the backlog of one partition takes."""

    partition: int
    write_records_per_s: float
    capacity_records_per_s: float  #: what its member has for it
    backlog_records: float
    drain_s: float | None  #: None: never


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """How long a backlog takes to read, while more is written; of partitions, the last."""

    write_records_per_s: float
    capacity_records_per_s: float  #: what may be written before some partition falls behind
    backlog_records: float
    outage_s: float | None  #: None: the backlog was given
    drain_s: float | None  #: from when the group reads again; None: never
    partitions: tuple[PartitionDrain, ...]  #: empty: the group was judged as a whole

    @property
    def drains(self) -> bool:
        """Whether the backlog is ever read, in every partition."""
        return self.drain_s is not None

    @property
    def recovery_s(self) -> float | None:
        """From the start of the outage until the group is current; None: never, or no outage."""
        if self.drain_s is None or self.outage_s is None:
            return None
        return self.outage_s + self.drain_s

    @property
    def last(self) -> PartitionDrain | None:
        """The partition that is read last, or never; None: the group was judged as a whole."""
        return max(self.partitions, key=_lateness, default=None)

    @property
    def reason(self) -> str:
        """Why as long, or why never, as a sentence without a full stop."""
        backlog = format_load(self.backlog_records, "records")
        last = self.last
        slowest = last or self
        rates = (
            f"{format_load(slowest.capacity_records_per_s, 'records/s')} read against "
            f"{format_load(slowest.write_records_per_s, 'records/s')} written"
        )
        are = "is" if backlog == "1 record" else "are"
        if self.drain_s is None:
            where = "" if last is None else f" in partition {last.partition}"
            if not self.backlog_records:
                return f"nothing has piled up yet, but the group falls behind: {rates}{where}"
            return f"{backlog} {are} never caught up with: {rates}{where}"
        where = "" if last is None else f" in partition {last.partition}, the last"
        text = f"{backlog} {are} caught up with in {_seconds(self.drain_s)}: {rates}{where}"
        if self.recovery_s is None:
            return text
        return f"{text}; {_seconds(self.recovery_s)} from the start of the outage"

    def to_frame(self) -> pd.DataFrame:
        """One row per partition, or one for the group as a whole (its partition is missing).

        Columns: partition, write_records_per_s, capacity_records_per_s, backlog_records,
        drain_s; a drain that never ends is missing.
        """
        import pandas as pd

        rows = self.partitions or (self,)
        names = ("write_records_per_s", "capacity_records_per_s", "backlog_records")
        numbers = [getattr(row, "partition", None) for row in rows]
        frame = pd.DataFrame({"partition": pd.array(numbers, dtype="Int64")})
        for name in names:
            frame[name] = [getattr(row, name) for row in rows]
        frame["drain_s"] = pd.array([row.drain_s for row in rows], dtype="Float64")
        return frame

    def __repr__(self) -> str:
        drain = "never" if self.drain_s is None else _seconds(self.drain_s)
        return (
            f"Drain(backlog={format_load(self.backlog_records, 'records')!r}, drain={drain!r}, "
            f"partitions={len(self.partitions):,})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().head(_ROWS_SHOWN).to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def drain_backlog(
    write_records_per_s: ArrayLike | PartitionLoads,
    *,
    capacity_records_per_s: ArrayLike | GroupCapacity,
    outage_s: float | None = None,
    backlog_records: ArrayLike | None = None,
) -> Drain:
    """Compute how long a group takes to read what piled up, while more is written.

    A fluid model: ``B = λ T`` piles up in an outage of T seconds, and ``B / (C - λ)`` is how
    long it takes to read. A group that carries no more than is written never gets there.

    Parameters
    ----------
    write_records_per_s : float, array_like or PartitionLoads
        What is written: to the topic, or to each partition. [records/s] > 0 in all
    capacity_records_per_s : float, array_like or GroupCapacity
        What the group carries, what it has for each partition, or what `group_capacity` gives:
        what a member has beyond what is written then goes to the backlogs of its partitions,
        in proportion. However a member splits it, its last partition is current at the same
        moment. A member that falls behind splits in proportion to what is written.
        [records/s] >= 0
    outage_s : float or None, default None
        How long nothing was read. [s] >= 0
    backlog_records : float or array_like or None, default None
        What is unread, instead of an outage: in all (which is spread like the writes), or of
        each partition. [records] >= 0

    Returns
    -------
    Drain
        The backlog and the time, of the group or of each partition; the last one counts.

    Raises
    ------
    ValueError
        If a number is out of range, rates do not fit one another, or not exactly one of
        ``outage_s`` and ``backlog_records`` is given.

    Examples
    --------
    >>> from kafka_sizing.consumers.backlog import drain_backlog
    >>> drain = drain_backlog(1_000, capacity_records_per_s=1_500, outage_s=600)
    >>> drain.backlog_records, drain.drain_s, drain.recovery_s
    (600000.0, 1200.0, 1800.0)
    >>> drain_backlog(1_000, capacity_records_per_s=1_000, outage_s=600).drains
    False
    """
    flows = flows_of(write_records_per_s, capacity_records_per_s)
    backlogs = _backlogs(flows, outage_s, backlog_records)
    capacities = flows.capacity_records_per_s
    if isinstance(capacity_records_per_s, GroupCapacity) and flows.by_partition:
        capacities = capacity_records_per_s.split_to_drain(flows.write_records_per_s, backlogs)
    queues = tuple(
        PartitionDrain(
            partition=at,
            write_records_per_s=write,
            capacity_records_per_s=capacity,
            backlog_records=backlog,
            drain_s=_drain_s(backlog, write, capacity),
        )
        for at, (write, capacity, backlog) in enumerate(
            zip(
                flows.write_records_per_s.tolist(),
                capacities.tolist(),
                backlogs.tolist(),
                strict=True,
            )
        )
    )
    return Drain(
        write_records_per_s=flows.written,
        capacity_records_per_s=flows.carried,
        backlog_records=float(backlogs.sum()),
        outage_s=None if outage_s is None else float(outage_s),
        drain_s=max(queues, key=_lateness).drain_s,
        partitions=queues if flows.by_partition else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What a group must carry to be current in time after an outage."""

    write_records_per_s: float
    outage_s: float
    recovery_s: float  #: from when the group reads again
    capacity_records_per_s: float  #: what it must carry meanwhile
    hottest_partition_records_per_s: float | None  #: what one member must; None: not said

    @property
    def extra_records_per_s(self) -> float:
        """What it must carry beyond what is written. [records/s]"""
        return self.capacity_records_per_s - self.write_records_per_s

    @property
    def capacity_ratio(self) -> float:
        """What it must carry over what is written."""
        return self.capacity_records_per_s / self.write_records_per_s

    @property
    def reason(self) -> str:
        """Why as much, as a sentence without a full stop."""
        backlog = format_load(self.write_records_per_s * self.outage_s, "records")
        text = (
            f"{backlog} of backlog in {_seconds(self.recovery_s)} are "
            f"{format_load(self.extra_records_per_s, 'records/s')} beyond the "
            f"{format_load(self.write_records_per_s, 'records/s')} that are written"
        )
        if self.hottest_partition_records_per_s is None:
            return text
        one = format_load(self.hottest_partition_records_per_s, "records/s")
        return f"{text}; the member of the hottest partition must carry {one} for it alone"

    def __repr__(self) -> str:
        return (
            f"Recovery(capacity={format_load(self.capacity_records_per_s, 'records/s')!r}, "
            f"outage_s={self.outage_s:g}, recovery_s={self.recovery_s:g})"
        )


def capacity_to_recover(
    write_records_per_s: ArrayLike | PartitionLoads, *, outage_s: float, recovery_s: float
) -> Recovery:
    """Compute what a group must carry to be current within a time after an outage.

    ``λ (1 + T / R)``: what is written, and the backlog ``λ T`` spread over R seconds. Give the
    result to `members_needed` to have it in members.

    Parameters
    ----------
    write_records_per_s : float, array_like or PartitionLoads
        What is written: to the topic, or to each partition. [records/s] > 0 in all
    outage_s : float
        How long nothing is read. [s] >= 0
    recovery_s : float
        How long the group may take from when it reads again. [s] > 0

    Returns
    -------
    Recovery
        The rate of the group, and that of the hottest partition if partitions were given.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.consumers.backlog import capacity_to_recover
    >>> round(capacity_to_recover(1_000, outage_s=600, recovery_s=900).capacity_records_per_s, 2)
    1666.67
    """
    check_non_negative("outage_s", outage_s)
    check_positive("recovery_s", recovery_s)
    writes = writes_of(write_records_per_s)
    ratio = 1 + float(outage_s) / float(recovery_s)
    written = float(writes.sum())
    return Recovery(
        write_records_per_s=written,
        outage_s=float(outage_s),
        recovery_s=float(recovery_s),
        capacity_records_per_s=written * ratio,
        hottest_partition_records_per_s=float(writes.max()) * ratio if writes.ndim else None,
    )


def _backlogs(flows: Flows, outage_s: float | None, backlog_records: Any) -> Any:
    """Give the backlog of each flow."""
    if (outage_s is None) == (backlog_records is None):
        given = "neither" if outage_s is None else "both"
        raise ValueError(f"outage_s or backlog_records must be given, got {given}")
    writes = flows.write_records_per_s
    if outage_s is not None:
        check_non_negative("outage_s", outage_s)
        return writes * float(outage_s)
    if not np.ndim(backlog_records):
        check_non_negative("backlog_records", backlog_records)
        return writes / flows.written * float(backlog_records)
    backlogs = rates_by_partition("backlog_records", backlog_records)
    if not flows.by_partition or backlogs.size != writes.size:
        raise ValueError(
            "backlog_records must hold one number for each of write_records_per_s, "
            f"got {backlogs.size:,} for {writes.size:,}"
        )
    return backlogs


def _drain_s(backlog: float, write: float, capacity: float) -> float | None:
    """How long one queue takes; a capacity that only rounding puts above the writes is none."""
    spare = capacity - write
    if spare <= ROUNDING * write:
        return 0.0 if not backlog and spare >= -ROUNDING * write else None
    return backlog / spare


def _lateness(drain: PartitionDrain | Drain) -> tuple[bool, float, float]:
    """Sort by time, what never drains last; ties but for rounding by what is unread."""
    if drain.drain_s is None:
        return True, drain.write_records_per_s - drain.capacity_records_per_s, 0.0
    return False, float(f"{drain.drain_s:.9g}"), drain.backlog_records


def _seconds(span_s: float) -> str:
    return f"{span_s:,.0f} s" if span_s >= 100 else f"{span_s:.3g} s"
