from __future__ import annotations

from hypothesis import given, strategies as st

from kafka_sizing.report.labels import columns_of
from kafka_sizing.report.layout import table_lines, wrapped
from kafka_sizing.report.tables import table

words = st.text(alphabet="ab漢 é", max_size=60)


@given(text=words, width=st.integers(8, 40))
def test_wrapping_loses_no_word_and_keeps_to_the_width(text, width):
    lines = list(wrapped(text, width))
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(columns_of(line) <= width for line in lines)


def test_numbers_stand_right_and_text_left():
    small = table("t", "T", ("key", "load>"), [("a", "1"), ("long", "1,000")])
    assert list(table_lines(small, 80)) == [
        "  key    load",
        "  ----  -----",
        "  a         1",
        "  long  1,000",
    ]


def test_a_marked_row_and_what_is_left_out_are_shown():
    small = table("t", "T", ("key",), [("a",), ("b",)], marked=1, left_out="… and 1 more key")
    assert list(table_lines(small, 80))[2:] == ["  a", "> b", "  … and 1 more key"]


def test_a_table_that_is_too_wide_wraps_headers_first_and_then_text():
    wide = table("t", "T", ("share of topic>", "why"), [("10 %", "because of one hot key")])
    assert list(table_lines(wide, 34)) == [
        "  share of  why",
        "     topic",
        "  --------  ----------------------",
        "      10 %  because of one hot key",
    ]
    assert list(table_lines(wide, 24))[4:] == [
        "   10 %  because of one",
        "         hot key",
    ]


def test_words_are_cut_only_where_whole_ones_leave_no_room():
    row = ("documentation " * 3, "of it " * 9)
    two = table("t", "T", ("source", "why"), [row])
    # 2 of margin, 13 for the longest word, 2 between, and 8 for the other column.
    lines = list(table_lines(two, 25))
    assert [line.split()[0] for line in lines[2:5]] == ["documentation"] * 3
    assert all(columns_of(line) <= 25 for line in lines)
    assert "documentation" not in "".join(table_lines(two, 20))


def test_a_word_wider_than_a_line_is_cut():
    assert list(wrapped("ab " + "x" * 20, 8, indent="")) == ["ab", "xxxxxxxx", "xxxxxxxx", "xxxx"]
