from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import binom

from kafka_sizing import KeyLoads, PartitionLoads, count_keys, find_hot, place
from kafka_sizing.keys import uniform_keys
from kafka_sizing.partitions import certainty as reckoning, chance_on_line, sampling_noise
from kafka_sizing.partitions.certainty import SamplingNoise


def every_sample(records: int, partitions: int) -> list[int]:
    """The largest partition of each of the equally likely samples."""
    return [
        max(sample.count(partition) for partition in range(partitions))
        for sample in product(range(partitions), repeat=records)
    ]


@pytest.mark.parametrize(("records", "partitions"), [(1, 4), (3, 2), (5, 3), (6, 4), (8, 2)])
def test_the_largest_partition_is_distributed_as_counting_every_sample_says(records, partitions):
    largest = np.array(every_sample(records, partitions))
    noise = sampling_noise(records, partitions=partitions)
    counted = [(largest <= count).mean() for count in noise.most_records]
    assert noise.probability_up_to == pytest.approx(counted, abs=1e-12)
    ratios = largest * partitions / records
    assert noise.mean_ratio == pytest.approx(ratios.mean())
    assert noise.standard_deviation == pytest.approx(ratios.std(), abs=1e-7)
    assert noise.chance_of(ratios.max()) == pytest.approx((ratios == ratios.max()).mean())


@pytest.mark.parametrize(
    ("records", "printed", "decimals"),
    [
        pytest.param(1_000, 1.18, 2, id="section 5, N=12, n=1,000: E R 1.18 by simulation"),
        pytest.param(10_000, 1.057, 3, id="section 5, N=12, n=10,000: E R 1.057 by simulation"),
    ],
)
def test_even_loads_look_as_uneven_as_a_simulation_says(records, printed, decimals):
    mean = sampling_noise(records, partitions=12).mean_ratio
    assert round(mean, decimals) == printed


@pytest.mark.parametrize(
    ("records", "partitions"), [(1_000, 500), (20_000, 48), (1_000_000, 6), (1_000_000, 100)]
)
def test_a_simulation_of_even_loads_agrees(records, partitions):
    drawn = np.random.default_rng(7).multinomial(
        records, np.full(partitions, 1 / partitions), size=4_000
    )
    ratios = drawn.max(axis=1) * partitions / records
    noise = sampling_noise(records, partitions=partitions)
    assert noise.mean_ratio == pytest.approx(  # 5 standard errors of the mean
        ratios.mean(), abs=5 * ratios.std() / np.sqrt(ratios.size)
    )
    assert noise.standard_deviation == pytest.approx(ratios.std(), rel=0.08)  # 5 standard errors
    for probability in (0.5, 0.95):
        line = noise.quantile(probability)
        at_most = (ratios <= line * (1 + 1e-12)).mean()
        below = (ratios < line * (1 - 1e-12)).mean()
        error = 5 * np.sqrt(probability * (1 - probability) / ratios.size)
        assert below - error <= probability <= at_most + error


def test_large_samples_follow_the_largest_of_normal_numbers():
    # E R ~ 1 + m sqrt(N / n), m = 1.6292 for 12 partitions (the mean largest of 12 normals, on
    # their own mean): section 1
    noise = sampling_noise(100_000_000, partitions=12)
    assert (noise.mean_ratio - 1) * np.sqrt(1e8 / 12) == pytest.approx(1.6292, rel=2e-3)


@pytest.mark.parametrize(
    ("records", "partitions"), [(10**9, 10_000), (10**9, 12), (10**8, 1_000), (10**9, 2)]
)
def test_the_end_of_a_large_sample_is_that_of_its_partitions_one_by_one(records, partitions):
    """Counts that add up lean against each other: N q - (N q)²/2 <= P(max > k) <= N q."""
    noise = sampling_noise(records, partitions=partitions)
    above = 1 - noise.probability_up_to
    rare = (above > 1e-6) & (above < 0.05)
    each = partitions * binom.sf(noise.most_records[rare], records, 1 / partitions)
    assert rare.sum() > 50
    assert (above[rare] <= each * (1 + 1e-4)).all()
    assert (above[rare] >= each * (1 - each / 2) * (1 - 1e-4)).all()


