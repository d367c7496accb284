"""The KafkaTopic resources are those that Strimzi's own definition admits."""

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st

from kafka_sizing.report.exports import strimzi
from kafka_sizing.topic.topics import PlannedTopic

SCHEMA = Path(__file__).parents[2] / "vectors" / "strimzi_kafkatopic_schema.json"
KUBERNETES_NAME = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"


def documents(text: str) -> list[dict]:
    return list(yaml.safe_load_all(text))


def topic(name: str) -> PlannedTopic:
    return PlannedTopic(name=name, role="main", partitions=3, replication_factor=2)


def test_a_topic_becomes_a_resource(topics):
    orders, letters = documents(strimzi(topics, cluster="prod", namespace="kafka"))
    assert orders == {
        "apiVersion": "kafka.strimzi.io/v1",
        "kind": "KafkaTopic",
        "metadata": {
            "name": "orders",
            "namespace": "kafka",
            "labels": {"strimzi.io/cluster": "prod"},
        },
        "spec": {
            "partitions": 12,
            "replicas": 3,
            "config": {
                "retention.ms": 604_800_000,
                "cleanup.policy": "compact,delete",
                "unclean.leader.election.enable": False,
                "min.cleanable.dirty.ratio": 0.1,
            },
        },
    }
    assert "config" not in letters["spec"]


def test_values_have_the_type_that_kafka_gives_them(topics):
    config = documents(strimzi(topics))[0]["spec"]["config"]
    assert {name: type(value) for name, value in config.items()} == {
        "retention.ms": int,
        "cleanup.policy": str,
        "unclean.leader.election.enable": bool,
        "min.cleanable.dirty.ratio": float,
    }


def test_the_comment_above_a_resource_says_why(topics):
    assert strimzi(topics).startswith("---\n# orders (main): group billing needs 12\napiVersion")


def test_without_a_namespace_kubectl_decides(topics):
    resource = documents(strimzi(topics))[0]
    assert "namespace" not in resource["metadata"]
    assert resource["metadata"]["labels"] == {"strimzi.io/cluster": "my-cluster"}


def test_a_name_that_kubernetes_refuses_goes_into_the_spec(topics):
    letters = documents(strimzi(topics))[1]
    assert re.fullmatch("orders-dlt-[0-9a-f]{8}", letters["metadata"]["name"])
    assert letters["spec"]["topicName"] == "orders.DLT"


def test_topics_that_differ_in_capitals_alone_stay_two():
    names = [each["metadata"]["name"] for each in documents(strimzi(map(topic, ["a", "A"])))]
    assert len(set(names)) == 2


@given(name=st.text(min_size=1, max_size=300).filter(lambda name: name.strip()))
def test_any_name_gets_one_that_kubernetes_admits(name):
    (resource,) = documents(strimzi([topic(name)]))
    admitted = resource["metadata"]["name"]
    assert re.fullmatch(KUBERNETES_NAME, admitted)
    assert len(admitted) <= 253
    assert resource["spec"].get("topicName", admitted) == name


@pytest.mark.needs_dev
@pytest.mark.parametrize("name", ["orders", "Orders_x", "a" * 249, "..a..b"])
def test_strimzi_admits_every_resource(topics, name):
    import jsonschema

    schema = json.loads(SCHEMA.read_text())
    for resource in documents(strimzi([*topics, topic(name)], namespace="kafka")):
        jsonschema.validate(resource, schema)


@pytest.mark.needs_dev
def test_strimzi_refuses_what_is_wrong(topics):
    import jsonschema

    schema = json.loads(SCHEMA.read_text())
    resource = documents(strimzi(topics))[0]
    resource["spec"]["replicas"] = "3"
    with pytest.raises(jsonschema.ValidationError, match="not of type 'integer'"):
        jsonschema.validate(resource, schema)


def test_older_operators_get_the_older_version(topics):
    assert documents(strimzi(topics, api="v1beta2"))[0]["apiVersion"] == "kafka.strimzi.io/v1beta2"


def test_an_unknown_version_is_refused(topics):
    with pytest.raises(ValueError, match="api must be one of 'v1', 'v1beta2', got 'v2'"):
        strimzi(topics, api="v2")


def test_only_topics_are_taken():
    with pytest.raises(TypeError, match="topics must be PlannedTopic, as planned_topics gives"):
        strimzi(["orders"])
