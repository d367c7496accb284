"""A plan, a design or raw configurations in; the `Review` of them by every rule out."""

from __future__ import annotations

from kafka_sizing._checks import (
    check_choice,
    check_count,
    check_non_negative,
    check_positive,
    check_type,
)
from kafka_sizing.review.case import (
    Case,
    Practices,
    case_of_configurations,
    case_of_plan,
)
from kafka_sizing.review.findings import Finding, NotJudged, Review
from kafka_sizing.review.judging import Flaw, Gap
from kafka_sizing.review.rule import SEVERITIES
from kafka_sizing.review.rules import RULES, Rule
from kafka_sizing.topic.design import TopicDesign
from kafka_sizing.topic.design.clients import Client, Properties
from kafka_sizing.topic.planning.plan import TopicPlan, plan_topic


def review_topic(plan: TopicPlan | TopicDesign, *, practices: Practices | None = None) -> Review:
    """Hold a topic against every rule: what is wrong, what follows, and what to change.

    Parameters
    ----------
    plan : TopicPlan or TopicDesign
        What `plan_topic` gives; a design is planned first.
    practices : Practices, optional
        What neither shows: what scales the group, where failures are retried.

    Returns
    -------
    Review
        The findings, worst first, and for each rule whether it could be applied.

    Raises
    ------
    TypeError
        If it is neither a plan nor a design.

    Examples
    --------
    >>> from kafka_sizing.review import review_topic
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    ...     min_insync_replicas=1,
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ... )
    >>> review = review_topic(design)
    >>> review.findings[0].rule, review.findings[0].severity
    ('acknowledged-on-one-replica', 'error')
    """
    check_type("plan", plan, TopicPlan | TopicDesign, "plan_topic")
    if isinstance(plan, TopicDesign):
        plan = plan_topic(plan)
    return _review(case_of_plan(plan, practices or Practices()))


def review_configs(
    *,
    topic: Properties | None = None,
    broker: Properties | None = None,
    producer: Properties | None = None,
    consumer: Properties | None = None,
    client: Client = "java",
    replication_factor: int | None = None,
    partitions: int | None = None,
    processing_s: float | None = None,
    outage_s: float | None = None,
    retry_delay_s: float | None = None,
    practices: Practices | None = None,
) -> Review:
    """Hold configurations against every rule that needs no more than them.

    What is not set is judged at the default of Kafka 4.x, and the finding says so. A side that
    is not given is not judged.

    Parameters
    ----------
    topic, broker, producer, consumer : mapping of property to value, optional
        What is set on each side, as Kafka spells it. An empty mapping: nothing is set.
    client : {"java", "librdkafka"}, default "java"
        Whose defaults and rules hold for producer and consumer.
    replication_factor : int, optional
        Replicas of a partition; without it what the brokers give a topic by default. >= 1
    partitions : int, optional
        Partitions of the topic. >= 1
    processing_s : float, optional
        Time that a record takes. [s] > 0
    outage_s : float, optional
        Longest time the group may be down. [s] >= 0
    retry_delay_s : float, optional
        The delay, if the topic is a retry topic. [s] > 0
    practices : Practices, optional
        What no configuration shows.

    Returns
    -------
    Review
        The findings, worst first, and for each rule whether it could be applied.

    Raises
    ------
    ValueError
        If a number is out of range. What Kafka would refuse is a finding, not an error here.

    Examples
    --------
    >>> from kafka_sizing.review import review_configs
    >>> review = review_configs(
    ...     consumer={"session.timeout.ms": 9_000, "heartbeat.interval.ms": 4_000}
    ... )
    >>> review.findings[0].rule, review.findings[0].set_or_default
    ('heartbeat-too-slow', 'set')
    """
    check_choice("client", client, ("java", "librdkafka"))
    for name, count in (("replication_factor", replication_factor), ("partitions", partitions)):
        if count is not None:
            check_count(name, count)
    for name, span in (("processing_s", processing_s), ("retry_delay_s", retry_delay_s)):
        if span is not None:
            check_positive(name, span)
    if outage_s is not None:
        check_non_negative("outage_s", outage_s)
    return _review(
        case_of_configurations(
            topic=topic,
            broker=broker,
            producer=producer,
            consumer=consumer,
            client=client,
            replication_factor=replication_factor,
            partitions=partitions,
            processing_s=processing_s,
            outage_s=outage_s,
            retry_delay_s=retry_delay_s,
            practices=practices or Practices(),
        )
    )


def _review(case: Case) -> Review:
    findings: list[Finding] = []
    gaps: list[NotJudged] = []
    checked, passed = [], []
    for rule in RULES.values():
        outcomes = rule.outcomes(case)
        flaws = [each for each in outcomes if isinstance(each, Flaw)]
        missing = [each for each in outcomes if isinstance(each, Gap)]
        findings += [_finding(rule, flaw, case) for flaw in flaws]
        gaps += [_gap(rule, gap) for gap in missing]
        if len(missing) < len(outcomes):
            checked.append(rule.name)
            if not flaws:
                passed.append(rule.name)
    return Review(
        subject=case.subject,
        findings=tuple(sorted(findings, key=_gravity)),
        checked=tuple(checked),
        passed=tuple(passed),
        not_applicable=tuple(gaps),
    )


def _finding(rule: Rule, flaw: Flaw, case: Case) -> Finding:
    return Finding(
        rule=rule.name,
        severity=flaw.severity or rule.severity,
        subject=flaw.subject or case.subject,
        summary=flaw.summary or rule.title,
        evidence=flaw.evidence,
        consequence=flaw.consequence or rule.text.consequence,
        change=flaw.change,
        source=rule.source,
        kind=rule.kind,
        area=rule.area,
        mistake=flaw.mistake or rule.mistake,
        set_or_default=flaw.origin,
    )


def _gap(rule: Rule, gap: Gap) -> NotJudged:
    return NotJudged(rule=rule.name, subject=gap.subject, missing=gap.missing, area=rule.area)


def _gravity(finding: Finding) -> int:
    return SEVERITIES.index(finding.severity)
