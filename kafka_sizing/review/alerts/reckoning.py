"""A plan in; every alert it asks for, with thresholds that come from it, out."""

from __future__ import annotations

from collections.abc import Mapping

from kafka_sizing._checks import check_type
from kafka_sizing.review.alerts.alert import Alert
from kafka_sizing.review.alerts.catalogue import AlertForm, alert_forms
from kafka_sizing.review.alerts.promql import (
    filled,
    in_quotes,
    in_template,
    limit_text,
    matcher_text,
    number_text,
    rounded,
)
from kafka_sizing.review.alerts.watched import Watched, watched_of
from kafka_sizing.topic.design import Operations
from kafka_sizing.topic.planning.plan import TopicPlan


def alerts_of(plan: TopicPlan, *, matchers: Mapping[str, str] | None = None) -> tuple[Alert, ...]:
    """Work out the alerts of a planned topic, with thresholds that follow from the plan.

    What the plan cannot tell has no alert: no lag without a delay that is allowed, no disk
    without a cluster and what others keep there. Nor has a load near the plan where today's peak
    is that near already. Counts that must be zero, and shares that are rules, keep the thresholds
    of their sources.

    Parameters
    ----------
    plan : TopicPlan
        As `plan_topic` gives it; its operations say who is told, and where it says what to do.
    matchers : mapping of label to value, optional
        Labels that every series must have, such as the cluster, where one Prometheus watches
        more than this one.

    Returns
    -------
    tuple of Alert
        By subject: consumers, replication, brokers, topic, producers.

    Raises
    ------
    TypeError
        If ``plan`` is no `TopicPlan`.
    ValueError
        If a label has a name that Prometheus does not admit.

    Notes
    -----
    Metric names and usual thresholds: Strimzi's example rules, the documentation of Apache
    Kafka, of Amazon MSK, of kafka_exporter and of kafka-lag-exporter.

    Examples
    --------
    >>> from kafka_sizing.review.alerts import alerts_of
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic, plan_topic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    ...     partitions=8,
    ...     groups=[Group(name="billing", member_records_per_s=1_500, delay_s=60)],
    ... )
    >>> alerts_of(plan_topic(design))[0]
    Alert('LagHigh', severity='critical', threshold=30000 records, owner=None)
    """
    check_type("plan", plan, TopicPlan, "plan_topic")
    operations = plan.design.operations
    series = matcher_text(matchers or {})
    return tuple(_alert(watched, operations, series) for watched in watched_of(plan))


def _alert(watched: Watched, operations: Operations, series: str) -> Alert:
    form = alert_forms()[watched.form]
    threshold = _threshold(form, watched)
    texts = {name: in_template(text) for name, text in watched.names.items()}
    texts["limit"] = limit_text(threshold, form.unit)
    return Alert(
        name=form.name,
        subject=form.subject,
        expr=_expr(form, watched, threshold=threshold, series=series),
        for_s=form.for_s,
        severity=form.severity,
        fires=form.fires,
        threshold=threshold,
        unit=form.unit,
        summary=filled(form.summary, texts),
        description=filled(form.description, texts),
        signal=form.signal,
        owner=operations.owner_of(form.name),
        exporter=form.exporter,
        kind=form.kind,
        source=form.source,
        reason=watched.reason,
        runbook_url=_runbook(operations.runbook_url, form.name),
        labels=_labels(watched) | dict(operations.labels),
    )


def _threshold(form: AlertForm, watched: Watched) -> float:
    if form.threshold is not None:
        return form.threshold
    if watched.amount is None:
        raise ValueError(f"the plan must give the threshold of {form.name}, got None")
    return rounded(watched.amount * form.ratio)


def _expr(form: AlertForm, watched: Watched, *, threshold: float, series: str) -> str:
    words = {name: in_quotes(text) for name, text in watched.names.items()}
    words |= watched.queries
    words |= {"at": series, "threshold": number_text(threshold)}
    return filled(form.expr, words).replace("{}", "")


def _labels(watched: Watched) -> dict[str, str]:
    """Tell alerts of one name apart, and let them be routed: whose they are."""
    labels = {"topic": watched.names.get("topic"), "consumergroup": watched.names.get("group")}
    return {label: in_template(name) for label, name in labels.items() if name is not None}


def _runbook(url: str | None, name: str) -> str | None:
    return None if url is None else f"{url.rstrip('/')}/{name}"
