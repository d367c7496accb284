"""What copies of partitions take, as measured."""

from __future__ import annotations

from kafka_sizing.brokers.latency import replication_latency
from kafka_sizing.partitions.replication import published_replication
from kafka_sizing.producers import latency_budget


def test_a_thousand_partitions_take_twenty_milliseconds():
    """Rao, Confluent blog, 2015."""
    published = published_replication()
    assert (published.partitions, published.seconds) == (1_000, 0.02)
    assert published.per_partition_s == 2e-5
    assert (published.kind, published.date) == ("measured", "2015")


def test_producers_and_brokers_reckon_with_the_same_measurement():
    part = latency_budget(leaders=2_000, brokers=2, replication_factor=2).parts[-1]
    latency = replication_latency(1_000, replication_factor=2, brokers=2)
    assert part.most_s == latency.added_s == 0.02
    assert part.source == latency.source == published_replication().source
