"""Batches of keys in; the distinct ones and what each adds up to, in bounded memory, out."""

from __future__ import annotations

from collections.abc import Iterator
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
_WORD_BYTES: Final = 8  # records are whole words; one more is written over
_BYTES_PER_SLOT: Final = 8
_LEAST_PER_SLOT: Final = 4 * _BYTES_PER_SLOT  # of all bytes
_HEADER_BYTES: Final = 12  # of a record, as `compiled.records` lays it
_MOST_RECORDS_BYTES: Final = 2**35 - 2 * _WORD_BYTES  # of all together, as far as a slot reaches
_KEYS_PER_PIECE: Final = 2**17
_BYTES_PER_PIECE: Final = 2**23

Loads = NDArray[np.float64]


class KeyTable:
    """Distinct keys in order of first appearance, and what each adds up to.

    It grows as keys come, up to ``most_bytes``; then `add` takes no more. Records are set aside
    at their full size at once: the system hands out their pages as they fill.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bits = _most_bits(most_bytes)
        self._most_rest = _rest(most_bytes, self._most_bits)
        self._empty()

    def _empty(self) -> None:
        self._held = self._used = 0
        self._bits = min(_FIRST_BITS, self._most_bits)
        self._slots = empty_slots(self._bits)
        words = self._most_rest // _WORD_BYTES + 1
        self._arena = np.empty(words * _WORD_BYTES, dtype=np.uint8)

    def __len__(self) -> int:
        """Count the distinct keys."""
        return self._held

    def hashes(self) -> NDArray[np.uint32]:
        """Give the murmur2 hash of each key, in no order."""
        taken = self._slots[self._slots != 0]
        return np.asarray(taken >> np.uint64(32), dtype=np.uint32)

    def loads(self) -> Loads:
        """Give what each key adds up to, in order of first appearance."""
        return self._read()[1]

    def pieces(self) -> Iterator[tuple[KeyColumn, Loads]]:
        """Give keys and loads in order of first appearance, copied, some at a time."""
        from kafka_sizing.keys.compiled import records

        here, left = 0, self._held
        while left:
            offsets, loads, after = self._read(
                here, min(left, _KEYS_PER_PIECE), most_bytes=_BYTES_PER_PIECE
            )
            data = np.empty(int(offsets[-1]), dtype=np.uint8)
            records.read_keys(self._arena, here, offsets, data)
            yield KeyColumn(data, offsets), loads
            here, left = after, left - len(loads)

    def taken(self) -> tuple[KeyColumn, Loads]:
        """Give keys and loads away, and be empty."""
        from kafka_sizing.keys.compiled import records

        arena = self._arena
        self._slots = empty_slots(0)
        offsets, loads, _ = self._read()
        self._empty()
        records.read_keys(arena, 0, offsets, arena)
        arena.resize(int(offsets[-1]), refcheck=False)  # in place: nobody else holds it
        return KeyColumn(arena, offsets), loads

    def _read(
        self, here: int = 0, keys: int | None = None, *, most_bytes: int = _MOST_RECORDS_BYTES
    ) -> tuple[NDArray[np.int64], Loads, int]:
        """Read how long keys are, all if not told otherwise, and what they add up to.

        The third answer is where the next record begins.
        """
        from kafka_sizing.keys.compiled import records

        keys = self._held if keys is None else keys
        offsets, loads = np.empty(keys + 1, dtype=np.int64), np.empty(keys)
        words = self._arena.view(np.float64)
        read, after = records.read_records(self._arena, words, here, most_bytes, offsets, loads)
        return offsets[: read + 1], loads[:read], after

    def add(self, batch: KeyBatch, begin: int = 0) -> int:
        """Add the keys of a batch from ``begin`` on; say how far it came."""
        from kafka_sizing.keys.compiled import records

        while True:
            begin, self._held, self._used = records.add_keys(
                batch.keys.data, batch.keys.offsets, batch.hashes, batch.loads, begin,
                self._slots, shift_of(self._bits), self._arena, self._arena.view(np.float64),
                self._room_of(self._bits), self._most_rest, self._held, self._used,
            )  # fmt: skip
            if begin == len(batch) or self._bits == self._most_bits:
                return int(begin)
            if self._held < self._room_of(self._bits):
                return int(begin)  # there are slots, but no bytes
            self._bits = min(self._bits + 2, self._most_bits)
            self._slots = roomier_slots(self._slots, self._bits)

    def keep(self, kept: NDArray[np.bool_]) -> None:
        """Drop all other keys."""
        from kafka_sizing.keys.compiled import records

        self._slots[:] = 0
        begin = here = used = 0
        for keys, _ in self.pieces():
            here, used = records.keep_records(
                kept[begin : begin + len(keys)], MURMUR2.of_column(keys),
                self._slots, shift_of(self._bits), self._arena, here, used,
            )  # fmt: skip
            begin += len(keys)
        self._held, self._used = int(np.count_nonzero(kept)), used

    def _room_of(self, bits: int) -> int:
        """Say how many keys that many slots hold: half of them, and more once they are all."""
        return (1 << bits) // 2 if bits < self._most_bits else _most_in_slots(bits)


def most_keys(most_bytes: int, key_bytes: float) -> int:
    """Say how many keys of that mean length a table of ``most_bytes`` holds at most."""
    bits = _most_bits(most_bytes)
    return min(_most_in_slots(bits), int(_rest(most_bytes, bits) / (_HEADER_BYTES + key_bytes)))


def least_bytes(keys: int, key_bytes: float, *, above: int = 0) -> int | None:
    """Say how large a table holds so many keys of that mean length, however mixed.

    It is larger than ``above``; None: no table holds so many.
    """
    record_bytes = ceil(keys * (_HEADER_BYTES + key_bytes + _WORD_BYTES - 1))
    if record_bytes > _MOST_RECORDS_BYTES:
        return None
    for bits in range(1, _MOST_BITS + 1):
        needed = max(above + 1, _LEAST_PER_SLOT << bits, record_bytes - _rest(0, bits))
        if _most_bits(needed) == bits and _most_in_slots(bits) >= keys:
            return needed
    return None


def _most_in_slots(bits: int) -> int:
    return (1 << bits) * 3 // 4


def _rest(most_bytes: int, bits: int) -> int:
    """Give what slots leave; while they move to a table of twice the size, both are there."""
    return min(most_bytes - 3 * _BYTES_PER_SLOT * (1 << bits) // 2, _MOST_RECORDS_BYTES)


def _most_bits(most_bytes: int) -> int:
    """Give slots at most a quarter of the bytes."""
    return min((most_bytes // _LEAST_PER_SLOT).bit_length() - 1, _MOST_BITS)
