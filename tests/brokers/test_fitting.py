"""What fits on a cluster, against worked examples, hand arithmetic and what it promises."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.brokers.checks import ClusterFit, LimitCheck
from kafka_sizing.brokers.fitting import fits, units_needed
from kafka_sizing.brokers.footprint import BrokerFootprint, broker_footprint
from kafka_sizing.brokers.limits import ClusterLimit, ClusterLimits, find_cluster
from kafka_sizing.units import GB, MB, MiB

DAY_S = 86_400


def footprint(partitions=12, **changes) -> BrokerFootprint:
    given = {
        "wire_bytes_per_s": 12 * MB,
        "read_bytes_per_s": 24 * MB,
        "replication_factor": 3,
        "brokers": 3,
        "retention_s": DAY_S,
    }
    return broker_footprint(partitions, **(given | changes))


def limit(resource, most, *, per="cluster", advice="hard", unit="things") -> ClusterLimit:
    return ClusterLimit(
        name=f"{resource} per {per}",
        resource=resource,
        most=most,
        unit=unit,
        per=per,
        advice=advice,
        kind="rule",
        source="a test",
        date="2026",
    )


def cluster(*limits, unit="") -> ClusterLimits:
    return ClusterLimits(name="ours", vendor="us", limits=limits, unit=unit)


# --- worked examples ------------------------------------------------------------------


def test_br28_volume_holds_three_copies_of_what_clients_write():
    """BR28: 83 MiB/s a broker, written three times, in the AWS agent toolkit's sizing guide."""
    used = footprint(wire_bytes_per_s=3 * 83 * MiB, brokers=3)
    check = fits(used, "MSK Standard m5.2xlarge").of("disk_write_bytes_per_s")
    assert check.used == pytest.approx(249 * MiB)
    assert check.allowed == 250 * MiB
    assert check.left == pytest.approx(1 * MiB)
    assert check.outcome == "fits"


@pytest.mark.parametrize(
    ("write", "read", "units"),
    [
        pytest.param(130, 500, 3, id="BR29 Confluent Cloud Dedicated, 60/180 MB/s per CKU"),
        pytest.param(60, 180, 1, id="an exact fit needs no more"),
        pytest.param(10, 181, 2, id="reads alone"),
        pytest.param(0.1, 0, 1, id="at least one"),
    ],
)
def test_units_are_counted_from_the_fuller_side(write, read, units):
    used = footprint(wire_bytes_per_s=write * MB, read_bytes_per_s=read * MB)
    need = units_needed(used, "Confluent Cloud Dedicated")
    assert need.units == units
    assert need.feasible
    assert need.fit.units == units
    assert need.fit.fits
    if units > 1:
        assert not fits(used, "Confluent Cloud Dedicated", units=units - 1).fits
    assert need.reason.startswith(f"{units} CKU{'s' if units > 1 else ''}. Fits on Confluent")


def test_br31_redpanda_needs_memory_for_each_replica():
    """BR31: 10,000 partitions with 3 replicas at 2 MB, Redpanda sizing docs."""
    used = footprint(10_000, wire_bytes_per_s=MB)
    check = fits(used, "Redpanda 26.x").of("memory_bytes")
    assert check.used == 60 * GB
    assert check.outcome == "exceeded"
    assert units_needed(used, "Redpanda 26.x").units == 30  # cores, at 2 GB each
    assert units_needed(used, "Redpanda 24.x").units == 60


def test_pc15_rates_of_msk_serverless_are_inside_its_quota():
    """PC15: 100 MB/s in and 300 MB/s out are inside 200/400 MB/s and 2,400 leaders."""
    used = footprint(30, wire_bytes_per_s=100 * MB, read_bytes_per_s=300 * MB)
    fit = fits(used, "MSK Serverless")
    assert fit.fits
    assert fit.of("in_bytes_per_s").used_share == 0.5
    assert fit.of("out_bytes_per_s").used_share == 0.75
    assert fit.of("leaders").used == 30
    assert fit.binding.limit.name == "reads from one partition"
    assert fit.binding.used_share == pytest.approx(1.0)
    assert not fits(footprint(29, wire_bytes_per_s=100 * MB, read_bytes_per_s=300 * MB),
                    "MSK Serverless").fits  # fmt: skip


