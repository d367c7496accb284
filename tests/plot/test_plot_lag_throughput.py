"""What is written, read and could be read over time."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from kafka_sizing.consumers.simulation import (
    Arrivals,
    Crash,
    Join,
    MemberCapacity,
    Slowdown,
    simulate_lag,
)
from kafka_sizing.plot import group_throughput


@pytest.fixture
def ax():
    return Figure().subplots()


def simulated(arrivals=1_000, *, member=320, members=4, duration_s=300, **changes):
    return simulate_lag(
        arrivals, partitions=12, member=member, members=members, duration_s=duration_s, **changes
    )


def at(line, times):
    """Read a line of steps at some times."""
    x, y = line.get_data()
    side = {"steps-pre": "left", "steps-post": "right"}[line.get_drawstyle()]
    rows = np.searchsorted(x, times, side=side) - (side == "right")
    return y[rows].tolist()


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_three_lines_are_named_and_in_records_per_second(ax):
    assert group_throughput(simulated(), ax=ax) is ax
    assert names(ax) == ["written", "read", "capacity of ready members"]
    for line, rate in zip(ax.lines, (1_000, 1_000, 1_280), strict=True):
        assert at(line, [0.5, 150, 299.5]) == pytest.approx([rate] * 3)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time [s]", "records per second")


def test_a_burst_is_written_at_once_and_read_as_fast_as_the_group_can(ax):
    burst = Arrivals.steady(1_000).with_burst(at_s=100, for_s=20, ratio=2)
    group_throughput(simulated(burst), ax=ax)
    written, read, _ = ax.lines
    # 20 s × 720 records/s pile up, and 280 records/s more than come are read: for 51.4 s.
    assert at(written, [99.5, 100.5, 119.5, 120.5]) == [1_000, 2_000, 2_000, 1_000]
    assert at(read, [99.5, 100.5, 170.5]) == pytest.approx([1_000, 1_280, 1_280])
    assert at(read, [172.5]) == pytest.approx([1_000])


def test_a_crash_takes_capacity_at_once_and_reading_with_it(ax):
    group_throughput(simulated(events=[Crash(at_s=60, member=2)]), ax=ax)
    _, read, capacity = ax.lines[:3]
    # 9 of 12 partitions are read until the rebalance ends at 108 s.
    assert at(capacity, [59, 61]) == [1_280, 960]
    assert at(read, [59.5, 61, 107.5, 109.5]) == pytest.approx([1_000, 750, 750, 960])


def test_an_eager_rebalance_stops_all_reading(ax):
    simulation = simulated(events=[Join(at_s=60)], protocol="eager", barrier_s=12)
    group_throughput(simulation, ax=ax)
    _, read, capacity = ax.lines[:3]
    assert at(read, [59.5, 60.5, 71.5]) == pytest.approx([1_000, 0, 0])
    assert at(capacity, [59, 61]) == [1_280, 1_600]
    assert names(ax)[3:] == ["rebalance, all stop"]


def test_a_member_that_starts_adds_capacity_once_it_has(ax):
    member = MemberCapacity(320, start_s=40)
    group_throughput(simulated(member=member, events=[Join(at_s=60)]), ax=ax)
    assert at(ax.lines[2], [61, 99, 101]) == [1_280, 1_280, 1_600]


def test_the_highest_and_the_lowest_rate_of_a_long_time_are_kept(ax):
    burst = Arrivals.steady(1_000).with_burst(at_s=30_000, for_s=1, ratio=9)
    outage = Slowdown(at_s=60_000, for_s=1)
    group_throughput(simulated(burst, duration_s=86_400, events=[outage]), ax=ax)
    written, read, _ = ax.lines[:3]
    assert len(written.get_xdata()) <= 2_001
    assert written.get_ydata().max() == pytest.approx(9_000)
    assert read.get_ydata().min() == pytest.approx(0)
    assert written.get_xdata()[-1] == 24


@pytest.mark.parametrize("size", [(8, 4.5), (3.5, 2.6)])
def test_rates_and_names_of_events_stay_below_the_legend(size):
    ax = Figure(figsize=size).subplots()
    events = [Crash(at_s=60, member=2), Slowdown(at_s=200, for_s=30, capacity_fraction=0.5)]
    group_throughput(simulated(events=events), ax=ax)
    ax.figure.draw_without_rendering()
    legend = ax.get_legend().get_window_extent()
    top = ax.transData.transform((0, 1_280))[1]
    names = [text.get_window_extent() for text in ax.texts]
    assert all(top < name.y0 and name.y1 <= legend.y0 for name in names)
    assert legend.y1 <= ax.bbox.y1 + 1


def test_a_group_that_can_read_nothing_is_drawn(ax):
    simulation = simulated(
        Arrivals.steady(0), duration_s=10, events=[Crash(at_s=1, member=n) for n in range(4)]
    )
    group_throughput(simulation, ax=ax)
    ax.figure.draw_without_rendering()


def test_only_a_simulation_is_drawn(ax):
    with pytest.raises(TypeError, match=r"simulation must be LagSimulation, as simulate_lag give"):
        group_throughput(5, ax=ax)
