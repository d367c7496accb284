"""`LagSamples` in; offsets, lags and rates of all partitions at shared moments out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.monitoring.ownership import last_owners, rebalancing
from kafka_sizing.consumers.monitoring.samples import NOBODY, LagSamples, TopicPartition

_SHARED_RATIO: Final = 1.5  # more moments than that many times a partition's rows: none are shared

FloatGrid = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timeline:
    """A group at moments (rows), by partition (columns); intervals lie between moments.

    Where a sample is missing, offsets lie on the line between its neighbours; ``seen`` says
    between which moments there are any.
    """

    partitions: tuple[TopicPartition, ...]
    members: tuple[str, ...]
    times_s: NDArray[np.float64]  #: (moments,)
    committed: FloatGrid  #: (moments, partitions) [records], from a zero of each partition
    ends: FloatGrid  #: (moments, partitions) [records], from the same zero
    seen: NDArray[np.bool_]  #: (intervals, partitions)
    owner: NDArray[np.int64] | None  #: (moments, partitions) as seen; None: not known

    last_owner: NDArray[np.int64] = field(init=False)  #: as ``owner``, rebalances bridged
    rebalanced: NDArray[np.bool_] = field(init=False)  #: (moments,) a rebalance shows first
    rebalancing: NDArray[np.bool_] = field(init=False)  #: (moments,) one is under way, or over
    steps_s: FloatGrid = field(init=False)  #: (intervals, 1) length of each interval [s]
    lag: FloatGrid = field(init=False)  #: (moments, partitions) unread records
    arrived: FloatGrid = field(init=False)  #: (intervals, partitions) records written
    read: FloatGrid = field(init=False)  #: (intervals, partitions) records committed as read
    usual_records_per_s: NDArray[np.float64] = field(init=False)  #: (partitions,) median written
    pace_records_per_s: NDArray[np.float64] = field(init=False)  #: median read where it moved

    def __post_init__(self) -> None:
        """Work out what follows from the offsets."""
        steps = np.diff(self.times_s)[:, None]
        arrived = np.maximum(np.diff(self.ends, axis=0), 0.0)
        read = np.maximum(np.diff(self.committed, axis=0), 0.0)
        owner = np.full(self.ends.shape, NOBODY) if self.owner is None else self.owner
        first, under_way = rebalancing(owner)
        for name, array in {
            "last_owner": last_owners(owner),
            "rebalanced": first,
            "rebalancing": under_way,
            "steps_s": steps,
            "lag": np.maximum(self.ends - self.committed, 0.0),
            "arrived": arrived,
            "read": read,
            "usual_records_per_s": _median(arrived / steps, self.seen),
            "pace_records_per_s": _median(read / steps, self.seen & (read > 0)),
        }.items():
            object.__setattr__(self, name, array)

    @property
    def steady_records_per_s(self) -> NDArray[np.float64]:
        """Rate at which each partition is read when all is well. [records/s]"""
        return np.minimum(self.usual_records_per_s, self.pace_records_per_s)

    @property
    def interval_s(self) -> float:
        """Median length of an interval. [s]"""
        return float(np.median(self.steps_s))


def timeline_of(samples: LagSamples, *, least_moments: int) -> Timeline | None:
    """Bring samples to shared moments; None if no partition has enough of them.

    Rows without a commit are left out, and partitions with fewer rows than ``least_moments``.
    """
    known = samples if samples.has_commit.all() else _with_commit(samples)
    if known is None:
        return None
    spans = {
        index: slice(begin, end)
        for index, (begin, end) in enumerate(known.spans)
        if end - begin >= least_moments
    }
    if not spans:
        return None
    rows = np.concatenate([np.arange(span.start, span.stop) for span in spans.values()])
    moments = _moments(known.times_s[rows], max(span.stop - span.start for span in spans.values()))
    shape = (moments.size, len(spans))
    committed, ends = np.empty(shape), np.empty(shape)
    owner = None if known.owner is None else np.full(shape, NOBODY)
    seen = np.zeros((moments.size - 1, len(spans)), np.bool_)
    for column, span in enumerate(spans.values()):
        times = known.times_s[span]
        zero = known.committed_offsets[span.start]  # keeps large offsets exact
        committed[:, column] = np.interp(moments, times, known.committed_offsets[span] - zero)
        ends[:, column] = np.interp(moments, times, known.end_offsets[span] - zero)
        seen[:, column] = (moments[:-1] >= times[0]) & (moments[1:] <= times[-1])
        if owner is not None and known.owner is not None:
            last = np.searchsorted(times, moments, side="right") - 1
            owner[:, column] = known.owner[span][np.maximum(last, 0)]
    return Timeline(
        partitions=tuple(known.partitions[index] for index in spans),
        members=known.members,
        times_s=moments,
        committed=committed,
        ends=ends,
        seen=seen,
        owner=owner,
    )


def _median(rates: FloatGrid, counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the median of what counts in each column; 0 where nothing does."""
    some = counted.any(axis=0)
    median = np.zeros(some.size)
    median[some] = np.nanmedian(np.where(counted, rates, np.nan)[:, some], axis=0)
    return median


def _with_commit(samples: LagSamples) -> LagSamples | None:
    return samples.rows(samples.has_commit) if samples.has_commit.any() else None


def _moments(times_s: NDArray[np.float64], most_rows: int) -> NDArray[np.float64]:
    """Take the moments of the samples if partitions share them, or else evenly spaced ones."""
    moments = np.unique(times_s)
    if moments.size <= _SHARED_RATIO * most_rows:
        return moments
    return np.linspace(moments[0], moments[-1], most_rows)
