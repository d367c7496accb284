"""Bounds on the partitions of a topic that a cluster sets, against examples and arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.brokers.fitting import fits, partition_limits
from kafka_sizing.brokers.footprint import broker_footprint
from kafka_sizing.partitions.limits import Limit
from kafka_sizing.partitions.sizing import plan_partitions
from kafka_sizing.units import MB


def bounds(cluster, **changes) -> dict[str, Limit]:
    limits = partition_limits(cluster, **({"brokers": 3, "replication_factor": 3} | changes))
    return {limit.name.removeprefix(f"{cluster}: "): limit for limit in limits}


@pytest.mark.parametrize(
    ("cluster", "rates", "partitions"),
    [
        pytest.param(
            "MSK Serverless",
            {"wire_bytes_per_s": 100 * MB, "read_bytes_per_s": 300 * MB},
            30,
            id="PC15 MSK Serverless, 5 MB/s in and 10 MB/s out of a partition",
        ),
        pytest.param(
            "MSK Express large",
            {"wire_bytes_per_s": 500 * MB},
            34,
            id="PC16 MSK Express, 15 MB/s per partition",
        ),
        pytest.param(
            "OCI Streaming",
            {"wire_bytes_per_s": 12.4 * MB},
            13,
            id="PC17 OCI Streaming, 1 MB/s per partition",
        ),
    ],
)
def test_what_a_partition_carries_is_a_bound_from_below(cluster, rates, partitions):
    at_least = [limit for limit in bounds(cluster, **rates).values() if limit.bound == "at least"]
    assert max(limit.partitions for limit in at_least) == partitions
    assert len(at_least) == len(rates)
    assert all(limit.kind == "vendor" for limit in at_least)


def test_each_side_of_msk_serverless_asks_for_its_own_count():
    limits = bounds("MSK Serverless", wire_bytes_per_s=100 * MB, read_bytes_per_s=300 * MB)
    assert limits["writes to one partition"].partitions == 20
    assert limits["reads from one partition"].partitions == 30
    assert (limits["leaders"].bound, limits["leaders"].partitions) == ("at most", 2_400)
    assert limits["writes to one partition"].reason == (
        "95.4 MiB/s at 4.8 MiB/s per partition need 20"
    )
    assert limits["writes to one partition"].source == "Amazon MSK quota page, 2026-11-23"


def test_br30_processing_units_hold_partitions_of_the_namespace():
    """BR30: 2 PU hold 400 partitions in the namespace, 100 in one event hub."""
    limits = bounds("Event Hubs Premium", units=2)
    assert limits["leaders in the namespace"].partitions == 400
    assert limits["leaders per event hub"].partitions == 100
    taken = bounds("Event Hubs Premium", units=2, other_leaders=350)
    assert taken["leaders in the namespace"].partitions == 50
    assert taken["leaders per event hub"].partitions == 100


def test_br30_huawei_brokers_hold_topics_of_three_partitions():
    """BR30: 3 brokers of 250 partitions hold 250 topics of 3; its replicas do not count."""
    most = bounds("Huawei DMS 250")["leaders per broker"].partitions
    assert most // 3 == 250
    assert bounds("Huawei DMS 250", replication_factor=1)["leaders per broker"].partitions == most


@pytest.mark.parametrize(
    ("cluster", "changes", "name", "partitions"),
    [
        pytest.param(
            "MSK Standard m5.large", {}, "replicas per broker, for updates", 1_500,
            id="3 × 1,500 replicas over 3",
        ),
        pytest.param(
            "MSK Standard m5.large", {"other_replicas": 1_000},
            "replicas per broker, for updates", 1_166, id="(4,500 - 1,000) / 3, rounded down",
        ),
        pytest.param(
            "MSK Standard m5.large", {"other_leaders": 1_000},
            "replicas per broker, for updates", 1_500, id="leaders take nothing of replicas",
        ),
        pytest.param(
            "Alibaba Cloud", {"brokers": 200}, "replicas per cluster", 66_666,
            id="200,000 / 3 whatever the brokers",
        ),
        pytest.param(
            "MSK Serverless", {"other_leaders": 400}, "leaders", 2_000, id="2,400 - 400",
        ),
        pytest.param(
            "MSK Serverless", {"other_replicas": 400}, "leaders", 2_400,
            id="replicas take nothing of leaders",
        ),
        pytest.param(
            "Redpanda 26.x", {"units": 30}, "memory of replicas", 10_000,
            id="BR31 60 GB at 2 MB each of 3 replicas",
        ),
        pytest.param(
            "Redpanda 26.x", {"units": 30, "other_replicas": 3_000}, "memory of replicas", 9_000,
            id="27,000 replicas are left",
        ),
        pytest.param("CKafka", {"other_leaders": 9_999}, "leaders per topic", 3_000,
                     id="other topics have their own"),
    ],
)  # fmt: skip
def test_room_is_what_other_topics_leave(cluster, changes, name, partitions):
    limit = bounds(cluster, **changes)[name]
    assert (limit.bound, limit.partitions) == ("at most", partitions)


@pytest.mark.parametrize(
    ("cluster", "changes", "name", "reason"),
    [
        pytest.param(
            "MSK Serverless",
            {"other_leaders": 2_400},
            "leaders",
            "2,400 leaders less 2,400 of other topics leave no room for a partition",
            id="leaders",
        ),
        pytest.param(
            "MSK Standard t3.small",
            {"other_replicas": 898},
            "replicas per broker, for updates",
            "900 replicas less 898 of other topics, over 3 replicas each leave no room for a "
            "partition",
            id="two replicas are left for three",
        ),
    ],
)
def test_a_full_cluster_is_a_bound_that_no_count_meets(cluster, changes, name, reason):
    limit = bounds(cluster, **changes)[name]
    assert (limit.bound, limit.partitions, limit.reason) == ("at least", None, reason)


def test_one_partition_of_room_is_room():
    assert bounds("MSK Serverless", other_leaders=2_399)["leaders"].partitions == 1
    full = bounds("MSK Standard t3.small", other_replicas=897)
    assert full["replicas per broker, for updates"].partitions == 1


def test_advice_is_left_out_unless_asked_for():
    assert partition_limits("KRaft", brokers=3, replication_factor=3) == ()
    advised = bounds("KRaft", advice="recommended")
    assert {name: limit.partitions for name, limit in advised.items()} == {
        "hot replicas per broker": 1_000
    }
    both = bounds("MSK Express large", advice="recommended")
    assert [limit.partitions for limit in both.values()] == [1_000, 1_500]


def test_no_rate_needs_one_partition():
    assert bounds("OCI Streaming", wire_bytes_per_s=0)["writes to one partition"].partitions == 1
    assert bounds("OCI Streaming") == {}


def test_upper_bounds_go_straight_into_a_plan():
    limits = partition_limits("MSK Serverless", brokers=3, replication_factor=3)
    plan = plan_partitions(100 * MB, producer_bytes_per_s=5 * MB, upper_limits=limits)
    assert (plan.partitions, plan.feasible) == (20, True)


@given(
    brokers=st.integers(1, 30),
    copies=st.integers(1, 3),
    other=st.integers(0, 900),
)
def test_the_bound_fits_and_one_more_does_not(brokers, copies, other):
    copies = min(copies, brokers)
    (most,) = (
        limit.partitions
        for limit in partition_limits(
            "Alibaba Cloud", brokers=brokers, replication_factor=copies, other_replicas=other
        )
        if limit.name == "Alibaba Cloud: replicas per broker"
    )

    def fit(partitions):
        taken = broker_footprint(
            partitions,
            wire_bytes_per_s=1.0,
            replication_factor=copies,
            brokers=brokers,
            other_replicas=other,
            retention_s=3_600,
        )
        return fits(taken, "Alibaba Cloud").fits

    assert fit(most)
    assert not fit(most + 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"brokers": 0}, "brokers must be a whole number"),
        ({"replication_factor": 0}, "replication_factor must be a whole number"),
        ({"units": 0}, "units must be a whole number"),
        ({"other_leaders": -1}, "other_leaders must be a whole number"),
        ({"other_replicas": -1}, "other_replicas must be a whole number"),
        ({"wire_bytes_per_s": -1}, "wire_bytes_per_s must be finite and >= 0"),
        ({"read_bytes_per_s": -1}, "read_bytes_per_s must be finite and >= 0"),
        ({"advice": "all"}, "advice must be one of 'hard', 'recommended'"),
    ],
)
def test_errors_name_the_argument(changes, message):
    with pytest.raises(ValueError, match=message):
        bounds("KRaft", **changes)
