"""A `FixFrontier` in; a lower peak against less order and more cost, drawn, out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing._checks import check_type
from kafka_sizing.fixes.base import OrderingScope
from kafka_sizing.fixes.frontier import FixFrontier, FrontierPoint
from kafka_sizing.plot._rows import Row, draw_line, draw_rows, rows_axes
from kafka_sizing.plot._style import legend_below_rows, percent_number, tick_numbers
from kafka_sizing.plot.colours import EDGE, GREEN, GREY, ORANGE, SKY_BLUE, VERMILLION
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
_LABELS: Final = {GREEN: "order per key", SKY_BLUE: "order per shard or slice", ORANGE: "no order"}
_BETTERED: Final[dict[str, Any]] = {"alpha": 0.35}
_ABOVE_LINE: Final[dict[str, Any]] = {"hatch": "///", "edgecolor": EDGE, "linewidth": 0.6}
_ALL_SHOWN: Final = 10  # fixes; of more, those that another betters are left out


def fix_frontier(frontier: FixFrontier, *, ax: Axes | None = None) -> Axes:
    """Draw the peak share that each fix leaves, the cheapest on top, by the order it keeps.

    Full colours are the frontier, which nothing betters in peak, order, cost and certainty at
    once; pale ones are bettered by another, and left out where there are more than ten fixes. A
    tick across each bar is the lowest peak so far among fixes that keep the order needed: where
    it moves left, a lower peak can be had for more. What stays above the line is hatched. Notes
    say how likely a fix is to hold for keys with these shares under a random hash, and which is
    the best.

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
    shown = _shown(frontier)
    ax = rows_axes(ax, len(shown))
    rows = [
        Row(
            text=f"{short_text(point.name, 80)}  ·  order: {point.outcome.ordering_scope}",
            length=point.outcome.peak_share,
            note=_note(point),
            look=_look(point),
        )
        for point in shown
    ]
    limit = frontier.line_share
    largest = max([*(row.length for row in rows), limit]) or 1.0
    lowest = _lowest(shown)
    drawn = draw_rows(ax, rows, least=0.0, largest=largest, lines=(limit, lowest[-1]))
    entries: list[tuple[Artist, str]] = []
    tops, ends = zip(*drawn.spans, strict=True)
    ticks = ax.vlines(lowest, tops, ends, color=EDGE, linewidth=2.5)
    entries.append((ticks, "lowest so far, with the order needed"))
    line = draw_line(ax, drawn, limit, color=VERMILLION, linewidth=1.6)
    entries.append(
        (line, f"line, {format_load(frontier.line.load, frontier.unit)} ({format_share(limit)})")
    )
    colours = {_colour(point) for point in shown}
    entries += [
        (Patch(facecolor=colour), label) for colour, label in _LABELS.items() if colour in colours
    ]
    if not all(point.outcome.fits for point in shown):
        entries.append((Patch(facecolor="none", **_ABOVE_LINE), "above the line"))
    if not all(point.is_on_frontier for point in shown):
        entries.append((Patch(facecolor=GREY, **_BETTERED), "bettered by another"))
    if hidden := len(frontier.points) - len(shown):
        entries.append((Patch(facecolor="none"), f"not shown: {hidden:,} bettered by these"))
    ax.set_xlabel("peak share")
    ax.set_ylabel("← dearer, by what has to change       cheaper →", fontsize="small")
    tick_numbers(ax.xaxis, percent_number)
    legend_below_rows(ax, entries)
    return ax


def _shown(frontier: FixFrontier) -> list[FrontierPoint]:
    """Leave out what is bettered where there is much to show; the best is always shown."""
    if len(frontier.points) <= _ALL_SHOWN:
        return list(frontier.points)
    return [point for point in frontier.points if point.is_on_frontier or point.is_best]


def _lowest(points: Sequence[FrontierPoint]) -> list[float]:
    """Give, for each, the lowest peak of it and the cheaper ones that keep the order needed."""
    lowest, so_far = [], 1.0
    for point in points:
        if point.keeps_order:
            so_far = min(so_far, point.outcome.peak_share)
        lowest.append(so_far)
    return lowest


def _look(point: FrontierPoint) -> dict[str, Any]:
    look: dict[str, Any] = {"color": _colour(point)}
    if not point.is_on_frontier:
        look |= _BETTERED
    if not point.outcome.fits:
        look |= _ABOVE_LINE
    return look


def _colour(point: FrontierPoint) -> str:
    return _COLOURS[point.outcome.ordering_scope]


def _note(point: FrontierPoint) -> str:
    """Write the peak, how sure it is that this keeps the line, and whether it is the best."""
    mark = ""
    if point.is_best:
        mark = ", best" if point.holds else ", closest"
    return f"{format_share(point.outcome.peak_share)}, {_how_sure(point)}{mark}"


def _how_sure(point: FrontierPoint) -> str:
    probability, basis = point.certainty.probability, point.certainty.basis
    if probability is None:
        return "how surely: not known"
    if basis == "these keys":
        return f"{'holds' if probability else 'fails'} for these keys"
    drawn = 0 if point.certainty.peak_shares is None else point.certainty.peak_shares.size
    if basis == "replays":
        return f"holds in {probability * drawn:.0f} of {drawn} replays"
    if not probability:
        return f"holds under none of {drawn:,} hashes"
    return f"holds under {format_share(probability)} of hashes"
