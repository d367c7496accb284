"""The lag of every partition as colours: no peak is lost, and all is named."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import LogNorm, to_rgba
from matplotlib.figure import Figure

from kafka_sizing.consumers.simulation import Crash, PoisonRecord, Slowdown, simulate_lag
from kafka_sizing.plot import lag_heatmap
from kafka_sizing.plot.colours import GREY, YELLOW


@pytest.fixture
def ax():
    return Figure().subplots()


def stuck(*, partition=3, at_s=60, for_s=None, **changes):
    """Give a group that keeps up, but for one partition: 100 records/s stay unread there."""
    arguments = {"partitions": 6, "member": 300, "members": 3, "duration_s": 120}
    arguments |= changes
    poison = PoisonRecord(at_s=at_s, partition=partition, for_s=for_s)
    return simulate_lag(100 * arguments["partitions"], events=[poison], **arguments)


def cells(ax):
    return ax.images[0].get_array()


def place(ax, row, column):
    """Give the middle of a cell: its time and partition."""
    left, right, bottom, top = ax.images[0].get_extent()
    rows, columns = cells(ax).shape
    return (
        left + (column + 0.5) * (right - left) / columns,
        top + (row + 0.5) * (bottom - top) / rows,
    )


def bar(ax):
    (place,) = ax.child_axes
    return place


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_a_cell_is_the_lag_of_a_partition_at_the_end_of_a_step(ax):
    assert lag_heatmap(stuck(), ax=ax) is ax
    assert cells(ax).shape == (6, 120)
    assert cells(ax)[3, 59:].filled(0) == pytest.approx(100 * np.arange(61))
    assert place(ax, 3, 60) == pytest.approx((60.5, 3))
    assert ax.images[0].get_clim() == (0, 6_000)


def test_where_all_is_read_nothing_is_drawn(ax):
    lag_heatmap(stuck(), ax=ax)
    hidden = np.ones((6, 120), dtype=bool)
    hidden[3, 60:] = False
    assert (cells(ax).mask == hidden).all()


def test_partitions_run_down_and_are_ticked_by_whole_numbers(ax):
    lag_heatmap(stuck(), ax=ax)
    assert ax.yaxis_inverted()
    assert ax.get_yticks().tolist() == [0, 1, 2, 3, 4, 5]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time [s]", "partition")


def test_of_many_partitions_some_are_ticked(ax):
    lag_heatmap(stuck(partitions=200, member=9_000), ax=ax)
    assert ax.get_yticks().tolist() == list(range(0, 200, 20))


def test_time_is_in_the_unit_that_reads_best(ax):
    lag_heatmap(stuck(at_s=600, duration_s=1_200), ax=ax)
    assert ax.get_xlabel() == "time [min]"
    assert ax.get_xlim() == (0, 20)
    shown = [place(ax, 3, column)[0] for column in np.flatnonzero(~cells(ax).mask[3])]
    assert min(shown) == pytest.approx(10, abs=0.05)


@pytest.mark.parametrize("size", [(8, 4.5), (3.5, 2.6)])
def test_a_peak_of_a_second_in_hours_of_500_partitions_is_kept(size):
    simulation = stuck(
        partition=333, at_s=4_000, for_s=1, partitions=500, member=60_000, members=1,
        duration_s=7_200,
    )  # fmt: skip
    ax = Figure(figsize=size).subplots()
    lag_heatmap(simulation, ax=ax)
    height = abs(np.diff(ax.transData.transform([(0, -0.5), (0, 499.5)])[:, 1]))[0]
    rows, columns = cells(ax).shape
    assert (rows <= height, columns <= ax.bbox.width) == (True, True)
    assert cells(ax).max() == simulation.lag_records.max() == 100
    at, partition = place(ax, *(int(found[0]) for found in (~cells(ax).mask).nonzero()))
    assert at == pytest.approx(4_001 / 60, abs=120 / columns)
    assert partition == pytest.approx(333, abs=500 / rows)


def test_the_age_of_what_is_unread_is_in_the_unit_that_reads_best(ax):
    # The first unread record came at 60 s.
    lag_heatmap(stuck(duration_s=960), unit="s", ax=ax)
    assert ax.images[0].get_clim() == pytest.approx((0, 15), rel=0.01)
    assert [text.get_text() for text in ax.texts if "[" in text.get_text()] == [
        "oldest unread record [min]"
    ]


def test_colours_by_factors_tell_small_lag_apart(ax):
    lag_heatmap(stuck(), colours="log", ax=ax)
    norm = ax.images[0].norm
    assert isinstance(norm, LogNorm)
    assert (norm.vmin, norm.vmax) == (1, 6_000)
    assert norm([0.5, 1]).tolist() == [0, 0]


def test_the_colour_bar_stands_in_the_axes_and_names_its_unit(ax):
    lag_heatmap(stuck(), ax=ax)
    ax.figure.draw_without_rendering()
    inside = bar(ax).get_window_extent()
    top = ax.transData.transform((0, -0.5))[1]
    assert ax.bbox.x0 < inside.x0 < inside.x1 <= ax.bbox.x1
    assert top < inside.y0 < inside.y1 <= ax.bbox.y1
    (label,) = [text for text in ax.texts if text.get_text() == "lag [records]"]
    assert label.get_window_extent().x1 < inside.x0
    assert ax.figure.axes == [ax]


@pytest.mark.parametrize("rate", [1, 1_000, 1_000_000, 10**9])
@pytest.mark.parametrize("colours", ["linear", "log"])
@pytest.mark.parametrize("size", [(8, 4.5), (3.5, 2.6)])
def test_numbers_at_the_colour_bar_stand_apart(rate, colours, size):
    simulation = simulate_lag(
        6 * rate, partitions=6, member=2 * rate, members=6, duration_s=90,
        events=[PoisonRecord(at_s=9, partition=0)],
    )  # fmt: skip
    ax = Figure(figsize=size).subplots()
    lag_heatmap(simulation, colours=colours, ax=ax)
    ax.figure.draw_without_rendering()
    low, high = bar(ax).get_xlim()
    ticks = zip(bar(ax).get_xticks(), bar(ax).get_xticklabels(), strict=True)
    boxes = [label.get_window_extent() for at, label in ticks if low <= at <= high]
    assert boxes
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))


def test_events_are_named_and_last_over_the_rows(ax):
    simulation = simulate_lag(
        600, partitions=6, member=300, members=3, duration_s=200,
        events=[Slowdown(at_s=40, for_s=60)],
    )  # fmt: skip
    lag_heatmap(simulation, ax=ax)
    assert ax.texts[0].get_text() == "outage"
    bars, lines = ax.collections
    assert bars.get_segments()[0][:, 0].tolist() == [40, 100]
    assert lines.get_segments()[0][:, 0].tolist() == [40, 40]
    assert lines.get_segments()[0][0, 1] == 5.5
    assert ax.get_legend() is None


def test_a_strip_over_the_rows_shows_rebalances(ax):
    simulation = simulate_lag(
        600, partitions=6, member=300, members=3, duration_s=200,
        events=[Crash(at_s=40, member=0)],
    )  # fmt: skip
    lag_heatmap(simulation, ax=ax)
    assert names(ax) == ["member away, unnoticed", "rebalance, orphaned stop"]
    strips = ax.collections[:2]
    assert [tuple(strip.get_facecolor()[0]) for strip in strips] == [
        to_rgba(GREY),
        to_rgba(YELLOW),
    ]
    away, orphaned = [strip.get_paths()[0].get_extents() for strip in strips]
    assert (away.x0, away.x1, orphaned.x0, orphaned.x1) == (40, 85, 85, 88)
    assert max(away.y0, away.y1) < -0.5
    low, high = ax.transData.transform([(0, away.y0), (0, away.y1)])[:, 1]
    assert 3 < abs(high - low) * 72 / ax.figure.dpi < 9


@pytest.mark.parametrize("size", [(8, 4.5), (3.5, 2.6), (5, 9), (14, 3)])
def test_nothing_over_the_rows_covers_anything_else(size):
    simulation = simulate_lag(
        600, partitions=6, member=300, members=3, duration_s=200,
        events=[Crash(at_s=40, member=0), Crash(at_s=60, member=1), Slowdown(at_s=70, for_s=90)],
    )  # fmt: skip
    ax = Figure(figsize=size).subplots()
    lag_heatmap(simulation, ax=ax)
    ax.figure.draw_without_rendering()
    top = ax.transData.transform((0, -0.5))[1]
    events = [text.get_window_extent() for text in ax.texts[:-1]]
    legend = ax.get_legend().get_window_extent()
    colours = bar(ax).get_tightbbox()
    assert all(top < event.y0 and event.y1 <= colours.y0 for event in events)
    assert colours.y1 <= legend.y0 + 1
    assert legend.y1 <= ax.bbox.y1 + 1


def test_a_group_without_lag_is_an_empty_field(ax):
    simulation = simulate_lag(600, partitions=6, member=300, members=3, duration_s=60)
    for colours in ("linear", "log"):
        lag_heatmap(simulation, colours=colours, ax=ax)
        assert cells(ax).mask.all()
        ax.figure.draw_without_rendering()


def test_one_step_and_one_partition_are_one_cell(ax):
    simulation = simulate_lag(
        10, partitions=1, member=1, members=1, duration_s=1, initial_lag_records=5
    )
    lag_heatmap(simulation, ax=ax)
    assert cells(ax).tolist() == [[14]]
    assert ax.images[0].get_extent() == [0, 1, 0.5, -0.5]


def test_the_callers_colours_win(ax):
    lag_heatmap(stuck(), ax=ax, cmap="viridis")
    assert ax.images[0].get_cmap().name == "viridis"


def test_what_is_no_simulation_or_no_choice_is_refused(ax):
    with pytest.raises(TypeError, match=r"simulation must be LagSimulation, as simulate_lag give"):
        lag_heatmap([1], ax=ax)
    with pytest.raises(ValueError, match=r"unit must be one of 'records', 's', got 'min'"):
        lag_heatmap(stuck(), unit="min", ax=ax)
    with pytest.raises(ValueError, match=r"colours must be one of 'linear', 'log', got 'sqrt'"):
        lag_heatmap(stuck(), colours="sqrt", ax=ax)
