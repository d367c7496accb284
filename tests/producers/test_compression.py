"""Published ratios, and the guess by which the Java client fills compressed batches."""

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.producers import (
    estimate_compression,
    published_compression,
    settled_compression,
)

ratios = st.floats(0.5, 20)


def test_measured_ratios_are_those_of_cloudflare():
    measured = {
        each.codec: each.compression_ratio
        for each in published_compression()
        if each.source.startswith("Cloudflare") and each.compression_ratio
    }
    assert measured == {"zstd": 4.5, "gzip": 3.58, "snappy": 2.35, "lz4": 1.81}


def test_every_figure_says_what_it_is_and_assumptions_are_no_measurements():
    figures = published_compression()
    assert all(each.source and each.date and each.conditions for each in figures)
    assert {each.kind for each in figures} == {"measured", "rule"}
    assumed = [each for each in figures if each.kind == "rule"]
    assert [(each.codec, each.compression_ratio) for each in assumed] == [
        ("snappy", 3.0),
        ("lz4", 4.0),
        ("zstd", 5.0),
    ]
    lz4 = next(each for each in figures if each.codec == "lz4" and each.kind == "measured")
    assert (lz4.compress_bytes_per_s, lz4.decompress_bytes_per_s) == (594e6, 2_428e6)


def test_estimate_starts_without_compression_and_with_the_margin():
    start = estimate_compression([])
    assert (start.remaining_ratio, start.size_ratio, start.batches) == (1.0, 1.05, 0)
    assert start.reason == (
        "after 0 batches the client expects 1 of the size to remain, "
        "and fills batches as if 1.05 did"
    )


def test_estimate_falls_by_a_two_hundredth_a_batch():
    # CompressionRatioEstimator: 0.005 a batch, never below what was seen
    assert estimate_compression([4.0]).remaining_ratio == pytest.approx(0.995)
    assert estimate_compression([4.0] * 100).remaining_ratio == pytest.approx(0.5)
    assert estimate_compression([4.0] * 1_000).remaining_ratio == pytest.approx(0.25)
    assert estimate_compression([1 / 0.998]).remaining_ratio == pytest.approx(0.998)


def test_estimate_rises_by_a_twentieth_at_least():
    low = [4.0] * 150
    # 0.25 + 0.05 is above the 0.26 seen; 0.5 seen is above 0.25 + 0.05
    assert estimate_compression([*low, 1 / 0.26]).remaining_ratio == pytest.approx(0.30)
    assert estimate_compression([*low, 2.0]).remaining_ratio == pytest.approx(0.5)
    assert estimate_compression([*low, 2.0]).compression_ratio == pytest.approx(2.0)


@pytest.mark.parametrize(("ratio", "batches"), [(1, 0), (2, 100), (4, 150), (1.25, 40)])
def test_estimate_settles_after_as_many_steps_as_lie_between(ratio, batches):
    settled = settled_compression(ratio)
    assert settled.batches == batches
    assert settled.remaining_ratio == pytest.approx(1 / ratio)
    assert settled.size_ratio == pytest.approx(1.05 / ratio)


@given(ratio=st.floats(1, 50))
def test_settled_estimate_is_where_alike_batches_lead(ratio):
    settled = settled_compression(ratio)
    followed = estimate_compression([ratio] * (settled.batches + 1))
    assert followed.remaining_ratio == pytest.approx(settled.remaining_ratio)


@given(seen=st.lists(ratios, min_size=1, max_size=50))
def test_estimate_never_goes_below_the_best_batch(seen):
    expected = estimate_compression(seen)
    assert expected.remaining_ratio >= min(1, 1 / max(seen)) - 1e-12
    assert expected.batches == len(seen)


def test_ratio_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"^compression_ratios must be .* got 0"):
        estimate_compression([0])
    with pytest.raises(ValueError, match=r"^compression_ratio must be .* got 0\.3"):
        settled_compression(0.3)
    assert repr(settled_compression(2)).startswith("CompressionEstimate(batches=100, ")
    assert "after 1 batch the" in estimate_compression([1]).reason


def test_one_ratio_instead_of_several_is_refused():
    with pytest.raises(TypeError, match=r"^compression_ratios must be Iterable, got int"):
        estimate_compression(4)
