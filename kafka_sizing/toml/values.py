"""A value as TOML gives it, with its unit in words, in; a number in records and seconds out."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from kafka_sizing._checks import nearest
from kafka_sizing.units import parse_duration, parse_load

N = TypeVar("N", int, float)


def duration(value: object) -> float:
    """Read ``"10 min"`` as 600. [s]"""
    if not isinstance(value, str):
        raise _wrong("a time span such as '10 min'", value)
    return parse_duration(value)


def seconds(value: object) -> float:
    """Read a time span, or a number of seconds where the tool that has the key counts so. [s]"""
    if isinstance(value, str):
        return parse_duration(value)
    if _is_number(value):
        return float(value)  # type: ignore[arg-type] # a number
    raise _wrong("a number of seconds, or a time span such as '10 min'", value)


def milliseconds(value: object) -> float:
    """Read a time span, or a number of milliseconds as Kafka's properties hold it. [s]"""
    if isinstance(value, str):
        return parse_duration(value)
    if _is_number(value):
        return float(value) / 1_000  # type: ignore[arg-type] # a number
    raise _wrong("a number of milliseconds, or a time span such as '45 s'", value)


def rate(value: object) -> float:
    """Read ``"5000 records/s"`` as 5000. [records/s]"""
    return _load(value, "records/s", "a rate such as '5000 records/s'")


def records(value: object) -> float:
    """Read ``"120000 records"`` as 120000. [records]"""
    return _load(value, "records", "an amount such as '120000 records'")


def number(value: object) -> float:
    """Read a number that needs no unit."""
    if not _is_number(value):
        raise _wrong("a number", value)
    return float(value)  # type: ignore[arg-type] # a number


def count(value: object) -> int:
    """Read a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong("a whole number", value)
    return value


def text(value: object) -> str:
    """Read text."""
    if not isinstance(value, str):
        raise _wrong("text", value)
    return value


def numbers(value: object) -> list[float]:
    """Read a list of numbers that need no unit."""
    return _list(value, number, "numbers")


def records_each(value: object) -> list[float] | float:
    """Read records of all partitions together, or a list with those of each."""
    return _list(value, records, "amounts") if isinstance(value, list) else records(value)


def positive(read: Callable[[Any], N]) -> Callable[[object], N]:
    """Make a reader that refuses 0."""

    def checked(value: object) -> N:
        amount = read(value)
        if amount <= 0:
            raise ValueError(f"must be above 0, got {shown(value)}")
        return amount

    return checked


def choice(choices: Collection[str]) -> Callable[[object], str]:
    """Make a reader of one of some words."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            listed = ", ".join(repr(each) for each in choices)
            raise ValueError(
                f"must be one of {listed}, got {shown(value)}{nearest(value, choices)}"
            )
        return value

    return read


def shown(value: object) -> str:
    """Write a value for an error text, cut where it is long."""
    written = repr(value)
    return written if len(written) <= 60 else f"{written[:57]}..."


def _load(value: object, unit: str, rule: str) -> float:
    if not isinstance(value, str):
        raise _wrong(rule, value)
    amount, found = parse_load(value)
    if found != unit:
        raise _wrong(rule, value)
    return amount


def _list(value: object, read: Callable[[Any], float], what: str) -> list[float]:
    if not isinstance(value, list) or not value:
        raise _wrong(f"a list of {what}", value)
    return [read(each) for each in value]


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return not isinstance(value, float) or math.isfinite(value)


def _wrong(rule: str, value: object) -> ValueError:
    return ValueError(f"must be {rule}, got {shown(value)}")
