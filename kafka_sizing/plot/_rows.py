"""Named values in; a horizontal bar for each, its name above it, out."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.plot._style import new_axes, open_frame, settle_layout

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection

# Heights, in lines of text.
_BAR: Final = 1.1
_GAP: Final = 0.7
_END: Final = 0.4
_BESIDE_BAR: Final = 0.12
_ABOVE_BAR: Final = 0.2

_TEXT_LEFT: Final = 0.006  # of the Axes
_NOTE_GAP_POINTS: Final = 4

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
    """Where bars and texts came to stand on the y-axis, which runs downwards."""

    spans: tuple[tuple[float, float], ...]  #: a little more than each bar
    texts: tuple[tuple[float, float], ...]  #: above each bar
    text_rights: tuple[float, ...]  #: how far each reaches, as a part of the Axes' width
    top: float
    bottom: float


def rows_axes(ax: Axes | None, n_rows: int) -> Axes:
    """Give ``ax``, or a new figure that is tall enough."""
    height = _FIXED_INCHES + _LINE_INCHES * (1 + _BAR + _GAP) * n_rows
    ax = new_axes(ax, figsize=(_FIGURE_INCHES, height))
    open_frame(ax)
    return ax


def draw_rows(
    ax: Axes, rows: Sequence[Row], *, least: float, largest: float, lines: Sequence[float] = ()
) -> DrawnRows:
    """Draw the bars from the top down, and scale both axes to hold them and their texts.

    The x-axis starts at ``least`` and reaches ``largest`` at least; 0 makes it linear, any
    other start logarithmic. ``lines`` say where upright lines will stand: no note lies on one.
    """
    ax.set_yticks([])
    settle_layout(ax)
    size, texts = _fit_texts(ax, rows)
    letters = _letters_across(ax, size)
    part = partial(_part, least=least, largest=largest)
    starts, reach = _place_notes(rows, letters, part, lines)
    _scale(ax, least, largest, reach)
    left = ax.get_yaxis_transform()
    look: dict[str, Any] = {"fontsize": size, "parse_math": False}
    spans, zones, rights = [], [], []
    y = 0.0
    for row, start, wrapped in zip(rows, starts, texts, strict=True):
        zones.append((y, y + len(wrapped)))
        rights.append(_TEXT_LEFT + max(map(len, wrapped)) / letters)
        y += len(wrapped)
        text = "\n".join(wrapped)
        ax.text(
            _TEXT_LEFT, y - _ABOVE_BAR, text, transform=left, va="bottom", linespacing=1.1, **look
        )
        middle = y + _BAR / 2
        ax.barh([middle], [row.length - least], left=least, height=_BAR, **row.look)
        ax.annotate(
            row.note,
            (start, middle),
            xytext=(_NOTE_GAP_POINTS, 0),
            textcoords="offset points",
            va="center",
            **look,
        )
        spans.append((y - _BESIDE_BAR, y + _BAR + _BESIDE_BAR))
        y += _BAR + _GAP
    bottom = y - _GAP + _END
    ax.set_ylim(bottom, -_END)
    return DrawnRows(
        spans=tuple(spans),
        texts=tuple(zones),
        text_rights=tuple(rights),
        top=-_END,
        bottom=bottom,
    )


def draw_line(ax: Axes, drawn: DrawnRows, at: float, **look: Any) -> LineCollection:
    """Draw an upright line across all rows, broken where it would strike a text through."""
    place = ax.transAxes.inverted().transform(ax.transData.transform((at, 0.0)))[0]
    tops, bottoms = [drawn.top], []
    for (begin, end), right in zip(drawn.texts, drawn.text_rights, strict=True):
        if place <= right:
            bottoms.append(begin)
            tops.append(end)
    bottoms.append(drawn.bottom)
    return ax.vlines([at] * len(tops), tops, bottoms, **look)


def _letters_across(ax: Axes, size: float) -> float:
    """Give how many letters are sure to fit across the Axes."""
    return ax.bbox.width * 72 / ax.figure.dpi / (size * _CHARACTER_PER_FONT_SIZE)


def _fit_texts(ax: Axes, rows: Sequence[Row]) -> tuple[float, list[list[str]]]:
    """Choose a font size at which all lines fit one below the other, and break the texts."""
    from matplotlib.font_manager import FontProperties

    height_points = ax.bbox.height * 72 / ax.figure.dpi
    size = FontProperties(size="small").get_size_in_points()
    while True:
        characters = max(20, int(_letters_across(ax, size)))
        texts = [textwrap.wrap(row.text, characters) or [""] for row in rows]
        lines = sum(len(text) + _BAR + _GAP for text in texts) + _LEGEND_LINES
        if lines * size * _LINE_PER_FONT_SIZE <= height_points or size <= _LEAST_FONT_SIZE:
            return size, texts
        size = max(_LEAST_FONT_SIZE, size * 0.93)


def _place_notes(
    rows: Sequence[Row], letters: float, part: Callable[[float], float], lines: Sequence[float]
) -> tuple[list[float], float]:
    """Give where each note begins, and how far the x-axis must reach for all of them to fit.

    A note begins at the end of its bar, or at a line on which it would lie. ``letters`` fit
    across the Axes; the reach is in terms of ``part``, where 1 is the largest length.
    """
    starts = [row.length for row in rows]
    reach, before = 1.03, 0.0
    while reach > before:  # in a longer axis a note spans more, and may lie on more lines
        before = reach
        for at, row in enumerate(rows):
            note = (len(row.note) + 1) / letters if row.note else 0.0
            for line in sorted(lines):
                if part(starts[at]) < part(line) <= part(starts[at]) + note * reach:
                    starts[at] = line
            reach = max(reach, part(starts[at]) / max(_LEAST_BAR_WIDTH, 1 - note))
    return starts, reach


def _scale(ax: Axes, least: float, largest: float, reach: float) -> None:
    if least:
        ax.set_xscale("log")
        ax.set_xlim(least, least * (largest / least) ** reach)
    else:
        ax.set_xlim(0, largest * reach)


def _part(length: float, least: float, largest: float) -> float:
    """Give how far a length reaches, where 1 is the largest."""
    if not least:
        return length / largest
    return math.log(length / least) / math.log(largest / least)
