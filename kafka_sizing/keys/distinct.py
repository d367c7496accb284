"""A key column in; its distinct keys, and which of them stands where, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.fast import worth_compiling
from kafka_sizing.keys.hashing import MURMUR2, Hash, murmur3_seeded
from kafka_sizing.keys.slots import numbered

_SECOND_SEED = 0x2545F491


@dataclass(frozen=True, slots=True, eq=False)
class DistinctKeys:
    """The distinct keys of a column in order of first appearance."""

    column: KeyColumn
    codes: NDArray[np.int64]  #: (n,): column[codes[i]] is key i


def distinct_keys(keys: KeyColumn) -> DistinctKeys:
    """Find the distinct keys of a column without nulls.

    A compiled table compares bytes as it goes. Without it keys are grouped by 64 bits of two
    hashes, then every key is compared with the first of its group, byte by byte; should two
    keys ever share all 64 bits, a dictionary decides.
    """
    if worth_compiling(len(keys)):
        first, codes = numbered(keys, MURMUR2.of_column(keys))
        return DistinctKeys(keys.take(first), codes)
    import pandas as pd

    pair = _hash64(keys, MURMUR2, murmur3_seeded(_SECOND_SEED))
    codes = pd.factorize(pair)[0].astype(np.int64, copy=False)
    first = _first_positions(codes)
    again = np.flatnonzero(first[codes] != np.arange(len(keys)))
    if not _all_equal(keys, again, first[codes[again]]):
        codes = _codes_by_dictionary(keys)
        first = _first_positions(codes)
    return DistinctKeys(keys.take(first), codes)


def _hash64(keys: KeyColumn, high: Hash, low: Hash) -> NDArray[np.uint64]:
    pair = high.of_column(keys).astype(np.uint64)
    pair <<= np.uint64(32)
    pair |= low.of_column(keys)
    return pair


def _first_positions(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    first = np.empty(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first


def _all_equal(
    keys: KeyColumn, some: NDArray[np.int64], others: NDArray[np.int64], per_step: int = 2**18
) -> bool:
    for begin in range(0, len(some), per_step):
        left = keys.take(some[begin : begin + per_step])
        right = keys.take(others[begin : begin + per_step])
        same_lengths = np.array_equal(left.offsets, right.offsets)
        if not same_lengths or not np.array_equal(left.data, right.data):
            return False
    return True


def _codes_by_dictionary(keys: KeyColumn) -> NDArray[np.int64]:
    seen: dict[bytes | None, int] = {}
    return np.fromiter((seen.setdefault(key, len(seen)) for key in keys), np.int64, len(keys))
