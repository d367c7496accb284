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
    wanted = (*_path_of(where), *([] if key is None else [key]))
    best, line = 0, None
    for number, path in _stands(text):
        if len(path) > best and path == wanted[: len(path)]:
            best, line = len(path), number
    return line


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
        if within:
            within = "" if within in line else within
            continue
        within = next((quotes for quotes in _QUOTES if line.count(quotes) % 2), "")
        opened, key = _HEADER.fullmatch(line), _KEY.match(line)
        if opened:
            first, *others = _parts(opened[2])
            if opened[1] == "[[" and not others:
                tables[first] += 1
            header = (first, *([tables[first]] if first in tables else []), *others)
            yield number, header
        elif key:
            parts = _parts(key[1])
            yield number, (*header, *parts)
            yield number, (*header, ".".join(parts))


def _parts(name: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, name)]
