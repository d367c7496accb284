"""Keys as uneven as the streams that papers on key skew use."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.keys import KeyLoads, lognormal_keys, uniform_keys, zipf_keys

RECORDS = 10_000_000  # in each stream of the papers
STREAMS = {  # mean and sigma of the logarithm: Nasir et al., ICDE 2015
    "LN1": {"mean": 1.789, "sigma": 2.366},
    "LN2": {"mean": 2.245, "sigma": 1.133},
}
makers = st.sampled_from(
    [
        lambda n, **how: zipf_keys(n, exponent=1.2, **how),
        lambda n, **how: lognormal_keys(n, mean=1, sigma=2, **how),
        uniform_keys,
    ]
)


def test_the_share_of_a_rank_falls_as_a_power_of_it():
    assert zipf_keys(3, exponent=1, total=11).loads.tolist() == pytest.approx([6, 3, 2])
    assert zipf_keys(3, exponent=2, total=49).loads.tolist() == pytest.approx([36, 9, 4])


def test_a_shift_flattens_the_head():
    # 1 / (1 + 2), 1 / (2 + 2), 1 / (3 + 2): as 20 to 15 to 12
    shifted = zipf_keys(3, exponent=1, shift=2, total=47)
    assert shifted.loads.tolist() == pytest.approx([20, 15, 12])


def test_a_steep_law_with_a_large_shift_keeps_its_first_key():
    assert zipf_keys(2, exponent=400, shift=10, total=1).loads[0] == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(
    ("exponent", "heavy"),
    list(
        zip(
            [z / 10 for z in range(1, 21)],
            [0, 0, 0, 1, 6, 15, 26, 38, 46, 51, 51, 48, 43, 38, 33, 29, 25, 22, 19, 17],
            strict=True,
        )
    ),
)
def test_as_many_keys_are_heavy_as_in_the_paper_on_many_choices(exponent, heavy):
    """Nasir et al., ICDE 2016, figure 3: 10,000 keys, shares from 1 / (5 * 100 workers)."""
    keys = zipf_keys(10_000, exponent=exponent, total=1, unit="records/s")
    assert np.count_nonzero(keys.shares >= 1 / 500) == heavy


@pytest.mark.parametrize(
    ("stream", "hottest", "share", "effective"),
    [
        # Nasir et al., ICDE 2015, table 1, with the shares worked out to one digit more
        pytest.param("LN1", "key-0000000", 0.14707, 18.16, id="LN1"),
        pytest.param("LN2", "key-0000003", 0.07013, 27.66, id="LN2"),
    ],
)
def test_log_normal_streams_are_as_uneven_as_in_the_paper(stream, hottest, share, effective):
    keys = lognormal_keys(1_000_000, total=RECORDS, **STREAMS[stream])
    (top,) = keys.top(1)
    assert top.key == hottest
    assert top.share == pytest.approx(share, abs=5e-6)
    assert keys.effective_keys == pytest.approx(effective, abs=0.005)


@pytest.mark.parametrize(("stream", "distinct"), [("LN1", 16_326), ("LN2", 1_098)])
def test_log_normal_samples_have_as_many_keys_as_in_the_paper(stream, distinct):
    keys = lognormal_keys(1_000_000, total=RECORDS, loads="sampled", rng=0, **STREAMS[stream])
    assert len(keys) == pytest.approx(distinct, rel=0.03)
    assert keys.sample_size == keys.total == RECORDS


def test_the_share_of_a_number_far_in_the_tail_is_not_lost_to_rounding():
    """The density times the width of the step: 1 / (k sigma) phi((ln k - mean) / sigma)."""
    keys = lognormal_keys(10_000, mean=0, sigma=1, total=1, unit="bytes/s")
    z = np.log(9_000)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) / 9_000
    assert density < 1e-20
    assert keys.shares[9_000] == pytest.approx(density, rel=1e-4)


def test_a_log_normal_cut_short_keeps_its_proportions():
    short, long = (lognormal_keys(n, mean=1, sigma=1, total=1) for n in (5, 5_000))
    ratios = short.loads / long.loads[:5]
    assert ratios == pytest.approx(ratios[0])


def test_equal_keys_write_the_same():
    keys = uniform_keys(50, total=1_000, unit="records/s")
    assert keys.loads.tolist() == pytest.approx([20] * 50)
    assert keys.unit == "records/s"


def test_keys_are_padded_so_that_all_are_as_long():
    assert list(uniform_keys(10, total=1, prefix="Zürich ").keys)[8:] == [
        "Zürich 09".encode(),
        "Zürich 10".encode(),
    ]
    assert list(lognormal_keys(2, mean=0, sigma=1, total=1, prefix="").keys) == [b"0", b"1"]


@given(make=makers, n=st.integers(1, 300), total=st.integers(1, 10**6))
def test_keys_are_distinct_and_their_loads_add_up(make, n, total):
    expected = make(n, total=total)
    assert KeyLoads(expected.keys, expected.loads).total == pytest.approx(total)
    assert expected.sample_size is None
    assert len(expected) == n


@given(make=makers, n=st.integers(1, 300), total=st.integers(1, 10**6), seed=st.integers(0, 99))
def test_a_sample_counts_whole_records_of_the_keys_it_saw(make, n, total, seed):
    sample = make(n, total=total, loads="sampled", rng=seed)
    assert sample.total == total == sample.sample_size
    assert (sample.loads == sample.loads.round()).all()
    assert sample.loads.min() >= 1
    assert set(sample.keys) <= set(make(n, total=total).keys)
    again = make(n, total=total, loads="sampled", rng=np.random.default_rng(seed))
    assert again.loads.tolist() == sample.loads.tolist()


def test_a_sample_is_near_what_is_expected():
    """Pearson's statistic of 9 degrees of freedom stays below its 99.9 % quantile, 27.9."""
    expected = zipf_keys(10, exponent=1, total=100_000)
    sample = zipf_keys(10, exponent=1, total=100_000, loads="sampled", rng=1)
    assert ((sample.loads - expected.loads) ** 2 / expected.loads).sum() < 27.9


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"keys": 0}, r"keys must be a whole number in 1 … 1,000,000,000, got 0"),
        ({"exponent": -1}, r"exponent must be finite and >= 0, got -1"),
        ({"shift": -1}, r"shift must be finite and >= 0, got -1"),
        ({"total": 0}, r"total must be finite and > 0, got 0"),
        ({"unit": "msgs"}, r"unit must be one of .*, got 'msgs'"),
        ({"loads": "drawn"}, r"loads must be one of 'expected', 'sampled', got 'drawn'"),
        ({"loads": "sampled", "unit": "bytes"}, r"unit must be 'records' .* got 'bytes'"),
        ({"loads": "sampled", "total": 2.5}, r"total must be a whole number .* got 2\.5"),
    ],
)
def test_errors_name_what_came(wrong, message):
    given_ = {"keys": 3, "exponent": 1, "total": 9} | wrong
    with pytest.raises(ValueError, match=message):
        zipf_keys(given_.pop("keys"), **given_)


def test_log_normal_errors_name_what_came():
    with pytest.raises(ValueError, match=r"mean must be finite, got nan"):
        lognormal_keys(3, mean=float("nan"), sigma=1, total=1)
    with pytest.raises(ValueError, match=r"sigma must be finite and > 0, got 0"):
        lognormal_keys(3, mean=0, sigma=0, total=1)
    with pytest.raises(ValueError, match=r"keys must reach where the load is, got none in 3 keys"):
        lognormal_keys(3, mean=100, sigma=1, total=1)


def test_a_prefix_is_text():
    with pytest.raises(TypeError, match=r"prefix must be text, got b'k'"):
        uniform_keys(3, total=1, prefix=b"k")
