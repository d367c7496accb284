"""A rate, record sizes and settings in; batches, requests and bytes on the wire out."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, SupportsIndex, get_args

from numpy.typing import ArrayLike

from kafka_sizing._checks import check_at_least, check_choice, check_count, check_positive
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.producers.buffering import BufferTime, time_until_blocked
from kafka_sizing.producers.checking import check_producer
from kafka_sizing.producers.clients import (
    ProducerClient,
    compresses,
    producer_configuration,
)
from kafka_sizing.producers.draining import drained_together
from kafka_sizing.producers.effects import client_rules
from kafka_sizing.producers.filling import FilledBy, FillRule, fill_rule
from kafka_sizing.producers.record_batch import HeaderSizes, record_sizes
from kafka_sizing.producers.streams import Keying, Streams, streams_of
from kafka_sizing.settings import Configuration, SettingValue
from kafka_sizing.units import format_load, format_number, format_share

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Batching:
    """What producers make of a rate: batches, requests, bytes on the wire, and memory."""

    records_per_s: float  #: of all producers
    partitions: int
    producers: int
    brokers: int  #: that lead partitions of the topic
    keying: Keying
    client: ProducerClient
    linger_s: float
    records_per_batch: float  #: mean over batches
    least_records_per_batch: float  #: if every batch for a broker leaves with the first one due
    records_that_fit: int  #: in one batch
    filled_by: FilledBy  #: what closes the batches of most records
    full_share: float  #: part of the records whose batches are full before ``linger.ms``
    batches_per_s: float
    least_requests_per_s: float  #: if batches for one broker share a request
    requests_per_s: float  #: if every batch takes one of its own: the most
    batch_bytes: float  #: mean over batches, on the wire
    payload_bytes_per_s: float  #: keys, values and headers, uncompressed
    wire_bytes_per_s: float  #: batches as they go to brokers, before replication
    compression_ratio: float  #: records before over after compression
    memory_bytes: int  #: of one producer, with a batch open for every partition it fills
    buffer: BufferTime  #: of one producer, while no broker answers

    @property
    def overhead_ratio(self) -> float | None:
        """Wire bytes over payload bytes; None if there is no payload."""
        return (
            self.wire_bytes_per_s / self.payload_bytes_per_s if self.payload_bytes_per_s else None
        )

    @property
    def fill_share(self) -> float:
        """Records of a mean batch over those that fit."""
        return self.records_per_batch / self.records_that_fit

    @property
    def buffer_s(self) -> float:
        """Until the buffer of a producer is full while no broker answers. [s]"""
        return self.buffer.buffer_s

    @property
    def reason(self) -> str:
        """What comes of the rate and why, as a sentence without a full stop."""
        records = format_number(self.records_per_batch)
        batch = f"{records} record{'' if records == '1' else 's'}"
        text = (
            f"{batch} ({format_load(self.batch_bytes, 'bytes')}) a batch, closed by "
            f"{self.filled_by}, make {rate_text(self.batches_per_s)} batches/s in "
            f"{self._requests}"
        )
        if self.records_per_batch < self.records_that_fit:
            text += f"; {format_share(self.fill_share)} of the {self.records_that_fit:,} that fit"
        if self.memory_bytes > self.buffer.buffer_bytes:
            text += (
                f"; open batches alone take {format_load(self.memory_bytes, 'bytes')}, more than "
                f"{self.buffer.bound} ({format_load(self.buffer.buffer_bytes, 'bytes')})"
            )
        return text

    @property
    def _requests(self) -> str:
        least, most = rate_text(self.least_requests_per_s), rate_text(self.requests_per_s)
        return f"{most} requests/s" if least == most else f"{least} to {most} requests/s"

    def to_frame(self) -> pd.DataFrame:
        """One row per quantity: quantity, amount, unit."""
        import pandas as pd

        rows = [
            ("records_per_batch", self.records_per_batch, "records"),
            ("least_records_per_batch", self.least_records_per_batch, "records"),
            ("records_that_fit", self.records_that_fit, "records"),
            ("batches_per_s", self.batches_per_s, "batches/s"),
            ("least_requests_per_s", self.least_requests_per_s, "requests/s"),
            ("requests_per_s", self.requests_per_s, "requests/s"),
            ("batch_bytes", self.batch_bytes, "bytes"),
            ("payload_bytes_per_s", self.payload_bytes_per_s, "bytes/s"),
            ("wire_bytes_per_s", self.wire_bytes_per_s, "bytes/s"),
            ("memory_bytes", self.memory_bytes, "bytes"),
            ("buffer_s", self.buffer_s, "s"),
        ]
        return pd.DataFrame(rows, columns=["quantity", "amount", "unit"]).astype(
            {"amount": "float64"}
        )

    def __repr__(self) -> str:
        return (
            f"Batching(records_per_batch={self.records_per_batch:.4g}, "
            f"batches_per_s={self.batches_per_s:.4g}, filled_by={self.filled_by!r}, "
            f"wire={format_load(self.wire_bytes_per_s, 'bytes/s')!r})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def plan_batching(
    records_per_s: float,
    *,
    partitions: SupportsIndex,
    value_bytes: SupportsIndex | None,
    key_bytes: SupportsIndex | None = None,
    headers: HeaderSizes = (),
    producers: SupportsIndex = 1,
    brokers: SupportsIndex = 1,
    keying: Keying = "keyed",
    shares: ArrayLike | PartitionLoads | None = None,
    compression_ratio: float = 1.0,
    settings: Configuration | Mapping[str, SettingValue] | None = None,
    client: ProducerClient = "java",
) -> Batching:
    """Reckon the batches, requests and bytes that a rate of records comes to.

    A batch opens with its first record and closes when it is full or ``linger.ms`` has
    passed: with records at random times it holds ``min(fit, 1 + rate × linger)`` in the mean,
    where the rate is that of one producer to one partition. With keys that is
    ``records_per_s / producers × share of the partition``; without, a producer fills one
    partition at a time, and the rate is its whole. Batches a second are the sum over
    partitions of ``rate / fill``.

    Parameters
    ----------
    records_per_s : float
        Of all producers to the topic. [records/s] > 0
    partitions : int
        Partitions of the topic. >= 1
    value_bytes : int or None
        Mean size of a value as serialized; None for tombstones. [bytes] >= 0
    key_bytes : int or None, default None
        Mean size of a key as serialized; None without one. [bytes] >= 0
    headers : sequence of (int, int or None), default ()
        Size of the key and of the value of each header. [bytes] >= 0
    producers : int, default 1
        Producers, each with an equal part of the rate. >= 1
    brokers : int, default 1
        Brokers the leaders are spread over, one after the other. >= 1
    keying : {"keyed", "keyless"}, default "keyed"
        Whether the key chooses the partition, or the producer does.
    shares : array-like of float, PartitionLoads or None, default None
        Part of the records that each partition takes, as `place` gives; None: even. Only with
        keys. [0, 1] each, sum 1
    compression_ratio : float, default 1.0
        Records before over after compression: 4 is four times smaller. >= 1
    settings : Configuration, mapping of property to value, or None, default None
        What the producers are set to; None: Kafka's defaults.
    client : {"java", "librdkafka"}, default "java"
        Which client they are.

    Returns
    -------
    Batching
        Batches, requests, bytes, memory, and what closes the batches.

    Raises
    ------
    ValueError
        If a number is out of its range, shares are not one per partition or not with keys, or
        a compression ratio is given with ``compression.type=none``.

    Notes
    -----
    The mean fill is a rule: records come one by one at random (Poisson) and brokers answer
    before the next batch is due. With ``linger.ms=0`` it is 1; a busy producer fills more,
    for batches then grow while requests are in flight.

    Compression: the Java client bounds by ``batch.size`` what it expects a batch to come out
    at, with a margin of 5 %, so as many more records fit (see `records_that_fit`, with the
    estimate settled). librdkafka bounds a batch before compression, by ``batch.size``,
    ``message.max.bytes`` and ``batch.num.messages``; it leaves some room for what a record
    may take at most, so it may stop a record or two earlier than reckoned here.

    Requests: once one batch for a broker is due, the Java client sends every open batch for
    that broker along, in one request of at most ``max.request.size`` (``RecordAccumulator``).
    Batches then leave before their time: ``least_records_per_batch`` and
    ``least_requests_per_s`` reckon with that. librdkafka sends each batch by itself.

    Examples
    --------
    >>> from kafka_sizing.producers import plan_batching
    >>> plan = plan_batching(10_000, partitions=10, value_bytes=1_000)
    >>> round(plan.records_per_batch, 3), round(plan.batches_per_s), plan.filled_by
    (6.0, 1667, 'linger.ms')
    """
    check_positive("records_per_s", records_per_s)
    partitions = check_count("partitions", partitions)
    producers = check_count("producers", producers)
    brokers = min(check_count("brokers", brokers), partitions)
    check_choice("keying", keying, get_args(Keying))
    check_at_least("compression_ratio", compression_ratio, 1)
    given = producer_configuration(client, settings)
    _check_compression(given, client, compression_ratio)
    configuration = check_producer(given, client=client).effective
    sizes = record_sizes(
        value_bytes,
        key_bytes=key_bytes,
        headers=headers,
        timestamp_delta_ms=_linger_ms(configuration),
    )
    rule = fill_rule(sizes, configuration, float(compression_ratio))
    streams = streams_of(
        float(records_per_s) / producers,
        configuration,
        partitions=partitions,
        brokers=brokers,
        keying=keying,
        shares=shares,
    )

    fills = [rule.mean_fill(stream.records_per_s, streams.window_s) for stream in streams.each]
    rates = [stream.records_per_s * stream.count for stream in streams.each]
    batches = [rate / fill for rate, fill in zip(rates, fills, strict=True)]
    batches_per_s = producers * math.fsum(batches)
    wire = producers * math.fsum(
        count * rule.wire_bytes(fill) for count, fill in zip(batches, fills, strict=True)
    )
    check_positive("bytes of records_per_s", wire)
    full = math.fsum(
        rate for rate, fill in zip(rates, fills, strict=True) if fill >= rule.records_that_fit
    )
    full_share = min(full / math.fsum(rates), 1.0)
    records_per_batch = float(records_per_s) / batches_per_s
    together = drained_together(streams, rule)
    return Batching(
        records_per_s=float(records_per_s),
        partitions=partitions,
        producers=producers,
        brokers=brokers,
        keying=keying,
        client=client,
        linger_s=configuration.seconds("linger.ms"),
        records_per_batch=records_per_batch,
        least_records_per_batch=min(records_per_batch, together.records_per_batch),
        records_that_fit=rule.records_that_fit,
        filled_by=rule.bound if full_share > 0.5 else "linger.ms",
        full_share=full_share,
        batches_per_s=batches_per_s,
        least_requests_per_s=min(batches_per_s, producers * together.requests_per_s),
        requests_per_s=batches_per_s,
        batch_bytes=wire / batches_per_s,
        payload_bytes_per_s=float(records_per_s) * sizes.payload_bytes,
        wire_bytes_per_s=wire,
        compression_ratio=float(compression_ratio),
        memory_bytes=_memory(rule, streams),
        buffer=time_until_blocked(
            rule.buffered_bytes_per_record * streams.records_per_s,
            records_per_s=streams.records_per_s,
            settings=configuration,
            client=client,
        ),
    )


def _linger_ms(settings: Configuration) -> int:
    """Give the whole milliseconds that a record may be younger than the first of its batch."""
    most = client_rules("java")["most_timeout_ms"]  # to which the client cuts linger.ms as well
    return int(min(1_000 * settings.seconds("linger.ms"), most))


def _memory(rule: FillRule, streams: Streams) -> int:
    """Give what open batches hold, or where records wait one by one, those of a window."""
    if rule.open_batch_bytes:
        return streams.open_batches * rule.open_batch_bytes
    waiting = max(1.0, streams.records_per_s * streams.window_s)
    return math.ceil(waiting * rule.buffered_bytes_per_record)


def _check_compression(
    settings: Configuration, client: Literal["java", "librdkafka"], compression_ratio: float
) -> None:
    name = "compression.type"
    if settings.is_set(name) and not compresses(settings) and compression_ratio != 1:
        raise ValueError(
            f"compression_ratio must be 1 with {name}=none of the {client} client, "
            f"got {compression_ratio!r}"
        )


def rate_text(per_s: float) -> str:
    """Write a rate in full from a hundred on, with four figures below."""
    return format_number(round(per_s) if per_s >= 100 else per_s)
