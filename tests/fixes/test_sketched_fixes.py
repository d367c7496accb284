"""Fixes of keys that were too many to hold: what is not known of them does not fit."""

import pytest

from kafka_sizing import MorePartitions, compare_fixes, place, report, sketch_keys, zipf_keys

KEYS = zipf_keys(30_000, exponent=0.7, total=3e6)
SKETCH = sketch_keys(KEYS, heavy=100, counts=range(1, 201))


@pytest.fixture(scope="module")
def undecided():
    """A comparison at 131 partitions, whose line is where 262 of them are."""
    line = float(place(SKETCH, 262).loads.max())
    return compare_fixes(SKETCH, 131, [MorePartitions(262)], capacity=line)


def test_a_fix_whose_loads_are_too_near_the_line_does_not_fit(undecided):
    after = undecided.outcomes[1]
    assert after.loads.margin > 0
    assert (after.hot_partitions, after.is_known, after.fits) == (0, False, False)


def test_the_verdict_says_which_count_to_ask_for(undecided):
    assert undecided.best.name == "262 partitions"
    assert "% ± " in undecided.reason
    assert "to tell (count the keys with 262 among counts)" in undecided.reason


def test_the_margin_stands_in_the_table(undecided):
    margin = place(SKETCH, 262).margin
    assert undecided.to_frame()["margin_share"].tolist() == [0, pytest.approx(margin / KEYS.total)]
    assert "margin_share" not in compare_fixes(KEYS, 131, [MorePartitions(262)]).to_frame()
    rows = report.fixes.comparison(undecided).rows
    assert [row[-1] for row in rows] == ["no", "not known"]


def test_what_is_proposed_for_a_sketch_without_a_heavy_key_needs_none():
    flat = sketch_keys(zipf_keys(50_000, exponent=0.9, total=1e6), heavy=0)
    compared = compare_fixes(flat, 48)
    assert not any("heaviest" in outcome.name for outcome in compared.outcomes)
    assert compared.best.peak_share <= compared.as_is.peak_share
