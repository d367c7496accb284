"""The producers of a plan in; their batches, settings and latency, as tables, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kafka_sizing.partitions.limits import Kind
from kafka_sizing.producers import Batching, LatencyPart
from kafka_sizing.report.labels import printable
from kafka_sizing.report.tables import Table, table
from kafka_sizing.report.topic_wording import NONE, number_text, span_text
from kafka_sizing.settings import SettingValue
from kafka_sizing.settings.setting import text_of
from kafka_sizing.topic.planning.producers import ProducerPlan
from kafka_sizing.units import format_load, format_share


def producer_tables(plan: ProducerPlan) -> Iterator[Table]:
    """Give batches today and at the horizon, the settings judged, the price of partitions."""
    yield _batches(plan)
    yield _by_partitions(plan)
    if plan.verdict.effects:
        yield _settings(plan)
    yield _latency(plan)


def guarantees(plan: ProducerPlan) -> tuple[str, ...]:
    """Say what the settings promise, as a sentence each."""
    given = plan.verdict.guarantees
    return (
        f"Order: {given.order}.",
        f"Duplicates: {given.duplicates}.",
        f"Lost: {given.lost}.",
    )


def _batches(plan: ProducerPlan) -> Table:
    rows: list[tuple[str, Kind, Callable[[Batching], str]]] = [
        ("records written, all producers", "exact", lambda at: _records(at.records_per_s)),
        ("records in a batch", "rule", lambda at: number_text(at.records_per_batch)),
        ("of those that fit", "rule", lambda at: format_share(at.fill_share)),
        ("closed by", "rule", lambda at: at.filled_by),
        ("size of a batch, on the wire", "rule", lambda at: _bytes(at.batch_bytes)),
        ("batches", "rule", lambda at: f"{number_text(at.batches_per_s)} a second"),
        ("requests", "rule", _requests),
        ("on the wire", "rule", lambda at: format_load(at.wire_bytes_per_s, "bytes/s")),
        ("memory of a producer", "exact", lambda at: _bytes(at.memory_bytes)),
        ("its buffer is full, brokers away, after", "exact", lambda at: span_text(at.buffer_s)),
    ]
    return table(
        "batches",
        "Batches at the peak",
        ("number", "today>", "at the horizon>", "how sure"),
        [(name, told(plan.batching), told(plan.horizon), kind) for name, kind, told in rows],
    )


def _by_partitions(plan: ProducerPlan) -> Table:
    plans = plan.by_partitions.plans
    return table(
        "batches-by-partitions",
        "Batches at other counts, at the horizon, load even",
        (
            "partitions>",
            "records in a batch>",
            "batches/s>",
            "requests/s>",
            "on the wire>",
            "memory of a producer>",
            "how sure",
        ),
        [
            (
                f"{at.partitions:,}",
                number_text(at.records_per_batch),
                number_text(at.batches_per_s),
                _requests(at).removesuffix(" a second"),
                format_load(at.wire_bytes_per_s, "bytes/s"),
                _bytes(at.memory_bytes),
                "rule",
            )
            for at in plans
        ],
        marked=[at.partitions for at in plans].index(plan.horizon.partitions),
    )


def _settings(plan: ProducerPlan) -> Table:
    return table(
        "producer-settings",
        "Settings of the producers, judged",
        ("property", "given", "in effect", "outcome", "how sure", "why", "source"),
        [
            (
                printable(effect.property),
                _value(effect.given),
                _value(effect.effective),
                effect.outcome,
                "exact",
                printable(effect.reason),
                printable(effect.source),
            )
            for effect in plan.verdict.effects
        ],
    )


def _latency(plan: ProducerPlan) -> Table:
    budget = plan.latency
    rows = [_part(part) for part in budget.parts]
    rows.append(("together", span_text(budget.least_s), span_text(budget.most_s), "", "", ""))
    if budget.end is not None:
        rows.append(_part(budget.end))
    return table(
        "latency",
        "From send() to the acknowledgement",
        ("part", "least>", "most>", "how sure", "why", "source"),
        rows,
        marked=len(budget.parts),
    )


def _part(part: LatencyPart) -> tuple[str, ...]:
    return (
        part.name,
        span_text(part.least_s),
        span_text(part.most_s),
        part.kind,
        printable(part.reason),
        printable(f"{part.source}, {part.date}"),
    )


def _requests(at: Batching) -> str:
    least, most = number_text(at.least_requests_per_s), number_text(at.requests_per_s)
    return f"{most} a second" if least == most else f"{least} to {most} a second"


def _records(records_per_s: float) -> str:
    return format_load(round(records_per_s, 1), "records/s")


def _bytes(amount: float) -> str:
    return format_load(amount, "bytes")


def _value(value: SettingValue | None) -> str:
    return NONE if value is None else printable(text_of(value))
