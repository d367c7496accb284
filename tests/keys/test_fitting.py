import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.keys import KeyLoads, fit_zipf, zipf_keys

COUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=40)


def shares_of(keys: int, exponent: float) -> np.ndarray:
    weights = np.arange(1.0, keys + 1) ** -exponent
    return weights / weights.sum()


def sample(keys: int, exponent: float, records: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).multinomial(records, shares_of(keys, exponent))


def exponents_of(counts: np.ndarray) -> dict[str, float]:
    return {fit.method: fit.exponent for fit in fit_zipf(counts).fits}


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


@pytest.mark.long
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
    assert {fit.method: round(fit.exponent, 9) for fit in fits.fits} == {
        "all ranks": 0,
        "first ranks": 0,
        "moments": 0,
    }
    assert fits.most < 0.03
    sampled = exponents_of(sample(300, 0.0, 3_000_000))
    assert sampled["all ranks"] < 0.02
    assert sampled["count spectrum"] < 0.05


def test_the_range_is_that_of_the_fits_and_the_top_share_is_read_off():
    counts = sample(10_000, 1.0, 100_000)
    fits = fit_zipf(counts)
    ways = ["all ranks", "first ranks", "count spectrum", "moments"]
    assert [fit.method for fit in fits.fits] == ways
    exponents = [fit.exponent for fit in fits.fits]
    ends = [(fit.exponent, 1.96 * fit.standard_error) for fit in fits.fits]
    assert fits.least == pytest.approx(min(exponent - off for exponent, off in ends))
    assert fits.most == pytest.approx(max(exponent + off for exponent, off in ends))
    assert fits.top_share == counts.max() / 100_000
    assert fits.to_frame()["exponent"].tolist() == exponents
    assert "is read from the counts" in fits.reason
    assert repr(fits) == (
        f"ZipfFits({fits.least:.2f} … {fits.most:.2f}, {np.count_nonzero(counts):,} keys)"
    )
    assert "count spectrum" in fits._repr_html_()


@pytest.mark.long
@pytest.mark.parametrize("records", [1_000, 10_000, 100_000])
@pytest.mark.parametrize("exponent", [0.0, 0.7, 1.0, 1.3])
def test_the_range_holds_the_true_exponent(exponent, records):
    """In 95 of 100 samples or more: of 20, hardly ever less than 16."""
    shares = shares_of(20_000, exponent)
    rng = np.random.default_rng(11)
    fits = [fit_zipf(rng.multinomial(records, shares)) for _ in range(20)]
    assert sum(each.least <= exponent <= each.most for each in fits) >= 17


def test_a_log_that_follows_no_power_law_has_a_wide_range():
    """Ten keys write half of all, 5,000 even ones the rest: a head, a tail, and no slope."""
    shares = np.append(np.full(10, 0.05), np.full(5_000, 1e-4))
    fits = fit_zipf(np.random.default_rng(12).multinomial(100_000, shares))
    assert fits.most - fits.least > 0.5


def test_too_few_keys_have_no_fit_and_few_have_one():
    alone = fit_zipf([9])
    assert (alone.fits, alone.least, alone.most) == ((), None, None)
    assert alone.reason == "1 key in 9 records: too few for a fit"
    assert repr(alone) == "ZipfFits(none, 1 key)"
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


@pytest.mark.parametrize(
    ("records", "message"),
    [
        (KeyLoads(["a"], [9], unit="bytes"), "keys must be counted in 'records', got 'bytes'"),
        ([1, 2.5], "records must be whole numbers, got 2.5"),
        ([0, 0], "records must be . or more in all, got 0"),
        ([-1], "loads must be finite and >= 0, got -1"),
    ],
)
def test_what_is_no_count_of_records_is_refused(records, message):
    with pytest.raises(ValueError, match=message):
        fit_zipf(records)


def test_keys_and_their_counts_give_the_same():
    keys = KeyLoads(list("abcd"), [7, 3, 2, 1])
    assert repr(fit_zipf(keys)) == repr(fit_zipf([7, 3, 2, 1]))
