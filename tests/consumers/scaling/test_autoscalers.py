"""Policies over time: what KEDA and the HPA do, by their sources and by hand."""

from __future__ import annotations

import dataclasses

import pytest

from kafka_sizing.consumers.scaling import (
    CpuPolicy,
    FunctionPolicy,
    KedaPolicy,
    KedaTrigger,
    Observation,
    ScalingBehavior,
    ScalingPolicy,
    default_scale_down,
    default_scale_up,
)


def seen(at_s, members, *, lag=0, partitions=20, ready=None, cpu=0.0, moved=True):
    ready = members if ready is None else ready
    return Observation(
        at_s=at_s,
        members=members,
        ready_members=ready,
        partitions=partitions,
        lag_records=[lag, *[0] * (partitions - 1)],
        moved=[moved] * partitions,
        cpu_fractions=[cpu] * ready,
        written_records_per_s=100.0,
        read_records_per_s=100.0,
    )


def play(policy, members, lag_at, *, until_s, every_s=None, **other):
    """Let a policy look again and again; give its decisions."""
    every_s = policy.interval_s if every_s is None else every_s
    past, at_s = [], 0.0
    while at_s <= until_s:
        now = seen(at_s, members, lag=lag_at(at_s), **other)
        past.append(policy.decide(now, past))
        members, at_s = past[-1].members, at_s + every_s
    return past


def members_over_time(decisions):
    return {decision.at_s: decision.members for decision in decisions if decision.change}


KEDA = KedaPolicy(trigger=KedaTrigger(lag_threshold=100), least=0, most=10)


def test_defaults_are_those_of_keda():
    policy = KedaPolicy()
    assert (policy.least, policy.most) == (0, 100)
    assert (policy.polling_s, policy.cooldown_s, policy.sync_s) == (30, 300, 15)
    assert policy.trigger.lag_threshold == 10
    assert policy.name == "KEDA, 10 records a member"
    assert KedaPolicy(name="ours").name == "ours"


def test_policies_keep_the_protocol():
    function = FunctionPolicy(function=lambda _: 3, name="three", most=5)
    for policy in (KEDA, CpuPolicy(most=5), function):
        assert isinstance(policy, ScalingPolicy)


def test_lag_adds_members_twice_as_many_at_a_time():
    decisions = play(KEDA, 1, lambda _: 10_000, until_s=60)
    assert members_over_time(decisions) == {0: 4, 15: 8, 30: 10}
    assert decisions[0].recommended == 20  # as many as partitions
    assert decisions[0].reason == (
        "lag 10,000 at 100 a member, cut to 2,000: 20 partitions in all; "
        "20 wanted, but the rate allows 4"
    )


def test_members_leave_five_minutes_after_the_last_need():
    decisions = play(KEDA, 1, lambda at_s: 800 if at_s < 100 else 150, until_s=600)
    # The last look with 800 is at 90 s; the window of the HPA holds 8 up to 390 s.
    assert members_over_time(decisions) == {0: 4, 15: 8, 405: 2}


def test_a_group_falls_asleep_after_the_cooldown_and_not_at_it():
    decisions = play(KEDA, 2, lambda at_s: 150 if at_s <= 60 else 0, until_s=600)
    # Polls at 0, 30, 60: active. 300 s after the last is 360 s, where it is not yet over.
    assert members_over_time(decisions) == {375: 1, 390: 0}
    last = next(decision for decision in decisions if decision.members == 0)
    assert last.reason == "nothing to read for 330 s"
    assert last.active is False


def test_the_cooldown_begins_with_the_first_look():
    decisions = play(KEDA, 1, lambda _: 0, until_s=400)
    assert members_over_time(decisions) == {330: 0}
    waiting = decisions[2]
    assert waiting.reason == (
        "lag 0 at 100 a member; 0 recommended, 1 by the stabilization window; "
        "idle for 30 s of 300 s"
    )


def test_lag_between_two_polls_does_not_keep_a_group_awake():
    decisions = play(KEDA, 1, lambda at_s: 50 if at_s % 30 else 0, until_s=400)
    assert members_over_time(decisions)[330] == 0


def test_a_group_with_a_least_of_one_never_sleeps():
    policy = dataclasses.replace(KEDA, least=1)
    assert members_over_time(play(policy, 1, lambda _: 0, until_s=900)) == {}


def test_keda_wakes_a_group_and_the_hpa_goes_on():
    lag = lambda at_s: 1_000 if at_s >= 40 else 0  # noqa: E731
    decisions = play(KEDA, 0, lag, until_s=150)
    # The poll at 60 s sees it; the HPA is switched off at zero, and goes on 15 s later.
    assert members_over_time(decisions) == {60: 1, 75: 4, 90: 8, 105: 10}
    assert [decision.reason for decision in decisions[:4]] == [
        "asleep: lag 0 at 100 a member",
        "asleep until KEDA looks again",
        "asleep: lag 0 at 100 a member",
        "asleep until KEDA looks again",
    ]
    assert [decision.active for decision in decisions[:5]] == [False, None, False, None, True]
    assert all(decision.recommended is None for decision in decisions[:5])
    assert decisions[4].reason == "wakes up: lag 1,000 at 100 a member"


