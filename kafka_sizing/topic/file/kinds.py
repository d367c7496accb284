"""A value of a design file in; what it stands for, or what an editor may suggest for it, out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kafka_sizing.brokers import CLUSTERS, find_cluster
from kafka_sizing.toml.values import (
    choice,
    count,
    duration,
    number,
    shown,
    text,
)
from kafka_sizing.units import YEAR_S, LoadUnit, parse_bytes, parse_bytes_per_s, parse_load

_MOST_GROWTH: Final = 10.0  # as a number; more is written as a percentage
_DURATION: Final = r"^\s*[0-9][0-9_,.]*\s*(us|ms|s|min|h|d|y)\s*$"
_MONTHS: Final = re.compile(r"^\s*([0-9][0-9_]*(?:\.[0-9]+)?)\s*months?\s*$")
_MONTHS_A_YEAR: Final = 12
_SIZE: Final = r"^\s*[0-9][0-9_,.]*\s*([kKMGT]i?)?[bB]\s*$"
_BYTE_RATE: Final = r"^\s*[0-9][0-9_,.]*\s*([kKMGT]i?)?[bB]\s*/\s*s\s*$"
_LOAD_RATE: Final = r"^\s*[0-9][0-9_,.]*\s*(records?|([kKMGT]i?)?[bB])\s*/\s*s\s*$"
_PERCENT: Final = r"^\s*[0-9][0-9_,.]*\s*%\s*$"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value is written: how to read it, and its JSON schema."""

    read: Callable[[Any], Any]
    schema: Mapping[str, Any] = field(default_factory=dict)


def fraction(value: object) -> float:
    """Read 0.3 or ``"30 %"`` as 0.3."""
    if isinstance(value, str):
        figures = value.strip().removesuffix("%").strip()
        try:
            percent = float(figures.replace("_", ""))
        except ValueError:
            percent = math.nan
        if not value.strip().endswith("%") or not math.isfinite(percent):
            raise _wrong("a number such as 0.3, or '30 %'", value)
        return percent / 100
    return number(value)


def growth(value: object) -> float:
    """Read a growth a year; refuse 30 where 30 % was meant."""
    read = fraction(value)
    if not isinstance(value, str) and read >= _MOST_GROWTH:
        raise ValueError(
            f"must be below {_MOST_GROWTH:g}, for 0.3 is 30 % a year, or a text such as '30 %', "
            f"got {shown(value)}"
        )
    return read


def years(value: object) -> float:
    """Read ``"2 y"`` as 2, ``"18 months"`` as 1.5, and days as their part of a year. [years]"""
    months = _MONTHS.fullmatch(value) if isinstance(value, str) else None
    if months is not None:
        return float(months[1].replace("_", "")) / _MONTHS_A_YEAR
    return duration(value) / YEAR_S


def kept(value: object) -> float:
    """Read for how long records are kept; say how to keep them without limit. [s]"""
    if isinstance(value, str) and any(character.isdigit() for character in value):
        return duration(value)
    raise _wrong(
        "a time span such as '7 d', or left out with \"retention.ms\" = -1 in config for no limit",
        value,
    )


def size(value: object) -> float:
    """Read ``"1 KiB"`` as 1024. [bytes]"""
    read: float = _parsed(parse_bytes, value, "a size such as '1 KiB' or '500 B'")
    return read


def byte_rate(value: object) -> float:
    """Read ``"20 MiB/s"``. [bytes/s]"""
    read: float = _parsed(parse_bytes_per_s, value, "a rate such as '20 MiB/s'")
    return read


def load_rate(value: object) -> tuple[float, LoadUnit]:
    """Read ``"120 MiB/s"`` or ``"5000 records/s"``, and say which of them it is."""
    rule = "a rate such as '120 MiB/s' or '5000 records/s'"
    amount, unit = _parsed(parse_load, value, rule)
    if not unit.endswith("/s"):
        raise _wrong(rule, value)
    return amount, unit


