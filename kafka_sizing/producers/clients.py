"""A client's name and what it is set to in; its configuration out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from kafka_sizing._checks import check_choice
from kafka_sizing.settings import Configuration, SettingValue, Side, configuration_of

ProducerClient = Literal["java", "librdkafka"]

_SIDES: Final[dict[str, Side]] = {"java": "producer", "librdkafka": "librdkafka producer"}


def producer_configuration(
    client: ProducerClient, settings: Configuration | Mapping[str, SettingValue] | None
) -> Configuration:
    """Take what a producer is set to, by its client; None: all defaults."""
    check_choice("client", client, get_args(ProducerClient))
    return configuration_of(_SIDES[client], settings)


def setting_number(settings: Configuration, name: str) -> float:
    """Look up a property that is a number, in Kafka's own unit."""
    return float(settings.value(name))


def setting_count(settings: Configuration, name: str) -> int:
    """Look up a property that is a whole number, in Kafka's own unit."""
    return int(settings.value(name))


def compresses(settings: Configuration) -> bool:
    """Say whether a compression codec is set."""
    name = "compression.type" if settings.side == "producer" else "compression.codec"
    return str(settings.value(name)).lower() != "none"
