"""Partition counts to choose from in; how hot each runs and what moves between any two out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING, ceil_ratio, check_counts
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.growing.curve import GrowthCurve
from kafka_sizing.partitions.placement import MOST_PLACED
from kafka_sizing.partitions.separation import COUNTS_PER_STEP_MOST, REACH, REACH_LEAST, REACH_WORK
from kafka_sizing.partitions.sweep import loads_at

MOST_COUNTS: Final = 400  # candidates; of a wider range, the multiples of a step
LEAST_COUNTS: Final = 40  # however many keys there are
KEYS_PER_BLOCK: Final = 2**13
PAIR_WORK: Final = 400_000_000  # keys × pairs of counts that are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Who writes, and by which client: keys by their hash, or even keys without number."""

    keys: KeyLoads | None
    partitioner: Partitioner

    def max_shares(self, counts: Iterable[int]) -> dict[int, float]:
        """Give the share of the hottest partition at each count; 1/n for even keys."""
        if self.keys is None:
            return {count: 1 / count for count in counts}
        total = self.keys.total or 1.0
        return {
            count: float(loads.max()) / total
            for count, loads in loads_at(self.keys, counts, self.partitioner)
        }

    def places(self, counts: Sequence[int]) -> Places:
        """Put the keys at every count, to tell what moves between them."""
        if self.keys is None:
            return EvenPlaces(counts)
        return KeyPlaces(self.keys, self.partitioner, counts)


class EvenPlaces:
    """What moves between counts if no key matters and the hash is uniform: exact."""

    __slots__ = ("counts",)

    def __init__(self, counts: Sequence[int]) -> None:
        self.counts = np.array(counts, dtype=np.int64)

    def moved_loads(self, before: int, afters: slice) -> NDArray[np.float64]:
        """Give ``1 - gcd / max`` from the count at one position to those at others."""
        one, others = self.counts[before], self.counts[afters]
        moved: NDArray[np.float64] = 1 - np.gcd(one, others) / np.maximum(one, others)
        return moved

    def moved_keys(self, before: int, after: int) -> float:
        """Give the share of keys that move between two positions."""
        return float(self.moved_loads(before, slice(after, after + 1))[0])

    def ever_moved_load(self, path: Sequence[int]) -> float:
        """Give the share of the load that moves at least once: ``1 - first / lcm of all``.

        A hash keeps its partition r at every count if it is r modulo all of them, that is
        modulo their least common multiple, and r is a partition of the smallest, the first.
        """
        counts = self.counts[list(path)].tolist()
        return float(1 - Fraction(counts[0], math.lcm(*counts)))


class KeyPlaces:
    """What moves between counts for keys as their client places them: exact for this hash."""

    __slots__ = ("_shares", "_stands")

    def __init__(self, keys: KeyLoads, partitioner: Partitioner, counts: Sequence[int]) -> None:
        self._shares = keys.shares
        self._stands = np.empty((len(counts), len(keys)), dtype=np.int32)
        for row, count in zip(self._stands, counts, strict=True):
            row[:] = partitioner.partitions_of(keys.keys, count)

    def moved_loads(self, before: int, afters: slice) -> NDArray[np.float64]:
        """Give the share of the load that moves from one position to those at others."""
        here, there = self._stands[before], self._stands[afters]
        moved = np.zeros(len(there))
        for begin in range(0, here.size, KEYS_PER_BLOCK):
            block = slice(begin, begin + KEYS_PER_BLOCK)
            differs = there[:, block] != here[block]
            moved += differs.astype(np.float64) @ self._shares[block]
        return moved

    def moved_keys(self, before: int, after: int) -> float:
        """Give the share of distinct keys that move between two positions."""
        return float((self._stands[before] != self._stands[after]).mean())

    def ever_moved_load(self, path: Sequence[int]) -> float:
        """Give the share of the load that moves at least once along a path."""
        first = self._stands[path[0]]
        ever = np.zeros(first.size, dtype=np.bool_)
        for at in path[1:]:
            ever |= self._stands[at] != first
        return float(self._shares[ever].sum())


