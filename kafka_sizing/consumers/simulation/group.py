"""Members, their rules and events in; who may read which partition, at any time, out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.rebalance.detection import EventKind
from kafka_sizing.consumers.simulation.agenda import Agenda
from kafka_sizing.consumers.simulation.coordinator import NOBODY, Coordinator, Rules
from kafka_sizing.consumers.simulation.events import (
    Crash,
    Deployment,
    Event,
    Join,
    Leave,
    PartitionIncrease,
    PoisonRecord,
    Slowdown,
    Stuck,
)
from kafka_sizing.consumers.simulation.member import MemberCapacity
from kafka_sizing.consumers.simulation.roster import Roster, RosterMember, State
from kafka_sizing.consumers.simulation.traffic import Traffic

_ALIVE: Final[tuple[State, ...]] = ("starting", "ready", "hung")


class Group:
    """A consumer group under way; `advance_to` takes it from one change to the next."""

    def __init__(
        self,
        *,
        members: int,
        partitions: int,
        capacity: MemberCapacity,
        rules: Rules,
        traffic: Traffic,
    ) -> None:
        self.wanted = members  #: members it has been told to have
        self.capacity = capacity
        self.agenda = Agenda()
        self.roster = Roster(members)
        self.coordinator = Coordinator(
            self.agenda,
            self.roster,
            rules,
            traffic,
            partitions=partitions,
        )
        self.rules = rules
        self.missed: list[Event] = []  #: that found nobody
        self._dead = 0  # members that it has been told to have, and that never come back
        self._poisoned: list[int] = []
        self._slowdowns: list[Slowdown] = []
        self._aimed: list[Slowdown] = []  # at one member, whoever fills its place meanwhile

    @property
    def readers(self) -> NDArray[np.int64]:
        """Who reads each partition now, by number; `NOBODY` where it stands still."""
        readers = self.coordinator.allowed
        readers[~self.roster.reads[readers]] = NOBODY
        readers[self._poisoned] = NOBODY
        return readers

    @property
    def capacities(self) -> NDArray[np.float64]:
        """What each member can read now, by number. [records/s]"""
        rates = np.where(self.roster.reads[:-1], self.capacity.records_per_s, 0.0)
        for slow in self._slowdowns:
            if slow.member is None:
                rates *= slow.capacity_fraction
            else:
                slots = np.array([member.slot for member in self.roster.members])
                rates[slots == slow.member] *= slow.capacity_fraction
        return rates

    def plan(self, events: Sequence[Event]) -> None:
        """Put events on the agenda."""
        for event in events:
            self.agenda.at(event.at_s, partial(self._befall, event))

    def scale_to(self, members: int) -> None:
        """Start members, or let the newest leave, until there are so many.

        Those that are dead for good are the first to be done without.
        """
        while self.wanted < members:
            self.agenda.after(self.capacity.start_s, partial(self._join, self.roster.add()))
            self.wanted += 1
        while self.wanted > members:
            if self._dead:
                self._dead -= 1
                self.wanted -= 1
                continue
            there = self.roster.among(*_ALIVE)
            newest = max(there, key=lambda m: (m.state == "starting", m.slot), default=None)
            if newest is not None:
                self._leave(newest)
            self.wanted -= 1

    def finish(self, now_s: float) -> None:
        """Close the books at the end of the simulation."""
        slots = {member.slot for member in self.roster.members}
        self.missed += [slow for slow in self._aimed if slow.member not in slots]
        self.agenda.now_s = now_s
        self.coordinator.finish()

    def _befall(self, event: Event) -> None:
        """Let an event happen; write down those that find nobody."""
        happened = True
        match event:
            case Join():
                self.scale_to(self.wanted + 1)
            case Leave():
                happened = self._leave_for_good(event.member)
            case Crash():
                happened = self._crash(event)
            case Stuck():
                happened = self._hang(event)
            case Deployment():
                happened = self._deploy(event)
            case Slowdown():
                self._slow_down(event)
            case PoisonRecord():
                self._poison(event)
            case PartitionIncrease():
                self._add_partitions(len(np.asarray(event.shares)))
        if not happened:
            self.missed.append(event)

    def _join(self, member: RosterMember) -> None:
        if member.state == "starting":
            member.state = "ready"
            self.coordinator.notice("join")

    def _leave_for_good(self, slot: int) -> bool:
        member = self.roster.at(slot)
        if member is None or member.state == "silent":  # it is away already
            return False
        self._leave(member)
        self.wanted -= 1
        return True

    def _leave(self, member: RosterMember) -> None:
        if member.state == "starting":
            member.turn("gone")
        elif self.rules.membership == "static":  # sends no LeaveGroup: it might come back
            self._fall_silent(member, "leave")
        else:
            member.turn("gone")
            self.coordinator.notice("leave")

    def _crash(self, event: Crash) -> bool:
        member = self.roster.at(event.member)
        if member is None or member.state in ("starting", "silent"):
            return False
        self._fall_silent(member, "crash")
        if event.back_after_s is None:
            self._dead += 1
        else:
            self.agenda.after(event.back_after_s, partial(self._come_back, member))
        return True

    def _fall_silent(self, member: RosterMember, kind: EventKind) -> None:
        turn = member.turn("silent")

        def expire() -> None:
            if (member.turns, member.state) == (turn, "silent"):
                member.state = "gone"
                self.coordinator.notice(kind)

        self.agenda.after(self.rules.unnoticed_s(kind), expire)

    def _come_back(self, member: RosterMember) -> None:
        if self.roster.count(*_ALIVE) >= self.wanted:
            return  # the group was told to do without
        if self.rules.membership == "static" and member.state == "silent":
            member.turn("ready")
            self.coordinator.go_on()
            return
        in_its_place = self.roster.at(member.slot)
        is_free = in_its_place is None or in_its_place is member
        self._join(self.roster.add(member.slot if is_free else None))

    def _hang(self, event: Stuck) -> bool:
        member = self.roster.at(event.member)
        if member is None or member.state != "ready":
            return False
        turn = member.turn("hung")

        def leave() -> None:
            if (member.turns, member.state) == (turn, "hung"):
                member.state = "gone"
                self.coordinator.notice("stuck")

        def poll_again() -> None:
            if member.turns != turn:  # it has died or left since
                return
            if member.state == "hung":
                member.turn("ready")
                self.coordinator.go_on()
            else:  # put out of the group
                self._come_back(member)

        self.agenda.after(self.rules.unnoticed_s("stuck"), leave)
        self.agenda.after(event.for_s, poll_again)
        return True

    def _deploy(self, event: Deployment) -> bool:
        slots = sorted(member.slot for member in self.roster.among("ready"))
        for turn, slot in enumerate(slots):
            after_s = turn * (event.restart_s + event.pause_s)
            self.agenda.after(after_s, partial(self._restart, slot, event.restart_s))
        return bool(slots)

    def _restart(self, slot: int, restart_s: float) -> None:
        member = self.roster.at(slot)
        if member is not None and member.state == "ready":
            self._leave(member)
            self.agenda.after(restart_s, partial(self._come_back, member))

    def _slow_down(self, event: Slowdown) -> None:
        self._slowdowns.append(event)
        if event.member is not None:
            self._aimed.append(event)
        self.agenda.after(event.for_s, partial(self._slowdowns.remove, event))

    def _poison(self, event: PoisonRecord) -> None:
        self._poisoned.append(event.partition)
        if event.for_s is not None:
            self.agenda.after(event.for_s, partial(self._poisoned.remove, event.partition))

    def _add_partitions(self, partitions: int) -> None:
        def see_them() -> None:
            self.coordinator.partitions = max(self.coordinator.partitions, partitions)
            self.coordinator.notice("partitions")

        self.agenda.after(self.rules.unnoticed_s("partitions"), see_them)
