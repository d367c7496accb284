"""Buckets and where each goes in; the partition of any key, and a file for producers, out."""

from __future__ import annotations

import heapq
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count
from kafka_sizing.keys.hashing import murmur3
from kafka_sizing.partitions.placement import MOST_PLACED

if TYPE_CHECKING:
    import pandas as pd

_HASH: Final = "murmur3_x86_32"
_SEED: Final = 0


@overload
def bucket_of(keys: str | bytes, buckets: int) -> int: ...
@overload
def bucket_of(keys: Any, buckets: int) -> NDArray[np.int32]: ...
def bucket_of(keys: Any, buckets: int) -> int | NDArray[np.int32]:
    """Say which bucket each key is in: MurmurHash3 (x86, 32 bits, seed 0), unsigned, modulo.

    Parameters
    ----------
    keys : str, bytes, or a column of n keys
        One key, or any column of them.
    buckets : int
        How many buckets there are. [1, 10,000,000]

    Returns
    -------
    int or ndarray of int32, shape (n,)
        The bucket, from 0.

    Raises
    ------
    ValueError
        If a key is null, or the number of buckets out of range.

    Examples
    --------
    >>> from kafka_sizing.fixes import bucket_of
    >>> bucket_of("foo", 100) == 0xF6A5C420 % 100
    True
    """
    count = check_count("buckets", buckets, most=MOST_PLACED)
    if isinstance(keys, (str, bytes)):
        return murmur3(keys) % count
    hashes: NDArray[np.uint32] = murmur3(keys)
    return (hashes % np.uint32(count)).astype(np.int32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoutingTable:
    """Which partition each bucket goes to: all a producer needs besides the key.

    Parameters
    ----------
    partition_of_bucket : array_like of int, shape (buckets,)
        The partition of each bucket. [0, partitions)
    partitions : int
        How many partitions the topic has. >= 1

    Raises
    ------
    ValueError
        If there is no bucket, or a partition is out of range.

    Examples
    --------
    >>> from kafka_sizing import RoutingTable
    >>> table = RoutingTable(partition_of_bucket=[1, 0, 1], partitions=2)
    >>> table.partition_of("foo") == [1, 0, 1][0xF6A5C420 % 3]
    True
    """

    partition_of_bucket: NDArray[np.int32]
    partitions: int

    def __post_init__(self) -> None:
        count = check_count("partitions", self.partitions)
        object.__setattr__(self, "partitions", count)
        try:
            given = np.array(self.partition_of_bucket)
        except ValueError:  # lists of several lengths
            given = np.array(None)
        if given.ndim != 1 or not given.size or not np.issubdtype(given.dtype, np.integer):
            raise ValueError(
                "partition_of_bucket must be one whole number per bucket, "
                f"got {self.partition_of_bucket!r:.80}"
            )
        wrong = np.flatnonzero((given < 0) | (given >= count))
        if wrong.size:
            raise ValueError(
                f"partition_of_bucket must lie in 0 … {count - 1:,}, "
                f"got {given[wrong[0]]} for bucket {wrong[0]:,}"
            )
        table = given.astype(np.int32)
        table.flags.writeable = False
        object.__setattr__(self, "partition_of_bucket", table)

    @property
    def buckets(self) -> int:
        """How many buckets there are."""
        return int(self.partition_of_bucket.size)

    @overload
    def partition_of(self, keys: str | bytes) -> int: ...
    @overload
    def partition_of(self, keys: Any) -> NDArray[np.int32]: ...
    def partition_of(self, keys: Any) -> int | NDArray[np.int32]:
        """Say which partition each key goes to; one key gives an ``int``."""
        if isinstance(keys, (str, bytes)):
            return int(self.partition_of_bucket[bucket_of(keys, self.buckets)])
        buckets: NDArray[np.int32] = bucket_of(keys, self.buckets)
        return self.partition_of_bucket[buckets]

    def to_frame(self) -> pd.DataFrame:
        """One row per bucket: bucket, partition."""
        import pandas as pd

        return pd.DataFrame(
            {"bucket": np.arange(self.buckets), "partition": self.partition_of_bucket}
        )

    def to_json(self) -> str:
        """Write the table, and the hash that belongs to it, for producers to read."""
        return json.dumps(
            {
                "hash": _HASH,
                "seed": _SEED,
                "buckets": self.buckets,
                "partitions": self.partitions,
                "partition_of_bucket": self.partition_of_bucket.tolist(),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> RoutingTable:
        """Read what `to_json` wrote; refuse a table for another hash."""
        try:
            table = json.loads(text)
        except (json.JSONDecodeError, TypeError) as error:
            raise ValueError(f"text must be JSON of a routing table, got {text!r:.60}") from error
        wanted = {"hash", "seed", "buckets", "partitions", "partition_of_bucket"}
        if not isinstance(table, dict) or wanted - table.keys():
            raise ValueError(f"text must hold {', '.join(sorted(wanted))}, got {text!r:.60}")
        if (table["hash"], table["seed"]) != (_HASH, _SEED):
            raise ValueError(
                f"hash must be {_HASH!r} with seed {_SEED}, "
                f"got {table['hash']!r} with seed {table['seed']!r}"
            )
        read = cls(
            partition_of_bucket=table["partition_of_bucket"], partitions=table["partitions"]
        )
        if read.buckets != table["buckets"]:
            raise ValueError(
                f"partition_of_bucket must hold {table['buckets']} buckets, got {read.buckets}"
            )
        return read

    def __repr__(self) -> str:
        """Say how many buckets go to how many partitions."""
        return f"RoutingTable({self.buckets:,} buckets -> {self.partitions:,} partitions)"

    def _repr_html_(self) -> str:
        return self.to_frame().head(20).to_html(index=False)


def placed_by_weight(
    weights: NDArray[np.float64], already: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Put weights, by falling weight, each on what is then the least loaded partition.

    ``already`` is the load there is to begin with. Of equal partitions the lowest number is
    taken. The largest load is at most the mean plus the largest weight × (1 − 1/N), where
    ``already`` is even. What weighs nothing goes to the partition that has the fewest: the
    keys to come are as likely in any bucket.
    """
    order = np.argsort(-weights, kind="stable")
    heavy = order[: np.count_nonzero(weights)]
    placed = np.empty(weights.size, dtype=np.int32)
    placed[heavy] = _dealt(already.tolist(), weights[heavy].tolist())
    held = np.bincount(placed[heavy], minlength=already.size).tolist()
    placed[order[heavy.size :]] = _dealt(held, [1] * (order.size - heavy.size))
    return placed


def _dealt(loads: list[float], weights: list[float]) -> list[int]:
    """Deal weights one after another, each to what is then the least loaded partition."""
    heap = [(load, partition) for partition, load in enumerate(loads)]
    heapq.heapify(heap)
    placed = []
    for weight in weights:
        load, partition = heap[0]
        placed.append(partition)
        heapq.heapreplace(heap, (load + weight, partition))
    return placed
