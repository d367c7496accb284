"""Hot keys in; a partition of its own for each of them, and hashing for the others, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count
from kafka_sizing.fixes.base import placed_keys
from kafka_sizing.fixes.peaks import peaks_of
from kafka_sizing.fixes.splitting.scheme import ProducerNeed, WholeKeys, Written
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.partitions.separation import null_load_of_one


@dataclass(frozen=True, slots=True)
class IsolatedKeys(WholeKeys):
    """The heaviest keys on partitions of their own, the last ones; all others by hash.

    It protects the other keys. The hot ones are as hot as before, each with a partition to
    itself, and a member that can be made larger.

    Parameters
    ----------
    hot_keys : int
        How many keys get a partition of their own; fewer than the topic has partitions. >= 1
    producers, records, seed : int
        As for every scheme: `SplittingScheme`.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads
    >>> from kafka_sizing.fixes import IsolatedKeys
    >>> keys = KeyLoads(["UA", "B6", "EV", "DL"], [40, 20, 20, 20])
    >>> IsolatedKeys(1).evaluate(keys, 2).loads.loads.tolist()
    [60.0, 40.0]
    """

    hot_keys: int

    def __post_init__(self) -> None:
        WholeKeys.__post_init__(self)
        object.__setattr__(self, "hot_keys", check_count("hot_keys", self.hot_keys))

    @property
    def name(self) -> str:
        """How many keys."""
        if self.hot_keys == 1:
            return "a partition for the heaviest key"
        return f"a partition for each of the {self.hot_keys:,} heaviest keys"

    @property
    def needs(self) -> ProducerNeed:
        """The list of hot keys."""
        return "shared table"

    @property
    def producer_change(self) -> str:
        """A list of hot keys."""
        return (
            "a custom partitioner with a list of hot keys that all producers share: the last "
            f"{self.hot_keys:,} partition{'s' * (self.hot_keys > 1)} are theirs, other keys go to "
            "murmur3(key) over the rest"
        )

    @property
    def caveats(self) -> tuple[str, ...]:
        """What stays hot."""
        return ("a key on a partition of its own is as hot as before; the others are rid of it",)

    def drawn_peaks(self, before: PartitionLoads, partitions: int) -> NDArray[np.float64] | None:
        """Hash the other keys over the other partitions; the hot ones stay where they are put."""
        keys, today, partitioner = placed_keys(before)
        if null_load_of_one(before):
            return None  # a hash of its own, over all partitions: replays take care of it
        weights = np.sort(keys.loads[today >= 0])[::-1]
        hot, others = weights[: self.hot_keys], weights[self.hot_keys :]
        even = (before.total - float(weights.sum())) / partitions
        hottest = float(hot.max(initial=0.0))
        if not others.any():
            return np.array([(hottest + even) / before.total])
        rest = partitions - self.hot_keys
        peaks = float(others.sum()) * peaks_of(others, rest, partitioner)
        peaks = np.maximum(hottest, peaks) + even
        return peaks / before.total

    def homes(self, written: Written) -> NDArray[np.int32]:
        """Give hot keys the last partitions, the heaviest the very last, and hash the others."""
        n = written.candidates.partitions
        if self.hot_keys >= n:
            raise ValueError(
                f"hot_keys must be below the number of partitions, {n:,}, got {self.hot_keys:,}"
            )
        homes = written.candidates.hashed(n - self.hot_keys)
        hottest = np.argsort(-written.loads, kind="stable")[: self.hot_keys]
        homes[hottest] = n - 1 - np.arange(hottest.size, dtype=np.int32)
        return homes
