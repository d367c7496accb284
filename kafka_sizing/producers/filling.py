"""Record sizes and settings in; how full a batch gets and what it weighs out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from kafka_sizing.producers.clients import compresses, setting_count
from kafka_sizing.producers.compression import settled_compression
from kafka_sizing.producers.record_batch import (
    BATCH_OVERHEAD_BYTES,
    RecordSizes,
    most_records,
)
from kafka_sizing.settings import Configuration

FilledBy = Literal["linger.ms", "batch.size", "batch.num.messages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRule:
    """What closes a batch of a client, and what it weighs then."""

    sizes: RecordSizes
    compression_ratio: float
    records_that_fit: int
    bound: FilledBy  #: what ``records_that_fit`` comes from
    open_batch_bytes: int  #: memory that an open batch holds from its first record; 0: none
    request_bytes: int | None  #: the most that a request with several batches may be; None: one

    def mean_fill(self, records_per_s: float, window_s: float) -> float:
        """Records in a batch that stays open for a time, in the mean."""
        return min(float(self.records_that_fit), 1.0 + records_per_s * window_s)

    def wire_bytes(self, records: float) -> float:
        """Size of a batch of so many records in the mean, between whole numbers in proportion."""
        whole = math.floor(records)
        below = self.sizes.records_bytes(whole)
        uncompressed = below + (records - whole) * (self.sizes.records_bytes(whole + 1) - below)
        return BATCH_OVERHEAD_BYTES + uncompressed / self.compression_ratio

    @property
    def wire_bytes_per_record(self) -> float:
        """Of a full batch."""
        return self.wire_bytes(self.records_that_fit) / self.records_that_fit

    @property
    def buffered_bytes_per_record(self) -> float:
        """What a record takes of the producer's buffer once batches fill up."""
        if self.open_batch_bytes:
            return self.open_batch_bytes / self.records_that_fit
        return max(self.sizes.value_bytes or 0, 1)


def fill_rule(sizes: RecordSizes, settings: Configuration, compression_ratio: float) -> FillRule:
    """Choose the rule of the client whose settings they are."""
    batch_size = setting_count(settings, "batch.size")
    if settings.side == "producer":
        compressed = compression_ratio > 1 or compresses(settings)
        ratio = settled_compression(compression_ratio).size_ratio if compressed else 1.0
        return FillRule(
            sizes=sizes,
            compression_ratio=compression_ratio,
            records_that_fit=most_records(sizes, batch_size, ratio),
            bound="batch.size",
            open_batch_bytes=max(batch_size, BATCH_OVERHEAD_BYTES + sizes.record_bytes(0)),
            request_bytes=setting_count(settings, "max.request.size"),
        )
    most_bytes = min(batch_size, setting_count(settings, "message.max.bytes"))
    by_size = most_records(sizes, most_bytes, 1.0)
    by_number = max(1, setting_count(settings, "batch.num.messages"))  # a batch holds a record
    return FillRule(
        sizes=sizes,
        compression_ratio=compression_ratio,
        records_that_fit=min(by_size, by_number),
        bound="batch.size" if by_size <= by_number else "batch.num.messages",
        open_batch_bytes=0,
        request_bytes=None,
    )
