"""Slow partitions: adaptive clients give them what they take, sticky ones too much."""

import numpy as np
import pytest

from kafka_sizing.partitions.keyless import find_keyless_client, simulate_keyless
from kafka_sizing.partitions.keyless.queues import Queue, SlowProducer

pytestmark = pytest.mark.long


def shares(client, slow, *, rate=10_000, duration_s=60, partitions=12, **kwargs):
    spread = simulate_keyless(
        rate,
        partitions=partitions,
        duration_s=duration_s,
        client=client,
        slow_partitions=slow,
        simulations=1,
        rng=5,
        **kwargs,
    )
    assert spread.predicted_evens_out_s is None
    return spread.loads.shares


@pytest.mark.parametrize("client", ["kafka-clients", "franz-go"])
def test_adaptive_draws_give_a_slow_partition_what_it_takes(client):
    # In balance as much is drawn for it as it takes, 300 of 10,000 records/s. What waits comes
    # on top: four batches of 16, or 400 records, of the 600,000.
    slow, *_ = shares(client, {0: 300})
    draws = 10_000 * 60 / 32
    error = 4 * np.sqrt(0.03 / draws)
    queue_share = {"kafka-clients": 4 * 16, "franz-go": 400}[client] / 600_000
    assert slow == pytest.approx(0.03, abs=error + queue_share + 0.001)


def test_draws_that_heed_no_queue_give_a_slow_partition_its_even_share():
    # Between batch.size and twice that, however long the queue: full batches, and two of them
    draws = 10_000 * 60 / 32
    slow, *_ = shares("kafka-clients, adaptive off", {0: 300})
    assert slow == pytest.approx(1 / 12, abs=4 * np.sqrt(1 / 12 / draws))


def test_a_slow_partition_hoards_records_of_clients_that_stay_until_a_new_batch():
    # KAFKA-10888. Each partition is drawn equally often; the slow one's batch is open until it
    # is full, 16 records, any other one's until the next record: 16 of 16 + 11.
    drawn = shares("kafka-clients 2.4", {0: 1}, rate=2_000)
    draws = 2_000 * 60 / (27 / 12)
    # 4 standard errors of the number of draws, times the part that each carries
    assert drawn[0] == pytest.approx(16 / 27, abs=16 / 27 * 4 * np.sqrt(12 / draws))
    other = shares("franz-go StickyKeyPartitioner", {0: 1}, rate=2_000, batch_bytes=16_384)
    assert other[0] == pytest.approx(16 / 27, abs=16 / 27 * 4 * np.sqrt(12 / draws))


def test_a_partition_that_keeps_up_gets_no_less():
    error = 4 * np.sqrt(1 / 12 / (10_000 * 60 / 32))
    # What it takes is far above its 833 records/s.
    assert shares("kafka-clients", {0: 100_000})[0] == pytest.approx(1 / 12, abs=error)


def test_partitions_that_are_all_slow_share_by_what_they_take():
    slow = dict(enumerate([100, 100, 400, 400]))
    drawn = shares("kafka-clients", slow, partitions=4, rate=1_000, duration_s=600)
    # All that is sent is taken: 1/10 and 4/10 of it; 4 standard errors of 600,000 / 18 draws,
    # and queues of up to some 50 batches of 16 among 600,000 records.
    error = 4 * np.sqrt(0.4 * 0.6 / (600_000 / 18)) + 50 * 16 / 600_000
    assert drawn.tolist() == pytest.approx([0.1, 0.1, 0.4, 0.4], abs=error)


@pytest.mark.parametrize("client", ["librdkafka", "sarama", "kafkajs"])
def test_other_clients_do_not_heed_slow_partitions(client):
    kwargs = {"partitions": 6, "duration_s": 20, "client": client, "rng": 3, "simulations": 1}
    plain = simulate_keyless(1_000, **kwargs)
    slow = simulate_keyless(1_000, slow_partitions={2: 1}, **kwargs)
    assert np.array_equal(plain.records, slow.records)
    assert slow.predicted_evens_out_s == plain.predicted_evens_out_s


def producer(client, queues, seed=1):
    from kafka_sizing.partitions.keyless import batching_of

    found = find_keyless_client(client)
    return SlowProducer(
        client=found,
        batching=batching_of(found, record_bytes=1_000, batch_bytes=None, linger_s=None),
        records_per_s=1_000,
        partitions=3,
        queues=queues,
        rng=np.random.default_rng(seed),
    )


def test_weights_are_the_example_of_the_source():
    # BuiltInPartitioner.java: queues 0, 3 and 1 have weights 4, 1 and 3.
    waiting = {
        1: Queue(records_per_s=48, free_at_s=1.0),
        2: Queue(records_per_s=16, free_at_s=1.0),
    }
    fast, slow = producer("kafka-clients", waiting)._weights(0.0)
    assert (fast, slow) == (4, {1: 1, 2: 3})


def test_weights_of_franz_go_are_one_over_queue_plus_one():
    # partitioner.go: 1/1 and 1/3 for no record and two
    fast, slow = producer("franz-go", {1: Queue(records_per_s=2, free_at_s=1.0)})._weights(0.0)
    assert (fast, slow) == (1, {1: pytest.approx(1 / 3)})


def test_weighted_draws_come_as_often_as_they_weigh():
    waiting = {
        0: Queue(records_per_s=48, free_at_s=1.0),
        2: Queue(records_per_s=16, free_at_s=1.0),
    }
    drawing = producer("kafka-clients", waiting)
    drawn = np.bincount([drawing._next(0, 0.0, heed=True) for _ in range(8_000)], minlength=3)
    # weights 1, 4 and 3 of 8; four standard errors
    assert (drawn / 8_000).tolist() == pytest.approx(
        [1 / 8, 4 / 8, 3 / 8], abs=4 * 0.5 / 8_000**0.5
    )


def test_a_queue_empties_at_its_rate():
    queue = Queue(records_per_s=10)
    queue.add(30, 1.0)
    assert (queue.wait_s(1.0), queue.records(2.0), queue.wait_s(9.0)) == (3.0, 20.0, 0.0)
    queue.add(10, 9.0)
    assert queue.wait_s(9.0) == 1.0
