"""A policy and the simulation of a group under it in; what it came to and what it cost out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING
from kafka_sizing.consumers.scaling.policies import Decision, ScalingPolicy
from kafka_sizing.consumers.simulation import Event, LagSimulation
from kafka_sizing.consumers.simulation.coordinator import NOBODY
from kafka_sizing.units import format_share

_HOUR_S: Final = 3_600.0
_ONE_RECORD: Final = 1.0
_MOST_OF_IT: Final = 0.5  # from which part on one partition is said to hold most of the lag


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PolicyOutcome:
    """How a group fared under one policy: a row per step, and what it came to.

    The whole simulation, with a column per partition, is there only if it was kept.
    """

    policy: ScalingPolicy
    simulation: LagSimulation | None  #: None: not kept
    partitions: int
    duration_s: float
    times_s: NDArray[np.float64]  #: (steps,) ends of steps
    lag_records: NDArray[np.float64]  #: (steps,) unread, of all partitions together
    oldest_unread_s: NDArray[np.float64]  #: (steps,) greatest age of an unread record
    members: NDArray[np.int64]  #: (steps,) ready, starting and silent ones: what is paid for
    decisions: tuple[Decision, ...]
    member_hours: float  #: that members ran, their start-up included: the cost
    used_fraction: float  #: part of what all those hours could have read that was read
    rebalances: int  #: how many there were
    rebalancing_fraction: float  #: part of the time in which one was under way
    lost_records: float  #: that retention deleted unread
    most_idle_members: int  #: the most that had no partition at one time
    worst_partition: int  #: with the most unread records when the lag was greatest
    worst_partition_share: float  #: its part of the lag then; 0 without lag
    worst_partition_readable: bool  #: a member of its own would have left less than half of that
    worst_reader_partitions: int  #: how many partitions its reader had then; 0: nobody read it
    missed_events: tuple[Event, ...]  #: that found nobody, as the group was smaller
    time_over_s: float  #: with the lag above the objective
    allowed_fraction: float  #: part of the time it may be
    storm_fraction: float  #: above this part of the time in rebalances it is a storm

    @classmethod
    def of(
        cls,
        policy: ScalingPolicy,
        simulation: LagSimulation,
        *,
        left_out: tuple[Event, ...] = (),
        lag_objective_records: float | None,
        lag_objective_s: float | None,
        allowed_fraction: float,
        storm_fraction: float,
    ) -> PolicyOutcome:
        """Measure a simulation against an objective; ``left_out`` was not even played."""
        total = simulation.total_lag_records
        oldest_s = simulation.oldest_unread_s.max(axis=1)
        over = np.zeros(total.size, dtype=np.bool_)
        if lag_objective_records is not None:
            over |= total > lag_objective_records * (1 + ROUNDING)
        if lag_objective_s is not None:
            over |= oldest_s > lag_objective_s * (1 + ROUNDING)
        row = int(total.argmax())
        at_peak = simulation.lag_records[row]
        worst = int(at_peak.argmax())
        (owners,) = simulation.owners_at(simulation.times_s[[row]])
        readers = int((owners == owners[worst]).sum()) if owners[worst] != NOBODY else 0
        alone = _lag_alone_records(simulation, worst, row)
        read = float(simulation.read_records[-1].sum())
        could = simulation.member_hours * _HOUR_S * simulation.member.records_per_s
        return cls(
            policy=policy,
            simulation=simulation,
            partitions=simulation.partitions,
            duration_s=simulation.duration_s,
            times_s=simulation.times_s,
            lag_records=total,
            oldest_unread_s=oldest_s,
            members=simulation.running_members,
            decisions=simulation.decisions,
            member_hours=simulation.member_hours,
            used_fraction=min(1.0, read / could) if could else 0.0,
            rebalances=len(simulation.rebalances),
            rebalancing_fraction=simulation.rebalancing_fraction,
            lost_records=simulation.total_lost_records,
            most_idle_members=int(simulation.idle_members.max()),
            worst_partition=worst,
            worst_partition_share=float(at_peak[worst] / total[row]) if total[row] else 0.0,
            worst_partition_readable=bool(alone < _MOST_OF_IT * at_peak[worst]),
            worst_reader_partitions=readers,
            missed_events=(*left_out, *simulation.missed_events),
            time_over_s=float(over.sum() * simulation.step_s),
            allowed_fraction=allowed_fraction,
            storm_fraction=storm_fraction,
        )

    def __post_init__(self) -> None:
        for name in ("times_s", "lag_records", "oldest_unread_s", "members"):
            getattr(self, name).flags.writeable = False

    def without_simulation(self) -> PolicyOutcome:
        """Give the same, and let the column per partition go."""
        return replace(self, simulation=None)

    @property
    def name(self) -> str:
        """The policy's."""
        return self.policy.name

    @property
    def peak_lag_records(self) -> float:
        """Most unread records of all partitions together."""
        return float(self.lag_records.max())

    @property
    def peak_lag_s(self) -> float:
        """Greatest age of an unread record, of all partitions."""
        return float(self.oldest_unread_s.max())

    @property
    def over_fraction(self) -> float:
        """Part of the time with the lag above the objective."""
        return self.time_over_s / self.duration_s

    @property
    def most_members(self) -> int:
        """The most members there were at one time, starting and silent ones included."""
        return int(self.members.max())

    @property
    def is_storm(self) -> bool:
        """Whether the group spends more of its time in rebalances than the line allows."""
        return self.rebalancing_fraction > self.storm_fraction

    @property
    def scale_ups(self) -> int:
        """How many decisions added members."""
        return sum(decision.change > 0 for decision in self.decisions)

    @property
    def scale_downs(self) -> int:
        """How many decisions took members away."""
        return sum(decision.change < 0 for decision in self.decisions)

    @property
    def reversals(self) -> int:
        """How often scaling turned round: the measure of oscillation."""
        signs = np.sign([decision.change for decision in self.decisions])
        turns = signs[signs != 0]
        return int((turns[1:] != turns[:-1]).sum())

    @property
    def meets_objective(self) -> bool:
        """Whether the lag was above the objective no longer than allowed, and nothing was lost."""
        return self.over_fraction <= self.allowed_fraction and self.lost_records < _ONE_RECORD

    @property
    def cost(self) -> str:
        """What it took, in words."""
        return (
            f"{self.member_hours:,.1f} member-hours ({format_share(self.used_fraction)} used), at "
            f"most {self.most_members:,} member{_s(self.most_members)}, "
            f"{self.rebalances:,} rebalance{_s(self.rebalances)}"
        )

    @property
    def storm(self) -> str:
        """How much of the time is spent in rebalances, in words."""
        share = format_share(self.rebalancing_fraction)
        return f"rebalance storm: {share} of the time in {self.rebalances:,} rebalances"

    @property
    def verdict(self) -> str:
        """Whether it will do, and if not why, in words."""
        wrong = []
        if self.lost_records >= _ONE_RECORD:
            wrong.append(f"{self.lost_records:,.0f} records lost")
        if self.over_fraction > self.allowed_fraction:
            wrong.append(
                f"above the objective for {format_share(self.over_fraction)} of the time, at "
                f"worst {self.peak_lag_records:,.0f} records or {self.peak_lag_s:,.0f} s"
            )
        if self.is_storm:
            wrong.append(self.storm)
        return ", ".join(wrong) if wrong else "meets the objective"

    @property
    def hints(self) -> tuple[str, ...]:
        """What its numbers hint at, in words."""
        hints = []
        if not self.meets_objective:
            if not self.scale_ups and self.policy.least != self.policy.most:
                hints.append("it never asked for more members")
            if self.partitions > 1 and self.worst_partition_share > _MOST_OF_IT:
                hints.append(self._worst())
        if self.most_idle_members:
            n = self.most_idle_members
            hints.append(f"up to {n:,} member{_s(n)} had no partition")
        missed = len(self.missed_events)
        if missed:
            hints.append(f"{missed:,} event{_s(missed)} found no such member")
        return tuple(hints)

    def explain(self) -> str:
        """Say how it did, what it cost, and what its numbers hint at."""
        return "; ".join([self.verdict, self.cost, *self.hints])

    def row(self) -> dict[str, Any]:
        """Give its numbers by name."""
        return {
            "policy": self.name,
            "meets_objective": self.meets_objective,
            "time_over_s": self.time_over_s,
            "over_fraction": self.over_fraction,
            "peak_lag_records": self.peak_lag_records,
            "peak_lag_s": self.peak_lag_s,
            "member_hours": self.member_hours,
            "used_fraction": self.used_fraction,
            "most_members": self.most_members,
            "most_idle_members": self.most_idle_members,
            "scale_ups": self.scale_ups,
            "scale_downs": self.scale_downs,
            "reversals": self.reversals,
            "rebalances": self.rebalances,
            "rebalancing_fraction": self.rebalancing_fraction,
            "is_storm": self.is_storm,
            "lost_records": self.lost_records,
            "verdict": self.verdict,
        }

    def __repr__(self) -> str:
        return (
            f"PolicyOutcome({self.name!r}, meets_objective={self.meets_objective}, "
            f"member_hours={self.member_hours:.1f}, peak_lag_s={self.peak_lag_s:.0f}, "
            f"rebalances={self.rebalances})"
        )

    def _worst(self) -> str:
        """Say which partition held most of the lag, and whether more members could help it."""
        share = format_share(self.worst_partition_share)
        text = f"partition {self.worst_partition} held {share} of the lag"
        if not self.worst_partition_readable:
            return f"{text}, and one member reads it however many there are"
        if self.worst_reader_partitions > 1:
            return f"{text}, and its reader had {self.worst_reader_partitions:,} partitions then"
        return text if self.worst_reader_partitions else f"{text}, and nobody read it then"


def _lag_alone_records(simulation: LagSimulation, partition: int, row: int) -> float:
    """Give what a reader that has one partition only, and never stops, would leave unread of it.

    What came since the moment from which on most came beyond what it reads.
    """
    times_s = simulation.times_s[: row + 1]
    came = simulation.traffic.arrived_records(times_s)[:, partition]
    beyond = came - simulation.member.records_per_s * times_s
    lowest = min(-float(simulation.initial_lag_records[partition]), float(beyond.min()))
    return float(beyond[-1]) - lowest


def _s(count: int) -> str:
    return "" if count == 1 else "s"
