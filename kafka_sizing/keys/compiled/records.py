"""The records of a table: keys and loads in, added up in one stretch of memory; the same out.

A record is the load of a key, the length of the key and its bytes, padded to whole words: who
looks a key up finds all of it in one place. Slots lead from a hash to a record. A slot holds 32
bits of hash above the word that the record begins at, plus 1; 0 is a free slot. A slot's place is
the top bits of the hash, and the next free one where that is taken. Bytes decide whether two keys
are the same, never the hash alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kafka_sizing.keys.compiled.tables import copy_bytes, same_bytes
from kafka_sizing.keys.compiled.words import (
    begin_of,
    fetch_ahead,
    kernel,
    part,
    put_u32,
    put_u64,
    u32_at,
    u64_at,
)

KEYS_AT_ONCE: Final = 256  # lookups whose cache misses overlap
HEADER_BYTES: Final = 12  # of a record, before the bytes of its key

_LENGTH_AT: Final = 8  # in a record, after its load
_LONGEST: Final = 0xFFFFFFFF  # bytes of a key that four bytes count
_WORD: Final = np.uint64(0xFFFFFFFF)
_HASH: Final = np.uint64(32)


@part
def _slot_for(slots, hashed, shift):
    """Give the slot where a key most likely stands: its first, or else the second."""
    place = np.int64(hashed >> shift)
    first = slots[place]
    second = slots[(place + 1) & (len(slots) - 1)]
    return first if np.uint32(first >> _HASH) == hashed else second


@part
def _record_bytes(length):
    """Give what a key takes: its load, its length and its bytes, in whole words."""
    return (HEADER_BYTES + length + 7) & ~7


@part
def _record_at(slot):
    """Give where the record of a slot begins; that of a free slot is the first."""
    return 8 * max(np.int64(slot & _WORD) - 1, 0)


@part
def _holds(slot, hashed, record, bytes_at, at, length, records_at):
    """Say whether the record of a slot is that of a key; both buffers come as addresses."""
    return (
        slot != 0
        and np.uint32(slot >> _HASH) == hashed
        and np.int64(u32_at(records_at, record + _LENGTH_AT)) == length
        and same_bytes(bytes_at, at, records_at, record + HEADER_BYTES, length)
    )


@part
def _add_one(data, at, length, hashed, weight, slots, shift, arena, loads, used):
    mask = len(slots) - 1
    bytes_at, records_at = begin_of(data), begin_of(arena)
    place = np.int64(hashed >> shift)
    while slots[place] != 0:
        record = _record_at(slots[place])
        if _holds(slots[place], hashed, record, bytes_at, at, length, records_at):
            loads[record >> 3] += weight
            return used
        place = (place + 1) & mask
    loads[used >> 3] = weight
    put_u32(arena, used + _LENGTH_AT, np.uint32(length))
    copy_bytes(data, at, arena, used + HEADER_BYTES, length)
    slots[place] = np.uint64(hashed) << _HASH | np.uint64((used >> 3) + 1)
    return used + _record_bytes(length)


@part
def _have_room(offsets, begin, size, room, room_bytes):
    """Say whether there is room for some keys, should all of them be new."""
    taken, longest = 0, 0
    for key in range(begin, begin + size):
        length = offsets[key + 1] - offsets[key]
        taken += _record_bytes(length)
        longest = max(longest, length)
    return size <= room and taken <= room_bytes and longest <= _LONGEST


@kernel
def add_keys(
    data, offsets, hashes, weights, begin, slots, shift, arena, loads, room, room_bytes, held, used
):
    """Add the keys of a column to a table, from ``begin`` on, while there is room.

    The records of a table stand end to end in ``arena``, of which ``used`` bytes are taken;
    ``loads`` is the same memory as numbers. There is room for ``room`` keys in ``room_bytes``.
    Returns how far it came, how many keys the table then holds, and how many bytes they take.
    """
    slot_of = np.empty(KEYS_AT_ONCE, np.uint64)
    bytes_at, records_at = begin_of(data), begin_of(arena)
    block = begin
    while block < len(hashes):
        size = min(KEYS_AT_ONCE, len(hashes) - block)
        while not _have_room(offsets, block, size, room - held, room_bytes - used):
            if size == 1:
                return block, held, used
            size //= 2
        # Each loop asks for the memory that the next one reads, for all its keys at once. Most
        # keys stand in their first or second slot.
        for index in range(size):
            fetch_ahead(slots, np.int64(hashes[block + index] >> shift))
        for index in range(size):
            slot_of[index] = _slot_for(slots, hashes[block + index], shift)
            fetch_ahead(arena, _record_at(slot_of[index]))
        for index in range(size):
            key = block + index
            at = offsets[key]
            length = offsets[key + 1] - at
            record = _record_at(slot_of[index])
            if _holds(slot_of[index], hashes[key], record, bytes_at, at, length, records_at):
                loads[record >> 3] += weights[key]
                continue
            before = used
            used = _add_one(
                data, at, length, hashes[key], weights[key],
                slots, shift, arena, loads, used,
            )  # fmt: skip
            held += used != before
        block += size
    return len(hashes), held, used


@kernel
def read_records(arena, loads, record, most_bytes, offsets, sums):
    """Note the lengths and the loads of records, from the one that begins at ``record`` on.

    It ends when keys make ``most_bytes``. Returns how many it read, and where the next begins.
    """
    offsets[0] = 0
    for key in range(len(sums)):
        if offsets[key] >= most_bytes:
            return key, record
        length = np.int64(u32_at(arena, record + _LENGTH_AT))
        sums[key] = loads[record >> 3]
        offsets[key + 1] = offsets[key] + length
        record += _record_bytes(length)
    return len(sums), record


@kernel
def read_keys(arena, record, offsets, copied):
    """Lay the keys of records end to end, as long as ``offsets`` say; ``copied`` may be the arena.

    Then each key moves toward the beginning, and what it runs over has moved already.
    """
    for key in range(len(offsets) - 1):
        length = offsets[key + 1] - offsets[key]
        copy_bytes(arena, record + HEADER_BYTES, copied, offsets[key], length)
        record += _record_bytes(length)


@kernel
def keep_records(kept, hashes, slots, shift, arena, record, used):
    """Move the records that are ``kept`` down to ``used``; note them in slots.

    Returns where the record after the last one begins, and how many bytes are used then.
    """
    mask = len(slots) - 1
    for key in range(len(kept)):
        size = _record_bytes(np.int64(u32_at(arena, record + _LENGTH_AT)))
        if kept[key]:
            for step in range(0, size, 8):
                put_u64(arena, used + step, u64_at(arena, record + step))
            place = np.int64(hashes[key] >> shift)
            while slots[place] != 0:
                place = (place + 1) & mask
            slots[place] = np.uint64(hashes[key]) << _HASH | np.uint64((used >> 3) + 1)
            used += size
        record += size
    return record, used
