"""The events of a `LagSimulation` in; a line for each, and names that stand clear, out."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.simulation.events import (
    Crash,
    Deployment,
    Event,
    Join,
    Leave,
    PartitionIncrease,
    PoisonRecord,
    SharesChange,
    Slowdown,
    Stuck,
)
from kafka_sizing.consumers.simulation.result import LagSimulation
from kafka_sizing.plot._style import root_figure, settle_layout
from kafka_sizing.plot.colours import EDGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

_ROW_POINTS: Final = 11.0
_BELOW_NAMES_POINTS: Final = 5.5
_GAP_POINTS: Final = 3.0
_MOST_ROWS: Final = 4
_INCHES_PER_ROW: Final = 1.2  # of the Axes' height
_MOST_KINDS: Final = 3
_LEAST_NAME_INCHES: Final = 0.3
_LINE_GAP_INCHES: Final = 0.05  # lines of events stand no closer
# Events that stand closer together share a name; the next distance counts if names still
# take too many rows.
_TOGETHER_INCHES: Final = (0.05, 0.15, 0.3, 0.6, 1.0, 2.0, float("inf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An event as it is drawn."""

    at_s: float
    ends_s: float  #: as ``at_s`` if it takes no time
    kind: str
    whom: str = ""  #: "member 2"

    @property
    def name(self) -> str:
        """What the event is called if it has a name of its own."""
        return f"{self.kind}, {self.whom}" if self.whom else self.kind


def marks_of(simulation: LagSimulation) -> list[Mark]:
    """Name the events of a simulation, in order of time; those that found nobody are left out."""
    missed = set(map(id, simulation.missed_events))
    marks = [_mark(event) for event in simulation.events if id(event) not in missed]
    return sorted(marks, key=lambda mark: mark.at_s)


def draw_marks(
    ax: Axes, marks: Sequence[Mark], *, factor: float, low: float, high: float
) -> float:
    """Draw a line at each event from ``low`` to ``high``, and names over it.

    Events that last have a bar at ``high`` for as long. Events that stand together share one
    name. The y-axis is set from ``low`` to ``high``, and names stand above it: give the room
    that they take, in points. All else that takes room beside the Axes must be there.
    """
    if not marks:
        return 0.0
    ax.set_ylim(low, high)
    settle_layout(ax)
    x = np.array([mark.at_s for mark in marks]) / factor
    ends = np.minimum(np.array([mark.ends_s for mark in marks]) / factor, ax.get_xlim()[1])
    _draw_bars(ax, x, ends, high)
    apart = [group[0] for group in _together(ax, x, _LINE_GAP_INCHES * ax.figure.dpi)]
    ax.vlines(x[apart], low, high, colors=EDGE, linestyles=(0, (4, 3)), linewidth=1.0)
    names, rows = _place_names(ax, marks, x, high)
    _draw_leaders(ax, names, rows)
    return _BELOW_NAMES_POINTS + (1 + max(rows)) * _ROW_POINTS


def _mark(event: Event) -> Mark:
    kind, whom, for_s = _described(event)
    return Mark(at_s=event.at_s, ends_s=event.at_s + for_s, kind=kind, whom=whom)


def _described(event: Event) -> tuple[str, str, float]:
    """Give the kind of an event, whom it befalls, and how long it lasts."""
    match event:
        case Join():
            return "join", "", 0.0
        case Leave():
            return "leave", f"member {event.member}", 0.0
        case Crash():
            return "crash", f"member {event.member}", event.back_after_s or 0.0
        case Stuck():
            return "stuck", f"member {event.member}", event.for_s
        case Deployment():
            return "deployment", "", 0.0
        case Slowdown():
            left = event.capacity_fraction
            whom = "" if event.member is None else f"member {event.member}"
            return f"slowed to {100 * left:.3g} %" if left else "outage", whom, event.for_s
        case PoisonRecord():
            lasts = float("inf") if event.for_s is None else event.for_s
            return "poison record", f"partition {event.partition}", lasts
        case SharesChange():
            return "shares change", "", 0.0
        case PartitionIncrease():
            return f"{np.asarray(event.shares).size:,} partitions", "", 0.0


def _place_names(
    ax: Axes, marks: Sequence[Mark], x: NDArray[np.float64], high: float
) -> tuple[list[Annotation], list[int]]:
    """Write the names of events, shared by as many as it takes to need few rows; give the rows."""
    dpi = ax.figure.dpi
    most_rows = int(np.clip(ax.bbox.height / dpi / _INCHES_PER_ROW, 1, _MOST_ROWS))
    most_names = most_rows * ax.bbox.width / dpi / _LEAST_NAME_INCHES
    for inches in _TOGETHER_INCHES:
        groups = _together(ax, x, inches * dpi)
        if len(groups) > most_names:
            continue
        shared = [_shared_name([marks[at] for at in group]) for group in groups]
        names = [
            _name_event(ax, x[group[0]], high, text)
            for group, text in zip(groups, shared, strict=True)
        ]
        rows = _stack(ax, names)
        if max(rows) < most_rows and _inside(ax, names):
            return names, rows
        for name in names:
            name.remove()
    name = _name_event(
        ax, x[0], high, f"{len(marks):,} events" if len(marks) > 1 else marks[0].kind
    )
    return [name], _stack(ax, [name])


