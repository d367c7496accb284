"""A sketch answers as the exact loads do, or says by how much it may differ, or refuses."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing import (
    KeyLoads,
    KeySketch,
    compare_fixes,
    expected_imbalance,
    find_hot,
    moved_keys,
    murmur2,
    place,
    plot,
    sketch_keys,
    sweep_partitions,
    uniform_keys,
    zipf_keys,
)
from kafka_sizing.keys import KeyColumn, fit_zipf, unseen_keys
from kafka_sizing.keys.tail import TAIL_BINS, TailBins
from kafka_sizing.partitions import dispersion_test

PARTITIONERS = ["java", "librdkafka", "librdkafka-consistent", "sarama", "kafkajs-legacy"]
DIVISORS = [1, 2, 7, 12, 48, 100, 192, 1_155, TAIL_BINS]


@st.composite
def key_loads(draw):
    names = draw(st.lists(st.binary(max_size=6), min_size=1, max_size=60, unique=True))
    loads = draw(
        st.lists(
            st.floats(0, 1e6, allow_subnormal=False), min_size=len(names), max_size=len(names)
        )
    )
    return KeyLoads(KeyColumn.of(names), loads, null_load=draw(st.sampled_from([0.0, 7.5])))


@given(
    keys=key_loads(),
    heavy=st.integers(0, 70),
    partitioner=st.sampled_from(PARTITIONERS),
    counts=st.lists(st.integers(1, 500), max_size=4),
)
@settings(deadline=None)
def test_loads_are_those_of_the_keys_at_every_count_that_is_exact(
    keys, heavy, partitioner, counts
):
    sketch = sketch_keys(keys, partitioner=partitioner, counts=counts, heavy=heavy)
    assert sketch.total == pytest.approx(keys.total)
    for count in {*DIVISORS[:-1], *counts}:
        assert sketch.counts_exactly(count)
        found = place(sketch, count, partitioner=partitioner)
        expected = place(keys, count, partitioner=partitioner)
        np.testing.assert_allclose(found.loads, expected.loads, rtol=1e-9, atol=1e-6)
        assert found.margin == 0


@given(keys=key_loads(), heavy=st.integers(1, 70))
@settings(deadline=None)
def test_the_heaviest_keys_stand_one_by_one(keys, heavy):
    sketch = sketch_keys(keys, heavy=heavy)
    n = min(heavy, len(keys))
    assert sketch.heavy == sketch.named == n
    assert [key.load for key in sketch.top(n)] == [key.load for key in keys.top(n)]
    assert sketch.top(n + 5) == sketch.top(n)
    assert all(load < sketch.least_load for load in np.sort(keys.loads)[: len(keys) - n])
    assert (sketch.distinct_keys, sketch.distinct_error) == (len(keys), 0)
    assert sketch.hottest_key_share == pytest.approx(keys.hottest_key_share)
    assert sketch.is_exact
    assert len(sketch.to_frame()) == n


def test_other_counts_are_within_the_margin_as_often_as_it_says():
    missed = 0
    for seed in range(200):
        keys = zipf_keys(3_000, exponent=0.7, total=1e6, rng=seed)
        sketch = sketch_keys(keys, heavy=50)
        for count in (13, 97):
            found, expected = place(sketch, count), place(keys, count)
            assert found.margin == sketch.margin(count) > 0
            assert found.loads.sum() == pytest.approx(expected.loads.sum())
            missed += bool(np.abs(found.loads - expected.loads).max() > found.margin)
    assert missed <= 4  # one in a thousand of 400


def test_a_margin_is_bernstein_s():
    # 1,000 keys of 1 record beside a heavy one, at 7 partitions: v = 1,000 * 1 / 7, and
    # ln(2 * 7 / 0.001) = 9.5468, so sqrt(2 v 9.5468) + 9.5468 / 3 = 55.41.
    keys = KeyLoads([f"k{n}" for n in range(1_001)], [500, *[1] * 1_000])
    sketch = sketch_keys(keys, heavy=1)
    assert sketch.margin(13) == pytest.approx(
        np.sqrt(2 * 1_000 / 13 * np.log(26_000)) + np.log(26_000) / 3
    )
    assert not sketch.counts_exactly(13)


def test_a_sweep_tells_exact_counts_from_others():
    keys = zipf_keys(2_000, exponent=0.9, total=1e6)
    sketch = sketch_keys(keys, counts=[26], heavy=20)
    sweep, exact = (sweep_partitions(one, [12, 13, 17, 26]) for one in (sketch, keys))
    assert (sweep.margin > 0).tolist() == [False, False, True, False]  # 13 divides 26
    np.testing.assert_allclose(sweep.max_share[[0, 1, 3]], exact.max_share[[0, 1, 3]])
    assert "margin" in sweep.to_frame()
    assert "margin" not in exact.to_frame()
    assert sweep.hottest_key_share == pytest.approx(exact.hottest_key_share)


def test_hot_partitions_are_found_and_only_heavy_keys_are_named():
    keys = zipf_keys(20_000, exponent=1.0, total=1e6)
    sketch = sketch_keys(keys, heavy=5)
    found = find_hot(place(sketch, 12), ratio=1.3)
    expected = find_hot(place(keys, 12), ratio=1.3)
    assert [hot.partition for hot in found.hot] == [hot.partition for hot in expected.hot]
    names = {key.key for key in sketch.top(5)}
    for hot in found.hot:
        assert {key.key for key in hot.keys} <= names
        assert {key.key for key in place(sketch, 12).keys_on(hot.partition)} <= names


def test_fixes_give_nearly_what_they_give_on_all_keys():
    keys = zipf_keys(20_000, exponent=0.8, total=1e6)
    sketch = sketch_keys(keys, heavy=200)
    found, expected = (compare_fixes(one, 12).to_frame() for one in (sketch, keys))
    assert found["fix"].tolist() == expected["fix"].tolist()
    np.testing.assert_allclose(found["peak_share"], expected["peak_share"], atol=0.004)


def test_expectation_is_near_that_of_all_keys():
    keys = zipf_keys(20_000, exponent=0.8, total=1e6)
    sketch = sketch_keys(keys, heavy=200)
    found, expected = (expected_imbalance(one, 48, rng=1).mean for one in (sketch, keys))
    assert found == pytest.approx(expected, abs=0.001)  # by the same hashes


@pytest.mark.parametrize("n", [1_000, 300_000])
def test_effective_keys_are_estimated_from_bins(n):
    keys = uniform_keys(n, total=float(n))
    sketch = sketch_keys(keys, heavy=0)
    assert sketch.effective_keys == pytest.approx(keys.effective_keys, rel=0.05)
    assert keys.effective_keys == pytest.approx(n)


def test_bins_and_sums_hold_every_key():
    keys = zipf_keys(5_000, exponent=0.5, total=1e6)
    tail = TailBins("java", [13, 26, 12])
    tail.add(keys.keys[:2_000], keys.loads[:2_000])
    tail.add(keys.keys[2_000:], keys.loads[2_000:])
    assert set(tail.sums) == {26}  # 12 follows from the bins, 13 from 26
    bins, witnesses, masses = tail.entries()
    firsts = {}
    for key, at in zip(keys.keys, tail.bins_of(keys.keys).tolist(), strict=True):
        firsts.setdefault(at, key)
    assert list(witnesses) == [firsts[at] for at in bins.tolist()]
    numbers = np.bitwise_and(murmur2(keys.keys), 0x7FFFFFFF)
    np.testing.assert_allclose(tail.sums[26], np.bincount(numbers % 26, keys.loads))
    added = np.bincount(numbers % TAIL_BINS, keys.loads, minlength=TAIL_BINS)
    assert np.array_equal(bins, np.flatnonzero(added))
    np.testing.assert_allclose(masses, added[bins])
    assert np.array_equal(tail.bins_of(witnesses), bins)


def test_a_short_key_is_made_up_for_a_bin_of_long_ones():
    long_keys = KeyColumn.of([b"%01000d" % number for number in range(300)] + [b"short"])
    loads = np.arange(1.0, 302)
    tail = TailBins("java")
    tail.add(long_keys, loads)
    bins, witnesses, masses = tail.entries()
    assert np.array_equal(tail.bins_of(witnesses), bins)
    assert masses.sum() == loads.sum()
    assert witnesses.lengths.max() < 10
    assert b"short" in list(witnesses)
    assert tail.mean_key_bytes == pytest.approx((300 * 1000 + 5) / 301)
    again = TailBins("java")
    again.add(long_keys, loads)
    assert list(again.entries()[1]) == list(witnesses)


def test_no_key_is_made_up_where_not_all_bytes_are_hashed():
    keys = KeyColumn.of([b"%0100d" % number for number in range(50)])
    tail = TailBins("streams-windowed")
    tail.add(keys, np.ones(50))
    assert set(tail.entries()[1]) <= set(keys)


def test_empty_bins_are_no_entries():
    bins, witnesses, masses = TailBins("java").entries()
    assert (len(bins), len(witnesses), len(masses)) == (0, 0, 0)
    tail = TailBins("java")
    tail.add(KeyColumn.of([b"a", b"b"]), np.array([1.0, 2.0]))
    only_a = np.zeros(TAIL_BINS, dtype=bool)
    only_a[tail.bins_of(KeyColumn.of([b"a"]))] = True
    tail.empty(only_a)
    assert list(tail.entries()[1]) == [b"b"]
    tail.fill(KeyColumn.of([b"a"]), np.array([5.0]))
    assert sorted(tail.entries()[1]) == [b"a", b"b"]
    assert tail.mass.sum() == 7


def test_a_sketch_scales_pickles_and_cannot_be_changed():
    keys = zipf_keys(2_000, exponent=0.9, total=1e6)
    sketch = sketch_keys(keys, counts=[13], heavy=20)
    scaled = sketch.scaled_to(2e6, "bytes/s")
    assert isinstance(scaled, KeySketch)
    np.testing.assert_allclose(place(scaled, 13).loads, 2 * place(sketch, 13).loads)
    assert scaled.unit == "bytes/s"
    assert scaled.least_load == pytest.approx(2 * sketch.least_load)
    again = pickle.loads(pickle.dumps(sketch))
    assert np.array_equal(place(again, 13).loads, place(sketch, 13).loads)
    with pytest.raises(ValueError, match="read-only"):
        sketch.counted[13][0] = 1
    with pytest.raises(TypeError, match="does not support item assignment"):
        sketch.counted[13] = 1
    assert "20 of them one by one" in repr(sketch)
    assert "all other keys: " in sketch._repr_html_()
    assert "margin=" in repr(place(sketch, 17))


@pytest.mark.parametrize(
    "asked",
    [
        lambda sketch: moved_keys(sketch, 4, 8),
        fit_zipf,
        unseen_keys,
        lambda sketch: dispersion_test(place(sketch, 4)),
        plot.lorenz_curve,
    ],
    ids=["moved keys", "Zipf fit", "unseen keys", "dispersion", "Lorenz curve"],
)
def test_what_needs_every_key_is_refused(asked):
    sketch = sketch_keys(KeyLoads(["a", "b", "c"], [3, 2, 1]), heavy=1)
    with pytest.raises(ValueError, match=r"keys must be held one by one for .* 1 heavy keys"):
        asked(sketch)


def test_a_sketch_serves_one_partitioner():
    sketch = sketch_keys(KeyLoads(["a", "b"], [3, 2]), heavy=1)
    with pytest.raises(ValueError, match="must be 'java', for which the sketch was made, got 'sa"):
        place(sketch, 4, partitioner="sarama")
    with pytest.raises(ValueError, match="must be 'java', for which the sketch was made"):
        sweep_partitions(sketch, [4], partitioner="librdkafka")
    with pytest.raises(ValueError, match="place keys by a remainder where they are too many"):
        sketch_keys(KeyLoads(["a"], [1]), partitioner="flink-subtask")


def test_reports_show_heavy_keys_only():
    from kafka_sizing import report

    names = [f"secret-{n}" for n in range(500)]
    sketch = sketch_keys(KeyLoads(names, np.arange(500, 0, -1.0)), heavy=2)
    hot = find_hot(place(sketch, 12), ratio=1.01)
    page = report.page(hot, compare_fixes(sketch, 12))
    assert "500 (2 of them one by one)" in page
    assert {name for name in names if f"{name}<" in page} <= {"secret-0", "secret-1"}
