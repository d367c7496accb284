"""What is left after a failure, against hand arithmetic."""

from __future__ import annotations

import pytest

from kafka_sizing.brokers.failures import lose_brokers, lose_zone
from kafka_sizing.brokers.footprint import broker_footprint
from kafka_sizing.settings import default_of
from kafka_sizing.units import GB, MB

DAY_S = 86_400.0


def footprint_with(partitions=60, **inputs):
    """60 partitions, 60 MB/s in and 120 MB/s out, 3 replicas on 6 brokers, unless said."""
    given = {
        "wire_bytes_per_s": 60 * MB,
        "read_bytes_per_s": 120 * MB,
        "replication_factor": 3,
        "brokers": 6,
        "retention_s": DAY_S,
    }
    return broker_footprint(partitions, **{**given, **inputs})


# --- load -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("brokers", "zones", "ratio"),
    [
        pytest.param(6, 3, 1.5, id="three zones: Z / (Z - 1) = 1.5 (AWS sizing script)"),
        pytest.param(12, 4, 4 / 3, id="four zones"),
        pytest.param(6, 2, 2, id="two zones"),
        pytest.param(7, 3, 7 / 4, id="three zones that are not level: 3 of 7 brokers go"),
    ],
)
def test_a_lost_zone_puts_its_load_on_the_others(brokers, zones, ratio):
    failure = lose_zone(footprint_with(252, brokers=brokers, zones=zones))
    assert failure.load_ratio == pytest.approx(ratio)
    before, after = failure.before, failure.after
    assert after.out_bytes_per_s_per_broker == pytest.approx(
        ratio * before.out_bytes_per_s_per_broker
    )
    assert after.in_bytes_per_s_per_broker == pytest.approx(
        ratio * before.in_bytes_per_s_per_broker
    )
    assert after.disk_bytes_per_broker == pytest.approx(ratio * before.disk_bytes_per_broker)
    assert after.replicas_per_broker == ratio * before.replicas_per_broker


def test_a_lost_broker_leaves_all_replicas_to_the_others():
    failure = lose_brokers(footprint_with())
    assert (failure.before.replicas_per_broker, failure.after.replicas_per_broker) == (30, 36)
    assert (failure.before.leaders_per_broker, failure.after.leaders_per_broker) == (10, 12)
    assert failure.load_ratio == pytest.approx(1.2)
    assert (failure.brokers_left, failure.lost_leaders) == (5, 10)
    assert failure.election.total_s == pytest.approx(0.05)


def test_lost_leaders_are_no_more_than_there_are():
    assert lose_brokers(footprint_with(1), brokers=3).lost_leaders == 1


# --- what goes on -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replication_factor", "min_insync", "lost", "surviving", "readable", "writable"),
    [
        pytest.param(3, 2, 1, 2, True, True, id="RD01 3/2 survives one"),
        pytest.param(3, 2, 2, 1, True, False, id="RD01 3/2 takes no writes after two"),
        pytest.param(3, 3, 1, 2, True, False, id="RD01 3/3 survives none"),
        pytest.param(3, 1, 2, 1, True, True, id="RD01 3/1 survives two"),
        pytest.param(5, 3, 2, 3, True, True, id="RD01 5/3 survives two"),
        pytest.param(3, 1, 3, 0, False, False, id="all replicas of a partition"),
        pytest.param(1, 1, 1, 0, False, False, id="no followers"),
        pytest.param(2, 1, 4, 0, False, False, id="more brokers than replicas"),
    ],
)
def test_writes_need_enough_replicas(
    *, replication_factor, min_insync, lost, surviving, readable, writable
):
    failure = lose_brokers(
        footprint_with(replication_factor=replication_factor),
        brokers=lost,
        min_insync_replicas=min_insync,
    )
    assert failure.surviving_replicas == surviving
    assert (failure.readable, failure.writable) == (readable, writable)


@pytest.mark.parametrize(
    ("replication_factor", "zones", "surviving"),
    [(3, 3, 2), (3, 2, 1), (2, 3, 1), (4, 3, 2), (1, 3, 0), (5, 3, 3)],
)
def test_a_zone_takes_its_part_of_the_replicas(replication_factor, zones, surviving):
    failure = lose_zone(footprint_with(replication_factor=replication_factor, zones=zones))
    assert failure.surviving_replicas == surviving


def test_min_insync_replicas_are_kafkas_unless_given():
    failure = lose_brokers(footprint_with())
    assert failure.min_insync_replicas == default_of("min.insync.replicas", "topic").value


