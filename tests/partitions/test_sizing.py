"""The planner against worked examples of others, hand arithmetic and its own promises."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.partitions.groups import ConsumerGroup
from kafka_sizing.partitions.limits import Limit
from kafka_sizing.partitions.sizing import PartitionPlan, plan_partitions
from kafka_sizing.units import GB, MB, MiB

rates = st.floats(min_value=1e-3, max_value=1e12)
headrooms = st.floats(min_value=0.0, max_value=0.95)
steps = st.integers(min_value=1, max_value=60)


# --- the examples of the style guide ---------------------------------------------------


@pytest.mark.parametrize(
    ("write", "producer", "consumer", "headroom", "partitions", "binding"),
    [
        pytest.param(250, 50, 25, 0, 10, "consumer", id="slower side decides"),
        pytest.param(1, 50, 50, 0, 1, "producer", id="a tie names the first"),
        pytest.param(2.1, 0.7, 9, 0, 3, "producer", id="exact fit survives floats"),
        pytest.param(84, 20, 99, 0.3, 6, "producer", id="headroom shrinks the rates"),
    ],
)
def test_larger_limit_wins(*, write, producer, consumer, headroom, partitions, binding):
    plan = plan_partitions(
        write,
        producer_bytes_per_s=producer,
        consumer_bytes_per_s=consumer,
        headroom_fraction=headroom,
    )
    assert (plan.partitions, plan.binding.name) == (partitions, binding)


@given(write=rates, producer=rates, consumer=rates)
def test_count_is_enough_and_one_fewer_is_not(write, producer, consumer):
    plan = plan_partitions(write, producer_bytes_per_s=producer, consumer_bytes_per_s=consumer)
    slower = min(producer, consumer)
    assert plan.partitions * slower >= write * (1 - 1e-8)
    assert (plan.partitions - 1) * slower < write


def test_error_names_the_argument_and_what_came():
    with pytest.raises(ValueError, match=r"headroom_fraction .* got 1\.0"):
        plan_partitions(1, producer_bytes_per_s=1, consumer_bytes_per_s=1, headroom_fraction=1.0)


# --- worked examples that others published ---------------------------------------------


@pytest.mark.parametrize(
    ("write", "inputs", "partitions", "binding"),
    [
        pytest.param(
            1000 * MB,
            {"producer_bytes_per_s": 100 * MB, "consumer_bytes_per_s": 50 * MB},
            20,
            "consumer",
            id="PC01 Cloudera performance guide",
        ),
        pytest.param(
            1 * GB,
            {"consumer_bytes_per_s": 50 * MB},
            20,
            "consumer",
            id="PC02 Definitive Guide: the producer does not limit",
        ),
        pytest.param(
            500 * 100,
            {"groups": [ConsumerGroup("app", processing_s=0.02, record_bytes=100)]},
            10,
            "app",
            id="PC03 Definitive Guide: 500 records/s at 20 ms each",
        ),
        pytest.param(
            100,
            {"producer_bytes_per_s": 10, "consumer_bytes_per_s": 20},
            10,
            "producer",
            id="PC04 kafka-hdd default",
        ),
        pytest.param(
            105,
            {"producer_bytes_per_s": 10, "consumer_bytes_per_s": 20},
            11,
            "producer",
            id="PC05 kafka-hdd rounds 10.5 to even and is one short",
        ),
        pytest.param(
            21,
            {"producer_bytes_per_s": 1, "headroom_fraction": 1 - 0.7},
            30,
            "producer",
            id="PC06 21 / 0.7 is 30 although floats say 30.000000000000004",
        ),
        pytest.param(
            4.2, {"producer_bytes_per_s": 0.6}, 7, "producer", id="PC07 4.2 / 0.6 is 7, not 8"
        ),
        pytest.param(
            40 * MB,
            {
                "producer_bytes_per_s": 10 * MB,
                "growth_fraction_per_year": 0.3,
                "horizon_years": 3,
                "headroom_fraction": 0.2,
            },
            11,
            "producer",
            id="PC10 +30 % a year for 3 years and 25 % on top",
        ),
        pytest.param(
            12 * MB,
            {
                "producer_bytes_per_s": 10 * MB,
                "growth_fraction_per_year": 0.5,
                "horizon_years": 2,
                "peak_ratio": 3,
                "headroom_fraction": 0.4,
            },
            14,
            "producer",
            id="PC11 +50 % a year for 2 years, peak of 3, target utilisation 0.6",
        ),
        pytest.param(
            300 * GB / 86_400,
            {"retained_bytes": 300 * GB, "partition_retained_bytes": 6 * GB},
            50,
            "retained bytes",
            id="PC14 Definitive Guide: 6 GB a day on a partition if rates are unknown",
        ),
        pytest.param(
            100 * MB,
            {
                "producer_bytes_per_s": 5 * MB,
                "groups": [
                    ConsumerGroup(
                        "all readers", read_bytes_per_s=300 * MB, consumer_bytes_per_s=10 * MB
                    )
                ],
                "upper_limits": {"MSK Serverless": 2400},
            },
            30,
            "all readers",
            id="MSK Serverless",
        ),
        pytest.param(
            500 * MB, {"producer_bytes_per_s": 15 * MB}, 34, "producer", id="MSK Express"
        ),
        pytest.param(
            12.4 * MB, {"producer_bytes_per_s": 1 * MB}, 13, "producer", id="OCI Streaming"
        ),
    ],
)
def test_plan_meets_the_worked_examples(write, inputs, partitions, binding):
    plan = plan_partitions(write, **inputs)
    assert (plan.partitions, plan.binding.name, plan.feasible) == (partitions, binding, True)


def _three_groups(**more):
    return plan_partitions(
        120 * MB,
        producer_bytes_per_s=30 * MB,
        groups=[
            ConsumerGroup("A", read_bytes_per_s=40 * MB, consumer_bytes_per_s=10 * MB),
            ConsumerGroup("B", read_bytes_per_s=120 * MB, consumer_bytes_per_s=8 * MB),
            ConsumerGroup("C", read_bytes_per_s=60 * MB, consumer_bytes_per_s=15 * MB),
        ],
        **more,
    )


def test_groups_take_a_maximum_and_every_limit_is_kept():
    plan = _three_groups()
    assert {limit.name: limit.partitions for limit in plan.limits} == {
        "producer": 4,
        "A": 4,
        "B": 15,
        "C": 4,
    }
    assert (plan.partitions, plan.binding.name) == (15, "B")


@pytest.mark.parametrize(
    ("multiple_of", "partitions"),
    [
        (1, 15),
        (4, 16),
        (6, 18),
        ([4, 6], 24),
        (np.array([4, 6]), 24),
        (np.int64(4), 16),
        ({"brokers": 4, "racks": 3}, 24),
        ([], 15),
        (15, 15),
    ],
)
def test_count_is_rounded_up_to_a_common_multiple(multiple_of, partitions):
    plan = _three_groups(multiple_of=multiple_of)
    assert plan.partitions == partitions
    assert type(plan.partitions) is int
    assert plan.binding.name == "B"


def test_hottest_key_caps_the_topic_whatever_the_count():
    plan = plan_partitions(
        50 * MB,
        producer_bytes_per_s=30 * MB,
        consumer_bytes_per_s=10 * MB,
        hottest_key_share=0.2,
    )
    assert plan.throughput_ceiling_bytes_per_s == pytest.approx(50 * MB, rel=1e-12)
    assert plan.feasible
    assert plan.partitions == 5


# --- the horizon, the peak, the headroom -------------------------------------------------


def test_rates_of_today_and_of_the_horizon_are_kept():
    plan = plan_partitions(
        12 * MB,
        producer_bytes_per_s=1 * MB,
        consumer_bytes_per_s=10 * MB,
        peak_ratio=3,
        growth_fraction_per_year=0.5,
        horizon_years=2,
        compression_ratio=4,
    )
    assert plan.write_bytes_per_s == 12 * MB
    assert plan.growth_ratio == 2.25
    assert plan.peak_write_bytes_per_s == 36 * MB
    assert plan.peak_wire_bytes_per_s == 9 * MB
    assert plan.design_write_bytes_per_s == 81 * MB
    assert plan.design_wire_bytes_per_s == 20.25 * MB
    # producers: 20.25 wire at 1; consumers: 81 payload at 10
    assert [limit.partitions for limit in plan.limits] == [21, 9]
    assert (plan.partitions, plan.partitions_now) == (21, 9)
    assert plan.limits[0].reason.endswith("on the wire")
    assert plan.reason.endswith("today's rate needs 9")


def test_published_horizon_rate_is_met():
    plan = plan_partitions(
        40 * MB, producer_bytes_per_s=10 * MB, growth_fraction_per_year=0.3, horizon_years=3
    )
    assert plan.design_write_bytes_per_s == pytest.approx(87.88 * MB)


def test_growth_and_peak_reach_what_groups_read_but_the_peak_not_the_disk():
    plan = plan_partitions(
        1.0,
        groups=[ConsumerGroup("part", read_bytes_per_s=10, consumer_bytes_per_s=1)],
        retained_bytes=10,
        partition_retained_bytes=1,
        peak_ratio=3,
        growth_fraction_per_year=1.0,
        horizon_years=1,
        headroom_fraction=0.5,
    )
    # 10 × peak 3 × growth 2 / half of 1; 10 × growth 2 / 1
    assert [limit.partitions for limit in plan.limits] == [120, 20]


def test_count_of_today_is_rounded_up_as_well():
    plan = plan_partitions(
        10,
        producer_bytes_per_s=1,
        growth_fraction_per_year=1.0,
        horizon_years=1,
        multiple_of={"brokers": 6},
    )
    assert (plan.partitions, plan.partitions_now) == (24, 12)


def test_members_of_a_group_each_get_a_partition():
    plan = plan_partitions(
        10,
        consumer_bytes_per_s=5,
        groups=[ConsumerGroup("replay", members=12)],
        growth_fraction_per_year=1.0,
        horizon_years=1,
    )
    assert (plan.partitions, plan.partitions_now) == (12, 12)
    assert plan.binding.name == "replay members"
    assert plan.binding.kind == "exact"
    assert "a member without a partition idles" in plan.reason


def test_threads_and_record_size_give_the_rate_of_a_member():
    group = ConsumerGroup("etl", processing_s=0.05, threads=8, record_bytes=1_000)
    assert group.bytes_per_s == 160_000
    assert plan_partitions(1_600_000, groups=[group]).partitions == 10
    assert "8 × 1,000 B per 0.05 s" in plan_partitions(1_600_000, groups=[group]).reason


# --- infeasible plans ----------------------------------------------------------------------


def test_need_above_an_upper_limit_is_a_clash_of_the_two():
    quota = Limit(
        name="MSK Express", partitions=20, bound="at most", kind="vendor", source="quota page"
    )
    wide = Limit(name="Kafka cluster", partitions=4000, bound="at most")
    plan = plan_partitions(300, producer_bytes_per_s=10, upper_limits=[wide, quota])
    assert not plan.feasible
    assert plan.clash == (plan.limits[0], quota)
    assert plan.partitions == 30
    assert plan.reason == (
        "No count fits: producers at 10 B/s each need 30 for 300 B/s, "
        "but limit 'MSK Express' allows at most 20"
    )


def test_need_that_meets_the_upper_limit_is_feasible():
    plan = plan_partitions(300, producer_bytes_per_s=10, upper_limits={"quota": 30})
    assert plan.feasible
    assert plan.clash is None


def test_rounding_alone_may_cross_an_upper_limit_and_is_named():
    plan = plan_partitions(
        150, producer_bytes_per_s=10, multiple_of={"brokers": 12}, upper_limits={"quota": 20}
    )
    assert not plan.feasible
    rounding, quota = plan.clash
    assert (rounding.name, rounding.partitions) == ("multiple of 12 brokers", 24)
    assert (quota.name, quota.partitions) == ("quota", 20)
    assert plan.binding.name == "producer"
    assert "15 rounded up to a multiple of 12 brokers is 24" in plan.reason
    assert "'quota' allows at most 20" in plan.reason


def test_key_too_hot_for_one_partition_has_no_count():
    plan = plan_partitions(
        51 * MB,
        producer_bytes_per_s=30 * MB,
        consumer_bytes_per_s=10 * MB,
        hottest_key_share=0.2,
    )
    assert not plan.feasible
    key, side = plan.clash
    assert (key.name, key.partitions) == ("hottest key", None)
    assert side.name == "consumer"
    assert "more partitions cannot help" in plan.reason
    # the count of the other limits stands, for after the key is split
    assert (plan.partitions, plan.binding.name) == (6, "consumer")


def test_ceiling_leaves_the_headroom_and_minds_wire_and_payload():
    plan = plan_partitions(
        1 * MB,
        producer_bytes_per_s=10 * MB,
        consumer_bytes_per_s=100 * MB,
        compression_ratio=4,
        headroom_fraction=0.25,
        hottest_key_share=0.5,
    )
    # producers: 10 wire × 4 × 0.75 / 0.5 = 60; consumers: 100 × 0.75 / 0.5 = 150
    assert plan.throughput_ceiling_bytes_per_s == pytest.approx(60 * MB)


def test_ceiling_of_a_group_that_reads_a_part_counts_only_that_part():
    plan = plan_partitions(
        100,
        groups=[ConsumerGroup("half", read_bytes_per_s=50, consumer_bytes_per_s=10)],
        hottest_key_share=0.1,
    )
    assert plan.throughput_ceiling_bytes_per_s == pytest.approx(200)


def test_key_too_hot_only_at_the_horizon_is_infeasible():
    inputs = {"producer_bytes_per_s": 10, "hottest_key_share": 0.5}
    assert plan_partitions(20, **inputs).feasible
    later = plan_partitions(20, **inputs, growth_fraction_per_year=0.1, horizon_years=1)
    assert not later.feasible
    assert later.throughput_ceiling_bytes_per_s == pytest.approx(20)


def test_more_partitions_than_kafka_can_number_is_infeasible():
    plan = plan_partitions(1e13, producer_bytes_per_s=1)
    assert not plan.feasible
    assert plan.clash[1].partitions == 2**31 - 1
    assert plan.band.name == "very high"
    assert plan_partitions(2**31 - 1, producer_bytes_per_s=1).feasible


def test_rates_at_the_ends_of_the_float_range_still_give_a_frame():
    plan = plan_partitions(1e300, producer_bytes_per_s=1e-3)
    assert not plan.feasible
    assert plan.to_frame()["partitions"].iloc[0] >= 10**302
    assert plan_partitions(1e-300, producer_bytes_per_s=1e300).partitions == 1


# --- properties ------------------------------------------------------------------------------


@given(write=rates, more=rates, rate=rates, headroom=headrooms)
def test_more_load_never_needs_fewer(write, more, rate, headroom):
    inputs = {"producer_bytes_per_s": rate, "headroom_fraction": headroom}
    fewer = plan_partitions(write, **inputs).partitions
    assert plan_partitions(write + more, **inputs).partitions >= fewer


@given(write=rates, rate=rates, one=headrooms, other=headrooms)
def test_more_headroom_never_needs_fewer(write, rate, one, other):
    low, high = (
        plan_partitions(write, producer_bytes_per_s=rate, headroom_fraction=h).partitions
        for h in sorted((one, other))
    )
    assert low <= high


@given(write=rates, speeds=st.lists(rates, min_size=1, max_size=6))
def test_groups_together_need_what_the_neediest_needs_alone(write, speeds):
    groups = [ConsumerGroup(f"g{i}", consumer_bytes_per_s=c) for i, c in enumerate(speeds)]
    alone = [plan_partitions(write, groups=[group]).partitions for group in groups]
    together = plan_partitions(write, groups=groups)
    assert together.partitions == max(alone)
    assert together.binding.name == groups[alone.index(max(alone))].name


@given(write=rates, rate=rates, one=steps, other=steps)
def test_rounding_gives_the_next_common_multiple(write, rate, one, other):
    plain = plan_partitions(write, producer_bytes_per_s=rate).partitions
    plan = plan_partitions(write, producer_bytes_per_s=rate, multiple_of=(one, other))
    assert plan.partitions % one == plan.partitions % other == 0
    assert plain <= plan.partitions < plain + math.lcm(one, other)


@given(n=st.integers(1, 10**6), rate=st.fractions(min_value=Fraction(1, 1000), max_value=10**6))
def test_exact_fits_need_no_spare_partition(n, rate):
    plan = plan_partitions(float(n * rate), producer_bytes_per_s=float(rate))
    assert plan.partitions == n


@given(write=rates, rate=rates, share=st.floats(0.001, 1.0))
def test_plan_is_feasible_up_to_the_ceiling_only(write, rate, share):
    plan = plan_partitions(write, producer_bytes_per_s=rate, hottest_key_share=share)
    ceiling = plan.throughput_ceiling_bytes_per_s
    assert ceiling == pytest.approx(rate / share)
    if not math.isclose(write, ceiling, rel_tol=1e-6):
        assert plan.feasible == (write < ceiling)


@given(write=rates, rate=rates, years=st.floats(0, 10), growth=st.floats(0, 3))
def test_horizon_never_needs_fewer_than_today(write, rate, years, growth):
    plan = plan_partitions(
        write, producer_bytes_per_s=rate, growth_fraction_per_year=growth, horizon_years=years
    )
    assert plan.partitions >= plan.partitions_now
    today = plan_partitions(write, producer_bytes_per_s=rate)
    assert plan.partitions_now == today.partitions


# --- the result -------------------------------------------------------------------------------


def test_reason_is_a_sentence_with_the_arithmetic():
    plan = plan_partitions(250 * MiB, producer_bytes_per_s=50 * MiB, consumer_bytes_per_s=25 * MiB)
    assert plan.reason == (
        "10 partitions: consumers at 25.0 MiB/s each need 10 for 250.0 MiB/s (producer: 5)"
    )
    assert plan_partitions(1, producer_bytes_per_s=9).reason.startswith("1 partition: ")


def test_reason_says_what_was_rounded_and_what_was_left_unused():
    plan = plan_partitions(
        84, producer_bytes_per_s=20, headroom_fraction=0.3, multiple_of={"brokers": 4}
    )
    assert plan.reason == (
        "8 partitions: producers at 70.0 % of 20 B/s each need 6 for 84 B/s; "
        "6 rounded up to a multiple of 4 brokers is 8"
    )


def test_frame_has_one_row_per_limit_and_one_binds():
    plan = _three_groups(multiple_of=4, upper_limits={"quota": 400}, hottest_key_share=0.05)
    frame = plan.to_frame()
    assert list(frame.columns) == [
        "name",
        "bound",
        "partitions",
        "binding",
        "kind",
        "reason",
        "source",
    ]
    assert list(frame["name"]) == [
        "producer",
        "A",
        "B",
        "C",
        "hottest key",
        "quota",
        "multiple of 4",
    ]
    assert list(frame.loc[frame["binding"], "name"]) == ["B"]
    assert list(frame["partitions"]) == [4, 4, 15, 4, 1, 400, 16]
    assert set(frame["bound"]) == {"at least", "at most"}
    assert set(frame["kind"]) <= {"exact", "measured", "vendor", "rule"}


def test_limit_that_no_count_meets_is_missing_in_the_frame():
    import pandas as pd

    plan = plan_partitions(100, producer_bytes_per_s=1, hottest_key_share=0.5)
    counts = plan.to_frame().set_index("name")["partitions"]
    assert counts["producer"] == 100
    assert counts["hottest key"] is pd.NA


def test_repr_is_one_line_and_html_escapes_names():
    plan = plan_partitions(
        10, groups=[ConsumerGroup("<b>\n&", consumer_bytes_per_s=1)], multiple_of=4
    )
    assert "\n" not in repr(plan)
    assert repr(plan).startswith("PartitionPlan(partitions=12, ")
    page = plan._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


def test_plan_is_frozen_and_holds_plain_scalars():
    plan = plan_partitions(np.float64(10), producer_bytes_per_s=np.float32(4))
    assert isinstance(plan, PartitionPlan)
    assert type(plan.write_bytes_per_s) is float
    assert plan.band.name == "below medium"
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan.partitions = 1


# --- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [0, -1, math.nan, math.inf, -math.inf, True, "250 MiB/s"])
@pytest.mark.parametrize(
    "name",
    [
        "write_bytes_per_s",
        "producer_bytes_per_s",
        "consumer_bytes_per_s",
        "retained_bytes",
        "partition_retained_bytes",
    ],
)
def test_amount_that_is_not_finite_and_positive_is_refused_by_name(name, bad):
    inputs = {
        "write_bytes_per_s": 1,
        "producer_bytes_per_s": 1,
        "retained_bytes": 1,
        "partition_retained_bytes": 1,
    }
    with pytest.raises((TypeError, ValueError), match=rf"^{name} must be .*, got "):
        plan_partitions(**{**inputs, name: bad})


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("headroom_fraction", 1.0),
        ("headroom_fraction", -0.1),
        ("headroom_fraction", math.nan),
        ("headroom_fraction", "20 %"),
        ("peak_ratio", 0.99),
        ("peak_ratio", math.inf),
        ("peak_ratio", False),
        ("growth_fraction_per_year", -0.1),
        ("growth_fraction_per_year", math.nan),
        ("horizon_years", -1),
        ("horizon_years", math.inf),
        ("compression_ratio", 0.3),
        ("compression_ratio", math.nan),
        ("hottest_key_share", 0),
        ("hottest_key_share", 1.01),
        ("hottest_key_share", math.nan),
        ("multiple_of", 0),
        ("multiple_of", 2.5),
        ("multiple_of", True),
        ("multiple_of", "12"),
        ("multiple_of", [4, -1]),
        ("multiple_of", {"brokers": 0}),
        ("upper_limits", {"quota": 0}),
        ("upper_limits", {"quota": 2**31}),
        ("upper_limits", {"quota": 10.5}),
        ("upper_limits", 200),
        ("upper_limits", [200]),
        ("upper_limits", [Limit(name="low", partitions=3, bound="at least")]),
        ("groups", ["billing"]),
        ("groups", 3),
    ],
)
def test_option_out_of_range_is_refused_by_name(name, bad):
    with pytest.raises((TypeError, ValueError), match=rf"^{name}.* must .*got "):
        plan_partitions(1, producer_bytes_per_s=1, **{name: bad})


def test_plan_without_any_lower_limit_is_refused():
    with pytest.raises(ValueError, match=r"producer_bytes_per_s.*must be given, got none"):
        plan_partitions(1, upper_limits={"quota": 10})


def test_half_of_a_pair_is_refused():
    with pytest.raises(ValueError, match=r"^partition_retained_bytes must be given with ret"):
        plan_partitions(1, producer_bytes_per_s=1, retained_bytes=5)
    with pytest.raises(ValueError, match=r"^retained_bytes must be given with partition_ret"):
        plan_partitions(1, producer_bytes_per_s=1, partition_retained_bytes=5)
    with pytest.raises(ValueError, match=r"^hottest_key_share must be given with the rate"):
        plan_partitions(1, retained_bytes=5, partition_retained_bytes=5, hottest_key_share=0.1)


@pytest.mark.parametrize(
    "inputs",
    [
        {"consumer_bytes_per_s": 1, "groups": [ConsumerGroup("consumer", members=2)] * 2},
        {"consumer_bytes_per_s": 1, "groups": [ConsumerGroup("consumer", consumer_bytes_per_s=2)]},
        {"groups": [ConsumerGroup("producer", consumer_bytes_per_s=2)]},
        {"upper_limits": {"producer": 12}},
        {"groups": [ConsumerGroup("hottest key", members=1, consumer_bytes_per_s=2)]},
    ],
)
def test_limits_of_the_same_name_are_refused(inputs):
    with pytest.raises(ValueError, match=r"names of limits must differ, got '"):
        plan_partitions(1, producer_bytes_per_s=1, hottest_key_share=0.1, **inputs)


def test_growth_beyond_any_number_is_refused():
    with pytest.raises(ValueError, match=r"horizon must be finite and > 0, got inf"):
        plan_partitions(1, producer_bytes_per_s=1, growth_fraction_per_year=1e9, horizon_years=1e3)
