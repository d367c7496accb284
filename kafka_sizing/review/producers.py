"""What producers are set to in; records lost, refused or sent in vain out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kafka_sizing.producers.effects import SettingEffect
from kafka_sizing.review.case import Case, NotGiven
from kafka_sizing.review.judging import Flaw, named, origin_of
from kafka_sizing.review.rule import Origin, line_of
from kafka_sizing.review.wording import span_text
from kafka_sizing.settings import Configuration, default_of
from kafka_sizing.settings.setting import text_of
from kafka_sizing.units import format_load

_UNCOMPRESSED: Final = ("none", "uncompressed", "producer")
_ALL: Final = ("all", "-1")
_FOLLOWING: Final = ("sticky.partitioning.linger.ms",)


def acks_lose_data(case: Case) -> Iterator[Flaw]:
    """Ask whether a record is on every in-sync replica before it counts as written."""
    given = case.writer.configuration
    if str(given.value("acks")) not in _ALL:
        unseen = str(given.value("acks")) == "0"
        yield Flaw(
            summary="written without waiting for any broker" if unseen else None,
            consequence="what is lost on the way is never missed" if unseen else None,
            evidence=given.described("acks"),
            change="set acks=all",
            origin=origin_of(given, "acks"),
        )


def gives_up_at_once(case: Case) -> Iterator[Flaw]:
    """Ask whether a producer tries again when a leader moves."""
    given = case.writer.configuration
    if given.value("retries") == 0:
        yield Flaw(
            evidence=given.described("retries"),
            change="leave retries at its default; delivery.timeout.ms bounds how long it tries",
            origin="set",
        )


def idempotence_off(case: Case) -> Iterator[Flaw]:
    """Ask whether a record that is sent again is stored once."""
    given, verdict = case.writer.configuration, case.writer.verdict
    if str(given.value("acks")) not in _ALL or given.value("retries") == 0:
        return  # other rules judge that, and idempotence goes with it
    if verdict.accepted and not verdict.guarantees.idempotent:
        yield Flaw(
            evidence=given.described("enable.idempotence"),
            change="set enable.idempotence=true",
            origin=origin_of(given, "enable.idempotence"),
        )


def producer_refused(case: Case) -> Iterator[Flaw]:
    """Ask whether the client starts with what it is given."""
    for effect in case.writer.verdict.refused:
        yield Flaw(
            summary=f"the producer refuses {effect.property}",
            evidence=_effect_text(effect),
            change=f"change {effect.property}, or leave it out",
            origin=origin_of(case.writer.configuration, effect.property),
        )


def producer_changed(case: Case) -> Iterator[Flaw]:
    """Ask whether the client does what it is told."""
    unknown = case.writer.configuration.unknown  # of which another rule tells
    for effect in case.writer.verdict.changed:
        if effect.property in unknown or _only_follows(effect):
            continue
        effective = effect.effective
        becomes = "is ignored" if effective is None else f"becomes {text_of(effective)}"
        yield Flaw(
            summary=f"{effect.property} {becomes}",
            evidence=_effect_text(effect),
            change=f"set {effect.property} to what is wanted, so that whoever reads the "
            "configuration sees what holds",
            origin=origin_of(case.writer.configuration, effect.property),
        )


def compression_not_set(case: Case) -> Iterator[Flaw]:
    """Ask whether anybody compresses what the plan counts as compressed."""
    ratio = case.design.traffic.compression_ratio
    given, topic = case.writer.configuration, case.topic
    if ratio > 1 and all(
        str(each.value("compression.type")) in _UNCOMPRESSED for each in (given, topic)
    ):
        yield Flaw(
            evidence=f"the plan counts on records {ratio:g} times smaller, with "
            f"{given.described('compression.type')}",
            change="set compression.type=zstd or lz4 on the producers, or plan with "
            "compression_ratio 1",
            origin=origin_of(given, "compression.type"),
        )


def larger_requests_than_accepted(case: Case) -> Iterator[Flaw]:
    """Ask whether the topic takes the largest record that a producer sends."""
    given, topic = case.writer.configuration, case.topic
    name = "max.request.size" if case.writer.client == "java" else "message.max.bytes"
    sent, taken = given.bytes(name), topic.bytes("max.message.bytes")
    if sent > taken:
        case.check_known(topic, "max.message.bytes")
        yield Flaw(
            evidence=f"{given.described(name)} and {topic.described('max.message.bytes')}",
            change=f"set max.message.bytes={sent} on the topic, or {name} to {taken} at most",
            origin=_origin_of_two(given, name, topic, "max.message.bytes"),
        )


def record_too_large(case: Case) -> Iterator[Flaw]:
    """Ask whether a mean record fits into a request, and into the topic."""
    traffic, given = case.design.traffic, case.writer.configuration
    name = "max.request.size" if case.writer.client == "java" else "message.max.bytes"
    size, wire = traffic.record_bytes, traffic.record_bytes / traffic.compression_ratio
    if size > given.bytes(name):
        yield Flaw(
            evidence=f"a record of {format_load(size, 'bytes')} and {given.described(name)}",
            change="send a reference to what is stored elsewhere, or raise "
            f"{name} and max.message.bytes",
            origin=origin_of(given, name),
        )
    elif wire > case.topic.bytes("max.message.bytes"):
        case.check_known(case.topic, "max.message.bytes")
        yield Flaw(
            evidence=f"a record of {format_load(wire, 'bytes')} on the wire and "
            f"{case.topic.described('max.message.bytes')}",
            change="send a reference to what is stored elsewhere, or raise max.message.bytes",
            origin=origin_of(case.topic, "max.message.bytes"),
        )


def short_buffer(case: Case) -> Iterator[Flaw]:
    """Ask whether a producer holds what is written until a dead broker's leaders have moved."""
    fenced_s = default_of("broker.session.timeout.ms", "broker").seconds
    if case.known_broker is not None:
        fenced_s = case.known_broker.seconds("broker.session.timeout.ms")
    buffer_s = case.plan.producers.batching.buffer_s
    if buffer_s is not None and buffer_s < fenced_s:
        yield Flaw(
            evidence=f"the buffer of a producer is full after {span_text(buffer_s)}, and a dead "
            f"broker is noticed after {span_text(fenced_s)} (broker.session.timeout.ms)",
            change="raise buffer.memory, or spread the load over more producers",
        )


