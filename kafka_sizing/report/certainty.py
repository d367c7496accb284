"""Results in; what each number rests on, as rows for a table, out."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from kafka_sizing.keys.loads import KeyLoads
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
    if keys.sample_size is None:
        yield "load of each key", "as given", "taken over, not counted from records"
        return
    share = keys.top(1)[0].share
    spread = _TWO_SIDED_95 * sqrt(share * (1 - share) / keys.sample_size)
    records = format_load(round(keys.sample_size), "records")
    yield "load of each key", "exact for this log", "added up over its records"
    yield (
        "the same for the records to come",
        f"a sample worth {records} of equal load",
        (
            f"if these are drawn from the same mix: hottest key {format_share(share)} "
            f"± {format_share(spread)} (95 %); a change of traffic is not in it"
        ),
    )


def _of_placement(hot: HotReport) -> Iterator[tuple[str, str, str]]:
    loads = hot.loads
    if loads.partitioner is None or loads.keys is None:
        return
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
            f"every key placed again at each count up to {hot.searched_to:,}",
        )


def _of_plan(plan: PartitionPlan) -> Iterator[tuple[str, str, str]]:
    limits = [*plan.limits, *([plan.rounding] if plan.rounding else [])]
    for kind, why in _PLAN_KINDS.items():
        names = [printable(limit.name) for limit in limits if limit.kind == kind]
        if names:
            yield f"plan: {', '.join(names)}", kind, why
    yield "plan: rates", "as given", "as good as the measurement behind them"
