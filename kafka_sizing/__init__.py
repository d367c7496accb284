"""Size Kafka topics: rates, key logs and groups in; plans, hot reports, fixes and lag out."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.units import GB, KB, MB, TB, GiB, KiB, MiB, TiB

if TYPE_CHECKING:
    from kafka_sizing import consumers, plot, report
    from kafka_sizing.consumers import (
        Arrivals,
        Assignment,
        GroupCapacity,
        LagDiagnosis,
        LagSamples,
        LagSimulation,
        MemberCapacity,
        MembersNeeded,
        PolicyComparison,
        RebalanceCost,
        assign,
        capacity_by_members,
        compare_policies,
        compare_protocols,
        diagnose_lag,
        drain_backlog,
        group_capacity,
        members_needed,
        rebalance_cost,
        simulate_lag,
        time_to_loss,
    )
    from kafka_sizing.fixes import (
        Comparison,
        CompositeKey,
        Fix,
        KeyBuckets,
        MorePartitions,
        NoKey,
        RoutingTable,
        TimeBuckets,
        compare_fixes,
    )
    from kafka_sizing.keys import (
        PARTITIONERS,
        KeyLoads,
        PairLoads,
        Partitioner,
        count_keys,
        count_pairs,
        crc32,
        find_partitioner,
        fnv1a,
        murmur2,
        partition_of,
    )
    from kafka_sizing.partitions import (
        ConsumerGroup,
        HotReport,
        Limit,
        PartitionLoads,
        PartitionPlan,
        PartitionSweep,
        coefficient_of_variation,
        compare_partitioners,
        find_hot,
        gini,
        imbalance_ratio,
        jain_index,
        moved_keys,
        moved_share,
        normalized_entropy,
        place,
        plan_partitions,
        sweep_partitions,
    )
    from kafka_sizing.sources import count_key_files, read_lag_samples

__version__ = "0.1.0"

# A public name stands twice: here, and among the imports above for type checkers.
__all__ = [
    "GB",
    "KB",
    "MB",
    "PARTITIONERS",
    "TB",
    "Arrivals",
    "Assignment",
    "Comparison",
    "CompositeKey",
    "ConsumerGroup",
    "Fix",
    "GiB",
    "GroupCapacity",
    "HotReport",
    "KeyBuckets",
    "KeyLoads",
    "KiB",
    "LagDiagnosis",
    "LagSamples",
    "LagSimulation",
    "Limit",
    "MemberCapacity",
    "MembersNeeded",
    "MiB",
    "MorePartitions",
    "NoKey",
    "PairLoads",
    "PartitionLoads",
    "PartitionPlan",
    "PartitionSweep",
    "Partitioner",
    "PolicyComparison",
    "RebalanceCost",
    "RoutingTable",
    "TiB",
    "TimeBuckets",
    "assign",
    "capacity_by_members",
    "coefficient_of_variation",
    "compare_fixes",
    "compare_partitioners",
    "compare_policies",
    "compare_protocols",
    "consumers",
    "count_key_files",
    "count_keys",
    "count_pairs",
    "crc32",
    "diagnose_lag",
    "drain_backlog",
    "find_hot",
    "find_partitioner",
    "fnv1a",
    "gini",
    "group_capacity",
    "imbalance_ratio",
    "jain_index",
    "members_needed",
    "moved_keys",
    "moved_share",
    "murmur2",
    "normalized_entropy",
    "partition_of",
    "place",
    "plan_partitions",
    "plot",
    "read_lag_samples",
    "rebalance_cost",
    "report",
    "simulate_lag",
    "sweep_partitions",
    "time_to_loss",
]

# From the ground floor up: whoever opens a room has opened those below it anyway.
_ROOMS: Final = ("keys", "partitions", "fixes", "consumers", "sources")


def __getattr__(name: str) -> Any:
    """Find a public name in its room, which is opened on first use."""
    if name in ("consumers", "plot", "report"):
        return importlib.import_module(f"{__name__}.{name}")
    if name in __all__:
        for room in _ROOMS:
            module = importlib.import_module(f"{__name__}.{room}")
            if name in module.__all__:
                globals()[name] = value = getattr(module, name)
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
