"""Published limits against the pages they come from, and what finding them promises."""

from __future__ import annotations

from typing import get_args

import pytest

from kafka_sizing.brokers.limits import (
    CLUSTERS,
    Advice,
    ClusterLimit,
    ClusterLimits,
    Per,
    Resource,
    as_cluster,
    find_cluster,
    format_amount,
)
from kafka_sizing.partitions.limits import Kind
from kafka_sizing.partitions.rates import published_rates
from kafka_sizing.units import GB, MB, GiB, MiB


def most(cluster: str, name: str) -> float:
    return next(limit.most for limit in find_cluster(cluster).limits if limit.name == name)


# --- the numbers, each as its page prints it ------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "advised", "updates"),
    [
        pytest.param(["t3.small"], 300, 300, id="t3.small"),
        pytest.param(
            ["m5.large", "m5.xlarge", "m7g.large", "m7g.xlarge"], 1_000, 1_500, id="up to xlarge"
        ),
        pytest.param(["m5.2xlarge", "m7g.2xlarge"], 2_000, 3_000, id="2xlarge"),
        pytest.param(
            [
                *("m5.4xlarge", "m5.8xlarge", "m5.12xlarge", "m5.16xlarge"),
                *("m7g.4xlarge", "m7g.8xlarge", "m7g.12xlarge", "m7g.16xlarge"),
            ],
            4_000,
            6_000,
            id="from 4xlarge",
        ),
        pytest.param(["m5.24xlarge"], 4_000, 4_000, id="sources disagree: the lower"),
    ],
)
def test_msk_standard_replicas_follow_its_best_practices(sizes, advised, updates):
    for size in sizes:
        cluster = find_cluster(f"MSK Standard {size}")
        assert cluster.of("replicas", advice="recommended").most == advised
        assert cluster.of("replicas", advice="hard").most == updates
        assert {limit.per for limit in cluster.limits if limit.resource == "replicas"} == {
            "broker"
        }


@pytest.mark.parametrize(
    ("size", "ebs", "nic"),
    [
        ("m5.large", 81, 96),
        ("m5.xlarge", 144, 160),
        ("m5.2xlarge", 250, 320),
        ("m5.4xlarge", 593.75, 640),
        ("m5.8xlarge", 850, 1_280),
        ("m5.12xlarge", 1_000, 1_536),
        ("m5.16xlarge", 1_000, 2_560),
        ("m5.24xlarge", 1_000, 3_200),
        ("m7g.large", 78.75, 117),
        ("m7g.xlarge", 156.25, 234),
        ("m7g.2xlarge", 312.5, 469),
        ("m7g.4xlarge", 625, 937),
        ("m7g.8xlarge", 1_000, 1_875),
        ("m7g.12xlarge", 1_000, 2_812),
        ("m7g.16xlarge", 1_000, 3_750),
    ],
)
def test_disk_and_network_of_instances_are_those_of_the_aws_script(size, ebs, nic):
    cluster = find_cluster(f"MSK Standard {size}")
    assert cluster.of("disk_write_bytes_per_s").most == ebs * MiB
    assert cluster.of("network_in_bytes_per_s").most == nic * MiB
    assert cluster.of("network_out_bytes_per_s").most == nic * MiB


def test_an_instance_without_a_published_rate_has_no_such_limit():
    with pytest.raises(ValueError, match=r"MSK Standard t3\.small .*got 'disk_write_bytes_per_s'"):
        find_cluster("MSK Standard t3.small").of("disk_write_bytes_per_s")


@pytest.mark.parametrize(
    ("size", "replicas", "rates"),
    [
        ("large", (1_000, 1_500), (15.6, 23.4, 31.2, 58.5)),
        ("xlarge", (1_000, 2_000), (31.2, 46.8, 62.5, 117)),
        ("2xlarge", (2_500, 4_000), (62.5, 93.7, 125, 234.2)),
        ("4xlarge", (6_000, 8_000), (124.9, 187.5, 249.8, 468.7)),
        ("8xlarge", (12_000, 16_000), (250, 375, 500, 937.5)),
        ("12xlarge", (16_000, 24_000), (375, 562.5, 750, 1_406.2)),
        ("16xlarge", (20_000, 32_000), (500, 750, 1_000, 1_875)),
    ],
)
def test_msk_express_follows_its_quota_page(size, replicas, rates):
    cluster = find_cluster(f"MSK Express {size}")
    assert (
        cluster.of("replicas", advice="recommended").most,
        cluster.of("replicas", advice="hard").most,
    ) == replicas
    assert [
        cluster.of("in_bytes_per_s", advice="recommended").most,
        cluster.of("in_bytes_per_s", advice="throttled").most,
        cluster.of("out_bytes_per_s", advice="recommended").most,
        cluster.of("out_bytes_per_s", advice="throttled").most,
    ] == pytest.approx([rate * MB for rate in rates])


