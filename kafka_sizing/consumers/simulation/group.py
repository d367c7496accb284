"""Members, their rules and events in; who may read which partition, at any time, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

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
from kafka_sizing.consumers.simulation.roster import Roster, RosterMember


class Group:
    """A consumer group under way; `advance_to` takes it from one change to the next."""

    def __init__(
        self,
        *,
        members: int,
        partitions: int,
        most_partitions: int,
        capacity: MemberCapacity,
        rules: Rules,
        shares: NDArray[np.float64],
    ) -> None:
        self.wanted = members  #: members it has been told to have
        self.capacity = capacity
        self.agenda = Agenda()
        self.roster = Roster(members)
        self.coordinator = Coordinator(
            self.agenda,
            self.roster,
            rules,
            partitions=partitions,
            most_partitions=most_partitions,
            shares=shares,
        )
        self.rules = rules
        self._poisoned: list[int] = []
        self._slowdowns: list[Slowdown] = []

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
        slots = np.array([member.slot for member in self.roster.members], dtype=np.int64)
        for slow in self._slowdowns:
            whom = slice(None) if slow.member is None else slots == slow.member
            rates[whom] *= slow.capacity_fraction
        return rates

    def plan(self, events: Sequence[Event]) -> None:
        """Put events on the agenda."""
        for event in events:
            self.agenda.at(event.at_s, self._action_of(event))

    def scale_to(self, members: int) -> None:
        """Start members, or let the newest leave, until there are so many."""
        while self.wanted < members:
            self.agenda.after(self.capacity.start_s, partial(self._join, self.roster.add()))
            self.wanted += 1
        while self.wanted > members:
            there = self.roster.among("starting", "ready", "hung")
            newest = max(there, key=lambda m: (m.state == "starting", m.slot), default=None)
            if newest is not None:
                self._leave(newest)
            self.wanted -= 1

    def finish(self, now_s: float) -> None:
        """Close the books at the end of the simulation."""
        self.agenda.now_s = now_s
        self.coordinator.finish()

    def _action_of(self, event: Event) -> Callable[[], None]:
        match event:
            case Join():
                return lambda: self.scale_to(self.wanted + 1)
            case Leave():
                return partial(self._leave_for_good, event.member)
            case Crash():
                return partial(self._crash, event)
            case Stuck():
                return partial(self._hang, event)
            case Deployment():
                return partial(self._deploy, event)
            case Slowdown():
                return partial(self._slow_down, event)
            case PoisonRecord():
                return partial(self._poison, event)
            case PartitionIncrease():
                return partial(self._add_partitions, len(np.asarray(event.shares)))
        return lambda: None  # how the load is shared out is not the group's business

    def _join(self, member: RosterMember) -> None:
        if member.state == "starting":
            member.state = "ready"
            self.coordinator.notice("join")

    def _leave_for_good(self, slot: int) -> None:
        member = self.roster.at(slot)
        if member is not None:
            self._leave(member)
            self.wanted -= 1

    def _leave(self, member: RosterMember) -> None:
        if member.state == "starting":
            member.state = "gone"
        elif self.rules.membership == "static":  # sends no LeaveGroup: it might come back
            self._fall_silent(member, "leave")
        else:
            member.state = "gone"
            self.coordinator.notice("leave")

    def _crash(self, event: Crash) -> None:
        member = self.roster.at(event.member)
        if member is None or member.state == "starting":
            return
        self._fall_silent(member, "crash")
        if event.back_after_s is not None:
            self.agenda.after(event.back_after_s, partial(self._come_back, member))

    def _fall_silent(self, member: RosterMember, kind: EventKind) -> None:
        member.state = "silent"

        def expire() -> None:
            if member.state == "silent":
                member.state = "gone"
                self.coordinator.notice(kind)

        self.agenda.after(self.rules.unnoticed_s(kind), expire)

    def _come_back(self, member: RosterMember) -> None:
        if self.rules.membership == "static" and member.state == "silent":
            member.state = "ready"
            self.coordinator.go_on()
        else:
            self._join(self.roster.add(member.slot))

    def _hang(self, event: Stuck) -> None:
        member = self.roster.at(event.member)
        if member is None or member.state != "ready":
            return
        member.state = "hung"

        def poll_again() -> None:
            if member.state == "hung":
                member.state = "ready"
                self.coordinator.go_on()
            elif member.state == "gone":
                self._join(self.roster.add(member.slot))

        def leave() -> None:
            if member.state == "hung":
                member.state = "gone"
                self.coordinator.notice("stuck")

        self.agenda.after(event.for_s, poll_again)
        self.agenda.after(self.rules.unnoticed_s("stuck"), leave)

    def _deploy(self, event: Deployment) -> None:
        slots = sorted(member.slot for member in self.roster.among("ready"))
        for turn, slot in enumerate(slots):
            after_s = turn * (event.restart_s + event.pause_s)
            self.agenda.after(after_s, partial(self._restart, slot, event.restart_s))

    def _restart(self, slot: int, restart_s: float) -> None:
        member = self.roster.at(slot)
        if member is not None and member.state == "ready":
            self._leave(member)
            self.agenda.after(restart_s, partial(self._come_back, member))

    def _slow_down(self, event: Slowdown) -> None:
        self._slowdowns.append(event)
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
