"""Axes, artists and results in; the legends and ticks that all plots share out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.plot.colours import KEY_COLOURS, KEY_HATCHES

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_POINTS: Final = 2_000

_LEAST_DATA_HEIGHT: Final = 0.4  # of the Axes, however long the legend
# How a legend may be written, and the part of the Axes' height it may take then.
_LEGEND_SIZES: Final = (("small", 0.42), ("x-small", 0.42), ("xx-small", 0.6))
_TICK_INCHES: Final = 0.13  # a digit of a tick label, and its part of the gap to the next


def new_axes(ax: Axes | None, **figure_kwargs: Any) -> Axes:
    """Give ``ax``, or the only Axes of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    made: Axes = plt.subplots(layout="constrained", **figure_kwargs)[1]
    return made


def root_figure(ax: Axes) -> Figure:
    """Give the whole figure, of which ``ax.figure`` may be a part."""
    figure = ax.figure
    while (parent := figure.figure) is not figure:
        figure = parent
    return figure


def settle_layout(ax: Axes) -> None:
    """Let the figure's own layout place the Axes, so that what fits them can be told."""
    figure = root_figure(ax)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


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


def tick_counts(ax: Axes, counts: NDArray[np.int64], *, factors: bool = True) -> None:
    """Scale the x-axis for counts or ranks: by ``factors`` where they range widely."""
    from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

    low, high = int(counts.min()), int(counts.max())
    width_inches = ax.bbox.width / ax.figure.dpi
    if factors and high > 20 * low:
        ax.set_xscale("log")
        ticks = [digit * 10**power for power in range(10) for digit in (1, 2, 5)]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) * 0.5 > width_inches:
            ticks = [tick for tick in ticks if str(tick).startswith("1")]
        ax.xaxis.set_minor_locator(NullLocator())
    elif counts.size <= 12:
        ticks = sorted(set(counts.tolist()))
    else:
        whole = MaxNLocator(6, integer=True).tick_values(low, high)
        ticks = [low, *(int(tick) for tick in whole if low + (high - low) / 12 < tick <= high)]
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    tick_numbers(ax.xaxis)
    if factors and low == high:
        ax.margins(x=0.5)


def tick_factors(ax: Axes, low: float, high: float) -> None:
    """Scale the y-axis by factors, and tick round values from ``low`` to ``high``."""
    from matplotlib.ticker import FixedLocator, NullLocator

    decades = range(int(np.floor(np.log10(low))), int(np.floor(np.log10(high) + 1e-9)) + 1)
    height_inches = _LEAST_DATA_HEIGHT * ax.bbox.height / ax.figure.dpi
    digits = (1, 2, 5) if 3 * len(decades) * 0.14 < height_inches or len(decades) < 3 else (1,)
    ticks = [digit * 10.0**power for power in decades for digit in digits]
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(FixedLocator([at for at in ticks if low <= at <= high * 1.001]))
    ax.yaxis.set_minor_locator(NullLocator())


def sparse_ranks(n: int, most: int = MOST_POINTS) -> NDArray[np.int64]:
    """Choose at most ``most`` of the ranks 1 … n, both ends included, dense at the top."""
    if n <= most:
        return np.arange(1, n + 1)
    return np.unique(np.rint(np.geomspace(1, n, most)).astype(np.int64))


def legend_above(
    ax: Axes, entries: Sequence[tuple[Artist, str]], *, least: float, largest: float, room: float
) -> None:
    """Name what is drawn, between the data and the upper end of the y-axis.

    The y-axis is stretched so that data from ``least`` up to ``largest`` stay below the
    legend, with ``room`` points between them, and it is drawn and ticked no further than the
    data. Names are drawn as they are: no ``$`` starts mathematics, no ``_`` hides an entry.
    """
    ax.set_ylim(least, largest)
    settle_layout(ax)
    below_top = room * ax.figure.dpi / 72
    below_top += _fit_legend(ax, entries, "upper left")
    data_part = max(_LEAST_DATA_HEIGHT, 1 - below_top / ax.bbox.height)
    if ax.get_yscale() == "log":
        ax.set_ylim(least, least * (largest / least) ** (1 / data_part))
    else:
        ax.set_ylim(least, least + (largest - least) / data_part)
        _tick_up_to(ax, least, largest, data_part)
    ax.spines["left"].set_bounds(least, largest)


def legend_below_rows(ax: Axes, entries: Sequence[tuple[Artist, str]]) -> None:
    """Name what is drawn, under the lowest of horizontal bars."""
    height = _fit_legend(ax, entries, "lower right")
    low, high = ax.get_ylim()
    data_part = max(_LEAST_DATA_HEIGHT, 1 - height / ax.bbox.height)
    ax.set_ylim(high + (low - high) / data_part, high)


def _tick_up_to(ax: Axes, least: float, largest: float, data_part: float) -> None:
    from matplotlib.ticker import FixedLocator, MaxNLocator

    data_inches = data_part * ax.bbox.height / ax.figure.dpi
    wanted = int(np.clip(data_inches / 0.4, 2, 9))
    ticks = MaxNLocator(wanted, steps=[1, 2, 2.5, 5, 10]).tick_values(least, largest)
    shown = [tick for tick in ticks if least <= tick <= largest * (1 + 1e-9)]
    ax.yaxis.set_major_locator(FixedLocator(shown))


def _fit_legend(ax: Axes, entries: Sequence[tuple[Artist, str]], loc: str) -> float:
    """Draw the legend in as many columns as fit; give its height in pixels.

    One that would take too much of the Axes, or be wider than they are, is written smaller; if
    that is not enough it stands to the right of them, and takes nothing.
    """
    if not entries:
        return 0.0
    for size, most_height in _LEGEND_SIZES:
        extent = _widest_legend(ax, entries, loc, size)
        smallest = size == _LEGEND_SIZES[-1][0]
        fits = smallest or extent.width <= ax.bbox.width
        if fits and extent.height <= most_height * ax.bbox.height:
            return float(extent.height)
    beside = _legend(ax, entries, columns=1, loc="upper left", size="small")
    beside.set_bbox_to_anchor((1.01, 1.0), transform=ax.transAxes)
    beside.set_in_layout(False)
    return 0.0


def _widest_legend(ax: Axes, entries: Sequence[tuple[Artist, str]], loc: str, size: str) -> Any:
    """Draw the legend in one column, or in more as long as it is no wider than the Axes."""
    extent = _legend(ax, entries, columns=1, loc=loc, size=size).get_window_extent()
    most = min(len(entries), int(2 * ax.bbox.width / extent.width))
    for columns in range(most, 1, -1):
        wide = _legend(ax, entries, columns=columns, loc=loc, size=size).get_window_extent()
        if wide.width <= ax.bbox.width:
            return wide
    _legend(ax, entries, columns=1, loc=loc, size=size)
    return extent


def _legend(
    ax: Axes,
    entries: Sequence[tuple[Artist, str]],
    *,
    columns: int,
    loc: Any,
    size: str,
) -> Any:
    legend = ax.legend(
        [handle for handle, _ in entries],
        ["…"] * len(entries),
        loc=loc,
        ncols=columns,
        frameon=False,
        fontsize=size,
        borderaxespad=0.1,
        handlelength=1.6,
        columnspacing=1.2,
        labelspacing=0.3,
    )
    for text, (_, name) in zip(legend.get_texts(), entries, strict=True):
        text.set_text(name)
        text.set_parse_math(False)
    return legend
