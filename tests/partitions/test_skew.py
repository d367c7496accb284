import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import (
    coefficient_of_variation,
    gini,
    imbalance_ratio,
    jain_index,
    normalized_entropy,
)

MEASURES = [imbalance_ratio, coefficient_of_variation, gini, jain_index, normalized_entropy]
vectors = st.lists(st.floats(0, 1e12), min_size=1, max_size=40)


def test_one_partition_with_everything_is_the_worst_case_of_every_measure():
    loads = [8, 0, 0, 0]
    assert imbalance_ratio(loads) == 4
    assert coefficient_of_variation(loads) == pytest.approx(np.sqrt(3))
    assert gini(loads) == 0.75
    assert jain_index(loads) == pytest.approx(0.25)
    assert normalized_entropy(loads) == 0


@pytest.mark.parametrize("loads", [[0, 0, 0], [5, 5, 5], [1], [1e-300, 1e-300], [8e307, 8e307]])
def test_even_loads_and_no_load_are_even(loads):
    values = [measure(loads) for measure in MEASURES]
    assert values == pytest.approx([1, 0, 0, 1, 1])


def test_gini_is_the_mean_difference_over_twice_the_mean():
    loads = np.array([1.0, 2, 7, 0.5])
    by_definition = np.abs(loads[:, None] - loads).mean() / (2 * loads.mean())
    assert gini(loads) == pytest.approx(by_definition)


def test_entropy_of_a_half_and_two_quarters():
    assert normalized_entropy([2, 1, 1, 0]) == pytest.approx(1.5 / 2)  # in bits, over log2(4)


# Below 1e-300 a load may lose its digits when it is scaled.
scalable = st.lists(st.just(0.0) | st.floats(1e-300, 1e12), min_size=1, max_size=40)


@given(scalable, st.randoms(use_true_random=False), st.floats(1e-3, 1e3))
def test_measures_know_neither_order_nor_unit(loads, random, factor):
    shuffled = [load * factor for load in loads]
    random.shuffle(shuffled)
    for measure in MEASURES:
        assert measure(shuffled) == pytest.approx(measure(loads), rel=1e-6, abs=1e-6)


@given(vectors)
def test_measures_stay_in_their_ranges(loads):
    n = len(loads)
    assert 1 <= imbalance_ratio(loads) <= n * (1 + 1e-12)
    assert 0 <= coefficient_of_variation(loads) <= np.sqrt(n - 1) * (1 + 1e-9) + 1e-12
    assert 0 <= gini(loads) <= (n - 1) / n + 1e-12
    assert 1 / n * (1 - 1e-9) <= jain_index(loads) <= 1
    assert 0 <= normalized_entropy(loads) <= 1 + 1e-12


@pytest.mark.parametrize("measure", MEASURES)
def test_bad_loads_get_one_clear_line(measure):
    with pytest.raises(ValueError, match="at least one load, got none"):
        measure([])
    with pytest.raises(ValueError, match=r"finite and >= 0, got -1\.0 at position 1"):
        measure([1, -1])
    with pytest.raises(ValueError, match=r"finite and >= 0, got nan"):
        measure([float("nan")])
