"""Keys of unknown origin as labels: short, printable, and drawn as they are."""

import unicodedata
import warnings

import pytest
from hypothesis import given, strategies as st
from matplotlib.figure import Figure

from kafka_sizing.plot import key_label
from kafka_sizing.plot.labels import namer, short_text


@pytest.mark.parametrize(
    ("key", "label"),
    [
        pytest.param("UA", "UA", id="plain text stays"),
        pytest.param("straße é Ω", "straße é Ω", id="letters the font has stay"),
        pytest.param("$x^2$", "$x^2$", id="a dollar is a dollar"),
        pytest.param("<b>&amp;", "<b>&amp;", id="HTML is text"),
        pytest.param("", "(empty)", id="an empty key has a name"),
        pytest.param(b"", "(empty)", id="so have empty bytes"),
        pytest.param(b"\xff\x00\x10", "0xff0010", id="bytes are hexadecimal"),
        pytest.param("a\nb\tc\x00d", "a\\nb\\tc\\x00d", id="control characters are escapes"),
        pytest.param("\x00\x00\x00\x05", "0x00000005", id="a number in bytes is hexadecimal"),
        pytest.param("\u202eabc", "\\u202eabc", id="marks of direction are escapes"),
        pytest.param("中文", "\\u4e2d\\u6587", id="glyphs the font lacks are escapes"),
        pytest.param(" a ", "\\x20a\\x20", id="spaces at the ends show"),
        pytest.param("a" * 24, "a" * 24, id="24 characters fit"),
        pytest.param("a" * 13 + "b" * 12, "a" * 12 + "…" + "b" * 11, id="25 do not"),
        pytest.param("中" * 9, "\\u4e2d\\u4e2d…\\u4e2d", id="no escape is cut in two"),
        pytest.param(bytes(range(200, 211)), "0xc8c9cacbcccdcecfd0d1d2", id="11 bytes fit"),
    ],
)
def test_a_key_is_written_so_that_it_can_be_drawn(key, label):
    assert key_label(key) == label


@given(st.one_of(st.text(), st.text(st.characters(max_codepoint=0x200)), st.binary()))
def test_any_key_is_short_and_shows(key):
    label = key_label(key)
    assert 1 <= len(label) <= 24
    assert not {unicodedata.category(character) for character in label} & {"Cc", "Cf", "Cs"}


def test_a_key_of_a_megabyte_keeps_its_ends():
    assert key_label("head" + "x" * 2**20 + "tail") == "headxxxxxxxx…xxxxxxxtail"
    label = key_label(b"\xaa" + b"\x00" * 2**20 + b"\xbb")
    assert label.startswith("0xaa")
    assert label.endswith("bb")
    assert len(label) <= 24


@pytest.mark.parametrize("key", ["中文", "\U0010ffff", "\ud800", "\x7f", "a\u0000", b"\x80" * 99])
def test_no_label_needs_a_glyph_that_is_missing(key):
    figure = Figure()
    figure.text(0, 0, key_label(key), parse_math=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.canvas.draw() if hasattr(figure.canvas, "draw") else None
        figure.draw_without_rendering()


def test_what_names_a_key_may_be_replaced_and_is_still_made_safe():
    assert namer(None)("UA") == "UA"
    assert namer(lambda key: f"key {len(key)}\n")("UA") == "key 2\\n"


def test_text_that_is_not_a_key_may_be_longer():
    assert short_text("a" * 40, 40) == "a" * 40


def test_a_key_is_text_or_bytes():
    with pytest.raises(TypeError, match=r"key must be str or bytes, got 5"):
        key_label(5)
