"""A design's producers and its partitions in; batches, latency and guarantees out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from kafka_sizing.producers import (
    Batching,
    BatchingByPartitions,
    LatencyBudget,
    ProducerVerdict,
    check_producer,
    compare_batching,
    latency_budget,
    plan_batching,
)
from kafka_sizing.topic.design import TopicDesign
from kafka_sizing.topic.design.traffic import Traffic
from kafka_sizing.topic.planning.keys import KeyPlan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProducerPlan:
    """What the producers' settings give, and what they do with this traffic."""

    verdict: ProducerVerdict
    batching: Batching  #: at today's peak
    horizon: Batching  #: at the peak of the horizon
    by_partitions: BatchingByPartitions  #: half, as many and twice the partitions, at the horizon
    latency: LatencyBudget

    @property
    def reason(self) -> str:
        """What comes of the settings, as a sentence without a full stop."""
        return self.verdict.reason if not self.verdict.accepted else self.horizon.reason

    def __repr__(self) -> str:
        return (
            f"ProducerPlan(accepted={self.verdict.accepted}, "
            f"records_per_batch={self.horizon.records_per_batch:.1f})"
        )


def plan_producers(design: TopicDesign, *, partitions: int, keys: KeyPlan | None) -> ProducerPlan:
    """Work out what the producers do with the traffic, today and at the horizon."""
    producers = design.producers
    brokers = design.replication_factor if design.cluster is None else design.cluster.brokers

    def batching(traffic: Traffic) -> Batching:
        return plan_batching(
            traffic.peak_records_per_s,
            partitions=partitions,
            shares=None if keys is None else keys.loads.shares,
            **_records(design, brokers),
        )

    horizon = design.traffic.at_horizon()
    return ProducerPlan(
        verdict=check_producer(producers.config, client=producers.client),
        batching=batching(design.traffic),
        horizon=batching(horizon),
        by_partitions=compare_batching(
            horizon.peak_records_per_s,
            partitions=sorted({max(1, partitions // 2), partitions, 2 * partitions}),
            **_records(design, brokers),
        ),
        latency=latency_budget(
            leaders=None if design.cluster is None else partitions + design.cluster.other_leaders,
            brokers=brokers,
            replication_factor=design.replication_factor,
            settings=producers.configuration,
            client=producers.client,
            target_s=producers.latency_s,
        ),
    )


def _records(design: TopicDesign, brokers: int) -> dict[str, Any]:
    """Say what a record is like, and who sends it."""
    traffic, producers = design.traffic, design.producers
    keyed = design.keys is not None
    keying: Literal["keyed", "keyless"] = "keyed" if keyed else "keyless"
    key_bytes = round(traffic.key_bytes)
    return {
        "value_bytes": round(traffic.record_bytes) - key_bytes,
        "key_bytes": key_bytes if keyed else None,
        "producers": producers.instances,
        "brokers": brokers,
        "keying": keying,
        "compression_ratio": traffic.compression_ratio,
        "settings": producers.configuration,
        "client": producers.client,
    }
