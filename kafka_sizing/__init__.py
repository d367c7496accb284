"""Size Kafka topics: rates and key logs in; plans, hot reports and fixes that work out."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.units import GB, KB, MB, TB, GiB, KiB, MiB, TiB

if TYPE_CHECKING:
    from kafka_sizing import plot, report
    from kafka_sizing.fixes import (
        Comparison,
        CompositeKey,
        Fix,
        KeyBuckets,
        MorePartitions,
        NoKey,
        RoutingTable,
        TimeBuckets,
        compare_fixes,
    )
    from kafka_sizing.keys import (
        PARTITIONERS,
        KeyLoads,
        PairLoads,
        Partitioner,
        count_keys,
        count_pairs,
        crc32,
        find_partitioner,
        fnv1a,
        murmur2,
        partition_of,
    )
    from kafka_sizing.partitions import (
        ConsumerGroup,
        HotReport,
        Limit,
        PartitionLoads,
        PartitionPlan,
        PartitionSweep,
        coefficient_of_variation,
        compare_partitioners,
        find_hot,
        gini,
        imbalance_ratio,
        jain_index,
        moved_keys,
        moved_share,
        normalized_entropy,
        place,
        plan_partitions,
        sweep_partitions,
    )
    from kafka_sizing.sources import count_key_files

__version__ = "0.1.0"

# A public name stands twice: here, and among the imports above for type checkers.
__all__ = [
    "GB",
    "KB",
    "MB",
    "PARTITIONERS",
    "TB",
    "Comparison",
    "CompositeKey",
    "ConsumerGroup",
    "Fix",
    "GiB",
    "HotReport",
    "KeyBuckets",
    "KeyLoads",
    "KiB",
    "Limit",
    "MiB",
    "MorePartitions",
    "NoKey",
    "PairLoads",
    "PartitionLoads",
    "PartitionPlan",
    "PartitionSweep",
    "Partitioner",
    "RoutingTable",
    "TiB",
    "TimeBuckets",
    "coefficient_of_variation",
    "compare_fixes",
    "compare_partitioners",
    "count_key_files",
    "count_keys",
    "count_pairs",
    "crc32",
    "find_hot",
    "find_partitioner",
    "fnv1a",
    "gini",
    "imbalance_ratio",
    "jain_index",
    "moved_keys",
    "moved_share",
    "murmur2",
    "normalized_entropy",
    "partition_of",
    "place",
    "plan_partitions",
    "plot",
    "report",
    "sweep_partitions",
]

# From the ground floor up: whoever opens a room has opened those below it anyway.
_ROOMS: Final = ("keys", "partitions", "fixes", "sources")


def __getattr__(name: str) -> Any:
    """Find a public name in its room, which is opened on first use."""
    if name in ("plot", "report"):
        return importlib.import_module(f"{__name__}.{name}")
    if name in __all__:
        for room in _ROOMS:
            module = importlib.import_module(f"{__name__}.{room}")
            if name in module.__all__:
                globals()[name] = value = getattr(module, name)
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
