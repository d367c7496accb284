"""A roster and what the coordinator notices in; rebalances and who owns what, over time, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.assignment import Assignment, assign
from kafka_sizing.consumers.rebalance.detection import EventKind, Membership, Protocol, detection
from kafka_sizing.consumers.rebalance.phases import Phase, Stops, rebalance_phases
from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.consumers.simulation.agenda import Agenda
from kafka_sizing.consumers.simulation.roster import Roster, State
from kafka_sizing.consumers.simulation.traffic import Traffic

NOBODY: Final = -1

_TOPIC: Final = "topic"
_IN_THE_GROUP: Final[tuple[State, ...]] = ("ready", "hung", "silent")
_ABSENT: Final[tuple[State, ...]] = ("hung", "silent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a group behaves."""

    protocol: Protocol
    membership: Membership
    assignor: str
    settings: ConsumerSettings
    barrier_s: float | None
    restore_s: float

    def unnoticed_s(self, kind: EventKind) -> float:
        """Give how long the coordinator does not notice an event."""
        return detection(
            kind, protocol=self.protocol, membership=self.membership, settings=self.settings
        ).delay_s

    def phases(self, kind: EventKind, *, rounds: int) -> list[Phase]:
        """Give the phases that come after an event is noticed."""
        phases = rebalance_phases(
            kind,
            protocol=self.protocol,
            membership=self.membership,
            settings=self.settings,
            barrier_s=self.barrier_s,
            restore_s=self.restore_s,
            rounds=1 if self.protocol == "eager" else rounds,
        )
        return [phase for phase in phases if phase.name != "detect"]

    def first_phases(self) -> list[Phase]:
        """Give the phases after somebody has joined a group that was empty."""
        phases = self.phases("join", rounds=1)
        if self.protocol == "consumer":
            return phases
        delay = Phase(
            name="join",
            starts_s=0.0,
            ends_s=self.settings.initial_rebalance_delay_s,
            stops="none",
            reason="an empty group waits group.initial.rebalance.delay.ms for more members",
        )
        return [delay, *(phase for phase in phases if phase.name == "restore")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPhase:
    """A phase of a rebalance as it came about."""

    name: str
    starts_s: float  #: since the simulation began
    ends_s: float
    stops: Stops


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedRebalance:
    """A rebalance as it came about: why, when, in which phases, and what moved."""

    event: str  #: what set it off; several joined by "+"
    starts_s: float  #: since the simulation began; the event was noticed
    ends_s: float
    phases: tuple[SimulatedPhase, ...]
    moves: int  #: partitions that had an owner and got another
    finished: bool  #: False: the next one, or the end of the simulation, came first


@dataclass(slots=True)
class _Rebalance:
    """One that is under way."""

    events: list[EventKind]
    starts_s: float
    phases_left: list[Phase]  # the present one first
    target: Assignment
    done: list[SimulatedPhase]
    phase_starts_s: float
    held_up: bool = False  # a member that everyone waits for does not come

    @property
    def phase(self) -> Phase:
        return self.phases_left[0]


class Coordinator:
    """Who owns which partition, and the rebalance under way if there is one."""

    def __init__(
        self,
        agenda: Agenda,
        roster: Roster,
        rules: Rules,
        traffic: Traffic,
        *,
        partitions: int,
    ) -> None:
        self.partitions = partitions  #: that members know of
        self.rebalances: list[SimulatedRebalance] = []
        self.ownerships: list[tuple[float, NDArray[np.int64]]] = []
        self._agenda = agenda
        self._roster = roster
        self._rules = rules
        self._traffic = traffic
        self._rebalance: _Rebalance | None = None
        self._was_empty = False
        self._settle(self._assigned(previous=None))

    @property
    def rebalancing(self) -> bool:
        """Whether a rebalance is under way."""
        return self._rebalance is not None

    @property
    def allowed(self) -> NDArray[np.int64]:
        """The owner of each partition, by number; `NOBODY` where none may read it now."""
        owners = self._owners.copy()
        if self._rebalance is not None:
            stops = self._rebalance.phase.stops
            if stops == "all":
                owners[:] = NOBODY
            elif stops == "moved":
                owners[owners != self._owners_by(self._rebalance.target)] = NOBODY
        return owners

    def notice(self, kind: EventKind) -> None:
        """Begin a rebalance, or take the event into one that members still join."""
        running, is_empty = self._rebalance, not self._roster.count(*_IN_THE_GROUP)
        if running is not None and running.phase.name == "join" and not is_empty:
            running.events.append(kind)
            self._aim(running, kind)
            self.go_on()
            return
        if running is not None:
            self._close(running, finished=False)
        now_s, target = self._agenda.now_s, self._assigned(previous=self._assignment)
        if is_empty:
            phases = []
        elif self._was_empty:
            phases = self._rules.first_phases()
        else:
            phases = self._rules.phases(kind, rounds=self._rounds(target))
        self._was_empty = is_empty
        self._rebalance = _Rebalance([kind], now_s, phases, target, [], now_s)
        if phases:
            self._begin_phase(self._rebalance)
        else:
            self._close(self._rebalance, finished=True)

    def go_on(self) -> None:
        """End the wait for members that did not come, if all are there or out by now."""
        running = self._rebalance
        if running is not None and running.held_up and not self._roster.count(*_ABSENT):
            self._join_without_absent(running)

    def finish(self) -> None:
        """Close the books."""
        if self._rebalance is not None:
            self._close(self._rebalance, finished=False)

    def _begin_phase(self, running: _Rebalance) -> None:
        running.phase_starts_s = self._agenda.now_s
        self._agenda.after(running.phase.duration_s, lambda: self._end_phase(running))

    def _end_phase(self, running: _Rebalance) -> None:
        """Go on to the next phase; but everyone in the group must have joined."""
        if self._rebalance is not running:
            return
        if running.phase.name == "join" and self._roster.count(*_ABSENT):
            running.held_up = True
            limit_s = running.phase_starts_s + self._rules.settings.max_poll_interval_s
            self._agenda.at(
                max(limit_s, self._agenda.now_s), lambda: self._put_out_absent(running)
            )
            return
        self._next_phase(running)

    def _put_out_absent(self, running: _Rebalance) -> None:
        """Go on at the rebalance timeout; static members stay in, with their share."""
        if self._rebalance is running and running.held_up:
            if self._rules.membership == "dynamic":
                for member in self._roster.among(*_ABSENT):
                    member.state = "gone"
            self._join_without_absent(running)

    def _join_without_absent(self, running: _Rebalance) -> None:
        self._aim(running, running.events[-1])
        self._next_phase(running)

    def _aim(self, running: _Rebalance, kind: EventKind) -> None:
        """Let those that join now share out what there is now."""
        running.target = self._assigned(previous=self._assignment)
        later = self._rules.phases(kind, rounds=self._rounds(running.target))[1:]
        running.phases_left[1:] = later

    def _rounds(self, target: Assignment) -> int:
        """Give 2 if a member has to give something up, for another to get it; else 1."""
        members = self._roster.numbers(*_IN_THE_GROUP)
        given_up = (self._owners != self._owners_by(target)) & np.isin(self._owners, members)
        return 1 + int(given_up.any())

    def _next_phase(self, running: _Rebalance) -> None:
        running.held_up = False
        self._write_down_phase(running)
        if len(running.phases_left) == 1:
            self._close(running, finished=True)
            return
        del running.phases_left[0]
        self._begin_phase(running)

    def _write_down_phase(self, running: _Rebalance) -> None:
        if self._agenda.now_s > running.phase_starts_s:
            running.done.append(
                SimulatedPhase(
                    name=running.phase.name,
                    starts_s=running.phase_starts_s,
                    ends_s=self._agenda.now_s,
                    stops=running.phase.stops,
                )
            )

    def _close(self, running: _Rebalance, *, finished: bool) -> None:
        """Write a rebalance down; only one that is finished changes who owns what."""
        if not finished:
            self._write_down_phase(running)
        moves = self._moves(running.target) if finished else 0
        self.rebalances.append(
            SimulatedRebalance(
                event="+".join(dict.fromkeys(running.events)),
                starts_s=running.starts_s,
                ends_s=self._agenda.now_s,
                phases=tuple(running.done),
                moves=moves,
                finished=finished,
            )
        )
        self._rebalance = None
        if finished:
            self._settle(running.target)

    def _moves(self, target: Assignment) -> int:
        now = self._owners_by(target)
        owned = (self._owners != NOBODY) & (now != NOBODY)
        return int((owned & (now != self._owners)).sum())

    def _settle(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._owners = self._owners_by(assignment)
        self.ownerships.append((self._agenda.now_s, self._owners.copy()))

    def _assigned(self, *, previous: Assignment | None) -> Assignment:
        """Deal the partitions out to the members that the coordinator counts on."""
        names = [_name(number) for number in self._roster.numbers(*_IN_THE_GROUP)]
        shares = self._traffic.shares_at(self._agenda.now_s)[: self.partitions]
        return assign(
            {_TOPIC: self.partitions},
            names or [_name(NOBODY)],
            assignor=self._rules.assignor,
            previous=previous,
            loads={_TOPIC: shares} if self._rules.assignor == "load-aware" else None,
        )

    def _owners_by(self, assignment: Assignment) -> NDArray[np.int64]:
        """Give the owner of each partition by number; `NOBODY` where there is none."""
        owners = np.full(self._traffic.partitions, NOBODY, dtype=np.int64)
        given = assignment.owners[_TOPIC]
        numbers = [_number(name) for name in assignment.members]
        owners[: given.size] = np.array([*numbers, NOBODY])[given]
        return owners


def _name(number: int) -> str:
    return f"member-{number:06d}"  # so that the order of names is that of numbers


def _number(name: str) -> int:
    return int(name.removeprefix("member-"))
