"""A whole topic's review in; its plots, drawn for a page, out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kafka_sizing.report.drawing import PageFigure, drawn, rows_size
from kafka_sizing.report.topic_review import TopicReview
from kafka_sizing.topic.planning.room import limit_uses


def topic_figures(told: TopicReview) -> Iterator[PageFigure]:
    """Draw what can be drawn from a plan."""
    from kafka_sizing import plot

    plan = told.plan
    inputs = {row.input for row in plan.count.sensitivity}
    if inputs:
        yield drawn(
            "sensitivity",
            "How far each input may move before the count changes",
            "A row is an input; to the left it falls, to the right it rises. At the end of a bar "
            "stand the change and the count that is then needed.",
            partial(plot.sensitivity, plan.count),
            size=rows_size(len(inputs)),
        )
    if plan.keys is not None:
        label_of = told.names.redactor.label if told.names.redactor else None
        yield drawn(
            "loads",
            f"Load of each of {plan.partitions:,} partitions, at the peak of the horizon",
            "A bar is a partition. Colours are the heaviest keys; hot partitions are marked; the "
            "lines are the even share and the load above which a partition is hot.",
            partial(
                plot.partition_loads, plan.keys.loads, hot=plan.keys.report, label_of=label_of
            ),
        )
        if plan.keys.comparison is not None:
            yield drawn(
                "fixes",
                "Share of the hottest partition under each fix",
                "Shorter is better; the first bar is the topic as it is.",
                partial(plot.fix_comparison, plan.keys.comparison),
                size=rows_size(len(plan.keys.comparison.outcomes)),
            )
    if plan.brokers is not None:
        yield drawn(
            "room",
            "How full the brokers are",
            "Of each limit, the part in use: the dark bar is today, the light one the horizon. "
            "The short line is the horizon with one broker lost.",
            partial(plot.room_left, plan.brokers),
            size=rows_size(len(limit_uses(plan.brokers))),
        )
    if plan.retries is not None:
        yield drawn(
            "ladder",
            "What goes into the retry topics",
            "Every step of the scale is ten times fewer records. At the end of a bar stands what "
            "is held there.",
            partial(plot.retry_ladder, plan.retries),
            size=rows_size(len(plan.retries.stages) + 2),
        )
