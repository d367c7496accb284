"""A design's keys and a partition count in; which partitions run hot, and what helps, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kafka_sizing.fixes import CompositeKey, Fix, MorePartitions, propose_fixes
from kafka_sizing.fixes.base import keeps, line_for
from kafka_sizing.fixes.comparison import Comparison, OrderingNeed, compare_fixes
from kafka_sizing.partitions.expectation import expected_imbalance
from kafka_sizing.partitions.hotspots import HotReport, find_hot
from kafka_sizing.partitions.luck import Luck
from kafka_sizing.partitions.placement import PartitionLoads, place
from kafka_sizing.topic.design import TopicDesign
from kafka_sizing.topic.planning.count import CountDecision
from kafka_sizing.units import format_share

_MOST_OF_THEM: Final = 0.5  # of random hashes: with fewer, a fit is luck
_SEED: Final = 0  # the same design gives the same plan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyPlan:
    """Where the keys land at the count of the plan, at the peak of the horizon."""

    loads: PartitionLoads  #: payload bytes/s
    report: HotReport
    comparison: Comparison | None  #: None: no partition is hot, so nothing needs fixing
    luck: Luck  #: how this hash does at the count, among random ones
    fitting_hashes_share: float  #: part of random hashes under which no partition is hot

    @property
    def is_lucky(self) -> bool:
        """Whether the keys fit only because this hash is kind to them at this count."""
        return self.comparison is None and self.fitting_hashes_share < _MOST_OF_THEM

    @property
    def first_fitting(self) -> str:
        """The first count with no hot partition, where the verdict names another; else ""."""
        first, hot = self.report.first_fitting, self.report.certain
        named = hot[0].separating_partitions if hot else None
        if first is None or named is None or first == named:
            return ""
        return f"{first:,} is the first count with no partition above it."

    @property
    def reason(self) -> str:
        """What the keys do to the partitions, and what helps, in words."""
        if self.comparison is not None:
            told = (self.report.verdict, self.first_fitting, self.comparison.reason)
            return " ".join(text for text in told if text)
        if not self.is_lucky:
            return self.report.verdict
        fitting = format_share(self.fitting_hashes_share)
        return (
            f"{self.report.verdict.rstrip('.')}; but only {fitting} of random hashes would fit at "
            "this count, and the keys of tomorrow get others"
        )

    def __repr__(self) -> str:
        hot = len(self.report.hot)
        best = None if self.comparison is None else self.comparison.best.name
        return f"KeyPlan(partitions={self.loads.partitions}, hot={hot}, best={best!r})"


def hottest_share(design: TopicDesign, *, partitions: int, keys: KeyPlan | None) -> float:
    """Give the part of the load that the hottest partition carries, as far as it is known.

    Where only the share of the hottest key is known, it is at least that.
    """
    if keys is not None:
        return keys.loads.max_share
    known = None if design.keys is None else design.keys.share_of_hottest
    return max(1 / partitions, known or 0.0)


def plan_keys(design: TopicDesign, count: CountDecision) -> KeyPlan | None:
    """Place the keys at the count; None if only a share, or nothing, is known of them."""
    keys, keyed = design.keys, count.keyed
    if keys is None or keys.loads is None or keyed is None:
        return None
    traffic = design.traffic.at_horizon()
    total = traffic.write_bytes_per_s * traffic.peak_ratio
    scaled = keys.loads.scaled_to(total, "bytes/s")
    capacity = total * keyed.most_share
    loads = place(scaled, count.partitions, partitioner=design.partitioner)
    report = find_hot(loads, capacity=capacity)
    comparison = None
    if not report.fits:
        comparison = compare_fixes(
            scaled,
            count.partitions,
            _worth_planning(loads, capacity, keys.ordering, count.recommended),
            capacity=capacity,
            ordering=keys.ordering,
            partitioner=design.partitioner,
        )
    expected = expected_imbalance(
        scaled, count.partitions, partitioner=design.partitioner, rng=_SEED
    )
    return KeyPlan(
        loads=loads,
        report=report,
        comparison=comparison,
        luck=expected.luck(),
        fitting_hashes_share=1 - expected.probability_above(min(1.0, keyed.most_share)),
    )


def _worth_planning(
    loads: PartitionLoads, capacity: float, ordering: OrderingNeed, recommended: int | None
) -> list[Fix]:
    """Give what may help, but for splitting every key: splitting the hot ones costs less.

    Where keys must stay whole, splits only show what would be won: the plain ones will do. Of
    larger counts only the one recommended is, if there is one: it keeps the other limits too.
    """
    proposed = list(propose_fixes(loads, line=line_for(loads, capacity)))
    if recommended is not None and recommended > loads.partitions:
        others = [fix for fix in proposed if not isinstance(fix, MorePartitions)]
        proposed = [MorePartitions(recommended), *others]
    splits = [fix for fix in proposed if isinstance(fix, CompositeKey)]
    chosen = [fix for fix in splits if fix.shards is None and keeps("per shard", ordering)]
    kept = [fix for fix in splits if fix.hot_keys is not None]
    return [fix for fix in proposed if fix not in splits or fix in [*kept, *chosen]]
