"""Alerts take their thresholds from the plan, and a real Prometheus fires them there."""

import os
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
import yaml

from kafka_sizing.report.exports import prometheus_rules
from kafka_sizing.review.alerts import SIGNALS, Alert, alerts_of
from kafka_sizing.review.alerts.catalogue import alert_forms
from kafka_sizing.review.alerts.promql import as_pattern, in_quotes, in_template, rounded
from kafka_sizing.review.alerts.reckoning import _alert
from kafka_sizing.review.alerts.watched import Watched
from kafka_sizing.topic import (
    Cluster,
    Group,
    Operations,
    Producers,
    Retries,
    TopicDesign,
    TopicPlan,
    Traffic,
    plan_topic,
)

# 2 MB/s of 500 B are 4,000 records/s; × 3 at the peak, × 1.5 in a year: 18,000 records/s of
# 9 MB/s, half of that on the wire; 750 records/s to each of 24 partitions.
DESIGN = TopicDesign(
    name="orders",
    traffic=Traffic(
        write_bytes_per_s=2e6,
        record_bytes=500,
        peak_ratio=3,
        growth_fraction_per_year=0.5,
        horizon_years=1,
        compression_ratio=2,
    ),
    partitions=24,
    retention_s=86_400,
    groups=(
        Group(name="billing", member_records_per_s=1_500, members=12, delay_s=30),
        Group(name="audit", member_records_per_s=3_000, members=8, client="librdkafka"),
    ),
    producers=Producers(latency_s=0.05),
    retries=Retries(delays_s=(1, 60), failing_fraction=0.01, always_failing_fraction=1e-4),
    cluster=Cluster(
        brokers=6, zones=3, limits="MSK Standard m5.large", disk_bytes_per_broker=1e12
    ),
    operations=Operations(
        owner="payments",
        owners={"UnderReplicated": "platform"},
        runbook_url="https://runbooks.example/kafka/",
        labels={"cluster": "prod"},
    ),
)


@pytest.fixture(scope="module")
def plan() -> TopicPlan:
    return plan_topic(DESIGN)


@pytest.fixture(scope="module")
def alerts(plan) -> tuple[Alert, ...]:
    return alerts_of(plan)


def named(alerts, name: str, **labels: str) -> Alert:
    found = [
        alert
        for alert in alerts
        if alert.name == name and labels.items() <= dict(alert.labels).items()
    ]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("name", "labels", "threshold", "unit"),
    [
        pytest.param("LagHigh", {}, 22_500, "records", id="750 records/s for 30 s"),
        pytest.param("LagSecondsHigh", {}, 30, "s", id="the delay allowed"),
        pytest.param("LagNearRetention", {"consumergroup": "audit"}, 0.8, "share", id="a rule"),
        pytest.param(
            "MembersBelowPlan", {"consumergroup": "billing"}, 12, "members", id="planned members"
        ),
        pytest.param(
            "RebalancesHigh",
            {"consumergroup": "billing"},
            24,
            "rebalances",
            id="2n of a deployment of 12",
        ),
        pytest.param(
            "RebalanceStorm", {"consumergroup": "audit"}, 32, "rebalances", id="2 × 2 × 8"
        ),
        pytest.param("PollIntervalNear", {}, 240_000, "ms", id="four fifths of 300 s"),
        pytest.param("IsrShrinksHigh", {}, 81, "shrinks", id="24 × 3 replicas, and 9 of retries"),
        pytest.param("FollowersBehind", {}, 11_250, "records", id="750 records/s for 30 s / 2"),
        pytest.param("RebalancesFailing", {}, 24, "rebalances", id="each of 2n once in vain"),
        pytest.param("RebalanceSlow", {}, 30_000, "ms", id="the delay allowed, in ms"),
        pytest.param("ProduceLatencyHigh", {}, 45, "ms", id="50 ms less linger.ms=5"),
        pytest.param("FetchLatencyHigh", {}, 1_000, "ms", id="twice fetch.max.wait.ms=500"),
        pytest.param("PartitionsNearLimit", {}, 900, "replicas", id="90 % of 1,000 advised"),
        pytest.param("DiskHigh", {}, 0.85e12, "bytes", id="85 % of 1 TB"),
        pytest.param("MessagesInNearPlan", {}, 14_400, "records/s", id="80 % of 18,000"),
        pytest.param("MessagesInAbovePlan", {}, 18_000, "records/s", id="the peak"),
        pytest.param("BytesInNearPlan", {}, 3.6e6, "bytes/s", id="80 % of 4.5 MB/s"),
        pytest.param("BytesInAbovePlan", {}, 4.5e6, "bytes/s", id="wire bytes at the peak"),
        pytest.param(
            "RetryRateHigh",
            {"topic": "orders-retry-1000"},
            181.782,
            "records/s",
            id="18,000 × (f + (1 − f) p), F6.1",
        ),
        pytest.param("DeadLetterRateHigh", {}, 1.818, "records/s", id="F6.2: p to the third"),
    ],
)
def test_a_threshold_follows_from_the_plan(alerts, name, labels, threshold, unit):
    alert = named(alerts, name, **labels)
    assert (alert.threshold, alert.unit) == (pytest.approx(threshold, rel=1e-6), unit)
    number = re.search(r"[<>=] ([0-9.e+-]+)$", alert.expr.partition(" or absent")[0])
    assert float(number[1]) == alert.threshold
    assert alert.reason


