"""Keys in; the hashes of rarer clients out: KafkaJS 1.x, kafka-node, kafka-rust, brod, pykafka."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import numpy as np

from kafka_sizing.keys.block_hashes import Hashes, rotated
from kafka_sizing.keys.blocks import KeyBlock
from kafka_sizing.keys.hashing import Hash
from kafka_sizing.keys.jvm_hashes import JAVA_STRING
from kafka_sizing.keys.texts import utf16_units

_BITS: Final = 0xFFFFFFFF
_MURMUR2_SEED: Final = 0x9747B28C
_MURMUR2_M: Final = 0x5BD1E995
_XX: Final = (2654435761, 2246822519, 3266489917, 668265263, 374761393)  # its five primes
_PHASH2_GOLDEN: Final = 0x9E3779B9
_PHASH2_BINARY: Final = 13 * _PHASH2_GOLDEN & _BITS  # Erlang's start value for binaries
_PHASH2_BITS: Final = 2**27 - 1
_SHA1_START: Final = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
_SHA1_ROUNDS: Final = (0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6)


def _legacy_murmur2(block: KeyBlock) -> Hashes:
    """KafkaJS 1.x: murmur2 in floating-point products, its tail mixed in twice."""
    h = block.lengths.astype(np.uint32) ^ np.uint32(_MURMUR2_SEED)
    for active, word in block.words():
        h[:active] = _legacy_round(h[:active], word)
    tail = block.tail()
    twice = _float_product(_legacy_round(h, tail) ^ tail)
    h = np.where((block.lengths & 3) != 0, twice, h)
    h = _float_product(h ^ h >> np.uint32(13))
    return h ^ h >> np.uint32(15)


def _legacy_round(h: Hashes, word: Hashes) -> Hashes:
    k = _float_product(word)
    return _float_product(h) ^ _float_product(k ^ k >> np.uint32(24))


def _float_product(words: Hashes) -> Hashes:
    """Signed words × m as JavaScript multiplies: to the nearest double, then modulo 2**32."""
    product = words.view(np.int32) * np.float64(_MURMUR2_M)
    return product.astype(np.int64).astype(np.uint32)


def _legacy_murmur2_one(key: bytes) -> int:
    def product(word: int) -> int:
        signed = word - 2**32 if word >> 31 else word
        return int(float(signed) * _MURMUR2_M) & _BITS

    h = _MURMUR2_SEED ^ len(key)
    left = len(key) & 3
    words = np.frombuffer(key + bytes(-len(key) % 4), dtype="<u4").tolist()
    for word in words:
        k = product(word)
        h = product(h) ^ product(k ^ k >> 24)
    if left:
        h = product(h ^ words[-1])
    h = product(h ^ h >> 13)
    return h ^ h >> 15


def _kafka_node(block: KeyBlock) -> Hashes:
    """Java's hash of a string in 31 bits, and 1 for 0."""
    h = JAVA_STRING.kernel(block) & np.uint32(0x7FFFFFFF)
    h[h == 0] = 1
    return h


def _kafka_node_one(units: bytes) -> int:
    return max(JAVA_STRING.of_key(units.decode("utf-16-le").encode()) & 0x7FFFFFFF, 1)


