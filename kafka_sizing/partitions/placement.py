"""`KeyLoads`, a partitioner and a count in; the load of each partition out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import (
    ROUNDING,
    check_choice,
    check_count,
    check_non_negative,
    check_type,
)
from kafka_sizing.keys.loads import KeyLoads, KeyShare, checked_loads, sum_by
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.keys.sketch import KeySketch, spread_keys
from kafka_sizing.partitions.skew import imbalance_ratio
from kafka_sizing.units import LOAD_UNITS, LoadUnit, format_load

if TYPE_CHECKING:
    import pandas as pd

MOST_PLACED: Final = 10_000_000  # more partitions than any cluster has held, in one topic
_ROWS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartitionLoads:
    """Load of each partition; the index is the partition number.

    Parameters
    ----------
    loads : array_like of float, shape (n,)
        The loads, in ``unit``. Finite, >= 0
    unit : {"records", "bytes", "records/s", "bytes/s"}, default "records"
        What loads are counted in.
    keys : KeyLoads, optional
        The keys that make the load.
    partition_of_key : ndarray of int32, shape (len(keys),), optional
        Where each of them stands; -1 where the client spreads it.
    partitioner : Partitioner, optional
        What put them there.
    margin : float, default 0.0
        By how much a load may differ, in ``unit``; 0 where loads are exact. See
        `KeySketch.margin`.

    Raises
    ------
    ValueError
        If there is no partition, or a load or the margin is negative or not finite.

    Examples
    --------
    >>> from kafka_sizing import PartitionLoads
    >>> loads = PartitionLoads(loads=[30, 10, 20])
    >>> loads.hottest, loads.imbalance_ratio
    (0, 1.5)
    """

    loads: NDArray[np.float64]
    unit: LoadUnit = "records"
    keys: KeyLoads | None = None
    partition_of_key: NDArray[np.int32] | None = None
    partitioner: Partitioner | None = None
    margin: float = 0.0

    def __post_init__(self) -> None:
        loads = checked_loads(self.loads)
        if not loads.size:
            raise ValueError("loads must hold at least one partition, got none")
        check_choice("unit", self.unit, LOAD_UNITS)
        check_non_negative("margin", self.margin)
        loads.flags.writeable = False
        object.__setattr__(self, "loads", loads)
        if self.partition_of_key is not None:
            placed = np.array(self.partition_of_key)
            if self.keys is None or placed.shape != (len(self.keys),):
                raise ValueError("partition_of_key must go with keys, one partition per key")
            wrong = (placed < -1) | (placed >= loads.size) | (placed % 1 != 0)
            if wrong.any():
                rule = f"whole numbers in -1 … {loads.size - 1:,}"
                raise ValueError(f"partition_of_key must be {rule}, got {placed[wrong][0]}")
            placed = placed.astype(np.int32)
            placed.flags.writeable = False
            object.__setattr__(self, "partition_of_key", placed)

    @property
    def partitions(self) -> int:
        """How many partitions there are."""
        return int(self.loads.size)

    @property
    def total(self) -> float:
        """The load of all partitions, in ``unit``."""
        return float(self.loads.sum())

    @property
    def shares(self) -> NDArray[np.float64]:
        """Each partition's part of ``total``; 0 for all where there is no load."""
        total = self.total
        return self.loads / total if total else np.zeros_like(self.loads)

    @property
    def even_share(self) -> float:
        """The load of every partition if keys spread evenly, in ``unit``."""
        return self.total / self.partitions

    @property
    def imbalance_ratio(self) -> float:
        """Largest load over the even share; 1.0 is even, and so is no load at all."""
        return imbalance_ratio(self.loads)

    @property
    def hottest(self) -> int:
        """The partition with the largest load; the first of several."""
        return int(self.loads.argmax())

    @property
    def max_share(self) -> float:
        """The share of the hottest partition."""
        return float(self.shares[self.hottest])

    def decides(self, line: float) -> bool:
        """Say whether the margin leaves no doubt if the hottest partition is above a load."""
        hottest, line = float(self.loads.max()), line * (1 + ROUNDING)
        return not self.margin or hottest + self.margin <= line or hottest - self.margin > line

    def keys_on(self, partition: int, n: int | None = None) -> tuple[KeyShare, ...]:
        """Give the keys of a partition by falling load, at most ``n`` of them."""
        check_count("partition", partition, least=0, most=self.partitions - 1)
        if self.keys is None or self.partition_of_key is None:
            return ()
        there = np.flatnonzero(self.partition_of_key[: self.keys.named] == partition)
        most = None if n is None else check_count("n", n)
        order = np.argsort(-self.keys.loads[there], kind="stable")[:most]
        return self.keys.key_shares(there[order])

    def to_frame(self) -> pd.DataFrame:
        """One row per partition: partition, load, share."""
        import pandas as pd

        partition = np.arange(self.partitions)
        return pd.DataFrame({"partition": partition, "load": self.loads, "share": self.shares})

    def __repr__(self) -> str:
        """Say how many partitions there are, how much they carry, and how unevenly."""
        margin = f", margin={format_load(self.margin, self.unit)}" if self.margin else ""
        return (
            f"PartitionLoads(n_partitions={self.partitions:,}, "
            f"total={format_load(self.total, self.unit)}, "
            f"imbalance_ratio={self.imbalance_ratio:.2f}{margin})"
        )

    def _repr_html_(self) -> str:
        more = self.partitions - _ROWS_SHOWN
        rest = f"<p>… and {more:,} more partitions</p>" if more > 0 else ""
        return self.to_frame().head(_ROWS_SHOWN).to_html(index=False) + rest


