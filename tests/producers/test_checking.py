"""What producers refuse, change and promise: Kafka's rules, and a real librdkafka's own."""

import pytest

from kafka_sizing.producers import check_producer
from kafka_sizing.settings import Configuration

IN_FLIGHT = "max.in.flight.requests.per.connection"


def _effect(verdict, name):
    return next(each for each in verdict.effects if each.property == name)


# --- the Java client ------------------------------------------------------------------------


def test_defaults_are_accepted_idempotent_and_in_order():
    verdict = check_producer()
    assert verdict.accepted
    assert verdict.reason == "accepted as given"
    assert verdict.effects == ()
    assert verdict.guarantees.idempotent
    assert verdict.guarantees.in_order
    assert not verdict.guarantees.transactional
    assert "min.insync.replicas" in verdict.guarantees.lost


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        pytest.param(
            {"delivery.timeout.ms": 20_000, "request.timeout.ms": 30_000, "linger.ms": 5},
            "delivery.timeout.ms",
            id="PD12 delivery.timeout.ms set below linger and request (KafkaProducer)",
        ),
        pytest.param(
            {IN_FLIGHT: 6}, IN_FLIGHT, id="PD13 six in flight, idempotence not named (4.x)"
        ),
        pytest.param(
            {"acks": "1", "enable.idempotence": True},
            "acks",
            id="PD14 acks=1 with idempotence asked for (ProducerConfig)",
        ),
        pytest.param({"retries": 0, "enable.idempotence": True}, "retries", id="no retries"),
        pytest.param({"acks": "1", IN_FLIGHT: 6}, IN_FLIGHT, id="acks=1 does not save six"),
        pytest.param(
            {"transactional.id": "t", "enable.idempotence": False},
            "transactional.id",
            id="transactions without idempotence",
        ),
        pytest.param(
            {"transactional.id": "t", "acks": "1"},
            "transactional.id",
            id="transactions with idempotence switched off by acks",
        ),
        pytest.param({"transactional.id": ""}, "transactional.id", id="an empty id"),
        pytest.param(
            {"transaction.two.phase.commit.enable": True, "transaction.timeout.ms": 1_000},
            "transaction.timeout.ms",
            id="a timeout of transactions that have none",
        ),
        pytest.param(
            {"buffer.memory": 10_000}, "buffer.memory", id="16,384 bytes of a batch do not fit"
        ),
        pytest.param(
            {"batch.size": 2**25 + 1}, "batch.size", id="nor does one byte more than 32 MiB"
        ),
        pytest.param({"buffer.memory": 0, "batch.size": 0}, "buffer.memory", id="no room at all"),
        pytest.param({"acks": "2"}, "acks", id="acks out of its choices"),
        pytest.param({"acks": "ALL"}, "acks", id="acks in capitals"),
        pytest.param({"linger.ms": -1}, "linger.ms", id="a negative time"),
        pytest.param({"compression.type": "lzma"}, "compression.type", id="an unknown codec"),
    ],
)
def test_java_client_refuses(given, refused):
    verdict = check_producer(given)
    assert not verdict.accepted
    assert verdict.refused[0].property == refused
    assert verdict.refused[0].effective is None
    assert verdict.reason.startswith(f"refused: {refused}: ")


@pytest.mark.parametrize(
    ("given", "changed", "effective"),
    [
        pytest.param(
            {"linger.ms": 5, "request.timeout.ms": 150_000},
            "delivery.timeout.ms",
            150_005,
            id="PD11 delivery.timeout.ms left open is raised (configureDeliveryTimeout)",
        ),
        pytest.param(
            {"acks": "1"},
            "enable.idempotence",
            False,
            id="PD14 acks=1 switches idempotence off without a word (ProducerConfig)",
        ),
        pytest.param({"retries": 0}, "enable.idempotence", False, id="so does retries=0"),
        pytest.param({"batch.size": 0}, "batch.size", 1, id="no batches are batches of one"),
        pytest.param(
            {"retry.backoff.ms": 5_000}, "retry.backoff.ms", 1_000, id="a backoff above the most"
        ),
        pytest.param({"lingr.ms": 5}, "lingr.ms", None, id="a name that is none is ignored"),
        pytest.param(
            {"request.timeout.ms": 2**31 - 1},
            "delivery.timeout.ms",
            2**31 - 1,
            id="no timeout is longer than an int",
        ),
    ],
)
def test_java_client_changes(given, changed, effective):
    verdict = check_producer(given)
    assert verdict.accepted
    assert [(each.property, each.effective) for each in verdict.changed] == [(changed, effective)]
    if effective is None:
        assert changed not in verdict.effective.given
        assert "near: linger.ms" in verdict.reason
    else:
        assert verdict.effective.value(changed) == effective
    assert changed in verdict.reason


