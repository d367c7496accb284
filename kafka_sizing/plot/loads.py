"""`PartitionLoads`, and perhaps its `HotReport`, in; a bar per partition out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, check_type
from kafka_sizing.partitions.lines import Line, hot_lines
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.plot._style import (
    key_style,
    legend_above,
    new_axes,
    open_frame,
    root_figure,
    tick_numbers,
    tick_partitions,
)
from kafka_sizing.plot.colours import (
    EDGE,
    GREY,
    KEY_COLOURS,
    MOST_NAMED_KEYS,
    SKY_BLUE,
    VERMILLION,
)
from kafka_sizing.plot.labels import namer
from kafka_sizing.units import display_unit, format_load, format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from kafka_sizing.partitions.hotspots import HotReport

MOST_BARS: Final = 150  # above, one outline of all bars: single ones are thinner than a gap
_MOST_NOTES: Final = 5
_MOST_TICKED: Final = 24
_CHARACTER_POINTS: Final = 5.5
_ROOM_POINTS: Final = 8.0
_ROOM_NOTES_POINTS: Final = 26.0


def partition_loads(
    loads: PartitionLoads,
    *,
    hot: HotReport | None = None,
    capacity: float | None = None,
    ratio: float | None = None,
    top_keys: int = 8,
    label_of: Callable[[str | bytes], str] | None = None,
    ax: Axes | None = None,
    **bar_kwargs: Any,
) -> Axes:
    """Draw a bar per partition, the hottest keys in it, and the lines that make it hot.

    Partitions above a line carry a triangle; those that the report takes for noise an open
    one. The heaviest keys are stacked in colour from the bottom up, the rest of the load is
    grey. Above 150 partitions the bars are drawn as one outline without gaps, and no more
    than six keys are told apart.

    Parameters
    ----------
    loads : PartitionLoads
        What to draw.
    hot : HotReport, optional
        What `find_hot` says about ``loads``: which partitions to mark, which lines to draw.
        Without it, those above the lowest line stated here are marked.
    capacity : float, optional
        What one partition carries, in ``loads.unit``. > 0
    ratio : float, optional
        Largest multiple of the even share to accept. >= 1
    top_keys : int, default 8
        How many of the heaviest keys to tell apart. [0, 24]
    label_of : callable, optional
        Key → text to name it by, such as a mask; default: the key itself.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.
    **bar_kwargs
        Go to ``Axes.bar`` (``Axes.stairs`` above 150 partitions) for the bars of the whole
        loads, and win over the choices made here.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``loads`` is not PartitionLoads.
    ValueError
        If a number is out of its range, or ``hot`` belongs to another count of partitions.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, place, plot
    >>> loads = place(KeyLoads(["21", "foobar", "abc"], [30, 10, 5]), 4)
    >>> ax = plot.partition_loads(loads, capacity=20)
    >>> [bar.get_height() for bar in ax.containers[0]] == loads.loads.tolist()
    True
    """
    check_type("loads", loads, PartitionLoads)
    n_named = check_count("top_keys", top_keys, least=0, most=MOST_NAMED_KEYS)
    if hot is not None and hot.loads.partitions != loads.partitions:
        raise ValueError(
            f"hot must be the report of these loads, got one of {hot.loads.partitions:,} "
            f"partitions for {loads.partitions:,}"
        )
    lines = _lines(loads, hot, capacity, ratio)

    ax = new_axes(ax, figsize=(8.0, 4.5))
    largest = max([float(loads.loads.max()), *(line.load for line in lines)])
    factor, unit = display_unit(loads.unit, largest)
    open_frame(ax)
    fine = loads.partitions > MOST_BARS
    n_named = min(n_named, len(KEY_COLOURS)) if fine else n_named
    named = _named_keys(loads, n_named, factor, namer(label_of))
    look: dict[str, Any] = {"color": GREY if named else SKY_BLUE}
    if "facecolor" in bar_kwargs or "fc" in bar_kwargs:
        look.clear()
    whole, width = _draw_bars(ax, loads, factor, look | bar_kwargs)
    entries = _draw_keys(ax, named, width, fine=fine)
    entries += [(whole, "other keys")] if named else []
    entries += _draw_lines(ax, loads, factor, lines)
    marked, noise = _marked(loads, hot, lines)
    entries += _mark(ax, loads, factor, marked, noise)
    ax.set(xlabel="partition", ylabel=f"load [{unit}]")
    ax.set_xlim(-0.6, loads.partitions - 0.4)
    tick_partitions(ax, loads.partitions)
    tick_numbers(ax.yaxis)
    room = _ROOM_NOTES_POINTS if marked.size or noise.size else _ROOM_POINTS
    legend_above(ax, entries, least=0, largest=largest / factor or 1.0, room=room)
    return ax


@dataclass(frozen=True, slots=True, kw_only=True)
class _NamedKey:
    partition: int
    height: float  #: in the unit that is drawn
    text: str


def _lines(
    loads: PartitionLoads, hot: HotReport | None, capacity: float | None, ratio: float | None
) -> list[Line]:
    """Collect the lines of the report, and those stated here, which replace them."""
    lines = {line.name: line for line in (hot.lines if hot is not None else ())}
    if capacity is not None or ratio is not None:
        stated = hot_lines(loads, capacity=capacity, ratio=ratio)
        lines |= {line.name: line for line in stated}
    return list(lines.values())


def _draw_lines(
    ax: Axes, loads: PartitionLoads, factor: float, lines: Sequence[Line]
) -> list[tuple[Artist, str]]:
    """Draw the even share and every line that makes a bar hot; give the legend's entries."""
    even = loads.even_share
    drawn = ax.axhline(even / factor, color=EDGE, linestyle="--", linewidth=1.2)
    entries: list[tuple[Artist, str]] = [(drawn, f"even share, {format_load(even, loads.unit)}")]
    for line in lines:
        name, style = f"capacity, {format_load(line.load, loads.unit)}", "-"
        if line.name == "ratio":
            name, style = f"{line.load / even:.3g} × even share" if even else "ratio", "-."
        drawn = ax.axhline(line.load / factor, color=VERMILLION, linestyle=style, linewidth=1.6)
        entries.append((drawn, name))
    return entries


