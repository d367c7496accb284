"""Policies under the same load: hand arithmetic, and when lag is the right thing to scale on."""

from __future__ import annotations

import dataclasses
from functools import cache

import pytest

from kafka_sizing.consumers import Arrivals, Crash, MemberCapacity, PartitionIncrease, Slowdown
from kafka_sizing.consumers.scaling import (
    CpuPolicy,
    FixedMembers,
    FunctionPolicy,
    KedaPolicy,
    KedaTrigger,
    ScalingBehavior,
    default_scale_down,
)
from kafka_sizing.consumers.scaling.comparison import PolicyComparison, compare_policies
from kafka_sizing.consumers.scaling.outcome import PolicyOutcome

pytestmark = pytest.mark.long

EVEN = KedaTrigger(lag_threshold=2_000, limit="even")
KEDA = KedaPolicy(trigger=EVEN, least=2, most=12, name="lag")
CPU = CpuPolicy(least=2, most=12, name="CPU")
WAITS = MemberCapacity(100, cpu_fraction=0.2, start_s=20)  # for a database, mostly
WORKS = MemberCapacity(100, cpu_fraction=1.0, start_s=10)


def fixed(*counts):
    return [FixedMembers(count) for count in counts]


def compare(policies, arrivals=300, **changes):
    arguments = {
        "member": 100,
        "members": 2,
        "partitions": 12,
        "duration_s": 3_600,
        "lag_objective_s": 60,
    }
    arguments |= changes
    if "shares" in changes:
        del arguments["partitions"]
    return compare_policies(policies, arrivals, **arguments)


@cache
def two_and_four():
    """2 members read 200 of 300 records/s; 4 read them all."""
    return compare(fixed(2, 4))


# --- the numbers, by hand --------------------------------------------------------------


def test_lag_and_cost_are_those_of_hand_arithmetic():
    two, four = two_and_four().outcomes
    assert two.peak_lag_records == pytest.approx(100 * 3_600)
    # The oldest unread record ages by 1 − 200/300 s a second, so it passes 60 s after 180 s.
    assert two.peak_lag_s == pytest.approx(1_200)
    assert two.time_over_s == pytest.approx(3_420, abs=1)
    assert two.over_fraction == pytest.approx(0.95, abs=1e-3)
    assert (two.member_hours, four.member_hours) == (2, 4)
    assert two.used_fraction == pytest.approx(1.0)
    assert four.used_fraction == pytest.approx(0.75)
    assert (four.peak_lag_records, four.peak_lag_s, four.time_over_s) == (0, 0, 0)
    assert (two.meets_objective, four.meets_objective) == (False, True)


def test_the_cheapest_that_meets_the_objective_is_best():
    comparison = compare(fixed(12, 4, 6, 2))
    assert comparison.best.name == "4 members"
    assert comparison.feasible
    assert [outcome.name for outcome in comparison.outcomes] == [
        "12 members",
        "4 members",
        "6 members",
        "2 members",
    ]


def test_an_objective_in_records_counts_all_partitions_together():
    comparison = compare(fixed(2), lag_objective_s=None, lag_objective_records=90_000)
    # 100 records/s more come than are read: 90,000 after 900 s.
    assert comparison.best.time_over_s == pytest.approx(2_700, abs=1)


def test_time_is_counted_in_seconds_whatever_the_step():
    comparison = compare(fixed(2), step_s=10)
    assert comparison.best.time_over_s == pytest.approx(3_420, abs=10)


@pytest.mark.parametrize("objective", ["lag_objective_s", "lag_objective_records"])
def test_no_lag_keeps_an_objective_of_none(objective):
    assert compare(fixed(4), **{"lag_objective_s": None, objective: 0}).feasible


def test_of_two_objectives_both_must_be_kept():
    comparison = compare(fixed(2), lag_objective_s=300, lag_objective_records=18_000)
    assert comparison.best.time_over_s == pytest.approx(3_420, abs=1)  # from 180 s, not from 900
    comparison = compare(fixed(2), lag_objective_s=60, lag_objective_records=10**6)
    assert comparison.best.time_over_s == pytest.approx(3_420, abs=1)


