"""What a policy sees and says, and the group whose size nobody changes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kafka_sizing.consumers.scaling.policies import (
    Decision,
    FixedMembers,
    Observation,
    ScalingPolicy,
)


def observation(**changes):
    fields = {
        "at_s": 30.0,
        "members": 3,
        "ready_members": 2,
        "partitions": 4,
        "lag_records": [1, 2, 3, 4],
        "moved": [True, True, False, True],
        "cpu_fractions": [0.5, 0.7],
        "written_records_per_s": 100.0,
        "read_records_per_s": 90.0,
    }
    return Observation(**(fields | changes))


def test_an_observation_adds_up_what_it_sees():
    seen = observation()
    assert seen.total_lag_records == 10
    assert seen.starting_members == 1
    assert observation(members=1).starting_members == 0
    assert observation(members=0, ready_members=0, cpu_fractions=[]).starting_members == 0


def test_an_observation_keeps_its_own_read_only_arrays():
    lag = np.array([1.0, 2, 3, 4])
    seen = observation(lag_records=lag)
    lag[0] = 99
    assert seen.lag_records.tolist() == [1, 2, 3, 4]
    for array in (seen.lag_records, seen.moved, seen.cpu_fractions):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_an_observation_says_the_essential_in_one_line():
    assert repr(observation(lag_records=[1_000, 0, 0, 500])) == (
        "Observation(at_s=30, members=3, ready_members=2, partitions=4, total_lag_records=1,500)"
    )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        pytest.param({"at_s": -1}, "at_s must be finite and >= 0", id="time"),
        pytest.param({"members": -1}, "members must be a whole number", id="members"),
        pytest.param({"ready_members": 0.5}, "ready_members must be a whole", id="ready"),
        pytest.param({"partitions": 0}, "partitions must be a whole", id="partitions"),
        pytest.param({"written_records_per_s": np.nan}, "written_records_per_s", id="written"),
        pytest.param({"read_records_per_s": -0.1}, "read_records_per_s", id="read"),
        pytest.param({"lag_records": [1]}, r"lag_records must have the shape \(4,\)", id="short"),
        pytest.param({"lag_records": [-1, 0, 0, 0]}, "lag_records must be finite", id="below 0"),
        pytest.param({"lag_records": [np.inf, 0, 0, 0]}, "lag_records must be", id="infinite"),
        pytest.param(
            {"moved": [True]}, r"moved must have the shape \(4,\), got \(1,\)", id="moved"
        ),
        pytest.param({"cpu_fractions": [0.5]}, r"cpu_fractions must have .* \(2,\)", id="cpu"),
    ],
)
def test_an_observation_refuses_what_cannot_be(changes, text):
    with pytest.raises(ValueError, match=text):
        observation(**changes)


def decision(before, after, active=None):
    return Decision(
        at_s=0.0, members_before=before, recommended=1, members=after, reason="", active=active
    )


@pytest.mark.parametrize(
    ("before", "after", "active", "change", "is_activation"),
    [
        pytest.param(0, 1, True, 1, True, id="woken up"),
        pytest.param(3, 0, False, -3, True, id="put to sleep"),
        pytest.param(3, 5, True, 2, False, id="scaled while KEDA looked as well"),
        pytest.param(0, 4, None, 4, False, id="scaled from zero by the autoscaler itself"),
    ],
)
def test_a_decision_tells_scaling_from_waking_up(before, after, active, change, is_activation):
    made = decision(before, after, active)
    assert made.change == change
    assert made.is_activation is is_activation


def test_a_fixed_group_never_changes():
    policy = FixedMembers(12)
    assert (policy.name, policy.least, policy.most) == ("12 members", 12, 12)
    made = policy.decide(observation(), [])
    assert (made.at_s, made.members_before, made.recommended, made.members) == (30.0, 3, 12, 12)
    assert made.reason == "always 12"
    assert made.active is None
    assert [FixedMembers(count).name for count in (1, 2)] == ["1 member", "2 members"]
    assert policy.interval_s == 3_600


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        pytest.param((0,), "members must be a whole number", id="none"),
        pytest.param((1, 0), "interval_s must be finite and > 0", id="never looks"),
    ],
)
def test_a_fixed_group_must_have_members(arguments, text):
    with pytest.raises(ValueError, match=text):
        FixedMembers(*arguments)


def test_policies_are_known_by_what_they_can_do():
    assert isinstance(FixedMembers(3), ScalingPolicy)
    assert not isinstance(3, ScalingPolicy)


def test_policies_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        FixedMembers(3).members = 4
