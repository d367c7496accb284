"""What counting may hold, and what it must have found at the end."""

from __future__ import annotations

from math import isfinite
from typing import Final

from kafka_sizing._checks import check_count
from kafka_sizing.keys.counter import KeyCounter
from kafka_sizing.units import GiB, MiB

MEMORY_BYTES: Final = round(1 * GiB)
LEAST_MEMORY_BYTES: Final = round(64 * MiB)
COUNTS: Final = range(1, 201)


def check_memory(memory_bytes: int) -> None:
    """Refuse a budget that holds hardly more than the bins."""
    check_count("memory_bytes", memory_bytes, least=LEAST_MEMORY_BYTES)


def check_counted(counter: KeyCounter, name: str) -> None:
    """Refuse a log without records, without keys, or with more load than a number can hold."""
    if not counter.records:
        raise ValueError(f"{name} must hold at least one record, got none")
    if not counter.has_keys:
        raise ValueError(
            f"{name} must hold at least one key that is not null, got {counter.records:,} null "
            "keys, which the client spreads over all partitions"
        )
    if not isfinite(counter.total):
        raise ValueError(f"loads of {name} must add up to a finite total, got {counter.total}")
