"""A design in; how long, and how much, its topic keeps out."""

from __future__ import annotations

from kafka_sizing.topic.design import TopicDesign
from kafka_sizing.units import YEAR_S


def only_compacts(design: TopicDesign) -> bool:
    """Say whether a record goes only when a newer one of its key is there."""
    return "delete" not in str(design.configuration.value("cleanup.policy"))


def kept_time_s(design: TopicDesign) -> float | None:
    """Give how long the topic keeps records. [s]; None: without limit."""
    topic = design.configuration
    if only_compacts(design) or topic.value("retention.ms") == -1:
        return None
    return topic.seconds("retention.ms")


def kept_size_bytes(design: TopicDesign) -> float | None:
    """Give how much a partition keeps. [bytes]; None: without limit."""
    topic = design.configuration
    if only_compacts(design) or topic.value("retention.bytes") == -1:
        return None
    return topic.bytes("retention.bytes")


def is_tiered(design: TopicDesign) -> bool:
    """Say whether segments go to remote storage, and local disks keep only the newest."""
    return bool(design.configuration.value("remote.storage.enable")) and not only_compacts(design)


def local_time_s(design: TopicDesign) -> float | None:
    """Give how long local disks keep records. [s]; None: without limit."""
    return _local(kept_time_s(design), design, "local.retention.ms")


def local_size_bytes(design: TopicDesign) -> float | None:
    """Give how much local disks keep of a partition. [bytes]; None: without limit."""
    return _local(kept_size_bytes(design), design, "local.retention.bytes")


def remote_bytes(design: TopicDesign, wire_bytes_per_s: float, partitions: int) -> float | None:
    """Give what remote storage keeps of the topic, one copy. [bytes]; None: it is not tiered.

    A segment is there from when it is rolled until the topic's own retention deletes it, so
    this is rate × retention, as if the newest were there already.
    """
    if not is_tiered(design):
        return None
    kept_s, kept_bytes = kept_time_s(design), kept_size_bytes(design)
    if kept_s is None and kept_bytes is None:
        kept_s = reckoned_s(design)
    amounts = (
        None if kept_s is None else wire_bytes_per_s * kept_s,
        None if kept_bytes is None else kept_bytes * partitions,
    )
    return min(amount for amount in amounts if amount is not None)


def reckoned_s(design: TopicDesign) -> float:
    """Give how much of a topic that keeps everything is reckoned with: up to the horizon. [s]

    Of a horizon below a year, a year.
    """
    return max(1.0, design.traffic.horizon_years) * YEAR_S


def compacted_bytes(design: TopicDesign) -> float | None:
    """Give what compaction leaves of the topic, one replica. [bytes]; None: it is not known.

    The last record of each key, and as much again as may be dirty before the cleaner comes:
    ``keys × record / (1 - min.cleanable.dirty.ratio)``, from LogCleaner, Apache Kafka.
    """
    keys, traffic = design.keys, design.traffic
    dirty = float(design.configuration.value("min.cleanable.dirty.ratio"))
    if not only_compacts(design) or keys is None or keys.loads is None or dirty >= 1:
        return None
    record = traffic.record_bytes / traffic.compression_ratio
    return keys.loads.distinct_keys * record / (1 - dirty)


def _local(kept: float | None, design: TopicDesign, name: str) -> float | None:
    """Take what local disks keep, which is not more than the topic does; -2 is as much."""
    topic = design.configuration
    local = topic.value(name)
    if not is_tiered(design) or local == -2:
        return kept
    if local == -1:
        return None
    least = topic.seconds(name) if name.endswith(".ms") else float(topic.bytes(name))
    return least if kept is None else min(kept, least)


def size_is_known(design: TopicDesign) -> bool:
    """Say whether the design tells what the topic keeps: by time, by size, or by its keys."""
    return not only_compacts(design) or compacted_bytes(design) is not None
