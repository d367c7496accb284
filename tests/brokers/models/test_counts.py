"""Models that count brokers, against the examples their authors publish and hand arithmetic."""

from __future__ import annotations

import copy
import pickle

import pytest

from kafka_sizing.brokers.models.abcdedf import abcdedf_brokers
from kafka_sizing.brokers.models.akalculator import akalculator_brokers
from kafka_sizing.brokers.models.alibaba import alibaba_brokers
from kafka_sizing.brokers.models.axonops import axonops_brokers
from kafka_sizing.brokers.models.cruise_control import follower_cpu, missing_brokers
from kafka_sizing.brokers.models.red_hat import red_hat_brokers
from kafka_sizing.units import GB, MB, TB, MiB, TiB

DAY_S = 86_400


def needs(estimate) -> dict[str, int]:
    return {need.resource: need.brokers for need in estimate.needs}


# --- AxonOps --------------------------------------------------------------------------


def test_br14_axonops_page():
    """BR14: 500 MB/s, RF 3, 7 d, 300 MB/s per broker, +20 %."""
    estimate = axonops_brokers(500 * MB, broker_bytes_per_s=300 * MB, retention_s=7 * DAY_S)
    assert (estimate.brokers, estimate.binding.resource) == (5, "throughput")
    assert estimate.disk_bytes == pytest.approx(907.2 * TB)
    assert estimate.disk_bytes_per_broker == pytest.approx(181.44 * TB)
    assert estimate.provided_disk_bytes_per_broker == pytest.approx(217.73 * TB, abs=0.005 * TB)
    assert estimate.cores_per_broker is None


@pytest.mark.parametrize(
    ("replicas", "brokers", "binding"),
    [
        (12_000, 3, "replicas"),
        (12_001, 4, "replicas"),
        (8_000, 3, "least size"),
    ],
)
def test_axonops_gives_a_broker_4000_replicas(replicas, brokers, binding):
    estimate = axonops_brokers(
        MB, broker_bytes_per_s=300 * MB, retention_s=DAY_S, replicas=replicas
    )
    assert (estimate.brokers, estimate.binding.resource) == (brokers, binding)


def test_axonops_gives_each_thread_one_and_a_half_cores():
    estimate = axonops_brokers(
        MB, broker_bytes_per_s=MB, retention_s=1, replication_factor=1, threads=3 + 8 + 1
    )
    assert estimate.cores_per_broker == 18
    assert estimate.brokers == 3


# --- Red Hat --------------------------------------------------------------------------


def red_hat(**changes):
    given = {
        "records_per_s": 1_000,
        "record_bytes": 20_000,
        "groups": 3,
        "network_bytes_per_s": 125 * MB,
        "disk_bytes_per_s": 125 * MB,
        "retention_s": 7 * DAY_S,
    } | changes
    return red_hat_brokers(given.pop("records_per_s"), **given)


def test_br15_red_hat_sheet():
    """BR15: the published screenshot; utilisation 0.65."""
    estimate = red_hat()
    assert estimate.write_bytes_per_s == 20 * MB
    assert estimate.network_write_bytes_per_s == 60 * MB
    assert estimate.network_read_bytes_per_s == 100 * MB
    assert estimate.network_ratio == pytest.approx(0.8)
    assert estimate.disk_ratio == pytest.approx(0.48)
    assert estimate.disk_bytes_per_day == pytest.approx(5_184 * GB)
    assert estimate.disk_bytes == pytest.approx(36_288 * GB)
    assert estimate.disk_bytes_per_broker == pytest.approx(9_980 * GB, abs=GB)
    assert (estimate.brokers, estimate.binding.resource) == (4, "replication")
    assert needs(estimate) == {"network": 2, "disk": 2, "replication": 4}


def test_red_hat_takes_headroom_twice():
    estimate = red_hat(network_bytes_per_s=20 * MB)  # 100 / 20 = 5, × 1.6 / 0.65 = 12.3
    assert (estimate.brokers, estimate.binding.resource) == (13, "network")
    assert red_hat(network_bytes_per_s=20 * MB, utilisation_share=1).brokers == 8
    assert estimate.reason == (
        "Red Hat AMQ: 13 brokers, as the network is used at 500.0 % of one broker's, 0.65 is "
        "allowed, times 1.6"
    )


