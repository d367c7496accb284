import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.keys import (
    KeyLoads,
    fit_zipf,
    sum_of_squared_shares,
    unseen_keys,
    zipf_keys,
)

COUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=40)


def shares_of(keys: int, exponent: float) -> np.ndarray:
    weights = np.arange(1.0, keys + 1) ** -exponent
    return weights / weights.sum()


def sample(keys: int, exponent: float, records: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).multinomial(records, shares_of(keys, exponent))


def exponents_of(counts: np.ndarray) -> dict[str, float]:
    return {fit.method: fit.exponent for fit in fit_zipf(counts).fits}


# What a sample does not hold


@pytest.mark.parametrize(
    ("exponent", "records", "printed"),
    [
        pytest.param(1.0, 100_000, 0.3055, id="section 5: z=1, K=1M, n=100k: 0.3055, true 0.3058"),
    ],
)
def test_the_unseen_share_is_good_and_turings(exponent, records, printed):
    shares = shares_of(1_000_000, exponent)
    counts = np.random.default_rng(2).multinomial(records, shares)
    unseen = unseen_keys(counts)
    assert unseen.share == np.count_nonzero(counts == 1) / records
    assert unseen.share == pytest.approx(printed, abs=5 * unseen.standard_error)
    assert unseen.share == pytest.approx(shares[counts == 0].sum(), abs=5 * unseen.standard_error)


def test_the_standard_error_of_the_unseen_share_is_what_samples_show():
    shares = shares_of(5_000, 1.0)
    rng = np.random.default_rng(3)
    misses, errors = [], []
    for _ in range(400):
        counts = rng.multinomial(5_000, shares)
        unseen = unseen_keys(counts)
        misses.append(unseen.share - shares[counts == 0].sum())
        errors.append(unseen.standard_error)
    spread = float(np.std(misses))
    assert np.mean(errors) == pytest.approx(spread, rel=0.2)  # 5 standard errors of a spread
    assert abs(np.mean(misses)) < 4 * spread / 20


@pytest.mark.parametrize(
    ("exponent", "records", "printed"),
    [
        pytest.param(1.0, 100_000, 172_000, id="section 5, Chao1: 172k of 1M at z=1, n=1e5"),
        pytest.param(1.0, 1_000_000, 565_000, id="section 5, Chao1: 565k of 1M at z=1, n=1e6"),
        pytest.param(0.7, 1_000_000, 868_000, id="section 5, Chao1: 868k of 1M at z=.7, n=1e6"),
    ],
)
def test_chaos_number_of_keys_is_a_lower_bound(exponent, records, printed):
    # the bound moves by 0.2 to 0.8 % from seed to seed
    unseen = unseen_keys(sample(1_000_000, exponent, records))
    assert unseen.least_keys == pytest.approx(printed, rel=0.03)
    assert unseen.least_keys < 1_000_000


def test_unseen_keys_by_hand():
    unseen = unseen_keys([5, 2, 1, 1, 1, 0])
    assert (unseen.records, unseen.seen_keys) == (10, 5)
    assert (unseen.seen_once, unseen.seen_twice) == (3, 1)
    assert unseen.share == 0.3
    assert unseen.least_keys == 5 + 3 * 2 / (2 * 2)
    assert unseen.standard_error == pytest.approx(np.sqrt(3 * 0.7 + 2) / 10)
    assert unseen.largest_share() == pytest.approx(1 - 0.05 ** (1 / 10))
    with pytest.raises(ValueError, match=r"certainty must be a share in \(0, 1\), got 0"):
        unseen.largest_share(0)


def test_a_sample_that_saw_every_key_twice_has_nothing_unseen():
    unseen = unseen_keys([2, 2, 9])
    assert (unseen.share, unseen.least_keys) == (0, 3)


@given(COUNTS.filter(any))
def test_unseen_shares_are_shares_and_bounds_are_not_below_what_is_seen(counts):
    unseen = unseen_keys(counts)
    assert 0 <= unseen.share <= 1
    assert unseen.standard_error >= 0
    assert unseen.least_keys >= unseen.seen_keys
    assert 0 < unseen.largest_share() < 1


