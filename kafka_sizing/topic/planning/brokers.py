"""A design and its partitions in; what they take of the cluster, and when it fails, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kafka_sizing.brokers import (
    BrokerFootprint,
    ClusterFit,
    ClusterLimits,
    UnitsNeeded,
    broker_footprint,
    fits,
    units_needed,
)
from kafka_sizing.brokers.limits import Resource
from kafka_sizing.brokers.system import system_limit
from kafka_sizing.producers import Batching
from kafka_sizing.topic.design import Cluster, TopicDesign
from kafka_sizing.topic.design.traffic import Traffic
from kafka_sizing.topic.planning.groups import GroupPlan
from kafka_sizing.topic.planning.kept import (
    compacted_bytes,
    local_size_bytes,
    local_time_s,
    only_compacts,
    reckoned_s,
    remote_bytes,
    size_is_known,
)
from kafka_sizing.topic.planning.keys import KeyPlan
from kafka_sizing.topic.planning.needs import cluster_limits
from kafka_sizing.topic.planning.producers import ProducerPlan
from kafka_sizing.topic.planning.retries import RetryTopics
from kafka_sizing.units import LoadUnit, format_count, format_load, format_number

_ON_DISK: Final = ("disk", "most disk")
_CLEANER: Final = "Apache Kafka, LogCleaner: min.cleanable.dirty.ratio"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BrokerPlan:
    """What the topic takes of the cluster: today, at the horizon, and there with less of it."""

    cluster: Cluster
    today: BrokerFootprint
    horizon: BrokerFootprint
    without_broker: BrokerFootprint | None  #: there, one fewer; None: only one, or hidden
    without_zone: BrokerFootprint | None  #: likewise, one zone fewer
    fit: ClusterFit | None  #: today; None: the cluster's limits are not named
    horizon_fit: ClusterFit | None
    without_broker_fit: ClusterFit | None
    size_is_known: bool = True  #: False: it compacts keys nobody has counted; sizes are the most
    retries: RetryTopics | None = None  #: the retry topics in it, at the horizon; None: none
    most_requests_per_s: float = 0.0  #: of producers at the horizon, if each batch goes alone
    units_needed: UnitsNeeded | None = None  #: at the horizon; None: not sold in units
    remote_bytes_today: float | None = None  #: in remote storage, one copy; None: not tiered
    remote_bytes: float | None = None  #: the same at the horizon
    compacts: bool = False  #: what disks keep rests on when the cleaner comes

    @property
    def shows_brokers(self) -> bool:
        """Whether there are brokers to look at; a service may show none."""
        return self.cluster.shows_brokers

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

    def rows(self, footprint: BrokerFootprint) -> list[dict[str, Any]]:
        """Give the rows of one of its footprints, but for what cannot be seen of brokers.

        What compaction leaves rests on when the cleaner comes: that is no exact number.
        """
        rows: Any = footprint.to_frame().to_dict("records")
        shown = [row for row in rows if self.shows_brokers or row["per"] != "broker"]
        return [
            row | {"kind": "rule", "source": _CLEANER}
            if self.compacts and row["resource"] in _ON_DISK
            else row
            for row in shown
        ]

    @property
    def answer(self) -> str:
        """What it comes to, in a few words."""
        if not self.shows_brokers:
            return f"{format_count(self.horizon.leaders, 'leader')} in the cluster"
        return f"{format_count(self.horizon.replicas_per_broker, 'replica')} on the fullest"

    @property
    def reason(self) -> str:
        """What is fullest, or too full, as a sentence without a full stop."""
        return "; ".join((self._fullest, *self._requests, *self._units))

    @property
    def _requests(self) -> Iterator[str]:
        """Say whether requests are too many only if none takes several batches along."""
        checks = () if self.horizon_fit is None else self.horizon_fit.checks
        for check in checks:
            known = check.limit.resource == "requests_per_s" and check.outcome == "fits"
            if known and self.most_requests_per_s > check.allowed:
                yield (
                    f"{check.limit.name} are {format_number(self.most_requests_per_s)} a second "
                    f"if each batch goes alone, more than the {format_number(check.allowed)} "
                    f"that {self.cluster.limits} takes"
                )

    @property
    def _units(self) -> Iterator[str]:
        """Say how many units would do where those bought do not."""
        needed = self.units_needed
        if needed is None or self.horizon_fit is None or self.horizon_fit.fits:
            return
        unit = needed.fit.cluster.unit
        yield (
            f"no number of {unit} is enough"
            if needed.units is None
            else (f"{needed.units:,} {unit} would do")
        )

    @property
    def _fullest(self) -> str:
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
    design: TopicDesign,
    *,
    partitions: int,
    keys: KeyPlan | None,
    groups: tuple[GroupPlan, ...],
    producers: ProducerPlan,
    retries: RetryTopics | None,
) -> BrokerPlan | None:
    """Reckon what the topic and its retries take of the cluster; None if that is not given."""
    cluster = design.cluster
    if cluster is None:
        return None
    sold_as = cluster_limits(design)
    shown = cluster.shows_brokers
    of_today = None if retries is None else retries.scaled(1 / design.traffic.growth_ratio)
    connections = _connections(design, groups, retries, cluster.brokers if shown else 1)
    later = design.traffic.at_horizon()

    def footprint(traffic: Traffic, side: RetryTopics | None) -> BrokerFootprint:
        return broker_footprint(
            partitions,
            shares=None if keys is None else keys.loads,
            connections=cluster.connections + connections,
            **_load(design, cluster, traffic, partitions),
            **_others(cluster, side, replication_factor=design.replication_factor),
        )

    today, horizon = footprint(design.traffic, of_today), footprint(later, retries)
    without = horizon.without(brokers=1) if shown and cluster.brokers > 1 else None
    zones = (cluster.zones or 1) if shown else 1
    now = _also(design, design.traffic, producers.batching, of_today, sold_as)
    then = _also(design, later, producers.horizon, retries, sold_as)

    def fit(
        footprint: BrokerFootprint | None, also: Mapping[Resource, float]
    ) -> ClusterFit | None:
        if footprint is None or sold_as is None:
            return None
        return fits(footprint, sold_as, units=cluster.units, also=also)

    return BrokerPlan(
        cluster=cluster,
        today=today,
        horizon=horizon,
        without_broker=without,
        without_zone=horizon.after_zone_loss() if zones > 1 else None,
        fit=fit(today, now),
        horizon_fit=fit(horizon, then),
        without_broker_fit=fit(without, then),
        size_is_known=size_is_known(design),
        retries=retries,
        most_requests_per_s=producers.horizon.requests_per_s,
        units_needed=units_needed(horizon, sold_as, also=then)
        if sold_as is not None and sold_as.unit
        else None,
        remote_bytes_today=remote_bytes(design, design.traffic.wire_bytes_per_s, partitions),
        remote_bytes=remote_bytes(design, later.wire_bytes_per_s, partitions),
        compacts=only_compacts(design),
    )


def _load(
    design: TopicDesign, cluster: Cluster, traffic: Traffic, partitions: int
) -> dict[str, Any]:
    """Say what the topic carries, and what local disks keep of it."""
    kept_s, kept_bytes, compacted = (
        local_time_s(design),
        local_size_bytes(design),
        compacted_bytes(design),
    )
    if compacted is not None:
        kept_bytes = max(1.0, compacted / partitions)
    elif kept_s is None and kept_bytes is None:
        kept_s = reckoned_s(design)
    topic = design.configuration
    reads = sum(group.read_ratio for group in design.groups)
    return {
        "wire_bytes_per_s": traffic.wire_bytes_per_s,
        "read_bytes_per_s": traffic.wire_bytes_per_s * reads,
        "peak_ratio": traffic.peak_ratio,
        "replication_factor": design.replication_factor,
        "brokers": cluster.brokers,
        "zones": cluster.zones or 1,
        "retention_s": "unlimited" if kept_s is None else kept_s,
        "retention_bytes": None if kept_bytes is None else round(kept_bytes),
        "segment_bytes": topic.bytes("segment.bytes"),
        "segment_s": topic.seconds("segment.ms"),
        "groups": len(design.groups),
    }


def _others(
    cluster: Cluster, retries: RetryTopics | None, *, replication_factor: int
) -> dict[str, Any]:
    """Add the retry topics to what other topics have there.

    Where only the replicas of those are given, they have as many each as this topic.
    """
    leaders = cluster.other_leaders
    if retries is not None and not leaders:
        leaders = -(-cluster.other_replicas // replication_factor)
    return {
        "other_leaders": leaders + (retries.leaders if retries else 0),
        "other_replicas": cluster.other_replicas + (retries.replicas if retries else 0),
        "other_disk_bytes": cluster.other_disk_bytes + (retries.disk_bytes if retries else 0),
        "other_in_bytes_per_s": cluster.other_in_bytes_per_s
        + (retries.in_bytes_per_s if retries else 0),
        "other_out_bytes_per_s": cluster.other_out_bytes_per_s
        + (retries.out_bytes_per_s if retries else 0),
    }


def _connections(
    design: TopicDesign,
    groups: tuple[GroupPlan, ...],
    retries: RetryTopics | None,
    brokers: int,
) -> int:
    """Count the connections of producers, members and consumers of retry topics.

    Each client may be connected to every broker; of a service that shows none, to one address.
    """
    members = sum(group.members for group in groups) + (retries.consumers if retries else 0)
    return (design.producers.instances + members) * brokers


def _also(
    design: TopicDesign,
    traffic: Traffic,
    batching: Batching,
    retries: RetryTopics | None,
    sold_as: ClusterLimits | None,
) -> dict[Resource, float]:
    """Give what vendors limit and a footprint does not know: requests, records, a message.

    Requests are those of producers, as few as can be. The largest message is known if the topic
    says so; a mean record above the limit is too large in any case.
    """
    reads = sum(group.read_ratio for group in design.groups)
    topic, name = design.configuration, "max.message.bytes"
    used: dict[Resource, float] = {
        "requests_per_s": batching.least_requests_per_s,
        "in_records_per_s": traffic.peak_records_per_s
        + (retries.in_records_per_s if retries else 0),
        "out_records_per_s": traffic.peak_records_per_s * reads
        + (retries.out_records_per_s if retries else 0),
    }
    record = traffic.record_bytes / traffic.compression_ratio
    limits = () if sold_as is None else sold_as.limits
    if topic.is_set(name):
        used["message_bytes"] = topic.bytes(name)
    elif any(limit.resource == "message_bytes" and record > limit.most for limit in limits):
        used["message_bytes"] = record
    return used


def _ratio(used: float, most: float | None) -> float | None:
    return None if most is None else used / most
