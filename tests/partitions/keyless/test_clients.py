"""The table of clients: every rule has a source, a date and a place for keys."""

import dataclasses
import datetime

import pytest

from kafka_sizing import find_partitioner
from kafka_sizing.keys import PARTITIONERS
from kafka_sizing.partitions.keyless import (
    find_keyless_client,
    hidden_hot_partition,
    keyless_client_of,
    keyless_clients,
)


@pytest.mark.parametrize("name", list(keyless_clients()))
def test_every_client_names_its_source(name):
    client = keyless_clients()[name]
    assert client.name == name
    assert client.kind == "exact"
    assert "/" in client.source or "executed" in client.source
    assert datetime.date.fromisoformat(client.date)
    assert client.does
    assert not client.does.endswith(".")
    on_one = hidden_hot_partition(client, partitions=100).null_partition is not None
    assert on_one == (client.rule == "one partition")
    assert on_one <= bool(client.trap)


def test_rules_by_client():
    rules = {
        "kafka-clients": "until enough bytes",
        "kafka-clients 2.4": "until a new batch",
        "kafka-clients 2.4 RoundRobinPartitioner": "round robin, skipping",
        "kafka-clients RoundRobinPartitioner": "round robin",
        "librdkafka": "for a time",
        "librdkafka, sticky off": "random",
        "librdkafka consistent": "one partition",
        "sarama": "random",
        "kafka-python": "random",
        "franz-go": "until enough bytes",
        "kafka-go": "round robin",
        "kafkajs": "round robin",
    }
    assert {name: find_keyless_client(name).rule for name in rules} == rules


@pytest.mark.parametrize(
    "name",
    [
        "kafka-clients",
        "librdkafka",
        "sarama",
        "franz-go",
        "kafka-go",
        "kafka-python",
        "aiokafka",
        "kafkajs",
        "ruby-kafka",
        "kafka-rust",
        "@platformatic/kafka",
        "kafka-node",
        "brod",
    ],
)
def test_defaults_place_keys_as_the_table_of_partitioners_says(name):
    assert find_keyless_client(name).partitioner == find_partitioner(name).name


@pytest.mark.parametrize("setting", ["murmur2", "fnv1a", "consistent"])
def test_librdkafka_without_random_has_one_partition_for_null_keys(setting):
    client = find_keyless_client(f"librdkafka {setting}")
    assert client.partitioner == find_partitioner("librdkafka", setting).name
    assert client.rule == "one partition"


def test_only_rules_that_draw_draw():
    drawing = {client.rule for client in keyless_clients().values() if client.draws}
    assert drawing == {"random", "until a new batch", "until enough bytes", "for a time"}


def test_names_are_found_in_any_case_and_clients_are_left_as_they_are():
    client = find_keyless_client(" Kafka-Clients 2.4 roundrobinpartitioner ")
    assert client.name == "kafka-clients 2.4 RoundRobinPartitioner"
    assert find_keyless_client(client) is client


@pytest.mark.parametrize(
    ("name", "client"),
    [
        ("java", "kafka-clients"),
        ("kafka", "kafka-clients"),
        ("confluent-kafka", "librdkafka"),
        ("Confluent_Kafka_Go", "librdkafka"),
        ("karafka", "librdkafka"),
        ("kgo", "franz-go"),
        ("segmentio/kafka-go", "kafka-go"),
        ("IBM/sarama", "sarama"),
        ("kafka python", "kafka-python"),
    ],
)
def test_a_client_has_the_names_it_has_where_keys_are_placed(name, client):
    """A binding does what its library does; who shares a hash may still not share this rule."""
    assert find_keyless_client(name).name == client


@pytest.mark.parametrize("name", ["dekaf", "no-kafka", "spark", "flink"])
def test_a_client_whose_rule_is_not_known_is_not_taken_for_one_with_the_same_hash(name):
    with pytest.raises(ValueError, match=rf"got '{name}' \(known: 'kafka-clients', "):
        find_keyless_client(name)


def test_a_partitioner_leads_to_its_client():
    assert keyless_client_of(PARTITIONERS["java"]).name == "kafka-clients"
    on_one = find_partitioner("librdkafka", "murmur2")
    assert keyless_client_of(on_one).name == "librdkafka murmur2"
    assert keyless_client_of(PARTITIONERS["kafkajs-legacy"]) is None


def test_an_unknown_client_is_refused_with_names_that_are_near():
    with pytest.raises(ValueError, match=r"got 'librdkafak' \(near: 'librdkafka'"):
        find_keyless_client("librdkafak")
    with pytest.raises(ValueError, match=r"got '000' \(known: 'kafka-clients', "):
        find_keyless_client("000")
    with pytest.raises(TypeError, match="client must be a name or a KeylessClient, got int"):
        find_keyless_client(3)


@pytest.mark.parametrize("field", ["rule", "draw", "weights", "partitioner"])
def test_a_client_of_your_own_has_known_rules(field):
    client = find_keyless_client("sarama")
    with pytest.raises(ValueError, match=rf"{field} must be one of .* got 'odd'"):
        dataclasses.replace(client, **{field: "odd"})
