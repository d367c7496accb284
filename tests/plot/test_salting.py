"""The picture of the sawtooth: how surely each number of shards keeps within the share."""

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from kafka_sizing.fixes.salting import safe_shards
from kafka_sizing.plot.colours import BLUE, ORANGE, VERMILLION
from kafka_sizing.plot.salting import safe_shards as plot_safe_shards


@pytest.fixture
def ax():
    return Figure(figsize=(8, 4.5)).subplots()


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_every_number_of_shards_is_a_point_of_its_colour(ax):
    safe = safe_shards(12, most_share=1 / 4)
    assert plot_safe_shards(safe, ax=ax) is ax
    saw, good, bad, line, first, last = ax.lines
    assert saw.get_ydata().tolist() == safe.probabilities.tolist()
    assert (to_hex(good.get_color()), to_hex(bad.get_color())) == (BLUE.lower(), ORANGE.lower())
    frame = safe.to_frame()
    assert good.get_xdata().tolist() == frame.loc[frame["safe"], "shards"].tolist()
    assert bad.get_xdata().tolist() == frame.loc[~frame["safe"], "shards"].tolist()
    assert set(line.get_ydata()) == {0.95}
    assert to_hex(line.get_color()) == VERMILLION.lower()
    assert first.get_xdata() == [24]
    assert last.get_xdata() == [27]
    assert first.get_ydata()[0] == safe.probabilities[23]


def test_labels_carry_the_share_and_the_certainty(ax):
    plot_safe_shards(safe_shards(12, most_share=1 / 4), ax=ax)
    assert ax.get_xlabel() == "shards of the key"
    assert ax.get_ylabel() == "probability that no partition\nhas more than 25.0 % of the key"
    names = legend(ax)
    assert names[:3] == ["safe", "not safe", "certainty wanted, 95.0 %"]
    safe = safe_shards(12, most_share=1 / 4).probabilities
    assert names[3] == f"smallest safe: 24 shards, {100 * safe[23]:.2f} %"
    assert names[4] == f"last that fails: 27 shards, {100 * safe[26]:.2f} %"


def test_one_shard_that_is_enough_has_nothing_that_fails(ax):
    plot_safe_shards(safe_shards(12, most_share=1), ax=ax)
    assert legend(ax) == [
        "safe",
        "certainty wanted, 95.0 %",
        "smallest safe: 1 shard, 100.00 %",
    ]


def test_where_none_is_safe_only_what_fails_is_drawn(ax):
    plot_safe_shards(safe_shards(12, most_share=0.05), ax=ax)
    assert legend(ax) == ["not safe", "certainty wanted, 95.0 %"]


def test_marks_beyond_the_picture_are_left_out(ax):
    plot_safe_shards(safe_shards(24, most_share=0.05), ax=ax)  # 4,860 shards
    assert legend(ax) == ["not safe", "certainty wanted, 95.0 %"]


def test_a_new_figure_is_made_without_axes():
    first, other = (plot_safe_shards(safe_shards(12, most_share=0.5)) for _ in range(2))
    assert first.figure is not other.figure


def test_anything_else_is_refused():
    with pytest.raises(TypeError, match="safe must be SafeShards, as safe_shards gives, got int"):
        plot_safe_shards(3)
