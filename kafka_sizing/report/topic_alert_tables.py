"""The alerts of a plan in; the part of a report, and of a JSON object, that lists them out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kafka_sizing.report.labels import printable
from kafka_sizing.report.tables import Table, table
from kafka_sizing.report.topic_wording import NONE, counted
from kafka_sizing.review.alerts import Alert


def alert_sentences(alerts: Sequence[Alert]) -> Iterator[str]:
    """Say how many there are, and whether anybody hears of them."""
    critical = sum(alert.severity == "critical" for alert in alerts)
    unowned = sum(alert.owner is None for alert in alerts)
    told = "each has an owner" if not unowned else f"{unowned:,} without an owner"
    yield f"{counted(len(alerts), 'alert')}, {critical:,} of them critical; {told}."
    yield "The rules for Prometheus that export --alerts writes say where each threshold is from."


def alert_table(alerts: Sequence[Alert]) -> Table:
    """Give each alert: from when on it fires, who is told, and what its threshold rests on."""
    return table(
        "alerts",
        "Alerts, with the thresholds of this plan",
        ("alert", "of", "fires", "severity", "owner", "how sure"),
        [
            (
                alert.name,
                printable(_of(alert)),
                alert.condition,
                alert.severity,
                printable(alert.owner or NONE),
                alert.kind,
            )
            for alert in alerts
        ],
    )


def alert_fields(alert: Alert) -> dict[str, Any]:
    """Give what a JSON object says of an alert."""
    return {
        "name": alert.name,
        "subject": alert.subject,
        "labels": dict(alert.labels),
        "signal": alert.signal,
        "severity": alert.severity,
        "fires": alert.fires,
        "threshold": alert.threshold,
        "unit": alert.unit,
        "for_s": alert.for_s,
        "owner": alert.owner,
        "runbook_url": alert.runbook_url,
        "exporter": alert.exporter,
        "expr": alert.expr,
        "kind": alert.kind,
        "source": alert.source,
        "reason": alert.reason,
    }


def _of(alert: Alert) -> str:
    """Name what it is about: a group, a topic, or all that is of a kind."""
    group, topic = (alert.labels.get(label) for label in ("consumergroup", "topic"))
    return f"group {group}" if group else f"topic {topic}" if topic else alert.subject
