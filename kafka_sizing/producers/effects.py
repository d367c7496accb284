"""A property and what a client makes of it in; one named effect out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from kafka_sizing._tables import read_table
from kafka_sizing.settings import Configuration, SettingValue

Outcome = Literal["refused", "changed", "fine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingEffect:
    """What a client makes of one property."""

    property: str
    outcome: Outcome
    given: SettingValue | None  #: None: not given
    effective: SettingValue | None  #: what it runs with; None: refused, or ignored
    reason: str
    source: str

    def __repr__(self) -> str:
        return f"SettingEffect({self.property}: {self.outcome}, {self.given} → {self.effective})"


def refused(settings: Configuration, name: str, reason: str, source: str) -> SettingEffect:
    """Say that the client does not start with a property as it is."""
    return SettingEffect(
        property=name,
        outcome="refused",
        given=_given(settings, name),
        effective=None,
        reason=reason,
        source=source,
    )


def changed(
    settings: Configuration, name: str, reason: str, source: str, *, to: SettingValue | None
) -> SettingEffect:
    """Say that the client runs with another value than the one given, or the default."""
    return SettingEffect(
        property=name,
        outcome="changed",
        given=_given(settings, name),
        effective=to,
        reason=reason,
        source=source,
    )


def fine(settings: Configuration, name: str, source: str) -> SettingEffect:
    """Say that the client takes a property as it was given."""
    value = settings.given[name]
    return SettingEffect(
        property=name,
        outcome="fine",
        given=value,
        effective=value,
        reason="taken as given",
        source=source,
    )


def waits_for_all(acks: SettingValue) -> bool:
    """Say whether a record is acknowledged only when all in-sync replicas have it."""
    return str(acks).lower() in ("all", "-1")


@cache
def client_rules(client: str) -> dict[str, Any]:
    """Give what a client, or the brokers, demand of settings, with source and date."""
    rules: dict[str, Any] = read_table("kafka_sizing.producers", "checking")[client]
    return rules


def _given(settings: Configuration, name: str) -> SettingValue | None:
    return settings.value(name) if settings.is_set(name) else None
