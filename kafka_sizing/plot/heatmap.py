"""A `LagSimulation` in; the lag of every partition at every time, as colours, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_type
from kafka_sizing.consumers.simulation.result import LagSimulation
from kafka_sizing.plot._lags import LagScale, LagUnit, lag_rows, lag_scale
from kafka_sizing.plot._marks import draw_marks, marks_of
from kafka_sizing.plot._spans import draw_spans, spans_of
from kafka_sizing.plot._style import (
    grouped_number,
    legend_above,
    new_axes,
    open_frame,
    settle_layout,
    tick_numbers,
)
from kafka_sizing.plot._time import stretches, time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.image import AxesImage

ColourScale = Literal["linear", "log"]

# Pale where little is unread; even to the eye, also to colour-blind ones. Without its last
# part, which is as black as a dark page.
_COLOURS: Final = "magma_r"
_COLOURS_PART: Final = 0.72
_DECADES: Final = 6  # from the highest lag down; less counts as all read
_CHARACTER_INCHES: Final = 0.075
_LANE_POINTS: Final = 7.0  # height of the strip of rebalances
_TICK_POINTS: Final = 11
_BAR_POINTS: Final = 7.0
_BAR_LABELS_POINTS: Final = 15.0
_BAR_ROOM_POINTS: Final = 30.0
_BAR_WIDTH: Final = 0.5  # of the Axes


def lag_heatmap(
    simulation: LagSimulation,
    *,
    unit: LagUnit = "records",
    colours: ColourScale = "linear",
    ax: Axes | None = None,
    **image_kwargs: Any,
) -> Axes:
    """Draw the lag of every partition over time: the darker, the further behind.

    A row is a partition, the first at the top; a column is a stretch of time; nothing is drawn
    where all is read. Where there are more partitions or steps than points on paper, several
    share a row or column and the highest lag among them counts, so that no peak is lost. A
    strip above the rows shows when a member was away without the group knowing, which
    partitions a rebalance stopped, and when retention deleted unread records. Events are lines
    with a name, and a bar for as long as they last.

    Parameters
    ----------
    simulation : LagSimulation
        What `simulate_lag` gives.
    unit : {"records", "s"}, default "records"
        Unread records, or the age of the oldest unread one, in the unit of time that reads
        best.
    colours : {"linear", "log"}, default "linear"
        How lag becomes colour; "log" tells small lags apart beside large ones.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.
    **image_kwargs
        Go to ``Axes.imshow``, and win over the choices made here: ``cmap``, say.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on. The colour bar is part of it.

    Raises
    ------
    TypeError
        If ``simulation`` is not a LagSimulation.
    ValueError
        If ``unit`` or ``colours`` is none of its choices.

    Examples
    --------
    >>> from kafka_sizing import plot
    >>> from kafka_sizing.consumers import PoisonRecord, simulate_lag
    >>> stuck = PoisonRecord(at_s=60, partition=3)
    >>> simulation = simulate_lag(
    ...     600, partitions=6, member=300, members=3, duration_s=120, events=[stuck]
    ... )
    >>> ax = plot.lag_heatmap(simulation)
    >>> cells = ax.images[0].get_array()
    >>> cells.shape, cells[:, -1].tolist()
    ((6, 120), [None, None, None, 6000.0, None, None])
    """
    check_type("simulation", simulation, LagSimulation, "simulate_lag")
    check_choice("unit", unit, get_args(LagUnit))
    check_choice("colours", colours, get_args(ColourScale))
    lag = lag_rows(simulation, unit)
    scale = lag_scale(unit, float(lag.max()))

    ax = new_axes(ax, figsize=(8.0, 4.5))
    open_frame(ax)
    settle_layout(ax)
    ax.set_ylabel("partition")
    factor = time_axis(ax, simulation.duration_s)
    last, top = simulation.partitions - 0.5, -0.5
    happened = spans_of(simulation)
    lane = _lane(ax, simulation.partitions) if happened else 0.0
    above = top - 2 * lane
    spans = draw_spans(
        ax,
        happened,
        factor=factor,
        low=top - 0.5 * lane,
        high=top - 1.5 * lane,
        alpha=1.0,
    )
    room = draw_marks(ax, marks_of(simulation), factor=factor, low=last, high=above)
    legend_above(ax, spans, least=last, largest=above, room=room + _BAR_ROOM_POINTS)
    ax.spines["left"].set_bounds(last, top)
    _tick_rows(ax, simulation.partitions)
    look = {"norm": _norm(colours, scale, float(lag.max())), "cmap": _palette()} | image_kwargs
    image = _draw_cells(ax, lag / scale.factor, simulation.duration_s / factor, look)
    _draw_bar(ax, image, scale, above, room)
    return ax


def _lane(ax: Axes, partitions: int) -> float:
    """Give the height of the strip of rebalances, in partitions."""
    return partitions * min(0.06, 1.5 * _LANE_POINTS / _points(ax.bbox.height, ax))


def _norm(colours: ColourScale, scale: LagScale, largest: float) -> Normalize:
    """Give what turns lag into a place in the palette."""
    from matplotlib.colors import LogNorm, Normalize

    most = largest / scale.factor or 1.0
    if colours == "linear":
        return Normalize(0.0, most)
    one = min(1 / scale.factor, most / 10)  # record, or second
    return LogNorm(max(one, most / 10**_DECADES), most, clip=True)


def _palette() -> Colormap:
    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap

    kept = colormaps[_COLOURS](np.linspace(0.0, _COLOURS_PART, 256))
    return LinearSegmentedColormap.from_list(_COLOURS, kept)


def _draw_cells(
    ax: Axes, lag: NDArray[np.float64], duration: float, look: dict[str, Any]
) -> AxesImage:
    """Draw a cell for each partition and step, or for as many together as share a point."""
    steps, partitions = lag.shape
    columns = stretches(steps, max(1, int(_points(ax.bbox.width, ax))))
    rows = stretches(partitions, max(1, int(_rows_points(ax, partitions))))
    cells = np.maximum.reduceat(np.maximum.reduceat(lag, columns, axis=0), rows, axis=1).T
    # The last column and row may stand for less than the others: they reach beyond the data.
    right = columns.size * (columns[1] if columns.size > 1 else steps) / steps * duration
    bottom = rows.size * (rows[1] if rows.size > 1 else partitions) - 0.5
    usual: dict[str, Any] = {"aspect": "auto", "interpolation": "none", "zorder": 0.4}
    return ax.imshow(
        np.ma.masked_less_equal(cells, cells.max() / 10**_DECADES),
        extent=(0.0, right, bottom, -0.5),
        **usual | look,
    )


def _points(pixels: float, ax: Axes) -> float:
    return pixels * 72 / ax.figure.dpi


def _rows_points(ax: Axes, partitions: int) -> float:
    """Give the height of all rows."""
    low, high = ax.transData.transform([(0.0, -0.5), (0.0, partitions - 0.5)])[:, 1]
    return _points(abs(high - low), ax)


def _tick_rows(ax: Axes, partitions: int) -> None:
    """Tick whole partition numbers: all of them where they fit."""
    from matplotlib.ticker import FixedLocator, MaxNLocator

    most = max(2, int(_rows_points(ax, partitions) / _TICK_POINTS))
    if partitions <= most:
        ticks: NDArray[Any] = np.arange(partitions)
    else:
        whole = MaxNLocator(most, integer=True, steps=[1, 2, 5, 10])
        ticks = np.asarray(whole.tick_values(0, partitions - 1))
    ax.yaxis.set_major_locator(FixedLocator(ticks[(ticks >= 0) & (ticks < partitions)].tolist()))
    tick_numbers(ax.yaxis)


def _draw_bar(ax: Axes, image: AxesImage, scale: LagScale, above: float, room: float) -> None:
    """Draw the colour bar between the names of events and the legend, its label to the left."""
    from matplotlib.colorbar import Colorbar

    point = ax.figure.dpi / 72 / ax.bbox.height
    bottom = ax.transAxes.inverted().transform(ax.transData.transform((0.0, above)))[1]
    bottom += (room + _BAR_LABELS_POINTS) * point
    label = ax.text(
        0.0,
        bottom,
        scale.label,
        transform=ax.transAxes,
        fontsize="small",
        verticalalignment="bottom",
    )
    left = (label.get_window_extent().width + 6) / ax.bbox.width
    width = min(_BAR_WIDTH, 0.95 - left)
    place = ax.inset_axes((left, bottom, width, _BAR_POINTS * point))
    bar = Colorbar(place, image, orientation="horizontal")
    bar.outline.set_visible(False)
    place.tick_params(labelsize="small", length=2, pad=1)
    place.minorticks_off()
    _tick_bar(place, image, width * ax.bbox.width / ax.figure.dpi)


def _tick_bar(place: Axes, image: AxesImage, inches: float) -> None:
    """Tick as many values as can stand beside each other."""
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import LogLocator, MaxNLocator

    tick_numbers(place.xaxis)
    widest = len(grouped_number(np.ceil(image.get_clim()[1])))
    most = max(1, int(inches / ((widest + 2) * _CHARACTER_INCHES)))
    log = isinstance(image.norm, LogNorm)
    place.xaxis.set_major_locator(
        LogLocator(numticks=most) if log else MaxNLocator(most, steps=[1, 2, 2.5, 5, 10])
    )
