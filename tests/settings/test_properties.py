"""Java's ``.properties`` files, in and out."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.settings import properties_of, properties_text

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # The rules of java.util.Properties.load, with the examples of its documentation
        pytest.param("Truth = Beauty", {"Truth": "Beauty"}, id="an equals sign"),
        pytest.param(" Truth:Beauty", {"Truth": "Beauty"}, id="a colon"),
        pytest.param("Truth    \t:Beauty", {"Truth": "Beauty"}, id="blanks and a colon"),
        pytest.param("Truth Beauty", {"Truth": "Beauty"}, id="a blank alone"),
        pytest.param("cheeses", {"cheeses": ""}, id="a name alone"),
        pytest.param(
            "fruits   apple, banana, pear, \\\n         cantaloupe, \\\n         mango",
            {"fruits": "apple, banana, pear, cantaloupe, mango"},
            id="a line that goes on",
        ),
        pytest.param("# one\n! two\n  # three\n\n \t\n", {}, id="comments and blank lines"),
        pytest.param("# goes on \\\na=1", {"a": "1"}, id="a comment does not go on"),
        pytest.param("a=1\\\n# not a comment", {"a": "1# not a comment"}, id="nor begins there"),
        pytest.param("\\\n# a comment", {}, id="but begins where nothing stands before it"),
        pytest.param("a=1\\\\\nb=2", {"a": "1\\", "b": "2"}, id="an escaped backslash ends it"),
        pytest.param("a=1\\\n\nb=2", {"a": "1", "b": "2"}, id="a blank line ends it"),
        pytest.param("a=1\\", {"a": "1"}, id="the end of the text ends it"),
        pytest.param(r"a\=b\:c\ d=e", {"a=b:c d": "e"}, id="escaped separators"),
        pytest.param("a==b", {"a": "=b"}, id="only one separator counts"),
        pytest.param("a=b=c:d e", {"a": "b=c:d e"}, id="none counts in a value"),
        pytest.param("a=b  ", {"a": "b  "}, id="blanks at the end stay"),
        pytest.param(r"a=\tb\n\q\"", {"a": '\tb\nq"'}, id="escapes"),
        pytest.param(r"a=Z\u00fcrich", {"a": "Zürich"}, id="a code of a character"),
        pytest.param(r"a=\uD83D\uDE00", {"a": "😀"}, id="two codes of one character"),
        pytest.param("a=1\na=2", {"a": "2"}, id="the later of two wins"),
        pytest.param("a=1\r\nb=2\rc=3\n", {"a": "1", "b": "2", "c": "3"}, id="every line end"),
        pytest.param("a=1\u2028b", {"a": "1\u2028b"}, id="and no others"),
        pytest.param("a\fb", {"a": "b"}, id="a form feed is a blank"),
    ],
)
def test_a_file_is_read_as_java_reads_it(text, found):
    assert properties_of(text) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a=1\n=2", r"line 2 must begin with the name of a property, got '=2'"),
        ("a=1\\\n2\n\n:", r"line 4 must begin with the name of a property, got ':'"),
        ("# x\na=\\u12g4", r"line 2 must have four hex digits after \\u, got '12g4'"),
        ("a=\\u12", r"line 1 must have four hex digits after \\u, got '12'"),
        ("a=\\ud83d", r"line 1 must have its surrogates in pairs"),
    ],
)
def test_an_error_names_the_line(text, message):
    with pytest.raises(ValueError, match=message):
        properties_of(text)


def test_only_text_is_read():
    with pytest.raises(TypeError, match="text must be text, got b'a=1'"):
        properties_of(b"a=1")


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        # java.util.Properties.store escapes these; in a value it escapes more than it must
        ("acks", "all", "acks=all"),
        ("linger.ms", 50, "linger.ms=50"),
        ("ratio", 0.5, "ratio=0.5"),
        ("enable.idempotence", False, "enable.idempotence=false"),
        ("a b", "c d", r"a\ b=c d"),
        ("#a=b:c!", "#=:!", r"\#a\=b\:c\!=#=:!"),
        ("a", "  b", r"a=\ \ b"),
        ("a", "b\\c\n\t", r"a=b\\c\n\t"),
        ("a", "Zürich", r"a=Z\u00fcrich"),
        ("a", "😀", r"a=\ud83d\ude00"),
        ("a", "\x00", r"a=\u0000"),
    ],
)
def test_what_a_reader_would_take_for_something_else_is_escaped(name, value, line):
    assert properties_text({name: value}) == f"{line}\n"


def test_a_property_has_a_name():
    with pytest.raises(ValueError, match="name of a property must not be empty"):
        properties_text({"": "1"})
    with pytest.raises(TypeError, match="name of a property must be text, got 1"):
        properties_text({1: "1"})


@given(st.dictionaries(texts.filter(bool), texts))
def test_what_is_written_is_read_back(properties):
    text = properties_text(properties)
    assert text.isascii()
    assert properties_of(text) == properties
    assert text.count("\n") == len(properties)


@pytest.mark.parametrize("value", [None, [1], float("nan"), float("inf"), np.float64("-inf")])
def test_a_value_that_no_file_holds_is_not_written(value):
    match = r"^linger\.ms must be a finite number, a text, true or false, got "
    with pytest.raises(ValueError, match=match):
        properties_text({"linger.ms": value})


def test_scalars_of_numpy_are_written_as_what_they_hold():
    given = {"linger.ms": np.int64(3), "enable.idempotence": np.bool_(True), "a": np.float64(0.5)}
    assert properties_text(given) == "linger.ms=3\nenable.idempotence=true\na=0.5\n"


def test_what_is_no_mapping_is_not_written():
    with pytest.raises(TypeError, match=r"^properties must be Mapping, got int"):
        properties_text(5)
