"""Rebalances seen and lag that grew in; those that explain it, and storms of them, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.monitoring.causes import Suspect, count
from kafka_sizing.consumers.monitoring.thresholds import threshold
from kafka_sizing.consumers.monitoring.timeline import Timeline

_BEFORE: Final = 2  # intervals before the one in which owners change, in which all may stand
_AFTER: Final = 1  # and after it


def rebalances_behind(timeline: Timeline, grown: NDArray[np.float64]) -> int:
    """Count the rebalances beside which lag grew, if it did so beside them above all; else 0.

    Parameters
    ----------
    timeline : Timeline
        The group, with owners.
    grown : (intervals,) numbers
        Records by which lag grew. >= 0

    Returns
    -------
    int
        Rebalances that show while it grew; 0 if it grew as much away from them.
    """
    rows = np.flatnonzero(grown > 0)
    if not rows.size:
        return 0
    first, last = int(rows[0]), int(rows[-1]) + 1
    n = int(np.count_nonzero(timeline.rebalanced[first : last + 1 + _AFTER]))
    least = threshold("few_rebalances_growth_share")
    if n >= threshold("storm_stops"):
        least = threshold("rebalance_growth_share")
    share = float(grown[_beside_rebalances(timeline)].sum() / grown.sum())
    return n if share >= least else 0


def with_storms(timeline: Timeline, suspects: Sequence[Suspect]) -> list[Suspect]:
    """Join rebalances that make a storm together, those included that let no lag grow."""
    parts = [one for one in suspects if one.rebalances]
    if not parts:
        return list(suspects)
    total = max(sum(one.rebalances for one in parts), _one_after_the_other(timeline, parts))
    most = max(parts, key=lambda one: one.rebalances)
    if total < threshold("storm_stops"):
        return list(suspects)
    if total == most.rebalances:
        return _with_members(timeline, most, suspects)
    ends = [one.ends_s for one in parts if one.ends_s is not None]
    storm = replace(
        most,
        cause="rebalance storm",
        columns=np.unique(np.concatenate([one.columns for one in parts])),
        members=(),
        cells=np.logical_or.reduce([one.cells for one in parts]),
        starts_s=min(one.starts_s for one in parts),
        ends_s=max(ends) if len(ends) == len(parts) else None,
        evidence=f"{count(total, 'rebalance')} came one after the other; {most.evidence}",
        rebalances=total,
    )
    return _with_members(
        timeline, storm, [storm, *(one for one in suspects if not one.rebalances)]
    )


def _with_members(
    timeline: Timeline, storm: Suspect, suspects: Sequence[Suspect]
) -> list[Suspect]:
    """Let a storm account for the stops in it of members that went and came."""
    parts = [one for one in suspects if _is_of_storm(timeline, storm, one)]
    whole = replace(
        storm,
        columns=np.unique(np.concatenate([storm.columns, *(one.columns for one in parts)])),
        cells=np.logical_or.reduce([storm.cells, *(one.cells for one in parts)]),
    )
    others = [one for one in suspects if one is not storm and not any(one is x for x in parts)]
    return [whole, *others]


def _is_of_storm(timeline: Timeline, storm: Suspect, one: Suspect) -> bool:
    """Whether a stop began and ended in a storm, beside a rebalance: a member went or came."""
    if one.rebalances or not one.is_stop or one.ends_s is None:
        return False
    until_s = float(timeline.times_s[-1]) if storm.ends_s is None else storm.ends_s
    early = one.starts_s >= storm.starts_s - timeline.interval_s
    seen_s = timeline.times_s[timeline.rebalancing]
    beside = (seen_s >= one.starts_s) & (seen_s <= one.ends_s + 2 * timeline.interval_s)
    return bool(early and one.ends_s <= until_s + timeline.interval_s and beside.any())


def _one_after_the_other(timeline: Timeline, parts: Sequence[Suspect]) -> int:
    """Count the rebalances seen that followed on those of some causes, or came before them."""
    seen_s = timeline.times_s[timeline.rebalanced]
    within_s = _AFTER * timeline.interval_s
    chains = np.split(seen_s, np.flatnonzero(np.diff(seen_s) > threshold("storm_apart_s")) + 1)
    last_s = float(timeline.times_s[-1])
    return sum(
        chain.size
        for chain in chains
        if any(
            (
                (chain >= one.starts_s)
                & (chain <= within_s + (last_s if one.ends_s is None else one.ends_s))
            ).any()
            for one in parts
        )
    )


def _beside_rebalances(timeline: Timeline) -> NDArray[np.bool_]:
    """Mark the intervals in which partitions may have stood because of a rebalance."""
    beside = np.zeros(timeline.seen.shape[0], np.bool_)
    for moment in np.flatnonzero(timeline.rebalancing).tolist():  # it ends the interval before
        beside[max(moment - 1 - _BEFORE, 0) : moment + _AFTER] = True
    return beside