def test_red_hat_groups_that_lag_read_from_disk():
    estimate = red_hat(lagging_groups=2, disk_bytes_per_s=20 * MB)
    assert estimate.disk_bytes_per_s == 100 * MB
    assert (estimate.brokers, estimate.binding.resource) == (13, "disk")


def test_red_hat_without_readers_counts_what_comes_in():
    estimate = red_hat(groups=0)
    assert estimate.network_read_bytes_per_s == 40 * MB
    assert estimate.network_ratio == pytest.approx(60 / 125)


# --- Alibaba --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peak", "fan_out", "copies", "brokers", "binding"),
    [
        pytest.param(100, 2, 3, 4, "traffic", id="BR19 100 MB/s, fan-out 2, RF 3"),
        pytest.param(500, 3, 3, 20, "traffic", id="BR19 500 MB/s, fan-out 3, RF 3"),
        pytest.param(80, 1, 2, 4, "least size", id="BR19 80 MB/s, fan-out 1, RF 2"),
    ],
)
def test_alibaba_page(peak, fan_out, copies, brokers, binding):
    estimate = alibaba_brokers(peak * MB, fan_out=fan_out, replication_factor=copies)
    assert (estimate.brokers, estimate.binding.resource) == (brokers, binding)


def test_alibaba_least_size():
    assert needs(alibaba_brokers(80 * MB, fan_out=1, replication_factor=2)) == {
        "traffic": 2,  # 80 × (1 + 3) × 2 / 400 = 1.6
        "least size": 4,
    }


# --- abcdedf --------------------------------------------------------------------------


def test_br16_abcdedf_small_example():
    """BR16: 2e9 records a day of 510 B, peak 3, RF 3, 24 h."""
    rate = 2e9 / DAY_S
    estimate = abcdedf_brokers(rate, record_bytes=510, retention_s=DAY_S, peak_ratio=3)
    assert rate == pytest.approx(23_148.1, abs=0.05)
    assert estimate.write_bytes_per_s * 8 / MB == pytest.approx(94.44, abs=0.005)
    assert estimate.network_bytes_per_s * 8 / MB == pytest.approx(850)
    assert estimate.disk_bytes == pytest.approx(3.06 * TB)
    assert (estimate.brokers, estimate.binding.resource) == (3, "least size")


def test_br17_abcdedf_large_example():
    """BR17: 10e12 records a day, fan-out 2, 25 Gbit/s, 12 TB, utilisation 0.6."""
    estimate = abcdedf_brokers(
        10e12 / DAY_S, record_bytes=510, retention_s=DAY_S, peak_ratio=3, fan_out=2
    )
    assert needs(estimate) == {"network": 284, "disk": 1_275, "egress": 473, "least size": 3}
    assert estimate.brokers == 1_275


def test_abcdedf_takes_hardware_of_ones_own():
    estimate = abcdedf_brokers(
        1_000,
        record_bytes=1_000,
        retention_s=1_000,
        fan_out=1,
        network_bytes_per_s=MB,
        disk_bytes_per_broker=10 * GB,
        utilisation_share=0.5,
    )
    assert needs(estimate) == {"network": 6, "disk": 1, "egress": 8, "least size": 3}
    assert estimate.egress_bytes_per_s == 4 * MB
    assert estimate.brokers == 9
    assert estimate.reason.endswith("rounded up to a multiple of 3")


# --- AKalculator ----------------------------------------------------------------------


def akalculator(**changes):
    given = {
        "write_bytes_per_s": 100 * MiB,
        "read_bytes_per_s": 300 * MiB,
        "retention_s": 3_600,
        "vcpus_per_broker": 4,
        "disk_bytes_per_broker": 2 * TiB,
    } | changes
    return akalculator_brokers(given.pop("write_bytes_per_s"), **given)


