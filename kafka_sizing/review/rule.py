"""`rules.toml` in; what each rule asks, how grave a breach is and who says so, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind

Severity = Literal["error", "warning", "note"]
Origin = Literal["set", "default", "derived"]
Area = Literal[
    "topic and partitions",
    "keys and ordering",
    "producers and durability",
    "consumers and offsets",
    "consumer groups",
    "scaling and rebalances",
    "retries and dead letters",
    "retention and storage",
    "brokers and capacity",
    "monitoring and ownership",
]

AREAS: Final[tuple[Area, ...]] = get_args(Area)
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A number that decides, and its unit."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One of the nine mistakes that rules look for, in a few words and in a sentence."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """What `rules.toml` says of a rule."""

    name: str
    title: str  #: what is wrong where it is broken
    area: Area
    subject: str | None  #: whose flaw it is; None: the topic's, or a group's
    mistake: str | None  #: the name of one of the nine; None: none of them
    severity: Severity  #: unless a case is graver or milder, which its function says
    kind: Kind
    source: str
    date: str
    consequence: str  #: what happens, as a sentence without a full stop
    lines: Mapping[str, Line]  #: the numbers that decide, by name


def mistakes() -> tuple[Mistake, ...]:
    """List the nine mistakes.

    Returns
    -------
    tuple of Mistake
        Their names, as findings carry them, and what they are.

    Examples
    --------
    >>> from kafka_sizing.review import mistakes
    >>> len(mistakes()), mistakes()[0].name
    (9, 'too few partitions')
    """
    return tuple(Mistake(**row) for row in _data()["mistake"])


@cache
def rule_texts() -> Mapping[str, RuleText]:
    """List what the data file says of every rule, by name."""
    meta = _data()["meta"]
    return MappingProxyType({row["name"]: _text(meta | row) for row in _data()["rule"]})


def line_of(rule: str, name: str) -> float:
    """Look up a number that decides a rule."""
    return rule_texts()[rule].lines[name].value


def mistake_of(rule: str) -> str | None:
    """Look up which of the nine mistakes a rule finds."""
    return rule_texts()[rule].mistake


def has_kafka_defaults(vendor: str) -> bool:
    """Say whether the brokers of a vendor do what Kafka does where nothing is set."""
    return vendor in _data()["kafka_defaults"]["vendors"]


def _text(row: dict[str, Any]) -> RuleText:
    lines = {name: Line(**line) for name, line in row.pop("lines", {}).items()}
    return RuleText(**({"mistake": None, "subject": None} | row), lines=MappingProxyType(lines))


@cache
def _data() -> dict[str, Any]:
    return read_table("kafka_sizing.review", "rules")
