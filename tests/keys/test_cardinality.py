"""About how many distinct keys there are, from hashes that come again and again."""

import numpy as np
import pytest

from kafka_sizing.keys.cardinality import DistinctEstimate


def estimated(n, seed, *, again=1):
    estimate = DistinctEstimate()
    hashes = np.random.default_rng(seed).integers(0, 2**32, n, dtype=np.uint32)
    for _ in range(again):
        estimate.add(hashes)
    return estimate.distinct


@pytest.mark.parametrize("n", [100, 5_000, 200_000, 1_000_000])
def test_the_estimate_is_as_close_as_it_says(n):
    errors = np.array([estimated(n, seed) / n - 1 for seed in range(12)])
    spread = DistinctEstimate.relative_error
    assert np.abs(errors).max() < 4 * spread
    assert abs(errors.mean()) < 4 * spread / np.sqrt(12)


def test_keys_seen_again_are_not_counted_again():
    assert estimated(50_000, 3, again=3) == estimated(50_000, 3)


def test_nothing_seen_is_nothing():
    assert DistinctEstimate().distinct == 0
