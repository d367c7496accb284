"""A hash and a count in; a partition out: the second half of what a client does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.block_hashes import murmur3_finalised, murmur3_mixed

Hashes = NDArray[np.uint32]
Numbers = NDArray[np.uint32] | NDArray[np.int64]

_SMALLEST: Final = np.uint32(0x80000000)  # -2**31 read as signed: the one without a magnitude
_LEAST_KEY_GROUPS: Final = 128  # flink-runtime KeyGroupRangeAssignment, both bounds
_MOST_KEY_GROUPS: Final = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a hash becomes a partition: a number, and its remainder by the count.

    Where ``place`` is None the partition is that remainder, rounded down for negative numbers.
    """

    name: str
    number: Callable[[Hashes], Numbers]
    place: Callable[[Numbers, int], NDArray[np.int32]] | None = None

    def partitions_of(self, hashes: Hashes, partitions: int) -> NDArray[np.int32]:
        """Give the partition of each hash."""
        numbers = self.number(hashes)
        if self.place is not None:
            return self.place(numbers, partitions)
        return remainder(numbers, partitions)


def remainder(numbers: Numbers, partitions: int) -> NDArray[np.int32]:
    """Give ``numbers % partitions``; the detour by a quotient is what NumPy vectorises."""
    divisor = numbers.dtype.type(partitions)
    whole: Any = numbers // divisor
    whole *= divisor
    left: NDArray[np.int32] = np.subtract(numbers, whole, dtype=numbers.dtype).astype(np.int32)
    return left


def key_groups_for(parallelism: int) -> int:
    """Flink's default maxParallelism: 1.5 × parallelism, up to a power of two, in its bounds."""
    wanted = parallelism + parallelism // 2
    return min(max(1 << (wanted - 1).bit_length(), _LEAST_KEY_GROUPS), _MOST_KEY_GROUPS)


def _absolute(hashes: Hashes) -> NDArray[np.uint32]:
    """Magnitude of the hash read as signed; that of -2**31 is 2**31."""
    return np.where(hashes >> 31, -hashes, hashes)


def _absolute_or_zero(hashes: Hashes) -> NDArray[np.uint32]:
    """Magnitude of the hash read as signed; that of -2**31 is 0."""
    return np.where(hashes == _SMALLEST, np.uint32(0), _absolute(hashes))


def _key_group_number(hashes: Hashes) -> NDArray[np.uint32]:
    """Flink's MathUtils.murmurHash: murmur3 of the one word, from 0, made non-negative."""
    mixed = murmur3_finalised(murmur3_mixed(np.zeros_like(hashes), hashes) ^ np.uint32(4))
    return _absolute_or_zero(mixed)


def _subtask(numbers: Numbers, parallelism: int) -> NDArray[np.int32]:
    return _subtask_among(numbers, parallelism, key_groups_for(parallelism))


def _subtask_among_128(numbers: Numbers, parallelism: int) -> NDArray[np.int32]:
    return _subtask_among(numbers, parallelism, 128)


def _subtask_among(numbers: Numbers, parallelism: int, key_groups: int) -> NDArray[np.int32]:
    if parallelism > key_groups:
        raise ValueError(
            f"partitions must be <= {key_groups:,}, Flink's number of key groups, "
            f"got {parallelism:,}"
        )
    group = remainder(numbers, key_groups).astype(np.int64)
    return (group * parallelism // key_groups).astype(np.int32)


def _whole_remainder(words: Numbers, partitions: int) -> NDArray[np.int32]:
    """Remainder of numbers of many 32-bit words, long division by halves of a word."""
    left = np.zeros(len(words), dtype=np.uint64)
    divisor = np.uint64(partitions)
    for word in words.T.astype(np.uint64):
        left = (left << np.uint64(16) | word >> np.uint64(16)) % divisor
        left = (left << np.uint64(16) | word & np.uint64(0xFFFF)) % divisor
    return left.astype(np.int32)


_LISTED: Final = (
    Rule(name="mask", number=lambda hashes: hashes & np.uint32(0x7FFFFFFF)),
    Rule(name="unsigned", number=lambda hashes: hashes),
    Rule(name="absolute", number=_absolute),
    Rule(name="absolute-or-zero", number=_absolute_or_zero),
    Rule(name="floor", number=lambda hashes: hashes.view(np.int32).astype(np.int64)),
    Rule(name="key-group", number=_key_group_number),
    Rule(name="subtask", number=_key_group_number, place=_subtask),
    Rule(name="subtask-of-128", number=_key_group_number, place=_subtask_among_128),
    Rule(name="whole", number=lambda hashes: hashes, place=_whole_remainder),
)

RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.name: rule for rule in _LISTED})
