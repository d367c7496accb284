"""Horizontal bars: fixes side by side, and the limits of a plan."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from kafka_sizing import (
    CompositeKey,
    ConsumerGroup,
    KeyLoads,
    MiB,
    MorePartitions,
    NoKey,
    compare_fixes,
    plan_partitions,
)
from kafka_sizing.plot import fix_comparison, partition_limits
from kafka_sizing.plot.colours import GREEN, ORANGE


@pytest.fixture
def ax():
    return Figure(figsize=(8, 5)).subplots()


@pytest.fixture
def keys():
    return KeyLoads(["UA", "B6", "EV", "DL", "$x$"], [60, 20, 10, 5, 5])


def bars(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def compared(keys, **kwargs):
    return compare_fixes(keys, 4, [MorePartitions(8), CompositeKey(8), NoKey()], **kwargs)


def test_every_fix_is_a_bar_of_its_peak_share_from_the_top_down(ax, keys):
    comparison = compared(keys, capacity=45, ordering="none")
    assert fix_comparison(comparison, ax=ax) is ax
    peaks = [outcome.peak_share for outcome in comparison.outcomes]
    assert [bar.get_width() for bar in bars(ax)] == pytest.approx(peaks)
    middles = [bar.get_y() for bar in bars(ax)]
    assert middles == sorted(middles)
    assert ax.yaxis_inverted()


def test_a_fix_is_named_with_its_ordering_scope(ax, keys):
    comparison = compared(keys, capacity=45)
    fix_comparison(comparison, ax=ax)
    texts = [text.get_text() for text in ax.texts[::2]]
    assert [text.startswith(o.name) for text, o in zip(texts, comparison.outcomes, strict=True)]
    for text, outcome in zip(texts, comparison.outcomes, strict=True):
        assert text.replace("\n", " ").startswith(outcome.name)
        assert f"order: {outcome.ordering_scope}" in text.replace("\n", " ")


def test_the_best_is_green_and_says_so_and_the_hot_are_hatched(ax, keys):
    comparison = compared(keys, capacity=45, ordering="none")
    fix_comparison(comparison, ax=ax)
    for bar, note, outcome in zip(bars(ax), ax.texts[1::2], comparison.outcomes, strict=True):
        is_best = outcome is comparison.best
        assert (bar.get_facecolor() == to_rgba(GREEN)) is is_best
        assert note.get_text().endswith("best") is is_best
        assert bool(bar.get_hatch()) is not outcome.fits
    assert "above the line" in names(ax)


def test_the_best_of_none_that_fits_is_only_the_closest(ax, keys):
    comparison = compared(keys, capacity=1)
    fix_comparison(comparison, ax=ax)
    assert not comparison.best.fits
    assert sum(note.get_text().endswith(", closest") for note in ax.texts[1::2]) == 1


def test_what_fits_but_not_as_surely_as_was_asked_is_only_the_closest(ax, carriers):
    """As is fits with 17.4 % of 18 %, under one hash in five."""
    capacity = 0.18 * carriers.total
    fix_comparison(compare_fixes(carriers, 19, [], capacity=capacity, certainty=0.95), ax=ax)
    assert ax.texts[1].get_text().endswith(", closest")


def test_even_shares_and_the_capacity_are_drawn(ax, keys):
    fix_comparison(compared(keys, capacity=45), ax=ax)
    evens, capacity = ax.collections
    xs = [segment[0][0] for segment in evens.get_segments()]
    assert xs == pytest.approx([1 / 4, 1 / 8, 1 / 4, 1 / 4])
    assert capacity.get_segments()[0][0][0] == pytest.approx(0.45)
    assert names(ax)[:2] == ["even share", "capacity, 45 records (45.0 %)"]


def test_without_a_capacity_the_line_is_a_multiple_of_the_even_share(ax, keys):
    fix_comparison(compared(keys), ax=ax)
    assert "1.5 × even share as is (37.5 %)" in names(ax)


def test_where_all_fits_nothing_is_hatched_and_as_is_is_best(ax, keys):
    fix_comparison(compared(keys, capacity=1_000), ax=ax)
    assert not any(bar.get_hatch() for bar in bars(ax))
    assert "above the line" not in names(ax)
    assert bars(ax)[0].get_facecolor() == to_rgba(GREEN)


def test_only_a_comparison_is_drawn(ax, keys):
    with pytest.raises(TypeError, match=r"comparison must be Comparison, got KeyLoads"):
        fix_comparison(keys, ax=ax)


def test_texts_fit_however_small_the_axes(keys):
    ax = Figure(figsize=(3.5, 2.6)).subplots()
    fix_comparison(compared(keys, capacity=45), ax=ax)
    ax.figure.draw_without_rendering()
    extents = [text.get_window_extent() for text in ax.texts[::2]]
    assert all(upper.y0 > lower.y1 for upper, lower in pairwise(extents))
    assert all(note.get_window_extent().x1 <= ax.bbox.x1 + 1 for note in ax.texts[1::2])


def struck(ax, lines):
    """Texts that a line runs through; both as they come to stand once drawn."""
    ax.figure.draw_without_rendering()
    boxes = {text.get_text(): text.get_window_extent() for text in ax.texts}
    segments = [ax.transData.transform(part) for line in lines for part in line.get_segments()]
    return [
        text
        for text, box in boxes.items()
        for (x, first), (_, last) in segments
        if box.x0 <= x <= box.x1 and max(first, last) > box.y0 and min(first, last) < box.y1
    ]


@pytest.mark.parametrize("capacity", range(4, 75, 5))
@pytest.mark.parametrize("size", [(8, 5), (4, 4)])
def test_neither_the_line_nor_an_even_share_runs_through_a_text(keys, capacity, size):
    ax = Figure(figsize=size).subplots()
    fix_comparison(compared(keys, capacity=capacity), ax=ax)
    even, line = ax.collections
    assert struck(ax, [line, even]) == []
    assert [x for (x, _), _ in line.get_segments()] == pytest.approx(
        [capacity / 100] * len(line.get_segments())
    )


@pytest.mark.parametrize("quota", [4, 5, 6, 7, 8, 9, 11, 16, 400])
def test_no_limit_runs_through_a_text(ax, quota):
    plan = plan_partitions(
        250 * MiB,
        producer_bytes_per_s=50 * MiB,
        consumer_bytes_per_s=25 * MiB,
        multiple_of=4,
        upper_limits={"quota": quota, "brokers": quota + 1},
    )
    partition_limits(plan, ax=ax)
    assert struck(ax, ax.collections) == []


def test_every_lower_limit_is_a_bar_and_the_binding_one_is_marked(ax):
    plan = plan_partitions(
        250 * MiB, producer_bytes_per_s=50 * MiB, consumer_bytes_per_s=25 * MiB, multiple_of=4
    )
    assert partition_limits(plan, ax=ax) is ax
    assert [bar.get_width() for bar in bars(ax)] == [5, 10, 12]
    assert [text.get_text() for text in ax.texts] == [
        "producer", "5", "consumer", "10, binding", "multiple of 4", "12",
    ]  # fmt: skip
    assert [bar.get_facecolor() == to_rgba(ORANGE) for bar in bars(ax)] == [False, True, False]
    assert names(ax) == ["planned: 12"]
    assert ax.collections[0].get_segments()[0][0][0] == 12
    assert (np.asarray(ax.get_xticks()) % 1 == 0).all()


def test_upper_limits_are_lines_and_a_clash_is_hatched(ax):
    plan = plan_partitions(
        250 * MiB, consumer_bytes_per_s=25 * MiB, upper_limits={"quota": 8, "team $rule$": 40}
    )
    partition_limits(plan, ax=ax)
    assert [lines.get_segments()[0][0][0] for lines in ax.collections] == [8, 40]
    assert names(ax) == ["at most 8: quota", "at most 40: team $rule$"]
    assert bars(ax)[0].get_hatch()


def test_a_limit_that_no_count_meets_says_so(ax):
    plan = plan_partitions(250 * MiB, consumer_bytes_per_s=25 * MiB, hottest_key_share=0.9)
    partition_limits(plan, ax=ax)
    assert "hottest key: no count is enough" in [text.get_text() for text in ax.texts]
    assert bars(ax)[1].get_width() == 10
    assert bars(ax)[1].get_hatch()


def test_limits_far_apart_are_on_a_logarithmic_axis(ax):
    groups = [ConsumerGroup("slow", consumer_bytes_per_s=MiB)]
    plan = plan_partitions(900 * MiB, producer_bytes_per_s=900 * MiB, groups=groups)
    partition_limits(plan, ax=ax)
    assert ax.get_xscale() == "log"
    assert [bar.get_x() + bar.get_width() for bar in bars(ax)] == pytest.approx([1, 900])


def test_a_count_beyond_any_kafka_is_drawn_and_said(ax):
    partition_limits(plan_partitions(1e200, producer_bytes_per_s=1e-9), ax=ax)
    assert "more than 2,147,483,647, binding" in [text.get_text() for text in ax.texts]
    ax.figure.draw_without_rendering()


def test_only_a_plan_is_drawn(ax):
    with pytest.raises(TypeError, match=r"plan must be PartitionPlan, got int"):
        partition_limits(12, ax=ax)
