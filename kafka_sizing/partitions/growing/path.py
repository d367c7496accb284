"""Counts over time and what moves between them in; a growth path that says when and why out."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from kafka_sizing._checks import ROUNDING
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.partitions.growing.curve import GrowthCurve
from kafka_sizing.units import format_count, format_load, format_share

if TYPE_CHECKING:
    import pandas as pd

_MOST_NAMED: Final = 5

GrowthStrategy = Literal["fewest moves", "at once", "as needed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthStage:
    """A partition count, and the time a topic has it."""

    partitions: int
    max_share: float  #: of the hottest partition; 1 / partitions for even keys
    ceiling_bytes_per_s: float  #: what the topic carries until that partition is full
    begins_years: float  #: from today
    full_years: float | None  #: when the load reaches the ceiling, 0 if it has; None if never


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthStep:
    """One increase of the partition count: when, and what it moves."""

    before: int
    after: int
    years: float  #: when it is planned, from today: as soon as it may be, while little moves
    latest_years: float  #: when the count before is full
    moved_key_share: float
    moved_load_share: float
    write_bytes_per_s: float  #: the load at the time
    spare_ratio: float  #: partitions after, over the least that carry the load at the time

    @property
    def moved_bytes_per_s(self) -> float:
        """The load that changes partition. [bytes/s]"""
        return self.moved_load_share * self.write_bytes_per_s

    @property
    def splits(self) -> bool:
        """Whether every partition is split into as many: what moves goes to new ones only."""
        return self.after % self.before == 0

    @property
    def reason(self) -> str:
        """When, what moves and why, as a sentence without a full stop."""
        when = f"In year {self.years:.2f}"
        if self.latest_years > self.years:
            when += f" (year {self.latest_years:.2f}, when the topic is full, at the latest)"
        how = (
            f"{self.after // self.before} × the count, so keys leave for new partitions only"
            if self.splits
            else f"no multiple of {self.before:,}, so keys change between old partitions too"
        )
        return (
            f"{when} {format_count(self.before, 'partition')} become {self.after:,}: "
            f"{format_share(self.moved_load_share)} of the load moves; {how}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthPath:
    """Partition counts over a horizon, what every increase moves, and how else it could go."""

    strategy: GrowthStrategy
    stages: tuple[GrowthStage, ...]
    steps: tuple[GrowthStep, ...]
    curve: GrowthCurve
    keys: KeyLoads | None  #: None: even keys
    partition_bytes_per_s: float  #: what one partition may carry, headroom taken off
    most_spare_ratio: float | None
    ever_moved_load_share: float  #: of the load, what changes partition once or more
    hottest_key_share: float | None
    at_once: GrowthPath | None = None  #: the count that lasts, now
    as_needed: GrowthPath | None = None  #: the next count that fits, whenever one is full

    @property
    def counts(self) -> tuple[int, ...]:
        """The partition counts, in order of time."""
        return tuple(stage.partitions for stage in self.stages)

    @property
    def partitions(self) -> int:
        """The first count: today's, or what the topic is to start with."""
        return self.stages[0].partitions

    @property
    def lasts_years(self) -> float | None:
        """How long the last count carries the load; None if for ever, 0 if not even today."""
        return self.stages[-1].full_years

    @property
    def feasible(self) -> bool:
        """Whether the hottest partition fits up to the horizon."""
        ceiling = self.stages[-1].ceiling_bytes_per_s
        return self.curve.horizon_bytes_per_s <= ceiling * (1 + ROUNDING)

    @property
    def moved_bytes_per_s(self) -> float:
        """The load that moves in all steps together, each at its time. [bytes/s]

        The fewest moves are those with the least of it.
        """
        return sum(step.moved_bytes_per_s for step in self.steps)

    @property
    def moved_ratio(self) -> float:
        """The same over today's load: may be above 1."""
        return self.moved_bytes_per_s / self.curve.write_bytes_per_s

    @property
    def partition_years(self) -> float:
        """Partitions × the years the topic has them, up to the horizon."""
        begins = [stage.begins_years for stage in self.stages]
        ends = [*begins[1:], self.curve.horizon_years]
        return sum(
            stage.partitions * (end - begin)
            for stage, begin, end in zip(self.stages, begins, ends, strict=True)
        )

    @property
    def reason(self) -> str:
        """The counts, what moves, and what else would move, as a sentence without a full stop."""
        if not self.feasible:
            return self._too_much()
        if not self.steps:
            text = (
                f"{format_count(self.partitions, 'partition')} from the start "
                f"{_carry(self.partitions)} the load to year {self.curve.horizon_years:g}, "
                "and no key ever moves"
            )
        else:
            named = [f"{step.after:,} from year {step.years:.2f}" for step in self.steps]
            later = ", ".join(named if len(named) <= _MOST_NAMED else [*named[:2], "…", named[-1]])
            text = f"{format_count(self.partitions, 'partition')}, {later}: {_moves(self)}"
        return text + "".join(
            f"; {other.strategy} ({_counts(other)}): {_moves(other)}"
            for other in (self.at_once, self.as_needed)
            if other is not None and other.counts != self.counts
        )

    def _too_much(self) -> str:
        limit = format_load(self.partition_bytes_per_s, "bytes/s")
        last = self.stages[-1]
        until = self.lasts_years or 0.0
        rate = format_load(self.curve.horizon_bytes_per_s, "bytes/s")
        text = (
            f"No path reaches year {self.curve.horizon_years:g}: "
            f"{format_count(last.partitions, 'partition')}, the best of the counts, "
            f"{_carry(last.partitions)} {format_load(last.ceiling_bytes_per_s, 'bytes/s')}, "
            f"up to year {until:.2f}, "
            f"and the load will be {rate}"
        )
        share = self.hottest_key_share
        if (
            share is not None
            and share * self.curve.horizon_bytes_per_s > self.partition_bytes_per_s
        ):
            text += (
                f"; the hottest key alone, {format_share(share)}, outgrows the {limit} of its "
                "partition, so no count can"
            )
        return text

    def to_frame(self) -> pd.DataFrame:
        """One row per strategy and stage: strategy, from_years, partitions, …, moved_load_share.

        What is moved is moved at the beginning of the stage.
        """
        import pandas as pd

        rows = []
        for path in (self, self.at_once, self.as_needed):
            if path is None:
                continue
            for at, stage in enumerate(path.stages):
                step = path.steps[at - 1] if at else None
                rows.append(
                    {
                        "strategy": path.strategy,
                        "begins_years": stage.begins_years,
                        "partitions": stage.partitions,
                        "max_share": stage.max_share,
                        "ceiling_bytes_per_s": stage.ceiling_bytes_per_s,
                        "full_years": stage.full_years,
                        "moved_key_share": step.moved_key_share if step else 0.0,
                        "moved_load_share": step.moved_load_share if step else 0.0,
                        "moved_bytes_per_s": step.moved_bytes_per_s if step else 0.0,
                    }
                )
        frame = pd.DataFrame(rows)
        return frame.astype({"full_years": "Float64"})

    def __repr__(self) -> str:
        return (
            f"GrowthPath({_counts(self)} partitions in {self.curve.horizon_years:g} years, "
            f"moved={self.moved_ratio:.2f} × today's load, "
            f"feasible={self.feasible})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False, max_rows=20)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def _counts(path: GrowthPath) -> str:
    counts = [f"{count:,}" for count in path.counts]
    return " -> ".join(counts if len(counts) <= _MOST_NAMED else [*counts[:2], "…", counts[-1]])


def _moves(path: GrowthPath) -> str:
    if not path.steps:
        return "nothing moves"
    times = format_count(len(path.steps), "step")
    return f"{times}, {path.moved_ratio:.2f} × today's load moves"


def _carry(partitions: int) -> str:
    return "carries" if partitions == 1 else "carry"
