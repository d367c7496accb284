"""Zipf's exponent from keys seen and pairs that meet: without bias, and with its error."""

import numpy as np
import pytest

from kafka_sizing.keys.zipf_moments import zipf_moments


def shares_of(keys, exponent):
    weights = np.arange(1.0, keys + 1) ** -exponent
    return weights / weights.sum()


@pytest.mark.long
@pytest.mark.parametrize(
    ("keys", "exponent", "records"),
    [
        (1_000, 0.7, 1_000),
        (1_000, 1.0, 100_000),
        (100_000, 0.7, 10_000),
        (100_000, 1.0, 10_000),
        (100_000, 1.3, 100_000),
    ],
)
def test_the_mean_of_many_samples_is_the_true_exponent(keys, exponent, records):
    shares, rng = shares_of(keys, exponent), np.random.default_rng(1)
    found = [zipf_moments(rng.multinomial(records, shares).astype(float)) for _ in range(30)]
    exponents = np.array([each.exponent for each in found])
    assert exponents.mean() == pytest.approx(exponent, abs=4 * exponents.std() / 30**0.5 + 0.003)
    errors = [each.standard_error for each in found]
    assert 0.6 < np.median(errors) / exponents.std() < 3  # 30 samples, and ends that lean out
    assert np.median([each.keys for each in found]) == pytest.approx(keys, rel=0.2)


def test_even_keys_have_no_exponent_and_their_number_is_found():
    rng = np.random.default_rng(2)
    found = zipf_moments(rng.multinomial(3_000, np.full(2_000, 1 / 2_000)).astype(float))
    assert found.exponent < 1.96 * found.standard_error
    assert found.keys == pytest.approx(2_000, rel=0.1)


def test_expected_counts_give_their_law_back():
    """So many records that every key is seen, and pairs are as sum p² has them."""
    counts = np.round(shares_of(500, 1.1) * 10**9)
    found = zipf_moments(counts)
    assert found.exponent == pytest.approx(1.1, abs=2e-3)
    assert found.keys == pytest.approx(500, rel=2e-3)


@pytest.mark.parametrize("counts", [[5] * 9, [1] * 50, [7], [1] * 9 + [100]])
def test_few_keys_or_no_pairs_give_no_fit(counts):
    found = zipf_moments(np.array(counts, dtype=float))
    assert (found is None) == (len(counts) < 10 or max(counts) == 1)


def test_a_log_that_is_all_head_is_as_steep_as_it_gets():
    found = zipf_moments(np.array([10.0**12] + [1.0] * 20))
    assert found.exponent > 3
