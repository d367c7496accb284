"""A demand and a number of brokers in; what the fullest of them holds and carries out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kafka_sizing._checks import check_count
from kafka_sizing.brokers.demand import Demand, PartitionsAlike, sum_of_heaviest
from kafka_sizing.brokers.handles import BrokerHandles, broker_handles
from kafka_sizing.brokers.segments import Segments
from kafka_sizing.brokers.system import system_limit


@dataclass(frozen=True, slots=True, kw_only=True)
class FullestBroker:
    """The broker with the most replicas and leaders, if they are the heaviest there are."""

    in_bytes_per_s: float  #: wire, at the peak: from producers and from leaders
    out_bytes_per_s: float  #: wire, at the peak: to followers and to consumers
    disk_bytes: float  #: most, indexes and other topics included
    handles: BrokerHandles
    segments: Segments  #: of one replica of the hottest partition

    @property
    def page_cache_bytes(self) -> float:
        """Memory that holds what came in last, for those who read it. [bytes]"""
        return self.in_bytes_per_s * system_limit("page cache").value


def fullest_broker(demand: Demand, brokers: int) -> FullestBroker:
    """Put the heaviest partitions on one broker, as many as it has of a level dealing."""
    alike = demand.alike()
    other = demand.other
    followers = demand.replication_factor - 1
    held = -(-demand.partitions * demand.replication_factor // brokers)
    led = -(-demand.partitions // brokers)

    def heaviest(amount: Callable[[PartitionsAlike], float], most: int) -> float:
        return sum_of_heaviest(((amount(one), one.partitions) for one in alike), most)

    write, read = demand.peak_write_bytes_per_s, demand.peak_read_bytes_per_s
    other_replication = other.replication_ratio(demand.replication_factor)
    other_in = other.write_bytes_per_s * other_replication
    other_out = other.write_bytes_per_s * (other_replication - 1) + other.read_bytes_per_s
    held_segments = int(heaviest(_segments, held))
    other_segments = -(-other.replicas // brokers) * other.segments_per_replica
    return FullestBroker(
        in_bytes_per_s=write * heaviest(_share, held) + other_in / brokers,
        out_bytes_per_s=(write * followers + read) * heaviest(_share, led) + other_out / brokers,
        disk_bytes=heaviest(_disk_bytes, held) + other.disk_bytes / brokers,
        handles=broker_handles(
            check_count("segments on one broker", held_segments + other_segments, least=0),
            connections=-(-demand.connections // brokers),
            fds_per_segment=demand.fds_per_segment,
        ),
        segments=alike[0].segments,
    )


def _share(one: PartitionsAlike) -> float:
    return one.share


def _disk_bytes(one: PartitionsAlike) -> float:
    return one.segments.most_bytes + one.segments.index_bytes


def _segments(one: PartitionsAlike) -> float:
    return one.segments.segments
