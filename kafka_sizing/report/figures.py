"""A review in; its plots, drawn for a page, out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from kafka_sizing.partitions.hotspots import HotReport
from kafka_sizing.partitions.sweep import PartitionSweep, sweep_partitions
from kafka_sizing.report.drawing import HALF, PageFigure, drawn, rows_size
from kafka_sizing.report.review import Review

_SWEEP_COUNTS: Final = 60
_SWEEP_FOLD: Final = 8


def figures(told: Review) -> Iterator[PageFigure]:
    """Draw what can be drawn from a review."""
    from kafka_sizing import plot

    hot, loads = told.hot, told.hot.loads
    label_of = told.names.redactor.label if told.names.redactor else None
    yield drawn(
        "loads",
        "Load of the only partition"
        if loads.partitions == 1
        else f"Load of each of {loads.partitions:,} partitions",
        "A bar is a partition. Colours are the heaviest keys; hot partitions are marked; the "
        "lines are the even share and the load above which a partition is hot.",
        partial(plot.partition_loads, loads, hot=hot, label_of=label_of),
    )
    if told.comparison is not None:
        yield drawn(
            "fixes",
            "Share of the hottest partition under each fix",
            "Shorter is better; the first bar is the topic as it is.",
            partial(plot.fix_comparison, told.comparison),
            size=rows_size(len(told.comparison.outcomes)),
        )
    sweep = told.sweep or _sweep_of(told)
    if sweep is not None:
        yield drawn(
            "sweep",
            "Share of the hottest partition at other counts",
            "More partitions help as far as the share of the hottest key, and no further.",
            partial(plot.partition_sweep, sweep, capacity_share=_capacity_share(hot)),
            size=HALF,
        )
    if loads.keys is not None:
        yield drawn(
            "keys",
            "Keys by rank",
            "How much the heaviest keys write, and how much they write together.",
            partial(plot.key_shares, loads.keys, label_of=label_of),
            size=HALF,
        )
    if told.plan is not None:
        yield drawn(
            "limits",
            "Partitions each limit asks for or allows",
            "The largest of the counts asked for sets the plan, unless another limit allows less.",
            partial(plot.partition_limits, told.plan),
            size=rows_size(len(told.plan.limits)),
        )


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
