"""A `TopicDesign` in; what it says, in the units people use, as rows, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kafka_sizing.report.labels import distinct_text, printable
from kafka_sizing.report.topic_wording import bytes_text, counted, span_text
from kafka_sizing.settings import Configuration
from kafka_sizing.topic.design import (
    Cluster,
    Group,
    Keys,
    Operations,
    Producers,
    Retries,
    TopicDesign,
    Traffic,
)
from kafka_sizing.units import format_load, format_share

Rows = Iterator[tuple[str, str]]


def design_inputs(design: TopicDesign, further: Mapping[str, Any]) -> Rows:
    """Give what a plan was reckoned from; byte rates in MiB and in MB."""
    for name, value in further.items():
        yield printable(str(name)), printable(str(value))
    yield from _topic(design)
    yield from _traffic(design.traffic)
    if design.keys is None:
        yield "keys", "none"
    else:
        yield "keys", "; ".join(_keys(design.keys, design.partitioner))
    yield "producers", "; ".join(_producers(design.producers))
    for group in design.groups:
        yield f"group {printable(group.name)}", "; ".join(_group(group))
    if design.retries is not None:
        yield "retries", "; ".join(_retries(design.retries))
    if design.cluster is not None:
        yield "cluster", "; ".join(_cluster(design.cluster))
    yield "operations", "; ".join(_operations(design.operations)) or "nobody is named"


def _topic(design: TopicDesign) -> Rows:
    yield "topic", printable(design.name)
    yield "partitions given", "none" if design.partitions is None else f"{design.partitions:,}"
    yield "replicas of a partition", f"{design.replication_factor:,}"
    if design.multiple_of:
        yield "multiple of", ", ".join(f"{each:,}" for each in design.multiple_of)
    if design.partition_retained_bytes is not None:
        yield "largest partition wanted", bytes_text(design.partition_retained_bytes)
    topic = design.configuration
    names = dict.fromkeys(("min.insync.replicas", "retention.ms", "retention.bytes", *topic.given))
    yield "topic settings", _described(topic, tuple(names))


def _traffic(traffic: Traffic) -> Rows:
    yield "written on average", f"{bytes_text(traffic.write_bytes_per_s, '/s')}, payload"
    yield "a record", f"{bytes_text(traffic.record_bytes)}, key of {bytes_text(traffic.key_bytes)}"
    yield "peak over average", f"{traffic.peak_ratio:g}"
    if traffic.growth_ratio != 1:
        yield (
            "growth",
            (
                f"{format_share(traffic.growth_fraction_per_year)} a year for "
                f"{traffic.horizon_years:g} years: × {traffic.growth_ratio:.3g}"
            ),
        )
    yield "payload over wire bytes", f"{traffic.compression_ratio:g}"
    yield "headroom", format_share(traffic.headroom_fraction)
    horizon = traffic.at_horizon()
    peak = horizon.write_bytes_per_s * horizon.peak_ratio
    yield "planned for, at the peak", f"{bytes_text(peak, '/s')}, payload"
    yield "which is", f"{bytes_text(horizon.peak_wire_bytes_per_s, '/s')}, on the wire"


def _keys(keys: Keys, partitioner: str) -> Iterator[str]:
    if keys.source:
        yield printable(keys.source)
    if keys.loads is not None:
        yield f"{distinct_text(keys.loads)} distinct"
    if keys.hottest_key_share is not None:
        yield f"the hottest writes {format_share(keys.hottest_key_share)}"
    yield f"order needed: {keys.ordering}"
    yield f"partitioner {printable(partitioner)}"


def _producers(producers: Producers) -> Iterator[str]:
    yield f"{producers.instances:,} × {producers.client}"
    if producers.partition_bytes_per_s is not None:
        yield f"{bytes_text(producers.partition_bytes_per_s, '/s')} on one partition, wire"
    if producers.latency_s is not None:
        yield f"acknowledged within {span_text(producers.latency_s)}"
    yield from _given(producers.configuration)


def _group(group: Group) -> Iterator[str]:
    yield f"a member reads {format_load(round(group.records_per_s, 1), 'records/s')}"
    if group.processing_s is not None:
        at_once = f", {counted(group.threads, 'thread')}" if group.threads > 1 else ""
        yield f"a record takes {span_text(group.processing_s)}{at_once}"
    if group.members is not None:
        yield f"{counted(group.members, 'member')} given"
    if group.read_ratio != 1:
        yield f"reads {group.read_ratio:g} × what is written"
    for name, seconds in (
        ("delay allowed", group.delay_s),
        ("longest outage", group.outage_s or None),
        ("then current in", group.recovery_s),
        ("restores state in", group.restore_s or None),
    ):
        if seconds is not None:
            yield f"{name} {span_text(seconds)}"
    protocol = f"{group.rebalance_protocol} protocol"
    yield f"{protocol}, {group.membership} membership, {group.assignor} assignor"
    if group.client != "java":
        yield group.client
    yield from _given(group.configuration)


def _retries(retries: Retries) -> Iterator[str]:
    delays = ", ".join(span_text(delay) for delay in retries.delays_s)
    yield f"after {delays}" if delays else "none, only dead letters"
    yield f"{format_share(retries.failing_fraction)} of the attempts fail"
    yield f"{format_share(retries.always_failing_fraction)} of the records always do"
    yield counted(retries.instances, "instance")
    if retries.outage_s:
        yield f"an outage lasts up to {span_text(retries.outage_s)}"
    if retries.triage_s is not None:
        yield f"dead letters kept {span_text(retries.triage_s)}"
    if retries.groups:
        yield f"of {', '.join(map(printable, retries.groups))}"


def _cluster(cluster: Cluster) -> Iterator[str]:
    if cluster.shows_brokers:
        zones = "" if cluster.zones is None else f" in {counted(cluster.zones, 'zone')}"
        yield f"{counted(cluster.brokers, 'broker')}{zones}"
    else:
        yield "brokers not shown"
    if cluster.limits is not None:
        units = f" × {cluster.units:,}" if cluster.units > 1 else ""
        yield f"{printable(cluster.limits)}{units}"
    if cluster.disk_bytes_per_broker is not None:
        yield f"disk of {bytes_text(cluster.disk_bytes_per_broker)} each"
    if cluster.network_bytes_per_s_per_broker is not None:
        network = bytes_text(cluster.network_bytes_per_s_per_broker, "/s")
        yield f"network of {network} each way"
    if cluster.other_leaders or cluster.other_replicas:
        yield (
            f"other topics: {cluster.other_leaders:,} leaders, {cluster.other_replicas:,} replicas"
        )
    for name, amount, suffix in (
        ("their disk", cluster.other_disk_bytes, ""),
        ("their writes", cluster.other_in_bytes_per_s, "/s"),
        ("their reads", cluster.other_out_bytes_per_s, "/s"),
    ):
        if amount:
            yield f"{name} {bytes_text(amount, suffix)}"
    for name, count in (
        ("connections", cluster.connections or None),
        ("vm.max_map_count", cluster.max_map_count),
        ("file descriptors", cluster.file_descriptors),
    ):
        if count is not None:
            yield f"{name} {count:,}"
    yield from _given(cluster.configuration)


def _operations(operations: Operations) -> Iterator[str]:
    if operations.owner is not None:
        yield f"paged: {printable(operations.owner)}"
    for signal, owner in operations.owners.items():
        yield f"{printable(signal)}: {printable(owner)}"
    if operations.runbook_url is not None:
        yield f"runbooks: {printable(operations.runbook_url)}"


def _given(configuration: Configuration) -> Iterator[str]:
    if configuration.given:
        yield _described(configuration, tuple(configuration.given))


def _described(configuration: Configuration, names: tuple[str, ...]) -> str:
    return ", ".join(printable(configuration.described(name)) for name in names)