@pytest.mark.parametrize(
    "given",
    [
        {"acks": "-1"},
        {"acks": 0, "enable.idempotence": False},
        {IN_FLIGHT: 5},
        {IN_FLIGHT: 6, "enable.idempotence": False},
        {"delivery.timeout.ms": 30_005},
        {"delivery.timeout.ms": 35_000, "request.timeout.ms": 35_000, "linger.ms": 0},
        {"transactional.id": "t"},
        {"transaction.two.phase.commit.enable": False, "transaction.timeout.ms": 1_000},
        {"retry.backoff.ms": 1_000},
        {"batch.size": 1},
        {"batch.size": 10_000, "buffer.memory": 10_000},
        {"bootstrap.servers": "localhost:9092"},
    ],
)
def test_java_client_takes_as_given(given):
    verdict = check_producer(given)
    assert {each.outcome for each in verdict.effects} == {"fine"}
    assert {each.property for each in verdict.effects} == set(given)
    assert verdict.reason == "accepted as given"


def test_all_that_is_wrong_is_said_at_once():
    verdict = check_producer(
        {"enable.idempotence": True, "acks": "0", "retries": 0, IN_FLIGHT: 9, "linger.ms": 1}
    )
    assert [each.property for each in verdict.refused] == ["retries", "acks", IN_FLIGHT]
    assert verdict.reason.endswith("(and 2 more)")
    assert verdict.effects[-2:] == (_effect(verdict, "enable.idempotence"), verdict.effects[-1])
    assert "acks=0 is not acks=all" in verdict.refused[1].reason
    both = check_producer({"acks": "0", "retries": 0})
    assert "retries=0 leaves nothing to make idempotent and acks=0 is not" in both.reason


def test_refused_come_first_then_changed_then_fine():
    verdict = check_producer({"batch.size": 0, "linger.ms": 7, "delivery.timeout.ms": 1})
    assert [each.outcome for each in verdict.effects] == ["refused", "changed", "fine"]
    frame = verdict.to_frame()
    assert list(frame["property"]) == ["delivery.timeout.ms", "batch.size", "linger.ms"]
    assert list(frame["given"]) == [1, 0, 7]
    assert list(frame["effective"]) == [None, 1, 7]
    assert "<table" in verdict._repr_html_()
    assert repr(verdict) == (
        "ProducerVerdict(client='java', accepted=False, refused=1, changed=1, idempotent=True)"
    )
    assert repr(verdict.effects[1]) == "SettingEffect(batch.size: changed, 0 → 1)"


# --- guarantees -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "in_order", "order", "duplicates", "lost"),
    [
        ({}, True, "out of turn", "none from the client's retries", "every in-sync replica"),
        ({"acks": "1"}, False, "may turn round", "possible", "if the leader fails"),
        ({"acks": "0"}, False, "may turn round", "possible", "nobody is told"),
        ({"acks": "1", IN_FLIGHT: 1}, True, "waits for the last", "possible", "leader"),
        ({"retries": 0}, True, "with gaps", "does not retry", "every in-sync replica"),
        (
            {"enable.idempotence": False},
            False,
            "may turn round",
            "possible",
            "every in-sync replica",
        ),
    ],
)
def test_guarantees_follow_from_what_is_in_effect(given, in_order, order, duplicates, lost):
    guarantees = check_producer(given).guarantees
    assert guarantees.in_order is in_order
    assert order in guarantees.order
    assert duplicates in guarantees.duplicates
    assert lost in guarantees.lost


def test_librdkafka_promises_less_by_default_and_the_same_when_asked():
    plain = check_producer(client="librdkafka").guarantees
    assert (plain.idempotent, plain.in_order) == (False, False)
    asked = check_producer({"transactional.id": "t"}, client="librdkafka").guarantees
    assert (asked.idempotent, asked.in_order, asked.transactional) == (True, True, True)


# --- librdkafka -----------------------------------------------------------------------------