@pytest.mark.parametrize(
    ("cluster", "name", "amount"),
    [
        ("MSK Standard m5.large", "storage per broker", 16_384 * GiB),
        ("MSK Standard m5.large", "brokers per cluster", 60),
        ("MSK Express large", "brokers per account", 90),
        ("MSK with ZooKeeper", "brokers per cluster with ZooKeeper", 30),
        ("MSK with IAM", "connections per broker with IAM", 3_000),
        ("MSK with IAM", "new connections with IAM", 100),
        ("MSK with IAM on t3", "new connections with IAM", 4),
        ("MSK Serverless", "client writes", 200 * MB),
        ("MSK Serverless", "client reads", 400 * MB),
        ("MSK Serverless", "leaders", 2_400),
        ("MSK Serverless compacted", "leaders", 120),
        ("MSK Serverless", "writes to one partition", 5 * MB),
        ("MSK Serverless", "reads from one partition", 10 * MB),
        ("MSK Serverless", "connections", 3_000),
        ("MSK Serverless", "consumer groups", 500),
        ("MSK Serverless", "largest message", 8 * MiB),
        ("MSK Serverless", "requests", 15_000),
        ("MSK Serverless of 2022", "leaders", 120),
        ("MSK Serverless of 2022", "connections", 1_000),
        ("MSK Serverless of 2022", "retention", 86_400),
        ("Confluent Cloud Basic", "client writes", 250 * MB),
        ("Confluent Cloud Standard", "client reads", 750 * MB),
        ("Confluent Cloud Standard", "leaders", 4_096),
        ("Confluent Cloud Standard", "connections", 1_000),
        ("Confluent Cloud Basic", "requests", 15_000),
        ("Confluent Cloud Enterprise", "client writes", 600 * MB),
        ("Confluent Cloud Enterprise", "client reads", 1_800 * MB),
        ("Confluent Cloud Enterprise", "leaders", 30_000),
        ("Confluent Cloud Dedicated", "connections", 18_000),
        ("Confluent Cloud Dedicated", "new connections", 500),
        ("Confluent Cloud Dedicated", "requests", 15_000),
        ("Confluent Cloud Dedicated", "leaders", 100_000),
        ("Event Hubs Basic", "leaders per event hub", 32),
        ("Event Hubs Basic", "consumer groups per event hub", 1),
        ("Event Hubs Basic", "connections", 100),
        ("Event Hubs Standard", "consumer groups per event hub", 20),
        ("Event Hubs Standard", "connections", 5_000),
        ("Event Hubs Standard", "throughput units", 40),
        ("Event Hubs Standard", "client writes", MB),
        ("Event Hubs Standard", "client reads", 2 * MB),
        ("Event Hubs Standard", "records written", 1_000),
        ("Event Hubs Standard", "records read", 4_096),
        ("Event Hubs Premium", "leaders per event hub", 100),
        ("Event Hubs Premium", "leaders in the namespace", 200),
        ("Event Hubs Premium", "consumer groups per event hub", 100),
        ("Event Hubs Premium", "connections", 10_000),
        ("Event Hubs Premium", "processing units", 16),
        ("Event Hubs Dedicated", "leaders per event hub", 1_024),
        ("Event Hubs Dedicated", "leaders in the cluster", 2_000),
        ("Event Hubs Dedicated", "consumer groups per event hub", 1_000),
        ("Event Hubs Dedicated", "connections", 100_000),
        ("Event Hubs Dedicated", "capacity units", 20),
        ("HDInsight", "replicas per broker", 2_000),
        ("IBM Event Streams", "leaders", 3_000),
        ("IBM Event Streams", "client writes", 50 * MB),
        ("IBM Event Streams", "client reads", 50 * MB),
        ("Alibaba Cloud", "replicas per broker", 2_000),
        ("Alibaba Cloud", "replicas per cluster", 200_000),
        ("Redpanda 26.x", "memory of replicas", 2 * GB),
        ("CKafka", "leaders per topic", 3_000),
        ("OCI Streaming", "consumer groups", 50),
        ("OCI Streaming", "reads of one group", 5),
        ("ZooKeeper era", "replicas per broker", 4_000),
        ("ZooKeeper era", "replicas per cluster", 200_000),
        ("before 1.1", "replicas per broker", 2_000),
        ("KRaft", "hot replicas per broker", 1_000),
        ("KRaft", "replicas per broker with the default map count", 30_000),
        ("KRaft", "replicas per broker in a lab", 600_000),
        ("KRaft", "leaders per cluster in a lab", 2_000_000),
        ("ZooKeeper lab", "replicas per cluster in a lab", 80_000),
        ("Cruise Control", "replicas per broker", 10_000),
        ("Cruise Control", "replicas per broker, over-provisioned", 1_500),
    ],
)
def test_limits_are_those_of_the_page(cluster, name, amount):
    assert most(cluster, name) == amount


