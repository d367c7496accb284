"""What the page on a whole topic shows, and that nothing in it comes from outside."""

from __future__ import annotations

import dataclasses
import unicodedata

import pytest

from kafka_sizing import report
from kafka_sizing.report.topic_json import topic_json
from kafka_sizing.review import review_topic
from kafka_sizing.topic import Group, Keys, TopicDesign, Traffic, plan_topic

SECRET = b"kept by the team"


@pytest.fixture(scope="module")
def little():
    """A plan without keys, cluster, retries, and with nothing that may move."""
    plan = plan_topic(
        TopicDesign(
            name="orders",
            traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
            groups=[Group(name="billing", member_records_per_s=1_500)],
        )
    )
    return dataclasses.replace(plan, count=dataclasses.replace(plan.count, sensitivity=()))


def test_the_page_has_the_verdict_the_numbers_and_the_plots(topic_page, topic_template, read_page):
    page = read_page(topic_page)
    assert page.texts[:4] == ["Topic orders: holds", "Topic orders", "✓", "Holds"]
    assert page.texts[page.texts.index("members of billing") + 1] == "52"
    figures = [attributes["id"] for tag, attributes in page.tags if tag == "figure"]
    assert figures == [f"figure-{name}" for name in ("sensitivity", "loads", "room", "ladder")]
    assert page.open == []
    articles = [attributes for tag, attributes in page.tags if tag == "article"]
    assert len(articles) == len(topic_template[1].findings)


def test_hot_partitions_bring_the_fixes(hostile_topic_page, read_page):
    figures = [
        attributes["id"]
        for tag, attributes in read_page(hostile_topic_page).tags
        if tag == "figure"
    ]
    assert "figure-fixes" in figures


def test_parts_that_fail_are_marked(hostile_topic_page, topic_page, read_page):
    failing = [
        attributes.get("id")
        for _, attributes in read_page(hostile_topic_page).tags
        if attributes.get("class") == "fails"
    ]
    assert failing == [None, "part-count", "part-brokers"]
    assert 'class="fails"' not in topic_page


def test_ids_of_a_page_differ(topic_page, hostile_topic_page, read_page):
    for page in (topic_page, hostile_topic_page):
        ids = [attributes["id"] for _, attributes in read_page(page).tags if attributes.get("id")]
        assert len(ids) == len(set(ids))


def test_a_page_is_self_contained_and_escapes_what_strangers_named(hostile_topic_page, read_page):
    page = read_page(hostile_topic_page)
    assert page.open == []
    assert not [tag for tag, _ in page.tags if tag in ("script", "i", "b", "a", "img")]
    assert "<script>" not in hostile_topic_page
    assert "://" not in hostile_topic_page.replace("http://www.w3.org/", "")


def test_the_same_input_gives_the_same_page(hostile_topic_page, topic_bad):
    plan, review = topic_bad
    again = report.topic_page(
        plan, review=review, title="<script>alert(2)</script>", inputs={"<a>": "</td>"}
    )
    assert again == hostile_topic_page


def test_a_page_of_little_has_no_plots_of_what_is_not_there(little, read_page):
    page = report.topic_page(little)
    assert "<figure" not in page
    assert "nearest to a change" not in page
    assert "part-review" not in page
    assert read_page(page).open == []


def test_a_review_without_findings_says_so(little, topic_template):
    clean = dataclasses.replace(topic_template[1], findings=())
    assert "Nothing was found." in report.topic_page(little, review=clean)


@pytest.mark.parametrize("write", [report.topic_text, report.topic_page, topic_json])
def test_keys_can_be_redacted_everywhere(topic_bad, write):
    plan, review = topic_bad
    written = write(plan, review=review, redact=SECRET)
    for name in ("alice", "bob", "0xff", "ff00"):
        assert name not in written
    assert report.Redactor(SECRET).label("<b>alice</b>") in written


@pytest.mark.parametrize("write", [report.topic_text, report.topic_page])
def test_keys_of_any_bytes_are_told_without_harm(hostile_keys, read_page, write):
    plan = plan_topic(
        TopicDesign(
            name="orders",
            partitions=3,
            traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500, key_bytes=10),
            keys=Keys(loads=hostile_keys),
            groups=[Group(name="billing", member_records_per_s=1_000)],
        )
    )
    written = write(plan, review=review_topic(plan))
    assert "hot" in written
    assert not [
        character
        for character in written
        if character != "\n" and unicodedata.category(character).startswith("C")
    ]
    if write is report.topic_page:
        page = read_page(written)
        assert page.open == []
        assert not [tag for tag, _ in page.tags if tag == "script"]


def test_a_page_says_that_keys_are_redacted(little):
    assert "keyed hashes" in report.topic_page(little, redact=SECRET)
    assert "keyed hashes" not in report.topic_page(little)
