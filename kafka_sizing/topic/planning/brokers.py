"""A design and its partitions in; what they take of the cluster, and when it fails, out."""

from __future__ import annotations

from dataclasses import dataclass

from kafka_sizing.brokers import BrokerFootprint, ClusterFit, broker_footprint, fits
from kafka_sizing.brokers.system import system_limit
from kafka_sizing.topic.design import Cluster, TopicDesign
from kafka_sizing.topic.design.traffic import Traffic
from kafka_sizing.topic.planning.kept import (
    compacted_bytes,
    kept_size_bytes,
    kept_time_s,
    reckoned_s,
    size_is_known,
)
from kafka_sizing.topic.planning.keys import KeyPlan
from kafka_sizing.topic.planning.needs import cluster_limits
from kafka_sizing.units import LoadUnit, format_load


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BrokerPlan:
    """What the topic takes of the cluster: today, at the horizon, and there with less of it."""

    cluster: Cluster
    today: BrokerFootprint
    horizon: BrokerFootprint
    without_broker: BrokerFootprint | None  #: at the horizon, one broker fewer; None: only one
    without_zone: BrokerFootprint | None  #: likewise, one zone fewer
    fit: ClusterFit | None  #: today; None: the cluster's limits are not named
    horizon_fit: ClusterFit | None
    without_broker_fit: ClusterFit | None
    size_is_known: bool = True  #: False: it compacts keys nobody has counted; sizes are the most

    @property
    def fits(self) -> bool:
        """Whether disks, network and the vendor's limits hold at the horizon."""
        named = self.horizon_fit is None or self.horizon_fit.fits
        ratios = (self.disk_used_ratio, self.network_used_ratio)
        return named and all(ratio is None or ratio <= 1 for ratio in ratios)

    @property
    def disk_used_ratio(self) -> float | None:
        """Part of a broker's disk in use at the horizon; None: a size is not known."""
        return self._disk(self.horizon)

    @property
    def disk_used_ratio_without_broker(self) -> float | None:
        """The same once a broker is lost and its replicas are made anew; None: not known."""
        return None if self.without_broker is None else self._disk(self.without_broker)

    @property
    def network_used_ratio(self) -> float | None:
        """Part of a broker's network in use at the peak of the horizon, the busier way."""
        return self._network(self.horizon)

    @property
    def network_used_ratio_without_broker(self) -> float | None:
        """The same once a broker is lost; None: not known."""
        return None if self.without_broker is None else self._network(self.without_broker)

    @property
    def file_descriptors_used_ratio(self) -> float | None:
        """Part of a broker's file descriptors in use at the horizon; None: not given."""
        most = self.cluster.file_descriptors
        return None if most is None else self.horizon.file_descriptors / most

    @property
    def memory_maps_used_ratio(self) -> float:
        """Part of ``vm.max_map_count`` in use at the horizon; Linux's default if not given."""
        most = self.cluster.max_map_count or system_limit("vm.max_map_count").value
        return self.horizon.memory_maps / most

    @property
    def reason(self) -> str:
        """What is fullest, or too full, as a sentence without a full stop."""
        own: dict[str, tuple[float | None, float | None, LoadUnit]] = {
            "disk": (self.disk_used_ratio, self.cluster.disk_bytes_per_broker, "bytes"),
            "network": (
                self.network_used_ratio,
                self.cluster.network_bytes_per_s_per_broker,
                "bytes/s",
            ),
        }
        for name, (ratio, most, unit) in own.items():
            if ratio is not None and most is not None and ratio > 1:
                used = format_load(ratio * most, unit)
                return (
                    f"the fullest of {self.cluster.brokers:,} brokers needs {used} of {name} at "
                    f"the horizon and has {format_load(most, unit)}"
                )
        return self.horizon.reason if self.horizon_fit is None else self.horizon_fit.reason

    def __repr__(self) -> str:
        return (
            f"BrokerPlan(brokers={self.cluster.brokers}, limits={self.cluster.limits!r}, "
            f"fits={self.fits})"
        )

    def _disk(self, footprint: BrokerFootprint) -> float | None:
        if not self.size_is_known:
            return None
        return _ratio(footprint.disk_bytes_per_broker, self.cluster.disk_bytes_per_broker)

    def _network(self, footprint: BrokerFootprint) -> float | None:
        busier = max(footprint.in_bytes_per_s_per_broker, footprint.out_bytes_per_s_per_broker)
        return _ratio(busier, self.cluster.network_bytes_per_s_per_broker)


def plan_brokers(
    design: TopicDesign, *, partitions: int, keys: KeyPlan | None
) -> BrokerPlan | None:
    """Reckon what the topic takes of its cluster; None if the cluster is not given."""
    cluster = design.cluster
    if cluster is None:
        return None
    today = _footprint(design, cluster, design.traffic, partitions, keys)
    horizon = _footprint(design, cluster, design.traffic.at_horizon(), partitions, keys)
    without = horizon.without(brokers=1) if cluster.brokers > 1 else None
    sold_as = cluster_limits(design)

    def fit(footprint: BrokerFootprint | None) -> ClusterFit | None:
        if footprint is None or sold_as is None:
            return None
        return fits(footprint, sold_as, units=cluster.units)

    return BrokerPlan(
        cluster=cluster,
        today=today,
        horizon=horizon,
        without_broker=without,
        without_zone=horizon.after_zone_loss() if cluster.zones > 1 else None,
        fit=fit(today),
        horizon_fit=fit(horizon),
        without_broker_fit=fit(without),
        size_is_known=size_is_known(design),
    )


def _footprint(
    design: TopicDesign,
    cluster: Cluster,
    traffic: Traffic,
    partitions: int,
    keys: KeyPlan | None,
) -> BrokerFootprint:
    kept_s, kept_bytes, compacted = (
        kept_time_s(design),
        kept_size_bytes(design),
        compacted_bytes(design),
    )
    if compacted is not None:
        kept_bytes = max(1.0, compacted / partitions)
    elif kept_s is None and kept_bytes is None:
        kept_s = reckoned_s(design)
    topic = design.configuration
    reads = sum(group.read_ratio for group in design.groups)
    return broker_footprint(
        partitions,
        wire_bytes_per_s=traffic.wire_bytes_per_s,
        read_bytes_per_s=traffic.wire_bytes_per_s * reads,
        peak_ratio=traffic.peak_ratio,
        replication_factor=design.replication_factor,
        brokers=cluster.brokers,
        zones=cluster.zones,
        retention_s="unlimited" if kept_s is None else kept_s,
        retention_bytes=None if kept_bytes is None else round(kept_bytes),
        segment_bytes=topic.bytes("segment.bytes"),
        segment_s=topic.seconds("segment.ms"),
        shares=None if keys is None else keys.loads,
        connections=cluster.connections + cluster.brokers * _clients(design),
        groups=len(design.groups),
        other_leaders=cluster.other_leaders,
        other_replicas=cluster.other_replicas,
        other_disk_bytes=cluster.other_disk_bytes,
        other_in_bytes_per_s=cluster.other_in_bytes_per_s,
        other_out_bytes_per_s=cluster.other_out_bytes_per_s,
    )


def _clients(design: TopicDesign) -> int:
    """Count the clients; each may be connected to every broker."""
    return design.producers.instances + sum(group.members or 0 for group in design.groups)


def _ratio(used: float, most: float | None) -> float | None:
    return None if most is None else used / most