def test_some_time_above_the_objective_may_be_allowed():
    assert not compare(fixed(2), allowed_fraction=0.94).feasible
    assert compare(fixed(2), allowed_fraction=0.96).feasible


def test_where_none_will_do_the_closest_is_best():
    comparison = compare(fixed(1, 2))
    assert not comparison.feasible
    assert comparison.best.name == "2 members"


def test_records_lost_weigh_more_than_time():
    comparison = compare(fixed(2), retention_s=600)
    (two,) = comparison.outcomes
    # It ages by 1/3 s a second: 600 s after half an hour; then 100 records/s are deleted.
    assert two.lost_records == pytest.approx(100 * 1_800, rel=2e-3)
    assert not two.meets_objective
    keeps = dataclasses.replace(two_and_four().outcomes[0], time_over_s=3_600.0)
    both = dataclasses.replace(comparison, outcomes=(two, keeps))
    assert both.best is keeps
    forgiving = dataclasses.replace(two, allowed_fraction=1.0)
    assert not forgiving.meets_objective


def test_of_those_that_meet_the_objective_one_without_a_storm_is_best():
    (six,) = compare(fixed(6)).outcomes
    lag = compare([KEDA], 350).outcomes[0]
    calm = dataclasses.replace(lag, time_over_s=0.0, storm_fraction=0.99)
    storm = dataclasses.replace(calm, storm_fraction=0.0)
    comparison = two_and_four()
    assert lag.member_hours < six.member_hours
    assert dataclasses.replace(comparison, outcomes=(six, calm)).best is calm
    assert dataclasses.replace(comparison, outcomes=(six, storm)).best is six
    assert dataclasses.replace(comparison, outcomes=(storm,)).best is storm


def test_a_tie_goes_to_fewer_rebalances_and_then_to_the_earlier():
    four = two_and_four().outcomes[1]
    twin = dataclasses.replace(four)
    assert dataclasses.replace(two_and_four(), outcomes=(four, twin)).best is four
    assert dataclasses.replace(two_and_four(), outcomes=(twin, four)).best is twin


def test_whole_partitions_leave_nine_members_no_faster_than_six():
    """12 partitions at 62.5 records/s each: who has two of them reads 100 of 125 records/s."""
    six, nine = compare(fixed(6, 9), 750, duration_s=600).outcomes
    assert six.peak_lag_records == pytest.approx(12 * 12.5 * 600)
    assert nine.peak_lag_records == pytest.approx(6 * 12.5 * 600)
    assert six.peak_lag_s == pytest.approx(nine.peak_lag_s)


def test_a_policy_starts_with_the_nearest_number_it_allows():
    def nobody_asks(now):
        return now.members

    few = FunctionPolicy(function=nobody_asks, name="few", least=0, most=3)
    many = FunctionPolicy(function=nobody_asks, name="many", least=7, most=9)
    sizes = [
        [outcome.most_members for outcome in compare([few, many], members=n).outcomes]
        for n in (1, 5, 20)
    ]
    assert sizes == [[1, 7], [3, 7], [3, 9]]


def test_scaling_up_and_down_and_back_is_counted():
    def sawtooth(now):
        return 4 if now.at_s % 60 else 8

    policy = FunctionPolicy(
        function=sawtooth,
        name="sawtooth",
        most=12,
        behavior=ScalingBehavior(
            down=dataclasses.replace(default_scale_down(), stabilization_s=0)
        ),
    )
    (outcome,) = compare([policy], members=4, duration_s=200).outcomes
    # It looks every 15 s: up at 60, 120 and 180 s, down 15 s later.
    assert (outcome.scale_ups, outcome.scale_downs, outcome.reversals) == (3, 3, 5)
    assert outcome.most_members == 8
    assert two_and_four().outcomes[0].reversals == 0


def test_members_that_start_are_paid_for():
    policy = FunctionPolicy(function=lambda _: 8, name="eight", most=8)
    slow = MemberCapacity(100, start_s=3_600)
    (outcome,) = compare([policy], member=slow, members=4, duration_s=120).outcomes
    assert outcome.most_members == 8
    # It looks after 15 s, and goes from 4 to 8.
    assert outcome.member_hours == pytest.approx((4 * 15 + 8 * 105) / 3_600, rel=0.01)


