"""What Kafka 4.x does when nobody sets anything."""

import datetime

import pytest

from kafka_sizing.settings import default_of, defaults, properties_of
from kafka_sizing.settings.defaults import SIDES, properties_of_side
from kafka_sizing.settings.setting import text_of

LONGEST = 2**63 - 1

# Apache Kafka 4.x: KafkaConfig and the classes it is made of, ProducerConfig, ConsumerConfig,
# LogConfig; librdkafka 2.x: CONFIGURATION.md.
PUBLISHED = {
    "broker": """
        num.partitions=1
        default.replication.factor=1
        min.insync.replicas=1
        auto.create.topics.enable=true
        delete.topic.enable=true
        unclean.leader.election.enable=false
        auto.leader.rebalance.enable=true
        leader.imbalance.per.broker.percentage=10
        leader.imbalance.check.interval.seconds=300
        num.network.threads=3
        num.io.threads=8
        num.replica.fetchers=1
        background.threads=10
        num.recovery.threads.per.data.dir=2
        queued.max.requests=500
        socket.send.buffer.bytes=102400
        socket.receive.buffer.bytes=102400
        socket.request.max.bytes=104857600
        max.connections=2147483647
        connections.max.idle.ms=600000
        replica.lag.time.max.ms=30000
        replica.fetch.max.bytes=1048576
        replica.fetch.response.max.bytes=10485760
        replica.fetch.wait.max.ms=500
        replica.fetch.min.bytes=1
        fetch.max.bytes=57671680
        max.incremental.fetch.session.cache.slots=1000
        max.request.partition.size.limit=2000
        broker.heartbeat.interval.ms=2000
        broker.session.timeout.ms=9000
        controller.quorum.election.timeout.ms=1000
        controller.quorum.fetch.timeout.ms=2000
        message.max.bytes=1048588
        log.segment.bytes=1073741824
        log.roll.hours=168
        log.retention.hours=168
        log.retention.bytes=-1
        log.retention.check.interval.ms=300000
        log.segment.delete.delay.ms=60000
        log.index.size.max.bytes=10485760
        log.index.interval.bytes=4096
        log.cleaner.threads=1
        log.cleaner.dedupe.buffer.size=134217728
        compression.type=producer
        log.message.timestamp.after.max.ms=3600000
        offsets.topic.num.partitions=50
        offsets.topic.replication.factor=3
        offsets.topic.segment.bytes=104857600
        offsets.retention.minutes=10080
        group.min.session.timeout.ms=6000
        group.max.session.timeout.ms=1800000
        group.initial.rebalance.delay.ms=3000
        group.consumer.session.timeout.ms=45000
        group.consumer.min.session.timeout.ms=45000
        group.consumer.max.session.timeout.ms=60000
        group.consumer.heartbeat.interval.ms=5000
        group.consumer.min.heartbeat.interval.ms=5000
        group.consumer.max.heartbeat.interval.ms=15000
        group.consumer.assignors=uniform,range
        group.share.session.timeout.ms=45000
        group.share.heartbeat.interval.ms=5000
        group.share.record.lock.duration.ms=30000
        group.share.delivery.count.limit=5
        transaction.state.log.num.partitions=50
        transaction.state.log.replication.factor=3
        transaction.state.log.min.isr=2
        transaction.max.timeout.ms=900000
        transactional.id.expiration.ms=604800000
        producer.id.expiration.ms=86400000
        remote.log.manager.copier.thread.pool.size=10
        remote.log.manager.expiration.thread.pool.size=10
        remote.log.manager.thread.pool.size=2
        remote.log.reader.threads=10
        remote.log.manager.task.interval.ms=30000
        remote.log.metadata.topic.min.isr=2
        """,
    "topic": """
        cleanup.policy=delete
        retention.ms=604800000
        retention.bytes=-1
        segment.bytes=1073741824
        segment.ms=604800000
        segment.index.bytes=10485760
        index.interval.bytes=4096
        file.delete.delay.ms=60000
        max.message.bytes=1048588
        min.insync.replicas=1
        unclean.leader.election.enable=false
        min.cleanable.dirty.ratio=0.5
        delete.retention.ms=86400000
        compression.type=producer
        message.timestamp.type=CreateTime
        message.timestamp.after.max.ms=3600000
        local.retention.ms=-2
        local.retention.bytes=-2
        remote.storage.enable=false
        """,
    "producer": """
        acks=all
        enable.idempotence=true
        retries=2147483647
        linger.ms=5
        batch.size=16384
        buffer.memory=33554432
        max.block.ms=60000
        delivery.timeout.ms=120000
        request.timeout.ms=30000
        max.in.flight.requests.per.connection=5
        max.request.size=1048576
        compression.type=none
        retry.backoff.ms=100
        retry.backoff.max.ms=1000
        transaction.timeout.ms=60000
        metadata.max.age.ms=300000
        """,
    "consumer": """
        session.timeout.ms=45000
        heartbeat.interval.ms=3000
        max.poll.interval.ms=300000
        max.poll.records=500
        fetch.min.bytes=1
        fetch.max.wait.ms=500
        fetch.max.bytes=52428800
        max.partition.fetch.bytes=1048576
        enable.auto.commit=true
        auto.commit.interval.ms=5000
        auto.offset.reset=latest
        isolation.level=read_uncommitted
        group.protocol=classic
        request.timeout.ms=30000
        default.api.timeout.ms=60000
        reconnect.backoff.ms=50
        reconnect.backoff.max.ms=1000
        """,
    "librdkafka producer": """
        linger.ms=5
        batch.size=1000000
        batch.num.messages=10000
        enable.idempotence=false
        max.in.flight=1000000
        message.timeout.ms=300000
        queue.buffering.max.messages=100000
        queue.buffering.max.kbytes=1048576
        partitioner=consistent_random
        """,
    "librdkafka consumer": """
        queued.max.messages.kbytes=65536
        queued.min.messages=100000
        partition.assignment.strategy=range,roundrobin
        group.protocol=classic
        """,
}


