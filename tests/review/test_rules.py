"""Every rule: what triggers it, and what does not."""

from dataclasses import replace

import pytest

from kafka_sizing import KeyLoads
from kafka_sizing.review import (
    AREAS,
    RULES,
    Practices,
    mistakes,
    review_configs,
    review_topic,
    rules,
)
from kafka_sizing.topic import Group, Keys, Retries, plan_topic

COOPERATIVE = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"
RANGE = "org.apache.kafka.clients.consumer.RangeAssignor"
ROUND_ROBIN = "org.apache.kafka.clients.producer.RoundRobinPartitioner"
TWO_DAYS_MS = 172_800_000
TOPIC_3_2 = {"topic": {"min.insync.replicas": 2}, "replication_factor": 3}
CPP = {"client": "librdkafka"}


def row(rule, *values):
    *values, name = values
    return pytest.param(rule, *values, id=f"{rule}: {name}")


# rule, severity, what triggers it, what does not, what the numbers come from, in words
CONFIGURATIONS = [
    row(
        "acknowledged-on-one-replica",
        "error",
        {"topic": {}, "replication_factor": 3},
        TOPIC_3_2,
        "default",
        "min.insync.replicas left at 1",
    ),
    row(
        "acknowledged-on-one-replica",
        "error",
        {"broker": {"min.insync.replicas": "1"}, "replication_factor": 3},
        {"broker": {"min.insync.replicas": "2"}, "replication_factor": 3},
        "set",
        "set at the brokers for every topic",
    ),
    row(
        "writes-stop-on-one-loss",
        "error",
        {"topic": {"min.insync.replicas": 3}, "replication_factor": 3},
        TOPIC_3_2,
        "set",
        "three of three",
    ),
    row(
        "writes-stop-on-one-loss",
        "error",
        {"topic": {"min.insync.replicas": 2}, "replication_factor": 1},
        {"topic": {"min.insync.replicas": 1}, "replication_factor": 1},
        "set",
        "two of one, so nothing is ever written",
    ),
    row(
        "too-few-replicas",
        "error",
        {"broker": {}},
        {"broker": {"default.replication.factor": 3}},
        "default",
        "default.replication.factor is 1",
    ),
    row(
        "too-few-replicas",
        "warning",
        {"topic": {}, "replication_factor": 2},
        TOPIC_3_2,
        "set",
        "two replicas",
    ),
    row(
        "unclean-election",
        "error",
        {"topic": {"unclean.leader.election.enable": "true"}},
        {"topic": {}},
        "set",
        "at the topic",
    ),
    row(
        "unclean-election",
        "error",
        {"broker": {"unclean.leader.election.enable": True}},
        {"broker": {}},
        "set",
        "at the brokers",
    ),
    row(
        "topics-made-by-accident",
        "warning",
        {"broker": {}},
        {"broker": {"auto.create.topics.enable": "false"}},
        "default",
        "true by default",
    ),
    row(
        "keys-ignored",
        "warning",
        {"producer": {"partitioner.ignore.keys": "true"}},
        {"producer": {}},
        "set",
        "Java, by property",
    ),
    row(
        "keys-ignored",
        "warning",
        {"producer": {"partitioner.class": ROUND_ROBIN}},
        {"producer": {"partitioner.ignore.keys": "false"}},
        "set",
        "Java, round robin",
    ),
    row(
        "keys-ignored",
        "warning",
        {"producer": {"partitioner": "random"}, **CPP},
        {"producer": {"partitioner": "murmur2_random"}, **CPP},
        "set",
        "librdkafka",
    ),
    row(
        "order-lost-in-flight",
        "warning",
        {"producer": {"enable.idempotence": "false"}},
        {
            "producer": {
                "enable.idempotence": "false",
                "max.in.flight.requests.per.connection": 1,
            }
        },
        "set",
        "five in flight",
    ),
    row(
        "order-lost-in-flight",
        "warning",
        {"producer": {}, **CPP},
        {"producer": {"enable.idempotence": "true"}, **CPP},
        "default",
        "librdkafka as it comes",
    ),
    row(
        "acks-lose-data",
        "error",
        {"producer": {"acks": "1"}},
        {"producer": {"acks": "-1"}},
        "set",
        "the leader alone",
    ),
    row(
        "acks-lose-data",
        "error",
        {"producer": {"acks": "0"}},
        {"producer": {}},
        "set",
        "nobody at all",
    ),
    row(
        "gives-up-at-once",
        "warning",
        {"producer": {"retries": 0}},
        {"producer": {"retries": 3}},
        "set",
        "no retries",
    ),
    row(
        "idempotence-off",
        "warning",
        {"producer": {"enable.idempotence": "false"}},
        {"producer": {}},
        "set",
        "switched off",
    ),
    row(
        "idempotence-off",
        "warning",
        {"producer": {}, **CPP},
        {"producer": {"enable.idempotence": True}, **CPP},
        "default",
        "librdkafka's default",
    ),
    row(
        "producer-refused",
        "error",
        {"producer": {"delivery.timeout.ms": 20_000}},
        {"producer": {"delivery.timeout.ms": 30_005}},
        "set",
        "below linger.ms + request.timeout.ms",
    ),
    row(
        "producer-refused",
        "error",
        {"producer": {"max.in.flight.requests.per.connection": 6}},
        {"producer": {"max.in.flight.requests.per.connection": 5}},
        "set",
        "six in flight with idempotence",
    ),
    row(
        "producer-refused",
        "error",
        {"producer": {"transactional.id": "t", "enable.idempotence": "false"}},
        {"producer": {"transactional.id": "t"}},
        "set",
        "a transaction without idempotence",
    ),
    row(
        "producer-refused",
        "error",
        {"producer": {"acks": "1", "enable.idempotence": "true"}},
        {"producer": {"acks": "all", "enable.idempotence": "true"}},
        "set",
        "acks=1 with idempotence asked for",
    ),
    row(
        "refused-value-of-producer",
        "error",
        {"producer": {"compression.type": "brotli"}},
        {"producer": {"compression.type": "zstd"}},
        "set",
        "a codec that does not exist",
    ),
    row(
        "producer-changed",
        "note",
        {"producer": {"acks": "1"}},
        {"producer": {}},
        "default",
        "acks=1 switches idempotence off",
    ),
    row(
        "larger-requests-than-accepted",
        "warning",
        {"producer": {"max.request.size": 2_000_000}, "topic": {}},
        {"producer": {}, "topic": {}},
        "set",
        "2 MB against 1,048,588 bytes",
    ),
    row(
        "larger-requests-than-accepted",
        "warning",
        {"producer": {}, "broker": {"message.max.bytes": 500_000}},
        {"producer": {"max.request.size": 400_000}, "broker": {"message.max.bytes": 500_000}},
        "set",
        "a smaller limit at the brokers",
    ),
    row(
        "committed-before-processed",
        "warning",
        {"consumer": {}, **CPP},
        {"consumer": {"enable.auto.offset.store": "false"}, **CPP},
        "default",
        "librdkafka stores offsets as it hands records over",
    ),
    row(
        "committed-before-processed",
        "error",
        {"consumer": {}, "practices": Practices(committing="before processing")},
        {"consumer": {}, "practices": Practices(committing="after processing")},
        "derived",
        "as its people say",
    ),
    row(
        "relies-on-auto-commit",
        "note",
        {"consumer": {}},
        {"consumer": {"enable.auto.commit": "false"}},
        "default",
        "true by default",
    ),
    row(
        "poll-too-late",
        "error",
        {"consumer": {}, "processing_s": 0.7},
        {"consumer": {}, "processing_s": 0.48},
        "default",
        "500 × 0.7 s = 350 s in 300 s; 240 s are within 80 %",
    ),
    row(
        "poll-too-late",
        "warning",
        {"consumer": {"max.poll.records": 500}, "processing_s": 0.5},
        {"consumer": {"max.poll.records": 480}, "processing_s": 0.5},
        "set",
        "250 s of 300 s leave little",
    ),
    row(
        "poll-too-late",
        "error",
        {"consumer": {"max.poll.interval.ms": 6_000}, "processing_s": 7, **CPP},
        {"consumer": {}, "processing_s": 7, **CPP},
        "set",
        "one record of librdkafka takes longer than the interval",
    ),
    row(
        "heartbeat-too-slow",
        "warning",
        {"consumer": {"session.timeout.ms": 45_000, "heartbeat.interval.ms": 16_000}},
        {"consumer": {"session.timeout.ms": 45_000, "heartbeat.interval.ms": 15_000}},
        "set",
        "RD02, a third of the session (Kafka consumer config text)",
    ),
    row(
        "heartbeat-too-slow",
        "error",
        {"consumer": {"heartbeat.interval.ms": 45_000}},
        {"consumer": {"heartbeat.interval.ms": 60_000, "group.protocol": "consumer"}},
        "set",
        "as slow as the session; nothing under KIP-848",
    ),
    row(
        "session-out-of-bounds",
        "error",
        {"consumer": {"session.timeout.ms": 5_999, "heartbeat.interval.ms": 1_000}},
        {"consumer": {"session.timeout.ms": 6_000, "heartbeat.interval.ms": 1_000}},
        "set",
        "below the 6 s of the brokers",
    ),
    row(
        "session-out-of-bounds",
        "error",
        {"consumer": {"session.timeout.ms": 1_800_001}},
        {"consumer": {"session.timeout.ms": 1_800_000}},
        "set",
        "above their 30 minutes",
    ),
    row(
        "session-out-of-bounds",
        "error",
        {"consumer": {}, "broker": {"group.max.session.timeout.ms": 30_000}},
        {"consumer": {}, "broker": {}},
        "default",
        "above what these brokers take",
    ),
    row(
        "session-out-of-bounds",
        "error",
        {"consumer": {"session.timeout.ms": 5_000}},
        {"consumer": {"session.timeout.ms": 5_000, "group.protocol": "consumer"}},
        "set",
        "decided elsewhere under KIP-848",
    ),
    row(
        "not-for-this-protocol",
        "error",
        {"consumer": {"group.protocol": "consumer", "session.timeout.ms": 45_000}},
        {"consumer": {"group.protocol": "consumer"}},
        "set",
        "session.timeout.ms under KIP-848",
    ),
    row(
        "not-for-this-protocol",
        "error",
        {"consumer": {"group.protocol": "consumer", "heartbeat.interval.ms": 3_000}},
        {"consumer": {"heartbeat.interval.ms": 3_000}},
        "set",
        "heartbeat.interval.ms under KIP-848",
    ),
    row(
        "not-for-this-protocol",
        "error",
        {"consumer": {"group.protocol": "consumer", "partition.assignment.strategy": RANGE}},
        {"consumer": {"partition.assignment.strategy": RANGE}},
        "set",
        "an assignor of the client under KIP-848",
    ),
    row(
        "starts-at-the-end",
        "note",
        {"consumer": {}},
        {"consumer": {"auto.offset.reset": "earliest"}},
        "default",
        "latest by default",
    ),
    row(
        "reads-uncommitted",
        "warning",
        {"consumer": {}, "producer": {"transactional.id": "t"}},
        {"consumer": {"isolation.level": "read_committed"}, "producer": {"transactional.id": "t"}},
        "default",
        "behind a transactional producer",
    ),
    row(
        "reads-uncommitted",
        "warning",
        {
            "consumer": {"isolation.level": "read_uncommitted"},
            "producer": {"transactional.id": "t"},
        },
        {"consumer": {"isolation.level": "read_uncommitted"}, "producer": {}},
        "set",
        "no transaction, no harm",
    ),
    row(
        "fetches-smaller-than-records",
        "note",
        {"consumer": {}, "topic": {"max.message.bytes": 1_048_589}},
        {"consumer": {}, "topic": {"max.message.bytes": 1_048_588}},
        "default",
        "one byte more than Kafka's two defaults allow",
    ),
    row(
        "poll-interval-holds-everyone",
        "warning",
        {"consumer": {"max.poll.interval.ms": 1_800_001}},
        {"consumer": {"max.poll.interval.ms": 1_800_000}},
        "set",
        "more than half an hour",
    ),
    row(
        "poll-interval-holds-everyone",
        "warning",
        {"consumer": {"max.poll.interval.ms": 3_600_000}},
        {"consumer": {"max.poll.interval.ms": 3_600_000, "group.protocol": "consumer"}},
        "set",
        "nobody waits under KIP-848",
    ),
    row(
        "scaled-on-the-wrong-metric",
        "warning",
        {"practices": Practices(scaling="memory")},
        {"practices": Practices(scaling="fixed")},
        "derived",
        "memory",
    ),
    row(
        "retried-in-the-way",
        "error",
        {"practices": Practices(retrying="same topic")},
        {"practices": Practices(retrying="retry topics")},
        "derived",
        "round and round",
    ),
    row(
        "retried-in-the-way",
        "warning",
        {"practices": Practices(retrying="none")},
        {"practices": Practices(retrying="retry topics")},
        "derived",
        "not at all",
    ),
    row(
        "retry-topic-kept-too-short",
        "error",
        {"topic": {"retention.ms": TWO_DAYS_MS}, "retry_delay_s": 300, "outage_s": 259_200},
        {"topic": {"retention.ms": 259_500_000}, "retry_delay_s": 300, "outage_s": 259_200},
        "set",
        "RD03, 300 s + 3 d against 2 d (retention of retry topics, arithmetic)",
    ),
    row(
        "retry-topic-kept-too-short",
        "error",
        {"topic": {}, "retry_delay_s": 300, "outage_s": 604_800},
        {"topic": {"retention.ms": -1}, "retry_delay_s": 300, "outage_s": 604_800},
        "default",
        "a week and a delay against the default week",
    ),
    row(
        "kept-too-short",
        "error",
        {"topic": {}, "outage_s": 604_800},
        {"topic": {}, "outage_s": 604_799},
        "default",
        "an outage as long as the default week",
    ),
    row(
        "kept-too-short",
        "error",
        {"broker": {"log.retention.hours": 24}, "outage_s": 86_400},
        {"broker": {"log.retention.hours": 24}, "topic": {"retention.ms": -1}, "outage_s": 86_400},
        "set",
        "a day at the brokers",
    ),
    row(
        "offsets-expire",
        "error",
        {"broker": {}, "outage_s": 604_801},
        {"broker": {}, "outage_s": 604_800},
        "default",
        "a second more than 10,080 minutes",
    ),
    row(
        "kept-without-limit",
        "warning",
        {"topic": {"retention.ms": -1}},
        {"topic": {"retention.ms": -1, "retention.bytes": 10**9}},
        "set",
        "neither time nor size",
    ),
    row(
        "kept-without-limit",
        "warning",
        {"topic": {"retention.ms": -1}},
        {"topic": {"retention.ms": -1, "cleanup.policy": "compact"}},
        "set",
        "compaction bounds it",
    ),
    row(
        "coarse-segments",
        "note",
        {"topic": {}},
        {"topic": {"segment.ms": 302_400_000}},
        "default",
        "a week each",
    ),
    row(
        "coarse-segments",
        "warning",
        {"topic": {"retention.ms": 3_600_000}},
        {"topic": {"retention.ms": 3_600_000, "segment.ms": 360_000}},
        "set",
        "an hour in segments of a week",
    ),
    row(
        "coarse-segments",
        "warning",
        {"topic": {"retention.bytes": 100_000_000, "segment.ms": 86_400_000}},
        {
            "topic": {
                "retention.bytes": 100_000_000,
                "segment.bytes": 10_000_000,
                "segment.ms": 86_400_000,
            }
        },
        "set",
        "100 MB in segments of 1 GiB are 11.7 times as much",
    ),
    row(
        "coarse-segments",
        "note",
        {"topic": {}},
        {"topic": {"cleanup.policy": "compact"}},
        "default",
        "compacted topics keep nothing by time",
    ),
    row(
        "internal-topics-at-risk",
        "error",
        {"broker": {"offsets.topic.replication.factor": 1}},
        {"broker": {}},
        "set",
        "offsets on one broker",
    ),
    row(
        "internal-topics-at-risk",
        "error",
        {"broker": {"transaction.state.log.min.isr": 1}},
        {"broker": {"transaction.state.log.min.isr": 2}},
        "set",
        "transactions acknowledged by one",
    ),
    row(
        "internal-topics-at-risk",
        "note",
        {"broker": {"offsets.topic.num.partitions": 10}},
        {"broker": {"offsets.topic.num.partitions": 50}},
        "set",
        "another number of offset partitions",
    ),
    row(
        "leaders-stay-where-they-fell",
        "warning",
        {"broker": {"auto.leader.rebalance.enable": "false"}},
        {"broker": {}},
        "set",
        "switched off",
    ),
    row(
        "zookeeper-is-gone",
        "error",
        {"broker": {"zookeeper.connect": "zk:2181"}},
        {"broker": {"process.roles": "broker", "log.dirs": "/data/kafka"}},
        "set",
        "a file of 3.x",
    ),
    row(
        "zookeeper-is-gone",
        "note",
        {"broker": {"process.roles": "broker", "zookeeper.session.timeout.ms": 9_000}},
        {"broker": {"process.roles": "broker"}},
        "set",
        "a line left over",
    ),
    row(
        "logs-in-tmp",
        "error",
        {"broker": {"process.roles": "broker"}},
        {"broker": {"log.dirs": "/data/kafka"}},
        "default",
        "a whole file without log.dirs",
    ),
    row(
        "logs-in-tmp",
        "error",
        {"broker": {"log.dir": "/tmp/logs"}},
        {"broker": {"log.dir": "/data/kafka"}},
        "set",
        "set there",
    ),
    row(
        "unknown-property-of-topic",
        "warning",
        {"topic": {"retention.msec": 1}},
        {"topic": {"retention.ms": 1_000}},
        "set",
        "a typing error",
    ),
    row(
        "unknown-property-of-broker",
        "warning",
        {"broker": {"num.partition": 3}},
        {"broker": {"num.partitions": 3}},
        "set",
        "a typing error",
    ),
    row(
        "unknown-property-of-producer",
        "warning",
        {"producer": {"linger": 5, "batchsize": 5}},
        {"producer": {"linger.ms": 5, "batch.size": 5}},
        "set",
        "a typing error",
    ),
    row(
        "unknown-property-of-consumer",
        "warning",
        {"consumer": {"max.poll.record": 5}},
        {"consumer": {"max.poll.records": 5}},
        "set",
        "a typing error",
    ),
    row(
        "unknown-property-of-consumer",
        "note",
        {"consumer": {"com.example.registry": "http://localhost"}},
        {"consumer": {}},
        "set",
        "nothing like it: perhaps a plug-in's",
    ),
    row(
        "refused-value-of-topic",
        "error",
        {"topic": {"segment.bytes": 1_048_575}},
        {"topic": {"segment.bytes": 1_048_576}},
        "set",
        "below 1 MiB, the least since 4.0",
    ),
    row(
        "refused-value-of-topic",
        "error",
        {"topic": {"compression.type": "none"}},
        {"topic": {"compression.type": "uncompressed"}},
        "set",
        "a word of the producers",
    ),
    row(
        "refused-value-of-broker",
        "error",
        {"broker": {"num.replica.fetchers": 0}},
        {"broker": {"num.replica.fetchers": 1}},
        "set",
        "no fetchers, refused since 4.2",
    ),
    row(
        "refused-value-of-producer",
        "error",
        {"producer": {"linger.ms": "soon"}},
        {"producer": {"linger.ms": "5"}},
        "set",
        "a word for a number",
    ),
    row(
        "refused-value-of-consumer",
        "error",
        {"consumer": {"max.poll.records": 0}},
        {"consumer": {"max.poll.records": 1}},
        "set",
        "no records",
    ),
    row(
        "refused-value-of-consumer",
        "error",
        {"consumer": {"enable.auto.commit": "no"}},
        {"consumer": {"enable.auto.commit": "false"}},
        "set",
        "neither true nor false",
    ),
]

