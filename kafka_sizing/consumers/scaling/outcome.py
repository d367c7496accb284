"""A policy and the simulation of a group under it in; what it came to and what it cost out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING
from kafka_sizing.consumers.scaling.policies import ScalingPolicy
from kafka_sizing.consumers.simulation import LagSimulation
from kafka_sizing.units import format_share

_HOUR_S: Final = 3_600.0
_ONE_RECORD: Final = 1.0
_MOST_OF_IT: Final = 0.5  # from which part on one partition is said to hold most of the lag


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PolicyOutcome:
    """How a group fared under one policy."""

    policy: ScalingPolicy
    simulation: LagSimulation
    peak_lag_records: float  #: of all partitions together
    peak_lag_s: float  #: greatest age of an unread record, of all partitions
    time_over_s: float  #: with the lag above the objective
    allowed_fraction: float  #: part of the time it may be
    storm_fraction: float  #: above this part of the time in rebalances it is a storm

    @classmethod
    def of(
        cls,
        policy: ScalingPolicy,
        simulation: LagSimulation,
        *,
        lag_objective_records: float | None,
        lag_objective_s: float | None,
        allowed_fraction: float,
        storm_fraction: float,
    ) -> PolicyOutcome:
        """Measure a simulation against an objective."""
        total = simulation.total_lag_records
        oldest_s = simulation.oldest_unread_s.max(axis=1)
        over = np.zeros(total.size, dtype=np.bool_)
        if lag_objective_records is not None:
            over |= total > lag_objective_records * (1 + ROUNDING)
        if lag_objective_s is not None:
            over |= oldest_s > lag_objective_s * (1 + ROUNDING)
        return cls(
            policy=policy,
            simulation=simulation,
            peak_lag_records=float(total.max()),
            peak_lag_s=float(oldest_s.max()),
            time_over_s=float(over.sum() * simulation.step_s),
            allowed_fraction=allowed_fraction,
            storm_fraction=storm_fraction,
        )

    @property
    def name(self) -> str:
        """The policy's."""
        return self.policy.name

    @property
    def over_fraction(self) -> float:
        """Part of the time with the lag above the objective."""
        return self.time_over_s / self.simulation.duration_s

    @property
    def member_hours(self) -> float:
        """Hours that members ran, their start-up included: the cost."""
        return self.simulation.member_hours

    @property
    def used_fraction(self) -> float:
        """Part of what all those hours could have read that was read."""
        could = self.member_hours * _HOUR_S * self.simulation.member.records_per_s
        read = float(self.simulation.read_records[-1].sum())
        return min(1.0, read / could) if could else 0.0

    @property
    def most_members(self) -> int:
        """The most members there were at one time, starting and silent ones included."""
        return int(self.simulation.running_members.max())

    @property
    def rebalances(self) -> int:
        """How many rebalances there were."""
        return len(self.simulation.rebalances)

    @property
    def rebalancing_fraction(self) -> float:
        """Part of the time in which a rebalance was under way."""
        return self.simulation.rebalancing_fraction

    @property
    def is_storm(self) -> bool:
        """Whether the group spends more of its time in rebalances than the line allows."""
        return self.rebalancing_fraction > self.storm_fraction

    @property
    def scale_ups(self) -> int:
        """How many decisions added members."""
        return sum(decision.change > 0 for decision in self.simulation.decisions)

    @property
    def scale_downs(self) -> int:
        """How many decisions took members away."""
        return sum(decision.change < 0 for decision in self.simulation.decisions)

    @property
    def reversals(self) -> int:
        """How often scaling turned round: the measure of oscillation."""
        signs = np.sign([decision.change for decision in self.simulation.decisions])
        turns = signs[signs != 0]
        return int((turns[1:] != turns[:-1]).sum())

    @property
    def lost_records(self) -> float:
        """Records that retention deleted unread."""
        return self.simulation.total_lost_records

    @property
    def meets_objective(self) -> bool:
        """Whether the lag was above the objective no longer than allowed, and nothing was lost."""
        return self.over_fraction <= self.allowed_fraction and self.lost_records < _ONE_RECORD

    @property
    def worst_partition(self) -> int:
        """The partition with the most unread records when the lag was greatest."""
        return int(self._lag_at_peak().argmax())

    @property
    def worst_partition_share(self) -> float:
        """Its part of the lag then; 0 without lag."""
        at_peak = self._lag_at_peak()
        total = float(at_peak.sum())
        return float(at_peak.max()) / total if total else 0.0

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

    def explain(self) -> str:
        """Say how it did, what it cost, and what its numbers hint at."""
        return "; ".join([self.verdict, self.cost, *self._hints()])

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

    def _hints(self) -> list[str]:
        hints = []
        if not self.meets_objective:
            if not self.scale_ups and self.policy.least != self.policy.most:
                hints.append("it never asked for more members")
            if self.simulation.partitions > 1 and self.worst_partition_share > _MOST_OF_IT:
                share = format_share(self.worst_partition_share)
                hints.append(
                    f"partition {self.worst_partition} held {share} of the lag, and one member "
                    "reads it however many there are"
                )
        idle = self.most_members - self.simulation.partitions
        if idle > 0:
            hints.append(f"up to {idle:,} member{_s(idle)} had no partition")
        return hints

    def _lag_at_peak(self) -> NDArray[np.float64]:
        at_peak: NDArray[np.float64] = self.simulation.lag_records[
            int(self.simulation.total_lag_records.argmax())
        ]
        return at_peak


def _s(count: int) -> str:
    return "" if count == 1 else "s"
