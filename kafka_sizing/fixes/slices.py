"""Keys and slices of time in; the loads of the worst slice, and of all together, out."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, check_positive
from kafka_sizing.fixes.base import Fix, Outcome, loads_of_null_keys, placed_keys
from kafka_sizing.fixes.peaks import peaks_of
from kafka_sizing.fixes.subkeys import (
    SUBKEYS_HELD,
    check_separator,
    in_steps,
    suffix_bytes,
    suffixed,
)
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.loads import loads_of_distinct
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import PartitionLoads, sum_by_partition
from kafka_sizing.units import format_share


@dataclass(frozen=True, slots=True)
class TimeBuckets(Fix):
    """Key and time slice hashed together: a key changes partition with every slice.

    At any moment a hot key is whole on one partition; only over many slices do loads even
    out. That helps what adds up over time, such as disk, and not what a partition carries now.

    Parameters
    ----------
    slice_s : float
        How long a slice is. [s] > 0
    slices : int, default 24
        How many slices to look at, numbered from 0. [1, 100,000]
    separator : str or bytes, default "-"
        What stands between the key and the slice number.

    Raises
    ------
    ValueError
        If a number is out of range, or the separator empty or ending in a digit.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, TimeBuckets
    >>> outcome = TimeBuckets(3600, slices=200).evaluate(KeyLoads(["UA"], [10]), 4)
    >>> outcome.peak_share, round(outcome.long_run_max_share, 1)
    (1.0, 0.3)
    """

    slice_s: float
    _: KW_ONLY
    slices: int = 24
    separator: str | bytes = "-"

    def __post_init__(self) -> None:
        check_positive("slice_s", self.slice_s)
        object.__setattr__(self, "slice_s", float(self.slice_s))
        object.__setattr__(self, "slices", check_count("slices", self.slices, most=100_000))
        check_separator(self.separator)

    @property
    def name(self) -> str:
        """The length of a slice."""
        return f"key and time slice of {self.slice_s:,g} s"

    @property
    def intrusiveness(self) -> int:
        """Every key changes place again and again."""
        return 5

    def drawn_peaks(self, before: PartitionLoads, partitions: int) -> NDArray[np.float64] | None:
        """Give the worst of as many hashes as there are slices: each slice draws anew.

        The largest of m draws is below x with the m-th power of the probability of one.
        """
        keys, _, partitioner = placed_keys(before)
        peaks = peaks_of(keys, partitions, partitioner)
        evenly = (np.arange(peaks.size) + 0.5) / peaks.size
        at = np.ceil(evenly ** (1 / self.slices) * peaks.size).astype(np.int64) - 1
        return peaks[at]

    def applied_to(self, before: PartitionLoads, *, line: Line) -> Outcome:
        """Place every slice; the loads are those of the slice with the hottest partition."""
        keys, partition_of_key, partitioner = placed_keys(before)
        n = before.partitions
        null = loads_of_null_keys(before)
        together = np.zeros(n)
        peaks = np.empty(self.slices)
        moved_load = 0.0
        moved = np.zeros(len(keys), dtype=np.bool_)
        for number in range(self.slices):
            placed = self._placed(keys.keys, number, n, partitioner)
            loads = sum_by_partition(placed, keys.loads, n) + null
            together += loads
            peaks[number] = loads.max()
            elsewhere = placed != partition_of_key
            moved |= elsewhere
            moved_load += float(keys.shares[elsewhere].sum())
        worst = int(peaks.argmax())
        long_run = PartitionLoads(loads=together / self.slices, unit=keys.unit)
        return Outcome(
            fix=self,
            loads=self._worst_slice(before, worst, null),
            line=line,
            ordering_scope="per key and slice",
            ordering_note="records of a key stay in order within a slice, not across slices",
            producer_change=(
                f"append the number of the slice to the key: record time in s // {self.slice_s:g}"
            ),
            consumer_change="read a key over several slices from as many partitions",
            read_fan_in=min(self.slices, n),
            state_copies=min(self.slices, n),
            moved_key_share=float(moved.mean()),
            moved_load_share=moved_load / self.slices,
            notes=(
                (
                    f"over {self.slices:,} slices the hottest partition carries "
                    f"{format_share(long_run.max_share)}, "
                    f"{long_run.imbalance_ratio:.2f} × the even share; in the worst slice, shown "
                    "here, a hot key is as whole as ever"
                ),
            ),
            long_run_max_share=long_run.max_share,
        )

    def _placed(
        self, keys: KeyColumn, number: int, partitions: int, partitioner: Partitioner
    ) -> NDArray[np.int32]:
        suffix = suffix_bytes(self.separator, number)
        placed = np.empty(len(keys), dtype=np.int32)
        for where, some in in_steps(keys):
            placed[where] = partitioner.partitions_of(suffixed(some, suffix), partitions)
        return placed

    def _worst_slice(
        self, before: PartitionLoads, number: int, null: NDArray[np.float64]
    ) -> PartitionLoads:
        keys, _, partitioner = placed_keys(before)
        placed = self._placed(keys.keys, number, before.partitions, partitioner)
        loads = sum_by_partition(placed, keys.loads, before.partitions) + null
        if len(keys) > SUBKEYS_HELD:
            return PartitionLoads(loads=loads, unit=keys.unit, partitioner=partitioner)
        return PartitionLoads(
            loads=loads,
            unit=keys.unit,
            keys=loads_of_distinct(
                suffixed(keys.keys, suffix_bytes(self.separator, number)),
                keys.loads,
                keys.unit,
                null_load=keys.null_load,
                sample_size=keys.sample_size,
            ),
            partition_of_key=placed,
            partitioner=partitioner,
        )
