"""A simulation and policies compared in; verdict, tiles and tables of a report, as text, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_type
from kafka_sizing.consumers.scaling.comparison import PolicyComparison
from kafka_sizing.consumers.scenario.objective import LagObjective, LagVerdict, judge_lag
from kafka_sizing.consumers.simulation import LagSimulation
from kafka_sizing.report import lag_tables
from kafka_sizing.report.durations import clock_text
from kafka_sizing.report.labels import printable
from kafka_sizing.report.tables import Table, table
from kafka_sizing.report.tiles import Tile
from kafka_sizing.units import format_duration, format_load, format_share

_DEFAULT_TITLE: Final = "Consumer group over time"
_ONE_RECORD: Final = 1.0
_UNEVEN: Final = 2.0  # times the even share of the lag, from which one partition is named


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LagReview:
    """Everything the report on a simulation says, in words."""

    simulation: LagSimulation
    judged: LagVerdict
    oldest_s: NDArray[np.float64]  #: (steps, partitions) age of the oldest unread record
    comparison: PolicyComparison | None = None
    title: str = _DEFAULT_TITLE
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def fits(self) -> bool:
        """Whether the objective is met."""
        return self.judged.met

    @property
    def status(self) -> str:
        """The verdict in a few words."""
        if self.judged.objective is None:
            return "Catches up" if self.fits else "Does not catch up"
        return "Objective met" if self.fits else "Objective missed"

    @property
    def verdict(self) -> str:
        """Why, and how far behind the group fell."""
        return " ".join(self._sentences())

    @property
    def consequences(self) -> tuple[str, ...]:
        """What the comparison of policies comes to."""
        if self.comparison is None:
            return ()
        return (f"Scaling: {printable(self.comparison.explain())}",)

    def tiles(self) -> Iterator[Tile]:
        """Give the numbers to see first."""
        simulation = self.simulation
        lag = simulation.total_lag_records
        yield Tile(
            name="most unread records",
            value=f"{lag.max():,.0f}",
            note=f"at {clock_text(float(simulation.times_s[lag.argmax()]))}",
            alarming=not self.fits,
        )
        yield Tile(
            name="oldest unread record",
            value=format_duration(float(self.oldest_s.max())),
            note=f"in partition {int(self.oldest_s.max(axis=0).argmax())}",
            alarming=not self.fits,
        )
        yield self._end_tile()
        if self.judged.objective is not None:
            yield Tile(
                name="above the objective",
                value=format_duration(self.judged.time_over_s),
                note=f"allowed: {format_duration(self.judged.objective.except_for_s)}",
                alarming=not self.fits,
            )
        if self.judged.lost_records >= _ONE_RECORD:
            yield Tile(
                name="deleted unread",
                value=format_load(round(self.judged.lost_records), "records"),
                note="by retention",
                alarming=True,
            )
        yield Tile(
            name="rebalances",
            value=f"{len(simulation.rebalances):,}",
            note=f"{format_share(simulation.rebalancing_fraction)} of the time",
        )
        running = simulation.running_members
        yield Tile(
            name="member-hours",
            value=f"{simulation.member_hours:,.1f}",
            note=_members(int(running.min()), int(running.max())),
        )
        if self.comparison is not None:
            best = self.comparison.best
            yield Tile(
                name="best policy" if self.comparison.feasible else "closest policy",
                value=printable(best.name),
                note=f"{best.member_hours:,.1f} member-hours",
                alarming=not self.comparison.feasible,
            )

    def moments(self, most_rows: int) -> Table:
        """Give what happened when."""
        return lag_tables.moments(self.simulation, self.oldest_s, most_rows=most_rows)

    def lag_tables(self, most_rows: int) -> tuple[Table, ...]:
        """Give the partitions that fell behind, and what the group did meanwhile."""
        all_of_them = (
            lag_tables.partitions(self.simulation, self.oldest_s, most_rows=most_rows),
            lag_tables.rebalances(self.simulation, most_rows=most_rows),
            lag_tables.decisions(self.simulation, most_rows=most_rows),
        )
        return tuple(table for table in all_of_them if table is not None)

    def policies_table(self) -> Table | None:
        """Give the policies side by side."""
        return None if self.comparison is None else lag_tables.policies(self.comparison)

    def inputs_table(self) -> Table:
        """Give what all of this was reckoned from."""
        return table("inputs", "Inputs", ("input", "value"), self._inputs())

    def certainty(self) -> Table:
        """Give how sure each number is."""
        return lag_tables.how_sure(self.simulation)

    def _sentences(self) -> Iterator[str]:
        judged = self.judged
        if judged.objective is not None:
            over = "kept all the time"
            if judged.time_over_s:
                over = (
                    f"above it for {format_duration(judged.time_over_s)} of "
                    f"{format_duration(judged.duration_s)}"
                )
            yield f"Asked for: {objective_text(judged.objective)}; {over}."
        yield self._course()
        idle = int(self.simulation.idle_members.max())
        if idle:
            yield f"Up to {idle:,} member{' has' if idle == 1 else 's have'} no partition to read."
        if judged.lost_records >= _ONE_RECORD:
            lost = format_load(round(judged.lost_records), "records")
            yield f"Retention deletes {lost} unread."

    def _course(self) -> str:
        """Say how far behind the group fell, and whether it came back."""
        simulation = self.simulation
        lag = simulation.total_lag_records
        if lag.max() < _ONE_RECORD:
            return "The group keeps up all the time."
        peak_s = float(simulation.times_s[lag.argmax()])
        told = (
            f"At worst {format_load(round(float(lag.max())), 'records')} are unread, "
            f"{format_duration(peak_s)} after the start{self._where()}; the oldest unread record "
            f"is {format_duration(float(self.oldest_s.max()))} old at worst"
        )
        caught_up_s = simulation.caught_up_at_s()
        if caught_up_s is None:
            left = format_load(round(float(lag[-1])), "records")
            return f"{told}. At the end {left} are unread."
        return f"{told}. All is read from {format_duration(caught_up_s)} on."

    def _where(self) -> str:
        """Name the partition that holds more of the lag at its peak than an even share or two."""
        at_peak = self.simulation.lag_records[self.simulation.peak_row]
        share = float(at_peak.max() / at_peak.sum())
        if at_peak.size < 2 or share <= _UNEVEN / at_peak.size:
            return ""
        return f", {format_share(share)} of them in partition {int(at_peak.argmax())}"

    def _end_tile(self) -> Tile:
        caught_up_s = self.simulation.caught_up_at_s()
        if caught_up_s is None:
            left = round(self.judged.left_records)
            return Tile(name="unread at the end", value=f"{left:,}", alarming=not self.fits)
        if not caught_up_s:
            return Tile(name="all read", value="all the time")
        return Tile(name="all read from", value=clock_text(caught_up_s), note="h:min:s")

    def _inputs(self) -> Iterator[tuple[str, str]]:
        for name, value in self.inputs.items():
            yield printable(str(name)), printable(str(value))
        simulation = self.simulation
        yield "duration", format_duration(simulation.duration_s)
        yield "step", format_duration(simulation.step_s)
        yield "written on average", format_load(self._written(), "records/s")
        yield "partitions", f"{simulation.partitions:,}"
        yield "capacity of a member", format_load(simulation.member.records_per_s, "records/s")
        if simulation.retention_s is not None:
            yield "retention", format_duration(simulation.retention_s)
        if self.judged.objective is not None:
            yield "objective", objective_text(self.judged.objective)

    def _written(self) -> float:
        return float(self.simulation.written_records_per_s.mean())


def _members(least: int, most: int) -> str:
    """Say how many members there were."""
    between = f"{least:,} to {most:,}" if least < most else f"{most:,}"
    return f"{between} member{'' if most == 1 and least == most else 's'}"


def objective_text(objective: LagObjective) -> str:
    """Say how far behind a group may be."""
    bounds = []
    if objective.lag_records is not None:
        bounds.append(f"at most {format_load(objective.lag_records, 'records')} unread")
    if objective.oldest_unread_s is not None:
        bounds.append(f"no unread record older than {format_duration(objective.oldest_unread_s)}")
    text = " and ".join(bounds)
    if objective.except_for_s:
        text += f", except for {format_duration(objective.except_for_s)} in all"
    return text


def lag_review(
    simulation: LagSimulation,
    comparison: PolicyComparison | None = None,
    *,
    objective: LagObjective | None = None,
    title: str | None = None,
    inputs: Mapping[str, str] | None = None,
) -> LagReview:
    """Check what a report is to be made of, and put it together."""
    check_type("simulation", simulation, LagSimulation, "simulate_lag")
    if comparison is not None:
        check_type("comparison", comparison, PolicyComparison, "compare_policies")
    if objective is not None and not isinstance(objective, LagObjective):
        raise TypeError(f"objective must be a LagObjective, got {type(objective).__name__}")
    return LagReview(
        simulation=simulation,
        judged=judge_lag(simulation, objective),
        oldest_s=simulation.oldest_unread_s,
        comparison=comparison,
        title=printable(title or _DEFAULT_TITLE),
        inputs=dict(inputs or {}),
    )
