"""Rates, record sizes and settings in; batches, requests, waiting, latency and guarantees out."""

from kafka_sizing.producers.batching import Batching, plan_batching
from kafka_sizing.producers.buffering import BufferTime, time_until_blocked
from kafka_sizing.producers.checking import Guarantees, ProducerVerdict, check_producer
from kafka_sizing.producers.comparison import BatchingByPartitions, compare_batching
from kafka_sizing.producers.compression import (
    CompressionEstimate,
    PublishedCompression,
    estimate_compression,
    published_compression,
    settled_compression,
)
from kafka_sizing.producers.effects import SettingEffect
from kafka_sizing.producers.latency import LatencyBudget, LatencyPart, latency_budget
from kafka_sizing.producers.record_batch import batch_bytes, record_bytes, records_that_fit

__all__ = [
    "Batching",
    "BatchingByPartitions",
    "BufferTime",
    "CompressionEstimate",
    "Guarantees",
    "LatencyBudget",
    "LatencyPart",
    "ProducerVerdict",
    "PublishedCompression",
    "SettingEffect",
    "batch_bytes",
    "check_producer",
    "compare_batching",
    "estimate_compression",
    "latency_budget",
    "plan_batching",
    "published_compression",
    "record_bytes",
    "records_that_fit",
    "settled_compression",
    "time_until_blocked",
]
