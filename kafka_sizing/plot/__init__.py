"""A result in; the matplotlib Axes it is drawn on out. Nothing is computed, shown or saved."""

from __future__ import annotations

from kafka_sizing.plot.change import before_after
from kafka_sizing.plot.expectation import expected_share
from kafka_sizing.plot.fixes import fix_comparison
from kafka_sizing.plot.frontier import fix_frontier
from kafka_sizing.plot.growth import growth_path
from kafka_sizing.plot.heatmap import lag_heatmap
from kafka_sizing.plot.keyless import keyless_spread
from kafka_sizing.plot.keys import key_shares
from kafka_sizing.plot.labels import key_label
from kafka_sizing.plot.lag_lines import lag_by_partition
from kafka_sizing.plot.limits import partition_limits
from kafka_sizing.plot.loads import partition_loads
from kafka_sizing.plot.lorenz import lorenz_curve
from kafka_sizing.plot.owners import assignment
from kafka_sizing.plot.policies import policy_comparison, policy_lag, policy_members
from kafka_sizing.plot.rebalance import rebalance_timeline
from kafka_sizing.plot.retries import retry_ladder
from kafka_sizing.plot.room import room_left
from kafka_sizing.plot.salting import safe_shards
from kafka_sizing.plot.sensitivity import sensitivity
from kafka_sizing.plot.sweep import partition_sweep
from kafka_sizing.plot.throughput import group_throughput

__all__ = [
    "assignment",
    "before_after",
    "expected_share",
    "fix_comparison",
    "fix_frontier",
    "group_throughput",
    "growth_path",
    "key_label",
    "key_shares",
    "keyless_spread",
    "lag_by_partition",
    "lag_heatmap",
    "lorenz_curve",
    "partition_limits",
    "partition_loads",
    "partition_sweep",
    "policy_comparison",
    "policy_lag",
    "policy_members",
    "rebalance_timeline",
    "retry_ladder",
    "room_left",
    "safe_shards",
    "sensitivity",
]
