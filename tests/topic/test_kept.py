from dataclasses import replace

import pytest

from kafka_sizing import KeyLoads
from kafka_sizing.topic import Cluster, Group, Keys, TopicDesign, Traffic, plan_topic
from kafka_sizing.topic.planning.kept import compacted_bytes, kept_size_bytes, kept_time_s
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
