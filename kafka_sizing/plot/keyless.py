"""A `KeylessSpread` in; the share of every partition over time, as lines, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_type
from kafka_sizing.partitions.keyless import KeylessSpread
from kafka_sizing.plot._style import legend_above, new_axes, open_frame, tick_numbers
from kafka_sizing.plot._time import time_axis
from kafka_sizing.plot.colours import BLUE, EDGE, GREEN, GREY, VERMILLION
from kafka_sizing.units import format_duration, format_number

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

Counted = Literal["so far", "in each window"]

_MOST_LINES: Final = 500  # more are but a band
_FROM_ZERO_BELOW: Final = 0.5  # the axis begins at 0 where a partition has less of the even share
_LABELS: Final = {
    "so far": "records so far / even share",
    "in each window": "records in the window / even share",
}


def keyless_spread(
    spread: KeylessSpread, *, counted: Counted = "so far", ax: Axes | None = None
) -> Axes:
    """Draw how the records without a key close in on the even share, or never do.

    A thin line is a partition; the ones with the most and the fewest records at the end stand
    out. The band is what passes for even, and the upright line when all stay inside.

    Parameters
    ----------
    spread : KeylessSpread
        What `simulate_keyless` gives.
    counted : {"so far", "in each window"}, default "so far"
        All records up to a time, or those of each window alone.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``spread`` is not a KeylessSpread.
    ValueError
        If ``counted`` is none of its choices.

    Examples
    --------
    >>> from kafka_sizing import plot, simulate_keyless
    >>> spread = simulate_keyless(
    ...     800, partitions=8, duration_s=60, client="librdkafka murmur2", rng=1
    ... )
    >>> ax = plot.keyless_spread(spread)
    >>> ax.lines[0].get_ydata()[-1].item(), ax.get_ylabel()
    (8.0, 'records so far / even share')
    """
    check_type("spread", spread, KeylessSpread, "simulate_keyless")
    check_choice("counted", counted, get_args(Counted))
    ax = new_axes(ax, figsize=(8.0, 4.5))
    open_frame(ax)
    records = spread.records_so_far if counted == "so far" else spread.records
    ratios = _ratios(records)
    factor = time_axis(ax, spread.duration_s)
    times = np.arange(1.0, spread.windows + 1, dtype=np.float64) * (spread.window_s / factor)
    entries = _draw_two(ax, spread, times, ratios)
    entries += _draw_others(ax, times, ratios)
    entries += _draw_near(ax, spread)
    ax.set_ylabel(_LABELS[counted])
    tick_numbers(ax.yaxis)
    largest = max(float(ratios.max()), 1 + spread.within_fraction)
    least = min(float(ratios.min()), 1 - spread.within_fraction)
    least = 0.0 if least < _FROM_ZERO_BELOW else least
    if counted == "so far" and spread.evens_out_s is not None:
        entries.append(_draw_even(ax, spread, factor, least, largest))
    legend_above(ax, entries, least=least, largest=largest, room=5)
    return ax


def _ratios(records: NDArray[np.int64]) -> NDArray[np.float64]:
    """Divide each row by its mean; 1 where a row is all 0."""
    even = records.mean(axis=1, keepdims=True)
    ratios = np.where(even > 0, records / np.where(even > 0, even, 1), 1.0)
    return ratios.astype(np.float64)


def _draw_two(
    ax: Axes, spread: KeylessSpread, times: NDArray[np.float64], ratios: NDArray[np.float64]
) -> list[tuple[Artist, str]]:
    """Draw the partitions with the most and the fewest records in the end."""
    loads = spread.loads
    entries: list[tuple[Artist, str]] = []
    for partition, which, color in (
        (loads.hottest, "most", VERMILLION),
        (int(loads.loads.argmin()), "fewest", BLUE),
    )[: spread.partitions]:
        (line,) = ax.plot(times, ratios[:, partition], color=color, linewidth=1.8, zorder=3)
        ratio = format_number(round(float(loads.loads[partition]) / (loads.even_share or 1), 3))
        entries.append((line, f"partition {partition}, {which}: {ratio} × the even share"))
    return entries


def _draw_others(
    ax: Axes, times: NDArray[np.float64], ratios: NDArray[np.float64]
) -> list[tuple[Artist, str]]:
    """Draw the other partitions: thin lines, or a band where they are too many to tell."""
    from matplotlib.collections import LineCollection

    others = ratios.shape[1] - 2
    if others < 1:
        return []
    name = f"{others:,} other{'s' * (others > 1)}"
    if others > _MOST_LINES:
        band = ax.fill_between(
            times, ratios.min(axis=1), ratios.max(axis=1), color=GREY, alpha=0.4, linewidth=0
        )
        return [(band, name)]
    courses = np.stack([np.broadcast_to(times[:, np.newaxis], ratios.shape), ratios], axis=2)
    lines = LineCollection(
        list(courses.transpose(1, 0, 2)), colors=GREY, linewidths=0.8, alpha=0.8, zorder=2
    )
    ax.add_collection(lines)
    return [(lines, name)]


def _draw_near(ax: Axes, spread: KeylessSpread) -> list[tuple[Artist, str]]:
    """Draw what passes for even."""
    near = spread.within_fraction
    band = ax.axhspan(1 - near, 1 + near, color=GREEN, alpha=0.18, linewidth=0, zorder=0.5)
    return [(band, f"within {100 * near:.4g} % of even")]


def _draw_even(
    ax: Axes, spread: KeylessSpread, factor: float, low: float, high: float
) -> tuple[Artist, str]:
    """Draw from when on the largest share is even."""
    at_s = spread.evens_out_s or 0.0
    line = ax.vlines(at_s / factor, low, high, color=EDGE, linestyle="--", linewidth=1.4)
    sure = f"{100 * spread.quantile:.4g} %"
    return line, f"none above it after {format_duration(at_s)} in {sure} of simulations"
