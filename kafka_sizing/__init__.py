"""Size Kafka topics: rates, key logs, groups, designs in; plans, hot reports, lag, reviews out."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.units import GB, KB, MB, TB, GiB, KiB, MiB, TiB

if TYPE_CHECKING:
    from kafka_sizing import (
        brokers,
        consumers,
        plot,
        producers,
        report,
        retries,
        review,
        settings,
        testing,
        topic,
    )
    from kafka_sizing.brokers import (
        CLUSTERS,
        BrokerFootprint,
        ClusterFit,
        broker_footprint,
        find_cluster,
        fits,
    )
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
        lognormal_keys,
        murmur2,
        partition_of,
        uniform_keys,
        zipf_keys,
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
    from kafka_sizing.producers import (
        Batching,
        LatencyBudget,
        ProducerVerdict,
        check_producer,
        compare_batching,
        latency_budget,
        plan_batching,
    )
    from kafka_sizing.retries import (
        RetryPlan,
        blocking_retry,
        compare_retries,
        dependency_outage,
        plan_retries,
        same_topic_retry,
    )
    from kafka_sizing.review import Finding, Review, alerts_of, review_configs, review_topic
    from kafka_sizing.sources import count_key_files, read_lag_samples
    from kafka_sizing.topic import TopicDesign, TopicPlan, design_of, plan_topic, read_design

__version__ = "0.1.0"

# A public name stands twice: here, and among the imports above for type checkers.
__all__ = [
    "Arrivals",
    "Assignment",
    "Batching",
    "BrokerFootprint",
    "CLUSTERS",
    "ClusterFit",
    "Comparison",
    "CompositeKey",
    "ConsumerGroup",
    "Finding",
    "Fix",
    "GB",
    "GiB",
    "GroupCapacity",
    "HotReport",
    "KB",
    "KeyBuckets",
    "KeyLoads",
    "KiB",
    "LagDiagnosis",
    "LagSamples",
    "LagSimulation",
    "LatencyBudget",
    "Limit",
    "MB",
    "MemberCapacity",
    "MembersNeeded",
    "MiB",
    "MorePartitions",
    "NoKey",
    "PARTITIONERS",
    "PairLoads",
    "PartitionLoads",
    "PartitionPlan",
    "PartitionSweep",
    "Partitioner",
    "PolicyComparison",
    "ProducerVerdict",
    "RebalanceCost",
    "RetryPlan",
    "Review",
    "RoutingTable",
    "TB",
    "TiB",
    "TimeBuckets",
    "TopicDesign",
    "TopicPlan",
    "alerts_of",
    "assign",
    "blocking_retry",
    "broker_footprint",
    "brokers",
    "capacity_by_members",
    "check_producer",
    "coefficient_of_variation",
    "compare_batching",
    "compare_fixes",
    "compare_partitioners",
    "compare_policies",
    "compare_protocols",
    "compare_retries",
    "consumers",
    "count_key_files",
    "count_keys",
    "count_pairs",
    "crc32",
    "dependency_outage",
    "design_of",
    "diagnose_lag",
    "drain_backlog",
    "find_cluster",
    "find_hot",
    "find_partitioner",
    "fits",
    "fnv1a",
    "gini",
    "group_capacity",
    "imbalance_ratio",
    "jain_index",
    "latency_budget",
    "lognormal_keys",
    "members_needed",
    "moved_keys",
    "moved_share",
    "murmur2",
    "normalized_entropy",
    "partition_of",
    "place",
    "plan_batching",
    "plan_partitions",
    "plan_retries",
    "plan_topic",
    "plot",
    "producers",
    "read_design",
    "read_lag_samples",
    "rebalance_cost",
    "report",
    "retries",
    "review",
    "review_configs",
    "review_topic",
    "same_topic_retry",
    "settings",
    "simulate_lag",
    "sweep_partitions",
    "testing",
    "time_to_loss",
    "topic",
    "uniform_keys",
    "zipf_keys",
]

# From the ground floor up: whoever opens a room has opened those below it anyway.
_ROOMS: Final = (
    "keys",
    "partitions",
    "fixes",
    "consumers",
    "producers",
    "brokers",
    "retries",
    "sources",
    "topic",
    "review",
)
_WINGS: Final = (
    "brokers",
    "consumers",
    "plot",
    "producers",
    "report",
    "retries",
    "review",
    "settings",
    "testing",
    "topic",
)


def __getattr__(name: str) -> Any:
    """Find a public name in its room, which is opened on first use."""
    if name in _WINGS:
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
