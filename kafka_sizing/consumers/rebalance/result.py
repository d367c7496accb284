"""The phases of an event and what stands still in them in; the cost, in numbers and words, out."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.rebalance.detection import Membership, Protocol
from kafka_sizing.consumers.rebalance.phases import Phase
from kafka_sizing.units import format_load

if TYPE_CHECKING:
    import pandas as pd

RebalanceEvent = Literal["join", "leave", "crash", "stuck", "partitions", "deployment", "start"]
REBALANCE_EVENTS: Final[tuple[RebalanceEvent, ...]] = get_args(RebalanceEvent)

_ROWS_SHOWN: Final = 20
_COLUMNS: Final = [
    "member",
    "phase",
    "starts_s",
    "ends_s",
    "duration_s",
    "stops",
    "partitions",
    "stopped_partition_s",
    "piled_up_records",
    "reason",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseCost(Phase):
    """A phase, how many partitions stand still in it, and what piles up meanwhile."""

    member: str | None  #: who comes or goes; None: nobody in particular
    partitions: int  #: that stand still
    piled_up_records: float

    @property
    def stopped_partition_s(self) -> float:
        """Partitions that stand still × how long. [partition s]"""
        return self.partitions * self.duration_s


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPattern:
    """How many partitions stand still in the very same phases, and in which."""

    partitions: int
    stopped: tuple[bool, ...]  #: one for each phase of the cost


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RebalanceCost:
    """What an event costs a group, by phase and by partition; an upper bound.

    ``stopped_s`` is by partition number, after the event.
    """

    event: RebalanceEvent
    protocol: Protocol
    membership: Membership
    assignor: str
    members: int  #: before the event
    write_records_per_s: float  #: to all partitions together
    phases: tuple[PhaseCost, ...]  #: in order of time
    stopped_s: NDArray[np.float64]  #: (partitions,), how long nobody reads each of them
    moves: int  #: partitions that got another owner, counted each time
    rebalances: int  #: how often the group starts one; a second round is part of the first
    peak_piled_up_records: float  #: at one time; of a deployment, if caught up in between
    unread_records_per_s: float  #: still written to partitions that nobody reads in the end
    patterns: tuple[StopPattern, ...] = ()  #: of all partitions; none of a deployment, of many

    def __post_init__(self) -> None:
        stopped_s = np.array(self.stopped_s, dtype=np.float64)
        stopped_s.flags.writeable = False
        object.__setattr__(self, "stopped_s", stopped_s)

    @property
    def piled_up_records(self) -> float:
        """Records written to partitions while they stood still, all phases together."""
        return _sum_of_records(self.phases)

    @property
    def stopped_partition_s(self) -> float:
        """Time that partitions stood still, summed over partitions. [partition s]"""
        return float(self.stopped_s.sum())

    @property
    def longest_stop_s(self) -> float:
        """How long the worst partition stood still in all. [s]"""
        return float(self.stopped_s.max())

    @property
    def duration_s(self) -> float:
        """From the event until every partition is read again. [s]"""
        return self.phases[-1].ends_s if self.phases else 0.0

    @property
    def hidden_s(self) -> float:
        """How long partitions stand still because nobody knows, or takes over. [s]

        The price of static membership shows here: a member that is gone keeps its partitions
        until it is back or its session is over.
        """
        waits = [
            phase.duration_s
            for phase in self.phases
            if phase.name in ("detect", "away") and phase.partitions
        ]
        return max(waits, default=0.0)

    @property
    def way(self) -> str:
        """Protocol and membership in one: ``"eager"``, ``"eager, static"``."""
        return self.protocol + (", static" if self.membership == "static" else "")

    @property
    def recovers(self) -> bool:
        """Whether every partition is read again in the end."""
        return not self.unread_records_per_s

    @property
    def reason(self) -> str:
        """What piles up and what most of it is due to, as a sentence without a full stop."""
        text = f"{_count(self.rebalances, 'rebalance')}, {_count(self.moves, 'move')}, "
        text += f"{_records(self.piled_up_records)} piled up"
        kinds = _by_kind(self.phases)
        worst = max(kinds, key=_sum_of_records, default=[])
        if _sum_of_records(worst):
            most = "most " if len(kinds) > 1 else ""
            text += f", {most}in phase {worst[0].name!r} ({_length(worst)}): {worst[0].reason}"
        if not self.recovers:
            rate = format_load(self.unread_records_per_s, "records/s")
            text += f"; nobody is left to read, so {rate} go on piling up"
        return text

    def explain(self) -> str:
        """Say what happens in each phase, a line for each kind of phase."""
        lines = [f"{self.event}, {self.way}: {self.reason}."]
        for alike in _by_kind(self.phases):
            first = alike[0]
            lines.append(
                f"- {first.name}, {_length(alike)}, stops {first.stops}: "
                f"{_records(_sum_of_records(alike))}; {first.reason}."
            )
        return "\n".join(lines)

    def to_frame(self) -> pd.DataFrame:
        """One row per phase: name, when, which and how many partitions stop, what piles up."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "member": phase.member,
                    "phase": phase.name,
                    "starts_s": phase.starts_s,
                    "ends_s": phase.ends_s,
                    "duration_s": phase.duration_s,
                    "stops": phase.stops,
                    "partitions": phase.partitions,
                    "stopped_partition_s": phase.stopped_partition_s,
                    "piled_up_records": phase.piled_up_records,
                    "reason": phase.reason,
                }
                for phase in self.phases
            ],
            columns=_COLUMNS,
        )

    def __repr__(self) -> str:
        return (
            f"RebalanceCost({self.event!r}, protocol={self.protocol!r}, "
            f"membership={self.membership!r}, rebalances={self.rebalances}, "
            f"moves={self.moves}, piled_up={_records(self.piled_up_records)!r})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False, max_rows=_ROWS_SHOWN)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def _by_kind(phases: Iterable[PhaseCost]) -> list[list[PhaseCost]]:
    """Put phases that differ only in when they are, and whom they are about, together."""
    kinds: defaultdict[tuple[str, str, str], list[PhaseCost]] = defaultdict(list)
    for phase in phases:
        kinds[phase.name, phase.stops, phase.reason].append(phase)
    return list(kinds.values())


def _sum_of_records(phases: Iterable[PhaseCost]) -> float:
    return sum(phase.piled_up_records for phase in phases)


def _length(alike: Sequence[PhaseCost]) -> str:
    """Say how long phases of one kind are: ``"3 s"``, ``"16 × 3 s"``."""
    lengths = {round(phase.duration_s, 6) for phase in alike}
    if len(lengths) > 1:
        return f"{len(alike):,} of {min(lengths):g} to {max(lengths):g} s"
    times = f"{len(alike):,} × " if len(alike) > 1 else ""
    return f"{times}{alike[0].duration_s:g} s"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _records(records: float) -> str:
    return format_load(records, "records")
