"""A real broker admits the topics of a plan, and has them as they were planned."""

import pytest

from kafka_sizing.topic import Group, Retries, TopicDesign, Traffic, plan_topic
from kafka_sizing.topic.topics import PlannedTopic, planned_topics

pytestmark = pytest.mark.needs_dev

DESIGN = TopicDesign(
    name="planned.orders",
    traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    partitions=6,
    replication_factor=1,  # there is one broker
    retention_s=86_400,
    config={"cleanup.policy": "delete"},
    groups=(Group(name="billing", member_records_per_s=1_500),),
    retries=Retries(delays_s=(1, 60), failing_fraction=0.01),
)


@pytest.fixture(scope="module")
def admin(broker):
    from confluent_kafka.admin import AdminClient

    return AdminClient({"bootstrap.servers": broker.address, "log_level": 0})


@pytest.fixture(scope="module")
def topics(admin) -> tuple[PlannedTopic, ...]:
    """Create every topic of the plan."""
    from confluent_kafka.admin import NewTopic

    planned = planned_topics(plan_topic(DESIGN))
    asked = [
        NewTopic(
            topic.name,
            topic.partitions,
            topic.replication_factor,
            config=dict(topic.config),
        )
        for topic in planned
    ]
    for created in admin.create_topics(asked).values():
        created.result(20)
    return planned


def test_the_broker_has_every_topic_in_its_size(admin, topics):
    found = admin.list_topics(timeout=20).topics
    assert [topic.role for topic in topics] == ["main", "retry", "retry", "dead letter"]
    assert {topic.name: len(found[topic.name].partitions) for topic in topics} == {
        topic.name: topic.partitions for topic in topics
    }


def test_the_broker_has_every_property_that_was_set(admin, topics):
    from confluent_kafka.admin import ConfigResource, ResourceType

    for topic in topics:
        resource = ConfigResource(ResourceType.TOPIC, topic.name)
        found = admin.describe_configs([resource])[resource].result(20)
        assert {name: found[name].value for name in topic.config} == dict(topic.config)
