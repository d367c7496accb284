"""Batches, requests and bytes: worked examples, a small simulation, and a real librdkafka."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.producers import batch_bytes, compare_batching, plan_batching, records_that_fit

rates = st.floats(1e-3, 1e7)


@pytest.mark.parametrize(
    ("records_per_s", "partitions", "linger_ms", "fill"),
    [
        pytest.param(100, 1, 5, 1.5, id="PD08 100/s, 5 ms (Poisson arrivals)"),
        pytest.param(20_000, 50, 10, 5, id="PD08 20,000/s over 50 partitions, 10 ms"),
        pytest.param(2_000, 1, 5, 11, id="PD08 2,000/s, 5 ms"),
    ],
)
def test_mean_fill_is_one_and_what_comes_within_linger(records_per_s, partitions, linger_ms, fill):
    plan = plan_batching(
        records_per_s,
        partitions=partitions,
        value_bytes=100,
        settings={"linger.ms": linger_ms},
    )
    assert plan.records_per_batch == pytest.approx(fill)
    assert (plan.filled_by, plan.full_share) == ("linger.ms", 0)
    assert plan.linger_s == linger_ms / 1_000


@pytest.mark.parametrize(
    ("partitions", "fill", "batches"),
    [
        pytest.param(10, 6.0, 1_667, id="PD09 10,000/s over 10 partitions (Poisson arrivals)"),
        pytest.param(100, 1.5, 6_667, id="PD09 10,000/s over 100 partitions"),
    ],
)
def test_more_partitions_make_emptier_batches(partitions, fill, batches):
    plan = plan_batching(10_000, partitions=partitions, value_bytes=100)
    assert plan.records_per_batch == pytest.approx(fill)
    assert plan.batches_per_s == pytest.approx(batches, abs=0.5)
    assert plan.requests_per_s == plan.batches_per_s


def test_price_of_more_partitions_is_told_and_tabled():
    price = compare_batching(10_000, partitions=[100, 10, 10], value_bytes=100)
    assert [plan.partitions for plan in price.plans] == [10, 100]
    assert price.reason == (
        "from 10 to 100 partitions a batch goes from 6 to 1.5 records, batches from 1,667 to "
        "6,667 a second, and the wire from 1.1 MiB/s to 1.4 MiB/s"
    )
    frame = price.to_frame()
    assert list(frame["partitions"]) == [10, 100]
    assert list(frame["records_per_batch"]) == pytest.approx([6.0, 1.5])
    assert "<table" in price._repr_html_()
    assert repr(price) == ("BatchingByPartitions(partitions=10 … 100, records_per_batch=6 … 1.5)")


def test_partitions_cost_nothing_without_keys():
    price = compare_batching(10_000, partitions=[10, 1_000], value_bytes=1_000, keying="keyless")
    assert price.reason.startswith("10 to 1,000 partitions make no difference: 16 records")
    assert {plan.memory_bytes for plan in price.plans} == {16_384}


def test_fast_rate_fills_batches_to_their_size():
    plan = plan_batching(1e6, partitions=10, value_bytes=100)
    assert (plan.records_per_batch, plan.records_that_fit) == (pytest.approx(148), 148)
    assert (plan.filled_by, plan.full_share, plan.fill_share) == ("batch.size", 1, 1)
    assert plan.batch_bytes == pytest.approx(16_277)
    # 1,000,000 / 148 batches of 16,277 bytes
    assert plan.batches_per_s == pytest.approx(6_756.757)
    assert plan.wire_bytes_per_s == pytest.approx(109_979_730, rel=1e-6)
    assert plan.payload_bytes_per_s == 1e8
    assert plan.overhead_ratio == pytest.approx(1.0998, abs=1e-4)


def test_mean_batch_between_two_sizes_weighs_between_them():
    plan = plan_batching(100, partitions=1, value_bytes=20)
    # half of the batches hold a second record of 27 bytes: 61 + 27 + 13.5
    assert plan.batch_bytes == pytest.approx(101.5)
    assert plan.wire_bytes_per_s == pytest.approx(100 / 1.5 * 101.5)


def test_batches_of_skewed_partitions_are_summed():
    plan = plan_batching(
        1_000,
        partitions=3,
        value_bytes=100,
        shares=[0.8, 0.2, 0.0],
        settings={"linger.ms": 10},
    )
    # 800/s fill 1 + 8, 200/s fill 1 + 2
    assert plan.batches_per_s == pytest.approx(800 / 9 + 200 / 3)
    assert plan.records_per_batch == pytest.approx(1_000 / (800 / 9 + 200 / 3))
    assert plan.memory_bytes == 2 * 16_384


def test_hot_partition_alone_may_fill_its_batches():
    plan = plan_batching(100_000, partitions=2, value_bytes=1_000, shares=[0.99, 0.01])
    assert plan.full_share == pytest.approx(0.99)
    assert plan.filled_by == "batch.size"


@given(rate=rates, partitions=st.integers(1, 50), producers=st.integers(1, 20))
def test_even_shares_are_no_shares(rate, partitions, producers):
    inputs = {"partitions": partitions, "value_bytes": 100, "producers": producers, "brokers": 3}
    even = plan_batching(rate, **inputs)
    told = plan_batching(rate, **inputs, shares=[1 / partitions] * partitions)
    for name in ("records_per_batch", "least_records_per_batch", "least_requests_per_s"):
        assert getattr(told, name) == pytest.approx(getattr(even, name))


@given(
    rate=rates,
    linger=st.integers(0, 1_000),
    inputs=st.fixed_dictionaries(
        {
            "partitions": st.integers(1, 200),
            "producers": st.integers(1, 50),
            "brokers": st.integers(1, 12),
            "client": st.sampled_from(["java", "librdkafka"]),
            "keying": st.sampled_from(["keyed", "keyless"]),
        }
    ),
)
def test_bounds_hold_for_every_rate(rate, linger, inputs):
    plan = plan_batching(rate, value_bytes=100, settings={"linger.ms": linger}, **inputs)
    assert 1 - 1e-9 <= plan.least_records_per_batch <= plan.records_per_batch
    assert plan.records_per_batch <= plan.records_that_fit * (1 + 1e-9)
    assert plan.least_requests_per_s <= plan.requests_per_s == plan.batches_per_s
    assert plan.records_per_batch * plan.batches_per_s == pytest.approx(rate)
    assert plan.batch_bytes * plan.batches_per_s == pytest.approx(plan.wire_bytes_per_s)
    assert plan.wire_bytes_per_s > plan.payload_bytes_per_s
    assert 0 < plan.fill_share <= 1 + 1e-9


@given(rate=rates, partitions=st.integers(1, 500), more=st.integers(1, 500))
def test_more_partitions_never_make_fuller_batches(rate, partitions, more):
    few, many = compare_batching(
        rate, partitions=[partitions, partitions + more], value_bytes=100
    ).plans
    assert many.records_per_batch <= few.records_per_batch * (1 + 1e-9)
    # a record past the 64th place takes a byte more, so emptier batches may save a little
    assert many.wire_bytes_per_s >= few.wire_bytes_per_s * 0.98


# --- requests that carry several batches ------------------------------------------------------


@pytest.mark.parametrize("together", [False, True])
def test_fill_is_what_a_simulation_gives(together):
    rng = np.random.default_rng(7)
    rate, partitions, linger_s, records = 2_000.0, 8, 0.005, 40_000
    arrivals = np.cumsum(rng.exponential(1 / rate, records))
    targets = rng.integers(partitions, size=records)
    due = np.full(partitions, math.inf)
    batches = requests = 0
    for time, target in zip(arrivals, targets, strict=True):
        while (first := due.min()) <= time:
            sent = due < math.inf if together else due == first
            batches += int(sent.sum())
            requests += 1
            due[sent] = math.inf
        due[target] = min(due[target], time + linger_s)
    plan = plan_batching(rate, partitions=partitions, value_bytes=100)
    expected = plan.least_records_per_batch if together else plan.records_per_batch
    assert records / batches == pytest.approx(expected, rel=0.02)
    requests_per_s = plan.least_requests_per_s if together else plan.requests_per_s
    assert requests / arrivals[-1] == pytest.approx(requests_per_s, rel=0.02)


def test_brokers_share_no_requests():
    one = plan_batching(10_000, partitions=100, value_bytes=100)
    # 1 + 10,000 × 0.005 records a request
    assert one.least_requests_per_s == pytest.approx(10_000 / 51)
    three = plan_batching(10_000, partitions=100, value_bytes=100, brokers=3)
    # 34, 33 and 33 leaders: 1 + 17 and 1 + 16.5 records
    assert three.least_requests_per_s == pytest.approx(3_400 / 18 + 2 * 3_300 / 17.5)
    assert plan_batching(10, partitions=2, value_bytes=1, brokers=9).brokers == 2
    idle = plan_batching(
        100, partitions=2, value_bytes=1, brokers=2, shares=[1, 0], settings={"linger.ms": 0}
    )
    assert idle.least_requests_per_s == pytest.approx(100)


def test_request_is_due_when_the_hottest_batch_is_full_or_the_request_is():
    fit = records_that_fit(16_384, 1_000)
    by_batch = plan_batching(1e5, partitions=4, value_bytes=1_000, settings={"linger.ms": 1_000})
    assert by_batch.least_requests_per_s == pytest.approx(1e5 / (4 * fit))
    by_request = plan_batching(
        1e5,
        partitions=4,
        value_bytes=1_000,
        settings={"linger.ms": 1_000, "max.request.size": 32_768},
    )
    record = batch_bytes(fit, 1_000, timestamp_delta_ms=1_000) / fit
    assert by_request.least_requests_per_s == pytest.approx(1e5 / (32_768 / record), rel=0.07)


# --- compression ------------------------------------------------------------------------------


def test_compression_lets_more_records_in_and_spares_the_header():
    plain = plan_batching(1e6, partitions=1, value_bytes=100)
    small = plan_batching(1e6, partitions=1, value_bytes=100, compression_ratio=4)
    # the margin of 5 % on an estimate of a quarter
    assert small.records_that_fit == records_that_fit(16_384, 100, estimated_ratio=0.2625)
    records = batch_bytes(small.records_that_fit, 100) - 61
    assert small.batch_bytes == pytest.approx(61 + records / 4)
    assert small.batches_per_s < plain.batches_per_s / 3.5
    assert small.payload_bytes_per_s == plain.payload_bytes_per_s


def test_codec_that_saves_nothing_still_costs_the_margin():
    plan = plan_batching(1e6, partitions=1, value_bytes=100, settings={"compression.type": "zstd"})
    assert plan.records_that_fit == 141


def test_librdkafka_bounds_batches_before_compression_and_by_their_number():
    inputs = {"partitions": 1, "value_bytes": 10, "client": "librdkafka"}
    by_number = plan_batching(1e7, **inputs, compression_ratio=4)
    assert (by_number.records_that_fit, by_number.filled_by) == (10_000, "batch.num.messages")
    by_size = plan_batching(1e7, **inputs, settings={"batch.size": 5_000})
    assert by_size.records_that_fit == records_that_fit(5_000, 10)
    assert by_size.filled_by == "batch.size"
    message = plan_batching(1e7, **inputs, settings={"message.max.bytes": 5_000})
    assert message.records_that_fit == by_size.records_that_fit


@pytest.mark.parametrize(
    ("settings", "client"),
    [
        ({"compression.type": "none"}, "java"),
        ({"compression.codec": "none"}, "librdkafka"),
    ],
)
def test_ratio_without_a_codec_is_refused(settings, client):
    inputs = {"partitions": 1, "value_bytes": 1, "settings": settings, "client": client}
    with pytest.raises(ValueError, match=r"^compression_ratio must be 1 with .*none.*got 3"):
        plan_batching(1, **inputs, compression_ratio=3)
    assert plan_batching(1, **inputs).compression_ratio == 1


# --- keyless ------------------------------------------------------------------------------------


def test_keyless_producer_fills_one_partition_at_a_time():
    keyless = plan_batching(4_000, partitions=50, value_bytes=100, producers=4, keying="keyless")
    assert keyless.records_per_batch == pytest.approx(6)  # 1 + 1,000 × 0.005
    assert keyless.least_requests_per_s == pytest.approx(keyless.batches_per_s)
    assert keyless.memory_bytes == 16_384


@pytest.mark.parametrize(
    ("sticky_ms", "fill"),
    [
        (None, 11),  # twice linger.ms: 1 + 1,000 × 0.010
        (4, 5),  # it turns to the next partition after 4 ms
        (0, 2),  # no partition is kept: 10 of them share the rate
    ],
)
def test_librdkafka_keeps_a_partition_for_a_time(sticky_ms, fill):
    settings = {"linger.ms": 10}
    if sticky_ms is not None:
        settings["sticky.partitioning.linger.ms"] = sticky_ms
    plan = plan_batching(
        1_000,
        partitions=10,
        value_bytes=100,
        keying="keyless",
        client="librdkafka",
        settings=settings,
    )
    assert plan.records_per_batch == pytest.approx(fill)


# --- memory and waiting -------------------------------------------------------------------------


def test_open_batches_may_take_more_than_the_buffer():
    plan = plan_batching(1_000, partitions=4_000, value_bytes=100)
    assert plan.memory_bytes == 4_000 * 16_384
    assert plan.reason.endswith(
        "open batches alone take 62.5 MiB, more than buffer.memory (32.0 MiB)"
    )
    large = plan_batching(1_000, partitions=2, value_bytes=100_000)
    assert large.memory_bytes == 2 * batch_bytes(1, 100_000)


def test_full_batches_last_as_long_as_the_buffer_holds_them():
    plan = plan_batching(4_000, partitions=10, value_bytes=1_000, key_bytes=16, producers=2)
    # 2,048 batches of 15 records, at 2,000 records/s
    assert plan.buffer_s == pytest.approx(2_048 * 15 / 2_000)


def test_librdkafka_holds_single_records():
    plan = plan_batching(
        100_000, partitions=10, value_bytes=1_000, client="librdkafka", producers=2
    )
    assert plan.memory_bytes == 250_000  # 50,000/s × 5 ms × 1,000 B
    assert plan.buffer.bound == "queue.buffering.max.messages"
    assert plan.buffer_s == 2.0
    tombstones = plan_batching(1, partitions=1, value_bytes=None, client="librdkafka")
    assert (tombstones.memory_bytes, tombstones.overhead_ratio) == (1, None)


# --- the result ---------------------------------------------------------------------------------


def test_reason_says_fill_batches_and_requests():
    assert plan_batching(10_000, partitions=10, value_bytes=100).reason == (
        "6 records (715 B) a batch, closed by linger.ms, make 1,667 batches/s in 196 to 1,667 "
        "requests/s; 4.1 % of the 148 that fit"
    )
    alone = plan_batching(10, partitions=1, value_bytes=20_000, settings={"linger.ms": 0})
    assert alone.reason == (
        "1 record (19.6 KiB) a batch, closed by batch.size, make 10 batches/s in 10 requests/s"
    )


def test_frame_and_repr_show_the_numbers():
    plan = plan_batching(10_000, partitions=10, value_bytes=100)
    amounts = plan.to_frame().set_index("quantity")["amount"]
    assert amounts["records_per_batch"] == pytest.approx(6)
    assert amounts["memory_bytes"] == 163_840
    assert repr(plan) == (
        "Batching(records_per_batch=6, batches_per_s=1667, filled_by='linger.ms', "
        "wire='1.1 MiB/s')"
    )
    assert "<table" in plan._repr_html_()


@pytest.mark.needs_dev
@pytest.mark.parametrize(
    ("records", "value_bytes", "settings"),
    [
        (148, 100, {}),
        (1, 100, {}),
        (148, 100, {"batch.size": 5_000}),
        (100, 100, {"batch.num.messages": 10}),
        (300, 1_000, {"batch.size": 16_384}),
    ],
)
def test_real_librdkafka_batches_alike(records, value_bytes, settings):
    seen = _real_batches(records, value_bytes, settings)
    plan = plan_batching(
        1e9,
        partitions=1,
        value_bytes=value_bytes,
        client="librdkafka",
        settings=settings,
    )
    most = min(records, plan.records_that_fit)
    assert most - 1 <= seen["most_records"] <= most
    assert seen["most_bytes"] == batch_bytes(seen["most_records"], value_bytes)
    assert seen["requests"] == seen["batches"]


def _real_batches(records, value_bytes, settings):
    """Produce at once to librdkafka's own mock broker, and read its statistics."""
    from confluent_kafka import Producer

    reports = []
    producer = Producer(
        {
            "bootstrap.servers": "mock",
            "test.mock.num.brokers": 1,
            "log_level": 0,
            "linger.ms": 250,
            "statistics.interval.ms": 50,
            "stats_cb": lambda text: reports.append(json.loads(text)),
            **settings,
        }
    )
    producer.list_topics("t", timeout=10)
    for _ in range(records):
        producer.produce("t", b"x" * value_bytes, partition=0)
    producer.flush(10)
    for _ in range(40):
        producer.poll(0.05)
        filled = [
            report["topics"]["t"]
            for report in reports
            if report["topics"].get("t", {}).get("batchcnt", {}).get("cnt")
        ]
        if sum(topic["batchcnt"]["sum"] for topic in filled) >= records:
            break
    return {
        "batches": sum(topic["batchcnt"]["cnt"] for topic in filled),
        "most_records": max(topic["batchcnt"]["max"] for topic in filled),
        "most_bytes": max(topic["batchsize"]["max"] for topic in filled),
        "requests": max(
            sum(broker["req"].get("Produce", 0) for broker in report["brokers"].values())
            for report in reports
        ),
    }


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("records_per_s", 0),
        ("records_per_s", math.inf),
        ("partitions", 0),
        ("value_bytes", -1),
        ("producers", 0),
        ("brokers", 0),
        ("keying", "sticky"),
        ("client", "go"),
        ("compression_ratio", 0.3),
        ("shares", [0.5, 0.5]),
        ("shares", [0.5, 0.2, 0.2]),
        ("shares", [0.5, 0.6, -0.1]),
        ("shares", [math.nan, 0.5, 0.5]),
    ],
)
def test_input_out_of_range_is_refused_by_name(name, bad):
    inputs = {"records_per_s": 1, "partitions": 3, "value_bytes": 1}
    with pytest.raises(ValueError, match=rf"^{name} must .*, got "):
        plan_batching(**{**inputs, name: bad})


