"""Placed keys, and how to split some of them, in; the loads of their shards out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.fixes.base import loads_of_null_keys, placed_keys
from kafka_sizing.fixes.subkeys import (
    KEYS_PER_STEP,
    SUBKEYS_HELD,
    in_steps,
    joined,
    positions_of,
    suffix_bytes,
    suffixed,
)
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.distinct import distinct_keys
from kafka_sizing.keys.hashing import murmur2, murmur3
from kafka_sizing.keys.loads import KeyLoads, key_text, loads_of_distinct, sum_by
from kafka_sizing.keys.pairs import PairLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.placement import PartitionLoads, sum_by_partition

Positions = NDArray[np.int64]
Fractions = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """Loads with some keys split, and how much of the load changed place."""

    loads: PartitionLoads
    moved_key_share: float
    moved_load_share: float
    heaviest_share: float  #: of the split keys
    has_collision: bool  #: whether a shard has the bytes of a key


def split(
    before: PartitionLoads,
    *,
    positions: Positions | None,
    shards: int,
    pairs: PairLoads | None = None,
    consecutive: bool = False,
    separator: str | bytes = "-",
    keep_keys: bool = True,
) -> Split:
    """Split the keys at ``positions`` (None: all) into shards, and place these.

    The shards go with the loads as keys of their own, unless there are millions of them or
    nobody wants them.
    """
    keys, partition_of_key, partitioner = placed_keys(before)
    n = before.partitions
    chosen = np.arange(len(keys)) if positions is None else positions
    column = keys.keys if positions is None else keys.keys.take(chosen)
    home, weight = partition_of_key[chosen], keys.loads[chosen]
    rest = np.ones(len(keys), dtype=np.bool_)
    rest[chosen] = False

    loads = sum_by_partition(partition_of_key[rest], keys.loads[rest], n)
    loads += loads_of_null_keys(before)
    holds = keep_keys and shards * len(chosen) <= SUBKEYS_HELD
    held = _Held() if holds else None
    moved = np.zeros(len(chosen), dtype=np.bool_)
    moved_load = 0.0
    for numbers, fractions in _steps(_fractions(column, shards, pairs), len(chosen)):
        suffixes = [suffix_bytes(separator, shard) for shard in numbers]
        placed = (
            _dealt(home, numbers, n) if consecutive else _hashed(column, suffixes, n, partitioner)
        )
        parts = weight * fractions
        loads += sum_by_partition(placed.ravel(), parts.ravel(), n)
        elsewhere = (placed != home) & (fractions > 0)
        moved |= elsewhere.any(axis=0)
        moved_load += float(parts[elsewhere].sum())
        if held is not None:
            held.add(
                _with_each(column, suffixes),
                placed.ravel(),
                parts.ravel(),
                is_used=fractions.ravel() > 0,
            )
    made = None if held is None else held.with_rest(keys, rest, partition_of_key)
    return Split(
        loads=PartitionLoads(
            loads=loads,
            unit=keys.unit,
            keys=made.keys if made else None,
            partition_of_key=made.partition_of_key if made else None,
            partitioner=partitioner,
        ),
        moved_key_share=float(moved.sum()) / len(keys),
        moved_load_share=moved_load / keys.total if keys.total else 0.0,
        heaviest_share=float(weight.max()) / keys.total if keys.total else 0.0,
        has_collision=made is not None and made.has_collision,
    )


def _steps(
    fractions: Iterator[Fractions], keys: int
) -> Iterator[tuple[range, NDArray[np.float64]]]:
    """Take as many shards at once as a step has room for: a row per shard, a column per key."""
    at_once = max(1, KEYS_PER_STEP // keys)
    begin = 0
    while rows := list(islice(fractions, at_once)):
        yield range(begin, begin + len(rows)), np.stack(rows)
        begin += len(rows)


def _dealt(home: NDArray[np.int32], shards: range, partitions: int) -> NDArray[np.int32]:
    """Go round from the partition of each key; keys that are spread stay so."""
    shard = np.array(shards)[:, np.newaxis]
    return np.where(home < 0, home, (home + shard) % partitions).astype(np.int32)


def _hashed(
    column: KeyColumn, suffixes: list[bytes], partitions: int, partitioner: Partitioner
) -> NDArray[np.int32]:
    placed = np.empty((len(suffixes), len(column)), dtype=np.int32)
    for where, some in in_steps(column):
        subkeys = _with_each(some, suffixes)
        placed[:, where] = partitioner.partitions_of(subkeys, partitions).reshape(
            len(suffixes), -1
        )
    return placed


def _with_each(column: KeyColumn, suffixes: list[bytes]) -> KeyColumn:
    """Write every suffix after every key, one suffix after the other."""
    return joined([suffixed(column, suffix) for suffix in suffixes])


def _fractions(column: KeyColumn, shards: int, pairs: PairLoads | None) -> Iterator[Fractions]:
    """Give, for each shard, the part of each key's load that goes to it."""
    if pairs is None:
        for _ in range(shards):
            yield np.full(len(column), 1 / shards)
        return
    found = positions_of(column, pairs.keys)
    totals = sum_by(pairs.key_of_pair, pairs.loads, len(pairs.keys))
    counted = (found >= 0) & (totals[found] > 0)
    if not counted.all():
        missing = int(np.flatnonzero(~counted)[0])
        raise ValueError(
            "shard_by must hold a load for every key that is split, "
            f"got none for {key_text(column, missing)!r:.60}"
        )
    shard_of_pair = (murmur3(pairs.values).astype(np.int64) % shards)[pairs.value_of_pair]
    for shard in range(shards):
        here = shard_of_pair == shard
        sums = sum_by(pairs.key_of_pair[here], pairs.loads[here], len(pairs.keys))
        yield sums[found] / totals[found]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Made:
    keys: KeyLoads | None
    partition_of_key: NDArray[np.int32] | None
    has_collision: bool


