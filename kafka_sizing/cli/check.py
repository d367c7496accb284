"""Design files or raw configurations in; a line per finding out: ``kafka-sizing check``."""
# ruff: noqa: FBT002, PLR0917 - the options of a command are the arguments of its function

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from kafka_sizing.cli.designs import PlannedFile, plan_file
from kafka_sizing.cli.options import DOES_NOT_FIT, FITS, AsJson, Redact
from kafka_sizing.cli.terminal import say

if TYPE_CHECKING:
    from kafka_sizing.report.redact import Redactor
    from kafka_sizing.review import Area, Finding, Review
    from kafka_sizing.topic import TopicPlan

Place = Callable[..., str]  # subject, area and perhaps properties in; file and line out
Say = Callable[[str], str]  # a reason in; the same with keys named as they may be out

_SET: Final = re.compile(r"(?<![\w.-])([a-z][a-z0-9.]*)=[^\s;,]++(?! \(default\))")
_AREAS: Final[Mapping[str, Area]] = {  # kind of a subject of the plan → where its findings stand
    "partitions": "topic and partitions",
    "keys": "keys and ordering",
    "group": "consumer groups",
    "producers": "producers and durability",
    "brokers": "brokers and capacity",
    "retries": "retries and dead letters",
    "retention": "retention and storage",
}
_SIDES: Final = {"brokers": "broker", "producers": "producer", "group": "consumer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One line of the answer."""

    place: str
    severity: str
    subject: str
    text: str
    rule: str

    @property
    def line(self) -> str:
        """It as a compiler would say it."""
        from kafka_sizing.report.labels import printable

        said = f"{self.severity}: {self.subject}: {self.text} [{self.rule}]"
        return f"{printable(f'{self.place}: {said}')}\n"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Checked:
    """What was checked, and how it stands."""

    name: str
    review: Review
    unmet: tuple[_Row, ...]  #: what does not hold in the plan and no rule has an error for
    found: tuple[_Row, ...]  #: the findings of the review
    summary: str
    say: Say = str

    @property
    def rows(self) -> tuple[_Row, ...]:
        """All of it, the gravest first."""
        return self.unmet + self.found

    def holds(self, failing: Collection[str]) -> bool:
        """Whether nothing is as grave as these."""
        return not any(row.severity in failing for row in self.rows)

    def text(self, failing: Collection[str]) -> str:
        """A line for each, and one for all of it."""
        counts = ", ".join(_counted(self.rows, each) for each in ("error", "warning", "note"))
        verdict = "holds" if self.holds(failing) else "does not hold"
        lines = "".join(row.line for row in self.rows)
        return f"{lines}{self.name}: {verdict}: {self.summary}{counts}\n"

    def fields(self, failing: Collection[str]) -> dict[str, Any]:
        """It for a JSON object."""
        from kafka_sizing.report.review_json import review_fields

        told = review_fields(self.review, self.say)
        places = [row.place for row in self.found]
        return {
            "file": self.name,
            **told,
            "fits": self.holds(failing),
            "plan": [
                {"place": row.place, "subject": row.subject, "reason": row.text}
                for row in self.unmet
            ],
            "findings": [
                {"place": place, **finding}
                for place, finding in zip(places, told["findings"], strict=True)
            ],
        }


def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="TOML files of topics.")
    ] = None,
    topic: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Properties of a topic, without a design.")
    ] = None,
    broker: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Properties of the brokers.")
    ] = None,
    producer: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Properties of a producer.")
    ] = None,
    consumer: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Properties of a consumer.")
    ] = None,
    client: Annotated[
        str, typer.Option(metavar="NAME", help="Whose properties these are: java, librdkafka.")
    ] = "java",
    replication_factor: Annotated[
        int | None, typer.Option(help="Replicas of a partition, beside --topic or --broker.")
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="A rule to leave out. May be given again."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 on warnings, too.")
    ] = False,
    as_json: AsJson = False,
    redact: Redact = False,
) -> int:
    """Find what is wrong with topics or configurations, a line for each; made for CI."""
    from kafka_sizing._checks import nearest
    from kafka_sizing.report.redact import Redactor
    from kafka_sizing.review import RULES

    for rule in ignore or []:
        if rule not in RULES:
            raise ValueError(f"--ignore must name a rule, got {rule!r}{nearest(rule, RULES)}")
    sides = {"topic": topic, "broker": broker, "producer": producer, "consumer": consumer}
    given = {side: path for side, path in sides.items() if path is not None}
    if not files and not given:
        raise ValueError(
            "check must be given FILE, or --topic, --broker, --producer or --consumer, got none"
        )
    if replication_factor is not None and not given:
        raise ValueError(
            "--replication-factor must be given with --topic, --broker, --producer or "
            f"--consumer, for a design has its own, got {replication_factor}"
        )
    redactor = Redactor() if redact else None
    checked = [_design(plan_file(file), ignore or [], redactor) for file in files or []]
    if given:
        options: Any = {"client": client, "replication_factor": replication_factor}
        checked.append(_configurations(given, ignore or [], options))
    failing = ("error", "warning") if strict else ("error",)
    if as_json:
        from kafka_sizing.report.json_object import json_object

        fits = all(each.holds(failing) for each in checked)
        told = [each.fields(failing) for each in checked]
        say(json_object("check", {"fits": fits, "files": told}))
    else:
        for each in checked:
            say(each.text(failing))
    return FITS if all(each.holds(failing) for each in checked) else DOES_NOT_FIT


