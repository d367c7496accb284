from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.report.labels import columns_of, key_label, printable, quoted_label

keys = st.one_of(st.text(), st.binary(), st.text(alphabet="\x1b\x00\n\u202e漢🦩\\'e\u0301"))


@given(key=keys)
def test_a_label_is_printable_and_keeps_to_its_width(key):
    label = key_label(key, width=20)
    assert label
    assert label.isprintable()
    assert columns_of(label) <= 20


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("UA", "UA"),
        (b"UA", "UA"),
        ("", "(empty key)"),
        (b"", "(empty key)"),
        (b"\xff\x00", "0xff00"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x00", "\\x00"),
        ("\u202e", "\\u202e"),
        ("\U000e0001", "\\U000e0001"),
        ("back\\slash", "back\\\\slash"),
        ("漢字 🦩", "漢字 🦩"),
        ("a$b$", "a$b$"),
    ],
)
def test_keys_are_written_so_that_they_can_be_read(key, label):
    assert key_label(key) == label


def test_a_long_key_keeps_both_ends():
    assert key_label("0123456789abcdef", width=9) == "0123…cdef"


def test_a_key_of_a_mebibyte_keeps_both_ends():
    label = key_label("<" + "x" * 2**20 + ">", width=9)
    assert label == "<xxx…xxx>"
    assert key_label(b"\xff" + bytes(2**20) + b"\xfe", width=12) == "0xff00…000fe"


def test_marks_put_on_a_letter_do_not_make_a_label_endless():
    assert len(key_label("a" + "\u0301" * 1_000, width=20)) == 20


def test_an_escape_is_never_cut_in_two():
    assert key_label("\x1b" * 10, width=10) == "\\x1b…\\x1b"


def test_a_wide_character_takes_two_columns():
    assert columns_of("漢a") == 3
    assert columns_of("e\u0301") == 1


def test_within_a_sentence_text_is_quoted_and_bytes_are_not():
    assert quoted_label("UA") == "'UA'"
    assert quoted_label("0xff") == "'0xff'"
    assert quoted_label(b"\xff") == "0xff"
    assert quoted_label("") == "(empty key)"


def test_printable_text_stays_as_it_is_but_for_backslashes():
    assert printable("250.0 MiB/s × 3") == "250.0 MiB/s × 3"
    assert printable("a\\n") == "a\\\\n"
