"""What is set, over what Kafka does when nobody sets anything."""

import copy
import pickle

import numpy as np
import pytest

from kafka_sizing.settings import Configuration, configuration_of, topic_configuration


@pytest.mark.parametrize(
    ("side", "name", "given", "value"),
    [
        ("producer", "linger.ms", "50", 50),
        ("producer", "linger.ms", " 50 ", 50),
        ("producer", "linger.ms", 50, 50),
        ("producer", "compression.gzip.level", "-1", -1),
        ("producer", "enable.idempotence", "False", False),
        ("producer", "enable.idempotence", True, True),
        ("producer", "acks", 1, "1"),
        ("topic", "min.cleanable.dirty.ratio", "0.1", 0.1),
        ("topic", "min.cleanable.dirty.ratio", 1, 1.0),
        ("librdkafka producer", "linger.ms", "0.5", 0.5),
        ("broker", "log.retention.ms", "-1", -1),  # known without a default
        ("producer", "transactional.id", "payments", "payments"),
        ("producer", "our.own.interceptor.setting", 3, 3),
    ],
)
def test_a_value_is_read_by_the_type_of_its_property(side, name, given, value):
    configuration = Configuration(side, {name: given})
    found = configuration.value(name) if name in configuration.given else None
    assert (found, type(found)) == (value, type(value))
    assert configuration.is_set(name)


