"""What a topic must carry and what one partition carries in, the counts they need out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kafka_sizing._checks import ceil_ratio, check_positive, check_share
from kafka_sizing.partitions.groups import ConsumerGroup
from kafka_sizing.partitions.limits import Limit
from kafka_sizing.units import LoadUnit, format_load, format_share

_RATE_RULE = "target rate over the rate of one partition (Rao, Confluent blog, 2015)"
_DISK_RULE = "retained bytes over the largest partition wanted (Kafka: The Definitive Guide)"
_KEY_RULE = "a key lives on one partition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A load spread over all partitions, and the part of it that one partition can take."""

    name: str
    subject: str  #: who needs the partitions, in the plural
    amount: float  #: today, at the peak, in ``unit``
    per_partition: float  #: in ``unit``, headroom already taken off
    unit: LoadUnit
    tail: str  #: ends the reason: which bytes, or nothing
    source: str

    def __post_init__(self) -> None:
        check_positive(f"rate per partition of limit {self.name!r}", self.per_partition)

    def amount_at(self, growth_ratio: float) -> float:
        """Load after growth, in ``unit``."""
        amount = self.amount * growth_ratio
        check_positive(f"load of limit {self.name!r} at the horizon", amount)
        return amount

    def at(self, growth_ratio: float) -> Limit:
        """Partitions the load needs after growth."""
        amount = self.amount_at(growth_ratio)
        partitions = max(1, ceil_ratio(amount, self.per_partition))
        load = format_load(amount, self.unit)
        return Limit(
            name=self.name,
            partitions=partitions,
            bound="at least",
            reason=f"{self.subject} need {partitions:,} for {load}{self.tail}",
            source=self.source,
        )


def producer_needs(
    producer_bytes_per_s: float | None,
    peak_bytes_per_s: float,
    compression_ratio: float,
    headroom_fraction: float,
) -> Iterator[Need]:
    """Give what producers need: the wire rate over what one partition takes from them."""
    if producer_bytes_per_s is None:
        return
    check_positive("producer_bytes_per_s", producer_bytes_per_s)
    rate = format_load(float(producer_bytes_per_s), "bytes/s")
    yield Need(
        name="producer",
        subject=f"producers at {_used(headroom_fraction)}{rate} each",
        amount=peak_bytes_per_s / float(compression_ratio),
        per_partition=float(producer_bytes_per_s) * (1 - float(headroom_fraction)),
        unit="bytes/s",
        tail=" on the wire" if compression_ratio > 1 else "",
        source=_RATE_RULE,
    )


def reader_needs(
    groups: Iterable[ConsumerGroup],
    peak_bytes_per_s: float,
    peak_ratio: float,
    headroom_fraction: float,
) -> Iterator[Need]:
    """Give what each group needs: the payload it reads over what a member takes."""
    for group in groups:
        if group.bytes_per_s is None:
            continue
        who = "consumers" if group.name == "consumer" else f"members of group {group.name!r}"
        reads = group.read_bytes_per_s
        yield Need(
            name=group.name,
            subject=f"{who} at {_used(headroom_fraction)}{group.rate_text}",
            amount=peak_bytes_per_s if reads is None else reads * float(peak_ratio),
            per_partition=group.bytes_per_s * (1 - float(headroom_fraction)),
            unit="bytes/s",
            tail="",
            source=_RATE_RULE,
        )


def retained_needs(
    retained_bytes: float | None, partition_retained_bytes: float | None
) -> Iterator[Need]:
    """Give what the disk needs: bytes kept over the largest partition wanted."""
    given = {
        "retained_bytes": retained_bytes,
        "partition_retained_bytes": partition_retained_bytes,
    }
    for name, value in given.items():
        if value is not None:
            check_positive(name, value)
    if retained_bytes is None and partition_retained_bytes is None:
        return
    if retained_bytes is None or partition_retained_bytes is None:
        missing = next(name for name, value in given.items() if value is None)
        other = next(name for name in given if name != missing)
        raise ValueError(f"{missing} must be given with {other}, got None")
    most = format_load(float(partition_retained_bytes), "bytes")
    yield Need(
        name="retained bytes",
        subject=f"partitions of at most {most}",
        amount=float(retained_bytes),
        per_partition=float(partition_retained_bytes),
        unit="bytes",
        tail=" on disk",
        source=_DISK_RULE,
    )


class HottestKey:
    """The key that carries most, against the side that takes least from one partition."""

    __slots__ = ("share", "slowest")

    def __init__(self, share: float, rates: Sequence[Need]) -> None:
        check_share("hottest_key_share", share)
        if not rates:
            raise ValueError(
                "hottest_key_share must be given with the rate of a producer or consumer, "
                f"got {share!r} and no rate"
            )
        self.share = float(share)
        self.slowest = max(rates, key=lambda need: need.amount / need.per_partition)

    def throughput_ceiling(self, write_bytes_per_s: float) -> float:
        """Compute the write rate at which this key alone fills its partition.

        ``write_bytes_per_s`` is the rate that brings the loads in ``rates`` about; both are
        payload bytes/s.
        """
        slowest = self.slowest
        return write_bytes_per_s / self.share * (slowest.per_partition / slowest.amount)

    def at(self, growth_ratio: float) -> Limit:
        """One partition if that carries the key after growth, None if it does not."""
        load = self.share * self.slowest.amount_at(growth_ratio)
        carried = ceil_ratio(load, self.slowest.per_partition) <= 1
        takes = format_load(self.slowest.per_partition, self.slowest.unit)
        reason = (
            f"the hottest key ({format_share(self.share)}) brings "
            f"{format_load(load, self.slowest.unit)} to one partition, "
            f"where limit {self.slowest.name!r} leaves {takes}"
        )
        return Limit(
            name="hottest key",
            partitions=1 if carried else None,
            bound="at least",
            kind="exact",
            reason=reason if carried else f"{reason}: more partitions cannot help",
            source=_KEY_RULE,
        )


def _used(headroom_fraction: float) -> str:
    return f"{format_share(1 - float(headroom_fraction))} of " if headroom_fraction else ""
