"""Defaults of KEDA and of the Horizontal Pod Autoscaler against their documentation."""

from __future__ import annotations

import pytest

from kafka_sizing.consumers.scaling.defaults import (
    _settings,
    default_count,
    default_number,
    scaling_default,
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lagThreshold", 10),
        ("activationLagThreshold", 0),
        ("pollingInterval", 30),
        ("cooldownPeriod", 300),
        ("minReplicaCount", 0),
        ("maxReplicaCount", 100),
        ("horizontal-pod-autoscaler-sync-period", 15),
        ("horizontal-pod-autoscaler-tolerance", 0.1),
        ("horizontal-pod-autoscaler-downscale-stabilization", 300),
        ("averageUtilization", 80),
    ],
)
def test_defaults_are_those_of_the_documentation(name, value):
    assert scaling_default(name).value == default_number(name) == value


def test_every_number_says_where_it_comes_from():
    for setting in _settings().values():
        assert setting.kind in {"exact", "measured", "vendor", "rule"}
        assert setting.source
        assert setting.date
        assert setting.unit


def test_the_line_of_a_storm_is_a_rule_of_thumb():
    assert scaling_default("rebalance storm").kind == "rule"


def test_a_count_is_a_whole_number():
    assert isinstance(default_count("cooldownPeriod"), int)


def test_an_unknown_setting_is_refused_with_those_like_it():
    with pytest.raises(ValueError, match=r"name must be one of .* \(near: 'cooldownPeriod'"):
        scaling_default("coolDownPeriod")
