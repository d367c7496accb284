"""Rates, readers and horizon of a topic in; a partition count, every limit and the why out."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, SupportsIndex

from kafka_sizing._checks import (
    MOST_PARTITIONS,
    check_at_least,
    check_fraction,
    check_non_negative,
    check_positive,
)
from kafka_sizing.partitions.bands import Band, band_of
from kafka_sizing.partitions.groups import ConsumerGroup
from kafka_sizing.partitions.limits import KAFKA, Limit, Multiple, as_multiple, as_upper_limits
from kafka_sizing.partitions.needs import HottestKey, producer_needs, reader_needs, retained_needs
from kafka_sizing.units import format_load

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionPlan:
    """A partition count, the limits behind it, and the rates it was reckoned from.

    ``partitions`` is the count for the horizon; partitions can be added to a topic but never
    taken away, and on a keyed topic adding them moves keys, so a keyed topic starts with it.
    ``partitions_now`` is what today's peak needs. Where no count is feasible, ``clash`` holds
    the two limits that contradict each other, and ``partitions`` is what the lower limits ask
    for all the same.
    """

    partitions: int
    partitions_now: int
    limits: tuple[Limit, ...]
    rounding: Limit | None  #: the multiple ``partitions`` was rounded up to
    clash: tuple[Limit, Limit] | None
    write_bytes_per_s: float  #: payload, today, before the peak
    peak_ratio: float
    growth_fraction_per_year: float
    horizon_years: float
    compression_ratio: float  #: payload bytes / wire bytes
    headroom_fraction: float
    hottest_key_share: float | None
    throughput_ceiling_bytes_per_s: float | None  #: payload; None if no hottest key was given

    @property
    def feasible(self) -> bool:
        """Whether a count exists that keeps every limit."""
        return self.clash is None

    @property
    def binding(self) -> Limit:
        """The lower limit that sets the count; of a tie, the first."""
        return _largest(self.limits)

    @property
    def band(self) -> Band:
        """The band of topic sizes the count falls in, or between which."""
        return band_of(min(self.partitions, MOST_PARTITIONS))

    @property
    def growth_ratio(self) -> float:
        """Load at the horizon over load today."""
        return _growth_ratio(self.growth_fraction_per_year, self.horizon_years)

    @property
    def peak_write_bytes_per_s(self) -> float:
        """Today's peak as producers hand it over, in payload bytes/s."""
        return self.write_bytes_per_s * self.peak_ratio

    @property
    def peak_wire_bytes_per_s(self) -> float:
        """Today's peak as it reaches the brokers, in wire bytes/s."""
        return self.peak_write_bytes_per_s / self.compression_ratio

    @property
    def design_write_bytes_per_s(self) -> float:
        """The peak at the horizon as producers hand it over, in payload bytes/s."""
        return self.peak_write_bytes_per_s * self.growth_ratio

    @property
    def design_wire_bytes_per_s(self) -> float:
        """The peak at the horizon as it reaches the brokers, in wire bytes/s."""
        return self.design_write_bytes_per_s / self.compression_ratio

    @property
    def reason(self) -> str:
        """Why this count, or why none, as a sentence without a full stop."""
        if self.clash is not None:
            return f"No count fits: {_contradiction(*self.clash)}"
        count = f"{self.partitions:,} partition{'s' if self.partitions > 1 else ''}"
        text = f"{count}: {self.binding.reason}"
        if self.rounding is not None and self.partitions != self.binding.partitions:
            text += f"; {self.rounding.reason}"
        others = [
            f"{limit.name}: {limit.partitions:,}"
            for limit in self.limits
            if limit.bound == "at least" and limit is not self.binding
        ]
        text += f" ({', '.join(others)})" if others else ""
        if self.partitions_now != self.partitions:
            text += f"; today's rate needs {self.partitions_now:,}"
        return text

    def to_frame(self) -> pd.DataFrame:
        """One row per limit: name, bound, partitions, binding, kind, reason, source.

        The multiple the count was rounded up to, if any, is the last row.
        """
        import pandas as pd

        rows = [*self.limits, *([self.rounding] if self.rounding else [])]
        counts = [limit.partitions for limit in rows]
        fits = all(count is None or count < 2**63 for count in counts)
        return pd.DataFrame(
            {
                "name": [limit.name for limit in rows],
                "bound": [limit.bound for limit in rows],
                "partitions": pd.Series(counts, dtype="Int64" if fits else "object"),
                "binding": [limit is self.binding for limit in rows],
                "kind": [limit.kind for limit in rows],
                "reason": [limit.reason for limit in rows],
                "source": [limit.source for limit in rows],
            }
        )

    def __repr__(self) -> str:
        return (
            f"PartitionPlan(partitions={self.partitions}, binding={self.binding.name!r}, "
            f"feasible={self.feasible}, "
            f"design_write={format_load(self.design_write_bytes_per_s, 'bytes/s')!r})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False, max_rows=10)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def plan_partitions(
    write_bytes_per_s: float,
    *,
    producer_bytes_per_s: float | None = None,
    consumer_bytes_per_s: float | None = None,
    groups: Iterable[ConsumerGroup] = (),
    headroom_fraction: float = 0.0,
    peak_ratio: float = 1.0,
    growth_fraction_per_year: float = 0.0,
    horizon_years: float = 0.0,
    compression_ratio: float = 1.0,
    hottest_key_share: float | None = None,
    retained_bytes: float | None = None,
    partition_retained_bytes: float | None = None,
    multiple_of: SupportsIndex | Iterable[SupportsIndex] | Mapping[str, int] = 1,
    upper_limits: Mapping[str, int] | Iterable[Limit] = (),
) -> PartitionPlan:
    """Count the partitions that carry a write rate, and name the limit that decides.

    Every limit that is given asks for a least count, ``load / what one partition carries``
    rounded up, and the largest of these is the count: consumer groups each read every
    partition, so they take a maximum, never a sum. The load is spread evenly over the
    partitions; for keys that are not even, place them (`place`, `sweep_partitions`).

    Parameters
    ----------
    write_bytes_per_s : float
        Rate written to the topic today, before replication and before compression: the peak,
        or with ``peak_ratio`` the average. [payload bytes/s] > 0
    producer_bytes_per_s : float or None, default None
        Measured: what producers sustain on one partition, after compression. None if that
        side does not limit. [wire bytes/s] > 0
    consumer_bytes_per_s : float or None, default None
        Measured: what one consumer sustains on one partition, after decompression; short for
        one group named "consumer" that reads everything. [payload bytes/s] > 0
    groups : iterable of ConsumerGroup, default ()
        The groups that read the topic.
    headroom_fraction : float, default 0.0
        Part of each measured rate to leave unused, taken off once. A target utilisation u is
        a headroom of 1 - u. A margin h put on top of the load, (1 + h), is a utilisation of
        1 / (1 + h): 25 % on top is ``headroom_fraction=0.2``. [0, 1)
    peak_ratio : float, default 1.0
        Peak over average of all rates. >= 1
    growth_fraction_per_year : float, default 0.0
        Growth of rates and retained bytes, compounded; 0.3 is 30 % a year. >= 0
    horizon_years : float, default 0.0
        How long the count shall last. [years] >= 0
    compression_ratio : float, default 1.0
        Payload bytes over wire bytes: 4 is four times smaller. >= 1
    hottest_key_share : float or None, default None
        Part of the bytes that the hottest key carries; needs a producer or consumer rate.
        That key is on one partition, so the topic can never carry more than
        ``throughput_ceiling_bytes_per_s``, whatever the count. (0, 1]
    retained_bytes : float or None, default None
        What the topic keeps today: on disk, so after compression, one replica. [bytes] > 0
    partition_retained_bytes : float or None, default None
        Largest partition wanted, on disk. [bytes] > 0
    multiple_of : int, iterable of int, or mapping of name to int, default 1
        Round up to a common multiple of these: brokers, racks, planned members. >= 1
    upper_limits : mapping of name to int, or iterable of Limit, default ()
        Most partitions the topic may have. Give `Limit` objects to say kind and source.

    Returns
    -------
    PartitionPlan
        The count, the limit that set it, the limits that did not, and the rates. If limits
        contradict each other the plan is not feasible and holds the two that clash.

    Raises
    ------
    ValueError
        If a number is out of its range, nothing is given that could limit the count from
        below, an argument lacks the one it goes with, or two limits have the same name.

    Examples
    --------
    >>> from kafka_sizing import MiB, plan_partitions
    >>> plan = plan_partitions(
    ...     250 * MiB, producer_bytes_per_s=50 * MiB, consumer_bytes_per_s=25 * MiB
    ... )
    >>> plan.partitions, plan.binding.name
    (10, 'consumer')
    >>> plan.reason
    '10 partitions: consumers at 25.0 MiB/s each need 10 for 250.0 MiB/s (producer: 5)'
    """
    check_positive("write_bytes_per_s", write_bytes_per_s)
    check_fraction("headroom_fraction", headroom_fraction)
    check_at_least("peak_ratio", peak_ratio, 1)
    check_non_negative("growth_fraction_per_year", growth_fraction_per_year)
    check_non_negative("horizon_years", horizon_years)
    check_at_least("compression_ratio", compression_ratio, 1)
    readers = _readers(consumer_bytes_per_s, groups)
    at_most = as_upper_limits(upper_limits)
    multiple = as_multiple(multiple_of)

    peak = float(write_bytes_per_s) * float(peak_ratio)
    growth = _growth_ratio(growth_fraction_per_year, horizon_years)
    check_positive("write_bytes_per_s at the peak of the horizon", peak * growth)
    rates = [
        *producer_needs(producer_bytes_per_s, peak, compression_ratio, headroom_fraction),
        *reader_needs(readers, peak, peak_ratio, headroom_fraction),
    ]
    needs = [*rates, *retained_needs(retained_bytes, partition_retained_bytes)]
    members = [group.member_limit for group in readers if group.member_limit is not None]
    at_least = [*(need.at(growth) for need in needs), *members]
    at_least_now = [*(need.at(1.0) for need in needs), *members]
    if not at_least:
        raise ValueError(
            "at least one of producer_bytes_per_s, consumer_bytes_per_s, groups and "
            "retained_bytes must be given, got none of them"
        )

    partitions, rounding = _rounded_up(at_least, multiple)
    partitions_now, _ = _rounded_up(at_least_now, multiple)
    if partitions > MOST_PARTITIONS:
        at_most = (*at_most, KAFKA)
    clash = _clash(_largest(at_least), rounding, at_most)

    key = None if hottest_key_share is None else HottestKey(hottest_key_share, rates)
    if key is not None:
        key_limit = key.at(growth)
        at_least.append(key_limit)
        if key_limit.partitions is None:
            clash = (key_limit, at_least[rates.index(key.slowest)])
    _check_names((*at_least, *at_most))
    return PartitionPlan(
        partitions=partitions,
        partitions_now=partitions_now,
        limits=(*at_least, *at_most),
        rounding=rounding,
        clash=clash,
        write_bytes_per_s=float(write_bytes_per_s),
        peak_ratio=float(peak_ratio),
        growth_fraction_per_year=float(growth_fraction_per_year),
        horizon_years=float(horizon_years),
        compression_ratio=float(compression_ratio),
        headroom_fraction=float(headroom_fraction),
        hottest_key_share=key.share if key else None,
        throughput_ceiling_bytes_per_s=key.throughput_ceiling(peak) if key else None,
    )


