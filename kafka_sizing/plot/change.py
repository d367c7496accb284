"""The `PartitionLoads` before and after a change in; both, by falling load, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kafka_sizing._checks import check_positive, check_type
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.plot._style import (
    legend_above,
    new_axes,
    open_frame,
    tick_counts,
    tick_numbers,
)
from kafka_sizing.plot.colours import BLUE, EDGE, GREY, VERMILLION
from kafka_sizing.plot.labels import short_text
from kafka_sizing.units import display_unit, format_load, format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes


def before_after(
    before: PartitionLoads,
    after: PartitionLoads,
    *,
    capacity: float | None = None,
    names: tuple[str, str] = ("before", "after"),
    ax: Axes | None = None,
) -> Axes:
    """Draw the loads of all partitions, hottest first, before and after a change.

    Before is a grey area, after a blue line; each has its even share as a dashed line, which
    is one line where the count of partitions stays the same.

    Parameters
    ----------
    before, after : PartitionLoads
        The loads to compare, in the same unit.
    capacity : float, optional
        What one partition carries, in that unit. > 0
    names : tuple of str, default ("before", "after")
        What the legend calls them.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If one of the two is not PartitionLoads.
    ValueError
        If their units differ, or the capacity is not finite and positive.

    Examples
    --------
    >>> from kafka_sizing import PartitionLoads, plot
    >>> before, after = PartitionLoads(loads=[10, 50, 20]), PartitionLoads(loads=[30, 25, 25])
    >>> ax = plot.before_after(before, after, capacity=35)
    >>> [steps.get_data().values.tolist() for steps in ax.patches]
    [[50.0, 20.0, 10.0], [30.0, 25.0, 25.0]]
    """
    check_type("before", before, PartitionLoads)
    check_type("after", after, PartitionLoads)
    if before.unit != after.unit:
        raise ValueError(f"after must be in {before.unit} as before is, got {after.unit!r}")
    if capacity is not None:
        check_positive("capacity", capacity)

    ax = new_axes(ax, figsize=(8.0, 4.5))
    largest = max(float(before.loads.max()), float(after.loads.max()), capacity or 0.0)
    factor, unit = display_unit(before.unit, largest)
    open_frame(ax)
    looks: tuple[dict[str, Any], dict[str, Any]] = (
        {"fill": True, "color": GREY, "alpha": 0.6},
        {"fill": False, "edgecolor": BLUE, "linewidth": 2.2},
    )
    entries: list[tuple[Artist, str]] = []
    for loads, name, look in zip((before, after), names, looks, strict=True):
        falling = np.sort(loads.loads)[::-1] / factor
        steps = ax.stairs(falling, np.arange(loads.partitions + 1) + 0.5, **look)
        peak = format_share(loads.max_share)
        entries.append((steps, f"{short_text(name, 40)}: peak share {peak}"))
    for text, load in _even_shares(before, after, names):
        line = ax.axhline(load / factor, color=EDGE, linestyle="--", linewidth=1.2)
        entries.append((line, f"{text}, {format_load(load, before.unit)}"))
    if capacity is not None:
        line = ax.axhline(capacity / factor, color=VERMILLION, linewidth=1.6)
        entries.append((line, f"capacity, {format_load(capacity, before.unit)}"))
    most = max(before.partitions, after.partitions)
    ax.set(xlabel="partitions, hottest first", ylabel=f"load [{unit}]")
    ax.set_xlim(0.5 - 0.01 * most, most + 0.5 + 0.01 * most)
    tick_counts(ax, np.arange(1, most + 1), factors=False)
    tick_numbers(ax.yaxis)
    legend_above(ax, entries, least=0, largest=largest / factor or 1.0, room=8)
    return ax


def _even_shares(
    before: PartitionLoads, after: PartitionLoads, names: tuple[str, str]
) -> list[tuple[str, float]]:
    if np.isclose(before.even_share, after.even_share, rtol=1e-6, atol=0.0):
        return [("even share", before.even_share)]
    return [
        (f"even share, {short_text(name, 40)}", loads.even_share)
        for loads, name in zip((before, after), names, strict=True)
    ]
