"""Results in; what each number rests on, as rows for a table, out."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.sketch import KeySketch
from kafka_sizing.partitions.hotspots import HotReport
from kafka_sizing.partitions.sizing import PartitionPlan
from kafka_sizing.report.labels import printable
from kafka_sizing.report.tables import Table, table
from kafka_sizing.units import format_load, format_share

_TWO_SIDED_95 = 1.96  # standard errors

_PLAN_KINDS = {
    "exact": "follows from how Kafka works",
    "measured": "as good as the measurement behind it",
    "vendor": "a vendor's limit or advice",
    "rule": "a rule of thumb: check it on your cluster",
}


def how_sure(
    hot: HotReport | None, plan: PartitionPlan | None, fixes: tuple[tuple[str, str, str], ...]
) -> Table:
    """One row per kind of number: what it rests on, and what could change it."""
    rows: list[tuple[str, str, str]] = []
    if hot is not None:
        rows += [*_of_keys(hot.loads.keys), *_of_placement(hot), *_of_lines(hot)]
    rows += fixes
    if plan is not None:
        rows += _of_plan(plan)
    return table("how-sure", "How sure each number is", ("number", "how sure", "why"), rows)


def _of_keys(keys: KeyLoads | None) -> Iterator[tuple[str, str, str]]:
    if keys is None:
        yield "partition loads", "as given", "no key log behind them"
        return
    yield from _of_loads(keys)
    if keys.sample_size is None:
        return
    share = keys.hottest_key_share
    spread = _TWO_SIDED_95 * sqrt(share * (1 - share) / keys.sample_size)
    records = format_load(round(keys.sample_size), "records")
    yield (
        "the same for the records to come",
        f"a sample worth {records} of equal load",
        (
            f"if these are drawn from the same mix: hottest key {format_share(share)} "
            f"± {format_share(spread)} (95 %); a change of traffic is not in it"
        ),
    )


def _of_loads(keys: KeyLoads) -> Iterator[tuple[str, str, str]]:
    known, how = "exact for this log", "added up over its records"
    if keys.sample_size is None:
        known, how = "as given", "taken over, not counted from records"
    if not isinstance(keys, KeySketch):
        yield "load of each key", known, how
        return
    least = format_load(keys.least_load, keys.unit)
    heavy = f"load of the {keys.heavy:,} heaviest keys"
    if keys.is_exact:
        yield heavy, known, f"all keys from {least} on, one by one"
    else:
        most = format_load(float(keys.heavy_errors.max()), keys.unit)
        yield (
            heavy,
            f"at least; at most {most} more each",
            (
                "a stream is read once: what a key wrote before it was known to be heavy is not "
                "told from others of its hash bin"
            ),
        )
    yield (
        "load of all other keys",
        f"{known}, by hash bin",
        f"{format_share(keys.tail_share)} of the load, no key of which writes {least}",
    )
    if keys.distinct_error:
        yield (
            "number of distinct keys",
            f"± {format_share(_TWO_SIDED_95 * keys.distinct_error)} (95 %)",
            "estimated from their hashes (HyperLogLog)",
        )


def _of_placement(hot: HotReport) -> Iterator[tuple[str, str, str]]:
    loads = hot.loads
    if loads.partitioner is None or loads.keys is None:
        return
    if loads.margin:
        yield (
            "partition loads",
            f"± {format_load(loads.margin, loads.unit)}",
            (
                f"{loads.partitions:,} was not among the counts that keys were added up for: "
                "heavy keys are placed one by one, all others shared out in equal parts (99.9 %)"
            ),
        )
    else:
        yield (
            "partition of each key",
            "exact",
            f"the hash and rule of partitioner {loads.partitioner.name!r}, applied to every key",
        )
    if not loads.keys.null_load:
        return
    where = loads.partitioner.null_partition(loads.partitions)
    if where is None:
        yield (
            "records without a key",
            "expectation",
            "the client spreads them, here in equal parts",
        )
    else:
        yield "records without a key", "exact", f"the client sends them to partition {where}"


def _of_lines(hot: HotReport) -> Iterator[tuple[str, str, str]]:
    for line in hot.lines:
        sure = "rule of thumb" if line.kind == "rule" else "as stated"
        yield f"line {line.name!r}", sure, line.reason
    if hot.searched_to > hot.loads.partitions:
        yield (
            "counts that would cool a partition",
            "exact",
            f"every key placed again at each count {_searched(hot)}",
        )


def _searched(hot: HotReport) -> str:
    which = "that its loads are known for, " if isinstance(hot.loads.keys, KeySketch) else ""
    return f"{which}up to {hot.searched_to:,}"


def _of_plan(plan: PartitionPlan) -> Iterator[tuple[str, str, str]]:
    limits = [*plan.limits, *([plan.rounding] if plan.rounding else [])]
    for kind, why in _PLAN_KINDS.items():
        names = [printable(limit.name) for limit in limits if limit.kind == kind]
        if names:
            yield f"plan: {', '.join(names)}", kind, why
    yield "plan: rates", "as given", "as good as the measurement behind them"