def test_the_partition_that_holds_the_lag_is_named():
    (outcome,) = compare(fixed(3), shares=[0.2, 0.6, 0.2]).outcomes
    # 60, 180 and 60 records/s, and a member for each: only the second falls behind.
    assert (outcome.worst_partition, outcome.worst_partition_share) == (1, 1.0)
    assert two_and_four().outcomes[1].worst_partition_share == 0.0


# --- when lag is the right thing to scale on, and when it is not ------------------------


@cache
def database_and_burst():
    """Five times the load for half an hour; the handler waits for a database."""
    burst = Arrivals.steady(150).with_burst(at_s=600, for_s=1_800, ratio=5)
    return compare([KEDA, CPU], burst, member=WAITS, lag_objective_s=120)


def test_a_handler_that_waits_is_scaled_on_lag_and_not_on_cpu():
    lag, cpu = database_and_burst().outcomes
    assert cpu.scale_ups == 0
    assert cpu.simulation.cpu_fraction.max() <= 0.2 + 1e-9
    assert cpu.peak_lag_records == pytest.approx((750 - 200) * 1_800)
    assert lag.meets_objective
    assert lag.scale_ups > 0
    assert lag.peak_lag_records < cpu.peak_lag_records / 20
    assert database_and_burst().best is lag


def test_why_cpu_failed_is_said():
    cpu = database_and_burst().outcome_of("CPU")
    assert cpu.explain().endswith("it never asked for more members")
    assert "it never asked" not in database_and_burst().outcome_of("lag").explain()


def test_a_number_of_members_that_divides_the_partitions_keeps_what_another_misses():
    """Of 11 members one has 2 of 12 partitions; the lag of one is small beside that of all."""
    any_number = dataclasses.replace(EVEN, limit="partitions")
    policies = [KEDA, dataclasses.replace(KEDA, trigger=any_number, name="any number")]
    burst = Arrivals.steady(150).with_burst(at_s=600, for_s=1_800, ratio=5)
    even, other = compare(policies, burst, member=WAITS, lag_objective_s=120).outcomes
    assert {decision.members for decision in even.simulation.decisions} <= {2, 3, 4, 6, 8, 12}
    assert 11 in {decision.members for decision in other.simulation.decisions}
    assert even.meets_objective
    assert not other.meets_objective


def test_one_hot_partition_makes_lag_scaling_pay_for_members_that_idle():
    shares = [0.6] + [0.4 / 11] * 11
    comparison = compare(
        [KEDA, *fixed(4, 12)], shares=shares, member=WAITS, members=4, lag_objective_s=120
    )
    lag, four, twelve = comparison.outcomes
    # 180 of 300 records/s on one partition, and 100 is all its one member reads.
    assert twelve.peak_lag_records == pytest.approx(80 * 3_600)
    assert lag.peak_lag_records > twelve.peak_lag_records
    assert not comparison.feasible
    assert lag.member_hours > 2 * four.member_hours
    assert lag.used_fraction < 0.25
    assert lag.worst_partition == 0
    assert "partition 0 held 100.0 % of the lag, and one member reads it" in lag.explain()


def test_while_a_dependency_is_down_members_added_on_lag_buy_nothing():
    outage = Slowdown(at_s=600, for_s=1_200)
    comparison = compare(
        [KEDA, *fixed(6)], 450, member=WAITS, members=6, duration_s=1_800, events=[outage]
    )
    lag, six = comparison.outcomes
    assert six.peak_lag_records == pytest.approx(450 * 1_200)
    assert lag.peak_lag_records == pytest.approx(six.peak_lag_records)
    assert lag.time_over_s == six.time_over_s
    assert lag.member_hours > six.member_hours
    assert (lag.rebalances, six.rebalances) == (lag.scale_ups + lag.scale_downs, 0)
    assert lag.rebalances > 2
    assert comparison.best is six


