"""A `LagSimulation` in; what is written and read, and what members could read, over time, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_type
from kafka_sizing.consumers.simulation.result import LagSimulation
from kafka_sizing.plot._marks import draw_marks, marks_of
from kafka_sizing.plot._spans import draw_spans, spans_of
from kafka_sizing.plot._style import (
    legend_above,
    new_axes,
    open_frame,
    settle_layout,
    tick_numbers,
)
from kafka_sizing.plot._time import extremes, time_axis
from kafka_sizing.plot.colours import BLUE, GREEN, ORANGE

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes


def group_throughput(simulation: LagSimulation, *, ax: Axes | None = None) -> Axes:
    """Draw what is written to a topic, and what its group reads and could read, over time.

    Where less is read than written, lag grows; where it is the other way round, the group
    catches up. Spans of time are shaded in which a member was away without the group knowing,
    in which a rebalance stopped partitions, by which ones it stopped, and in which retention
    deleted unread records. Events are lines with a name, and a bar for as long as they last.

    Of a long simulation at most 2,000 points are drawn of each line: the lowest and the
    highest of every stretch.

    Parameters
    ----------
    simulation : LagSimulation
        What `simulate_lag` gives.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``simulation`` is not a LagSimulation.

    Examples
    --------
    >>> from kafka_sizing import plot
    >>> from kafka_sizing.consumers import simulate_lag
    >>> simulation = simulate_lag(900, partitions=6, member=400, members=3, duration_s=600)
    >>> ax = plot.group_throughput(simulation)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['written', 'read', 'capacity of ready members']
    """
    check_type("simulation", simulation, LagSimulation, "simulate_lag")
    ax = new_axes(ax, figsize=(8.0, 4.5))
    open_frame(ax)
    settle_layout(ax)
    factor = time_axis(ax, simulation.duration_s)
    times = simulation.times_s
    capacity = simulation.capacity_records_per_s
    written, read = simulation.written_records_per_s, simulation.read_records_per_s
    curves = [
        _curve(ax, factor, times, written, color=ORANGE, linewidth=3.2),
        _curve(ax, factor, times, read, color=BLUE, linewidth=1.4),
        _curve(ax, factor, times, capacity, color=GREEN, linestyle="--", drawstyle="steps-post"),
    ]
    entries = list(zip(curves, ("written", "read", "capacity of ready members"), strict=True))
    largest = max(float(rates.max()) for rates in (written, read, capacity)) or 1.0
    entries += draw_spans(ax, spans_of(simulation), factor=factor, low=0, high=largest, alpha=0.4)
    ax.set_ylabel("records per second")
    tick_numbers(ax.yaxis)
    room = draw_marks(ax, marks_of(simulation), factor=factor, low=0, high=largest)
    legend_above(ax, entries, least=0, largest=largest, room=room + 5)
    return ax


def _curve(
    ax: Axes, factor: float, times: NDArray[np.float64], rates: NDArray[np.float64], **look: Any
) -> Artist:
    """Draw rates in steps that end at ``times``, from time 0 on."""
    rows = extremes(rates)
    x, y = np.append(0.0, times[rows]) / factor, np.append(rates[0], rates[rows])
    usual: dict[str, Any] = {"drawstyle": "steps-pre", "linewidth": 1.4}
    return ax.plot(x, y, **usual | look)[0]
