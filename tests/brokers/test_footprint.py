"""What a topic takes of its brokers, against hand arithmetic and worked examples."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.brokers.demand import sum_of_heaviest
from kafka_sizing.brokers.footprint import broker_footprint
from kafka_sizing.brokers.segments import segment_files
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.settings import default_of
from kafka_sizing.units import GB, MB, GiB, MiB

DAY_S = 86_400.0


def footprint_with(partitions=12, **inputs):
    """12 partitions, 60 MB/s in and 120 MB/s out, 3 replicas on 6 brokers, unless said."""
    given = {
        "wire_bytes_per_s": 60 * MB,
        "read_bytes_per_s": 120 * MB,
        "replication_factor": 3,
        "brokers": 6,
        "retention_s": DAY_S,
    }
    return broker_footprint(partitions, **{**given, **inputs})


# --- counts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("partitions", "replication_factor", "brokers", "leaders", "replicas"),
    [
        pytest.param(12, 3, 6, 2, 6, id="level"),
        pytest.param(13, 3, 6, 3, 7, id="39 replicas on 6 brokers are 6.5"),
        pytest.param(2, 3, 6, 1, 1, id="fewer partitions than brokers"),
        pytest.param(5, 3, 3, 2, 5, id="as many replicas as brokers: each has every partition"),
        pytest.param(7, 1, 1, 7, 7, id="one broker"),
    ],
)
def test_the_fullest_broker_has_its_part_rounded_up(
    partitions, replication_factor, brokers, leaders, replicas
):
    footprint = footprint_with(partitions, replication_factor=replication_factor, brokers=brokers)
    assert footprint.leaders == partitions
    assert footprint.replicas == partitions * replication_factor
    assert footprint.leaders_per_broker == leaders
    assert footprint.replicas_per_broker == replicas


def test_other_topics_count_as_well():
    footprint = footprint_with(12, other_leaders=7, other_replicas=20)
    assert (footprint.partitions, footprint.leaders, footprint.replicas) == (12, 19, 56)
    assert (footprint.leaders_per_broker, footprint.replicas_per_broker) == (4, 10)


# --- network and memory -----------------------------------------------------------------


def test_network_is_the_leaders_and_followers_part():
    # in 60 × 3 = 180 MB/s, out 60 × 2 + 120 = 240 MB/s, over 6 brokers
    footprint = footprint_with()
    assert footprint.in_bytes_per_s_per_broker == pytest.approx(30 * MB)
    assert footprint.out_bytes_per_s_per_broker == pytest.approx(40 * MB)
    assert footprint.write_bytes_per_s == 60 * MB
    assert footprint.read_bytes_per_s == 120 * MB
    assert footprint.partition_in_bytes_per_s == pytest.approx(5 * MB)
    assert footprint.partition_out_bytes_per_s == pytest.approx(10 * MB)


def test_the_peak_is_for_the_network_and_not_for_the_disk():
    mean, peak = footprint_with(), footprint_with(peak_ratio=2.5)
    for name in (
        "in_bytes_per_s_per_broker",
        "out_bytes_per_s_per_broker",
        "page_cache_bytes_per_broker",
        "write_bytes_per_s",
        "read_bytes_per_s",
        "partition_in_bytes_per_s",
        "partition_out_bytes_per_s",
    ):
        assert getattr(peak, name) == pytest.approx(2.5 * getattr(mean, name))
    assert peak.disk_bytes_per_broker == mean.disk_bytes_per_broker


def test_the_fullest_broker_carries_a_whole_number_of_partitions():
    # 2 partitions on 6 brokers: one of them leads half of the topic, and follows nothing
    footprint = footprint_with(2)
    assert footprint.in_bytes_per_s_per_broker == pytest.approx(30 * MB)
    assert footprint.out_bytes_per_s_per_broker == pytest.approx((120 + 120) / 2 * MB)


@pytest.mark.parametrize(
    "written",
    [pytest.param(100 * MB, id="BR13 100 MB/s written to a broker (Kafka docs, Hardware and OS)")],
)
def test_page_cache_holds_half_a_minute_of_what_comes_in(written):
    footprint = broker_footprint(1, wire_bytes_per_s=written, replication_factor=1, brokers=1)
    assert footprint.page_cache_bytes_per_broker == pytest.approx(3 * GB)


def test_other_topics_are_replicated_like_their_own_counts_say():
    # 6 brokers: others write 12 MB/s with 2 replicas each and are read at 30 MB/s
    other = {"other_in_bytes_per_s": 12 * MB, "other_out_bytes_per_s": 30 * MB}
    footprint = footprint_with(**other, other_leaders=10, other_replicas=20)
    assert footprint.in_bytes_per_s_per_broker == pytest.approx((30 + 24 / 6) * MB)
    assert footprint.out_bytes_per_s_per_broker == pytest.approx((40 + (12 + 30) / 6) * MB)
    assert footprint.write_bytes_per_s == pytest.approx(72 * MB)
    assert footprint.read_bytes_per_s == pytest.approx(150 * MB)
    assert footprint.page_cache_bytes_per_broker == pytest.approx(34 * MB * 30)


def test_other_topics_without_counts_are_replicated_like_this_one():
    footprint = footprint_with(other_in_bytes_per_s=12 * MB, other_replicas=20)
    assert footprint.in_bytes_per_s_per_broker == pytest.approx((30 + 36 / 6) * MB)
    assert footprint.out_bytes_per_s_per_broker == pytest.approx((40 + 24 / 6) * MB)


# --- disk -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "retention_s", "replication_factor", "disk_bytes"),
    [
        pytest.param(500 * MB, 7 * DAY_S, 3, 907.2e12, id="BR14 disk of all (AxonOps calculator)"),
        pytest.param(20 * MB, DAY_S, 3, 5_184 * GB, id="BR15 a day (AMQ Streams sizing sheet)"),
    ],
)
def test_ideal_disk_is_rate_by_retention_by_replicas(
    rate, retention_s, replication_factor, disk_bytes
):
    footprint = broker_footprint(
        40,
        wire_bytes_per_s=rate,
        retention_s=retention_s,
        replication_factor=replication_factor,
        brokers=5,
    )
    assert footprint.disk_bytes == pytest.approx(disk_bytes)
    assert footprint.most_disk_bytes > footprint.disk_bytes


def test_most_disk_is_that_of_the_segments_of_each_replica():
    footprint = footprint_with()
    one = segment_files(5 * MB, retention_s=DAY_S)
    assert footprint.segments.most_bytes == pytest.approx(one.most_bytes)
    assert footprint.most_disk_bytes == pytest.approx(36 * one.most_bytes)
    assert footprint.disk_bytes_per_broker == pytest.approx(6 * (one.most_bytes + one.index_bytes))


def test_headroom_is_a_part_of_the_disk():
    bare = footprint_with(other_disk_bytes=60 * GB)
    roomy = footprint_with(other_disk_bytes=60 * GB, disk_headroom_fraction=0.2)
    assert roomy.disk_bytes_per_broker == pytest.approx(bare.disk_bytes_per_broker / 0.8)
    assert roomy.most_disk_bytes == bare.most_disk_bytes
    alone = footprint_with()
    assert bare.disk_bytes_per_broker - alone.disk_bytes_per_broker == pytest.approx(10 * GB)


def test_size_retention_is_of_each_partition():
    footprint = footprint_with(retention_s="unlimited", retention_bytes=10 * GiB)
    assert footprint.disk_bytes == 10 * GiB * 12 * 3
    assert footprint.segments.kept_by == "retention.bytes"


def test_segments_are_those_asked_for():
    footprint = footprint_with(segment_bytes=100 * MiB)
    assert footprint.segments.rolled_bytes == 100 * MiB
    assert footprint_with(segment_s=2.0).segments.roll_s == pytest.approx(2.0)


# --- handles ----------------------------------------------------------------------------


def test_handles_are_those_of_all_segments_and_connections():
    # 5 MB/s for 86,400 s is 432 GB: 403 segments of 1 GiB, one more is active
    footprint = footprint_with(connections=61, fds_per_segment=1)
    assert footprint.segments.segments == 404
    assert footprint.connections_per_broker == 11
    assert footprint.file_descriptors == 6 * 404 + 11
    assert footprint.memory_maps == 2 * 6 * 404
    assert footprint.handles.segments == 6 * 404
    assert footprint.handles.connections == 11
    assert footprint_with(connections=61).file_descriptors == 2 * 6 * 404 + 11
    assert footprint_with(connections=61).handles.segments == 6 * 404


@pytest.mark.parametrize(
    ("disk_bytes", "each"),
    [
        pytest.param(0, 1, id="an empty replica has one segment"),
        pytest.param(20 * GiB, 1, id="an exact fit"),
        pytest.param(50 * GiB, 3, id="2.5 segments are 3"),
    ],
)
def test_other_replicas_hold_segments_of_the_default_size(disk_bytes, each):
    assert default_of("segment.bytes", "topic").value == 1 * GiB
    bare = footprint_with().memory_maps
    footprint = footprint_with(other_replicas=20, other_leaders=10, other_disk_bytes=disk_bytes)
    assert footprint.memory_maps - bare == 2 * 4 * each  # 20 replicas on 6 brokers are 4


# --- partitions that differ -------------------------------------------------------------


def test_the_fullest_broker_has_the_hottest_partitions():
    # 4 partitions, 2 replicas on 4 brokers: one leader and two replicas on each
    footprint = broker_footprint(
        4,
        wire_bytes_per_s=100 * MB,
        read_bytes_per_s=200 * MB,
        replication_factor=2,
        brokers=4,
        retention_s=1_000,
        shares=[0.1, 0.4, 0.2, 0.3],
    )
    assert footprint.hottest_partition_share == 0.4
    assert footprint.in_bytes_per_s_per_broker == pytest.approx((40 + 30) * MB)
    assert footprint.out_bytes_per_s_per_broker == pytest.approx((40 + 80) * MB)
    assert footprint.partition_in_bytes_per_s == pytest.approx(40 * MB)
    assert footprint.partition_out_bytes_per_s == pytest.approx(80 * MB)
    hot, warm = (segment_files(rate * MB, retention_s=1_000) for rate in (40, 30))
    assert footprint.segments.bytes_per_s == pytest.approx(hot.bytes_per_s)
    assert footprint.disk_bytes_per_broker == pytest.approx(
        hot.most_bytes + hot.index_bytes + warm.most_bytes + warm.index_bytes
    )
    assert footprint.disk_bytes == pytest.approx(100 * MB * 1_000 * 2)
    assert footprint.memory_maps == 2 * (hot.segments + warm.segments)


def test_slow_partitions_can_have_more_segments():
    # by size 10 GB is kept; at 1 kB/s a day's segment is 86.4 MB, at 1 MB/s 1 GiB
    kept = {"retention_s": "unlimited", "retention_bytes": 10 * GB, "segment_s": DAY_S}
    footprint = broker_footprint(
        2,
        wire_bytes_per_s=1_001_000,
        replication_factor=1,
        brokers=2,
        shares=[1_000_000 / 1_001_000, 1_000 / 1_001_000],
        **kept,
    )
    assert footprint.segments.segments == segment_files(1_000_000, **kept).segments == 11
    assert footprint.handles.segments == segment_files(1_000, **kept).segments == 117


def test_an_idle_partition_is_one_empty_segment():
    footprint = footprint_with(2, shares=[1, 0], brokers=3, replication_factor=3)
    assert footprint.handles.segments == footprint.segments.segments + 1


def test_equal_shares_are_as_none():
    even, same = footprint_with(), footprint_with(shares=[1 / 12] * 12)
    for name in ("in_bytes_per_s_per_broker", "disk_bytes_per_broker", "file_descriptors"):
        assert getattr(same, name) == pytest.approx(getattr(even, name))


def test_shares_come_from_placed_keys_too():
    loads = PartitionLoads(loads=[30, 10, 20])
    placed = footprint_with(3, shares=loads)
    assert placed == footprint_with(3, shares=[3 / 6, 1 / 6, 2 / 6])
    assert placed.hottest_partition_share == 0.5


@given(
    shares=st.lists(st.floats(min_value=0.01, max_value=1), min_size=1, max_size=12),
    brokers=st.integers(min_value=2, max_value=8),
)
def test_uneven_shares_never_take_less_of_the_fullest_broker(shares, brokers):
    shares = [share / sum(shares) for share in shares]
    inputs = {"brokers": brokers, "replication_factor": 2}
    uneven = footprint_with(len(shares), shares=shares, **inputs)
    even = footprint_with(len(shares), **inputs)
    for name in ("in_bytes_per_s_per_broker", "out_bytes_per_s_per_broker"):
        assert getattr(uneven, name) >= getattr(even, name) * (1 - 1e-9)
    # all brokers together carry at most so many times the fullest
    assert brokers * uneven.in_bytes_per_s_per_broker >= 2 * 60 * MB * (1 - 1e-9)
    assert uneven == footprint_with(len(shares), shares=shares, **inputs)


def test_the_heaviest_are_added_up():
    assert sum_of_heaviest([(1.0, 5), (10.0, 2), (3.0, 1)], 4) == 24
    assert sum_of_heaviest([(1.0, 5)], 9) == 5
    assert sum_of_heaviest([], 3) == 0


# --- fewer brokers ----------------------------------------------------------------------


def test_without_a_broker_the_same_load_is_on_the_rest():
    footprint = footprint_with(60)
    less = footprint.without()
    assert less == footprint_with(60, brokers=5)
    assert footprint.without(brokers=3) == footprint_with(60, brokers=3)


def test_with_too_few_brokers_each_keeps_one_replica():
    less = footprint_with(brokers=3, zones=3).without()
    assert (less.brokers, less.replication_factor, less.zones) == (2, 2, 2)
    assert less.replicas_per_broker == 12
    assert less.in_bytes_per_s_per_broker == pytest.approx(60 * MB)
    assert less.out_bytes_per_s_per_broker == pytest.approx((60 + 120) / 2 * MB)


def test_other_topics_lose_replicas_for_which_there_is_no_broker():
    other = {"other_leaders": 10, "other_replicas": 30, "other_disk_bytes": 90 * GB}
    footprint = footprint_with(brokers=3, other_in_bytes_per_s=9 * MB, **other)
    less = footprint.without()
    assert less.replicas == 24 + 20
    assert less.demand.other.disk_bytes == pytest.approx(60 * GB)
    assert less.in_bytes_per_s_per_broker == pytest.approx((60 + 9) * MB)
    kept = footprint_with(brokers=4, **other).without()
    assert kept.replicas == 36 + 30


def test_the_largest_zone_is_lost():
    footprint = footprint_with(brokers=7, zones=3)
    assert footprint.brokers_per_zone == 3
    less = footprint.after_zone_loss()
    assert (less.brokers, less.zones, less.replication_factor) == (4, 2, 3)
    assert less == footprint_with(brokers=4, zones=2)


def test_nothing_is_left_without_all():
    with pytest.raises(ValueError, match=r"brokers must be < 6, all there are, got 6"):
        footprint_with().without(brokers=6)
    with pytest.raises(ValueError, match=r"brokers must be a whole number .* got 0"):
        footprint_with().without(brokers=0)
    with pytest.raises(ValueError, match=r"zones must be >= 2 to go on after losing one, got 1"):
        footprint_with().after_zone_loss()


# --- words and tables -------------------------------------------------------------------


def test_the_reason_says_what_weighs_on_the_fullest_broker():
    reason = footprint_with().reason
    assert reason.startswith(
        "the fullest of 6 brokers has 6 replicas, 2 of them leading; it needs 2.4 TiB of disk"
    )
    assert reason.endswith("takes in 28.6 MiB/s and gives out 38.1 MiB/s")
    one = broker_footprint(1, wire_bytes_per_s=1, replication_factor=1, brokers=1)
    assert one.reason.startswith("the fullest of 1 broker has 1 replica, 1 of them")


def test_the_frame_has_a_row_for_each_resource():
    footprint = footprint_with(groups=4, connections=7)
    frame = footprint.to_frame().set_index(["resource", "per"])
    assert list(frame.columns) == ["amount", "unit", "kind", "source"]
    assert frame.index.is_unique
    assert frame.loc[("replicas", "broker"), "amount"] == 6
    assert frame.loc[("replicas", "cluster"), "amount"] == 36
    assert frame.loc[("groups", "cluster"), "amount"] == 4
    assert frame.loc[("most disk", "broker"), "amount"] == footprint.disk_bytes_per_broker
    assert set(frame["kind"]) <= {"exact", "measured", "vendor", "rule"}
    assert (frame["source"] != "").all()


def test_the_page_shows_reason_and_table():
    page = footprint_with()._repr_html_()
    assert page.startswith("<p>the fullest of 6 brokers")
    assert "<table" in page
    assert repr(footprint_with()).startswith(
        "BrokerFootprint(partitions=12, replication_factor=3, brokers=6, replicas_per_broker=6, "
    )


# --- nonsense ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "match"),
    [
        ({"partitions": 0}, r"partitions must be a whole number"),
        ({"wire_bytes_per_s": 0}, r"wire_bytes_per_s must be finite and > 0, got 0"),
        ({"read_bytes_per_s": -1}, r"read_bytes_per_s must be finite and >= 0, got -1"),
        ({"peak_ratio": 0.9}, r"peak_ratio must be finite and >= 1, got 0\.9"),
        ({"replication_factor": 0}, r"replication_factor must be a whole number"),
        ({"replication_factor": 7}, r"replication_factor must be <= brokers \(6\), got 7"),
        ({"brokers": 0}, r"brokers must be a whole number"),
        ({"zones": 7}, r"zones must be <= brokers \(6\), got 7"),
        ({"retention_s": 0}, r"retention_s must be finite and > 0, got 0"),
        ({"retention_bytes": 0}, r"retention_bytes must be a whole number"),
        ({"segment_bytes": 0}, r"segment_bytes must be a whole number"),
        ({"segment_bytes": 2**31}, r"segment_bytes must be a whole number"),
        ({"segment_s": -1}, r"segment_s must be finite and > 0, got -1"),
        ({"shares": [0.5, 0.5]}, r"shares must be one for each of 12 partitions, got shape \(2,"),
        ({"shares": [0.1] * 12}, r"shares must sum to 1, got 1\.2"),
        ({"shares": [2, -1] + [0] * 10}, r"shares must be finite and >= 0, got \[2, -1"),
        ({"shares": [float("nan")] * 12}, r"shares must be finite and >= 0"),
        ({"connections": -1}, r"connections must be a whole number"),
        ({"groups": -1}, r"groups must be a whole number"),
        ({"other_leaders": -1}, r"other_leaders must be a whole number"),
        ({"other_replicas": -1}, r"other_replicas must be a whole number"),
        ({"other_leaders": 2, "other_replicas": 1}, r"other_replicas must be >= other_leaders"),
        ({"other_disk_bytes": -1}, r"other_disk_bytes must be finite and >= 0"),
        ({"other_in_bytes_per_s": -1}, r"other_in_bytes_per_s must be finite and >= 0"),
        ({"other_out_bytes_per_s": -1}, r"other_out_bytes_per_s must be finite and >= 0"),
        ({"disk_headroom_fraction": 1}, r"disk_headroom_fraction must be a fraction"),
        ({"fds_per_segment": 0}, r"fds_per_segment must be a whole number"),
    ],
)
def test_nonsense_is_refused(inputs, match):
    with pytest.raises(ValueError, match=match):
        footprint_with(**inputs)


def test_what_just_fits_is_taken():
    assert footprint_with(replication_factor=6, zones=6).replicas_per_broker == 12
    assert footprint_with(other_leaders=2, other_replicas=2).replicas == 38
    assert footprint_with(retention_bytes=2**40).demand.retention_bytes == 2**40


@pytest.mark.parametrize(
    ("shares", "brokers", "led"),
    [
        (None, 6, 2 / 7),  # the fullest of 6 leads 2 of 7, not a sixth of the load
        (None, 7, 1 / 7),
        (None, 12, 1 / 7),
        ([0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1], 6, 0.5),
    ],
)
def test_client_traffic_of_the_fullest_broker_is_that_of_its_leaders(shares, brokers, led):
    footprint = footprint_with(
        7,
        brokers=brokers,
        shares=shares,
        wire_bytes_per_s=70 * MB,
        read_bytes_per_s=140 * MB,
        peak_ratio=2,
        other_in_bytes_per_s=12 * MB,
        other_out_bytes_per_s=24 * MB,
    )
    client_in = footprint.client_in_bytes_per_s_per_broker
    assert client_in == pytest.approx((140 * led + 12 / brokers) * MB)
    assert footprint.client_out_bytes_per_s_per_broker == pytest.approx(2 * client_in)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"read_bytes_per_s": 1e308, "peak_ratio": 1e9}, r"^bytes/s out of the fullest broker"),
        ({"other_in_bytes_per_s": 1e308}, r"^bytes/s into the fullest broker must be finite"),
        ({"segment_bytes": 1}, r"^segments on one broker must be a whole number in 0 … 2,147"),
        ({"shares": "x"}, r"^shares must be numbers, got 'x'"),
    ],
)
def test_what_outgrows_its_number_is_refused(changes, match):
    with pytest.raises(ValueError, match=match):
        footprint_with(**changes)


@pytest.mark.parametrize(
    ("fds_per_segment", "source"),
    [
        (
            None,
            "Rao, Confluent blog, How to choose the number of topics/partitions: 2 per segment",
        ),
        (1, "Kafka documentation, Hardware and OS: 1 per segment"),
    ],
)
def test_file_descriptors_name_who_counts_as_many_a_segment(fds_per_segment, source):
    footprint = broker_footprint(
        12,
        wire_bytes_per_s=6e7,
        replication_factor=3,
        brokers=6,
        retention_s=86_400,
        fds_per_segment=fds_per_segment,
    )
    rows = footprint.to_frame().set_index("resource")
    assert rows.loc["file descriptors", "source"].startswith(source)
    assert rows.loc["memory maps", "source"].startswith("Kafka documentation, Hardware and OS: 2")
