"""The picture of records without a key: lines that close in on the even share, or do not."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from kafka_sizing.partitions.keyless import simulate_keyless
from kafka_sizing.plot.colours import BLUE, VERMILLION
from kafka_sizing.plot.keyless import keyless_spread


def spread(**changes):
    inputs = {"partitions": 5, "duration_s": 120, "windows": 40, "rng": 4, "simulations": 5}
    return simulate_keyless(5_000, **(inputs | changes))


@pytest.fixture
def ax():
    return Figure(figsize=(8, 5)).subplots()


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_lines_are_the_shares_so_far(ax):
    shown = spread()
    assert keyless_spread(shown, ax=ax) is ax
    most, fewest = ax.lines
    so_far = shown.records_so_far / shown.records_so_far.mean(axis=1, keepdims=True)
    loads = shown.loads.loads
    assert np.allclose(most.get_ydata(), so_far[:, loads.argmax()])
    assert np.allclose(fewest.get_ydata(), so_far[:, loads.argmin()])
    assert np.allclose(most.get_xdata(), np.arange(3, 121, 3))
    assert [line.get_color() for line in ax.lines] == [VERMILLION, BLUE]
    assert ax.get_xlabel() == "time [s]"
    assert ax.get_ylabel() == "records so far / even share"
    assert ax.get_xlim() == (0, 120)


def test_all_partitions_are_drawn_and_named(ax):
    shown = spread()
    keyless_spread(shown, ax=ax)
    thin = ax.collections[0]
    assert len(thin.get_segments()) == 5
    assert np.allclose(thin.get_segments()[2][-1], [120, 5 * shown.loads.shares[2]])
    hottest, ratio = shown.loads.hottest, round(shown.loads.imbalance_ratio, 3)
    assert labels(ax)[0] == f"partition {hottest}, most: {ratio:g} × the even share"
    assert labels(ax)[2:4] == ["3 others", "within 10 % of even"]
    assert labels(ax)[4].startswith("none above it after ")
    assert labels(ax)[4].endswith(" in 95 % of simulations")


def test_the_band_and_the_upright_line_are_those_of_the_result(ax):
    shown = spread(within_fraction=0.2)
    keyless_spread(shown, ax=ax)
    (band,) = ax.patches
    assert (band.get_y(), band.get_height()) == pytest.approx((0.8, 0.4))
    (segment,) = ax.collections[1].get_segments()
    assert segment[0][0] == segment[1][0] == pytest.approx(shown.evens_out_s)


def test_windows_one_by_one(ax):
    shown = spread()
    keyless_spread(shown, counted="in each window", ax=ax)
    assert ax.get_ylabel() == "records in the window / even share"
    hottest = shown.records[:, shown.loads.hottest] / shown.records.mean(axis=1)
    assert np.allclose(ax.lines[0].get_ydata(), hottest)
    assert len(labels(ax)) == 4  # no line from when on it is even


def test_what_is_never_even_has_no_upright_line_and_an_axis_from_zero(ax):
    shown = spread(client="kafka-clients 2.4 RoundRobinPartitioner", partitions=4)
    keyless_spread(shown, ax=ax)
    assert labels(ax) == [
        "partition 1, most: 2 × the even share",
        "partition 0, fewest: 0 × the even share",
        "2 others",
        "within 10 % of even",
    ]
    assert ax.get_ylim()[0] == 0


def test_many_partitions_are_a_band(ax):
    keyless_spread(spread(partitions=600, simulations=1), ax=ax)
    assert labels(ax)[2] == "598 others"
    assert ax.collections[0].get_facecolor()[0][:3] == pytest.approx(to_rgba("#9A9A9A")[:3])


@pytest.mark.parametrize(("partitions", "lines"), [(1, 1), (2, 2)])
def test_few_partitions_have_no_others(ax, partitions, lines):
    keyless_spread(spread(partitions=partitions), ax=ax)
    assert len(ax.lines) == lines
    assert not any("other" in label for label in labels(ax))


def test_windows_without_records_are_drawn_at_even(ax):
    shown = simulate_keyless(0.1, partitions=3, duration_s=9, windows=90, simulations=1, rng=1)
    keyless_spread(shown, counted="in each window", ax=ax)
    assert np.isfinite(ax.lines[0].get_ydata()).all()
    assert (ax.lines[0].get_ydata() == 1).sum() >= 88


def test_new_figure_is_made_where_no_axes_are_given():
    import matplotlib.pyplot as plt

    made = keyless_spread(spread())
    assert made.figure.axes == [made]
    plt.close(made.figure)


def test_anything_else_is_refused(ax):
    with pytest.raises(TypeError, match="spread must be KeylessSpread, as simulate_keyless gives"):
        keyless_spread(3)
    with pytest.raises(ValueError, match="counted must be one of 'so far', 'in each window'"):
        keyless_spread(spread(), counted="ever", ax=ax)