def latency_not_within_reach(case: Case) -> Iterator[Flaw]:
    """Ask whether a record is acknowledged in the time wanted."""
    budget = case.plan.producers.latency
    if budget.target_s is None:
        raise NotGiven("how long an acknowledgement may take (producers.latency_s)")
    linger = next(part for part in budget.parts if part.name == "linger")
    given = case.writer.configuration
    if linger.most_s >= budget.target_s:
        yield Flaw(
            summary="linger.ms alone takes all the time an acknowledgement may take",
            evidence=f"{given.described('linger.ms')}, and {span_text(budget.target_s)} wanted",
            change="lower linger.ms, or allow for more",
            severity="error",
            origin=origin_of(given, "linger.ms"),
        )
    elif not budget.fits:
        yield Flaw(
            evidence=budget.reason,
            change="lower linger.ms, or measure the requests of this cluster: those of the "
            "budget were measured elsewhere",
            origin=origin_of(given, "linger.ms"),
        )


def thin_batches(case: Case) -> Iterator[Flaw]:
    """Ask whether a batch holds enough records to be worth sending."""
    batching = case.plan.producers.batching
    least = line_of("thin-batches", "records")
    if batching.records_per_batch < least and batching.batches_per_s > line_of(
        "thin-batches", "batches"
    ):
        yield Flaw(
            evidence=f"{batching.records_per_batch:.3g} records a batch and "
            f"{batching.batches_per_s:,.0f} batches/s: {batching.reason}",
            change="raise linger.ms, or take fewer partitions",
            origin=origin_of(case.writer.configuration, "linger.ms"),
        )


def _only_follows(effect: SettingEffect) -> bool:
    """Say whether a property that nobody set goes with one that somebody did set."""
    return effect.given is None and effect.property in _FOLLOWING


def _effect_text(effect: SettingEffect) -> str:
    given = "not set" if effect.given is None else f"set to {text_of(effect.given)}"
    return f"{effect.property} is {given}: {effect.reason}"


def _origin_of_two(one: Configuration, name: str, other: Configuration, its: str) -> Origin:
    return "set" if one.is_set(name) or other.is_set(its) else "default"


JUDGES = named(
    acks_lose_data,
    gives_up_at_once,
    idempotence_off,
    producer_refused,
    producer_changed,
    compression_not_set,
    larger_requests_than_accepted,
    record_too_large,
    short_buffer,
    latency_not_within_reach,
    thin_batches,
)
