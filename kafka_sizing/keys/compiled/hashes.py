"""A key column's buffers in; a hash of each key out.

Keys are taken a group at a time, and all keys of a group advance one word side by side, which
lets the compiler use vector units. Where one key of a group is far longer than the others, its
group is hashed key by key.

A kernel returns whether every key lies within the data; it stops before one that does not.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kafka_sizing.keys.compiled.words import kernel, part, u32_at

GROUP: Final = 128

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


@kernel
def murmur2(data, offsets, hashes):  # noqa: PLR0912 - one loop a branch, and none a call
    """Hash every key as Kafka's Java client does."""
    h = np.empty(GROUP, np.uint32)
    word = np.empty(GROUP, np.uint32)
    words = np.empty(GROUP, np.int64)
    for group in range(0, len(hashes), GROUP):
        size = min(GROUP, len(hashes) - group)
        at = offsets[group : group + size + 1]  # a view: its places are known not to be negative
        fewest, most = np.int64(1 << 40), np.int64(0)
        for index in range(size):
            length = at[index + 1] - at[index]
            words[index] = length >> 2
            h[index] = _SEED ^ np.uint32(length)
            fewest = min(fewest, words[index])
            most = max(most, words[index])
        if fewest < 0 or at[0] < 0 or at[size] > len(data):
            return False
        far_longer = most * size > 3 * ((at[size] - at[0]) >> 2) + 4 * GROUP
        if size < GROUP or far_longer or at[size] + 4 > len(data):
            for index in range(size):
                hashes[group + index] = _one_murmur2(data, at[index], at[index + 1])
            continue
        for step in range(fewest):
            for index in range(GROUP):
                word[index] = u32_at(data, at[index] + 4 * step)
            for index in range(GROUP):
                h[index] = _murmur2_word(h[index], word[index])
        for step in range(fewest, most):
            for index in range(GROUP):
                word[index] = u32_at(data, at[index] + 4 * min(step, words[index]))
            for index in range(GROUP):
                mixed = _murmur2_word(h[index], word[index])
                h[index] = mixed if step < words[index] else h[index]
        for index in range(GROUP):
            word[index] = u32_at(data, at[index] + 4 * words[index])
        for index in range(GROUP):
            left = (at[index + 1] - at[index]) & 3
            tail = word[index] & np.uint32((np.int64(1) << 8 * left) - 1)
            mixed = np.uint32((h[index] ^ tail) * _M)
            h[index] = _murmur2_end(mixed if left else h[index])
        hashes[group : group + GROUP] = h
    return True


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


@kernel
def murmur3(data, offsets, hashes, seed):
    """Hash every key with MurmurHash3 (x86, 32 bits); nothing depends on the first word."""
    h = np.empty(GROUP, np.uint32)
    word = np.empty(GROUP, np.uint32)
    words = np.empty(GROUP, np.int64)
    for group in range(0, len(hashes), GROUP):
        size = min(GROUP, len(hashes) - group)
        at = offsets[group : group + size + 1]
        fewest, most = np.int64(0), np.int64(0)
        for index in range(size):
            words[index] = (at[index + 1] - at[index]) >> 2
            h[index] = seed
            fewest = min(fewest, words[index])
            most = max(most, words[index])
        if fewest < 0 or at[0] < 0 or at[size] > len(data):
            return False
        far_longer = most * size > 3 * ((at[size] - at[0]) >> 2) + 4 * GROUP
        if size < GROUP or far_longer or at[size] + 4 > len(data):
            for index in range(size):
                hashes[group + index] = _one_murmur3(data, at[index], at[index + 1], seed)
            continue
        for step in range(most):
            for index in range(GROUP):
                word[index] = u32_at(data, at[index] + 4 * min(step, words[index]))
            for index in range(GROUP):
                mixed = _murmur3_word(h[index], word[index])
                h[index] = mixed if step < words[index] else h[index]
        for index in range(GROUP):
            word[index] = u32_at(data, at[index] + 4 * words[index])
        for index in range(GROUP):
            length = at[index + 1] - at[index]
            tail = word[index] & np.uint32((np.int64(1) << 8 * (length & 3)) - 1)
            h[index] = _murmur3_end(h[index] ^ _murmur3_scrambled(tail) ^ np.uint32(length))
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
