"""A `Table` or a sentence in; lines of plain text that fit a terminal out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kafka_sizing._checks import check_count
from kafka_sizing.report.labels import columns_of
from kafka_sizing.report.tables import Table

INDENT: Final = "  "
_GAP: Final = "  "
_MARK: Final = "> "
_NARROWEST: Final = 8
_DEFAULT_WIDTH: Final = 100
_LEAST_WIDTH: Final = 40
_BREAK: Final = re.compile(" (?!%)")  # a number and its sign stay on one line


def width_of(width: int | None) -> int:
    """Give the columns to fit into; 100 if nobody says."""
    return _DEFAULT_WIDTH if width is None else check_count("width", width, least=_LEAST_WIDTH)


def section_lines(table: Table, width: int) -> Iterator[str]:
    """Give a table below its title, apart from what stands before."""
    yield ""
    yield table.title
    yield from table_lines(table, width)


def table_lines(table: Table, width: int) -> Iterator[str]:
    """Align the columns of a table; where it is too wide, wrap the widest ones of text."""
    margin = _MARK if table.marked is not None else INDENT
    widths = _widths(table, width - len(margin))
    yield from _row_lines(table.columns, table, widths, INDENT)
    yield INDENT + _GAP.join("-" * width for width in widths)
    for at, row in enumerate(table.rows):
        yield from _row_lines(row, table, widths, margin if at == table.marked else INDENT)
    if table.left_out:
        yield INDENT + table.left_out


def wrapped(text: str, width: int, *, indent: str = "", first: str | None = None) -> Iterator[str]:
    """Break a sentence into lines; ``first`` replaces the indent of the first of them."""
    for at, line in enumerate(_wrap(text, max(_NARROWEST, width - len(indent)))):
        yield ((indent if first is None or at else first) + line).rstrip()


def _widths(table: Table, budget: int) -> list[int]:
    """Give every column what it needs; where that is too much, wrap headers, then text.

    Words are cut only where even that is too much.
    """
    columns = list(zip(table.columns, *table.rows, strict=True))
    widths = [max(map(columns_of, column)) for column in columns]
    least = [
        max(*map(columns_of, column[0].split()), *map(columns_of, column[1:]))
        if align == "right"
        else max(_NARROWEST, *map(columns_of, column[0].split()))
        for column, align in zip(columns, table.aligns, strict=True)
    ]
    whole = [
        max(narrowest, *(columns_of(word) for cell in column for word in cell.split()))
        for column, narrowest in zip(columns, least, strict=True)
    ]
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - budget
    for side, narrowest_of in (("right", least), ("left", whole), ("left", least)):
        while excess > 0:
            wide = [
                at
                for at, align in enumerate(table.aligns)
                if align == side and widths[at] > narrowest_of[at]
            ]
            if not wide:
                break
            widths[max(wide, key=lambda at: widths[at])] -= 1
            excess -= 1
    return widths


def _row_lines(
    row: tuple[str, ...], table: Table, widths: list[int], margin: str
) -> Iterator[str]:
    cells = [_wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
    for at in range(max(map(len, cells))):
        parts = [
            _aligned(cell[at] if at < len(cell) else "", width, align)
            for cell, width, align in zip(cells, widths, table.aligns, strict=True)
        ]
        yield ((INDENT if at else margin) + _GAP.join(parts)).rstrip()


def _aligned(text: str, width: int, align: str) -> str:
    space = " " * (width - columns_of(text))
    return space + text if align == "right" else text + space


def _wrap(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in _BREAK.split(text):
        pieces = list(_pieces(word, width))
        if line and columns_of(line) + 1 + columns_of(pieces[0]) > width:
            lines.append(line)
            line = pieces[0]
        else:
            line = f"{line} {pieces[0]}" if line else pieces[0]
        for piece in pieces[1:]:
            lines.append(line)
            line = piece
    return [*lines, line]


def _pieces(word: str, width: int) -> Iterator[str]:
    """Cut a word that is wider than a line."""
    piece = ""
    for character in word:
        if piece and columns_of(piece + character) > width:
            yield piece
            piece = ""
        piece += character
    yield piece
