"""Bars of partition loads: what is drawn, marked and named, from 1 to 1,000 partitions."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch

from kafka_sizing import KeyLoads, MiB, PartitionLoads, find_hot, place
from kafka_sizing.plot import before_after, partition_loads
from kafka_sizing.plot.colours import KEY_COLOURS


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.fixture
def keys():
    weights = 1 / np.arange(1, 501)
    return KeyLoads([f"user-{n}" for n in range(500)], weights * 10 * MiB, "bytes/s")


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def entry(ax, start):
    """Give the handle of the legend's entry that begins with ``start``."""
    handles = ax.get_legend().legend_handles
    return next(
        handle for handle, name in zip(handles, names(ax), strict=True) if name.startswith(start)
    )


def level(ax, start):
    """Give the height of the horizontal line that the legend calls so."""
    color, style = entry(ax, start).get_color(), entry(ax, start).get_linestyle()
    lines = [
        each for each in ax.lines if (each.get_color(), each.get_linestyle()) == (color, style)
    ]
    return lines[0].get_ydata()[0]


def triangles(ax, *, filled=True):
    return sorted(
        int(x)
        for line in ax.lines
        if line.get_marker() == "v" and (line.get_markerfacecolor() != "none") is filled
        for x in line.get_xdata()
    )


@pytest.mark.parametrize("partitions", [1, 12, 100])
def test_each_partition_is_a_bar_in_the_unit_of_the_axis(ax, keys, partitions):
    loads = place(keys, partitions)
    assert partition_loads(loads, ax=ax) is ax
    heights = [bar.get_height() for bar in ax.containers[0]]
    assert heights == pytest.approx((loads.loads / MiB).tolist())
    assert ax.get_ylabel() == "load [MiB/s]"
    assert ax.get_xlabel() == "partition"
    ticks = [tick for tick in ax.get_xticks() if -0.5 <= tick <= partitions - 0.5]
    assert ticks
    assert all(tick == int(tick) for tick in ticks)
    assert partitions > 12 or ticks == list(range(partitions))


def test_a_thousand_partitions_are_one_outline(ax, keys):
    loads = place(keys, 1_000)
    partition_loads(loads, ratio=1.5, ax=ax)
    (outline,) = [patch for patch in ax.patches if isinstance(patch, StepPatch)]
    assert outline.get_data().values == pytest.approx(loads.loads / MiB)
    segments = [patch for patch in ax.patches if patch is not outline]
    assert len(segments) == len(KEY_COLOURS)


def test_the_hottest_keys_are_stacked_and_named_with_their_shares(ax):
    loads = place(KeyLoads(["a", "b", "c", "d"], [40, 30, 20, 10]), 1)
    partition_loads(loads, top_keys=3, ax=ax)
    segments = [bars.patches[0] for bars in ax.containers[1:]]
    assert [(bar.get_y(), bar.get_height()) for bar in segments] == [(0, 40), (40, 30), (70, 20)]
    assert names(ax)[:4] == ["a, 40.0 %", "b, 30.0 %", "c, 20.0 %", "other keys"]


def test_keys_beyond_the_colours_differ_by_hatching(ax, keys):
    partition_loads(place(keys, 12), top_keys=24, ax=ax)
    looks = {
        (bars.patches[0].get_facecolor(), bars.patches[0].get_hatch())
        for bars in ax.containers[1:]
    }
    assert len(looks) == 24


def test_a_key_that_the_client_spreads_is_on_no_bar(ax):
    loads = PartitionLoads(
        loads=[5, 5], keys=KeyLoads(["", "a"], [8, 2]), partition_of_key=[-1, 1]
    )
    partition_loads(loads, ax=ax)
    assert names(ax)[:2] == ["a, 20.0 %", "other keys"]
    assert len(ax.containers) == 2


def test_the_lines_that_make_a_bar_hot_are_drawn_and_named(ax):
    loads = PartitionLoads(loads=[10, 20, 60])
    partition_loads(loads, capacity=50, ratio=1.5, ax=ax)
    assert level(ax, "even share, 30 records") == 30
    assert level(ax, "capacity, 50 records") == 50
    assert level(ax, "1.5 × even share") == 45
    assert triangles(ax) == [2]


def test_of_many_hot_partitions_only_the_hottest_that_stand_apart_are_named():
    loads = np.ones(100)
    loads[[5, 6, 20, 35, 50, 65, 80, 95]] = [90, 89, 88, 87, 86, 85, 84, 83]
    ax = Figure(figsize=(24, 5)).subplots()
    partition_loads(PartitionLoads(loads=loads), ratio=2, ax=ax)
    assert len(triangles(ax)) == 8
    named = [int(text.get_text().split()[1].rstrip(":")) for text in ax.texts]
    assert named == [5, 20, 35, 50, 65]


