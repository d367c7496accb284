from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import matplotlib as mpl

from kafka_sizing.report.svg import svg


def two_lines(ax):
    ax.plot([1, 2, 3], [1, 4, 9], marker="o", label="<squares> & more")
    ax.bar([1, 2], [1, 2], hatch="//")
    ax.legend()
    ax.set(xlabel="n", ylabel="n²")


def drawn(name: str = "a", **kwargs) -> str:
    return svg(two_lines, name=name, title="Squares <of> numbers", size=(4, 3), **kwargs)


def test_an_svg_is_well_formed_and_named_for_those_who_cannot_see_it():
    root = ET.fromstring(drawn())
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    assert root.get("role") == "img"
    title = root[0]
    assert (title.tag, title.text) == (f"{space}title", "Squares <of> numbers")
    assert root.get("aria-labelledby") == title.get("id")


def test_the_same_drawing_gives_the_same_text():
    assert drawn() == drawn()


def test_ids_of_two_figures_differ_and_every_reference_is_met():
    ids = {name: set(re.findall(r'\bid="([^"]+)"', drawn(name))) for name in ("a", "b")}
    assert not ids["a"] & ids["b"]
    for name, known in ids.items():
        text = drawn(name)
        referred = re.findall(r'href="#([^"]+)"', text) + re.findall(r"url\(#([^)]+)\)", text)
        assert referred
        assert set(referred) <= known


def test_text_takes_the_colour_and_the_font_of_the_page():
    text = drawn()
    assert "fill: currentColor" in text
    assert "#010203" not in text
    assert "DejaVu" not in text


def test_settings_of_the_user_neither_come_in_nor_change():
    plain = drawn()
    with mpl.rc_context({"text.color": "red", "font.size": 30, "axes.grid": True}):
        before = dict(mpl.rcParams)
        assert drawn() == plain
        assert dict(mpl.rcParams) == before


def test_nothing_refers_to_another_place():
    text = drawn().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in text
    assert "<style" not in text
    assert "<metadata" not in text
