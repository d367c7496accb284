"""How many records stay together: Kafka's rules by hand, and record by record."""

import math

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.partitions.keyless import (
    Batching,
    batching_of,
    find_keyless_client,
    keyless_clients,
    records_per_draw,
)
from kafka_sizing.partitions.keyless.clients import batch_header_bytes

KIP_794 = find_keyless_client("kafka-clients")
KIP_480 = find_keyless_client("kafka-clients 2.4")


def batching(client=KIP_794, *, record_bytes=1_000, batch_bytes=None, linger_s=None):
    return batching_of(
        client, record_bytes=record_bytes, batch_bytes=batch_bytes, linger_s=linger_s
    )


@pytest.mark.parametrize(
    ("record_bytes", "batch_bytes", "records"),
    [
        pytest.param(1_000, 16_384, 16, id="61 + 16 * 1,000 <= 16,384"),
        pytest.param(1_020, 16_384, 16, id="61 + 16 * 1,020 = 16,381"),
        pytest.param(1_021, 16_384, 15, id="61 + 16 * 1,021 = 16,397"),
        pytest.param(20_000, 16_384, 1, id="larger than a batch: alone in one"),
        pytest.param(10, 1, 1, id="batch.size 0 or 1: no batching"),
        pytest.param(0.1, 61.7, 7, id="an exact fit survives floats"),
    ],
)
def test_a_full_batch(record_bytes, batch_bytes, records):
    made = batching(record_bytes=record_bytes, batch_bytes=batch_bytes)
    assert made.full_records == records
    assert made.records(1e9) == records


@pytest.mark.parametrize(
    ("records_per_s", "linger_s", "wait_s", "records"),
    [
        pytest.param(1_000, 0.0, 0.0, 1, id="no linger: each record alone"),
        pytest.param(1_000, 0.005, 0.0, 6, id="the first and those of 5 ms"),
        pytest.param(1_000, 0.005, 0.002, 6, id="a wait within the linger changes nothing"),
        pytest.param(1_000, 0.005, 0.01, 11, id="a queue keeps the batch open"),
        pytest.param(1_000, 0.005, 9.0, 16, id="until it is full"),
        pytest.param(10_000, 0.3e-3, 0.0, 4, id="three in 0.3 ms survive floats"),
    ],
)
def test_a_batch_is_taken_once_it_lingered(records_per_s, linger_s, wait_s, records):
    assert batching(linger_s=linger_s).records(records_per_s, wait_s=wait_s) == records


def test_runs_of_seven_records_as_kafka_3_9_and_4_3_make_them():
    # Executed: batch.size=1000, values of 90 bytes sent one at a time, runs of 7 records.
    # A record without key: length 2, attributes, deltas and counts 5, value's length 2, value 90.
    one_by_one = batching(record_bytes=99, batch_bytes=1_000, linger_s=0)
    assert one_by_one.bytes_of(1) == 160
    assert records_per_draw(KIP_794, one_by_one, 10) == 7


@pytest.mark.parametrize(
    ("client", "records_per_s", "kwargs", "records"),
    [
        pytest.param("kafka-clients", 1e6, {}, 32, id="16 in a batch below 16 KiB: two batches"),
        pytest.param(
            "kafka-clients", 1e6, {"batch_bytes": 16_061}, 16, id="a batch to the byte: one"
        ),
        pytest.param("kafka-clients", 1_000, {}, 18, id="5 ms: batches of 6, three of 6,061"),
        pytest.param("kafka-clients", 1e6, {"record_bytes": 40_000}, 1, id="larger than batches"),
        pytest.param("kafka-clients 2.4", 1e6, {}, 1, id="linger 0 before 4.0: every record"),
        pytest.param("kafka-clients 2.4", 1e6, {"linger_s": 0.005}, 16, id="a batch"),
        pytest.param("librdkafka", 10_000, {}, 101, id="10 ms: the first and 100 more"),
        pytest.param("librdkafka", 10_000, {"linger_s": 0.05}, 1_001, id="twice linger.ms"),
        pytest.param("librdkafka", 10, {}, 1, id="rarer than 10 ms: every record"),
        pytest.param("franz-go", 10, {}, 65, id="65 of 1,000 bytes below 65,536"),
        pytest.param("franz-go", 10, {"record_bytes": 32_768}, 1, id="the second would reach it"),
        pytest.param("franz-go", 10, {"record_bytes": 99_999}, 1, id="one at least"),
        pytest.param("sarama", 1e6, {}, 1, id="every record"),
        pytest.param("kafka-clients 0.8.2", 1e6, {}, 1, id="in turn"),
    ],
)
def test_records_until_the_next_draw(client, records_per_s, kwargs, records):
    found = find_keyless_client(client)
    assert records_per_draw(found, batching(found, **kwargs), records_per_s) == records


