"""A `PartitionPlan` in; the partitions that each of its limits asks for out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kafka_sizing._checks import MOST_PARTITIONS, check_type
from kafka_sizing.partitions.limits import Limit
from kafka_sizing.partitions.sizing import PartitionPlan
from kafka_sizing.plot._rows import Row, draw_line, draw_rows, rows_axes
from kafka_sizing.plot._style import legend_below_rows, tick_numbers
from kafka_sizing.plot.colours import EDGE, GREY, ORANGE, SKY_BLUE, VERMILLION
from kafka_sizing.plot.labels import short_text

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_STYLES: Final = ("-", "--", "-.", ":")


def partition_limits(plan: PartitionPlan, *, ax: Axes | None = None) -> Axes:
    """Draw how many partitions each limit needs, the binding one, and the upper limits.

    A limit that no count meets is a hatched bar across the Axes. The scale is logarithmic
    where the limits lie far apart.

    Parameters
    ----------
    plan : PartitionPlan
        What `plan_partitions` found.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``plan`` is not a PartitionPlan.

    Examples
    --------
    >>> from kafka_sizing import MiB, plan_partitions, plot
    >>> plan = plan_partitions(
    ...     250 * MiB, producer_bytes_per_s=50 * MiB, consumer_bytes_per_s=25 * MiB
    ... )
    >>> ax = plot.partition_limits(plan)
    >>> [int(bar.get_width()) for bar in ax.patches]
    [5, 10]
    """
    check_type("plan", plan, PartitionPlan)
    lower = [limit for limit in plan.limits if limit.bound == "at least"]
    upper = [limit for limit in plan.limits if limit.bound == "at most"]
    if plan.rounding is not None:
        lower.append(plan.rounding)
    counts = [_drawn(limit) for limit in (*lower, *upper) if limit.partitions is not None]
    largest = max(counts, default=1)
    far_apart = largest > 50 * min(counts, default=1)
    ax = rows_axes(ax, len(lower))
    rows = [_row(plan, limit, largest) for limit in lower]
    planned = [min(plan.partitions, 2 * MOST_PARTITIONS)] if plan.feasible else []
    lines = [*planned, *map(_drawn, upper)]
    least = 0.8 if far_apart else 0.0
    drawn = draw_rows(ax, rows, least=least, largest=largest, lines=lines)

    entries: list[tuple[Artist, str]] = []
    for at, limit in enumerate(upper):
        line = draw_line(
            ax,
            drawn,
            _drawn(limit),
            color=VERMILLION,
            linestyle=_STYLES[at % len(_STYLES)],
            linewidth=1.6,
        )
        entries.append((line, f"at most {_drawn(limit):,}: {short_text(limit.name)}"))
    for at in planned:
        line = draw_line(ax, drawn, at, color=EDGE, linestyle="--", linewidth=1.2, zorder=0.9)
        entries.insert(0, (line, f"planned: {plan.partitions:,}"))
    ax.set_xlabel("partitions")
    _tick(ax, largest, far_apart=far_apart)
    legend_below_rows(ax, entries)
    return ax


def _row(plan: PartitionPlan, limit: Limit, largest: int) -> Row:
    if limit is plan.rounding:
        look: dict[str, Any] = {"color": GREY}
    elif limit is plan.binding:
        look = {"color": ORANGE}
    else:
        look = {"color": SKY_BLUE}
    clashes = plan.clash is not None and any(limit is each for each in plan.clash)
    if clashes:
        look |= {"hatch": "///", "edgecolor": EDGE, "linewidth": 0.6}
    if limit.partitions is None:
        return Row(
            text=f"{short_text(limit.name, 60)}: no count is enough",
            length=largest,
            note="",
            look=look,
        )
    note = f"{_drawn(limit):,}"
    if limit.partitions > MOST_PARTITIONS:
        note = f"more than {MOST_PARTITIONS:,}"
    note += ", binding" if limit is plan.binding else ""
    return Row(text=short_text(limit.name, 60), length=_drawn(limit), note=note, look=look)


def _drawn(limit: Limit) -> int:
    """Give the count as far as it can be drawn."""
    return min(limit.partitions or 0, 2 * MOST_PARTITIONS)


def _tick(ax: Axes, largest: int, *, far_apart: bool) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

    few = max(2, int(ax.bbox.width / ax.figure.dpi / (0.4 + 0.1 * len(f"{largest:,}"))))
    ax.xaxis.set_major_locator(
        LogLocator(numticks=few) if far_apart else MaxNLocator(few, integer=True)
    )
    ax.xaxis.set_minor_locator(NullLocator())
    tick_numbers(ax.xaxis)
