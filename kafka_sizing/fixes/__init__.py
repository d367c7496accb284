"""Placed keys in; what each fix would change, and the best of them, out."""

from kafka_sizing.fixes.base import AsIs, Fix, Outcome
from kafka_sizing.fixes.buckets import KeyBuckets
from kafka_sizing.fixes.comparison import Comparison, compare_fixes
from kafka_sizing.fixes.composite import CompositeKey
from kafka_sizing.fixes.keyless import NoKey
from kafka_sizing.fixes.partitions import MorePartitions
from kafka_sizing.fixes.proposals import propose_fixes
from kafka_sizing.fixes.routing import RoutingTable, bucket_of
from kafka_sizing.fixes.slices import TimeBuckets

__all__ = [
    "AsIs",
    "Comparison",
    "CompositeKey",
    "Fix",
    "KeyBuckets",
    "MorePartitions",
    "NoKey",
    "Outcome",
    "RoutingTable",
    "TimeBuckets",
    "bucket_of",
    "compare_fixes",
    "propose_fixes",
]
