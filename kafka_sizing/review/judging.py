"""What a rule asks of a case in; flaws, clean bills and gaps out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import TypeAlias

from kafka_sizing.review.case import Case, NotGiven, Reader
from kafka_sizing.review.rule import Origin, Severity
from kafka_sizing.settings import Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What one rule found wrong with one subject."""

    evidence: str  #: with numbers
    change: str  #: what to do, as a sentence without a full stop
    summary: str | None = None  #: None: the title of the rule
    consequence: str | None = None  #: None: that of the rule
    severity: Severity | None = None  #: None: that of the rule
    mistake: str | None = None  #: None: that of the rule
    subject: str | None = None  #: None: that of the rule, of the case, or of the group judged
    origin: Origin = "derived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """A subject that keeps a rule."""

    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A subject that a rule could not judge, and what it would have to know."""

    subject: str
    missing: str


Outcome: TypeAlias = Flaw | Clean | Gap
Judge: TypeAlias = Callable[[Case], Iterable[Outcome]]


def each_group_of_case(judge: Callable[[Case, Reader], Iterator[Flaw]]) -> Judge:
    """Let a function that judges one group judge all of them, one at a time."""

    @wraps(judge)
    def judge_all(case: Case) -> Iterator[Outcome]:
        for reader in case.readers:
            yield from _of_subject(reader.subject, judge(case, reader))

    return judge_all


def each_group(judge: Callable[[Reader], Iterator[Flaw]]) -> Judge:
    """Do the same for a function that needs to know nothing but the group."""

    @each_group_of_case
    @wraps(judge)
    def judge_one(_case: Case, reader: Reader) -> Iterator[Flaw]:
        return judge(reader)

    return judge_one


def outcomes_of(judge: Judge, case: Case, *, subject: str | None) -> tuple[Outcome, ...]:
    """Apply one rule to a case: at least one outcome, with a subject each."""
    return tuple(_of_subject(subject or case.subject, judge(case)))


def named(*judges: Judge) -> Mapping[str, Judge]:
    """Key functions by the rule they are named after."""
    return {judge.__name__.replace("_", "-"): judge for judge in judges}


def origin_of(configuration: Configuration, *names: str) -> Origin:
    """Say whether any of some properties was set, or all are as Kafka has them."""
    return "set" if any(configuration.is_set(name) for name in names) else "default"


def _of_subject(subject: str, judging: Iterable[Outcome]) -> Iterator[Outcome]:
    """Hand on what a function finds; nothing found is clean, what it lacks is a gap."""
    judged = False
    try:
        for outcome in judging:
            judged = True
            yield _about(subject, outcome)
    except NotGiven as gap:
        judged = True
        yield Gap(subject=subject, missing=gap.missing)
    except ValueError as senseless:  # a length or a count that Kafka, too, finds out late
        judged = True
        yield Gap(subject=subject, missing=f"a value that makes sense: {senseless}")
    if not judged:
        yield Clean(subject=subject)


def _about(subject: str, outcome: Outcome) -> Outcome:
    from dataclasses import replace

    if isinstance(outcome, Flaw) and outcome.subject is None:
        return replace(outcome, subject=subject)
    return outcome
