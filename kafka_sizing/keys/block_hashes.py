"""A block of keys in; a hash of each out, made step by step for all of them at once.

The plain forms for one key, where no library has them, stand beside.
"""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.blocks import KeyBlock

Hashes = NDArray[np.uint32]

_BITS: Final = 0xFFFFFFFF
_MURMUR2_SEED: Final = 0x9747B28C
_MURMUR2_M: Final = 0x5BD1E995
_FNV_BASIS: Final = 0x811C9DC5
_FNV_PRIME: Final = 0x01000193
_MURMUR3_C1: Final = 0xCC9E2D51
_MURMUR3_C2: Final = 0x1B873593


def _crc_tables() -> tuple[Hashes, Hashes, Hashes, Hashes]:
    """Give the CRC remainder of each byte value when 0, 1, 2 and 3 more bytes follow it.

    The first is zlib's CRC of one byte with the inversions before and after undone.
    """
    last = np.array(
        [zlib.crc32(bytes([byte ^ 0xFF])) ^ 0xFF000000 for byte in range(256)], dtype=np.uint32
    )
    tables = [last]
    for _ in range(3):
        tables.append(tables[-1] >> 8 ^ last[tables[-1] & 0xFF])
    return tables[0], tables[1], tables[2], tables[3]


CRC_TABLES: Final = _crc_tables()


def murmur2_of_block(block: KeyBlock) -> Hashes:
    """Hash a block with murmur2."""
    m = np.uint32(_MURMUR2_M)
    h = block.lengths.astype(np.uint32) ^ np.uint32(_MURMUR2_SEED)
    mixed, shifted = np.empty_like(h), np.empty_like(h)
    for active, word in block.words():
        k, s = mixed[:active], shifted[:active]
        np.multiply(word, m, out=k)
        np.right_shift(k, 24, out=s)
        np.bitwise_xor(k, s, out=k)
        np.multiply(k, m, out=k)
        np.multiply(h[:active], m, out=h[:active])
        np.bitwise_xor(h[:active], k, out=h[:active])
    has_tail = (block.lengths & 3) != 0
    if has_tail.any():
        h ^= block.tail()
        np.multiply(h, m, out=h, where=has_tail)
    h ^= h >> 13
    h *= m
    h ^= h >> 15
    return h


def murmur2_of_key(key: bytes) -> int:
    """Hash one key with murmur2."""
    length = len(key)
    h = _MURMUR2_SEED ^ (length & _BITS)
    k = np.frombuffer(key, dtype="<u4", count=length // 4) * np.uint32(_MURMUR2_M)
    k ^= k >> 24
    k *= np.uint32(_MURMUR2_M)
    for word in k.tolist():
        h = (h * _MURMUR2_M & _BITS) ^ word
    if left := length & 3:
        h ^= int.from_bytes(key[-left:], "little")
        h = h * _MURMUR2_M & _BITS
    h ^= h >> 13
    h = h * _MURMUR2_M & _BITS
    return h ^ h >> 15


def crc32_of_block(block: KeyBlock) -> Hashes:
    """Hash a block with the CRC-32 of zlib."""
    h = np.full(len(block.lengths), _BITS, dtype=np.uint32)
    for active, word in block.words():
        byte = (h[:active] ^ word).astype("<u4", copy=False).view(np.uint8).reshape(-1, 4)
        # every byte is a row of a table, and "clip" spares take the check of that
        h[:active] = CRC_TABLES[3].take(byte[:, 0], mode="clip")
        h[:active] ^= CRC_TABLES[2].take(byte[:, 1], mode="clip")
        h[:active] ^= CRC_TABLES[1].take(byte[:, 2], mode="clip")
        h[:active] ^= CRC_TABLES[0].take(byte[:, 3], mode="clip")
    left, tail = block.lengths & 3, block.tail()
    for at in range(int(left.max(initial=0))):
        index = (h ^ tail >> np.uint32(8 * at)).astype(np.uint8)
        h = np.where(left > at, h >> 8 ^ CRC_TABLES[0][index], h)
    return ~h


def fnv1a_of_block(block: KeyBlock) -> Hashes:
    """Hash a block with 32-bit FNV-1a."""
    h = np.full(len(block.lengths), _FNV_BASIS, dtype=np.uint32)
    for active, byte in block.bytes():
        h[:active] ^= byte
        h[:active] *= np.uint32(_FNV_PRIME)
    return h


def fnv1a_of_key(key: bytes) -> int:
    """Hash one key with 32-bit FNV-1a."""
    h = _FNV_BASIS
    for byte in key:
        h = (h ^ byte) * _FNV_PRIME & _BITS
    return h


def murmur3_of_block(block: KeyBlock, seed: int) -> Hashes:
    """Hash a block with MurmurHash3 (x86, 32 bits)."""
    h = np.full(len(block.lengths), seed, dtype=np.uint32)
    for active, word in block.words():
        h[:active] = murmur3_mixed(h[:active], word)
    h ^= _murmur3_scrambled(block.tail())  # a missing tail is 0 and scrambles to 0
    h ^= block.lengths.astype(np.uint32)
    return murmur3_finalised(h)


def murmur3_mixed(h: Hashes, word: Hashes) -> Hashes:
    """Mix one word into h."""
    return rotated(h ^ _murmur3_scrambled(word), 13) * np.uint32(5) + np.uint32(0xE6546B64)


def murmur3_finalised(h: Hashes) -> Hashes:
    """Mix the bits of h a last time."""
    h ^= h >> 16
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> 13
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> 16
    return h


def _murmur3_scrambled(word: Hashes) -> Hashes:
    return rotated(word * np.uint32(_MURMUR3_C1), 15) * np.uint32(_MURMUR3_C2)


def rotated(word: Hashes, bits: int) -> Hashes:
    """Rotate each word to the left."""
    return word << np.uint32(bits) | word >> np.uint32(32 - bits)
