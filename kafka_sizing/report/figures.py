"""A review in; its plots, drawn for a page, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.partitions.hotspots import HotReport
from kafka_sizing.partitions.sweep import PartitionSweep, sweep_partitions
from kafka_sizing.report.review import Review
from kafka_sizing.report.svg import svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDE: Final = (10.8, 4.2)  # inches
_HALF: Final = (5.2, 3.9)
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
        "Load of the only partition"
        if loads.partitions == 1
        else f"Load of each of {loads.partitions:,} partitions",
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
            size=_rows_size(len(told.comparison.outcomes)),
        )
    sweep = told.sweep or _sweep_of(told)
    if sweep is not None:
        yield _figure(
            "sweep",
            "Share of the hottest partition at other counts",
            "More partitions help as far as the share of the hottest key, and no further.",
            partial(plot.partition_sweep, sweep, capacity_share=_capacity_share(hot)),
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
        yield _figure(
            "limits",
            "Partitions each limit asks for or allows",
            "The largest of the counts asked for sets the plan, unless another limit allows less.",
            partial(plot.partition_limits, told.plan),
            size=_rows_size(len(told.plan.limits)),
        )


def _rows_size(rows: int) -> tuple[float, float]:
    """Give a figure of named bars room for all of them."""
    return _WIDE[0], 1.4 + 0.55 * rows


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
    return PageFigure(name=name, title=title, caption=caption, svg=drawn, wide=size != _HALF)


def _capacity_share(hot: HotReport) -> float | None:
    """Give the capacity as a share of the load, if there is one and it is less than all."""
    capacities = [line.load for line in hot.lines if line.name == "capacity"]
    if not capacities or capacities[0] > hot.loads.total:
        return None
    return capacities[0] / hot.loads.total


def _sweep_of(told: Review) -> PartitionSweep | None:
    """Place the keys over other counts, if it is known which they are and what places them."""
    loads = told.hot.loads
    if loads.keys is None or loads.partition_of_key is None or loads.partitioner is None:
        return None
    most = max(_SWEEP_FOLD * loads.partitions, 24)
    steps = {round(most ** (at / (_SWEEP_COUNTS - 1))) for at in range(_SWEEP_COUNTS)}
    counts = sorted({*steps, loads.partitions})
    return sweep_partitions(loads.keys, counts, partitioner=loads.partitioner)
