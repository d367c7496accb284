"""The frontier of fixes, drawn."""

from dataclasses import dataclass

import pytest
from matplotlib.figure import Figure

from kafka_sizing import (
    CompositeKey,
    KeyBuckets,
    KeyLoads,
    MorePartitions,
    NoKey,
    compare_fixes,
    plot,
)
from kafka_sizing.fixes import Fix, KeyGrouping, WChoices
from kafka_sizing.fixes.base import unchanged


@dataclass(frozen=True)
class Unknown(Fix):
    """A fix of someone else, who does not say what another hash gives."""

    @property
    def name(self):
        return "unknown"

    def applied_to(self, before, *, line):
        return unchanged(self, before, line)


FIXES = (MorePartitions(8), NoKey())


def frontier(fixes=FIXES, **needs):
    keys = KeyLoads(["UA", "B6", "EV", "DL"], [60, 20, 10, 10])
    return compare_fixes(keys, 4, fixes, **{"capacity": 65, **needs}).frontier


def drawn(found):
    ax = plot.fix_frontier(found, ax=Figure(figsize=(9, 9)).subplots())
    texts = [text.get_text() for text in ax.texts]
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    return ax, dict(zip(texts[::2], texts[1::2], strict=True)), names


def test_each_fix_has_a_bar_as_long_as_its_peak_share():
    found = frontier()
    ax, notes, names = drawn(found)
    lengths = [bar.get_width() for bar in ax.patches]
    assert lengths == pytest.approx([point.outcome.peak_share for point in found.points])
    assert notes["no key  ·  order: none"] == "25.0 %, holds for these keys"
    assert "of hashes" in notes["as is  ·  order: per key"]
    assert ax.get_xlabel() == "peak share"
    assert "cheaper" in ax.get_ylabel()
    assert "no order" in names


def test_the_best_is_marked_or_called_the_closest():
    needs = {"capacity": 50, "fixes": [KeyBuckets(40), NoKey()]}
    notes = drawn(frontier(ordering="none", **needs))[1]
    assert [name for name, note in notes.items() if note.endswith(", best")] == [
        "no key  ·  order: none"
    ]
    kept = drawn(frontier(**needs))[1]
    closest = [name for name, note in kept.items() if note.endswith(", closest")]
    assert len(closest) == 1
    assert not any(note.endswith(", best") for note in kept.values())


def test_what_is_above_the_line_is_hatched():
    ax, _, names = drawn(frontier(capacity=50))
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [True, True, False]
    assert "above the line" in names
    assert "above the line" not in drawn(frontier(capacity=99))[2]


def test_no_chance_and_no_knowledge_are_not_alike():
    """One key alone is above the line, so no hash helps; of the other fix nothing is known."""
    notes = drawn(frontier([Unknown()], capacity=50))[1]
    assert "holds under none of 3,000 hashes" in notes["as is  ·  order: per key"]
    assert "how surely: not known" in notes["unknown  ·  order: per key"]
    replays = drawn(frontier([WChoices(records=1_000)], ordering="none"))[1]
    assert any("holds in 59 of 59 replays" in note for note in replays.values())


def test_ticks_follow_the_lowest_peak_that_keeps_the_order():
    """No key is lower and keeps no order: the tick stays where more partitions put it."""
    found = frontier([MorePartitions(8), NoKey()], capacity=50)
    ax, _, _ = drawn(found)
    ticks = [segment[0][0] for segment in ax.collections[0].get_segments()]
    peaks = [point.outcome.peak_share for point in found.points]
    assert ticks == pytest.approx([peaks[0], min(peaks[:2]), min(peaks[:2])])
    free = frontier([MorePartitions(8), NoKey()], capacity=50, ordering="none")
    ticks = [segment[0][0] for segment in drawn(free)[0].collections[0].get_segments()]
    assert ticks[-1] == pytest.approx(0.25)


def test_of_many_fixes_those_that_are_bettered_are_left_out():
    many = [KeyGrouping(), NoKey(), *(CompositeKey(shards) for shards in range(2, 12))]
    found = frontier(many)
    ax, notes, names = drawn(found)
    shown = [point for point in found.points if point.is_on_frontier]
    assert len(ax.patches) == len(shown) < len(found.points)
    assert "key grouping  ·  order: per key" not in notes
    assert f"not shown: {len(found.points) - len(shown)} bettered by these" in names
    few = frontier([KeyGrouping()])
    assert "bettered by another" in drawn(few)[2]


def test_something_else_is_refused():
    with pytest.raises(TypeError, match="frontier must be FixFrontier, got list"):
        plot.fix_frontier([])
