"""The tables ``[[policy]]`` of a scenario, in the words of manifests, in; policies out."""

from __future__ import annotations

from typing import Any, Final

from kafka_sizing.consumers.scaling import (
    CpuPolicy,
    FixedMembers,
    KedaPolicy,
    KedaTrigger,
    ScalingBehavior,
    ScalingPolicy,
    ScalingRate,
    ScalingRules,
    default_scale_down,
    default_scale_up,
)
from kafka_sizing.toml.section import Key, Section, sections
from kafka_sizing.toml.values import choice, count, number, seconds, text

_TRIGGER: Final = (
    "lagThreshold",
    "activationLagThreshold",
    "offsetResetPolicy",
    "allowIdleConsumers",
    "limitToPartitionsWithLag",
    "ensureEvenDistributionOfPartitions",
    "excludePersistentLag",
    "scaleToZeroOnInvalidOffset",
)
_HPA: Final = {
    "name": Key("name", text, required=False),
    "horizontal-pod-autoscaler-sync-period": Key("sync_s", seconds, required=False),
    "horizontal-pod-autoscaler-tolerance": Key("tolerance_fraction", number, required=False),
}
_KEDA: Final = _HPA | {
    "minReplicaCount": Key("least", count, required=False),
    "maxReplicaCount": Key("most", count, required=False),
    "pollingInterval": Key("polling_s", seconds, required=False),
    "cooldownPeriod": Key("cooldown_s", seconds, required=False),
}
_CPU: Final = _HPA | {
    "minReplicas": Key("least", count, required=False),
    "maxReplicas": Key("most", count),
    "averageUtilization": Key("target_percent", count, required=False),
}
_FIXED: Final = {"members": Key("members", count)}
_KEYS: Final = {
    "fixed": tuple(_FIXED),
    "keda": (*_KEDA, *_TRIGGER, "behavior"),
    "cpu": (*_CPU, "behavior"),
}
_UNITS: Final = {"Pods": "members", "Percent": "percent"}
_RATE: Final = {
    "value": Key("value", count),
    "type": Key("unit", lambda value: _UNITS[choice(_UNITS)(value)]),
    "periodSeconds": Key("period_s", seconds),
}
_SELECTS: Final = {"Max": "max", "Min": "min", "Disabled": "disabled"}
_RULES: Final = {
    "stabilizationWindowSeconds": Key("stabilization_s", seconds, required=False),
    "selectPolicy": Key("select", lambda value: _SELECTS[choice(_SELECTS)(value)], required=False),
    "tolerance": Key("tolerance_fraction", number, required=False),
}
_DIRECTIONS: Final = {
    "scaleUp": ("up", default_scale_up),
    "scaleDown": ("down", default_scale_down),
}


def policies_of(given: object) -> tuple[ScalingPolicy, ...]:
    """Read policies; no two may have the same name."""
    policies: list[ScalingPolicy] = []
    for where, table in sections("[[policy]]", given):
        policy = _policy(Section(where, table))
        if policy.name in [other.name for other in policies]:
            raise ValueError(
                f"{where} must have a name of its own, got {policy.name!r} again (name)"
            )
        policies.append(policy)
    return tuple(policies)


def _policy(section: Section) -> ScalingPolicy:
    kind = section.read("kind", choice(_KEYS))
    named = Section(f"{section.where} ({kind})", section.values)
    named.check_keys(("kind", *_KEYS[kind]))
    if kind == "fixed":
        return named.made(FixedMembers, _FIXED)
    behavior = _behavior(named)
    if kind == "cpu":
        return named.made(lambda **given: CpuPolicy(behavior=behavior, **given), _CPU)
    trigger = _trigger(named)
    return named.made(
        lambda **given: KedaPolicy(trigger=trigger, behavior=behavior, **given), _KEDA
    )


def _trigger(section: Section) -> KedaTrigger:
    """Read the metadata of a trigger; the topic is that of the scenario."""
    metadata = {name: section.values[name] for name in _TRIGGER if name in section}
    with section.naming(
        {
            "lag_threshold": "lagThreshold",
            "activation_lag_threshold": "activationLagThreshold",
            "offset_reset": "offsetResetPolicy",
        }
    ):
        return KedaTrigger.from_metadata({"topic": "the scenario's", **metadata})


def _behavior(section: Section) -> ScalingBehavior | None:
    if "behavior" not in section:
        return None
    given = section.part("behavior", _DIRECTIONS)
    rules: dict[str, Any] = {
        direction: _rules(given.part(name, (*_RULES, "policies")), default())
        for name, (direction, default) in _DIRECTIONS.items()
        if name in given
    }
    return ScalingBehavior(**rules)


def _rules(section: Section, default: ScalingRules) -> ScalingRules:
    """Read one direction; what it leaves out is as Kubernetes fills it in."""
    rates = default.rates
    if "policies" in section:
        rates = tuple(
            Section.of(where, table, _RATE).made(ScalingRate, _RATE)
            for where, table in sections(f"{section.where} policies", section.values["policies"])
        )
    filled = {"stabilization_s": default.stabilization_s, "rates": rates}
    return section.made(lambda **given: ScalingRules(**{**filled, **given}), _RULES)
