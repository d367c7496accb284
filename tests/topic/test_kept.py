from dataclasses import replace

import pytest

from kafka_sizing import KeyLoads
from kafka_sizing.topic import Cluster, Group, Keys, TopicDesign, Traffic, plan_topic
from kafka_sizing.topic.planning.kept import (
    compacted_bytes,
    kept_size_bytes,
    kept_time_s,
    local_size_bytes,
    local_time_s,
    remote_bytes,
)
from kafka_sizing.units import GiB

# 1 MB/s of 1,000 B; 10,000 keys of 1,000 B are 10 MB, as much again may be dirty.
DESIGN = TopicDesign(
    name="prices",
    traffic=Traffic(write_bytes_per_s=1e6, record_bytes=1_000, key_bytes=10),
    partitions=10,
    keys=Keys(loads=KeyLoads([f"key-{n}" for n in range(10_000)], [1.0] * 10_000)),
    groups=(Group(name="billing", member_records_per_s=1_000, outage_s=3_600),),
    cluster=Cluster(brokers=6, disk_bytes_per_broker=1e11),
    config={"cleanup.policy": "compact"},
)


def test_a_topic_that_compacts_keeps_by_key_and_not_by_time():
    assert (kept_time_s(DESIGN), kept_size_bytes(DESIGN)) == (None, None)
    assert compacted_bytes(DESIGN) == 20e6
    retention = plan_topic(DESIGN).retention
    assert (retention.kept_s, retention.kept_by, retention.enough) == (
        None,
        "cleanup.policy",
        True,
    )
    assert retention.reason.startswith("records are kept until a newer one of their key is there")


def test_a_topic_that_deletes_too_keeps_by_time():
    both = replace(DESIGN, config={"cleanup.policy": "compact,delete"})
    assert kept_time_s(both) == 604_800
    assert compacted_bytes(both) is None
    assert plan_topic(both).retention.kept_by == "retention.ms"


def test_disks_hold_the_keys_three_times_whatever_is_written():
    assert plan_topic(DESIGN).brokers.horizon.disk_bytes == pytest.approx(60e6)
    faster = replace(DESIGN, traffic=replace(DESIGN.traffic, write_bytes_per_s=3e6))
    assert plan_topic(faster).brokers.horizon.disk_bytes == pytest.approx(60e6)


@pytest.mark.parametrize(
    ("ratio", "expected"), [(0.5, 20e6), (0.0, 10e6), (0.75, 40e6), (1.0, None)]
)
def test_what_may_be_dirty_comes_on_top(ratio, expected):
    config = DESIGN.config | {"min.cleanable.dirty.ratio": ratio}
    assert compacted_bytes(replace(DESIGN, config=config)) == expected


def test_compaction_of_keys_nobody_counted_leaves_the_disks_open():
    brokers = plan_topic(replace(DESIGN, keys=Keys(hottest_key_share=0.01))).brokers
    assert not brokers.size_is_known
    assert brokers.disk_used_ratio is brokers.disk_used_ratio_without_broker is None
    assert brokers.fits


def test_a_vendor_may_take_fewer_leaders_of_a_compacted_topic():
    """MSK Serverless: 2,400 leaders, 120 of topics that are compacted."""
    cluster = Cluster(brokers=3, limits="MSK Serverless")
    plan = plan_topic(replace(DESIGN, partitions=200, cluster=cluster))
    assert [limit.partitions for limit in plan.count.broken] == [120]
    assert not plan.brokers.fits
    deleted = plan_topic(replace(DESIGN, partitions=200, cluster=cluster, config={}))
    assert deleted.count.holds
    assert deleted.brokers.fits


def needed(**changes) -> int | None:
    """What the largest partition wanted asks for; None: nothing."""
    plan = plan_topic(replace(DESIGN, **{"partitions": 100, "cluster": None, **changes}))
    found = [limit for limit in plan.count.limits if limit.name == "retained bytes"]
    return found[0].partitions if found else None


