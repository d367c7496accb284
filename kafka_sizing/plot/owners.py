"""An `Assignment` in; a bar per member, made of its partitions, out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_type
from kafka_sizing.consumers.assignment.result import Assignment
from kafka_sizing.plot._style import (
    legend_below_rows,
    new_axes,
    open_frame,
    tick_numbers,
)
from kafka_sizing.plot.colours import EDGE, GREY, KEY_COLOURS, SKY_BLUE, VERMILLION
from kafka_sizing.plot.labels import short_text
from kafka_sizing.units import LOAD_UNITS, display_unit, format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

MOST_BLOCKS: Final = 1_000  # above, one block for all partitions of a topic in a row

_BAR: Final = 0.84  # of the height of a row
_STRIP: Final = 0.24  # of the height of a bar: the mark of partitions that moved
_EDGE_POINTS: Final = 0.7  # between blocks
_EDGE_PART: Final = 0.05  # of the height of a row, at most
_ROW_INCHES: Final = 0.24
_FIXED_INCHES: Final = 1.4
_MOST_INCHES: Final = 40.0
_WIDTH_INCHES: Final = 8.0
_NOTE_PART: Final = 0.1  # of the Axes, for what stands at the end of the longest bar
_SMALLEST_POINTS: Final = 5.0  # of text: what needs smaller is left out
_LARGEST_POINTS: Final = 8.5
_LINE_PER_FONT_SIZE: Final = 1.15
_CHARACTER_PER_FONT_SIZE: Final = 0.62
_BESIDE: Final = 0.6  # of the length of a text, from the line that it stands beside to its middle


def assignment(assignment: Assignment, *, ax: Axes | None = None, **bar_kwargs: Any) -> Axes:
    """Draw what each member reads, partition by partition, and the even share.

    A block is a partition, as long as its load and in the colour of its topic; one that had
    another owner before carries a strip. Partitions that nobody owns stand in a row of their
    own. Above 1,000 partitions a block stands for all of a topic that a member has.

    Parameters
    ----------
    assignment : Assignment
        What `assign` gives.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.
    **bar_kwargs
        Go to ``Axes.barh`` for the blocks, and win over the choices made here.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``assignment`` is not an Assignment.

    Examples
    --------
    >>> from kafka_sizing import plot
    >>> from kafka_sizing.consumers.assignment import assign
    >>> ax = plot.assignment(assign({"orders": 3, "refunds": 1}, 2))
    >>> [int(bar.get_width()) for bar in ax.patches]
    [1, 1, 1, 1]
    """
    from matplotlib.cbook import normalize_kwargs
    from matplotlib.patches import Rectangle
    from matplotlib.ticker import MaxNLocator

    check_type("assignment", assignment, Assignment, "assign")
    blocks = _blocks(assignment)
    names = [short_text(name) for name in assignment.members]
    if (blocks.row == len(names)).any():
        names.append("nobody")
    loads = np.bincount(blocks.row, blocks.load, minlength=len(names))
    factor, label = _unit(assignment, float(loads.max()))
    blocks, ends = blocks.scaled(factor), loads / factor

    height = min(_FIXED_INCHES + _ROW_INCHES * len(names), _MOST_INCHES)
    ax = new_axes(ax, figsize=(_WIDTH_INCHES, height))
    open_frame(ax)
    ax.set_xlim(0, (ends.max() or 1.0) / (1 - _NOTE_PART))
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xlabel(label)
    ax.xaxis.set_major_locator(MaxNLocator("auto", integer=label == "partitions"))
    tick_numbers(ax.xaxis)
    entries = _draw_topics(ax, assignment, blocks, normalize_kwargs(bar_kwargs, Rectangle))
    entries += _draw_moved(ax, blocks)
    even = float(assignment.member_loads.mean()) / factor
    line = ax.vlines(even, -0.6, len(names) - 0.4, color=EDGE, linestyle="--", linewidth=1.2)
    entries.append((line, "even share"))
    _name_rows(ax, names)
    legend_below_rows(ax, entries)
    size = _name_rows(ax, names)
    if size:
        _note_ends(ax, assignment, ends, even, size)
        _number_blocks(ax, blocks, even, size)
    return ax


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Blocks:
    """What the bars are made of, from left to right in each row."""

    row: NDArray[np.int64]  #: the member; one more than the last: nobody
    topic: NDArray[np.int64]
    number: NDArray[np.int64]  #: of the partition; -1 for several
    moved: NDArray[np.bool_]
    load: NDArray[np.float64]
    left: NDArray[np.float64]

    def scaled(self, factor: float) -> _Blocks:
        """Give the same blocks in a unit that is larger."""
        return replace(self, load=self.load / factor, left=self.left / factor)


def _blocks(assignment: Assignment) -> _Blocks:
    sizes = list(assignment.partitions.values())
    owners = np.concatenate(list(assignment.owners.values()))
    row = np.where(owners < 0, len(assignment.members), owners)
    topic = np.repeat(np.arange(len(sizes)), sizes)
    number = np.concatenate([np.arange(size) for size in sizes])
    moved = np.concatenate(list(assignment.moved.values()))
    load = np.ones(row.size)
    if assignment.loads is not None:
        load = np.concatenate([assignment.loads[name] for name in assignment.owners])
    if row.size > MOST_BLOCKS:
        kinds, kind_of = np.unique(np.stack([row, topic, moved]), axis=1, return_inverse=True)
        row, topic, moved = kinds[0], kinds[1], kinds[2].astype(np.bool_)
        load = np.bincount(kind_of.reshape(-1), load).astype(np.float64)
        number = np.full(row.size, -1)
    order = np.lexsort((number, topic, row))
    row, load = row[order], load[order]
    right = np.cumsum(load)
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    before = np.repeat((right - load)[starts], np.diff(starts, append=row.size))
    return _Blocks(
        row=row,
        topic=topic[order],
        number=number[order],
        moved=moved[order],
        load=load,
        left=right - load - before,
    )


def _unit(assignment: Assignment, largest: float) -> tuple[float, str]:
    """Give what to divide loads by, and the label of their axis."""
    unit = assignment.unit if assignment.loads is not None else "partitions"
    if unit is None or unit not in LOAD_UNITS:
        return 1.0, unit or "load"
    factor, name = display_unit(unit, largest)
    return factor, f"load [{name}]"


def _draw_topics(
    ax: Axes, assignment: Assignment, blocks: _Blocks, bar_kwargs: dict[str, Any]
) -> list[tuple[Artist, str]]:
    """Draw the blocks, the largest topics in colours of their own; give the legend's entries."""
    names = [short_text(name) for name in assignment.owners]
    largest = np.argsort(-np.bincount(blocks.topic, blocks.load), kind="stable").tolist()
    coloured, others = largest[: len(KEY_COLOURS)], largest[len(KEY_COLOURS) :]
    colours = KEY_COLOURS if len(names) > 1 else (SKY_BLUE,)
    kinds = [
        ([topic], names[topic], colour) for topic, colour in zip(coloured, colours, strict=False)
    ]
    if others:
        kinds.append((others, f"{len(others):,} other topics", GREY))
    edge = min(_EDGE_POINTS, _row_points(ax) * _EDGE_PART)
    entries: list[tuple[Artist, str]] = []
    for topics, name, colour in kinds:
        look = {
            "color": colour,
            "edgecolor": ax.get_facecolor(),
            "linewidth": edge,
            "height": _BAR,
        }
        at = np.flatnonzero(np.isin(blocks.topic, topics))
        entries.append((_draw_blocks(ax, blocks, at, look | bar_kwargs), name))
    return entries


