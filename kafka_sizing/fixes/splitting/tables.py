"""What keys write in; tables that say where the frequent ones go, and the buckets, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING, check_count, check_non_negative, check_share
from kafka_sizing.fixes.routing import placed_by_weight
from kafka_sizing.fixes.splitting.candidates import Candidates
from kafka_sizing.fixes.splitting.choices import counters_for, share_of_head
from kafka_sizing.fixes.splitting.compiled import fastest
from kafka_sizing.fixes.splitting.loops import counted_keys, estimated_count, smallest_counter
from kafka_sizing.fixes.splitting.scheme import ProducerNeed, WholeKeys, Written
from kafka_sizing.fixes.splitting.streams import Stream, counts_of
from kafka_sizing.keys.loads import sum_by
from kafka_sizing.partitions.placement import MOST_PLACED

_CHANGES_PER_KEY = 10  # every change helps, the last ones hardly
_SWAPS_WEIGHED = 2_000  # frequent keys of one partition that a swap looks at


@dataclass(frozen=True, slots=True)
class TrainedTable(WholeKeys):
    """A table learned from the first records: frequent keys and buckets, placed by weight (DKG).

    Space-Saving finds the frequent keys, the others are hashed to buckets, and both go by
    falling weight to the least loaded partition. Then the table stands.

    Parameters
    ----------
    buckets : int
        Groups of keys that are not frequent; a few per partition. [1, 10,000,000]
    training_records : int, default 100,000
        How many records at the beginning are learned from. >= 1
    head_share : float, optional
        A key of this share or more is frequent; 1 / (5 partitions) if not given. (0, 1]
    producers, records, seed : int
        As for every scheme: `SplittingScheme`.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    Distribution-aware key grouping: Rivetti et al., *Efficient key grouping for near-optimal
    load balancing in stream processing systems*, DEBS 2015.

    Examples
    --------
    >>> from kafka_sizing import zipf_keys
    >>> from kafka_sizing.fixes import TrainedTable
    >>> outcome = TrainedTable(100).evaluate(zipf_keys(1_000, exponent=0.7, total=1), 6)
    >>> round(outcome.imbalance_ratio, 1), outcome.ordering_scope
    (1.0, 'per key')
    """

    buckets: int
    training_records: int = 100_000
    head_share: float | None = None

    def __post_init__(self) -> None:
        WholeKeys.__post_init__(self)
        for name, most in (("buckets", MOST_PLACED), ("training_records", 2**31 - 1)):
            object.__setattr__(self, name, check_count(name, getattr(self, name), most=most))
        if self.head_share is not None:
            check_share("head_share", self.head_share)

    @property
    def name(self) -> str:
        """How many buckets."""
        return f"frequent keys and {self.buckets:,} bucket{'s' * (self.buckets > 1)} in a table"

    @property
    def needs(self) -> ProducerNeed:
        """The table."""
        return "shared table"

    @property
    def producer_change(self) -> str:
        """A table of frequent keys and buckets."""
        return (
            "a custom partitioner with a table that all producers share: frequent keys, and "
            f"{self.buckets:,} buckets of murmur3(key) for the others"
        )

    @property
    def caveats(self) -> tuple[str, ...]:
        """The table ages."""
        return (
            f"learned from {self.training_records:,} records: as keys come and go, make it anew",
        )

    def homes(self, written: Written) -> NDArray[np.int32]:
        """Learn the table from the beginning of the stream, and look every key up."""
        candidates = written.candidates
        seen = written.stream[: self.training_records]
        frequent = self._frequent(seen, candidates)
        counts = counts_of(seen, len(candidates)).astype(np.float64)
        bucket = candidates.hashed(self.buckets)
        in_buckets = counts.copy()
        in_buckets[frequent] = 0
        weights = np.concatenate([counts[frequent], sum_by(bucket, in_buckets, self.buckets)])
        table = placed_by_weight(weights, np.zeros(candidates.partitions))
        homes = table[frequent.size :][bucket]
        homes[frequent] = table[: frequent.size]
        return homes

    def _frequent(self, seen: Stream, candidates: Candidates) -> NDArray[np.int64]:
        share = share_of_head(self.head_share, candidates.partitions)
        counters = min(len(candidates), counters_for(share))
        loop = fastest(counted_keys, smallest_counter, estimated_count)
        estimates = loop(seen, len(candidates), counters)
        found: NDArray[np.int64] = np.flatnonzero(estimates >= share * seen.size)
        return found


@dataclass(frozen=True, slots=True)
class AdjustedTable(WholeKeys):
    """Frequent keys moved and swapped until loads are level; all others stay where they are.

    From the hottest partition to the coldest, the move or the swap that levels the two best,
    as long as it helps: few keys move, and the table holds only those.

    Parameters
    ----------
    tolerance_ratio : float, default 0.1
        Largest load less smallest, over the mean, at which to stop. >= 0
    head_share : float, optional
        A key of this share or more may move; if not given, one that weighs half of what is
        tolerated: tolerance_ratio / (2 partitions). (0, 1]
    producers, records, seed : int
        As for every scheme: `SplittingScheme`.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    After Readj of Gedik, *Partitioning functions for stateful data parallelism in stream
    processing*, VLDB Journal 2014, which weighs state, CPU and network instead of one load.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads
    >>> from kafka_sizing.fixes import AdjustedTable
    >>> keys = KeyLoads(["21", "foobar", "a", "d"], [30, 30, 5, 5])
    >>> outcome = AdjustedTable().evaluate(keys, 2)
    >>> outcome.imbalance_ratio
    1.0
    """

    tolerance_ratio: float = 0.1
    head_share: float | None = None

    def __post_init__(self) -> None:
        WholeKeys.__post_init__(self)
        check_non_negative("tolerance_ratio", self.tolerance_ratio)
        if self.head_share is not None:
            check_share("head_share", self.head_share)

    @property
    def name(self) -> str:
        """The words "frequent keys moved"."""
        return "frequent keys moved by a table"

    @property
    def needs(self) -> ProducerNeed:
        """The table."""
        return "shared table"

    @property
    def is_hashed(self) -> bool:
        """The table is made for where these keys are: it decides."""
        return False

    @property
    def producer_change(self) -> str:
        """A table of the keys that moved."""
        return (
            "a custom partitioner with a table that all producers share: the keys that moved; "
            "all others are hashed as before"
        )

    @property
    def caveats(self) -> tuple[str, ...]:
        """The table ages."""
        return ("loads are those of this log: as keys come and go more keys have to move",)

    def homes(self, written: Written) -> NDArray[np.int32]:
        """Move and swap frequent keys, starting from where keys are."""
        loads, n = written.loads, written.candidates.partitions
        homes = np.array(written.candidates.first)
        sums = sum_by(homes, loads, n)
        mean = float(sums.mean())
        least = self.tolerance_ratio / 2 if self.head_share is None else self.head_share * n
        frequent = np.flatnonzero((loads >= least * mean) & (loads > 0))
        for _ in range(_CHANGES_PER_KEY * frequent.size):
            if sums.max() - sums.min() <= self.tolerance_ratio * mean:
                break
            change = _best_change(loads, sums, frequent, homes)
            if change is None:
                break
            out, back = change
            homes[out], homes[back] = sums.argmin(), sums.argmax()
            sums = sum_by(homes, loads, n)
        return homes


def _best_change(
    loads: NDArray[np.float64],
    sums: NDArray[np.float64],
    frequent: NDArray[np.int64],
    homes: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Give the key to move from the hottest partition to the coldest, and perhaps one back.

    What leaves the least difference wins; of equal ones a move before a swap. None: nothing
    helps.
    """
    gap = float(sums.max() - sums.min())
    there = _heaviest(frequent[homes[frequent] == sums.argmax()], loads)
    here = _heaviest(frequent[homes[frequent] == sums.argmin()], loads)
    if not there.size:
        return None
    back = np.concatenate([[0.0], loads[here]])  # first: nothing moves back
    moved = loads[there] - back[:, np.newaxis]
    left = np.where(moved > 0, np.abs(gap - 2 * moved), np.inf)
    row, column = np.unravel_index(int(left.argmin()), left.shape)
    if left[row, column] >= gap * (1 - ROUNDING):
        return None
    return there[column : column + 1], here[row - 1 : row] if row else here[:0]


def _heaviest(keys: NDArray[np.int64], loads: NDArray[np.float64]) -> NDArray[np.int64]:
    return keys[np.argsort(-loads[keys], kind="stable")[:_SWAPS_WEIGHED]]