def test_disk_thresholds_are_those_of_the_footprint(plan, alerts):
    horizon = plan.brokers.horizon
    broker, topic = named(alerts, "DiskAbovePlan"), named(alerts, "TopicDiskAbovePlan")
    assert broker.threshold == pytest.approx(horizon.disk_bytes_per_broker, rel=1e-5)
    assert topic.threshold == pytest.approx(horizon.most_disk_bytes, rel=1e-5)
    assert topic.threshold > horizon.disk_bytes


@pytest.mark.parametrize(
    "producers",
    [
        pytest.param(Producers(), id="no latency is wanted"),
        pytest.param(
            Producers(latency_s=0.05, config={"linger.ms": 50}), id="linger takes it all"
        ),
    ],
)
def test_produce_requests_are_held_against_nothing_but_what_is_wanted_of_them(producers):
    names = {alert.name for alert in alerts_of(plan_topic(replace(DESIGN, producers=producers)))}
    assert "ProduceLatencyHigh" not in names
    assert "FetchLatencyHigh" in names


def test_the_longest_wait_of_any_reader_bounds_a_fetch():
    groups = (
        DESIGN.groups[0],
        replace(DESIGN.groups[1], config={"fetch.wait.max.ms": 2_000}),
    )
    alert = named(alerts_of(plan_topic(replace(DESIGN, groups=groups))), "FetchLatencyHigh")
    assert (alert.threshold, alert.reason.partition(":")[0]) == (
        4_000,
        "fetch.wait.max.ms=2000 (set)",
    )


def test_copies_that_are_all_needed_are_at_the_least_all_the_time():
    for design in (
        replace(DESIGN, min_insync_replicas=3),
        replace(DESIGN, cluster=replace(DESIGN.cluster, config={"min.insync.replicas": 3})),
    ):
        assert "AtMinIsr" not in {alert.name for alert in alerts_of(plan_topic(design))}


@pytest.mark.parametrize(
    ("records", "watched"),
    [
        pytest.param(1 / 59, True, id="one a minute: 20 without one are news"),
        pytest.param(1 / 61, False, id="fewer: silence is no news"),
    ],
)
def test_silence_is_news_only_of_a_topic_that_never_is_silent(records, watched):
    traffic = Traffic(write_bytes_per_s=500 * records, record_bytes=500)
    names = {alert.name for alert in alerts_of(plan_topic(replace(DESIGN, traffic=traffic)))}
    assert ("TrafficStopped" in names) is watched


OF_BROKERS = ("at the brokers", "hosts of the brokers", "kubelet")


@pytest.mark.parametrize(
    "limits", ["Event Hubs Standard", "Confluent Cloud Standard", "MSK Serverless"]
)
def test_a_service_that_shows_no_brokers_is_watched_from_outside(limits):
    design = replace(DESIGN, cluster=Cluster(limits=limits))
    alerts = alerts_of(plan_topic(design))
    assert not [each.exporter for each in alerts if any(at in each.exporter for at in OF_BROKERS)]
    names = {alert.name for alert in alerts}
    assert not names & {
        "ActiveController",
        "UnderReplicated",
        "DiskAbovePlan",
        "NetworkThreadsBusy",
        "BytesInAbovePlan",
        "TopicDiskAbovePlan",
    }
    assert names >= {
        "LagHigh",
        "TrafficStopped",
        "MessagesInNearPlan",
        "MessagesInAbovePlan",
        "RetryRateHigh",
        "DeadLetterRateHigh",
        "ProducerBufferWait",
    }
    above = named(alerts, "MessagesInAbovePlan")
    assert (above.threshold, above.unit) == (18_000, "records/s")


