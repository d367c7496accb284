"""The text of a TOML file and where something stands in it in; its line number out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

_PART: Final = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_NAME: Final = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER: Final = re.compile(rf"\s*(\[\[?)\s*({_NAME})\s*\]\]?\s*(?:#.*)?")
_KEY: Final = re.compile(rf"\s*({_NAME})\s*=")
_WHERE: Final = re.compile(r"\[\[?([^\[\]]+)\]\]?(?: (\d+))?(?: ([\w-]+))?")
_QUOTES: Final = ('"""', "'''")
_TOKEN: Final = re.compile(  # what quotes may stand in, and what hides them
    "|".join([*_QUOTES, r'"(?:\\.|[^"\\])*"', r"'[^']*'", "#"])
)

Path = tuple[str | int, ...]  # ("topic", "name"), ("group", 2, "members")


def line_of(text: str, where: str, key: str | None = None) -> int | None:
    r"""Find the line on which a key of a table stands, or else its table.

    Parameters
    ----------
    text : str
        The file.
    where : str
        The table, as `Section` names it: ``"[topic]"``, ``"[[group]] 2"``, ``"[keys] zipf"``;
        empty for what stands above all tables.
    key : str, optional
        The key in that table.

    Returns
    -------
    int or None
        The line, from 1; None if neither key nor table is there.

    Examples
    --------
    >>> from kafka_sizing.toml import line_of
    >>> line_of("[topic]\nname = 'orders'\n", "[topic]", "name")
    2
    """
    wanted = _joined((*_path_of(where), *([] if key is None else [key])))
    best, line = 0, None
    for number, path in _stands(text):
        found = _joined(path)
        if len(found) > best and wanted.startswith(found):
            best, line = len(found), number
    return line


def _joined(path: Path) -> str:
    """Write a path as TOML does, and end it, so that no name begins another one."""
    return "".join(f"{part}." for part in path)


def _path_of(where: str) -> Path:
    match = _WHERE.match(where)
    if match is None:
        return ()
    names, number, part = match.groups()
    counted = [int(number)] if number else []
    return (*names.split("."), *counted, *([part] if part else []))


def _stands(text: str) -> Iterator[tuple[int, Path]]:
    """Give each line that opens a table or sets a key, and the path to it."""
    tables: Counter[str] = Counter()  # of arrays, by name
    header: Path = ()
    within = ""  # the quotes of a text of several lines
    for number, line in enumerate(text.splitlines(), start=1):
        inside, within = within, _left_open(line, within)
        if inside:
            continue
        opened, key = _HEADER.fullmatch(line), _KEY.match(line)
        if opened:
            first, *others = _parts(opened[2])
            if opened[1] == "[[" and not others:
                tables[first] += 1
                yield number, (first,)
            header = (first, *([tables[first]] if first in tables else []), *others)
            yield number, header
        elif key:
            yield number, (*header, *_parts(key[1]))


def _left_open(line: str, within: str) -> str:
    """Give the quotes of a text that goes on after a line; empty if none does."""
    at = 0
    while True:
        if within:
            end = line.find(within, at)
            if end < 0:
                return within
            at = end + len(within)
        token = _TOKEN.search(line, at)
        if token is None or token[0] == "#":
            return ""
        at, within = token.end(), token[0] if token[0] in _QUOTES else ""


def _parts(name: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, name)]
