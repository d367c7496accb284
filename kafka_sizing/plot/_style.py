"""Axes, artists and results in; the colours, legends and ticks that all plots share out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, told apart by colour-blind eyes, less black. Text, ticks and spines
# keep the reader's own colours; grey stands out on white and on black.
ORANGE: Final = "#E69F00"
SKY_BLUE: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
GREY: Final = "#9A9A9A"
EDGE: Final = "#5A5A5A"

KEY_COLOURS: Final = (ORANGE, SKY_BLUE, GREEN, YELLOW, BLUE, PURPLE)
KEY_HATCHES: Final = ("", "////", "....", "xxxx")
MOST_NAMED_KEYS: Final = len(KEY_COLOURS) * len(KEY_HATCHES)
MOST_POINTS: Final = 2_000

_LEAST_DATA_HEIGHT: Final = 0.4  # of the Axes, however long the legend
_TICK_INCHES: Final = 0.13  # a digit of a tick label, and its part of the gap to the next


def new_axes(ax: Axes | None, **figure_kwargs: Any) -> Axes:
    """Give ``ax``, or the only Axes of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    made: Axes = plt.subplots(layout="constrained", **figure_kwargs)[1]
    return made


def check_type(name: str, value: object, *types: type) -> None:
    """Refuse anything but a result that the plot can draw."""
    if not isinstance(value, types):
        expected = " or ".join(kind.__name__ for kind in types)
        raise TypeError(f"{name} must be {expected}, got {type(value).__name__}")


def root_figure(ax: Axes) -> Figure:
    """Give the whole figure, of which ``ax.figure`` may be a part."""
    figure = ax.figure
    while (parent := figure.figure) is not figure:
        figure = parent
    return cast("Figure", figure)


def key_style(rank: int) -> dict[str, Any]:
    """Give the look of the key with this rank; the same in every plot."""
    return {
        "facecolor": KEY_COLOURS[rank % len(KEY_COLOURS)],
        "hatch": KEY_HATCHES[rank // len(KEY_COLOURS) % len(KEY_HATCHES)],
    }


def open_frame(ax: Axes) -> None:
    """Leave away the two spines that carry no scale."""
    ax.spines[["top", "right"]].set_visible(False)


def grouped_number(value: float, _position: int | None = None) -> str:
    """Write a tick: thousands apart, no exponent that hides in a corner."""
    return f"{value:,.10g}"


def percent_number(value: float, _position: int | None = None) -> str:
    """Write a share as a tick: 0.25 is 25 %."""
    return f"{100 * value:.6g} %"


def tick_numbers(axis: Any, write: Callable[[float, int | None], str] = grouped_number) -> None:
    """Write the major ticks of an axis by ``write``."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(write))


def tick_partitions(ax: Axes, partitions: int) -> None:
    """Tick whole partition numbers: all of them where they fit."""
    from matplotlib.ticker import FixedLocator, MaxNLocator

    width_inches = ax.bbox.width / ax.figure.dpi
    needed_inches = partitions * (len(str(partitions - 1)) + 1) * _TICK_INCHES
    fits = partitions > 1 and needed_inches < width_inches
    ax.xaxis.set_major_locator(
        FixedLocator(np.arange(partitions).tolist())
        if fits or partitions == 1
        else MaxNLocator("auto", integer=True)
    )
    tick_numbers(ax.xaxis)


def tick_counts(ax: Axes, counts: NDArray[np.int64]) -> None:
    """Scale the x-axis for partition counts: by factors where they range widely."""
    from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

    low, high = int(counts.min()), int(counts.max())
    if high > 20 * low:
        ax.set_xscale("log")
        ticks = [digit * 10**power for power in range(8) for digit in (1, 2, 5)]
        shown = [tick for tick in ticks if low <= tick <= high]
        width_inches = ax.bbox.width / ax.figure.dpi
        if len(shown) * 0.5 > width_inches:
            shown = [tick for tick in shown if str(tick).startswith("1")]
        ax.xaxis.set_major_locator(FixedLocator(shown))
        ax.xaxis.set_minor_locator(NullLocator())
    elif counts.size == 1:
        ax.xaxis.set_major_locator(FixedLocator([low]))
    else:
        ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
    tick_numbers(ax.xaxis)


def sparse_ranks(n: int, most: int = MOST_POINTS) -> NDArray[np.int64]:
    """Choose at most ``most`` of the ranks 1 … n, both ends included, dense at the top."""
    if n <= most:
        return np.arange(1, n + 1)
    return np.unique(np.rint(np.geomspace(1, n, most)).astype(np.int64))


def legend_above(
    ax: Axes, entries: Sequence[tuple[Artist, str]], *, least: float, largest: float, room: float
) -> None:
    """Name what is drawn, between the data and the upper end of the y-axis.

    The y-axis is stretched so that data up to ``largest`` (from ``least``) stay below the
    legend, with ``room`` points between them. Names are drawn as they are: no ``$`` starts
    mathematics, no ``_`` hides an entry.
    """
    below_top = room * ax.figure.dpi / 72
    if entries:
        legend = _legend(ax, entries, columns=1)
        width = legend.get_window_extent().width
        columns = min(len(entries), max(1, int(ax.bbox.width / width)))
        legend = _legend(ax, entries, columns=columns)
        below_top += legend.get_window_extent().height
    data_part = max(_LEAST_DATA_HEIGHT, 1 - below_top / ax.bbox.height)
    if ax.get_yscale() == "log":
        ax.set_ylim(least, least * (largest / least) ** (1 / data_part))
    else:
        ax.set_ylim(least, least + (largest - least) / data_part)


def _legend(
    ax: Axes, entries: Sequence[tuple[Artist, str]], *, columns: int, loc: Any = "upper left"
) -> Any:
    legend = ax.legend(
        [handle for handle, _ in entries],
        ["…"] * len(entries),
        loc=loc,
        ncols=columns,
        frameon=False,
        fontsize="small",
        borderaxespad=0.1,
        handlelength=1.6,
        columnspacing=1.2,
        labelspacing=0.3,
    )
    for text, (_, name) in zip(legend.get_texts(), entries, strict=True):
        text.set_text(name)
        text.set_parse_math(False)
    return legend


def legend_below_bars(ax: Axes, entries: Sequence[tuple[Artist, str]]) -> None:
    """Name what is drawn under the lowest of horizontal bars, and make room for it."""
    if not entries:
        return
    legend = _legend(ax, entries, columns=1, loc="lower right")
    columns = min(len(entries), max(1, int(ax.bbox.width / legend.get_window_extent().width)))
    legend = _legend(ax, entries, columns=columns, loc="lower right")
    low, high = ax.get_ylim()
    part = max(_LEAST_DATA_HEIGHT, 1 - legend.get_window_extent().height / ax.bbox.height)
    ax.set_ylim(high + (low - high) / part, high)
