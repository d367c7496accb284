"""Batches of keys in; the distinct ones and what each adds up to, in bounded memory, out."""

from __future__ import annotations

from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.batches import KeyBatch
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.hashing import MURMUR2
from kafka_sizing.keys.slots import empty_slots, roomier_slots, shift_of

_FIRST_BITS: Final = 16  # of the number of slots
_MOST_BITS: Final = 32
WORD_BYTES: Final = 8  # written at once, of the last key, too
_BYTES_PER_SLOT: Final = 8
_LEAST_PER_SLOT: Final = 4 * _BYTES_PER_SLOT  # of all bytes
_BYTES_PER_ENTRY: Final = 16  # as `compiled.tables` counts them


class KeyTable:
    """Distinct keys in order of first appearance, and what each adds up to.

    It grows as keys come, up to ``most_bytes``; then `add` takes no more. Entries and key bytes
    are set aside at their full size at once: the system hands out their pages as they fill.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bits = _most_bits(most_bytes)
        self._most_rest = _rest(most_bytes, self._most_bits)
        self._empty()

    def _empty(self) -> None:
        self._held = 0
        self._bits = min(_FIRST_BITS, self._most_bits)
        self._slots = empty_slots(self._bits)
        entries = np.empty(2 * self._room_of(self._most_bits) + 2, dtype=np.int64)
        self._begins = entries[0::2]  # side by side with loads: whoever wants one wants both
        self._loads = entries.view(np.float64)[1::2]
        self._begins[0] = 0
        self._arena = np.empty(self._most_rest + WORD_BYTES, dtype=np.uint8)

    def __len__(self) -> int:
        """Count the distinct keys."""
        return self._held

    @property
    def loads(self) -> NDArray[np.float64]:
        """What each key adds up to, in order of first appearance."""
        return self._loads[: self._held].copy()

    def hashes(self) -> NDArray[np.uint32]:
        """Give the murmur2 hash of each key."""
        return MURMUR2.of_column(self.column())

    def column(self) -> KeyColumn:
        """Give the keys, in order of first appearance; good until the table changes."""
        offsets = self._begins[: self._held + 1].copy()
        return KeyColumn(self._arena[: offsets[-1]], offsets)

    def taken(self) -> tuple[KeyColumn, NDArray[np.float64]]:
        """Give keys and loads away, and be empty."""
        offsets, loads = self._begins[: self._held + 1].copy(), self.loads
        arena = self._arena
        self._empty()
        arena.resize(int(offsets[-1]), refcheck=False)  # in place: nobody else holds it
        return KeyColumn(arena, offsets), loads

    def add(self, batch: KeyBatch, begin: int = 0) -> int:
        """Add the keys of a batch from ``begin`` on; say how far it came."""
        from kafka_sizing.keys.compiled import tables

        while True:
            begin, self._held = tables.add_keys(
                batch.keys.data, batch.keys.offsets, batch.hashes, batch.loads, begin,
                self._slots, shift_of(self._bits),
                self._arena, self._begins, self._loads,
                self._room_of(self._bits), self._most_rest, self._held,
            )  # fmt: skip
            if begin == len(batch) or self._bits == self._most_bits:
                return int(begin)
            if self._held + tables.KEYS_AT_ONCE <= self._room_of(self._bits):
                return int(begin)  # there are slots, but no bytes
            self._bits = min(self._bits + 2, self._most_bits)
            self._slots = roomier_slots(self._slots, self._bits)

    def keep(self, kept: NDArray[np.bool_]) -> None:
        """Drop all other keys."""
        from kafka_sizing.keys.compiled import tables

        hashes = self.hashes()
        self._slots[:] = 0
        self._held = tables.keep_entries(
            kept, hashes, self._slots, shift_of(self._bits), self._arena, self._begins, self._loads
        )

    def _room_of(self, bits: int) -> int:
        """Say how many keys that many slots hold: half of them, and more once they are all."""
        return (1 << bits) // 2 if bits < self._most_bits else _most_in_slots(bits)


def most_keys(most_bytes: int, key_bytes: float) -> int:
    """Say how many keys of that mean length a table of ``most_bytes`` holds."""
    bits = _most_bits(most_bytes)
    return min(_most_in_slots(bits), int(_rest(most_bytes, bits) / (_BYTES_PER_ENTRY + key_bytes)))


def least_bytes(keys: int, key_bytes: float) -> int:
    """Say how large a table must be to hold so many keys of that mean length."""
    needed = 0
    for bits in range(1, _MOST_BITS + 1):
        entries = ceil(keys * (_BYTES_PER_ENTRY + key_bytes))
        needed = max(_LEAST_PER_SLOT << bits, entries - _rest(0, bits))
        if most_keys(needed, key_bytes) >= keys:
            break
    return needed


def _most_in_slots(bits: int) -> int:
    return (1 << bits) * 3 // 4


def _rest(most_bytes: int, bits: int) -> int:
    """Give what slots leave; while they move to a table of twice the size, both are there."""
    return most_bytes - 3 * _BYTES_PER_SLOT * (1 << bits) // 2


def _most_bits(most_bytes: int) -> int:
    """Give slots at most a quarter of the bytes."""
    return min((most_bytes // _LEAST_PER_SLOT).bit_length() - 1, _MOST_BITS)