@pytest.mark.parametrize(("records", "partitions"), [(1_000_000, 12), (300_000, 3)])
def test_a_large_sample_has_the_shape_of_a_smaller_one(records, partitions, monkeypatch):
    exact = sampling_noise(records, partitions=partitions)
    monkeypatch.setattr(reckoning, "_SETTLED", 10_000)
    shaped = sampling_noise(records, partitions=partitions)
    assert shaped.most_records.tolist() == exact.most_records.tolist()
    assert shaped.probability_up_to == pytest.approx(exact.probability_up_to, abs=1e-3)


@pytest.mark.parametrize(("records", "partitions"), [(1_000, 9), (50_000, 8), (40, 30)])
def test_the_first_terms_of_the_transform_are_all_that_count(records, partitions, monkeypatch):
    first = sampling_noise(records, partitions=partitions).probability_up_to
    monkeypatch.setattr(reckoning, "_MANY", 10**9)
    every = sampling_noise(records, partitions=partitions).probability_up_to
    assert first == pytest.approx(every, abs=1e-10)


def test_counts_left_out_are_filled_in_smoothly():
    # 4,000 records a partition: more counts than are reckoned one by one
    noise = sampling_noise(8_000_000, partitions=2)
    spread = np.sqrt(8_000_000) / 2  # the larger of two: n/2 + |Z| spread
    assert noise.most_records.size > 256
    assert np.all(np.diff(noise.most_records) == 1)
    assert np.all(np.diff(noise.probability_up_to) >= 0)
    larger = np.sqrt(2 / np.pi) * spread
    assert (noise.mean_ratio - 1) * 4_000_000 == pytest.approx(larger, rel=1e-3)


