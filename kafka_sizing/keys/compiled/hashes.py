"""A key column's buffers in; a hash of each key out.

Keys are taken a group at a time, and all keys of a group advance one word side by side. Where one
key of a group is far longer than the others, its group is hashed key by key.

A kernel returns whether every key lies within the data; it stops before one that does not.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kafka_sizing.keys.compiled.rows import GROUP, ONE_BY_ONE, OUTSIDE, ROWS, lay, measured
from kafka_sizing.keys.compiled.words import kernel, part, u32_at

_SEED: Final = np.uint32(0x9747B28C)
_M: Final = np.uint32(0x5BD1E995)
_C1: Final = np.uint32(0xCC9E2D51)
_C2: Final = np.uint32(0x1B873593)
_FNV_BASIS: Final = np.uint32(0x811C9DC5)
_FNV_PRIME: Final = np.uint32(0x01000193)


@part
def _murmur2_word(h, word):
    k = np.uint32(word * _M)
    k = np.uint32((k ^ k >> np.uint32(24)) * _M)
    return np.uint32(h * _M) ^ k


@part
def _murmur2_end(h):
    h = np.uint32((h ^ h >> np.uint32(13)) * _M)
    return np.uint32(h ^ h >> np.uint32(15))


@part
def _one_murmur2(data, begin, end):
    h = np.uint32(_SEED ^ np.uint32(end - begin))
    for at in range(begin, begin + ((end - begin) & ~3), 4):
        h = _murmur2_word(h, u32_at(data, at))
    left = (end - begin) & 3
    for at in range(left):
        h ^= np.uint32(np.uint32(data[end - left + at]) << np.uint32(8 * at))
    if left:
        h = np.uint32(h * _M)
    return _murmur2_end(h)


@part
def _murmur2_rows(data, at, fewest, most, words, rows, tail, h):
    """Mix every whole word of each key into its hash, and keep the word it ends within."""
    for laid in range(0, most, ROWS):
        lay(data, at, laid, rows)
        for step in range(laid, min(laid + ROWS, most)):
            row = step - laid
            if step < fewest:
                for index in range(GROUP):
                    h[index] = _murmur2_word(h[index], rows[row, index])
            else:
                which = np.int32(step)
                for index in range(GROUP):
                    word = rows[row, index]
                    mixed = _murmur2_word(h[index], word)
                    h[index] = mixed if which < words[index] else h[index]
                    tail[index] = word if which == words[index] else tail[index]


@kernel
def murmur2(data, offsets, hashes):
    """Hash every key as Kafka's Java client does."""
    h = np.empty(GROUP, np.uint32)
    tail = np.zeros(GROUP, np.uint32)
    words = np.empty(GROUP, np.int32)
    rows = np.empty((ROWS, GROUP), np.uint32)
    for group in range(0, len(hashes), GROUP):
        size = min(GROUP, len(hashes) - group)
        at = offsets[group : group + size + 1]  # a view: its places are known not to be negative
        fewest, most, some_end_within = measured(data, at, size, words)
        if most == OUTSIDE:
            return False
        if most == ONE_BY_ONE:
            for index in range(size):
                hashes[group + index] = _one_murmur2(data, at[index], at[index + 1])
            continue
        for index in range(GROUP):
            h[index] = _SEED ^ np.uint32(at[index + 1] - at[index])
        _murmur2_rows(data, at, fewest, most, words, rows, tail, h)
        if some_end_within:
            for index in range(GROUP):
                left = np.uint32(at[index + 1] - at[index]) & np.uint32(3)
                mixed = np.uint32((h[index] ^ _first_bytes(tail[index], left)) * _M)
                h[index] = mixed if left else h[index]
        for index in range(GROUP):
            h[index] = _murmur2_end(h[index])
        hashes[group : group + GROUP] = h
    return True


@part
def _first_bytes(word, count):
    return word & np.uint32((np.uint32(1) << np.uint32(np.uint32(8) * count)) - np.uint32(1))


@part
def _rotated(word, bits):
    return np.uint32(np.uint32(word << np.uint32(bits)) | np.uint32(word >> np.uint32(32 - bits)))


@part
def _murmur3_scrambled(word):
    return np.uint32(_rotated(np.uint32(word * _C1), 15) * _C2)


@part
def _murmur3_word(h, word):
    h = _rotated(np.uint32(h ^ _murmur3_scrambled(word)), 13)
    return np.uint32(np.uint32(h * np.uint32(5)) + np.uint32(0xE6546B64))


