"""Keys and a count in; the partition each real client would choose out."""

from __future__ import annotations

from typing import Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count
from kafka_sizing.keys.intake import encode_key, encode_keys
from kafka_sizing.keys.partitioners import SPREAD, Partitioner, require_keyed
from kafka_sizing.keys.serializers import Serializer


@overload
def partition_of(
    keys: str | bytes,
    partitions: int,
    *,
    partitioner: str | Partitioner = "java",
    serializer: Serializer | None = None,
) -> int: ...
@overload
def partition_of(
    keys: Any,
    partitions: int,
    *,
    partitioner: str | Partitioner = "java",
    serializer: Serializer | None = None,
) -> NDArray[np.int32]: ...
def partition_of(
    keys: Any,
    partitions: int,
    *,
    partitioner: str | Partitioner = "java",
    serializer: Serializer | None = None,
) -> int | NDArray[np.int32]:
    """Say which partition each key goes to.

    Parameters
    ----------
    keys : str, bytes, or a column of n keys
        One key, or a list, NumPy array, pandas or Polars Series or Arrow array of them.
    partitions : int
        How many partitions the topic has. [1, 2**31)
    partitioner : str or Partitioner, default "java"
        A name in `PARTITIONERS`, or what `find_partitioner` gave.
    serializer : str, optional
        How integers, floats and UUIDs become bytes: "string", "int32", "int64" …, as Kafka's
        serializers write them. Text is always written in UTF-8.

    Returns
    -------
    int or ndarray of int32, shape (n,)
        The partition, from 0.

    Raises
    ------
    TypeError
        If keys are not text or bytes and no serializer fits them.
    ValueError
        If the partitioner ignores keys, or spreads or refuses a key that is null or empty.

    Examples
    --------
    >>> from kafka_sizing import partition_of
    >>> partition_of("user-1", 12, partitioner="sarama")
    0
    >>> partition_of(["user-1", "user-3", "user-1"], 12)
    array([ 8, 11,  8], dtype=int32)
    """
    count = check_count("partitions", partitions)
    chosen = require_keyed(partitioner)
    if isinstance(keys, (str, bytes)):
        return chosen.partition_of_key(encode_key(keys, serializer=serializer), count)
    encoded = encode_keys(keys, serializer=serializer)
    null = encoded.null_positions
    null_partition = SPREAD
    if null.size:
        fate = None if chosen.null_key == "refused" else chosen.null_partition(count)
        if fate is None:
            raise _unplaced("null", chosen, null)
        null_partition = fate
    placed = chosen.partitions_of(encoded.column.keyed(), count)
    if encoded.column.valid is not None:
        some = np.full(len(encoded.column), null_partition, dtype=np.int32)
        some[encoded.column.valid] = placed
        placed = some
    if encoded.codes is not None:
        placed = np.append(placed, np.int32(null_partition))[encoded.codes]  # code -1: the last
    if chosen.empty_key == "spread" and (spread := np.flatnonzero(placed == SPREAD)).size:
        raise _unplaced("empty", chosen, spread)
    return placed


def _unplaced(
    what: Literal["null", "empty"], chosen: Partitioner, positions: NDArray[np.int64]
) -> ValueError:
    fate = chosen.null_key if what == "null" else chosen.empty_key
    does = "refuses them" if fate == "refused" else "spreads them over the partitions"
    return ValueError(
        f"keys must not be {what} to be placed: {chosen.name!r} {does}, "
        f"got {positions.size:,} {what} keys, the first at position {positions[0]}"
    )
