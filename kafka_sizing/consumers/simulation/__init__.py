"""Arrivals, a group and events in; its lag over time out."""

from __future__ import annotations

from kafka_sizing.consumers.simulation.arrivals import Arrivals
from kafka_sizing.consumers.simulation.events import (
    Crash,
    Deployment,
    Event,
    Join,
    Leave,
    PartitionIncrease,
    PoisonRecord,
    SharesChange,
    Slowdown,
    Stuck,
)
from kafka_sizing.consumers.simulation.lag import simulate_lag
from kafka_sizing.consumers.simulation.member import MemberCapacity
from kafka_sizing.consumers.simulation.result import LagSimulation, Ownership

__all__ = [
    "Arrivals",
    "Crash",
    "Deployment",
    "Event",
    "Join",
    "LagSimulation",
    "Leave",
    "MemberCapacity",
    "Ownership",
    "PartitionIncrease",
    "PoisonRecord",
    "SharesChange",
    "Slowdown",
    "Stuck",
    "simulate_lag",
]