@given(st.integers(1, 400), st.integers(1, 60))
def test_a_distribution_rises_to_one_and_its_answers_agree(records, partitions):
    noise = sampling_noise(records, partitions=partitions)
    assert noise.most_records[0] >= -(-records // partitions)
    assert noise.most_records[0] == -(-records // partitions) or noise.probability_up_to[0] < 1e-9
    assert noise.most_records[-1] <= records
    assert np.all(np.diff(noise.probability_up_to) >= 0)
    assert noise.probability_up_to[-1] == 1
    assert 1 <= noise.mean_ratio <= partitions * (1 + 1e-12)
    median = noise.quantile(0.5)
    assert noise.chance_of(median) >= 0.5 - 1e-9
    assert noise.max_share_quantile(0.5) == pytest.approx(median / partitions)
    assert noise.chance_of(0) == noise.chance_of(1) == 1
    assert noise.chance_of(partitions + 1) == 0


def test_a_single_partition_has_everything():
    noise = sampling_noise(77, partitions=1)
    assert (noise.mean_ratio, noise.standard_deviation, noise.quantile(0.99)) == (1, 0, 1)


def test_noise_is_told_in_a_sentence_a_table_and_a_line():
    noise = sampling_noise(1_000, partitions=12)
    assert noise.reason == (
        "in 1,000 records of 12 even partitions the hottest shows 1.18 × the even share on "
        "average, and more than 1.28 × in at most 5 of 100 samples"
    )
    frame = noise.to_frame()
    assert frame.columns.tolist() == ["probability", "imbalance_ratio", "max_share"]
    assert frame["imbalance_ratio"].is_monotonic_increasing
    assert frame["max_share"].tolist() == pytest.approx((frame["imbalance_ratio"] / 12).tolist())
    assert "<table" in noise._repr_html_()
    assert repr(noise) == (
        "SamplingNoise(1,000 records, 12 partitions, mean_ratio=1.182, p95=1.284)"
    )
    with pytest.raises(ValueError, match="read-only"):
        noise.probability_up_to[0] = 1


def test_one_record_and_one_partition_are_told_in_the_singular():
    noise = sampling_noise(1, partitions=1)
    assert noise.reason.startswith("in 1 record of 1 even partition the hottest shows 1 × ")
    assert repr(noise).startswith("SamplingNoise(1 record, 1 partition, ")


def test_the_arrays_of_a_distribution_are_copied():
    counts, up_to = np.array([1]), np.array([1.0])
    made = SamplingNoise(partitions=1, records=1, most_records=counts, probability_up_to=up_to)
    counts[0] = 9
    assert made.most_records.tolist() == [1]


@given(
    st.integers(0, 40),
    st.integers(1, 40),
    st.fractions(min_value=Fraction(1, 50), max_value=1),
    st.integers(1, 30),
)
def test_the_chance_on_a_line_is_the_exact_binomial_tail(seen, records, line, among):
    tail = sum(
        comb(records, k) * line**k * (1 - line) ** (records - k) for k in range(seen, records + 1)
    )
    expected = min(1.0, float(tail * among))
    chance = chance_on_line(seen, records, line_share=float(line), among=among)
    assert chance == pytest.approx(expected, abs=1e-9)


def test_a_fraction_of_a_record_more_counts_as_one_and_rounding_does_not():
    whole = chance_on_line(9, 12, line_share=0.5)
    assert chance_on_line(9 + 1e-9, 12, line_share=0.5) == whole
    assert chance_on_line(8.5, 12, line_share=0.5) == whole
    assert chance_on_line(9.5, 12, line_share=0.5) < whole
    assert chance_on_line(9, 12.4, line_share=0.5) == whole


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sampling_noise(0, partitions=2), r"records must be a whole number .* got 0"),
        (lambda: sampling_noise(10**9 + 1, partitions=2), r"records must be a whole number"),
        (lambda: sampling_noise(9, partitions=0), r"partitions must be a whole number .* got 0"),
        (lambda: sampling_noise(9, partitions=2).quantile(1), r"probability .* got 1"),
        (lambda: sampling_noise(9, partitions=2).quantile(0), r"probability .* got 0"),
        (lambda: sampling_noise(9, partitions=2).chance_of(-1), r"imbalance_ratio .* got -1"),
        (lambda: chance_on_line(-1, 9, line_share=0.1), r"seen_records .* >= 0, got -1"),
        (lambda: chance_on_line(1, 0, line_share=0.1), r"records must be .* > 0, got 0"),
        (lambda: chance_on_line(1, 9, line_share=0), r"line_share .* \(0, 1\], got 0"),
        (lambda: chance_on_line(1, 9, line_share=0.1, among=0), r"among .* got 0"),
    ],
)
def test_nonsense_gets_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# False alarms of find_hot: tests/benchmarks/false_alarms.py prints the whole table.


@pytest.mark.long
@pytest.mark.parametrize("ratio", [1.0, 1.1, 1.5])
@pytest.mark.parametrize("records", [1_000, 10_000, 100_000, 1_000_000])
@pytest.mark.parametrize("partitions", [6, 12, 48, 500])
def test_even_partitions_are_called_hot_in_at_most_5_of_100_samples(ratio, records, partitions):
    noise = sampling_noise(records, partitions=partitions)
    line = ratio / partitions
    hot = next(
        (
            count
            for count in noise.most_records.tolist()
            if chance_on_line(count, records, line_share=line, among=partitions) <= 0.05
        ),
        None,  # beyond all that ever comes
    )
    chance = 0.0 if hot is None else noise.chance_of(hot / noise.even_records)
    assert chance <= 0.05
    if ratio == 1:  # where nothing is given away but by Bonferroni and by whole records
        assert chance > 0.01


