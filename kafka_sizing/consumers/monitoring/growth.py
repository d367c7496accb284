"""A `Timeline` and what stops explain in; where, and how widely, the rest of the lag grew, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.monitoring.noise import Noise
from kafka_sizing.consumers.monitoring.samples import NOBODY
from kafka_sizing.consumers.monitoring.thresholds import threshold
from kafka_sizing.consumers.monitoring.timeline import Timeline

GAP: Final = 2  # intervals between two stretches that are still one

Columns = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Growth:
    """Lag that grew, and that stops do not explain."""

    timeline: Timeline
    noise: Noise
    rising: Mask  #: (intervals, partitions) in which it grew
    claimed: Mask  #: (intervals, partitions) that stops explain
    valid: Mask  #: (partitions,) that say something about the group

    @property
    def records(self) -> NDArray[np.float64]:
        """Records by which the lag grew, by interval and partition."""
        return np.diff(self.timeline.lag, axis=0) * (self.rising & self.valid)

    @property
    def rising_share(self) -> NDArray[np.float64]:
        """Part of the partitions whose lag grew, by interval."""
        counted = self.valid & self.timeline.seen & ~self.claimed
        grew = (self.rising & counted).sum(axis=1)
        share: NDArray[np.float64] = grew / np.maximum(counted.sum(axis=1), 1)
        return share

    @property
    def behind_share(self) -> NDArray[np.float64]:
        """Part of the partitions that were behind when an interval began."""
        behind = self.timeline.lag[:-1] > self.noise.tolerance_records
        share: NDArray[np.float64] = behind[:, self.valid].mean(axis=1)
        return share

    @property
    def stretches(self) -> list[tuple[int, int]]:
        """Intervals, from and to, in which the lag of many partitions grew."""
        broad = self.rising_share > threshold("narrow_share")
        return [stretch for stretch in _runs(broad) if self._is_long(stretch)]

    def flow(self, records: NDArray[np.float64], columns: Columns) -> NDArray[np.float64]:
        """Records of an interval over those that usually come; NaN if no partition counts."""
        counted = self.timeline.seen & ~self.claimed
        counted[:, np.setdiff1d(np.arange(counted.shape[1]), columns)] = False
        usual = self.timeline.usual_records_per_s * self.timeline.steps_s * counted
        whole = usual.sum(axis=1)
        flow: NDArray[np.float64] = (records * counted).sum(axis=1)
        return flow / np.where(whole > 0, whole, np.nan)

    @property
    def in_stretch(self) -> NDArray[np.bool_]:
        """Which intervals are in a stretch, or end one."""
        mask = np.zeros(self.rising.shape[0], np.bool_)
        for first, last in self.stretches:
            mask[first : last + 1] = True
        return mask

    def quiet(self, begin: int, end: int, read_share: NDArray[np.float64]) -> Columns:
        """Give intervals in which the group kept up: before a stretch, or else after it."""
        calm = ~self.in_stretch & (self.behind_share <= threshold("narrow_share"))
        quiet = np.flatnonzero(calm & np.isfinite(read_share))
        for known in (quiet[quiet < begin], quiet[quiet >= end]):
            if known.size < threshold("quiet_intervals"):
                continue
            if read_share[known].mean() >= threshold("kept_up_ratio"):
                return known
        return quiet[:0]

    def readers(self, moments: NDArray[np.int64]) -> frozenset[int]:
        """Give the members that owned partitions at most of some moments."""
        rows = self.timeline.last_owner[moments]
        there = np.zeros((rows.shape[0], len(self.timeline.members) + 1), np.bool_)
        there[np.arange(rows.shape[0])[:, None], rows] = True  # nobody is the last one
        return frozenset(np.flatnonzero(there[:, :-1].mean(axis=0) > 0.5).tolist())

    def owners_of(self, columns: Columns, moment: int) -> tuple[str, ...]:
        """Name the members that owned some partitions."""
        owners = np.unique(self.timeline.last_owner[moment, columns])
        return tuple(self.timeline.members[owner] for owner in owners.tolist() if owner != NOBODY)

    def read_before(self, column: int, begin: int) -> float | None:
        """Mean rate at which a partition was read before an interval; None if not known."""
        if begin < threshold("quiet_intervals"):
            return None
        read = self.timeline.read[:begin, column].sum()
        return float(read / self.timeline.steps_s[:begin].sum())

    def end_s(self, end: int) -> float | None:
        """When a stretch ended; None if it goes on to the last sample. [s]"""
        times = self.timeline.times_s
        return None if end >= times.size - 1 else float(times[end])

    def _is_long(self, stretch: tuple[int, int]) -> bool:
        """Whether any partition's lag grew for longer than a late commit takes."""
        grew = self.rising[slice(*stretch)][:, self.valid].sum(axis=0)
        return bool(grew.max() >= threshold("growth_intervals"))


def extent(cells: Mask) -> tuple[int, int]:
    """Give the first interval with a cell, and the one after the last."""
    rows = np.flatnonzero(cells.any(axis=1))
    return int(rows[0]), int(rows[-1]) + 1


def _runs(mask: Mask) -> Iterator[tuple[int, int]]:
    """Give where runs begin and end, small gaps closed."""
    at = np.flatnonzero(mask)
    if at.size:
        for run in np.split(at, np.flatnonzero(np.diff(at) > GAP + 1) + 1):
            yield int(run[0]), int(run[-1]) + 1
