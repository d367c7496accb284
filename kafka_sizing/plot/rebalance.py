"""What an event costs a group, or its phases, in; a timeline of who stops, and when, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.consumers.rebalance.comparison import ProtocolComparison
from kafka_sizing.consumers.rebalance.phases import Phase, Stops
from kafka_sizing.consumers.rebalance.result import PhaseCost, RebalanceCost, StopPattern
from kafka_sizing.plot._rows import Row, draw_rows, rows_axes
from kafka_sizing.plot._style import legend_below_rows, tick_numbers
from kafka_sizing.plot.colours import (
    BLUE,
    EDGE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY_BLUE,
    VERMILLION,
    YELLOW,
)
from kafka_sizing.units import format_load

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_COLOURS: Final = {
    "detect": VERMILLION,
    "away": PURPLE,
    "join": ORANGE,
    "second join": YELLOW,
    "revoke": SKY_BLUE,
    "assign": BLUE,
    "restore": GREEN,
    "initial delay": EDGE,
}
_STRIP: Final = 0.15  # height of a phase in which a row reads on, as a part of its bar
# Which phases stop the partitions of a kind: in one rebalance, and in those of a deployment, of
# which each has other partitions of that kind.
_AT_ONCE: Final[Mapping[Stops, tuple[Stops, ...]]] = MappingProxyType(
    {"orphaned": ("orphaned", "moved", "all"), "moved": ("moved", "all"), "all": ("all",)}
)
_IN_TURN: Final[Mapping[Stops, tuple[Stops, ...]]] = MappingProxyType(
    {**_AT_ONCE, "orphaned": ("orphaned", "all")}
)
_WORDS: Final[Mapping[Stops, str]] = MappingProxyType(
    {"orphaned": "orphaned", "moved": "moved", "all": "others"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A kind of partitions, and the phases in which they stand still."""

    text: str
    phases: Sequence[Phase]
    stopped: Sequence[bool]
    in_turn: bool = False  # other partitions each time

    @property
    def note(self) -> str:
        """How long the partitions stand still, and how often."""
        marked = zip(self.phases, self.stopped, strict=True)
        runs = groupby(marked, key=lambda pair: (pair[1], _member(pair[0])))
        stops_s = [
            sum(phase.duration_s for phase, _ in run) for (stands, _), run in runs if stands
        ]
        if not stops_s:
            return "never stop"
        if len(stops_s) == 1:
            return f"stop {stops_s[0]:.4g} s"
        how = "in turn" if self.in_turn else "stop"
        if max(stops_s) - min(stops_s) < 1e-6:
            return f"{how} {len(stops_s):,} × {stops_s[0]:.4g} s"
        return f"{how} {len(stops_s):,} times, {sum(stops_s):.4g} s"


def rebalance_timeline(
    subject: RebalanceCost | ProtocolComparison | Sequence[Phase],
    *,
    ax: Axes | None = None,
    **bar_kwargs: Any,
) -> Axes:
    """Draw when which partitions of a group stand still, phase by phase.

    A row is for all partitions that stand still in the same phases: orphaned ones, which lose
    their member, those that only move from one member to another, and others. Where a phase
    fills the height of the row, its partitions stand still; where it is a thin strip they are
    read meanwhile. In a deployment the members go one after another, and their partitions
    with them: there the row of the orphaned shows all of them in turn, and so does that of
    the moved. Of a comparison each protocol has its own rows; one that costs the same with
    static as with dynamic members is drawn once.

    Parameters
    ----------
    subject : RebalanceCost, ProtocolComparison or sequence of Phase
        What `rebalance_cost`, `compare_protocols` or `rebalance_phases` gives.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.
    **bar_kwargs
        Go to ``Axes.barh`` for all stretches of standing still, and win over the choices
        made here.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``subject`` is none of these.

    Examples
    --------
    >>> from kafka_sizing import plot
    >>> from kafka_sizing.consumers.rebalance import rebalance_cost
    >>> cost = rebalance_cost("crash", members=10, partitions=20, write_records_per_s=2_000)
    >>> ax = plot.rebalance_timeline(cost)
    >>> [text.get_text() for text in ax.texts][:2]
    ['eager, 15,000 records pile up: orphaned, 2 partitions', 'stop 48 s']
    """
    from matplotlib.patches import Rectangle

    lines = _lines(subject)
    ends_s = max((phase.ends_s for line in lines for phase in line.phases), default=0.0) or 1.0
    ax = rows_axes(ax, len(lines))
    read: dict[str, Any] = {"color": GREY, "alpha": 0.25, "linewidth": 0}
    rows = [Row(text=line.text, length=ends_s, note=line.note, look=read) for line in lines]
    draw_rows(ax, rows, least=0.0, largest=ends_s)
    bars = [patch for patch in ax.patches if isinstance(patch, Rectangle)][-len(lines) :]
    for line, bar in zip(lines, bars, strict=True):
        _draw_phases(ax, line, bar.get_y(), bar.get_height(), bar_kwargs)
    ax.set_xlabel("time since the event [s]")
    tick_numbers(ax.xaxis)
    legend_below_rows(ax, list(_entries(lines, read)))
    return ax


