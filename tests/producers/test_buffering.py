"""How long producers buffer, by hand, and as real librdkafka does."""

import pytest

from kafka_sizing import MiB
from kafka_sizing.producers import time_until_blocked


@pytest.mark.parametrize(
    ("rate", "seconds"),
    [
        pytest.param(10e6, 3.355, id="PD10 32 MiB at 10 MB/s"),
        pytest.param(2.5e6, 13.42, id="PD10 32 MiB at 2.5 MB/s"),
    ],
)
def test_buffer_memory_over_the_rate_is_the_time_until_send_waits(rate, seconds):
    waiting = time_until_blocked(rate)
    assert waiting.buffer_s == pytest.approx(seconds, rel=1e-3)
    assert (waiting.bound, waiting.max_block_s, waiting.blocks) == ("buffer.memory", 60.0, True)
    assert waiting.first_failure_s == pytest.approx(seconds + 60, rel=1e-3)


def test_reason_says_when_and_what_then():
    assert time_until_blocked(MiB).reason == (
        "buffer.memory is full after 32 s at 1.0 MiB/s, then send() waits up to 60 s for room "
        "and fails"
    )


def test_slow_producer_loses_records_before_it_waits():
    # 32 MiB last 335 s, but after 120 s the first record is given up
    slow = time_until_blocked(1e5, records_per_s=10)
    assert not slow.blocks
    assert slow.first_failure_s == 120.0
    assert slow.records_per_s == 10.0
    assert "calls go on and records are lost" in slow.reason


def test_records_are_given_up_while_send_waits():
    patient = time_until_blocked(1e6, settings={"max.block.ms": 600_000})
    assert patient.blocks
    assert patient.first_failure_s == 120.0


def test_timeout_that_the_client_raises_counts_as_raised():
    assert time_until_blocked(1, settings={"request.timeout.ms": 150_000}).first_failure_s == (
        150.005
    )


@pytest.mark.parametrize(
    ("settings", "records_per_s", "bound", "seconds"),
    [
        # 1 GiB at 10 MB/s is 107 s, 100,000 records at 10,000/s are 10 s
        ({}, 10_000, "queue.buffering.max.messages", 10.0),
        ({}, None, "queue.buffering.max.kbytes", 107.374),
        ({}, 100, "queue.buffering.max.kbytes", 107.374),
        ({"queue.buffering.max.messages": 0}, 10_000, "queue.buffering.max.kbytes", 107.374),
        ({"queue.buffering.max.kbytes": 1_000}, 10_000, "queue.buffering.max.kbytes", 0.1024),
    ],
)
def test_librdkafka_bounds_records_and_values(settings, records_per_s, bound, seconds):
    waiting = time_until_blocked(
        10e6, records_per_s=records_per_s, settings=settings, client="librdkafka"
    )
    assert waiting.bound == bound
    assert waiting.buffer_s == pytest.approx(seconds, rel=1e-4)
    assert waiting.first_failure_s == waiting.buffer_s
    assert "produce() fails at once" in waiting.reason


def test_without_a_message_timeout_nothing_is_given_up():
    settings = {"message.timeout.ms": 0}
    waiting = time_until_blocked(1, settings=settings, client="librdkafka")
    assert waiting.delivery_timeout_s is None
    assert waiting.blocks
    assert waiting.first_failure_s == 2**30
    assert repr(waiting) == (
        "BufferTime(buffer_s=1.074e+09, bound='queue.buffering.max.kbytes', blocks=True)"
    )


@pytest.mark.needs_dev
@pytest.mark.parametrize(
    ("settings", "key", "value", "taken"),
    [
        ({"queue.buffering.max.messages": 7}, None, 1, 7),
        ({"queue.buffering.max.kbytes": 1}, None, 100, 10),
        ({"queue.buffering.max.kbytes": 1}, 100, 100, 10),
        ({"queue.buffering.max.kbytes": 1}, 1_000, 1, 1_024),
    ],
)
def test_real_librdkafka_takes_as_many_records_and_no_more(settings, key, value, taken):
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": "127.0.0.1:1", "log_level": 0, **settings})
    for _ in range(taken):
        producer.produce("t", b"v" * value, key=key and b"k" * key)
    with pytest.raises(BufferError):
        producer.produce("t", b"v" * value, key=key and b"k" * key)
    producer.purge()
    waiting = time_until_blocked(value, records_per_s=1, settings=settings, client="librdkafka")
    assert int(waiting.buffer_s) == taken


def test_rate_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"^bytes_per_s must be .* got 0"):
        time_until_blocked(0)
    with pytest.raises(ValueError, match=r"^records_per_s must be .* got -1"):
        time_until_blocked(1, records_per_s=-1)
    with pytest.raises(ValueError, match=r"^client must be one of 'java', 'librdkafka', got 'go'"):
        time_until_blocked(1, client="go")
    with pytest.raises(ValueError, match=r"^buffer over bytes_per_s must be finite"):
        time_until_blocked(1e-305)


def test_long_times_are_written_in_full():
    assert time_until_blocked(100).reason == (
        "records are given up after 120 s, before buffer.memory is full (335,544 s at 100 B/s), "
        "so calls go on and records are lost"
    )
