"""Numbered groups of keys in; what placing the groups instead of the keys does out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args, overload

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_count
from kafka_sizing.fixes.base import (
    Fix,
    Outcome,
    loads_of_null_keys,
    placed_keys,
)
from kafka_sizing.fixes.peaks import SEED
from kafka_sizing.fixes.routing import RoutingTable, bucket_of, placed_by_weight
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.loads import KeyLoads, sum_by
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import MOST_PLACED, PartitionLoads, place, sum_by_partition

BucketPlacement = Literal["by weight", "hashed"]

_WEIGHTS_AGE: Final = (
    "weights are those of this log: as keys come and go the table has to be made anew"
)
_NEVER_BETTER: Final = (
    "hashing buckets adds chance: on average CV² is {with_buckets:.3g}, against {direct:.3g} "
    "when keys are hashed themselves"
)


@dataclass(frozen=True, slots=True)
class KeyBuckets(Fix):
    """Keys in numbered buckets that travel together; the bucket, not the key, is placed.

    A bucket is MurmurHash3 of the key modulo the number of buckets: a hash independent of
    Kafka's. No key is split, so the hottest key stays on one partition.

    Parameters
    ----------
    buckets : int
        How many buckets. Ten or more per partition let the weights level out. [1, 10,000,000]
    placed : {"by weight", "hashed"}, default "by weight"
        "by weight": through a table, the heaviest bucket first, each to the partition with
        the least load. "hashed": the bucket's decimal number is hashed as the key was.

    Raises
    ------
    ValueError
        If the number of buckets is out of range, or the placement unknown.

    Examples
    --------
    >>> from kafka_sizing import KeyBuckets, KeyLoads
    >>> keys = KeyLoads(["UA", "B6", "EV", "DL"], [40, 30, 20, 10])
    >>> KeyBuckets(100).evaluate(keys, 2).peak_share
    0.5
    """

    buckets: int
    placed: BucketPlacement = "by weight"

    def __post_init__(self) -> None:
        count = check_count("buckets", self.buckets, most=MOST_PLACED)
        object.__setattr__(self, "buckets", count)
        check_choice("placed", self.placed, get_args(BucketPlacement))

    @property
    def name(self) -> str:
        """How many buckets, and how they are placed."""
        placed = "placed by weight" if self.placed == "by weight" else "hashed"
        return f"{self.buckets:,} key bucket{'s' * (self.buckets > 1)}, {placed}"

    @property
    def intrusiveness(self) -> int:
        """Producers share a table; every key keeps its order."""
        return 2

    @property
    def is_hashed(self) -> bool:
        """Placed by weight, a table decides."""
        return self.placed == "hashed"

    def replayed_peaks(self, before: PartitionLoads, replays: range) -> NDArray[np.float64] | None:
        """Hash the keys to buckets, and the buckets to partitions, by other hashes."""
        keys, _, _ = placed_keys(before)
        n, rest = before.partitions, loads_of_null_keys(before)
        peaks = np.empty(len(replays))
        for at, replay in enumerate(replays):
            rng = np.random.default_rng((SEED, replay))
            table = rng.integers(n, size=self.buckets, dtype=np.int32)
            placed = table[rng.integers(self.buckets, size=len(keys))]
            peaks[at] = (sum_by_partition(placed, keys.loads, n) + rest).max() / before.total
        return peaks

    @overload
    def bucket_of(self, keys: str | bytes) -> int: ...
    @overload
    def bucket_of(self, keys: Any) -> NDArray[np.int32]: ...
    def bucket_of(self, keys: Any) -> int | NDArray[np.int32]:
        """Say which bucket each key is in; one key gives an ``int``."""
        found: int | NDArray[np.int32] = bucket_of(keys, self.buckets)
        return found

    def routing_table(
        self, keys: KeyLoads, partitions: int, *, partitioner: Partitioner | str = "java"
    ) -> RoutingTable:
        """Make the table that producers would share.

        Parameters
        ----------
        keys : KeyLoads
            The keys and their loads, which weigh the buckets.
        partitions : int
            How many partitions the topic has. [1, 10,000,000]
        partitioner : Partitioner or str, default "java"
            What hashes bucket numbers, and what becomes of records without a key.

        Returns
        -------
        RoutingTable
            The partition of each bucket, to be written to a file with ``to_json``.
        """
        return self._table(place(keys, partitions, partitioner=partitioner))

    def applied_to(self, before: PartitionLoads, *, line: Line) -> Outcome:
        """Place the buckets, and every key with its bucket."""
        keys, partition_of_key, partitioner = placed_keys(before)
        after = self._table(before).partition_of(keys.keys)
        loads = sum_by_partition(after, keys.loads, before.partitions) + loads_of_null_keys(before)
        moved = after != partition_of_key
        by_weight = self.placed == "by weight"
        return Outcome(
            fix=self,
            loads=PartitionLoads(
                loads=loads,
                unit=keys.unit,
                keys=keys,
                partition_of_key=after,
                partitioner=partitioner,
            ),
            line=line,
            ordering_scope="per key",
            ordering_note=(
                "per key while the table stays the same; to move a bucket, let readers drain it"
                if by_weight
                else "records of a key stay in order"
            ),
            producer_change=(
                "a custom partitioner: bucket = murmur3(key) mod "
                f"{self.buckets:,}, then "
                + (
                    "the partition from a table that all producers share"
                    if by_weight
                    else f"the decimal bucket number hashed as {partitioner.name!r} hashes keys"
                )
            ),
            consumer_change="none",
            read_fan_in=1,
            state_copies=1,
            moved_key_share=float(moved.mean()),
            moved_load_share=float(keys.shares[moved].sum()),
            notes=(_WEIGHTS_AGE if by_weight else self._cost_of_hashing(keys, before.partitions),),
        )

    def _table(self, before: PartitionLoads) -> RoutingTable:
        keys, _, partitioner = placed_keys(before)
        if self.placed == "hashed":
            numbers = KeyColumn.of([str(bucket).encode() for bucket in range(self.buckets)])
            table = partitioner.partitions_of(numbers, before.partitions)
        else:
            weights = sum_by(bucket_of(keys.keys, self.buckets), keys.loads, self.buckets)
            table = placed_by_weight(weights, loads_of_null_keys(before))
        return RoutingTable(partition_of_bucket=table, partitions=before.partitions)

    def _cost_of_hashing(self, keys: KeyLoads, partitions: int) -> str:
        shares = keys.shares
        squares, together = float(np.square(shares).sum()), float(shares.sum()) ** 2
        return _NEVER_BETTER.format(
            direct=(partitions - 1) * squares,
            with_buckets=(partitions - 1) * (squares + (together - squares) / self.buckets),
        )