@pytest.mark.parametrize(
    ("cluster", "threshold", "unit", "metric"),
    [
        pytest.param(
            Cluster(brokers=6, limits="Huawei DMS 100"),
            90,
            "leaders",
            "kafka_server_replicamanager_leadercount",
            id="100 leaders per broker",
        ),
        pytest.param(
            Cluster(brokers=150, limits="Alibaba Cloud", other_replicas=150_000),
            180_000,
            "replicas",
            "kafka_server_replicamanager_partitioncount",
            id="200,000 replicas in all, three quarters in use; of a broker half",
        ),
        pytest.param(
            Cluster(limits="MSK Serverless"),
            2_160,
            "leaders",
            "kafka_topic_partitions",
            id="2,400 leaders of a service",
        ),
        pytest.param(
            Cluster(limits="Event Hubs Premium", units=2),
            360,
            "leaders",
            "kafka_topic_partitions",
            id="200 for each of two units",
        ),
    ],
)
def test_nine_tenths_of_the_fullest_limit_on_partitions_are_near(cluster, threshold, unit, metric):
    alerts = alerts_of(plan_topic(replace(DESIGN, cluster=cluster)))
    alert = named(alerts, "PartitionsNearLimit")
    assert (alert.threshold, alert.unit) == (threshold, unit)
    assert metric in alert.expr


@pytest.mark.parametrize(
    "cluster",
    [
        pytest.param(Cluster(brokers=6), id="no limit is named"),
        pytest.param(Cluster(brokers=6, limits="ZooKeeper lab"), id="only seen in a lab"),
        pytest.param(
            Cluster(brokers=6, limits="MSK Standard m5.large", other_replicas=8_900),
            id="the plan itself is near both of them",
        ),
    ],
)
def test_partitions_without_a_limit_or_beyond_it_have_no_alert(cluster):
    names = {alert.name for alert in alerts_of(plan_topic(replace(DESIGN, cluster=cluster)))}
    assert "PartitionsNearLimit" not in names


def test_every_essential_signal_has_an_alert(alerts):
    assert len(SIGNALS) == 7
    assert {alert.signal for alert in alerts if alert.is_essential} == set(SIGNALS)
    assert not named(alerts, "ActiveController").is_essential


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("LagSecondsHigh", "above 30 s"),
        ("RequestHandlersBusy", "below 30.0 %"),
        ("ActiveController", "away from 1 controllers"),
        ("TrafficStopped", "at 0 records/s"),
        ("PollIntervalNear", "above 240,000 ms"),
    ],
)
def test_an_alert_says_on_which_side_of_its_threshold_it_fires(alerts, name, condition):
    assert named(alerts, name).condition == condition


def test_a_form_compares_with_its_threshold():
    form = replace(alert_forms()["LagHigh"], expr="kafka_consumergroup_lag")
    with pytest.raises(ValueError, match="expr must compare with <threshold>, got 'kafka_"):
        _ = form.fires


def test_owner_runbook_and_labels_are_those_of_operations(alerts):
    replicated, shrinking = named(alerts, "UnderReplicated"), named(alerts, "IsrShrinking")
    assert (replicated.owner, shrinking.owner) == ("platform", "payments")
    assert replicated.runbook_url == "https://runbooks.example/kafka/UnderReplicated"
    assert replicated.labels == {"cluster": "prod"}
    assert named(alerts, "LagHigh").labels == {
        "topic": "orders",
        "consumergroup": "billing",
        "cluster": "prod",
    }


def test_without_operations_nobody_is_told(plan):
    alert = alerts_of(plan_topic(replace(DESIGN, operations=Operations())))[0]
    assert (alert.owner, alert.runbook_url) == (None, None)
    assert repr(alert) == (
        "Alert('LagHigh', severity='critical', threshold=22500 records, owner=None)"
    )


def test_what_the_plan_cannot_tell_has_no_alert():
    bare = replace(
        DESIGN,
        cluster=None,
        retries=None,
        retention_s=None,
        config={"retention.ms": -1},
        groups=(Group(name="billing", member_records_per_s=1_500),),
        producers=Producers(client="librdkafka", config={"acks": 0}),
    )
    names = {alert.name for alert in alerts_of(plan_topic(bare))}
    assert not names & {
        "LagHigh",
        "LagSecondsHigh",
        "LagNearRetention",
        "IsrShrinksHigh",
        "FollowersBehind",
        "PartitionsNearLimit",
        "RebalanceSlow",
        "ProduceLatencyHigh",
        "DiskAbovePlan",
        "DiskHigh",
        "TopicDiskAbovePlan",
        "RetryRateHigh",
        "DeadLetterRateHigh",
        "ProducerBufferWait",
    }
    assert {"GroupWithoutMembers", "MessagesInAbovePlan", "UnderReplicated"} <= names


