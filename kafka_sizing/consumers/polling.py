"""A consumer's settings and its work in; whether it polls in time, and what it holds, out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, SupportsIndex, get_args

from kafka_sizing._checks import (
    ROUNDING,
    check_choice,
    check_count,
    check_positive,
    check_share,
    check_type,
)
from kafka_sizing.consumers.settings import ConsumerSettings, default_of
from kafka_sizing.units import format_load, format_share

Client = Literal["java", "librdkafka"]

_MOST_INT32 = 2**31 - 1  # more than ``max.poll.records`` can be set to


@dataclass(frozen=True, slots=True, kw_only=True)
class PollBudget:
    """What fits between two polls, from both ends: records, and time for each."""

    max_poll_records: int
    max_poll_interval_s: float
    interval_share: float  #: part of the interval that a batch may take
    threads: int  #: records of a batch worked on at once
    processing_s: float | None  #: that a record takes; None: not said

    @property
    def budget_s(self) -> float:
        """Time that a batch may take. [s]"""
        return self.max_poll_interval_s * self.interval_share

    @property
    def record_budget_s(self) -> float:
        """Time that each record of a full batch may take. [s]"""
        return self.budget_s / self._turns(self.max_poll_records)

    @property
    def batch_s(self) -> float | None:
        """Time that a full batch takes; None if the time of a record was not given. [s]"""
        if self.processing_s is None:
            return None
        return self._turns(self.max_poll_records) * self.processing_s

    @property
    def most_records(self) -> int | None:
        """The most that ``max.poll.records`` may be; 0 if one record alone takes too long.

        None if the time of a record was not given.
        """
        if self.processing_s is None:
            return None
        in_turn = math.floor(min(self.budget_s / self.processing_s * (1 + ROUNDING), _MOST_INT32))
        return min(in_turn * self.threads, _MOST_INT32)

    @property
    def fits(self) -> bool | None:
        """Whether a full batch is done in time; None if the time of a record was not given."""
        most = self.most_records
        return None if most is None else self.max_poll_records <= most

    @property
    def reason(self) -> str:
        """The verdict and what to change, as a sentence without a full stop."""
        whole = f"max.poll.interval.ms ({self.max_poll_interval_s:g} s)"
        budget = (
            whole
            if self.interval_share == 1
            else f"{format_share(self.interval_share)} of {whole}"
        )
        records = f"{self.max_poll_records:,} record{'' if self.max_poll_records == 1 else 's'}"
        if self.batch_s is None or self.processing_s is None:
            return f"{records} may take {self.record_budget_s:,.4g} s each within {budget}"
        takes = f"a poll of {records} takes {self.batch_s:,.6g} s at {self.processing_s:g} s each"
        if self.fits:
            return f"{takes}, within {budget}"
        if not self.most_records:
            return (
                f"one record takes {self.processing_s:g} s, more than {budget}: raise "
                "max.poll.interval.ms, or hand records over and pause the partition meanwhile"
            )
        return (
            f"{takes}, more than {budget}, and the group takes the member for stuck: "
            f"max.poll.records may be {self.most_records:,} at most"
        )

    def __repr__(self) -> str:
        return (
            f"PollBudget(max_poll_records={self.max_poll_records:,}, "
            f"most_records={self.most_records}, record_budget_s={self.record_budget_s:g}, "
            f"fits={self.fits})"
        )

    def _turns(self, records: int) -> int:
        """How often all threads take a record before a batch is done."""
        return -(-records // self.threads)


def poll_budget(
    processing_s: float | None = None,
    *,
    interval_share: float = 1.0,
    threads: SupportsIndex = 1,
    settings: ConsumerSettings | None = None,
) -> PollBudget:
    """Judge whether a consumer polls in time, and say what would.

    A consumer that works on records between polls must be done with a batch within
    ``max.poll.interval.ms``, or it leaves the group: ``max.poll.records`` is at most
    ``floor(interval share / time of a record)``, and a record may take
    ``interval share / max.poll.records``.

    Parameters
    ----------
    processing_s : float or None, default None
        Time that a record takes: a high quantile, for one slow batch is enough. None: only the
        time budget of a record is computed. [s] > 0
    interval_share : float, default 1.0
        Part of the interval that a batch may take, so that a slow one is not one too many.
        (0, 1]
    threads : int, default 1
        Records of a batch worked on at once; the next poll waits for all. >= 1
    settings : ConsumerSettings or None, default None
        ``max.poll.records`` and ``max.poll.interval.ms``. None: Kafka's defaults.

    Returns
    -------
    PollBudget
        The verdict, the most records, and the time for each.

    Raises
    ------
    TypeError
        If the settings are no `ConsumerSettings`.
    ValueError
        If a number is out of range.

    Notes
    -----
    The contract is that of ``KafkaConsumer.poll`` (KIP-62). librdkafka keeps the same time,
    but hands records out one by one or in batches of the caller's size: there
    ``max.poll.records`` stands for that size.

    Examples
    --------
    >>> from kafka_sizing.consumers.polling import poll_budget
    >>> budget = poll_budget(0.2, interval_share=0.5)
    >>> budget.most_records, budget.record_budget_s, budget.fits
    (750, 0.3, True)
    """
    if processing_s is not None:
        check_positive("processing_s", processing_s)
        processing_s = float(processing_s)
    if settings is not None:
        check_type("settings", settings, ConsumerSettings, "ConsumerSettings(…)")
    check_share("interval_share", interval_share)
    settings = settings or ConsumerSettings()
    return PollBudget(
        max_poll_records=settings.max_poll_records,
        max_poll_interval_s=settings.max_poll_interval_s,
        interval_share=float(interval_share),
        threads=check_count("threads", threads),
        processing_s=processing_s,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchMemory:
    """The most bytes that a consumer holds of what it has fetched, and what bounds them."""

    client: Client
    partition_bytes: int  #: what its partitions may send in one round of fetches
    broker_bytes: int  #: what its brokers may send in one round of fetches
    queue_bytes: int  #: what waits for the application beside that round
    largest_batch_bytes: int  #: by which a fetch may be exceeded

    @property
    def fetch_bytes(self) -> int:
        """The most that one round of fetches brings. [bytes]"""
        return min(self.partition_bytes, self.broker_bytes) + self.largest_batch_bytes

    @property
    def total_bytes(self) -> int:
        """The most that the consumer holds. [bytes]"""
        return self.fetch_bytes + self.queue_bytes

    @property
    def binding(self) -> Literal["max.partition.fetch.bytes", "fetch.max.bytes"]:
        """The setting that bounds a round of fetches; of a tie, the first."""
        if self.partition_bytes <= self.broker_bytes:
            return "max.partition.fetch.bytes"
        return "fetch.max.bytes"

    @property
    def reason(self) -> str:
        """What it is made of, as a sentence without a full stop."""
        least = format_load(min(self.partition_bytes, self.broker_bytes), "bytes")
        parts = [f"{least} of fetches, bounded by {self.binding}"]
        if self.largest_batch_bytes:
            batch = format_load(self.largest_batch_bytes, "bytes")
            parts.append(f"{batch} for a first batch larger than its bound")
        if self.queue_bytes:
            parts.append(f"{format_load(self.queue_bytes, 'bytes')} queued for the application")
        return f"at most {format_load(self.total_bytes, 'bytes')}: {', '.join(parts)}"

    def __repr__(self) -> str:
        return (
            f"FetchMemory(total={format_load(self.total_bytes, 'bytes')!r}, "
            f"client={self.client!r}, binding={self.binding!r})"
        )


def fetch_memory(
    partitions: SupportsIndex,
    *,
    brokers: SupportsIndex,
    client: Client = "java",
    max_partition_fetch_bytes: SupportsIndex | None = None,
    fetch_max_bytes: SupportsIndex | None = None,
    queue_bytes: SupportsIndex | None = None,
    largest_batch_bytes: SupportsIndex = 0,
) -> FetchMemory:
    """Bound what one consumer holds of fetched records, as they travel.

    ``min(partitions × max.partition.fetch.bytes, brokers × fetch.max.bytes)`` for a fetch
    under way to each broker, and one batch more if it is larger than its bound, as a fetcher
    always gets a whole first batch. librdkafka moves what it has fetched to a queue of its
    own and fetches on.

    Parameters
    ----------
    partitions : int
        Partitions that the consumer reads: after a crash, those of the dead as well. >= 1
    brokers : int
        Brokers that lead them. >= 1
    client : {"java", "librdkafka"}, default "java"
        Whose consumer it is.
    max_partition_fetch_bytes, fetch_max_bytes : int or None, default None
        ``max.partition.fetch.bytes`` and ``fetch.max.bytes``. None: their defaults. [bytes] >= 1
    queue_bytes : int or None, default None
        librdkafka's ``queued.max.messages.kbytes``; None: its default. [bytes] >= 1
    largest_batch_bytes : int, default 0
        Largest batch in the topic, if it is larger than either bound. [bytes] >= 0

    Returns
    -------
    FetchMemory
        The most bytes, what they are made of, and the setting that bounds them.

    Raises
    ------
    ValueError
        If a number is out of range, the client is unknown, or a queue is given for one that
        has none.

    Notes
    -----
    From the texts of the consumer's configuration (Kafka 4.x; librdkafka CONFIGURATION.md): a
    rule, for unpacked records and the application's own objects come on top.

    Examples
    --------
    >>> from kafka_sizing.consumers.polling import fetch_memory
    >>> fetch_memory(90, brokers=3)
    FetchMemory(total='90.0 MiB', client='java', binding='max.partition.fetch.bytes')
    """
    check_choice("client", client, get_args(Client))
    if client == "java" and queue_bytes is not None:
        raise ValueError(f"queue_bytes must go with client 'librdkafka', got {queue_bytes!r}")
    each = _bytes("max_partition_fetch_bytes", max_partition_fetch_bytes)
    whole = _bytes("fetch_max_bytes", fetch_max_bytes)
    queue = 0 if client == "java" else _bytes("queue_bytes", queue_bytes)
    return FetchMemory(
        client=client,
        partition_bytes=check_count("partitions", partitions) * each,
        broker_bytes=check_count("brokers", brokers) * whole,
        queue_bytes=queue,
        largest_batch_bytes=check_count("largest_batch_bytes", largest_batch_bytes, least=0),
    )


_PROPERTIES = {
    "max_partition_fetch_bytes": "max.partition.fetch.bytes",
    "fetch_max_bytes": "fetch.max.bytes",
    "queue_bytes": "queued.max.messages.kbytes",
}


def _bytes(name: str, given: SupportsIndex | None) -> int:
    """Take a size, or the default of its property."""
    if given is None:
        return int(default_of(_PROPERTIES[name]).value)
    return check_count(name, given)