# rule, severity, what of the good design is changed
DESIGNS = [
    pytest.param("too-few-partitions", "error", {"traffic": {"peak_ratio": 200}}, id="rates"),
    pytest.param("too-many-partitions", "warning", {"partitions": 120}, id="20 times as many"),
    pytest.param("too-many-partitions", "error", {"partitions": 6_000}, id="above the vendor's"),
    pytest.param("very-high-count", "note", {"partitions": 500}, id="the highest band"),
    pytest.param("uneven-over-brokers", "note", {"partitions": 14}, id="14 over 6 brokers"),
    pytest.param("hot-key", "error", {"keys": Keys(hottest_key_share=0.9)}, id="a share alone"),
    pytest.param(
        "hot-partition",
        "warning",
        {"keys": Keys(loads=KeyLoads([str(n) for n in range(12)], [1.0] * 12))},
        id="twelve keys on twelve partitions collide",
    ),
    pytest.param(
        "order-without-key",
        "warning",
        {"keys": Keys(), "traffic": {"key_bytes": 0}},
        id="no key",
    ),
    pytest.param(
        "keys-ignored",
        "error",
        {"producers": {"config": {"partitioner.ignore.keys": True}}},
        id="order needed and keys ignored",
    ),
    pytest.param(
        "few-keys",
        "warning",
        {"keys": Keys(loads=KeyLoads(["EU", "US", "ASIA"], [1.0, 1.0, 1.0]))},
        id="three regions on twelve partitions",
    ),
    pytest.param(
        "another-partitioner",
        "warning",
        {
            "producers": {
                "client": "librdkafka",
                "config": {"enable.idempotence": True, "compression.type": "zstd"},
            },
            "keys": Keys(hottest_key_share=0.001, partitioner="java"),
        },
        id="librdkafka's CRC-32 against the plan's murmur2",
    ),
    pytest.param(
        "another-partitioner",
        "warning",
        {"keys": Keys(hottest_key_share=0.001, partitioner="librdkafka")},
        id="the other way round",
    ),
    pytest.param(
        "order-lost-by-retries", "warning", {"retries": {"delays_s": (5,)}}, id="one retry topic"
    ),
    pytest.param(
        "order-lost-in-flight",
        "error",
        {"producers": {"config": {"enable.idempotence": False}}},
        id="order needed and not kept",
    ),
    pytest.param(
        "growth-moves-keys", "warning", {"traffic": {"horizon_years": 0}}, id="20 % a year"
    ),
    pytest.param(
        "compression-not-set",
        "warning",
        {"producers": {"config": {"compression.type": None}}},
        id="3 times smaller, by nobody",
    ),
    pytest.param(
        "record-too-large",
        "error",
        {"traffic": {"record_bytes": 1_100_000}},
        id="above max.request.size",
    ),
    pytest.param(
        "record-too-large",
        "error",
        {
            "traffic": {"record_bytes": 4_000_000},
            "producers": {"config": {"max.request.size": 5_000_000}},
            "config": {"max.message.bytes": 1_048_588},
        },
        id="4 MB, three times smaller on the wire, above max.message.bytes",
    ),
    pytest.param(
        "short-buffer",
        "note",
        {"producers": {"config": {"buffer.memory": 1_000_000}}},
        id="a megabyte",
    ),
    pytest.param("thin-batches", "note", {"partitions": 1_200}, id="one record each"),
    pytest.param(
        "latency-not-within-reach",
        "warning",
        {"producers": {"latency_s": 0.015}},
        id="5 ms of linger.ms and 14 of a request are more than 15",
    ),
    pytest.param(
        "latency-not-within-reach",
        "error",
        {"producers": {"latency_s": 0.05, "config": {"linger.ms": 50}}},
        id="linger.ms alone takes it all",
    ),
    pytest.param("idle-members", "error", {"group": {"members": 13}}, id="one too many"),
    pytest.param("uneven-members", "note", {"group": {"members": 5}}, id="12 over 5"),
    pytest.param("falls-behind", "error", {"group": {"members": 3}}, id="at the horizon"),
    pytest.param(
        "falls-behind",
        "error",
        {"group": {"members": 1}},
        id="today's peak of 12,000/s on one member of 5,000/s",
    ),
    pytest.param("recovers-too-late", "warning", {"group": {"recovery_s": 3_600}}, id="an hour"),
    pytest.param("crash-takes-too-long", "warning", {"group": {"delay_s": 30}}, id="45 s session"),
    pytest.param(
        "protocol-not-configured",
        "warning",
        {"group": {"protocol": "consumer"}},
        id="KIP-848 in the plan alone",
    ),
    pytest.param(
        "protocol-not-configured",
        "note",
        {
            "group": {
                "protocol": "cooperative",
                "config": {"partition.assignment.strategy": None},
            }
        },
        id="the default list is eager",
    ),
    pytest.param(
        "moves-state-at-every-rollout", "note", {"group": {"restore_s": 10}}, id="10 s of state"
    ),
    pytest.param("no-dead-letter-topic", "warning", {"retries": None}, id="none"),
    pytest.param(
        "outage-overflows-retries",
        "warning",
        {"retries": {"delays_s": (5, 30, 300), "outage_s": 3_600}},
        id="RT02's outage of an hour against 335 s",
    ),
    pytest.param(
        "delay-needs-a-pause", "note", {"retries": {"delays_s": (600,)}}, id="10 minutes"
    ),
    pytest.param(
        "kept-too-short", "error", {"retention_s": 90_000}, id="a day, and no time to catch up"
    ),
    pytest.param(
        "kept-too-short", "error", {"retention_bytes": 1e9}, id="3 hours' worth for each partition"
    ),
    pytest.param(
        "compacted-without-keys",
        "error",
        {"keys": None, "config": {"cleanup.policy": "compact"}},
        id="no keys",
    ),
    pytest.param(
        "coarse-segments",
        "warning",
        {
            "traffic": {"write_bytes_per_s": 500},
            "segment_s": None,  # the default of a week
            "retention_s": 180_000,
        },
        id="never full, and rolled late",
    ),
    pytest.param(
        "coarse-segments",
        "note",
        {"config": {"retention.bytes": 100_000_000, "segment.bytes": 60_000_000}},
        id="60 MB of 100",
    ),
    pytest.param("too-few-brokers", "warning", {"cluster": {"brokers": 3}}, id="three of three"),
    pytest.param("too-few-zones", "warning", {"cluster": {"zones": 2}}, id="two zones"),
    pytest.param("too-few-zones", "note", {"cluster": {"zones": 1}}, id="one zone"),
    pytest.param(
        "uneven-zones", "note", {"cluster": {"brokers": 7}, "partitions": 14}, id="7 over 3"
    ),
    pytest.param(
        "beyond-partition-limits",
        "error",
        {"cluster": {"other_replicas": 8_970}},
        id="9,006 replicas over 6 brokers of at most 1,500",
    ),
    pytest.param(
        "beyond-partition-limits",
        "warning",
        {"cluster": {"other_replicas": 6_000}},
        id="6,036 replicas over 6 brokers with 1,000 recommended",
    ),
    pytest.param(
        "beyond-load-limits",
        "error",
        {"cluster": {"limits": "MSK Express large", "other_in_bytes_per_s": 5e8}},
        id="500 MB/s on six brokers of 23.4 MB/s",
    ),
    pytest.param(
        "replicas-after-a-loss",
        "warning",
        {"cluster": {"limits": None, "other_replicas": 20_000}},
        id="20,039 over the five that are left",
    ),
    pytest.param(
        "load-after-a-loss",
        "error",
        {"cluster": {"limits": "MSK Express large", "other_in_bytes_per_s": 130e6}},
        id="130 MB/s and a little are 22 MB/s on six brokers, 26 on five, of 23.4",
    ),
    pytest.param(
        "few-file-descriptors",
        "warning",
        {"cluster": {"file_descriptors": 99_999}},
        id="one below 100,000",
    ),
    pytest.param(
        "few-file-descriptors", "error", {"cluster": {"file_descriptors": 10}}, id="below the use"
    ),
    pytest.param(
        "few-memory-maps", "error", {"cluster": {"max_map_count": 10}}, id="below the use"
    ),
    pytest.param(
        "few-memory-maps",
        "error",
        {"cluster": {"max_map_count": None, "limits": "KRaft"}, "segment_s": 60},
        id="a segment a minute for a week, Linux's default",
    ),
    pytest.param(
        "disks-too-full", "error", {"cluster": {"disk_bytes_per_broker": 1e11}}, id="100 GB"
    ),
    pytest.param(
        "network-too-full",
        "error",
        {"cluster": {"network_bytes_per_s_per_broker": 1e5}},
        id="0.1 MB/s",
    ),
    pytest.param("blind-on-lag", "warning", {"group": {"delay_s": None}}, id="no objective"),
]


