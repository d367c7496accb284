"""Some records of a log in; their keys, with the hash and the load of each, out."""

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
    """The keys of some records, and what each adds up to: a key may stand here several times.

    Whoever counts keys finds equal ones anyway, so that a batch looks for none; only records that
    are codes into a dictionary are added up by code.
    """

    keys: KeyColumn  #: (k,), without nulls, as they came; those of codes by first appearance
    hashes: NDArray[np.uint32]  #: (k,), murmur2
    loads: NDArray[np.float64]  #: (k,)
    load: float = 0.0  #: of all keys together
    null_load: float = 0.0
    records: int = 0  #: how many there were, those without a key included
    null_records: int = 0
    weighed: bool = False  #: whether records came with loads, which may be totals of their keys
    squares: float = 0.0  #: the sum of their squared loads

    @classmethod
    def of(cls, keys: EncodedKeys, weights: Weights | None = None) -> KeyBatch:
        """Take records; each weighs 1 if not told otherwise."""
        records = len(keys)
        null = keys.null_positions
        if keys.codes is None:
            column, hashes, loads = _of_column(keys.column, null, weights)
        else:
            column, hashes, loads = _of_codes(keys.column, keys.codes, weights)
        if weights is None:
            load, null_load, squares = map(float, (records - null.size, null.size, records))
        else:
            with np.errstate(over="ignore"):  # what is too large is refused, or left unused
                load, null_load = float(loads.sum()), float(weights[null].sum())
                squares = float(np.dot(weights, weights))
        return cls(
            keys=column,
            hashes=hashes,
            loads=loads,
            load=load,
            null_load=null_load,
            records=records,
            null_records=len(null),
            weighed=weights is not None,
            squares=squares,
        )

    def __len__(self) -> int:
        """Count the keys."""
        return len(self.hashes)

    @property
    def n_bytes(self) -> int:
        """Say how much memory it takes."""
        arrays = (self.keys.data, self.keys.offsets, self.hashes, self.loads)
        return sum(array.nbytes for array in arrays)

    def taken(self, which: NDArray[np.int64]) -> KeyBatch:
        """Give some of the keys, without what is known of their records."""
        keys, hashes, loads = self.keys.take(which), self.hashes[which], self.loads[which]
        with np.errstate(over="ignore"):
            load = float(loads.sum())
        return KeyBatch(keys=keys, hashes=hashes, loads=loads, load=load)

    def merged(self) -> KeyBatch:
        """Let every key stand here once."""
        first, codes = numbered(self.keys, self.hashes)
        loads: Weights = np.bincount(codes, self.loads, minlength=len(first)).astype(np.float64)
        return replace(self, keys=self.keys.take(first), hashes=self.hashes[first], loads=loads)

    def written(self, write: Callable[[KeyColumn], KeyColumn]) -> KeyBatch:
        """Let each key be written another way, once; some may become the same."""
        once = self.merged()
        keys = write(once.keys)
        return replace(once, keys=keys, hashes=MURMUR2.of_column(keys))


_Parts = tuple[KeyColumn, NDArray[np.uint32], Weights]


def _of_column(column: KeyColumn, null: NDArray[np.int64], weights: Weights | None) -> _Parts:
    if null.size:
        weights = None if weights is None else np.delete(weights, null)
        column = column.keyed()
    column = KeyColumn(column.data, column.offsets)
    loads = np.broadcast_to(np.float64(1), len(column)) if weights is None else weights
    return column, MURMUR2.of_column(column), loads


def _of_codes(column: KeyColumn, codes: Codes, weights: Weights | None) -> _Parts:
    """Add up records by their codes; each entry of the dictionary is looked at once."""
    from kafka_sizing.keys.compiled import tables

    if column.valid is not None:
        codes = np.where(column.valid[codes], codes, -1).astype(np.int64)
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
    keys = KeyColumn(column.data, column.offsets).take(used)
    return keys, MURMUR2.of_column(keys), sums
