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


def registers_after(n, rng):
    """Draw what registers hold after so many keys, without hashing them.

    A hash is drawn at least once with chance 1 - exp(-n / 2**32). Of the 2**18 rests of a
    register, 2**(18 - r) begin with r - 1 zeros and a one; one, all zeros, has rank 19.
    """
    registers = np.zeros(2**14, dtype=np.uint8)
    for rank in range(1, 20):
        rests = 2 ** (18 - rank) if rank < 19 else 1
        registers[rng.random(2**14) < -np.expm1(-n / 2**32 * rests)] = rank
    return registers


@pytest.mark.parametrize("n", [10**6, 10**8, 5 * 10**8, 10**9, 2 * 10**9, 5 * 10**9, 10**10])
def test_the_estimate_holds_where_hashes_are_fewer_than_keys(n):
    rng, errors = np.random.default_rng(1), []
    for _ in range(40):
        estimate = DistinctEstimate()
        estimate._registers = registers_after(n, rng)
        errors.append(estimate.distinct / n - 1)
    spread = DistinctEstimate.relative_error
    assert np.abs(errors).max() < 5 * spread
    assert abs(np.mean(errors)) < 4 * spread / np.sqrt(40)


def test_an_estimate_whose_registers_are_full_is_still_a_number():
    estimate = DistinctEstimate()
    estimate._registers = np.full(2**14, 19, dtype=np.uint8)
    # One of 2**14 is taken not to be: exp(-n / 2**32) = 2**-14
    assert estimate.distinct == pytest.approx(2**32 * np.log(2**14), rel=0.02)


def test_keys_seen_again_are_not_counted_again():
    assert estimated(50_000, 3, again=3) == estimated(50_000, 3)


def test_nothing_seen_is_nothing():
    assert DistinctEstimate().distinct == 0
