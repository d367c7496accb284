"""What a scaler sees of a consumer group in; how many members it asks for, and why, out.

`compare_policies`, which runs whole simulations, stands in ``scaling.comparison``: simulations
use the policies, so the comparison cannot be loaded with them.
"""

from __future__ import annotations

from kafka_sizing.consumers.scaling.autoscalers import CpuPolicy, FunctionPolicy, KedaPolicy
from kafka_sizing.consumers.scaling.behavior import (
    LimitedMembers,
    ScalingBehavior,
    ScalingRate,
    ScalingRules,
    default_scale_down,
    default_scale_up,
    limit_members,
)
from kafka_sizing.consumers.scaling.defaults import scaling_default
from kafka_sizing.consumers.scaling.hpa import cpu_replicas, hpa_replicas
from kafka_sizing.consumers.scaling.keda import KedaMetric, KedaTrigger, keda_metric
from kafka_sizing.consumers.scaling.policies import (
    Decision,
    FixedMembers,
    Observation,
    ScalingPolicy,
)

__all__ = [
    "CpuPolicy",
    "Decision",
    "FixedMembers",
    "FunctionPolicy",
    "KedaMetric",
    "KedaPolicy",
    "KedaTrigger",
    "LimitedMembers",
    "Observation",
    "ScalingBehavior",
    "ScalingPolicy",
    "ScalingRate",
    "ScalingRules",
    "cpu_replicas",
    "default_scale_down",
    "default_scale_up",
    "hpa_replicas",
    "keda_metric",
    "limit_members",
    "scaling_default",
]
