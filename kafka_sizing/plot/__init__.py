"""A result in; the matplotlib Axes it is drawn on out. Nothing is computed, shown or saved."""

from __future__ import annotations

from kafka_sizing.plot.change import before_after
from kafka_sizing.plot.fixes import fix_comparison
from kafka_sizing.plot.keys import key_shares
from kafka_sizing.plot.labels import key_label
from kafka_sizing.plot.limits import partition_limits
from kafka_sizing.plot.loads import partition_loads
from kafka_sizing.plot.lorenz import lorenz_curve
from kafka_sizing.plot.sweep import partition_sweep

__all__ = [
    "before_after",
    "fix_comparison",
    "key_label",
    "key_shares",
    "lorenz_curve",
    "partition_limits",
    "partition_loads",
    "partition_sweep",
]
