"""A `TopicPlan` in; what each of its numbers rests on, as a table, out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kafka_sizing.report import fixes
from kafka_sizing.report.certainty import how_sure
from kafka_sizing.report.labels import printable
from kafka_sizing.report.tables import Table, table
from kafka_sizing.topic.planning import TopicPlan
from kafka_sizing.topic.planning.room import limit_uses

Row = tuple[str, str, str]

_WHY: Final = {
    "exact": "follows from how Kafka works and from what the design states",
    "measured": "as good as the measurement behind it",
    "vendor": "a vendor's limit or advice",
    "rule": "a rule of thumb: check it on your cluster",
}


def topic_certainty(plan: TopicPlan) -> Table:
    """One row per kind of number of a plan: what it rests on, and what could change it."""
    keys = plan.keys
    of_keys = how_sure(
        None if keys is None else keys.report,
        plan.count.rates,
        () if keys is None else fixes.how_sure(keys.comparison),
    )
    rows = [*of_keys.rows, *_of_count(plan), *_of_groups(plan), *_of_producers(plan)]
    rows += [*_of_brokers(plan), *_of_retries(plan), *_of_retention(plan)]
    return table("how-sure", "How sure each number is", ("number", "how sure", "why"), rows)


def _of_count(plan: TopicPlan) -> Iterator[Row]:
    keyed = plan.count.keyed
    if keyed is not None:
        yield (
            "count that the keys need",
            "exact",
            (
                f"every key placed at each of {keyed.counts.size:,} counts up to "
                f"{keyed.searched_to:,}; keys to come may differ"
            ),
        )
    elif plan.design.keys is not None:
        yield "count that the keys need", "not known", "only the share of the hottest is given"
    if plan.count.sensitivity:
        yield "how far inputs may move", "exact", "one at a time, all others as they are"


def _of_groups(plan: TopicPlan) -> Iterator[Row]:
    if plan.groups:
        yield (
            "members of the groups",
            "measured",
            "as good as the rate of a member; whole partitions, handed out by the assignor",
        )
        yield (
            "crashes, polls, fetches",
            "exact",
            "the most that protocol, timeouts and settings allow",
        )


def _of_producers(plan: TopicPlan) -> Iterator[Row]:
    yield (
        "batches and requests",
        "rule",
        "records come one by one at random and brokers answer in time; busy producers fill more",
    )
    for kind in ("exact", "measured", "vendor", "rule"):
        names = [part.name for part in plan.producers.latency.parts if part.kind == kind]
        if names:
            yield f"latency: {', '.join(names)}", kind, _WHY[kind]


def _of_brokers(plan: TopicPlan) -> Iterator[Row]:
    if plan.brokers is None:
        return
    rows = plan.brokers.rows(plan.brokers.horizon)
    for kind in ("exact", "measured", "vendor", "rule"):
        names = dict.fromkeys(row["resource"] for row in rows if row["kind"] == kind)
        if names:
            yield f"brokers: {', '.join(names)}", kind, _WHY[kind]
    for kind in ("measured", "vendor", "rule"):
        limits = [use.name for use in limit_uses(plan.brokers) if use.kind == kind]
        if limits:
            yield f"limits: {', '.join(map(printable, limits))}", kind, _WHY[kind]


def _of_retries(plan: TopicPlan) -> Iterator[Row]:
    if plan.retries is not None:
        yield (
            "retry topics",
            "measured",
            "as good as the shares of failures; attempts fail independently of one another",
        )


def _of_retention(plan: TopicPlan) -> Iterator[Row]:
    if plan.retention.groups:
        yield "time that groups need", "exact", "outages as stated, caught up at the average rate"
