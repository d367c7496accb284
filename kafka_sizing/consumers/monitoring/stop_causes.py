"""Stops of partitions in; the record, member, dependency or rebalance behind each out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from kafka_sizing.consumers.monitoring.causes import (
    Cause,
    Confidence,
    Suspect,
    count,
    moment,
    named,
    seconds,
)
from kafka_sizing.consumers.monitoring.noise import Noise
from kafka_sizing.consumers.monitoring.samples import NOBODY
from kafka_sizing.consumers.monitoring.stops import AROUND, Stop
from kafka_sizing.consumers.monitoring.surroundings import Surroundings
from kafka_sizing.consumers.monitoring.thresholds import threshold
from kafka_sizing.consumers.monitoring.timeline import Timeline
from kafka_sizing.consumers.settings import ConsumerSettings


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Stops by what stopped."""

    records: list[Stop] = field(default_factory=list)  # one partition under a member that went on
    members: list[Stop] = field(default_factory=list)  # the partitions of one member
    groups: list[Stop] = field(default_factory=list)  # all partitions, or some that moved
    unclaimed: list[Stop] = field(default_factory=list)  # partitions no member had read before


def judge_stops(
    timeline: Timeline, noise: Noise, stops: Sequence[Stop], settings: ConsumerSettings
) -> list[Suspect]:
    """Name the cause of each stop; stops that make a storm together are one."""
    around = Surroundings(timeline=timeline, noise=noise, settings=settings, stops=tuple(stops))
    found = _Sorted()
    for stop in stops:
        _sort(around, stop, found)
    members, groups = found.members, found.groups
    alone = [stop for stop in groups if not any(around.follows(stop, one) for one in members)]
    storm = _storm_among(around, alone, members)
    members = [one for one in members if one not in storm]
    alone = [stop for stop in alone if stop not in storm]
    members += [stop for stop in alone if around.has_one_member(stop)]
    rebalances = [[stop for stop in groups if around.follows(stop, one)] for one in members]
    return [
        *(_unclaimed(around, stop) for stop in found.unclaimed),
        *(_poison(around, stop) for stop in found.records),
        *([_storm(around, storm)] if storm else []),
        *(_one_stop(around, stop) for stop in alone if stop not in members),
        *(_member(around, one, after) for one, after in zip(members, rebalances, strict=True)),
    ]


def _sort(around: Surroundings, stop: Stop, found: _Sorted) -> None:
    """Tell what stopped: the group, members, or partitions under members that went on."""
    unclaimed = around.unclaimed_of(stop)
    if unclaimed.size:
        found.unclaimed.append(replace(stop, columns=unclaimed))
        rest = np.setdiff1d(stop.columns, unclaimed)
        if not rest.size:
            return
        stop = replace(stop, columns=rest)
    if around.is_part_of_slowness(stop):
        return
    if around.is_whole_group(stop):
        found.groups.append(stop)
    elif not around.knows_owners and stop.columns.size > 1:
        found.members.append(stop)
    elif not around.knows_owners:
        found.records.extend([stop] if around.is_poison(stop) else [])
    else:
        _sort_by_owner(around, stop, found)


def _sort_by_owner(around: Surroundings, stop: Stop, found: _Sorted) -> None:
    before = around.owners_before(stop)
    moving = np.concatenate([stop.columns, around.others_of(stop)])
    moved = []
    for member in np.unique(before[stop.columns]):
        columns = stop.columns[before[stop.columns] == member]
        part = replace(stop, columns=columns)
        is_gone = around.moves_last(part) and around.is_gone(part)
        if is_gone or around.is_of_member(part, int(np.count_nonzero(before[moving] == member))):
            found.members.append(part)
        elif around.moves_last(part):
            moved.append(columns)
        else:
            alone = [replace(part, columns=one) for one in columns[:, None]]
            found.records.extend(one for one in alone if around.is_poison(one))
    if moved:
        found.groups.append(replace(stop, columns=np.sort(np.concatenate(moved))))


def _storm_among(around: Surroundings, groups: list[Stop], members: list[Stop]) -> list[Stop]:
    """Give the stops that make a storm together; none if they are too few.

    Stops of the group or moves of partitions, again and again; members, one after the other;
    or some of both. What happens to members shortly before and after is part of it.
    """
    least = int(threshold("storm_stops"))
    storm = [*groups, *members]
    if len(groups) >= least:
        apart = max(np.diff([stop.begin for stop in groups]))
        first, last = groups[0].begin - apart, groups[-1].end + apart
        storm = [*groups, *(one for one in members if first <= one.begin <= last)]
    elif _times(members) < least and (len(groups) < 2 or _times(storm) <= least):
        return []
    changed = sum(around.changes_owners(stop) for stop in storm)
    if around.knows_owners and 2 * changed < len(storm):
        return []
    return sorted(storm, key=lambda stop: stop.starts_s)


def _times(stops: Sequence[Stop]) -> int:
    """Count the moments at which stops began; several members may stop at once."""
    return len({stop.begin for stop in stops})