def test_shares_without_keys_and_no_counts_are_refused():
    with pytest.raises(ValueError, match=r"^shares must be None without keys"):
        plan_batching(1, partitions=1, value_bytes=1, keying="keyless", shares=[1])
    with pytest.raises(ValueError, match=r"^partitions must be one count at least, got none"):
        compare_batching(1, partitions=[], value_bytes=1)
    with pytest.raises(ValueError, match=r"^bytes of records_per_s must be finite"):
        plan_batching(1e307, partitions=1, value_bytes=1_000)


def test_many_records_a_batch_are_written_in_full():
    plan = plan_batching(
        1e6, partitions=1, value_bytes=10, client="librdkafka", settings={"linger.ms": 100}
    )
    assert plan.reason.startswith("10,000 records (187.3 KiB) a batch, closed by batch.num.mess")


def test_a_batch_of_one_but_for_a_trace_is_one_record():
    plan = plan_batching(1e6, partitions=2**31 - 1, value_bytes=100)
    assert plan.records_per_batch > 1
    assert plan.reason.startswith("1 record (170.0 B) a batch")


def test_price_in_large_rates_has_no_exponent():
    price = compare_batching(1e6, partitions=[1, 10**6], value_bytes=100)
    assert "batches from 6,757 to 995,025 a second" in price.reason


