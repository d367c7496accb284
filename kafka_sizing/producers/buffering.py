"""A rate and settings in; how long a producer buffers while no broker answers out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kafka_sizing._checks import check_non_negative, check_positive
from kafka_sizing.producers.checking import check_producer
from kafka_sizing.producers.clients import (
    ProducerClient,
    setting_count,
)
from kafka_sizing.settings import Configuration, SettingValue
from kafka_sizing.units import format_load, format_number

BufferBound = Literal[
    "buffer.memory", "queue.buffering.max.kbytes", "queue.buffering.max.messages"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class BufferTime:
    """How long one producer goes on while nothing is acknowledged, and what happens then."""

    client: ProducerClient
    bytes_per_s: float  #: into the buffer of one producer
    records_per_s: float | None  #: of one producer; None: not said
    buffer_bytes: int
    bound: BufferBound  #: what fills up first
    buffer_s: float  #: until the buffer is full
    max_block_s: float | None  #: that send() then waits for room; None: it does not wait
    delivery_timeout_s: float | None  #: after which a record is given up; None: never

    @property
    def blocks(self) -> bool:
        """Whether the buffer is full before its first records are given up."""
        return self.delivery_timeout_s is None or self.buffer_s < self.delivery_timeout_s

    @property
    def first_failure_s(self) -> float | None:
        """Until the application sees the first failure; None if it never does. [s]

        Either a call fails for want of room, or the first record is given up.
        """
        refused = self.buffer_s + (self.max_block_s or 0.0)
        if self.delivery_timeout_s is None:
            return refused
        return min(refused, self.delivery_timeout_s) if self.blocks else self.delivery_timeout_s

    @property
    def reason(self) -> str:
        """What happens and when, as a sentence without a full stop."""
        rate = format_load(self.bytes_per_s, "bytes/s")
        filled = format_number(self.buffer_s)
        if not self.blocks:
            given_up = format_number(self.delivery_timeout_s or 0)
            return (
                f"records are given up after {given_up} s, before {self.bound} is full "
                f"({filled} s at {rate}), so calls go on and records are lost"
            )
        full = f"{self.bound} is full after {filled} s at {rate}"
        if self.max_block_s is None:
            return f"{full}, then produce() fails at once until there is room"
        waits = format_number(self.max_block_s)
        return f"{full}, then send() waits up to {waits} s for room and fails"

    def __repr__(self) -> str:
        return (
            f"BufferTime(buffer_s={self.buffer_s:.4g}, bound={self.bound!r}, blocks={self.blocks})"
        )


def time_until_blocked(
    bytes_per_s: float,
    *,
    records_per_s: float | None = None,
    settings: Configuration | Mapping[str, SettingValue] | None = None,
    client: ProducerClient = "java",
) -> BufferTime:
    """Tell how long a producer buffers while no broker answers.

    ``buffer.memory / bytes_per_s`` for the Java client; its ``send()`` then waits up to
    ``max.block.ms`` for room. librdkafka counts values alone, against
    ``queue.buffering.max.kbytes``, and records against ``queue.buffering.max.messages``;
    whichever is full first, ``produce()`` then fails at once. Records that wait longer than
    ``delivery.timeout.ms`` (``message.timeout.ms``) are given up, which makes room.

    Parameters
    ----------
    bytes_per_s : float
        What one producer puts into its buffer. Java: after compression, all partitions
        together; librdkafka: values before compression. [bytes/s] > 0
    records_per_s : float or None, default None
        The same in records; only librdkafka bounds them. None: that bound is left out.
        [records/s] > 0
    settings : Configuration, mapping of property to value, or None, default None
        What the producer is set to; None: Kafka's defaults.
    client : {"java", "librdkafka"}, default "java"
        Whose rules hold.

    Returns
    -------
    BufferTime
        The time, what is full then, and what follows.

    Raises
    ------
    ValueError
        If a rate is not finite and > 0, or a setting is not of its type.

    Notes
    -----
    ``BufferPool.java`` and ``KafkaProducer.java``, Kafka clients; for librdkafka, its
    CONFIGURATION.md and what a real client does.

    Examples
    --------
    >>> from kafka_sizing.producers import time_until_blocked
    >>> time_until_blocked(10e6)
    BufferTime(buffer_s=3.355, bound='buffer.memory', blocks=True)
    """
    check_positive("bytes_per_s", bytes_per_s)
    if records_per_s is not None:
        check_positive("records_per_s", records_per_s)
    configuration = check_producer(settings, client=client).effective
    rule = _java if client == "java" else _librdkafka
    answer = rule(float(bytes_per_s), records_per_s, configuration)
    check_non_negative("buffer over bytes_per_s", answer.buffer_s)
    return answer


def _java(bytes_per_s: float, records_per_s: float | None, settings: Configuration) -> BufferTime:
    memory = settings.bytes("buffer.memory")
    return BufferTime(
        client="java",
        bytes_per_s=bytes_per_s,
        records_per_s=None if records_per_s is None else float(records_per_s),
        buffer_bytes=memory,
        bound="buffer.memory",
        buffer_s=memory / bytes_per_s,
        max_block_s=settings.seconds("max.block.ms"),
        delivery_timeout_s=settings.seconds("delivery.timeout.ms"),
    )


def _librdkafka(
    bytes_per_s: float, records_per_s: float | None, settings: Configuration
) -> BufferTime:
    memory = settings.bytes("queue.buffering.max.kbytes")
    most_records = setting_count(settings, "queue.buffering.max.messages")
    bound: BufferBound = "queue.buffering.max.kbytes"
    buffer_s = memory / bytes_per_s
    if records_per_s is not None and most_records:  # 0: no limit
        until_most = most_records / records_per_s
        if until_most < buffer_s:
            bound, buffer_s = "queue.buffering.max.messages", until_most
    return BufferTime(
        client="librdkafka",
        bytes_per_s=bytes_per_s,
        records_per_s=None if records_per_s is None else float(records_per_s),
        buffer_bytes=memory,
        bound=bound,
        buffer_s=buffer_s,
        max_block_s=None,
        delivery_timeout_s=settings.seconds("message.timeout.ms") or None,  # 0: never
    )