def test_an_even_handler_that_works_is_scaled_as_well_on_cpu_and_more_calmly():
    ramp = Arrivals.trace([0, 600, 1_200, 1_800, 2_400], [600, 800, 1_000, 1_300, 1_700])
    lag = dataclasses.replace(KEDA, trigger=KedaTrigger(lag_threshold=1_000), most=60)
    cpu = CpuPolicy(least=2, most=60, target_percent=70, name="CPU")
    comparison = compare([lag, cpu], ramp, partitions=120, member=WORKS, members=10)
    on_lag, on_cpu = comparison.outcomes
    assert on_lag.meets_objective
    assert on_cpu.meets_objective
    assert on_cpu.reversals <= 1
    assert on_lag.reversals > 5
    assert on_cpu.rebalances < on_lag.rebalances / 5
    assert on_cpu.member_hours < on_lag.member_hours
    assert comparison.best is on_cpu


@pytest.mark.parametrize("protocol", ["eager", "cooperative"])
def test_nervous_scaling_of_a_group_that_restores_state_is_a_storm(protocol):
    at_once = dataclasses.replace(default_scale_down(), stabilization_s=0)
    nervous = dataclasses.replace(
        KEDA,
        trigger=KedaTrigger(lag_threshold=500),
        behavior=ScalingBehavior(down=at_once),
        name="nervous",
    )
    calm = dataclasses.replace(KEDA, least=6, name="calm")
    comparison = compare(
        [nervous, calm],
        550,
        member=MemberCapacity(100, start_s=15),
        members=6,
        protocol=protocol,
        barrier_s=10,
        restore_s=20,
    )
    storm, still = comparison.outcomes
    assert (storm.is_storm, still.is_storm) == (True, False)
    assert storm.rebalancing_fraction > 0.3
    assert "rebalance storm" in storm.verdict
    # 6 members were enough all the time: the lag comes from the rebalances alone.
    assert still.peak_lag_records == 0
    assert storm.member_hours > still.member_hours
    assert not storm.meets_objective
    assert comparison.best is still


def test_the_line_of_a_storm_may_be_drawn_elsewhere():
    lag = compare([KEDA], 350).outcomes[0]
    part = lag.rebalancing_fraction
    assert 0 < part < 0.1
    assert not lag.is_storm
    assert compare([KEDA], 350, storm_fraction=part / 2).outcomes[0].is_storm
    assert not compare([KEDA], 350, storm_fraction=part).outcomes[0].is_storm


# --- words and tables ------------------------------------------------------------------


def test_the_best_and_the_others_are_explained():
    assert two_and_four().explain() == (
        "4 members is the cheapest that keeps the lag within 60 s: 4.0 member-hours (75.0 % "
        "used), at most 4 members, 0 rebalances. 2 members: above the objective for 95.0 % of "
        "the time, at worst 360,000 records or 1,200 s; 2.0 member-hours (100.0 % used), at "
        "most 2 members, 0 rebalances."
    )


def test_the_closest_of_none_is_explained():
    text = compare(fixed(2), allowed_fraction=0.25, lag_objective_records=5_000).explain()
    assert text.startswith(
        "None keeps the lag within 5,000 records and 60 s, but for 25.0 % of the time; "
        "2 members comes closest: above the objective for"
    )


def test_an_objective_in_records_alone_is_explained():
    comparison = compare(fixed(4), lag_objective_s=None, lag_objective_records=5_000)
    assert comparison.explain().startswith(
        "4 members is the cheapest that keeps the lag within 5,000 records: 4.0 member-hours"
    )


def test_a_best_that_is_a_storm_says_so():
    storm = dataclasses.replace(
        compare([KEDA], 350).outcomes[0], time_over_s=0.0, storm_fraction=0.0
    )
    text = dataclasses.replace(two_and_four(), outcomes=(storm,)).explain()
    assert "It is a rebalance storm: " in text


def test_losses_are_part_of_the_verdict():
    (two,) = compare(fixed(2), retention_s=600).outcomes
    assert two.verdict.startswith(f"{two.lost_records:,.0f} records lost, above the objective")


def test_members_without_a_partition_are_mentioned():
    (twelve,) = compare(fixed(12), partitions=11).outcomes
    assert twelve.explain() == (
        "meets the objective; 12.0 member-hours (25.0 % used), at most 12 members, "
        "0 rebalances; up to 1 member had no partition"
    )


