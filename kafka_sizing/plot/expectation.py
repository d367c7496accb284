"""An `ExpectedSweep` in; this hash's peak shares on the band of random hashes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_share, check_type
from kafka_sizing.partitions.lucky_counts import ExpectedSweep
from kafka_sizing.plot._style import (
    legend_above,
    new_axes,
    open_frame,
    percent_number,
    tick_counts,
    tick_factors,
    tick_numbers,
)
from kafka_sizing.plot.colours import BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILLION
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_POINTS: Final = {
    "lucky": (GREEN, "v"),
    "typical": (BLUE, "o"),
    "unlucky": (PURPLE, "^"),
}
_ROOMY: Final = 60  # counts up to which points are drawn large
_LOW, _HIGH = 0.05, 0.95


def expected_share(
    sweep: ExpectedSweep, *, capacity_share: float | None = None, ax: Axes | None = None
) -> Axes:
    """Draw what random hashes put on the hottest partition, and where this one stands.

    The band holds nine hashes in ten, the line in it is their median. A point for each count
    is the hash in use. No count pushes either below the share of the hottest key.

    Parameters
    ----------
    sweep : ExpectedSweep
        What `expected_sweep` found.
    capacity_share : float, optional
        What one partition carries, as a share of the whole load: drawn as a line. (0, 1]
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``sweep`` is not an ExpectedSweep.
    ValueError
        If ``capacity_share`` is outside (0, 1].

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, plot
    >>> from kafka_sizing.partitions import expected_sweep
    >>> sweep = expected_sweep(KeyLoads(["21", "foobar"], [3, 1]), [1, 4], rng=1)
    >>> ax = plot.expected_share(sweep)
    >>> ax.lines[0].get_ydata().round(2).tolist()
    [1.0, 0.75]
    """
    check_type("sweep", sweep, ExpectedSweep, "expected_sweep")
    if capacity_share is not None:
        check_share("capacity_share", capacity_share)

    order = np.argsort(sweep.partitions, kind="stable")
    counts = sweep.partitions[order]
    low, median, high = (sweep.max_share_quantile(q)[order] for q in (_LOW, 0.5, _HIGH))
    ax = new_axes(ax, figsize=(8.0, 4.5))
    open_frame(ax)
    entries: list[tuple[Artist, str]] = []

    band = ax.fill_between(counts, low, high, color=GREY, alpha=0.35, linewidth=0)
    if counts.size == 1:  # a band of no width does not show
        ax.vlines(counts, low, high, color=GREY, alpha=0.35, linewidth=20)
    marker = "_" if counts.size == 1 else ""

    def line(heights: NDArray[np.float64], name: str, color: str, style: str) -> None:
        (drawn,) = ax.plot(
            counts, heights, color=color, linestyle=style, linewidth=1.4, marker=marker, ms=20
        )
        entries.append((drawn, name))

    line(median, "median of random hashes", GREY, "-")
    entries.append((band, "nine in ten of them"))
    floor = sweep.sweep.hottest_key_share
    line(np.full(counts.size, floor), f"hottest key alone, {format_share(floor)}", ORANGE, "-.")
    if capacity_share is not None:
        name = f"capacity, {format_share(capacity_share)}"
        line(np.full(counts.size, capacity_share), name, VERMILLION, "--")
    entries += _draw_points(ax, sweep, counts.size)

    heights = [low, high, sweep.sweep.max_share, np.array([floor, capacity_share or floor])]
    positive = np.concatenate([height[height > 0] for height in heights])
    least, largest = float(positive.min()), float(positive.max())
    tick_counts(ax, counts)
    if largest > 20 * least:
        tick_factors(ax, least, largest)
    tick_numbers(ax.yaxis, percent_number)
    ax.set_xlabel("partitions")
    ax.set_ylabel("share of the hottest partition")
    bottom = least / 1.2 if ax.get_yscale() == "log" else 0.0
    legend_above(ax, entries, least=bottom, largest=largest, room=10)
    return ax


def _draw_points(ax: Axes, sweep: ExpectedSweep, counts: int) -> list[tuple[Artist, str]]:
    """Draw this hash: a shape and a colour for lucky, typical and unlucky counts."""
    words = np.array(sweep.luck)
    entries: list[tuple[Artist, str]] = []
    for word, (color, marker) in _POINTS.items():
        chosen = words == word
        if not chosen.any():
            continue
        (points,) = ax.plot(
            sweep.partitions[chosen],
            sweep.sweep.max_share[chosen],
            linestyle="none",
            marker=marker,
            color=color,
            markersize=5 if counts <= _ROOMY else 3,
        )
        number = int(chosen.sum())
        entries.append((points, f"this hash, {word}: {number:,} count{'s' * (number > 1)}"))
    return entries
