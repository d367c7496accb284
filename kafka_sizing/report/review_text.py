"""A `Review` in; text for a terminal out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from kafka_sizing._checks import check_choice, check_type
from kafka_sizing.report.layout import INDENT, section_lines, width_of, wrapped
from kafka_sizing.report.review_findings import (
    Say,
    checklist_table,
    findings_table,
    told_findings,
)
from kafka_sizing.report.text import Detail
from kafka_sizing.report.topic_wording import readable
from kafka_sizing.review import Review

_MOST_ROWS: Final = 20


def review_text(review: Review, *, width: int | None = None, detail: Detail = "full") -> str:
    """Write the findings of a review for a terminal, the gravest first.

    Parameters
    ----------
    review : Review
        From `review_topic` or `review_configs`.
    width : int, optional
        Columns to fit into, by default 100. >= 40
    detail : {"full", "summary"}, default "full"
        "summary" names the findings; "full" adds evidence, consequence, change and source of
        each, and how the ten areas of the checklist stand.

    Returns
    -------
    str
        Plain text without colours, ending in a line break.

    Raises
    ------
    TypeError
        If ``review`` is no `Review`.
    ValueError
        If the detail is unknown, or the width below 40.

    Examples
    --------
    >>> from kafka_sizing import report
    >>> from kafka_sizing.review import review_configs
    >>> review = review_configs(
    ...     consumer={"session.timeout.ms": 9_000, "heartbeat.interval.ms": 4_000}
    ... )
    >>> "heartbeat.interval.ms" in report.review_text(review)
    True
    """
    check_type("review", review, Review, "review_topic")
    check_choice("detail", detail, get_args(Detail))
    return "\n".join(_lines(review, width_of(width), detail)) + "\n"


def finding_lines(review: Review, width: int, *, say: Say = readable) -> Iterator[str]:
    """Give every finding as a paragraph: what is wrong, the evidence, what to change."""
    for finding in told_findings(review, say):
        yield ""
        title = f"{finding.severity}: {finding.summary} ({finding.subject})"
        yield from wrapped(title, width, indent=INDENT * 2, first=INDENT)
        for name, text in (
            ("found", finding.evidence + (f" ({finding.origin})" if finding.origin else "")),
            ("then", finding.consequence),
            ("change", finding.change),
            ("source", finding.source),
        ):
            first = f"{INDENT * 2}{name:<8}"
            yield from wrapped(text, width, indent=" " * len(first), first=first)


def _lines(review: Review, width: int, detail: Detail) -> Iterator[str]:
    status = "Holds" if review.holds else "Does not hold"
    yield from wrapped(f"{status}. {readable(review.reason)}.", width)
    if review.findings and detail == "summary":
        yield from section_lines(findings_table(review, most_rows=_MOST_ROWS), width)
    if detail == "full":
        yield from finding_lines(review, width)
        yield from section_lines(checklist_table(review), width)
