"""Clients that take turns, and Kafka's fault that leaves partitions out, record by record."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.partitions.keyless.turns import dealt_in_turn, dealt_skipping, shares_skipping


def partitions_by_java(records, partitions, batch_records):
    """Where Java 2.4 … 3.9 puts each record: a batch that is missing or full costs a turn.

    As KafkaProducer.doSend reads: the partitioner is asked, the append is refused where a new
    batch would be needed, the partitioner is asked again, and that append opens a batch if it
    must.
    """
    counter, placed = 0, []
    batch = [batch_records] * partitions  # full is as good as none
    for _ in range(records):
        at = counter % partitions
        counter += 1
        if batch[at] >= batch_records:
            at = counter % partitions
            counter += 1
            if batch[at] >= batch_records:
                batch[at] = 0
        batch[at] += 1
        placed.append(at)
    return placed


@given(
    partitions=st.integers(1, 13),
    batch_records=st.integers(1, 6),
    records=st.integers(0, 400),
)
def test_skipping_is_what_the_client_does_record_by_record(partitions, batch_records, records):
    placed = partitions_by_java(records, partitions, batch_records)
    times = np.arange(records + 1)
    dealt = dealt_skipping(times, partitions, batch_records=batch_records)
    one_hot = np.eye(partitions, dtype=int)[placed].reshape(records, partitions)
    assert np.array_equal(np.diff(dealt, axis=0), one_hot)


def test_half_of_eight_partitions_get_everything():
    # kafka-clients 3.9.0, executed: a burst of 8,000 records to 8 partitions, or one at a time
    for batch_records in (1, 1_000):
        (dealt,) = dealt_skipping(np.array([8_000]), 8, batch_records=batch_records)
        assert dealt.tolist() == [0, 2_000, 0, 2_000, 0, 2_000, 0, 2_000]


def test_an_odd_number_of_partitions_is_even_after_as_many_rounds_as_partitions():
    # 7 rounds of 4 partitions with batches of 5 records
    dealt = dealt_skipping(np.array([20, 140]), 7, batch_records=5)
    assert dealt.tolist() == [[5, 5, 0, 5, 0, 5, 0], [20] * 7]


@given(partitions=st.integers(1, 20), records=st.integers(0, 300), data=st.data())
def test_turns_are_taken_one_by_one(partitions, records, data):
    first = data.draw(st.integers(0, partitions - 1))
    dealt = dealt_in_turn(np.arange(records + 1), partitions, first=first)
    expected = (first + np.arange(records)) % partitions
    assert np.array_equal(np.diff(dealt, axis=0).argmax(axis=1), expected)
    assert np.array_equal(dealt.sum(axis=1), np.arange(records + 1))


@pytest.mark.parametrize(
    ("partitions", "shares"),
    [
        pytest.param(1, [1], id="one"),
        pytest.param(2, [0, 1], id="two: all on one"),
        pytest.param(3, [1 / 3] * 3, id="odd: even"),
        pytest.param(4, [0, 0.5, 0, 0.5], id="even: half of them"),
    ],
)
def test_long_run_shares_of_the_fault(partitions, shares):
    assert shares_skipping(partitions).tolist() == pytest.approx(shares)
