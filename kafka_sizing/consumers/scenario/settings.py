"""The table ``[settings]`` of a scenario, in Kafka's own words, in; `ConsumerSettings` out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.toml.section import Key, Section
from kafka_sizing.toml.values import count, milliseconds


def settings_of(given: object) -> ConsumerSettings:
    """Read properties as a consumer has them: ``session.timeout.ms = 10000``, or ``"10 s"``."""
    keys = {
        each.metadata["property"]: Key(
            each.name,
            milliseconds if each.metadata["property"].endswith(".ms") else count,
            required=False,
        )
        for each in fields(ConsumerSettings)
    }
    flat = dict(_flat(given)) if isinstance(given, Mapping) else given
    return Section.of("[settings]", flat, keys).made(ConsumerSettings, keys)


def _flat(given: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Put names together again: to TOML a point in a name begins a table."""
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value
