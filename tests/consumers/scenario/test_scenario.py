"""A scenario means what its file says; the numbers are those of everything.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from kafka_sizing.consumers import (
    Arrivals,
    ConsumerSettings,
    Crash,
    Deployment,
    Join,
    Leave,
    MemberCapacity,
    PartitionIncrease,
    PoisonRecord,
    SharesChange,
    Slowdown,
    Stuck,
    simulate_lag,
)
from kafka_sizing.consumers.scaling import (
    CpuPolicy,
    FixedMembers,
    KedaPolicy,
    KedaTrigger,
    ScalingBehavior,
    ScalingRate,
    ScalingRules,
)
from kafka_sizing.consumers.scenario import LagObjective, scenario_of
from kafka_sizing.keys import KeyLoads
from kafka_sizing.partitions import place

EVERYTHING = Path(__file__).with_name("everything.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def everything():
    return scenario_of(tomllib.loads(EVERYTHING))


@pytest.fixture
def given():
    """As little as a scenario can say."""
    return {
        "duration": "10 min",
        "topic": {"partitions": 6},
        "arrivals": {"rate": "900 records/s"},
        "group": {"members": 3},
        "member": {"rate": "400 records/s"},
    }


def test_topic_group_and_member_are_those_of_the_file(everything):
    assert (everything.title, everything.duration_s, everything.step_s) == ("Everything", 7200, 2)
    assert everything.partitions == 12
    assert everything.retention_s == 86_400
    assert everything.member == MemberCapacity(500, cpu_fraction=0.4, start_s=30)
    assert (everything.members, everything.protocol, everything.membership) == (
        4,
        "eager",
        "static",
    )
    assert (everything.assignor, everything.barrier_s, everything.restore_s) == ("range", 1, 20)
    assert everything.initial_lag_records == 120_000
    assert everything.objective == LagObjective(
        lag_records=60_000, oldest_unread_s=90, except_for_s=600
    )


def test_settings_have_kafkas_names_and_kafkas_milliseconds(everything):
    assert everything.settings == ConsumerSettings(
        session_timeout_s=20,
        heartbeat_interval_s=2,
        max_poll_interval_s=120,
        max_poll_records=200,
    )


def test_a_trace_and_its_bursts_are_the_rates_that_were_written(everything):
    # 40 min to 45 min lie after the change at 30 min: twice 1,500.
    rates = everything.arrivals.rates_at([0, 1_799, 1_800, 2_400, 2_699, 2_700, 7_000])
    assert rates.tolist() == [1_000, 1_000, 1_500, 3_000, 3_000, 1_500, 1_500]


def test_events_come_in_order_of_time(everything):
    assert everything.events[:7] == (
        Crash(at_s=300, member=1, back_after_s=60),
        Stuck(at_s=600, member=2, for_s=180),
        Leave(at_s=900, member=3),
        Join(at_s=960),
        Deployment(at_s=1_200, restart_s=15, pause_s=5),
        Slowdown(at_s=3_000, for_s=300, capacity_fraction=0.25, member=0),
        PoisonRecord(at_s=3_600, partition=3, for_s=120),
    )
    hot, shares, more = everything.events[7:]
    assert [type(event) for event in (hot, shares, more)] == [
        SharesChange,
        SharesChange,
        PartitionIncrease,
    ]
    assert [event.at_s for event in (hot, shares, more)] == [3_900, 4_500, 4_800]
    assert hot.shares[5] == pytest.approx(0.3)
    assert np.delete(hot.shares, 5) == pytest.approx([0.7 / 11] * 11)
    assert shares.shares.tolist() == pytest.approx([0.12] + [0.08] * 11)
    assert more.shares.tolist() == pytest.approx([1 / 24] * 24)


def test_policies_are_those_of_the_manifests(everything):
    by_lag, by_cpu, fixed = everything.policies
    assert by_lag == KedaPolicy(
        trigger=KedaTrigger(
            lag_threshold=2_000, activation_lag_threshold=5, limit="partitions with lag"
        ),
        least=2,
        most=12,
        polling_s=10,
        cooldown_s=120,
        sync_s=30,
        tolerance_fraction=0.05,
        name="by lag",
        behavior=ScalingBehavior(
            down=ScalingRules(
                stabilization_s=600,
                rates=(
                    ScalingRate(1, "members", period_s=60),
                    ScalingRate(10, "percent", period_s=120),
                ),
                select="min",
                tolerance_fraction=0.2,
            )
        ),
    )
    assert by_cpu == CpuPolicy(most=12, least=2, target_percent=70)
    assert fixed == FixedMembers(8)
    assert everything.policy is by_lag


def test_what_a_behavior_leaves_out_is_as_kubernetes_fills_it_in(given):
    behavior = {"scaleUp": {"stabilizationWindowSeconds": 60}}
    given["policy"] = [{"kind": "cpu", "maxReplicas": 9, "behavior": behavior}]
    (policy,) = scenario_of(given).policies
    up = ScalingBehavior().up
    assert policy.behavior == ScalingBehavior(
        up=ScalingRules(stabilization_s=60, rates=up.rates, select="max")
    )


def test_what_is_left_out_is_what_simulate_lag_takes_by_itself(given):
    scenario = scenario_of(given)
    simulated = scenario.simulate()
    same = simulate_lag(900, partitions=6, member=400, members=3, duration_s=600)
    assert simulated.lag_records.tolist() == same.lag_records.tolist()
    assert simulated.ready_members.tolist() == same.ready_members.tolist()
    assert (scenario.objective, scenario.policy, scenario.policies) == (None, None, ())


@pytest.mark.parametrize(
    ("duration", "partitions", "step_s"),
    [
        ("10 min", 6, 1),
        ("5000000 s", 1, 1),
        ("5000001 s", 1, 2),
        ("7 d", 300, 60),  # 604,800 s × 300 / 60 s is 3 million; / 30 s would be 6
        ("100 y", 1_000, 3_600),
    ],
)
def test_a_step_that_is_left_out_keeps_the_rows_few(given, duration, partitions, step_s):
    given["duration"] = duration
    given["topic"]["partitions"] = partitions
    assert scenario_of(given).step_s == step_s
    given["step"] = "7 s"
    assert scenario_of(given).step_s == 7


def test_every_argument_reaches_the_simulation(everything):
    simulated = everything.simulate()
    same = simulate_lag(
        everything.arrivals,
        shares=everything.shares,
        member=everything.member,
        members=4,
        duration_s=7_200,
        step_s=2,
        policy=everything.policy,
        protocol="eager",
        membership="static",
        assignor="range",
        settings=everything.settings,
        barrier_s=1,
        restore_s=20,
        events=everything.events,
        retention_s=86_400,
        initial_lag_records=120_000,
    )
    assert np.array_equal(simulated.lag_records, same.lag_records)
    assert simulated.decisions == same.decisions
    assert simulated.times_s[-1] == 7_200


def test_a_day_begins_when_it_is_told_to(given):
    daily = {"mean": "1000 records/s", "peak_ratio": 1.5, "peak_at": "10 h", "begins_at": "9 h"}
    given["arrivals"] = {"daily": daily}
    arrivals = scenario_of(given).arrivals
    day = Arrivals.daily(1_000, peak_ratio=1.5, peak_at_s=36_000)
    assert arrivals.rates_at([0, 3_600]) == pytest.approx(day.rates_at([32_400, 36_000]))


def test_a_day_begins_at_midnight_and_peaks_at_two_unless_told_otherwise(given):
    given["arrivals"] = {"daily": {"mean": "1000 records/s", "peak_ratio": 1.5}}
    arrivals = scenario_of(given).arrivals
    assert arrivals.records_per_s == pytest.approx(
        Arrivals.daily(1_000, peak_ratio=1.5).records_per_s
    )


def test_a_file_of_rates_is_read_by_whoever_knows_where_it_is(given):
    given["arrivals"] = {"trace": "monday.csv"}
    asked = []

    def read(name, *, most_gap_s):
        asked.append((name, most_gap_s))
        return Arrivals.steady(7)

    assert scenario_of(given, read_trace=read).arrivals.rates_at([5]).tolist() == [7]
    given["arrivals"]["most_gap"] = "2 h"
    scenario_of(given, read_trace=read)
    assert asked == [("monday.csv", None), ("monday.csv", 7_200)]


def test_shares_that_are_given_are_those_of_the_partitions(given):
    given["topic"] = {"shares": [0.5, 0.3, 0.2]}
    assert scenario_of(given).shares.tolist() == pytest.approx([0.5, 0.3, 0.2])


def test_keys_that_are_placed_give_the_shares(given):
    keys = KeyLoads(["UA", "B6", "EV", "DL"], [60, 20, 15, 5])
    scenario = scenario_of(given, place_keys=lambda partitions: place(keys, partitions))
    assert scenario.shares.tolist() == place(keys, 6).shares.tolist()


def test_a_hot_key_heats_what_an_earlier_event_left(given):
    given["topic"] = {"partitions": 2}
    given["event"] = [
        {"kind": "hot key", "at": "2 min", "partition": 0, "share": 0.75},
        {"kind": "partitions", "at": "1 min", "shares": [0.2, 0.2, 0.6]},
    ]
    more, hot = scenario_of(given).events
    assert more.shares.tolist() == pytest.approx([0.2, 0.2, 0.6])
    assert hot.shares.tolist() == pytest.approx([0.75, 0.0625, 0.1875])


def test_a_hot_key_may_take_all_of_it(given):
    given["topic"] = {"shares": [1.0, 0.0]}
    given["event"] = [{"kind": "hot key", "at": "1 min", "partition": 0, "share": 1.0}]
    (hot,) = scenario_of(given).events
    assert hot.shares.tolist() == [1.0, 0.0]


def test_unread_records_may_differ_by_partition(given):
    given["topic"] = {"partitions": 2}
    given["group"]["initial_lag"] = ["5 records", "1000 records"]
    scenario = scenario_of(given)
    assert scenario.initial_lag_records == [5, 1_000]
    assert scenario.simulate().initial_lag_records.tolist() == [5, 1_000]


def test_policies_are_compared_with_the_group_as_it_is(given):
    given["objective"] = {"oldest_unread": "1 min", "except_for": "1 min"}
    given["policy"] = [{"kind": "fixed", "members": 4}]
    comparison = scenario_of(given).compare()
    assert [outcome.name for outcome in comparison.outcomes] == ["3 members", "4 members"]
    assert comparison.lag_objective_s == 60
    assert comparison.lag_objective_records is None
    assert comparison.allowed_fraction == pytest.approx(0.1)
    # 3 × 400 records/s read 900 records/s, so the cheaper one is enough.
    assert comparison.best.name == "3 members"


def test_the_group_as_it_is_stands_only_once_in_a_comparison(given):
    given["objective"] = {"lag": "10 records"}
    given["policy"] = [{"kind": "fixed", "members": 4}, {"kind": "fixed", "members": 3}]
    comparison = scenario_of(given).compare()
    assert [outcome.name for outcome in comparison.outcomes] == ["4 members", "3 members"]
    assert comparison.lag_objective_records == 10


def test_there_is_nothing_to_compare_without_policies_or_objective(given):
    with pytest.raises(ValueError, match="policies must hold at least one"):
        scenario_of(given).compare()
    given["policy"] = [{"kind": "fixed", "members": 4}]
    with pytest.raises(ValueError, match="objective must be given"):
        scenario_of(given).compare()


def test_a_scenario_is_judged_by_its_own_objective(given):
    given["objective"] = {"lag": "0 records"}
    given["member"]["rate"] = "200 records/s"  # 3 × 200 of 900
    scenario = scenario_of(given)
    verdict = scenario.judge(scenario.simulate())
    assert verdict.objective == scenario.objective
    assert (verdict.met, verdict.time_over_s) == (False, 600)


def test_a_scenario_says_how_large_it_is(everything):
    assert repr(everything) == (
        "Scenario(partitions=12, members=4, duration_s=7,200, events=10, policies=3)"
    )


def test_shares_of_a_scenario_cannot_be_changed(everything):
    with pytest.raises(ValueError, match="read-only"):
        everything.shares[0] = 1


def test_a_comparison_takes_the_simulation_that_there_is(given):
    given["policy"] = [{"kind": "fixed", "members": members} for members in (2, 3)]
    given["group"]["policy"] = "3 members"
    given["objective"] = {"oldest_unread": "1 s"}
    scenario = scenario_of(given)
    simulation = scenario.simulate()
    taken, played = scenario.compare(simulation), scenario.compare()
    assert taken.best.name == "3 members"
    assert taken.best.simulation is simulation
    assert taken.to_frame().equals(played.to_frame())
    given["group"]["policy"] = "2 members"  # begins with 3 alone, and with 2 in a comparison
    other = scenario_of(given)
    assert other.compare(other.simulate()).to_frame().equals(played.to_frame())
