"""What rules found in; findings, what was judged and a checklist of ten areas out."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kafka_sizing.partitions.limits import Kind
from kafka_sizing.review.rule import AREAS, SEVERITIES, Area, Origin, Severity, rule_texts

if TYPE_CHECKING:
    import pandas as pd

AreaStatus = Literal["done", "findings", "not judged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, why, and what to do about it."""

    rule: str
    severity: Severity
    subject: str  #: "group billing", "topic orders", "brokers"
    summary: str
    evidence: str  #: with numbers
    consequence: str
    change: str
    source: str
    kind: Kind
    area: Area
    mistake: str | None  #: one of the nine, by name
    set_or_default: Origin  #: what the numbers come from: a property that is set, its default …

    @property
    def reason(self) -> str:
        """What is wrong and what comes of it, as a sentence without a full stop."""
        return f"{self.summary}: {self.evidence}; {self.consequence}"

    def __repr__(self) -> str:
        return f"Finding({self.severity}, {self.rule!r}, {self.subject!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudged:
    """A rule that could not be applied to a subject, and what it would have to know."""

    rule: str
    subject: str
    missing: str
    area: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaState:
    """One of the ten areas of the checklist, and how it stands."""

    area: Area
    findings: tuple[Finding, ...]  #: worst first
    passed: tuple[str, ...]  #: rules that were applied and found nothing
    not_applicable: tuple[NotJudged, ...]

    @property
    def state(self) -> AreaStatus:
        """Whether it is done, has findings above a note, or was not judged at all."""
        if any(finding.severity != "note" for finding in self.findings):
            return "findings"
        return "done" if self.findings or self.passed else "not judged"

    @property
    def reason(self) -> str:
        """How it stands, as a sentence without a full stop."""
        missing = sorted({gap.missing for gap in self.not_applicable})
        lacking = f"; not given: {', '.join(missing)}" if missing else ""
        if self.state == "findings":
            return f"{self.findings[0].summary} ({self.findings[0].subject}){lacking}"
        applied = len(self.passed) + len({finding.rule for finding in self.findings})
        if self.state == "done":
            return f"{applied:,} rule{'' if applied == 1 else 's'} applied{lacking}"
        return f"nothing could be judged{lacking}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What is wrong with a topic, what is right, and what nobody could judge."""

    subject: str
    findings: tuple[Finding, ...]  #: worst first
    checked: tuple[str, ...]  #: rules that were applied to something
    passed: tuple[str, ...]  #: of those, the ones that found nothing
    not_applicable: tuple[NotJudged, ...]

    @property
    def holds(self) -> bool:
        """Whether there is no error."""
        return self.worst != "error"

    @property
    def worst(self) -> Severity | None:
        """The severity of the gravest finding; None: there is none."""
        return self.findings[0].severity if self.findings else None

    @property
    def reason(self) -> str:
        """The verdict, as a sentence without a full stop."""
        judged = f"{len(self.checked):,} of {len(rule_texts()):,} rules applied"
        if not self.findings:
            return f"{self.subject}: nothing found, {judged}"
        counts = ", ".join(
            f"{count:,} {severity}{'' if count == 1 else 's'}"
            for severity in SEVERITIES
            if (count := len(self.of(severity)))
        )
        first = self.findings[0]
        return f"{self.subject}: {counts}, {judged}; first: {first.summary} ({first.subject})"

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Give the findings of one severity."""
        return tuple(finding for finding in self.findings if finding.severity == severity)

    def by_area(self) -> Mapping[Area, tuple[Finding, ...]]:
        """Give the findings of each of the ten areas."""
        return {state.area: state.findings for state in self.checklist()}

    def checklist(self) -> tuple[AreaState, ...]:
        """Give the ten areas in their order, each with its state."""
        return tuple(self._state(area) for area in AREAS)

    def to_frame(self) -> pd.DataFrame:
        """One row per finding, worst first; columns are the fields of `Finding`."""
        import pandas as pd

        names = (
            "severity",
            "rule",
            "subject",
            "summary",
            "evidence",
            "consequence",
            "change",
            "area",
            "mistake",
            "set_or_default",
            "kind",
            "source",
        )
        return pd.DataFrame(
            {name: [getattr(finding, name) for finding in self.findings] for name in names},
            columns=list(names),
            dtype="object",
        )

    def __repr__(self) -> str:
        counts = {severity: len(self.of(severity)) for severity in SEVERITIES}
        return (
            f"Review({self.subject!r}, errors={counts['error']}, warnings={counts['warning']}, "
            f"notes={counts['note']}, checked={len(self.checked)})"
        )

    def _repr_html_(self) -> str:
        columns = ["severity", "subject", "summary", "evidence", "change"]
        table: str = self.to_frame()[columns].to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"

    def _state(self, area: Area) -> AreaState:
        return AreaState(
            area=area,
            findings=tuple(finding for finding in self.findings if finding.area == area),
            passed=tuple(name for name in self.passed if rule_texts()[name].area == area),
            not_applicable=tuple(gap for gap in self.not_applicable if gap.area == area),
        )
