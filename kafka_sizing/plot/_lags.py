"""A `LagSimulation` or `LagSamples` in; the lag of each partition, ready to be drawn, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.monitoring.samples import LagSamples
from kafka_sizing.consumers.simulation.result import LagSimulation
from kafka_sizing.plot._style import MOST_POINTS
from kafka_sizing.plot._time import extremes, stretches, time_unit
from kafka_sizing.plot.labels import short_text
from kafka_sizing.units import format_duration

LagUnit = Literal["records", "s"]

_MOST_INTERVALS: Final = 3.0  # between two samples; a longer gap stays open
_MOST_LABELS: Final = 5
_FEW_LABELS: Final = 3  # named of more than that
_LABEL_LENGTH: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class LagScale:
    """The unit in which lags are drawn, and how they are written."""

    factor: float  #: what to divide lags by
    label: str
    written: Callable[[float], str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartitionLags:
    """The lag of partitions over time: all of them in stretches, and each one for itself."""

    labels: list[str]  #: of the partitions
    noun: str  #: what stands before a label
    times_s: NDArray[np.float64]  #: (stretches,)
    lowest: NDArray[np.float64]  #: (stretches, partitions) NaN: not known
    highest: NDArray[np.float64]  #: (stretches, partitions) NaN: not known
    line_of: Callable[[int], tuple[NDArray[np.float64], NDArray[np.float64]]]  #: times, lags
    ends_s: float
    time_label: str

    @property
    def peaks(self) -> NDArray[np.float64]:
        """The highest lag of each partition; NaN if none is known."""
        peaks: NDArray[np.float64] = np.fmax.reduce(self.highest, axis=0)
        return peaks

    def named(self, partitions: Sequence[int]) -> str:
        """Name partitions, the first few of many."""
        labels = [self.labels[partition] for partition in sorted(partitions)]
        few = labels if len(labels) <= _MOST_LABELS else labels[:_FEW_LABELS]
        more = len(labels) - len(few)
        noun = f"{self.noun}{'s' if len(partitions) > 1 else ''} " if self.noun else ""
        return noun + ", ".join(few) + (f" and {more:,} more" if more else "")


def lag_scale(unit: LagUnit, largest: float) -> LagScale:
    """Choose how lags up to ``largest`` read best."""
    if unit == "records":
        return LagScale(factor=1.0, label="lag [records]", written=_count)
    factor, name = time_unit(largest)
    return LagScale(factor=factor, label=f"oldest unread record [{name}]", written=format_duration)


def _count(lag_records: float) -> str:
    return f"{lag_records:,.0f}" if lag_records >= 100 else f"{lag_records:.3g}"


def lag_rows(simulation: LagSimulation, unit: LagUnit) -> NDArray[np.float64]:
    """Give the lag of each partition at the end of each step."""
    return simulation.lag_records if unit == "records" else simulation.oldest_unread_s


def lags_of_simulation(simulation: LagSimulation, unit: LagUnit) -> PartitionLags:
    """Take the lag of every partition from a simulation."""
    lag, times = lag_rows(simulation, unit), simulation.times_s
    starts = stretches(times.size, MOST_POINTS // 2)
    ends = np.append(starts[1:], times.size) - 1

    def line_of(partition: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        rows = extremes(lag[:, partition])
        return times[rows], lag[rows, partition]

    return PartitionLags(
        labels=[f"{partition:,}" for partition in range(simulation.partitions)],
        noun="partition",
        times_s=times[ends],
        lowest=np.minimum.reduceat(lag, starts, axis=0),
        highest=np.maximum.reduceat(lag, starts, axis=0),
        line_of=line_of,
        ends_s=simulation.duration_s,
        time_label="time",
    )


def lags_of_samples(samples: LagSamples) -> PartitionLags:
    """Take the lag of every partition from samples; rows without a commit tell none."""
    seen = samples.has_commit
    partition, lags = samples.partition[seen], samples.lags_records[seen].astype(np.float64)
    times = samples.times_s[seen] - samples.times_s.min()
    bounds = np.searchsorted(partition, np.arange(len(samples.partitions) + 1))
    interval_s = samples.interval_s or 1.0

    def line_of(number: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        rows = bounds[number] + extremes(lags[bounds[number] : bounds[number + 1]])
        gaps = np.cumsum(np.diff(times, prepend=0.0) > _MOST_INTERVALS * interval_s)
        open_at = np.flatnonzero(np.diff(gaps[rows])) + 1
        return np.insert(times[rows], open_at, np.nan), np.insert(lags[rows], open_at, np.nan)

    length_s = max(interval_s, 2 * samples.duration_s / MOST_POINTS)
    at = np.rint(times / length_s).astype(np.int64), partition
    shape = int(np.rint(samples.duration_s / length_s)) + 1, len(samples.partitions)
    lowest, highest = np.full(shape, np.nan), np.full(shape, np.nan)
    np.fmin.at(lowest, at, lags)
    np.fmax.at(highest, at, lags)
    several = len({label.topic for label in samples.partitions}) > 1
    return PartitionLags(
        labels=[
            short_text(str(each), _LABEL_LENGTH) if several else f"{each.partition:,}"
            for each in samples.partitions
        ],
        noun="" if several else "partition",
        times_s=np.multiply(np.arange(shape[0]), length_s),
        lowest=_bridged(lowest),
        highest=_bridged(highest),
        line_of=line_of,
        ends_s=samples.duration_s or interval_s,
        time_label="time since the first sample",
    )


def _bridged(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let a value stand for the next stretch too if there is none: samples come a bit late."""
    bridged = rows.copy()
    bridged[1:] = np.where(np.isnan(rows[1:]), rows[:-1], rows[1:])
    return bridged