@pytest.mark.parametrize(
    ("side", "name", "value"),
    [
        pytest.param(side, name, value, id=f"{side} {name}")
        for side, text in PUBLISHED.items()
        for name, value in properties_of(text).items()
    ],
)
def test_defaults_are_those_of_the_sources_of_kafka(side, name, value):
    setting = default_of(name, side)
    assert text_of(setting.value) == value
    assert setting.side == side


def test_a_java_consumer_may_change_from_range_to_cooperative_sticky():
    strategies = str(default_of("partition.assignment.strategy", "consumer").value).split(",")
    assert [name.rpartition(".")[2] for name in strategies] == [
        "RangeAssignor",
        "CooperativeStickyAssignor",
    ]


@pytest.mark.parametrize("side", SIDES)
def test_every_default_says_from_where_and_is_allowed(side):
    assert len(defaults(side)) > 30
    for name, setting in defaults(side).items():
        assert (setting.name, setting.side, setting.kind) == (name, side, "exact")
        assert setting.source
        assert datetime.date.fromisoformat(setting.date)
        assert setting.allows(setting.value), name


@pytest.mark.parametrize("side", SIDES)
def test_no_name_is_known_in_two_ways(side):
    names = properties_of_side(side).names
    assert len(set(names)) == len(names)


def test_what_brokers_call_a_property_of_a_topic_is_known_and_is_the_same():
    brokers = properties_of_side("broker")
    per_unit = {"hours": 3_600_000, "minutes": 60_000}
    for topic in defaults("topic").values():
        assert topic.broker_name == (topic.broker_names[0] if topic.broker_names else None)
        for name in topic.broker_names:
            assert brokers.knows(name)
            if name in brokers.settings:
                factor = per_unit.get(name.rpartition(".")[2], 1)
                assert brokers.settings[name].value * factor == topic.value, name


def test_tiered_storage_of_a_topic_has_no_counterpart_at_the_brokers():
    assert default_of("remote.storage.enable").broker_name is None
    assert default_of("retention.ms").broker_name == "log.retention.ms"


