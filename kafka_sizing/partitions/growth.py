"""Two partition counts in; how many keys, and which of them, change partition out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, check_type
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.keys.sketch import refuse_sketch
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    import pandas as pd


def moved_share(before: int, after: int) -> float:
    """Give the share of keys that change partition when the count changes.

    Parameters
    ----------
    before, after : int
        Partition counts. [1, 2**31 - 1]

    Returns
    -------
    float
        ``1 - gcd(before, after) / max(before, after)``: exact for a uniform hash taken modulo
        the count, whatever the number of keys. [0, 1)

    Raises
    ------
    ValueError
        If a count is out of range.

    Examples
    --------
    >>> from kafka_sizing import moved_share
    >>> moved_share(12, 24), round(moved_share(12, 13), 3)
    (0.5, 0.923)
    """
    before = check_count("before", before)
    after = check_count("after", after)
    return 1 - math.gcd(before, after) / max(before, after)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MovedKeys:
    """Where each key stands at two counts; -1 where the client spreads it."""

    keys: KeyLoads
    before: int
    after: int
    partition_before: NDArray[np.int32]
    partition_after: NDArray[np.int32]

    @property
    def moved(self) -> NDArray[np.bool_]:
        """Which keys change partition."""
        moved: NDArray[np.bool_] = self.partition_before != self.partition_after
        return moved

    @property
    def key_share(self) -> float:
        """The share of distinct keys that move."""
        return float(self.moved.mean())

    @property
    def load_share(self) -> float:
        """The share of the load whose key moves."""
        return float(self.keys.shares[self.moved].sum())

    def to_frame(self) -> pd.DataFrame:
        """One row per moved key, heaviest first: key, load, share, partition_before, …_after."""
        import pandas as pd

        order = self.keys.heaviest()
        order = order[self.moved[order]]
        key = pd.Series(self.keys.keys.take(order).text(), dtype=object)
        return pd.DataFrame(
            {
                "key": key,
                "load": self.keys.loads[order],
                "share": self.keys.shares[order],
                "partition_before": self.partition_before[order],
                "partition_after": self.partition_after[order],
            }
        )

    def __repr__(self) -> str:
        """Say how many keys move, and how much load they carry."""
        return (
            f"MovedKeys({self.before:,} -> {self.after:,} partitions: "
            f"{int(self.moved.sum()):,} of {len(self.keys):,} keys move, "
            f"{format_share(self.load_share)} of the load)"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().head(20).to_html(index=False)


def moved_keys(
    keys: KeyLoads, before: int, after: int, *, partitioner: Partitioner | str = "java"
) -> MovedKeys:
    """Find the keys that change partition when the count changes.

    Parameters
    ----------
    keys : KeyLoads
        The keys and their loads.
    before, after : int
        Partition counts. [1, 2**31 - 1]
    partitioner : Partitioner or str, default "java"
        One of ``PARTITIONERS``, or its name.

    Returns
    -------
    MovedKeys
        Which keys move, from where to where, and the share of keys and of load they are.

    Raises
    ------
    TypeError
        If ``keys`` is no `KeyLoads`.
    ValueError
        If a count is out of range, or the partitioner unknown or without regard to keys.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, moved_keys
    >>> moved_keys(KeyLoads(["21", "foobar"], [30, 10]), 4, 8)
    MovedKeys(4 -> 8 partitions: 2 of 2 keys move, 100.0 % of the load)
    """
    check_type("keys", keys, KeyLoads, "count_keys")
    refuse_sketch(keys, "a list of those that move")
    chosen = require_keyed(partitioner)
    before = check_count("before", before)
    after = check_count("after", after)
    return MovedKeys(
        keys=keys,
        before=before,
        after=after,
        partition_before=chosen.partitions_of(keys.keys, before),
        partition_after=chosen.partitions_of(keys.keys, after),
    )
