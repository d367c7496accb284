"""A topic without keys in: even loads or its client's, when, and no order, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, check_positive
from kafka_sizing.fixes.base import Fix, Outcome, placed_keys
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.keyless.batches import batching_of
from kafka_sizing.partitions.keyless.clients import (
    KeylessClient,
    find_keyless_client,
    keyless_client_of,
)
from kafka_sizing.partitions.keyless.evening import (
    draws_until_even,
    long_run_shares,
    predicted_evens_out_s,
)
from kafka_sizing.partitions.keyless.hidden import hidden_hot_partition
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_duration

_WITHIN_FRACTION: Final = 0.1  # of even, that passes for even in notes
_QUANTILE: Final = 0.95
_ROUNDING: Final = 1e-12  # shares of an even spread may differ by so much


@dataclass(frozen=True, slots=True)
class NoKey(Fix):
    """Records without a key: the client spreads them evenly, to within a batch.

    Parameters
    ----------
    client : str, optional
        What sends the records, a name in `keyless_clients`; the loads are then those that this
        client comes to in the long run. Without it they are even, and the notes are on the
        client whose partitioner places the keys today.
    record_bytes : float, optional
        A record in its batch, to tell after which time loads are even. [bytes] > 0
    producers : int, default 1
        How many share the load. >= 1

    Raises
    ------
    ValueError
        If the client is unknown, or a number out of its range.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, NoKey
    >>> outcome = NoKey().evaluate(KeyLoads(["21", "foobar"], [30, 10]), 4)
    >>> outcome.imbalance_ratio, outcome.ordering_scope
    (1.0, 'none')
    >>> sent = NoKey("librdkafka murmur2").evaluate(KeyLoads(["21", "foobar"], [30, 10]), 4)
    >>> sent.loads.loads.tolist()
    [0.0, 40.0, 0.0, 0.0]
    """

    client: str | None = None
    record_bytes: float | None = None
    producers: int = 1

    def __post_init__(self) -> None:
        if self.client is not None:
            object.__setattr__(self, "client", find_keyless_client(self.client).name)
        if self.record_bytes is not None:
            check_positive("record_bytes", self.record_bytes)
        object.__setattr__(self, "producers", check_count("producers", self.producers))

    @property
    def name(self) -> str:
        """The words "no key", and the client if one was chosen."""
        return "no key" if self.client is None else f"no key, sent by {self.client}"

    @property
    def intrusiveness(self) -> int:
        """All order is lost."""
        return 6

    @property
    def is_hashed(self) -> bool:
        """No key, no hash."""
        return False

    def applied_to(self, before: PartitionLoads, *, line: Line) -> Outcome:
        """Give every partition the share that the client gives it."""
        keys, partition_of_key, partitioner = placed_keys(before)
        n = before.partitions
        shares = self._shares(n)
        weights = shares / shares.max()  # 1 where even, so that even loads are equal to the bit
        used = int(np.count_nonzero(shares))
        return Outcome(
            fix=self,
            loads=PartitionLoads(loads=keys.total * weights / weights.sum(), unit=keys.unit),
            line=line,
            ordering_scope="none",
            ordering_note="records of a key are spread over all partitions: no order",
            producer_change=self._producer_change(partitioner),
            consumer_change="records of a key come from every partition, in no order",
            read_fan_in=used,
            state_copies=used,
            moved_key_share=float(np.mean(_left(shares, partition_of_key) > 0)),
            moved_load_share=_moved_load_share(keys, partition_of_key, partitioner, shares),
            notes=tuple(self._notes(keys, n, partitioner)),
        )

    def _shares(self, partitions: int) -> NDArray[np.float64]:
        """Give each partition's part of the records in the long run."""
        if self.client is None:
            return np.full(partitions, 1 / partitions)
        return long_run_shares(find_keyless_client(self.client), partitions)

    def _client(self, partitioner: Partitioner) -> KeylessClient | None:
        """Give the client that sends the records: the one chosen, or the one of today."""
        if self.client is None:
            return keyless_client_of(partitioner)
        return find_keyless_client(self.client)

    def _producer_change(self, partitioner: Partitioner) -> str:
        if self.client is not None:
            return f"send records without a key, with {self.client}"
        change = "send records without a key, with a client that spreads them"
        if partitioner.null_key == "spread":
            return change
        return f"{change} ({partitioner.name!r} does not)"

    def _notes(self, keys: KeyLoads, partitions: int, partitioner: Partitioner) -> Iterator[str]:
        """Say what the client does, when loads are even, and which partition is hot instead."""
        client = self._client(partitioner)
        if client is None:
            yield "even in the long run: a client fills one partition's batch, then the next"
            return
        yield f"{client.name} {client.does}"
        if partitions == 1:
            return
        hidden = hidden_hot_partition(client, partitions=partitions)
        if hidden.null_partition is None:
            yield self._evening(client, keys, partitions)
        if hidden.null_partition is not None or hidden.empty_partition is not None:
            yield hidden.reason
        if hidden.null_partition is None and client.trap:
            yield client.trap

    def _evening(self, client: KeylessClient, keys: KeyLoads, partitions: int) -> str:
        """Say after which time, or after how many draws, the loads are near even."""
        near = f"within {100 * _WITHIN_FRACTION:g} % of even"
        if long_run_shares(client, partitions).max() * partitions > 1 + _WITHIN_FRACTION:
            return f"never {near}"
        time_s = self._evens_out_s(client, keys, partitions)
        if time_s is not None:
            return f"{near} after about {format_duration(time_s)}"
        draws = draws_until_even(
            client, partitions, within_fraction=_WITHIN_FRACTION, quantile=_QUANTILE
        )
        if draws is None:
            return f"{near} after a few rounds of the partitions"
        return f"{near} after about {draws:,.0f} draws of a partition"

    def _evens_out_s(self, client: KeylessClient, keys: KeyLoads, partitions: int) -> float | None:
        """Give the time after which loads are near even, if the rate of records is known. [s]"""
        if keys.unit not in ("records/s", "bytes/s") or not keys.total:
            return None
        if self.record_bytes is None and (client.weighs_records or keys.unit == "bytes/s"):
            return None
        weight = self.record_bytes or 1.0  # of no account where the client does not weigh
        return predicted_evens_out_s(
            client,
            batching_of(client, record_bytes=weight, batch_bytes=None, linger_s=None),
            records_per_s=keys.total / (weight if keys.unit == "bytes/s" else 1.0),
            partitions=partitions,
            producers=self.producers,
            within_fraction=_WITHIN_FRACTION,
            quantile=_QUANTILE,
        )


def _left(shares: NDArray[np.float64], partition_of_key: NDArray[np.int32]) -> NDArray[np.float64]:
    """Give the part of each key that leaves its partition when it goes by ``shares``."""
    n = shares.size
    of_spread = np.maximum(1 / n - shares, 0).sum()
    left: NDArray[np.float64] = np.where(
        partition_of_key < 0, of_spread, 1 - shares[partition_of_key]
    )
    return np.where(left > _ROUNDING, left, 0.0)


def _moved_load_share(
    keys: KeyLoads,
    partition_of_key: NDArray[np.int32],
    partitioner: Partitioner,
    shares: NDArray[np.float64],
) -> float:
    """Give the part of the load that goes elsewhere than today, null keys included."""
    moved = float(keys.shares @ _left(shares, partition_of_key))
    if not keys.null_load or partitioner.null_key == "refused":
        return moved
    at = partitioner.null_partition(shares.size)
    of_null = _left(shares, np.array([-1 if at is None else at], dtype=np.int32))
    return moved + keys.null_share * float(of_null[0])