def test_a_group_wakes_up_with_its_least():
    policy = dataclasses.replace(KEDA, least=3)
    assert policy.decide(seen(0.0, 0, lag=500), []).members == 3


def test_a_group_that_must_not_sleep_is_woken_without_anything_to_read():
    policy = dataclasses.replace(KEDA, least=3)
    decision = policy.decide(seen(0.0, 0), [])
    assert (decision.members, decision.reason) == (3, "3 is the least")
    between = policy.decide(seen(15.0, 0), [dataclasses.replace(decision, members=0)])
    assert between.members == 0  # KEDA looks again at 30 s


def test_activation_has_a_threshold_of_its_own():
    trigger = KedaTrigger(lag_threshold=10, activation_lag_threshold=100)
    policy = dataclasses.replace(KEDA, trigger=trigger)
    assert policy.decide(seen(0.0, 0, lag=100), []).members == 0
    assert policy.decide(seen(0.0, 0, lag=101), []).members == 1
    # With members there, the HPA knows nothing of it: 80 records are 8 members, until they go.
    decisions = play(policy, 4, lambda _: 80, until_s=400)
    assert members_over_time(decisions) == {0: 8, 330: 0}


def test_keda_and_the_hpa_have_clocks_of_their_own():
    policy = dataclasses.replace(KEDA, polling_s=5.0)
    assert policy.interval_s == 5
    decisions = play(policy, 0, lambda at_s: 1_000 if at_s >= 6 else 0, until_s=40)
    assert members_over_time(decisions) == {10: 1, 15: 4, 30: 8}
    between = decisions[4]
    assert (between.at_s, between.recommended) == (20, None)
    assert between.reason == "between two looks of the HPA"


def test_the_first_look_counts_persistent_lag_and_the_next_do_not():
    trigger = KedaTrigger(lag_threshold=100, persistent_lag="excluded")
    policy = dataclasses.replace(KEDA, trigger=trigger)
    decisions = play(policy, 4, lambda _: 700, until_s=1_000, moved=False)
    assert decisions[0].recommended == 7
    assert decisions[1].recommended == 0
    # The lag is there, so the group never sleeps.
    assert members_over_time(decisions) == {0: 7, 315: 1}


def test_too_many_and_too_few_members_are_put_right_at_once():
    policy = dataclasses.replace(KEDA, least=3, most=6)
    many = policy.decide(seen(0.0, 9, lag=0), [])
    few = policy.decide(seen(0.0, 1, lag=10_000), [])
    assert (many.members, many.recommended, many.reason) == (6, None, "6 is the most")
    assert (few.members, few.recommended, few.reason) == (3, None, "3 is the least")


def test_the_tolerance_is_that_of_the_behavior_or_of_the_cluster():
    def recommended(policy, lag):
        return policy.decide(seen(0.0, 5, lag=lag), []).recommended

    up = dataclasses.replace(default_scale_up(), tolerance_fraction=0.3)
    down = dataclasses.replace(default_scale_down(), tolerance_fraction=0.4)
    lenient = dataclasses.replace(KEDA, behavior=ScalingBehavior(up=up, down=down))
    assert [recommended(KEDA, lag) for lag in (390, 460, 540, 620)] == [4, 5, 5, 7]
    assert [recommended(lenient, lag) for lag in (290, 310, 640, 660)] == [3, 5, 5, 7]
    strict = dataclasses.replace(KEDA, tolerance_fraction=0.0)
    assert recommended(strict, 501) == 6


def test_a_group_nearly_as_large_as_its_partitions_never_gets_there():
    """12 partitions cut the metric to 12 members, and 12/11 is within the tolerance."""
    trigger = KedaTrigger(lag_threshold=100)
    for limit, members in (("partitions", 11), ("even", 11), ("none", 20)):
        policy = dataclasses.replace(
            KEDA, trigger=dataclasses.replace(trigger, limit=limit), most=20
        )
        now = seen(0.0, 11, lag=10**6, partitions=12)
        assert policy.decide(now, []).members == members


def test_a_behavior_damps():
    fast = dataclasses.replace(default_scale_down(), stabilization_s=0)
    policy = dataclasses.replace(KEDA, behavior=ScalingBehavior(down=fast))
    decisions = play(policy, 1, lambda at_s: 10_000 if at_s < 15 else 350, until_s=60)
    assert members_over_time(decisions) == {0: 5, 15: 4}


def test_decisions_depend_on_nothing_but_what_is_given():
    past = play(KEDA, 1, lambda at_s: 700 if at_s < 200 else 0, until_s=300)
    now = seen(315.0, past[-1].members)
    assert KEDA.decide(now, past) == KEDA.decide(now, tuple(past))


# --- CPU -------------------------------------------------------------------------------


