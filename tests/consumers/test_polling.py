"""The poll contract and fetch memory, against hand arithmetic on Kafka's defaults."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.polling import fetch_memory, poll_budget
from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.units import MiB

# --- poll_budget -------------------------------------------------------------------------


def test_defaults_leave_600_ms_for_a_record():
    budget = poll_budget()
    assert (budget.max_poll_records, budget.max_poll_interval_s) == (500, 300)
    assert budget.record_budget_s == pytest.approx(0.6)
    assert (budget.most_records, budget.batch_s, budget.fits) == (None, None, None)


@pytest.mark.parametrize(
    ("processing", "share", "threads", "most"),
    [
        pytest.param(0.2, 0.5, 1, 750, id="half of 300 s at 200 ms"),
        pytest.param(0.2, 1, 1, 1_500, id="all of 300 s at 200 ms"),
        pytest.param(0.6, 1, 1, 500, id="just what is set"),
        pytest.param(7, 1, 1, 42, id="300 / 7 rounded down"),
        pytest.param(0.3, 0.001, 1, 1, id="0.3 s in 0.3 s is one"),
        pytest.param(301, 1, 1, 0, id="one takes too long"),
        pytest.param(301, 1, 8, 0, id="more threads do not shorten one"),
        pytest.param(7, 1, 4, 168, id="four at a time"),
        pytest.param(1e-9, 1, 1, 2**31 - 1, id="no more than can be set"),
        pytest.param(5e-324, 1, 1, 2**31 - 1, id="next to no time"),
    ],
)
def test_most_records_fit_the_interval(processing, share, threads, most):
    budget = poll_budget(processing, interval_share=share, threads=threads)
    assert budget.most_records == most
    assert budget.fits is (most >= 500)


@given(
    processing=st.floats(1e-3, 1e3),
    threads=st.integers(1, 20),
    share=st.floats(0.01, 1),
    records=st.integers(1, 10_000),
)
def test_a_batch_fits_exactly_if_it_is_done_in_time(processing, threads, share, records):
    settings = ConsumerSettings(max_poll_records=records)
    budget = poll_budget(processing, interval_share=share, threads=threads, settings=settings)
    assert budget.batch_s == pytest.approx(math.ceil(records / threads) * processing)
    if budget.fits:
        assert budget.batch_s <= 300 * share * (1 + 1e-6)
    else:
        assert budget.batch_s > 300 * share * (1 - 1e-6)
    assert budget.record_budget_s * math.ceil(records / threads) == pytest.approx(300 * share)


def test_settings_replace_the_defaults():
    settings = ConsumerSettings(max_poll_records=10, max_poll_interval_s=60)
    budget = poll_budget(5, settings=settings)
    assert (budget.record_budget_s, budget.batch_s, budget.most_records) == (6, 50, 12)
    assert budget.fits is True


@pytest.mark.parametrize(
    ("processing", "inputs", "words"),
    [
        (None, {}, "500 records may take 0.6 s each within max.poll.interval.ms (300 s)"),
        (
            None,
            {"settings": ConsumerSettings(max_poll_records=1)},
            "1 record may take 300 s each within max.poll.interval.ms (300 s)",
        ),
        (
            0.2,
            {"interval_share": 0.5},
            (
                "a poll of 500 records takes 100 s at 0.2 s each, within 50.0 % of "
                "max.poll.interval.ms (300 s)"
            ),
        ),
        (
            2,
            {},
            (
                "a poll of 500 records takes 1,000 s at 2 s each, more than max.poll.interval.ms "
                "(300 s), and the group takes the member for stuck: max.poll.records may be 150 "
                "at most"
            ),
        ),
        (
            400,
            {},
            (
                "one record takes 400 s, more than max.poll.interval.ms (300 s): raise "
                "max.poll.interval.ms, or hand records over and pause the partition meanwhile"
            ),
        ),
    ],
)
def test_the_reason_says_what_to_change(processing, inputs, words):
    assert poll_budget(processing, **inputs).reason == words


def test_repr_of_the_budget_is_one_line():
    assert repr(poll_budget(0.2, interval_share=0.5)) == (
        "PollBudget(max_poll_records=500, most_records=750, record_budget_s=0.3, fits=True)"
    )


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"processing_s": 0}, r"^processing_s must be finite and > 0, got 0"),
        ({"interval_share": 0}, r"^interval_share must be a share in \(0, 1\], got 0"),
        ({"threads": 0}, r"^threads must be a whole number .* got 0"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused_by_name(inputs, message):
    with pytest.raises(ValueError, match=message):
        poll_budget(**inputs)


# --- fetch_memory ------------------------------------------------------------------------


def test_partitions_bound_what_90_of_them_send():
    memory = fetch_memory(90, brokers=3)
    assert memory.partition_bytes == 90 * MiB
    assert memory.broker_bytes == 150 * MiB
    assert memory.total_bytes == memory.fetch_bytes == 90 * MiB
    assert memory.binding == "max.partition.fetch.bytes"
    assert memory.queue_bytes == 0


def test_brokers_bound_what_more_partitions_send():
    memory = fetch_memory(151, brokers=3)
    assert memory.total_bytes == 150 * MiB
    assert memory.binding == "fetch.max.bytes"
    assert fetch_memory(150, brokers=3).binding == "max.partition.fetch.bytes"


def test_librdkafka_holds_a_queue_beside_the_fetches():
    memory = fetch_memory(10, brokers=1, client="librdkafka")
    assert memory.queue_bytes == 64 * MiB
    assert memory.fetch_bytes == 10 * MiB
    assert memory.total_bytes == 74 * MiB
    assert fetch_memory(10, brokers=1, client="librdkafka", queue_bytes=MiB).queue_bytes == MiB


def test_settings_and_a_large_batch_count():
    memory = fetch_memory(
        4, brokers=2, max_partition_fetch_bytes=100, fetch_max_bytes=150, largest_batch_bytes=7
    )
    assert (memory.partition_bytes, memory.broker_bytes) == (400, 300)
    assert memory.total_bytes == 307


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (
            {"brokers": 3},
            "at most 90.0 MiB: 90.0 MiB of fetches, bounded by max.partition.fetch.bytes",
        ),
        (
            {"brokers": 1, "client": "librdkafka", "largest_batch_bytes": 5 * MiB},
            (
                "at most 119.0 MiB: 50.0 MiB of fetches, bounded by fetch.max.bytes, 5.0 MiB for "
                "a first batch larger than its bound, 64.0 MiB queued for the application"
            ),
        ),
    ],
)
def test_the_reason_says_what_the_memory_is_made_of(inputs, words):
    assert fetch_memory(90, **inputs).reason == words


def test_repr_of_the_memory_is_one_line():
    assert repr(fetch_memory(10, brokers=1, client="librdkafka")) == (
        "FetchMemory(total='74.0 MiB', client='librdkafka', binding='max.partition.fetch.bytes')"
    )


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"partitions": 0}, r"^partitions must be a whole number .* got 0"),
        ({"brokers": 0}, r"^brokers must be a whole number .* got 0"),
        ({"client": "sarama"}, r"^client must be one of 'java', 'librdkafka', got 'sarama'"),
        ({"queue_bytes": 1}, r"^queue_bytes must go with client 'librdkafka', got 1"),
        ({"fetch_max_bytes": 0}, r"^fetch_max_bytes must be a whole number .* got 0"),
        ({"max_partition_fetch_bytes": 0}, r"^max_partition_fetch_bytes must be .* got 0"),
        ({"largest_batch_bytes": -1}, r"^largest_batch_bytes must be .* got -1"),
    ],
)
def test_memory_that_makes_no_sense_is_refused_by_name(inputs, message):
    given = {"partitions": 1, "brokers": 1} | inputs
    with pytest.raises(ValueError, match=message):
        fetch_memory(given.pop("partitions"), **given)
