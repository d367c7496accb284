"""What is used of each limit on the brokers; amounts worked out beside the designs."""

import pytest

from kafka_sizing.topic import Cluster, Group, TopicDesign, Traffic, plan_topic
from kafka_sizing.topic.planning.room import limit_uses


def uses(**cluster):
    """2 MB/s on the wire, doubled within a year, in 3 replicas, read by one group."""
    design = TopicDesign(
        name="orders",
        traffic=Traffic(
            write_bytes_per_s=2e6, record_bytes=500, growth_fraction_per_year=1, horizon_years=1
        ),
        groups=[Group(name="billing", member_records_per_s=1_500)],
        cluster=Cluster(**cluster),
    )
    return {use.name: use for use in limit_uses(plan_topic(design).brokers)}


def test_every_broker_of_three_takes_in_all_that_is_written():
    # Each of 3 brokers holds one of 3 replicas: 2 MB/s today, 4 MB/s at the horizon.
    found = uses(brokers=3, network_bytes_per_s_per_broker=40e6)
    network = found["network in"]
    assert (network.today, network.horizon) == pytest.approx((2e6, 4e6))
    assert (network.today_share, network.horizon_share) == pytest.approx((0.05, 0.1))
    assert (network.kind, network.per, network.is_enforced) == ("exact", "broker", True)


def test_with_a_broker_fewer_what_is_used_is_that_of_the_smaller_cluster():
    # With 2 of 3 brokers left, each keeps a replica of everything: disk of a broker is the same.
    found = uses(brokers=3, disk_bytes_per_broker=10e12)["disk"]
    assert found.without_broker == pytest.approx(found.horizon)
    assert found.without_broker_share == pytest.approx(found.horizon_share)


def test_one_broker_cannot_be_lost():
    design = TopicDesign(
        name="orders",
        traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
        groups=[Group(name="billing", member_records_per_s=1_500)],
        replication_factor=1,
        cluster=Cluster(brokers=1),
    )
    (maps,) = limit_uses(plan_topic(design).brokers)
    assert (maps.without_broker, maps.without_broker_share) == (None, None)


def test_memory_maps_are_held_against_the_default_of_linux_unless_given():
    default, given = uses(brokers=3), uses(brokers=3, max_map_count=262_144)
    assert default["memory maps"].allowed == 65_530
    assert "Linux kernel" in default["memory maps"].source
    assert given["memory maps"].allowed == 262_144
    assert given["memory maps"].source == "stated"


def test_what_is_not_given_is_not_judged():
    assert list(uses(brokers=3)) == ["memory maps"]
    assert list(uses(brokers=3, file_descriptors=100_000)) == ["file descriptors", "memory maps"]


def test_limits_of_a_vendor_follow_with_their_source_and_date():
    found = uses(brokers=3, limits="MSK Standard m5.large")
    replicas = found["replicas per broker, recommended"]
    assert (replicas.allowed, replicas.kind, replicas.is_enforced) == (1_000, "vendor", False)
    assert replicas.source == "Amazon MSK best practices, 2026-11-23"
    assert not [name for name in found if name.startswith("brokers per")]
