"""The plan of a whole topic in; text for a terminal out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, get_args

from kafka_sizing._checks import check_choice
from kafka_sizing.report.layout import INDENT, section_lines, width_of, wrapped
from kafka_sizing.report.redact import Redactor
from kafka_sizing.report.review_text import finding_lines
from kafka_sizing.report.text import Detail
from kafka_sizing.report.topic_review import TopicReview, topic_review
from kafka_sizing.report.topic_sections import TopicSection
from kafka_sizing.review import Review
from kafka_sizing.topic.planning import TopicPlan

_FINDINGS: Final = 6


def topic_text(
    plan: TopicPlan,
    *,
    review: Review | None = None,
    detail: Detail = "full",
    width: int | None = None,
    inputs: Mapping[str, str] | None = None,
    redact: bool | bytes | Redactor = False,
) -> str:
    """Write the plan of a topic for a terminal: the verdict first, then what it rests on.

    Parameters
    ----------
    plan : TopicPlan
        The plan, from `plan_topic`.
    review : Review, optional
        The findings, from `review_topic`; without it the text leaves them out.
    detail : {"full", "summary"}, default "full"
        "summary" ends with the answers and the names of the findings; "full" adds every part
        with its tables, the findings with evidence and change, the inputs, and how sure each
        number is.
    width : int, optional
        Columns to fit into, by default 100. Tables that cannot be made so narrow are wider.
        >= 40
    inputs : mapping of str to str, optional
        Further inputs to name, such as the file that was read.
    redact : bool, bytes or Redactor, default False
        Replace every key by a short keyed hash.

    Returns
    -------
    str
        Plain text without colours, ending in a line break.

    Raises
    ------
    TypeError
        If ``plan``, ``review`` or ``redact`` is something else.
    ValueError
        If the detail is unknown, the width below 40, or the secret below 8 bytes.

    Examples
    --------
    >>> from kafka_sizing import report
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic, plan_topic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500, peak_ratio=3),
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ... )
    >>> print(report.topic_text(plan_topic(design), width=140).splitlines()[0][:54])
    Holds. 8 partitions: members of group 'billing' at 732
    """
    check_choice("detail", detail, get_args(Detail))
    columns = width_of(width)
    told = topic_review(plan, review=review, inputs=inputs, redact=redact)
    return "\n".join(_lines(told, columns, detail)) + "\n"


def _lines(told: TopicReview, width: int, detail: Detail) -> Iterator[str]:
    yield from wrapped(f"{told.status}. {told.verdict}", width)
    for sentence in told.consequences:
        yield from wrapped(sentence, width)
    yield from section_lines(told.answers_table(), width)
    findings = told.findings_table(_FINDINGS)
    if findings is not None:
        yield from section_lines(findings, width)
    if detail == "summary":
        return
    for section in told.sections():
        yield from _section_lines(section, width)
    yield from _review_lines(told, width)
    yield from _title_lines("What this rests on")
    yield from section_lines(told.inputs_table(), width)
    yield from section_lines(told.certainty(), width)


def _section_lines(section: TopicSection, width: int) -> Iterator[str]:
    yield from _title_lines(section.title)
    for sentence in section.sentences:
        yield from wrapped(sentence, width, indent=INDENT, first="")
    for part in section.tables:
        yield from section_lines(part, width)


def _review_lines(told: TopicReview, width: int) -> Iterator[str]:
    checklist = told.checklist()
    if told.review is None or checklist is None:
        return
    yield from _title_lines("What a review finds")
    yield from section_lines(checklist, width)
    yield from finding_lines(told.review, width, say=told.wording.said)


def _title_lines(title: str) -> Iterator[str]:
    yield from ("", "", title, "=" * len(title))
