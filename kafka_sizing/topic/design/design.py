"""The parts of a topic in; one checked `TopicDesign` out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from kafka_sizing._checks import check_count, check_positive, check_type
from kafka_sizing._mappings import ReadOnly
from kafka_sizing.partitions.limits import check_name
from kafka_sizing.settings import Configuration
from kafka_sizing.topic.design.clients import Group, Producers, check_not_refused
from kafka_sizing.topic.design.keys import Keys
from kafka_sizing.topic.design.surroundings import Cluster, Operations, Retries
from kafka_sizing.topic.design.traffic import Traffic
from kafka_sizing.units import format_duration

_MS: Final = 1_000
_MOST_CHARACTERS: Final = 249  # Topic.java, Apache Kafka: room for the names of directories
_PROPERTIES: Final = {  # field of the design → property of the topic, and what to multiply by
    "retention_s": ("retention.ms", _MS),
    "retention_bytes": ("retention.bytes", 1),
    "segment_s": ("segment.ms", _MS),
    "segment_bytes": ("segment.bytes", 1),
    "min_insync_replicas": ("min.insync.replicas", 1),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TopicDesign:
    """One topic and all around it: the question that `plan_topic` answers.

    Parameters
    ----------
    name : str
        The topic.
    traffic : Traffic
        What is written to it.
    partitions : int, optional
        The count to judge; without it the plan recommends one. >= 1
    replication_factor : int, default 3
        Replicas of a partition, the leader included. >= 1
    min_insync_replicas : int, optional
        ``min.insync.replicas``; None leaves the default of Kafka, 1. >= 1
    retention_s : float, optional
        How long records are kept; None leaves the default. [s] > 0
    retention_bytes : float, optional
        How much a partition keeps; None leaves the default, no limit. [bytes] > 0
    segment_s, segment_bytes : float, optional
        When a segment is rolled; None leaves the default. [s], [bytes] > 0
    partition_retained_bytes : float, optional
        Largest partition wanted on a disk. [bytes] > 0
    multiple_of : tuple of int, default ()
        Round the count up to a common multiple of these. >= 1
    config : mapping of property to value, default {}
        Further topic properties that are set.
    keys : Keys, optional
        Which keys are written; None for records without a key.
    producers : Producers
        Who writes.
    groups : tuple of Group
        Who reads.
    retries : Retries, optional
        How failures are tried again; None for no retries and no dead-letter topic.
    cluster : Cluster, optional
        Where it runs; None leaves all of that unjudged.
    operations : Operations
        Who looks after it.

    Raises
    ------
    ValueError
        If a number is out of range, or two parts contradict each other.

    Examples
    --------
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ... )
    >>> design.configuration.value("retention.ms")
    604800000
    """

    name: str
    traffic: Traffic
    partitions: int | None = None
    replication_factor: int = 3
    min_insync_replicas: int | None = None
    retention_s: float | None = None
    retention_bytes: float | None = None
    segment_s: float | None = None
    segment_bytes: float | None = None
    partition_retained_bytes: float | None = None
    multiple_of: tuple[int, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    keys: Keys | None = None
    producers: Producers = field(default_factory=Producers)
    groups: tuple[Group, ...] = ()
    retries: Retries | None = None
    cluster: Cluster | None = None
    operations: Operations = field(default_factory=Operations)

    def __post_init__(self) -> None:
        """Refuse what no topic can be."""
        _check_topic_name(self.name)
        check_type("traffic", self.traffic, Traffic)
        check_type("producers", self.producers, Producers)
        check_type("operations", self.operations, Operations)
        for name, kind in (("keys", Keys), ("retries", Retries), ("cluster", Cluster)):
            if getattr(self, name) is not None:
                check_type(name, getattr(self, name), kind)
        self._check_numbers()
        self._check_groups()
        object.__setattr__(self, "config", ReadOnly(self.config))
        for name, (property_name, _) in _PROPERTIES.items():
            if getattr(self, name) is not None and property_name in self.config:
                raise ValueError(
                    f"config must leave out {property_name} where {name} is given, got both"
                )
        self._check_configuration()
        self._check_segments()
        self._check_compression()
        if self.cluster is not None and not self.cluster.shows_brokers:
            least = max(self.cluster.brokers, self.cluster.zones or 1, self.replication_factor)
            object.__setattr__(self, "cluster", replace(self.cluster, brokers=least))
        if self.cluster is not None and self.replication_factor > self.cluster.brokers:
            raise ValueError(
                f"replication_factor must be at most brokers ({self.cluster.brokers}), got "
                f"{self.replication_factor}"
            )

    @property
    def configuration(self) -> Configuration:
        """What the topic is set to, and the defaults behind it."""
        given = dict(self.config)
        for name, (property_name, factor) in _PROPERTIES.items():
            value = getattr(self, name)
            if value is not None:
                given[property_name] = round(value * factor)
        return Configuration("topic", given)

    @property
    def partitioner(self) -> str:
        """What places keys: as the keys say, or else as the producers do."""
        said = "" if self.keys is None else self.keys.partitioner
        return said or self.producers.partitioner

    @property
    def retrying_groups(self) -> tuple[Group, ...]:
        """The groups that retry: those that the retries name, or else all; none without."""
        if self.retries is None:
            return ()
        named = self.retries.groups
        return tuple(group for group in self.groups if not named or group.name in named)

    def _check_numbers(self) -> None:
        for name in ("partitions", "min_insync_replicas"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, check_count(name, getattr(self, name)))
        factor = check_count("replication_factor", self.replication_factor)
        object.__setattr__(self, "replication_factor", factor)
        for name in (
            "retention_s",
            "retention_bytes",
            "segment_s",
            "segment_bytes",
            "partition_retained_bytes",
        ):
            if getattr(self, name) is not None:
                check_positive(name, getattr(self, name))
        multiples = tuple(check_count("multiple_of", each) for each in self.multiple_of)
        object.__setattr__(self, "multiple_of", multiples)

    def _check_configuration(self) -> None:
        try:
            check_not_refused(self.configuration)
        except ValueError as error:
            for name, (property_name, _) in _PROPERTIES.items():
                if getattr(self, name) is not None and str(error).startswith(f"{property_name} "):
                    raise ValueError(f"{name}: {error}") from error
            raise

    def _check_segments(self) -> None:
        """Refuse a retention shorter than a segment, whichever way the two are set."""
        topic, segment, retention = self.configuration, "segment.ms", "retention.ms"
        limited = (
            topic.is_set(segment) and topic.is_set(retention) and topic.value(retention) != -1
        )
        if not limited or "delete" not in str(topic.value("cleanup.policy")):
            return
        segment_s, retention_s = topic.seconds(segment), topic.seconds(retention)
        if segment_s > retention_s:
            most = "retention_s" if self.retention_s is not None else retention
            rule = f"segment_s must be at most {most}"
            if self.segment_s is None:
                rule = f"config must hold {segment} of at most {most}"
            raise ValueError(
                f"{rule}, for only whole segments are deleted, got {format_duration(segment_s)} > "
                f"{format_duration(retention_s)}"
            )

    def _check_compression(self) -> None:
        producer = self.producers.configuration
        name = "compression.type"
        if self.traffic.compression_ratio > 1 and producer.is_set(name):
            codec = str(producer.value(name)).lower()
            if codec == "none":
                raise ValueError(
                    f"compression_ratio must be 1 where {name} of producers is 'none', got "
                    f"{self.traffic.compression_ratio:g}"
                )

    def _check_groups(self) -> None:
        groups = tuple(self.groups)
        for group in groups:
            check_type("groups", group, Group)
        names = [group.name for group in groups]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"names of groups must differ, got {twice!r} twice")
        object.__setattr__(self, "groups", groups)
        unknown = set(self.retries.groups if self.retries else ()) - set(names)
        if unknown:
            raise ValueError(
                f"groups of retries must be groups of the design, got {min(unknown)!r}"
            )

    def __repr__(self) -> str:
        """Say which topic, how much it carries and for whom."""
        from kafka_sizing.units import format_load

        rate = format_load(self.traffic.write_bytes_per_s, "bytes/s")
        return (
            f"TopicDesign({self.name!r}, {rate}, partitions={self.partitions}, "
            f"groups={[group.name for group in self.groups]!r})"
        )


def _check_topic_name(name: str) -> None:
    """Refuse a name that Kafka refuses."""
    check_name("name", name)
    if (
        not re.fullmatch(r"[a-zA-Z0-9._-]+", name)
        or name in {".", ".."}
        or len(name) > _MOST_CHARACTERS
    ):
        raise ValueError(
            f"name must be at most {_MOST_CHARACTERS} letters, digits, '.', '_' and '-', and not "
            f"'.' or '..', got {name!r}"
        )
