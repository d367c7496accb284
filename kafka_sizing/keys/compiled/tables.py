"""Key bytes and their hashes in; which keys are the same, and what each adds up to, out.

A table of slots leads from a hash to an entry. A slot holds 32 bits of hash above the number of
its entry plus 1; 0 is a free slot. A slot's place is the top bits of the hash, and the next free
one where that is taken. Bytes decide whether two keys are the same, never the hash alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kafka_sizing.keys.compiled.words import (
    begin_of,
    fetch_ahead,
    kernel,
    part,
    put_u64,
    u8_at,
    u32_at,
    u64_at,
)

COPIES_AHEAD: Final = 32  # whose memory is asked for while a key is copied

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
        if u8_at(left, at + step) != u8_at(right, there + step):
            return False
    return True


@kernel
def find_distinct(data, offsets, hashes, begin, slots, shift, room, first, codes, found):
    """Number the keys from ``begin`` on by first appearance, until ``room`` are found.

    Returns the key it came to, and how many are found.
    """
    mask = len(slots) - 1
    bytes_at = begin_of(data)
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
                    bytes_at, at, bytes_at, there, length
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
def copy_bytes(source, at, copied, there, length):
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
        copy_bytes(data, at, copied, offsets[key], length)  # the next key mends what is beyond
    return True


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
def note_hashes(hashes, registers, rest_bits):
    """Note in the register that the top bits of each hash name where its other bits begin."""
    for hashed in hashes:
        register = hashed >> np.uint32(rest_bits)
        rest = hashed & np.uint32((1 << rest_bits) - 1)
        rank = 1
        while rank <= rest_bits and not rest >> np.uint32(rest_bits - rank):
            rank += 1
        registers[register] = max(registers[register], rank)