def test_one_count_alone_is_told_as_it_is():
    alone = compare_batching(1_000, partitions=[1], value_bytes=100)
    assert alone.reason == f"1 partition: {alone.plans[0].reason}"


def test_one_number_instead_of_several_counts_is_refused():
    with pytest.raises(TypeError, match=r"^partitions must be Iterable, got int"):
        compare_batching(1, partitions=7, value_bytes=1)
    with pytest.raises(TypeError, match=r"^headers must be Iterable, got int"):
        plan_batching(1, partitions=7, value_bytes=1, headers=5)


def test_placed_keys_say_what_each_partition_takes():
    loads = PartitionLoads(loads=np.array([3.0, 1.0]), unit="records")
    inputs = {"partitions": 2, "value_bytes": 100}
    placed = plan_batching(1_000, **inputs, shares=loads)
    assert placed == plan_batching(1_000, **inputs, shares=[0.75, 0.25])


def test_a_batch_that_librdkafka_refuses_still_holds_a_record():
    plan = plan_batching(
        1, partitions=1, value_bytes=1, client="librdkafka", settings={"batch.num.messages": 0}
    )
    assert plan.records_that_fit == 1


def test_linger_beyond_what_the_client_counts_to_is_cut():
    longest = {"linger.ms": 2**63 - 1}
    plan = plan_batching(1, partitions=1, value_bytes=100, settings=longest)
    # 2**31 - 1 ms take 5 bytes instead of 1: 113 B for most records, and still 3 digits fit
    assert plan.records_that_fit == records_that_fit(16_384, 100, timestamp_delta_ms=2**31 - 1)
