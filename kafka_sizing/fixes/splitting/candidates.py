"""Keys and a number of partitions in; the partitions each key may be given, by number, out.

Candidate 0 of a key is where it goes today. Candidate j > 0 is a hash of the key and of j::

    x = murmur3(key, seed) + j * 0x9E3779B9   in 32 bits
    x = (x ^ x >> 16) * 0x45D9F3B, twice      in 32 bits
    candidate = (x ^ x >> 16) * partitions >> 32

Two candidates of a key may be the same partition, as with independent hash functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count
from kafka_sizing.fixes.base import placed_keys
from kafka_sizing.keys.hashing import murmur3
from kafka_sizing.partitions.placement import MOST_PLACED, PartitionLoads


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """Which partitions each key may be given.

    Parameters
    ----------
    first : array_like of int, shape (keys,)
        Candidate 0 of each key. [0, partitions)
    seeds : array_like of int, shape (keys,)
        A hash of each key, of which the other candidates are made. [0, 2**32)
    partitions : int
        How many partitions there are. [1, 10,000,000]

    Raises
    ------
    ValueError
        If there is no key, the lengths differ, or a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.fixes.splitting import Candidates
    >>> two = Candidates(first=[3, 0], seeds=[17, 4_000_000_000], partitions=4)
    >>> two.table(3)[:, 0].tolist()
    [3, 0]
    """

    first: NDArray[np.int32]
    seeds: NDArray[np.int64]
    partitions: int

    def __post_init__(self) -> None:
        count = check_count("partitions", self.partitions, most=MOST_PLACED)
        first = _whole_numbers("first", self.first, below=count).astype(np.int32)
        seeds = _whole_numbers("seeds", self.seeds, below=2**32)
        if first.shape != seeds.shape:
            raise ValueError(
                f"seeds must be one per key, got {seeds.size:,} for {first.size:,} keys"
            )
        for name, array in (("first", first), ("seeds", seeds)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        object.__setattr__(self, "partitions", count)

    @classmethod
    def drawn(
        cls, keys: int, partitions: int, *, rng: int | np.random.Generator | None = None
    ) -> Candidates:
        """Draw them at random: a hash that knows nothing of the keys."""
        generator = np.random.default_rng(rng)
        return cls(
            first=generator.integers(partitions, size=keys, dtype=np.int32),
            seeds=generator.integers(2**32, size=keys, dtype=np.int64),
            partitions=partitions,
        )

    @classmethod
    def of(cls, before: PartitionLoads, *, seed: int = 0) -> Candidates:
        """Take the first from where keys are today, the others from MurmurHash3 of the key.

        A key that the client spreads has no first candidate; MurmurHash3 gives it one.
        """
        keys, placed, _ = placed_keys(before)
        hashes: NDArray[np.uint32] = murmur3(keys.keys, seed=seed)
        seeds = hashes.astype(np.int64)
        hashed = candidate(placed, seeds, 1, before.partitions)
        return cls(
            first=np.where(placed < 0, hashed, placed), seeds=seeds, partitions=before.partitions
        )

    def __len__(self) -> int:
        """Count the keys."""
        return int(self.first.size)

    @property
    def hashes(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """What loops over records need: the first candidates and the seeds."""
        return self.first, self.seeds

    def hashed(self, partitions: int) -> NDArray[np.int32]:
        """Hash every key to another number of partitions, or of buckets."""
        placed: NDArray[np.int64] = candidate(self.first, self.seeds, 1, partitions)
        return placed.astype(np.int32)

    def table(self, choices: int) -> NDArray[np.int32]:
        """Give the first ``choices`` candidates of each key: a row per key."""
        columns = [
            candidate(self.first, self.seeds, number, self.partitions)
            for number in range(check_count("choices", choices))
        ]
        return np.stack(columns, axis=1).astype(np.int32)

    def __repr__(self) -> str:
        """Say how many keys may go to how many partitions."""
        return f"Candidates({len(self):,} keys, {self.partitions:,} partitions)"


def candidate(first: Any, seed: Any, number: int, partitions: int) -> Any:
    """Give candidate ``number`` of one key, or of an array of keys.

    Written so that 64 signed bits never overflow: the same in Python, NumPy and Numba.
    """
    if number == 0:
        return first
    mixed = (seed + number * 0x9E3779B9) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 16)) * 0x45D9F3B) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 16)) * 0x45D9F3B) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 16)) * partitions) >> 32


def _whole_numbers(name: str, given: Any, *, below: int) -> NDArray[np.int64]:
    array = np.array(given)
    rule = f"whole numbers in 0 … {below - 1:,}"
    if array.ndim != 1 or not array.size or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"{name} must be {rule}, one per key, got {given!r:.60}")
    wrong = array[(array < 0) | (array >= below)]
    if wrong.size:
        raise ValueError(f"{name} must be {rule}, got {wrong[0]}")
    return array.astype(np.int64)
