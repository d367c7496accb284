"""Placed keys in; what each fix would change, and the best of them, out."""

from kafka_sizing.fixes.base import AsIs, Fix, Outcome
from kafka_sizing.fixes.bucket_growth import BucketChange, BucketGrowth, grow_buckets
from kafka_sizing.fixes.buckets import KeyBuckets
from kafka_sizing.fixes.certainty import FitCertainty
from kafka_sizing.fixes.comparison import Comparison, compare_fixes
from kafka_sizing.fixes.composite import CompositeKey
from kafka_sizing.fixes.frontier import FixFrontier, FrontierPoint
from kafka_sizing.fixes.keyless import NoKey
from kafka_sizing.fixes.partitions import MorePartitions
from kafka_sizing.fixes.proposals import propose_fixes
from kafka_sizing.fixes.routing import RoutingTable, bucket_of
from kafka_sizing.fixes.salting import (
    FullestPartition,
    SafeShards,
    SaltedLoads,
    SaltingPlan,
    expect_salted,
    fullest_partition,
    plan_salting,
    safe_shards,
)
from kafka_sizing.fixes.slices import TimeBuckets
from kafka_sizing.fixes.splitting import (
    AdjustedTable,
    BoundedLoads,
    DChoices,
    IsolatedKeys,
    KeyGrouping,
    OfflineGreedy,
    OnlineGreedy,
    PartialKeyGrouping,
    RandomChoices,
    RoundRobinHead,
    ShuffleGrouping,
    StaticTwoChoices,
    TokenRing,
    TrainedTable,
    WChoices,
    simulate_scheme,
    stream_of,
)
from kafka_sizing.fixes.way_out import WayOut

__all__ = [
    "AdjustedTable",
    "AsIs",
    "BoundedLoads",
    "BucketChange",
    "BucketGrowth",
    "Comparison",
    "CompositeKey",
    "DChoices",
    "FitCertainty",
    "Fix",
    "FixFrontier",
    "FrontierPoint",
    "FullestPartition",
    "IsolatedKeys",
    "KeyBuckets",
    "KeyGrouping",
    "MorePartitions",
    "NoKey",
    "OfflineGreedy",
    "OnlineGreedy",
    "Outcome",
    "PartialKeyGrouping",
    "RandomChoices",
    "RoundRobinHead",
    "RoutingTable",
    "SafeShards",
    "SaltedLoads",
    "SaltingPlan",
    "ShuffleGrouping",
    "StaticTwoChoices",
    "TimeBuckets",
    "TokenRing",
    "TrainedTable",
    "WChoices",
    "WayOut",
    "bucket_of",
    "compare_fixes",
    "expect_salted",
    "fullest_partition",
    "grow_buckets",
    "plan_salting",
    "propose_fixes",
    "safe_shards",
    "simulate_scheme",
    "stream_of",
]
