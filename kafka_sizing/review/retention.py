"""How long records are kept, and how long they are needed, in; what is lost or piles up out."""

from __future__ import annotations

from collections.abc import Iterator

from kafka_sizing.review.case import Case, NotGiven
from kafka_sizing.review.judging import Flaw, named, origin_of
from kafka_sizing.review.rule import Severity, line_of
from kafka_sizing.review.wording import span_text
from kafka_sizing.units import format_load


def kept_too_short(case: Case) -> Iterator[Flaw]:
    """Ask whether records outlive the longest outage of their readers."""
    topic = case.topic
    if case.known_plan is not None:
        retention = case.plan.retention
        if not any(group.outage_s for group in case.design.groups):
            raise NotGiven("the longest outage of a group (outage_s)")
        if retention.needed_s is None:
            raise NotGiven(f"members enough for group {retention.needed_by} to catch up")
        if not retention.enough:
            yield Flaw(
                evidence=f"{retention.reason} ({topic.described(retention.kept_by)})",
                change=f"set retention.ms above {retention.needed_s * 1_000:.0f}"
                if retention.kept_by == "retention.ms"
                else "raise retention.bytes, which is counted per partition",
                origin=origin_of(topic, retention.kept_by),
            )
        return
    kept_s, needed_s = _kept_s(case), _outage_s(case)
    if kept_s is not None and kept_s <= needed_s:
        yield Flaw(
            evidence=f"more than {span_text(needed_s)} needed, the outage and then the time to "
            f"catch up, {span_text(kept_s)} kept ({topic.described('retention.ms')})",
            change=f"set retention.ms above {needed_s * 1_000:.0f}",
            origin=origin_of(topic, "retention.ms"),
        )


def offsets_expire(case: Case) -> Iterator[Flaw]:
    """Ask whether a group that is down for long finds its offsets again."""
    name = "offsets.retention.minutes"
    case.check_known(case.broker, name)
    kept_s, needed_s = case.broker.seconds(name), _outage_s(case)
    if kept_s < needed_s:
        yield Flaw(
            evidence=f"a group may be down for {span_text(needed_s)}, and offsets are kept "
            f"{span_text(kept_s)} ({case.broker.described(name)})",
            change=f"set {name}={-(-needed_s // 60):.0f} at least",
            origin=origin_of(case.broker, name),
        )


def kept_without_limit(case: Case) -> Iterator[Flaw]:
    """Ask whether anything bounds the size of the topic."""
    topic = case.topic
    compacts = "compact" in str(topic.value("cleanup.policy"))
    if not compacts and topic.value("retention.ms") == topic.value("retention.bytes") == -1:
        yield Flaw(
            evidence=f"{topic.described('retention.ms')}, {topic.described('retention.bytes')}",
            change="set retention.ms or retention.bytes, or tier old segments",
            origin=origin_of(topic, "retention.ms", "retention.bytes"),
        )


def compacted_without_keys(case: Case) -> Iterator[Flaw]:
    """Ask whether records of a compacted topic have a key."""
    if "compact" not in str(case.topic.value("cleanup.policy")):
        return
    if case.design.keys is None:
        yield Flaw(
            evidence=f"{case.topic.described('cleanup.policy')}, and records have no key",
            change="write records with a key, or set cleanup.policy=delete",
            origin=origin_of(case.topic, "cleanup.policy"),
        )


def coarse_segments(case: Case) -> Iterator[Flaw]:
    """Ask whether whole segments keep records much longer than was asked for."""
    yield from _coarse_in_time(case)
    yield from _coarse_in_size(case)


def _coarse_in_time(case: Case) -> Iterator[Flaw]:
    kept_s, topic = _kept_s(case), case.topic
    if kept_s is None:
        return
    segment_s = topic.seconds("segment.ms")
    if case.known_plan is not None:
        rate = case.design.traffic.wire_bytes_per_s / case.partitions
        segment_s = min(segment_s, topic.bytes("segment.bytes") / rate)
    ratio = segment_s / kept_s
    if ratio > line_of("coarse-segments", "share"):
        most_ms = int(kept_s * line_of("coarse-segments", "wanted_share") * 1_000)
        yield Flaw(
            evidence=f"a segment covers up to {span_text(segment_s)}, and records are kept "
            f"{span_text(kept_s)}: up to {1 + ratio:.3g} times as long, for only whole "
            "segments go",
            change=f"set segment.ms={most_ms}",
            severity=_coarseness(ratio),
            origin=origin_of(topic, "segment.ms", "segment.bytes", "retention.ms"),
        )


def _coarse_in_size(case: Case) -> Iterator[Flaw]:
    topic = case.topic
    kept, segment = float(topic.value("retention.bytes")), float(topic.bytes("segment.bytes"))
    if "delete" not in str(topic.value("cleanup.policy")) or kept <= 0:  # -1: without limit
        return
    if case.known_plan is not None:
        rate = case.design.traffic.wire_bytes_per_s / case.partitions
        segment = min(segment, topic.seconds("segment.ms") * rate)
    ratio = segment / kept
    if ratio > line_of("coarse-segments", "share"):
        least = topic.setting("segment.bytes").least or 1
        most = max(int(kept * line_of("coarse-segments", "wanted_share")), int(least))
        yield Flaw(
            evidence=f"a segment holds up to {format_load(segment, 'bytes')}, and a partition "
            f"keeps {format_load(kept, 'bytes')} ({topic.described('retention.bytes')}): up to "
            f"{1 + ratio:.3g} times as much, for only whole segments go",
            change=f"set segment.bytes={most}",
            severity=_coarseness(ratio),
            origin=origin_of(topic, "segment.ms", "segment.bytes", "retention.bytes"),
        )


def _coarseness(ratio: float) -> Severity | None:
    return "warning" if ratio > line_of("coarse-segments", "warning_share") else None


def _kept_s(case: Case) -> float | None:
    """Give how long records are kept. [s]; None: without limit, or until compacted."""
    topic = case.topic
    if "delete" not in str(topic.value("cleanup.policy")) or topic.value("retention.ms") == -1:
        return None
    return topic.seconds("retention.ms")


def _outage_s(case: Case) -> float:
    if not case.outage_s:
        raise NotGiven("the longest outage of a group (outage_s)")
    return case.outage_s


JUDGES = named(
    kept_too_short, offsets_expire, kept_without_limit, compacted_without_keys, coarse_segments
)
