"""End offsets and when they were seen in; how old the oldest unread record is, in seconds, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count
from kafka_sizing.consumers.monitoring.samples import LagSamples, TopicPartition
from kafka_sizing.consumers.monitoring.thresholds import threshold

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAt:
    """When a record was written, as far as a table of end offsets tells."""

    time_s: float
    is_extrapolated: bool  #: whether the offset lies outside the table


@dataclass(frozen=True, slots=True, eq=False)
class OffsetTable:
    """End offsets of one partition and when each was seen, as kafka-lag-exporter keeps them.

    Points are taken in the order given. One that is not later than the last, or whose offset is
    smaller, is left out. Of points with the same offset the first and the last are kept. Of all,
    the last ``limit`` are kept.

    Source: LookupTable.scala, kafka-lag-exporter.

    Parameters
    ----------
    offsets, times_s : (points,) numbers
        End offsets, and when each was seen. [s]
    limit : int, optional
        Points to keep; by default 60. >= 1

    Raises
    ------
    ValueError
        If the columns differ in length.

    Examples
    --------
    >>> from kafka_sizing.consumers.monitoring.lag_seconds import OffsetTable
    >>> OffsetTable([100, 200], [0, 60]).time_of(150)
    WrittenAt(time_s=30.0, is_extrapolated=False)
    """

    offsets: NDArray[np.int64]
    times_s: NDArray[np.float64]
    limit: int | None = None

    def __post_init__(self) -> None:
        """Keep the points that count."""
        limit = int(threshold("exporter_points")) if self.limit is None else self.limit
        object.__setattr__(self, "limit", check_count("limit", limit))
        offsets, times = np.asarray(self.offsets, np.int64), np.asarray(self.times_s, np.float64)
        if offsets.shape != times.shape or offsets.ndim != 1:
            raise ValueError(
                f"offsets and times_s must be of one length, got {offsets.shape} and {times.shape}"
            )
        points = _kept_points(offsets, times, limit)
        for name, column in (
            ("offsets", np.array([offset for offset, _ in points], np.int64)),
            ("times_s", np.array([time for _, time in points], np.float64)),
        ):
            column.flags.writeable = False
            object.__setattr__(self, name, column)

    def time_of(self, offset: int) -> WrittenAt | None:
        """Say when the end of the log stood at an offset.

        On the line between the two newest neighbours that hold the offset; outside the table,
        on the line through its first and last points. None below two points, or where that
        line is flat.
        """
        if self.offsets.size < 2:
            return None
        holds = (self.offsets[:-1] <= offset) & (offset <= self.offsets[1:])
        within = np.flatnonzero(holds)
        left, right = (int(within[-1]), int(within[-1]) + 1) if within.size else (0, -1)
        rise = int(self.offsets[right] - self.offsets[left])
        if offset == self.offsets[right]:
            return WrittenAt(time_s=float(self.times_s[right]), is_extrapolated=False)
        if not rise:
            return None
        run = float(self.times_s[right] - self.times_s[left])
        time = float(self.times_s[right]) - (int(self.offsets[right]) - offset) * run / rise
        return WrittenAt(time_s=time, is_extrapolated=not within.size)

    def __len__(self) -> int:
        """How many points are kept."""
        return int(self.offsets.size)

    def __repr__(self) -> str:
        """Say how many points are kept, and up to where they go."""
        last = f", last={self.offsets[-1]:,}" if self.offsets.size else ""
        return f"OffsetTable({len(self):,} points{last})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionLag:
    """How far behind the end the group is in one partition."""

    partition: TopicPartition
    lag_records: int | None  #: None: nothing was committed yet
    lag_s: float | None  #: None: the samples do not tell
    is_extrapolated: bool  #: whether the oldest unread record is older than the samples

    @property
    def reason(self) -> str:
        """How far behind, or why that is not known."""
        if self.lag_records is None:
            return f"{self.partition} has no committed offset yet."
        lag = f"{self.partition} has {self.lag_records:,} records unread"
        if self.lag_s is None:
            return f"{lag}; how old they are is not known: its end did not move in the samples."
        drawn = ", drawn on from the samples" if self.is_extrapolated else ""
        return f"{lag}, the oldest {self.lag_s:,.1f} s old{drawn}."


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLag:
    """How far behind the end the group is in each partition."""

    partitions: tuple[PartitionLag, ...]

    @property
    def lag_records(self) -> int:
        """Unread records of all partitions."""
        return sum(partition.lag_records or 0 for partition in self.partitions)

    @property
    def oldest(self) -> PartitionLag | None:
        """The partition with the oldest unread record; None if none is known."""
        known = [partition for partition in self.partitions if partition.lag_s is not None]
        return max(known, key=lambda partition: partition.lag_s or 0.0, default=None)

    @property
    def lag_s(self) -> float | None:
        """Age of the oldest unread record of all; None if none is known. [s]"""
        return None if self.oldest is None else self.oldest.lag_s

    def to_frame(self) -> pd.DataFrame:
        """One row per partition: topic, partition, lag_records, lag_s, is_extrapolated."""
        import pandas as pd

        return pd.DataFrame(
            {
                "topic": [lag.partition.topic for lag in self.partitions],
                "partition": [lag.partition.partition for lag in self.partitions],
                "lag_records": pd.array(
                    [lag.lag_records for lag in self.partitions], dtype="Int64"
                ),
                "lag_s": pd.array([lag.lag_s for lag in self.partitions], dtype="Float64"),
                "is_extrapolated": [lag.is_extrapolated for lag in self.partitions],
            }
        )

    def __repr__(self) -> str:
        """Say how far behind the group is."""
        seconds = "unknown" if self.lag_s is None else f"{self.lag_s:,.1f} s"
        return (
            f"GroupLag({len(self.partitions):,} partitions, lag={self.lag_records:,} records, "
            f"oldest={seconds})"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().head(20).to_html(index=False)


def lag_in_seconds(samples: LagSamples, *, limit: int | None = None) -> GroupLag:
    """Say how old the oldest unread record of each partition is, as kafka-lag-exporter does.

    ``lag_s = time of the last sample - time at which the end stood at the committed offset``,
    by an `OffsetTable` of the end offsets in the samples. 0 where the group has caught up, and
    where a commit overtook the end (kafka-lag-exporter shows a time below 0 there). Source:
    ConsumerGroupCollector.scala and LookupTable.scala, kafka-lag-exporter.

    Parameters
    ----------
    samples : LagSamples
        What was seen of the group.
    limit : int, optional
        Points to keep for each partition; by default 60. >= 1

    Returns
    -------
    GroupLag
        Each partition at its last sample. None where kafka-lag-exporter shows NaN or infinity:
        without a commit, with one sample only, or if the end did not move.

    Examples
    --------
    >>> from kafka_sizing.consumers.monitoring.lag_seconds import lag_in_seconds
    >>> from kafka_sizing.consumers.monitoring.samples import LagSamples
    >>> samples = LagSamples.from_grid([0, 60], [[90, 90], [150, 200]], [[100, 100], [200, 200]])
    >>> [partition.lag_s for partition in lag_in_seconds(samples).partitions]
    [30.0, 0.0]
    """
    return GroupLag(
        partitions=tuple(
            _partition_lag(samples, label, begin, end, limit)
            for label, (begin, end) in zip(samples.partitions, samples.spans, strict=True)
            if end > begin
        )
    )


def _partition_lag(
    samples: LagSamples, label: TopicPartition, begin: int, end: int, limit: int | None
) -> PartitionLag:
    if not samples.has_commit[end - 1]:
        return PartitionLag(partition=label, lag_records=None, lag_s=None, is_extrapolated=False)
    table = OffsetTable(samples.end_offsets[begin:end], samples.times_s[begin:end], limit)
    committed, lag = int(samples.committed_offsets[end - 1]), int(samples.lags_records[end - 1])
    if committed >= table.offsets[-1]:
        return PartitionLag(partition=label, lag_records=lag, lag_s=0.0, is_extrapolated=False)
    written = table.time_of(committed)
    return PartitionLag(
        partition=label,
        lag_records=lag,
        lag_s=None if written is None else float(samples.times_s[end - 1]) - written.time_s,
        is_extrapolated=written is not None and written.is_extrapolated,
    )


def _kept_points(
    offsets: NDArray[np.int64], times_s: NDArray[np.float64], limit: int
) -> list[tuple[int, float]]:
    points: list[tuple[int, float]] = []
    for offset, time in zip(offsets.tolist(), times_s.tolist(), strict=True):
        if points and (time <= points[-1][1] or offset < points[-1][0]):
            continue
        if len(points) > 1 and points[-1][0] == points[-2][0] == offset:
            points[-1] = (offset, time)
            continue
        points = [*points, (offset, time)][-limit:]
    return points
