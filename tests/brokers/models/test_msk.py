"""AWS's sizing script: the runs it documents, its factors by hand, and what it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.brokers.models.msk_express import msk_express_brokers
from kafka_sizing.brokers.models.msk_standard import msk_standard_brokers
from kafka_sizing.units import MB, GiB, MiB

HOUR_S = 3_600


def standard(instance="m5.large", **changes):
    given = {
        "write_bytes_per_s": 10 * MiB,
        "peak_write_bytes_per_s": 20 * MiB,
        "peak_read_bytes_per_s": 40 * MiB,
        "retention_s": 72 * HOUR_S,
    }
    return msk_standard_brokers(instance, **(given | changes))


LARGE = {
    "write_bytes_per_s": 100 * MiB,
    "peak_write_bytes_per_s": 500 * MiB,
    "peak_read_bytes_per_s": 1_000 * MiB,
    "replicas": 1_000,
    "retention_s": 720 * HOUR_S,
    "local_retention_s": 24 * HOUR_S,
}


@pytest.mark.parametrize(
    ("instance", "brokers"),
    [
        pytest.param("m5.large", 108, id="BR24 m5.large"),
        pytest.param("m5.2xlarge", 33, id="BR24 m5.2xlarge"),
        pytest.param("m5.4xlarge", 18, id="BR24 m5.4xlarge"),
        pytest.param("m7g.2xlarge", 27, id="BR24 m7g.2xlarge"),
        pytest.param("m7g.4xlarge", 15, id="BR24 m7g.4xlarge"),
    ],
)
def test_standard_brokers_of_the_large_run(instance, brokers):
    estimate = standard(instance, **LARGE)
    assert (estimate.brokers, estimate.binding.resource) == (brokers, "throughput")


@pytest.mark.parametrize(
    ("instance", "brokers"),
    [
        pytest.param("m5.large", 6, id="BR25 m5.large"),
        pytest.param("m5.2xlarge", 3, id="BR25 m5.2xlarge"),
        pytest.param("m7g.large", 6, id="BR25 m7g.large"),
    ],
)
def test_standard_brokers_of_the_small_run(instance, brokers):
    assert standard(instance, replicas=3_000).brokers == brokers


def test_br26_safe_write_rate_is_the_one_aws_publishes():
    """BR26: EBS 1,000 MiB/s over 6.5 is 153.85; the MSK Express page says 153.8."""
    estimate = standard("m7g.16xlarge", utilisation_share=1)
    assert estimate.write_bytes_per_s_per_broker == pytest.approx(1_000 / 6.5 * MiB)
    assert estimate.write_bytes_per_s_per_broker / MiB == pytest.approx(153.8, abs=0.06)


def test_factors_of_disk_and_network_add_up():
    local = standard()  # read twice, no tiering: 6.5 of 81 MiB/s, 5.7 + 3 of 96 MiB/s
    assert local.ebs_write_bytes_per_s == pytest.approx(81 / 6.5 * MiB)
    assert local.network_write_bytes_per_s == pytest.approx(96 / 8.7 * MiB)
    assert local.write_bytes_per_s_per_broker == pytest.approx(96 / 8.7 / 2 * MiB)
    tiered = standard(local_retention_s=24 * HOUR_S)
    assert tiered.ebs_write_bytes_per_s == pytest.approx(81 / 8 * MiB)
    assert tiered.network_write_bytes_per_s == pytest.approx(96 / 10.2 * MiB)


def test_disk_is_local_retention_times_replicas_doubled():
    estimate = standard(write_bytes_per_s=100 * MiB, local_retention_s=24 * HOUR_S)
    assert estimate.disk_bytes == pytest.approx(50_625 * GiB)  # 100 × 86,400 × 3 × 2 MiB
    (disk,) = (need for need in estimate.needs if need.resource == "disk")
    assert disk.brokers == 4  # of 16,384 GiB each
    assert estimate.brokers == 6  # as many as throughput, 20 / 4.71, asks for
    assert standard(retention_s=3_000 * HOUR_S).binding.resource == "disk"


def test_replicas_are_held_against_what_is_recommended():
    estimate = standard(replicas=9_001)
    assert (estimate.binding.resource, estimate.binding.brokers) == ("replicas", 10)
    assert estimate.brokers == 12
    assert estimate.reason == (
        "AWS MSK Standard: 12 brokers, as 9,001 replicas at 1,000 each, rounded up to a multiple "
        "of 3"
    )


def test_reason_says_whether_disk_or_network_binds():
    assert "one takes 5.5 MiB/s of client writes (network binds)" in standard().reason
    assert "(EBS binds)" in standard("m7g.16xlarge").reason


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"instance": "m5.huge"}, r"got 'MSK Standard m5\.huge' \(near"),
        ({"write_bytes_per_s": -1}, "write_bytes_per_s must be finite and >= 0"),
        ({"peak_write_bytes_per_s": 0}, "peak_write_bytes_per_s must be finite and > 0"),
        ({"peak_read_bytes_per_s": -1}, "peak_read_bytes_per_s must be finite and >= 0"),
        ({"retention_s": 0}, "retention_s must be finite and > 0"),
        ({"local_retention_s": 0}, "local_retention_s must be finite and > 0"),
        ({"local_retention_s": 10**9}, "retention_s must be finite and >= 1e"),
        ({"utilisation_share": 0}, r"utilisation_share must be a share in \(0, 1\]"),
        ({"replication_factor": 0}, "replication_factor must be a whole number"),
        ({"replicas": -1}, "replicas must be a whole number"),
    ],
)
def test_standard_errors_name_the_argument(changes, message):
    with pytest.raises(ValueError, match=message):
        standard(**changes)


@pytest.mark.parametrize(
    ("size", "brokers"),
    [
        pytest.param("large", 45, id="BR24 Express large"),
        pytest.param("2xlarge", 12, id="BR24 Express 2xlarge"),
        pytest.param("8xlarge", 3, id="BR24 Express 8xlarge"),
    ],
)
@pytest.mark.parametrize("egress", ["quota page", "script"])
def test_express_brokers_of_the_large_run(size, brokers, egress):
    estimate = msk_express_brokers(
        size,
        peak_write_bytes_per_s=500 * MiB,
        peak_read_bytes_per_s=1_000 * MiB,
        replicas=1_000,
        egress=egress,
    )
    assert (estimate.brokers, estimate.binding.resource) == (brokers, "writes")


def test_br25_express_brokers_of_the_small_run():
    """BR25: Express large 3."""
    estimate = msk_express_brokers(
        "large",
        peak_write_bytes_per_s=20 * MiB,
        peak_read_bytes_per_s=40 * MiB,
        replicas=3_000,
    )
    assert (estimate.brokers, estimate.binding.resource) == (3, "replicas")


def test_br27_five_groups_make_reads_bind():
    """BR27: 500 out over 125 sustained is 4, then a multiple of 3 zones; sizing guide."""
    estimate = msk_express_brokers(
        "2xlarge", peak_write_bytes_per_s=100 * MB, peak_read_bytes_per_s=5 * 100 * MB
    )
    assert (estimate.binding.resource, estimate.binding.brokers) == ("reads", 4)
    assert estimate.brokers == 6


def test_the_script_lets_a_broker_give_more_than_is_sustained():
    rates = {"peak_write_bytes_per_s": MB, "peak_read_bytes_per_s": 390 * MB}
    page = msk_express_brokers("large", **rates)
    script = msk_express_brokers("large", **rates, egress="script")
    assert page.read_bytes_per_s_per_broker == pytest.approx(31.2 * MB)
    assert script.read_bytes_per_s_per_broker == pytest.approx(2.5 * 15.6 * MB)
    assert page.write_bytes_per_s_per_broker == pytest.approx(0.75 * 15.6 * MB)
    assert (page.binding.brokers, script.binding.brokers) == (13, 10)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": "huge"}, "got 'MSK Express huge'"),
        ({"peak_write_bytes_per_s": 0}, "peak_write_bytes_per_s must be finite and > 0"),
        ({"peak_read_bytes_per_s": -1}, "peak_read_bytes_per_s must be finite and >= 0"),
        ({"replicas": -1}, "replicas must be a whole number"),
        ({"egress": "all"}, "egress must be one of 'quota page', 'script'"),
    ],
)
def test_express_errors_name_the_argument(changes, message):
    given = {"size": "large", "peak_write_bytes_per_s": 1, "peak_read_bytes_per_s": 1} | changes
    with pytest.raises(ValueError, match=message):
        msk_express_brokers(given.pop("size"), **given)


@given(st.floats(1.0, 1e10), st.floats(0.0, 1e10))
def test_more_load_never_needs_fewer_brokers(write, read):
    def count(factor):
        return msk_express_brokers(
            "xlarge", peak_write_bytes_per_s=write * factor, peak_read_bytes_per_s=read * factor
        ).brokers

    assert count(1.5) >= count(1.0) >= 3
    assert count(1.0) % 3 == 0
