"""Keys that are not held one by one in; the load of each bin of them out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.columns import KeyColumn, joined_columns
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.keys.remainders import add_remainders
from kafka_sizing.keys.stand_ins import stand_ins

# 2**6 * 3**2 * 5**2 * 7 * 11: what is binned by its number modulo this is also binned modulo
# each of its 252 divisors, 12, 24, 36, 48, 60, 64, 96, 100, 120, 144, 192, 200 … among them.
TAIL_BINS: Final = 1_108_800

Loads = NDArray[np.float64]
_KEYS_PER_STEP: Final = 2**18
_LONGEST_WITNESS: Final = 40  # bytes; a short key is made up for a bin whose first key is longer


class TailBins:
    """Adds up keys by bin, and by partition at counts that do not follow from the bins.

    Parameters
    ----------
    partitioner : Partitioner or str
        Whose partitions are wanted: a key's bin is its number modulo `TAIL_BINS`.
    counts : iterable of int
        The partition counts whose loads must be exact, besides the divisors of `TAIL_BINS`.
    """

    def __init__(self, partitioner: Partitioner | str, counts: Iterable[int] = ()) -> None:
        self.partitioner = require_keyed(partitioner)
        if not self.partitioner.has_remainder_rule:
            raise ValueError(
                "partitioner must place keys by a remainder where they are too many to hold, "
                f"got {self.partitioner.name!r}"
            )
        self.mass = np.zeros(TAIL_BINS)
        self.sums = {count: np.zeros(count) for count in _independent(counts)}
        self._has_witness = np.zeros(TAIL_BINS, dtype=np.bool_)
        self._first_of = np.empty(TAIL_BINS, dtype=np.int32)  # where a key of a bin stood first
        self._witnesses: list[tuple[NDArray[np.int64], KeyColumn]] = []
        self._first_keys = 0
        self._first_bytes = 0

    def add(self, keys: KeyColumn, loads: Loads) -> None:
        """Add keys without nulls."""
        for begin in range(0, len(keys), _KEYS_PER_STEP):
            end = begin + _KEYS_PER_STEP
            self._add(KeyColumn(keys.data, keys.offsets[begin : end + 1]), loads[begin:end])

    def bins_of(self, keys: KeyColumn) -> NDArray[np.int64]:
        """Give the bin of each key."""
        bins: NDArray[np.int64] = (self._numbers_of(keys) % TAIL_BINS).astype(np.int64)
        return bins

    @property
    def mean_key_bytes(self) -> float:
        """Give the mean length of the keys that came first to their bins."""
        return self._first_bytes / max(self._first_keys, 1)

    def empty(self, bins: NDArray[np.bool_]) -> None:
        """Forget what stands in some bins, but not in the sums at counts."""
        self.mass[bins] = 0.0
        self._has_witness[bins] = False
        self._witnesses = [
            (some[kept], keys.take(np.flatnonzero(kept)))
            for some, keys in self._witnesses
            if (kept := ~bins[some]).any()
        ]

    def fill(self, keys: KeyColumn, loads: Loads) -> None:
        """Add keys to their bins, but not to the sums at counts: they are there already."""
        self._add_to_bins(keys, self.bins_of(keys), loads)

    def take_back(self, keys: KeyColumn, loads: Loads) -> None:
        """Take keys out of the sums at counts, but not out of their bins."""
        add_remainders(self._numbers_of(keys), -loads, self.sums)

    def entries(self) -> tuple[NDArray[np.int64], KeyColumn, Loads]:
        """Give the bins that are not empty, a key that belongs to each, and their masses."""
        bins = np.concatenate([np.empty(0, np.int64), *(some for some, _ in self._witnesses)])
        columns = [keys for _, keys in self._witnesses]
        without = self._has_witness.copy()
        without[bins] = False
        if without.any():
            made_up = np.flatnonzero(without)
            bins = np.concatenate([bins, made_up])
            columns.append(stand_ins(self.partitioner, TAIL_BINS, made_up))
        self._first_of[bins] = np.arange(len(bins))
        in_order = np.flatnonzero(self._has_witness)
        keys = joined_columns(columns).take(self._first_of[in_order].astype(np.int64))
        return in_order, keys, self.mass[in_order]

    def add_entries(self, bins: NDArray[np.int64], keys: KeyColumn, masses: Loads) -> None:
        """Add `entries` that were made elsewhere; sums at counts are not among them."""
        self.mass[bins] += masses
        self._note_witnesses(keys, bins)

    def _numbers_of(self, keys: KeyColumn) -> Any:
        return self.partitioner.numbers_of(keys)

    def _add(self, keys: KeyColumn, loads: Loads) -> None:
        numbers = self._numbers_of(keys)
        self._add_to_bins(keys, (numbers % TAIL_BINS).astype(np.int64), loads)
        add_remainders(numbers, loads, self.sums)

    def _add_to_bins(self, keys: KeyColumn, bins: NDArray[np.int64], loads: Loads) -> None:
        np.add.at(self.mass, bins, loads)
        self._note_witnesses(keys, bins)

    def _note_witnesses(self, keys: KeyColumn, bins: NDArray[np.int64]) -> None:
        fresh = np.flatnonzero(~self._has_witness[bins])
        new = bins[fresh]
        self._first_of[new[::-1]] = fresh[::-1]
        first = fresh[self._first_of[new] == fresh]
        if not first.size:
            return
        new_bins, lengths = bins[first], keys.lengths[first]
        self._has_witness[new_bins] = True
        self._first_keys += len(first)
        self._first_bytes += int(lengths.sum())
        kept = (lengths <= _LONGEST_WITNESS) | (not self.partitioner.hashes_whole_keys)
        self._witnesses.append((new_bins[kept], keys.take(first[kept])))


def _independent(counts: Iterable[int]) -> list[int]:
    """Give the counts that neither the bins nor a larger count leads to."""
    kept: list[int] = []
    for count in sorted(set(counts), reverse=True):
        if all(multiple % count for multiple in (TAIL_BINS, *kept)):
            kept.append(count)
    return kept