@pytest.mark.parametrize(("rule", "severity", "bad", "fine", "origin"), CONFIGURATIONS)
def test_a_bad_configuration_is_found_and_its_good_twin_is_not(rule, severity, bad, fine, origin):
    found = [each for each in review_configs(**bad).findings if each.rule == rule]
    assert found
    assert (found[0].severity, found[0].set_or_default) == (severity, origin)
    assert rule in review_configs(**fine).passed


@pytest.mark.parametrize(("rule", "severity", "changes"), DESIGNS)
def test_a_change_for_the_worse_is_found(changed, rule, severity, changes):
    found = [each for each in review_topic(changed(**changes)).findings if each.rule == rule]
    assert found
    assert found[0].severity == severity
    assert found[0].evidence
    assert found[0].change


def test_every_rule_has_an_example_that_triggers_it():
    shown = {each.values[0] for each in (*CONFIGURATIONS, *DESIGNS)}
    left = set(RULES) - shown
    # Two need operations, which the mistakes show; the others have tests of their own below.
    assert left == {
        "alerts-without-owner",
        "no-runbook",
        "dead-letters-kept-too-short",
        "processors-too-busy",
    }
    assert len(CONFIGURATIONS) >= 40


def test_every_rule_is_kept_by_something(good, practices):
    kept = {*review_topic(good, practices=practices).passed}
    kept |= {each.values[0] for each in CONFIGURATIONS}
    without_limits = replace(good, retries=replace(good.retries, outage_s=1, delays_s=(2,)))
    kept |= {*review_topic(without_limits).passed}
    assert kept == set(RULES)


