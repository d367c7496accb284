"""A `Timeline` and what its stops and growth explain in; lag from before it, by cause, out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kafka_sizing.consumers.monitoring.causes import Cause, Confidence, Suspect, count
from kafka_sizing.consumers.monitoring.continuity import OffsetReset
from kafka_sizing.consumers.monitoring.growth import Columns
from kafka_sizing.consumers.monitoring.noise import Noise
from kafka_sizing.consumers.monitoring.thresholds import threshold
from kafka_sizing.consumers.monitoring.timeline import Timeline


def judge_backlog(
    timeline: Timeline,
    noise: Noise,
    suspects: Sequence[Suspect],
    resets: Sequence[OffsetReset],
) -> list[Suspect]:
    """Name why partitions were behind at their first samples, if nothing seen explains it.

    Their offsets were reset; or the lag is older than the samples, and falls; or it stays what
    it is, as the group reads no more than comes.
    """
    lag, tolerance = timeline.lag, noise.tolerance_records
    behind = lag[0] > 2 * tolerance  # beyond what a late commit leaves
    first = timeline.seen.argmax(axis=0)
    for suspect in suspects:
        behind &= ~suspect.cells[first, np.arange(first.size)]
        if suspect.cause == "new partitions":  # of some of which more samples are missing
            behind &= first == 0
        if suspect.cells[0].any():
            behind[suspect.columns] = False
    was_reset = _last_resets(timeline, resets)
    is_reset = np.array([column in was_reset for column in range(lag.shape[1])])
    fell = lag.min(axis=0) < lag[0] - tolerance
    claimed = np.zeros_like(behind)
    for suspect in suspects:
        claimed[suspect.columns] = True
    came, read = timeline.arrived.sum(axis=0), timeline.read.sum(axis=0)
    stays = ~fell & ~claimed & (lag.min(axis=0) > tolerance)
    stays &= lag.max(axis=0) - lag[0] <= tolerance
    stays &= (came > 0) & (read >= threshold("kept_up_ratio") * came)
    reset, older = np.flatnonzero(behind & is_reset), np.flatnonzero(behind & ~is_reset & fell)
    steady = np.flatnonzero(stays & ~is_reset)
    found = []
    if reset.size:
        found.append(_reset(timeline, noise, reset, [was_reset[at] for at in reset.tolist()]))
    if older.size:
        found.append(_older(timeline, noise, older))
    if steady.size:
        found.append(_steady(timeline, noise, steady))
    return found


def _last_resets(timeline: Timeline, resets: Sequence[OffsetReset]) -> dict[int, OffsetReset]:
    """Give the reset of the group's offsets after which each partition began anew, if one did."""
    columns = {label: column for column, label in enumerate(timeline.partitions)}
    last: dict[int, OffsetReset] = {}
    for reset in resets:
        if reset.starts_anew and reset.partition in columns:
            last[columns[reset.partition]] = reset
    return {column: reset for column, reset in last.items() if reset.kind != "end moved back"}


def _reset(
    timeline: Timeline, noise: Noise, columns: Columns, resets: Sequence[OffsetReset]
) -> Suspect:
    lag = float(timeline.lag[0, columns].sum())
    which = f"the committed offset of {resets[0].partition}"
    if len(resets) > 1:
        which = f"the committed offsets of {count(len(resets), 'partition')}"
    is_back = all(reset.kind == "commit moved back" for reset in resets)
    how = "went back" if is_back else "were lost" if len(resets) > 1 else "was lost"
    return _backlog(
        "offsets reset",
        timeline,
        noise,
        columns,
        starts_s=min(reset.at_s for reset in resets),
        evidence=f"{which} {how}, and {lag:,.0f} records were to be read after that",
        confidence="high",
    )


def _older(timeline: Timeline, noise: Noise, columns: Columns) -> Suspect:
    first, last = (float(timeline.lag[at, columns].sum()) for at in (0, -1))
    return _backlog(
        "catching up",
        timeline,
        noise,
        columns,
        starts_s=float(timeline.times_s[0]),
        evidence=f"{first:,.0f} records of {count(columns.size, 'partition')} were unread at the "
        f"first samples, and {last:,.0f} at the last",
        confidence="high",
    )


def _steady(timeline: Timeline, noise: Noise, columns: Columns) -> Suspect:
    first = float(timeline.lag[0, columns].sum())
    return _backlog(
        "group too small",
        timeline,
        noise,
        columns,
        starts_s=float(timeline.times_s[0]),
        evidence=f"{first:,.0f} records of {count(columns.size, 'partition')} were unread at the "
        "first samples, and about as many at the last: as much is read as is written, and no more",
        confidence="medium",
    )


def _backlog(
    cause: Cause,
    timeline: Timeline,
    noise: Noise,
    columns: Columns,
    *,
    starts_s: float,
    evidence: str,
    confidence: Confidence,
) -> Suspect:
    """Tell of lag that no interval made, until the last moment at which it was there."""
    lag = timeline.lag[:, columns]
    end = int(np.flatnonzero((lag > noise.tolerance_records[columns]).any(axis=1))[-1])
    return Suspect(
        cause=cause,
        columns=columns,
        members=(),
        cells=np.zeros_like(timeline.seen),
        starts_s=starts_s,
        ends_s=None if end == lag.shape[0] - 1 else float(timeline.times_s[end + 1]),
        evidence=evidence,
        confidence=confidence,
    )
