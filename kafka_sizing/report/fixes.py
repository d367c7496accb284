"""A `Comparison` in; its tables, its best fix in a sentence, and how sure it is, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kafka_sizing.fixes import Comparison, CompositeKey, NoKey, Outcome, TimeBuckets
from kafka_sizing.fixes.base import peak_text
from kafka_sizing.fixes.certainty import FitCertainty
from kafka_sizing.report.labels import printable
from kafka_sizing.report.tables import Table, table
from kafka_sizing.units import format_load, format_share


def label(outcome: Outcome) -> str:
    """Name a fix."""
    return printable(outcome.name)


def best_sentence(comparison: Comparison) -> str:
    """Say which fix is best and why."""
    return printable(comparison.reason)


def way_out_sentence(comparison: Comparison) -> str | None:
    """Say what would hold where no fix does; None if one does."""
    way = comparison.way_out
    if way is None:
        return None
    told = replace(way, fix_without_order=None)  # which the verdict names
    return f"The way out: {printable(told.reason)}."


def comparison(comparison: Comparison) -> Table:
    """One row per fix, "as is" first; the best marked."""
    asked = comparison.certainty is not None
    unit = comparison.as_is.loads.unit
    ceilings = any(outcome.throughput_ceiling is not None for outcome in comparison.outcomes)
    columns = [
        "fix",
        "peak share>",
        "× even share>",
        *(["carries at most>"] if ceilings else []),
        "hot>",
        "order",
        "fan-in>",
        "load moved>",
        *(["holds under>"] if asked else []),
        "holds" if asked else "fits",
    ]
    rows = []
    for at, outcome in enumerate(comparison.outcomes):
        ceiling = outcome.throughput_ceiling
        most = "–" if ceiling is None else format_load(ceiling, unit)
        rows.append(
            [
                label(outcome),
                peak_text(outcome),
                f"{outcome.imbalance_ratio:.2f}",
                *([most] if ceilings else []),
                f"{outcome.hot_partitions:,}",
                outcome.ordering_scope,
                f"{outcome.read_fan_in:,}",
                format_share(outcome.moved_load_share),
                *([_holds_under(comparison.certainties[at])] if asked else []),
                _fits(comparison, outcome),
            ]
        )
    best = next(at for at, outcome in enumerate(comparison.outcomes) if outcome is comparison.best)
    return table("fixes", "Fixes side by side", columns, rows, marked=best)


def changes(comparison: Comparison) -> Table:
    """One row per fix: what producers and consumers must change, and what order becomes."""
    rows = [
        [
            label(outcome),
            printable(outcome.producer_change),
            printable(outcome.consumer_change),
            printable(outcome.ordering_note),
        ]
        for outcome in comparison.outcomes[1:]
    ]
    best = next(
        (at for at, outcome in enumerate(comparison.outcomes[1:]) if outcome is comparison.best),
        None,
    )
    columns = ("fix", "producers", "consumers", "order of records")
    return table("changes", "What each fix asks for", columns, rows, marked=best)


def inputs(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """Give what the comparison was made under."""
    yield "order needed", comparison.ordering
    if comparison.certainty is not None:
        yield "certainty wanted", format_share(comparison.certainty)


def how_sure(comparison: Comparison | None) -> tuple[tuple[str, str, str], ...]:
    """Give what the numbers of each fix rest on, as rows."""
    if comparison is None:
        return ()
    rows = []
    for at, outcome in enumerate(comparison.outcomes[1:], start=1):
        why = "; ".join(map(printable, outcome.notes)) or "every key is placed again"
        if comparison.certainty is not None:
            why += f"; {comparison.certainties[at].reason}"
        rows.append((f"fix: {label(outcome)}", _kind(outcome), why))
    return tuple(rows)


def _fits(comparison: Comparison, outcome: Outcome) -> str:
    if not outcome.is_known:
        return "not known"
    if not comparison.holds(outcome):
        return "not surely" if outcome.fits else "no"
    return "yes" if comparison.keeps_order(outcome) else "unordered"


def _holds_under(certainty: FitCertainty) -> str:
    """Write the part of hashes, or of replays, that a fix holds under."""
    if certainty.probability is None:
        return "not known"
    if certainty.basis == "these keys":
        return "these keys" if certainty.probability else "–"
    return format_share(certainty.probability)


def _kind(outcome: Outcome) -> str:
    match outcome.fix:
        case NoKey():
            return "expectation"
        case CompositeKey(shard_by=str()):
            return "expectation"
        case TimeBuckets():
            return "exact for these slices"
    return "exact"
