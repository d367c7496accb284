"""The picture of a growth path: the load, what is carried, what moves."""

import pytest
from matplotlib.figure import Figure

from kafka_sizing.partitions.growing import plan_growth
from kafka_sizing.plot.growth import growth_path
from kafka_sizing.units import MiB


def plan(**changes):
    inputs = {
        "growth_fraction_per_year": 1.0,
        "horizon_years": 3,
        "partition_bytes_per_s": 10 * MiB,
        "partitions": 10,
        "counts": [10, 20, 40, 80],
        "most_spare_ratio": 2,
    }
    return plan_growth(None, 100 * MiB, **(inputs | changes))


@pytest.fixture
def ax():
    return Figure(figsize=(8, 5)).subplots()


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_load_and_counts_are_drawn_over_the_years(ax):
    assert growth_path(plan(), ax=ax) is ax
    load, carried, as_needed = ax.lines
    assert load.get_xdata()[[0, -1]].tolist() == [0, 3]
    assert load.get_ydata()[[0, -1]].tolist() == [100, 800]
    assert list(carried.get_xdata()) == [0, 0, 1, 3]
    assert list(carried.get_ydata()) == [100, 400, 800, 800]
    assert list(as_needed.get_xdata()) == [0, 0, 1, 2, 3]
    assert list(as_needed.get_ydata()) == [100, 200, 400, 800, 800]
    assert {line.get_drawstyle() for line in (carried, as_needed)} == {"steps-post"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time [years]", "load [MiB/s]")
    assert ax.get_xlim() == (0, 3)


def test_stages_are_named_with_what_moves(ax):
    growth_path(plan(), ax=ax)
    assert [text.get_text() for text in ax.texts] == [
        "40 partitions\n75.0 % moves",
        "80 partitions\n50.0 % moves",
    ]


def test_the_legend_says_how_much_moves(ax):
    growth_path(plan(), ax=ax)
    assert names(ax) == [
        "load",
        "carried: 2 steps, 1.75 × today's load moves",
        "carried, as needed: 3 steps, 3.50 × today's load moves",
    ]


def test_one_count_that_lasts_is_one_line(ax):
    growth_path(plan(partitions=80), ax=ax)
    assert names(ax) == ["load", "carried, with one count: nothing moves"]
    assert [text.get_text() for text in ax.texts] == ["80 partitions"]


def test_what_no_count_carries_stands_out(ax):
    growth_path(plan(counts=[10, 20]), ax=ax)
    assert names(ax)[1] == "more than any of the counts carries"
    above = ax.lines[1].get_ydata()
    assert above[-1] == 800
    assert not (above <= 200).any()
    assert ax.texts[-1].get_verticalalignment() == "top"


def test_stages_too_short_for_their_name_have_none(ax):
    growth_path(plan(counts=range(10, 81), most_spare_ratio=1), ax=ax)
    assert len(ax.lines[1].get_xdata()) > 60
    assert len(ax.texts) < 10


def test_no_horizon_is_drawn_as_a_year(ax):
    growth_path(plan(horizon_years=0), ax=ax)
    assert ax.get_xlim() == (0, 1)


def test_new_figure_is_made_where_no_axes_are_given():
    import matplotlib.pyplot as plt

    made = growth_path(plan())
    assert made.figure.axes == [made]
    plt.close(made.figure)


def test_anything_but_a_path_is_refused():
    with pytest.raises(TypeError, match="path must be GrowthPath, as plan_growth gives, got int"):
        growth_path(3)
