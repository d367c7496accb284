"""Heavy keys and bins of all others in; `KeyLoads` of more keys than memory holds out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import log, sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, check_counts, check_type
from kafka_sizing._mappings import ReadOnly
from kafka_sizing.keys.columns import KeyColumn, joined_columns
from kafka_sizing.keys.loads import KEY_SHOWN, KeyLoads
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.keys.remainders import add_remainders
from kafka_sizing.keys.tail import TAIL_BINS, TailBins
from kafka_sizing.units import LoadUnit, format_load

_MARGIN_CERTAINTY: Final = 0.999

Loads = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KeySketch(KeyLoads):
    """`KeyLoads` of more keys than memory holds: heavy ones one by one, all others in bins.

    ``keys`` and ``loads`` hold the heavy keys by falling load, then one entry for each bin that
    is not empty: a key that belongs to it, made up where its first one is long, and the load of
    all its keys together. Functions that take `KeyLoads` take it too. It comes from
    `count_key_files`, `sketch_key_frame` and `sketch_keys`.

    Attributes
    ----------
    heavy : int
        How many leading entries are single keys.
    bins : ndarray of int64
        The bin of each other entry: the number of its keys modulo 1,108,800.
    partitioner : Partitioner
        Whose numbers made the bins.
    counted : mapping of int to ndarray
        Loads of all keyed records at these partition counts, exact.
    least_load : float
        Every key that writes at least this much is among the heavy ones. [unit]
    heavy_errors : ndarray of float, shape (heavy,)
        How much more than its load each heavy key may write; 0 where that is exact. [unit]
    distinct : float
        How many distinct keys there are.
    distinct_error : float
        Relative standard error of ``distinct``; 0 where they were counted.

    Notes
    -----
    `place` and `sweep_partitions` are exact at the counts of `counts_exactly`. Wherever else a
    function takes keys, fixes and expectations among them, the light keys of a bin count as one
    key. That overstates how uneven they are by at most sqrt(n / 1,108,800) of the even share of n
    partitions, 0.7 % at 48: the standard deviation that so many equal keys would have.
    """

    heavy: int
    bins: NDArray[np.int64]
    partitioner: Partitioner
    counted: Mapping[int, Loads]
    least_load: float
    heavy_errors: Loads
    distinct: float
    distinct_error: float = 0.0

    def __post_init__(self) -> None:
        # Its makers below know the keys to be distinct.
        for array in (self.loads, self.bins, self.heavy_errors, *self.counted.values()):
            array.flags.writeable = False
        object.__setattr__(self, "counted", ReadOnly(self.counted))

    @property
    def named(self) -> int:
        """How many leading entries are single keys."""
        return self.heavy

    @property
    def distinct_keys(self) -> float:
        """About how many distinct keys there are."""
        return self.distinct

    @property
    def effective_keys(self) -> float:
        """How many equally loaded keys would be as uneven: 1 / sum p**2 over keyed records.

        What light keys add to the sum is estimated from their bins: a random hash gives
        ``E[sum of squared bins] = sum p**2 + (p(tail)**2 - sum p**2) / 1,108,800``.
        """
        keyed = float(self.loads.sum())
        if not keyed:
            return self.distinct
        parts = self.loads / keyed
        tail = parts[self.heavy :]
        of_tail = (float(tail @ tail) - float(tail.sum()) ** 2 / TAIL_BINS) / (1 - 1 / TAIL_BINS)
        least = float(tail.sum()) ** 2 / max(self.distinct - self.heavy, 1.0)
        return 1 / (float(parts[: self.heavy] @ parts[: self.heavy]) + max(of_tail, least))

    @property
    def tail_load(self) -> float:
        """What all keys that are not heavy write, in ``unit``."""
        return float(self.loads[self.heavy :].sum())

    @property
    def tail_share(self) -> float:
        """Their part of ``total``."""
        return self.tail_load / self.total if self.total else 0.0

    @property
    def is_exact(self) -> bool:
        """Whether the loads of the heavy keys are exact."""
        return not self.heavy_errors.any()

    def load_errors(self, positions: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give how much more than its load each of some heavy keys may write."""
        errors: NDArray[np.float64] = self.heavy_errors[positions]
        return errors

    def heaviest(self, n: int | None = None) -> NDArray[np.int64]:
        """Give the positions of the heavy keys, or of ``n`` of them, by falling load."""
        return np.arange(self.heavy)[:n]

    def counts_exactly(self, partitions: int) -> bool:
        """Say whether `partition_loads` are exact at a count."""
        return self._multiple_of(partitions) is not None

    def partition_loads(self, partitions: int) -> Loads:
        """Give what keyed records write to each partition.

        Where the count does not follow from the bins or ``counted``, the load of the light keys
        is shared out in equal parts; see `margin`.
        """
        multiple = self._multiple_of(partitions)
        if multiple is not None and multiple in self.counted:
            folded: Loads = self.counted[multiple].reshape(-1, partitions).sum(axis=0)
            return folded
        loads = np.zeros(partitions)
        self._add_heavy({partitions: loads})
        tail = self.loads[self.heavy :]
        if multiple is None:
            return loads + float(tail.sum()) / partitions
        return loads + np.bincount(self.bins % partitions, tail, minlength=partitions)

    def margin(self, partitions: int) -> float:
        """Say by how much the load of a partition may differ from `partition_loads`.

        0 where that is exact. Otherwise Bernstein's inequality over a random hash, for all
        partitions together and with a certainty of 99.9 %: no light key writes more than
        ``least_load``, so the variance of a partition's light load is at most
        ``tail_load * least_load / partitions``. [unit]
        """
        if self.counts_exactly(partitions):
            return 0.0
        logarithm = log(2 * partitions / (1 - _MARGIN_CERTAINTY))
        variance = self.tail_load * self.least_load / partitions
        wide = sqrt(2 * variance * logarithm) + self.least_load * logarithm / 3
        return min(wide, self.tail_load)

    def scaled_to(self, total: float, unit: LoadUnit) -> KeySketch:
        """Keep the shares, and let the loads add up to ``total``; see `KeyLoads.scaled_to`."""
        scaled = KeyLoads.scaled_to(self, total, unit)
        factor = total / self.total
        return replace(
            self,
            loads=scaled.loads,
            unit=unit,
            null_load=scaled.null_load,
            counted={count: loads * factor for count, loads in self.counted.items()},
            least_load=self.least_load * factor,
            heavy_errors=self.heavy_errors * factor,
        )

    def __repr__(self) -> str:
        """Say how many keys there are, how much they write, and which is the hottest."""
        hottest = ""
        if self.heavy:
            (first,) = self.top(1)
            name = repr(first.key)
            short = name if len(name) <= KEY_SHOWN else f"{name[:KEY_SHOWN]}…"
            hottest = f", hottest={short} {100 * first.share:.1f} %"
        about = "about " if self.distinct_error else ""
        return (
            f"KeySketch({about}{round(self.distinct):,} keys, {self.heavy:,} of them one by one, "
            f"total={format_load(self.total, self.unit)}{hottest})"
        )

    def _repr_html_(self) -> str:
        rest = f"<p>all other keys: {100 * self.tail_share:.1f} % of the load</p>"
        return KeyLoads._repr_html_(self) + rest

    def _multiple_of(self, partitions: int) -> int | None:
        fitting = (count for count in sorted(self.counted) if count % partitions == 0)
        return next(fitting, TAIL_BINS if TAIL_BINS % partitions == 0 else None)

    def _add_heavy(self, sums: Mapping[int, Loads]) -> None:
        _add_keys(self.partitioner, self.keys[: self.heavy], self.loads[: self.heavy], sums)


