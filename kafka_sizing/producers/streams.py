"""A producer's rate and how it is spread in; the streams of records that fill batches out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from kafka_sizing.partitions.given_shares import given_shares
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.producers.clients import setting_count
from kafka_sizing.settings import Configuration

Keying = Literal["keyed", "keyless"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Records of one producer to one partition; ``count`` partitions are alike."""

    records_per_s: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """All streams of one producer, and those to each broker."""

    records_per_s: float
    window_s: float  #: that a batch stays open for
    each: tuple[Stream, ...]
    by_broker: tuple[tuple[int, tuple[Stream, ...]], ...]  #: how many brokers are alike

    @property
    def open_batches(self) -> int:
        """Batches that may be open at once."""
        return sum(stream.count for stream in self.each)


def streams_of(
    records_per_s: float,
    settings: Configuration,
    *,
    partitions: int,
    brokers: int,
    keying: Keying,
    shares: ArrayLike | PartitionLoads | None,
) -> Streams:
    """Spread the rate of one producer over what it fills at once."""
    linger_s = settings.seconds("linger.ms")
    if keying == "keyless":
        if shares is not None:
            raise ValueError(f"shares must be None without keys, got {shares!r}")
        sticky_s = _sticky_s(settings)
        if sticky_s is None or sticky_s > 0:
            window_s = linger_s if sticky_s is None else min(linger_s, sticky_s)
            one = (Stream(records_per_s=records_per_s, count=1),)
            return Streams(
                records_per_s=records_per_s, window_s=window_s, each=one, by_broker=((1, one),)
            )
    if shares is None:
        return _even(records_per_s, partitions, brokers, linger_s)
    return _uneven(records_per_s, given_shares(shares, partitions), brokers, linger_s)


def _sticky_s(settings: Configuration) -> float | None:
    """How long librdkafka stays with a partition; None: until a batch is full, as Java does."""
    if settings.side == "producer":
        return None
    return setting_count(settings, "sticky.partitioning.linger.ms") / 1_000


def _even(records_per_s: float, partitions: int, brokers: int, linger_s: float) -> Streams:
    rate = records_per_s / partitions
    fewer, left = divmod(partitions, brokers)
    by_broker = [(brokers - left, fewer), (left, fewer + 1)]
    return Streams(
        records_per_s=records_per_s,
        window_s=linger_s,
        each=(Stream(records_per_s=rate, count=partitions),),
        by_broker=tuple(
            (count, (Stream(records_per_s=rate, count=leaders),))
            for count, leaders in by_broker
            if count
        ),
    )


def _uneven(
    records_per_s: float, shares: Sequence[float], brokers: int, linger_s: float
) -> Streams:
    rates = [records_per_s * share for share in shares]
    by_broker = (_alike(rates[broker::brokers]) for broker in range(brokers))
    return Streams(
        records_per_s=records_per_s,
        window_s=linger_s,
        each=_alike(rates),
        by_broker=tuple((1, streams) for streams in by_broker if streams),
    )


def _alike(rates: list[float]) -> tuple[Stream, ...]:
    counts = Counter(rate for rate in rates if rate > 0)
    return tuple(Stream(records_per_s=rate, count=count) for rate, count in counts.items())
