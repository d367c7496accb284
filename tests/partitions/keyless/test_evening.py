"""How long until the partitions are even: the formula, the simulation, and the facts' numbers."""

import math

import numpy as np
import pytest

from kafka_sizing.partitions.keyless import (
    draws_until_even,
    find_keyless_client,
    keyless_clients,
    long_run_shares,
    simulate_keyless,
)
from kafka_sizing.partitions.keyless.evening import quantile_of_times, stays_even_from

RANDOM = find_keyless_client("kafka-python")


@pytest.mark.parametrize(
    ("records", "ratio"),
    [
        # R of random draws over 12 even partitions is 1 + 1.6292 sqrt(12 / n)
        pytest.param(1_000, 1.18, id="hot keys, section 5: n=1,000"),
        pytest.param(10_000, 1.057, id="hot keys, section 5: n=10,000"),
    ],
)
def test_imbalance_of_random_draws(records, ratio):
    repeats = [
        simulate_keyless(
            records,
            partitions=12,
            duration_s=1,
            client=RANDOM,
            windows=1,
            simulations=1,
            rng=seed,
        ).loads.imbalance_ratio
        for seed in range(400)
    ]
    # Four standard errors of a mean of 400, and the digit that the fact is rounded to
    error = 4 * np.std(repeats) / 20 + 0.005
    assert np.mean(repeats) == pytest.approx(ratio, abs=error)


@pytest.mark.parametrize(
    ("client", "factor"),
    [
        pytest.param("kafka-clients", 1.0, id="free draws: (N - 1) / n"),
        pytest.param("kafka-clients 2.4", 10 / 12, id="never twice: times (N - 2) / N"),
        pytest.param("franz-go StickyKeyPartitioner", 10 / 12, id="the next instead: much alike"),
        pytest.param("librdkafka", 1.0, id="spans of time"),
    ],
)
def test_variance_over_partitions_falls_with_the_number_of_draws(client, factor):
    squares = []
    for seed in range(300):
        spread = simulate_keyless(
            20_000, partitions=12, duration_s=4, client=client, simulations=1, rng=seed
        )
        loads = spread.loads.loads
        draws = 80_000 / spread.records_per_draw
        squares.append(np.var(loads) / np.mean(loads) ** 2 * draws / 11)
    # The mean of 300 values, each about chi-squared with 11 degrees of freedom over 11
    error = 4 * factor * math.sqrt(2 / 11 / 300)
    assert np.mean(squares) == pytest.approx(factor, abs=error + 0.02)


@pytest.mark.parametrize(
    ("client", "producers"),
    [("kafka-clients", 1), ("kafka-clients", 5), ("librdkafka", 1), ("franz-go", 1)],
)
def test_formula_bounds_the_simulation_and_is_near_it(client, producers):
    near = {"within_fraction": 0.2, "quantile": 0.9}
    spread = simulate_keyless(
        20_000,
        partitions=6,
        duration_s=120,
        client=client,
        producers=producers,
        windows=1_200,
        simulations=300,
        rng=7,
        **near,
    )
    # The 90 % quantile of 300 times lies, four standard errors to each side, between their 83 %
    # and 97 % quantiles, z**2 of which are 21 % less and 47 % more; the bound over partitions
    # and windows of time take off more.
    assert spread.predicted_evens_out_s < 40  # so that hardly anything happens past the end
    assert 0.55 < spread.evens_out_s / spread.predicted_evens_out_s < 1.3


def test_draws_until_even_by_hand():
    # P(Z > 2.8653) = 0.05 / 24, so 11 * 28.653**2 for 12 partitions
    assert draws_until_even(RANDOM, 12) == pytest.approx(11 * 28.653**2, rel=1e-3)
    assert draws_until_even(RANDOM, 12, within_fraction=0.2) == pytest.approx(
        draws_until_even(RANDOM, 12) / 4
    )
    assert draws_until_even(find_keyless_client("kafka-clients 2.4"), 12) == pytest.approx(
        draws_until_even(RANDOM, 12) * 10 / 12
    )
    assert draws_until_even(RANDOM, 1) == 1
    # Two partitions in turn: 20 draws are 10 % of even apart from the last one
    assert draws_until_even(find_keyless_client("kafka-clients 2.4"), 2) == pytest.approx(20)
    assert draws_until_even(find_keyless_client("kafkajs"), 12) is None


