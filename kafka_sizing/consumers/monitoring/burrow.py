"""Commits of a group in; the status that Burrow gives each partition and the group out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing._checks import check_choice, check_count, check_non_negative
from kafka_sizing.consumers.monitoring.samples import LagSamples, TopicPartition
from kafka_sizing.consumers.monitoring.thresholds import threshold

if TYPE_CHECKING:
    import pandas as pd

CommitsSeen = Literal["moves", "samples"]


class BurrowStatus(IntEnum):
    """The codes of Burrow, in its order of severity."""

    NOTFOUND = 0
    OK = 1
    WARN = 2
    ERR = 3
    STOP = 4
    STALL = 5
    REWIND = 6


_MEANING = {
    BurrowStatus.NOTFOUND: "nothing was ever committed, so Burrow does not list it",
    BurrowStatus.OK: "it keeps up, or did within the window",
    BurrowStatus.WARN: "commits move, but the lag never got smaller in the window",
    BurrowStatus.STOP: "no commit for longer than all commits of the window took",
    BurrowStatus.STALL: "commits go on at the same offset, and there is lag",
    BurrowStatus.REWIND: "the committed offset went back and did not come to where it was",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionStatus:
    """What Burrow says of one partition."""

    partition: TopicPartition
    status: BurrowStatus
    lag_records: int  #: at the last sample
    complete_fraction: float  #: part of the window that is filled with commits

    @property
    def reason(self) -> str:
        """What the status means."""
        return f"{self.partition} is {self.status.name}: {_MEANING[self.status]}."


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStatus:
    """What Burrow says of a group."""

    partitions: tuple[PartitionStatus, ...]

    @property
    def status(self) -> BurrowStatus:
        """The worst status of a partition; all worse than ERR are ERR for a group."""
        return min(BurrowStatus.ERR, max(partition.status for partition in self.partitions))

    @property
    def lag_records(self) -> int:
        """Unread records of all partitions."""
        return sum(partition.lag_records for partition in self.partitions)

    @property
    def complete_fraction(self) -> float:
        """Part of the partitions whose window is full."""
        full = sum(partition.complete_fraction == 1 for partition in self.partitions)
        return full / len(self.partitions)

    @property
    def reason(self) -> str:
        """The status of the group and which partitions set it."""
        worst = max(partition.status for partition in self.partitions)
        named = [part for part in self.partitions if part.status == worst]
        return (
            f"The group is {self.status.name}: {len(named):,} of {len(self.partitions):,} "
            f"partitions {'is' if len(named) == 1 else 'are'} {worst.name} ({_MEANING[worst]})."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per partition: topic, partition, status, lag_records, complete_fraction."""
        import pandas as pd

        return pd.DataFrame(
            {
                "topic": [part.partition.topic for part in self.partitions],
                "partition": [part.partition.partition for part in self.partitions],
                "status": [part.status.name for part in self.partitions],
                "lag_records": [part.lag_records for part in self.partitions],
                "complete_fraction": [part.complete_fraction for part in self.partitions],
            }
        )

    def __repr__(self) -> str:
        """Say the status, and of how many partitions."""
        return (
            f"GroupStatus({self.status.name}, {len(self.partitions):,} partitions, "
            f"lag={self.lag_records:,} records)"
        )

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.reason)}</p>" + self.to_frame().head(20).to_html(index=False)


def commit_status(
    offsets: ArrayLike,
    times_s: ArrayLike,
    lags_records: Sequence[int | None],
    *,
    current_lag_records: int,
    end_offsets: ArrayLike,
    now_s: float,
    allowed_lag_records: int = 0,
) -> BurrowStatus:
    """Judge the last commits of one partition by Burrow's rules.

    In this order: a current lag that is allowed is OK. STOP, if the time since the last commit
    is longer than that from the first commit to the last, unless an end offset that is still
    stored was reached by the last commit. REWIND, if the offset went back and no later commit
    came to where it had been. OK, if the lag was an allowed one at any commit. STALL, if all
    offsets are equal. WARN, if the lag got smaller from no commit to the next. Else OK.

    Source: core/internal/evaluator/caching.go, Burrow.

    Parameters
    ----------
    offsets, times_s : (commits,) numbers
        The commits that are kept, oldest first, and when each was made. [s]
    lags_records : (commits,) numbers or None
        Lag at each commit; None: not known. [records]
    current_lag_records : int
        Lag now. [records] >= 0
    end_offsets : (n,) numbers
        The end offsets that are kept, in any order.
    now_s : float
        The time now, on the clock of ``times_s``. [s]
    allowed_lag_records : int, default 0
        A lag up to this is none. [records] >= 0

    Returns
    -------
    BurrowStatus
        OK, WARN, STOP, STALL or REWIND.

    Raises
    ------
    ValueError
        If there is no commit, the columns differ in length, or ``now_s`` is not finite.

    Examples
    --------
    >>> from kafka_sizing.consumers.monitoring.burrow import commit_status
    >>> commit_status(
    ...     [1000, 1000, 1000],
    ...     [100, 200, 300],
    ...     [100, 150, 200],
    ...     current_lag_records=200,
    ...     end_offsets=[1200],
    ...     now_s=400,
    ... ).name
    'STALL'
    """
    committed, times = np.asarray(offsets, np.int64), np.asarray(times_s, np.float64)
    lags = np.array([lag for lag in lags_records if lag is not None], dtype=np.int64)
    if not committed.size or not committed.size == times.size == len(lags_records):
        raise ValueError(
            "offsets, times_s and lags_records must have one value per commit, got "
            f"{committed.size}, {times.size} and {len(lags_records)}"
        )
    now_s = _finite("now_s", now_s)
    if current_lag_records <= allowed_lag_records:
        return BurrowStatus.OK
    reached = np.asarray(end_offsets, np.int64) <= committed[-1]
    if now_s - times[-1] > times[-1] - times[0] and not reached.any():
        return BurrowStatus.STOP
    if _has_rewound(committed):
        return BurrowStatus.REWIND
    if (lags <= allowed_lag_records).any():
        return BurrowStatus.OK
    if (committed == committed[0]).all():
        return BurrowStatus.STALL
    return BurrowStatus.OK if (np.diff(lags) < 0).any() else BurrowStatus.WARN


