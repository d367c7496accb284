"""A simulation and policies compared in; one JSON object whose fields stay what they are out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from kafka_sizing.consumers.scaling.comparison import PolicyComparison
from kafka_sizing.consumers.scaling.outcome import PolicyOutcome
from kafka_sizing.consumers.scenario.objective import LagObjective
from kafka_sizing.consumers.simulation import LagSimulation
from kafka_sizing.report.json_object import json_object
from kafka_sizing.report.lag_review import LagReview, lag_review

DECIMALS: Final = 6  #: of seconds and records; what lies below is the rounding of floats
_MOST_MOMENTS: Final = 240


def lag_json(
    simulation: LagSimulation,
    comparison: PolicyComparison | None = None,
    *,
    objective: LagObjective | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> str:
    """Write how a group fared as one JSON object.

    Parameters
    ----------
    simulation : LagSimulation
        The lag over time, from `simulate_lag`.
    comparison : PolicyComparison, optional
        The scaling policies, from `compare_policies`.
    objective : LagObjective, optional
        How far behind the group may be; by default it has to have read everything in the end.
    inputs : mapping of str to anything JSON can hold, optional
        What the results rest on, such as the file that was read.

    Returns
    -------
    str
        The object, in ASCII, ending in a line break.

    Raises
    ------
    TypeError
        If ``simulation``, ``comparison`` or ``objective`` is something else.

    Examples
    --------
    >>> import json
    >>> from kafka_sizing.consumers import Slowdown, simulate_lag
    >>> from kafka_sizing.report.lag_json import lag_json
    >>> outage = Slowdown(at_s=100, for_s=600)
    >>> lag = simulate_lag(
    ...     1_000, partitions=6, member=250, members=6, duration_s=2_400, events=[outage]
    ... )
    >>> told = json.loads(lag_json(lag))
    >>> told["fits"], told["peak"]["at_s"], told["caught_up_at_s"]
    (True, 700.0, 1900.0)
    """
    told = lag_review(simulation, comparison, objective=objective)
    return json_object("lag", {"inputs": dict(inputs or {}), **_tidy(_told(told))})


def _told(told: LagReview) -> dict[str, Any]:
    simulation, comparison, objective = told.simulation, told.comparison, told.judged.objective
    return {
        "fits": told.fits,
        "verdict": told.verdict,
        "objective": None if objective is None else _objective(objective),
        "time_over_s": told.judged.time_over_s,
        "duration_s": simulation.duration_s,
        "step_s": simulation.step_s,
        "peak": _peak(told),
        "peak_oldest_unread_s": float(told.oldest_s.max()),
        "caught_up_at_s": simulation.caught_up_at_s(),
        "end_lag_records": told.judged.left_records,
        "lost_records": told.judged.lost_records,
        "member_hours": simulation.member_hours,
        "most_idle_members": int(simulation.idle_members.max()),
        "rebalancing_fraction": simulation.rebalancing_fraction,
        "moments": _moments(told),
        "partitions": _partitions(told),
        "rebalances": _rebalances(simulation),
        "decisions": [
            {
                "at_s": decision.at_s,
                "members_before": decision.members_before,
                "members": decision.members,
                "recommended_members": decision.recommended,
                "reason": decision.reason,
            }
            for decision in simulation.decisions
        ],
        "policies": _policies(comparison),
        "best": None
        if comparison is None
        else {"policy": comparison.best.name, "reason": comparison.explain()},
    }


def _tidy(value: Any, name: str = "") -> Any:
    """Write amounts and times without the noise of floats."""
    if isinstance(value, dict):
        return {key: _tidy(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_tidy(each, name) for each in value]
    if isinstance(value, float) and name.endswith(("_s", "records")):
        return round(value, DECIMALS)
    return value


def _objective(objective: LagObjective) -> dict[str, Any]:
    return {
        "lag_records": objective.lag_records,
        "oldest_unread_s": objective.oldest_unread_s,
        "except_for_s": objective.except_for_s,
    }


def _peak(told: LagReview) -> dict[str, Any]:
    simulation = told.simulation
    row = simulation.peak_row
    return {
        "lag_records": simulation.peak_lag_records,
        "at_s": float(simulation.times_s[row]),
        "oldest_unread_s": float(told.oldest_s[row].max()),
        "worst_partition": simulation.worst_partition,
    }


def _moments(told: LagReview) -> list[dict[str, Any]]:
    """Give up to 240 moments, evenly apart; the last one is the end."""
    simulation = told.simulation
    steps = simulation.times_s.size
    rows = np.unique(np.linspace(0, steps - 1, min(steps, _MOST_MOMENTS)).astype(int))
    columns = {
        "time_s": simulation.times_s,
        "written_records_per_s": simulation.written_records_per_s,
        "read_records_per_s": simulation.read_records_per_s,
        "lag_records": simulation.total_lag_records,
        "oldest_unread_s": told.oldest_s.max(axis=1),
        "ready_members": simulation.ready_members,
        "starting_members": simulation.starting_members,
        "silent_members": simulation.silent_members,
        "idle_members": simulation.idle_members,
    }
    lists = [column[rows].tolist() for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]


def _partitions(told: LagReview) -> list[dict[str, Any]]:
    simulation = told.simulation
    lost = simulation.lost_records
    shares = simulation.traffic.shares[-1].tolist()
    peaks = simulation.lag_records.max(axis=0).tolist()
    ages = told.oldest_s.max(axis=0).tolist()
    ends = simulation.lag_records[-1].tolist()
    gone = [0.0] * len(shares) if lost is None else lost[-1].tolist()
    return [
        {
            "partition": at,
            "share": shares[at],
            "peak_lag_records": peaks[at],
            "peak_oldest_unread_s": ages[at],
            "end_lag_records": ends[at],
            "lost_records": gone[at],
        }
        for at in range(simulation.partitions)
    ]


def _rebalances(simulation: LagSimulation) -> list[dict[str, Any]]:
    return [
        {
            "event": rebalance.event,
            "starts_s": rebalance.starts_s,
            "ends_s": rebalance.ends_s,
            "moved_partitions": rebalance.moves,
            "finished": rebalance.finished,
            "phases": [
                {
                    "name": phase.name,
                    "starts_s": phase.starts_s,
                    "ends_s": phase.ends_s,
                    "stops": phase.stops,
                }
                for phase in rebalance.phases
            ],
        }
        for rebalance in simulation.rebalances
    ]


def _policies(comparison: PolicyComparison | None) -> list[dict[str, Any]]:
    if comparison is None:
        return []
    return [_policy(outcome, comparison) for outcome in comparison.outcomes]


def _policy(outcome: PolicyOutcome, comparison: PolicyComparison) -> dict[str, Any]:
    return {
        "policy": outcome.name,
        "best": outcome is comparison.best,
        "meets_objective": outcome.meets_objective,
        "time_over_s": outcome.time_over_s,
        "peak_lag_records": outcome.peak_lag_records,
        "peak_oldest_unread_s": outcome.peak_lag_s,
        "member_hours": outcome.member_hours,
        "used_fraction": outcome.used_fraction,
        "most_members": outcome.most_members,
        "most_idle_members": outcome.most_idle_members,
        "scale_ups": outcome.scale_ups,
        "scale_downs": outcome.scale_downs,
        "reversals": outcome.reversals,
        "rebalances": outcome.rebalances,
        "rebalancing_fraction": outcome.rebalancing_fraction,
        "is_storm": outcome.is_storm,
        "lost_records": outcome.lost_records,
        "verdict": outcome.explain(),
    }