def test_what_is_unseen_is_told_in_a_sentence_a_table_and_a_line():
    unseen = unseen_keys([5, 2, 1, 1, 1])
    assert unseen.reason == (
        "3 of 5 keys came once in 10 records, so 30.0 % of the load is of keys not seen; there "
        "are at least 6 keys"
    )
    assert unseen.to_frame()["value"].tolist() == pytest.approx(
        [0.3, unseen.standard_error, 6.5, 1 - 0.05**0.1]
    )
    assert repr(unseen) == "UnseenKeys(share=30.0 %, least_keys=6, seen_keys=5)"


# Zipf's exponent


@pytest.mark.parametrize(
    ("method", "exponent", "records", "printed", "tolerance"),
    [  # 1M keys hold the tolerance: 4 standard deviations from seed to seed, and the facts' digits
        pytest.param("all ranks", 1.0, 10_000, 0.853, 0.02, id="section 5: 1.0 at 1e4: .853"),
        pytest.param("all ranks", 1.0, 1_000_000, 0.994, 0.003, id="section 5: 1.0 at 1e6: .994"),
        pytest.param("all ranks", 0.7, 10_000, 0.449, 0.025, id="section 5: 0.7 at 1e4: .449"),
        pytest.param("all ranks", 0.7, 1_000_000, 0.706, 0.003, id="section 5: 0.7 at 1e6: .706"),
        pytest.param("first ranks", 1.0, 10_000, 0.992, 0.04, id="section 5: <= 100: .992"),
        pytest.param("first ranks", 1.0, 1_000_000, 1.001, 0.006, id="section 5: <= 100: 1.001"),
        pytest.param("first ranks", 0.7, 10_000, 0.660, 0.09, id="section 5: <= 100: .660"),
        pytest.param("first ranks", 0.7, 1_000_000, 0.700, 0.01, id="section 5: <= 100: .700"),
        pytest.param("count spectrum", 0.7, 1_000_000, 0.692, 0.05, id="section 5: .692 for .7"),
        pytest.param("count spectrum", 1.0, 1_000_000, 0.989, 0.05, id="section 5: .989 for 1"),
        pytest.param("count spectrum", 1.3, 1_000_000, 1.283, 0.08, id="section 5: 1.283 for 1.3"),
    ],
)
def test_each_way_errs_as_it_is_known_to(method, exponent, records, printed, tolerance):
    found = exponents_of(sample(100_000, exponent, records))[method]
    assert found == pytest.approx(printed, abs=tolerance)


@pytest.mark.parametrize("exponent", [0.4, 1.0, 1.7])
def test_the_shares_themselves_give_their_exponent_back(exponent):
    keys = zipf_keys(2_000, exponent=exponent, total=10**12)
    fits = fit_zipf(np.round(keys.loads))
    found = {fit.method: fit.exponent for fit in fits.fits}
    assert found["all ranks"] == pytest.approx(exponent, abs=1e-6)
    assert found["first ranks"] == pytest.approx(exponent, abs=1e-6)


def test_the_standard_error_is_what_samples_show():
    # all of 50 ranks far apart, so that ranking by counts does not bias them
    shares = shares_of(50, 1.5)
    rng = np.random.default_rng(4)
    fits = [fit_zipf(rng.multinomial(200_000, shares)).fits[0] for _ in range(200)]
    spread = float(np.std([fit.exponent for fit in fits]))
    assert fits[0].standard_error == pytest.approx(spread, rel=0.25)  # 5 standard errors


def test_counts_of_a_power_law_give_its_exponent():
    # P(count = c) ~ c**-2.5 drawn by its own inverse: z = 1 / 1.5
    uniform = np.random.default_rng(5).random(40_000)
    counts = np.floor((0.5) * (1 - uniform) ** (-1 / 1.5) + 0.5)
    fits = {fit.method: fit for fit in fit_zipf(counts).fits}
    spectrum = fits["count spectrum"]
    assert spectrum.exponent == pytest.approx(1 / 1.5, abs=5 * spectrum.standard_error)
    assert spectrum.keys <= 40_000
    assert "power law of the" in spectrum.reason


