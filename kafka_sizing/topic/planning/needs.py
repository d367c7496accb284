"""A design in; what its topic needs of each partition, and the inputs behind each need, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from kafka_sizing.brokers import CLUSTERS, ClusterLimits, find_cluster
from kafka_sizing.partitions.groups import ConsumerGroup
from kafka_sizing.partitions.limits import Kind
from kafka_sizing.topic.design import Group, TopicDesign
from kafka_sizing.topic.planning.kept import (
    compacted_bytes,
    local_size_bytes,
    local_time_s,
    only_compacts,
    reckoned_s,
)
from kafka_sizing.units import format_load


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A load that is spread over the partitions, in parts that one partition can take."""

    name: str
    quotient: float  #: load at the peak of the horizon over what one partition takes of it
    inputs: frozenset[str]  #: what it grows or falls with, in words
    per_partition: str  #: what one partition takes, for people
    kind: Kind
    source: str
    parts: Mapping[str, float] = field(default_factory=dict)  #: of its load, by an input; else all

    @property
    def most_share(self) -> float:
        """Largest part of the load that one partition can take; above 1 it takes all."""
        return 1 / self.quotient


def needs_of(design: TopicDesign) -> tuple[Need, ...]:
    """Give all needs that grow with the traffic: producers, groups, disks, the vendor's quotas."""
    return (
        *_producer_needs(design),
        *_group_needs(design),
        *_retained_needs(design),
        *vendor_needs(design),
    )


def retained_bytes(design: TopicDesign) -> float | None:
    """Give what the topic keeps today, one replica. [bytes]; None: no count depends on it.

    What is kept by size fits if it is not more than a partition may hold; of a tiered topic it
    is what local disks keep. A topic that keeps
    everything is reckoned up to the horizon, as on the disks; one that only compacts keeps what
    its keys ask for, at the horizon as today.
    """
    most, size = design.partition_retained_bytes, local_size_bytes(design)
    if most is None or (size is not None and size <= most):
        return None
    if only_compacts(design):
        compacted = compacted_bytes(design)
        return None if compacted is None else compacted / design.traffic.growth_ratio
    kept_s = local_time_s(design)
    return design.traffic.wire_bytes_per_s * (reckoned_s(design) if kept_s is None else kept_s)


def consumer_group_of(group: Group, design: TopicDesign) -> ConsumerGroup:
    """Say of a group what the count of partitions depends on."""
    traffic = design.traffic
    reads = None if group.read_ratio == 1 else traffic.write_bytes_per_s * group.read_ratio
    if group.processing_s is None:
        return ConsumerGroup(
            group.name,
            read_bytes_per_s=reads,
            consumer_bytes_per_s=group.records_per_s * traffic.record_bytes,
            members=group.members,
        )
    return ConsumerGroup(
        group.name,
        read_bytes_per_s=reads,
        processing_s=group.processing_s,
        threads=group.threads,
        record_bytes=traffic.record_bytes,
        members=group.members,
    )


_TRAFFIC: Final = frozenset({"write rate", "peak ratio", "growth", "horizon"})


def _producer_needs(design: TopicDesign) -> Iterator[Need]:
    rate = design.producers.partition_bytes_per_s
    if rate is None:
        return
    traffic = design.traffic
    load = traffic.at_horizon().peak_wire_bytes_per_s
    yield Need(
        name="producer",
        quotient=load / (rate * (1 - traffic.headroom_fraction)),
        inputs=_TRAFFIC | {"compression ratio", "headroom", "producer rate"},
        per_partition=f"{format_load(rate, 'bytes/s')} on the wire",
        kind="measured",
        source="stated",
    )


def _group_needs(design: TopicDesign) -> Iterator[Need]:
    traffic = design.traffic
    records_per_s = traffic.at_horizon().peak_records_per_s
    for group in design.groups:
        usable = group.records_per_s * (1 - traffic.headroom_fraction)
        yield Need(
            name=group.name,
            quotient=records_per_s * group.read_ratio / usable,
            inputs=_TRAFFIC
            | {"headroom", f"member rate of {group.name}", f"read ratio of {group.name}"},
            per_partition=format_load(group.records_per_s, "records/s"),
            kind="measured",
            source="stated",
        )


def _retained_needs(design: TopicDesign) -> Iterator[Need]:
    most, kept = design.partition_retained_bytes, retained_bytes(design)
    if most is None or kept is None:
        return
    grows = set() if only_compacts(design) else {"write rate", "growth", "horizon"}
    yield Need(
        name="retained bytes",
        quotient=kept * design.traffic.growth_ratio / most,
        inputs=frozenset({*grows, "compression ratio"}),
        per_partition=f"{format_load(most, 'bytes')} on disk",
        kind="rule",
        source="stated",
    )


def cluster_limits(design: TopicDesign) -> ClusterLimits | None:
    """Give what the vendor allows, of compacted topics if this is one; None: nobody says."""
    cluster = design.cluster
    if cluster is None or cluster.limits is None:
        return None
    of_compacted = f"{cluster.limits} compacted"
    compacts = "compact" in str(design.configuration.value("cleanup.policy"))
    return find_cluster(of_compacted if compacts and of_compacted in CLUSTERS else cluster.limits)


def vendor_needs(design: TopicDesign) -> Iterator[Need]:
    """Give what the vendor grants one partition, in and out."""
    limits = cluster_limits(design)
    if limits is None:
        return
    traffic = design.traffic
    written = traffic.at_horizon().peak_wire_bytes_per_s
    reads = sum(group.read_ratio for group in design.groups)
    loads = {
        "partition_in_bytes_per_s": ("in", written),
        "partition_out_bytes_per_s": ("out", written * reads),
    }
    parts: dict[str, dict[str, float]] = {
        "in": {},
        "out": {
            f"read ratio of {group.name}": group.read_ratio / reads for group in design.groups
        },
    }
    for limit in limits.limits:
        if limit.resource not in loads:
            continue
        way, load = loads[limit.resource]
        if not load:
            continue
        yield Need(
            name=f"{limit.name} ({way})",
            quotient=load / float(limit.most),
            inputs=_TRAFFIC | {"compression ratio", *parts[way]},
            per_partition=f"{format_load(float(limit.most), 'bytes/s')} {way}",
            kind=limit.kind,
            source=limit.source,
            parts=parts[way],
        )
