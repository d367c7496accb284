"""What a Java producer is set to in; what Kafka's client 4.x refuses or changes of it out."""

from __future__ import annotations

from collections.abc import Iterator

from kafka_sizing.producers.clients import setting_count
from kafka_sizing.producers.effects import (
    SettingEffect,
    changed,
    client_rules,
    refused,
    waits_for_all,
)
from kafka_sizing.settings import Configuration

_IN_FLIGHT = "max.in.flight.requests.per.connection"


def java_effects(settings: Configuration) -> Iterator[SettingEffect]:
    """List what the Java client refuses or changes, in the order it looks."""
    yield from _idempotence(settings)
    yield from _transactions(settings)
    yield from _delivery_timeout(settings)
    yield from _batch_size(settings)
    yield from _buffer(settings)
    yield from _ignored(settings)


def _idempotence(settings: Configuration) -> Iterator[SettingEffect]:
    if not settings.value("enable.idempotence"):
        return
    rules = client_rules("java")
    clashes = _clashes(settings)
    if settings.is_set("enable.idempotence"):
        for name, clash in clashes.items():
            reason = f"{clash}, and enable.idempotence was asked for"
            yield refused(settings, name, reason, rules["source"])
    elif clashes:
        reason = f"idempotence is only the default and goes off without a word: {_and(clashes)}"
        yield changed(settings, "enable.idempotence", reason, rules["source"], to=False)
    if setting_count(settings, _IN_FLIGHT) > rules["most_in_flight"]:
        reason = (
            f"an idempotent producer has at most {rules['most_in_flight']} requests in flight, "
            "and since 4.0 this does not switch idempotence off: set enable.idempotence=false"
        )
        yield refused(settings, _IN_FLIGHT, reason, rules["source"])


def _clashes(settings: Configuration) -> dict[str, str]:
    """Name what an idempotent producer cannot do with."""
    clashes = {}
    if setting_count(settings, "retries") == 0:
        clashes["retries"] = "retries=0 leaves nothing to make idempotent"
    acks = settings.value("acks")
    if not waits_for_all(acks):
        clashes["acks"] = f"acks={acks} is not acks=all"
    return clashes


def _transactions(settings: Configuration) -> Iterator[SettingEffect]:
    source = client_rules("java")["source"]
    if settings.is_set("transactional.id"):
        if not settings.value("transactional.id"):
            yield refused(settings, "transactional.id", "it must not be empty", source)
        if not settings.value("enable.idempotence") or _clashes(settings):
            reason = "transactions need idempotence, which is off"
            yield refused(settings, "transactional.id", reason, source)
    two_phases = "transaction.two.phase.commit.enable"
    if (
        settings.is_set(two_phases)
        and settings.value(two_phases)
        and settings.is_set("transaction.timeout.ms")
    ):
        reason = f"transactions with {two_phases} have no timeout"
        yield refused(settings, "transaction.timeout.ms", reason, source)


def _delivery_timeout(settings: Configuration) -> Iterator[SettingEffect]:
    rules = client_rules("java")
    linger = setting_count(settings, "linger.ms")
    request = setting_count(settings, "request.timeout.ms")
    least = min(linger + request, rules["most_timeout_ms"])
    if setting_count(settings, "delivery.timeout.ms") >= least:
        return
    reason = f"linger.ms + request.timeout.ms = {linger} + {request} is the least it may be"
    if settings.is_set("delivery.timeout.ms"):
        yield refused(settings, "delivery.timeout.ms", reason, rules["source"])
    else:
        reason += ", and what is only a default is raised to it"
        yield changed(settings, "delivery.timeout.ms", reason, rules["source"], to=least)


def _batch_size(settings: Configuration) -> Iterator[SettingEffect]:
    rules = client_rules("java")
    least = rules["least_batch_bytes"]
    if setting_count(settings, "batch.size") < least:
        reason = "every record makes a batch of its own"
        yield changed(settings, "batch.size", reason, rules["source"], to=least)


def _buffer(settings: Configuration) -> Iterator[SettingEffect]:
    """Refuse a buffer that no batch fits into: the producer starts, and cannot send a record."""
    batch, buffer = (setting_count(settings, name) for name in ("batch.size", "buffer.memory"))
    if buffer >= max(batch, client_rules("java")["least_batch_bytes"]):
        return
    name = "buffer.memory" if settings.is_set("buffer.memory") else "batch.size"
    reason = (
        f"buffer.memory={buffer} cannot hold a batch of batch.size={batch} bytes, which is set "
        "aside whole: every send() fails"
    )
    yield refused(settings, name, reason, client_rules("java")["buffer_source"])


def _ignored(settings: Configuration) -> Iterator[SettingEffect]:
    for name in settings.unknown:
        near = settings.near(name)
        hint = f" (near: {', '.join(near)})" if near else ""
        reason = f"no property of the Java producer: it warns and ignores it{hint}"
        yield changed(settings, name, reason, client_rules("java")["source"], to=None)


def _and(clashes: dict[str, str]) -> str:
    return " and ".join(clashes.values())
