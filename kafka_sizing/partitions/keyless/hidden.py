"""A client and a count in; the one partition that gets all null keys, or all empty ones, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kafka_sizing._checks import check_count
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.partitioners import PARTITIONERS
from kafka_sizing.partitions.keyless.clients import KeylessClient, find_keyless_client
from kafka_sizing.partitions.placement import MOST_PLACED

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenHotPartition:
    """Where a client puts all records of a key that is missing, or empty."""

    client: KeylessClient
    partitions: int
    null_partition: int | None  #: of every record without a key; None: spread
    empty_partition: int | None  #: of every record whose key has no bytes; None: spread

    @property
    def reason(self) -> str:
        """Where null keys and empty keys go, as a sentence without a full stop."""
        of = f"of {self.partitions:,}"
        name = self.client.name
        if self.null_partition is not None:
            text = f"{name} sends every null key to partition {self.null_partition} {of}"
            if self.empty_partition == self.null_partition:
                return f"{text}, and every empty key too"
        else:
            text = f"{name} spreads null keys"
        if self.empty_partition is None:
            return f"{text}, and empty keys"
        return (
            f"{text}; an empty key is not null: all of them go to "
            f"partition {self.empty_partition} {of}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per kind of key, "null" and "empty": key, partition (missing: spread)."""
        import pandas as pd

        partition = pd.Series([self.null_partition, self.empty_partition], dtype="Int64")
        return pd.DataFrame({"key": ["null", "empty"], "partition": partition})

    def __repr__(self) -> str:
        """Say which client, and where either kind of key goes."""
        return (
            f"HiddenHotPartition({self.client.name!r}, {self.partitions:,} partitions, "
            f"null_partition={self.null_partition}, empty_partition={self.empty_partition})"
        )


def hidden_hot_partition(
    client: str | KeylessClient = "kafka-clients", *, partitions: int
) -> HiddenHotPartition:
    """Find the partition that all null keys, or all empty keys, go to.

    A null key is none at all; an empty key has no bytes. Most clients spread the first and
    hash the second, so that a serializer that writes "" for a missing key fills one partition.

    Parameters
    ----------
    client : str or KeylessClient, default "kafka-clients"
        What sends the records: a name in `keyless_clients`.
    partitions : int
        How many partitions the topic has. [1, 10,000,000]

    Returns
    -------
    HiddenHotPartition
        The two partitions, each None where the client spreads.

    Raises
    ------
    ValueError
        If the client is not known, or the count out of range.

    Examples
    --------
    >>> from kafka_sizing.partitions.keyless import hidden_hot_partition
    >>> print(hidden_hot_partition("kafka-clients", partitions=12).reason)
    kafka-clients spreads null keys; an empty key is not null: all of them go to partition 9 of 12
    """
    found = find_keyless_client(client)
    count = check_count("partitions", partitions, most=MOST_PLACED)
    partitioner = PARTITIONERS[found.partitioner]
    if not partitioner.is_keyed:
        return HiddenHotPartition(
            client=found, partitions=count, null_partition=None, empty_partition=None
        )
    empty = int(partitioner.partitions_of(KeyColumn.of([b""]), count)[0])
    return HiddenHotPartition(
        client=found,
        partitions=count,
        null_partition=partitioner.null_partition(count),
        empty_partition=None if empty < 0 else empty,
    )
