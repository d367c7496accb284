"""Models of vCPU, I/O, zones and clients, against what their authors publish."""

from __future__ import annotations

import pytest

from kafka_sizing.brokers.models.constants import model_constants
from kafka_sizing.brokers.models.google import google_vcpus
from kafka_sizing.brokers.models.instaclustr import instaclustr_io
from kafka_sizing.brokers.models.netflix import netflix_zone
from kafka_sizing.brokers.models.syalioune import syalioune_topic
from kafka_sizing.brokers.models.xeotek import xeotek_counts
from kafka_sizing.units import MB, GiB, MiB, TiB

HOUR_S = 3_600
DAY_S = 86_400


# --- Google ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("produced", "consumed", "share", "write", "read", "equivalent", "vcpus"),
    [
        pytest.param(100, 200, None, 300, 400, 400, 40, id="BR18 utilisation 0.5"),
        pytest.param(40, 40, 0.7, 120, 120, 150, 11, id="BR18 utilisation 0.7"),
    ],
)
def test_google_page(*, produced, consumed, share, write, read, equivalent, vcpus):
    estimate = google_vcpus(
        produced * MiB, read_bytes_per_s=consumed * MiB, utilisation_share=share
    )
    assert estimate.write_bytes_per_s == write * MiB
    assert estimate.read_bytes_per_s == read * MiB
    assert estimate.write_equivalent_bytes_per_s == equivalent * MiB
    assert estimate.vcpus == vcpus
    assert estimate.memory_bytes == vcpus * 4 * GiB


def test_google_says_which_side_costs_more():
    assert google_vcpus(100 * MiB, read_bytes_per_s=200 * MiB).reason == (
        "Google Managed Kafka: 40 vCPU for the equivalent of 400.0 MiB/s written, most of it "
        "writes"
    )
    tie = google_vcpus(100, read_bytes_per_s=400, replication_factor=1)
    assert tie.binding == "writes"
    assert google_vcpus(100, read_bytes_per_s=404, replication_factor=1).binding == "reads"


# --- Instaclustr ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "realtime", "delayed", "remote", "local", "network", "fan_out"),
    [
        pytest.param(100, 100, 50, 20, 450, 590, 1.7, id="BR20 SSD, tiered"),
        pytest.param(10, 20, 5, 5, 45, 75, 3.0, id="BR21 SSD, tiered"),
    ],
)
def test_instaclustr_calculator(*, write, realtime, delayed, remote, local, network, fan_out):
    estimate = instaclustr_io(
        write * MB,
        realtime_bytes_per_s=realtime * MB,
        delayed_bytes_per_s=delayed * MB,
        remote_bytes_per_s=remote * MB,
    )
    assert estimate.local_bytes_per_s == local * MB
    assert estimate.network_bytes_per_s == network * MB
    assert estimate.fan_out == pytest.approx(fan_out)
    assert estimate.binding == "network"


def test_volumes_are_reached_over_the_network():
    rates = {
        "realtime_bytes_per_s": 100.0,
        "delayed_bytes_per_s": 50.0,
        "remote_bytes_per_s": 20.0,
    }
    ebs = instaclustr_io(100, **rates, storage="ebs")
    assert (ebs.local_bytes_per_s, ebs.network_bytes_per_s) == (0, 590 + 450)
    local = instaclustr_io(100, **rates, tiering="local")  # a copy of 100 less on each
    assert (local.local_bytes_per_s, local.network_bytes_per_s) == (350, 490)


def test_disks_can_be_as_busy_as_the_network():
    only_writes = instaclustr_io(100, realtime_bytes_per_s=0)
    assert only_writes.local_bytes_per_s == only_writes.network_bytes_per_s == 400
    assert only_writes.binding == "network"
    assert only_writes.reason == (
        "Instaclustr tiered storage: 400 B/s on local disks and 400 B/s on the network; "
        "most on the network"
    )


# --- syalioune ------------------------------------------------------------------------