def sketch_of(
    tail: TailBins,
    heavy: KeyColumn,
    loads: Loads,
    *,
    unit: LoadUnit,
    null_load: float,
    sample_size: float | None,
    least_load: float,
    heavy_errors: Loads | None = None,
    distinct: float,
    distinct_error: float = 0.0,
) -> KeySketch:
    """Put heavy keys and the bins and sums of all others together; nothing is in both."""
    order = np.argsort(-loads, kind="stable")
    heavy, loads = heavy.take(order), loads[order]
    errors = np.zeros(len(loads)) if heavy_errors is None else heavy_errors[order]
    counted = {count: sums.copy() for count, sums in tail.sums.items()}
    _add_keys(tail.partitioner, heavy, loads, counted)
    bins, witnesses, masses = tail.entries()
    return KeySketch(
        keys=joined_columns([heavy, witnesses]),
        loads=np.concatenate([loads, masses]),
        unit=unit,
        null_load=null_load,
        sample_size=sample_size,
        heavy=len(heavy),
        bins=bins,
        partitioner=tail.partitioner,
        counted=counted,
        least_load=least_load,
        heavy_errors=errors,
        distinct=distinct,
        distinct_error=distinct_error,
    )


def refuse_sketch(keys: Any, what: str) -> None:
    """Refuse a sketch where every single key is asked for."""
    if isinstance(keys, KeySketch):
        raise ValueError(  # noqa: TRY004 - it is a KeyLoads: the right type, with too little in it
            f"keys must be held one by one for {what}, got a KeySketch of {keys.heavy:,} heavy "
            "keys and bins of all others; more memory_bytes hold more keys"
        )


