"""KEDA's metric against its own tests, worked examples of its source, and hand arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.scaling.hpa import hpa_replicas
from kafka_sizing.consumers.scaling.keda import KedaTrigger, keda_metric

lags = st.lists(st.integers(0, 10**6), min_size=1, max_size=60)


def spread(total, partitions):
    """Give lags that add up to a total."""
    return np.diff(np.floor(np.linspace(0, total, partitions + 1)))


@pytest.mark.parametrize(
    ("lag", "factor"), [(10, 1), (20, 2), (40, 4), (50, 5), (99, 10), (100, 10), (101, 20)]
)
def test_even_counts_of_a_hundred_partitions_are_those_of_keda(lag, factor):
    """kafka_scaler_test.go: factors of 100 partitions at a threshold of 10."""
    metric = keda_metric(spread(lag, 100), trigger=KedaTrigger(limit="even"))
    assert metric.members == factor
    assert metric.records == 10 * factor


def test_an_even_count_is_the_next_divisor():
    metric = keda_metric(spread(45, 12), trigger=KedaTrigger(limit="even"))
    assert (metric.counted_lag_records, metric.records, metric.members) == (45, 60, 6)
    assert keda_metric(spread(10**6, 12), trigger=KedaTrigger(limit="even")).members == 12
    assert keda_metric([0] * 12, trigger=KedaTrigger(limit="even")).members == 1


def test_no_more_members_than_partitions_with_lag():
    lag = [30_000] * 3 + [0] * 27
    trigger = KedaTrigger(lag_threshold=1_000, limit="partitions with lag")
    metric = keda_metric(lag, trigger=trigger)
    assert (metric.records, metric.members, metric.partitions_with_lag) == (3_000, 3, 3)
    assert keda_metric(lag, trigger=KedaTrigger(lag_threshold=1_000)).members == 30
    assert keda_metric([0] * 30, trigger=trigger).members == 0


def test_the_cut_lets_one_member_too_many_through():
    """The cut compares whole quotients, 100 and 100; the autoscaler rounds 100.9 up."""
    metric = keda_metric(spread(1_009, 100))
    assert (metric.records, metric.members) == (1_009, 101)
    assert hpa_replicas(metric.records, threshold=10, members=50) == 101
    assert keda_metric(spread(1_010, 100)).members == 100


def test_idle_members_may_be_allowed():
    metric = keda_metric([500, 500], trigger=KedaTrigger(limit="none"))
    assert metric.members == 100
    assert keda_metric([500, 500]).members == 2


@pytest.mark.parametrize(
    ("lag", "activation", "active"),
    [
        pytest.param(0, 0, False, id="nothing"),
        pytest.param(1, 0, True, id="one record"),
        pytest.param(5, 5, False, id="at the threshold"),
        pytest.param(6, 5, True, id="above the threshold"),
    ],
)
def test_a_group_is_active_above_the_activation_threshold(lag, activation, active):
    trigger = KedaTrigger(activation_lag_threshold=activation)
    assert keda_metric([lag, 0], trigger=trigger).active is active


@pytest.mark.parametrize(
    ("changes", "total"),
    [
        pytest.param({}, 21, id="latest: one record for it"),
        pytest.param({"uncommitted": "ignored"}, 20, id="latest, ignored"),
        pytest.param({"offset_reset": "earliest"}, 1_020, id="earliest: all there is"),
        pytest.param(
            {"offset_reset": "earliest", "uncommitted": "ignored"}, 20, id="earliest, ignored"
        ),
    ],
)
def test_a_partition_without_a_committed_offset_counts_by_the_settings(changes, total):
    metric = keda_metric(
        [20, 1_000], committed=[True, False], trigger=KedaTrigger(limit="none", **changes)
    )
    assert metric.records == metric.total_lag_records == total


def test_persistent_lag_counts_for_waking_up_only():
    trigger = KedaTrigger(lag_threshold=100, persistent_lag="excluded")
    metric = keda_metric([700, 300], moved=[False, True], trigger=trigger)
    assert (metric.counted_lag_records, metric.total_lag_records) == (300, 1_000)
    assert metric.partitions_with_lag == 1
    stuck = keda_metric([700], moved=[False], trigger=trigger)
    assert (stuck.members, stuck.active) == (0, True)
    assert keda_metric([700, 300], moved=[False, True]).counted_lag_records == 1_000
    assert keda_metric([700, 300], trigger=trigger).counted_lag_records == 1_000  # first look


def test_a_partition_nobody_committed_on_is_never_persistent():
    trigger = KedaTrigger(persistent_lag="excluded", offset_reset="earliest", limit="none")
    metric = keda_metric([700, 50], moved=[False, False], committed=[False, True], trigger=trigger)
    assert metric.counted_lag_records == 700


def test_one_record_is_a_lag():
    trigger = KedaTrigger(limit="partitions with lag", lag_threshold=1)
    assert keda_metric([1, 5, 0], trigger=trigger).partitions_with_lag == 2


def test_lag_is_counted_in_whole_records():
    assert keda_metric([0.4, 0.4]).active is False
    assert keda_metric([0.6]).records == 1


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        pytest.param(keda_metric([45]), "lag 45 at 10 a member, cut to 10: 1 partition in all"),
        pytest.param(
            keda_metric([45] * 9), "lag 405 at 10 a member, cut to 90: 9 partitions in all"
        ),
        pytest.param(
            keda_metric([99, 99, 0], trigger=KedaTrigger(limit="partitions with lag")),
            "lag 198 at 10 a member, cut to 20: 2 partitions with lag",
        ),
        pytest.param(
            keda_metric(spread(45, 12), trigger=KedaTrigger(limit="even")),
            "lag 45 at 10 a member, taken for 60: 6 members share 12 partitions evenly",
        ),
        pytest.param(
            keda_metric([3], trigger=KedaTrigger(limit="even")),
            "lag 3 at 10 a member, taken for 10: 1 member shares 1 partition evenly",
        ),
        pytest.param(
            keda_metric(
                [7_000, 3_000],
                moved=[False, True],
                trigger=KedaTrigger(lag_threshold=2_000, persistent_lag="excluded"),
            ),
            "lag 3,000 at 2,000 a member (7,000 more is persistent)",
        ),
    ],
)
def test_a_metric_says_how_it_came_about(metric, reason):
    assert metric.reason == reason


@given(lag=lags, threshold=st.integers(1, 10**5))
def test_the_limit_holds_but_for_the_one_that_rounding_lets_through(lag, threshold):
    for limit in ("partitions", "partitions with lag", "even"):
        metric = keda_metric(lag, trigger=KedaTrigger(lag_threshold=threshold, limit=limit))
        most = metric.partitions_with_lag if limit == "partitions with lag" else len(lag)
        assert metric.members <= most + (limit != "even")
        assert metric.total_lag_records == sum(lag)


@given(lag=lags, threshold=st.integers(1, 10**5))
def test_even_counts_divide_the_partitions(lag, threshold):
    metric = keda_metric(lag, trigger=KedaTrigger(lag_threshold=threshold, limit="even"))
    assert len(lag) % metric.members == 0


@given(lag=lags, threshold=st.integers(1, 10**5), more=st.integers(1, 10**6))
def test_more_lag_never_asks_for_fewer_members(lag, threshold, more):
    for limit in ("partitions with lag", "even", "none"):
        trigger = KedaTrigger(lag_threshold=threshold, limit=limit)
        before = keda_metric(lag, trigger=trigger)
        after = keda_metric([lag[0] + more, *lag[1:]], trigger=trigger)
        # Where the cut begins to bite, the member that rounding let through goes again.
        assert after.members >= before.members - (limit == "partitions with lag")


def test_the_metadata_of_a_manifest_is_understood():
    trigger = KedaTrigger.from_metadata(
        {
            "bootstrapServers": "kafka:9092",
            "consumerGroup": "billing",
            "topic": "orders",
            "lagThreshold": "50",
            "activationLagThreshold": 3,
            "offsetResetPolicy": "earliest",
            "excludePersistentLag": "true",
            "scaleToZeroOnInvalidOffset": True,
            "limitToPartitionsWithLag": "T",
            "allowIdleConsumers": "false",
        }
    )
    assert trigger == KedaTrigger(
        lag_threshold=50,
        activation_lag_threshold=3,
        limit="partitions with lag",
        persistent_lag="excluded",
        uncommitted="ignored",
        offset_reset="earliest",
    )
    assert KedaTrigger.from_metadata({}) == KedaTrigger()
    assert KedaTrigger.from_metadata({"partitionLimitation": " "}) == KedaTrigger()


@pytest.mark.parametrize(
    ("metadata", "limit"),
    [
        ({"allowIdleConsumers": "1"}, "none"),
        ({"ensureEvenDistributionOfPartitions": "true", "topic": "t"}, "even"),
        ({"ensureEvenDistributionOfPartitions": "true", "topicFromEnv": "TOPIC"}, "even"),
        (
            {
                "ensureEvenDistributionOfPartitions": "true",
                "allowIdleConsumers": "true",
                "topic": "t",
            },
            "even",
        ),
    ],
)
def test_flags_become_one_limit(metadata, limit):
    assert KedaTrigger.from_metadata(metadata).limit == limit


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        (
            {"allowIdleConsumers": "true", "limitToPartitionsWithLag": "true", "topic": "t"},
            "allowIdleConsumers and limitToPartitionsWithLag must not both be true",
        ),
        (
            {
                "ensureEvenDistributionOfPartitions": "true",
                "limitToPartitionsWithLag": "true",
                "topic": "t",
            },
            "ensureEvenDistributionOfPartitions and limitToPartitionsWithLag must not both",
        ),
        ({"limitToPartitionsWithLag": "true"}, "limitToPartitionsWithLag must come with a topic"),
        (
            {"ensureEvenDistributionOfPartitions": "true", "topic": " "},
            "ensureEvenDistributionOfPartitions must come with a topic",
        ),
        ({"lagThreshold": "0"}, "lag_threshold must be a whole number in 1 …"),
        ({"lagThreshold": "ten"}, "lagThreshold must be a whole number, got 'ten'"),
        ({"activationLagThreshold": "-1"}, "activation_lag_threshold must be a whole number in 0"),
        ({"allowIdleConsumers": "yes"}, "allowIdleConsumers must be true or false, got 'yes'"),
        ({"offsetResetPolicy": "none"}, "offset_reset must be one of 'latest', 'earliest'"),
        ({"partitionLimitation": "1-3"}, "partitionLimitation must be left out"),
    ],
)
def test_what_keda_refuses_is_refused(metadata, text):
    with pytest.raises(ValueError, match=text):
        KedaTrigger.from_metadata(metadata)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"limit": "all"}, "limit must be one of 'partitions', 'partitions with lag'"),
        ({"persistent_lag": "ignored"}, "persistent_lag must be one of 'counted', 'excluded'"),
        ({"uncommitted": "excluded"}, "uncommitted must be one of 'counted', 'ignored'"),
        ({"lag_threshold": 2.5}, "lag_threshold must be a whole number"),
    ],
)
def test_choices_are_named(arguments, text):
    with pytest.raises(ValueError, match=text):
        KedaTrigger(**arguments)


@pytest.mark.parametrize(
    ("lag", "arguments", "text"),
    [
        ([], {}, "lag_records must be 1-D, one per partition"),
        ([[1]], {}, "lag_records must be 1-D, one per partition"),
        ([-1], {}, "lag_records must be finite and >= 0"),
        ([np.nan], {}, "lag_records must be finite and >= 0"),
        ([1, 2], {"moved": [True]}, r"moved must have one value per partition \(2\)"),
        ([1], {"committed": [True, False]}, r"committed must have one value per partition \(1\)"),
    ],
)
def test_lag_that_cannot_be_is_refused(lag, arguments, text):
    with pytest.raises(ValueError, match=text):
        keda_metric(lag, **arguments)