def test_br22_syalioune_defaults():
    """BR22: 100,000 × 1,024 B/s, peak 3, ratio 4, RF 3, 3 groups, 7 d."""
    topic = syalioune_topic(
        100_000,
        record_bytes=1_024,
        retention_s=7 * DAY_S,
        groups=3,
        peak_ratio=3,
        compression_ratio=4,
    )
    assert topic.write_bytes_per_s / MiB == pytest.approx(97.656, abs=0.0005)
    assert topic.peak_write_bytes_per_s / MiB == pytest.approx(292.97, abs=0.005)
    assert topic.peak_wire_bytes_per_s / MiB == pytest.approx(73.24, abs=0.005)
    assert topic.network_bytes_per_s / MiB == pytest.approx(439.45, abs=0.005)
    assert topic.disk_bytes / TiB == pytest.approx(57.03, abs=0.005)
    assert (topic.partitions, topic.binding) == (10, "payload")
    assert topic.reason == (
        "syalioune calculator: 10 partitions, as 293.0 MiB/s of payload come at the peak and "
        "30.0 MiB/s go to each; compression counts for network and disk only"
    )


# --- Netflix --------------------------------------------------------------------------


def test_br23_netflix_model():
    """BR23: 100 MiB/s, 2 readers, RF 3, 3 zones; 4 h of state."""
    zone = netflix_zone(100 * MiB, readers=2, retention_s=4 * HOUR_S)
    assert zone.in_bytes_per_s == 300 * MiB
    assert zone.out_bytes_per_s == 400 * MiB
    assert zone.network_bytes_per_s_per_zone / MiB == pytest.approx(186.67, abs=0.005)
    assert zone.state_bytes == 4_218.75 * GiB
    assert zone.disk_bytes_per_zone == pytest.approx(4_218.75 * 2.5 / 3 * GiB)
    assert zone.page_cache_bytes_per_zone == pytest.approx(100 * 600 / 3 * MiB)
    assert zone.binding == "out"
    assert zone.reason == (
        "Netflix: each of 3 zones needs 186.7 MiB/s of network, as out is the fuller direction, "
        "and 3.4 TiB of disk"
    )


def test_netflix_without_readers_is_bound_by_what_comes_in():
    zone = netflix_zone(100, readers=0, retention_s=1, zones=1)
    assert zone.binding == "in"
    assert zone.network_bytes_per_s_per_zone == pytest.approx(420)
    assert netflix_zone(100, readers=1, retention_s=1).binding == "in"  # a tie


# --- Xeotek ---------------------------------------------------------------------------


def xeotek(produce_s=0.001, consume_s=0.1, brokers=3, **changes):
    return xeotek_counts(
        1_000, produce_s=produce_s, consume_s=consume_s, brokers=brokers, **changes
    )


def test_pc19_xeotek_least_counts():
    """PC19: 1,000 records/s, 1 ms to produce, 100 ms to consume; the library's own tests."""
    counts = xeotek()
    assert (counts.least_producers, counts.least_consumers) == (2, 127)
    assert counts.binding == "consumers"
    assert xeotek(produce_s=0.1, consume_s=0.001).least_producers == 127
    assert xeotek(produce_s=0.1, consume_s=0.001).binding == "producers"


def test_pc20_xeotek_recommendation_contradicts_itself():
    """PC20: 3 partitions and 162 consumers; a consumer without a partition is idle."""
    counts = xeotek()
    assert (counts.partitions, counts.consumers) == (3, 162)
    assert counts.idle_consumers == 159
    assert not counts.consistent
    assert counts.reason == (
        "Xeotek: at least 2 producers and 127 consumers, consumers bind; it recommends 3 "
        "partitions and 162 consumers, 159 of which would be idle: do not copy"
    )


def test_xeotek_agrees_with_itself_where_both_sides_are_alike():
    counts = xeotek(produce_s=0.1)
    assert (counts.partitions, counts.consumers, counts.consistent) == (162, 162, True)
    assert counts.reason.endswith("162 partitions and 162 consumers")


@pytest.mark.parametrize(
    ("produce_s", "consume_s", "brokers", "partitions", "consumers"),
    [
        # by its source: load and uptime 1, so each side asks for T × s, levelled by brokers
        pytest.param(0.010, 0.020, 5, 10, 20, id="10 divides 20: each its own"),
        pytest.param(0.010, 0.025, 5, 10, 30, id="30 is nearer to 25 than 10 is"),
        pytest.param(0.020, 0.025, 5, 25, 25, id="40 is too far: 25 for both"),
        pytest.param(0.008, 0.012, 4, 8, 8, id="a tie between 8 and 16 takes 8"),
        pytest.param(0.002, 0.002, 6, 2, 2, id="below the brokers a divisor of them"),
        pytest.param(0.004, 0.004, 6, 6, 6, id="4 does not divide 6 brokers, nor 5"),
    ],
)
def test_xeotek_levels_and_compares_both_sides(
    *, produce_s, consume_s, brokers, partitions, consumers
):
    counts = xeotek(produce_s, consume_s, brokers, load_share=1, uptime_share=1)
    assert counts.partitions == partitions
    assert counts.consumers == consumers


