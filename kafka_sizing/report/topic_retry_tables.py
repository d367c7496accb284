"""The retries and the retention of a plan in; their tables out."""

from __future__ import annotations

from collections.abc import Iterator

from kafka_sizing.report.labels import printable
from kafka_sizing.report.tables import Table, table
from kafka_sizing.report.topic_wording import NONE, amount_text, span_text
from kafka_sizing.retries import RetryPlan
from kafka_sizing.topic.planning.retention import RetentionPlan


def retry_tables(plan: RetryPlan) -> Iterator[Table]:
    """Give what goes into each retry topic and the dead letters, and what each needs."""
    yield _loads(plan)
    yield _needs(plan)


def _loads(plan: RetryPlan) -> Table:
    dead = plan.dead_letter
    return table(
        "retry-ladder",
        "Retry topics and dead letters, at the peak of the horizon",
        ("topic", "after>", "records/s>", "records held>", "kept>", "disk>", "how sure"),
        [
            *(
                (
                    printable(stage.topic),
                    span_text(stage.delay_s),
                    _rate(stage.records_per_s),
                    f"{stage.waiting_records:,.0f}",
                    span_text(stage.retention_s),
                    amount_text(stage.disk_bytes, "bytes"),
                    "measured",
                )
                for stage in plan.stages
            ),
            (
                printable(dead.topic),
                NONE,
                _rate(dead.records_per_s),
                f"{dead.most_records:,.0f}",
                span_text(dead.retention_s),
                amount_text(dead.disk_bytes, "bytes"),
                "measured",
            ),
        ],
    )


def _needs(plan: RetryPlan) -> Table:
    dead = plan.dead_letter
    return table(
        "retry-needs",
        "What they need",
        ("topic", "partitions>", "while every attempt fails>", "its consumer", "how sure"),
        [
            *(
                (
                    printable(stage.topic),
                    _count(stage.partitions),
                    _count(stage.outage_partitions),
                    "must pause and poll on" if stage.needs_pause else "may wait between polls",
                    "measured",
                )
                for stage in plan.stages
            ),
            (
                printable(dead.topic),
                _count(dead.partitions),
                _count(dead.outage_partitions),
                NONE,
                "measured",
            ),
        ],
    )


def retention_tables(plan: RetentionPlan) -> Iterator[Table]:
    """Give how long each group needs records to be kept."""
    if plan.groups:
        yield table(
            "retention",
            "How long each group needs records to be kept",
            (
                "group",
                "longest outage>",
                "catches up in>",
                "needs>",
                "kept>",
                "enough",
                "how sure",
            ),
            [
                (
                    printable(group.name),
                    span_text(group.outage_s),
                    span_text(group.drain_s, "never"),
                    span_text(group.needed_s, "for ever"),
                    span_text(plan.kept_s, "without limit"),
                    _enough(group.needed_s, plan.kept_s),
                    "exact",
                )
                for group in plan.groups
            ],
        )


def _enough(needed_s: float | None, kept_s: float | None) -> str:
    if kept_s is None:
        return "yes"
    return "yes" if needed_s is not None and needed_s < kept_s else "no"


def _rate(records_per_s: float) -> str:
    return f"{records_per_s:,.0f}" if records_per_s >= 100 else f"{records_per_s:,.3g}"


def _count(partitions: int | None) -> str:
    return NONE if partitions is None else f"{partitions:,}"