# --- leaders, replicas, and what each is counted for ----------------------------------


@pytest.mark.parametrize(
    ("resource", "per", "used"),
    [
        pytest.param("leaders", "cluster", 20 + 5, id="leaders of the cluster"),
        pytest.param("leaders", "unit", 20 + 5, id="leaders per unit are those of all"),
        pytest.param("leaders", "topic", 20, id="leaders of the topic"),
        pytest.param("leaders", "broker", 7, id="leaders of the fullest of 4 brokers: 25 / 4"),
        pytest.param("replicas", "cluster", 40 + 10, id="replicas of the cluster"),
        pytest.param("replicas", "broker", 13, id="replicas of the fullest of 4 brokers: 50 / 4"),
        pytest.param("brokers", "cluster", 4, id="brokers"),
        pytest.param("brokers", "account", 4, id="brokers of an account: this cluster's"),
        pytest.param("in_bytes_per_s", "cluster", 40 + 8, id="client writes"),
        pytest.param("in_bytes_per_s", "broker", 12, id="client writes per broker"),
        pytest.param("out_bytes_per_s", "cluster", 80 + 4, id="client reads"),
        pytest.param("out_bytes_per_s", "broker", 21, id="client reads per broker"),
        pytest.param("network_in_bytes_per_s", "broker", 24, id="with 2 replicas: 96 / 4"),
        pytest.param("disk_write_bytes_per_s", "broker", 24, id="what comes in is written"),
        pytest.param("network_out_bytes_per_s", "broker", 33, id="48 to followers, 84 to readers"),
        pytest.param("partition_in_bytes_per_s", "partition", 2, id="40 over 20 partitions"),
        pytest.param("partition_out_bytes_per_s", "partition", 4, id="80 over 20 partitions"),
        pytest.param("connections", "cluster", 11, id="connections"),
        pytest.param("connections", "broker", 3, id="connections of 4 brokers: 11 / 4"),
        pytest.param("groups", "cluster", 9, id="groups"),
        pytest.param("groups", "topic", 9, id="groups that may read the topic"),
        pytest.param("groups", "broker", 3, id="groups over 4 brokers: 9 / 4"),
        pytest.param("retention_s", "topic", DAY_S, id="retention"),
        pytest.param("units", "cluster", 1, id="units"),
    ],
)
def test_each_limit_is_held_against_what_it_counts(resource, per, used):
    taken = footprint(
        20,
        wire_bytes_per_s=40,
        read_bytes_per_s=80,
        replication_factor=2,
        brokers=4,
        connections=11,
        groups=9,
        other_leaders=5,
        other_replicas=10,
        other_in_bytes_per_s=8,
        other_out_bytes_per_s=4,
    )
    (check,) = fits(taken, cluster(limit(resource, 10**9, per=per), unit="thing")).checks
    assert check.used == pytest.approx(used)


def test_disks_are_held_per_broker_and_in_all():
    taken = footprint()
    fit = fits(taken, cluster(limit("disk_bytes", 1, per="broker"), limit("disk_bytes", 1)))
    assert [check.used for check in fit.checks] == [
        taken.disk_bytes_per_broker,
        taken.disk_bytes_per_broker * 3,
    ]


def test_a_hot_partition_sets_the_least_that_its_leader_takes():
    taken = footprint(2, shares=[0.9, 0.1], wire_bytes_per_s=100, read_bytes_per_s=200)
    fit = fits(
        taken,
        cluster(
            limit("in_bytes_per_s", 1_000, per="broker"),
            limit("out_bytes_per_s", 1_000, per="broker"),
            limit("partition_in_bytes_per_s", 1_000, per="partition"),
        ),
    )
    assert [check.used for check in fit.checks] == pytest.approx([90, 180, 90])


@pytest.mark.parametrize(
    ("per", "allowed"),
    [("cluster", 10), ("broker", 10), ("unit", 50)],
)
def test_a_limit_is_multiplied_by_what_it_is_per(per, allowed):
    taken = footprint(brokers=4, replication_factor=2)
    (check,) = fits(taken, cluster(limit("leaders", 10, per=per), unit="thing"), units=5).checks
    assert check.allowed == allowed


