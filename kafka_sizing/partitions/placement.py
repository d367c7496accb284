"""`KeyLoads`, a partitioner and a count in; the load of each partition out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING, check_choice, check_count
from kafka_sizing.keys.loads import KeyLoads, KeyShare, checked_loads, sum_by
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.partitions.skew import coefficient_of_variation, imbalance_ratio
from kafka_sizing.units import LOAD_UNITS, LoadUnit, format_load

if TYPE_CHECKING:
    import pandas as pd

MOST_PLACED: Final = 10_000_000  # more partitions than any cluster has held, in one topic
KEYS_PER_STEP: Final = 2**16
LOADS_HELD: Final = 2**24
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

    Raises
    ------
    ValueError
        If there is no partition, or a load is negative or not finite.

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

    def __post_init__(self) -> None:
        loads = checked_loads(self.loads)
        if not loads.size:
            raise ValueError("loads must hold at least one partition, got none")
        check_choice("unit", self.unit, LOAD_UNITS)
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

    def keys_on(self, partition: int, n: int | None = None) -> tuple[KeyShare, ...]:
        """Give the keys of a partition by falling load, at most ``n`` of them."""
        check_count("partition", partition, least=0, most=self.partitions - 1)
        if self.keys is None or self.partition_of_key is None:
            return ()
        there = np.flatnonzero(self.partition_of_key == partition)
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
        return (
            f"PartitionLoads(n_partitions={self.partitions:,}, "
            f"total={format_load(self.total, self.unit)}, "
            f"imbalance_ratio={self.imbalance_ratio:.2f})"
        )

    def _repr_html_(self) -> str:
        more = self.partitions - _ROWS_SHOWN
        rest = f"<p>… and {more:,} more partitions</p>" if more > 0 else ""
        return self.to_frame().head(_ROWS_SHOWN).to_html(index=False) + rest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartitionSweep:
    """What the same keys give at many counts; arrays have one entry per count."""

    partitions: NDArray[np.int64]
    hottest: NDArray[np.int64]  #: the partition with the largest load
    max_share: NDArray[np.float64]
    imbalance_ratio: NDArray[np.float64]
    coefficient_of_variation: NDArray[np.float64]
    empty_partitions: NDArray[np.int64]
    hottest_key_share: float  #: no count can push max_share below this
    total: float
    unit: LoadUnit
    partitioner: Partitioner

    def __post_init__(self) -> None:
        for name in (
            "partitions",
            "hottest",
            "max_share",
            "imbalance_ratio",
            "coefficient_of_variation",
            "empty_partitions",
        ):
            array = np.array(getattr(self, name))
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def first_below(self, max_share: float) -> int | None:
        """Give the smallest count whose hottest partition carries at most ``max_share``."""
        fits = self.partitions[self.max_share <= max_share * (1 + ROUNDING)]
        return int(fits.min()) if fits.size else None

    def to_frame(self) -> pd.DataFrame:
        """One row per count: partitions, hottest_partition, max_share, imbalance_ratio, …."""
        import pandas as pd

        return pd.DataFrame(
            {
                "partitions": self.partitions,
                "hottest_partition": self.hottest,
                "max_share": self.max_share,
                "imbalance_ratio": self.imbalance_ratio,
                "coefficient_of_variation": self.coefficient_of_variation,
                "empty_partitions": self.empty_partitions,
            }
        )

    def __repr__(self) -> str:
        """Say which counts were tried and what the best of them gives."""
        best = int(self.max_share.argmin())
        return (
            f"PartitionSweep({self.partitions.size:,} counts in {self.partitions.min():,} … "
            f"{self.partitions.max():,}, lowest max_share={self.max_share[best]:.4f} "
            f"at {self.partitions[best]:,})"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().head(_ROWS_SHOWN).to_html(index=False)


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
    ValueError
        If the count is out of range, or the partitioner unknown or without regard to keys.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, place
    >>> place(KeyLoads(["21", "foobar"], [30, 10]), 4)
    PartitionLoads(n_partitions=4, total=40 records, imbalance_ratio=3.00)
    """
    chosen = require_keyed(partitioner)
    count = check_count("partitions", partitions, most=MOST_PLACED)
    partition_of_key = chosen.partitions_of(keys.keys, count)
    loads = sum_by_partition(partition_of_key, keys.loads, count)
    loads += null_loads(keys, count, chosen)
    return PartitionLoads(
        loads=loads,
        unit=keys.unit,
        keys=keys,
        partition_of_key=partition_of_key,
        partitioner=chosen,
    )


