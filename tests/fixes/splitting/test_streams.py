import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyLoads, zipf_keys
from kafka_sizing.fixes import stream_of
from kafka_sizing.fixes.splitting.streams import rounded_counts


@given(
    loads=st.lists(st.floats(0, 1e9), min_size=1, max_size=30).filter(any),
    records=st.integers(1, 5_000),
)
def test_counts_are_the_expectation_rounded_and_add_up(loads, records):
    shares = np.array(loads) / sum(loads)
    counts = rounded_counts(shares, records)
    assert counts.sum() == records
    assert (np.abs(counts - shares * records) < 1 + 1e-6).all()


def test_every_key_is_written_as_often_as_expected():
    # 110 records over 1, 1/2 and 1/3: 60, 30 and 20.
    stream = stream_of(zipf_keys(3, exponent=1, total=1), 110, rng=0)
    assert np.bincount(stream).tolist() == [60, 30, 20]
    assert stream.dtype == np.int32


def test_the_order_is_random_and_follows_the_seed():
    keys = KeyLoads(["a", "b"], [1, 1])
    one = stream_of(keys, 10_000, rng=1)
    assert np.array_equal(one, stream_of(keys, 10_000, rng=1))
    assert not np.array_equal(one, stream_of(keys, 10_000, rng=2))
    # Runs of one key in a fair order of 10,000: 5,001 on average, standard deviation 50.
    assert np.count_nonzero(np.diff(one)) + 1 == pytest.approx(5_001, abs=4 * 50)


def test_a_sample_varies_as_a_binomial_count():
    keys = KeyLoads(["a", "b"], [1, 3])
    counts = [stream_of(keys, 400, drawing="sampled", rng=r).sum() for r in range(400)]
    assert np.mean(counts) == pytest.approx(300, abs=4 * 75**0.5 / 20)
    assert np.var(counts) == pytest.approx(75, rel=4 * (2 / 400) ** 0.5)


def test_a_key_without_load_is_not_written():
    assert set(stream_of(KeyLoads(["a", "b", "c"], [1, 0, 1]), 99, rng=0).tolist()) == {0, 2}


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ((KeyLoads(["a"], [0]), 5), ValueError, "keys must have a load to be written, got none"),
        ((KeyLoads(["a"], [1]), 0), ValueError, "records must be a whole number"),
        (({"a": 1}, 5), TypeError, "keys must be KeyLoads, as count_keys gives, got dict"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments, error, text):
    with pytest.raises(error, match=text):
        stream_of(*arguments)


def test_a_drawing_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="drawing must be one of 'expected', 'sampled'"):
        stream_of(KeyLoads(["a"], [1]), 5, drawing="drawn")
