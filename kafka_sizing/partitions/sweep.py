"""`KeyLoads`, a partitioner and many counts in; how uneven the loads are at each out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING, check_count, check_counts, check_share, check_type
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.keys.remainders import add_remainders
from kafka_sizing.keys.sketch import KeySketch
from kafka_sizing.partitions.draws import HashDraws
from kafka_sizing.partitions.luck import first_and_luck, part_within
from kafka_sizing.partitions.placement import (
    MOST_PLACED,
    check_same_partitioner,
    loads_of_sketch,
    null_loads,
    place,
)
from kafka_sizing.partitions.shared_multiples import MOST_BINS, shared_multiples
from kafka_sizing.partitions.shares import HashedShares
from kafka_sizing.partitions.skew import imbalance_of, relative_loads, variation_of
from kafka_sizing.units import LoadUnit, format_share

if TYPE_CHECKING:
    import pandas as pd

_KEYS_PER_BIN: Final = 32  # at least, or bins that are shared cost more than they save
LOADS_HELD: Final = 2**24
_ROWS_SHOWN: Final = 20
_DRAWS: Final = 1_000  # random hashes that luck is told from
_SEED: Final = 0  # the same keys give the same answer
_SURE: Final = 0.95  # part of them that makes a count more than luck


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartitionSweep:
    """What the same keys give at many counts; arrays have one entry per count.

    All of it is of the hash in use: whoever picks the best of many counts picks luck.
    `reason_for` names it, and `expected_sweep` sets random hashes beside every count.
    """

    partitions: NDArray[np.int64]
    hottest: NDArray[np.int64]  #: the partition with the largest load
    max_share: NDArray[np.float64]
    imbalance_ratio: NDArray[np.float64]
    coefficient_of_variation: NDArray[np.float64]
    empty_partitions: NDArray[np.int64]
    margin: NDArray[np.float64]  #: by how much a load may differ; 0 where exact [unit]
    hottest_key_share: float  #: no count can push max_share below this
    total: float
    unit: LoadUnit
    partitioner: Partitioner
    keys: KeyLoads | None = None  #: that were placed; None: nothing can be said of luck

    def __post_init__(self) -> None:
        for name in (
            "partitions",
            "hottest",
            "max_share",
            "imbalance_ratio",
            "coefficient_of_variation",
            "empty_partitions",
            "margin",
        ):
            array = np.array(getattr(self, name))
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def first_below(self, max_share: float) -> int | None:
        """Give the smallest count whose hottest partition carries at most ``max_share``.

        Under this hash, and perhaps by its luck: `reason_for` says so.
        """
        fits = self.partitions[self.max_share <= max_share * (1 + ROUNDING)]
        return int(fits.min()) if fits.size else None

    def chance_at(self, partitions: int, max_share: float) -> float | None:
        """Give the part of random hashes that stay within ``max_share`` at a count.

        Parameters
        ----------
        partitions : int
            The count: any, swept or not. [1, 10,000,000]
        max_share : float
            What a partition carries, as a share of the whole load. (0, 1]

        Returns
        -------
        float or None
            Of 1,000 hashes, the same ones each time; None if there is no load, or keys are
            known as a sketch only. [0, 1]

        Raises
        ------
        ValueError
            If an argument is out of range.
        """
        count = check_count("partitions", partitions, most=MOST_PLACED)
        check_share("max_share", max_share)
        keys = self.keys
        if keys is None or isinstance(keys, KeySketch) or not keys.total:
            return None
        shares = HashedShares.of(keys, self.partitioner)
        drawn, _ = HashDraws(shares, draws=_DRAWS, rng=_SEED).max_shares(count)
        return part_within(max_share, drawn)

    def reason_for(self, max_share: float) -> str:
        """Say which count is the first within ``max_share``, and whether by luck.

        Parameters
        ----------
        max_share : float
            What a partition carries, as a share of the whole load. (0, 1]

        Returns
        -------
        str
            A sentence without a full stop. By luck is what fewer than half of all hashes do.

        Raises
        ------
        ValueError
            If the share is outside (0, 1].

        Examples
        --------
        >>> from kafka_sizing import sweep_partitions, zipf_keys
        >>> keys = zipf_keys(5_000, exponent=0.9, total=1_000_000)
        >>> print(sweep_partitions(keys, range(2, 41)).reason_for(0.12))
        15 is the first count at which this hash stays within 12.0 %, but by luck: 21.2 % of
        random hashes do
        """
        check_share("max_share", max_share)
        first, most = self.first_below(max_share), format_share(max_share)
        if first is None:
            return f"At none of these counts does this hash stay within {most}"
        chance = self.chance_at(first, max_share)
        if chance is None:
            return f"{first:,} is the first count at which this hash stays within {most}"
        return first_and_luck(first, max_share, chance, _SURE)

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
            | ({"margin": self.margin} if self.margin.any() else {})
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
        how uneven the loads are. Its ``reason_for`` says whether a count fits by luck.

    Raises
    ------
    TypeError
        If ``keys`` is no `KeyLoads`.
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
    check_type("keys", keys, KeyLoads, "count_keys")
    chosen = require_keyed(partitioner)
    wanted = check_counts("counts", counts, most=MOST_PLACED)
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
        margin=np.array([_margin(keys, count) for count in wanted]),
        hottest_key_share=keys.hottest_key_share,
        total=keys.total,
        unit=keys.unit,
        partitioner=chosen,
        keys=keys,
    )


def loads_at(
    keys: KeyLoads, counts: Iterable[int], partitioner: Partitioner
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Give the load vector of each distinct count, largest count first.

    ``(x mod kn) mod n`` is ``x mod n``: the loads at n are those at any multiple of n, folded.
    """
    falling = sorted(set(counts), reverse=True)
    if isinstance(keys, KeySketch):
        check_same_partitioner(keys, partitioner)
        for count in falling:
            yield count, loads_of_sketch(keys, count) + null_loads(keys, count, partitioner)
        return
    if not partitioner.has_remainder_rule:
        for count in falling:
            yield count, place(keys, count, partitioner=partitioner).loads
        return
    numbers = partitioner.numbers_of(keys.keys)
    spread = partitioner.spread_among(keys.keys)
    weights = np.where(spread, 0.0, keys.loads)
    even = float(keys.loads[spread].sum())
    for group in _groups(falling):
        shared = shared_multiples(group, min(MOST_BINS, len(weights) // _KEYS_PER_BIN))
        summed = {multiple: np.zeros(multiple) for multiple in shared}
        add_remainders(numbers, weights, summed)
        multiple_of = {count: bins for bins, served in shared.items() for count in served}
        for count in group:
            folded = summed[multiple_of[count]].reshape(-1, count).sum(axis=0)
            yield count, folded + even / count + null_loads(keys, count, partitioner)


def _margin(keys: KeyLoads, count: int) -> float:
    return keys.margin(count) if isinstance(keys, KeySketch) else 0.0


def _groups(counts: list[int]) -> Iterator[list[int]]:
    """Cut counts into groups whose load vectors fit in memory together."""
    group: list[int] = []
    for count in counts:
        if group and sum(group) + count > LOADS_HELD:
            yield group
            group = []
        group.append(count)
    yield group


def _measures(loads: NDArray[np.float64]) -> tuple[int, float, float, float, int]:
    hottest = int(loads.argmax())
    total = float(loads.sum())
    relative = relative_loads(loads)
    return (
        hottest,
        float(loads[hottest] / total) if total else 0.0,
        imbalance_of(relative),
        variation_of(relative),
        int((loads == 0).sum()),
    )
