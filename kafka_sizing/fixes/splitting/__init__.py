"""Keys, or a stream of them, in; what the splitting schemes of the literature make of it out."""

from kafka_sizing.fixes.splitting.bounds import (
    least_even_imbalance_share,
    least_imbalance_share,
    most_imbalance_records,
    reached_partitions,
)
from kafka_sizing.fixes.splitting.candidates import Candidates
from kafka_sizing.fixes.splitting.choices import HeadChoices, head_choices
from kafka_sizing.fixes.splitting.grouping import (
    KeyGrouping,
    OfflineGreedy,
    OnlineGreedy,
    StaticTwoChoices,
)
from kafka_sizing.fixes.splitting.heads import DChoices, RoundRobinHead, WChoices
from kafka_sizing.fixes.splitting.isolation import IsolatedKeys
from kafka_sizing.fixes.splitting.overflow import BoundedLoads, RandomChoices
from kafka_sizing.fixes.splitting.partial import PartialKeyGrouping, ShuffleGrouping
from kafka_sizing.fixes.splitting.rings import TokenRing
from kafka_sizing.fixes.splitting.runs import SplitRun, simulate_scheme
from kafka_sizing.fixes.splitting.scheme import SplittingScheme
from kafka_sizing.fixes.splitting.states import StateCosts, state_costs
from kafka_sizing.fixes.splitting.streams import stream_of
from kafka_sizing.fixes.splitting.tables import AdjustedTable, TrainedTable

__all__ = [
    "AdjustedTable",
    "BoundedLoads",
    "Candidates",
    "DChoices",
    "HeadChoices",
    "IsolatedKeys",
    "KeyGrouping",
    "OfflineGreedy",
    "OnlineGreedy",
    "PartialKeyGrouping",
    "RandomChoices",
    "RoundRobinHead",
    "ShuffleGrouping",
    "SplitRun",
    "SplittingScheme",
    "StateCosts",
    "StaticTwoChoices",
    "TokenRing",
    "TrainedTable",
    "WChoices",
    "head_choices",
    "least_even_imbalance_share",
    "least_imbalance_share",
    "most_imbalance_records",
    "reached_partitions",
    "simulate_scheme",
    "state_costs",
    "stream_of",
]
