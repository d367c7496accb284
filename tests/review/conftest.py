from dataclasses import replace

import pytest

from kafka_sizing import KeyLoads
from kafka_sizing.review import Practices
from kafka_sizing.topic import (
    Cluster,
    Group,
    Keys,
    Operations,
    Producers,
    Retries,
    TopicDesign,
    Traffic,
)

COOPERATIVE = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"
DAY_S = 86_400


@pytest.fixture(scope="session")
def good():
    """A design that nothing can be said against."""
    return TopicDesign(
        name="orders",
        traffic=Traffic(
            write_bytes_per_s=3e6,
            record_bytes=500,
            key_bytes=16,
            peak_ratio=2,
            growth_fraction_per_year=0.2,
            horizon_years=2,
            compression_ratio=3,
            headroom_fraction=0.2,
        ),
        partitions=12,
        min_insync_replicas=2,
        retention_s=7 * DAY_S,
        segment_s=6 * 3_600,
        keys=Keys(loads=KeyLoads([f"order-{n}" for n in range(5_000)], [1.0] * 5_000)),
        producers=Producers(
            instances=4,
            partition_bytes_per_s=10e6,
            latency_s=0.1,
            config={"compression.type": "zstd"},
        ),
        groups=[
            Group(
                name="billing",
                processing_s=0.0002,
                members=6,
                delay_s=300,
                outage_s=DAY_S,
                recovery_s=2 * DAY_S,
                config={
                    "enable.auto.commit": False,
                    "auto.offset.reset": "earliest",
                    "partition.assignment.strategy": COOPERATIVE,
                },
            )
        ],
        retries=Retries(
            delays_s=(), always_failing_fraction=0.001, outage_s=0, triage_s=14 * DAY_S
        ),
        cluster=Cluster(
            brokers=6,
            zones=3,
            limits="MSK Standard m5.large",
            disk_bytes_per_broker=2e12,
            network_bytes_per_s_per_broker=1.25e9,
            file_descriptors=200_000,
            max_map_count=262_144,
            config={"auto.create.topics.enable": False, "log.dirs": "/data/kafka"},
        ),
        operations=Operations(owner="payments", runbook_url="https://example.org/runbooks"),
    )


@pytest.fixture(scope="session")
def practices():
    return Practices(
        scaling="lag",
        retrying="retry topics",
        committing="after processing",
        broker_cpu_share=0.4,
    )


@pytest.fixture(scope="session")
def changed(good):
    """Change fields of the good design, and of the parts of it, by name."""

    def change(**changes):
        fields = dict(changes)
        group = {**fields.pop("group", {})}
        if group:
            fields["groups"] = (replace(good.groups[0], **_merged(good.groups[0], group)),)
        for part in ("traffic", "producers", "retries", "cluster"):
            if isinstance(fields.get(part), dict):
                own = getattr(good, part)
                fields[part] = replace(own, **_merged(own, fields[part]))
        return replace(good, **_merged(good, fields))

    return change


def _merged(part, fields):
    """Lay properties over those that are set; None takes one away."""
    if "config" not in fields:
        return fields
    config = {**part.config, **fields["config"]}
    kept = {name: value for name, value in config.items() if value is not None}
    return {**fields, "config": kept}