def test_without_any_broker_nothing_is_left():
    for failure in (lose_zone(footprint_with()), lose_brokers(footprint_with(), brokers=6)):
        assert (failure.after, failure.load_ratio, failure.brokers_left) == (None, None, 0)
        assert not failure.readable
        assert not failure.rebuilds
        assert failure.rebuild_s is None
        frame = failure.to_frame()
        assert frame["after"].isna().all()
        assert frame["ratio"].isna().all()
    assert lose_zone(footprint_with()).reason == "without a zone (6 brokers) none is left"


# --- rebuilding -------------------------------------------------------------------------


def test_rebuilding_copies_what_was_lost():
    footprint = footprint_with(disk_headroom_fraction=0.5)
    failure = lose_brokers(footprint, brokers=2, rebuild_bytes_per_s=1 * GB)
    bare = footprint_with().disk_bytes_per_broker
    assert failure.rebuild_bytes == pytest.approx(2 * bare)
    assert failure.rebuild_s == pytest.approx(2 * bare / GB)
    assert lose_brokers(footprint).rebuild_s is None


@pytest.mark.parametrize(
    ("brokers", "rebuilds"),
    [
        pytest.param(4, True, id="r + 1 brokers: the lost replicas have a place"),
        pytest.param(3, False, id="r brokers: they have none"),
    ],
)
def test_rebuilding_needs_a_broker_more_than_replicas(brokers, rebuilds):
    failure = lose_brokers(footprint_with(brokers=brokers), rebuild_bytes_per_s=1 * GB)
    assert failure.rebuilds is rebuilds
    assert (failure.rebuild_s is not None) is rebuilds
    assert failure.after.replication_factor == (3 if rebuilds else 2)
    assert ("too few are left for 3 replicas each" in failure.reason) is not rebuilds


# --- words and tables -------------------------------------------------------------------


def test_the_reason_says_what_goes_on_and_what_it_weighs():
    reason = lose_brokers(footprint_with(), min_insync_replicas=2).reason
    assert reason.startswith(
        "without 1 broker partitions keep at least 2 of 3 replicas, and reads and writes go on; "
        "the fullest of 5 left has 12 leaders and gives out 45.8 MiB/s, and once 2.4 TiB are "
        "copied, holds 36 replicas and needs 2.9 TiB of disk"
    )
    assert "fewer than min.insync.replicas (3), so they take no writes with acks=all" in (
        lose_brokers(footprint_with(), min_insync_replicas=3).reason
    )
    assert lose_brokers(footprint_with(), brokers=3).reason == (
        "without 3 brokers some partitions have no replica left and are offline"
    )
    assert lose_zone(footprint_with(zones=3)).reason.startswith("without a zone (2 brokers) part")


def test_the_frame_says_what_grows_and_when():
    failure = lose_brokers(footprint_with())
    frame = failure.to_frame().set_index("resource")
    assert frame.loc["leaders_per_broker", "when"] == "at once"
    assert frame.loc["out_bytes_per_s_per_broker", "when"] == "at once"
    assert frame.loc["disk_bytes_per_broker", "when"] == "once rebuilt"
    assert frame.loc["replicas_per_broker", ["before", "after", "ratio"]].tolist() == [30, 36, 1.2]
    assert frame["ratio"].isna().sum() == 1  # there are no connections
    page = failure._repr_html_()
    assert page.startswith("<p>without 1 broker")
    assert "<table" in page
    assert repr(failure) == (
        "BrokerFailure(scope='brokers', lost_brokers=1, surviving_replicas=2, writable=True, "
        "rebuilds=True)"
    )


@pytest.mark.parametrize(
    ("inputs", "match"),
    [
        ({"brokers": 0}, r"brokers must be a whole number in 1 … 6, got 0"),
        ({"brokers": 7}, r"brokers must be a whole number in 1 … 6, got 7"),
        ({"min_insync_replicas": 0}, r"min_insync_replicas must be a whole number"),
        ({"rebuild_bytes_per_s": 0}, r"rebuild_bytes_per_s must be finite and > 0"),
    ],
)
def test_nonsense_is_refused(inputs, match):
    with pytest.raises(ValueError, match=match):
        lose_brokers(footprint_with(), **inputs)


def test_what_is_no_footprint_is_refused():
    for lose in (lose_brokers, lose_zone):
        with pytest.raises(TypeError, match=r"^footprint must be BrokerFootprint, as broker_foot"):
            lose(5)


def test_a_rebuild_without_end_is_refused():
    with pytest.raises(ValueError, match=r"^bytes to rebuild over rebuild_bytes_per_s must be fi"):
        lose_brokers(footprint_with(), rebuild_bytes_per_s=1e-300)
