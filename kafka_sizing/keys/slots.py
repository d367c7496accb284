"""A number of keys in; the slots through which a hash finds its key out."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

LEAST_BITS: Final = 12  # of a number of slots

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
