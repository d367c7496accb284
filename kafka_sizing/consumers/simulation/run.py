"""A group, its traffic and a step in; what was read, lost and left in every step out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.scaling.policies import Decision, Observation, ScalingPolicy
from kafka_sizing.consumers.simulation.coordinator import NOBODY
from kafka_sizing.consumers.simulation.events import Event
from kafka_sizing.consumers.simulation.flow import read_records
from kafka_sizing.consumers.simulation.group import Group
from kafka_sizing.consumers.simulation.result import LagSimulation, Ownership
from kafka_sizing.consumers.simulation.traffic import Traffic


class Run:
    """One simulation under way: what is unread now, and the rows written so far."""

    def __init__(
        self,
        *,
        group: Group,
        traffic: Traffic,
        unread: NDArray[np.float64],
        steps: int,
        step_s: float,
        policy: ScalingPolicy | None,
        retention_s: float | None,
    ) -> None:
        self.group = group
        self.traffic = traffic
        self.step_s = step_s
        self.policy = policy
        self.retention_s = retention_s
        self.now_s = 0.0
        # State, by partition.
        self.initial = unread.copy()
        self.unread = unread
        self.read = np.zeros_like(unread)
        self.lost = np.zeros_like(unread)
        # What the group lets happen until its next change.
        self.readers = group.readers
        self.capacities = group.capacities
        self.members = (0, 0, 0)  # ready, starting, silent
        self.shares = traffic.shares_at(0.0)
        # Since the policy looked last.
        self.decisions: list[Decision] = []
        self.look_every_s = float("inf") if policy is None else float(policy.interval_s)
        self.next_look_s = self.look_every_s
        self.read_by_member: NDArray[np.float64] = np.zeros(0)
        self.read_at_look = self.read.copy()
        # Rows.
        self.times_s: NDArray[np.float64] = np.arange(1.0, steps + 1) * step_s
        until = traffic.arrivals.records_until(np.append(0.0, self.times_s))
        self.until = np.maximum.accumulate(until)  # despite rounding
        self.lag_rows = np.zeros((steps, unread.size))
        self.read_rows = np.zeros((steps, unread.size))
        self.lost_rows: NDArray[np.float64] | None = None
        self.counts = np.zeros((3, steps), dtype=np.int64)
        self.capacity = np.zeros(steps)
        self.cpu = np.zeros(steps)
        self.rebalancing_s = np.zeros(steps)

    def play(self) -> None:
        """Go through all steps: calm stretches at once, the others one by one."""
        self._change(0.0)
        row = 0
        while row < self.times_s.size:
            calm = self._calm_until(row)
            if calm > row:
                self._write_calm(row, calm)
                row = calm
            else:
                self._step(row)
                row += 1
        self.group.finish(self.now_s)

    def result(self, events: tuple[Event, ...]) -> LagSimulation:
        """Hand over the rows."""
        ready, starting, silent = self.counts
        return LagSimulation(
            step_s=self.step_s,
            times_s=self.times_s,
            traffic=self.traffic,
            member=self.group.capacity,
            initial_lag_records=self.initial,
            lag_records=self.lag_rows,
            read_records=self.read_rows,
            lost_records=self.lost_rows,
            ready_members=ready,
            starting_members=starting,
            silent_members=silent,
            capacity_records_per_s=self.capacity,
            cpu_fraction=self.cpu,
            rebalancing_s=self.rebalancing_s,
            rebalances=tuple(self.group.coordinator.rebalances),
            ownerships=tuple(
                Ownership(at_s=at_s, owners=owners)
                for at_s, owners in self.group.coordinator.ownerships
            ),
            decisions=tuple(self.decisions),
            events=events,
            missed_events=tuple(self.group.missed),
            retention_s=self.retention_s,
        )

    def _step(self, row: int) -> None:
        """Go to the end of a step, by way of every change that falls in it."""
        start_s, end_s = self.now_s, float(self.times_s[row])
        read_before, could_read = self.read.sum(), 0.0
        while self.now_s < end_s:
            next_s = min(end_s, self.group.agenda.next_s, self.next_look_s)
            if (self.now_s, next_s) == (start_s, end_s):
                came = self.until[row + 1] - self.until[row]
            else:
                came = self._came(next_s)
            self._flow(came, next_s - self.now_s)
            could_read += self._ready_records_per_s() * (next_s - self.now_s)
            if self.group.coordinator.rebalancing:
                self.rebalancing_s[row] += next_s - self.now_s
            self.now_s = next_s
            if next_s >= min(self.group.agenda.next_s, self.next_look_s):
                self._change(next_s)
        self._expire(end_s)
        self.lag_rows[row] = self.unread
        self.read_rows[row] = self.read
        if self.lost_rows is not None:
            self.lost_rows[row] = self.lost
        self._count(slice(row, row + 1), self.read.sum() - read_before, could_read)

    def _came(self, next_s: float) -> float:
        until = self.traffic.arrivals.records_until([self.now_s, next_s])
        return max(0.0, float(until[1] - until[0]))

    def _flow(self, came_records: float, for_s: float) -> None:
        """Let records come and be read, as long as nothing changes."""
        self.unread = self.unread + came_records * self.shares
        read = read_records(self.unread, self.readers, self.capacities * for_s)
        self.unread -= read
        self.read += read
        if self.policy is not None:
            self._credit(read)

    def _credit(self, read: NDArray[np.float64]) -> None:
        """Remember who read how much, for the policy's next look."""
        by_member = np.zeros(self.capacities.size)
        by_member[: self.read_by_member.size] = self.read_by_member
        was_read = self.readers != NOBODY
        np.add.at(by_member, self.readers[was_read], read[was_read])
        self.read_by_member = by_member

    def _expire(self, now_s: float) -> None:
        """Let retention delete what is too old."""
        if self.retention_s is None or not self.unread.any():
            return
        before_s = now_s - self.retention_s
        too_old = self.traffic.arrived_records(before_s) + self.initial
        if before_s < 0:  # what no rate brought counts as written at the start
            too_old[self.traffic.first_records_per_s == 0] = 0.0
        gone = np.clip(too_old - self.read - self.lost, 0.0, self.unread)
        if gone.any():
            self.unread = self.unread - gone
            self.lost += gone
            if self.lost_rows is None:
                self.lost_rows = np.zeros_like(self.lag_rows)

    def _change(self, now_s: float) -> None:
        """Let the group and the policy act on what is due."""
        self.group.agenda.advance_to(now_s)
        if now_s >= self.next_look_s:
            self._look(now_s)
            self.group.agenda.advance_to(now_s)
        self.readers = self.group.readers
        self.capacities = self.group.capacities
        roster = self.group.roster
        self.members = (
            roster.count("ready"),
            roster.count("starting"),
            roster.count("hung", "silent"),
        )
        self.shares = self.traffic.shares_at(now_s)

    def _look(self, now_s: float) -> None:
        """Let the policy look at the group, and follow it."""
        assert self.policy is not None  # noqa: S101 - without one there is no look
        ready = self.group.roster.numbers("ready", "hung")
        full = self.group.capacity.records_per_s * self.look_every_s
        read_by = np.zeros(max([self.read_by_member.size, *(number + 1 for number in ready)]))
        read_by[: self.read_by_member.size] = self.read_by_member
        written = self.traffic.arrivals.records_until([now_s - self.look_every_s, now_s])
        written_records = max(0.0, float(written[1] - written[0]))  # despite rounding
        read_records_per_s = (self.read - self.read_at_look) / self.look_every_s
        uncommitted = read_records_per_s * self.group.rules.settings.auto_commit_interval_s / 2
        there = self.traffic.partitions_at(now_s)
        seen = Observation(
            at_s=now_s,
            members=self.group.wanted,
            ready_members=len(ready),
            partitions=there,
            lag_records=(self.unread + uncommitted)[:there],
            moved=read_records_per_s[:there] > 0,
            cpu_fractions=read_by[ready] / full * self.group.capacity.cpu_fraction,
            written_records_per_s=written_records / self.look_every_s,
            read_records_per_s=float(read_records_per_s.sum()),
        )
        decision = self.policy.decide(seen, self.decisions)
        self.decisions.append(decision)
        self.group.scale_to(decision.members)
        self.read_by_member = np.zeros(0)
        self.read_at_look = self.read.copy()
        self.next_look_s = now_s + self.look_every_s

    def _calm_until(self, row: int) -> int:
        """Give the first row that is not calm: where something changes, or lag begins.

        A stretch is calm if nothing is unread, every partition that gets records has a
        reader, and no reader gets more than it can read in a step.
        """
        if self.unread.any() or self.group.coordinator.rebalancing:
            return row
        if self.shares[self.readers == NOBODY].any():
            return row
        next_s = min(self.group.agenda.next_s, self.next_look_s)
        end = int(np.searchsorted(self.times_s, next_s, side="left"))
        if end <= row:
            return row
        read = self.readers != NOBODY
        parts = np.bincount(
            self.readers[read], weights=self.shares[read], minlength=self.capacities.size
        )
        busy = parts > 0
        most_records = float((self.capacities[busy] * self.step_s / parts[busy]).min())
        too_many = np.diff(self.until[row : end + 1]) > most_records
        return row + int(too_many.argmax()) if too_many.any() else end

    def _write_calm(self, row: int, end: int) -> None:
        """Write rows in which all that comes is read at once."""
        came = self.until[row + 1 : end + 1] - self.until[row]
        rows = slice(row, end)
        self.read_rows[rows] = self.read + np.multiply.outer(came, self.shares)
        if self.lost_rows is not None:
            self.lost_rows[rows] = self.lost
        if self.policy is not None:
            self._credit(came[-1] * self.shares)
        could_read = self._ready_records_per_s() * self.step_s
        self._count(rows, np.diff(came, prepend=0.0), could_read)
        self.read = self.read_rows[end - 1].copy()
        self.now_s = float(self.times_s[end - 1])

    def _ready_records_per_s(self) -> float:
        """Give what members that are ready could read if nothing slowed them down."""
        return self.members[0] * self.group.capacity.records_per_s

    def _count(
        self, rows: slice, read_records: NDArray[np.float64] | float, could_read_records: float
    ) -> None:
        """Write down the members at the end of steps, and how busy they were in each."""
        self.counts[:, rows] = np.reshape(self.members, (3, 1))
        self.capacity[rows] = self.capacities.sum()
        if could_read_records:
            self.cpu[rows] = read_records / could_read_records * self.group.capacity.cpu_fraction
