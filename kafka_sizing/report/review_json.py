"""A `Review` in; one JSON object whose fields stay what they are out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kafka_sizing._checks import check_type
from kafka_sizing.report.json_object import json_object
from kafka_sizing.review import AreaState, Finding, NotJudged, Review


def review_json(review: Review, inputs: Mapping[str, Any] | None = None) -> str:
    """Write the findings of a review as one JSON object.

    Parameters
    ----------
    review : Review
        From `review_topic` or `review_configs`.
    inputs : mapping of str to anything JSON can hold, optional
        What the review rests on, such as the files that were read.

    Returns
    -------
    str
        The object, in ASCII, ending in a line break.

    Raises
    ------
    TypeError
        If ``review`` is no `Review`.

    Examples
    --------
    >>> import json
    >>> from kafka_sizing.report.review_json import review_json
    >>> from kafka_sizing.review import review_configs
    >>> review = review_configs(
    ...     consumer={"session.timeout.ms": 9_000, "heartbeat.interval.ms": 4_000}
    ... )
    >>> told = json.loads(review_json(review))
    >>> told["schema"], told["findings"][0]["rule"]
    ('kafka-sizing/review', 'heartbeat-too-slow')
    """
    check_type("review", review, Review, "review_topic")
    return json_object("review", {"inputs": dict(inputs or {}), **review_fields(review)})


def review_fields(review: Review, say: Callable[[str], str] = str) -> dict[str, Any]:
    """Give what a JSON object says of a review; ``say`` words what may name keys."""
    return {
        "fits": review.holds,
        "verdict": say(review.reason),
        "subject": review.subject,
        "worst": review.worst,
        "findings": [_finding(finding, say) for finding in review.findings],
        "checklist": [_area(state, say) for state in review.checklist()],
        "checked": list(review.checked),
        "passed": list(review.passed),
        "not_applicable": [_gap(gap) for gap in review.not_applicable],
    }


def _finding(finding: Finding, say: Callable[[str], str]) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "subject": finding.subject,
        "summary": say(finding.summary),
        "evidence": say(finding.evidence),
        "consequence": say(finding.consequence),
        "change": say(finding.change),
        "source": finding.source,
        "kind": finding.kind,
        "area": finding.area,
        "mistake": finding.mistake,
        "set_or_default": finding.set_or_default,
    }


def _area(state: AreaState, say: Callable[[str], str]) -> dict[str, Any]:
    return {
        "area": state.area,
        "state": state.state,
        "reason": say(state.reason),
        "findings": len(state.findings),
        "passed": list(state.passed),
    }


def _gap(gap: NotJudged) -> dict[str, Any]:
    return {"rule": gap.rule, "subject": gap.subject, "missing": gap.missing, "area": gap.area}