def _inside(ax: Axes, names: Sequence[Annotation]) -> bool:
    """Say whether all names stand between the left and the right end of the Axes."""
    boxes = [name.get_window_extent() for name in names]
    return all(ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1 for box in boxes)


def _draw_bars(ax: Axes, x: NDArray[np.float64], ends: NDArray[np.float64], high: float) -> None:
    """Draw how long events last, as bars over the data."""
    from matplotlib.transforms import offset_copy

    over = offset_copy(ax.transData, root_figure(ax), y=0.4 * _BELOW_NAMES_POINTS, units="points")
    lasts = ends > x
    if lasts.any():
        heights = np.full(int(lasts.sum()), high)
        look: dict[str, Any] = {"colors": EDGE, "linewidth": 3.0, "clip_on": False}
        ax.hlines(heights, x[lasts], ends[lasts], transform=over, **look)


def _together(ax: Axes, x: NDArray[np.float64], pixels: float) -> list[list[int]]:
    """Group events, in order of time, that stand no further from the first of their group."""
    at = ax.transData.transform(np.column_stack([x, np.zeros(x.size)]))[:, 0]
    groups: list[list[int]] = []
    for number, position in enumerate(at.tolist()):
        if groups and position - at[groups[-1][0]] <= pixels:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _shared_name(marks: Sequence[Mark]) -> str:
    if len(marks) == 1:
        return marks[0].name
    counts = Counter(mark.kind for mark in marks)
    kinds = [f"{n} × {kind}" if n > 1 else kind for kind, n in counts.items()]
    more = len(kinds) - _MOST_KINDS
    return ", ".join(kinds[:_MOST_KINDS]) + (f" and {more} more" if more > 0 else "")


def _name_event(ax: Axes, x: float, high: float, text: str) -> Annotation:
    return ax.annotate(
        text,
        (x, high),
        xytext=(_GAP_POINTS, 0),
        textcoords="offset points",
        fontsize="small",
        parse_math=False,
        in_layout=False,
        annotation_clip=False,
    )


def _stack(ax: Axes, names: Sequence[Annotation]) -> list[int]:
    """Put each name, given from left to right, in the lowest row that is free; give the rows.

    A name stands to the right of its line; or to the left, if it would leave the Axes or have
    its line run through one that stands so. No line up to a name in a higher row runs through
    another one.
    """
    gap = _GAP_POINTS * ax.figure.dpi / 72
    boxes = [name.get_window_extent() for name in names]
    turned: list[int] = []
    bound = ax.bbox.x1
    for at in reversed(range(len(names))):
        line = boxes[at].x0 - gap
        if boxes[at].x1 > ax.bbox.x1 or line > bound:
            bound = min(bound, line - gap - boxes[at].width)
            turned.insert(0, at)
    rows = [0] * len(names)
    placed: list[tuple[int, float, float, float]] = []  # row, line, left and right end
    for at in [*turned, *(at for at in reversed(range(len(names))) if at not in turned)]:
        line, left, right = boxes[at].x0 - gap, boxes[at].x0, boxes[at].x1
        if at in turned:
            left, right = line - gap - boxes[at].width, line - gap
        blocked = {
            row for row, _, begin, end in placed if left < end + gap and begin < right + gap
        }
        highest = max((row for row, other, *_ in placed if left <= other <= right), default=0)
        rows[at] = next(row for row in itertools.count(highest) if row not in blocked)
        placed.append((rows[at], line, left, right))
        names[at].set(
            horizontalalignment="right" if at in turned else "left",
            position=(
                -_GAP_POINTS if at in turned else _GAP_POINTS,
                _BELOW_NAMES_POINTS + rows[at] * _ROW_POINTS,
            ),
        )
    return rows


def _draw_leaders(ax: Axes, names: Sequence[Annotation], rows: Sequence[int]) -> None:
    """Draw a line from each event, up to the top of its name."""
    from matplotlib.markers import TICKUP

    for name, row in zip(names, rows, strict=True):
        ax.plot(
            *([at] for at in name.xy),
            marker=TICKUP,
            markersize=_BELOW_NAMES_POINTS + (row + 0.8) * _ROW_POINTS,
            color=EDGE,
            markeredgewidth=1.0,
            clip_on=False,
            in_layout=False,
        )