def test_a_ladder_whose_topics_keep_too_little_is_found(good):
    from kafka_sizing.topic import plan_topic

    plan = plan_topic(replace(good, retries=Retries(delays_s=(300,), triage_s=14 * 86_400)))
    ladder = plan.retries
    short = replace(
        ladder,
        stages=tuple(replace(stage, retention_s=60.0) for stage in ladder.stages),
        dead_letter=replace(ladder.dead_letter, retention_s=3_600.0),
    )
    review = review_topic(replace(plan, retries=short))
    evidence = {finding.rule: finding.evidence for finding in review.findings}
    assert "86,700 s" in evidence["retry-topic-kept-too-short"]  # 300 s and a day
    assert "1,209,600 s" in evidence["dead-letters-kept-too-short"]  # two weeks


def test_a_group_that_does_not_retry_need_not_pause(good):
    retries = Retries(delays_s=(600,), groups=("billing",))
    groups = (*good.groups, Group(name="audit", member_records_per_s=1e5))
    review = review_topic(replace(good, retries=retries, groups=groups))
    found = [each.subject for each in review.findings if each.rule == "delay-needs-a-pause"]
    assert found == ["group billing"]


@pytest.mark.parametrize(
    ("share", "severity"),
    [
        pytest.param(0.58, None, id="0.58 × 6/5 = 0.696 is within 0.7"),
        pytest.param(0.59, "warning", id="0.59 × 6/5 = 0.708 is not"),
        pytest.param(0.9, "error", id="0.9 × 6/5 is more than there is"),
    ],
)
def test_processors_must_carry_a_lost_broker(good, share, severity):
    review = review_topic(good, practices=Practices(broker_cpu_share=share))
    found = [each.severity for each in review.findings if each.rule == "processors-too-busy"]
    assert found == ([] if severity is None else [severity])


