"""What is asked of a group and how it fared in; whether that is met, and why, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kafka_sizing._checks import check_non_negative
from kafka_sizing.consumers.simulation import LagSimulation
from kafka_sizing.units import format_load

_ONE_RECORD: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LagObjective:
    """How far behind a consumer group may be, and for how long in all.

    Parameters
    ----------
    lag_records : float, optional
        Most unread records of all partitions together. [records] >= 0
    oldest_unread_s : float, optional
        Greatest age of an unread record, in any partition. [s] >= 0
    except_for_s : float, default 0
        For how long in all it may be further behind. [s] >= 0

    Raises
    ------
    ValueError
        If a number is out of range, or neither bound is given.

    Examples
    --------
    >>> from kafka_sizing.consumers.scenario import LagObjective
    >>> LagObjective(lag_records=60_000, oldest_unread_s=30, except_for_s=60).explain()
    'lag within 60,000 records and 30 s, except for 60 s'
    """

    lag_records: float | None = None
    oldest_unread_s: float | None = None
    except_for_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be asked for."""
        if self.lag_records is None and self.oldest_unread_s is None:
            raise ValueError("lag_records or oldest_unread_s must be given, got neither")
        for name in ("lag_records", "oldest_unread_s", "except_for_s"):
            value = getattr(self, name)
            if value is not None:
                check_non_negative(name, value)
                object.__setattr__(self, name, float(value))

    def explain(self) -> str:
        """Say in words what is asked for."""
        bounds = []
        if self.lag_records is not None:
            bounds.append(format_load(self.lag_records, "records"))
        if self.oldest_unread_s is not None:
            bounds.append(f"{_seconds(self.oldest_unread_s)}")
        text = f"lag within {' and '.join(bounds)}"
        if self.except_for_s:
            text += f", except for {_seconds(self.except_for_s)}"
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class LagVerdict:
    """Whether a group fared as it was asked to, and what speaks against it."""

    objective: LagObjective | None  #: None: that all is read in the end, and nothing is lost
    time_over_s: float  #: with the lag above the objective; 0 without one
    left_records: float  #: unread at the end
    lost_records: float  #: that retention deleted unread
    duration_s: float

    @property
    def met(self) -> bool:
        """Whether nothing is lost and the group is behind no further, nor longer, than it may."""
        if self.lost_records >= _ONE_RECORD:
            return False
        if self.objective is None:
            return self.left_records <= _ONE_RECORD
        return self.time_over_s <= self.objective.except_for_s

    @property
    def reason(self) -> str:
        """Why, as a sentence without a full stop."""
        lost = ""
        if self.lost_records >= _ONE_RECORD:
            lost = f"; retention deletes {format_load(self.lost_records, 'records')} unread"
        if self.objective is None:
            if self.left_records <= _ONE_RECORD:
                return f"all is read by the end{lost}"
            return f"{format_load(self.left_records, 'records')} are unread at the end{lost}"
        if not self.time_over_s:
            return f"{self.objective.explain()}: kept all the time{lost}"
        over = f"{_seconds(self.time_over_s)} of {_seconds(self.duration_s)}"
        return f"{self.objective.explain()}: above it for {over}{lost}"


def judge_lag(simulation: LagSimulation, objective: LagObjective | None = None) -> LagVerdict:
    """Hold a simulation against an objective.

    Parameters
    ----------
    simulation : LagSimulation
        How the group fared, from `simulate_lag`.
    objective : LagObjective, optional
        What is asked for; by default that everything is read in the end. That nothing is lost
        is always asked for.

    Returns
    -------
    LagVerdict
        Whether it is met, and why.

    Examples
    --------
    1,000 records/s wait for 60 s: at worst 60,000 records, the oldest 60 s old. The lag is above
    30,000 records from 30 s after the outage began until half of it is read, at 500 records/s.

    >>> from kafka_sizing.consumers import Slowdown, simulate_lag
    >>> from kafka_sizing.consumers.scenario import LagObjective, judge_lag
    >>> lag = simulate_lag(
    ...     1_000, partitions=6, member=250, members=6, duration_s=600,
    ...     events=[Slowdown(at_s=100, for_s=60)],
    ... )
    >>> verdict = judge_lag(lag, LagObjective(lag_records=30_000))
    >>> verdict.met, verdict.time_over_s
    (False, 89.0)
    """
    over_s = 0.0
    if objective is not None:
        over_s = simulation.time_above_s(
            lag_records=objective.lag_records, oldest_unread_s=objective.oldest_unread_s
        )
    return LagVerdict(
        objective=objective,
        time_over_s=over_s,
        left_records=float(simulation.total_lag_records[-1]),
        lost_records=simulation.total_lost_records,
        duration_s=simulation.duration_s,
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:,.10g} s"
