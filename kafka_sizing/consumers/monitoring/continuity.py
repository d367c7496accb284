"""`LagSamples` in; where samples are missing, and where offsets went back, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.monitoring.samples import LagSamples, TopicPartition
from kafka_sizing.consumers.monitoring.thresholds import threshold

ResetKind = Literal["end moved back", "commit moved back", "commit gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetReset:
    """An offset that went back, which offsets do not do by themselves."""

    partition: TopicPartition
    kind: ResetKind
    at_s: float  #: time of the first sample after it [s]
    before: int  #: the offset of ``kind`` in the sample before
    after: int | None  #: in the sample at ``at_s``; None: no committed offset any more
    starts_anew: bool  #: whether samples from before say nothing about what came after

    @property
    def reason(self) -> str:
        """What happened, in one sentence."""
        if self.kind == "commit gone":
            return (
                f"The committed offset of {self.partition} is gone; it was {self.before:,}: "
                "it expired, or was deleted."
            )
        moved = f"{self.before:,} to {self.after:,}"
        if self.kind == "end moved back":
            return (
                f"The end of {self.partition} went back from {moved}: the topic was created "
                "anew, or the log was cut."
            )
        if self.starts_anew:
            return f"The committed offset of {self.partition} was reset from {moved}."
        return (
            f"The committed offset of {self.partition} went back from {moved}: records are read "
            "again, as happens in a rebalance."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleGap:
    """A time without samples of a partition that has them before and after."""

    partition: TopicPartition
    starts_s: float  #: the last sample before [s]
    ends_s: float  #: the first one after [s]

    @property
    def duration_s(self) -> float:
        """How long nothing was seen. [s]"""
        return self.ends_s - self.starts_s


def offset_resets(samples: LagSamples) -> tuple[OffsetReset, ...]:
    """Find offsets that went back: topics created anew, offsets reset, expired or redelivered.

    A commit that goes back by no more than a few samples' worth of reading is a redelivery: a
    member took a partition over and committed what it had read. Anything else starts anew.

    Parameters
    ----------
    samples : LagSamples
        What was seen of the group.

    Returns
    -------
    tuple of OffsetReset
        By partition, then time.

    Examples
    --------
    >>> from kafka_sizing.consumers.monitoring.continuity import offset_resets
    >>> from kafka_sizing.consumers.monitoring.samples import LagSamples
    >>> samples = LagSamples.from_grid([0, 30], [[500], [0]], [[520], [7]])
    >>> offset_resets(samples)[0].reason
    'The end of topic-0 went back from 520 to 7: the topic was created anew, or the log was cut.'
    """
    back = (np.diff(samples.end_offsets) < 0) | (np.diff(samples.committed_offsets) < 0)
    back &= np.diff(samples.partition) == 0
    spans, found = samples.spans, []
    for index in np.unique(samples.partition[1:][back]).tolist():
        found += _resets_of(samples, index, *spans[index])
    return tuple(found)


def after_resets(samples: LagSamples) -> LagSamples:
    """Leave out what was seen of each partition before it last started anew."""
    kept = np.ones(len(samples), np.bool_)
    partitions = {label: index for index, label in enumerate(samples.partitions)}
    for reset in offset_resets(samples):
        if reset.starts_anew:
            of_partition = samples.partition == partitions[reset.partition]
            kept &= ~(of_partition & (samples.times_s < reset.at_s))
    return samples if kept.all() else samples.rows(kept)


def sample_gaps(samples: LagSamples) -> tuple[SampleGap, ...]:
    """Find where samples of a partition were missed.

    Parameters
    ----------
    samples : LagSamples
        What was seen of the group.

    Returns
    -------
    tuple of SampleGap
        Where two samples of a partition are more than 2.5 median intervals apart (a rule), by
        partition, then time.

    Examples
    --------
    >>> from kafka_sizing.consumers.monitoring.continuity import sample_gaps
    >>> from kafka_sizing.consumers.monitoring.samples import LagSamples
    >>> offsets = [[0], [1], [2], [3], [4]]
    >>> samples = LagSamples.from_grid([0, 10, 20, 60, 70], offsets, offsets)
    >>> [(gap.starts_s, gap.ends_s) for gap in sample_gaps(samples)]
    [(20.0, 60.0)]
    """
    interval = samples.interval_s
    if interval is None:
        return ()
    steps = np.diff(samples.times_s)
    long = (np.diff(samples.partition) == 0) & (steps > threshold("gap_ratio") * interval)
    return tuple(
        SampleGap(
            partition=samples.partitions[samples.partition[at]],
            starts_s=float(samples.times_s[at]),
            ends_s=float(samples.times_s[at + 1]),
        )
        for at in np.flatnonzero(long)
    )


def _resets_of(samples: LagSamples, index: int, begin: int, end: int) -> list[OffsetReset]:
    committed = samples.committed_offsets[begin:end]
    ends = samples.end_offsets[begin:end]
    had = samples.has_commit[begin:end]
    end_back = np.flatnonzero(np.diff(ends) < 0) + 1
    gone = np.flatnonzero(had[:-1] & ~had[1:]) + 1
    rows = np.flatnonzero(had)
    moves = np.diff(committed[rows])
    back = rows[1:][moves < 0]
    usual = np.median(moves[moves > 0]) if (moves > 0).any() else 0.0
    most_again = threshold("redelivery_ratio") * usual
    sources: list[tuple[ResetKind, NDArray[np.int64], NDArray[np.int64]]] = [
        ("end moved back", end_back, ends),
        ("commit gone", np.setdiff1d(gone, end_back), committed),
        ("commit moved back", np.setdiff1d(back, end_back), committed),
    ]
    found = []
    for kind, at, offsets in sources:
        for row in at.tolist():
            before = int(offsets[row - 1]) if kind == "end moved back" else _last(offsets, row)
            after = int(offsets[row])
            found.append(
                OffsetReset(
                    partition=samples.partitions[index],
                    kind=kind,
                    at_s=float(samples.times_s[begin + row]),
                    before=before,
                    after=None if kind == "commit gone" else after,
                    starts_anew=kind != "commit moved back" or before - after > most_again,
                )
            )
    return sorted(found, key=lambda reset: reset.at_s)


def _last(offsets: NDArray[np.int64], row: int) -> int:
    """Give the committed offset last seen before a row."""
    seen = offsets[:row]
    return int(seen[seen >= 0][-1])
