"""The groups of a plan in; their members, and what holds them up, as tables, out."""

from __future__ import annotations

from collections.abc import Iterator

from kafka_sizing.report.labels import printable
from kafka_sizing.report.tables import Table, table
from kafka_sizing.report.topic_wording import NONE, ratio_text, span_text
from kafka_sizing.topic.planning.groups import GroupPlan
from kafka_sizing.units import format_load, format_share


def group_tables(groups: tuple[GroupPlan, ...]) -> Iterator[Table]:
    """Give the members of each group, and what happens to it when something fails."""
    yield _members(groups)
    yield _failures(groups)
    yield _limits(groups)


def _members(groups: tuple[GroupPlan, ...]) -> Table:
    return table(
        "group-members",
        "Members of each group",
        (
            "group",
            "members>",
            "needed today>",
            "needed at the horizon>",
            "needed to recover>",
            "fullest reads, partitions>",
            "share>",
            "full today>",
            "full at the horizon>",
            "keeps up",
            "how sure",
        ),
        [
            (
                printable(plan.name),
                f"{plan.members:,}",
                _needed(plan.needed_today.members),
                _needed(plan.needed.members),
                NONE
                if plan.needed_to_recover is None
                else _needed(plan.needed_to_recover.members),
                f"{plan.capacity.fullest_partitions:,}",
                format_share(plan.capacity.fullest_share),
                ratio_text(plan.today.utilisation_ratio),
                ratio_text(plan.capacity.utilisation_ratio),
                "yes" if plan.keeps_up else "today only" if plan.keeps_up_today else "no",
                "measured",
            )
            for plan in groups
        ],
    )


def _failures(groups: tuple[GroupPlan, ...]) -> Table:
    return table(
        "group-failures",
        "When something fails",
        (
            "group",
            "delay allowed>",
            "alert above, in a partition>",
            "longest outage>",
            "then current in>",
            "wanted in>",
            "a crash stops its partitions for>",
            "how sure",
        ),
        [
            (
                printable(plan.name),
                span_text(plan.group.delay_s),
                NONE
                if plan.lag_records_per_partition is None
                else format_load(round(plan.lag_records_per_partition), "records"),
                span_text(plan.group.outage_s or None),
                NONE if plan.drain is None else span_text(plan.drain.drain_s, "never"),
                span_text(plan.group.recovery_s),
                span_text(plan.crash_delay_s),
                "exact",
            )
            for plan in groups
        ],
    )


def _limits(groups: tuple[GroupPlan, ...]) -> Table:
    return table(
        "group-limits",
        "What a poll and a fetch may take",
        ("group", "a full batch takes>", "and may take>", "fits", "fetched, at most>", "how sure"),
        [
            (
                printable(plan.name),
                span_text(plan.poll.batch_s),
                span_text(plan.poll.budget_s),
                NONE if plan.poll.fits is None else "yes" if plan.poll.fits else "no",
                NONE
                if plan.memory is None
                else f"{format_load(plan.memory.total_bytes, 'bytes')} a member",
                "exact",
            )
            for plan in groups
        ],
    )


def _needed(members: int | None) -> str:
    return "none" if members is None else f"{members:,}"
