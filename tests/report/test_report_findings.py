"""What the reports on a review alone say, in text and as JSON."""

from __future__ import annotations

import json
import unicodedata

import pytest

from kafka_sizing import report
from kafka_sizing.report.labels import columns_of
from kafka_sizing.report.review_findings import told_findings
from kafka_sizing.report.review_json import review_json
from kafka_sizing.review import AREAS, review_configs, review_topic
from kafka_sizing.topic import Group, TopicDesign, Traffic


@pytest.fixture(scope="module")
def review():
    """An in-sync minimum as large as the replicas, and a heartbeat that is too slow."""
    return review_configs(
        topic={"min.insync.replicas": 1},
        producer={"acks": "all"},
        consumer={"session.timeout.ms": 9_000, "heartbeat.interval.ms": 4_000},
        replication_factor=3,
    )


@pytest.fixture(scope="module")
def clean(review):
    """Something without a finding."""
    import dataclasses

    return dataclasses.replace(review, findings=())


def words(text: str) -> str:
    """Undo the line breaks."""
    return " ".join(text.split())


def test_every_finding_has_its_evidence_its_change_and_its_source(review):
    written = words(report.review_text(review))
    assert written.startswith("Does not hold. ")
    for finding in review.findings:
        for text in (finding.summary, finding.evidence, finding.consequence, finding.change):
            assert words(text) in written
        assert f"{words(finding.source)} ({finding.kind})" in written


def test_findings_come_worst_first_and_areas_last(review):
    written = report.review_text(review)
    places = [written.index(f"{finding.summary} (") for finding in review.findings]
    assert written.index("The ten areas") > max(places)
    for area in AREAS:
        assert area in words(written[written.index("The ten areas") :])


def test_a_summary_names_the_findings_and_no_more(review):
    summary = report.review_text(review, detail="summary")
    assert review.findings[0].summary in summary
    assert "change" not in summary
    assert "The ten areas" not in summary


def test_nothing_found_holds(clean):
    assert report.review_text(clean).startswith("Holds. ")
    assert "Findings" not in report.review_text(clean, detail="summary")
    assert json.loads(review_json(clean))["worst"] is None


def test_what_is_set_and_what_is_a_default_is_said_once(review):
    for finding, told in zip(review.findings, told_findings(review), strict=True):
        if "(set)" in finding.evidence or "(default)" in finding.evidence:
            assert told.origin == ""
        else:
            expected = {"set": "as set", "default": "by default", "derived": ""}
            assert told.origin == expected[finding.set_or_default]


@pytest.mark.parametrize("width", [60, 100])
def test_lines_keep_to_the_width(review, width):
    written = report.review_text(review, width=width)
    assert max(map(columns_of, written.splitlines())) <= width


def test_no_name_reaches_the_terminal_unescaped():
    design = TopicDesign(
        name="orders",
        traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
        groups=[Group(name="\u202egroup\x00", member_records_per_s=1_500, members=1)],
    )
    written = report.review_text(review_topic(design))
    assert not [
        character
        for character in written
        if character != "\n" and unicodedata.category(character).startswith("C")
    ]


def test_json_has_every_finding_and_every_area(review):
    told = json.loads(review_json(review, {"files": ["topic.properties"]}))
    assert told["schema"] == "kafka-sizing/review"
    assert told["inputs"] == {"files": ["topic.properties"]}
    assert told["fits"] is review.holds is False
    assert [row["rule"] for row in told["findings"]] == [each.rule for each in review.findings]
    assert [row["area"] for row in told["checklist"]] == list(AREAS)
    assert sum(row["findings"] for row in told["checklist"]) == len(review.findings)
    assert len(told["checked"]) == len(review.checked)
    assert {row["rule"] for row in told["not_applicable"]} == {
        gap.rule for gap in review.not_applicable
    }


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ({"width": 39}, ValueError, "width must be a whole number in 40"),
        ({"detail": "short"}, ValueError, "detail must be one of 'summary', 'full'"),
    ],
)
def test_what_cannot_be_written_is_refused(review, given, error, text):
    with pytest.raises(error, match=text):
        report.review_text(review, **given)


@pytest.mark.parametrize("write", [report.review_text, review_json])
def test_something_else_than_a_review_is_refused(write):
    with pytest.raises(TypeError, match="review must be Review, as review_topic gives"):
        write(None)
