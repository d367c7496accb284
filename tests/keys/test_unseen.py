import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.keys import KeyLoads, sum_of_squared_shares, unseen_keys

COUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=40)


def shares_of(keys: int, exponent: float) -> np.ndarray:
    weights = np.arange(1.0, keys + 1) ** -exponent
    return weights / weights.sum()


def sample(keys: int, exponent: float, records: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).multinomial(records, shares_of(keys, exponent))


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


@pytest.mark.parametrize("function", [unseen_keys, sum_of_squared_shares])
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


@pytest.mark.parametrize("function", [unseen_keys, sum_of_squared_shares])
def test_keys_and_their_counts_give_the_same(function):
    keys = KeyLoads(list("abcd"), [7, 3, 2, 1])
    assert repr(function(keys)) == repr(function([7, 3, 2, 1]))
