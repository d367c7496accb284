"""How an HPA damps what it recommends: Kubernetes' own test tables, and hand arithmetic."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.scaling.behavior import (
    ScalingBehavior,
    ScalingRate,
    ScalingRules,
    check_bounds,
    default_scale_down,
    default_scale_up,
    limit_members,
)
from kafka_sizing.consumers.scaling.policies import Decision


def rules(*rates, stabilization_s=0.0, **changes):
    made = tuple(ScalingRate(value, unit, period_s=period) for value, unit, period in rates)
    return ScalingRules(stabilization_s=stabilization_s, rates=made, **changes)


UNLIMITED = rules((10_000, "percent", 15))


def went(at_s, before, after, *, recommended=None, active=None):
    return Decision(
        at_s=at_s,
        members_before=before,
        recommended=recommended,
        members=after,
        reason="",
        active=active,
    )


def changes_of(total, changes, *, up=True, now_s=1_000.0, period_s=120.0):
    """Make decisions inside the period that add up to ``total`` now, and one before it."""
    sign = 1 if up else -1
    before = total - sign * sum(changes)
    made = [went(now_s - period_s - 1, before - sign * 42, before)]
    for number, change in enumerate(changes):
        made.append(went(now_s - 100 + number, before, before + sign * change))
        before += sign * change
    return made


# Kubernetes' horizontal_test.go, scaling with rules: every case without a stabilization window.
@pytest.mark.parametrize(
    ("recommended", "members", "up", "most", "allowed"),
    [
        pytest.param(50, 10, default_scale_up(), 1_000, 20, id="default rates"),
        pytest.param(
            500, 10, rules((100, "members", 60), (100, "percent", 60)), 1_000, 110, id="pods more"
        ),
        pytest.param(
            500, 10, rules((2, "members", 60), (100, "percent", 60)), 1_000, 20, id="percent more"
        ),
        pytest.param(50, 10, rules((100, "members", 60)), 1_000, 50, id="room enough"),
        pytest.param(50, 10, rules((10_000, "percent", 60)), 1_000, 50, id="percent enough"),
        pytest.param(50, 10, rules((30, "members", 60)), 1_000, 40, id="limited by members"),
        pytest.param(50, 10, rules((200, "percent", 60)), 1_000, 30, id="limited by percent"),
        pytest.param(50, 10, rules((100, "members", 60)), 30, 30, id="limited by the most"),
        pytest.param(
            500,
            10,
            rules((2, "members", 60), (100, "percent", 60), select="min"),
            1_000,
            12,
            id="the smaller change",
        ),
        pytest.param(500, 10, rules((100, "members", 60), select="disabled"), 99, 10, id="never"),
        pytest.param(3, 1, rules((10, "percent", 60)), 99, 2, id="a part is rounded up"),
    ],
)
def test_members_are_added_no_faster_than_the_rates_allow(recommended, members, up, most, allowed):
    behavior = ScalingBehavior(up=up)
    limited = limit_members(recommended, members=members, at_s=0, behavior=behavior, most=most)
    assert limited.members == allowed


@pytest.mark.parametrize(
    ("recommended", "members", "down", "least", "allowed"),
    [
        pytest.param(5, 10, rules((100, "percent", 15)), 1, 5, id="default rate"),
        pytest.param(
            2,
            100,
            rules((20, "members", 60), (1, "percent", 60), select="min"),
            1,
            99,
            id="the smaller change is the part",
        ),
        pytest.param(
            2,
            100,
            rules((2, "members", 60), (10, "percent", 60), select="min"),
            1,
            98,
            id="the smaller change is the number",
        ),
        pytest.param(
            2, 100, rules((20, "members", 60), (1, "percent", 60)), 1, 80, id="the larger change"
        ),
        pytest.param(0, 10, rules((100, "members", 60)), 1, 1, id="limited by the least"),
        pytest.param(2, 10, rules((100, "percent", 60)), 5, 5, id="limited by a least of five"),
        pytest.param(2, 10, rules((5, "members", 60)), 1, 5, id="limited by members"),
        pytest.param(2, 10, rules((50, "percent", 60)), 1, 5, id="limited by percent"),
        pytest.param(1, 9, rules((50, "percent", 60)), 1, 4, id="a part is rounded down"),
        pytest.param(1, 900, rules((30, "percent", 60)), 1, 630, id="of many"),
        pytest.param(1, 9, rules((1, "members", 60), select="disabled"), 1, 9, id="never"),
    ],
)
def test_members_are_taken_away_no_faster_than_the_rates_allow(
    recommended, members, down, least, allowed
):
    behavior = ScalingBehavior(down=down)
    limited = limit_members(
        recommended, members=members, at_s=0, behavior=behavior, least=least, most=1_000
    )
    assert limited.members == allowed


@pytest.mark.parametrize(
    ("rate", "changes", "allowed"),
    [
        pytest.param((100, "percent", 120), (1, 2, 3, 4, 5), 170, id="(100 − 15) + 100 %"),
        pytest.param((150, "members", 120), (1, 5, 9), 235, id="100 − 15 + 150"),
        pytest.param((200, "percent", 120), (1, 5, 9), 255, id="(100 − 15) + 200 %"),
        pytest.param(
            (5, "members", 120), (1, 5, 9), 100, id="100 − 15 + 5 is below what there is"
        ),
    ],
)
def test_what_was_added_within_the_period_counts(rate, changes, allowed):
    limited = limit_members(
        500,
        members=100,
        at_s=1_000.0,
        past=changes_of(100, changes),
        behavior=ScalingBehavior(up=rules(rate)),
        most=1_000,
    )
    assert limited.members == allowed


@pytest.mark.parametrize(
    ("rate", "changes", "allowed"),
    [
        pytest.param((50, "percent", 120), (2, 4, 6), 56, id="(100 + 12) − 50 %"),
        pytest.param((10, "percent", 120), (10, 10, 10), 100, id="(100 + 30) − 10 % is above 100"),
        pytest.param((5, "members", 120), (1, 5, 9), 100, id="100 + 15 − 5 is above 100"),
        pytest.param((130, "members", 120), (1, 5, 9), 5, id="the least is the limit"),
        pytest.param((1_000, "percent", 120), (10, 10, 10), 5, id="below zero is no limit"),
    ],
)
def test_what_was_taken_away_within_the_period_counts(rate, changes, allowed):
    limited = limit_members(
        0,
        members=100,
        at_s=1_000.0,
        past=changes_of(100, changes, up=False),
        behavior=ScalingBehavior(down=rules(rate)),
        least=5,
        most=1_000,
    )
    assert limited.members == allowed


def test_a_change_counts_until_the_period_has_passed():
    up = ScalingBehavior(up=rules((4, "members", 60)))
    past = [went(100.0, 2, 6)]
    allowed = [
        limit_members(50, members=6, at_s=at_s, past=past, behavior=up, most=99).members
        for at_s in (159.0, 160.0)
    ]
    assert allowed == [6, 10]


def test_waking_up_is_no_change_of_the_autoscaler():
    up = ScalingBehavior(up=rules((4, "members", 60)))
    past = [went(100.0, 0, 1, active=True)]
    assert limit_members(50, members=1, at_s=115.0, past=past, behavior=up, most=99).members == 5


# Kubernetes' horizontal_test.go, stabilization: recommendations of so many seconds ago.
@pytest.mark.parametrize(
    ("recommended", "members", "up_s", "earlier", "stabilized"),
    [
        pytest.param(3, 100, 0, {120: 4, 60: 5}, 5, id="down to the highest"),
        pytest.param(7, 1, 150, {120: 4, 60: 5}, 4, id="up to the lowest"),
        pytest.param(3, 100, 0, {120: 1, 60: 2}, 3, id="down at once"),
        pytest.param(3, 1, 150, {120: 4, 60: 5}, 3, id="up at once"),
        pytest.param(3, 100, 0, {600: 10, 540: 9}, 3, id="down: too long ago"),
        pytest.param(100, 1, 60, {600: 10, 540: 9}, 100, id="up: too long ago"),
        pytest.param(3, 100, 0, {600: 10, 540: 9, 120: 5, 60: 4}, 5, id="down: two of four"),
        pytest.param(100, 1, 150, {6_000: 10, 180: 9, 120: 5, 60: 6}, 5, id="up: two of four"),
    ],
)
def test_recommendations_of_the_window_count(recommended, members, up_s, earlier, stabilized):
    now_s = 10_000.0
    long_ago = went(0.0, members, members, recommended=members)
    past = [
        long_ago,
        *(went(now_s - ago, members, members, recommended=n) for ago, n in earlier.items()),
    ]
    behavior = ScalingBehavior(
        up=dataclasses.replace(UNLIMITED, stabilization_s=up_s), down=default_scale_down()
    )
    limited = limit_members(
        recommended, members=members, at_s=now_s, past=past, behavior=behavior, most=1_000
    )
    assert limited.members == stabilized


def test_a_group_stays_between_two_windows_that_disagree():
    behavior = ScalingBehavior(up=dataclasses.replace(UNLIMITED, stabilization_s=300))
    past = [went(0.0, 5, 5, recommended=5)]
    past += [went(9_900.0, 5, 5, recommended=2), went(9_950.0, 5, 5, recommended=9)]
    for recommended in (2, 5, 9):
        limited = limit_members(
            recommended, members=5, at_s=10_000.0, past=past, behavior=behavior, most=99
        )
        assert limited.members == 5


@pytest.mark.parametrize("behavior", [None, ScalingBehavior()])
def test_nobody_leaves_in_the_first_five_minutes(behavior):
    def after(at_s):
        past = [went(0.0, 9, 9, recommended=2), went(15.0, 9, 9, recommended=2)]
        return limit_members(
            2, members=9, at_s=at_s, past=past, behavior=behavior, most=99
        ).members

    assert limit_members(2, members=9, at_s=0.0, behavior=behavior, most=99).members == 9
    assert after(299.0) == 9
    assert after(301.0) == 2
    # At its far end the window of the older rules still counts.
    assert after(300.0) == (9 if behavior is None else 2)


def test_a_look_without_a_recommendation_says_nothing():
    past = [went(0.0, 9, 9, recommended=9), went(9_900.0, 20, 9, recommended=None)]
    assert limit_members(2, members=9, at_s=10_000.0, past=past, most=99).members == 2


# Kubernetes' horizontal_test.go, TestConvertDesiredReplicasWithRules: no behavior at all.
@pytest.mark.parametrize(
    ("members", "recommended", "least", "most", "allowed"),
    [
        pytest.param(5, 7, 3, 8, 7, id="within the range"),
        pytest.param(3, 1, 2, 8, 2, id="below the least"),
        pytest.param(1, 0, 0, 10, 0, id="zero if that is allowed"),
        pytest.param(20, 1_000, 1, 10, 10, id="above the most"),
        pytest.param(3, 1_000, 1, 2_000, 6, id="twice as many at a time"),
        pytest.param(1, 1_000, 1, 2_000, 4, id="but four at least"),
        pytest.param(0, 1_000, 0, 2_000, 4, id="four from zero"),
    ],
)
def test_without_a_behavior_members_at_most_double(members, recommended, least, most, allowed):
    past = [went(0.0, 0, 0, recommended=0)]
    limited = limit_members(
        recommended, members=members, at_s=1_000.0, past=past, least=least, most=most
    )
    assert limited.members == allowed


@pytest.mark.parametrize(
    ("members", "recommended", "bounds", "without", "with_behavior"),
    [
        pytest.param(20, 15, {"most": 10}, 10, 15, id="on the way down past the most"),
        pytest.param(20, 20, {"most": 10}, 10, 20, id="above the most"),
        pytest.param(3, 4, {"least": 5, "most": 9}, 5, 4, id="on the way up past the least"),
        pytest.param(3, 3, {"least": 5, "most": 9}, 5, 3, id="below the least"),
    ],
)
def test_a_behavior_looks_at_a_bound_only_on_the_way_to_it(
    members, recommended, bounds, without, with_behavior
):
    past = [went(-900.0, 0, 0, recommended=0)]
    allowed = [
        limit_members(
            recommended, members=members, at_s=0.0, past=past, behavior=behavior, **bounds
        ).members
        for behavior in (None, ScalingBehavior())
    ]
    assert allowed == [without, with_behavior]


def test_four_of_one_and_five_of_one_is_the_difference_of_the_two_rules():
    assert limit_members(40, members=1, at_s=0, most=99).members == 4
    assert limit_members(40, members=1, at_s=0, behavior=ScalingBehavior(), most=99).members == 5


@pytest.mark.parametrize(
    ("recommended", "members", "arguments", "reason"),
    [
        pytest.param(5, 5, {}, None, id="nothing in the way"),
        pytest.param(3, 5, {}, "3 recommended, 5 by the stabilization window", id="window"),
        pytest.param(50, 5, {}, "50 wanted, but the rate allows 10", id="rate"),
        pytest.param(50, 5, {"most": 8}, "50 wanted, but 8 is the most", id="most"),
        pytest.param(10, 5, {"most": 10}, None, id="exactly the most"),
        pytest.param(11, 5, {"most": 10}, "11 wanted, but 10 is the most", id="a tie is a bound"),
        pytest.param(
            0, 1, {"past": [went(-900.0, 1, 1)]}, "0 wanted, but 1 is the least", id="least"
        ),
        pytest.param(2, 2, {"least": 2}, None, id="exactly the least"),
        pytest.param(
            1,
            9,
            {"behavior": ScalingBehavior(down=rules((2, "members", 60)))},
            "1 wanted, but the rate allows 7",
            id="rate on the way down",
        ),
        pytest.param(
            1,
            9,
            {"behavior": ScalingBehavior(down=rules((2, "members", 60))), "least": 7},
            "1 wanted, but 7 is the least",
            id="a tie is a bound on the way down",
        ),
    ],
)
def test_what_was_in_the_way_is_said(recommended, members, arguments, reason):
    arguments = {"at_s": 0.0, "most": 99} | arguments
    assert limit_members(recommended, members=members, **arguments).reason == reason


@given(
    recommended=st.integers(0, 500),
    members=st.integers(1, 200),
    behavior=st.sampled_from([None, ScalingBehavior(), ScalingBehavior(down=UNLIMITED)]),
)
def test_limits_never_overshoot_what_was_recommended(recommended, members, behavior):
    allowed = limit_members(
        recommended, members=members, at_s=0.0, behavior=behavior, most=1_000
    ).members
    assert min(recommended, members) <= allowed <= max(recommended, members)


@given(recommended=st.integers(0, 500), members=st.integers(5, 100))
def test_repeated_looks_reach_the_recommendation(recommended, members):
    past, at_s = [], 0.0
    for _ in range(60):
        limited = limit_members(recommended, members=members, at_s=at_s, past=past, most=400)
        past.append(went(at_s, members, limited.members, recommended=recommended))
        members, at_s = limited.members, at_s + 15
    assert members == min(400, max(1, recommended))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: ScalingRate(0, "members", period_s=1), "value must be a whole number"),
        (lambda: ScalingRate(1, "pods", period_s=1), "unit must be one of 'members', 'percent'"),
        (lambda: ScalingRate(1, "members", period_s=0), "period_s must be finite and > 0"),
        (lambda: ScalingRate(1, "members", period_s=1801), "period_s must be at most 1800, got"),
        (rules, r"rates must be at least one ScalingRate, got \(\)"),
        (lambda: ScalingRules(stabilization_s=0, rates=[4]), "rates must be at least one"),
        (lambda: rules((1, "members", 1), stabilization_s=3601), r"stabilization_s .* 0 … 3600"),
        (lambda: rules((1, "members", 1), stabilization_s=-1), "stabilization_s must be in 0"),
        (lambda: rules((1, "members", 1), select="Max"), "select must be one of 'max', 'min'"),
        (lambda: rules((1, "members", 1), tolerance_fraction=1), "tolerance_fraction must be a"),
        (lambda: check_bounds(-1, 3), "least must be a whole number"),
        (lambda: check_bounds(0, 0), "most must be a whole number"),
        (lambda: check_bounds(4, 3), "least must be <= most, got 4 and 3"),
        (lambda: limit_members(-1, members=1, at_s=0, most=3), "recommended must be a whole"),
        (lambda: limit_members(1, members=-1, at_s=0, most=3), "members must be a whole"),
        (lambda: limit_members(1, members=1, at_s=0, least=4, most=3), "least must be <= most"),
    ],
)
def test_what_kubernetes_would_refuse_is_refused(make, text):
    with pytest.raises(ValueError, match=text):
        make()


def test_edges_are_allowed():
    assert ScalingRate(1, "members", period_s=1_800).period_s == 1_800
    assert rules((1, "members", 1), stabilization_s=3_600).stabilization_s == 3_600
    check_bounds(3, 3)
