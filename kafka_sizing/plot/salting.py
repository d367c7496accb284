"""A `SafeShards` in; how surely each number of shards keeps within the allowed share out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kafka_sizing._checks import check_type
from kafka_sizing.fixes.salting.safety import SafeShards
from kafka_sizing.plot._style import (
    legend_above,
    new_axes,
    open_frame,
    percent_number,
    tick_counts,
    tick_numbers,
)
from kafka_sizing.plot.colours import BLUE, EDGE, ORANGE, VERMILLION
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_MOST_MARKERS: Final = 80


def safe_shards(safe: SafeShards, *, ax: Axes | None = None) -> Axes:
    """Draw the probability that the fullest partition keeps within the share, against shards.

    It is a sawtooth: one partition may get the whole number of shards within the share, and
    that rises in steps. The line is the certainty wanted; what lies below it is drawn in another
    colour, and the smallest safe number and the last that fails are marked.

    Parameters
    ----------
    safe : SafeShards
        What `kafka_sizing.safe_shards` found.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``safe`` is not a SafeShards.

    Examples
    --------
    >>> from kafka_sizing import plot, safe_shards
    >>> ax = plot.safe_shards(safe_shards(12, most_share=1 / 4))
    >>> ax.get_xlabel()
    'shards of the key'
    """
    check_type("safe", safe, SafeShards, "safe_shards")
    shards = np.arange(1, safe.probabilities.size + 1)
    is_safe = safe.probabilities >= safe.certainty

    ax = new_axes(ax, figsize=(8.0, 4.5))
    open_frame(ax)
    ax.plot(shards, safe.probabilities, color=EDGE, linewidth=0.9, zorder=1)
    entries: list[tuple[Artist, str]] = []
    size = 5.0 if shards.size <= _MOST_MARKERS else 2.0
    for chosen, color, name in ((is_safe, BLUE, "safe"), (~is_safe, ORANGE, "not safe")):
        if chosen.any():
            (points,) = ax.plot(
                shards[chosen],
                safe.probabilities[chosen],
                linestyle="none",
                marker="o",
                markersize=size,
                color=color,
            )
            entries.append((points, name))
    wanted = format_share(safe.certainty)
    line = ax.axhline(safe.certainty, color=VERMILLION, linewidth=1.4, zorder=0)
    entries.append((line, f"certainty wanted, {wanted}"))
    entries += _marks(ax, safe)
    tick_counts(ax, shards, factors=False)  # teeth are as wide everywhere
    tick_numbers(ax.yaxis, percent_number)
    ax.set_xlabel("shards of the key")
    share = format_share(safe.most_share)
    ax.set_ylabel(f"probability that no partition\nhas more than {share} of the key")
    legend_above(ax, entries, least=0.0, largest=1.0, room=10)
    return ax


def _marks(ax: Axes, safe: SafeShards) -> list[tuple[Artist, str]]:
    """Mark the smallest safe number and the last that fails, where they are in the picture."""
    wanted = [("smallest safe", safe.shards, "D", BLUE)]
    if safe.last_failing and safe.shards and safe.last_failing > safe.shards:
        wanted.append(("last that fails", safe.last_failing, "X", ORANGE))
    entries: list[tuple[Artist, str]] = []
    for name, number, marker, color in wanted:
        if number is None or number > safe.probabilities.size:
            continue
        chance = float(safe.probabilities[number - 1])
        (point,) = ax.plot(
            [number],
            [chance],
            linestyle="none",
            marker=marker,
            markersize=9,
            markeredgecolor=EDGE,
            color=color,
        )
        plural = "s" if number > 1 else ""
        entries.append((point, f"{name}: {number:,} shard{plural}, {100 * chance:.2f} %"))
    return entries
