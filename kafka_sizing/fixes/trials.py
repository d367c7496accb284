"""Placed keys, and which of them to split, in; the first number of shards that does, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING
from kafka_sizing.fixes.base import loads_of_null_keys, placed_keys
from kafka_sizing.fixes.salting.expectation import ShardPlacement
from kafka_sizing.fixes.salting.fullest import MOST_SHARDS
from kafka_sizing.fixes.shards import split
from kafka_sizing.keys.loads import loads_of_distinct
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import PartitionLoads, sum_by_partition

NEAR_THE_BEST: Final = 1.1  # a tenth off the peak is not worth twice the fan-in
WORK_OF_TRIALS: Final = 2**23  # keys and partitions × shards in one trial
HEAVIEST: Final = 2**15  # keys that often tell alone that a number of shards does not do


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardTrial:
    """A number of shards, and whether something is hot under every number tried."""

    shards: int
    fails: bool


def try_shards(
    before: PartitionLoads,
    line: Line,
    positions: NDArray[np.int64] | None,
    placed: ShardPlacement,
    *,
    unless_tried: int = 2,
) -> ShardTrial:
    """Try 2, 4, 8 … shards: the first number under which nothing is hot.

    If there is none, the first that comes near the best. ``unless_tried`` is the answer where
    there are too many keys to try.
    """
    trials = _Trials(before, positions, placed)
    for shards in trials.numbers:
        if trials.fits(shards, line):
            return ShardTrial(shards=shards, fails=False)
    if not trials.numbers:
        return ShardTrial(shards=unless_tried, fails=False)
    return ShardTrial(shards=trials.near_the_best(), fails=True)


class _Trials:
    """Peaks under numbers of shards; a bound of them, soon had, stands in where it decides."""

    def __init__(
        self,
        before: PartitionLoads,
        positions: NDArray[np.int64] | None,
        placed: ShardPlacement,
    ) -> None:
        self._before, self._positions, self._placed = before, positions, placed
        self._peaks: dict[int, float] = {}
        self._floors: dict[int, float] = {}
        keys, _, _ = placed_keys(before)
        each = before.partitions + (len(keys) if positions is None else len(positions))
        self.numbers = list(
            takewhile(lambda shards: each * shards <= WORK_OF_TRIALS, _doubling(before.partitions))
        )

    def fits(self, shards: int, line: Line) -> bool:
        """Whether nothing is above the line."""
        return not (
            line.is_crossed_by(self._floor(shards)) or line.is_crossed_by(self._peak(shards))
        )

    def near_the_best(self) -> int:
        """Give the first number whose peak is near the lowest of all."""
        lowest = min(map(self._floor, self.numbers))
        self._peak(next(n for n in self.numbers if self._floor(n) <= NEAR_THE_BEST * lowest))
        return next(shards for shards in self.numbers if self._is_near_the_best(shards))

    def _is_near_the_best(self, shards: int) -> bool:
        if self._floor(shards) > NEAR_THE_BEST * min(self._peaks.values()):
            return False
        peak = self._peak(shards)
        return all(
            peak <= NEAR_THE_BEST * self._floor(other) or peak <= NEAR_THE_BEST * self._peak(other)
            for other in self.numbers
        )

    def _peak(self, shards: int) -> float:
        if shards not in self._peaks:
            self._peaks[shards] = self._split_peak(self._before, shards)
        return self._peaks[shards]

    def _floor(self, shards: int) -> float:
        """Give what the peak is at least: the peak itself where that is no more work."""
        if self._heaviest is None:
            return self._peak(shards)
        if shards not in self._floors:
            heavy = self._split_peak(self._heaviest, shards)
            self._floors[shards] = max(heavy, self._before.even_share) * (1 - ROUNDING)
        return self._floors[shards]

    def _split_peak(self, before: PartitionLoads, shards: int) -> float:
        parts = split(
            before,
            positions=self._positions,
            shards=shards,
            consecutive=self._placed == "consecutive",
            keep_keys=False,
        )
        return float(parts.loads.loads.max())

    @cached_property
    def _heaviest(self) -> PartitionLoads | None:
        """The heaviest keys by themselves; None if there are not many more, or few are split."""
        keys, partition_of_key, partitioner = placed_keys(self._before)
        if self._positions is not None or len(keys) < 2 * HEAVIEST or keys.named < HEAVIEST:
            return None
        top = keys.heaviest(HEAVIEST)
        heavy = loads_of_distinct(
            keys.keys.take(top), keys.loads[top], keys.unit, null_load=keys.null_load
        )
        placed = partition_of_key[top]
        loads = sum_by_partition(placed, heavy.loads, self._before.partitions)
        return PartitionLoads(
            loads=loads + loads_of_null_keys(self._before),
            unit=keys.unit,
            keys=heavy,
            partition_of_key=placed,
            partitioner=partitioner,
        )


def _doubling(most: int) -> Iterator[int]:
    """Give 2, 4, 8 … below ``most``, then ``most``."""
    shards = 2
    while shards < min(most, MOST_SHARDS):
        yield shards
        shards *= 2
    yield max(2, min(most, MOST_SHARDS))
