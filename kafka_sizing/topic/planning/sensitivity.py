"""Counts, and what each can carry, in; how far inputs may move before that changes out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING
from kafka_sizing.topic.design import TopicDesign
from kafka_sizing.topic.planning.keyed import KeyedCount
from kafka_sizing.topic.planning.needs import Need

Effect = Literal["needs more", "needs fewer", "then holds"]

_INF: Final = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """One input of a plan, and the value from which on its count is another one, or holds."""

    input: str  #: in words: "write rate", "member rate of billing"
    unit: str
    value: float  #: now
    changed_value: float  #: if it alone moves, and no further
    effect: Effect  #: beyond the value more are needed, from it on fewer, or the count holds
    partitions: int | None  #: the count that is then needed; None: none that was tried will do
    limit: str  #: the need that decides there

    @property
    def change_ratio(self) -> float | None:
        """The value it takes over the value now; None if that is 0."""
        return self.changed_value / self.value if self.value else None

    def as_row(self) -> dict[str, Any]:
        """Give the fields as a row of a table."""
        return {
            "input": self.input,
            "unit": self.unit,
            "value": self.value,
            "changed_value": self.changed_value,
            "change_ratio": math.nan if self.change_ratio is None else self.change_ratio,
            "effect": self.effect,
            "partitions": self.partitions,
            "limit": self.limit,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """The counts that were tried, what they must carry, and the bounds on them."""

    counts: NDArray[np.int64]  #: rising
    spread: NDArray[np.float64]  #: over so many even partitions the hottest one's load is spread
    may_be: NDArray[np.bool_]  #: keeps the bounds that no traffic moves
    needs: tuple[Need, ...]

    def recommended(self) -> int | None:
        """The first count that carries everything and keeps the bounds."""
        enough = self.may_be & (self.room(self.needs) >= 1 - ROUNDING)
        return int(self.counts[enough][0]) if enough.any() else None

    def room(self, needs: tuple[Need, ...], moved: str = "") -> NDArray[np.float64]:
        """How many times the load each count carries, by the need with the least room.

        If ``moved`` names an input that brings but a part of a load, only that part is more.
        """
        room = np.full(self.counts.size, np.inf)
        for need in needs:
            part = need.parts.get(moved, 1.0)
            room = np.minimum(room, 1 + (self.spread / need.quotient - 1) / part)
        return room

    def tightest(self, needs: tuple[Need, ...], moved: str, partitions: int) -> Need:
        """Give the need with the least room at one of the counts."""
        at = int(np.searchsorted(self.counts, partitions))
        return min(needs, key=lambda need: float(self.room((need,), moved)[at]))


def candidates_of(
    counts: list[int],
    *,
    needs: tuple[Need, ...],
    keyed: KeyedCount | None,
    hottest_key_share: float | None,
    least: int,
    most: int | None,
    step: int,
) -> Candidates:
    """Hold counts against the bounds, and against the keys, or the hottest, if they are known."""
    tried = np.array(counts, dtype=np.int64)
    high_enough = (tried >= least) & (tried % step == 0)
    hottest = 1 / tried if keyed is None else keyed.max_shares
    if hottest_key_share is not None:
        hottest = np.maximum(hottest, hottest_key_share)
    return Candidates(
        counts=tried,
        spread=1 / hottest,
        may_be=high_enough if most is None else high_enough & (tried <= most),
        needs=needs,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Input:
    """A number of the design, and what it becomes if it brings another multiple of the load."""

    name: str
    unit: str
    value: float
    at_load: Callable[[float], float | None]  # None: no value of it brings that load


def sensitivities(
    design: TopicDesign, candidates: Candidates, partitions: int
) -> tuple[Sensitivity, ...]:
    """Give, for each input, where the count changes if it alone moves; the nearest first."""
    rows = [row for each in _inputs(design) for row in _rows(each, candidates, partitions)]
    return tuple(sorted(rows, key=_distance))


def _rows(each: _Input, candidates: Candidates, partitions: int) -> Iterator[Sensitivity]:
    """Give the values of one input at which the count changes, or begins to hold."""
    moved = tuple(need for need in candidates.needs if each.name in need.inputs)
    if not moved:
        return
    fixed = tuple(need for need in candidates.needs if each.name not in need.inputs)
    room = candidates.room(moved, each.name)
    possible = candidates.may_be & (candidates.room(fixed) >= 1 - ROUNDING)
    for load, effect, count in _changes(candidates.counts, room, possible, partitions):
        value = each.at_load(load)
        if value is not None:
            yield Sensitivity(
                input=each.name,
                unit=each.unit,
                value=each.value,
                changed_value=value,
                effect=effect,
                partitions=count,
                limit=candidates.tightest(moved, each.name, partitions).name,
            )


def _changes(
    counts: NDArray[np.int64],
    room: NDArray[np.float64],
    possible: NDArray[np.bool_],
    partitions: int,
) -> Iterator[tuple[float, Effect, int | None]]:
    """Give the multiples of the load at which something changes, and what."""
    at = int(np.searchsorted(counts, partitions))
    here = float(room[at])
    if here < 1 - ROUNDING:
        if possible[at]:
            yield here, "then holds", partitions
        return
    if np.isfinite(here):
        more = counts[possible & (counts > partitions) & (room > here)]
        yield here, "needs more", int(more[0]) if more.size else None
    fewer = possible & (counts < partitions)
    most = float(room[fewer].max()) if fewer.any() else 0.0
    if 0 < most < 1 - ROUNDING:
        yield most, "needs fewer", int(counts[fewer & (room >= most)][0])


def _inputs(design: TopicDesign) -> Iterator[_Input]:
    traffic, producers = design.traffic, design.producers
    growth, years = traffic.growth_fraction_per_year, traffic.horizon_years
    yield _proportional("write rate", "bytes/s", traffic.write_bytes_per_s)
    yield _Input(
        name="peak ratio",
        unit="",
        value=traffic.peak_ratio,
        at_load=lambda load: _at_least(traffic.peak_ratio * load, 1),
    )
    if years:
        yield _Input(
            name="growth",
            unit="a year",
            value=growth,
            at_load=lambda load: _at_least((1 + growth) * load ** (1 / years) - 1, 0),
        )
    if growth:
        yield _Input(
            name="horizon",
            unit="y",
            value=years,
            at_load=lambda load: _at_least(years + math.log(load) / math.log1p(growth), 0),
        )
    yield _Input(
        name="compression ratio",
        unit="",
        value=traffic.compression_ratio,
        at_load=lambda load: _at_least(traffic.compression_ratio / load, 1),
    )
    used = 1 - traffic.headroom_fraction
    yield _Input(
        name="headroom",
        unit="",
        value=traffic.headroom_fraction,
        at_load=lambda load: _at_least(1 - used / load, 0),
    )
    if producers.partition_bytes_per_s is not None:
        yield _inverse("producer rate", "bytes/s", producers.partition_bytes_per_s)
    for group in design.groups:
        yield _inverse(f"member rate of {group.name}", "records/s", group.records_per_s)
        yield _proportional(f"read ratio of {group.name}", "", group.read_ratio)


def _proportional(name: str, unit: str, value: float) -> _Input:
    return _Input(name=name, unit=unit, value=value, at_load=lambda load: value * load)


def _inverse(name: str, unit: str, value: float) -> _Input:
    return _Input(name=name, unit=unit, value=value, at_load=lambda load: value / load)


def _at_least(value: float, least: float) -> float | None:
    """Give a value, unless the input cannot have it."""
    return value if value >= least else None


def _distance(row: Sensitivity) -> tuple[float, float]:
    """Order by how far an input has to move, as a ratio; one that is 0 now comes last."""
    ratio = row.change_ratio
    return (_INF, row.changed_value) if not ratio else (abs(math.log(ratio)), 0.0)