def test_a_disk_of_unknown_size_is_held_against_the_plan_alone():
    plan = plan_topic(replace(DESIGN, cluster=Cluster(brokers=3)))
    names = {alert.name for alert in alerts_of(plan)}
    assert "DiskAbovePlan" in names
    assert "DiskHigh" not in names


def test_disks_that_others_fill_by_an_unknown_amount_are_not_held_against_the_plan():
    shared = replace(DESIGN.cluster, other_leaders=400, other_replicas=1_200)
    names = {alert.name for alert in alerts_of(plan_topic(replace(DESIGN, cluster=shared)))}
    assert "DiskAbovePlan" not in names
    assert {"TopicDiskAbovePlan", "DiskHigh"} <= names
    known = replace(shared, other_disk_bytes=1e11)
    names = {alert.name for alert in alerts_of(plan_topic(replace(DESIGN, cluster=known)))}
    assert "DiskAbovePlan" in names


def test_what_compaction_leaves_of_uncounted_keys_is_not_known():
    design = replace(DESIGN, retention_s=None, config={"cleanup.policy": "compact"})
    names = {alert.name for alert in alerts_of(plan_topic(design))}
    assert not names & {"DiskAbovePlan", "TopicDiskAbovePlan", "LagNearRetention"}


@pytest.mark.parametrize(
    ("growth", "is_near"),
    [pytest.param(0.25, False, id="80 % of 1.25 is today's peak"), pytest.param(0.3, True)],
)
def test_a_load_near_the_plan_is_no_news_where_it_is_so_today(growth, is_near):
    traffic = replace(DESIGN.traffic, growth_fraction_per_year=growth)
    names = {alert.name for alert in alerts_of(plan_topic(replace(DESIGN, traffic=traffic)))}
    assert ("MessagesInNearPlan" in names, "BytesInNearPlan" in names) == (is_near, is_near)
    assert {"MessagesInAbovePlan", "BytesInAbovePlan"} <= names


def test_lag_counts_records_that_a_group_skips_too():
    """750 records/s to a partition are 22,500 unread in 30 s, however few of them matter."""
    group = replace(DESIGN.groups[0], read_ratio=0.1)
    lag = named(alerts_of(plan_topic(replace(DESIGN, groups=(group,)))), "LagHigh")
    assert lag.threshold == 22_500


def test_static_members_rebalance_only_when_one_crashes():
    design = replace(
        DESIGN,
        groups=(
            Group(name="billing", member_records_per_s=1_500, members=12, membership="static"),
        ),
    )
    alerts = alerts_of(plan_topic(design))
    assert named(alerts, "RebalancesHigh").threshold == 2
    assert named(alerts, "RebalanceStorm").threshold == 4


def test_clients_are_found_by_the_id_they_are_given():
    design = replace(
        DESIGN,
        groups=(
            Group(name="b.c", member_records_per_s=1_500, config={"client.id": "reader"}),
            Group(name="d.e", member_records_per_s=1_500),
        ),
        producers=Producers(config={"client.id": "checkout+1"}),
    )
    alerts = alerts_of(plan_topic(design))
    given = named(alerts, "RebalancesHigh", consumergroup="b.c")
    usual = named(alerts, "RebalancesHigh", consumergroup="d.e")
    assert '{client_id=~"reader.*"}' in given.expr
    assert r'{client_id=~"consumer-d\\.e-.+"}' in usual.expr
    assert r'{client_id=~"checkout\\+1.*"}' in named(alerts, "ProducerBufferWait").expr


def test_matchers_stand_in_every_series(plan):
    alerts = alerts_of(plan, matchers={"strimzi_io_cluster": 'a"b'})
    for alert in alerts:
        selectors = re.findall(r"(?:kafka|jvm|node|kubelet)_\w+\{", alert.expr)
        assert selectors
        assert alert.expr.count(r'{strimzi_io_cluster="a\"b",') == len(selectors)


def test_without_matchers_no_empty_selector_is_left(alerts):
    assert not [alert.expr for alert in alerts if "{}" in alert.expr or "<" in alert.summary]


