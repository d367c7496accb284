"""Where null keys and empty keys end up, by the clients' own hashes."""

import pytest

from kafka_sizing.partitions.keyless import hidden_hot_partition

# Hashes of the empty key, published and executed: murmur2 275,646,681; CRC-32 0; FNV-1a
# 2,166,136,261, as a signed number -2,128,831,035.
MURMUR2, FNV_ABSOLUTE = 275_646_681, 2_128_831_035


@pytest.mark.parametrize("partitions", [1, 7, 12, 100])
@pytest.mark.parametrize(
    ("client", "null", "empty"),
    [
        ("kafka-clients", None, MURMUR2),
        ("kafka-clients 2.4 RoundRobinPartitioner", None, None),
        ("kafka-python", None, MURMUR2),
        ("librdkafka", None, None),
        ("librdkafka murmur2", MURMUR2, MURMUR2),
        ("librdkafka fnv1a", FNV_ABSOLUTE, FNV_ABSOLUTE),
        ("librdkafka consistent", 0, 0),
        ("sarama", None, FNV_ABSOLUTE),
        ("ruby-kafka", None, 0),
        ("kafka-go", None, None),
        ("@platformatic/kafka compatibilityPartitioner", 0, MURMUR2),
        ("kafka-node", 0, 0),
    ],
)
def test_null_and_empty_keys(client, null, empty, partitions):
    hidden = hidden_hot_partition(client, partitions=partitions)
    assert hidden.null_partition == (None if null is None else null % partitions)
    assert hidden.empty_partition == (None if empty is None else empty % partitions)


@pytest.mark.parametrize(
    ("client", "reason"),
    [
        (
            "kafka-clients",
            (
                "kafka-clients spreads null keys; an empty key is not null: all of them go to "
                "partition 9 of 12"
            ),
        ),
        ("librdkafka", "librdkafka spreads null keys, and empty keys"),
        (
            "librdkafka murmur2",
            (
                "librdkafka murmur2 sends every null key to partition 9 of 12, and every "
                "empty key too"
            ),
        ),
        (
            "@platformatic/kafka compatibilityPartitioner",
            (
                "@platformatic/kafka compatibilityPartitioner sends every null key to partition 0 "
                "of 12; an empty key is not null: all of them go to partition 9 of 12"
            ),
        ),
    ],
)
def test_reason(client, reason):
    assert hidden_hot_partition(client, partitions=12).reason == reason


def test_frame_and_repr():
    hidden = hidden_hot_partition("kafka-clients", partitions=12)
    frame = hidden.to_frame()
    assert frame["key"].tolist() == ["null", "empty"]
    assert frame["partition"].isna().tolist() == [True, False]
    assert frame["partition"][1] == 9
    assert repr(hidden) == (
        "HiddenHotPartition('kafka-clients', 12 partitions, null_partition=None, "
        "empty_partition=9)"
    )


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="partitions must be a whole number in 1 … 10,000,000"):
        hidden_hot_partition("kafka-clients", partitions=0)
    with pytest.raises(ValueError, match="client must be a name"):
        hidden_hot_partition("carrier pigeon", partitions=1)