def test_order_that_nobody_needs_is_not_missed(good):
    design = replace(
        good,
        keys=replace(good.keys, ordering="none"),
        retries=replace(good.retries, delays_s=(1, 60)),
        producers=replace(good.producers, config={"partitioner.ignore.keys": True}),
    )
    mistaken = {finding.mistake for finding in review_topic(design).findings}
    assert not mistaken & {"order lost", "bad key"}


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_says_what_it_asks_where_it_belongs_and_who_says_so(rule):
    assert rule.area in AREAS
    assert rule.mistake is None or rule.mistake in {mistake.name for mistake in mistakes()}
    assert rule.severity in {"error", "warning", "note"}
    assert rule.kind in {"exact", "measured", "vendor", "rule"}
    assert rule.title
    assert rule.source
    assert rule.text.date
    assert not rule.text.consequence.endswith(".")
    assert all(line.unit for line in rule.text.lines.values())
    assert repr(rule).startswith(f"Rule('{rule.name}'")


def test_every_area_and_every_mistake_has_a_rule():
    assert {rule.area for rule in RULES.values()} == set(AREAS)
    assert {rule.mistake for rule in RULES.values()} - {None} == {
        mistake.name for mistake in mistakes()
    }
    assert len(AREAS) == 10


def test_every_function_has_its_data_and_the_other_way_round():
    functions = {name for noun in rules._NOUNS for name in noun.JUDGES}
    assert functions == set(RULES)


