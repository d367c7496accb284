"""A `TopicPlan` in; the story of its report, part by part, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kafka_sizing.report import fixes, tables
from kafka_sizing.report.tables import Table
from kafka_sizing.report.topic_alert_tables import alert_sentences, alert_table
from kafka_sizing.report.topic_broker_tables import broker_tables
from kafka_sizing.report.topic_count_tables import count_tables
from kafka_sizing.report.topic_group_tables import group_tables
from kafka_sizing.report.topic_producer_tables import guarantees, producer_tables
from kafka_sizing.report.topic_retry_tables import retention_tables, retry_tables
from kafka_sizing.report.topic_wording import Wording
from kafka_sizing.retries import RetryPlan
from kafka_sizing.review.alerts import alerts_of
from kafka_sizing.topic.planning import TopicPlan
from kafka_sizing.topic.planning.keys import KeyPlan

_HOT_ROWS: Final = 10
_TOP_KEYS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSection:
    """One part of the report: what it comes to, and the tables and plots behind that."""

    name: str
    title: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]
    figures: tuple[str, ...] = ()  #: names of plots, where there are any
    holds: bool = True  #: whether the marked row of a table is one that may stay


def topic_sections(plan: TopicPlan, wording: Wording) -> tuple[TopicSection, ...]:
    """Tell a plan part by part, from the count to the alerts."""
    return tuple(_sections(plan, wording))


def _sections(plan: TopicPlan, wording: Wording) -> Iterator[TopicSection]:
    yield TopicSection(
        name="count",
        title="How many partitions",
        sentences=(wording.sentence(plan.count.reason),),
        figures=("sensitivity",),
        holds=plan.count.holds,
        tables=tuple(count_tables(plan.count, wording)),
    )
    if plan.keys is not None:
        yield TopicSection(
            name="keys",
            title="Where the keys land",
            sentences=_key_sentences(plan.keys, wording),
            figures=("loads", "fixes"),
            tables=tuple(_key_tables(plan.keys, wording)),
        )
    if plan.groups:
        yield TopicSection(
            name="groups",
            title="Who reads it",
            sentences=tuple(
                wording.sentence(f"Group {group.name}: {reason}")
                for group in plan.groups
                for reason in (group.reason, *([group.drain.reason] if group.drain else []))
            ),
            tables=tuple(group_tables(plan.groups)),
        )
    yield TopicSection(
        name="producers",
        title="Who writes it",
        sentences=(
            wording.sentence(f"Settings {plan.producers.verdict.reason}"),
            *guarantees(plan.producers),
            wording.sentence(plan.producers.horizon.reason),
            wording.sentence(plan.producers.by_partitions.reason),
            wording.sentence(f"Until a record is acknowledged: {plan.producers.latency.reason}"),
        ),
        tables=tuple(producer_tables(plan.producers)),
    )
    if plan.brokers is not None:
        yield TopicSection(
            name="brokers",
            title="What it takes of the brokers",
            sentences=(wording.sentence(plan.brokers.reason),),
            figures=("room",),
            holds=plan.brokers.fits,
            tables=tuple(broker_tables(plan.brokers)),
        )
    if plan.retries is not None:
        yield TopicSection(
            name="retries",
            title="What happens to records that fail",
            sentences=(
                wording.sentence(plan.retries.reason),
                *_outage_sentences(plan.retries, wording),
                wording.sentence(f"Order: {plan.retries.ordering}"),
            ),
            figures=("ladder",),
            tables=tuple(retry_tables(plan.retries)),
        )
    yield TopicSection(
        name="retention-part",
        title="How long records are kept",
        sentences=(wording.sentence(plan.retention.reason),),
        tables=tuple(retention_tables(plan.retention)),
    )
    alerts = alerts_of(plan)
    yield TopicSection(
        name="alerts",
        title="What to be told",
        sentences=tuple(alert_sentences(alerts)),
        tables=(alert_table(alerts),),
    )


def _outage_sentences(plan: RetryPlan, wording: Wording) -> Iterator[str]:
    if plan.outage is not None:
        yield wording.sentence(f"In the longest outage: {plan.outage.reason}")


def _key_sentences(plan: KeyPlan, wording: Wording) -> tuple[str, ...]:
    sentences = [wording.sentence(plan.report.verdict)]
    if plan.first_fitting:
        sentences.append(plan.first_fitting)
    if plan.comparison is not None:
        sentences.append(fixes.best_sentence(plan.comparison))
    return tuple(sentences)


def _key_tables(plan: KeyPlan, wording: Wording) -> Iterator[Table]:
    report = plan.report
    if report.hot:
        hot_keys = tables.hot_keys(report, wording.names, most_partitions=_HOT_ROWS)
        yield tables.hot_partitions(report, most_rows=_HOT_ROWS)
        yield from [hot_keys] if hot_keys.rows else []
    if plan.comparison is not None:
        yield fixes.comparison(plan.comparison)
        yield fixes.changes(plan.comparison)
    yield from filter(None, [tables.top_keys(report, wording.names, most_rows=_TOP_KEYS)])