@part
def _murmur3_end(h):
    h = np.uint32((h ^ h >> np.uint32(16)) * np.uint32(0x85EBCA6B))
    h = np.uint32((h ^ h >> np.uint32(13)) * np.uint32(0xC2B2AE35))
    return np.uint32(h ^ h >> np.uint32(16))


@part
def _one_murmur3(data, begin, end, seed):
    h = seed
    for at in range(begin, begin + ((end - begin) & ~3), 4):
        h = _murmur3_word(h, u32_at(data, at))
    tail = np.uint32(0)
    for at in range((end - begin) & 3):
        byte = np.uint32(data[end - ((end - begin) & 3) + at])
        tail |= np.uint32(byte << np.uint32(8 * at))
    return _murmur3_end(h ^ _murmur3_scrambled(tail) ^ np.uint32(end - begin))


@part
def _murmur3_rows(data, at, fewest, most, words, rows, tail, h):
    """Mix every whole word of each key into its hash, and keep the word it ends within."""
    for laid in range(0, most, ROWS):
        lay(data, at, laid, rows)
        for step in range(laid, min(laid + ROWS, most)):
            row = step - laid
            if step < fewest:
                for index in range(GROUP):
                    h[index] = _murmur3_word(h[index], rows[row, index])
            else:
                which = np.int32(step)
                for index in range(GROUP):
                    word = rows[row, index]
                    mixed = _murmur3_word(h[index], word)
                    h[index] = mixed if which < words[index] else h[index]
                    tail[index] = word if which == words[index] else tail[index]


@kernel
def murmur3(data, offsets, hashes, seed):
    """Hash every key with MurmurHash3 (x86, 32 bits)."""
    h = np.empty(GROUP, np.uint32)
    tail = np.zeros(GROUP, np.uint32)
    words = np.empty(GROUP, np.int32)
    rows = np.empty((ROWS, GROUP), np.uint32)
    for group in range(0, len(hashes), GROUP):
        size = min(GROUP, len(hashes) - group)
        at = offsets[group : group + size + 1]
        fewest, most, some_end_within = measured(data, at, size, words)
        if most == OUTSIDE:
            return False
        if most == ONE_BY_ONE:
            for index in range(size):
                hashes[group + index] = _one_murmur3(data, at[index], at[index + 1], seed)
            continue
        h[:] = seed
        _murmur3_rows(data, at, fewest, most, words, rows, tail, h)
        if some_end_within:
            for index in range(GROUP):
                left = np.uint32(at[index + 1] - at[index]) & np.uint32(3)
                h[index] ^= _murmur3_scrambled(_first_bytes(tail[index], left))
        for index in range(GROUP):
            h[index] = _murmur3_end(h[index] ^ np.uint32(at[index + 1] - at[index]))
        hashes[group : group + GROUP] = h
    return True


@kernel
def fnv1a(data, offsets, hashes):
    """Hash every key with 32-bit FNV-1a."""
    for key in range(len(hashes)):
        begin, end = offsets[key], offsets[key + 1]
        if begin < 0 or end < begin or end > len(data):
            return False
        h = _FNV_BASIS
        for at in range(begin, end):
            h = np.uint32((h ^ np.uint32(data[at])) * _FNV_PRIME)
        hashes[key] = h
    return True


@kernel
def crc32(data, offsets, hashes, tables):
    """Hash every key with the CRC-32 of zlib, four bytes at a time; see `hashing` for tables."""
    for key in range(len(hashes)):
        begin, end = offsets[key], offsets[key + 1]
        if begin < 0 or end < begin or end > len(data):
            return False
        h = np.uint32(0xFFFFFFFF)
        whole = begin + ((end - begin) & ~3)
        for at in range(begin, whole, 4):
            word = np.uint32(h ^ u32_at(data, at))
            h = (
                tables[3, word & np.uint32(0xFF)]
                ^ tables[2, (word >> np.uint32(8)) & np.uint32(0xFF)]
                ^ tables[1, (word >> np.uint32(16)) & np.uint32(0xFF)]
                ^ tables[0, word >> np.uint32(24)]
            )
        for at in range(whole, end):
            h = np.uint32(h >> np.uint32(8)) ^ tables[0, (h ^ data[at]) & np.uint32(0xFF)]
        hashes[key] = ~h
    return True
