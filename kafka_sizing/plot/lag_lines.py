"""A `LagSimulation` or `LagSamples` in; lines of the lag of its worst partitions out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

import numpy as np

from kafka_sizing._checks import check_choice, check_count, check_positive, check_type
from kafka_sizing.consumers.monitoring.samples import LagSamples
from kafka_sizing.consumers.simulation.result import LagSimulation
from kafka_sizing.plot._lags import (
    LagScale,
    LagUnit,
    PartitionLags,
    lag_scale,
    lags_of_samples,
    lags_of_simulation,
)
from kafka_sizing.plot._marks import draw_marks, marks_of
from kafka_sizing.plot._spans import draw_spans, spans_of
from kafka_sizing.plot._style import (
    legend_above,
    new_axes,
    open_frame,
    settle_layout,
    tick_numbers,
)
from kafka_sizing.plot._time import time_axis
from kafka_sizing.plot.colours import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY_BLUE, VERMILLION

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_COLOURS: Final = (BLUE, ORANGE, GREEN, PURPLE, SKY_BLUE)
_STYLES: Final = ("-", "--", ":")
_MOST_LINES: Final = len(_COLOURS) * len(_STYLES)
_MOST_MARKERS: Final = 60
_SAME_FRACTION: Final = 0.002  # of the highest lag: lines this close look like one


def lag_by_partition(
    lag: LagSimulation | LagSamples,
    *,
    worst: int = 5,
    unit: LagUnit = "records",
    objective: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the lag of the worst partitions over time, and where all others lie.

    The worst are those with the highest lag at any time; partitions whose lag runs alike share
    a line. The others are a band from the least to the most lag that any of them has. Of a
    simulation, events and rebalances are drawn as `group_throughput` does. Of samples, a line
    is open where samples are missing: where two are further apart than three times the usual.

    Of a long simulation at most 2,000 points are drawn of each line: the lowest and the
    highest of every stretch.

    Parameters
    ----------
    lag : LagSimulation or LagSamples
        What `simulate_lag` gives, or what was seen of a real group.
    worst : int, default 5
        How many lines to draw. [0, 15]
    unit : {"records", "s"}, default "records"
        Unread records, or the age of the oldest unread one, in the unit of time that reads
        best. Samples have records only.
    objective : float, optional
        The lag to stay below, in ``unit``: a line. > 0
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``lag`` is neither a LagSimulation nor LagSamples.
    ValueError
        If the unit is unknown, or "s" for samples, or a number is out of range.

    Examples
    --------
    >>> from kafka_sizing import plot
    >>> from kafka_sizing.consumers import PoisonRecord, simulate_lag
    >>> stuck = PoisonRecord(at_s=60, partition=3)
    >>> simulation = simulate_lag(
    ...     600, partitions=6, member=300, members=3, duration_s=120, events=[stuck]
    ... )
    >>> ax = plot.lag_by_partition(simulation, worst=1)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['partition 3, up to 6,000', '5 others, up to 0']
    """
    check_type("lag", lag, LagSimulation | LagSamples)
    check_choice("unit", unit, get_args(LagUnit))
    n_lines = check_count("worst", worst, least=0, most=_MOST_LINES)
    if objective is not None:
        check_positive("objective", objective)
    if isinstance(lag, LagSimulation):
        lags = lags_of_simulation(lag, unit)
    elif unit == "records":
        lags = lags_of_samples(lag)
    else:
        raise ValueError(f"unit must be 'records' for LagSamples, got {unit!r}")

    ax = new_axes(ax, figsize=(8.0, 4.5))
    open_frame(ax)
    settle_layout(ax)
    largest = max(np.nan_to_num(lags.peaks).max(), objective or 0.0) or 1.0
    scale = lag_scale(unit, largest)
    factor = time_axis(ax, lags.ends_s, label=lags.time_label)
    entries = _draw_lines(ax, lags, n_lines, factor, scale)
    if objective is not None:
        line = ax.axhline(objective / scale.factor, color=VERMILLION, linewidth=1.6)
        entries.append((line, f"objective, {scale.written(objective)}"))
    ax.set_ylabel(scale.label)
    tick_numbers(ax.yaxis)
    top, room = largest / scale.factor, 0.0
    if isinstance(lag, LagSimulation):
        entries += draw_spans(ax, spans_of(lag), factor=factor, low=0, high=top, alpha=0.4)
        room = draw_marks(ax, marks_of(lag), factor=factor, low=0, high=top)
    legend_above(ax, entries, least=0, largest=top, room=room + 5)
    return ax


def _draw_lines(
    ax: Axes, lags: PartitionLags, n_lines: int, factor: float, scale: LagScale
) -> list[tuple[Artist, str]]:
    """Draw the worst partitions as lines over the band of all others."""
    entries: list[tuple[Artist, str]] = []
    alike, others = _alike(lags, n_lines)
    for rank, partitions in enumerate(alike):
        times, values = lags.line_of(partitions[0])
        (line,) = ax.plot(
            times / factor,
            values / scale.factor,
            color=_COLOURS[rank % len(_COLOURS)],
            linestyle=_STYLES[rank // len(_COLOURS)],
            marker="." if times.size <= _MOST_MARKERS else "",
            linewidth=1.6,
            zorder=3 - rank / 100,
        )
        peak = scale.written(float(lags.peaks[partitions[0]]))
        entries.append((line, f"{lags.named(partitions)}, up to {peak}"))
    if others:
        band = ax.fill_between(
            lags.times_s / factor,
            np.fmin.reduce(lags.lowest[:, others], axis=1) / scale.factor,
            np.fmax.reduce(lags.highest[:, others], axis=1) / scale.factor,
            color=GREY,
            alpha=0.5,
            linewidth=1.0,
        )
        name = f"{len(others):,} other{'s' if len(others) > 1 else ''}" if alike else "all"
        peak = scale.written(float(lags.peaks[others[0]]))
        entries.append((band, f"{name}, up to {peak}"))
    return entries


def _alike(lags: PartitionLags, n_lines: int) -> tuple[list[list[int]], list[int]]:
    """Group partitions, the worst first, into those whose lines look the same, and the rest."""
    left = np.argsort(-np.nan_to_num(lags.peaks, nan=-1.0), kind="stable")
    left = left[~np.isnan(lags.peaks[left])]
    courses = np.nan_to_num(lags.highest)
    near = _SAME_FRACTION * courses.max()
    groups: list[list[int]] = []
    while left.size and len(groups) < n_lines:
        apart = np.abs(courses[:, left] - courses[:, left[:1]]).max(axis=0)
        groups.append(left[apart <= near].tolist())
        left = left[apart > near]
    return groups, left.tolist()