REFUSED = [
    ({"enable.idempotence": True, "max.in.flight": 6}, IN_FLIGHT),
    ({"enable.idempotence": True, IN_FLIGHT: 6}, IN_FLIGHT),
    ({"enable.idempotence": True, "acks": "1"}, "acks"),
    ({"enable.idempotence": True, "request.required.acks": "0"}, "acks"),
    ({"enable.idempotence": True, "retries": 0}, "retries"),
    ({"enable.idempotence": True, "message.send.max.retries": 0}, "retries"),
    ({"enable.idempotence": True, "queuing.strategy": "lifo"}, "queuing.strategy"),
    (
        {"enable.idempotence": True, "queue.buffering.backpressure.threshold": 2},
        "queue.buffering.backpressure.threshold",
    ),
    ({"enable.gapless.guarantee": True}, "enable.gapless.guarantee"),
    ({"transactional.id": "t", "enable.idempotence": False}, "enable.idempotence"),
    ({"transactional.id": "t", "max.in.flight": 10}, IN_FLIGHT),
    ({"transactional.id": "t", "acks": "1"}, "acks"),
    ({"transactional.id": "t", "message.timeout.ms": 60_001}, "message.timeout.ms"),
    ({"transactional.id": "t", "socket.timeout.ms": 60_101}, "socket.timeout.ms"),
    ({"message.timeout.ms": 5, "linger.ms": 5}, "linger.ms"),
    ({"delivery.timeout.ms": 3, "queue.buffering.max.ms": 5}, "linger.ms"),
    ({"reconnect.backoff.ms": 20_000}, "reconnect.backoff.max.ms"),
    ({"linger.ms": 900_001}, "linger.ms"),
    ({"batch.size": 0}, "batch.size"),
    ({"batch.num.messages": 1_000_001}, "batch.num.messages"),
    ({"queue.buffering.max.kbytes": 0}, "queue.buffering.max.kbytes"),
    ({"retry.backoff.ms": 0}, "retry.backoff.ms"),
    ({"compression.type": "lzma"}, "compression.type"),
    ({"buffer.memory": 33_554_432}, "buffer.memory"),
    ({"max.block.ms": 1}, "max.block.ms"),
]

TAKEN = [
    {},
    {"enable.idempotence": True},
    {"enable.idempotence": True, "max.in.flight": 5, "retries": 1, "acks": "all"},
    {"enable.idempotence": True, "acks": "-1", "message.timeout.ms": 0},
    {"enable.gapless.guarantee": True, "enable.idempotence": True},
    {"enable.gapless.guarantee": False},
    {"transactional.id": "t"},
    {"transactional.id": "t", "message.timeout.ms": 60_000, "socket.timeout.ms": 60_100},
    {"transactional.id": "t", "transaction.timeout.ms": 1_000},
    {"transactional.id": "t", "enable.idempotence": True},
    {"message.timeout.ms": 4},
    {"message.timeout.ms": 6, "linger.ms": 5},
    {"message.timeout.ms": 0, "linger.ms": 900_000},
    {"retry.backoff.ms": 2_000},
    {"queue.buffering.max.messages": 0},
    {"acks": "1"},
    {"linger.ms": 5.5, "compression.type": "zstd"},
    {"group.id": "g", "session.timeout.ms": 6_000},
]


@pytest.mark.parametrize(("given", "refused"), REFUSED)
def test_librdkafka_refuses(given, refused):
    verdict = check_producer(given, client="librdkafka")
    assert [each.property for each in verdict.refused] == [refused]
    assert not verdict.accepted


@pytest.mark.parametrize("given", TAKEN)
def test_librdkafka_takes(given):
    assert check_producer(given, client="librdkafka").accepted


@pytest.mark.needs_dev
@pytest.mark.parametrize("given", [given for given, _ in REFUSED])
def test_real_librdkafka_refuses_the_same(given):
    from confluent_kafka import KafkaException, Producer

    with pytest.raises(KafkaException):
        Producer({"bootstrap.servers": "127.0.0.1:1", "log_level": 0, **given})


@pytest.mark.needs_dev
@pytest.mark.parametrize("given", TAKEN)
def test_real_librdkafka_takes_the_same(given):
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": "127.0.0.1:1", "log_level": 0, **given})
    if "transactional.id" not in given:
        producer.produce("t", b"")
        producer.purge()


