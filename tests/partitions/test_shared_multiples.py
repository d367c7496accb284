"""Counts share passes over the keys where they divide a number of bins that is not too large."""

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.partitions.shared_multiples import shared_multiples


@pytest.mark.parametrize(
    ("counts", "most", "served"),
    [
        ([4, 6], 12, {12: [4, 6]}),
        ([4, 6], 11, {4: [4], 6: [6]}),
        ([12, 6, 4], 0, {12: [12, 6, 4]}),  # a count may serve others, however few bins are asked
        ([7], 100, {7: [7]}),  # no more bins than are needed
        ([30, 21, 14], 42, {30: [30], 42: [21, 14]}),
        ([], 10, {}),
    ],
)
def test_the_number_that_most_counts_divide_comes_first(counts, most, served):
    assert shared_multiples(counts, most) == served


@given(counts=st.sets(st.integers(1, 300), max_size=40), most=st.integers(0, 400))
def test_every_count_is_served_once_by_a_multiple_of_it(counts, most):
    chosen = shared_multiples(counts, most)
    assert sorted(count for served in chosen.values() for count in served) == sorted(counts)
    for multiple, served in chosen.items():
        assert served
        assert all(multiple % count == 0 for count in served)
        assert multiple <= most or multiple in counts


def test_other_bins_save_passes():
    counts = range(1, 201)  # of which 101 … 200 divide no other
    assert len(shared_multiples(counts, 0)) == 100
    assert len(shared_multiples(counts, 2_000)) < 100
