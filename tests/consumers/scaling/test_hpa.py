"""How many members an HPA asks for: worked examples, hand arithmetic, Kubernetes' own tests."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.scaling.hpa import cpu_replicas, hpa_replicas


@pytest.mark.parametrize(
    ("metric", "threshold", "members", "wanted"),
    [
        pytest.param(240, 10, 22, 22, id="kedacore/keda#4791: 24/22 is within the tolerance"),
        pytest.param(240, 10, 21, 24, id="kedacore/keda#4791: 24/21 is not"),
        pytest.param(1009, 10, 50, 101, id="rounded up"),
        pytest.param(110, 10, 10, 10, id="exactly a tenth above"),
        pytest.param(111, 10, 10, 12, id="just more than a tenth above"),
        pytest.param(99, 10, 11, 11, id="exactly a tenth below"),
        pytest.param(98, 10, 11, 10, id="just more than a tenth below"),
        pytest.param(0, 10, 5, 0, id="nothing to read"),
        pytest.param(8600, 2867, 5, 3, id="Kubernetes' ReplicaCalcScaleDownPerPodCMExternal"),
        pytest.param(2.1, 0.7, 1, 3, id="an exact fit survives floats"),
    ],
)
def test_a_total_is_shared_out_unless_it_nearly_fits(metric, threshold, members, wanted):
    assert hpa_replicas(metric, threshold=threshold, members=members) == wanted


def test_each_direction_may_have_a_tolerance_of_its_own():
    assert hpa_replicas(120, threshold=10, members=10, up_tolerance_fraction=0.2) == 10
    assert hpa_replicas(120, threshold=10, members=10, down_tolerance_fraction=0.2) == 12
    assert hpa_replicas(80, threshold=10, members=10, down_tolerance_fraction=0.2) == 10
    assert hpa_replicas(80, threshold=10, members=10, up_tolerance_fraction=0.2) == 8
    assert hpa_replicas(101, threshold=10, members=10, up_tolerance_fraction=0.0) == 11


@given(
    metric=st.integers(0, 10**9), threshold=st.integers(1, 10**6), members=st.integers(1, 10**4)
)
def test_members_fit_the_metric_or_stay(metric, threshold, members):
    wanted = hpa_replicas(metric, threshold=threshold, members=members)
    if wanted == members:
        assert 0.9 - 1e-9 <= metric / (threshold * members) <= 1.1 + 1e-9 or (
            (members - 1) * threshold < metric <= members * threshold
        )
    else:
        assert (wanted - 1) * threshold < metric <= wanted * threshold


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"metric": -1}, "metric must be finite and >= 0"),
        ({"threshold": 0}, "threshold must be finite and > 0"),
        ({"members": 0}, "members must be a whole number"),
        ({"up_tolerance_fraction": 1}, "up_tolerance_fraction must be a fraction"),
        ({"down_tolerance_fraction": -0.1}, "down_tolerance_fraction must be a fraction"),
    ],
)
def test_a_metric_that_cannot_be_is_refused(changes, text):
    arguments = {"metric": 1, "threshold": 1, "members": 1} | changes
    with pytest.raises(ValueError, match=text):
        hpa_replicas(arguments.pop("metric"), **arguments)


# Kubernetes' replica_calculator_test.go: members, target, CPU used in milli-CPU of 1,000
# requested by each ready member, and the members it expects.
@pytest.mark.parametrize(
    ("members", "target", "used", "wanted"),
    [
        pytest.param(3, 30, [300, 500, 700], 5, id="ReplicaCalcScaleUp"),
        pytest.param(3, 30, [500, 700], 4, id="ReplicaCalcScaleUpUnreadyLessScale"),
        pytest.param(3, 30, [400], 3, id="ReplicaCalcScaleUpUnreadyNoScale"),
        pytest.param(5, 50, [100, 300, 500, 250, 250], 3, id="ReplicaCalcScaleDown"),
        pytest.param(5, 50, [100, 300, 500], 2, id="ReplicaCalcScaleDownIgnoresUnreadyPods"),
        pytest.param(3, 100, [1010, 1030, 1020], 3, id="ReplicaCalcTolerance"),
        pytest.param(5, 40, [400] * 5, 5, id="on target"),
    ],
)
def test_cpu_is_brought_to_its_target(members, target, used, wanted):
    fractions = np.array(used) / 1_000
    assert cpu_replicas(fractions, members=members, target_percent=target) == wanted


def test_the_default_target_is_eighty_percent():
    assert cpu_replicas([1.0] * 4, members=4) == 5
    assert cpu_replicas([0.8] * 4, members=4) == 4


def test_utilisation_is_cut_to_whole_percent_as_the_controller_does():
    # 66.9 % counts as 66: 66/60 is within a tenth, 66.9/60 would not be.
    assert cpu_replicas([0.669] * 10, members=10, target_percent=60) == 10
    assert cpu_replicas([0.67] * 10, members=10, target_percent=60) == 12


def test_sums_of_floats_do_not_lose_a_percent():
    assert cpu_replicas([0.1] * 3 + [0.7], members=4, target_percent=25, up_tolerance_fraction=0.0)
    # The mean of 0.57 is 57 %, although 100 * 0.57 is 56.99999999999999.
    assert cpu_replicas([0.57], members=1, target_percent=57, down_tolerance_fraction=0.0) == 1
    assert cpu_replicas([0.57] * 9, members=9, target_percent=19) == 27


def test_starting_members_may_be_enough():
    assert cpu_replicas([0.9] * 3, members=3, target_percent=60) == 5
    assert cpu_replicas([0.9] * 3, members=5, target_percent=60) == 5
    assert cpu_replicas([0.9] * 3, members=4, target_percent=60) == 5  # 67 % of 4


def test_starting_members_do_not_count_on_the_way_down():
    # 30 % of 60 on 5 ready is 3, although there are 10.
    assert cpu_replicas([0.3] * 5, members=10, target_percent=60) == 3


def test_with_nobody_ready_there_is_nothing_to_go_by():
    assert cpu_replicas([], members=3) is None
    assert cpu_replicas([], members=0) is None


@given(
    used=st.lists(st.floats(0, 3), min_size=1, max_size=30),
    starting=st.integers(0, 20),
    target=st.integers(1, 200),
)
def test_it_asks_for_no_more_than_the_cpu_in_use_needs(used, starting, target):
    members = len(used) + starting
    wanted = cpu_replicas(used, members=members, target_percent=target)
    needed = math.ceil(100 * sum(used) / target)
    assert wanted <= max(members, needed + 1)  # one more at most: floats, as in the controller
    if max(used) * 100 < target * 0.9:
        assert wanted <= members


@given(fraction=st.floats(0, 3), ready=st.integers(1, 50), target=st.integers(1, 200))
def test_an_even_group_scales_in_proportion(fraction, ready, target):
    wanted = cpu_replicas([fraction] * ready, members=ready, target_percent=target)
    percent = math.floor(100 * fraction + 1e-9)
    if wanted != ready:
        assert wanted == math.ceil(percent / target * ready - 1e-9) or math.isclose(
            wanted, percent / target * ready, rel_tol=1e-9, abs_tol=1 + 1e-9
        )


@pytest.mark.parametrize(
    ("used", "changes", "text"),
    [
        ([[0.5]], {}, "cpu_fractions must be 1-D, finite and >= 0"),
        ([-0.5], {}, "cpu_fractions must be 1-D, finite and >= 0"),
        ([math.nan], {}, "cpu_fractions must be 1-D, finite and >= 0"),
        ([0.5, 0.5], {}, "cpu_fractions must be at most one per member, got 2"),
        ([0.5], {"members": -1}, "members must be a whole number"),
        ([0.5], {"target_percent": 0}, "target_percent must be a whole number"),
        ([0.5], {"up_tolerance_fraction": 2}, "up_tolerance_fraction must be a fraction"),
    ],
)
def test_cpu_that_cannot_be_is_refused(used, changes, text):
    with pytest.raises(ValueError, match=text):
        cpu_replicas(used, **({"members": 1} | changes))