def test_members_without_a_partition_are_mentioned_of_the_best_too():
    text = compare(fixed(20)).explain()
    assert text.endswith("at most 20 members, 0 rebalances; up to 8 members had no partition.")
    far = compare(fixed(20), 3_000).explain()
    assert "20 members comes closest: above the objective for" in far
    assert far.endswith("; up to 8 members had no partition.")


def test_one_member_a_partition_is_only_called_too_little_where_it_is():
    """75 records/s at most come to each of 12 partitions, and a member reads 100."""
    daily = Arrivals.daily(500, peak_ratio=1.8)
    cpu = CpuPolicy(least=2, most=12, target_percent=60)
    (outcome,) = compare(
        [cpu],
        daily,
        members=6,
        member=MemberCapacity(100, start_s=20),
        duration_s=86_400,
        step_s=5,
    ).outcomes
    assert not outcome.meets_objective
    assert outcome.worst_partition_readable
    assert "however many there are" not in outcome.explain()


def test_the_partition_that_holds_the_lag_is_said_to_share_its_reader():
    # Of 90, 30, 30 and 30 records/s, the first member reads 90 + 30 and can read 100.
    (two,) = compare(fixed(2), 180, shares=[0.5, 1 / 6, 1 / 6, 1 / 6]).outcomes
    assert two.explain().endswith(
        "partition 0 held 100.0 % of the lag, and its reader had 2 partitions then"
    )
    assert compare(fixed(4), 180, shares=[0.5, 1 / 6, 1 / 6, 1 / 6]).feasible


def test_the_partition_that_holds_the_lag_may_have_nobody_to_read_it():
    more = PartitionIncrease(at_s=60, shares=[1 / 3] * 3)  # seen after metadata.max.age.ms, 300 s
    (two,) = compare(fixed(2), 90, partitions=2, events=[more], duration_s=300).outcomes
    assert two.lag_records[-1] == pytest.approx(30 * 240)
    assert two.explain().endswith("partition 2 held 100.0 % of the lag, and nobody read it then")


def test_of_a_reader_that_died_with_one_partition_no_reason_is_given():
    crash = Crash(at_s=500, member=1)  # missed after session.timeout.ms, 45 s
    (two,) = compare(
        fixed(2), 90, partitions=2, lag_objective_s=10, events=[crash], duration_s=540
    ).outcomes
    assert two.explain().endswith("; partition 1 held 100.0 % of the lag")


def test_what_is_unread_at_the_start_counts_against_one_member():
    (two,) = compare(
        fixed(2), 20, partitions=2, initial_lag_records=[50_000, 0], duration_s=60
    ).outcomes
    # 50,000 wait and 10/s come, of which 100/s are read: a reader of its own would do no better.
    assert "and one member reads it however many there are" in two.explain()


def test_only_the_simulations_asked_for_are_kept():
    whole, best = (compare(fixed(2, 4, 6), keep=keep) for keep in ("all", "best"))
    assert all(outcome.simulation is not None for outcome in whole.outcomes)
    assert [outcome.simulation is None for outcome in best.outcomes] == [True, False, True]
    assert best.to_frame().equals(whole.to_frame())
    for kept, dropped in zip(whole.outcomes, best.outcomes, strict=True):
        simulation = kept.simulation
        assert dropped.lag_records.tolist() == simulation.total_lag_records.tolist()
        assert dropped.oldest_unread_s.tolist() == simulation.oldest_unread_s.max(axis=1).tolist()
        assert dropped.members.tolist() == simulation.running_members.tolist()


def test_a_simulation_that_there_is_already_is_not_played_again():
    kept = two_and_four().outcomes[0].simulation
    comparison = compare(fixed(2, 4), played={"2 members": kept})
    assert comparison.outcomes[0].simulation is kept
    assert comparison.to_frame().equals(two_and_four().to_frame())


def test_what_befalls_a_member_that_a_policy_never_has_is_left_out_there():
    crash = Crash(at_s=60, member=5)
    two, six = compare(fixed(2, 6), events=[crash]).outcomes
    assert (two.missed_events, six.missed_events) == ((crash,), ())
    assert (two.rebalances, six.rebalances) == (0, 1)
    assert two.explain().endswith("; 1 event found no such member")
    with pytest.raises(ValueError, match=r"member of Crash must be below 6, .* got 6"):
        compare(fixed(2, 6), events=[Crash(at_s=60, member=6)])


