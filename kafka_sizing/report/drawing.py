"""A plot and what it shows in; a figure of a page, drawn, out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.report.svg import svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE: Final = (10.8, 4.2)  # inches
HALF: Final = (5.2, 3.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFigure:
    """One plot of a page, what it shows and how to read it."""

    name: str
    title: str
    caption: str
    svg: str
    wide: bool


def drawn(
    name: str,
    title: str,
    caption: str,
    draw: Callable[..., Any],
    *,
    size: tuple[float, float] = WIDE,
) -> PageFigure:
    """Draw a plot that takes ``ax=``, for a page."""

    def on(ax: Axes) -> None:
        draw(ax=ax)

    picture = svg(on, name=f"plot-{name}", title=title, size=size)
    return PageFigure(name=name, title=title, caption=caption, svg=picture, wide=size != HALF)


def rows_size(rows: int) -> tuple[float, float]:
    """Give a figure of named bars room for all of them."""
    return WIDE[0], 1.4 + 0.55 * rows