@pytest.mark.long
@pytest.mark.parametrize("records", [1_000, 20_000])
@pytest.mark.parametrize("partitions", [6, 48, 500])
def test_even_keys_hashed_as_kafka_does_are_not_called_hot(records, partitions):
    alarms = 0
    for seed in range(40):
        every = uniform_keys(
            100_000, total=records, loads="sampled", prefix=f"user-{seed}-", rng=seed
        )
        found = find_hot(place(every, partitions), most_partitions=partitions)
        alarms += bool(found.certain)
    assert alarms <= 2  # of 40; 5 %, and the exact chance is below 0.1 %


def test_even_partitions_without_keys_are_noise_once_their_sample_is_known():
    loads = np.random.default_rng(3).multinomial(1_000, np.full(100, 0.01))
    told = find_hot(PartitionLoads(loads=loads), sample_size=1_000)
    assert {hot.cause for hot in told.hot} == {"noise"}
    assert told.fits
    assert told.certain == ()
    assert repr(told).startswith("HotReport(0 of 100 partitions hot")
    assert not find_hot(PartitionLoads(loads=loads)).fits  # loads that are no sample


@pytest.mark.parametrize(("records", "partitions"), [(1_000, 48), (1_000, 500), (5_000, 100)])
def test_even_keys_of_records_that_weigh_unequally_are_not_called_hot(records, partitions):
    alarms = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        keys = uniform_keys(records, total=records, prefix=f"user-{seed}-")
        weights = 1_000 * rng.lognormal(sigma=1, size=records)  # of one record each
        effective = weights.sum() ** 2 / np.square(weights).sum()
        counted = KeyLoads(keys.keys, weights, unit="bytes", sample_size=effective)
        found = find_hot(place(counted, partitions), most_partitions=partitions)
        alarms += bool(found.certain)
    assert alarms <= 3  # of 60: 5 %


def test_records_that_weigh_unequally_are_held_to_bennetts_inequality():
    # share 0.5 against a line of 0.375 of 100 effective records, the heaviest 0.1 of all
    counted = KeyLoads(list("abcdef"), [30.5, 30, 19.5, 10, 7, 3], unit="bytes", sample_size=100)
    loads = PartitionLoads(
        loads=[60.5, 19.5, 10, 10],
        unit="bytes",
        keys=counted,
        partition_of_key=[0, 0, 1, 2, 3, 3],
        partitioner=place(counted, 4).partitioner,
    )
    hot = find_hot(loads, most_partitions=4).hot[0]
    variance, largest, excess = 0.375 * 0.625 / 100, 0.1, 0.605 - 0.375
    u = largest * excess / variance
    bound = np.exp(-variance / largest**2 * ((1 + u) * np.log(1 + u) - u))
    assert hot.chance == pytest.approx(4 * bound)
    assert (hot.cause == "noise") == (4 * bound > 0.05)


def test_counted_records_stay_binomial_when_they_are_scaled_to_a_rate():
    counted = count_keys({"a": 40, "b": 10, "c": 10})
    plain = find_hot(place(counted, 4), most_partitions=4)
    rates = find_hot(place(counted.scaled_to(7e6, "bytes/s"), 4), most_partitions=4)
    assert [hot.chance for hot in rates.hot] == pytest.approx([hot.chance for hot in plain.hot])
    assert plain.hot[0].chance == pytest.approx(
        chance_on_line(plain.hot[0].load, 60, line_share=0.375, among=4)
    )


def test_only_what_is_above_a_line_in_a_sample_has_a_chance():
    counted = count_keys({"a": 40})
    assert find_hot(place(counted, 1), capacity=39, most_partitions=1).hot[0].chance is not None
    assert find_hot(place(counted, 4), capacity=41, most_partitions=4).hot == ()
    assert find_hot(PartitionLoads(loads=[9, 1]), ratio=1).hot[0].chance is None
    assert find_hot(PartitionLoads(loads=[0, 0]), sample_size=9).hot == ()


def test_the_size_of_a_sample_has_to_be_one():
    with pytest.raises(ValueError, match="sample_size must be finite and > 0, got 0"):
        find_hot(PartitionLoads(loads=[9, 1]), sample_size=0)