def test_every_form_names_its_metric_and_its_source():
    for form in alert_forms().values():
        assert form.source
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", form.date)
        assert re.search(r"\b(kafka|jvm|node|kubelet)_\w+\{", form.expr)
        assert "<threshold>" in form.expr
        assert form.exporter


def test_texts_hold_no_place_that_was_not_filled(alerts):
    for alert in alerts:
        assert not re.search("<[a-z]+>", alert.expr + alert.summary + alert.description)


def test_names_are_written_as_prometheus_reads_them():
    assert in_quotes('a"b\\c\nd\r') == 'a\\"b\\\\c\\nd\\r'
    assert as_pattern("a.b-c$") == r"a\.b-c\$"
    assert in_template("{{ $x }}") == '{{"{{"}} $x }}'
    assert rounded(1_234_567.8) == 1_234_570


@pytest.mark.parametrize("label", ["my-label", "1st", "__name__", ""])
def test_a_label_that_prometheus_refuses_is_refused(plan, label):
    with pytest.raises(ValueError, match="labels must have names"):
        Operations(labels={label: "x"})
    with pytest.raises(ValueError, match=f"matchers must have names .* got '{label}'"):
        alerts_of(plan, matchers={label: "x"})


def test_only_a_plan_is_taken():
    with pytest.raises(TypeError, match="plan must be TopicPlan, as plan_topic gives, got str"):
        alerts_of("orders")


def test_a_form_without_a_threshold_needs_one_from_the_plan():
    with pytest.raises(ValueError, match="the plan must give the threshold of LagHigh, got None"):
        _alert(Watched(form="LagHigh"), Operations(), "")


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("severity", "page", "severity must be one of 'critical', 'warning', got 'page'"),
        ("signal", "lag", "signal must be one of 'consumer lag'"),
        ("kind", "guess", "kind must be one of"),
        ("fires", "over", "fires must be one of 'above', 'below', 'at', 'away from', got 'over'"),
        ("for_s", -1, "for_s must be finite and >= 0, got -1"),
        ("name", " ", "name must not be empty"),
        ("expr", "", "expr must not be empty"),
    ],
)
def test_an_alert_is_checked(alerts, field, value, text):
    with pytest.raises(ValueError, match=text):
        replace(alerts[0], **{field: value})


# ------------------------------------------------------------------ a real Prometheus

RATE = 60  # of a counter, per minute, for one a second

MESSAGES = "+server_brokertopicmetrics_messagesin_total"
WIRE_BYTES = "+server_brokertopicmetrics_bytesin_total"
REBALANCES = "+consumer_coordinator_rebalance_total"
FAILED = "+consumer_coordinator_failed_rebalance_total"
IDLE_NS = "+server_kafkarequesthandlerpool_requesthandleravgidlepercent_count"
UNCLEAN = "+controller_controllerstats_uncleanleaderelections_total"
SHRINKS = "+server_replicamanager_isrshrinks_total"
LATENCY = "network_requestmetrics_totaltimems"
GROUP = {"consumergroup": "billing"}
PARTITION = {"topic": "orders", "partition": "3"}
P99 = {"request": "Produce", "quantile": "0.99"}
FETCH_P99 = {"request": "FetchConsumer", "quantile": "0.99"}
MEMBER = {"client_id": "consumer-billing-1"}
ORDERS = {"topic": "orders"}
RETRY, DEAD = {"topic": "orders-retry-1000"}, {"topic": "orders-dlt"}
WRITER = {"client_id": "producer-1"}

