"""The rules are YAML that Prometheus' own file format knows; tests/review plays them."""

from dataclasses import replace

import pytest
import yaml

from kafka_sizing.report.exports import prometheus_rules
from kafka_sizing.review.alerts import Alert

LAG = Alert(
    name="LagHigh",
    subject="consumers",
    expr='kafka_consumergroup_lag{consumergroup="billing"} > 100',
    for_s=120,
    severity="critical",
    threshold=100,
    unit="records",
    summary="Group billing is behind",
    description="{{ $value }} records are unread.",
    signal="consumer lag",
    owner="payments",
    exporter="kafka_exporter",
    kind="rule",
    source="the delay allowed",
    reason="10 records/s × 10 s",
    runbook_url="https://runbooks.example/LagHigh",
    labels={"consumergroup": "billing"},
)


def test_an_alert_becomes_a_rule():
    assert yaml.safe_load(prometheus_rules([LAG])) == {
        "groups": [
            {
                "name": "kafka consumers",
                "rules": [
                    {
                        "alert": "LagHigh",
                        "expr": 'kafka_consumergroup_lag{consumergroup="billing"} > 100',
                        "for": "120s",
                        "labels": {
                            "severity": "critical",
                            "signal": "consumer lag",
                            "owner": "payments",
                            "consumergroup": "billing",
                        },
                        "annotations": {
                            "summary": "Group billing is behind",
                            "description": "{{ $value }} records are unread. Threshold: 10 "
                            "records/s × 10 s (the delay allowed). Needs kafka_exporter.",
                            "runbook_url": "https://runbooks.example/LagHigh",
                        },
                    }
                ],
            }
        ]
    }


def test_what_an_alert_does_not_have_is_left_out():
    bare = replace(LAG, owner=None, runbook_url=None, for_s=0, labels={})
    (rule,) = yaml.safe_load(prometheus_rules([bare]))["groups"][0]["rules"]
    assert "for" not in rule
    assert rule["labels"] == {"severity": "critical", "signal": "consumer lag"}
    assert "runbook_url" not in rule["annotations"]


def test_alerts_of_one_subject_are_one_group_in_whatever_order_they_come():
    alerts = [LAG, replace(LAG, subject="brokers"), replace(LAG, name="Other")]
    groups = yaml.safe_load(prometheus_rules(alerts, name="orders"))["groups"]
    assert [group["name"] for group in groups] == ["orders consumers", "orders brokers"]
    assert [rule["alert"] for rule in groups[0]["rules"]] == ["LagHigh", "Other"]


def test_text_stays_readable_unless_yaml_would_break_it():
    assert "× 10 s" in prometheus_rules([LAG])
    odd = replace(LAG, summary="a\x85b × c")
    text = prometheus_rules([odd])
    assert text.isascii()
    rule = yaml.safe_load(text)["groups"][0]["rules"][0]
    assert rule["annotations"]["summary"] == "a\x85b × c"


def test_only_alerts_are_taken():
    with pytest.raises(TypeError, match="plan must be Alert, as alerts_of gives, got str"):
        prometheus_rules(["LagHigh"])
