"""Every count has one band, and the gaps of the published ones have a name."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.partitions.bands import band_of


@pytest.mark.parametrize(
    ("partitions", "name"),
    [
        pytest.param(12, "medium", id="PC18 12 (project essay)"),
        pytest.param(24, "medium", id="PC18 24 (project essay)"),
        pytest.param(30, "between medium and high", id="PC18 30 (project essay)"),
        pytest.param(60, "high", id="PC18 60 (project essay)"),
        pytest.param(300, "between high and very high", id="PC18 300 (project essay)"),
        pytest.param(500, "very high", id="PC18 500 (project essay)"),
    ],
)
def test_published_counts_fall_in_their_bands(partitions, name):
    assert band_of(partitions).name == name


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (1, 11, "below medium (1–11)"),
        (12, 24, "medium (12–24)"),
        (25, 49, "between medium and high (25–49)"),
        (50, 200, "high (50–200)"),
        (201, 499, "between high and very high (201–499)"),
        (500, 2**31 - 1, "very high (500 and more)"),
    ],
)
def test_bands_meet_without_gap_or_overlap(first, last, text):
    assert str(band_of(first)) == str(band_of(last)) == text


@given(st.integers(1, 2_000))
def test_band_holds_the_count_and_says_its_kind(partitions):
    band = band_of(partitions)
    assert band.least <= partitions <= (band.most or partitions)
    assert band.kind == "rule"
    assert band.source


@pytest.mark.parametrize("bad", [0, -5, 2**31, 1.5, True, "12"])
def test_band_of_something_else_than_a_count_is_refused(bad):
    with pytest.raises((TypeError, ValueError), match=r"^partitions must be .*, got "):
        band_of(bad)
