"""Key loads and rates in; where load lands, what runs hot and how many partitions it takes out."""

from kafka_sizing.partitions.agreement import PartitionerComparison, compare_partitioners
from kafka_sizing.partitions.bands import Band, band_of
from kafka_sizing.partitions.groups import ConsumerGroup
from kafka_sizing.partitions.growth import MovedKeys, moved_keys, moved_share
from kafka_sizing.partitions.hotspots import HotKey, HotPartition, HotReport, find_hot
from kafka_sizing.partitions.limits import Limit
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import PartitionLoads, place
from kafka_sizing.partitions.rates import PublishedRate, published_rates
from kafka_sizing.partitions.sizing import PartitionPlan, plan_partitions
from kafka_sizing.partitions.skew import (
    coefficient_of_variation,
    gini,
    imbalance_ratio,
    jain_index,
    normalized_entropy,
)
from kafka_sizing.partitions.sweep import PartitionSweep, sweep_partitions

__all__ = [
    "Band",
    "ConsumerGroup",
    "HotKey",
    "HotPartition",
    "HotReport",
    "Limit",
    "Line",
    "MovedKeys",
    "PartitionLoads",
    "PartitionPlan",
    "PartitionSweep",
    "PartitionerComparison",
    "PublishedRate",
    "band_of",
    "coefficient_of_variation",
    "compare_partitioners",
    "find_hot",
    "gini",
    "imbalance_ratio",
    "jain_index",
    "moved_keys",
    "moved_share",
    "normalized_entropy",
    "place",
    "plan_partitions",
    "published_rates",
    "sweep_partitions",
]