def _unclaimed(around: Surroundings, stop: Stop) -> Suspect:
    """Judge partitions that nobody had read before: new ones, or such as no member is to read."""
    timeline = around.timeline
    is_new = around.turned_up(stop)
    which = f"{count(stop.columns.size, 'partition')} ({named(stop.columns, timeline.partitions)})"
    stood = f"{'were' if stop.columns.size > 1 else 'was'} not read for {seconds(stop.standing_s)}"
    came = f"came with the samples at {moment(timeline.times_s[stop.begin])}"
    suspect = _suspect(
        "new partitions" if is_new else "no members",
        around,
        stop,
        evidence=f"{which} {came if is_new else 'had no owner'} and {stood}; "
        f"{count(around.others_of(stop).size, 'other')} went on",
        confidence="high" if around.knows_owners else "medium",
    )
    cells = suspect.cells
    if stop.ends_s is not None:
        cells[stop.end - 1 : stop.end + AROUND] = True  # the rebalance that deals them out
    return replace(
        suspect,
        cells=cells,
        members=(),
        starts_s=float(timeline.times_s[stop.begin]),
        advice=None
        if is_new
        else "See why no member is to read them: by subscription, or by hand.",
    )


def _poison(around: Surroundings, stop: Stop) -> Suspect:
    timeline = around.timeline
    column = int(stop.columns[0])
    grown = timeline.ends[stop.end, column] - timeline.ends[stop.begin, column]
    others = around.others_of(stop)
    before = around.owners_before(stop)
    members = _names(around, stop)
    rest = f"{count(others.size, 'other partition')} went on"
    if members:
        owned = int(np.count_nonzero(before[others] == before[column]))
        rest = f"{members[0]} went on with {count(owned, 'other partition')}"
    confidence: Confidence = "high" if members else "medium"
    return _suspect(
        "poison record",
        around,
        stop,
        evidence=f"the committed offset of {timeline.partitions[column]} stood for "
        f"{seconds(stop.standing_s)} while its end grew by {grown:,.0f} records; {rest}",
        confidence=confidence if others.size else "low",
    )


def _member(around: Surroundings, stop: Stop, rebalances: Sequence[Stop]) -> Suspect:
    members = _names(around, stop)
    is_over = stop.ends_s is not None
    is_back = bool(members) and is_over and not around.has_moved(stop)
    crashed = not around.outlasts_session(stop) and not is_back
    several = stop.columns.size > 1
    who = count(stop.columns.size, "partition") + (f" of {members[0]}" if members else "")
    who += " stopped together" if several else " stood"
    if crashed:
        why = f"not longer than it takes to find a member dead ({seconds(around.session_s)})"
        if members and is_over:
            why += f", then others read {'them' if several else 'it'}"
    elif is_back:
        why = "then it read on by itself"
    else:
        why = f"longer than a dead member stays unnoticed ({seconds(around.session_s)})"
    suspect = _suspect(
        "member crashed" if crashed else "member stuck",
        around,
        stop,
        evidence=f"{who} for {seconds(stop.standing_s)}, {why}; "
        f"{count(around.others_of(stop).size, 'other')} went on",
        confidence="high" if members else "medium",
    )
    cells = np.logical_or.reduce(
        [suspect.cells, *(each.cells(around.shape) for each in rebalances)]
    )
    if not is_back:
        cells[stop.end - 1 : stop.end + AROUND] = True  # the rebalance may stop all for a moment
    return replace(suspect, cells=cells)


def _storm(around: Surroundings, stops: Sequence[Stop]) -> Suspect:
    stood = float(np.median([stop.standing_s for stop in stops]))
    changed = sum(around.changes_owners(stop) for stop in stops)
    moved = f", and owners changed at {changed:,} of them" if changed else ""
    first, last = min(stop.begin for stop in stops), max(stop.end for stop in stops)
    cells = np.zeros(around.shape, np.bool_)
    cells[max(first - AROUND, 0) : last + AROUND] = True
    suspect = _suspect(
        "rebalance storm",
        around,
        stops[0],
        evidence=f"partitions stopped together {len(stops):,} times, for {seconds(stood)} each "
        f"(median){moved}",
        confidence="high" if changed else "medium",
    )
    return replace(
        suspect,
        columns=np.unique(np.concatenate([stop.columns for stop in stops])),
        members=(),
        cells=cells,
        ends_s=stops[-1].ends_s,
        rebalances=len(stops),
    )


def _one_stop(around: Surroundings, stop: Stop) -> Suspect:
    """Judge a stop of the group as a whole, or of partitions that moved."""
    changed = around.changes_owners(stop)
    short = stop.standing_s < threshold("outage_s")
    cause: Cause
    if around.has_nobody(stop):
        cause = "no members"
        why = "and nobody owned them" if around.knows_owners else "and were never seen to move"
    elif changed or (short and not around.knows_owners):
        cause = "rebalance"
        why = "and owners changed" if changed else "which is short for an outage"
    else:
        cause = "dependency slow"
        why = "and no owner changed" if around.knows_owners else "while records went on to come"
    which = named(stop.columns, around.timeline.partitions)
    return replace(
        _suspect(
            cause,
            around,
            stop,
            evidence=f"{count(stop.columns.size, 'partition')} ({which}) stood for "
            f"{seconds(stop.standing_s)} together, {why}",
            confidence="high" if around.knows_owners else "medium",
        ),
        members=(),
        rebalances=int(cause == "rebalance"),
    )


def _names(around: Surroundings, stop: Stop) -> tuple[str, ...]:
    """Name the member that owned the partitions of a stop, if that is known."""
    owner = int(around.owners_before(stop)[stop.columns[0]])
    return () if owner == NOBODY else (around.timeline.members[owner],)


def _suspect(
    cause: Cause, around: Surroundings, stop: Stop, *, evidence: str, confidence: Confidence
) -> Suspect:
    return Suspect(
        cause=cause,
        columns=stop.columns,
        members=_names(around, stop),
        cells=stop.cells(around.shape),
        starts_s=stop.starts_s,
        ends_s=stop.ends_s,
        evidence=evidence,
        confidence=confidence,
        is_firm=True,
        is_stop=True,
    )
