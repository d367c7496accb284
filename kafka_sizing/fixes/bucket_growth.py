"""Buckets on the partitions of today in; where they go as partitions are added out."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING, check_count, check_type
from kafka_sizing.fixes.routing import RoutingTable, bucket_of, placed_by_weight
from kafka_sizing.keys.loads import KeyLoads, sum_by
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.partitions.growth import moved_keys
from kafka_sizing.partitions.placement import MOST_PLACED, null_loads, place
from kafka_sizing.units import format_count, format_share

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketChange:
    """One way to fill the partitions that are added, what moves and what it leaves."""

    name: str  #: "fewest moves", "placed anew" or "hash modulo"
    moved_load_share: float
    moved_key_share: float
    peak_share: float  #: of the hottest partition afterwards


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BucketGrowth:
    """A routing table for more partitions, and what other ways would move."""

    table_before: RoutingTable
    table: RoutingTable  #: for producers, from the change on
    peak_share_before: float
    fewest_moves: BucketChange  #: what ``table`` does
    placed_anew: BucketChange  #: every bucket placed by weight again
    hash_modulo: BucketChange  #: no buckets: the hash of the key modulo the count
    least_moved_share: float  #: no table with a peak as low moves less

    @property
    def before(self) -> int:
        """The partitions there are."""
        return self.table_before.partitions

    @property
    def after(self) -> int:
        """The partitions there will be."""
        return self.table.partitions

    @property
    def even_moved_share(self) -> float:
        """What fills the added partitions if all were even: ``1 - before / after``."""
        return 1 - self.before / self.after

    @property
    def moved_buckets(self) -> NDArray[np.int64]:
        """The buckets that go to another partition."""
        changed = self.table_before.partition_of_bucket != self.table.partition_of_bucket
        return np.flatnonzero(changed)

    @property
    def changes(self) -> tuple[BucketChange, ...]:
        """The ways compared, this one first."""
        return self.fewest_moves, self.placed_anew, self.hash_modulo

    @property
    def reason(self) -> str:
        """What moves, against what else would, as a sentence without a full stop."""
        buckets = format_count(self.moved_buckets.size, "bucket")
        others = "; ".join(f"{each.name}: {_says(each)}" for each in self.changes[1:])
        return (
            f"{self.before:,} -> {format_count(self.after, 'partition')}: {buckets} of "
            f"{self.table.buckets:,} move, {_says(self.fewest_moves)}, was "
            f"{format_share(self.peak_share_before)} (even keys would need "
            f"{format_share(self.even_moved_share)} to move); {others}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per way: name, moved_load_share, moved_key_share, peak_share."""
        import pandas as pd

        names = ("name", "moved_load_share", "moved_key_share", "peak_share")
        return pd.DataFrame(
            [{name: getattr(each, name) for name in names} for each in self.changes]
        )

    def __repr__(self) -> str:
        return (
            f"BucketGrowth({self.before:,} -> {self.after:,} partitions: "
            f"{self.moved_buckets.size:,} of {self.table.buckets:,} buckets move, "
            f"{format_share(self.fewest_moves.moved_load_share)} of the load)"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False)


