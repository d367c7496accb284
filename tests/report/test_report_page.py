from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html import escape

import pytest

from kafka_sizing import KeyLoads, find_hot, place, report, sweep_partitions
from kafka_sizing.units import format_load, format_share

PAGES = ["page", "hostile_page", "lag_page", "hostile_lag_page", "hostile_diagnosis_page"]


@pytest.fixture(scope="module")
def page(flights, plan):
    return report.page(*flights, plan, title="flights", inputs={"file": "flights.parquet"})


@pytest.fixture(scope="module")
def hostile_page(hostile, plan):
    return report.page(
        *hostile, plan, title="<img src=x onerror=alert(1)>", inputs={"<a>": "\x1b"}
    )


def svgs(page: str) -> list[ET.Element]:
    return [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_no_network(name, request, read_page):
    page = request.getfixturevalue(name)
    for tag, attributes in read_page(page).tags:
        assert tag not in {"script", "img", "iframe", "object", "embed", "base", "form"}
        assert not [key for key in attributes if key.startswith("on") or key == "src"]
        href = attributes.get("href", "#")
        assert href.startswith(("#", "data:"))
    assert "@import" not in page
    assert re.findall(r"url\((?!#)", page) == []
    assert "http" not in re.sub(r'xmlns="[^"]*"|http-equiv', "", page)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_well_formed(name, request, read_page):
    page = request.getfixturevalue(name)
    parsed = read_page(page)
    assert parsed.open == []
    assert page.startswith('<!doctype html>\n<html lang="en">')
    ids = [attributes["id"] for _, attributes in parsed.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in parsed.tags:
        if "aria-labelledby" in attributes:
            assert attributes["aria-labelledby"] in ids


def test_the_plots_are_well_formed_and_all_there(page):
    drawn = svgs(page)
    assert len(drawn) == 5
    assert all(svg[0].tag.endswith("title") for svg in drawn)


def test_a_topic_of_one_partition_is_told_in_the_singular():
    written = report.page(find_hot(place(KeyLoads(["a", "b"], [3, 1]), 1)))
    assert "Load of the only partition" in written
    assert "1 partitions" not in written


def test_the_verdict_comes_first(page, flights, read_page):
    _, comparison = flights
    texts = read_page(page).texts
    start = texts.index("Does not fit")
    assert texts[:start] == ["flights: does not fit", "flights", "✗"]
    assert texts[start + 1].startswith("4 of 12 partitions are hot. Partition 3 carries 25.2 %")
    assert comparison.reason in texts[start + 2]


def test_the_numbers_are_those_of_the_results(page, flights, plan, read_page):
    hot, comparison = flights
    texts = read_page(page).texts
    loads = hot.loads
    tile = texts.index("hottest partition")
    assert texts[tile + 1] == format_share(loads.max_share)
    assert texts[texts.index("imbalance ratio") + 1] == f"{loads.imbalance_ratio:.2f}"
    assert texts[texts.index("planned partitions") + 1] == str(plan.partitions)
    assert texts[texts.index("hottest partition, closest fix") + 1] == format_share(
        comparison.best.peak_share
    )
    rows = texts[texts.index("Fixes side by side") :]
    for outcome in comparison.outcomes:
        at = rows.index(outcome.name)
        assert rows[at + 1] == format_share(outcome.peak_share)
        assert rows[at + 2] == f"{outcome.imbalance_ratio:.2f}"
    keys = texts[texts.index("Heaviest keys") :]
    for key in loads.keys.top(16):
        at = keys.index(key.key)
        assert keys[at + 1 : at + 3] == [format_load(key.load, "records"), format_share(key.share)]


def test_keys_and_titles_are_escaped_everywhere(hostile_page, read_page):
    parsed = read_page(hostile_page)
    known = {"html", "head", "meta", "title", "link", "style", "body", "main", "header", "h1"}
    known |= {"bdi", "section", "p", "span", "dl", "div", "dt", "dd", "h2", "h3", "figure", "li"}
    known |= {"figcaption", "strong", "svg", "defs", "g", "path", "use", "text", "clippath", "ul"}
    known |= {"rect", "pattern", "table", "thead", "tr", "th", "tbody", "td", "tspan", "image"}
    assert {tag for tag, _ in parsed.tags} <= known
    assert escape("<script>alert(1)</script>") in hostile_page
    assert escape("<img src=x onerror=alert(1)>") in hostile_page
    assert escape("<b>brokers</b>") in hostile_page
    assert "{{ 7 * 7 }}{% raw %}" in "\n".join(parsed.texts)
    assert "漢字キー" in hostile_page
    for character in "\x00\x1b\x9b\x85\u2028\u202e\u2066":
        assert character not in hostile_page


def test_a_marked_row_is_the_best_fix(page, flights, read_page):
    _, comparison = flights
    parsed = read_page(page)
    assert comparison.best.name in parsed.texts
    assert len([1 for tag, attributes in parsed.tags if attributes.get("class") == "marked"]) == 3


def test_the_same_input_gives_the_same_bytes(page, flights, plan):
    again = report.page(*flights, plan, title="flights", inputs={"file": "flights.parquet"})
    assert again == page


def test_a_sweep_that_is_given_is_the_one_drawn(flights, carriers):
    given = sweep_partitions(carriers, [12, 24])
    assert report.page(flights[0], sweep=given) != report.page(flights[0])
    with pytest.raises(TypeError, match="sweep must be a PartitionSweep, got list"):
        report.page(flights[0], sweep=[12, 24])


def test_a_thousand_partitions_stay_below_a_megabyte_and_a_half():
    keys = KeyLoads(
        [f"user-{at}" for at in range(20_000)], [1e6 / (1 + at) for at in range(20_000)]
    )
    page = report.page(find_hot(place(keys, 1_000)))
    assert len(page.encode()) < 1_500_000


def test_one_partition_and_one_key_make_a_page(read_page):
    page = report.page(find_hot(place(KeyLoads(["only"], [1.0]), 1)))
    assert "Fits" in read_page(page).texts
    assert read_page(page).open == []


def test_loads_without_keys_make_a_page_without_key_plots():
    from kafka_sizing import PartitionLoads

    page = report.page(find_hot(PartitionLoads(loads=[5, 1, 1, 1], unit="bytes/s"), capacity=4))
    assert 'id="figure-loads"' in page
    assert 'id="figure-keys"' not in page
    assert "no key log behind them" in page


def test_a_redacted_page_says_so(flights):
    assert "keyed hashes" in report.page(flights[0], redact=True)
    assert "keyed hashes" not in report.page(flights[0])