@pytest.mark.parametrize(
    ("changes", "rule", "missing"),
    [
        pytest.param(
            {"cluster": {"file_descriptors": None}},
            "few-file-descriptors",
            "the file descriptors of a broker's process (cluster.file_descriptors)",
            id="file descriptors",
        ),
        pytest.param(
            {"cluster": {"disk_bytes_per_broker": None}},
            "disks-too-full",
            "the disk of a broker (cluster.disk_bytes_per_broker)",
            id="disk",
        ),
        pytest.param(
            {"cluster": {"network_bytes_per_s_per_broker": None}},
            "network-too-full",
            "the network of a broker (cluster.network_bytes_per_s_per_broker)",
            id="network",
        ),
        pytest.param(
            {"cluster": {"limits": None}},
            "beyond-load-limits",
            "what the cluster is sold as (cluster.limits)",
            id="what it is sold as",
        ),
        pytest.param(
            {"cluster": None}, "disks-too-full", "the cluster of the topic", id="the cluster"
        ),
        pytest.param(
            {"keys": Keys()},
            "hot-key",
            "the keys themselves (keys.loads), or the share of the hottest",
            id="the hottest key",
        ),
        pytest.param(
            {"keys": Keys(hottest_key_share=0.01)},
            "hot-partition",
            "the keys themselves (keys.loads)",
            id="the keys, beyond the hottest",
        ),
        pytest.param(
            {"keys": Keys()}, "few-keys", "the keys themselves (keys.loads)", id="all keys"
        ),
        pytest.param({"keys": None}, "few-keys", "the keys of the topic", id="any keys"),
        pytest.param(
            {"group": {"members": None}},
            "idle-members",
            "the members of group billing",
            id="members",
        ),
        pytest.param(
            {"group": {"outage_s": 0, "recovery_s": None}},
            "recovers-too-late",
            "the outage and the time to recover of group billing",
            id="an outage",
        ),
        pytest.param(
            {"group": {"outage_s": 0, "recovery_s": None}},
            "kept-too-short",
            "the longest outage of a group (outage_s)",
            id="any outage",
        ),
        pytest.param(
            {"retries": None},
            "retry-topic-kept-too-short",
            "how failures are retried",
            id="retries",
        ),
        pytest.param(
            {"retries": {"triage_s": None}},
            "dead-letters-kept-too-short",
            "how long dead letters wait to be looked at (retries.triage_s)",
            id="triage",
        ),
    ],
)
def test_a_rule_says_what_it_would_have_to_know(changed, changes, rule, missing):
    review = review_topic(changed(**changes))
    gaps = {gap.rule: gap.missing for gap in review.not_applicable}
    assert gaps[rule] == missing
    assert rule not in review.checked


def test_a_limit_of_a_vendor_is_quoted_with_its_source_and_date(changed):
    review = review_topic(changed(cluster={"other_replicas": 8_970}))
    found = next(each for each in review.findings if each.rule == "beyond-partition-limits")
    assert found.evidence.startswith("MSK Standard m5.large: ")
    assert "Amazon MSK" in found.evidence
    assert "20" in found.evidence.rpartition(",")[2]  # the year


def test_a_design_with_a_codec_that_does_not_exist_is_refused_by_the_client(changed):
    review = review_topic(changed(producers={"config": {"compression.type": "brotli"}}))
    assert [finding.rule for finding in review.of("error")] == ["producer-refused"]


def test_a_design_with_a_value_that_brokers_refuse_is_told_so(changed):
    review = review_topic(changed(cluster={"config": {"num.io.threads": 0}}))
    assert [finding.rule for finding in review.of("error")] == ["refused-value-of-broker"]


