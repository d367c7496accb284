"""A client, the size of a record and a rate in; how many records stay together out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from kafka_sizing._checks import ceil_ratio
from kafka_sizing.partitions.keyless.clients import KeylessClient, batch_header_bytes
from kafka_sizing.settings import default_of

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Batching:
    """How one producer gathers records: what a batch takes, and how long it waits."""

    record_bytes: float  #: of a record in its batch
    batch_bytes: float
    linger_s: float
    header_bytes: float  #: of a batch without records

    @property
    def full_records(self) -> int:
        """How many records a batch takes; one always."""
        room = (self.batch_bytes - self.header_bytes) / self.record_bytes
        return max(1, math.floor(room * (1 + _ROUNDING)))

    def records(self, records_per_s: float, *, wait_s: float = 0.0) -> int:
        """Count the records of a batch that is taken once it lingered, or later: ``wait_s``."""
        open_s = max(self.linger_s, wait_s)
        later = records_per_s * open_s
        if later >= self.full_records:
            return self.full_records
        return min(self.full_records, 1 + math.floor(later * (1 + _ROUNDING)))

    def bytes_of(self, records: int) -> float:
        """Weigh a batch of so many records. [bytes]"""
        return self.header_bytes + records * self.record_bytes


def batching_of(
    client: KeylessClient,
    *,
    record_bytes: float,
    batch_bytes: float | None,
    linger_s: float | None,
) -> Batching:
    """Fill in what a client does unless told otherwise."""
    return Batching(
        record_bytes=float(record_bytes),
        batch_bytes=float(_batch_bytes(client) if batch_bytes is None else batch_bytes),
        linger_s=_linger_s(client, linger_s),
        header_bytes=float(batch_header_bytes() if client.fills_batches else 0),
    )


def records_per_draw(client: KeylessClient, batching: Batching, records_per_s: float) -> int:
    """Count the records that one producer sends to a partition before it draws the next.

    Parameters
    ----------
    client : KeylessClient
        One that draws.
    batching : Batching
        How it gathers records.
    records_per_s : float
        Of one producer. [records/s] > 0

    Returns
    -------
    int
        Records, where no partition is slow.
    """
    match client.rule:
        case "until a new batch":
            return batching.records(records_per_s)
        case "for a time":
            return 1 + math.floor(records_per_s * batching.linger_s * (1 + _ROUNDING))
        case "until enough bytes" if client.stays_bytes is not None:
            # The record that would reach the limit goes to the next partition.
            return max(1, ceil_ratio(batching.batch_bytes, batching.record_bytes) - 1)
        case "until enough bytes":
            # A switch waits for the batch to end: whole batches, up to twice the limit.
            records = batching.records(records_per_s)
            return records * ceil_ratio(batching.batch_bytes, batching.bytes_of(records))
    return 1


def _batch_bytes(client: KeylessClient) -> float:
    if client.stays_bytes is not None:
        return client.stays_bytes
    if client.batch_bytes is not None:
        return client.batch_bytes
    return float(default_of("batch.size", client.side or "producer").value)


def _linger_s(client: KeylessClient, given_s: float | None) -> float:
    if given_s is not None:
        return client.lingers * float(given_s)
    if client.linger_s is not None:
        return client.linger_s
    name = "sticky.partitioning.linger.ms" if client.rule == "for a time" else "linger.ms"
    return float(default_of(name, client.side or "producer").seconds)