def sweep_partitions(
    keys: KeyLoads, counts: Iterable[int], *, partitioner: Partitioner | str = "java"
) -> PartitionSweep:
    """Place the same keys over many counts; every key is hashed once.

    Parameters
    ----------
    keys : KeyLoads
        The keys and their loads.
    counts : iterable of int, shape (c,)
        The partition counts to try, such as ``range(1, 501)``. [1, 10,000,000]
    partitioner : Partitioner or str, default "java"
        One of ``PARTITIONERS``, or its name.

    Returns
    -------
    PartitionSweep
        For each count, in the order given: the hottest partition, its share, and measures of
        how uneven the loads are.

    Raises
    ------
    ValueError
        If there is no count, one is out of range, or the partitioner is unknown or without
        regard to keys.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, sweep_partitions
    >>> sweep = sweep_partitions(KeyLoads(["21", "foobar", "abc"], [3, 2, 1]), [1, 2, 4])
    >>> sweep.to_frame()[["partitions", "max_share"]].values.tolist()
    [[1.0, 1.0], [2.0, 0.8333333333333334], [4.0, 0.5]]
    """
    chosen = require_keyed(partitioner)
    wanted = [check_count("counts", count, most=MOST_PLACED) for count in counts]
    if not wanted:
        raise ValueError("counts must hold at least one partition count, got none")
    rows = {count: _measures(loads) for count, loads in loads_at(keys, set(wanted), chosen)}
    columns = {
        name: np.array([rows[count][at] for count in wanted])
        for at, name in enumerate(
            (
                "hottest",
                "max_share",
                "imbalance_ratio",
                "coefficient_of_variation",
                "empty_partitions",
            )
        )
    }
    return PartitionSweep(
        partitions=np.array(wanted),
        **columns,
        hottest_key_share=float(keys.shares.max()),
        total=keys.total,
        unit=keys.unit,
        partitioner=chosen,
    )


def loads_at(
    keys: KeyLoads, counts: Iterable[int], partitioner: Partitioner
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Give the load vector of each distinct count, largest count first.

    ``(x mod kn) mod n`` is ``x mod n``: the loads at n are those at any multiple of n, folded.
    """
    falling = sorted(set(counts), reverse=True)
    if not partitioner.has_remainder_rule:
        for count in falling:
            yield count, place(keys, count, partitioner=partitioner).loads
        return
    numbers = partitioner.numbers_of(keys.keys)
    spread = partitioner.spread_among(keys.keys)
    weights = np.where(spread, 0.0, keys.loads)
    for group in _groups(falling):
        multiples = {count: _multiple(count, group) for count in group}
        direct = [count for count in group if multiples[count] is None]
        summed = _summed(numbers, weights, direct)
        for count in group:
            if (multiple := multiples[count]) is not None:
                summed[count] = summed[multiple].reshape(-1, count).sum(axis=0)
            even = float(keys.loads[spread].sum()) / count
            loads = summed[count] + even + null_loads(keys, count, partitioner)
            yield count, loads


def _groups(counts: list[int]) -> Iterator[list[int]]:
    """Cut counts into groups whose load vectors fit in memory together."""
    group: list[int] = []
    for count in counts:
        if group and sum(group) + count > LOADS_HELD:
            yield group
            group = []
        group.append(count)
    yield group


def _multiple(count: int, falling: list[int]) -> int | None:
    """Give the smallest other count of the list that ``count`` divides."""
    return next((other for other in falling[::-1] if other > count and other % count == 0), None)


def _summed(
    numbers: Any, weights: NDArray[np.float64], counts: list[int]
) -> dict[int, NDArray[np.float64]]:
    summed = {count: np.zeros(count) for count in counts}
    for begin in range(0, len(weights), KEYS_PER_STEP):
        part = numbers[begin : begin + KEYS_PER_STEP]
        weight = weights[begin : begin + KEYS_PER_STEP]
        for count, sums in summed.items():
            whole = part // part.dtype.type(count)
            whole *= part.dtype.type(count)
            np.add(sums, sum_by(np.subtract(part, whole, out=whole), weight, count), out=sums)
    return summed


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


def _measures(loads: NDArray[np.float64]) -> tuple[int, float, float, float, int]:
    hottest = int(loads.argmax())
    total = float(loads.sum())
    return (
        hottest,
        float(loads[hottest] / total) if total else 0.0,
        imbalance_ratio(loads),
        coefficient_of_variation(loads),
        int((loads == 0).sum()),
    )
