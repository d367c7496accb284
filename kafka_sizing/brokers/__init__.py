"""A topic's load in; what it takes of brokers and clusters, and what a failure does, out."""

from __future__ import annotations

from kafka_sizing.brokers import models
from kafka_sizing.brokers.bounds import partition_limits
from kafka_sizing.brokers.bromin import (
    BrokerChoice,
    BroModel,
    PartitionBounds,
    bro_max,
    bro_min,
    published_model,
)
from kafka_sizing.brokers.checks import ClusterFit, LimitCheck
from kafka_sizing.brokers.election import (
    ElectionTime,
    PublishedElection,
    election_time,
    published_elections,
)
from kafka_sizing.brokers.failures import BrokerFailure, lose_brokers, lose_zone
from kafka_sizing.brokers.fitting import UnitsNeeded, fits, units_needed
from kafka_sizing.brokers.footprint import BrokerFootprint, broker_footprint
from kafka_sizing.brokers.handles import BrokerHandles, broker_handles
from kafka_sizing.brokers.latency import (
    LatencyAdvice,
    ReplicationLatency,
    latency_advice,
    replication_latency,
)
from kafka_sizing.brokers.limits import CLUSTERS, ClusterLimit, ClusterLimits, find_cluster
from kafka_sizing.brokers.segments import Segments, segment_files
from kafka_sizing.brokers.system import SystemLimit, system_limit

__all__ = [
    "CLUSTERS",
    "BroModel",
    "BrokerChoice",
    "BrokerFailure",
    "BrokerFootprint",
    "BrokerHandles",
    "ClusterFit",
    "ClusterLimit",
    "ClusterLimits",
    "ElectionTime",
    "LatencyAdvice",
    "LimitCheck",
    "PartitionBounds",
    "PublishedElection",
    "ReplicationLatency",
    "Segments",
    "SystemLimit",
    "UnitsNeeded",
    "bro_max",
    "bro_min",
    "broker_footprint",
    "broker_handles",
    "election_time",
    "find_cluster",
    "fits",
    "latency_advice",
    "lose_brokers",
    "lose_zone",
    "models",
    "partition_limits",
    "published_elections",
    "published_model",
    "replication_latency",
    "segment_files",
    "system_limit",
    "units_needed",
]
