"""The worst partitions over time: of a simulation, and of what a monitor saw."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from kafka_sizing.consumers.monitoring.samples import LagSamples
from kafka_sizing.consumers.simulation import Arrivals, Crash, PoisonRecord, simulate_lag
from kafka_sizing.plot import lag_by_partition
from kafka_sizing.plot.colours import VERMILLION


@pytest.fixture
def ax():
    return Figure().subplots()


def simulated(events=(), *, partitions=6, duration_s=120, **changes):
    """Give a group that reads 100 records/s of each partition, but where events stop it."""
    return simulate_lag(
        100 * partitions,
        **({"partitions": partitions, "member": 300, "members": partitions // 2} | changes),
        duration_s=duration_s,
        events=events,
    )


def stuck_in(*partitions):
    """Let partitions stand from 10 s, 20 s … on."""
    return [
        PoisonRecord(at_s=10 * rank, partition=partition)
        for rank, partition in enumerate(partitions, start=1)
    ]


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def band(ax):
    """Give the lowest and the highest end of the band of the others at each time."""
    (area,) = [each for each in ax.collections if not isinstance(each, LineCollection)]
    corners = area.get_paths()[0].vertices
    times = np.unique(corners[:, 0])
    return [
        (at, corners[corners[:, 0] == at, 1].min(), corners[corners[:, 0] == at, 1].max())
        for at in times.tolist()
    ]


def test_the_worst_partitions_are_lines_and_the_others_a_band(ax):
    simulation = simulated(stuck_in(4, 1, 3))
    assert lag_by_partition(simulation, worst=2, ax=ax) is ax
    assert names(ax) == [
        "partition 4, up to 11,000",
        "partition 1, up to 10,000",
        "4 others, up to 9,000",
    ]
    first, second = ax.lines[:2]
    assert first.get_xdata().tolist() == simulation.times_s.tolist()
    assert first.get_ydata().tolist() == simulation.lag_records[:, 4].tolist()
    assert second.get_ydata().tolist() == simulation.lag_records[:, 1].tolist()
    assert band(ax)[-1] == (120, 0, 9_000)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time [s]", "lag [records]")


def test_partitions_whose_lag_runs_alike_share_a_line(ax):
    events = [PoisonRecord(at_s=20, partition=at) for at in (5, 0, 2)]
    lag_by_partition(simulated([*events, *stuck_in(1)]), ax=ax)
    assert names(ax) == [
        "partition 1, up to 11,000",
        "partitions 0, 2, 5, up to 10,000",
        "partitions 3, 4, up to 0",
    ]


def test_of_many_partitions_that_run_alike_a_few_are_named(ax):
    lag_by_partition(simulated(partitions=1_200, members=600), ax=ax)
    assert names(ax) == ["partitions 0, 1, 2 and 1,197 more, up to 0"]


def test_the_age_of_what_is_unread_is_in_the_unit_that_reads_best(ax):
    # The first unread record came at 10 s.
    lag_by_partition(
        simulated(stuck_in(2), duration_s=610), worst=1, unit="s", objective=120, ax=ax
    )
    assert names(ax) == ["partition 2, up to 10 min", "5 others, up to 0 s", "objective, 2 min"]
    assert ax.get_ylabel() == "oldest unread record [min]"
    assert ax.lines[0].get_ydata()[-1] == pytest.approx(10)


def test_an_age_in_the_legend_is_written_in_minutes_and_seconds(ax):
    lag_by_partition(simulated(stuck_in(2), duration_s=330), worst=1, unit="s", ax=ax)
    assert names(ax)[0] == "partition 2, up to 5 min 20 s"  # since 10 s


def test_the_objective_is_a_line_even_if_all_lag_is_below(ax):
    lag_by_partition(simulated(stuck_in(2)), objective=50_000, ax=ax)
    assert names(ax)[-1] == "objective, 50,000"
    (line,) = [line for line in ax.lines if to_rgba(line.get_color()) == to_rgba(VERMILLION)]
    assert set(line.get_ydata()) == {50_000}
    assert ax.transData.transform((0, 50_000))[1] < ax.get_legend().get_window_extent().y0


def test_without_lines_all_partitions_are_a_band(ax):
    lag_by_partition(simulated(stuck_in(2)), worst=0, ax=ax)
    assert names(ax) == ["all, up to 11,000"]
    assert band(ax)[-1] == (120, 0, 11_000)


def test_as_many_lines_as_can_be_told_apart(ax):
    events = stuck_in(*range(16))
    lag_by_partition(simulated(events, partitions=20, duration_s=400), worst=15, ax=ax)
    looks = {(line.get_color(), line.get_linestyle()) for line in ax.lines[:15]}
    assert len(looks) == 15
    assert names(ax)[15] == "5 others, up to 24,000"


def test_peaks_of_a_long_time_are_kept_in_lines_and_band(ax):
    arrivals = Arrivals.steady(600)
    events = [
        PoisonRecord(at_s=30_000, partition=1, for_s=9),
        PoisonRecord(at_s=60_000, partition=2, for_s=5),
    ]
    simulation = simulate_lag(
        arrivals, partitions=6, member=3_000, members=3, duration_s=86_400, events=events
    )
    lag_by_partition(simulation, worst=1, ax=ax)
    assert len(ax.lines[0].get_xdata()) <= 2_000
    assert ax.lines[0].get_ydata().max() == 900
    assert len(band(ax)) <= 1_000
    assert max(high for _, _, high in band(ax)) == 500
    assert names(ax)[:2] == ["partition 1, up to 900", "5 others, up to 500"]


def test_a_simulation_shows_its_events_and_rebalances(ax):
    lag_by_partition(simulated([Crash(at_s=20, member=0)]), ax=ax)
    assert [text.get_text() for text in ax.texts] == ["crash, member 0"]
    assert names(ax)[-2:] == ["member away, unnoticed", "rebalance, orphaned stop"]


SAMPLES = LagSamples.from_grid(
    [1_000, 1_060, 1_120],
    [[10, 10, -1], [20, 10, -1], [30, 10, -1]],
    [[10, 20, 5], [25, 30, 6], [32, 40, 7]],
)


def test_samples_are_drawn_as_a_simulation_is(ax):
    assert lag_by_partition(SAMPLES, worst=1, objective=40, ax=ax) is ax
    assert names(ax) == ["partition 1, up to 30", "1 other, up to 5", "objective, 40"]
    assert ax.lines[0].get_data()[0].tolist() == [0, 60, 120]
    assert ax.lines[0].get_data()[1].tolist() == [10, 20, 30]
    assert band(ax) == [(0, 0, 0), (60, 5, 5), (120, 2, 2)]
    assert ax.get_xlabel() == "time since the first sample [s]"


def test_a_partition_that_was_never_committed_has_no_lag_to_draw(ax):
    lag_by_partition(SAMPLES, ax=ax)
    assert names(ax) == ["partition 1, up to 30", "partition 0, up to 5"]


def test_samples_of_several_topics_name_the_topic(ax):
    samples = LagSamples.from_grid(
        [0, 60], [[1, 1], [1, 1]], [[2, 9], [3, 9]], partitions=[("orders", 0), ("refunds", 0)]
    )
    lag_by_partition(samples, ax=ax)
    assert names(ax) == ["refunds-0, up to 8", "orders-0, up to 2"]


def test_where_samples_are_missing_line_and_band_are_open(ax):
    times = np.arange(0, 1_800, 30.0)
    kept = (times < 600) | (times > 900)
    grid = np.column_stack([np.zeros(60), np.zeros(60)])
    ends = np.column_stack([np.arange(60), np.arange(60) // 2])
    samples = LagSamples.from_grid(times, grid, ends, seen=np.column_stack([kept, kept]))
    lag_by_partition(samples, worst=1, ax=ax)
    x, y = ax.lines[0].get_data()
    (gap,) = np.flatnonzero(np.isnan(y))
    assert (x[gap - 1], x[gap + 1]) == (9.5, 15.5)
    (area,) = ax.collections
    assert len(area.get_paths()) == 2


def test_samples_that_come_a_little_late_leave_no_hole(ax):
    times = np.arange(20) * 30 + np.tile([0, 20], 10)
    ends = np.column_stack([np.arange(20) * 2, np.arange(20)])
    samples = LagSamples.from_grid(times, np.zeros((20, 2)), ends)
    lag_by_partition(samples, worst=1, ax=ax)
    (area,) = ax.collections
    assert len(area.get_paths()) == 1
    assert not np.isnan(ax.lines[0].get_ydata()).any()


@pytest.mark.parametrize("committed", [3, -1])
def test_one_sample_is_drawn(ax, committed):
    lag_by_partition(LagSamples.from_grid([5], [[committed]], [[9]]), ax=ax)
    ax.figure.draw_without_rendering()


def test_what_cannot_be_drawn_is_refused(ax):
    with pytest.raises(TypeError, match=r"lag must be LagSimulation or LagSamples, got list"):
        lag_by_partition([1], ax=ax)
    with pytest.raises(ValueError, match=r"unit must be one of 'records', 's', got 'h'"):
        lag_by_partition(SAMPLES, unit="h", ax=ax)
    with pytest.raises(ValueError, match=r"unit must be 'records' for LagSamples, got 's'"):
        lag_by_partition(SAMPLES, unit="s", ax=ax)
    with pytest.raises(ValueError, match=r"worst must be a whole number in 0 … 15, got 16"):
        lag_by_partition(SAMPLES, worst=16, ax=ax)
    with pytest.raises(ValueError, match=r"objective must be finite and > 0, got 0"):
        lag_by_partition(SAMPLES, objective=0, ax=ax)
