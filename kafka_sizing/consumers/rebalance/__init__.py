"""An event in a consumer group in; how long which partitions stand still, and the cost, out."""

from kafka_sizing.consumers.rebalance.comparison import ProtocolComparison, compare_protocols
from kafka_sizing.consumers.rebalance.costs import rebalance_cost
from kafka_sizing.consumers.rebalance.detection import Detection, detection
from kafka_sizing.consumers.rebalance.empty import InitialDelay, initial_delay
from kafka_sizing.consumers.rebalance.phases import (
    EventKind,
    Membership,
    Phase,
    Protocol,
    Stops,
    rebalance_phases,
)
from kafka_sizing.consumers.rebalance.result import (
    PhaseCost,
    RebalanceCost,
    RebalanceEvent,
    StopPattern,
)

__all__ = [
    "Detection",
    "EventKind",
    "InitialDelay",
    "Membership",
    "Phase",
    "PhaseCost",
    "Protocol",
    "ProtocolComparison",
    "RebalanceCost",
    "RebalanceEvent",
    "StopPattern",
    "Stops",
    "compare_protocols",
    "detection",
    "initial_delay",
    "rebalance_cost",
    "rebalance_phases",
]