@pytest.mark.parametrize(
    ("size", "traffic", "connections", "groups"),
    [
        (100, 40, 2_000, 15),
        (250, 100, 2_000, 20),
        (500, 200, 4_000, 100),
        (1_000, 375, 4_000, 150),
        (1_500, 625, 4_000, 200),
        (2_000, 750, 4_000, 200),
    ],
)
def test_huawei_brokers_follow_its_faq(size, traffic, connections, groups):
    cluster = find_cluster(f"Huawei DMS {size}")
    assert cluster.of("leaders").most == size
    assert cluster.of("in_bytes_per_s").most == traffic * MB
    assert cluster.of("connections").most == connections
    assert cluster.of("groups").most == groups


def test_units_of_the_largest_dedicated_cluster_add_up_to_its_published_rate():
    cluster = find_cluster("Confluent Cloud Dedicated")
    largest = cluster.of("units").most
    assert largest == 152
    assert largest * cluster.of("in_bytes_per_s").most == 9_120 * MB
    assert largest * cluster.of("out_bytes_per_s").most == 27_360 * MB
    assert cluster.unit == "CKU"


@pytest.mark.parametrize(("version", "per_replica"), [("26.x", 2 * MB), ("24.x", 4 * MB)])
def test_redpanda_gives_each_replica_memory(version, per_replica):
    limit = find_cluster(f"Redpanda {version}").of("memory_bytes")
    assert (limit.bytes_per_replica, limit.per) == (per_replica, "unit")


# --- leaders are not replicas ---------------------------------------------------------


@pytest.mark.parametrize(
    ("counted", "clusters"),
    [
        pytest.param(
            "replicas",
            [
                *("MSK Standard m5.large", "MSK Express large", "HDInsight", "Alibaba Cloud"),
                *("Cruise Control", "ZooKeeper era"),
            ],
            id="replicas",
        ),
        pytest.param(
            "leaders",
            [
                *("Confluent Cloud Basic", "Confluent Cloud Dedicated", "Event Hubs Premium"),
                *("MSK Serverless", "Huawei DMS 250"),
            ],
            id="leaders",
        ),
    ],
)
def test_each_vendor_counts_either_leaders_or_replicas(counted, clusters):
    for name in clusters:
        resources = {limit.resource for limit in find_cluster(name).limits}
        assert resources & {"leaders", "replicas"} == {counted}


def test_rates_of_a_partition_are_those_that_stand_with_the_partitions():
    rates = {rate.name: rate for rate in published_rates()}
    for cluster, rate in (
        ("MSK Express large", "MSK Express"),
        ("MSK Serverless", "MSK Serverless"),
        ("OCI Streaming", "OCI Streaming"),
        ("CKafka", "CKafka, acks=all"),
    ):
        limit = find_cluster(cluster).of("partition_in_bytes_per_s")
        assert limit.most == rates[rate].produce_bytes_per_s
        assert (limit.source, limit.date, limit.kind, limit.conditions) == (
            rates[rate].source,
            rates[rate].date,
            rates[rate].kind,
            rates[rate].conditions,
        )


def test_every_limit_says_what_it_counts_and_who_says_so():
    for cluster in CLUSTERS.values():
        assert cluster.limits
        assert cluster.vendor
        for limit in cluster.limits:
            assert limit.source
            assert limit.date
            assert limit.resource in get_args(Resource)
            assert limit.per in get_args(Per)
            assert limit.advice in get_args(Advice)
            assert limit.kind in get_args(Kind)
        names = [limit.name for limit in cluster.limits]
        assert len(set(names)) == len(names)
        assert bool(cluster.unit) == any(limit.per == "unit" for limit in cluster.limits)


# --- finding and joining --------------------------------------------------------------


def test_a_cluster_is_found_whatever_the_case():
    assert find_cluster("msk express LARGE") is CLUSTERS["MSK Express large"]
    assert as_cluster("KRaft") is as_cluster(CLUSTERS["KRaft"])


