"""Named values in; a horizontal bar for each, its name above it, out."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.plot._style import new_axes, open_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Heights, in lines of text.
_BAR: Final = 1.1
_GAP: Final = 0.7
_END: Final = 0.4
_BESIDE_BAR: Final = 0.15

_LINE_INCHES: Final = 0.19
_FIXED_INCHES: Final = 1.3
_FIGURE_INCHES: Final = 8.0
_LINE_PER_FONT_SIZE: Final = 1.35
_CHARACTER_PER_FONT_SIZE: Final = 0.56
_LEGEND_LINES: Final = 2
_LEAST_FONT_SIZE: Final = 4.0
_LEAST_BAR_WIDTH: Final = 0.3  # of the Axes, however long the note at its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A bar: its text above, its length, what stands at its end, and its look."""

    text: str
    length: float
    note: str
    look: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRows:
    """Where the bars came to stand on the y-axis, which runs downwards."""

    spans: tuple[tuple[float, float], ...]  #: a little more than each bar
    top: float
    bottom: float


def rows_axes(ax: Axes | None, n_rows: int) -> Axes:
    """Give ``ax``, or a new figure that is tall enough."""
    height = _FIXED_INCHES + _LINE_INCHES * (1 + _BAR + _GAP) * n_rows
    ax = new_axes(ax, figsize=(_FIGURE_INCHES, height))
    open_frame(ax)
    return ax


def draw_rows(ax: Axes, rows: Sequence[Row], *, least: float, largest: float) -> DrawnRows:
    """Draw the bars from the top down, and scale both axes to hold them and their texts.

    The x-axis starts at ``least`` and reaches ``largest`` at least; 0 makes it linear, any
    other start logarithmic.
    """
    size, texts = _fit_texts(ax, rows)
    _scale_lengths(ax, rows, size, least, largest)
    left = ax.get_yaxis_transform()
    look: dict[str, Any] = {"fontsize": size, "parse_math": False}
    spans = []
    y = 0.0
    for row, lines in zip(rows, texts, strict=True):
        y += len(lines)
        text = "\n".join(lines)
        ax.text(0.006, y - 0.12, text, transform=left, va="bottom", linespacing=1.1, **look)
        middle = y + _BAR / 2
        ax.barh([middle], [row.length - least], left=least, height=_BAR, **row.look)
        ax.annotate(
            row.note,
            (row.length, middle),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            **look,
        )
        spans.append((y - _BESIDE_BAR, y + _BAR + _BESIDE_BAR))
        y += _BAR + _GAP
    bottom = y - _GAP + _END
    ax.set_ylim(bottom, -_END)
    ax.set_yticks([])
    return DrawnRows(spans=tuple(spans), top=-_END, bottom=bottom)


def _fit_texts(ax: Axes, rows: Sequence[Row]) -> tuple[float, list[list[str]]]:
    """Choose a font size at which all lines fit one below the other, and break the texts."""
    from matplotlib.font_manager import FontProperties

    width_points, height_points = (
        length * 72 / ax.figure.dpi for length in (ax.bbox.width, ax.bbox.height)
    )
    size = FontProperties(size="small").get_size_in_points()
    while True:
        characters = max(20, int(width_points / (size * _CHARACTER_PER_FONT_SIZE)))
        texts = [textwrap.wrap(row.text, characters) or [""] for row in rows]
        lines = sum(len(text) + _BAR + _GAP for text in texts) + _LEGEND_LINES
        if lines * size * _LINE_PER_FONT_SIZE <= height_points or size <= _LEAST_FONT_SIZE:
            return size, texts
        size = max(_LEAST_FONT_SIZE, size * 0.93)


def _scale_lengths(
    ax: Axes, rows: Sequence[Row], size: float, least: float, largest: float
) -> None:
    """Let the x-axis reach so far that the note at the end of every bar fits."""
    width_points = ax.bbox.width * 72 / ax.figure.dpi
    reach = 1.03

    def part(length: float) -> float:
        """Give how far a length reaches, where 1 is the largest."""
        if not least:
            return length / largest
        return math.log(length / least) / math.log(largest / least)

    for row in rows:
        note_points = 6 + len(row.note) * size * _CHARACTER_PER_FONT_SIZE
        left = max(_LEAST_BAR_WIDTH, 1 - note_points / width_points)
        reach = max(reach, part(row.length) / left if row.note else part(row.length))
    if least:
        ax.set_xscale("log")
        ax.set_xlim(least, least * (largest / least) ** reach)
    else:
        ax.set_xlim(0, largest * reach)
