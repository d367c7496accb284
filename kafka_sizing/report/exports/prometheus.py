"""A plan, or alerts, in; the rules as a Prometheus server loads them out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kafka_sizing._checks import check_type
from kafka_sizing.report.exports.yaml_text import yaml_text
from kafka_sizing.review.alerts import Alert, alerts_of
from kafka_sizing.review.alerts.promql import in_template
from kafka_sizing.topic.planning.plan import TopicPlan


def prometheus_rules(plan: TopicPlan | Iterable[Alert], *, name: str | None = None) -> str:
    """Write alerts as a file of Prometheus rules, a group for each subject.

    Parameters
    ----------
    plan : TopicPlan or iterable of Alert
        The plan, or alerts as `alerts_of` gives them.
    name : str, optional
        What the groups begin with; the topic, if a plan is given, or else "kafka".

    Returns
    -------
    str
        YAML, as ``rule_files`` of Prometheus names it and ``promtool check rules`` takes it.

    Raises
    ------
    TypeError
        If something else is given.

    Examples
    --------
    >>> from kafka_sizing.report.exports import prometheus_rules
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic, plan_topic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ... )
    >>> print(prometheus_rules(plan_topic(design)).split("rules:")[0].rstrip())
    groups:
    - name: orders consumers
    """
    if isinstance(plan, TopicPlan):
        alerts, name = alerts_of(plan), name or plan.design.name
    else:
        alerts, name = tuple(plan), name or "kafka"
    for alert in alerts:
        check_type("plan", alert, Alert, "alerts_of")
    by_subject: dict[str, list[dict[str, Any]]] = {}
    for alert in alerts:
        by_subject.setdefault(alert.subject, []).append(_rule(alert))
    groups = [
        {"name": f"{name} {subject}", "rules": rules} for subject, rules in by_subject.items()
    ]
    return yaml_text({"groups": groups})


def _rule(alert: Alert) -> dict[str, Any]:
    rule: dict[str, Any] = {"alert": alert.name, "expr": alert.expr}
    if alert.for_s:
        rule["for"] = f"{round(alert.for_s)}s"
    labels: dict[str, str] = {"severity": alert.severity, "signal": alert.signal}
    if alert.owner is not None:
        labels["owner"] = in_template(alert.owner)
    rule["labels"] = labels | dict(alert.labels)
    rule["annotations"] = {"summary": alert.summary, "description": _description(alert)}
    if alert.runbook_url is not None:
        rule["annotations"]["runbook_url"] = alert.runbook_url
    return rule


def _description(alert: Alert) -> str:
    return (
        f"{alert.description} Threshold: {in_template(alert.reason)} ({alert.source}). "
        f"Needs {alert.exporter}."
    )
