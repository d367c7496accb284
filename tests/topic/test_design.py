"""A topic design: what it takes, what it refuses, what follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kafka_sizing import KeyLoads, count_keys
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

TRAFFIC = Traffic(write_bytes_per_s=2e6, record_bytes=500)


def design(**given):
    return TopicDesign(**{"name": "orders", "traffic": TRAFFIC, **given})


def test_traffic_at_the_horizon_has_grown_and_grows_no_more():
    """40 MB/s, +30 % a year for 3 years: 87.88 MB/s (40 × 1.3³)."""
    traffic = Traffic(
        write_bytes_per_s=40e6,
        record_bytes=1_000,
        peak_ratio=2,
        growth_fraction_per_year=0.3,
        horizon_years=3,
        compression_ratio=4,
    )
    later = traffic.at_horizon()
    assert later.write_bytes_per_s == pytest.approx(87.88e6)
    assert later.peak_wire_bytes_per_s == pytest.approx(87.88e6 * 2 / 4)
    assert later.peak_records_per_s == pytest.approx(87.88e3 * 2)
    assert (later.growth_ratio, later.peak_ratio, later.compression_ratio) == (1.0, 2, 4)


def test_a_design_lays_its_fields_over_the_defaults_of_kafka():
    topic = design(
        retention_s=86_400,
        segment_bytes=2**29,
        min_insync_replicas=2,
        config={"cleanup.policy": "compact"},
    ).configuration
    assert topic.described("retention.ms") == "retention.ms=86400000 (set)"
    assert topic.value("segment.bytes") == 536_870_912
    assert topic.value("min.insync.replicas") == 2
    assert topic.value("cleanup.policy") == "compact"
    assert topic.described("segment.ms") == "segment.ms=604800000 (default)"


def test_a_group_knows_the_rate_of_a_member_by_the_time_of_a_record():
    """500 records/s need 10 members at 20 ms (Kafka: The Definitive Guide): 50 records/s each."""
    assert Group(name="a", processing_s=0.02).records_per_s == 50
    assert Group(name="a", processing_s=0.02, threads=4).records_per_s == 200


def test_the_hottest_share_is_that_of_the_log_or_the_one_given():
    assert Keys(hottest_key_share=0.2).share_of_hottest == 0.2
    assert Keys(loads=KeyLoads(["a", "b"], [3, 1])).share_of_hottest == 0.75
    assert Keys().share_of_hottest is None


def test_the_owner_of_one_signal_comes_before_the_owner_of_all():
    operations = Operations(owner="orders", owners={"DiskFull": "platform"})
    assert (operations.owner_of("DiskFull"), operations.owner_of("LagHigh")) == (
        "platform",
        "orders",
    )
    assert Operations().owner_of("LagHigh") is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Traffic(write_bytes_per_s=0, record_bytes=1), r"write_bytes_per_s .* got 0"),
        (lambda: Traffic(write_bytes_per_s=1, record_bytes=-1), r"record_bytes .* got -1"),
        (
            lambda: Traffic(write_bytes_per_s=1, record_bytes=10, key_bytes=11),
            "key_bytes must be at most record_bytes, got 11 and 10",
        ),
        (
            lambda: Traffic(write_bytes_per_s=1, record_bytes=1, peak_ratio=0.5),
            r"peak_ratio must be finite and >= 1, got 0\.5",
        ),
        (
            lambda: Traffic(write_bytes_per_s=1, record_bytes=1, headroom_fraction=1),
            r"headroom_fraction must be a fraction in \[0, 1\), got 1",
        ),
        (
            lambda: Traffic(
                write_bytes_per_s=1,
                record_bytes=1,
                growth_fraction_per_year=9,
                horizon_years=400,
            ),
            "write_bytes_per_s at the peak of the horizon must be finite",
        ),
        (
            lambda: Keys(ordering="some"),
            r"ordering must be one of 'per key', .*'none', got 'some'",
        ),
        (lambda: Keys(partitioner="jav"), "near: 'java'"),
        (lambda: Keys(hottest_key_share=0), r"hottest_key_share must be a share in \(0, 1\]"),
        (
            lambda: Keys(loads=count_keys(["a"]), hottest_key_share=0.1),
            r"hottest_key_share must be left out where loads are given, got 0\.1",
        ),
        (lambda: Producers(instances=0), "instances must be a whole number"),
        (lambda: Producers(client="go"), "client must be one of 'java', 'librdkafka', got 'go'"),
        (lambda: Producers(partition_bytes_per_s=0), "partition_bytes_per_s must be finite"),
        (lambda: Producers(latency_s=0), "latency_s must be finite and > 0, got 0"),
        (lambda: Producers(config={"linger.ms": "soon"}), r"linger\.ms .* got 'soon'"),
        (lambda: Group(name="a"), "group 'a' must give member_records_per_s or processing_s, got"),
        (
            lambda: Group(name="a", member_records_per_s=1, processing_s=1),
            "group 'a' must give member_records_per_s or processing_s, got both",
        ),
        (
            lambda: Group(name="a", member_records_per_s=1, threads=2),
            "group 'a' must give processing_s with threads",
        ),
        (
            lambda: Group(name="a", member_records_per_s=1, delay_s=-1),
            "delay_s of group 'a' must be finite and > 0, got -1",
        ),
        (
            lambda: Group(name="a", member_records_per_s=1, outage_s=-1),
            "outage_s of group 'a' must be finite and >= 0, got -1",
        ),
        (
            lambda: Group(name="a", member_records_per_s=1, protocol="lazy"),
            "protocol must be one of 'eager', 'cooperative', 'consumer', got 'lazy'",
        ),
        (lambda: Group(name=" ", member_records_per_s=1), "name must not be empty"),
        (lambda: Group(name="a", member_records_per_s=1, members=0), "members must be a whole"),
        (lambda: Retries(delays_s=(1, 0)), "delays_s must be finite and > 0, got 0"),
        (
            lambda: Retries(delays_s=(1,), failing_fraction=1),
            "failing_fraction must be a fraction",
        ),
        (lambda: Retries(delays_s=(1,), triage_s=0), "triage_s must be finite and > 0, got 0"),
        (lambda: Cluster(brokers=0), "brokers must be a whole number"),
        (lambda: Cluster(brokers=2, zones=3), "zones must be at most brokers, got 3 > 2"),
        (lambda: Cluster(brokers=2, disk_bytes_per_broker=0), "disk_bytes_per_broker must be"),
        (
            lambda: Cluster(brokers=3, other_leaders=5, other_replicas=4),
            "other_replicas must be finite and >= 5, got 4",
        ),
        (lambda: Cluster(brokers=3, limits="MSK Standard m5.largo"), "near: 'MSK Standard m5"),
        (
            lambda: Group(
                name="a", member_records_per_s=1, config={"heartbeat.interval.ms": 46_000}
            ),
            r"group 'a': heartbeat\.interval\.ms must be below session\.timeout\.ms, got 46 and",
        ),
        (
            lambda: Group(name="a", member_records_per_s=1, config={"max.poll.records": 0}),
            r"max\.poll\.records must be at least 1, got 0",
        ),
        (
            lambda: design(config={"retention.ms": -5}),
            r"retention\.ms must be at least -1, got -5",
        ),
        (
            lambda: design(segment_s=2, retention_s=1),
            "segment_s must be at most retention_s, for only whole segments .*, got 2 s > 1 s",
        ),
        (
            lambda: design(config={"segment.ms": 7_200_000, "retention.ms": 3_600_000}),
            r"config must hold segment\.ms of at most retention\.ms, .* got 2 h > 1 h",
        ),
        (
            lambda: design(config={"segment.ms": 7_200_000}, retention_s=3_600),
            r"config must hold segment\.ms of at most retention_s, .* got 2 h > 1 h",
        ),
        (
            lambda: design(config={"retention.ms": 3_600_000}, segment_s=7_200),
            r"segment_s must be at most retention\.ms, .* got 2 h > 1 h",
        ),
        (
            lambda: design(
                traffic=Traffic(write_bytes_per_s=1, record_bytes=1, compression_ratio=2),
                producers=Producers(config={"compression.type": "none"}),
            ),
            r"compression_ratio must be 1 where compression\.type of producers is 'none', got 2",
        ),
        (lambda: design(name=""), "name must not be empty"),
        (
            lambda: design(name="my topic"),
            "name must be at most 249 letters, digits, .*got 'my topic'",
        ),
        (lambda: design(name=".."), r"name must be .* got '\.\.'"),
        (lambda: design(name="orders\n"), r"name must be .* got 'orders\\n'"),
        (lambda: design(name="a" * 250), "name must be at most 249 letters"),
        (
            lambda: design(config={"cleanup.policy": "compcat"}),
            r"cleanup\.policy must be delete, compact, or both, got 'compcat'",
        ),
        (
            lambda: design(segment_bytes=1_000),
            r"segment_bytes: segment\.bytes must be at least 1,048,576, got 1000",
        ),
        (
            lambda: Cluster(brokers=3, limits="MSK Express large", units=2),
            "units must be 1, as MSK Express large has none, got 2",
        ),
        (lambda: Operations(labels={"a-b": "c"}), "labels must have names of .* got 'a-b'"),
        (
            lambda: Group(name="a", member_records_per_s=1, threads=4),
            "group 'a' must give processing_s with threads, got 4 threads alone",
        ),
        (lambda: design(partitions=0), "partitions must be a whole number"),
        (lambda: design(replication_factor=0), "replication_factor must be a whole number"),
        (lambda: design(retention_s=0), "retention_s must be finite and > 0, got 0"),
        (lambda: design(multiple_of=(6, 0)), "multiple_of must be a whole number"),
        (
            lambda: design(retention_s=1, config={"retention.ms": 1}),
            r"config must leave out retention\.ms where retention_s is given, got both",
        ),
        (
            lambda: design(replication_factor=3, cluster=Cluster(brokers=2)),
            r"replication_factor must be at most brokers \(2\), got 3",
        ),
        (
            lambda: design(
                groups=[Group(name="a", member_records_per_s=1)] * 2,
            ),
            "names of groups must differ, got 'a' twice",
        ),
        (
            lambda: design(retries=Retries(delays_s=(1,), groups=("b",))),
            "groups of retries must be groups of the design, got 'b'",
        ),
    ],
)
def test_an_error_names_the_argument_and_what_came(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("part", ["traffic", "producers", "operations", "keys", "cluster"])
def test_a_part_of_another_kind_is_refused(part):
    with pytest.raises(TypeError, match=f"{part} must be"):
        design(**{part: {"a": 1}})


@pytest.mark.parametrize("name", ["a" * 249, "...", "Orders_v2.retry-1"])
def test_a_name_that_kafka_takes_is_taken(name):
    assert design(name=name).name == name


@pytest.mark.parametrize("policy", ["delete", "compact", "compact,delete", "delete, compact"])
def test_a_topic_may_delete_compact_or_both(policy):
    assert design(config={"cleanup.policy": policy}).config["cleanup.policy"] == policy


def test_a_design_says_what_it_is_in_one_line():
    group = Group(name="billing", member_records_per_s=1)
    assert repr(design(groups=[group], partitions=6)) == (
        "TopicDesign('orders', 1.9 MiB/s, partitions=6, groups=['billing'])"
    )


STICKY = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"
RANGE = "org.apache.kafka.clients.consumer.RangeAssignor"


@pytest.mark.parametrize(
    ("given", "protocol"),
    [
        pytest.param({}, "eager", id="Java's defaults: range is in them"),
        pytest.param({"client": "librdkafka"}, "eager", id="range,roundrobin"),
        pytest.param({"config": {"group.protocol": "consumer"}}, "consumer", id="KIP-848"),
        pytest.param(
            {"config": {"partition.assignment.strategy": STICKY}}, "cooperative", id="sticky alone"
        ),
        pytest.param(
            {"config": {"partition.assignment.strategy": f"{RANGE},{STICKY}"}}, "eager", id="both"
        ),
        pytest.param({"assignor": "cooperative-sticky"}, "cooperative", id="of the assignor"),
        pytest.param({"protocol": "consumer"}, "consumer", id="as planned"),
    ],
)
def test_a_group_rebalances_as_it_is_planned_or_configured(given, protocol):
    group = Group(name="billing", member_records_per_s=1, **given)
    assert group.rebalance_protocol == protocol


@pytest.mark.parametrize(
    ("producers", "partitioner"),
    [
        ({}, "java"),
        ({"client": "librdkafka"}, "librdkafka"),
        ({"client": "librdkafka", "config": {"partitioner": "murmur2_random"}}, "java"),
        ({"client": "librdkafka", "config": {"partitioner": "random"}}, "librdkafka"),
    ],
)
def test_keys_are_placed_as_the_producers_place_them(producers, partitioner):
    def design(**keys):
        return TopicDesign(
            name="orders",
            traffic=Traffic(write_bytes_per_s=1e6, record_bytes=500),
            producers=Producers(**producers),
            keys=Keys(hottest_key_share=0.1, **keys),
        )

    assert design().partitioner == partitioner
    assert design(partitioner="sarama").partitioner == "sarama"


def test_other_producers_bring_another_partitioner():
    design = TopicDesign(
        name="orders",
        traffic=Traffic(write_bytes_per_s=1e6, record_bytes=500),
        keys=Keys(hottest_key_share=0.1),
    )
    assert design.partitioner == "java"
    assert replace(design, producers=Producers(client="librdkafka")).partitioner == "librdkafka"


def test_a_service_that_shows_no_brokers_has_enough_for_all_replicas():
    hidden = TopicDesign(
        name="orders",
        traffic=Traffic(write_bytes_per_s=1e6, record_bytes=500),
        cluster=Cluster(limits="MSK Serverless"),
    )
    assert hidden.cluster.brokers == 3
    assert replace(hidden, replication_factor=4).cluster.brokers == 4
