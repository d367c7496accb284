"""Fixes of which none holds in; the proof, and what would have to change, out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from kafka_sizing._checks import ROUNDING, ceil_ratio
from kafka_sizing.fixes.base import OrderingScope, Outcome
from kafka_sizing.partitions.placement import MOST_PLACED, PartitionLoads
from kafka_sizing.partitions.separation import heaviest_key_load
from kafka_sizing.units import format_share

#: Scopes under which all that a key writes now is on one partition.
WHOLE: Final[tuple[OrderingScope, ...]] = ("per key", "per key and slice")


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Why no fix holds under the order that is needed, and what would make one hold."""

    hottest_key_share: float
    keys_above: int  #: keys that are above the line alone
    line_share: float  #: the line as a part of the total
    partitions: int  #: today
    best_fix: str  #: of those that keep the order, the one that comes closest
    best_share: float  #: its peak; if a certainty was asked for, what that part of hashes keeps to
    certainty: float | None = None  #: that was asked for
    is_impossible: bool  #: the hottest key alone is above the line, and must stay whole
    fix_without_order: str | None  #: what fits if the order is given up; None: nothing tried

    @property
    def handler_ratio(self) -> float:
        """How many times as fast a partition's reader must be, for the best fix to hold.

        1 or less: it fits these keys, but how surely is not known.
        """
        return self.best_share / self.line_share

    @property
    def least_handler_ratio(self) -> float:
        """What any fix that keeps keys whole needs, on however many partitions: the proof."""
        return max(1.0, self.hottest_key_share / self.line_share)

    @property
    def least_shards(self) -> int:
        """Into how many parts, at least, the hottest key must be split."""
        return max(1, ceil_ratio(self.hottest_key_share, self.line_share))

    @property
    def least_partitions(self) -> int:
        """On how many partitions, at least, the load must lie, however it is split."""
        return max(1, ceil_ratio(1.0, self.line_share))

    @property
    def reason(self) -> str:
        """The proof if there is one, and the ways out, as a sentence without a full stop."""
        text = f"{self._proof()}; {self._best()}" if self.is_impossible else self._best()
        if self.fix_without_order is not None:
            text += f'; without the order, "{self.fix_without_order}" fits'
        return text

    def _proof(self) -> str:
        """Say what any fix needs at least: necessary, and not always enough."""
        parts = f"that key in {self.least_shards:,} parts or more"
        if self.keys_above > 1:
            others = self.keys_above - 1
            keys = f"the {others:,} other keys" if others > 1 else "the other key"
            parts += f" and {keys} above the line in parts too"
        if self.least_partitions > self.partitions:
            least = self.least_partitions
            parts += (
                f", on at least {least:,} partitions"
                if least <= MOST_PLACED
                else (f", on more than {MOST_PLACED:,} partitions")
            )
        return (
            f"impossible while keys stay whole: the hottest writes "
            f"{format_share(self.hottest_key_share)}, and a partition takes "
            f"{format_share(self.line_share)}; that needs at least a handler "
            f"{_at_least(self.least_handler_ratio)} times as fast, or as many times fewer bytes "
            f"per record, or {parts}, each part in order for itself"
        )

    def _best(self) -> str:
        """Say what is enough for the best fix that was tried."""
        best, line = f'"{self.best_fix}"', format_share(self.line_share)
        if self.handler_ratio <= 1 + ROUNDING:
            return (
                f"{best}, the best that was tried, keeps within the {line} that a partition "
                "takes for these keys, but how surely is not known"
            )
        leaves = format_share(self.best_share)
        if self.certainty is not None:
            leaves = f"at most {leaves} with a certainty of {format_share(self.certainty)}"
        takes = "" if self.is_impossible else f", and a partition takes {line}"
        return (
            f"{best}, the best that was tried, leaves {leaves}{takes}: it holds with a handler "
            f"{_enough(self.handler_ratio)} times as fast, or as many times fewer bytes per record"
        )


def way_out_of(
    as_is: Outcome,
    best: Outcome,
    *,
    best_share: float,
    ordering: OrderingScope,
    certainty: float | None,
    without_order: Outcome | None,
) -> WayOut:
    """Say what would hold where the best fix, which leaves ``best_share``, does not."""
    loads, line = as_is.loads, as_is.line
    hottest = heaviest_key_load(loads)
    return WayOut(
        hottest_key_share=hottest / loads.total,
        keys_above=_keys_above(loads, line.load),
        line_share=line.load / loads.total,
        partitions=loads.partitions,
        best_fix=best.name,
        best_share=best_share,
        certainty=certainty,
        is_impossible=ordering in WHOLE and line.is_crossed_by(hottest),
        fix_without_order=None if without_order is None else without_order.name,
    )


def _keys_above(loads: PartitionLoads, line: float) -> int:
    if loads.keys is None or loads.partition_of_key is None:
        return 0
    named = loads.keys.named  # what follows in a sketch are bins of many keys
    whole = loads.keys.loads[:named][loads.partition_of_key[:named] >= 0]
    return int(np.count_nonzero(whole > line * (1 + ROUNDING)))


def _at_least(ratio: float) -> str:
    """Write a ratio above 1 so that it is not read as 1."""
    return f"{ratio:.{_decimals(ratio)}f}"


def _enough(ratio: float) -> str:
    """Write a ratio rounded up, so that what is written is enough."""
    decimals = _decimals(ratio)
    scale = 10**decimals
    return f"{math.ceil(ratio * scale * (1 - ROUNDING)) / scale:.{decimals}f}"


def _decimals(ratio: float) -> int:
    return next((places for places in range(2, 9) if round(ratio, places) > 1), 9)
