"""What replication adds to latency, against what was measured."""

from __future__ import annotations

import pytest

from kafka_sizing.brokers.latency import latency_advice, replication_latency


@pytest.mark.parametrize(
    ("brokers", "replication_factor", "added_s"),
    [
        pytest.param(2, 2, 0.020, id="1,000 partitions from one broker to another (Rao 2015)"),
        pytest.param(11, 2, 0.002, id="spread over ten other brokers (Rao 2015)"),
        pytest.param(11, 3, 0.004, id="two followers each: twice as many to fetch"),
        pytest.param(1, 1, 0, id="nothing is replicated"),
    ],
)
def test_each_partition_fetched_adds_its_part(brokers, replication_factor, added_s):
    latency = replication_latency(1_000, replication_factor=replication_factor, brokers=brokers)
    assert latency.added_s == pytest.approx(added_s)
    assert latency.kind == "measured"


def test_the_time_of_a_partition_can_be_given():
    latency = replication_latency(100, replication_factor=3, brokers=3, per_partition_s=0.001)
    assert latency.added_s == pytest.approx(0.1)
    assert latency.reason == (
        "each broker fetches 100 partitions from each other one, which adds 100 ms"
    )
    assert repr(latency).endswith("added_s=0.1)")
    assert replication_latency(9, replication_factor=1, brokers=3).reason == (
        "nothing is replicated, so nothing waits for it"
    )


@pytest.mark.parametrize(
    ("reading", "partitions", "per_broker"),
    [
        pytest.param("cluster", 1_500, 300, id="BR03 cluster-wide reading (Rao 2015)"),
        pytest.param("broker", 7_500, 1_500, id="BR03 read for each broker (Rao 2015)"),
    ],
)
def test_the_rule_for_latency_is_advice(reading, partitions, per_broker):
    advice = latency_advice(5, replication_factor=3, reading=reading)
    assert (advice.partitions, advice.partitions_per_broker) == (partitions, per_broker)
    assert advice.kind == "rule"
    assert advice.reason.startswith(
        "a rule of thumb, not a limit: where latency matters, 100 × brokers × replication factor"
    )
    assert ("each broker" if reading == "broker" else "the cluster") in advice.reason


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: latency_advice(0, replication_factor=1), r"brokers must be a whole number"),
        (lambda: latency_advice(1, replication_factor=0), r"replication_factor must be"),
        (lambda: latency_advice(1, replication_factor=1, reading="zone"), r"reading must be one"),
        (lambda: replication_latency(1, replication_factor=3, brokers=2),
         r"replication_factor must be a whole number in 1 … 2, got 3"),
        (lambda: replication_latency(-1, replication_factor=1, brokers=2), r"leaders_per_broker"),
        (lambda: replication_latency(1, replication_factor=1, brokers=2, per_partition_s=-1),
         r"per_partition_s must be"),
    ],
)  # fmt: skip
def test_nonsense_is_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_many_partitions_are_written_in_full():
    latency = replication_latency(1_000_000, replication_factor=3, brokers=3)
    assert latency.reason == (
        "each broker fetches 1,000,000 partitions from each other one, which adds 20,000 ms"
    )


def test_a_time_of_ones_own_is_not_said_to_be_published():
    own = replication_latency(10, replication_factor=3, brokers=3, per_partition_s=0.001)
    assert own.source == "given"
    published = replication_latency(10, replication_factor=3, brokers=3)
    assert published.source.startswith("Rao, Confluent blog")


def test_a_time_beyond_a_float_is_refused():
    with pytest.raises(ValueError, match=r"^per_partition_s of all partitions must be finite"):
        replication_latency(10, replication_factor=2, brokers=2, per_partition_s=1e305)
