"""What a librdkafka producer is set to in; what librdkafka 2.x refuses or changes of it out."""

from __future__ import annotations

from collections.abc import Iterator

from kafka_sizing.producers.clients import setting_count, setting_number
from kafka_sizing.producers.effects import (
    SettingEffect,
    changed,
    client_rules,
    refused,
    waits_for_all,
)
from kafka_sizing.settings import Configuration, defaults

_IN_FLIGHT = "max.in.flight.requests.per.connection"
_WITH_IDEMPOTENCE = "when enable.idempotence is true"


def librdkafka_effects(settings: Configuration) -> Iterator[SettingEffect]:
    """List what librdkafka refuses or changes, in the order it looks."""
    yield from _transactions(settings)
    yield from _idempotence(settings)
    yield from _linger(settings)
    yield from _reconnect(settings)
    yield from _acks(settings)
    yield from _unknown(settings)


def _transactional(settings: Configuration) -> bool:
    return settings.is_set("transactional.id")


def _idempotent(settings: Configuration) -> bool:
    """Whether idempotence is on in the end: asked for, or brought along by transactions."""
    return bool(settings.value("enable.idempotence")) or _transactional(settings)


def _transactions(settings: Configuration) -> Iterator[SettingEffect]:
    if not _transactional(settings):
        return
    rules = client_rules("librdkafka")
    source = rules["source"]
    if not settings.is_set("enable.idempotence"):
        reason = "transactional.id brings idempotence along"
        yield changed(settings, "enable.idempotence", reason, source, to=True)
    elif not settings.value("enable.idempotence"):
        reason = "transactional.id requires enable.idempotence=true"
        yield refused(settings, "enable.idempotence", reason, source)
    timeout = setting_count(settings, "transaction.timeout.ms")
    margin = rules["socket_margin_ms"]
    if not settings.is_set("socket.timeout.ms"):
        socket = max(timeout - margin, rules["least_socket_timeout_ms"])
        reason = "so that a request can end before its transaction does"
        yield changed(settings, "socket.timeout.ms", reason, source, to=socket)
    elif setting_count(settings, "socket.timeout.ms") > timeout + margin:
        reason = f"it must be <= transaction.timeout.ms + {margin}"
        yield refused(settings, "socket.timeout.ms", reason, source)
    if not settings.is_set("message.timeout.ms"):
        reason = "no record may outlive its transaction: transaction.timeout.ms"
        yield changed(settings, "message.timeout.ms", reason, source, to=timeout)
    elif setting_count(settings, "message.timeout.ms") > timeout:
        reason = "it must be <= transaction.timeout.ms"
        yield refused(settings, "message.timeout.ms", reason, source)


def _idempotence(settings: Configuration) -> Iterator[SettingEffect]:
    rules = client_rules("librdkafka")
    source = rules["source"]
    if not _idempotent(settings):
        if settings.is_set("enable.gapless.guarantee") and settings.value(
            "enable.gapless.guarantee"
        ):
            reason = "it requires enable.idempotence"
            yield refused(settings, "enable.gapless.guarantee", reason, source)
        return
    most = rules["most_in_flight"]
    if not settings.is_set(_IN_FLIGHT):
        reason = f"it is <= {most} {_WITH_IDEMPOTENCE}"
        yield changed(settings, _IN_FLIGHT, reason, source, to=most)
    elif setting_count(settings, _IN_FLIGHT) > most:
        reason = f"it must be <= {most} {_WITH_IDEMPOTENCE}"
        yield refused(settings, _IN_FLIGHT, reason, source)
    demands = {
        "retries": (setting_count(settings, "retries") >= 1, ">= 1"),
        "queue.buffering.backpressure.threshold": (
            setting_count(settings, "queue.buffering.backpressure.threshold")
            <= rules["most_backpressure"],
            str(rules["most_backpressure"]),
        ),
        "acks": (waits_for_all(settings.value("acks")), "all"),
        "queuing.strategy": (settings.value("queuing.strategy") == "fifo", "fifo"),
    }
    for name, (met, rule) in demands.items():
        if not met:
            yield refused(settings, name, f"it must be {rule} {_WITH_IDEMPOTENCE}", source)


def _linger(settings: Configuration) -> Iterator[SettingEffect]:
    rules = client_rules("librdkafka")
    source = rules["source"]
    linger = setting_number(settings, "linger.ms")
    timeout = setting_count(settings, "message.timeout.ms")
    if _transactional(settings) and not settings.is_set("message.timeout.ms"):
        timeout = setting_count(settings, "transaction.timeout.ms")
    if timeout and timeout <= linger:
        if settings.is_set("linger.ms"):
            reason = (
                f"it must be less than message.timeout.ms ({timeout}); librdkafka says so when "
                "the producer is made, or at its first record"
            )
            yield refused(settings, "linger.ms", reason, source)
        else:
            shorter = timeout - rules["linger_margin_ms"]
            reason = f"what is only a default goes below message.timeout.ms ({timeout})"
            yield changed(settings, "linger.ms", reason, source, to=shorter)
    if settings.is_set("linger.ms") and not settings.is_set("sticky.partitioning.linger.ms"):
        sticky = min(int(rules["sticky_ratio"] * linger), rules["most_sticky_ms"])
        if sticky != settings.value("sticky.partitioning.linger.ms"):
            reason = f"it follows linger.ms: {rules['sticky_ratio']} times as long"
            yield changed(settings, "sticky.partitioning.linger.ms", reason, source, to=sticky)


def _reconnect(settings: Configuration) -> Iterator[SettingEffect]:
    first = setting_count(settings, "reconnect.backoff.ms")
    most = setting_count(settings, "reconnect.backoff.max.ms")
    if most < first:
        reason = f"it must be >= reconnect.backoff.ms ({first})"
        source = client_rules("librdkafka")["source"]
        yield refused(settings, "reconnect.backoff.max.ms", reason, source)


def _acks(settings: Configuration) -> Iterator[SettingEffect]:
    rules = client_rules("brokers")
    if str(settings.value("acks")).lower() not in rules["acks"]:
        reason = f"brokers take no other acks than {', '.join(rules['acks'])}"
        yield refused(settings, "acks", reason, rules["source"])


def _unknown(settings: Configuration) -> Iterator[SettingEffect]:
    source = client_rules("librdkafka")["source"]
    for name in settings.unknown:
        if name in defaults("librdkafka consumer"):
            reason = "a consumer's property: it warns and ignores it"
            yield changed(settings, name, reason, source, to=None)
            continue
        near = settings.near(name)
        hint = f" (near: {', '.join(near)})" if near else ""
        yield refused(settings, name, f"no property of librdkafka{hint}", source)