def test_as_many_members_as_partitions_are_not_too_many():
    assert "no partition" not in compare(fixed(12)).outcomes[0].explain()


def test_half_of_the_lag_is_not_most_of_it():
    even, uneven = (
        compare(fixed(1), shares=shares).outcomes[0].explain()
        for shares in ([0.5, 0.5], [0.6, 0.4])
    )
    assert "partition 0 held" not in even
    assert "partition 0 held" in uneven


def test_one_partition_alone_is_not_called_the_worst():
    (one,) = compare(fixed(1), 150, partitions=1).outcomes
    assert one.worst_partition_share == 1.0
    assert "partition 0" not in one.explain()


def test_a_policy_is_found_by_its_name():
    assert two_and_four().outcome_of("2 members") is two_and_four().outcomes[0]
    with pytest.raises(ValueError, match=r"name must be one of '2 members', '4 members', got '3'"):
        two_and_four().outcome_of("3")


def test_the_table_has_a_row_per_policy():
    frame = two_and_four().to_frame()
    assert frame["policy"].tolist() == ["2 members", "4 members"]
    assert frame["best"].tolist() == [False, True]
    assert frame["meets_objective"].tolist() == [False, True]
    assert frame["member_hours"].tolist() == [2.0, 4.0]
    assert frame["peak_lag_records"].tolist() == pytest.approx([360_000, 0])
    assert frame["verdict"].tolist()[1] == "meets the objective"
    assert not frame.isna().to_numpy().any()


def test_results_show_themselves_in_short():
    comparison = two_and_four()
    assert repr(comparison) == "PolicyComparison(2 policies, best='4 members', feasible=True)"
    assert repr(comparison.best) == (
        "PolicyOutcome('4 members', meets_objective=True, member_hours=4.0, peak_lag_s=0, "
        "rebalances=0)"
    )
    page = comparison._repr_html_()
    assert page.startswith("<p>4 members is the cheapest")
    assert page.count("<tr") == 3


def test_names_are_escaped():
    policy = FunctionPolicy(function=lambda now: now.members, name="<b>", most=4)
    page = compare([policy], duration_s=60)._repr_html_()
    assert "<b>" not in page.replace("&lt;b&gt;", "")


@pytest.mark.parametrize(
    ("policies", "changes", "error", "text"),
    [
        ([], {}, ValueError, "policies must be at least one, got none"),
        (fixed(3, 3), {}, ValueError, "policies must differ in name, got '3 members' twice"),
        ([3], {}, TypeError, r"policies must be policies such as FixedMembers\(12\), got 3"),
        (3, {}, TypeError, r"policies must be policies such as FixedMembers\(12\), got 3"),
        (
            fixed(3),
            {"lag_objective_s": None},
            ValueError,
            "lag_objective_records or lag_objective_s must be given, got neither",
        ),
        (fixed(3), {"lag_objective_s": -1}, ValueError, "lag_objective_s must be finite and >= 0"),
        (fixed(3), {"lag_objective_records": -1}, ValueError, "lag_objective_records must be"),
        (fixed(3), {"allowed_fraction": 1}, ValueError, "allowed_fraction must be a fraction"),
        (fixed(3), {"storm_fraction": -1}, ValueError, "storm_fraction must be a fraction"),
        (fixed(3), {"members": 0}, ValueError, "members must be a whole number"),
        (fixed(3), {"keep": "none"}, ValueError, "keep must be one of 'all', 'best', got 'none'"),
        (fixed(3), {"played": {"3 members": 3}}, TypeError, r"played\['3 members'\] must be LagS"),
        (fixed(3), {"played": {"4": 3}}, ValueError, "names in played must be one of '3 members'"),
        (fixed(3), {"events": Crash(at_s=1, member=0)}, TypeError, "events must be a sequence"),
    ],
)
def test_what_cannot_be_compared_is_refused(policies, changes, error, text):
    with pytest.raises(error, match=text):
        compare(policies, **changes)


def test_one_policy_needs_no_list():
    comparison = compare(FixedMembers(4), duration_s=60)
    assert isinstance(comparison, PolicyComparison)
    assert isinstance(comparison.best, PolicyOutcome)
