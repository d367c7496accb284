"""A topic's load, a group's members and what befalls them in; who reads what, and the lag, out."""

from __future__ import annotations

from kafka_sizing.consumers.assignment import (
    ASSIGNORS,
    Assignment,
    Member,
    assign,
)
from kafka_sizing.consumers.backlog import (
    Drain,
    capacity_to_recover,
    drain_backlog,
)
from kafka_sizing.consumers.capacity import (
    GroupCapacity,
    group_capacity,
)
from kafka_sizing.consumers.delivery import (
    DeliverySemantics,
    delivery,
)
from kafka_sizing.consumers.members import (
    CapacityByMembers,
    MembersNeeded,
    capacity_by_members,
    members_needed,
)
from kafka_sizing.consumers.monitoring import (
    LagDiagnosis,
    LagSamples,
    burrow_status,
    diagnose_lag,
    lag_in_seconds,
)
from kafka_sizing.consumers.parallel import (
    parallel_consumer,
)
from kafka_sizing.consumers.polling import (
    FetchMemory,
    PollBudget,
    fetch_memory,
    poll_budget,
)
from kafka_sizing.consumers.readers import (
    FanOut,
    Reader,
    fan_out,
)
from kafka_sizing.consumers.rebalance import (
    RebalanceCost,
    compare_protocols,
    rebalance_cost,
    rebalance_phases,
)
from kafka_sizing.consumers.retention import (
    TimeToLoss,
    time_to_loss,
)
from kafka_sizing.consumers.scaling import (
    CpuPolicy,
    Decision,
    FixedMembers,
    FunctionPolicy,
    KedaPolicy,
    KedaTrigger,
    Observation,
    ScalingBehavior,
    ScalingRate,
    ScalingRules,
)
from kafka_sizing.consumers.scaling.comparison import (
    PolicyComparison,
    compare_policies,
)
from kafka_sizing.consumers.scenario import (
    LagObjective,
    LagVerdict,
    Scenario,
    judge_lag,
    scenario_of,
)
from kafka_sizing.consumers.settings import (
    ConsumerSettings,
)
from kafka_sizing.consumers.sharing import (
    share_group,
)
from kafka_sizing.consumers.simulation import (
    Arrivals,
    Crash,
    Deployment,
    Join,
    LagSimulation,
    Leave,
    MemberCapacity,
    PartitionIncrease,
    PoisonRecord,
    SharesChange,
    Slowdown,
    Stuck,
    simulate_lag,
)

__all__ = [
    "ASSIGNORS",
    "Arrivals",
    "Assignment",
    "CapacityByMembers",
    "ConsumerSettings",
    "CpuPolicy",
    "Crash",
    "Decision",
    "DeliverySemantics",
    "Deployment",
    "Drain",
    "FanOut",
    "FetchMemory",
    "FixedMembers",
    "FunctionPolicy",
    "GroupCapacity",
    "Join",
    "KedaPolicy",
    "KedaTrigger",
    "LagDiagnosis",
    "LagObjective",
    "LagSamples",
    "LagSimulation",
    "LagVerdict",
    "Leave",
    "Member",
    "MemberCapacity",
    "MembersNeeded",
    "Observation",
    "PartitionIncrease",
    "PoisonRecord",
    "PolicyComparison",
    "PollBudget",
    "Reader",
    "RebalanceCost",
    "ScalingBehavior",
    "ScalingRate",
    "ScalingRules",
    "Scenario",
    "SharesChange",
    "Slowdown",
    "Stuck",
    "TimeToLoss",
    "assign",
    "burrow_status",
    "capacity_by_members",
    "capacity_to_recover",
    "compare_policies",
    "compare_protocols",
    "delivery",
    "diagnose_lag",
    "drain_backlog",
    "fan_out",
    "fetch_memory",
    "group_capacity",
    "judge_lag",
    "lag_in_seconds",
    "members_needed",
    "parallel_consumer",
    "poll_budget",
    "rebalance_cost",
    "rebalance_phases",
    "scenario_of",
    "share_group",
    "simulate_lag",
    "time_to_loss",
]
