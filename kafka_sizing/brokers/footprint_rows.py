"""A footprint in; the rows of its table, each with kind and source, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafka_sizing.brokers.handles import MAPS_PER_SEGMENT
from kafka_sizing.brokers.system import system_limit

if TYPE_CHECKING:
    from kafka_sizing.brokers.footprint import BrokerFootprint


def footprint_rows(footprint: BrokerFootprint) -> list[tuple[str, float, str, str, str, str]]:
    """Give the amount of each resource, of what, and what the number rests on."""
    level = "Kafka deals replicas out evenly"
    log = "Kafka, UnifiedLog: only whole segments go"
    net = "the leader takes in each byte once and gives it to each follower and reader"
    led = "clients write to leaders and read from them"
    cache = system_limit("page cache")
    docs = "Kafka documentation, Hardware and OS"
    per_segment = footprint.demand.fds_per_segment
    advice = system_limit("file descriptors per segment")
    held = f"{per_segment} per segment, and connections"
    files = f"{advice.source if per_segment == advice.value else docs}: {held}"
    maps = f"{docs}: {MAPS_PER_SEGMENT} per segment, of its indexes"
    return [
        ("leaders", footprint.leaders, "leaders", "cluster", "exact", "given"),
        ("replicas", footprint.replicas, "replicas", "cluster", "exact", "given"),
        ("leaders", footprint.leaders_per_broker, "leaders", "broker", "exact", level),
        ("replicas", footprint.replicas_per_broker, "replicas", "broker", "exact", level),
        ("file descriptors", footprint.file_descriptors, "file descriptors", "broker", "rule",
         files),
        ("memory maps", footprint.memory_maps, "maps", "broker", "rule", maps),
        ("disk", footprint.disk_bytes, "bytes", "topic", "exact", "rate × retention × replicas"),
        ("most disk", footprint.most_disk_bytes, "bytes", "topic", "exact", log),
        ("most disk", footprint.disk_bytes_per_broker, "bytes", "broker", "exact", log),
        ("page cache", footprint.page_cache_bytes_per_broker, "bytes", "broker", cache.kind,
         cache.source),
        ("client writes", footprint.write_bytes_per_s, "bytes/s", "cluster", "exact", "given"),
        ("client reads", footprint.read_bytes_per_s, "bytes/s", "cluster", "exact", "given"),
        ("client writes", footprint.client_in_bytes_per_s_per_broker, "bytes/s", "broker", "exact",
         led),
        ("client reads", footprint.client_out_bytes_per_s_per_broker, "bytes/s", "broker", "exact",
         led),
        ("network in", footprint.in_bytes_per_s_per_broker, "bytes/s", "broker", "exact", net),
        ("network out", footprint.out_bytes_per_s_per_broker, "bytes/s", "broker", "exact", net),
        ("connections", footprint.connections, "connections", "cluster", "exact", "given"),
        ("groups", footprint.groups, "groups", "cluster", "exact", "given"),
    ]  # fmt: skip
