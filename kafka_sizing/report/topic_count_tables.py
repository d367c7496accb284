"""A `CountDecision` in; its limits, and what would change it, as tables, out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kafka_sizing._checks import ROUNDING
from kafka_sizing.report.labels import printable
from kafka_sizing.report.tables import Table, table
from kafka_sizing.report.topic_wording import Wording
from kafka_sizing.topic.planning.count import CountDecision
from kafka_sizing.topic.planning.sensitivity import Sensitivity
from kafka_sizing.units import format_load, format_share

_SHARES: Final = {"headroom": "", "growth": " a year"}
_MOST_PERCENT: Final = 1_000
_FALLING: Final = ("member rate of ", "producer rate", "compression ratio")  # less is more load


def count_tables(count: CountDecision, wording: Wording) -> Iterator[Table]:
    """Give every limit on the count, and how far inputs may move."""
    yield limits(count, wording)
    if count.sensitivity:
        yield sensitivities(count.sensitivity)


def limits(count: CountDecision, wording: Wording) -> Table:
    """One row per limit on the count; the binding one marked."""
    broken = {id(limit) for limit in count.broken}
    return table(
        "count-limits",
        "Limits on the number of partitions",
        ("limit", "bound", "partitions>", "kept", "how sure", "why", "source"),
        [
            (
                printable(limit.name),
                limit.bound,
                "none is enough" if limit.partitions is None else f"{limit.partitions:,}",
                "no" if id(limit) in broken else "yes",
                limit.kind,
                wording.said(limit.reason),
                printable(limit.source),
            )
            for limit in count.limits
        ],
        marked=next(at for at, limit in enumerate(count.limits) if limit is count.binding),
    )


def sensitivities(rows: tuple[Sensitivity, ...], *, most_rows: int | None = None) -> Table:
    """One row per input and direction, the nearest to a change first."""
    shown = rows[:most_rows]
    return table(
        "sensitivity",
        "How far each input may move, all others as they are",
        ("input", "now>", "until>", "change>", "then", "by limit", "how sure"),
        [
            (
                printable(row.input),
                value_text(row, row.value),
                value_text(row, row.changed_value),
                change_text(row),
                effect_text(row),
                printable(row.limit),
                "exact",
            )
            for row in shown
        ],
    )


def value_text(row: Sensitivity, value: float) -> str:
    """Write a value of an input, closely enough to see a small change of it."""
    if row.input in _SHARES:
        return f"{100 * value:.4g} %{_SHARES[row.input]}"
    if row.unit == "bytes/s":
        return format_load(value, "bytes/s")
    if row.unit == "records/s":
        return format_load(round(value, 1), "records/s")
    return f"{value:.4g} {row.unit}".rstrip()


def change_text(row: Sensitivity) -> str:
    """Write how far an input has to move."""
    ratio = row.change_ratio
    if ratio is None:
        return "from 0"
    if abs(ratio - 1) < ROUNDING:
        return "any less" if row.input.startswith(_FALLING) else "any more"
    sign = "+" if ratio >= 1 else "−"
    if abs(ratio - 1) * 100 >= _MOST_PERCENT:
        return f"× {ratio:,.3g}"
    return f"{sign}{format_share(abs(ratio - 1))}"


def effect_text(row: Sensitivity) -> str:
    """Write what comes of it."""
    if row.effect == "then holds":
        return f"{row.partitions:,} partitions hold"
    if row.partitions is None:
        return "no count is enough"
    return f"{row.partitions:,} {'needed' if row.effect == 'needs more' else 'enough'}"
