"""The whole simulation: records add up, windows are windows, words say what numbers do."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.partitions.keyless import keyless_clients, simulate_keyless


def simulate(records_per_s=1_000, **changes):
    inputs = {"partitions": 6, "duration_s": 30, "simulations": 2, "rng": 11}
    return simulate_keyless(records_per_s, **(inputs | changes))


@given(
    client=st.sampled_from(list(keyless_clients())),
    rate=st.floats(0.5, 5_000),
    partitions=st.integers(1, 9),
    producers=st.integers(1, 4),
    windows=st.integers(1, 9),
)
def test_every_record_is_in_one_window_and_partition(client, rate, partitions, producers, windows):
    spread = simulate(
        rate,
        client=client,
        partitions=partitions,
        producers=producers,
        duration_s=4,
        windows=windows,
        slow_partitions={0: rate / 100} if windows % 2 else None,
    )
    assert spread.records.shape == (windows, partitions)
    assert spread.records.min() >= 0
    # Each producer's phase is its own: at most one record more or fewer in each window
    assert np.abs(spread.records.sum(axis=1) - rate * 4 / windows).max() <= producers + 1e-6
    assert spread.loads.total == pytest.approx(rate * 4, abs=producers)


@pytest.mark.parametrize("client", list(keyless_clients()))
def test_the_same_seed_gives_the_same_records(client):
    assert np.array_equal(simulate(client=client).records, simulate(client=client).records)


def test_a_single_window_of_round_robin_is_even_to_a_record_per_producer():
    spread = simulate(client="kafkajs", producers=3)
    assert np.ptp(spread.records, axis=1).max() <= 3


def test_half_of_eight_partitions_get_everything_from_every_producer():
    # KAFKA-9965, kafka-clients 3.9.0 executed
    spread = simulate(client="kafka-clients 2.4 RoundRobinPartitioner", partitions=8, producers=5)
    assert not spread.records[:, ::2].any()
    assert spread.loads.imbalance_ratio == pytest.approx(2, rel=0.001)
    assert spread.evens_out_s is None


def test_records_stay_together_over_windows():
    # 10,001 records until the next draw, a window is a hundredth of that
    spread = simulate(client="librdkafka", linger_s=5, duration_s=10, windows=100)
    used = (spread.records > 0).sum(axis=1)
    assert np.isin(used, (1, 2)).all()
    assert (used == 2).sum() <= 1


def test_windows_so_far_and_totals_agree():
    spread = simulate(windows=10)
    assert spread.window_s == 3
    assert spread.duration_s == 30
    assert np.array_equal(spread.records_so_far[-1], spread.loads.loads)
    assert spread.imbalance_ratio_so_far[-1] == pytest.approx(spread.loads.imbalance_ratio)
    by_hand = spread.records[4].max() / spread.records[4].mean()
    assert spread.window_imbalance_ratio[4] == pytest.approx(by_hand)
    assert spread.hidden.empty_partition == 275_646_681 % 6


def test_windows_without_records_are_even():
    spread = simulate(0.1, windows=300, duration_s=30)
    nothing = spread.records.sum(axis=1) == 0
    assert nothing.sum() >= 296
    assert (spread.window_imbalance_ratio[nothing] == 1).all()


def test_producers_that_send_nothing_yet_are_left_out():
    spread = simulate(0.1, producers=50, duration_s=10, client="franz-go")
    assert 0 < spread.loads.total < 50
    assert spread.records.max() == 1


def test_more_producers_even_out_sooner_where_batches_are_small_and_time_counts():
    alone = simulate(10_000, client="librdkafka").predicted_evens_out_s
    shared = simulate(10_000, client="librdkafka", producers=10).predicted_evens_out_s
    # 101 records of 10 ms from one, 11 from each of ten
    assert shared / alone == pytest.approx(11 / 101)


def test_no_array_can_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        simulate().records[0, 0] = 1
    given = np.ones((1, 6))
    made = dataclasses.replace(simulate(), records=given)
    given[0, 0] = 9
    assert made.records[0, 0] == 1


def test_frame_has_a_row_per_window():
    spread = simulate(windows=10)
    frame = spread.to_frame()
    assert frame.columns.tolist() == [
        "starts_s",
        "records",
        "hottest",
        "imbalance_ratio",
        "imbalance_ratio_so_far",
    ]
    assert frame["starts_s"].tolist() == [3.0 * window for window in range(10)]
    assert frame["hottest"][2] == spread.records[2].argmax()
    assert frame["records"].sum() == spread.loads.total
    assert "<table" in spread._repr_html_()


@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        pytest.param(
            {"client": "kafkajs"},
            "the largest share is within 10 % of even from 500 ms to the end in 95 % of 2 "
            "simulations",
            id="even at once",
        ),
        pytest.param(
            {"client": "librdkafka murmur2"},
            "partition 3 of 6 gets 6 × the even share; the largest share does not stay within "
            "10 % of even: records without a key all go to one partition",
            id="a trap",
        ),
        pytest.param(
            {"client": "kafka-clients", "slow_partitions": {0: 1}},
            "the largest share does not stay within 10 % of even",
            id="slow",
        ),
    ],
)
def test_reason_says_when_it_is_even(changes, ends):
    spread = simulate(**changes)
    client = keyless_clients()[changes["client"]]
    assert spread.reason.startswith(f"{client.name} {client.does}: in 30 s partition ")
    assert spread.reason.endswith(ends)


def test_one_partition_gets_all_and_evens_nothing_out():
    spread = simulate_keyless(100, partitions=1, duration_s=10, rng=1)
    assert spread.reason == (
        "kafka-clients: the topic has one partition, and all records go to it"
    )


def test_reason_tells_the_end_of_the_simulation_from_good():
    spread = simulate(10_000, client="librdkafka", simulations=20, within_fraction=0.2)
    # 5 * (2.638 / 0.2)**2 draws of 101 records at 10,000/s
    assert spread.predicted_evens_out_s == pytest.approx(8.8, rel=0.01)
    if spread.evens_out_s < spread.predicted_evens_out_s:
        assert spread.reason.endswith(", for good from about 8.8 s on")
    soon = simulate(10_000, client="librdkafka", duration_s=1)
    assert soon.evens_out_s is None
    assert soon.reason.endswith(
        "does not stay within 10 % of even so soon, but from about 35 s on"
    )


def test_repr():
    assert repr(simulate(client="librdkafka murmur2")) == (
        "KeylessSpread('librdkafka murmur2', 6 partitions, 30 s, imbalance_ratio=6.000, even no)"
    )
    assert repr(simulate(client="kafkajs")).endswith("even after 500 ms)")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"records_per_s": 0}, ValueError, "records_per_s must be finite and > 0, got 0"),
        ({"duration_s": -1}, ValueError, "duration_s must be finite and > 0, got -1"),
        ({"record_bytes": 0}, ValueError, "record_bytes must be finite and > 0, got 0"),
        ({"batch_bytes": 0}, ValueError, "batch_bytes must be finite and > 0, got 0"),
        ({"linger_s": -1}, ValueError, "linger_s must be finite and >= 0, got -1"),
        ({"partitions": 0}, ValueError, "partitions must be a whole number in 1 … 100,000"),
        ({"producers": 0}, ValueError, "producers must be a whole number in 1"),
        ({"windows": 0}, ValueError, "windows must be a whole number in 1 … 100,000"),
        ({"simulations": 0}, ValueError, "simulations must be a whole number in 1"),
        (
            {"slow_partitions": {6: 1}},
            ValueError,
            "keys of slow_partitions must be .* 0 … 5, got 6",
        ),
        ({"slow_partitions": {1: 0}}, ValueError, r"slow_partitions\[1\] must be finite and > 0"),
        ({"slow_partitions": [1]}, TypeError, "slow_partitions must be Mapping, got list"),
        ({"client": "none"}, ValueError, "client must be a name in keyless_clients"),
        (
            {"records_per_s": 1e9, "client": "kafka-clients 2.4"},
            ValueError,
            (
                "duration_s must be so short that a simulation takes at most 10,000,000 draws of "
                "a partition, got one of 30,000,000,000"
            ),
        ),
        (
            {"records_per_s": 1e5, "client": "kafka-clients 2.4", "slow_partitions": {0: 1}},
            ValueError,
            "with slow partitions takes at most 2,000,000 draws .* got one of 3,000,000",
        ),
        (
            {"partitions": 100_000, "windows": 1_000},
            ValueError,
            "windows times partitions must be at most 50,000,000, got 1,000 × 100,000",
        ),
    ],
)
def test_nonsense_is_refused(changes, error, message):
    with pytest.raises(error, match=message):
        simulate(**changes)
