"""Curves: peak share by count, key shares by rank, Lorenz."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from kafka_sizing import KeyLoads, PartitionLoads, sweep_partitions
from kafka_sizing.plot import key_shares, lorenz_curve, partition_sweep
from kafka_sizing.plot._style import sparse_ranks


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.fixture
def keys():
    return KeyLoads(["21", "foobar", "abc", "d", "e"], [50, 20, 15, 10, 5])


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def y(line):
    return np.asarray(line.get_ydata(), dtype=float)


def test_peak_shares_run_by_rising_count_with_their_bounds(ax, keys):
    sweep = sweep_partitions(keys, [8, 1, 4, 2])
    assert partition_sweep(sweep, capacity_share=0.6, ax=ax) is ax
    peak, floor, even, capacity = ax.lines[:4]
    assert peak.get_xdata().tolist() == [1, 2, 4, 8]
    assert y(peak) == pytest.approx(sweep.max_share[[1, 3, 2, 0]])
    assert y(floor) == pytest.approx([0.5] * 4)
    assert y(even) == pytest.approx([1, 1 / 2, 1 / 4, 1 / 8])
    assert y(capacity) == pytest.approx([0.6] * 4)
    assert names(ax)[:4] == [
        "hottest partition",
        "hottest key alone, 50.0 %",
        "even share",
        "capacity, 60.0 %",
    ]


def test_the_first_count_that_fits_is_marked(ax, keys):
    sweep = sweep_partitions(keys, range(1, 30))
    partition_sweep(sweep, capacity_share=0.6, ax=ax)
    first = sweep.first_below(0.6)
    (mark,) = [line for line in ax.lines if line.get_marker() == "D"]
    assert mark.get_xdata().tolist() == [first]
    assert any(name.startswith(f"first to fit: {first} partitions") for name in names(ax))


def test_a_first_count_that_fits_by_luck_is_marked_as_such(ax, carriers):
    partition_sweep(sweep_partitions(carriers, range(12, 60)), capacity_share=0.18, ax=ax)
    assert "first to fit: 19 partitions, 17.4 %, by luck" in names(ax)


def test_no_mark_where_no_count_fits(ax, keys):
    partition_sweep(sweep_partitions(keys, range(1, 30)), capacity_share=0.4, ax=ax)
    assert not any(name.startswith("first to fit") for name in names(ax))


def test_ratios_have_the_same_bounds_times_the_count(ax, keys):
    sweep = sweep_partitions(keys, [2, 4])
    partition_sweep(sweep, measure="imbalance_ratio", capacity_share=0.6, ax=ax)
    assert y(ax.lines[0]) == pytest.approx(sweep.imbalance_ratio)
    assert y(ax.lines[1]) == pytest.approx([1, 2])
    assert y(ax.lines[2]) == pytest.approx([1, 1])
    assert y(ax.lines[3]) == pytest.approx([1.2, 2.4])


@pytest.mark.parametrize(
    ("counts", "scale"), [(range(1, 501), "log"), (range(10, 50), "linear"), ([12], "linear")]
)
def test_counts_that_range_widely_are_on_a_logarithmic_axis(ax, keys, counts, scale):
    partition_sweep(sweep_partitions(keys, counts), ax=ax)
    assert ax.get_xscale() == scale
    ticks = ax.get_xticks()
    assert ticks.size
    assert (ticks == ticks.round()).all()
    ax.figure.draw_without_rendering()


def test_a_sweep_without_load_is_drawn(ax):
    partition_sweep(sweep_partitions(KeyLoads(["a"], [0]), [1, 100]), ax=ax)
    ax.figure.draw_without_rendering()


def test_an_unknown_measure_and_a_share_above_one_are_refused(ax, keys):
    sweep = sweep_partitions(keys, [2])
    with pytest.raises(ValueError, match=r"measure must be one of .* got 'gini'"):
        partition_sweep(sweep, measure="gini", ax=ax)
    with pytest.raises(ValueError, match=r"capacity_share must be a share in \(0, 1\], got 2"):
        partition_sweep(sweep, capacity_share=2, ax=ax)
    with pytest.raises(TypeError, match=r"sweep must be PartitionSweep, got KeyLoads"):
        partition_sweep(keys, ax=ax)


def test_shares_fall_by_rank_and_add_up(ax, keys):
    assert key_shares(keys, top_keys=2, ax=ax) is ax
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3, 4, 5]
    assert y(ax.lines[0]) == pytest.approx([0.5, 0.2, 0.15, 0.1, 0.05])
    assert y(ax.lines[1]) == pytest.approx([0.5, 0.7, 0.85, 0.95, 1])
    assert names(ax)[2:] == ["21, 50.0 %", "foobar, 20.0 %"]
    assert [line.get_xdata()[0] for line in ax.lines[2:]] == [1, 2]


def test_load_without_a_key_is_named_and_keys_without_load_are_not_drawn(ax):
    key_shares(KeyLoads(["a", "b"], [6, 0], null_load=4), ax=ax)
    assert y(ax.lines[1]).tolist() == [0.6]
    assert "all keys up to this rank (40.0 % has no key)" in names(ax)
    assert names(ax)[2:] == ["a, 60.0 %"]


def test_keys_that_carry_nothing_say_so(ax):
    key_shares(KeyLoads(["a", "b"], [0, 0]), ax=ax)
    assert [text.get_text() for text in ax.texts] == ["no key carries any load"]


def test_two_million_keys_are_at_most_two_thousand_points():
    ranks = sparse_ranks(2_000_000)
    assert ranks.size <= 2_000
    assert (ranks[0], ranks[-1]) == (1, 2_000_000)
    assert (np.diff(ranks) > 0).all()
    assert ranks[:10].tolist() == list(range(1, 11))


def test_the_sum_of_many_keys_counts_those_that_are_not_drawn(ax):
    n = 5_000
    key_shares(KeyLoads([str(i) for i in range(n)], np.ones(n)), ax=ax)
    ranks = ax.lines[0].get_xdata()
    assert len(ranks) <= 2_000
    assert y(ax.lines[1]) == pytest.approx(ranks / n)
    assert ax.get_xscale() == "log"


def test_a_lorenz_curve_sums_from_the_least_loaded_and_names_gini(ax):
    assert lorenz_curve(PartitionLoads(loads=[0, 8, 0, 0]), ax=ax) is ax
    assert ax.lines[0].get_xdata().tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert y(ax.lines[0]).tolist() == [0, 0, 0, 0, 1]
    assert names(ax) == ["4 partitions, Gini 0.750", "even"]


def test_an_even_load_and_no_load_run_along_the_diagonal(ax):
    for loads in ([2, 2, 2, 2], [0, 0, 0, 0]):
        lorenz_curve(PartitionLoads(loads=loads), ax=ax)
        assert y(ax.lines[-2]) == pytest.approx([0, 0.25, 0.5, 0.75, 1])


def test_a_lorenz_curve_of_many_keys_is_thinned_out(ax):
    lorenz_curve(KeyLoads([str(i) for i in range(9_000)], np.ones(9_000)), ax=ax)
    assert len(ax.lines[0].get_xdata()) <= 2_000
    assert y(ax.lines[0]) == pytest.approx(ax.lines[0].get_xdata())
    with pytest.raises(TypeError, match=r"loads must be PartitionLoads or KeyLoads, got list"):
        lorenz_curve([1, 2], ax=ax)