@pytest.mark.parametrize(
    ("client", "partitions", "seconds"),
    [
        # At most one record above even, per producer: 3 * 12 / 0.1 records at 1,000/s
        pytest.param("kafkajs", 12, 0.36, id="in turn"),
        pytest.param("kafkajs", 1, 0.001, id="one partition: the first record"),
        # No linger, so batches of one record: 3 * 35 / 0.1 of them
        pytest.param("kafka-clients 2.4 RoundRobinPartitioner", 35, 1.05, id="odd: in turn too"),
        pytest.param("kafka-clients 2.4 RoundRobinPartitioner", 36, None, id="even: never"),
        pytest.param("librdkafka murmur2", 12, None, id="one of 12: never"),
        pytest.param("librdkafka murmur2", 1, 0.001, id="one of one: at once"),
    ],
)
def test_clients_without_draws(client, partitions, seconds):
    spread = simulate_keyless(
        1_000, partitions=partitions, duration_s=10, client=client, producers=3, rng=1
    )
    assert spread.predicted_evens_out_s == (
        None if seconds is None else pytest.approx(seconds, rel=1e-9)
    )
    assert (spread.evens_out_s is None) == (seconds is None)


def test_long_run_shares_add_up_to_one():
    for client in keyless_clients().values():
        for partitions in (1, 2, 7, 12):
            shares = long_run_shares(client, partitions)
            assert shares.shape == (partitions,)
            assert shares.sum() == pytest.approx(1)


def test_long_run_shares_are_those_of_a_long_simulation():
    for client in keyless_clients().values():
        spread = simulate_keyless(
            5_000, partitions=6, duration_s=1_000, client=client, simulations=1, rng=2, windows=5
        )
        draws = 5_000_000 / (spread.records_per_draw or 1)
        shares = long_run_shares(client, 6)
        assert np.abs(spread.loads.shares - shares).max() <= 4 * math.sqrt(1 / 6 / draws)


@pytest.mark.parametrize(
    ("ratios", "seconds"),
    [
        pytest.param([2.0, 1.2, 1.1, 1.0], 6.0, id="the third window's end"),
        pytest.param([1.0, 1.2, 1.05], 6.0, id="even, not even, even for good"),
        pytest.param([1.0, 1.0], 2.0, id="from the first window on"),
        pytest.param([1.0, 1.2], math.inf, id="not at the end"),
    ],
)
def test_even_from_the_first_window_after_the_last_uneven_one(ratios, seconds):
    found = stays_even_from(np.array(ratios), window_s=2.0, within_fraction=0.1)
    assert found == seconds


@pytest.mark.parametrize(
    ("times", "quantile", "expected"),
    [
        pytest.param([4, 1, 3, 2], 0.5, 2, id="two of four are not above 2"),
        pytest.param([4, 1, 3, 2], 0.51, 3, id="more than half"),
        pytest.param([1, math.inf], 0.5, 1, id="half of them are in time"),
        pytest.param([1, math.inf], 0.9, None, id="nine tenths are not"),
        pytest.param(list(range(1, 21)), 0.95, 19, id="19 of 20"),
        pytest.param([5], 0.01, 5, id="the first at least"),
    ],
)
def test_quantile_of_times(times, quantile, expected):
    assert quantile_of_times(times, quantile) == expected


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"within_fraction": 0}, "within_fraction must be finite and > 0, got 0"),
        ({"quantile": 0}, r"quantile must be a share in \(0, 1\), got 0"),
        ({"quantile": 1}, r"quantile must be a share in \(0, 1\), got 1"),
    ],
)
def test_nonsense_is_refused(kwargs, message):
    with pytest.raises(ValueError, match=message):
        draws_until_even(RANDOM, 4, **kwargs)
    with pytest.raises(ValueError, match=message):
        simulate_keyless(1, partitions=4, duration_s=1, **kwargs)


def test_partitions_are_counted():
    with pytest.raises(ValueError, match="partitions must be a whole number in 1 … "):
        draws_until_even(RANDOM, 0)