class _Held:
    """The shards as keys of their own, gathered step by step."""

    def __init__(self) -> None:
        self._columns: list[KeyColumn] = []
        self._placed: list[NDArray[np.int32]] = []
        self._loads: list[NDArray[np.float64]] = []

    def add(
        self,
        subkeys: KeyColumn,
        placed: NDArray[np.int32],
        loads: NDArray[np.float64],
        *,
        is_used: NDArray[np.bool_],
    ) -> None:
        used = np.flatnonzero(is_used)
        self._columns.append(subkeys.take(used))
        self._placed.append(placed[used])
        self._loads.append(loads[used])

    def with_rest(
        self, keys: KeyLoads, rest: NDArray[np.bool_], partition_of_key: NDArray[np.int32]
    ) -> _Made:
        """Join the shards with the keys that are not split; add up what has the same bytes."""
        others = keys.keys.take(np.flatnonzero(rest))
        shards = joined(self._columns)
        column = joined([others, shards])
        loads = np.concatenate([keys.loads[rest], *self._loads])
        placed = np.concatenate([partition_of_key[rest], *self._placed])
        collides = _have_one_in_common(shards, others)
        if collides:
            distinct = distinct_keys(column)
            codes = distinct.codes
            where = np.empty(len(distinct.column), dtype=np.int32)
            where[codes] = placed
            if not np.array_equal(where[codes], placed):  # the same bytes on two partitions
                return _Made(keys=None, partition_of_key=None, has_collision=True)
            column, loads, placed = distinct.column, sum_by(codes, loads, len(where)), where
        made = loads_of_distinct(
            column,
            loads,
            keys.unit,
            null_load=keys.null_load,
            sample_size=keys.sample_size,
        )
        return _Made(keys=made, partition_of_key=placed, has_collision=collides)


def _have_one_in_common(some: KeyColumn, others: KeyColumn) -> bool:
    """Whether two columns of distinct keys share one; only what shares a hash is looked at."""
    ours, theirs = murmur2(some), murmur2(others)
    near, meet = np.flatnonzero(_is_among(ours, theirs)), np.flatnonzero(_is_among(theirs, ours))
    if not near.size:
        return False
    both = joined([some.take(near), others.take(meet)])
    return len(distinct_keys(both).column) < len(both)


def _is_among(hashes: NDArray[np.int32], known: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Mark the hashes that are among the known ones."""
    if not known.size:
        return np.zeros(hashes.size, dtype=np.bool_)
    known = np.sort(known)
    marked: NDArray[np.bool_] = known[np.searchsorted(known[:-1], hashes)] == hashes
    return marked
