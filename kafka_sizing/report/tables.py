"""Results in; tables of printable text, the same for terminal and page, out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from kafka_sizing.partitions.hotspots import HotPartition, HotReport
from kafka_sizing.partitions.sizing import PartitionPlan
from kafka_sizing.report.labels import printable
from kafka_sizing.report.names import Names
from kafka_sizing.units import format_load, format_share

Align = Literal["left", "right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text under named columns; a name that ends in ``>`` sets its column right."""

    name: str  #: what an anchor or a test finds it by
    title: str
    columns: tuple[str, ...]
    aligns: tuple[Align, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: int | None = None  #: the row to look at first
    left_out: str = ""  #: what is not shown, as a line below


def table(
    name: str,
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    marked: int | None = None,
    left_out: str = "",
) -> Table:
    """Make a table from columns such as ``"share>"``, whose mark sets numbers right."""
    return Table(
        name=name,
        title=title,
        columns=tuple(column.rstrip(">") for column in columns),
        aligns=tuple("right" if column.endswith(">") else "left" for column in columns),
        rows=tuple(tuple(row) for row in rows),
        marked=marked,
        left_out=left_out,
    )


def hot_partitions(hot: HotReport, *, most_rows: int) -> Table:
    """One row per hot partition: how much it carries, why, and from which count it would not."""
    unit = hot.loads.unit
    return table(
        "hot-partitions",
        "Hot partitions",
        ("partition>", "load>", "share>", "× even share>", "line crossed", "cause", "cool from"),
        [
            (
                str(at.partition),
                format_load(at.load, unit),
                format_share(at.share),
                f"{at.imbalance_ratio:.2f}",
                f"{at.line.name}, {format_load(at.line.load, at.line.unit)}",
                at.cause,
                _cool_from(at),
            )
            for at in hot.hot[:most_rows]
        ],
        left_out=more(len(hot.hot) - most_rows, "hot partition"),
    )


def hot_keys(hot: HotReport, names: Names, *, most_partitions: int) -> Table:
    """One row per key that heats one of the hottest partitions."""
    rows = [
        (
            str(at.partition),
            names.cell(key.key),
            format_load(key.load, hot.loads.unit),
            format_share(key.share),
            format_share(key.partition_share),
        )
        for at in hot.hot[:most_partitions]
        for key in at.keys
    ]
    left_out = sum(at.keys_left_out for at in hot.hot[:most_partitions])
    return table(
        "hot-keys",
        "Keys that heat them",
        ("partition>", "key", "load>", "share of topic>", "share of partition>"),
        rows,
        left_out=more(left_out, "key"),
    )


def top_keys(hot: HotReport, names: Names, *, most_rows: int) -> Table | None:
    """One row per key, heaviest first, and the partition it is on."""
    loads = hot.loads
    if loads.keys is None or loads.partition_of_key is None or not loads.keys.named:
        return None
    heaviest = loads.keys.heaviest(most_rows)
    placed = loads.partition_of_key[heaviest].tolist()
    errors = loads.keys.load_errors(heaviest)
    at_most = ("at most>",) if errors.any() else ()
    return table(
        "top-keys",
        "Heaviest keys",
        ("rank>", "key", "load>", *at_most, "share>", "partition>"),
        [
            (
                str(rank),
                names.cell(key.key),
                format_load(key.load, loads.unit),
                *([format_load(key.load + error, loads.unit)] if at_most else []),
                format_share(key.share),
                "spread" if partition < 0 else str(partition),
            )
            for rank, (key, partition, error) in enumerate(
                zip(loads.keys.key_shares(heaviest), placed, errors.tolist(), strict=True), start=1
            )
        ],
        left_out=more(round(loads.keys.distinct_keys) - most_rows, "key"),
    )


def plan_limits(plan: PartitionPlan) -> Table:
    """One row per limit of a plan; the binding one marked."""
    limits = [*plan.limits, *([plan.rounding] if plan.rounding else [])]
    return table(
        "plan-limits",
        "Limits on the number of partitions",
        ("limit", "bound", "partitions>", "how sure", "why", "source"),
        [
            (
                printable(limit.name),
                limit.bound,
                "none is enough" if limit.partitions is None else f"{limit.partitions:,}",
                limit.kind,
                printable(limit.reason),
                printable(limit.source),
            )
            for limit in limits
        ],
        marked=next(at for at, limit in enumerate(limits) if limit is plan.binding),
    )


def _cool_from(at: HotPartition) -> str:
    """Say from how many partitions on it would not be hot."""
    if at.separating_partitions is not None:
        return f"{at.separating_partitions:,} partitions"
    if at.cause in ("one key", "null keys"):
        return "no count"
    if at.cause in ("several keys", "too few partitions"):
        return f"none up to {at.searched_to:,}"
    return "–"


def more(count: int, noun: str) -> str:
    """Say how many rows are left out, or nothing."""
    if count <= 0:
        return ""
    return f"… and {count:,} more {noun}{'s' if count > 1 else ''}"