def _design(file: PlannedFile, ignored: Collection[str], redactor: Redactor | None) -> _Checked:
    """Review the plan of a design file."""
    from kafka_sizing.review import review_topic

    plan, review = file.plan, review_topic(file.plan)
    left, say = _without(review, ignored), _naming_keys(plan, redactor)
    return _Checked(
        name=str(file.path),
        review=left,
        unmet=tuple(_of_plan(plan, review, file.place, say)),
        found=tuple(_of_review(left, file.place, say)),
        summary=f"{plan.partitions:,} partition{'s' if plan.partitions > 1 else ''}; ",
        say=say,
    )


def _naming_keys(plan: TopicPlan, redactor: Redactor | None) -> Say:
    """Leave reasons as they are, or put a pseudonym for each key they name."""
    if redactor is None:
        return str
    from kafka_sizing.report.names import Names
    from kafka_sizing.report.topic_wording import Wording

    return Wording(keys=plan.keys, names=Names(redactor)).named


def _configurations(
    given: Mapping[str, Path], ignored: Collection[str], options: Mapping[str, Any]
) -> _Checked:
    """Review properties without a design."""
    from kafka_sizing.cli.options import about, naming
    from kafka_sizing.review import review_configs
    from kafka_sizing.settings import properties_of
    from kafka_sizing.sources.texts import read_text

    texts = {side: read_text(path, "properties") for side, path in given.items()}
    read: dict[str, Any] = {}
    for side, text in texts.items():
        with about(given[side]):
            read[side] = properties_of(text)
    with naming({"client": "--client", "replication_factor": "--replication-factor"}):
        review = _without(review_configs(**read, **options), ignored)

    def place(subject: str, _: Area, names: Sequence[str] = ()) -> str:
        own = _SIDES.get(subject, "topic")
        for side in sorted(given, key=lambda side: side != own):
            for line in _lines_of(texts[side], names):
                return f"{given[side]}:{line}"
        return str(given.get(own, next(iter(given.values()))))

    return _Checked(
        name=", ".join(str(path) for path in given.values()),
        review=review,
        unmet=(),
        found=tuple(_of_review(review, place, str)),
        summary="",
    )


def _of_plan(plan: TopicPlan, review: Review, place: Place, say: Say) -> Iterator[_Row]:
    """Give what does not hold and no rule has an error for."""
    told = {finding.area for finding in review.of("error")}
    for answer in plan.answers:
        area = _AREAS[answer.subject.partition(" ")[0]]
        if not answer.holds and area not in told:
            yield _Row(
                place=place(answer.subject, area),
                severity="error",
                subject=answer.subject,
                text=say(answer.reason),
                rule="plan",
            )


def _of_review(review: Review, place: Place, say: Say) -> Iterator[_Row]:
    for finding in review.findings:
        yield _Row(
            place=place(finding.subject, finding.area, _properties(finding)),
            severity=finding.severity,
            subject=finding.subject,
            text=say(f"{finding.summary}: {finding.evidence}; {finding.change}"),
            rule=finding.rule,
        )


def _without(review: Review, ignored: Collection[str]) -> Review:
    """Leave out the findings of some rules."""
    left = tuple(finding for finding in review.findings if finding.rule not in ignored)
    return replace(review, findings=left)


def _properties(finding: Finding) -> Sequence[str]:
    """Give the properties that a finding shows with what they are set to."""
    return _SET.findall(finding.evidence) if finding.set_or_default == "set" else ()


def _lines_of(text: str, names: Sequence[str]) -> Iterator[int]:
    """Find the lines of a properties file that set properties; of two with one the later wins."""
    for name in names:
        sets = re.compile(rf"[ \t\f]*{re.escape(name)}[ \t\f]*[=: \t\f]")
        lines = [at for at, line in enumerate(text.splitlines(), start=1) if sets.match(line)]
        yield from lines[-1:]


def _counted(rows: Collection[_Row], severity: str) -> str:
    count = sum(row.severity == severity for row in rows)
    return f"{count:,} {severity}{'' if count == 1 else 's'}"
