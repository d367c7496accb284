"""What a report on a whole topic says of its alerts."""

import json
from dataclasses import replace

import pytest

from kafka_sizing import report
from kafka_sizing.report.topic_json import topic_json
from kafka_sizing.review.alerts import alerts_of
from kafka_sizing.topic import (
    Cluster,
    Group,
    Operations,
    Producers,
    TopicDesign,
    Traffic,
    plan_topic,
)

# 2 MB/s of 500 B are 4,000 records/s, 500 to each of 8 partitions: 30,000 in a minute.
DESIGN = TopicDesign(
    name="orders",
    traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    partitions=8,
    producers=Producers(latency_s=0.05),
    groups=[Group(name="billing", member_records_per_s=1_500, delay_s=60)],
    cluster=Cluster(brokers=6, zones=3),
    operations=Operations(owner="payments", owners={"LagHigh": "billing \x1b team"}),
)


@pytest.fixture(scope="module")
def plan():
    return plan_topic(DESIGN)


def section_of(text):
    """Give the part on alerts, with all space as one."""
    return " ".join(text.partition("What to be told")[2].split())


def test_each_alert_is_told_with_threshold_owner_and_kind(plan):
    told = section_of(report.topic_text(plan, width=200))
    assert "LagHigh group billing above 30,000 records critical billing \\x1b team exact" in told
    assert "GroupWithoutMembers group billing below 1 members critical payments rule" in told
    assert "ActiveController replication away from 1 controllers critical payments vendor" in told
    assert "TrafficStopped topic orders at 0 records/s warning payments vendor" in told
    assert f"{len(alerts_of(plan))} alerts" in told
    assert "each has an owner" in told


def test_alerts_that_nobody_hears_of_are_counted():
    told = section_of(report.topic_text(plan_topic(replace(DESIGN, operations=Operations()))))
    count = len(alerts_of(plan_topic(DESIGN)))
    assert f"{count} alerts" in told
    assert f"{count} without an owner" in told


def test_a_summary_leaves_alerts_out(plan):
    assert "What to be told" not in report.topic_text(plan, detail="summary")


def test_the_page_has_them_too(plan):
    page = report.topic_page(plan)
    assert "What to be told" in page
    assert "MembersBelowPlan" in page
    assert "\x1b" not in page


def test_the_latency_wanted_is_told_as_input_and_against_the_budget(plan):
    text = " ".join(report.topic_text(plan, width=200).split())
    assert "acknowledged within 50 ms" in text
    assert "within the 50 ms wanted" in text
    assert "ProduceLatencyHigh brokers above 45 ms warning payments exact" in text
    latency = json.loads(topic_json(plan))["producers"]["latency"]
    assert (latency["target_s"], latency["within_target"]) == (0.05, True)


def test_json_gives_every_alert_as_it_is_exported(plan):
    told = json.loads(topic_json(plan))["alerts"]
    alerts = alerts_of(plan)
    assert [each["name"] for each in told] == [alert.name for alert in alerts]
    first = told[0]
    assert (first["name"], first["fires"], first["threshold"], first["unit"]) == (
        "LagHigh",
        "above",
        30_000,
        "records",
    )
    assert (first["kind"], first["for_s"], first["runbook_url"]) == ("exact", 120, None)
    assert first["labels"] == {"topic": "orders", "consumergroup": "billing"}
    assert all(each["expr"] == alert.expr for each, alert in zip(told, alerts, strict=True))