def _draw_moved(ax: Axes, blocks: _Blocks) -> list[tuple[Artist, str]]:
    """Mark the partitions that had another owner; give the legend's entry."""
    at = np.flatnonzero(blocks.moved)
    if not at.size:
        return []
    look = {"color": VERMILLION, "height": _BAR * _STRIP}
    strip = _draw_blocks(ax, blocks, at, look, lower=_BAR * (1 - _STRIP) / 2)
    return [(strip, "had another owner")]


def _draw_blocks(
    ax: Axes,
    blocks: _Blocks,
    at: NDArray[np.int64],
    look: dict[str, Any],
    *,
    lower: float = 0.0,
) -> Artist:
    bars = ax.barh(blocks.row[at] + lower, blocks.load[at], left=blocks.left[at], **look)
    return bars.patches[0]


def _name_rows(ax: Axes, names: list[str]) -> float:
    """Write as many names beside the rows as fit; give the size of text within a row, or 0."""
    size = min(_LARGEST_POINTS, _row_points(ax) / _LINE_PER_FONT_SIZE)
    step = 1 if size >= _SMALLEST_POINTS else int(np.ceil(_SMALLEST_POINTS / size))
    rows = list(range(0, len(names), step))
    ax.set_yticks(rows, labels=[names[row] for row in rows], fontsize=max(size, _SMALLEST_POINTS))
    for label in ax.get_yticklabels():
        label.set_parse_math(False)
    return size if step == 1 else 0.0