def test_a_load_on_the_line_is_not_hot(ax):
    partition_loads(PartitionLoads(loads=[0.1 + 0.2, 0.1]), capacity=0.3, ax=ax)
    assert triangles(ax) == []
    assert "hot" not in names(ax)


def test_marks_and_lines_are_those_of_the_report(ax):
    loads = place(KeyLoads(["21", "foobar", "abc"], [300, 100, 5]), 6)
    report = find_hot(loads, capacity=90)
    partition_loads(loads, hot=report, ax=ax)
    assert triangles(ax) == sorted(each.partition for each in report.hot)
    assert level(ax, "capacity") == 90
    shares = [text.get_text() for text in ax.texts]
    assert shares == ["98.8 %"]  # 400 of 405: murmur2 takes "21" and "foobar" to 0 of 6


def test_what_may_be_noise_is_marked_by_an_open_triangle(ax):
    keys = KeyLoads(["21", "foobar", "abc"], [5, 4, 7], sample_size=16)
    loads = place(keys, 2)
    report = find_hot(loads, ratio=1.05)
    assert {each.cause for each in report.hot} == {"noise"}
    partition_loads(loads, hot=report, ax=ax)
    assert triangles(ax) == []
    assert triangles(ax, filled=False) == [0]
    assert "above the line, within noise" in names(ax)


def test_a_report_of_other_loads_is_refused(ax):
    one, other = PartitionLoads(loads=[1, 2]), PartitionLoads(loads=[1, 2, 3])
    with pytest.raises(ValueError, match=r"hot must be the report of these loads, got one of 3"):
        partition_loads(one, hot=find_hot(other), ax=ax)


def test_own_choices_for_the_bars_win(ax):
    partition_loads(PartitionLoads(loads=[1, 2]), color="black", width=0.5, ax=ax)
    (bar, _) = ax.containers[0]
    assert bar.get_facecolor() == (0, 0, 0, 1)
    assert bar.get_width() == 0.5
    partition_loads(PartitionLoads(loads=np.ones(200)), facecolor="black", ax=ax)
    assert ax.patches[-1].get_facecolor() == (0, 0, 0, 1)


def test_no_load_at_all_is_drawn(ax):
    partition_loads(PartitionLoads(loads=[0, 0, 0]), capacity=5, ax=ax)
    ax.figure.draw_without_rendering()
    assert [bar.get_height() for bar in ax.containers[0]] == [0, 0, 0]


@pytest.mark.parametrize("partitions", [1, 12, 100, 1_000])
def test_data_stay_below_the_legend(ax, keys, partitions):
    loads = place(keys, partitions)
    partition_loads(loads, capacity=20 * MiB, ratio=1.5, ax=ax)
    legend = ax.get_legend().get_window_extent()
    top = ax.transData.transform((0, max(loads.loads.max(), 20 * MiB) / MiB))[1]
    assert top < legend.y0
    assert legend.y1 <= ax.bbox.y1
    assert legend.x1 <= ax.bbox.x1


def test_only_loads_are_drawn(ax):
    with pytest.raises(TypeError, match=r"loads must be PartitionLoads, got list"):
        partition_loads([1, 2], ax=ax)


def test_before_and_after_are_sorted_loads_of_any_two_counts(ax):
    before = PartitionLoads(loads=[1 * MiB, 5 * MiB, 3 * MiB], unit="bytes")
    after = PartitionLoads(loads=[2 * MiB, 1 * MiB, 3 * MiB, 3 * MiB], unit="bytes")
    assert before_after(before, after, capacity=4 * MiB, names=("now", "then"), ax=ax) is ax
    drawn = [steps.get_data().values.tolist() for steps in ax.patches]
    assert drawn == [[5, 3, 1], [3, 3, 2, 1]]
    assert names(ax) == [
        "now: peak share 55.6 %",
        "then: peak share 33.3 %",
        "even share, now, 3.0 MiB",
        "even share, then, 2.2 MiB",
        "capacity, 4.0 MiB",
    ]
    assert ax.get_ylabel() == "load [MiB]"


def test_an_even_share_that_stays_is_one_line(ax):
    before_after(PartitionLoads(loads=[4, 2]), PartitionLoads(loads=[3, 3]), ax=ax)
    assert level(ax, "even share, 3 records") == 3
    assert len(ax.lines) == 1


def test_a_thousand_partitions_before_and_after_are_two_outlines(ax):
    loads = PartitionLoads(loads=np.arange(1_000.0))
    before_after(loads, loads, ax=ax)
    assert [patch.get_data().values.size for patch in ax.patches] == [1_000, 1_000]


def test_loads_in_different_units_are_not_compared(ax):
    with pytest.raises(ValueError, match=r"after must be in records as before is, got 'bytes'"):
        before_after(PartitionLoads(loads=[1]), PartitionLoads(loads=[1], unit="bytes"), ax=ax)
