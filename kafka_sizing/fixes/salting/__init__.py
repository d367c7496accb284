"""Keys and what a partition carries in; which keys to split into how many shards out."""

from kafka_sizing.fixes.salting.expectation import SaltedLoads, expect_salted
from kafka_sizing.fixes.salting.fullest import FullestPartition, fullest_partition
from kafka_sizing.fixes.salting.planning import SaltingPlan, plan_salting
from kafka_sizing.fixes.salting.safety import SafeShards, safe_shards

__all__ = [
    "FullestPartition",
    "SafeShards",
    "SaltedLoads",
    "SaltingPlan",
    "expect_salted",
    "fullest_partition",
    "plan_salting",
    "safe_shards",
]