def test_even_keys_have_an_exponent_near_zero():
    fits = fit_zipf(np.full(300, 1_000))
    assert fits.least == 0
    assert fits.most == pytest.approx(0, abs=1e-9)
    sampled = exponents_of(sample(300, 0.0, 3_000_000))
    assert sampled["all ranks"] < 0.02
    assert sampled["count spectrum"] < 0.05


def test_the_range_is_that_of_the_fits_and_the_top_share_is_read_off():
    counts = sample(10_000, 1.0, 100_000)
    fits = fit_zipf(counts)
    assert [fit.method for fit in fits.fits] == ["all ranks", "first ranks", "count spectrum"]
    exponents = [fit.exponent for fit in fits.fits]
    assert (fits.least, fits.most) == (min(exponents), max(exponents))
    assert fits.top_share == counts.max() / 100_000
    assert fits.to_frame()["exponent"].tolist() == exponents
    assert "is read from the counts" in fits.reason
    assert repr(fits) == (
        f"ZipfFits({fits.least:.2f} … {fits.most:.2f}, {np.count_nonzero(counts):,} keys)"
    )
    assert "count spectrum" in fits._repr_html_()


def test_too_few_keys_have_no_fit_and_few_have_one():
    alone = fit_zipf([9])
    assert (alone.fits, alone.least, alone.most) == ((), None, None)
    assert alone.reason == "1 keys in 9 records are too few for a fit"
    assert repr(alone) == "ZipfFits(none, 1 keys)"
    assert alone.to_frame().empty
    # two keys, 2 to 1: r**-z is 1/2 at z = 1
    (fit,) = fit_zipf([20, 10]).fits
    assert (fit.method, fit.keys) == ("all ranks", 2)
    assert fit.exponent == pytest.approx(1)


def test_steeper_than_any_log_is_cut_off():
    (fit,) = fit_zipf([10**15, 1]).fits
    assert fit.exponent == 20


@given(COUNTS.filter(any), st.randoms(use_true_random=False))
def test_the_order_of_the_keys_does_not_matter(counts, random):
    shuffled = counts[:]
    random.shuffle(shuffled)
    assert repr(fit_zipf(counts)) == repr(fit_zipf(shuffled))


# Sum of squared shares


def test_the_sum_of_squared_shares_has_no_bias():
    shares = shares_of(500, 0.8)
    rng = np.random.default_rng(6)
    found = [sum_of_squared_shares(rng.multinomial(300, shares)) for _ in range(4_000)]
    true = float(np.square(shares).sum())
    error = float(np.std(found)) / np.sqrt(4_000)
    assert np.mean(found) == pytest.approx(true, abs=4 * error)
    assert (1 - true) / 300 > 20 * error  # section 1: what the plain sum is too high by


@given(COUNTS.filter(lambda counts: sum(counts) >= 2))
def test_it_is_the_chance_that_two_records_share_a_key(counts):
    records = [key for key, count in enumerate(counts) for _ in range(min(count, 6))]
    if len(records) < 2:
        return
    few = np.bincount(records)
    pairs = sum(one == other for at, one in enumerate(records) for other in records[at + 1 :])
    n = len(records)
    assert sum_of_squared_shares(few) == pytest.approx(pairs / (n * (n - 1) / 2))


@pytest.mark.parametrize("function", [unseen_keys, fit_zipf, sum_of_squared_shares])
@pytest.mark.parametrize(
    ("records", "message"),
    [
        (KeyLoads(["a"], [9], unit="bytes"), "keys must be counted in 'records', got 'bytes'"),
        ([1, 2.5], "records must be whole numbers, got 2.5"),
        ([0, 0], "records must be . or more in all, got 0"),
        ([-1], "loads must be finite and >= 0, got -1"),
    ],
)
def test_what_is_no_count_of_records_is_refused(function, records, message):
    with pytest.raises(ValueError, match=message):
        function(records)


@pytest.mark.parametrize("function", [unseen_keys, fit_zipf, sum_of_squared_shares])
def test_keys_and_their_counts_give_the_same(function):
    keys = KeyLoads(list("abcd"), [7, 3, 2, 1])
    assert repr(function(keys)) == repr(function([7, 3, 2, 1]))