def burrow_status(
    samples: LagSamples,
    *,
    window_commits: int | None = None,
    allowed_lag_records: int | None = None,
    minimum_complete_fraction: float = 0.0,
    commits: CommitsSeen = "moves",
    now_s: float | None = None,
) -> GroupStatus:
    """Give the status that Burrow would, had it seen these samples.

    Burrow hears of every commit; samples show the last one at moments in time. A commit of
    the same offset again shows in no sample, so a partition that stands is STOP under
    ``commits="moves"``, and STALL under ``commits="samples"``, which takes every sample for a
    commit: right for members that commit on a timer and are alive.

    Parameters
    ----------
    samples : LagSamples
        What was seen of the group.
    window_commits : int, optional
        Commits, and end offsets, kept for each partition: ``intervals``; by default 10. >= 1
    allowed_lag_records : int, optional
        A lag up to this is none: ``allowed-lag``; by default 0. [records] >= 0
    minimum_complete_fraction : float, default 0
        Part of the window that must be filled, or a partition is OK: ``minimum-complete``.
        [0, 1]
    commits : {"moves", "samples"}, default "moves"
        What counts as a commit: samples in which the offset moved, or all.
    now_s : float, optional
        The time now; by default that of the last sample. [s]

    Returns
    -------
    GroupStatus
        The status of each partition, and of the group. A partition without any commit is
        NOTFOUND, and Burrow would not list it.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from kafka_sizing.consumers.monitoring.burrow import burrow_status
    >>> from kafka_sizing.consumers.monitoring.samples import LagSamples
    >>> committed = [[10, 5], [20, 9], [30, 9], [40, 9]]
    >>> ends = [[10, 12], [20, 15], [35, 30], [50, 60]]
    >>> samples = LagSamples.from_grid([0, 30, 60, 90], committed, ends)
    >>> [partition.status.name for partition in burrow_status(samples).partitions]
    ['OK', 'STOP']
    """
    check_choice("commits", commits, ("moves", "samples"))
    window = check_count(
        "window_commits",
        int(threshold("burrow_window_commits")) if window_commits is None else window_commits,
    )
    allowed = check_count(
        "allowed_lag_records",
        int(threshold("burrow_allowed_lag_records"))
        if allowed_lag_records is None
        else allowed_lag_records,
        least=0,
    )
    check_non_negative("minimum_complete_fraction", minimum_complete_fraction)
    if minimum_complete_fraction > 1:
        raise ValueError(
            "minimum_complete_fraction must be a fraction in [0, 1], "
            f"got {minimum_complete_fraction!r}"
        )
    now = float(samples.times_s.max()) if now_s is None else _finite("now_s", now_s)
    return GroupStatus(
        partitions=tuple(
            _partition_status(
                samples.rows(slice(begin, end)),
                label,
                window=window,
                allowed=allowed,
                least_complete=minimum_complete_fraction,
                commits=commits,
                now_s=now,
            )
            for label, (begin, end) in zip(samples.partitions, samples.spans, strict=True)
            if end > begin
        )
    )


def _partition_status(
    samples: LagSamples,
    label: TopicPartition,
    *,
    window: int,
    allowed: int,
    least_complete: float,
    commits: CommitsSeen,
    now_s: float,
) -> PartitionStatus:
    committed = samples.committed_offsets
    kept = samples.has_commit.copy()
    if commits == "moves":
        kept[1:] &= np.diff(committed) != 0
    rows = np.flatnonzero(kept)[-window:]
    lag = int(samples.lags_records[-1])
    complete = rows.size / window
    status = BurrowStatus.NOTFOUND if not rows.size else BurrowStatus.OK
    if rows.size and complete >= least_complete:
        status = commit_status(
            committed[rows],
            samples.times_s[rows],
            samples.lags_records[rows].tolist(),
            current_lag_records=lag,
            end_offsets=samples.end_offsets[-window:],
            now_s=now_s,
            allowed_lag_records=allowed,
        )
    return PartitionStatus(
        partition=label, status=status, lag_records=lag, complete_fraction=complete
    )


def _finite(name: str, value: float) -> float:
    if not np.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value!r}")
    return float(value)


def _has_rewound(committed: NDArray[np.int64]) -> bool:
    """Whether the first step back was not made good by any later commit."""
    back = np.flatnonzero(np.diff(committed) < 0)
    if not back.size:
        return False
    at = int(back[0])
    return bool((committed[at + 1 :] < committed[at]).all())
