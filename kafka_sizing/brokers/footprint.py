"""A topic, its load and the brokers in; what it takes of each broker and of the cluster out."""

from __future__ import annotations

import html
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, SupportsIndex

from numpy.typing import ArrayLike

from kafka_sizing._checks import (
    MOST_PARTITIONS,
    check_at_least,
    check_count,
    check_fraction,
    check_non_negative,
    check_positive,
)
from kafka_sizing.brokers.demand import (
    Demand,
    OtherTopics,
)
from kafka_sizing.brokers.footprint_rows import footprint_rows
from kafka_sizing.brokers.fullest import fullest_broker
from kafka_sizing.brokers.handles import BrokerHandles, broker_handles
from kafka_sizing.brokers.segments import MOST_INT64, Segments, Unlimited
from kafka_sizing.partitions.given_shares import given_shares
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_count, format_load

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerFootprint:
    """What a topic, and all that is there beside it, takes of the brokers.

    Numbers "per broker" are those of the fullest one. Counts are level, as Kafka deals them out:
    it has ``ceil(leaders / brokers)`` leaders and ``ceil(replicas / brokers)`` replicas, each of
    another partition. Where partitions differ, they are the heaviest ones: Kafka does not know
    which partitions are hot, so this is what no dealing of that many exceeds.
    """

    partitions: int  #: leaders of the topic
    replication_factor: int
    brokers: int
    zones: int
    leaders: int  #: in the cluster, other topics included
    replicas: int  #: in the cluster, leaders and other topics included
    leaders_per_broker: int
    replicas_per_broker: int
    segments: Segments  #: of one replica of the hottest partition
    file_descriptors: int  #: of the fullest broker
    memory_maps: int  #: of the fullest broker
    disk_bytes: float  #: the topic, all replicas, if records went the moment they may
    most_disk_bytes: float  #: the topic, all replicas, as whole segments go, and late
    disk_bytes_per_broker: float  #: to provide: most, indexes, other topics, headroom
    page_cache_bytes_per_broker: float
    write_bytes_per_s: float  #: wire, by clients at the peak, cluster, other topics included
    read_bytes_per_s: float  #: wire, by clients at the peak, cluster, other topics included
    in_bytes_per_s_per_broker: float  #: wire, at the peak: from producers and from leaders
    out_bytes_per_s_per_broker: float  #: wire, at the peak: to followers and to consumers
    connections: int  #: of clients, over all brokers
    groups: int  #: consumer groups
    demand: Demand  #: what all this was reckoned from

    @property
    def connections_per_broker(self) -> int:
        """Connections of clients if they are level over the brokers."""
        return -(-self.connections // self.brokers)

    @property
    def hottest_partition_share(self) -> float:
        """The part of the topic's load that its hottest partition carries."""
        return self.demand.hottest_share

    @property
    def partition_in_bytes_per_s(self) -> float:
        """What producers write to the hottest partition at the peak. [wire bytes/s]"""
        return self.demand.peak_write_bytes_per_s * self.hottest_partition_share

    @property
    def partition_out_bytes_per_s(self) -> float:
        """What consumers read from the hottest partition at the peak. [wire bytes/s]"""
        return self.demand.peak_read_bytes_per_s * self.hottest_partition_share

    @property
    def client_in_bytes_per_s_per_broker(self) -> float:
        """What producers write to the leaders of the fullest broker at the peak. [wire bytes/s]"""
        other = self.demand.other.write_bytes_per_s / self.brokers
        return self.demand.peak_write_bytes_per_s * self._led_share + other

    @property
    def client_out_bytes_per_s_per_broker(self) -> float:
        """What consumers read from the leaders of the fullest broker. [wire bytes/s]"""
        other = self.demand.other.read_bytes_per_s / self.brokers
        return self.demand.peak_read_bytes_per_s * self._led_share + other

    @property
    def _led_share(self) -> float:
        """The most of the topic's load that the leaders of one broker carry."""
        return self.demand.heaviest_share(-(-self.partitions // self.brokers))

    @property
    def handles(self) -> BrokerHandles:
        """File descriptors and memory maps of the fullest broker, beside the usual limits."""
        per_segment = self.demand.fds_per_segment
        connections = self.connections_per_broker
        return broker_handles(
            (self.file_descriptors - connections) // per_segment,
            connections=connections,
            fds_per_segment=per_segment,
        )

    @property
    def reason(self) -> str:
        """What weighs on the fullest broker, as a sentence without a full stop."""
        return (
            f"the fullest of {format_count(self.brokers, 'broker')} has "
            f"{format_count(self.replicas_per_broker, 'replica')}, "
            f"{self.leaders_per_broker:,} of them leading; it needs "
            f"{format_load(self.disk_bytes_per_broker, 'bytes')} of disk, takes in "
            f"{format_load(self.in_bytes_per_s_per_broker, 'bytes/s')} and gives out "
            f"{format_load(self.out_bytes_per_s_per_broker, 'bytes/s')}"
        )

    def without(self, *, brokers: SupportsIndex = 1) -> BrokerFootprint:
        """Put the same load on fewer brokers, once the lost replicas are made anew elsewhere.

        With fewer brokers left than replicas wanted, each keeps one replica of every partition.

        Raises
        ------
        ValueError
            If not one broker would be left.
        """
        lost = check_count("brokers", brokers)
        if lost >= self.brokers:
            raise ValueError(f"brokers must be < {self.brokers:,}, all there are, got {lost:,}")
        left = self.brokers - lost
        zones = min(self.zones, left)
        return footprint_of(self.demand.on_at_most(left), brokers=left, zones=zones)

    def after_zone_loss(self) -> BrokerFootprint:
        """Put the same load on the brokers of the other zones, as `without` does.

        Zones hold equally many brokers; where that cannot be, the largest is lost.

        Raises
        ------
        ValueError
            If there is only one zone.
        """
        if self.zones < 2:
            raise ValueError(f"zones must be >= 2 to go on after losing one, got {self.zones}")
        left = self.brokers - self.brokers_per_zone
        return footprint_of(self.demand.on_at_most(left), brokers=left, zones=self.zones - 1)

    @property
    def brokers_per_zone(self) -> int:
        """Brokers of the largest zone."""
        return -(-self.brokers // self.zones)

    def to_frame(self) -> pd.DataFrame:
        """One row per resource: resource, amount, unit, per, kind, source."""
        import pandas as pd

        columns = ("resource", "amount", "unit", "per", "kind", "source")
        return pd.DataFrame(footprint_rows(self), columns=columns)

    def __repr__(self) -> str:
        return (
            f"BrokerFootprint(partitions={self.partitions}, "
            f"replication_factor={self.replication_factor}, brokers={self.brokers}, "
            f"replicas_per_broker={self.replicas_per_broker}, "
            f"disk_per_broker={format_load(self.disk_bytes_per_broker, 'bytes')!r})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def broker_footprint(
    partitions: SupportsIndex,
    *,
    wire_bytes_per_s: float,
    replication_factor: SupportsIndex,
    brokers: SupportsIndex,
    zones: SupportsIndex = 1,
    read_bytes_per_s: float = 0.0,
    peak_ratio: float = 1.0,
    retention_s: float | Unlimited | None = None,
    retention_bytes: SupportsIndex | None = None,
    segment_bytes: SupportsIndex | None = None,
    segment_s: float | None = None,
    shares: ArrayLike | PartitionLoads | None = None,
    connections: SupportsIndex = 0,
    groups: SupportsIndex = 0,
    other_leaders: SupportsIndex = 0,
    other_replicas: SupportsIndex = 0,
    other_disk_bytes: float = 0.0,
    other_in_bytes_per_s: float = 0.0,
    other_out_bytes_per_s: float = 0.0,
    disk_headroom_fraction: float = 0.0,
    fds_per_segment: SupportsIndex | None = None,
) -> BrokerFootprint:
    """Compute what a topic takes of the brokers: replicas, disk, network, memory, handles.

    Of W bytes written, the leader takes in W and its followers W (r - 1), so ``W r`` come in;
    the followers and the consumers get ``W (r - 1) + reads`` from the leader. Disk follows from
    the segments of each partition (`segment_files`), page cache from what comes in.

    Parameters
    ----------
    partitions : int
        Partitions of the topic: leaders. >= 1
    wire_bytes_per_s : float
        What producers write to the topic on average, after compression, before replication.
        [wire bytes/s] > 0
    replication_factor : int
        Replicas of each partition, the leader among them. >= 1, at most ``brokers``
    brokers : int
        Brokers of the cluster; controllers that hold no partitions do not count. >= 1
    zones : int, default 1
        Availability zones they are spread over. >= 1, at most ``brokers``
    read_bytes_per_s : float, default 0.0
        What consumers read from the topic on average, all groups together, after compression.
        [wire bytes/s] >= 0
    peak_ratio : float, default 1.0
        Peak over average of both rates: for network and page cache, not for disk. >= 1
    retention_s : float, "unlimited" or None, default None
        ``retention.ms``. None: Kafka's default. [s] > 0
    retention_bytes : int or None, default None
        ``retention.bytes``, of each partition. None: Kafka's default, no limit. [bytes] >= 1
    segment_bytes : int or None, default None
        ``segment.bytes``. None: Kafka's default. [bytes] >= 1
    segment_s : float or None, default None
        ``segment.ms``. None: Kafka's default. [s] > 0
    shares : array_like, PartitionLoads or None, default None
        Share of the load of each partition, in any order. None: all the same. Each >= 0
    connections : int, default 0
        Connections of clients, over all brokers. >= 0
    groups : int, default 0
        Consumer groups of the cluster. >= 0
    other_leaders, other_replicas : int, default 0
        What other topics have in the cluster; replicas include the leaders. >= 0
    other_disk_bytes : float, default 0.0
        What other topics keep in the cluster, all replicas. [bytes] >= 0
    other_in_bytes_per_s, other_out_bytes_per_s : float, default 0.0
        What clients write to and read from other topics at the peak, in the cluster, before
        replication. Their replication factor is replicas over leaders where both are given, and
        that of this topic where not. [wire bytes/s] >= 0
    disk_headroom_fraction : float, default 0.0
        Part of each disk to leave free. [0, 1)
    fds_per_segment : int or None, default None
        File descriptors a segment takes: 1 in the formula of Kafka's documentation, 2 in older
        advice. None: 2, the safe side. >= 1

    Returns
    -------
    BrokerFootprint
        Each resource, of the cluster or of its fullest broker.

    Raises
    ------
    ValueError
        If a number is out of its range, the replication factor or the zones exceed the brokers,
        the shares are not one per partition, or neither time nor size limits the retention.

    Notes
    -----
    Kafka documentation, "Hardware and OS" and the broker settings; the replicas of other topics
    are level over the brokers. Formulas in `segment_files` and `broker_handles`.

    Examples
    --------
    >>> from kafka_sizing import MB
    >>> from kafka_sizing.brokers.footprint import broker_footprint
    >>> footprint = broker_footprint(
    ...     12,
    ...     wire_bytes_per_s=60 * MB,
    ...     read_bytes_per_s=120 * MB,
    ...     replication_factor=3,
    ...     brokers=6,
    ...     retention_s=86_400,
    ... )
    >>> footprint.replicas_per_broker, footprint.leaders_per_broker
    (6, 2)
    >>> footprint.in_bytes_per_s_per_broker, footprint.out_bytes_per_s_per_broker
    (30000000.0, 40000000.0)
    """
    check_positive("wire_bytes_per_s", wire_bytes_per_s)
    check_non_negative("read_bytes_per_s", read_bytes_per_s)
    check_at_least("peak_ratio", peak_ratio, 1)
    check_non_negative("other_disk_bytes", other_disk_bytes)
    check_non_negative("other_in_bytes_per_s", other_in_bytes_per_s)
    check_non_negative("other_out_bytes_per_s", other_out_bytes_per_s)
    check_fraction("disk_headroom_fraction", disk_headroom_fraction)
    cluster = check_count("brokers", brokers)
    replicas_each = _at_most_brokers("replication_factor", replication_factor, cluster)
    leaders = check_count("partitions", partitions)
    demand = Demand(
        partitions=leaders,
        wire_bytes_per_s=float(wire_bytes_per_s),
        replication_factor=replicas_each,
        read_bytes_per_s=float(read_bytes_per_s),
        peak_ratio=float(peak_ratio),
        retention_s=retention_s,
        retention_bytes=_count_or_none("retention_bytes", retention_bytes, most=MOST_INT64),
        segment_bytes=_count_or_none("segment_bytes", segment_bytes),
        segment_s=segment_s,
        shares=None if shares is None else given_shares(shares, leaders),
        connections=check_count("connections", connections, least=0),
        groups=check_count("groups", groups, least=0),
        other=OtherTopics(
            leaders=check_count("other_leaders", other_leaders, least=0),
            replicas=_other_replicas(other_replicas, other_leaders),
            disk_bytes=float(other_disk_bytes),
            write_bytes_per_s=float(other_in_bytes_per_s),
            read_bytes_per_s=float(other_out_bytes_per_s),
        ),
        disk_headroom_fraction=float(disk_headroom_fraction),
        fds_per_segment=broker_handles(0, fds_per_segment=fds_per_segment).fds_per_segment,
    )
    return footprint_of(demand, brokers=cluster, zones=_at_most_brokers("zones", zones, cluster))


def footprint_of(demand: Demand, *, brokers: int, zones: int) -> BrokerFootprint:
    """Put a demand on that many brokers."""
    fullest = fullest_broker(demand, brokers)
    check_non_negative("bytes/s into the fullest broker", fullest.in_bytes_per_s)
    check_non_negative("bytes/s out of the fullest broker", fullest.out_bytes_per_s)
    check_non_negative("bytes on the disks of the cluster", demand.most_disk_bytes)
    leaders = demand.partitions + demand.other.leaders
    replicas = demand.partitions * demand.replication_factor + demand.other.replicas
    return BrokerFootprint(
        partitions=demand.partitions,
        replication_factor=demand.replication_factor,
        brokers=brokers,
        zones=zones,
        leaders=leaders,
        replicas=replicas,
        leaders_per_broker=-(-leaders // brokers),
        replicas_per_broker=-(-replicas // brokers),
        segments=fullest.segments,
        file_descriptors=fullest.handles.file_descriptors,
        memory_maps=fullest.handles.memory_maps,
        disk_bytes=demand.disk_bytes,
        most_disk_bytes=demand.most_disk_bytes,
        disk_bytes_per_broker=fullest.disk_bytes / (1 - demand.disk_headroom_fraction),
        page_cache_bytes_per_broker=fullest.page_cache_bytes,
        write_bytes_per_s=demand.peak_write_bytes_per_s + demand.other.write_bytes_per_s,
        read_bytes_per_s=demand.peak_read_bytes_per_s + demand.other.read_bytes_per_s,
        in_bytes_per_s_per_broker=fullest.in_bytes_per_s,
        out_bytes_per_s_per_broker=fullest.out_bytes_per_s,
        connections=demand.connections,
        groups=demand.groups,
        demand=demand,
    )


def _at_most_brokers(name: str, given: SupportsIndex, brokers: int) -> int:
    count = check_count(name, given)
    if count > brokers:
        raise ValueError(f"{name} must be <= brokers ({brokers:,}), got {count:,}")
    return count


def _count_or_none(
    name: str, given: SupportsIndex | None, *, most: int = MOST_PARTITIONS
) -> int | None:
    return None if given is None else check_count(name, given, most=most)


def _other_replicas(replicas: SupportsIndex, leaders: SupportsIndex) -> int:
    count = check_count("other_replicas", replicas, least=0)
    if count < operator.index(leaders):
        raise ValueError(
            f"other_replicas must be >= other_leaders ({leaders}), as leaders are replicas, "
            f"got {count:,}"
        )
    return count