Places = EvenPlaces | KeyPlaces


def counts_given(counts: Iterable[int], *, today: int | None, step: int) -> list[int]:
    """Give the counts to choose from, rising, with today's among them and none below it."""
    wanted = set(check_counts("counts", counts, most=MOST_PLACED))
    chosen = {count for count in wanted if count % step == 0}
    if today is not None:
        chosen = {count for count in chosen | {today} if count >= today}
    if not chosen:
        raise ValueError(
            f"counts must hold at least one multiple of {step:,}, got {sorted(wanted)!r:.80}"
        )
    return sorted(chosen)


def counts_worth_a_look(
    topic: Topic, curve: GrowthCurve, capacity_bytes_per_s: float, *, today: int | None, step: int
) -> list[int]:
    """Give the counts from what even load needs today to twice what lasts to the horizon.

    Past a few hundred it is the multiples of a step, of today's count, and the doublings of
    the first. Where nothing lasts, the counts that a search for one tried.
    """
    need = ceil_ratio(curve.write_bytes_per_s, capacity_bytes_per_s)
    last = ceil_ratio(curve.horizon_bytes_per_s, capacity_bytes_per_s)
    _check_reachable(curve, need, last)
    first = _up_to_step(max(need, today or 1), step)
    last = _up_to_step(max(last, first), step)
    lasting = last
    if topic.keys is not None:
        share = capacity_bytes_per_s / curve.horizon_bytes_per_s
        reach = _reach(last, len(topic.keys))
        found = _first_lasting(topic, range(last, reach + 1, step), share)
        lasting = found or reach
    most = min(2 * lasting, MOST_PLACED)
    limit = _most_counts(topic)
    chosen = {*_thinned(first, most, step, limit), first, lasting}
    if today is not None:
        chosen |= {today, *_thinned(today, most, today, limit // 4)}
    chosen |= {first << n for n in range(most.bit_length()) if first << n <= most}
    return sorted(count for count in chosen if count % step == 0 or count == today)


def _check_reachable(curve: GrowthCurve, need: int, last: int) -> None:
    most = MOST_PLACED // 2
    if need > most:
        raise ValueError(
            f"write_bytes_per_s must be at most what {most:,} partitions carry, got "
            f"{curve.write_bytes_per_s!r}, for which even keys need {need:,}"
        )
    if last > most:
        raise ValueError(
            f"horizon_years must be so short that {most:,} partitions carry the load, got "
            f"{curve.horizon_years:g}, when even keys need {last:,}"
        )


def _thinned(first: int, most: int, step: int, limit: int) -> range:
    """Give multiples of ``step``, of a larger one where they would be more than the limit."""
    wide = step * -(-((most - first) // step + 1) // limit)
    return range(_up_to_step(first, wide), most + 1, wide)


def _first_lasting(topic: Topic, counts: Sequence[int], max_share: float) -> int | None:
    """Find the first count whose hottest partition carries at most that share."""
    if topic.keys is not None and topic.keys.hottest_key_share > max_share * (1 + ROUNDING):
        return None
    for begin in range(0, len(counts), COUNTS_PER_STEP_MOST):
        some = counts[begin : begin + COUNTS_PER_STEP_MOST]
        shares = topic.max_shares(some)
        found = next((at for at in some if shares[at] <= max_share * (1 + ROUNDING)), None)
        if found is not None:
            return found
    return None


def _reach(first: int, keys: int) -> int:
    affordable = first + REACH_WORK // (keys + first)
    return max(first, min(max(REACH * first, REACH_LEAST), affordable))


def _most_counts(topic: Topic) -> int:
    if topic.keys is None:
        return MOST_COUNTS
    affordable = int((2 * PAIR_WORK / len(topic.keys)) ** 0.5)
    return max(LEAST_COUNTS, min(MOST_COUNTS, affordable))


def _up_to_step(count: int, step: int) -> int:
    return -(-count // step) * step