def test_cpu_scales_by_utilisation():
    policy = CpuPolicy(most=10, target_percent=50)
    decisions = play(policy, 3, lambda _: 0, until_s=15, cpu=0.9)
    assert members_over_time(decisions) == {0: 6, 15: 10}
    assert decisions[0].reason == "CPU 90 % of 50 % on 3 ready"
    assert decisions[1].recommended == 11


def test_cpu_defaults_are_those_of_kubernetes():
    policy = CpuPolicy(most=10)
    assert (policy.least, policy.target_percent, policy.interval_s) == (1, 80, 15)
    assert policy.name == "CPU at 80 %"
    assert CpuPolicy(most=3, name="ours").name == "ours"


def test_lag_means_nothing_to_a_cpu_policy():
    policy = CpuPolicy(most=10)
    decisions = play(policy, 4, lambda _: 10**9, until_s=600, cpu=0.2)
    assert members_over_time(decisions) == {315: 1}


def test_without_a_ready_member_cpu_changes_nothing():
    decision = CpuPolicy(most=10).decide(seen(0.0, 3, ready=0), [])
    assert (decision.members, decision.recommended) == (3, None)
    assert decision.reason == "no member is ready to be measured"


def test_at_zero_members_an_hpa_is_switched_off():
    decision = CpuPolicy(most=10).decide(seen(0.0, 0), [])
    assert (decision.members, decision.recommended) == (0, None)
    assert decision.reason == "switched off at zero members"


def test_more_members_than_wanted_may_still_be_ready():
    decision = CpuPolicy(most=10, target_percent=50).decide(seen(0.0, 2, ready=3, cpu=0.5), [])
    assert decision.recommended == 3


# --- functions -------------------------------------------------------------------------


def test_a_function_is_damped_like_the_others():
    policy = FunctionPolicy(
        function=lambda now: 3 + int(now.total_lag_records // 100), name="mine", most=12
    )
    decisions = play(policy, 2, lambda at_s: 2_000 if at_s < 100 else 0, until_s=500)
    assert members_over_time(decisions) == {0: 4, 15: 8, 30: 12, 405: 3}
    assert decisions[0].reason == "mine asks for 23; 23 wanted, but the rate allows 4"


def test_a_function_may_go_to_zero_and_back():
    policy = FunctionPolicy(
        function=lambda now: int(now.total_lag_records > 0), name="mine", most=3, least=0
    )
    decisions = play(policy, 1, lambda at_s: 0 if at_s < 400 else 5, until_s=500)
    assert members_over_time(decisions) == {315: 0, 405: 1}


def test_a_function_must_give_a_number_of_members():
    policy = FunctionPolicy(function=lambda _: 2.5, name="half", most=3)
    with pytest.raises(ValueError, match="what the function gives must be a whole number"):
        policy.decide(seen(0.0, 1), [])


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: KedaPolicy(trigger=10), "trigger must be KedaTrigger, got int"),
        (lambda: KedaPolicy(behavior={}), "behavior must be ScalingBehavior, got dict"),
        (lambda: CpuPolicy(most=3, behavior=0), "behavior must be ScalingBehavior, got int"),
        (lambda: FunctionPolicy(function=3, name="f", most=3), "function must be callable, got 3"),
        (lambda: FunctionPolicy(function=len, name=3, most=3), "name must be text, got 3"),
        (
            lambda: FunctionPolicy(function=len, name="f", most=3, behavior="x"),
            "behavior must be ScalingBehavior, got str",
        ),
        (lambda: ScalingBehavior(up=4), "up must be ScalingRules, got int"),
        (lambda: ScalingBehavior(down=4), "down must be ScalingRules, got int"),
    ],
)
def test_what_is_something_else_is_refused(make, text):
    with pytest.raises(TypeError, match=text):
        make()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: KedaPolicy(least=5, most=4), "least must be <= most, got 5 and 4"),
        (lambda: KedaPolicy(polling_s=0), "polling_s must be finite and > 0"),
        (lambda: KedaPolicy(cooldown_s=0), "cooldown_s must be finite and > 0"),
        (lambda: KedaPolicy(sync_s=-1), "sync_s must be finite and > 0"),
        (lambda: KedaPolicy(tolerance_fraction=1), "tolerance_fraction must be a fraction"),
        (lambda: CpuPolicy(most=3, least=0), "least must be a whole number"),
        (lambda: CpuPolicy(most=3, least=4), "least must be <= most, got 4 and 3"),
        (lambda: CpuPolicy(most=3, target_percent=0), "target_percent must be a whole"),
        (lambda: CpuPolicy(most=3, sync_s=0), "sync_s must be finite and > 0"),
        (lambda: CpuPolicy(most=3, tolerance_fraction=-1), "tolerance_fraction must be a"),
        (lambda: FunctionPolicy(function=len, name="f", most=0), "most must be a whole number"),
        (
            lambda: FunctionPolicy(function=len, name="f", most=1, interval_s=0),
            "interval_s must be finite and > 0",
        ),
    ],
)
def test_settings_out_of_range_are_refused(make, text):
    with pytest.raises(ValueError, match=text):
        make()
