"""A `Timeline` in; when which partitions stood still, although records waited, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.monitoring.noise import Noise
from kafka_sizing.consumers.monitoring.thresholds import threshold
from kafka_sizing.consumers.monitoring.timeline import Timeline

_LONG: Final = 3  # intervals from which a stop shows as what it is
AROUND: Final = 2  # intervals before and after a stop that may be part of it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stop:
    """Partitions that stopped together."""

    columns: NDArray[np.int64]  #: which partitions
    begin: int  #: the first interval in which none was read
    end: int  #: the interval after the last one
    starts_s: float  #: estimated, from what was read in the interval before
    ends_s: float | None  #: the last moment at which they stood; None: they still stand
    standing_s: float  #: how long they stood for certain

    def cells(self, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Mark the intervals of its partitions, with those in which it began and ended."""
        mask = np.zeros(shape, np.bool_)
        mask[max(self.begin - AROUND, 0) : self.end + AROUND, self.columns] = True
        return mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Runs:
    """Stretches of intervals, each of one partition."""

    column: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]  # the interval after the last one; the moment at which it ended

    @classmethod
    def of(cls, standing: NDArray[np.bool_]) -> _Runs:
        padded = np.pad(standing.T, ((0, 0), (1, 1))).astype(np.int8)
        change = np.diff(padded, axis=1)
        column, begin = np.nonzero(change == 1)
        return cls(column=column, begin=begin, end=np.nonzero(change == -1)[1])

    def where(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> _Runs:
        return _Runs(column=self.column[kept], begin=self.begin[kept], end=self.end[kept])

    def least_of(self, grid: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the least value in each run."""
        if not self.column.size:
            return np.zeros(0)
        first = self.column * grid.shape[0]
        edges = np.stack([first + self.begin, first + self.end], axis=1).ravel()
        flat = np.append(grid.T.ravel(), np.inf)
        least: NDArray[np.float64] = np.minimum.reduceat(flat, edges)[::2]
        return least

    def later_mean_of(self, grid: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the mean of each run but for its first interval, in which it may have begun."""
        until = np.concatenate([np.zeros((1, grid.shape[1])), np.cumsum(grid, axis=0)])
        second = np.minimum(self.begin + 1, self.end)
        whole = until[self.end, self.column] - until[second, self.column]
        mean: NDArray[np.float64] = whole / np.maximum(self.end - second, 1)
        return mean


def find_stops(timeline: Timeline, noise: Noise) -> list[Stop]:
    """Find runs of intervals without reads, and join those that began together."""
    pace = timeline.steady_records_per_s
    part = timeline.read / np.where(pace > 0, pace, np.inf) / timeline.steps_s
    waits = timeline.seen & (timeline.lag[1:] >= 1)
    runs = _Runs.of(waits & (part <= threshold("standing_ratio")))
    runs = runs.where(_are_stops(timeline, noise, runs, part))
    if not runs.column.size:
        return []
    starts = _starts(timeline, runs)
    order = np.argsort(starts, kind="stable")
    apart = np.diff(starts[order]) > noise.together_s
    groups = np.split(order, np.flatnonzero(apart) + 1)
    return [_joined(timeline, runs.where(one), starts[one]) for one in groups]


def _are_stops(
    timeline: Timeline, noise: Noise, runs: _Runs, part: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell stops from commits that are late, and from readers that take turns.

    A partition that was behind before may get little of its reader; it must stand for longer,
    and be read next to nothing.
    """
    lag, times = timeline.lag, timeline.times_s
    tolerance = noise.tolerance_records[runs.column]
    intervals = runs.end - runs.begin
    stood_s = times[runs.end] - times[runs.begin]
    stops = (stood_s >= noise.least_stop_s) & (lag[runs.end, runs.column] >= tolerance)
    stops &= (intervals < _LONG) | (runs.later_mean_of(part) <= threshold("standing_long_ratio"))
    lag_before = lag[np.maximum(runs.begin - 1, 0), runs.column]
    kept_up = (runs.begin > 0) & (lag_before <= 2 * tolerance)
    still = runs.least_of(part) <= threshold("still_ratio")
    longer = stood_s >= threshold("behind_stop_ratio") * noise.least_stop_s
    stops &= kept_up | (still & longer & (intervals > 1))
    return stops


def _starts(timeline: Timeline, runs: _Runs) -> NDArray[np.float64]:
    """Estimate when each run began: part of what was to be read before it was read."""
    before = np.maximum(runs.begin - 1, 0)
    steps = timeline.steps_s[before, 0]
    wanted = np.maximum(timeline.arrived[before, runs.column], 1.0)
    part = np.clip(timeline.read[before, runs.column] / wanted, 0.0, 1.0)
    starts: NDArray[np.float64] = timeline.times_s[before] + part * steps
    return np.where(runs.begin > 0, starts, timeline.times_s[0])


def _joined(timeline: Timeline, runs: _Runs, starts: NDArray[np.float64]) -> Stop:
    first, last = int(np.median(runs.begin)), int(np.median(runs.end))
    times = timeline.times_s
    return Stop(
        columns=np.unique(runs.column),
        begin=first,
        end=last,
        starts_s=float(np.median(starts)),
        ends_s=None if last == times.size - 1 else float(times[last]),
        standing_s=float(times[last] - times[first]),
    )
