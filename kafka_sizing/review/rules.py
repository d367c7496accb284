"""The data file and the functions of every noun in; all rules, by name, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kafka_sizing.partitions.limits import Kind
from kafka_sizing.review import (
    brokers,
    consumers,
    durability,
    groups,
    keys,
    monitoring,
    partitions,
    producers,
    properties,
    retention,
    retries,
)
from kafka_sizing.review.case import Case
from kafka_sizing.review.judging import Judge, Outcome, outcomes_of
from kafka_sizing.review.rule import Area, RuleText, Severity, rule_texts

_NOUNS: Final = (
    partitions,
    keys,
    producers,
    durability,
    consumers,
    groups,
    retries,
    retention,
    brokers,
    monitoring,
    properties,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A question that every case is asked, and the function that answers it."""

    text: RuleText
    judge: Judge

    @property
    def name(self) -> str:
        """The rule."""
        return self.text.name

    @property
    def title(self) -> str:
        """What is wrong where it is broken."""
        return self.text.title

    @property
    def area(self) -> Area:
        """The area of the checklist it belongs to."""
        return self.text.area

    @property
    def mistake(self) -> str | None:
        """Which of the nine mistakes it finds; None: none of them."""
        return self.text.mistake

    @property
    def severity(self) -> Severity:
        """How grave a breach is, unless a case says otherwise."""
        return self.text.severity

    @property
    def kind(self) -> Kind:
        """What it rests on."""
        return self.text.kind

    @property
    def source(self) -> str:
        """Who says so."""
        return self.text.source

    def outcomes(self, case: Case) -> tuple[Outcome, ...]:
        """Apply it to a case: at least one outcome."""
        return outcomes_of(self.judge, case, subject=self.text.subject)

    def __repr__(self) -> str:
        return f"Rule({self.name!r}, {self.severity}, {self.area!r})"


def _all_rules() -> Mapping[str, Rule]:
    judges = {name: judge for noun in _NOUNS for name, judge in noun.JUDGES.items()}
    return MappingProxyType(
        {name: Rule(text=text, judge=judges[name]) for name, text in rule_texts().items()}
    )


RULES: Final[Mapping[str, Rule]] = _all_rules()
