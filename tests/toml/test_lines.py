"""Where a key of a TOML file stands."""

import tomllib

import pytest

from kafka_sizing.toml import Section, TableError, line_of

TEXT = '''title = "a"  # 1
[topic]
name = "orders"
note = """
[group]
name = 1
"""

[[group]]  # 9
name = "billing"
members = 3

[[group]]
name = "audit"
config."session.timeout.ms" = 45_000
[group.config]
"heartbeat.interval.ms" = 3
fetch.min.bytes = 4

[ keys ]
zipf = { exponent = 1.1 }
[keys.lognormal]
sigma = 2
'''


@pytest.mark.parametrize(
    ("where", "key", "line"),
    [
        pytest.param("", "title", 1, id="above all tables"),
        pytest.param("[topic]", None, 2, id="a table"),
        pytest.param("[topic]", "name", 3, id="a key, not the same word within a text"),
        pytest.param("[topic]", "absent", 2, id="a key that is not there: its table"),
        pytest.param("[[group]] 1", "members", 11, id="the first of an array"),
        pytest.param("[[group]] 2", "name", 14, id="the second of an array"),
        pytest.param("[[group]] 2 (audit)", "name", 14, id="what is said of it does not matter"),
        pytest.param("[[group]] 2 config", "heartbeat.interval.ms", 17, id="a table within it"),
        pytest.param("[[group]] 2 config", "fetch.min.bytes", 18, id="a name with bare dots"),
        pytest.param("[keys]", "zipf", 21, id="blanks within the brackets"),
        pytest.param("[keys] zipf", "exponent", 21, id="a table on one line"),
        pytest.param("[keys] lognormal", "sigma", 23, id="a table below a table"),
        pytest.param("[cluster]", "brokers", None, id="a table that is not there"),
        pytest.param("", "absent", None, id="nothing at all"),
    ],
)
def test_a_key_is_found_where_a_reader_would_look(where, key, line):
    assert line_of(TEXT, where, key) == line


@pytest.mark.parametrize(
    ("text", "where", "key", "line"),
    [
        pytest.param('[a] # """\nb = 1\nc = 2\n', "[a]", "c", 3, id="quotes in a comment"),
        pytest.param('a = \'"""\'\nb = 1\n', "", "b", 2, id="quotes in quotes"),
        pytest.param("a = \"\\\"'''\"\nb = 1\n", "", "b", 2, id="quotes after an escaped one"),
        pytest.param('a = """b"""\nc = 1\n', "", "c", 2, id="long quotes on one line"),
        pytest.param("a = '''\nb = 1\n''' # \"\"\"\nb = 2\n", "", "b", 4, id="closed"),
        pytest.param('a = """x\n""" \nb = 1\n', "", "b", 3, id="closed at the start of a line"),
        pytest.param("[[a]]\nb = 1\n[[a]]\n", "[a]", None, 1, id="an array and not a table"),
        pytest.param("[a.config.b]\nc = 1\n", "[a] config", "b.c", 2, id="dots in a header"),
        pytest.param("ab = 1\n", "", "abc", None, id="a name is not the start of another"),
    ],
)
def test_a_line_is_found_in_any_way_of_writing(text, where, key, line):
    tomllib.loads(text)
    assert line_of(text, where, key) == line


def test_an_error_knows_its_table_and_key():
    with pytest.raises(TableError, match=r"^\[\[group\]\] 1 members must be text") as caught:
        Section("[[group]] 1", tomllib.loads("members = 3")).read("members", _text)
    assert (caught.value.where, caught.value.key) == ("[[group]] 1", "members")


def test_an_error_of_what_is_made_names_the_key_behind_the_argument():
    def make():
        raise ValueError("members must be at most partitions, got 5")

    section = Section("[[group]] 1", {})
    with (
        pytest.raises(TableError, match="count must be at most partitions") as caught,
        section.naming({"members": "count"}),
    ):
        make()
    assert caught.value.key == "count"


def _text(value):
    raise ValueError(f"must be text, got {value!r}")
