"""A `Comparison` of fixes in; the peak share that each leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kafka_sizing._checks import check_type
from kafka_sizing.fixes import Comparison
from kafka_sizing.plot._rows import Row, draw_line, draw_rows, rows_axes
from kafka_sizing.plot._style import legend_below_rows, percent_number, tick_numbers
from kafka_sizing.plot.colours import EDGE, GREEN, GREY, SKY_BLUE, VERMILLION
from kafka_sizing.plot.labels import short_text
from kafka_sizing.units import format_load, format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_ABOVE_LINE: Final[dict[str, Any]] = {"hatch": "///", "edgecolor": EDGE, "linewidth": 0.6}


def fix_comparison(comparison: Comparison, *, ax: Axes | None = None) -> Axes:
    """Draw the share of the hottest partition as it is, and after every fix.

    Above each bar stand the fix and the ordering scope it leaves. The best fix is green and
    says so; what stays above the line that makes a partition hot is hatched. A tick across
    each bar is the even share at its count of partitions.

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

    Raises
    ------
    TypeError
        If ``comparison`` is not a Comparison.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, MorePartitions, compare_fixes, plot
    >>> keys = KeyLoads(["21", "foobar", "abc"], [3, 2, 1])
    >>> comparison = compare_fixes(keys, 2, [MorePartitions(4)])
    >>> ax = plot.fix_comparison(comparison)
    >>> [round(float(bar.get_width()), 2) for bar in ax.patches]
    [0.83, 0.5]
    """
    from matplotlib.patches import Patch

    check_type("comparison", comparison, Comparison)
    outcomes = comparison.outcomes
    as_is = outcomes[0].loads
    limit = comparison.line.load / as_is.total if as_is.total else 0.0

    ax = rows_axes(ax, len(outcomes))
    rows = []
    for outcome in outcomes:
        best = outcome is comparison.best
        look: dict[str, Any] = {"color": GREEN if best else SKY_BLUE}
        if outcome is outcomes[0] and not best:
            look["color"] = GREY
        if not outcome.fits:
            look |= _ABOVE_LINE
        rows.append(
            Row(
                text=f"{short_text(outcome.name, 80)}  ·  order: {outcome.ordering_scope}",
                length=outcome.peak_share,
                note=f"{format_share(outcome.peak_share)}, {outcome.imbalance_ratio:.2f} × even"
                + (_mark(comparison) if best else ""),
                look=look,
            )
        )
    largest = max([*(row.length for row in rows), limit]) or 1.0
    drawn = draw_rows(ax, rows, least=0.0, largest=largest, lines=(limit,))

    evens = [1 / outcome.loads.partitions for outcome in outcomes]
    tops, ends = zip(*drawn.spans, strict=True)
    ticks = ax.vlines(evens, tops, ends, color=EDGE, linewidth=2)
    entries: list[tuple[Artist, str]] = [(ticks, "even share")]
    line = draw_line(ax, drawn, limit, color=VERMILLION, linewidth=1.6)
    entries.append((line, f"{_line_name(comparison)} ({format_share(limit)})"))
    if not all(outcome.fits for outcome in outcomes):
        entries.append((Patch(facecolor="none", **_ABOVE_LINE), "above the line"))
    ax.set_xlabel("peak share")
    tick_numbers(ax.xaxis, percent_number)
    legend_below_rows(ax, entries)
    return ax


def _line_name(comparison: Comparison) -> str:
    line, loads = comparison.line, comparison.outcomes[0].loads
    if line.name == "ratio" and loads.even_share:
        return f"{line.load / loads.even_share:.3g} × even share as is"
    return f"{line.name}, {format_load(line.load, line.unit)}"


def _mark(comparison: Comparison) -> str:
    """Name the best fix what it is: one that does not hold, or not surely, is only the closest."""
    return ", best" if comparison.fits else ", closest"
