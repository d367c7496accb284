"""A growing load in; when to add partitions, what moves then and what is at stake out."""

from kafka_sizing.partitions.growing.counts import MovedAtCounts, moved_at_counts
from kafka_sizing.partitions.growing.curve import GrowthCurve
from kafka_sizing.partitions.growing.exposure import ChangeExposure, change_exposure
from kafka_sizing.partitions.growing.path import GrowthPath, GrowthStage, GrowthStep
from kafka_sizing.partitions.growing.planning import plan_growth

__all__ = [
    "ChangeExposure",
    "GrowthCurve",
    "GrowthPath",
    "GrowthStage",
    "GrowthStep",
    "MovedAtCounts",
    "change_exposure",
    "moved_at_counts",
    "plan_growth",
]