def place(
    keys: KeyLoads, partitions: int, *, partitioner: Partitioner | str = "java"
) -> PartitionLoads:
    """Put every key where its client would, and add up each partition's load.

    Parameters
    ----------
    keys : KeyLoads
        The keys and their loads. Load without a key goes where the client puts null keys: in
        equal parts to all partitions, or to the one it prefers.
    partitions : int
        How many partitions the topic has. [1, 10,000,000]
    partitioner : Partitioner or str, default "java"
        One of ``PARTITIONERS``, or its name.

    Returns
    -------
    PartitionLoads
        The load of each partition, and which keys make it.

    Raises
    ------
    TypeError
        If ``keys`` is no `KeyLoads`.
    ValueError
        If the count is out of range, or the partitioner unknown or without regard to keys.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, place
    >>> place(KeyLoads(["21", "foobar"], [30, 10]), 4)
    PartitionLoads(n_partitions=4, total=40 records, imbalance_ratio=3.00)
    """
    check_type("keys", keys, KeyLoads, "count_keys")
    chosen = require_keyed(partitioner)
    count = check_count("partitions", partitions, most=MOST_PLACED)
    if isinstance(keys, KeySketch):
        check_same_partitioner(keys, chosen)
    partition_of_key = chosen.partitions_of(keys.keys, count)
    margin = 0.0
    if isinstance(keys, KeySketch):
        loads = loads_of_sketch(keys, count)
        margin = keys.margin(count)
    else:
        loads = sum_by_partition(partition_of_key, keys.loads, count)
    return PartitionLoads(
        loads=loads + null_loads(keys, count, chosen),
        unit=keys.unit,
        keys=keys,
        partition_of_key=partition_of_key,
        partitioner=chosen,
        margin=margin,
    )


def check_same_partitioner(keys: KeySketch, partitioner: Partitioner) -> None:
    """Refuse to place a sketch by other hashes than it was made with."""
    if keys.partitioner != partitioner:
        raise ValueError(
            f"partitioner must be {keys.partitioner.name!r}, for which the sketch was made, "
            f"got {partitioner.name!r}; count the keys anew with partitioner="
            f"{partitioner.name!r}"
        )


def loads_of_sketch(keys: KeySketch, partitions: int) -> NDArray[np.float64]:
    """Give what keyed records write to each partition, empty keys that are treated apart too."""
    apart = np.flatnonzero(spread_keys(keys.partitioner, keys.keys))
    placed = keys.partitioner.partitions_of(keys.keys.take(apart), partitions)
    return keys.partition_loads(partitions) + sum_by_partition(
        placed, keys.loads[apart], partitions
    )


def known_exactly(keys: KeyLoads, counts: Iterable[int]) -> list[int]:
    """Give the counts at which partition loads are exact: all, unless keys are a sketch."""
    if not isinstance(keys, KeySketch):
        return list(counts)
    return [count for count in counts if keys.counts_exactly(count)]


def sum_by_partition(
    partition_of_key: NDArray[np.int32], loads: NDArray[np.float64], partitions: int
) -> NDArray[np.float64]:
    """Add up the loads of each partition; a key that is spread (-1) goes to all alike."""
    placed = partition_of_key >= 0
    sums = sum_by(partition_of_key[placed], loads[placed], partitions)
    return sums if placed.all() else sums + loads[~placed].sum() / partitions


def null_loads(keys: KeyLoads, partitions: int, partitioner: Partitioner) -> NDArray[np.float64]:
    """Give the load of each partition that has no key: the client spreads it, or has a place."""
    at = partitioner.null_partition(partitions) if keys.null_load else None
    if at is None:
        return np.full(partitions, keys.null_load / partitions)
    loads = np.zeros(partitions)
    loads[at] = keys.null_load
    return loads
