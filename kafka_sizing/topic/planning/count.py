"""A design in; how many partitions it needs, by which limits, and what would change that, out."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kafka_sizing._checks import MOST_PARTITIONS, ceil_ratio, check_count
from kafka_sizing.brokers import partition_limits
from kafka_sizing.partitions.limits import Limit
from kafka_sizing.partitions.placement import MOST_PLACED
from kafka_sizing.partitions.sizing import PartitionPlan, plan_partitions
from kafka_sizing.topic.design import TopicDesign
from kafka_sizing.topic.planning.keyed import KeyedCount, keyed_count
from kafka_sizing.topic.planning.needs import (
    cluster_limits,
    consumer_group_of,
    needs_of,
    retained_bytes,
    vendor_needs,
)
from kafka_sizing.topic.planning.retries import retry_topics
from kafka_sizing.topic.planning.sensitivity import Sensitivity, candidates_of, sensitivities

if TYPE_CHECKING:
    import pandas as pd

    from kafka_sizing.retries import RetryPlan

_MOST_TRIED: Final = 200  # counts from the one that even loads need, upwards
_LEAST_TRIED: Final = 4
_MOST_BELOW: Final = 60
_CELLS: Final = 4_000_000  # loads of partitions, over all counts tried


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountDecision:
    """A partition count, every limit on it, and what would have to change for another one."""

    partitions: int  #: what the plan goes on with: the one given, or else recommended
    given: int | None
    recommended: int | None  #: None: no count keeps every limit
    rates: PartitionPlan  #: by rates, groups, retention and quotas, as if keys were even
    keyed: KeyedCount | None  #: by the real keys; None: they are not known
    limits: tuple[Limit, ...]  #: all of them, at ``partitions``
    sensitivity: tuple[Sensitivity, ...]
    multiple_of: int = 1  #: what the design wants the count to be a multiple of

    @property
    def broken(self) -> tuple[Limit, ...]:
        """The limits that ``partitions`` does not keep."""
        return tuple(limit for limit in self.limits if not _keeps(limit, self.partitions))

    @property
    def holds(self) -> bool:
        """Whether ``partitions`` keeps every limit."""
        return not self.broken

    @property
    def binding(self) -> Limit:
        """The lower limit that asks for most; one that no count meets comes first."""
        return max(
            (limit for limit in self.limits if limit.bound == "at least"),
            key=lambda limit: math.inf if limit.partitions is None else limit.partitions,
        )

    @property
    def reason(self) -> str:
        """Why this count, or what is wrong with it, as a sentence without a full stop."""
        count = f"{self.partitions:,} partition{'s' if self.partitions > 1 else ''}"
        if self.broken:
            worst = self.broken[0]
            other = (
                f"; {self.recommended:,} would keep every limit"
                if self.recommended is not None
                else "; no count keeps every limit"
            )
            rule = f"{worst.name} allows {worst.partitions:,}, " if _is_upper(worst) else ""
            return f"{count} will not do: {rule}{worst.reason}{other}"
        if self.given is None or self.given == self.recommended:
            rounding = self.rates.rounding
            rounded = (
                f"; {rounding.reason}"
                if rounding is not None
                and rounding.partitions == self.partitions
                and self.binding.partitions != self.partitions
                else ""
            )
            return f"{count}: {self.binding.reason}{rounded}"
        needed = "" if self.recommended is None else f"; {self.recommended:,} would be enough"
        uneven = (
            f", but are no multiple of {self.multiple_of:,}"
            if self.partitions % self.multiple_of
            else ""
        )
        return f"{count} keep every limit{uneven}{needed}: {self.binding.reason}"

    def to_frame(self) -> pd.DataFrame:
        """One row per limit: name, bound, partitions, kept, kind, reason, source."""
        import pandas as pd

        return pd.DataFrame(
            {
                "name": [limit.name for limit in self.limits],
                "bound": [limit.bound for limit in self.limits],
                "partitions": pd.Series(
                    [limit.partitions for limit in self.limits], dtype="Int64"
                ),
                "kept": [_keeps(limit, self.partitions) for limit in self.limits],
                "kind": [limit.kind for limit in self.limits],
                "reason": [limit.reason for limit in self.limits],
                "source": [limit.source for limit in self.limits],
            }
        )

    def sensitivity_frame(self) -> pd.DataFrame:
        """One row per input and direction: what value of it would change the count."""
        import pandas as pd

        return pd.DataFrame([row.as_row() for row in self.sensitivity])

    def __repr__(self) -> str:
        return (
            f"CountDecision(partitions={self.partitions}, given={self.given}, "
            f"recommended={self.recommended}, binding={self.binding.name!r}, holds={self.holds})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def decide_count(design: TopicDesign, ladder: RetryPlan | None = None) -> CountDecision:
    """Work out the count a design needs, and judge the one it gives.

    The topics of its retries take some of what the cluster leaves.
    """
    retries = retry_topics(design, ladder, main_partitions=0)
    quotas = _quotas(design, 0 if retries is None else retries.leaders)
    rates = _planned_by_rates(design, quotas)
    needs = needs_of(design)
    step = math.lcm(*design.multiple_of) if design.multiple_of else 1
    most = min(
        (limit.partitions or MOST_PARTITIONS for limit in rates.limits if _is_upper(limit)),
        default=None,
    )
    tightest = max(needs, key=lambda need: need.quotient)
    even = max(rates.partitions, _multiple_above(tightest.quotient, step))
    check_count("partitions that the load needs", even, most=MOST_PLACED)
    tried = _tried(even, step=step, most=most, given=design.partitions)
    keyed = keyed_count(
        design.keys,
        tried,
        partitioner=design.partitioner,
        most_share=tightest.most_share,
        most_share_of=tightest.name,
    )
    candidates = candidates_of(
        tried,
        needs=needs,
        keyed=keyed,
        hottest_key_share=None if design.keys is None else design.keys.hottest_key_share,
        least=max((group.members or 1 for group in design.groups), default=1),
        most=most,
        step=step,
    )
    recommended = candidates.recommended()
    if any(limit.partitions is None for limit in (*rates.limits, *quotas)):
        recommended = None
    partitions = design.partitions or recommended or even
    return CountDecision(
        partitions=partitions,
        given=design.partitions,
        recommended=recommended,
        rates=rates,
        keyed=keyed,
        limits=tuple(_limits(design, rates, quotas, keyed, partitions)),
        sensitivity=sensitivities(design, candidates, partitions),
        multiple_of=step,
    )


def _planned_by_rates(design: TopicDesign, quotas: list[Limit]) -> PartitionPlan:
    """Plan as if every partition brought the same."""
    rate = design.producers.partition_bytes_per_s
    if rate is None and not design.groups:
        raise ValueError(
            "partition_bytes_per_s of producers or at least one of groups must be given, for "
            "they say what one partition carries; got neither"
        )
    traffic, keys = design.traffic, design.keys
    kept = retained_bytes(design)
    return plan_partitions(
        traffic.write_bytes_per_s,
        producer_bytes_per_s=rate,
        groups=[consumer_group_of(group, design) for group in design.groups],
        headroom_fraction=traffic.headroom_fraction,
        peak_ratio=traffic.peak_ratio,
        growth_fraction_per_year=traffic.growth_fraction_per_year,
        horizon_years=traffic.horizon_years,
        compression_ratio=traffic.compression_ratio,
        hottest_key_share=None if keys is None else keys.hottest_key_share,
        retained_bytes=kept,
        partition_retained_bytes=design.partition_retained_bytes if kept else None,
        multiple_of=design.multiple_of or 1,
        upper_limits=[limit for limit in quotas if _is_upper(limit)],
    )


def _quotas(design: TopicDesign, retry_leaders: int) -> list[Limit]:
    """Give how many partitions the cluster leaves the topic; a limit of None: not one.

    ``retry_leaders`` are those of its retry topics and dead letters, as far as they do not
    follow the count of the topic.
    """
    cluster, sold_as = design.cluster, cluster_limits(design)
    if cluster is None or sold_as is None:
        return []
    limits = partition_limits(
        sold_as,
        brokers=cluster.brokers,
        replication_factor=design.replication_factor,
        other_leaders=cluster.other_leaders + retry_leaders,
        other_replicas=cluster.other_replicas + retry_leaders * design.replication_factor,
        units=cluster.units,
    )
    return [limit for limit in limits if _is_upper(limit) or limit.partitions is None]


def _limits(
    design: TopicDesign,
    rates: PartitionPlan,
    quotas: list[Limit],
    keyed: KeyedCount | None,
    partitions: int,
) -> Iterator[Limit]:
    """Give every limit on the count: lower ones first."""
    yield from (limit for limit in rates.limits if not _is_upper(limit))
    for need in vendor_needs(design):
        needed = max(1, ceil_ratio(need.quotient, 1))
        yield Limit(
            name=need.name,
            partitions=needed,
            bound="at least",
            kind=need.kind,
            reason=f"a partition is granted {need.per_partition}: {needed:,} are needed",
            source=need.source,
        )
    yield from (limit for limit in quotas if not _is_upper(limit))
    if keyed is not None:
        yield keyed.limit_at(partitions)
    yield from (limit for limit in rates.limits if _is_upper(limit))


def _tried(even: int, *, step: int, most: int | None, given: int | None) -> list[int]:
    """Give the counts to try: multiples of the step around the one that even loads need."""
    above = max(_LEAST_TRIED, min(_MOST_TRIED, _CELLS // even))
    below = range(max(step, even - _MOST_BELOW * step), even, step)
    counts = [*below, *range(even, even + above * step, step)]
    if most is not None:
        counts = [count for count in counts if count <= most]
    return sorted({*counts, even, *([given] if given else [])})


def _multiple_above(quotient: float, step: int) -> int:
    return max(1, ceil_ratio(ceil_ratio(quotient, 1), step)) * step


def _is_upper(limit: Limit) -> bool:
    return limit.bound == "at most"


def _keeps(limit: Limit, partitions: int) -> bool:
    if limit.partitions is None:
        return False
    if _is_upper(limit):
        return partitions <= limit.partitions
    return partitions >= limit.partitions