@pytest.mark.parametrize(
    ("side", "name", "given", "rule"),
    [
        ("producer", "linger.ms", "fast", "a whole number"),
        ("producer", "linger.ms", "1.5", "a whole number"),
        ("producer", "linger.ms", "1_000", "a whole number"),
        ("producer", "linger.ms", 1.5, "a whole number"),
        ("producer", "linger.ms", True, "a whole number"),
        ("producer", "enable.idempotence", 1, "true or false"),
        ("producer", "enable.idempotence", "yes", "true or false"),
        ("topic", "min.cleanable.dirty.ratio", "half", "a finite number"),
        ("topic", "min.cleanable.dirty.ratio", "nan", "a finite number"),
        ("topic", "min.cleanable.dirty.ratio", True, "a finite number"),
        ("producer", "acks", ["all"], "a text"),
        ("producer", "our.own", None, "a number, a text, true or false"),
        ("broker", "log.retention.ms", "a week", "a whole number"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(side, name, given, rule):
    with pytest.raises(ValueError, match=rf"^{name} must be {rule}, got ") as caught:
        Configuration(side, {name: given})
    assert repr(given) in str(caught.value)


def test_what_is_not_set_is_kafkas_default():
    consumer = Configuration("consumer")
    assert consumer.value("max.poll.records") == 500
    assert not consumer.is_set("max.poll.records")
    assert consumer.setting("max.poll.records").source == "ConsumerConfig, Apache Kafka 4.x"
    assert consumer == Configuration("consumer", {})


def test_what_has_no_default_must_be_set():
    with pytest.raises(ValueError, match=r"name must be one of the properties of a consumer"):
        Configuration("consumer").value("group.id")


def test_a_property_has_one_value_under_all_its_names():
    producer = Configuration("librdkafka producer", {"queue.buffering.max.ms": 20})
    assert producer.value("linger.ms") == producer.value("queue.buffering.max.ms") == 20
    assert producer.is_set("linger.ms")
    assert producer.described("linger.ms") == "linger.ms=20 (set)"
    both = {"linger.ms": 1, "queue.buffering.max.ms": 20}
    assert Configuration("librdkafka producer", both).value("linger.ms") == 20
    assert (
        Configuration("librdkafka producer", dict(reversed(both.items()))).value("linger.ms") == 1
    )


def test_lengths_and_sizes_are_in_seconds_and_bytes():
    consumer = Configuration("librdkafka consumer", {"session.timeout.ms": 6_000})
    assert consumer.seconds("session.timeout.ms") == 6
    assert consumer.seconds("max.poll.interval.ms") == 300
    assert consumer.bytes("queued.max.messages.kbytes") == 64 * 2**20
    unlimited = Configuration("topic", {"retention.ms": -1})
    with pytest.raises(ValueError, match=r"retention\.ms must be >= 0 .* got -1"):
        unlimited.seconds("retention.ms")


def test_a_description_says_who_decided():
    topic = Configuration("topic", {"unclean.leader.election.enable": "TRUE"})
    assert topic.described("unclean.leader.election.enable") == (
        "unclean.leader.election.enable=true (set)"
    )
    assert topic.described("retention.ms") == "retention.ms=604800000 (default)"


def test_a_real_file_of_a_client_has_no_unknown_name():
    names = [
        "bootstrap.servers",
        "client.id",
        "group.id",
        "group.instance.id",
        "key.deserializer",
        "value.deserializer",
        "security.protocol",
        "sasl.mechanism",
        "sasl.jaas.config",
        "ssl.truststore.location",
        "schema.registry.url",
        "specific.avro.reader",
    ]
    assert Configuration("consumer", dict.fromkeys(names, "x")).unknown == ()


def test_the_file_that_comes_with_kafka_has_no_unknown_name():
    """The properties of config/server.properties of Apache Kafka 4.x."""
    shipped = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.bootstrap.servers": "localhost:9093",
        "listeners": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "inter.broker.listener.name": "PLAINTEXT",
        "advertised.listeners": "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "num.network.threads": "3",
        "num.io.threads": "8",
        "socket.send.buffer.bytes": "102400",
        "socket.receive.buffer.bytes": "102400",
        "socket.request.max.bytes": "104857600",
        "log.dirs": "/tmp/kraft-combined-logs",
        "num.partitions": "1",
        "num.recovery.threads.per.data.dir": "1",
        "offsets.topic.replication.factor": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "log.retention.hours": "168",
        "log.segment.bytes": "1073741824",
        "log.retention.check.interval.ms": "300000",
    }
    assert Configuration("broker", shipped).unknown == ()


@pytest.mark.parametrize(
    ("side", "name", "near"),
    [
        ("producer", "linger.mss", "linger.ms"),
        ("topic", "min.insync.replica", "min.insync.replicas"),
        ("topic", "log.retention.ms", "local.retention.ms"),  # the brokers' name
        ("broker", "zookeeper.connect", None),  # gone with 4.0
    ],
)
def test_a_name_kafka_does_not_know_is_kept_and_told(side, name, near):
    configuration = Configuration(side, {name: "1", "compression.type": "zstd"})
    assert configuration.unknown == (name,)
    assert configuration.given[name] == "1"
    assert near is None or near in configuration.near(name)


def test_a_value_kafka_refuses_is_kept_and_told():
    topic = Configuration("topic", {"segment.bytes": 1_000, "segment.ms": 1, "own": 0})
    assert topic.refused == ("segment.bytes",)
    assert topic.value("segment.bytes") == 1_000
    aliased = Configuration("librdkafka producer", {"queue.buffering.max.ms": -1})
    assert aliased.refused == ("queue.buffering.max.ms",)


def test_a_configuration_cannot_be_changed():
    given = {"linger.ms": 1}
    producer = Configuration("producer", given)
    given["linger.ms"] = 2
    assert producer.value("linger.ms") == 1
    with pytest.raises(TypeError):
        producer.given["linger.ms"] = 3


def test_given_is_a_mapping_of_a_side_that_is_there():
    with pytest.raises(TypeError, match="given must be Mapping, got list"):
        Configuration("producer", [("acks", "all")])
    with pytest.raises(ValueError, match=r"side must be one of .* got 'admin'"):
        Configuration("admin")


def test_settings_may_come_as_a_configuration_a_mapping_or_not_at_all():
    own = Configuration("producer", {"acks": "0"})
    assert configuration_of("producer", own) is own
    assert configuration_of("producer", {"acks": "0"}) == own
    assert configuration_of("producer", None) == Configuration("producer")
    with pytest.raises(
        ValueError, match="settings must be of a consumer, got those of a producer"
    ):
        configuration_of("consumer", own)


@pytest.mark.parametrize(
    ("topic", "broker", "name", "value"),
    [
        pytest.param({}, {}, "retention.ms", 604_800_000, id="nobody sets it"),
        pytest.param({}, {"log.retention.hours": 24}, "retention.ms", 86_400_000, id="hours"),
        pytest.param({}, {"log.retention.minutes": 5}, "retention.ms", 300_000, id="minutes"),
        pytest.param({}, {"log.retention.ms": 5}, "retention.ms", 5, id="milliseconds"),
        pytest.param(
            {},
            {"log.retention.hours": 24, "log.retention.ms": 5, "log.retention.minutes": 9},
            "retention.ms",
            5,
            id="milliseconds win over minutes and hours",
        ),
        pytest.param(
            {"retention.ms": 7}, {"log.retention.ms": 5}, "retention.ms", 7, id="the topic wins"
        ),
        pytest.param({}, {"log.retention.hours": -1}, "retention.ms", -1, id="without an end"),
        pytest.param({}, {"message.max.bytes": 9}, "max.message.bytes", 9, id="another name"),
        pytest.param(
            {}, {"log.cleanup.policy": "compact"}, "cleanup.policy", "compact", id="text"
        ),
    ],
)
def test_a_topic_inherits_what_its_brokers_set(topic, broker, name, value):
    """ServerTopicConfigSynonyms of Apache Kafka: which of the brokers' names comes first."""
    inherited = topic_configuration(topic, broker=Configuration("broker", broker))
    assert inherited.value(name) == value
    assert inherited.is_set(name) == bool(topic or broker)


def test_a_topic_needs_no_brokers():
    assert topic_configuration() == Configuration("topic")


def test_a_configuration_is_shown_in_a_line():
    assert repr(Configuration("topic", {"retention.ms": 1})) == "Configuration('topic', 1 set)"


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("linger.ms", np.int64(7), 7),
        ("enable.idempotence", np.bool_(True), True),
        ("acks", np.str_(" all "), "all"),
        ("our.own", np.float64(0.5), 0.5),
    ],
)
def test_a_scalar_of_numpy_is_taken_for_what_it_holds(name, given, value):
    taken = Configuration("producer", {name: given}).value(name)
    assert taken == value
    assert type(taken) is type(value)