def _member(phase: Phase) -> str | None:
    return phase.member if isinstance(phase, PhaseCost) else None


def _lines(subject: object) -> list[_Line]:
    """Give the rows of one cost, of each of several that differ, or of bare phases."""
    if isinstance(subject, ProtocolComparison):
        return [line for cost, name in _distinct(subject.costs) for line in _of_cost(cost, name)]
    if isinstance(subject, RebalanceCost):
        return list(_of_cost(subject, subject.way))
    if isinstance(subject, Sequence) and all(isinstance(phase, Phase) for phase in subject):
        return list(_of_phases(subject, _AT_ONCE, ""))
    raise TypeError(
        "subject must be RebalanceCost, ProtocolComparison or a sequence of Phase, "
        f"got {type(subject).__name__}"
    )


def _distinct(costs: Sequence[RebalanceCost]) -> Iterator[tuple[RebalanceCost, str]]:
    """Give each cost with its name, once if static members cost what dynamic ones do."""
    dynamic = {cost.protocol: cost for cost in costs if cost.membership == "dynamic"}
    static = {cost.protocol: cost for cost in costs if cost.membership == "static"}
    for cost in costs:
        twin = (static if cost.membership == "dynamic" else dynamic).get(cost.protocol)
        if twin is None or twin.phases != cost.phases:
            yield cost, cost.way
        elif cost.membership == "dynamic":
            yield cost, f"{cost.protocol}, dynamic or static"


def _of_cost(cost: RebalanceCost, name: str) -> Iterator[_Line]:
    head = f"{name}, {format_load(cost.piled_up_records, 'records')} pile up"
    if not cost.patterns:
        yield from _of_phases(cost.phases, _IN_TURN, f"{head}, member after member: ")
        return
    head += ": "
    for kind, pattern in sorted(((_kind(cost, each), each) for each in cost.patterns), key=_rank):
        word = "all" if len(cost.patterns) == 1 else _WORDS[kind]
        plural = "" if pattern.partitions == 1 else "s"
        text = f"{head}{word}, {pattern.partitions:,} partition{plural}"
        yield _Line(text=text, phases=cost.phases, stopped=pattern.stopped)
        head = ""


def _kind(cost: RebalanceCost, pattern: StopPattern) -> Stops:
    """Name partitions by the worst that befalls them."""
    marked = zip(cost.phases, pattern.stopped, strict=True)
    stops = {phase.stops for phase, stands in marked if stands}
    return next((kind for kind in _AT_ONCE if kind in stops), "all")


def _rank(row: tuple[Stops, StopPattern]) -> tuple[int, list[bool]]:
    """Put the orphaned first, others last; of a kind, those that stop first."""
    kind, pattern = row
    return list(_AT_ONCE).index(kind), [not stands for stands in pattern.stopped]


def _of_phases(
    phases: Sequence[Phase], stopped_by: Mapping[Stops, tuple[Stops, ...]], head: str
) -> Iterator[_Line]:
    """Give a row for each kind of partitions that stops at times of its own."""
    named = {phase.stops for phase in phases} | {"all"}
    rows: dict[tuple[bool, ...], list[Stops]] = {}
    for kind, stops in stopped_by.items():
        if kind in named:
            stopped = tuple(phase.stops in stops for phase in phases)
            rows.setdefault(stopped, []).append(kind)
    for stopped, kinds in rows.items():
        text = "all" if len(rows) == 1 else " and ".join(_WORDS[kind] for kind in kinds)
        marked = zip(phases, stopped, strict=True)
        in_turn = stopped_by is _IN_TURN and any(
            phase.stops != "all" for phase, stands in marked if stands
        )
        yield _Line(text=head + text, phases=phases, stopped=stopped, in_turn=in_turn)
        head = ""


def _draw_phases(
    ax: Axes, line: _Line, top: float, height: float, bar_kwargs: dict[str, Any]
) -> None:
    """Fill the row where its partitions stand still, and draw a strip where they are read."""
    for phase, stands in zip(line.phases, line.stopped, strict=True):
        look: dict[str, Any] = {"facecolor": _COLOURS[phase.name], "align": "edge"}
        if stands:
            look |= {"height": height, "edgecolor": ax.get_facecolor(), "linewidth": 0.5}
            ax.barh(top, phase.duration_s, left=phase.starts_s, **look | bar_kwargs)
        else:
            strip = _STRIP * height
            at = top + height - strip
            ax.barh(at, phase.duration_s, left=phase.starts_s, height=strip, **look)


def _entries(lines: Sequence[_Line], read: dict[str, Any]) -> Iterator[tuple[Artist, str]]:
    """Name the phases that are drawn, in Kafka's order, and what is read."""
    from matplotlib.patches import Patch

    drawn = {phase.name for line in lines for phase in line.phases}
    for name, colour in _COLOURS.items():
        if name in drawn:
            yield Patch(color=colour), name
    yield Patch(**read), "read (strip: the phase goes on)"
