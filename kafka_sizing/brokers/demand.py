"""A topic's load and what is there beside it, as given, in; what each partition asks for out."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kafka_sizing._checks import ceil_ratio
from kafka_sizing.brokers.segments import Segments, Unlimited, segment_files
from kafka_sizing.settings import default_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTopics:
    """What all other topics have in the cluster."""

    leaders: int = 0
    replicas: int = 0  #: leaders included
    disk_bytes: float = 0.0  #: all replicas
    write_bytes_per_s: float = 0.0  #: wire, by clients at the peak, before replication
    read_bytes_per_s: float = 0.0  #: wire, by clients at the peak

    def replication_ratio(self, unknown: float) -> float:
        """Replicas over leaders; ``unknown`` where either is not given."""
        return self.replicas / self.leaders if self.leaders and self.replicas else unknown

    @property
    def segments_per_replica(self) -> int:
        """Segments of each replica if all are the same, at Kafka's default size; at least 1."""
        if not self.replicas:
            return 0
        segment_bytes = float(default_of("segment.bytes", "topic").value)
        return max(1, ceil_ratio(self.disk_bytes / self.replicas, segment_bytes))

    def on_at_most(self, brokers: int) -> OtherTopics:
        """Drop the replicas for which there is no broker."""
        most = self.leaders * brokers
        if not self.leaders or self.replicas <= most:
            return self
        disk_bytes = self.disk_bytes * most / self.replicas
        return dataclasses.replace(self, replicas=most, disk_bytes=disk_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionsAlike:
    """Partitions that carry the same load, and the segments of one replica of each."""

    partitions: int
    share: float  #: of the topic's load, that each carries
    segments: Segments


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A topic, its load and the other topics: everything but the brokers."""

    partitions: int
    wire_bytes_per_s: float  #: written on average
    replication_factor: int
    read_bytes_per_s: float  #: wire, on average, all groups
    peak_ratio: float
    retention_s: float | Unlimited | None
    retention_bytes: int | None
    segment_bytes: int | None
    segment_s: float | None
    shares: tuple[float, ...] | None  #: None: the same for all
    connections: int
    groups: int
    other: OtherTopics
    disk_headroom_fraction: float
    fds_per_segment: int

    @property
    def peak_write_bytes_per_s(self) -> float:
        """What producers write to the topic at the peak. [wire bytes/s]"""
        return self.wire_bytes_per_s * self.peak_ratio

    @property
    def peak_read_bytes_per_s(self) -> float:
        """What consumers read from the topic at the peak. [wire bytes/s]"""
        return self.read_bytes_per_s * self.peak_ratio

    @property
    def hottest_share(self) -> float:
        """Share of the load that the hottest partition carries."""
        return 1 / self.partitions if self.shares is None else max(self.shares)

    def heaviest_share(self, partitions: int) -> float:
        """Share of the load that so many partitions carry, if they are the hottest."""
        if self.shares is None:
            return min(1.0, partitions / self.partitions)
        return math.fsum(sorted(self.shares, reverse=True)[:partitions])

    @property
    def disk_bytes(self) -> float:
        """What the retention asks for: the topic, all replicas. [bytes]"""
        return self._all_replicas(lambda segments: segments.ideal_bytes)

    @property
    def most_disk_bytes(self) -> float:
        """The most on disk, without indexes: the topic, all replicas. [bytes]"""
        return self._all_replicas(lambda segments: segments.most_bytes)

    def on_at_most(self, brokers: int) -> Demand:
        """Drop the replicas for which there is no broker."""
        return dataclasses.replace(
            self,
            replication_factor=min(self.replication_factor, brokers),
            other=self.other.on_at_most(brokers),
        )

    def alike(self) -> tuple[PartitionsAlike, ...]:
        """Group the partitions by load, the hottest first."""
        counts = {self.hottest_share: self.partitions}
        if self.shares is not None:
            counts = dict(sorted(Counter(self.shares).items(), reverse=True))
        return tuple(
            PartitionsAlike(
                partitions=partitions,
                share=share,
                segments=segment_files(
                    self.wire_bytes_per_s * share,
                    retention_s=self.retention_s,
                    retention_bytes=self.retention_bytes,
                    segment_bytes=self.segment_bytes,
                    segment_s=self.segment_s,
                ),
            )
            for share, partitions in counts.items()
        )

    def _all_replicas(self, amount: Callable[[Segments], float]) -> float:
        leaders = sum(one.partitions * amount(one.segments) for one in self.alike())
        return self.replication_factor * leaders


def sum_of_heaviest(amounts: Iterable[tuple[float, int]], most: int) -> float:
    """Add up the ``most`` largest of amounts that are given with how often each occurs."""
    total, left = 0.0, most
    for amount, count in sorted(amounts, reverse=True):
        taken = min(count, left)
        total += amount * taken
        left -= taken
    return total