def grow_buckets(
    keys: KeyLoads,
    before: int,
    after: int,
    *,
    buckets: int | None = None,
    table: RoutingTable | None = None,
    partitioner: Partitioner | str = "java",
) -> BucketGrowth:
    """Fill added partitions with whole buckets, and move no more than it takes.

    A bucket is a group of keys by a hash that does not know the count. Each partition above
    the even share of the new count (of what is left, where single buckets are above it: each of
    those has a partition to itself) gives away buckets, the heaviest that do not take it below;
    these go, the heaviest first, where there is least load. No partition becomes hotter than
    the hottest was. For keys that were even this moves ``1 - before / after`` of the load, the
    least there can be, against ``1 - gcd / max`` for a hash modulo the count: 1/3 against 2/3
    from 12 to 18. To grow again, hand in the table of the last time.

    Parameters
    ----------
    keys : KeyLoads
        The keys and their loads.
    before, after : int
        Partitions there are, and will be: not fewer. [1, 10,000,000]
    buckets : int or None, default None
        How many buckets there are, placed by weight (`KeyBuckets`); needed without ``table``.
        Ten or more per partition at the end. [1, 10,000,000]
    table : RoutingTable or None, default None
        Where buckets are today.
    partitioner : Partitioner or str, default "java"
        What hashes keys without buckets, and what becomes of records without a key.

    Returns
    -------
    BucketGrowth
        The table from then on, what moves, and what would move otherwise.

    Raises
    ------
    TypeError
        If ``keys`` is no `KeyLoads`, or ``table`` no `RoutingTable`.
    ValueError
        If a count is out of range or falls, or not exactly one of ``buckets`` and ``table`` is
        given, or the table is for another count.

    Examples
    --------
    >>> from kafka_sizing import uniform_keys
    >>> from kafka_sizing.fixes.bucket_growth import grow_buckets
    >>> keys = uniform_keys(5_000, total=5_000)
    >>> grown = grow_buckets(keys, 12, 18, buckets=1_000)
    >>> [round(each.moved_load_share, 2) for each in grown.changes]
    [0.33, 0.73, 0.66]
    """
    check_type("keys", keys, KeyLoads, "count_keys")
    chosen = require_keyed(partitioner)
    before = check_count("before", before, most=MOST_PLACED)
    after = check_count("after", after, least=before, most=MOST_PLACED)
    if (buckets is None) == (table is None):
        given = "neither" if table is None else "both"
        raise ValueError(f"one of buckets and table must be given, got {given}")
    if table is not None:
        check_type("table", table, RoutingTable, "grow_buckets")
        if table.partitions != before:
            raise ValueError(f"table must be for {before:,} partitions, got {table.partitions:,}")
        count = table.buckets
    else:
        count = check_count("buckets", buckets or 0, most=MOST_PLACED)
    bucket_of_key = bucket_of(keys.keys, count)
    weights = sum_by(bucket_of_key, keys.loads, count)
    if table is None:
        placed = placed_by_weight(weights, null_loads(keys, before, chosen))
        table = RoutingTable(partition_of_bucket=placed, partitions=before)

    def change(name: str, placed: NDArray[np.int32]) -> BucketChange:
        moved = (placed != table.partition_of_bucket)[bucket_of_key]
        loads = sum_by(placed, weights, after) + nobody
        return BucketChange(
            name=name,
            moved_load_share=float(keys.shares[moved].sum()),
            moved_key_share=float(moved.mean()),
            peak_share=float(loads.max()) / (keys.total or 1.0),
        )

    nobody = null_loads(keys, after, chosen)
    grown = _grown(weights, table.partition_of_bucket, nobody)
    ours = change("fewest moves", grown)
    modulo = moved_keys(keys, before, after, partitioner=chosen)
    loads_before = sum_by(table.partition_of_bucket, weights, before)
    all_before = loads_before + null_loads(keys, before, chosen)
    stays = loads_before + nobody[:before]
    total = keys.total or 1.0
    return BucketGrowth(
        table_before=table,
        table=RoutingTable(partition_of_bucket=grown, partitions=after),
        peak_share_before=float(all_before.max()) / total,
        fewest_moves=ours,
        placed_anew=change("placed anew", placed_by_weight(weights, nobody)),
        hash_modulo=BucketChange(
            name="hash modulo",
            moved_load_share=modulo.load_share,
            moved_key_share=modulo.key_share,
            peak_share=place(keys, after, partitioner=chosen).max_share,
        ),
        least_moved_share=float(np.maximum(stays / total - ours.peak_share, 0.0).sum()),
    )


def _grown(
    weights: NDArray[np.float64], table: NDArray[np.int32], nobody: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Place buckets for more partitions; ``nobody`` is the load without a key of each.

    What weighs nothing is levelled by number: keys to come are as likely in any bucket.
    """
    grown = table.copy()
    heavy, light = np.flatnonzero(weights), np.flatnonzero(weights == 0)
    grown[heavy] = _levelled(weights[heavy], table[heavy], nobody)
    held = np.bincount(grown[heavy], minlength=nobody.size).astype(np.float64)
    grown[light] = _levelled(np.ones(light.size), table[light], held)
    return grown


def _levelled(
    weights: NDArray[np.float64], table: NDArray[np.int32], already: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Take weights from partitions above the level, never below it; put them where is least."""
    loads = sum_by(table, weights, already.size) + already
    level = _level(np.concatenate([weights, already]), already.size)
    falling = np.argsort(-weights, kind="stable")
    too_big = int(np.count_nonzero(weights > level))  # of those only what shares a partition goes
    taken = []
    for bucket in [*falling[too_big:].tolist(), *falling[:too_big][::-1].tolist()]:
        at = table[bucket]
        if loads[at] - weights[bucket] >= level:
            loads[at] -= weights[bucket]
            taken.append(bucket)
    taken.sort(key=lambda bucket: -weights[bucket])
    levelled = table.copy()
    heap = [(load, partition) for partition, load in enumerate(loads.tolist())]
    heapq.heapify(heap)
    for bucket in taken:
        load, partition = heap[0]
        levelled[bucket] = partition
        heapq.heapreplace(heap, (load + float(weights[bucket]), partition))
    return levelled


def _level(weights: NDArray[np.float64], partitions: int) -> float:
    """Give the even share of what is left once each weight above it has a partition to itself."""
    left = whole = float(weights.sum())
    free = partitions
    for weight in np.sort(weights)[:-partitions:-1].tolist():
        if weight * free <= left * (1 + ROUNDING):
            break
        left -= weight
        free -= 1
    return max(left / free, ROUNDING * whole / partitions)


def _says(change: BucketChange) -> str:
    return (
        f"{format_share(change.moved_load_share)} of the load, "
        f"hottest {format_share(change.peak_share)}"
    )