@pytest.mark.parametrize(
    ("write", "read", "vcpus", "brokers"),
    [
        pytest.param(100, 300, 20, 5, id="both sides ask for 20"),
        pytest.param(100, 301, 21, 6, id="reads ask for one more"),
        pytest.param(101, 0, 21, 6, id="writes ask for one more"),
        pytest.param(1, 1, 1, 3, id="the least size"),
    ],
)
def test_akalculator_gives_a_vcpu_5_in_and_15_out(write, read, vcpus, brokers):
    estimate = akalculator(write_bytes_per_s=write * MiB, read_bytes_per_s=read * MiB)
    assert (estimate.vcpus, estimate.brokers) == (vcpus, brokers)


def test_akalculator_fills_disks_to_a_half_and_reads_a_quarter_from_them():
    estimate = akalculator(retention_s=DAY_S)
    assert estimate.disk_bytes == 100 * MiB * DAY_S * 3 * 2
    assert estimate.disk_read_bytes_per_s == 75 * MiB
    assert (estimate.brokers, estimate.binding.resource) == (25, "disk")  # 49.4 / 2 TiB


def test_akalculator_stops_at_200_brokers():
    fits = akalculator(write_bytes_per_s=4_000 * MiB, read_bytes_per_s=0)
    assert (fits.brokers, fits.feasible) == (200, True)
    beyond = akalculator(write_bytes_per_s=4_001 * MiB, read_bytes_per_s=0)
    assert (beyond.brokers, beyond.feasible) == (201, False)
    assert beyond.reason.endswith("801 vCPU at 4 each; the model stops at 200")


# --- Cruise Control -------------------------------------------------------------------


def test_br32_cruise_control_adds_brokers():
    """BR32: (2,215,449.25 - 720,000) / (100,000 × 0.8), rounded up."""
    missing = missing_brokers(
        2_215_449.25, allowed=720_000, broker_capacity=100_000, resource="network in"
    )
    assert (missing.brokers, missing.binding, missing.threshold_share) == (19, "network in", 0.8)
    assert missing.reason == (
        "Cruise Control: add 19, as network in is 1,495,449.25 over and a broker adds 80,000.00"
    )


@pytest.mark.parametrize(
    ("resource", "share"),
    [("cpu", 0.7), ("disk", 0.8), ("network in", 0.8), ("network out", 0.8)],
)
def test_cruise_control_has_a_threshold_for_each_resource(resource, share):
    missing = missing_brokers(70.1, allowed=0, broker_capacity=100, resource=resource)
    assert missing.threshold_share == share
    assert missing.brokers == (2 if share == 0.7 else 1)
    own = missing_brokers(
        71, allowed=0, broker_capacity=100, resource=resource, threshold_share=0.5
    )
    assert own.brokers == 2


def test_cruise_control_adds_none_within_what_is_allowed():
    missing = missing_brokers(5, allowed=7, broker_capacity=1, resource="disk")
    assert missing.brokers == 0
    assert missing.reason == "Cruise Control: none, as disk is within what is allowed"


def test_br33_cruise_control_estimates_a_followers_cpu():
    """BR33: 0.5 × 0.15 × 100 / (0.7 × 100 + 0.15 × 200)."""
    cpu = follower_cpu(0.5, in_bytes_per_s=100, out_bytes_per_s=200)
    assert cpu == pytest.approx(0.075)
    assert follower_cpu(0.5, in_bytes_per_s=0, out_bytes_per_s=0) == 0


# --- what all share -------------------------------------------------------------------