# --- constants and ranges -------------------------------------------------------------


def test_figures_show_one_row_per_number():
    estimate = instaclustr_io(10.0, realtime_bytes_per_s=20.0)
    frame = estimate.to_frame()
    assert dict(zip(frame["quantity"], frame["amount"], strict=True)) == {
        "local_bytes_per_s": 40,
        "network_bytes_per_s": 60,
        "fan_out": 2,
    }
    assert set(frame["model"]) == {"Instaclustr tiered storage"}
    assert repr(estimate) == (
        "InstaclustrEstimate(constants=ModelConstants(name='Instaclustr tiered storage', "
        "kind='vendor', date='2026-11-23'), storage='ssd', tiering='tiered', "
        "local_bytes_per_s=40.0, network_bytes_per_s=60.0, fan_out=2.0)"
    )


def test_constants_say_whose_they_are():
    constants = model_constants("netflix")
    assert (constants.name, constants.kind) == ("Netflix", "rule")
    assert constants.source
    assert constants.date
    assert constants["network_margin_ratio"] == 1.4
    assert constants.given("network_margin_ratio", None) == 1.4
    assert constants.given("network_margin_ratio", 2) == 2.0
    assert model_constants("abcdedf").count("least_brokers") == 3
    with pytest.raises(ValueError, match=r"model must be one of .*near: 'netflix'"):
        model_constants("netflixx")


@pytest.mark.parametrize(
    ("model", "argument", "value"),
    [
        ("google", "write_bytes_per_s", 0),
        ("google", "read_bytes_per_s", -1),
        ("google", "replication_factor", 0),
        ("google", "utilisation_share", 0),
        ("instaclustr", "write_bytes_per_s", 0),
        ("instaclustr", "realtime_bytes_per_s", -1),
        ("instaclustr", "delayed_bytes_per_s", -1),
        ("instaclustr", "remote_bytes_per_s", -1),
        ("instaclustr", "replication_factor", 0),
        ("instaclustr", "storage", "hdd"),
        ("instaclustr", "tiering", "remote"),
        ("syalioune", "records_per_s", 0),
        ("syalioune", "record_bytes", 0),
        ("syalioune", "retention_s", 0),
        ("syalioune", "groups", -1),
        ("syalioune", "peak_ratio", 0.9),
        ("syalioune", "compression_ratio", 0.9),
        ("syalioune", "replication_factor", 0),
        ("netflix", "write_bytes_per_s", 0),
        ("netflix", "readers", -1),
        ("netflix", "retention_s", 0),
        ("netflix", "replication_factor", 0),
        ("netflix", "zones", 0),
        ("xeotek", "records_per_s", 0),
        ("xeotek", "produce_s", 0),
        ("xeotek", "consume_s", 0),
        ("xeotek", "brokers", 0),
        ("xeotek", "load_share", 0),
        ("xeotek", "uptime_share", 1.1),
    ],
)
def test_each_argument_has_its_range(model, argument, value):
    function, given = {
        "google": (google_vcpus, {"write_bytes_per_s": 1, "read_bytes_per_s": 1}),
        "instaclustr": (instaclustr_io, {"write_bytes_per_s": 1, "realtime_bytes_per_s": 1}),
        "syalioune": (
            syalioune_topic,
            {"records_per_s": 1, "record_bytes": 1, "retention_s": 1, "groups": 1},
        ),
        "netflix": (netflix_zone, {"write_bytes_per_s": 1, "readers": 1, "retention_s": 1}),
        "xeotek": (
            xeotek_counts,
            {"records_per_s": 1, "produce_s": 1, "consume_s": 1, "brokers": 1},
        ),
    }[model]
    first = next(iter(given))
    given = given | {argument: value}
    with pytest.raises(ValueError, match=f"^{argument} must be .*got"):
        function(given.pop(first), **given)