def test_a_side_is_needed_only_where_sides_differ():
    assert default_of("request.timeout.ms").value == 30_000
    with pytest.raises(
        ValueError,
        match=r"side must be named for 'fetch\.max\.bytes', which differs between "
        r"'broker', 'consumer', 'librdkafka consumer'",
    ):
        default_of("fetch.max.bytes")
    assert default_of("fetch.max.bytes", "broker").value == 55 * 2**20


def test_a_property_that_is_not_there_is_named_with_its_neighbours():
    with pytest.raises(
        ValueError, match=r"name must be .*'session\.timeout'.*near: 'session\.tim"
    ):
        default_of("session.timeout")
    with pytest.raises(ValueError, match=r"properties of a producer .*near: 'linger\.ms'"):
        default_of("linger.mss", "producer")
    with pytest.raises(ValueError, match=r"side must be one of .* got 'admin'"):
        default_of("linger.ms", "admin")


def test_another_name_of_a_property_finds_it():
    assert default_of("queue.buffering.max.ms", "librdkafka producer").name == "linger.ms"


def test_a_time_is_given_in_seconds_and_a_size_in_bytes():
    assert default_of("linger.ms", "producer").seconds == 0.005
    assert default_of("offsets.retention.minutes").seconds == 7 * 86_400
    assert default_of("log.roll.hours").seconds == 7 * 86_400
    assert default_of("leader.imbalance.check.interval.seconds").seconds == 300
    assert default_of("queued.max.messages.kbytes").bytes == 64 * 2**20
    assert default_of("segment.bytes").bytes == 2**30


@pytest.mark.parametrize(
    ("name", "measure", "message"),
    [
        ("retention.bytes", "seconds", r"retention\.bytes must be a time, got one in 'bytes'"),
        ("retention.ms", "bytes", r"retention\.ms must be a size, got one in 'ms'"),
        ("cleanup.policy", "bytes", r"cleanup\.policy must be a size, got one in 'no unit'"),
        ("local.retention.ms", "seconds", r"local\.retention\.ms must be >= 0 .* got -2"),
        ("retention.bytes", "bytes", r"retention\.bytes must be >= 0 .* got -1"),
    ],
)
def test_what_is_no_length_has_none(name, measure, message):
    setting = default_of(name, "topic")
    assert setting.is_time == (setting.unit == "ms")
    assert setting.is_size == (setting.unit == "bytes")
    with pytest.raises(ValueError, match=message):
        getattr(setting, measure)


@pytest.mark.parametrize(
    ("name", "side", "value", "allowed"),
    [
        # ConfigDef of Apache Kafka 4.x
        ("segment.bytes", "topic", 2**20 - 1, False),
        ("segment.bytes", "topic", 2**20, True),
        ("min.cleanable.dirty.ratio", "topic", 1.0, True),
        ("min.cleanable.dirty.ratio", "topic", 1.1, False),
        ("acks", "producer", "-1", True),
        ("acks", "producer", "2", False),
        ("acks", "producer", "ALL", False),  # a ValidString of Kafka compares letter by letter
        ("security.protocol", "producer", "sasl_ssl", True),  # this one ignores case
        ("group.protocol", "consumer", "CONSUMER", True),
        ("isolation.level", "librdkafka consumer", "READ_COMMITTED", True),
        ("client.id", "producer", "anything", True),
        ("enable.idempotence", "producer", False, True),
        ("retention.ms", "topic", LONGEST, True),
    ],
)
def test_the_values_kafka_takes(name, side, value, allowed):
    assert default_of(name, side).allows(value) is allowed


def test_what_is_allowed_is_said_in_words():
    assert default_of("segment.bytes").allowed == "at least 1,048,576"
    assert default_of("min.cleanable.dirty.ratio").allowed == "0 … 1"
    assert default_of("message.timestamp.type").allowed == "CreateTime or LogAppendTime"
    assert default_of("cleanup.policy").allowed == "delete, compact, or both"
    assert default_of("retention.bytes").allowed is None


def test_defaults_cannot_be_changed():
    with pytest.raises(TypeError):
        defaults("topic")["retention.ms"] = 1


def test_a_setting_is_shown_in_a_line():
    assert repr(default_of("linger.ms", "librdkafka producer")) == (
        "Setting(linger.ms=5 of a librdkafka producer)"
    )