@pytest.mark.parametrize("given", [2**63, -(2**63) - 1, str(2**63), "9" * 5_000, 10**400])
def test_a_number_beyond_64_bits_is_refused(given):
    with pytest.raises(ValueError, match=r"^linger\.ms must be a whole number of 64 bits at most"):
        Configuration("producer", {"linger.ms": given})


@pytest.mark.parametrize("given", [2**63 - 1, -(2**63), str(2**63 - 1)])
def test_a_number_of_64_bits_is_taken(given):
    assert Configuration("producer", {"linger.ms": given}).value("linger.ms") == int(given)


def test_a_fraction_beyond_a_float_is_refused():
    with pytest.raises(ValueError, match=r"must be a finite number, got "):
        Configuration("topic", {"min.cleanable.dirty.ratio": 10**400})


def test_a_name_that_is_no_text_is_refused():
    with pytest.raises(TypeError, match=r"^name of a property must be text, got 3$"):
        Configuration("producer", {3: 4})


@pytest.mark.parametrize("settings", [0, "", []])
def test_what_is_no_mapping_is_not_taken_for_nothing(settings):
    with pytest.raises(TypeError, match=r"^given must be Mapping"):
        configuration_of("producer", settings)


def test_a_configuration_is_pickled_and_copied():
    producer = Configuration("producer", {"acks": "1"})
    assert pickle.loads(pickle.dumps(producer)) == producer
    assert copy.deepcopy(producer) == producer