# --- what decides ---------------------------------------------------------------------


def test_advice_is_reported_but_does_not_decide():
    taken = footprint(400, wire_bytes_per_s=3 * MB, read_bytes_per_s=0, brokers=1,
                      replication_factor=1)  # fmt: skip
    ours = cluster(
        limit("replicas", 300, per="broker", advice="recommended", unit="replicas"),
        limit("replicas", 500, per="broker", unit="replicas"),
    )
    fit = fits(taken, ours)
    assert fit.fits
    assert fit.binding.limit.most == 500
    assert fit.binding.left == 100
    assert fit.growth_ratio == pytest.approx(1.25)
    assert [check.limit.most for check in fit.beyond_advice] == [300]
    assert fit.reason == (
        "Fits on ours: the fullest, replicas per broker (hard): 400 replicas of 500 replicas, "
        "80.0 %, leaves 100 replicas; beyond advice: replicas per broker (recommended): "
        "400 replicas of 300 replicas, 133.3 %"
    )


@pytest.mark.parametrize("advice", ["hard", "throttled"])
def test_what_is_enforced_decides(advice):
    fit = fits(footprint(12), cluster(limit("leaders", 11, advice=advice, unit="leaders")))
    assert not fit.fits
    assert fit.exceeded == fit.checks
    assert fit.binding.left == -1
    assert fit.reason == (
        f"Does not fit on ours: leaders per cluster ({advice}): 12 leaders of 11 leaders, 109.1 %"
    )


def test_the_fullest_limit_binds():
    fit = fits(footprint(12), cluster(limit("leaders", 100), limit("replicas", 40)))
    assert fit.binding.limit.resource == "replicas"  # 36 of 40 against 12 of 100
    assert fit.growth_ratio == pytest.approx(40 / 36)


def test_with_nothing_enforced_advice_binds():
    fit = fits(footprint(2_000), "KRaft")
    assert fit.fits
    assert fit.binding.limit.name == "hot replicas per broker"
    assert fit.binding.outcome == "beyond advice"
    assert "200.0 %, is only advice" in fit.reason
    assert "beyond advice:" not in fit.reason


def test_what_is_not_known_is_said_and_does_not_decide():
    ours = cluster(limit("requests_per_s", 10, unit="requests/s"))
    fit = fits(footprint(), ours)
    assert fit.fits
    assert fit.binding is None
    assert fit.growth_ratio is None
    assert fit.not_known == fit.checks
    assert (fit.checks[0].used, fit.checks[0].used_share, fit.checks[0].left) == (None,) * 3
    assert fit.reason == "Nothing that ours limits is known"
    assert fit.checks[0].reason == (
        "requests_per_s per cluster (hard): at most 10 requests/s, what is used is not known"
    )
    assert not fits(footprint(), ours, also={"requests_per_s": 11}).fits
    assert fits(footprint(), ours, also={"requests_per_s": 10}).fits


def test_unlimited_retention_is_not_known():
    taken = footprint(retention_s="unlimited", retention_bytes=10**9)
    fit = fits(taken, "MSK Serverless of 2022")
    assert fit.of("retention_s").outcome == "not known"


def test_nothing_used_has_no_growth_ratio():
    fit = fits(footprint(), cluster(limit("connections", 5)))
    assert fit.binding.used_share == 0
    assert fit.growth_ratio is None


def test_a_resource_is_looked_up_among_those_limited():
    fit = fits(footprint(), "MSK Express large")
    assert fit.of("replicas").limit.advice == "recommended"  # the fuller of the two
    with pytest.raises(ValueError, match=r"resource must be one of .*got 'memory_bytes'"):
        fit.of("memory_bytes")


# --- units ----------------------------------------------------------------------------


def test_no_number_of_units_lifts_a_limit_of_the_whole():
    taken = footprint(101)
    need = units_needed(taken, "Event Hubs Premium")
    assert need.units is None
    assert not need.feasible
    assert need.reason.startswith(
        "no number of units is enough. Does not fit on Event Hubs Premium: "
        "leaders per event hub (hard): 101 leaders of 100 leaders"
    )


