"""Every number of the world that the package carries says how sure it is, from where, and when."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from kafka_sizing.settings import defaults
from kafka_sizing.settings.defaults import SIDES

PACKAGE = Path(str(files("kafka_sizing")))
ORIGIN = ("kind", "source", "date")
KINDS = {"exact", "measured", "vendor", "rule"}
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")

# How clients map keys: names of hashes and rules, each client with a source of its own; the few
# numbers are hash values, which the vectors under tests/vectors pin.
PARTITIONERS = PACKAGE / "keys" / "partitioners.toml"
# What people fill in: examples of their own numbers.
TEMPLATES = set(PACKAGE.rglob("template.toml"))
TABLES = sorted(set(PACKAGE.rglob("*.toml")) - {PARTITIONERS} - TEMPLATES)


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def rows_with_numbers(
    table: dict[str, Any], inherited: dict[str, Any], at: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each table that holds a number, with what it inherits from those around it."""
    meta = table.get("meta", {})
    origin = inherited | {key: meta[key] for key in ORIGIN if key in meta}
    origin |= {key: table[key] for key in ORIGIN if key in table}
    if any(holds_number(each) for each in table.values()):
        yield str(table.get("name", at)), origin
    for key, each in table.items():
        for below in each if isinstance(each, list) else [each]:
            if isinstance(below, dict):
                yield from rows_with_numbers(below, origin, f"{at}.{key}".lstrip("."))


def holds_number(value: Any) -> bool:
    if isinstance(value, list):
        return any(holds_number(each) for each in value)
    return isinstance(value, int | float) and not isinstance(value, bool)


@pytest.mark.parametrize("path", TABLES, ids=named)
def test_every_number_has_a_kind_a_source_and_a_date(path):
    rows = list(rows_with_numbers(tomllib.loads(path.read_text("utf-8")), {}))
    assert rows, f"{named(path)} holds no number at all"
    for name, origin in rows:
        assert origin.get("kind") in KINDS, f"{name} has no kind, or a new one"
        assert origin.get("source"), f"{name} has no source"
        date = origin.get("date")
        assert isinstance(date, datetime.date) or DATE.fullmatch(str(date)), f"{name} has no date"


def test_every_client_whose_mapping_is_known_has_a_source():
    data = tomllib.loads(PARTITIONERS.read_text("utf-8"))
    clients = [client for row in data["partitioner"] for client in row["clients"]]
    assert len(clients) > 50
    assert all(client["source"] for client in clients)


def test_the_walk_sees_tables_in_tables_and_what_they_inherit():
    text = """
    [meta]
    kind = "rule"
    date = "2026"
    [[part]]
    source = "somebody"
    [[part.row]]
    name = "inherits"
    most = 3
    [[part.row]]
    name = "has its own"
    least = [1.5]
    kind = "exact"
    [words]
    flag = true
    text = "no number"
    [bare]
    value = 0
    """
    assert list(rows_with_numbers(tomllib.loads(text), {})) == [
        ("inherits", {"kind": "rule", "date": "2026", "source": "somebody"}),
        ("has its own", {"kind": "exact", "date": "2026", "source": "somebody"}),
        ("bare", {"kind": "rule", "date": "2026"}),
    ]


def test_no_default_of_kafka_stands_twice():
    """They live in one room; a copy elsewhere would go stale."""
    known = {name for side in SIDES for name in defaults(side) if "." in name}
    for path in TABLES:
        if path.parent.name == "settings":
            continue
        data = tomllib.loads(path.read_text("utf-8"))
        copies = {name for name, _ in rows_with_numbers(data, {})} & known
        assert not copies, f"{named(path)} repeats {sorted(copies)}"