def _xxhash32(block: KeyBlock) -> Hashes:
    """Stripes of four words in four lanes; then the words, then the bytes that are left."""
    p1, p2, p3, p4, p5 = map(np.uint32, _XX)
    lengths = block.lengths.astype(np.uint32)
    lanes = np.empty((4, len(lengths)), dtype=np.uint32)
    lanes[:] = np.array([[_XX[0] + _XX[1]], [_XX[1]], [0], [-_XX[0]]], dtype=np.int64)
    left_words = np.zeros((4, len(lengths)), dtype=np.uint32)
    for index, (active, word) in enumerate(block.words()):
        striped = int(np.count_nonzero(block.lengths // 16 > index // 4))
        lane = lanes[index % 4, :striped]
        lane[:] = rotated(lane + word[:striped] * p2, 13) * p1
        left_words[index % 4, striped:active] = word[striped:]
    joined = sum(rotated(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18), strict=True))
    h = np.where(lengths >= 16, joined, p5) + lengths
    for index in range(3):
        step = rotated(h + left_words[index] * p3, 17) * p4
        h = np.where(lengths % 16 // 4 > index, step, h)
    tail = block.tail()
    for index in range(3):
        byte = tail >> np.uint32(8 * index) & np.uint32(0xFF)
        h = np.where(lengths % 4 > index, rotated(h + byte * p5, 11) * p1, h)
    h = (h ^ h >> np.uint32(15)) * p2
    h = (h ^ h >> np.uint32(13)) * p3
    return h ^ h >> np.uint32(16)


def _xxhash32_one(key: bytes) -> int:
    def turned(word: int, bits: int) -> int:
        return (word << bits | word >> 32 - bits) & _BITS

    p1, p2, p3, p4, p5 = _XX
    words = np.frombuffer(key[: len(key) & ~3], dtype="<u4").tolist()
    striped = len(key) // 16 * 4
    h = p5
    if striped:
        lanes = [(p1 + p2) & _BITS, p2, 0, -p1 & _BITS]
        for index, word in enumerate(words[:striped]):
            lane = lanes[index % 4]
            lanes[index % 4] = turned((lane + word * p2) & _BITS, 13) * p1 & _BITS
        h = sum(turned(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18), strict=True))
    h = (h + len(key)) & _BITS
    for word in words[striped:]:
        h = turned((h + word * p3) & _BITS, 17) * p4 & _BITS
    for byte in key[len(key) & ~3 :]:
        h = turned((h + byte * p5) & _BITS, 11) * p1 & _BITS
    h = (h ^ h >> 15) * p2 & _BITS
    h = (h ^ h >> 13) * p3 & _BITS
    return h ^ h >> 16


def _phash2(block: KeyBlock) -> Hashes:
    """Erlang's phash2 of a binary: Jenkins' lookup2, in 27 bits."""
    n = len(block.lengths)
    a = np.full(n, _PHASH2_GOLDEN, dtype=np.uint32)
    b = a.copy()
    c = np.full(n, _PHASH2_BINARY, dtype=np.uint32)
    for index, (active, word) in enumerate(block.words()):
        state = (a, b, c)[index % 3]
        state[:active] += word
        if index % 3 == 2:
            a[:active], b[:active], c[:active] = _jenkins(a[:active], b[:active], c[:active])
    c += block.lengths.astype(np.uint32)
    tail, place = block.tail(), block.lengths // 4 % 3
    a += np.where(place == 0, tail, np.uint32(0))
    b += np.where(place == 1, tail, np.uint32(0))
    c += np.where(place == 2, tail << np.uint32(8), np.uint32(0))  # c's low byte is the length's
    _, _, mixed = _jenkins(a, b, c)
    return np.where(block.lengths, mixed, np.uint32(_PHASH2_BINARY)) & np.uint32(_PHASH2_BITS)


def _phash2_one(key: bytes) -> int:
    a, b, c = _PHASH2_GOLDEN, _PHASH2_GOLDEN, _PHASH2_BINARY
    if not key:
        return c & _PHASH2_BITS
    whole = len(key) // 12 * 12
    words = np.frombuffer(key[:whole], dtype="<u4").tolist()
    for first, second, third in zip(words[::3], words[1::3], words[2::3], strict=True):
        a, b, c = _jenkins((a + first) & _BITS, (b + second) & _BITS, (c + third) & _BITS)
    rest = key[whole:]
    a = (a + int.from_bytes(rest[:4], "little")) & _BITS
    b = (b + int.from_bytes(rest[4:8], "little")) & _BITS
    c = (c + len(key) + (int.from_bytes(rest[8:], "little") << 8)) & _BITS
    _, _, mixed = _jenkins(a, b, c)
    return int(mixed) & _PHASH2_BITS


def _jenkins(a: Any, b: Any, c: Any) -> tuple[Any, Any, Any]:
    """Mix three words: whole numbers, or arrays of them, for which the mask does nothing."""
    for first, second, third in ((13, 8, 13), (12, 16, 5), (3, 10, 15)):
        a = (a - b - c) & _BITS ^ c >> first
        b = (b - c - a) & _BITS ^ a << second & _BITS
        c = (c - a - b) & _BITS ^ b >> third
    return a, b, c


def _sha1(block: KeyBlock) -> Hashes:
    """SHA-1: each key padded to chunks of 16 big-endian words, chunk after chunk."""
    lengths, n = block.lengths, len(block.lengths)
    chunks = (lengths + 8) // 64 + 1  # an end mark and the length are padded on
    message = np.zeros((16 * int(chunks[0]), n), dtype=np.uint32)
    for index, (active, word) in enumerate(block.words()):
        message[index, :active] = word.byteswap()
    keys = np.arange(n)
    marked = block.tail() | np.uint32(0x80) << (8 * (lengths & 3)).astype(np.uint32)
    message[lengths // 4, keys] = marked.byteswap()
    message[16 * chunks - 1, keys] = 8 * lengths
    state = np.empty((5, n), dtype=np.uint32)
    state[:] = np.array(_SHA1_START, dtype=np.uint32)[:, np.newaxis]
    for chunk in range(int(chunks[0])):
        active = int(np.count_nonzero(chunks > chunk))
        state[:, :active] += _sha1_rounds(
            state[:, :active], message[16 * chunk : 16 * (chunk + 1), :active]
        )
    return state.T


def _sha1_rounds(state: Hashes, chunk: Hashes) -> Hashes:
    a, b, c, d, e = state
    words = list(chunk)
    for index in range(80):
        if index >= 16:
            words.append(rotated(words[-3] ^ words[-8] ^ words[-14] ^ words[-16], 1))
        match index // 20:
            case 0:
                chosen = b & c | ~b & d
            case 2:
                chosen = b & c | b & d | c & d
            case _:
                chosen = b ^ c ^ d
        mixed = rotated(a, 5) + chosen + e + words[index] + np.uint32(_SHA1_ROUNDS[index // 20])
        a, b, c, d, e = mixed, a, rotated(b, 30), c, d
    return np.stack([a, b, c, d, e])


def _sha1_one(key: bytes) -> int:
    return int.from_bytes(hashlib.sha1(key, usedforsecurity=False).digest(), "big")


def _nothing(block: KeyBlock) -> Hashes:
    return np.zeros(len(block.lengths), dtype=np.uint32)


LEGACY_MURMUR2: Final = Hash(
    name="legacy-murmur2", kernel=_legacy_murmur2, one=_legacy_murmur2_one
)
KAFKA_NODE: Final = Hash(
    name="kafka-node", kernel=_kafka_node, one=_kafka_node_one, prepare=utf16_units
)
XXHASH32: Final = Hash(name="xxhash32", kernel=_xxhash32, one=_xxhash32_one)
PHASH2: Final = Hash(name="phash2", kernel=_phash2, one=_phash2_one)
SHA1: Final = Hash(name="sha1", kernel=_sha1, one=_sha1_one, words=5)
NOTHING: Final = Hash(name="nothing", kernel=_nothing)
