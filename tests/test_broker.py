"""Real clients write to a real broker; the partition each record lands on is the one we name."""

import time

import pytest

from kafka_sizing import find_partitioner, partition_of

PARTITIONS = 12
KEYS = [f"user-{n}".encode() for n in range(200)] + [
    b"\xff\x00",
    "naïve ключ".encode(),
    b"x" * 999,
]

pytestmark = pytest.mark.needs_dev


@pytest.fixture(scope="module")
def address(broker) -> str:
    """Give the address of a broker with one empty topic, "keys"."""
    broker.create_topic("keys", PARTITIONS)
    return broker.address


@pytest.mark.parametrize(
    "partitioner", ["consistent_random", "murmur2_random", "fnv1a_random", "consistent"]
)
def test_librdkafka_puts_every_key_where_we_say(address, partitioner):
    from confluent_kafka import Producer

    landed: dict[bytes, int] = {}

    def note(error, record):
        assert error is None
        landed[record.key()] = record.partition()

    producer = Producer({"bootstrap.servers": address, "partitioner": partitioner, "log_level": 0})
    for key in KEYS:
        producer.produce("keys", key=key, value=b"", on_delivery=note)
    assert producer.flush(30) == 0
    ours = find_partitioner("confluent-kafka-python", partitioner)
    expected = partition_of(KEYS, PARTITIONS, partitioner=ours)
    assert [landed[key] for key in KEYS] == expected.tolist()


@pytest.mark.filterwarnings("ignore:.*is deprecated. Use files:DeprecationWarning")
def test_kafka_python_puts_every_key_where_we_say(address):
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=address)
    try:
        sent = [producer.send("keys", key=key, value=b"") for key in KEYS]
        landed = [record.get(30).partition for record in sent]
    finally:
        producer.close()
    ours = find_partitioner("kafka-python")
    assert landed == partition_of(KEYS, PARTITIONS, partitioner=ours).tolist()


def test_a_reader_finds_every_record_on_the_partition_of_its_key(address):
    from confluent_kafka import Consumer, Producer, TopicPartition

    producer = Producer({"bootstrap.servers": address, "log_level": 0})
    for key in KEYS:
        producer.produce("keys", key=key, value=b"read me")
    assert producer.flush(30) == 0
    consumer = Consumer(
        {
            "bootstrap.servers": address,
            "group.id": "readers",
            "auto.offset.reset": "earliest",
            "log_level": 0,
        }
    )
    found: dict[bytes, int] = {}
    try:
        consumer.assign([TopicPartition("keys", at, 0) for at in range(PARTITIONS)])
        until = time.monotonic() + 30
        while len(found) < len(KEYS) and time.monotonic() < until:
            for record in consumer.consume(500, timeout=1):
                if record.error() is None and record.value() == b"read me":
                    found[record.key()] = record.partition()
    finally:
        consumer.close()
    assert found == dict(
        zip(KEYS, partition_of(KEYS, PARTITIONS, partitioner="librdkafka").tolist(), strict=True)
    )