def _draw_bars(
    ax: Axes, loads: PartitionLoads, factor: float, look: dict[str, Any]
) -> tuple[Artist, float]:
    """Draw the whole loads; give what stands for them in the legend, and the width of a bar."""
    heights = loads.loads / factor
    if loads.partitions > MOST_BARS:
        edges = np.arange(loads.partitions + 1) - 0.5
        return ax.stairs(heights, edges, **({"fill": True, "linewidth": 0.6} | look)), 1.0
    bars = ax.bar(np.arange(loads.partitions), heights, **look)
    return bars.patches[0], bars.patches[0].get_width()


def _draw_keys(
    ax: Axes, named: Sequence[_NamedKey], width: float, *, fine: bool
) -> list[tuple[Artist, str]]:
    """Stack the named keys over the whole loads; give the legend's entries."""
    entries: list[tuple[Artist, str]] = []
    tops: dict[int, float] = {}
    for rank, key in enumerate(named):
        style = key_style(rank)
        bottom = tops.get(key.partition, 0.0)
        (segment,) = ax.bar(
            [key.partition],
            [key.height],
            bottom=bottom,
            width=width,
            edgecolor=style["facecolor"] if fine else EDGE,
            linewidth=0.8 if fine else 0.5,
            **style,
        )
        tops[key.partition] = bottom + key.height
        entries.append((segment, key.text))
    return entries


def _named_keys(
    loads: PartitionLoads,
    n_named: int,
    factor: float,
    name_of: Callable[[str | bytes], str],
) -> list[_NamedKey]:
    """Give the heaviest keys that stand on one partition."""
    keys, placed = loads.keys, loads.partition_of_key
    if keys is None or placed is None:
        return []
    weights = np.where(placed >= 0, keys.loads, 0.0)
    heaviest = np.argsort(-weights, kind="stable")[:n_named]
    heaviest = heaviest[weights[heaviest] > 0]
    return [
        _NamedKey(
            partition=partition,
            height=key.load / factor,
            text=f"{name_of(key.key)}, {format_share(key.share)}",
        )
        for partition, key in zip(
            placed[heaviest].tolist(), keys.key_shares(heaviest), strict=True
        )
    ]


def _marked(
    loads: PartitionLoads, hot: HotReport | None, lines: Sequence[Line]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the partitions to mark as hot, and as above a line by noise; hottest first."""
    if hot is not None:
        found = {
            noise: [each.partition for each in hot.hot if (each.cause == "noise") is noise]
            for noise in (False, True)
        }
        return np.array(found[False], dtype=np.int64), np.array(found[True], dtype=np.int64)
    lowest = min(lines, key=lambda line: line.load, default=None)
    if lowest is None:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    above = np.array(
        [at for at, load in enumerate(loads.loads.tolist()) if lowest.is_crossed_by(load)],
        dtype=np.int64,
    )
    order = np.argsort(-loads.loads[above], kind="stable")
    return above[order], np.empty(0, np.int64)


def _mark(
    ax: Axes,
    loads: PartitionLoads,
    factor: float,
    marked: NDArray[np.int64],
    noise: NDArray[np.int64],
) -> list[tuple[Artist, str]]:
    """Put a triangle over hot partitions, and the shares of the hottest over these."""
    from matplotlib.transforms import offset_copy

    entries: list[tuple[Artist, str]] = []
    above_bar = offset_copy(ax.transData, root_figure(ax), y=6, units="points")
    groups = ((marked, "hot", VERMILLION), (noise, "above the line, within noise", "none"))
    for partitions, name, face in groups:
        if not partitions.size:
            continue
        (triangles,) = ax.plot(
            partitions,
            loads.loads[partitions] / factor,
            linestyle="none",
            marker="v",
            markersize=7 if partitions.size <= MOST_BARS // 2 else 4,
            markerfacecolor=face,
            markeredgecolor=VERMILLION,
            transform=above_bar,
            clip_on=False,
        )
        entries.append((triangles, name))
    _note_shares(ax, loads, factor, marked if marked.size else noise)
    return entries


def _note_shares(
    ax: Axes, loads: PartitionLoads, factor: float, partitions: NDArray[np.int64]
) -> None:
    """Write the shares of the hottest partitions over them, as far as they stand apart."""
    named = loads.partitions > _MOST_TICKED  # ticks do not name every bar
    taken: list[tuple[float, float]] = []
    for partition in partitions[: 10 * _MOST_NOTES].tolist():
        share = format_share(float(loads.shares[partition]))
        text = f"partition {partition:,}: {share}" if named else share
        half = len(text) * _CHARACTER_POINTS * ax.figure.dpi / 72 / 2
        middle = (partition + 0.6) / loads.partitions * ax.bbox.width
        side, left = "center", middle - half
        if left < 0:
            side, left = "left", middle
        elif middle + half > ax.bbox.width:
            side, left = "right", middle - 2 * half
        right = left + 2 * half
        if any(left < other_right and other_left < right for other_left, other_right in taken):
            continue
        taken.append((left, right))
        ax.annotate(
            text,
            (partition, loads.loads[partition] / factor),
            xytext=(0, 11),
            textcoords="offset points",
            ha=side,
            fontsize="small",
        )
        if len(taken) == _MOST_NOTES:
            break
