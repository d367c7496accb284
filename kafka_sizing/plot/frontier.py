"""A `FixFrontier` in; a lower peak against less order and more cost, drawn, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kafka_sizing._checks import check_type
from kafka_sizing.fixes.base import OrderingScope
from kafka_sizing.fixes.frontier import FixFrontier, FrontierPoint
from kafka_sizing.plot._rows import Row, draw_line, draw_rows, rows_axes
from kafka_sizing.plot._style import legend_below_rows, percent_number, tick_numbers
from kafka_sizing.plot.colours import GREEN, GREY, ORANGE, SKY_BLUE, VERMILLION
from kafka_sizing.plot.labels import short_text
from kafka_sizing.units import format_load, format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_COLOURS: Final[dict[OrderingScope, str]] = {
    "per key": GREEN,
    "per shard": SKY_BLUE,
    "per key and slice": SKY_BLUE,
    "none": ORANGE,
}
_BETTERED: Final[dict[str, Any]] = {
    "facecolor": "none",
    "edgecolor": GREY,
    "linestyle": "--",
    "linewidth": 0.8,
}
_LABELS: Final = {GREEN: "order per key", SKY_BLUE: "order per shard or slice", ORANGE: "no order"}


def fix_frontier(frontier: FixFrontier, *, ax: Axes | None = None) -> Axes:
    """Draw the peak share that each fix leaves, the cheapest on top, by the order it keeps.

    Full bars are the frontier: whoever wants a lower peak than one of them must give up order
    or pay more, which is the next full bar below. Dashed ones are bettered by another. The note
    says how likely the fix is to hold for keys with these shares under a random hash.

    Parameters
    ----------
    frontier : FixFrontier
        From `Comparison.frontier`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``frontier`` is not a FixFrontier.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, MorePartitions, compare_fixes, plot
    >>> keys = KeyLoads(["21", "foobar", "abc"], [3, 2, 1])
    >>> ax = plot.fix_frontier(compare_fixes(keys, 2, [MorePartitions(4)]).frontier)
    >>> [round(float(bar.get_width()), 2) for bar in ax.patches]
    [0.83, 0.5]
    """
    from matplotlib.patches import Patch

    check_type("frontier", frontier, FixFrontier)
    ax = rows_axes(ax, len(frontier.points))
    rows = [
        Row(
            text=f"{short_text(point.name, 80)}  ·  order: {point.outcome.ordering_scope}",
            length=point.outcome.peak_share,
            note=_note(point),
            look={"color": _colour(point)} if point.is_on_frontier else _BETTERED,
        )
        for point in frontier.points
    ]
    limit = frontier.line_share
    largest = max([*(row.length for row in rows), limit]) or 1.0
    drawn = draw_rows(ax, rows, least=0.0, largest=largest, lines=(limit,))
    line = draw_line(ax, drawn, limit, color=VERMILLION, linewidth=1.6)
    entries: list[tuple[Artist, str]] = [
        (line, f"line, {format_load(frontier.line.load, frontier.unit)} ({format_share(limit)})")
    ]
    shown = {_colour(point) for point in frontier.frontier}
    entries += [
        (Patch(facecolor=colour), label) for colour, label in _LABELS.items() if colour in shown
    ]
    if len(frontier.frontier) < len(frontier.points):
        entries.append((Patch(**_BETTERED), "bettered by another"))
    ax.set_xlabel("peak share")
    tick_numbers(ax.xaxis, percent_number)
    legend_below_rows(ax, entries)
    return ax


def _colour(point: FrontierPoint) -> str:
    return _COLOURS[point.outcome.ordering_scope]


def _note(point: FrontierPoint) -> str:
    """Write the peak, and how sure it is that this keeps the line."""
    peak = format_share(point.outcome.peak_share)
    probability = point.certainty.probability
    if probability is None:
        return peak
    if point.certainty.basis == "these keys":
        return f"{peak}, {'holds' if probability else 'fails'} for these keys"
    return f"{peak}, holds under {format_share(probability)} of hashes"
