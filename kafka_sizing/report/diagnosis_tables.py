"""A `LagDiagnosis` and the state of each partition in; their tables, as text, out."""

from __future__ import annotations

from typing import Final

from kafka_sizing.consumers.monitoring.burrow import BurrowStatus, GroupStatus
from kafka_sizing.consumers.monitoring.diagnosis import LagDiagnosis, Verdict
from kafka_sizing.consumers.monitoring.lag_seconds import GroupLag, PartitionLag
from kafka_sizing.consumers.monitoring.samples import LagSamples, TopicPartition
from kafka_sizing.report.durations import moment_text
from kafka_sizing.report.labels import key_label
from kafka_sizing.report.tables import Table, more, table
from kafka_sizing.units import format_duration, format_share

_NAMED: Final = 5  # partitions or members that a cell names


def causes(diagnosis: LagDiagnosis) -> Table:
    """One row per cause, the one that explains most lag first."""
    has_members = any(verdict.members for verdict in diagnosis.verdicts)
    return table(
        "causes",
        "Causes",
        (
            "cause",
            "sure",
            "since>",
            "lasted>",
            "share of lag>",
            "partitions",
            *(["members"] if has_members else []),
        ),
        [
            (
                verdict.cause,
                verdict.confidence,
                moment_text(verdict.since_s),
                _lasted(verdict),
                format_share(verdict.lag_share),
                _first([_named(partition) for partition in verdict.partitions]),
                *([_first([key_label(name) for name in verdict.members])] if has_members else []),
            )
            for verdict in diagnosis.verdicts
        ],
        marked=0,
    )


def partitions(
    samples: LagSamples, burrow: GroupStatus, lag: GroupLag, *, most_rows: int
) -> Table | None:
    """One row per partition that is behind or that Burrow would name; None if there is none."""
    statuses = {part.partition: part.status for part in burrow.partitions}
    owners = _last_owners(samples)
    told = [
        part
        for part in sorted(lag.partitions, key=lambda part: -(part.lag_records or 0))
        if part.lag_records != 0 or statuses[part.partition] != BurrowStatus.OK
    ]
    if not told:
        return None
    read = len(lag.partitions) - len(told)
    left_out = [more(len(told) - most_rows, "partition"), _all_read(read)]
    return table(
        "partitions",
        "Partitions that are behind, at their last sample",
        ("partition", "unread>", "oldest>", "Burrow", *(["member"] if owners else [])),
        [
            (
                _named(part.partition),
                "no commit" if part.lag_records is None else f"{part.lag_records:,}",
                _age(part),
                statuses[part.partition].name,
                *([owners[part.partition]] if owners else []),
            )
            for part in told[:most_rows]
        ],
        left_out="; ".join(text for text in left_out if text),
    )


def how_sure() -> Table:
    """One row per kind of number: what it rests on."""
    return table(
        "how-sure",
        "How sure each number is",
        ("number", "how sure", "why"),
        [
            ("unread records", "as given", "end offset less committed offset, as seen"),
            (
                "oldest unread record",
                "an estimate",
                (
                    "when the end stood at the committed offset, on the line between samples, as "
                    "kafka-lag-exporter does; drawn on beyond the first sample where marked ~"
                ),
            ),
            (
                "status by Burrow's rules",
                "exact for what was seen",
                "Burrow hears of every commit, samples show only those in which the offset moved",
            ),
            ("cause", "a rule of thumb", "rules over medians, tried on simulated groups"),
        ],
    )


def _named(partition: TopicPartition) -> str:
    """Name a partition; a long topic is cut, its number never is."""
    return f"{key_label(partition.topic)}-{partition.partition}"


def _lasted(verdict: Verdict) -> str:
    if verdict.until_s is None:
        return "still on"
    return format_duration(max(0.0, verdict.until_s - verdict.since_s))


def _all_read(count: int) -> str:
    """Say how many partitions have nothing unread."""
    if not count:
        return ""
    return f"{count:,} partition{'s have' if count > 1 else ' has'} nothing unread"


def _first(names: list[str]) -> str:
    left = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {left:,} more" if left > 0 else "")


def _age(part: PartitionLag) -> str:
    if part.lag_s is None:
        return "not known"
    text = format_duration(max(0.0, part.lag_s))
    return f"~ {text}" if part.is_extrapolated else text


def _last_owners(samples: LagSamples) -> dict[TopicPartition, str]:
    """Say who owned each partition at its last sample; nothing if owners are not known."""
    if samples.owner is None:
        return {}
    names = [key_label(member) for member in samples.members] + ["nobody"]
    return {
        label: names[int(samples.owner[end - 1])]
        for label, (begin, end) in zip(samples.partitions, samples.spans, strict=True)
        if end > begin
    }