# name: metric without "kafka_", labels, value that fires, value that does not. The value is what
# a gauge shows, or what a counter ("+") grows by each minute.
CASES = {
    "LagHigh": ("consumergroup_lag", GROUP | PARTITION, 22_501, 22_500),
    "LagSecondsHigh": (
        "consumergroup_group_lag_seconds",
        {"group": "billing"} | PARTITION,
        31,
        30,
    ),
    "GroupWithoutMembers": ("consumergroup_members", GROUP, 0, 1),
    "MembersBelowPlan": ("consumergroup_members", GROUP, 11, 12),
    "RebalancesHigh": (REBALANCES, MEMBER, 24.5 / 60, 23.5 / 60),
    "RebalanceStorm": (REBALANCES, MEMBER, 48.5 / 60, 47.5 / 60),
    "PollIntervalNear": ("consumer_time_between_poll_max", MEMBER, 240_001, 240_000),
    "RebalancesFailing": (FAILED, MEMBER, 24.5 / 60, 23.5 / 60),
    "RebalanceSlow": ("consumer_coordinator_rebalance_latency_max", MEMBER, 30_001, 30_000),
    "UnderReplicated": ("server_replicamanager_underreplicatedpartitions", {}, 1, 0),
    "UnderMinIsr": ("server_replicamanager_underminisrpartitioncount", {}, 1, 0),
    "AtMinIsr": ("server_replicamanager_atminisrpartitioncount", {}, 1, 0),
    "OfflineReplicas": ("server_replicamanager_offlinereplicacount", {}, 1, 0),
    "FollowersBehind": (
        "server_replicafetchermanager_maxlag",
        {"clientId": "Replica"},
        11_251,
        11_250,
    ),
    "OfflinePartitions": ("controller_kafkacontroller_offlinepartitionscount", {}, 1, 0),
    "OfflineLogDirectories": ("log_logmanager_offlinelogdirectorycount", {}, 1, 0),
    "IsrShrinking": (SHRINKS, {}, 1, 0),
    "IsrShrinksHigh": (SHRINKS, {}, 81.5 / 60, 80.5 / 60),
    "ActiveController": ("controller_kafkacontroller_activecontrollercount", {}, 2, 1),
    "UncleanElections": (UNCLEAN, {}, 1, 0),
    "ProduceLatencyHigh": (LATENCY, P99, 45.1, 45),
    "FetchLatencyHigh": (LATENCY, FETCH_P99, 1_001, 1_000),
    "PartitionsNearLimit": ("server_replicamanager_partitioncount", {}, 901, 900),
    "RequestHandlersBusy": (IDLE_NS, {}, 0.29e9 * RATE, 0.31e9 * RATE),
    "NetworkThreadsBusy": ("network_socketserver_networkprocessoravgidle_percent", {}, 0.29, 0.31),
    "DiskAbovePlan": ("log_log_size", PARTITION, 0.5e12, 1e9),
    "DiskHigh": ("log_log_size", {"topic": "other"}, 0.851e12, 0.849e12),
    "TrafficStopped": (MESSAGES, ORDERS, 0, 1),
    "MessagesInNearPlan": (MESSAGES, ORDERS, 14_401 * RATE, 14_399 * RATE),
    "MessagesInAbovePlan": (MESSAGES, ORDERS, 18_001 * RATE, 17_999 * RATE),
    "BytesInNearPlan": (WIRE_BYTES, ORDERS, 3_600_001 * RATE, 3_599_999 * RATE),
    "BytesInAbovePlan": (WIRE_BYTES, ORDERS, 4_500_001 * RATE, 4_499_999 * RATE),
    "TopicDiskAbovePlan": ("log_log_size", PARTITION, 0.9e12, 1e9),
    "RetryRateHigh": (MESSAGES, RETRY, 181.79 * RATE, 181.77 * RATE),
    "DeadLetterRateHigh": (MESSAGES, DEAD, 1.82 * RATE, 1.81 * RATE),
    "ProducerBufferWait": ("producer_bufferpool_wait_ratio", WRITER, 0.01, 0),
}


@pytest.fixture(scope="module")
def promtool() -> str:
    """Give the path of Prometheus' own checker; in CI it must be there."""
    path = shutil.which("promtool")
    if path is None and os.environ.get("CI"):
        pytest.fail("promtool must be on PATH: .ci/prometheus FOLDER fetches it")
    if path is None:
        pytest.skip("promtool is not on PATH; .ci/prometheus FOLDER fetches it")
    return path


@pytest.fixture(scope="module")
def rules(plan, tmp_path_factory):
    file = tmp_path_factory.mktemp("prometheus") / "rules.yml"
    file.write_text(prometheus_rules(plan), encoding="utf-8")
    return file


def run(promtool, *arguments) -> str:
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def series(metric: str, labels: dict[str, str]) -> str:
    """Write a series of a broker, a client or an exporter; "+" marks a counter."""
    sign = "+" if metric.startswith("+") else ""
    name = metric.removeprefix("+")
    whose = "" if name.startswith(("jvm_", "node_", "kubelet_")) else "kafka_"
    matchers = ",".join(
        f'{name}="{value}"' for name, value in ({"instance": "a"} | labels).items()
    )
    return f"{sign}{whose}{name}{{{matchers}}}"


# Where no series says how many members the other group has, it has none.
AUDIT = {series("consumergroup_members", {"consumergroup": "audit"}): 8}