def test_what_size_retention_bounds_needs_no_partitions():
    """1 MB/s for 7 d are 604.8 GB: 61 partitions of 10 GB, if nothing else bounds them."""
    assert needed(config={}, partition_retained_bytes=10e9) == 61
    assert needed(config={}, partition_retained_bytes=10e9, retention_bytes=10e9) is None
    assert needed(config={}, partition_retained_bytes=10e9, retention_bytes=11e9) == 61


def test_a_topic_without_limit_is_reckoned_for_a_year():
    """1 MB/s × 365.25 d are 31.5576 TB: 32 partitions of 1 TB."""
    assert needed(config={"retention.ms": -1}, partition_retained_bytes=1e12) == 32


def test_keys_ask_for_the_same_count_at_the_horizon():
    """20 MB of keys in partitions of 3 MB: 7."""
    traffic = replace(DESIGN.traffic, growth_fraction_per_year=0.5, horizon_years=2)
    assert needed(partition_retained_bytes=3e6, traffic=traffic) == 7
    assert needed(partition_retained_bytes=GiB, keys=None) is None


TIERED = {"remote.storage.enable": True, "local.retention.ms": 3_600_000}


def test_local_disks_of_a_tiered_topic_hold_what_is_local():
    """1 MB/s: an hour in three replicas on disks, 90 days once in remote storage."""
    design = replace(DESIGN, config=TIERED, retention_s=90 * 86_400)
    brokers = plan_topic(design).brokers
    assert brokers.horizon.disk_bytes == pytest.approx(1e6 * 3_600 * 3)
    assert brokers.remote_bytes == pytest.approx(1e6 * 90 * 86_400)
    assert plan_topic(design).retention.kept_s == 90 * 86_400
    whole = plan_topic(replace(design, config={})).brokers
    assert whole.horizon.disk_bytes == pytest.approx(1e6 * 90 * 86_400 * 3)
    assert whole.remote_bytes is None


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param({}, (604_800, None), id="-2 is as much as the topic keeps"),
        pytest.param(
            {"local.retention.ms": 1_000_000_000_000}, (604_800, None), id="not more than it keeps"
        ),
        pytest.param({"local.retention.ms": -1}, (None, None), id="all of it"),
        pytest.param({"local.retention.bytes": 5_000}, (604_800, 5_000), id="by size"),
        pytest.param(
            {"retention.ms": -1, "local.retention.ms": 7_000}, (7, None), id="kept for ever"
        ),
        pytest.param(
            {"remote.storage.enable": False, "local.retention.ms": 1_000},
            (604_800, None),
            id="off",
        ),
    ],
)
def test_local_retention_is_what_kafka_makes_of_it(config, expected):
    tiered = replace(DESIGN, config={"remote.storage.enable": True} | config)
    assert (local_time_s(tiered), local_size_bytes(tiered)) == expected


def test_remote_storage_keeps_what_the_smaller_limit_leaves():
    """10 partitions of 1 GB are 10 GB; 7 d of 1 MB/s would be 604.8 GB."""
    by_size = replace(DESIGN, config=TIERED, retention_bytes=1e9)
    assert remote_bytes(by_size, 1e6, 10) == 10e9
    for_ever = replace(DESIGN, config=TIERED | {"retention.ms": -1})
    assert remote_bytes(for_ever, 1e6, 10) == pytest.approx(1e6 * 365.25 * 86_400)
    assert remote_bytes(DESIGN, 1e6, 10) is None


def test_the_largest_partition_wanted_is_one_on_a_local_disk():
    """An hour of 1 MB/s is 3.6 GB: 4 partitions of 1 GB."""
    assert needed(config=TIERED, partition_retained_bytes=1e9) == 4


def test_what_compaction_leaves_is_no_exact_number():
    brokers = plan_topic(DESIGN).brokers
    kinds = {row["resource"]: row["kind"] for row in brokers.rows(brokers.horizon)}
    assert (kinds["disk"], kinds["most disk"], kinds["leaders"]) == ("rule", "rule", "exact")
    deletes = plan_topic(replace(DESIGN, config={})).brokers
    kinds = {row["resource"]: row["kind"] for row in deletes.rows(deletes.horizon)}
    assert kinds["disk"] == "exact"