def test_one_broker_has_nothing_left_over(changed):
    cluster = {"brokers": 1, "zones": 1, "disk_bytes_per_broker": 3e12, "limits": None}
    review = review_topic(
        changed(cluster=cluster, replication_factor=1, min_insync_replicas=1),
        practices=Practices(broker_cpu_share=0.8),
    )
    evidence = {finding.rule: finding.evidence for finding in review.findings}
    assert "replicas-after-a-loss" in review.passed
    assert evidence["processors-too-busy"] == (
        "processors 80.0 % used, 80.0 % with no broker left over; 70.0 % is the rule"
    )


def test_a_partitioner_of_ones_own_is_not_compared(changed):
    config = {"partitioner.class": "com.example.ByRegion"}
    review = review_topic(
        changed(
            keys=Keys(hottest_key_share=0.001, partitioner="librdkafka"),
            producers={"config": config},
        )
    )
    assert "another-partitioner" in review.passed


def gaps_of(review):
    return {gap.rule: gap.missing for gap in review.not_applicable}


def test_a_service_that_shows_no_brokers_is_not_told_to_have_more(changed):
    changes = {"brokers": 3, "zones": 2, "limits": "Confluent Cloud Dedicated"}
    review = review_topic(changed(partitions=13, cluster=changes))
    missing = "the brokers, which Confluent Cloud Dedicated does not show"
    for rule in (
        "too-few-brokers",
        "too-few-zones",
        "uneven-zones",
        "uneven-over-brokers",
        "replicas-after-a-loss",
        "load-after-a-loss",
    ):
        assert gaps_of(review)[rule] == missing


def test_brokers_of_redpanda_are_there_to_be_counted(changed):
    review = review_topic(changed(cluster={"brokers": 3, "limits": "Redpanda 26.x"}))
    assert "too-few-brokers" in {each.rule for each in review.findings}


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("topics-made-by-accident", "auto.create.topics.enable"),
        ("unclean-election", "unclean.leader.election.enable"),
        ("offsets-expire", "offsets.retention.minutes"),
        ("leaders-stay-where-they-fell", "auto.leader.rebalance.enable"),
        ("internal-topics-at-risk", "offsets.topic.replication.factor"),
        ("acknowledged-on-one-replica", "min.insync.replicas"),
        ("writes-stop-on-one-loss", "min.insync.replicas"),
    ],
)
def test_defaults_of_a_vendor_are_not_taken_for_those_of_kafka(changed, rule, name):
    """Amazon MSK: unclean leaders may be elected where nothing is set, without tiering."""
    unset = {"config": {"auto.create.topics.enable": None}}
    sold = review_topic(changed(cluster=unset, min_insync_replicas=None))
    assert gaps_of(sold)[rule] == (
        f"{name}, whose default at MSK Standard m5.large need not be that of Kafka"
    )
    own = unset | {"limits": "KRaft"}
    assert rule in review_topic(changed(cluster=own, min_insync_replicas=None)).checked


@pytest.mark.parametrize("rule", ["record-too-large", "larger-requests-than-accepted"])
def test_a_record_that_a_vendor_may_well_take_is_not_too_large(changed, rule):
    """4 MB, three times smaller on the wire: more than Kafka takes by default."""
    large = {
        "traffic": {"record_bytes": 4_000_000},
        "producers": {"config": {"max.request.size": 5_000_000}},
    }
    assert gaps_of(review_topic(changed(**large)))[rule] == (
        "max.message.bytes, whose default at MSK Standard m5.large need not be that of Kafka"
    )
    own = review_topic(changed(cluster={"limits": "KRaft"}, **large))
    assert rule in {each.rule for each in own.findings}


def test_replicas_in_sync_that_are_set_are_judged_at_a_vendor_too(changed):
    own = {each.rule for each in review_topic(changed(min_insync_replicas=1)).findings}
    assert "acknowledged-on-one-replica" in own
    of_brokers = {"config": {"min.insync.replicas": 3}}
    inherited = review_topic(changed(min_insync_replicas=None, cluster=of_brokers))
    assert "writes-stop-on-one-loss" in {each.rule for each in inherited.findings}


def test_memory_maps_of_a_service_are_not_those_of_linux(changed):
    review = review_topic(changed(cluster={"max_map_count": None}))
    assert gaps_of(review)["few-memory-maps"] == (
        "vm.max_map_count of the hosts of MSK Standard m5.large"
    )


def test_zones_that_nobody_names_are_not_judged(changed):
    gaps = gaps_of(review_topic(changed(cluster={"zones": None})))
    missing = "the zones that the brokers are spread over (cluster.zones)"
    assert (gaps["too-few-zones"], gaps["uneven-zones"]) == (missing, missing)


def test_retry_topics_of_a_design_without_an_outage_are_held_against_the_rule_of_thumb(changed):
    """3 days and the delay: what the plan gives passes, and what is an hour short does not."""
    group = {"outage_s": 0.0, "recovery_s": None}
    retries = {"delays_s": (5,), "failing_fraction": 0.01}
    review = review_topic(changed(group=group, retries=retries))
    assert "retry-topic-kept-too-short" in review.passed
    plan = plan_topic(changed(group=group, retries=retries))
    (stage,) = plan.retries.stages
    assert stage.retention_s == 3 * 86_400 + 5
    short = replace(plan.retries, stages=(replace(stage, retention_s=3 * 86_400 - 3_600),))
    found = {each.rule for each in review_topic(replace(plan, retries=short)).findings}
    assert "retry-topic-kept-too-short" in found


def test_a_segment_that_time_rolls_before_it_is_full_is_as_large_as_its_time(changed):
    """1,200 B/s over 3 on the wire and 12 partitions make 33 B/s: 720 kB in 6 hours."""
    design = changed(traffic={"write_bytes_per_s": 1_200}, config={"retention.bytes": 100_000_000})
    review = review_topic(design)
    assert not [each for each in review.findings if "a segment holds" in each.evidence]


@pytest.mark.parametrize("kept", [-1, 0])
def test_without_a_size_to_keep_no_segment_is_too_large(kept):
    review = review_configs(topic={"retention.bytes": kept})
    assert not [each for each in review.findings if "a segment holds" in each.evidence]


