"""A `Review` in; its findings and its checklist, as words and tables, out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kafka_sizing.report.tables import Table, more, table
from kafka_sizing.report.topic_wording import readable
from kafka_sizing.review import Finding, Review, Severity

Say = Callable[[str], str]

_SAYS_ORIGIN: Final = re.compile(r"\((set|default)\)")
_ORIGINS: Final = {"set": "as set", "default": "by default", "derived": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFinding:
    """One finding as a report prints it."""

    severity: Severity
    subject: str
    summary: str
    evidence: str
    consequence: str
    change: str
    source: str  #: who says so, and of what kind that is
    origin: (
        str  #: whether that is set or a default; empty if it is neither, or told by the evidence
    )
    area: str
    mistake: str | None


def told_findings(review: Review, say: Say = readable) -> tuple[ToldFinding, ...]:
    """Give the findings in words that may be printed, worst first."""
    return tuple(_told(finding, say) for finding in review.findings)


def findings_table(review: Review, *, say: Say = readable, most_rows: int) -> Table:
    """One row per kind of finding, worst first: how grave, of what, and what is wrong."""
    alike = Counter(
        (told.severity, told.subject, told.summary) for told in told_findings(review, say)
    )
    return table(
        "findings",
        "Findings",
        ("severity", "of", "what is wrong"),
        [
            (severity, subject, summary if count == 1 else f"{summary} ({count:,} times)")
            for (severity, subject, summary), count in list(alike.items())[:most_rows]
        ],
        left_out=more(sum(list(alike.values())[most_rows:]), "finding"),
    )


def checklist_table(review: Review, *, say: Say = readable) -> Table:
    """One row per area of the checklist, with its state."""
    return table(
        "checklist",
        "The ten areas",
        ("area", "state", "why"),
        [(state.area, state.state, say(state.reason)) for state in review.checklist()],
    )


def severity_counts(review: Review) -> Iterator[str]:
    """Say how many findings there are of each severity, the gravest first."""
    for severity in ("error", "warning", "note"):
        count = len(review.of(severity))
        if count:
            yield f"{count:,} {severity}{'' if count == 1 else 's'}"


def _told(finding: Finding, say: Say) -> ToldFinding:
    return ToldFinding(
        severity=finding.severity,
        subject=say(finding.subject),
        summary=say(finding.summary),
        evidence=say(finding.evidence),
        consequence=say(finding.consequence),
        change=say(finding.change),
        source=f"{say(finding.source)} ({finding.kind})",
        origin="" if _SAYS_ORIGIN.search(finding.evidence) else _ORIGINS[finding.set_or_default],
        area=finding.area,
        mistake=finding.mistake,
    )