def test_an_unknown_instance_is_refused_with_the_near_names():
    with pytest.raises(ValueError, match=r"got 'MSK Standard m5\.huge' \(near: 'MSK Standard m5"):
        find_cluster("MSK Standard m5.huge")
    with pytest.raises(ValueError, match=r"a cluster of 'MSK Standard', .*got 'zzz'$"):
        find_cluster("zzz")


def test_a_cluster_that_is_no_text_is_refused():
    with pytest.raises(TypeError, match="cluster must be ClusterLimits, as find_cluster gives"):
        as_cluster(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="name must be text"):
        find_cluster(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="other must be ClusterLimits"):
        find_cluster("KRaft").and_also(3)  # type: ignore[arg-type]


def test_the_lowest_of_several_limits_is_given_unless_the_advice_is_named():
    express = find_cluster("MSK Express large")
    assert express.of("replicas").most == 1_000
    assert express.of("replicas", advice="hard").most == 1_500
    with pytest.raises(ValueError, match=r"a hard limit .* got 'in_bytes_per_s'"):
        express.of("in_bytes_per_s", advice="hard")


def test_limits_of_two_clusters_join():
    joined = find_cluster("MSK Standard m5.large").and_also(CLUSTERS["MSK with ZooKeeper"])
    assert joined.name == "MSK Standard m5.large, MSK with ZooKeeper"
    assert joined.of("brokers").most == 30
    assert len(joined.limits) == len(CLUSTERS["MSK Standard m5.large"].limits) + 1
    assert find_cluster("KRaft").and_also("Redpanda 26.x").unit == "core"
    assert find_cluster("Redpanda 26.x").and_also("KRaft").unit == "core"


def test_a_frame_has_one_row_per_limit():
    cluster = find_cluster("MSK with IAM")
    frame = cluster.to_frame()
    assert frame["resource"].tolist() == ["connections", "new_connections_per_s"]
    assert frame["most"].tolist() == [3_000, 100]
    assert repr(cluster) == "ClusterLimits(name='MSK with IAM', limits=2)"
    assert "connections per broker with IAM" in cluster._repr_html_()


# --- a limit of one's own -------------------------------------------------------------


def own(**changes) -> ClusterLimit:
    fields = {
        "name": "ours",
        "resource": "leaders",
        "most": 100,
        "unit": "leaders",
        "per": "cluster",
        "advice": "hard",
        "kind": "rule",
        "source": "us",
        "date": "2026",
    }
    return ClusterLimit(**(fields | changes))


def test_a_limit_of_ones_own_can_be_made():
    limits = ClusterLimits(name="ours", vendor="us", limits=(own(),))
    assert limits.of("leaders").text == "ours: 100 leaders per cluster"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"most": 0}, "most must be finite and > 0, got 0"),
        ({"resource": "leader"}, r"resource must be one of .*near: 'leaders'"),
        ({"per": "brokers"}, r"per must be one of .*near: 'broker'"),
        ({"advice": "soft"}, "advice must be one of 'hard', 'throttled'"),
        ({"kind": "guess"}, "kind must be one of 'exact'"),
        ({"resource": "memory_bytes"}, "bytes_per_replica must be finite and > 0, got 0"),
    ],
)
def test_a_limit_that_says_nothing_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        own(**changes)


@pytest.mark.parametrize(
    ("advice", "enforced"),
    [("hard", True), ("throttled", True), ("recommended", False), ("observed", False)],
)
def test_only_hard_limits_and_throttles_are_enforced(advice, enforced):
    assert own(advice=advice).is_enforced is enforced


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (MiB, "bytes", "1.0 MiB"),
        (2 * MiB, "bytes/s", "2.0 MiB/s"),
        (99.5, "groups", "99.5 groups"),
        (100, "groups", "100 groups"),
        (1, "brokers", "1 broker"),
        (1, "requests/s", "1 requests/s"),
        (86_400, "s", "1 d"),
        (12_345.6, "leaders", "12,346 leaders"),
    ],
)
def test_amounts_read_well(amount, unit, text):
    assert format_amount(amount, unit) == text


@pytest.mark.parametrize(
    ("cluster", "shown"),
    [
        ("MSK Standard m5.large", True),
        ("MSK Express large", True),
        ("MSK Serverless", False),
        ("Confluent Cloud Dedicated", False),
        ("Event Hubs Standard", False),
        ("ZooKeeper lab", True),
    ],
)
def test_a_service_that_limits_nothing_per_broker_shows_none(cluster, shown):
    assert find_cluster(cluster).shows_brokers is shown
