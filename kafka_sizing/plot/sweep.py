"""A `PartitionSweep` in; peak share or imbalance ratio against the partition count out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_share, check_type
from kafka_sizing.partitions.luck import EVEN_CHANCE
from kafka_sizing.partitions.sweep import PartitionSweep
from kafka_sizing.plot._style import (
    grouped_number,
    legend_above,
    new_axes,
    open_frame,
    percent_number,
    tick_counts,
    tick_factors,
    tick_numbers,
)
from kafka_sizing.plot.colours import BLUE, EDGE, ORANGE, VERMILLION
from kafka_sizing.units import format_count, format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

Measure = Literal["max_share", "imbalance_ratio"]
_MOST_MARKERS: Final = 60


def partition_sweep(
    sweep: PartitionSweep,
    *,
    measure: Measure = "max_share",
    capacity_share: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how uneven the same keys are at many partition counts, and what bounds them.

    No count pushes the hottest partition below the even share, nor below the share of the
    hottest key: both are drawn. Axes that range widely are logarithmic.

    Parameters
    ----------
    sweep : PartitionSweep
        What `sweep_partitions` found.
    measure : {"max_share", "imbalance_ratio"}, default "max_share"
        The share of the hottest partition, or its load over the even share.
    capacity_share : float, optional
        What one partition carries, as a share of the whole load: drawn as a line, and the
        first count that stays within it is marked, with a word if most random hashes would
        not. (0, 1]
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``sweep`` is not a PartitionSweep.
    ValueError
        If the measure is unknown, or ``capacity_share`` outside (0, 1].

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, plot, sweep_partitions
    >>> sweep = sweep_partitions(KeyLoads(["21", "foobar", "abc"], [3, 2, 1]), [1, 2, 4])
    >>> ax = plot.partition_sweep(sweep)
    >>> ax.lines[0].get_ydata().round(2).tolist()
    [1.0, 0.83, 0.5]
    """
    check_type("sweep", sweep, PartitionSweep)
    check_choice("measure", measure, get_args(Measure))
    if capacity_share is not None:
        check_share("capacity_share", capacity_share)

    order = np.argsort(sweep.partitions, kind="stable")
    counts = sweep.partitions[order]
    shares = measure == "max_share"
    values = (sweep.max_share if shares else sweep.imbalance_ratio)[order]
    scale = np.ones(counts.size) if shares else counts.astype(np.float64)

    ax = new_axes(ax, figsize=(8.0, 4.5))
    open_frame(ax)
    marker = "o" if counts.size <= _MOST_MARKERS else ""
    label = "hottest partition" if shares else "imbalance ratio"
    (line,) = ax.plot(counts, values, color=BLUE, marker=marker, markersize=4, linewidth=1.6)
    drawn: list[NDArray[np.float64]] = [values]
    entries: list[tuple[Artist, str]] = [(line, label)]

    def bound(bounds: NDArray[np.float64], name: str, color: str, style: str) -> None:
        marker = "_" if counts.size == 1 else ""  # a line of one point does not show
        (line,) = ax.plot(
            counts, bounds, color=color, linestyle=style, linewidth=1.4, marker=marker, ms=20
        )
        drawn.append(bounds)
        entries.append((line, name))

    floor = sweep.hottest_key_share
    bound(floor * scale, f"hottest key alone, {format_share(floor)}", ORANGE, "-.")
    bound(scale / counts, "even share" if shares else "even", EDGE, "--")
    if capacity_share is not None:
        name = f"capacity, {format_share(capacity_share)}"
        bound(capacity_share * scale, name, VERMILLION, "-")
    _label_axes(ax, counts, drawn, shares=shares)
    entries += _mark_counts(ax, sweep, counts, values, capacity_share, shares=shares)

    positive = np.concatenate([bounds[bounds > 0] for bounds in drawn] or [np.ones(1)])
    largest = float(positive.max()) if positive.size else 1.0
    least = float(positive.min()) / 1.2 if ax.get_yscale() == "log" else 0.0
    legend_above(ax, entries, least=least, largest=largest, room=10)
    return ax


def _label_axes(
    ax: Axes, counts: NDArray[np.int64], drawn: list[NDArray[np.float64]], *, shares: bool
) -> None:
    tick_counts(ax, counts)
    values = np.concatenate(drawn)
    positive = values[values > 0]
    if positive.size and positive.max() > 20 * positive.min():
        tick_factors(ax, float(positive.min()), float(positive.max()))
    tick_numbers(ax.yaxis, percent_number if shares else grouped_number)
    ax.set_xlabel("partitions")
    ax.set_ylabel("peak share" if shares else "largest load / even share")


def _is_luck(sweep: PartitionSweep, count: int, capacity_share: float | None) -> bool:
    chance = None if capacity_share is None else sweep.chance_at(count, capacity_share)
    return chance is not None and chance < EVEN_CHANCE


def _mark_counts(
    ax: Axes,
    sweep: PartitionSweep,
    counts: NDArray[np.int64],
    values: NDArray[np.float64],
    capacity_share: float | None,
    *,
    shares: bool,
) -> list[tuple[Artist, str]]:
    """Mark the largest count, and the first that stays within the capacity."""
    fits = sweep.first_below(capacity_share) if capacity_share is not None else None
    last = int(counts[-1])
    wanted = [] if fits is None else [("first to fit", fits, "D")]
    if fits != last:
        wanted.append(("last" if counts.size > 1 else "only", last, "s"))
    entries: list[tuple[Artist, str]] = []
    for name, count, marker in wanted:
        value = float(values[np.flatnonzero(counts == count)[0]])
        (point,) = ax.plot([count], [value], linestyle="none", marker=marker, color=BLUE)
        text = format_share(value) if shares else f"{value:.2f}"
        by_luck = ", by luck" if count == fits and _is_luck(sweep, count, capacity_share) else ""
        entries.append((point, f"{name}: {format_count(count, 'partition')}, {text}{by_luck}"))
    return entries
