"""Lag that grew although partitions were read in; the burst, the slowness or the heat out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.monitoring.causes import Cause, Suspect, count, named, rate, seconds
from kafka_sizing.consumers.monitoring.growth import (
    GAP,
    Columns,
    Growth,
    Mask,
    extent,
)
from kafka_sizing.consumers.monitoring.noise import Noise
from kafka_sizing.consumers.monitoring.thresholds import threshold
from kafka_sizing.consumers.monitoring.timeline import Timeline


def judge_growth(
    timeline: Timeline, noise: Noise, rising: Mask, claimed: Mask, left_out: Columns
) -> list[Suspect]:
    """Name the causes of lag that stops do not explain.

    ``claimed`` are the cells that they do; ``left_out`` are partitions that say nothing about
    the group, as they stood for reasons of their own.
    """
    valid = timeline.usual_records_per_s > 0
    growth = Growth(
        timeline=timeline,
        noise=noise,
        rising=rising & timeline.seen & ~claimed,
        claimed=claimed,
        valid=valid,
    )
    suspects: list[Suspect] = []
    hot = _hot(growth) if valid.any() else None
    if hot is not None:
        suspects.append(hot)
        left_out = np.append(left_out, hot.columns)
    valid = valid.copy()
    valid[left_out] = False
    if not valid.any():
        return suspects
    growth = replace(growth, valid=valid)
    suspects += [_broad(growth, begin, end) for begin, end in growth.stretches]
    narrow = _narrow(growth)
    return suspects if narrow is None else [*suspects, narrow]


def _hot(growth: Growth) -> Suspect | None:
    """Find partitions that fall behind while most others do not, for they get more."""
    timeline = growth.timeline
    narrow = growth.rising_share <= threshold("narrow_share")
    cells = growth.rising & narrow[:, None] & growth.valid
    grown = np.where(cells, growth.records, 0.0).sum(axis=0)
    whole = growth.records.sum(axis=0)
    enough = (grown > 0) & (grown >= threshold("hot_alone_share") * whole)
    candidates = np.flatnonzero(enough & (grown >= threshold("least_share") * whole.sum()))
    others = np.setdiff1d(np.flatnonzero(growth.valid), candidates)
    heats = {
        column: heat
        for column in (candidates.tolist() if others.size else ())
        if (heat := _heat(growth, column, cells[:, column], others)) is not None
    }
    if not heats:
        return None
    columns = np.array(sorted(heats), dtype=np.int64)
    worst = max(heats, key=lambda column: heats[column])
    came, read, usual = heats[worst]
    cells = np.zeros_like(cells)
    cells[:, columns] = growth.rising[:, columns]
    begin, end = extent(cells)
    more = f"{came / usual:,.1f} × the median partition" if usual else "and others none"
    return Suspect(
        cause="one hot partition",
        columns=columns,
        members=growth.owners_of(columns, begin),
        cells=cells,
        starts_s=float(timeline.times_s[begin]),
        ends_s=growth.end_s(end),
        evidence=f"{timeline.partitions[worst]} gets {rate(came)}, {more}, and is read at "
        f"{rate(read)}, while most others keep up",
        confidence="high",
        is_firm=True,
    )


def _heat(
    growth: Growth, column: int, rows: NDArray[np.bool_], others: Columns
) -> tuple[float, float, float] | None:
    """Give the rates written to and read from a partition, and the median one of the others.

    None if it gets no more than they do, or is read more slowly than it was.
    """
    timeline = growth.timeline
    lasted = float(timeline.steps_s[rows].sum())
    usual = float(np.median(timeline.arrived[rows][:, others].sum(axis=0))) / lasted
    came = float(timeline.arrived[rows, column].sum()) / lasted
    read = float(timeline.read[rows, column].sum()) / lasted
    before = growth.read_before(column, int(np.flatnonzero(rows)[0]))
    slower = before is not None and read < threshold("slow_ratio") * before
    return None if slower or came < threshold("hot_ratio") * usual else (came, read, usual)


def _broad(growth: Growth, begin: int, end: int) -> Suspect:
    """Say why many partitions fell behind in one stretch: more came, or less was read."""
    timeline = growth.timeline
    cells = np.zeros_like(growth.rising)
    cells[begin:end] = growth.rising[begin:end] & growth.valid
    columns = np.flatnonzero(cells.sum(axis=0) >= threshold("growth_intervals"))
    members = growth.owners_of(columns, begin)
    lasted_s = float(timeline.times_s[end] - timeline.times_s[begin])
    share = columns.size / np.count_nonzero(growth.valid)
    behind = f"{share:.0%} of the partitions fell behind over {seconds(lasted_s)}"
    came = growth.flow(timeline.arrived, columns)
    read = growth.flow(timeline.read, columns)
    steps = timeline.steps_s[begin:end, 0] * np.isfinite(came[begin:end])
    came_then = float(np.nansum(came[begin:end] * steps) / steps.sum())
    read_then = float(np.nansum(read[begin:end] * steps) / steps.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        quiet = growth.quiet(begin, end, read / came)
    usual = float(np.median(came[quiet])) if quiet.size else _later_flow(growth, came, begin, end)
    fewer = _fewer_readers(growth, quiet, begin, end)
    cause: Cause
    if usual is None:
        cause = "group too small"
        why = f"{_rates(timeline, begin, end)}, and nothing seen was any different before"
    elif fewer is not None:
        cause = "group too small"
        why = f"{count(fewer[1], 'member')} read where there had been {fewer[0]:,}"
    elif came_then - usual >= usual - read_then:
        cause = "group too small" if _lasts(growth, columns, begin, end) else "producer burst"
        why = (
            f"{came_then / usual:.2f} × as much was written as while the group kept up, and "
            f"{read_then / usual:.2f} × as much was read"
        )
    else:
        some = share < threshold("whole_group_share") and len(members) <= 1
        cause = "member slow" if some else "dependency slow"
        why = (
            f"only {read_then / usual:.2f} × as much was read as while the group kept up, though "
            f"{came_then / usual:.2f} × as much was written"
        )
    return Suspect(
        cause=cause,
        columns=columns,
        members=members if cause == "member slow" else (),
        cells=cells,
        starts_s=float(timeline.times_s[begin]),
        ends_s=growth.end_s(end),
        evidence=f"{behind}: {why}",
        confidence="medium" if usual is None or cause == "member slow" else "high",
        is_firm=True,
    )


def _later_flow(growth: Growth, came: NDArray[np.float64], begin: int, end: int) -> float | None:
    """Give what came once the lag no longer grew, if that was clearly less; else None."""
    later_on = ~growth.in_stretch & np.isfinite(came)
    later_on[: end + 1] = False
    after = came[later_on]
    if after.size < threshold("quiet_intervals"):
        return None
    later, during = float(np.median(after)), float(np.nanmedian(came[begin:end]))
    return later if during >= threshold("least_change_ratio") * later > 0 else None


def _lasts(growth: Growth, columns: Columns, begin: int, end: int) -> bool:
    """Whether growth took a large part of what was seen, and its lag is still there."""
    times = growth.timeline.times_s
    lag = growth.timeline.lag[:, columns].sum(axis=1)
    long = times[end] - times[begin] >= threshold("lasting_share") * (times[-1] - times[0])
    return bool(long and lag[-1] >= threshold("goes_on_share") * lag[begin:].max())


def _fewer_readers(growth: Growth, quiet: Columns, begin: int, end: int) -> tuple[int, int] | None:
    """Give how many members read before and in a stretch, if there were fewer in it."""
    if not quiet.size or quiet[0] > begin:
        return None
    before = growth.readers(
        slice(int(quiet[-int(threshold("quiet_intervals"))]), int(quiet[-1]) + 1)
    )
    then = growth.readers(slice((begin + end) // 2, end))
    if before is None or then is None or then >= before:
        return None
    return before, then


def _narrow(growth: Growth) -> Suspect | None:
    """Explain why some partitions fell behind that get no more than others."""
    timeline = growth.timeline
    cells = _narrow_cells(growth)
    if not cells.any():
        return None
    columns = np.flatnonzero(cells.any(axis=0))
    begin, end = extent(cells)
    lasted_s = float((timeline.steps_s * cells).sum())
    came = float((timeline.arrived * cells).sum()) / lasted_s
    read = float((timeline.read * cells).sum()) / lasted_s
    known = [growth.read_before(column, begin) for column in columns.tolist()]
    before = [value for value in known if value is not None]
    usual = float(np.mean(before)) if before else read
    members = growth.owners_of(columns, begin)
    is_slow = usual - read > came - usual and len(members) <= 1
    which = f"{count(columns.size, 'partition')} ({named(columns, timeline.partitions)})"
    if is_slow:
        evidence = (
            f"{which} were read at {rate(read)} each, {read / usual:.2f} × as fast as before, "
            "while the others kept up"
        )
    else:
        evidence = (
            f"{which} got {rate(came)} each and were read at {rate(read)}: more than their "
            "readers can do, while other members kept up"
        )
    return Suspect(
        cause="member slow" if is_slow else "group too small",
        columns=columns,
        members=members,
        cells=cells,
        starts_s=float(timeline.times_s[begin]),
        ends_s=growth.end_s(end),
        evidence=evidence,
        confidence="low",
    )


def _narrow_cells(growth: Growth) -> Mask:
    """Mark where few partitions fell behind, and nothing else was the matter."""
    timeline = growth.timeline
    behind = timeline.lag[:-1] > growth.noise.tolerance_records
    elsewhere = (behind & growth.claimed.any(axis=0)).any(axis=1)  # a member catches up
    calm = ~elsewhere & (growth.behind_share <= threshold("narrow_share"))
    for begin, end in growth.stretches:
        calm[begin : end + GAP] = False
    cells: Mask = growth.rising & growth.valid & calm[:, None]
    cells &= cells.sum(axis=0) >= threshold("narrow_intervals")
    return cells


def _rates(timeline: Timeline, begin: int, end: int) -> str:
    lasted_s = float(timeline.steps_s[begin:end].sum())
    came = float(timeline.arrived[begin:end].sum()) / lasted_s
    read = float(timeline.read[begin:end].sum()) / lasted_s
    return f"{rate(came)} were written and {rate(read)} read"
