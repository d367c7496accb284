"""Lag that grew although partitions were read in; the burst, the slowness or the heat out."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

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
from kafka_sizing.consumers.monitoring.heat import judge_heat
from kafka_sizing.consumers.monitoring.noise import Noise
from kafka_sizing.consumers.monitoring.thresholds import threshold
from kafka_sizing.consumers.monitoring.timeline import Timeline
from kafka_sizing.consumers.monitoring.unrest import rebalances_behind
from kafka_sizing.units import format_share

_USUAL: Final = 30  # intervals before a stretch that say who usually reads


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
    suspects = judge_heat(growth) if valid.any() else []
    left_out = np.concatenate([left_out, *(hot.columns for hot in suspects)])
    valid = valid.copy()
    valid[left_out] = False
    if not valid.any():
        return suspects
    growth = replace(growth, valid=valid)
    suspects += [_broad(growth, begin, end) for begin, end in growth.stretches]
    narrow = _narrow(growth)
    return suspects if narrow is None else [*suspects, narrow]


def _broad(growth: Growth, begin: int, end: int) -> Suspect:
    """Say why many partitions fell behind in one stretch: more came, or less was read."""
    timeline = growth.timeline
    cells = np.zeros_like(growth.rising)
    cells[begin:end] = growth.rising[begin:end] & growth.valid
    columns = np.flatnonzero(cells.sum(axis=0) >= threshold("growth_intervals"))
    members = growth.owners_of(columns, begin)
    lasted_s = float(timeline.times_s[end] - timeline.times_s[begin])
    share = columns.size / np.count_nonzero(growth.valid)
    behind = f"{format_share(share)} of the partitions fell behind over {seconds(lasted_s)}"
    came = growth.flow(timeline.arrived, columns)
    read = growth.flow(timeline.read, columns)
    steps = timeline.steps_s[begin:end, 0] * np.isfinite(came[begin:end])
    came_then = float(np.nansum(came[begin:end] * steps) / steps.sum())
    read_then = float(np.nansum(read[begin:end] * steps) / steps.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        quiet = growth.quiet(begin, end, read / came)
    usual = float(np.median(came[quiet])) if quiet.size else _later_flow(growth, came, begin, end)
    fewer = _fewer_readers(growth, quiet, begin, end)
    came_more = usual is not None and came_then - usual >= usual - read_then
    is_burst = (
        usual is not None
        and came_then >= threshold("least_change_ratio") * usual
        and read_then >= threshold("kept_up_ratio") * usual
    )
    rebalances = 0 if is_burst else rebalances_behind(timeline, _grown(growth, cells))
    cause: Cause
    if rebalances:
        cause = _rebalance(rebalances)
        why = _beside(rebalances)
    elif usual is None:
        cause = "group too small"
        why = f"{_rates(timeline, begin, end)}, and nothing seen was any different before"
    elif fewer is not None:
        cause = "group too small"
        why = f"{count(fewer[1], 'member')} read where there had been {fewer[0]:,}"
    elif came_more:
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
        evidence=f"{behind}, {why}" if rebalances else f"{behind}: {why}",
        confidence="medium" if usual is None or cause == "member slow" else "high",
        is_firm=True,
        rebalances=rebalances,
    )


def _rebalance(rebalances: int) -> Cause:
    return "rebalance storm" if rebalances >= threshold("storm_stops") else "rebalance"


def _beside(rebalances: int) -> str:
    return "most of it beside " + (
        "the rebalance that was seen" if rebalances == 1 else f"the {rebalances:,} rebalances seen"
    )


def _grown(growth: Growth, cells: Mask) -> NDArray[np.float64]:
    """Records by which lag grew in some cells, by interval."""
    grown: NDArray[np.float64] = np.where(cells, np.maximum(growth.records, 0.0), 0.0).sum(axis=1)
    return grown


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
    """Give how many members read before and through most of a stretch, if these were fewer."""
    if not quiet.size or quiet[0] > begin:
        return None
    before = growth.readers(quiet[-_USUAL:])
    then = growth.readers(np.arange(begin + 1, end + 1))
    return (len(before), len(then)) if 0 < len(then) < len(before) else None


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
    rebalances = rebalances_behind(timeline, _grown(growth, cells))
    if rebalances:
        lasted = seconds(float(timeline.times_s[end] - timeline.times_s[begin]))
        evidence = f"{which} fell behind over {lasted}, {_beside(rebalances)}"
    elif is_slow:
        evidence = (
            f"{which} were read at {rate(read)} each, {read / usual:.2f} × as fast as before, "
            "while the others kept up"
        )
    else:
        evidence = (
            f"{which} got {rate(came)} each and were read at {rate(read)}: more than their "
            "readers can do, while other members kept up"
        )
    cause: Cause = "member slow" if is_slow else "group too small"
    return Suspect(
        cause=_rebalance(rebalances) if rebalances else cause,
        columns=columns,
        members=() if rebalances else members,
        cells=cells,
        starts_s=float(timeline.times_s[begin]),
        ends_s=growth.end_s(end),
        evidence=evidence,
        confidence="medium" if rebalances else "low",
        rebalances=rebalances,
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
