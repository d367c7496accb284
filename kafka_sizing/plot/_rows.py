"""Named values in; a horizontal bar for each, its name above it, out."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.plot._style import new_axes, open_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Rectangle

BAR_LINES: Final = 1.1  # the height of a bar, of a gap, and of the ends, in lines of text
_GAP_LINES: Final = 0.7
_END_LINES: Final = 0.4
_LINE_INCHES: Final = 0.19
_FIXED_INCHES: Final = 1.3
_FIGURE_INCHES: Final = 8.0
_CHARACTER_PER_FONT_SIZE: Final = 0.56


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A bar: its text above, its length, what stands at its end, and its look."""

    text: str
    length: float
    note: str
    look: dict[str, Any]


def rows_axes(ax: Axes | None, n_rows: int, *, lines_above: int) -> Axes:
    """Give ``ax``, or a new figure that is tall enough."""
    per_row = lines_above + BAR_LINES + _GAP_LINES
    height = _FIXED_INCHES + _LINE_INCHES * per_row * n_rows
    ax = new_axes(ax, figsize=(_FIGURE_INCHES, height))
    open_frame(ax)
    return ax


def draw_rows(ax: Axes, rows: Sequence[Row]) -> list[tuple[Rectangle, float]]:
    """Draw the bars from the top down; give each with the height of its middle."""
    from matplotlib.font_manager import FontProperties

    points = FontProperties(size="small").get_size_in_points()
    width_points = ax.bbox.width * 72 / ax.figure.dpi
    characters = max(20, int(width_points / (points * _CHARACTER_PER_FONT_SIZE)))
    beside_bar = ax.get_yaxis_transform()
    drawn: list[tuple[Rectangle, float]] = []
    y = 0.0
    for row in rows:
        lines = textwrap.wrap(row.text, characters) or [""]
        y += len(lines)
        ax.text(
            0.006,
            y - 0.12,
            "\n".join(lines),
            transform=beside_bar,
            va="bottom",
            fontsize="small",
            linespacing=1.1,
            parse_math=False,
        )
        middle = y + BAR_LINES / 2
        (bar,) = ax.barh([middle], [row.length], height=BAR_LINES, **row.look)
        ax.annotate(
            row.note,
            (row.length, middle),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
            parse_math=False,
        )
        drawn.append((bar, middle))
        y += BAR_LINES + _GAP_LINES
    ax.set_ylim(y - _GAP_LINES + _END_LINES, -_END_LINES)
    ax.set_yticks([])
    return drawn
