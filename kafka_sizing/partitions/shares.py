"""Keys and their loads in; the shares that a hash places whole, and what is spread, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.loads import KeyLoads, checked_loads
from kafka_sizing.keys.partitioners import Partitioner


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HashedShares:
    """What chance has to place: a share for every key that is whole on one partition."""

    placed: NDArray[np.float64]  #: > 0, in no order, read-only; with ``spread`` they sum to 1
    spread: float  #: part of the load that the client deals out evenly, in [0, 1]

    @classmethod
    def of(cls, keys: KeyLoads | Any, partitioner: Partitioner | None = None) -> HashedShares:
        """Take `KeyLoads` as their client places them, or the shares of keys as they are.

        Load without a key counts as spread, unless the client puts it on one partition: then
        it counts as a key.
        """
        if not isinstance(keys, KeyLoads):
            return cls._made(checked_loads(keys), 0.0)
        if partitioner is None:
            return cls._made(keys.loads, keys.null_load)
        spread = partitioner.spread_among(keys.keys)
        placed, even = keys.loads[~spread], float(keys.loads[spread].sum())
        if keys.null_load and partitioner.null_partition(2) is not None:
            placed = np.append(placed, keys.null_load)
        else:
            even += keys.null_load
        return cls._made(placed, even)

    @classmethod
    def _made(cls, placed: NDArray[np.float64], spread: float) -> HashedShares:
        total = float(placed.sum()) + spread
        if not total:
            raise ValueError("keys must bring load for chance to place, got a total of 0")
        shares = placed[placed > 0] / total
        shares.flags.writeable = False
        return cls(placed=shares, spread=spread / total)

    @property
    def hottest(self) -> float:
        """The largest share that stays on one partition; 0 if all load is spread."""
        return float(self.placed.max(initial=0.0))

    @property
    def hashed(self) -> float:
        """Part of the load that stands where its key's hash puts it."""
        return float(self.placed.sum())

    @property
    def squares(self) -> NDArray[np.float64]:
        """The squares of the shares placed; their sum is S2, that of their squares S4."""
        return self.placed * self.placed

    def floor(self, partitions: int) -> float:
        """The least that the hottest of so many partitions carries, wherever keys stand.

        max(1 / N, p_1 + spread / N): a share of no key can be cut.
        """
        return max(1 / partitions, self.hottest + self.spread / partitions)
