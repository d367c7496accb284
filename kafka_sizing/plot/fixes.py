"""A `Comparison` of fixes in; the peak share that each leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kafka_sizing.plot._rows import BAR_LINES, Row, draw_rows, rows_axes
from kafka_sizing.plot._style import (
    EDGE,
    GREEN,
    GREY,
    SKY_BLUE,
    VERMILLION,
    legend_below_bars,
    percent_number,
    tick_numbers,
)
from kafka_sizing.plot.labels import short_text
from kafka_sizing.units import format_load, format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from kafka_sizing.fixes import Comparison


def fix_comparison(comparison: Comparison, *, ax: Axes | None = None) -> Axes:
    """Draw the share of the hottest partition as it is, and after every fix.

    Above each bar stand the fix and the ordering scope it leaves. The best fix is green and
    says so; peak shares above the capacity are hatched. A tick across each bar is the even
    share at its count of partitions.

    Parameters
    ----------
    comparison : Comparison
        What `compare_fixes` found.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, MorePartitions, compare_fixes, plot
    >>> keys = KeyLoads(["21", "foobar", "abc"], [3, 2, 1])
    >>> comparison = compare_fixes(keys, 2, [MorePartitions(4)])
    >>> ax = plot.fix_comparison(comparison)
    >>> [round(bar.get_width(), 3) for bar in ax.patches]
    [0.667, 0.5]
    """
    outcomes = comparison.outcomes
    as_is = outcomes[0].loads
    limit = None
    if comparison.capacity is not None and as_is.total:
        limit = comparison.capacity / as_is.total

    ax = rows_axes(ax, len(outcomes), lines_above=1)
    rows = []
    for outcome in outcomes:
        best = outcome is comparison.best
        look: dict[str, Any] = {"color": GREEN if best else SKY_BLUE}
        if outcome is outcomes[0] and not best:
            look["color"] = GREY
        if limit is not None and outcome.peak_share > limit * (1 + 1e-9):
            look |= {"hatch": "///", "edgecolor": EDGE, "linewidth": 0.6}
        rows.append(
            Row(
                text=f"{short_text(outcome.name, 80)}  ·  order: {outcome.ordering_scope}",
                length=outcome.peak_share,
                note=f"{format_share(outcome.peak_share)}, {outcome.imbalance_ratio:.2f} × even"
                + (", best" if best else ""),
                look=look,
            )
        )
    largest = max([*(row.length for row in rows), limit or 0.0]) or 1.0
    ax.set_xlim(0, 1.3 * largest)
    bars = draw_rows(ax, rows)

    entries: list[tuple[Artist, str]] = []
    evens = [1 / outcome.loads.partitions for outcome in outcomes]
    middles = [middle for _, middle in bars]
    reach = BAR_LINES / 2 + 0.15
    ticks = ax.vlines(
        evens,
        [middle - reach for middle in middles],
        [middle + reach for middle in middles],
        color=EDGE,
        linewidth=2,
    )
    entries.append((ticks, "even share"))
    if limit is not None:
        line = ax.axvline(limit, color=VERMILLION, linewidth=1.6, zorder=0.9)
        amount = format_load(comparison.capacity, as_is.unit)
        entries.append((line, f"capacity, {amount} ({format_share(limit)})"))
    ax.set_xlabel("peak share: part of the load on the hottest partition")
    tick_numbers(ax.xaxis, percent_number)
    legend_below_bars(ax, entries)
    return ax
