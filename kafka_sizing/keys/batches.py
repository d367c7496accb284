"""Some records of a log in; their distinct keys and what each adds up to out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.hashing import MURMUR2
from kafka_sizing.keys.intake import EncodedKeys
from kafka_sizing.keys.slots import numbered

Weights = NDArray[np.float64]
Codes = NDArray[np.int32] | NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyBatch:
    """The keys of some records, in order of first appearance, and what each adds up to.

    Keys of a dictionary that holds an entry twice stand here twice.
    """

    column: KeyColumn  #: without nulls; it may hold the keys of all the records
    positions: NDArray[np.int64]  #: (d,), where in the column each distinct key first stands
    hashes: NDArray[np.uint32]  #: (d,), murmur2
    loads: NDArray[np.float64]  #: (d,)
    null_load: float = 0.0
    records: int = 0  #: how many there were, those without a key included
    null_records: int = 0
    weighed: bool = False  #: whether records came with loads, which may be totals of their keys
    squares: float = 0.0  #: the sum of their squared loads

    @classmethod
    def of(cls, keys: EncodedKeys, weights: Weights | None = None) -> KeyBatch:
        """Add up records; each weighs 1 if not told otherwise."""
        records = len(keys)
        null = keys.null_positions
        if weights is None:
            null_load, squares = float(null.size), float(records)
        else:
            with np.errstate(over="ignore"):  # what is too large is refused, or left unused
                null_load = float(weights[null].sum())
                squares = float(np.dot(weights, weights))
        if keys.codes is None:
            parts = _of_column(keys.column, null, weights)
        else:
            parts = _of_codes(keys.column, keys.codes, weights)
        column, hashes, positions, loads = parts
        return cls(
            column=column,
            positions=positions,
            hashes=hashes,
            loads=loads,
            null_load=null_load,
            records=records,
            null_records=len(null),
            weighed=weights is not None,
            squares=squares,
        )

    def __len__(self) -> int:
        """Count the distinct keys."""
        return len(self.positions)

    def taken(self, which: NDArray[np.int64] | slice) -> KeyBatch:
        """Give some of the distinct keys, without what all records add up to."""
        return KeyBatch(
            column=self.column,
            positions=self.positions[which],
            hashes=self.hashes[which],
            loads=self.loads[which],
        )

    def written(self, write: Callable[[KeyColumn], KeyColumn]) -> KeyBatch:
        """Let the keys be written another way; some may become the same."""
        column = write(self.keys())
        return replace(
            self,
            column=column,
            positions=np.arange(len(column)),
            hashes=MURMUR2.of_column(column),
        )

    def keys(self) -> KeyColumn:
        """Give the distinct keys alone."""
        return self.column.take(self.positions)


_Parts = tuple[KeyColumn, NDArray[np.uint32], NDArray[np.int64], Weights]


def _of_column(column: KeyColumn, null: NDArray[np.int64], weights: Weights | None) -> _Parts:
    if null.size:
        weights = None if weights is None else np.delete(weights, null)
        column = column.keyed()
    column = KeyColumn(column.data, column.offsets)
    hashes = MURMUR2.of_column(column)
    positions, codes = numbered(column, hashes)
    sums = np.bincount(codes, weights, minlength=len(positions))
    return column, hashes[positions], positions, sums.astype(np.float64, copy=False)


def _of_codes(column: KeyColumn, codes: Codes, weights: Weights | None) -> _Parts:
    """Add up records by their codes; each entry of the dictionary is looked at once."""
    from kafka_sizing.keys.compiled import tables

    if column.valid is not None:
        codes = np.where(column.valid[codes], codes, -1).astype(np.int64)
    column = KeyColumn(column.data, column.offsets)
    n = len(column)
    used = np.empty(n + 1, dtype=np.int64)
    if weights is None:
        counts = np.zeros(n, dtype=np.int64)
        used = used[: tables.count_codes(codes, counts, used)]
        sums = counts[used].astype(np.float64)
    else:
        added = np.zeros(n)
        used = used[: tables.sum_codes(codes, weights, np.zeros(n, np.bool_), added, used)]
        sums = added[used]
    return column, MURMUR2.of_column(column)[used], used, sums