def test_an_estimate_shows_one_row_per_resource():
    estimate = alibaba_brokers(500 * MB, fan_out=3)
    frame = estimate.to_frame()
    assert frame["resource"].tolist() == ["traffic", "least size"]
    assert frame["brokers"].tolist() == [20, 4]
    assert frame["binding"].tolist() == [True, False]
    assert set(frame["kind"]) == {"vendor"}
    assert repr(estimate) == "BrokerEstimate(brokers=20, binding='traffic')"
    assert "<p>Alibaba for Confluent: 20 brokers, as one carries" in estimate._repr_html_()
    assert repr(red_hat()) == "RedHatEstimate(brokers=4, binding='replication')"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: alibaba_brokers(0, fan_out=1), "peak_write_bytes_per_s must be"),
        (lambda: alibaba_brokers(1, fan_out=-1), "fan_out must be"),
        (lambda: alibaba_brokers(1, fan_out=1, replication_factor=0), "replication_factor must"),
        (lambda: red_hat(records_per_s=0), "records_per_s must be"),
        (lambda: red_hat(record_bytes=0), "record_bytes must be"),
        (lambda: red_hat(groups=-1), "groups must be"),
        (lambda: red_hat(lagging_groups=-1), "lagging_groups must be"),
        (lambda: red_hat(network_bytes_per_s=0), "network_bytes_per_s must be"),
        (lambda: red_hat(disk_bytes_per_s=0), "disk_bytes_per_s must be"),
        (lambda: red_hat(retention_s=0), "retention_s must be"),
        (lambda: red_hat(replication_factor=0), "replication_factor must be"),
        (lambda: red_hat(utilisation_share=1.1), r"utilisation_share must .*got 1\.1"),
        (lambda: akalculator(write_bytes_per_s=0), "write_bytes_per_s must be"),
        (lambda: akalculator(read_bytes_per_s=-1), "read_bytes_per_s must be"),
        (lambda: akalculator(retention_s=0), "retention_s must be"),
        (lambda: akalculator(vcpus_per_broker=0), "vcpus_per_broker must be"),
        (lambda: akalculator(disk_bytes_per_broker=0), "disk_bytes_per_broker must be"),
        (lambda: akalculator(replication_factor=0), "replication_factor must be"),
    ],
)
def test_errors_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("model", "argument", "value"),
    [
        *(("abcdedf", name, 0) for name in ("records_per_s", "record_bytes", "retention_s")),
        *(("abcdedf", name, 0) for name in ("network_bytes_per_s", "disk_bytes_per_broker")),
        *(("abcdedf", name, 0) for name in ("utilisation_share", "replication_factor")),
        ("abcdedf", "peak_ratio", 0.9),
        ("abcdedf", "fan_out", -1),
        *(("axonops", name, 0) for name in ("peak_write_bytes_per_s", "broker_bytes_per_s")),
        *(("axonops", name, 0) for name in ("retention_s", "replication_factor", "threads")),
        ("axonops", "replicas", -1),
        *(("cruise control", name, -1) for name in ("load", "allowed")),
        ("cruise control", "broker_capacity", 0),
        ("cruise control", "threshold_share", 0),
        ("cruise control", "resource", "network"),
        *(("follower", name, -1) for name in ("leader_cpu", "in_bytes_per_s", "out_bytes_per_s")),
    ],
)
def test_each_argument_has_its_range(model, argument, value):
    function, first, rest = {
        "abcdedf": (abcdedf_brokers, "records_per_s", {"record_bytes": 1, "retention_s": 1}),
        "axonops": (
            axonops_brokers,
            "peak_write_bytes_per_s",
            {"broker_bytes_per_s": 1, "retention_s": 1},
        ),
        "cruise control": (
            missing_brokers,
            "load",
            {"allowed": 1, "broker_capacity": 1, "resource": "disk"},
        ),
        "follower": (follower_cpu, "leader_cpu", {"in_bytes_per_s": 1, "out_bytes_per_s": 1}),
    }[model]
    given = {first: 1} | rest | {argument: value}
    with pytest.raises(ValueError, match=f"^{argument} must be .*got"):
        function(given.pop(first), **given)


@pytest.mark.parametrize(
    "call",
    [
        lambda: alibaba_brokers(1e308, fan_out=2),
        lambda: axonops_brokers(1e300, broker_bytes_per_s=1e299, retention_s=1e10),
        lambda: follower_cpu(1, in_bytes_per_s=float("nan"), out_bytes_per_s=1),
    ],
)
def test_what_outgrows_a_float_is_refused(call):
    with pytest.raises(ValueError, match=r"must be finite"):
        call()


def test_an_estimate_is_pickled_and_copied():
    estimate = alibaba_brokers(500 * MB, fan_out=3)
    assert pickle.loads(pickle.dumps(estimate)) == estimate
    assert copy.deepcopy(estimate) == estimate
