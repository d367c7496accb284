"""A name that another tool does not admit becomes one that it does, and stays its own."""

import re

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.report.exports.names import admitted_name, one_line


def lower(name: str, *, most: int = 20, prefix: str = "") -> str:
    return admitted_name(
        name, pattern="[a-z][a-z0-9-]*", allowed="a-z0-9", most=most, case="lower", prefix=prefix
    )


def test_an_admitted_name_stays():
    assert lower("orders-2") == "orders-2"


def test_another_name_keeps_what_can_be_read_and_ends_in_its_sha_256():
    # printf 'Or_ders' | sha256sum
    assert lower("Or_ders") == "or-ders-99f9228f"


def test_a_name_with_nothing_to_keep_is_a_hash_behind_the_prefix_where_one_is_needed():
    # printf '_' | sha256sum begins with a letter, of '__' with a digit
    assert lower("_", prefix="t-") == "d2e2adf7"
    assert lower("__", prefix="t-") == "t-9911f4d2"


def test_a_long_name_is_cut_before_its_hash():
    changed = lower("o" * 30, most=20)
    assert len(changed) == 20
    assert re.fullmatch("o{11}-[0-9a-f]{8}", changed)


def test_capitals_stay_where_they_are_admitted():
    kept = admitted_name("A b", pattern="[A-Za-z-]+", allowed="A-Za-z", most=30)
    assert kept.startswith("A-b-")


@given(name=st.text(max_size=40))
def test_every_name_becomes_an_admitted_one(name):
    assert re.fullmatch("[a-z][a-z0-9-]*", lower(name, prefix="topic-"))
    assert len(lower(name, prefix="topic-")) <= 20


@given(names=st.lists(st.text(max_size=40), min_size=2, max_size=2, unique=True))
def test_two_names_stay_two(names):
    one, other = (lower(name, prefix="topic-") for name in names)
    assert one != other


@pytest.mark.parametrize("text", ["a\nb", "a\r\n\tb", " a \x85 b ", "a\x00b"])
def test_a_comment_stays_on_its_line(text):
    assert one_line(text) == "a b"