def scenario(name: str, series: dict[str, float], firing: int) -> dict:
    """Play series for two hours and say how many alerts of that name fire at the end."""
    query = f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) or vector(0)'
    return {
        "name": name,
        "interval": "1m",
        "input_series": [
            {
                "series": each.removeprefix("+"),
                "values": f"0+{value!r}x120" if each.startswith("+") else f"{value!r}+0x120",
            }
            for each, value in series.items()
        ],
        "promql_expr_test": [
            {
                "expr": query,
                "eval_time": "120m",
                "exp_samples": [{"labels": "{}", "value": firing}],
            }
        ],
    }


def play(promtool, rules, tmp_path, *scenarios) -> None:
    file = tmp_path / "test.yml"
    tests = {"rule_files": [str(rules)], "evaluation_interval": "5m", "tests": list(scenarios)}
    file.write_text(yaml.safe_dump(tests))
    run(promtool, "test", "rules", file)


def test_prometheus_takes_every_rule(promtool, rules, alerts):
    told = run(promtool, "check", "rules", rules)
    assert f"SUCCESS: {len(alerts)} rules found" in told
    assert "duplicate" not in told


def test_every_alert_fires_above_its_threshold(promtool, rules, tmp_path):
    play(
        promtool,
        rules,
        tmp_path,
        *(
            scenario(name, AUDIT | {series(metric, labels): above}, 1)
            for name, (metric, labels, above, _) in CASES.items()
        ),
    )


def test_no_alert_fires_at_its_threshold(promtool, rules, tmp_path):
    play(
        promtool,
        rules,
        tmp_path,
        *(
            scenario(name, AUDIT | {series(metric, labels): below}, 0)
            for name, (metric, labels, _, below) in CASES.items()
        ),
    )


def test_every_alert_was_played(alerts):
    played = {*CASES, "LagNearRetention", "ProcessorsBusy", "HeapHigh", "VolumeNearlyFull"}
    assert {alert.name for alert in alerts} == played


def led(instance: str) -> dict[str, float]:
    """Tell a broker from other programs of the same kind by what it leads."""
    return {series("server_replicamanager_leadercount", {"instance": instance}): 4}


def idle(host: str, *shares: float) -> dict[str, float]:
    """Let each processor of a host idle for a share of each minute."""
    return {
        series(
            "+node_cpu_seconds_total", {"instance": f"{host}:9100", "mode": "idle", "cpu": cpu}
        ): (RATE * share)
        for cpu, share in zip("01", shares, strict=True)
    }


def test_processors_of_brokers_are_told_from_those_of_other_hosts(promtool, rules, tmp_path):
    """Of two processors one idles for 78 % and one for 0 %: 61 % in use; with 82 %, 59 %."""
    name, broker = "ProcessorsBusy", led("a:9404")
    play(
        promtool,
        rules,
        tmp_path,
        scenario(name, broker | idle("a", 0.78, 0), 1),
        scenario(name, broker | idle("a", 0.82, 0), 0),
        scenario(name, broker | idle("b", 0.1, 0), 0),
    )


def old_generation(instance: str, used: float) -> dict[str, float]:
    labels = {"instance": instance, "pool": "G1 Old Gen"}
    return {
        series("jvm_memory_pool_collection_used_bytes", labels): used,
        series("jvm_memory_pool_collection_max_bytes", labels): 1_000,
    }


def test_the_heap_of_brokers_is_told_from_that_of_other_programs(promtool, rules, tmp_path):
    name, broker = "HeapHigh", led("a")
    young = {series("jvm_memory_pool_collection_used_bytes", {"pool": "G1 Eden Space"}): 900}
    play(
        promtool,
        rules,
        tmp_path,
        scenario(name, broker | old_generation("a", 601), 1),
        scenario(name, broker | old_generation("a", 600) | young, 0),
        scenario(name, broker | old_generation("b", 900), 0),
    )


def test_volumes_of_brokers_are_told_from_others_by_their_claims(promtool, rules, tmp_path):
    def volume(claim: str, free: float) -> dict[str, float]:
        labels = {"persistentvolumeclaim": claim}
        return {
            series("kubelet_volume_stats_available_bytes", labels): free,
            series("kubelet_volume_stats_capacity_bytes", labels): 100,
        }

    name = "VolumeNearlyFull"
    play(
        promtool,
        rules,
        tmp_path,
        scenario(name, volume("data-0-main-kafka-2", 14.9), 1),
        scenario(name, volume("data-main-broker-2", 14.9), 1),
        scenario(name, volume("data-0-main-kafka-2", 15), 0),
        scenario(name, volume("data-postgres-0", 5), 0),
    )


