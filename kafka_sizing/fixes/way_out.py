"""Fixes of which none holds in; the proof, and what would have to change, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kafka_sizing._checks import ROUNDING, ceil_ratio
from kafka_sizing.fixes.base import cost_of
from kafka_sizing.partitions.separation import heaviest_key_load
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    from kafka_sizing.fixes.comparison import Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Why no fix holds under the order that is needed, and what would make one hold."""

    hottest_key_share: float
    line_share: float  #: the line as a part of the total
    best_share: float  #: lowest peak of the fixes that keep the order
    is_impossible: bool  #: the hottest key alone is above the line, and must stay whole
    fix_without_order: str | None  #: what fits if the order is given up; None: nothing tried

    @property
    def handler_ratio(self) -> float:
        """How many times as fast a partition's reader must be, for the best fix to fit."""
        return self.best_share / self.line_share

    @property
    def least_handler_ratio(self) -> float:
        """The same for any fix that keeps keys whole, however many partitions: the proof."""
        return max(1.0, self.hottest_key_share / self.line_share)

    @property
    def least_shards(self) -> int:
        """Into how many parts, at least, the hottest key must be split."""
        return max(1, ceil_ratio(self.hottest_key_share, self.line_share))

    @property
    def reason(self) -> str:
        """The proof if there is one, and the ways out, as a sentence without a full stop."""
        line = format_share(self.line_share)
        if self.is_impossible:
            text = (
                f"impossible while keys stay whole: the hottest writes "
                f"{format_share(self.hottest_key_share)}, and a partition takes {line}; it holds "
                f"with a handler at least {self.least_handler_ratio:.2f} times as fast, or as "
                f"many times fewer bytes per record, or with that key in {self.least_shards:,} "
                "parts or more, each in order for itself"
            )
        else:
            text = (
                f"the best fix that was tried leaves {format_share(self.best_share)}, and a "
                f"partition takes {line}; it holds with a handler {self.handler_ratio:.2f} times "
                "as fast, or as many times fewer bytes per record"
            )
        if self.fix_without_order is not None:
            text += f'; without the order, "{self.fix_without_order}" fits'
        return text


def way_out_of(comparison: Comparison) -> WayOut | None:
    """Say what would hold; None if the best fix does."""
    if comparison.fits or not comparison.as_is.loads.total:
        return None
    loads = comparison.as_is.loads
    hottest = heaviest_key_load(loads) / loads.total
    line_share = comparison.line.load / loads.total
    free = min(
        (outcome for outcome in comparison.outcomes if comparison.holds(outcome)),
        key=cost_of,
        default=None,
    )
    keeps = comparison.ordering == "per key"
    return WayOut(
        hottest_key_share=hottest,
        line_share=line_share,
        best_share=comparison.best.peak_share,
        is_impossible=keeps and hottest > line_share * (1 + ROUNDING),
        fix_without_order=None if free is None else free.name,
    )