def test_more_units_than_are_sold_are_not_enough():
    taken = footprint(10, wire_bytes_per_s=41 * MB, read_bytes_per_s=0)
    need = units_needed(taken, "Event Hubs Standard")
    assert need.units is None
    assert need.fit.of("units").used == 41
    assert units_needed(taken, "Event Hubs Standard", also={"in_records_per_s": 1}).units is None


def test_what_is_given_beside_a_footprint_counts_for_units():
    taken = footprint(10, wire_bytes_per_s=MB, read_bytes_per_s=0)
    need = units_needed(taken, "Event Hubs Standard", also={"in_records_per_s": 2_500})
    assert need.units == 3


@given(st.floats(min_value=1.0, max_value=9_000 * MB))
def test_units_are_enough_and_one_fewer_is_not(rate):
    taken = footprint(wire_bytes_per_s=rate, read_bytes_per_s=rate)
    units = units_needed(taken, "Confluent Cloud Dedicated").units
    assert fits(taken, "Confluent Cloud Dedicated", units=units).fits
    assert units == 1 or not fits(taken, "Confluent Cloud Dedicated", units=units - 1).fits


# --- errors and forms -----------------------------------------------------------------


def test_errors_name_the_argument_and_what_came():
    with pytest.raises(TypeError, match="footprint must be BrokerFootprint"):
        fits(3, "KRaft")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="units must be 1, as KRaft has none, got 2"):
        fits(footprint(), "KRaft", units=2)
    with pytest.raises(ValueError, match=r"units must be a whole number .*got 0"):
        fits(footprint(), "Confluent Cloud Dedicated", units=0)
    with pytest.raises(ValueError, match=r"also must be one of .*got 'request'"):
        fits(footprint(), "KRaft", also={"request": 1})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match=r"also\['requests_per_s'\] must be finite and >= 0"):
        fits(footprint(), "KRaft", also={"requests_per_s": -1})
    with pytest.raises(ValueError, match="cluster must be bought in units, got 'KRaft'"):
        units_needed(footprint(), "KRaft")
    with pytest.raises(ValueError, match="near: 'MSK Express 8xlarge'"):
        fits(footprint(), "MSK Expres 8xlarge")


def test_an_exact_fit_survives_floats():
    check = LimitCheck(limit=limit("leaders", 0.3), allowed=0.3, used=0.1 + 0.2)
    assert check.outcome == "fits"
    fit = ClusterFit(cluster=cluster(check.limit), units=1, checks=(check,))
    assert "leaves 0 things" in fit.reason


def test_a_fit_shows_one_row_per_limit():
    fit = fits(footprint(), find_cluster("MSK Serverless"))
    frame = fit.to_frame()
    assert frame["limit"].tolist() == [check.limit.name for check in fit.checks]
    rows = frame.set_index("limit")
    assert rows.loc["leaders", "used"] == 12
    assert rows.loc["leaders", "left"] == 2_388
    assert rows.loc["leaders", "used_share"] == pytest.approx(0.005)
    assert rows.loc["requests", "outcome"] == "not known"
    assert rows["used"].isna().sum() == 2  # requests, and the size of a message
    assert repr(fit) == (  # 1 of 5 MB/s in and 2 of 10 MB/s out are a tie: the first
        "ClusterFit(cluster='MSK Serverless', units=1, fits=True, "
        "binding='writes to one partition')"
    )
    assert "<p>Fits on MSK Serverless" in fit._repr_html_()
    nothing = fits(footprint(), cluster(limit("requests_per_s", 1)))
    assert repr(nothing) == "ClusterFit(cluster='ours', units=1, fits=True, binding=None)"


def test_a_broker_with_two_of_seven_leaders_takes_two_sevenths_of_the_writes():
    """70 MB/s over 7 partitions on 6 brokers: 20 MB/s for one of them, not 11.7 MB/s."""
    used = footprint(7, brokers=6, wire_bytes_per_s=70 * MB)
    checks = {check.limit.name: check for check in fits(used, "MSK Express large").checks}
    assert checks["client writes"].used == pytest.approx(20 * MB)
