"""Keys and their hashes in; which of them are the same out: the slots of a hash table."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.columns import KeyColumn

FIRST_BITS: Final = 12  # of the number of slots at first

Slots = NDArray[np.uint64]


def empty_slots(bits: int) -> Slots:
    """Make ``2 ** bits`` free slots."""
    return np.zeros(1 << bits, dtype=np.uint64)


def roomier_slots(slots: Slots, bits: int) -> Slots:
    """Move what the slots hold to ``2 ** bits`` of them."""
    from kafka_sizing.keys.compiled import tables

    roomier = empty_slots(bits)
    tables.move_slots(slots, roomier, shift_of(bits))
    return roomier


def shift_of(bits: int) -> np.uint32:
    """Give how far a hash is shifted to be the number of one of ``2 ** bits`` slots."""
    return np.uint32(32 - bits)


def numbered(
    column: KeyColumn, hashes: NDArray[np.uint32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the keys of a column by first appearance: where each first stands, and all codes."""
    from kafka_sizing.keys.compiled import tables

    codes = np.empty(len(column), dtype=np.int64)
    bits = max(FIRST_BITS, (len(column) // 2).bit_length())
    slots = empty_slots(bits)
    first = np.zeros(len(slots) // 2, dtype=np.int64)
    at = found = 0
    while True:
        at, found = tables.find_distinct(
            column.data, column.offsets, hashes, at, slots, shift_of(bits), len(first), first,
            codes, found,
        )  # fmt: skip
        if at == len(column):
            return first[:found], codes
        bits += 2
        slots = roomier_slots(slots, bits)
        first = np.concatenate([first, np.empty(len(slots) // 2 - found, dtype=np.int64)])