def counts(value: object) -> tuple[int, ...]:
    """Read one whole number or a list of them."""
    listed = value if isinstance(value, list) else [value]
    return tuple(count(each) for each in listed)


def durations(value: object) -> tuple[float, ...]:
    """Read a list of time spans. [s]"""
    if not isinstance(value, list):
        raise _wrong("a list such as ['1 s', '1 min']", value)
    return tuple(duration(each) for each in value)


def texts(value: object) -> tuple[str, ...]:
    """Read one text or a list of them."""
    listed = value if isinstance(value, list) else [value]
    return tuple(text(each) for each in listed)


def text_table(value: object) -> dict[str, str]:
    """Read a table of texts."""
    return {name: text(each) for name, each in _table(value).items()}


def properties(value: object) -> dict[str, Any]:
    """Read a table of properties; ``linger.ms`` may stand with or without quotes."""
    return dict(_flat(_table(value)))


def cluster_name(value: object) -> str:
    """Read the name of a cluster whose limits are known."""
    return find_cluster(text(value)).name


def one_of(choices: Collection[str]) -> Kind:
    """Make the kind of one of some words."""
    return Kind(choice(choices), {"enum": sorted(choices)})


CLUSTER_NAME: Final = Kind(cluster_name, {"enum": sorted(CLUSTERS)})
TEXT: Final = Kind(text, {"type": "string", "minLength": 1})
COUNT: Final = Kind(count, {"type": "integer", "minimum": 1})
AMOUNT: Final = Kind(count, {"type": "integer", "minimum": 0})
COUNTS: Final = Kind(
    counts,
    {
        "anyOf": [
            {"type": "integer", "minimum": 1},
            {"type": "array", "items": {"type": "integer", "minimum": 1}},
        ]
    },
)
NUMBER: Final = Kind(number, {"type": "number"})
FRACTION: Final = Kind(
    fraction,
    {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": _PERCENT}]},
)
GROWTH: Final = Kind(growth, FRACTION.schema)
DURATION: Final = Kind(duration, {"type": "string", "pattern": _DURATION})
DURATIONS: Final = Kind(
    durations, {"type": "array", "items": {"type": "string", "pattern": _DURATION}}
)
YEARS: Final = Kind(
    years, {"anyOf": [DURATION.schema, {"type": "string", "pattern": _MONTHS.pattern}]}
)
RETENTION: Final = Kind(kept, DURATION.schema)
SIZE: Final = Kind(size, {"type": "string", "pattern": _SIZE})
BYTE_RATE: Final = Kind(byte_rate, {"type": "string", "pattern": _BYTE_RATE})
LOAD_RATE: Final = Kind(load_rate, {"type": "string", "pattern": _LOAD_RATE})
TEXTS: Final = Kind(
    texts, {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
)
TEXT_TABLE: Final = Kind(
    text_table, {"type": "object", "additionalProperties": {"type": "string"}}
)
PROPERTIES: Final = Kind(properties, {"type": "object"})


def _parsed(parse: Callable[[str], Any], value: object, rule: str) -> Any:
    if not isinstance(value, str):
        raise _wrong(f"{rule}, with its unit", value)
    if value.strip().startswith("-"):
        raise _wrong(f"{rule}, > 0", value)
    try:
        return parse(value)
    except ValueError:
        raise _wrong(rule, value) from None


def _table(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong("a table", value)
    return value


def _flat(table: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Join the parts of names that TOML has taken apart at their dots."""
    pairs: list[tuple[str, Any]] = []
    for name, value in table.items():
        if isinstance(value, Mapping):
            pairs += _flat(value, f"{before}{name}.")
        else:
            pairs.append((f"{before}{name}", value))
    return pairs


def _wrong(rule: str, value: object) -> ValueError:
    return ValueError(f"must be {rule}, got {shown(value)}")
