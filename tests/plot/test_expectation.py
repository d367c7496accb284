"""This hash on the band of random ones."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from kafka_sizing import KeyLoads, sweep_partitions
from kafka_sizing.partitions import expected_sweep
from kafka_sizing.plot.expectation import expected_share


@pytest.fixture
def ax():
    return Figure().subplots()


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def xy(line):
    return np.asarray(line.get_xdata()).tolist(), np.asarray(line.get_ydata(), dtype=float)


def test_the_band_holds_nine_hashes_in_ten_and_the_line_in_it_is_their_median(ax, carriers):
    swept = expected_sweep(carriers, [24, 6, 12], rng=1)
    assert expected_share(swept, capacity_share=0.3, ax=ax) is ax
    median, floor, capacity = ax.lines[:3]
    assert xy(median)[0] == [6, 12, 24]
    assert xy(median)[1] == pytest.approx(swept.max_share_quantile(0.5)[[1, 2, 0]])
    assert xy(floor)[1] == pytest.approx([0.174196] * 3, abs=1e-6)
    assert xy(capacity)[1] == pytest.approx([0.3] * 3)
    (path,) = ax.collections[0].get_paths()
    low, high = swept.max_share_quantile(0.05), swept.max_share_quantile(0.95)
    for at, count in enumerate([24, 6, 12]):
        edges = path.vertices[path.vertices[:, 0] == count, 1]
        assert (edges.min(), edges.max()) == pytest.approx((low[at], high[at]))
    assert names(ax)[:4] == [
        "median of random hashes",
        "nine in ten of them",
        "hottest key alone, 17.4 %",
        "capacity, 30.0 %",
    ]
    assert ax.get_ylabel() == "share of the hottest partition"
    assert ax.get_xlabel() == "partitions"


def test_every_count_is_a_point_shaped_by_its_luck(ax, carriers):
    swept = expected_sweep(carriers, range(1, 200), rng=1)
    expected_share(swept, ax=ax)
    marks = {"lucky": "v", "typical": "o", "unlucky": "^"}
    for word, marker in marks.items():
        chosen = np.array(swept.luck) == word
        (points,) = [line for line in ax.lines if line.get_marker() == marker]
        assert xy(points)[0] == swept.partitions[chosen].tolist()
        assert xy(points)[1] == pytest.approx(swept.sweep.max_share[chosen])
        number = int(chosen.sum())
        assert f"this hash, {word}: {number} counts" in names(ax)
    assert ax.get_xscale() == "log"


def test_words_no_count_has_are_not_named(ax):
    swept = expected_sweep(KeyLoads(["a"], [1]), [1, 2], rng=1)
    expected_share(swept, ax=ax)
    assert names(ax)[-1] == "this hash, typical: 2 counts"
    assert not any("lucky" in name for name in names(ax))


def test_a_single_count_shows(ax, carriers):
    expected_share(expected_sweep(carriers, [12], rng=1), ax=ax)
    assert ax.lines[0].get_marker() == "_"
    assert len(ax.collections) == 2
    assert "this hash, typical: 1 count" in names(ax)


def test_shares_that_range_widely_are_on_a_logarithmic_axis(ax):
    keys = KeyLoads([f"key-{at}" for at in range(2_000)], np.ones(2_000))
    expected_share(expected_sweep(keys, [1, 10, 100], rng=1), ax=ax)
    assert ax.get_yscale() == "log"


def test_nonsense_is_refused(ax, carriers):
    with pytest.raises(TypeError, match="sweep must be ExpectedSweep, as expected_sweep gives"):
        expected_share(sweep_partitions(carriers, [12]), ax=ax)
    with pytest.raises(ValueError, match="capacity_share must be a share"):
        expected_share(expected_sweep(carriers, [12], rng=1), capacity_share=0, ax=ax)