def test_no_segment_is_proposed_that_kafka_refuses():
    review = review_configs(topic={"retention.bytes": 2_000_000})
    changes = {each.change for each in review.findings if each.rule == "coarse-segments"}
    assert "set segment.bytes=1048576" in changes


def test_throttles_of_the_vendor_must_hold_once_a_broker_is_lost(changed):
    """380 MB/s of others' writes, 3 copies each, make 190 MB/s on 6 brokers, 228 on 5.

    A volume of an m5.large takes 81 MiB/s; of an m5.2xlarge 250 MiB/s, or 262 MB/s; of an
    m5.xlarge 144 MiB/s, or 151 MB/s.
    """
    load = {"other_in_bytes_per_s": 380e6, "other_leaders": 100, "other_replicas": 300}

    def found(instance):
        review = review_topic(changed(cluster=load | {"limits": f"MSK Standard {instance}"}))
        return {each.rule for each in review.findings} & {
            "beyond-load-limits",
            "load-after-a-loss",
        }

    assert found("m5.xlarge") == {"beyond-load-limits"}
    assert found("m5.2xlarge") == set()
    load["other_in_bytes_per_s"] = 450e6  # 225 MB/s on 6, 270 on 5
    assert found("m5.2xlarge") == {"load-after-a-loss"}


def test_a_latency_that_nobody_wants_is_not_judged(changed):
    gaps = gaps_of(review_topic(changed(producers={"latency_s": None})))
    assert gaps["latency-not-within-reach"] == (
        "how long an acknowledgement may take (producers.latency_s)"
    )


def test_a_limit_of_the_vendor_must_hold_once_a_broker_is_lost(changed):
    """1,800 × 3 replicas and 3 of dead letters: 901 on each of 6 brokers, 1,081 on 5.

    Amazon advises 1,000.
    """
    review = review_topic(changed(partitions=1_800))
    assert "beyond-partition-limits" in review.passed
    (found,) = [each for each in review.findings if each.rule == "replicas-after-a-loss"]
    assert found.evidence.startswith("once a broker is lost, replicas per broker")
    assert "1,081" in found.evidence


@pytest.mark.parametrize(
    ("rule", "own", "missing"),
    [
        (
            "disks-too-full",
            {"other_disk_bytes": 1e9},
            "what other topics keep (cluster.other_disk_bytes)",
        ),
        (
            "network-too-full",
            {"other_in_bytes_per_s": 1e6},
            "what is written to other topics (cluster.other_in_bytes_per_s)",
        ),
    ],
)
def test_room_that_others_take_by_an_unknown_amount_is_not_judged(changed, rule, own, missing):
    others = {"other_leaders": 100, "other_replicas": 300}
    assert gaps_of(review_topic(changed(cluster=others)))[rule] == missing
    assert rule in review_topic(changed(cluster=others | own)).passed


def test_what_is_too_full_without_the_others_is_too_full(changed):
    others = {"other_replicas": 300, "disk_bytes_per_broker": 1e9}
    found = {each.rule for each in review_topic(changed(cluster=others)).findings}
    assert "disks-too-full" in found


def test_disks_of_a_topic_that_compacts_uncounted_keys_are_not_judged(changed):
    changes = {"retention_s": None, "config": {"cleanup.policy": "compact"}, "keys": Keys()}
    assert gaps_of(review_topic(changed(**changes)))["disks-too-full"] == (
        "how many keys a topic that only compacts has (keys.loads)"
    )


def test_keys_that_are_known_are_there_though_nobody_says_how_long(changed):
    review = review_topic(changed(traffic={"key_bytes": 0}))
    assert "order-without-key" in review.passed


def test_fewer_partitions_than_brokers_need_not_spread(changed):
    assert "uneven-over-brokers" in review_topic(changed(partitions=4)).passed


@pytest.mark.parametrize(
    ("group", "change"),
    [
        ({}, "lower session.timeout.ms, and"),
        (
            {
                "protocol": "consumer",
                "config": {
                    "group.protocol": "consumer",
                    "partition.assignment.strategy": None,
                },
            },
            "lower group.consumer.session.timeout.ms on the brokers",
        ),
    ],
)
def test_a_crash_is_noticed_sooner_where_its_protocol_is_set(changed, group, change):
    review = review_topic(changed(group={"delay_s": 1} | group))
    (found,) = [each for each in review.findings if each.rule == "crash-takes-too-long"]
    assert found.change.startswith(change)
    assert found.change.endswith(", or allow for it in the objective")


def test_an_owner_of_no_alert_is_told_which_was_meant(good):
    operations = replace(good.operations, owners={"DiskFull": "platform", "DiskHigh": "disks"})
    review = review_topic(replace(good, operations=operations))
    (found,) = [each for each in review.findings if each.rule == "alerts-without-owner"]
    assert found.summary.startswith("an owner of an alert that does not exist")
    assert "'DiskHigh'" in found.summary
    assert "'DiskFull'" in found.evidence


def test_a_member_that_reads_hardly_more_than_the_others_is_no_news(changed):
    """12 over 5 carry 80 %; 1,200 over 7 carry 1,200 / (7 × 172) = 99.7 %."""
    review = review_topic(changed(partitions=1_200, group={"members": 7}))
    assert "uneven-members" in review.passed


def test_a_name_that_the_producer_ignores_is_told_once(changed):
    review = review_topic(changed(producers={"config": {"linger.mss": 5}}))
    told = [each.rule for each in review.findings if "linger.mss" in each.evidence]
    assert told == ["unknown-property-of-producer"]


def test_a_property_of_zookeeper_is_told_once():
    review = review_configs(broker={"zookeeper.connect": "zk:2181"})
    told = [each.rule for each in review.findings if "zookeeper.connect" in each.evidence]
    assert told == ["zookeeper-is-gone"]


def test_what_follows_of_itself_is_no_change():
    quiet = review_configs(producer={"linger.ms": 50}, client="librdkafka")
    assert "producer-changed" in quiet.passed


def test_a_value_that_becomes_another_is_written_as_properties_have_it():
    (found,) = [
        each
        for each in review_configs(producer={"acks": "1"}).findings
        if each.rule == "producer-changed"
    ]
    assert found.summary == "enable.idempotence becomes false"