def _note_ends(
    ax: Axes, assignment: Assignment, ends: NDArray[np.float64], even: float, size: float
) -> None:
    """Write each member's share at the end of its bar, or past the line it would lie on."""
    counts = assignment.partition_counts
    for row, share in enumerate(assignment.member_shares.tolist()):
        note = format_share(share) if counts[row] else "idle"
        reach = (len(note) + 0.3) * size * _CHARACTER_PER_FONT_SIZE / _load_points(ax)
        ax.annotate(
            note,
            (even if ends[row] <= even < ends[row] + reach else ends[row], row),
            xytext=(3, 0),
            textcoords="offset points",
            va="center_baseline",
            fontsize=size,
        )


def _number_blocks(ax: Axes, blocks: _Blocks, even: float, size: float) -> None:
    """Write the partition's number into each block that is long enough, beside the line."""
    from matplotlib.patheffects import withStroke

    size = min(size, _row_points(ax) * _BAR * (1 - _STRIP) / _LINE_PER_FONT_SIZE)
    texts = blocks.number.astype(str)
    needed = (np.char.str_len(texts) + 0.5) * size * _CHARACTER_PER_FONT_SIZE / _load_points(ax)
    fits = (blocks.number >= 0) & (needed <= blocks.load)
    middle = _beside(even, blocks.left, blocks.left + blocks.load, needed)
    halo = [withStroke(linewidth=size / 5, foreground=ax.get_facecolor())]
    for at in np.flatnonzero(fits).tolist():
        ax.text(
            middle[at],
            blocks.row[at] - blocks.moved[at] * _BAR * _STRIP / 2,
            texts[at],
            ha="center",
            va="center_baseline",
            fontsize=size,
            path_effects=halo,
        )


def _beside(
    line: float,
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    needed: NDArray[np.floating[Any]],
) -> NDArray[np.float64]:
    """Give the middles of texts between two ends; beside a line they would lie on, with room."""
    middle, reach = (left + right) / 2, needed * _BESIDE
    moved = np.where(middle < line, line - reach, line + reach)
    fits = (moved - needed / 2 >= left) & (moved + needed / 2 <= right)
    return np.where((np.abs(middle - line) < needed / 2) & fits, moved, middle)


def _row_points(ax: Axes) -> float:
    """Give the height of a row."""
    low, high = ax.get_ylim()
    return float(ax.bbox.height * 72 / ax.figure.dpi / abs(low - high))


def _load_points(ax: Axes) -> float:
    """Give the length of a load of 1, as it is drawn."""
    return float(ax.bbox.width * 72 / ax.figure.dpi / ax.get_xlim()[1])
