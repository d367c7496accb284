"""Scaling policies and a load in; what each makes of the lag, what it costs, and the best, out."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, get_args

from numpy.typing import ArrayLike

from kafka_sizing._checks import (
    check_choice,
    check_count,
    check_fraction,
    check_non_negative,
    check_type,
)
from kafka_sizing.consumers.rebalance.detection import Membership, Protocol
from kafka_sizing.consumers.scaling.defaults import default_number
from kafka_sizing.consumers.scaling.outcome import PolicyOutcome
from kafka_sizing.consumers.scaling.policies import ScalingPolicy
from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.consumers.simulation import (
    Arrivals,
    Event,
    LagSimulation,
    MemberCapacity,
    simulate_lag,
)
from kafka_sizing.consumers.simulation.events import (
    befalls,
    check_member,
    checked_events,
    most_members,
)
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    import pandas as pd


Keep = Literal["all", "best"]


class SimulationOptions(TypedDict, total=False):
    """What else `simulate_lag` takes, by the same names."""

    shares: PartitionLoads | ArrayLike | None
    partitions: int | None
    step_s: float
    protocol: Protocol
    membership: Membership
    assignor: str | None
    settings: ConsumerSettings | None
    barrier_s: float | None
    restore_s: float
    events: Sequence[Event]
    retention_s: float | None
    initial_lag_records: ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PolicyComparison:
    """What several policies make of the same group and the same load, in the order given."""

    outcomes: tuple[PolicyOutcome, ...]
    lag_objective_records: float | None  #: most unread records of all partitions; None: any
    lag_objective_s: float | None  #: greatest age of an unread record; None: any
    allowed_fraction: float  #: part of the time the lag may be above the objective
    storm_fraction: float  #: above this part of the time in rebalances it is a storm

    @property
    def best(self) -> PolicyOutcome:
        """The cheapest policy that meets the objective.

        Of those that meet it and lose nothing: first those without a rebalance storm, then the
        fewest member-hours, then the fewest rebalances, then the earlier one. If none meets
        it: the fewest records lost, then the least time above the objective, then the same.
        """
        return _best(self.outcomes)

    @property
    def feasible(self) -> bool:
        """Whether any policy meets the objective."""
        return self.best.meets_objective

    @property
    def objective(self) -> str:
        """What is asked of the lag, in words."""
        bounds = []
        if self.lag_objective_records is not None:
            bounds.append(f"{self.lag_objective_records:,.0f} records")
        if self.lag_objective_s is not None:
            bounds.append(f"{self.lag_objective_s:,g} s")
        text = f"the lag within {' and '.join(bounds)}"
        if self.allowed_fraction:
            text += f", but for {format_share(self.allowed_fraction)} of the time"
        return text

    def explain(self) -> str:
        """Say which policy to take, and what is wrong with the others."""
        best = self.best
        if self.feasible:
            head = f"{best.name} is the cheapest that keeps {self.objective}"
            head += f": {'; '.join([best.cost, *best.hints])}."
            if best.is_storm:
                head += f" It is a {best.storm}."
        else:
            told = "; ".join([best.verdict, *best.hints])
            head = f"None keeps {self.objective}; {best.name} comes closest: {told}."
        others = [outcome for outcome in self.outcomes if outcome is not best]
        return " ".join([head, *(f"{other.name}: {other.explain()}." for other in others)])

    def outcome_of(self, name: str) -> PolicyOutcome:
        """Give what a policy came to, by its name."""
        for outcome in self.outcomes:
            if outcome.name == name:
                return outcome
        names = ", ".join(repr(outcome.name) for outcome in self.outcomes)
        raise ValueError(f"name must be one of {names}, got {name!r}")

    def to_frame(self) -> pd.DataFrame:
        """One row per policy: lag, cost, rebalances, losses and the verdict."""
        import pandas as pd

        rows = [{**outcome.row(), "best": outcome is self.best} for outcome in self.outcomes]
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        return (
            f"PolicyComparison({len(self.outcomes)} policies, best={self.best.name!r}, "
            f"feasible={self.feasible})"
        )

    def _repr_html_(self) -> str:
        table = self.to_frame().to_html(index=False, float_format="{:,.6g}".format)
        return f"<p>{html.escape(self.explain())}</p>{table}"


def compare_policies(
    policies: Iterable[ScalingPolicy],
    arrivals: Arrivals | float,
    *,
    member: MemberCapacity | float,
    members: int,
    duration_s: float,
    lag_objective_records: float | None = None,
    lag_objective_s: float | None = None,
    allowed_fraction: float = 0.0,
    storm_fraction: float | None = None,
    keep: Keep = "all",
    played: Mapping[str, LagSimulation] | None = None,
    **simulation: Unpack[SimulationOptions],
) -> PolicyComparison:
    """Play the same load with each policy, and find the cheapest that keeps the lag small.

    Parameters
    ----------
    policies : iterable of ScalingPolicy
        What to compare: `KedaPolicy`, `CpuPolicy`, `FixedMembers`, `FunctionPolicy` or your own;
        no two of the same name.
    arrivals : Arrivals or float
        What is written to the topic. [records/s] > 0
    member : MemberCapacity or float
        What one member can do, what CPU that takes, and how long it takes to start.
        [records/s] > 0
    members : int
        Members at the start; a policy that does not allow as few, or as many, starts with the
        nearest number it allows. >= 1
    duration_s : float
        How long to simulate. [s] > 0
    lag_objective_records : float, optional
        Most unread records of all partitions together. [records] >= 0
    lag_objective_s : float, optional
        Greatest age of an unread record in any partition. [s] >= 0
    allowed_fraction : float, default 0.0
        Part of the time the lag may be above the objective. [0, 1)
    storm_fraction : float, optional
        Part of the time in rebalances from which they are called a storm; 0.1 unless said
        otherwise, a rule of thumb. [0, 1)
    keep : {"all", "best"}, default "all"
        Whether each outcome keeps its ``simulation``, 16 bytes for each step and partition, or
        only that of the best policy does.
    played : mapping of str to LagSimulation, optional
        Simulations of the same load that there are already, by the name of their policy; these
        are not played again.
    **simulation
        What else `simulate_lag` takes, the same for all: ``partitions`` or ``shares``,
        ``protocol``, ``events`` … An event about a member that a policy never has is left out
        there.

    Returns
    -------
    PolicyComparison
        An outcome per policy, and the best of them.

    Raises
    ------
    TypeError
        If a policy, an event or a simulation is something else.
    ValueError
        If there is no policy or no objective, two policies have one name, a number is out of
        range, or ``keep`` is none of its choices.

    Examples
    --------
    A handler that waits for a database uses a fifth of its CPU. Five times the load goes
    unnoticed by a policy that looks at CPU.

    >>> from kafka_sizing.consumers import Arrivals, MemberCapacity
    >>> from kafka_sizing.consumers.scaling import CpuPolicy, KedaPolicy, KedaTrigger
    >>> from kafka_sizing.consumers.scaling.comparison import compare_policies
    >>> trigger = KedaTrigger(lag_threshold=2_000, limit="even")
    >>> comparison = compare_policies(
    ...     [KedaPolicy(trigger=trigger, least=2, most=12), CpuPolicy(least=2, most=12)],
    ...     Arrivals.steady(150).with_burst(at_s=600, for_s=1_200, ratio=5),
    ...     member=MemberCapacity(100, cpu_fraction=0.2, start_s=20),
    ...     members=2,
    ...     partitions=12,
    ...     duration_s=3_600,
    ...     lag_objective_s=120,
    ... )
    >>> comparison.best.name, comparison.outcome_of("CPU at 80 %").scale_ups
    ('KEDA, 2,000 records a member', 0)
    """
    compared = _checked(policies)
    check_count("members", members)
    if lag_objective_records is None and lag_objective_s is None:
        raise ValueError("lag_objective_records or lag_objective_s must be given, got neither")
    for name, objective in (
        ("lag_objective_records", lag_objective_records),
        ("lag_objective_s", lag_objective_s),
    ):
        if objective is not None:
            check_non_negative(name, objective)
    check_fraction("allowed_fraction", allowed_fraction)
    storm = default_number("rebalance storm") if storm_fraction is None else storm_fraction
    check_fraction("storm_fraction", storm)
    check_choice("keep", keep, get_args(Keep))
    events = checked_events(simulation.get("events", ()))
    for event in events:
        most = max(members, *(policy.most for policy in compared))
        check_member(event, members=most_members(events, most))
    known = played or {}
    for name, lag in known.items():
        check_choice("names in played", name, [policy.name for policy in compared])
        check_type(f"played[{name!r}]", lag, LagSimulation, "simulate_lag")

    def outcome_of(policy: ScalingPolicy) -> PolicyOutcome:
        starts_with = starting_members(policy, members)
        most = most_members(events, max(starts_with, policy.most))
        there = tuple(event for event in events if befalls(event, members=most))
        if policy.name in known:
            lag = known[policy.name]
        else:
            lag = simulate_lag(
                arrivals,
                member=member,
                members=starts_with,
                duration_s=duration_s,
                policy=policy,
                **(simulation | {"events": there}),
            )
        return PolicyOutcome.of(
            policy,
            lag,
            left_out=tuple(event for event in events if event not in there),
            lag_objective_records=lag_objective_records,
            lag_objective_s=lag_objective_s,
            allowed_fraction=allowed_fraction,
            storm_fraction=storm,
        )

    outcomes: list[PolicyOutcome] = []
    for policy in compared:
        outcomes.append(outcome_of(policy))
        if keep == "best":
            best = _best(outcomes)
            outcomes = [each if each is best else each.without_simulation() for each in outcomes]
    return PolicyComparison(
        outcomes=tuple(outcomes),
        lag_objective_records=lag_objective_records,
        lag_objective_s=lag_objective_s,
        allowed_fraction=allowed_fraction,
        storm_fraction=storm,
    )


def starting_members(policy: ScalingPolicy, members: int) -> int:
    """Give the nearest number of members to start with that a policy allows."""
    return max(policy.least, 1, min(members, policy.most))


def _checked(policies: Any) -> tuple[ScalingPolicy, ...]:
    listed = tuple(policies) if isinstance(policies, Iterable) else (policies,)
    for policy in listed:
        if not isinstance(policy, ScalingPolicy):
            raise TypeError(
                f"policies must be policies such as FixedMembers(12), got {policy!r:.60}"
            )
    if not listed:
        raise ValueError("policies must be at least one, got none")
    names = [policy.name for policy in listed]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"policies must differ in name, got {twice!r} twice")
    return listed


def _best(outcomes: Sequence[PolicyOutcome]) -> PolicyOutcome:
    meeting = [outcome for outcome in outcomes if outcome.meets_objective]
    if meeting:
        return min(meeting, key=_cost)
    return min(
        outcomes,
        key=lambda outcome: (round(outcome.lost_records), outcome.time_over_s, *_cost(outcome)),
    )


def _cost(outcome: PolicyOutcome) -> tuple[bool, float, int]:
    return outcome.is_storm, round(outcome.member_hours, 9), outcome.rebalances