def runs_by_java(batching, records_per_s, records):
    """Lengths of runs as RecordAccumulator.append makes them, record by record.

    Before an append: a batch that lingered is gone; one that cannot take the record is closed;
    then, if no open batch is left, or twice batch.size is reached, enough bytes mean a switch.
    """
    runs, run, produced, batch_bytes, opened_at = [], 0, 0.0, 0.0, 0
    for record in range(records):
        if batch_bytes and (record - opened_at) > records_per_s * batching.linger_s * (1 + 1e-9):
            batch_bytes = 0.0
        if batch_bytes and batch_bytes + batching.record_bytes > batching.batch_bytes + 1e-6:
            batch_bytes = 0.0
        if not batch_bytes and produced >= batching.batch_bytes:
            runs.append(run)
            run, produced = 0, 0.0
        if not batch_bytes:
            opened_at = record
            batch_bytes = batching.header_bytes
            produced += batching.header_bytes
        batch_bytes += batching.record_bytes
        produced += batching.record_bytes
        run += 1
        if produced >= 2 * batching.batch_bytes:
            runs.append(run)
            run, produced, batch_bytes = 0, 0.0, 0.0
    return runs


@given(
    record_bytes=st.integers(20, 3_000),
    batch_bytes=st.integers(200, 5_000),
    rate=st.floats(1, 1e5),
    linger_ms=st.integers(0, 50),
)
def test_runs_are_those_of_the_client_record_by_record(record_bytes, batch_bytes, rate, linger_ms):
    made = batching(record_bytes=record_bytes, batch_bytes=batch_bytes, linger_s=linger_ms / 1_000)
    expected = records_per_draw(KIP_794, made, rate)
    runs = runs_by_java(made, rate, 4 * expected + 1)
    assert set(runs) == {expected}
    # "between stickyBatchSize and stickyBatchSize * 2 bytes", but for records above a batch
    batches = math.ceil(expected / made.records(rate))
    sent = batches * made.header_bytes + expected * record_bytes
    assert sent >= batch_bytes
    assert sent < 2 * batch_bytes or expected == 1


def test_the_header_of_a_batch_is_that_of_its_format():
    # Offset 8, length 4, epoch 4, magic 1, checksum 4, attributes 2, last delta 4, times 16,
    # producer id 8, epoch 2, sequence 4, count 4: DefaultRecordBatch.java, apache/kafka
    assert batch_header_bytes() == 8 + 4 + 4 + 1 + 4 + 2 + 4 + 16 + 8 + 2 + 4 + 4


def test_defaults_are_those_of_the_client():
    assert batching() == Batching(
        record_bytes=1_000, batch_bytes=16_384, linger_s=0.005, header_bytes=61
    )
    assert batching(KIP_480).linger_s == 0  # until 3.9
    assert batching(find_keyless_client("librdkafka")).linger_s == pytest.approx(0.01)
    franz = batching(find_keyless_client("franz-go"))
    assert (franz.batch_bytes, franz.header_bytes) == (65_536, 0)
    assert batching(find_keyless_client("franz-go StickyKeyPartitioner")).batch_bytes == 1_000_012


def test_every_client_has_a_batching():
    for client in keyless_clients().values():
        assert records_per_draw(client, batching(client), 1_000) >= 1
