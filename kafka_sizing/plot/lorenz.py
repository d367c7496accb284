"""`PartitionLoads` or `KeyLoads` in; their Lorenz curve, with the Gini coefficient, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kafka_sizing._checks import check_type
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.sketch import refuse_sketch
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.partitions.skew import gini
from kafka_sizing.plot._style import (
    MOST_POINTS,
    legend_above,
    new_axes,
    open_frame,
    percent_number,
    tick_numbers,
)
from kafka_sizing.plot.colours import BLUE, EDGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def lorenz_curve(loads: PartitionLoads | KeyLoads, *, ax: Axes | None = None) -> Axes:
    """Draw which part of the load the least loaded partitions (or keys) carry together.

    An even load runs along the diagonal; the Gini coefficient is twice the area between the
    diagonal and the curve.

    Parameters
    ----------
    loads : PartitionLoads or KeyLoads
        What to draw. Of KeyLoads, load without a key is left out.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``loads`` is neither PartitionLoads nor KeyLoads.

    Examples
    --------
    >>> from kafka_sizing import PartitionLoads, plot
    >>> ax = plot.lorenz_curve(PartitionLoads(loads=[4, 1, 3]))
    >>> ax.lines[0].get_ydata().tolist()
    [0.0, 0.125, 0.5, 1.0]
    """
    check_type("loads", loads, PartitionLoads | KeyLoads)
    refuse_sketch(loads, "a Lorenz curve of keys")
    things = "partitions" if isinstance(loads, PartitionLoads) else "keys"
    n = loads.loads.size
    rising = np.sort(loads.loads)
    largest = rising[-1]
    sums = np.concatenate([[0.0], np.cumsum(rising / largest if largest else np.ones(n))])
    at = np.unique(np.rint(np.linspace(0, n, min(n + 1, MOST_POINTS))).astype(np.int64))

    ax = new_axes(ax, figsize=(5.0, 5.0))
    open_frame(ax)
    (curve,) = ax.plot(at / n, sums[at] / sums[-1], color=BLUE, linewidth=2)
    (even,) = ax.plot([0, 1], [0, 1], color=EDGE, linestyle="--", linewidth=1.2)
    ax.fill_between(at / n, sums[at] / sums[-1], at / n, color=BLUE, alpha=0.15, linewidth=0)
    ax.set(xlabel=f"share of {things}, least loaded first", ylabel="share of the load")
    ax.set_xlim(0, 1)
    for axis in (ax.xaxis, ax.yaxis):
        tick_numbers(axis, percent_number)
    counted = things if n > 1 else things.removesuffix("s")
    entries = [(curve, f"{n:,} {counted}, Gini {gini(loads.loads):.3f}"), (even, "even")]
    legend_above(ax, entries, least=0, largest=1, room=4)
    return ax
