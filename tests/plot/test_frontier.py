"""The frontier of fixes, drawn."""

import pytest
from matplotlib.figure import Figure

from kafka_sizing import KeyLoads, MorePartitions, NoKey, compare_fixes, plot


def frontier():
    keys = KeyLoads(["UA", "B6", "EV", "DL"], [60, 20, 10, 10])
    return compare_fixes(keys, 4, [MorePartitions(8), NoKey()], capacity=65).frontier


def test_each_fix_has_a_bar_as_long_as_its_peak_share():
    found = frontier()
    ax = plot.fix_frontier(found, ax=Figure().subplots())
    lengths = [bar.get_width() for bar in ax.patches]
    assert lengths == pytest.approx([point.outcome.peak_share for point in found.points])
    texts = " ".join(text.get_text() for text in ax.texts)
    assert "order: none" in texts
    assert "holds for these keys" in texts
    assert "of hashes" in texts
    assert ax.get_xlabel() == "peak share"


def test_something_else_is_refused():
    with pytest.raises(TypeError, match="frontier must be FixFrontier, got list"):
        plot.fix_frontier([])