def _readers(
    consumer_bytes_per_s: float | None, groups: Iterable[ConsumerGroup]
) -> tuple[ConsumerGroup, ...]:
    """All groups, the short form among them, first."""
    given: Any = groups
    readers: tuple[Any, ...] = tuple(given) if isinstance(given, Iterable) else (given,)
    for group in readers:
        if not isinstance(group, ConsumerGroup):
            raise TypeError(f"groups must be ConsumerGroup objects, got {group!r}")
    if consumer_bytes_per_s is None:
        return readers
    check_positive("consumer_bytes_per_s", consumer_bytes_per_s)
    return ConsumerGroup("consumer", consumer_bytes_per_s=consumer_bytes_per_s), *readers


def _growth_ratio(growth_fraction_per_year: float, horizon_years: float) -> float:
    try:
        return float((1 + float(growth_fraction_per_year)) ** float(horizon_years))
    except OverflowError:
        return math.inf


def _check_names(limits: Iterable[Limit]) -> None:
    names = [limit.name for limit in limits]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"names of limits must differ, got {twice!r} twice (of {names!r})")


def _largest(limits: Iterable[Limit]) -> Limit:
    """Find the lower limit that sets the count; one that no count meets sets none."""
    return max(
        (limit for limit in limits if limit.bound == "at least"),
        key=lambda limit: limit.partitions or 0,
    )


def _rounded_up(at_least: Iterable[Limit], multiple: Multiple) -> tuple[int, Limit | None]:
    needed = _largest(at_least).partitions or 0
    rounding = multiple.above(needed)
    return needed if rounding is None else (rounding.partitions or 0), rounding


def _clash(
    binding: Limit, rounding: Limit | None, at_most: Iterable[Limit]
) -> tuple[Limit, Limit] | None:
    """Find a lower and an upper limit that cannot both be kept, if there are any."""
    lowest = min(at_most, key=lambda limit: limit.partitions or 0, default=None)
    if lowest is None or lowest.partitions is None:
        return None
    for limit in (binding, rounding):
        if limit is not None and (limit.partitions or 0) > lowest.partitions:
            return limit, lowest
    return None


def _contradiction(one: Limit, other: Limit) -> str:
    if one.partitions is None:
        return one.reason
    return f"{one.reason}, but limit {other.name!r} allows at most {other.partitions:,}"
