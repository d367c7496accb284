"""Streams and what closes a batch in; requests that carry every open batch of a broker out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kafka_sizing.producers.filling import FillRule
from kafka_sizing.producers.streams import Streams


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """What comes of it if every batch for a broker leaves with the first one that is due."""

    records_per_batch: float
    requests_per_s: float  #: of one producer


def drained_together(streams: Streams, rule: FillRule) -> Drained:
    """Reckon with one request a broker for all batches that are open."""
    if rule.request_bytes is None:
        return _one_by_one(streams, rule)
    requests, batches = 0.0, 0.0
    for brokers, leaders in streams.by_broker:
        rate = math.fsum(stream.records_per_s * stream.count for stream in leaders)
        until_full = rule.records_that_fit / max(s.records_per_s / rate for s in leaders)
        most = rule.request_bytes / rule.wire_bytes_per_record
        records = max(1.0, min(1.0 + rate * streams.window_s, until_full, most))
        hit = math.fsum(
            stream.count * _hit(stream.records_per_s / rate, records) for stream in leaders
        )
        requests += brokers * rate / records
        batches += brokers * rate / records * hit
    return Drained(records_per_batch=streams.records_per_s / batches, requests_per_s=requests)


def _one_by_one(streams: Streams, rule: FillRule) -> Drained:
    """Reckon with a request for every batch."""
    batches = math.fsum(
        stream.count
        * stream.records_per_s
        / rule.mean_fill(stream.records_per_s, streams.window_s)
        for stream in streams.each
    )
    return Drained(records_per_batch=streams.records_per_s / batches, requests_per_s=batches)


def _hit(share: float, records: float) -> float:
    """Chance that one of so many records, the first and then at random, is of a partition."""
    return 1.0 - (1.0 - share) * math.exp(-share * (records - 1.0))