def sketch_keys(
    keys: KeyLoads,
    *,
    partitioner: Partitioner | str = "java",
    counts: Iterable[int] = (),
    heavy: int = 100_000,
) -> KeySketch:
    """Make a smaller thing of exact loads: the heaviest keys, and bins of all others.

    Parameters
    ----------
    keys : KeyLoads
        The keys and their loads.
    partitioner : Partitioner or str, default "java"
        Whose partitions are wanted.
    counts : iterable of int, optional
        Partition counts whose loads must be exact; the divisors of 1,108,800 are in any case.
        [1, 10,000,000]
    heavy : int, default 100,000
        How many keys stay one by one. >= 0

    Returns
    -------
    KeySketch
        The heavy keys, and at most one entry for each of 1,108,800 bins.

    Raises
    ------
    TypeError
        If ``keys`` is no `KeyLoads`.
    ValueError
        If an argument is out of range, or the partitioner places keys by no remainder.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, sketch_keys
    >>> sketch_keys(KeyLoads(["UA", "B6", "EV"], [60, 30, 10]), heavy=1)
    KeySketch(3 keys, 1 of them one by one, total=100 records, hottest='UA' 60.0 %)
    """
    check_type("keys", keys, KeyLoads, "count_keys")
    tail = TailBins(require_keyed(partitioner), check_counts("counts", counts))
    most = check_count("heavy", heavy, least=0)
    order = keys.heaviest()
    apart = np.zeros(len(keys), dtype=np.bool_)
    apart[order[:most]] = True
    apart |= spread_keys(tail.partitioner, keys.keys)
    light = np.flatnonzero(~apart)
    tail.add(keys.keys.take(light), keys.loads[light])
    one_by_one = np.flatnonzero(apart)
    largest_light = float(keys.loads[light].max(initial=0.0))
    return sketch_of(
        tail,
        keys.keys.take(one_by_one),
        keys.loads[one_by_one],
        unit=keys.unit,
        null_load=keys.null_load,
        sample_size=keys.sample_size,
        least_load=float(np.nextafter(largest_light, np.inf)),
        distinct=float(len(keys)),
    )


def spread_keys(partitioner: Partitioner, keys: KeyColumn) -> NDArray[np.bool_]:
    """Mark the keys that have no number: empty ones, where the partitioner treats them apart."""
    if partitioner.empty_key == "hashed":
        return np.zeros(len(keys), dtype=np.bool_)
    marked: NDArray[np.bool_] = keys.lengths == 0
    return marked


def _add_keys(
    partitioner: Partitioner, keys: KeyColumn, loads: Loads, sums: Mapping[int, Loads]
) -> None:
    placed = np.flatnonzero(~spread_keys(partitioner, keys))
    if placed.size and sums:
        add_remainders(partitioner.numbers_of(keys.take(placed)), loads[placed], sums)