def test_a_topic_whose_metrics_are_gone_is_not_written_to(promtool, rules, tmp_path):
    play(promtool, rules, tmp_path, scenario("TrafficStopped", {}, 1))


# Where nobody can look at the brokers, offsets count records, and kafka_exporter partitions.
OFFSETS = "+topic_partition_current_offset"
FROM_OUTSIDE = {
    "TrafficStopped": (OFFSETS, PARTITION, 0, 1),
    "MessagesInNearPlan": (OFFSETS, PARTITION, 14_401 * RATE, 14_399 * RATE),
    "MessagesInAbovePlan": (OFFSETS, PARTITION, 18_001 * RATE, 17_999 * RATE),
    "RetryRateHigh": (OFFSETS, RETRY, 181.79 * RATE, 181.77 * RATE),
    "DeadLetterRateHigh": (OFFSETS, DEAD, 1.82 * RATE, 1.81 * RATE),
    "PartitionsNearLimit": ("topic_partitions", ORDERS, 2_161, 2_160),
}


def test_alerts_of_a_service_fire_above_their_threshold_and_not_at_it(promtool, tmp_path):
    design = replace(DESIGN, cluster=Cluster(limits="MSK Serverless"))
    rules = tmp_path / "rules.yml"
    rules.write_text(prometheus_rules(plan_topic(design)), encoding="utf-8")
    scenarios = []
    for name, (metric, labels, above, below) in FROM_OUTSIDE.items():
        scenarios += [
            scenario(name, {series(metric, labels): value}, firing)
            for value, firing in ((above, 1), (below, 0))
        ]
    play(promtool, rules, tmp_path, *scenarios)


@pytest.mark.parametrize(
    ("cluster", "metric", "most"),
    [
        (Cluster(brokers=6, limits="Huawei DMS 100"), "leadercount", 90),
        (
            Cluster(brokers=150, limits="Alibaba Cloud", other_replicas=150_000),
            "partitioncount",
            180_000,
        ),
    ],
)
def test_limits_on_leaders_and_on_a_whole_cluster_are_counted_as_such(
    promtool, tmp_path, cluster, metric, most
):
    rules = tmp_path / "rules.yml"
    plan = plan_topic(replace(DESIGN, cluster=cluster))
    rules.write_text(prometheus_rules(plan), encoding="utf-8")
    counted = series(f"server_replicamanager_{metric}", {})
    play(
        promtool,
        rules,
        tmp_path,
        scenario("PartitionsNearLimit", {counted: most + 1}, 1),
        scenario("PartitionsNearLimit", {counted: most}, 0),
    )


def test_lag_near_retention_compares_the_unread_with_all_that_is_kept(promtool, rules, tmp_path):
    def unread(lag: float) -> dict[str, float]:
        return {
            series("consumergroup_lag", GROUP | PARTITION): lag,
            series("topic_partition_current_offset", PARTITION): 5_000,
            series("topic_partition_oldest_offset", PARTITION): 4_000,
        }

    name = "LagNearRetention"
    play(
        promtool,
        rules,
        tmp_path,
        scenario(name, unread(801), 1),
        scenario(name, unread(800), 0),
    )


def test_a_group_that_is_gone_altogether_has_no_members(promtool, rules, tmp_path):
    play(promtool, rules, tmp_path, scenario("GroupWithoutMembers", {}, 2))


def test_members_of_librdkafka_that_come_and_go_are_rebalances(promtool, rules, tmp_path):
    coming = scenario("RebalancesHigh", AUDIT, 1)
    coming["input_series"][0]["values"] = " ".join(["8 7"] * 60)
    play(promtool, rules, tmp_path, coming)


def test_the_newer_name_of_the_idle_time_is_known_too(promtool, rules, tmp_path):
    newer = {series(f"{IDLE_NS}_total", {}): 0.29e9 * RATE}
    play(promtool, rules, tmp_path, scenario("RequestHandlersBusy", newer, 1))


def test_what_people_wrote_reaches_prometheus_as_it_is(promtool, tmp_path):
    nasty = 'a"b\\{{ end }}\n'
    design = replace(
        DESIGN,
        groups=(Group(name=nasty, member_records_per_s=1_500, delay_s=30),),
        operations=Operations(owner=nasty, labels={"team": "{{ $labels.topic }}"}),
    )
    file = tmp_path / "rules.yml"
    file.write_text(prometheus_rules(plan_topic(design)), encoding="utf-8")
    assert "SUCCESS" in run(promtool, "check", "rules", file)
