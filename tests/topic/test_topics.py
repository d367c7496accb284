"""The topics to create are those of the plan: its own, its retries', and the dead letters'."""

from dataclasses import replace

import pytest

from kafka_sizing.topic import Group, Retries, TopicDesign, Traffic, plan_topic
from kafka_sizing.topic.topics import PlannedTopic, as_topics, planned_topics

DESIGN = TopicDesign(
    name="orders",
    traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    partitions=12,
    replication_factor=3,
    min_insync_replicas=2,
    retention_s=86_400,
    config={"cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime"},
    groups=(Group(name="billing", member_records_per_s=1_500),),
    retries=Retries(delays_s=(1, 60), failing_fraction=0.01, triage_s=7 * 86_400),
)


def test_the_main_topic_has_what_the_design_sets():
    main, *_ = planned_topics(plan_topic(DESIGN))
    assert (main.name, main.role) == ("orders", "main")
    assert (main.partitions, main.replication_factor) == (12, 3)
    assert main.config == {
        "cleanup.policy": "delete",
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": "86400000",
        "min.insync.replicas": "2",
    }
    assert main.reason


def test_without_retries_there_is_one_topic():
    plan = plan_topic(replace(DESIGN, retries=None))
    assert [topic.role for topic in planned_topics(plan)] == ["main"]


def test_the_topics_of_retries_are_those_of_their_plan():
    plan = plan_topic(DESIGN)
    _, *retries, dead = planned_topics(plan)
    assert [topic.name for topic in retries] == [stage.topic for stage in plan.retries.stages]
    assert {topic.role for topic in retries} == {"retry"}
    assert (dead.name, dead.role) == (plan.retries.dead_letter.topic, "dead letter")
    assert [topic.partitions for topic in retries] == [
        stage.partitions for stage in plan.retries.stages
    ]


def test_retries_keep_records_as_long_as_their_stage_and_as_safely_as_the_main_topic():
    plan = plan_topic(DESIGN)
    _, first, _, dead = planned_topics(plan)
    retention_ms = round(1_000 * plan.retries.stages[0].retention_s)
    assert first.config == {
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": "2",
        "retention.ms": str(retention_ms),
    }
    assert dead.config["retention.ms"] == "604800000"  # 7 d to triage
    assert dead.replication_factor == 3


def test_retries_that_survive_an_outage_take_the_rate_of_an_outage():
    design = replace(DESIGN, retries=replace(DESIGN.retries, outage_s=600))
    plan = plan_topic(design)
    _, first, *_ = planned_topics(plan)
    assert first.partitions == plan.retries.stages[0].outage_partitions
    assert first.partitions > plan.retries.stages[0].partitions


def test_values_are_texts_and_come_back_with_their_types():
    topic = PlannedTopic(
        name="orders",
        role="main",
        partitions=1,
        replication_factor=1,
        config={"retention.ms": 1_000, "unclean.leader.election.enable": True, "mine": "x"},
    )
    assert topic.config == {
        "retention.ms": "1000",
        "unclean.leader.election.enable": "true",
        "mine": "x",
    }
    assert topic.settings == {
        "retention.ms": 1_000,
        "unclean.leader.election.enable": True,
        "mine": "x",
    }


def test_a_headline_says_what_a_topic_is_and_why():
    topic = PlannedTopic(name="a", role="retry", partitions=1, replication_factor=1)
    assert topic.headline == "a (retry)"
    assert replace(topic, reason="why").headline == "a (retry): why"


def test_topics_are_taken_as_they_are():
    topic = PlannedTopic(name="a", role="main", partitions=1, replication_factor=1)
    assert as_topics([topic]) == (topic,)
    plan = plan_topic(DESIGN)
    assert as_topics(plan) == planned_topics(plan)


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("name", "", "name must not be empty"),
        ("role", "dlq", "role must be one of 'main', 'retry', 'dead letter', got 'dlq'"),
        ("partitions", 0, "partitions must be a whole number"),
        ("replication_factor", 0, "replication_factor must be a whole number"),
        ("config", {"retention.ms": "a week"}, "retention.ms"),
    ],
)
def test_a_topic_is_checked(field, value, text):
    topic = PlannedTopic(name="a", role="main", partitions=1, replication_factor=1)
    with pytest.raises(ValueError, match=text):
        replace(topic, **{field: value})


def test_only_a_plan_has_planned_topics():
    with pytest.raises(TypeError, match="plan must be TopicPlan, as plan_topic gives, got list"):
        planned_topics([])