@pytest.mark.needs_dev
def test_real_librdkafka_refuses_a_long_linger_at_the_first_record_only():
    from confluent_kafka import KafkaException, Producer

    given = {"linger.ms": 300_000}  # as long as the default message.timeout.ms
    producer = Producer({"bootstrap.servers": "127.0.0.1:1", "log_level": 0, **given})
    with pytest.raises(KafkaException):
        producer.produce("t", b"")
    verdict = check_producer(given, client="librdkafka")
    assert [each.property for each in verdict.refused] == ["linger.ms"]
    assert "at its first record" in verdict.reason
    assert check_producer({"linger.ms": 299_999}, client="librdkafka").accepted


def test_value_out_of_range_is_refused_with_the_range():
    verdict = check_producer({"batch.num.messages": 0}, client="librdkafka")
    assert "1 … 1,000,000" in verdict.reason


def test_acks_that_brokers_do_not_know_are_refused_by_them():
    verdict = check_producer({"acks": "2"}, client="librdkafka")
    assert "brokers take no other acks" in verdict.reason


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({"enable.idempotence": True}, {IN_FLIGHT: 5}),
        (
            {"transactional.id": "t", "transaction.timeout.ms": 30_000},
            {
                "enable.idempotence": True,
                "socket.timeout.ms": 29_900,
                "message.timeout.ms": 30_000,
                IN_FLIGHT: 5,
            },
        ),
        (
            {"transactional.id": "t", "transaction.timeout.ms": 1_000, IN_FLIGHT: 1},
            {
                "enable.idempotence": True,
                "socket.timeout.ms": 900,
                "message.timeout.ms": 1_000,
            },
        ),
        ({"message.timeout.ms": 4}, {"linger.ms": 3.9}),
        ({"linger.ms": 20}, {"sticky.partitioning.linger.ms": 40}),
        (
            {"linger.ms": 500_000, "message.timeout.ms": 0},
            {"sticky.partitioning.linger.ms": 900_000},
        ),
        ({"linger.ms": 20, "sticky.partitioning.linger.ms": 0}, {}),
        ({"retry.backoff.ms": 2_000}, {"retry.backoff.ms": 1_000}),
        ({"session.timeout.ms": 6_000}, {"session.timeout.ms": None}),
    ],
)
def test_librdkafka_changes(given, changed):
    verdict = check_producer(given, client="librdkafka")
    assert {each.property: each.effective for each in verdict.changed} == changed


def test_transaction_shorter_than_linger_is_refused():
    given = {"transactional.id": "t", "transaction.timeout.ms": 1_000, "linger.ms": 2_000}
    verdict = check_producer(given, client="librdkafka")
    assert [each.property for each in verdict.refused] == ["linger.ms"]


def test_other_name_of_a_property_is_listed_once():
    verdict = check_producer({"max.in.flight": 6, "enable.idempotence": True}, client="librdkafka")
    assert [each.property for each in verdict.effects] == [IN_FLIGHT, "enable.idempotence"]
    assert verdict.refused[0].given == 6
    slow = check_producer({"queue.buffering.max.ms": 10}, client="librdkafka")
    assert [each.property for each in slow.effects] == [
        "sticky.partitioning.linger.ms",
        "queue.buffering.max.ms",
    ]


def test_typo_is_named_with_what_is_near():
    verdict = check_producer({"lingr.ms": 1}, client="librdkafka")
    assert "no property of librdkafka (near: linger.ms" in verdict.reason
    assert check_producer({"xyz": 1}, client="librdkafka").reason == (
        "refused: xyz: no property of librdkafka"
    )
    assert check_producer({"xyz": 1}).changed[0].reason.endswith("ignores it")


def test_configuration_of_the_wrong_client_and_values_of_the_wrong_type_are_refused():
    with pytest.raises(ValueError, match=r"settings must be of a librdkafka producer, got"):
        check_producer(Configuration("producer"), client="librdkafka")
    with pytest.raises(ValueError, match=r"^linger\.ms must be a whole number, got 'long'"):
        check_producer({"linger.ms": "long"})
    with pytest.raises(ValueError, match=r"^client must be one of"):
        check_producer({}, client="sarama")


def test_linger_at_its_default_changes_nothing():
    verdict = check_producer({"linger.ms": 5}, client="librdkafka")
    assert verdict.reason == "accepted as given"
    assert verdict.effective.value("sticky.partitioning.linger.ms") == 10
