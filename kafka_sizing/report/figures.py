"""A review in; its plots, drawn for a page, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.partitions.placement import PartitionSweep, sweep_partitions
from kafka_sizing.report.review import Review
from kafka_sizing.report.svg import svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDE: Final = (8.4, 3.6)  # inches, at the 10 points of the labels
_HALF: Final = (5.4, 3.8)
_SWEEP_COUNTS: Final = 60
_SWEEP_FOLD: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFigure:
    """One plot of a page, what it shows and how to read it."""

    name: str
    title: str
    caption: str
    svg: str
    wide: bool


def figures(told: Review) -> Iterator[PageFigure]:
    """Draw what can be drawn from a review."""
    from kafka_sizing import plot

    hot, loads = told.hot, told.hot.loads
    label_of = told.names.redactor.label if told.names.redactor else None
    yield _figure(
        "loads",
        f"Load of each of {loads.partitions:,} partitions",
        "A bar is a partition. Colours are the heaviest keys; hot partitions are marked; the "
        "lines are the even share and the load above which a partition is hot.",
        partial(plot.partition_loads, loads, hot=hot, label_of=label_of),
    )
    if told.comparison is not None:
        yield _figure(
            "fixes",
            "Share of the hottest partition under each fix",
            "Shorter is better; the first bar is the topic as it is.",
            partial(plot.fix_comparison, told.comparison),
            size=(8.4, 1.4 + 0.42 * len(told.comparison.outcomes)),
        )
    sweep = told.sweep or _sweep_of(told)
    if sweep is not None:
        line = min(hot.lines, key=lambda line: line.load)
        share = line.load / loads.total if loads.total else None
        yield _figure(
            "sweep",
            "Share of the hottest partition at other counts",
            "More partitions help as far as the share of the hottest key, and no further.",
            partial(plot.partition_sweep, sweep, capacity_share=share),
            size=_HALF,
        )
    if loads.keys is not None:
        yield _figure(
            "keys",
            "Keys by rank",
            "How much the heaviest keys write, and how much they write together.",
            partial(plot.key_shares, loads.keys, label_of=label_of),
            size=_HALF,
        )
    if told.plan is not None:
        rows = len(told.plan.limits)
        yield _figure(
            "limits",
            "Partitions each limit asks for or allows",
            "The longest bar sets the count.",
            partial(plot.partition_limits, told.plan),
            size=(8.4, 1.4 + 0.42 * rows),
        )


def _figure(
    name: str,
    title: str,
    caption: str,
    draw: Callable[..., Any],
    *,
    size: tuple[float, float] = _WIDE,
) -> PageFigure:
    def on(ax: Axes) -> None:
        draw(ax=ax)

    drawn = svg(on, name=f"plot-{name}", title=title, size=size)
    return PageFigure(name=name, title=title, caption=caption, svg=drawn, wide=size[0] > 6)


def _sweep_of(told: Review) -> PartitionSweep | None:
    """Place the keys over other counts, if it is known which they are and what places them."""
    loads = told.hot.loads
    if loads.keys is None or loads.partition_of_key is None or loads.partitioner is None:
        return None
    most = max(_SWEEP_FOLD * loads.partitions, 24)
    steps = {round(most ** (at / (_SWEEP_COUNTS - 1))) for at in range(_SWEEP_COUNTS)}
    counts = sorted({*steps, loads.partitions})
    return sweep_partitions(loads.keys, counts, partitioner=loads.partitioner)
