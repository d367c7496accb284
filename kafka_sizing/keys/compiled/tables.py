"""Key bytes and their hashes in; which keys are the same, and what each adds up to, out.

A table of slots leads from a hash to an entry. A slot holds 32 bits of hash above the number of
its entry plus 1; 0 is a free slot. A slot's place is the top bits of the hash, and the next free
one where that is taken. Bytes decide whether two keys are the same, never the hash alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kafka_sizing.keys.compiled.words import fetch_ahead, kernel, part, put_u64, u32_at, u64_at

KEYS_AT_ONCE: Final = 256  # lookups whose cache misses overlap
COPIES_AHEAD: Final = 32  # whose memory is asked for while a key is copied
BYTES_PER_ENTRY: Final = 16  # beside the key's own

_ENTRY: Final = np.uint64(0xFFFFFFFF)
_HASH: Final = np.uint64(32)


@part
def same_bytes(left, at, right, there, length):
    """Compare two stretches of bytes, the last 8 (or 4) of them perhaps twice."""
    if length >= 8:
        for step in range(0, length - 7, 8):
            if u64_at(left, at + step) != u64_at(right, there + step):
                return False
        return u64_at(left, at + length - 8) == u64_at(right, there + length - 8)
    if length >= 4:
        return u32_at(left, at) == u32_at(right, there) and u32_at(
            left, at + length - 4
        ) == u32_at(right, there + length - 4)
    for step in range(length):  # noqa: SIM110 - what is compiled knows no all()
        if left[at + step] != right[there + step]:
            return False
    return True


@part
def _slot_for(slots, hashed, shift):
    """Give the slot where a key most likely stands: its first, or else the second."""
    place = np.int64(hashed >> shift)
    first = slots[place]
    second = slots[(place + 1) & (len(slots) - 1)]
    return first if np.uint32(first >> _HASH) == hashed else second


@kernel
def find_distinct(data, offsets, hashes, begin, slots, shift, room, first, codes, found):
    """Number the keys from ``begin`` on by first appearance, until ``room`` are found.

    Returns the key it came to, and how many are found.
    """
    mask = len(slots) - 1
    for key in range(begin, len(hashes)):
        hashed = hashes[key]
        at = offsets[key]
        length = offsets[key + 1] - at
        place = np.int64(hashed >> shift)
        while True:
            slot = slots[place]
            if slot == 0:
                if found == room:
                    return key, found
                first[found] = key
                codes[key] = found
                found += 1
                slots[place] = np.uint64(hashed) << _HASH | np.uint64(found)
                break
            if np.uint32(slot >> _HASH) == hashed:
                entry = np.int64(slot & _ENTRY) - 1
                there = offsets[first[entry]]
                if offsets[first[entry] + 1] - there == length and same_bytes(
                    data, at, data, there, length
                ):
                    codes[key] = entry
                    break
            place = (place + 1) & mask
    return len(hashes), found


@kernel
def count_codes(codes, counts, used):
    """Count each code that is not negative; ``used`` lists them by first appearance.

    ``used`` has room for one more than there are. Returns how many are used.
    """
    found = 0
    for code in codes:
        if code >= 0:
            count = counts[code]
            used[found] = code  # over and over, until a new one takes the place
            found += count == 0
            counts[code] = count + 1
    return found


@kernel
def sum_codes(codes, weights, seen, sums, used):
    """Add up the weights of each code that is not negative, as `count_codes` does."""
    found = 0
    for index, code in enumerate(codes):
        if code >= 0:
            used[found] = code
            found += not seen[code]
            seen[code] = True
            sums[code] += weights[index]
    return found


@part
def _copy_bytes(source, at, copied, there, length):
    """Copy bytes, eight at a time where both sides have room, and so some beyond the end."""
    whole = (length + 7) & ~7
    if at + whole <= len(source) and there + whole <= len(copied):
        for step in range(0, length, 8):
            put_u64(copied, there + step, u64_at(source, at + step))
    else:
        for step in range(length):
            copied[there + step] = source[at + step]


@kernel
def copy_keys(data, begins, offsets, copied):
    """Lay the keys that begin at ``begins`` end to end, as long as ``offsets`` say.

    Returns whether all of them lie within ``data``.
    """
    for key in range(len(begins)):
        if key + COPIES_AHEAD < len(begins):
            fetch_ahead(data, begins[key + COPIES_AHEAD])
        at = begins[key]
        length = offsets[key + 1] - offsets[key]
        if at < 0 or at > len(data) - length:
            return False
        _copy_bytes(data, at, copied, offsets[key], length)  # the next key mends what is beyond
    return True


@part
def _add_one(data, at, length, hashed, weight, slots, shift, arena, begins, loads, held):
    mask = len(slots) - 1
    place = np.int64(hashed >> shift)
    while slots[place] != 0:
        slot = slots[place]
        if np.uint32(slot >> _HASH) == hashed:
            entry = np.int64(slot & _ENTRY) - 1
            there = begins[entry]
            if begins[entry + 1] - there == length and same_bytes(data, at, arena, there, length):
                loads[entry] += weight
                return held
        place = (place + 1) & mask
    there = begins[held]
    _copy_bytes(data, at, arena, there, length)
    begins[held + 1] = there + length
    loads[held] = weight
    slots[place] = np.uint64(hashed) << _HASH | np.uint64(held + 1)
    return held + 1


@kernel
def add_keys(
    data, offsets, hashes, weights, begin, slots, shift, arena, begins, loads,
    room, room_bytes, held,
):  # fmt: skip
    """Add the keys of a column to a table, from ``begin`` on, while there is room.

    The keys of a table stand end to end in ``arena``; entry i begins at ``begins[i]`` and adds up
    to ``loads[i]``. There is room for ``room`` keys, and for ``room_bytes`` of keys and entries.
    Returns how far it came, a whole block of `KEYS_AT_ONCE` at a time, and how many keys the
    table then holds.
    """
    slot_of = np.empty(KEYS_AT_ONCE, np.uint64)
    begin_of = np.empty(KEYS_AT_ONCE, np.int64)
    end_of = np.empty(KEYS_AT_ONCE, np.int64)
    for block in range(begin, len(hashes), KEYS_AT_ONCE):
        size = min(KEYS_AT_ONCE, len(hashes) - block)
        most_bytes = begins[held] + offsets[block + size] - offsets[block]
        if held + size > room or most_bytes + BYTES_PER_ENTRY * (held + size + 1) > room_bytes:
            return block, held
        # Each loop asks for the memory that the next one reads, for all its keys at once. Most
        # keys stand in their first or second slot.
        for index in range(size):
            fetch_ahead(slots, np.int64(hashes[block + index] >> shift))
        for index in range(size):
            slot_of[index] = _slot_for(slots, hashes[block + index], shift)
            fetch_ahead(begins, max(np.int64(slot_of[index] & _ENTRY) - 1, 0))
        for index in range(size):
            entry = max(np.int64(slot_of[index] & _ENTRY) - 1, 0)
            begin_of[index] = begins[entry]
            end_of[index] = begins[entry + 1]
            fetch_ahead(arena, begin_of[index])
        for index in range(size):
            key = block + index
            at = offsets[key]
            length = offsets[key + 1] - at
            entry = np.int64(slot_of[index] & _ENTRY) - 1
            if (
                np.uint32(slot_of[index] >> _HASH) == hashes[key]
                and entry >= 0
                and end_of[index] - begin_of[index] == length
                and same_bytes(data, at, arena, begin_of[index], length)
            ):
                loads[entry] += weights[key]
                continue
            held = _add_one(
                data, at, length, hashes[key], weights[key],
                slots, shift, arena, begins, loads, held,
            )  # fmt: skip
    return len(hashes), held


@kernel
def move_slots(slots, roomier, shift):
    """Put every slot where it belongs in a larger, empty table."""
    mask = len(roomier) - 1
    for slot in slots:
        if slot != 0:
            place = np.int64(np.uint32(slot >> _HASH) >> shift)
            while roomier[place] != 0:
                place = (place + 1) & mask
            roomier[place] = slot


@kernel
def keep_entries(kept, hashes, slots, shift, arena, begins, loads):
    """Close the gaps that entries leave behind that are not ``kept``; fill empty slots anew.

    Returns how many entries are left.
    """
    mask = len(slots) - 1
    held = 0
    for entry in range(len(kept)):
        if not kept[entry]:
            continue
        at = begins[entry]
        length = begins[entry + 1] - at
        there = begins[held]
        for step in range(length):
            arena[there + step] = arena[at + step]
        begins[held + 1] = there + length
        loads[held] = loads[entry]
        place = np.int64(hashes[entry] >> shift)
        while slots[place] != 0:
            place = (place + 1) & mask
        held += 1
        slots[place] = np.uint64(hashes[entry]) << _HASH | np.uint64(held)
    return held


@kernel
def note_hashes(hashes, registers, rest_bits):
    """Note in the register that the top bits of each hash name where its other bits begin."""
    for hashed in hashes:
        register = hashed >> np.uint32(rest_bits)
        rest = hashed & np.uint32((1 << rest_bits) - 1)
        rank = 1
        while rank <= rest_bits and not rest >> np.uint32(rest_bits - rank):
            rank += 1
        registers[register] = max(registers[register], rank)
