"""The plan of a whole topic in; one self-contained HTML page out."""

from __future__ import annotations

from collections.abc import Mapping

from kafka_sizing.report.redact import Redactor
from kafka_sizing.report.rendering import rendered
from kafka_sizing.report.topic_figures import topic_figures
from kafka_sizing.report.topic_review import topic_review
from kafka_sizing.review import Review
from kafka_sizing.topic.planning import TopicPlan


def topic_page(
    plan: TopicPlan,
    *,
    review: Review | None = None,
    title: str | None = None,
    inputs: Mapping[str, str] | None = None,
    redact: bool | bytes | Redactor = False,
) -> str:
    """Write the plan of a topic as one HTML page that needs no network.

    Keys are data from strangers: they are escaped in the page and in its plots.

    Parameters
    ----------
    plan : TopicPlan
        The plan, from `plan_topic`.
    review : Review, optional
        The findings, from `review_topic`; without it the page leaves them out.
    title : str, optional
        Heading of the page; by default the name of the topic.
    inputs : mapping of str to str, optional
        Further inputs to name, such as the file that was read.
    redact : bool, bytes or Redactor, default False
        Replace every key by a short keyed hash: True draws a secret that nobody knows, bytes
        are the secret, and a `Redactor` gives several reports the same names.

    Returns
    -------
    str
        The page, for light, dark and paper. The same input gives the same text, unless
        ``redact=True``.

    Raises
    ------
    TypeError
        If ``plan``, ``review`` or ``redact`` is something else.
    ValueError
        If the secret is below 8 bytes.

    Examples
    --------
    >>> from kafka_sizing import report
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic, plan_topic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500, peak_ratio=3),
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ... )
    >>> page = report.topic_page(plan_topic(design))
    >>> page.splitlines()[0], "Topic orders: holds" in page
    ('<!doctype html>', True)
    """
    told = topic_review(plan, review=review, title=title, inputs=inputs, redact=redact)
    return rendered(
        "topic.html",
        told=told,
        tiles=list(told.tiles()),
        figures={figure.name: figure for figure in topic_figures(told)},
        answers=told.answers_table(),
        sections=told.sections(),
        findings=told.findings,
        checklist=told.checklist(),
        inputs=told.inputs_table(),
        certainty=told.certainty(),
    )
