"""Keys, growth and what a partition carries in; the counts over time that move least out."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kafka_sizing._checks import (
    ROUNDING,
    check_at_least,
    check_count,
    check_fraction,
    check_positive,
    check_type,
)
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.partitions.growing.candidates import (
    Places,
    Topic,
    counts_given,
    counts_worth_a_look,
)
from kafka_sizing.partitions.growing.curve import GrowthCurve
from kafka_sizing.partitions.growing.path import (
    GrowthPath,
    GrowthStage,
    GrowthStep,
    GrowthStrategy,
)
from kafka_sizing.partitions.placement import MOST_PLACED

_COST_STEPS = 2**40  # costs are whole numbers of this part of today's load: sums are exact


def plan_growth(
    keys: KeyLoads | None,
    write_bytes_per_s: float,
    *,
    growth_fraction_per_year: float,
    horizon_years: float,
    partition_bytes_per_s: float,
    headroom_fraction: float = 0.0,
    partitions: int | None = None,
    most_spare_ratio: float | None = None,
    counts: Iterable[int] | None = None,
    multiple_of: int = 1,
    partitioner: Partitioner | str = "java",
) -> GrowthPath:
    """Plan the increases of a topic's partition count so that as little as possible moves.

    With every increase keys change partition, their order breaks there and their state moves.
    Of all paths through the counts to choose from under which the hottest partition fits at
    every time, this is the one with the least ``sum(moved share × load at the time)``; of
    several, the one with the fewest partition-years. A step is taken as soon as
    ``most_spare_ratio`` allows, since less moves the earlier it is. A topic without keys has
    nothing to lose by growing as needed.

    Parameters
    ----------
    keys : KeyLoads or None
        The keys, whose shares stay what they are while the load grows; None for even keys,
        of which ``1 - gcd / max`` moves (`moved_share`).
    write_bytes_per_s : float
        Peak rate written today. [bytes/s] > 0
    growth_fraction_per_year : float
        Growth of the rate, compounded; 0.3 is 30 % a year. >= 0
    horizon_years : float
        How long the path shall last. [years] >= 0
    partition_bytes_per_s : float
        What one partition, and the member that reads it, carries. [bytes/s] > 0
    headroom_fraction : float, default 0.0
        Part of that to leave unused. [0, 1)
    partitions : int or None, default None
        Today's count, which cannot fall; None for a topic that is yet to be made, whose first
        count moves nothing.
    most_spare_ratio : float or None, default None
        How large a count may be when it is taken: at most this times the least of the counts
        that carries the load then (and is not below today's). 1 grows as needed, 2 allows
        doubling. None: as large as it takes. >= 1
    counts : iterable of int or None, default None
        The counts to choose from; today's is one of them. None: every count from what even
        keys need today to twice the first that lasts, thinned out past a few hundred.
    multiple_of : int, default 1
        Choose from multiples of this only, such as the number of brokers. >= 1
    partitioner : Partitioner or str, default "java"
        One of ``PARTITIONERS``, or its name.

    Returns
    -------
    GrowthPath
        The counts, the steps with what moves and why, and for comparison two that do not heed
        the spare ratio: "at once", the step that moves least of all to a count that lasts, and
        "as needed". If no count lasts to the horizon, the path goes as far as it can and says
        what stops it.

    Raises
    ------
    TypeError
        If ``keys`` is neither `KeyLoads` nor None.
    ValueError
        If a number is out of range, there is no count to choose from, or the keys have no load.

    Examples
    --------
    >>> from kafka_sizing import MiB
    >>> from kafka_sizing.partitions.growing import plan_growth
    >>> path = plan_growth(
    ...     None, 100 * MiB, growth_fraction_per_year=0.5, horizon_years=3,
    ...     partition_bytes_per_s=10 * MiB, partitions=12, most_spare_ratio=2,
    ... )
    >>> path
    GrowthPath(12 -> 18 -> 36 partitions in 3 years, moved=1.52 × today's load, feasible=True)
    >>> round(path.steps[1].years, 2), path.steps[1].moved_load_share
    (1.31, 0.5)
    >>> path.at_once.counts, len(path.as_needed.steps)
    ((12, 36), 22)
    """
    if keys is not None:
        check_type("keys", keys, KeyLoads, "count_keys")
        if not keys.total:
            raise ValueError("keys must carry a load, got 0 in all")
    curve = GrowthCurve(
        write_bytes_per_s=write_bytes_per_s,
        growth_fraction_per_year=growth_fraction_per_year,
        horizon_years=horizon_years,
    )
    check_positive("partition_bytes_per_s", partition_bytes_per_s)
    check_fraction("headroom_fraction", headroom_fraction)
    if most_spare_ratio is not None:
        check_at_least("most_spare_ratio", most_spare_ratio, 1)
    step = check_count("multiple_of", multiple_of, most=MOST_PLACED)
    today = None if partitions is None else check_count("partitions", partitions, most=MOST_PLACED)

    topic = Topic(keys=keys, partitioner=require_keyed(partitioner))
    capacity = float(partition_bytes_per_s) * (1 - float(headroom_fraction))
    if counts is None:
        tried = counts_worth_a_look(topic, curve, capacity, today=today, step=step)
    else:
        tried = counts_given(counts, today=today, step=step)
    terms = _Terms(
        topic=topic,
        curve=curve,
        capacity=capacity,
        most_spare=None if most_spare_ratio is None else float(most_spare_ratio),
        today=today,
    )
    return _planned(terms, _stations(tried, terms))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """What every path is judged by."""

    topic: Topic
    curve: GrowthCurve
    capacity: float
    most_spare: float | None
    today: int | None  # None: a first count moves nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Station:
    """A count that a path may stop at, and the time it may be there."""

    count: int
    max_share: float
    full: float  # when the load outgrows it; inf if never, below 0 if it has
    opens: float = 0.0  # when the spare ratio first allows it


_Way = Sequence[tuple[int, float]]  # positions of stations, and when the path comes there


def _stations(counts: Sequence[int], terms: _Terms) -> list[_Station]:
    """Give the counts that can be on a path, rising; today's is the first of them.

    If none fits, today's is left, or the one least short of it.
    """
    shares = terms.topic.max_shares(counts)
    every = [
        _Station(count=count, max_share=shares[count], full=_full(terms, shares[count]))
        for count in counts
    ]
    overloaded = [each for each in every if each.count == terms.today and each.full < 0]
    fitting = [each for each in every if each.full >= 0]
    if not fitting:
        return overloaded or [max(every, key=lambda each: (each.full, -each.max_share))]
    opening = _opening(fitting, terms.most_spare)
    opened = [replace(each, opens=at) for each, at in zip(fitting, opening, strict=True)]
    return [*overloaded, *opened]


def _full(terms: _Terms, max_share: float) -> float:
    years = terms.curve.years_until(terms.capacity / max_share)
    return math.inf if years is None else years


def _opening(stations: Sequence[_Station], most_spare: float | None) -> list[float]:
    """Say when the spare ratio first allows each count; inf if never.

    The least count that fits rises with time: the next is due when the one before is full.
    """
    if most_spare is None:
        return [0.0] * len(stations)
    due: list[tuple[float, float]] = []  # since when, up to which count is allowed
    since = 0.0
    for station in stations:
        if not due or station.full > since:
            due.append((since if due else 0.0, most_spare * station.count * (1 + ROUNDING)))
            since = station.full
    return [
        next((since for since, most in due if station.count <= most), math.inf)
        for station in stations
    ]


def _planned(terms: _Terms, stations: Sequence[_Station]) -> GrowthPath:
    places = terms.topic.places([each.count for each in stations])
    target = min(terms.curve.horizon_years, max(each.full for each in stations))

    def path(strategy: GrowthStrategy, way: _Way) -> GrowthPath:
        return _path(strategy, way, terms, stations, places)

    return replace(
        path("fewest moves", _fewest_moves(terms, stations, places, target)),
        at_once=path("at once", _at_once(terms, stations, places, target)),
        as_needed=path("as needed", _as_needed(stations, target)),
    )


def _fewest_moves(
    terms: _Terms, stations: Sequence[_Station], places: Places, target: float
) -> _Way:
    """Find the cheapest path through stations, each after the last: by dynamic programming.

    A later step moves more load, and a larger count opens no earlier: so every step is taken
    when the count it leads to opens, and cost depends on the two counts alone. A count that
    opens after it is full leads nowhere.
    """
    opens = [each.opens for each in stations]
    best: dict[int, tuple[int, float]] = {}
    came_from: dict[int, int] = {}
    for at in range(len(stations)) if terms.today is None else (0,):
        if not opens[at]:
            best[at] = (0, 0.0)
    for at, station in enumerate(stations):
        if at not in best or station.full >= target:
            continue
        beyond = bisect_right(opens, max(station.full, 0.0))  # below the target, so finite
        moved = places.moved_loads(at, slice(at + 1, beyond))
        cost, partition_years = best[at]
        for there, share in enumerate(moved.tolist(), at + 1):
            years = partition_years + station.count * (opens[there] - opens[at])
            offer = cost + _cost(terms.curve, share, opens[there]), years
            if there not in best or offer < best[there]:
                best[there], came_from[there] = offer, at
    last = min(
        (at for at in best if stations[at].full >= target),
        key=lambda at: (
            best[at][0],
            best[at][1] + stations[at].count * (terms.curve.horizon_years - opens[at]),
        ),
    )
    way = [last]
    while way[-1] in came_from:
        way.append(came_from[way[-1]])
    return [(at, opens[at]) for at in reversed(way)]


def _cost(curve: GrowthCurve, moved_share: float, years: float) -> int:
    return round(moved_share * curve.rate_at(years) / curve.write_bytes_per_s * _COST_STEPS)


def _at_once(terms: _Terms, stations: Sequence[_Station], places: Places, target: float) -> _Way:
    """Take a count that lasts now: the one that moves least, the least of several."""
    lasting = [at for at, each in enumerate(stations) if each.full >= target]
    if terms.today is None or lasting[0] == 0:
        return [(lasting[0], 0.0)]
    moved = places.moved_loads(0, slice(0, None))
    return [(0, 0.0), (min(lasting, key=lambda at: (moved[at], at)), 0.0)]


def _as_needed(stations: Sequence[_Station], target: float) -> _Way:
    """Take the least count that fits whenever one is full."""
    way = [(0, 0.0)]
    full = max(stations[0].full, 0.0)
    while stations[way[-1][0]].full < target:
        at = way[-1][0]
        after = next(
            there
            for there in range(at + 1, len(stations))
            if stations[there].full > max(stations[at].full, -1.0)
        )
        way.append((after, full))
        full = stations[after].full
    return way


def _path(
    strategy: GrowthStrategy,
    way: _Way,
    terms: _Terms,
    stations: Sequence[_Station],
    places: Places,
) -> GrowthPath:
    keys = terms.topic.keys
    return GrowthPath(
        strategy=strategy,
        stages=tuple(_stage(stations[at], begins, terms.capacity) for at, begins in way),
        steps=tuple(
            GrowthStep(
                before=stations[at].count,
                after=stations[there].count,
                years=years,
                latest_years=_clipped(stations[at].full, terms.curve),
                moved_key_share=places.moved_keys(at, there),
                moved_load_share=float(places.moved_loads(at, slice(there, there + 1))[0]),
                write_bytes_per_s=terms.curve.rate_at(years),
                spare_ratio=stations[there].count / _least_count(stations, years),
            )
            for (at, _), (there, years) in pairwise(way)
        ),
        curve=terms.curve,
        keys=keys,
        partition_bytes_per_s=terms.capacity,
        most_spare_ratio=terms.most_spare if strategy == "fewest moves" else None,
        ever_moved_load_share=places.ever_moved_load([at for at, _ in way]),
        hottest_key_share=None if keys is None else keys.hottest_key_share,
    )


def _stage(station: _Station, begins_years: float, capacity: float) -> GrowthStage:
    return GrowthStage(
        partitions=station.count,
        max_share=station.max_share,
        ceiling_bytes_per_s=capacity / station.max_share,
        begins_years=begins_years,
        full_years=None if station.full == math.inf else max(0.0, station.full),
    )


def _clipped(years: float, curve: GrowthCurve) -> float:
    """Keep a time within today and the horizon."""
    return min(max(years, 0.0), curve.horizon_years)


def _least_count(stations: Sequence[_Station], years: float) -> int:
    """Give the least count that carries the load from a time on."""
    return next((each.count for each in stations if each.full > years), stations[-1].count)
