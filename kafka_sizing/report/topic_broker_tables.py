"""The brokers of a plan in; what the topic takes of them, and what is left, as tables, out."""

from __future__ import annotations

from collections.abc import Iterator

from kafka_sizing.report.labels import printable
from kafka_sizing.report.tables import Table, table
from kafka_sizing.report.topic_wording import NONE, amount_text, ratio_text
from kafka_sizing.topic.planning.brokers import BrokerPlan
from kafka_sizing.topic.planning.retries import RetryTopics
from kafka_sizing.topic.planning.room import LimitUse, limit_uses


def broker_tables(plan: BrokerPlan) -> Iterator[Table]:
    """Give the footprint today, later and with less of the cluster; then the room left."""
    yield _footprint(plan)
    if plan.retries is not None:
        yield _retries(plan.retries)
    uses = limit_uses(plan)
    if uses:
        yield _room(uses)


def _footprint(plan: BrokerPlan) -> Table:
    shown = [
        (name, footprint)
        for name, footprint in (
            ("today", plan.today),
            ("at the horizon", plan.horizon),
            ("there, a broker lost", plan.without_broker),
            ("there, a zone lost", plan.without_zone),
        )
        if footprint is not None
    ]
    columns = [plan.rows(footprint) for _, footprint in shown]
    rows = [
        (
            f"{row['resource']}, {'fullest broker' if row['per'] == 'broker' else row['per']}",
            *(amount_text(column[at]["amount"], row["unit"]) for column in columns),
            row["kind"],
        )
        for at, row in enumerate(columns[0])
    ]
    if plan.remote_bytes is not None:
        remote = [amount_text(plan.remote_bytes_today, "bytes")]
        remote += [amount_text(plan.remote_bytes, "bytes")] * (len(shown) - 1)
        rows.append(("remote storage, one copy", *remote, "exact"))
    return table(
        "footprint",
        "What the topic, and all beside it, takes of the brokers",
        ("number", *(f"{name}>" for name, _ in shown), "how sure"),
        rows,
    )


def _retries(topics: RetryTopics) -> Table:
    rows = [
        ("leaders", topics.leaders, "leaders"),
        ("replicas", topics.replicas, "replicas"),
        ("disk, all replicas", topics.disk_bytes, "bytes"),
        ("client writes", topics.in_bytes_per_s, "bytes/s"),
        ("client reads", topics.out_bytes_per_s, "bytes/s"),
        ("clients", topics.consumers, "clients"),
    ]
    return table(
        "retry-topics",
        "Retry topics and dead letters in it, at the peak of the horizon",
        ("number", "amount>", "how sure"),
        [(name, amount_text(amount, unit), "measured") for name, amount, unit in rows],
    )


def _room(uses: tuple[LimitUse, ...]) -> Table:
    fullest = max(range(len(uses)), key=lambda at: _fullness(uses[at]))
    can_be_lost = any(use.without_broker is not None for use in uses)
    return table(
        "room-left",
        "Room left",
        (
            "limit",
            "allowed>",
            "used at the horizon>",
            "left>",
            "full today>",
            "full at the horizon>",
            *(["full, a broker lost>"] if can_be_lost else []),
            "how sure",
            "source",
        ),
        [
            (
                _name(use),
                amount_text(use.allowed, use.unit),
                amount_text(use.horizon, use.unit),
                _left(use),
                ratio_text(use.today_share),
                ratio_text(use.horizon_share),
                *([ratio_text(use.without_broker_share)] if can_be_lost else []),
                use.kind,
                printable(use.source),
            )
            for use in uses
        ],
        marked=fullest,
    )


def _name(use: LimitUse) -> str:
    """Name a limit, what it is for if its name does not say so, and whether it is advice."""
    name = use.name if use.per in use.name or use.per == "broker" else f"{use.name}, {use.per}"
    return printable(name) if use.is_enforced else f"{printable(name)} (advice)"


def _fullness(use: LimitUse) -> tuple[bool, float]:
    return use.is_enforced, use.horizon_share


def _left(use: LimitUse) -> str:
    left = use.allowed - use.horizon
    return amount_text(left, use.unit) if left > 0 else NONE if not left else "too little"
