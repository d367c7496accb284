"""What counting may hold, and what it must have found at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import isfinite
from typing import Final

from kafka_sizing._checks import check_count, check_counts
from kafka_sizing.keys.counter import KeyCounter
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.units import GiB, MiB, format_load

MEMORY_BYTES: Final = round(1 * GiB)
LEAST_MEMORY_BYTES: Final = round(64 * MiB)
_MOST_MEMORY_BYTES: Final = 2**50
COUNTS: Final = range(1, 201)


def check_memory(memory_bytes: int, *, name: str = "memory_bytes") -> int:
    """Refuse a budget that holds hardly more than the bins."""
    return check_count(name, memory_bytes, least=LEAST_MEMORY_BYTES, most=_MOST_MEMORY_BYTES)


@contextmanager
def needed_to_read_logs() -> Iterator[None]:
    """Say which package is missing, and what brings it."""
    try:
        yield
    except ImportError as error:
        raise ImportError(
            f"{error.name} is needed to read key logs: pip install 'kafka-sizing[cli]'"
        ) from error


def counter_of(
    memory_bytes: int, partitioner: Partitioner | str, counts: Iterable[int]
) -> KeyCounter:
    """Make what counts a log, of arguments that a user gave."""
    most_bytes = check_memory(memory_bytes)
    chosen = require_keyed(partitioner)
    exact_at = check_counts("counts", counts)
    with needed_to_read_logs():
        import numba  # noqa: F401

        try:
            return KeyCounter(most_bytes, partitioner=chosen, counts=exact_at)
        except MemoryError as error:
            raise MemoryError(
                "memory_bytes must be what this machine can set aside, "
                f"got {format_load(most_bytes, 'bytes')}"
            ) from error


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
