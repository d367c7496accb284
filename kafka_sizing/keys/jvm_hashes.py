"""Keys in; the hashes of Java objects out: Java's own hashCode, and what Spark makes of keys.

A Java string is its UTF-16 units; a Java or Spark number is its big-endian bytes.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.block_hashes import Hashes, murmur3_finalised, murmur3_mixed
from kafka_sizing.keys.blocks import KeyBlock
from kafka_sizing.keys.hashing import Hash
from kafka_sizing.keys.texts import of_width, utf16_units

_BITS: Final = 0xFFFFFFFF
_SPARK_SEED: Final = 42  # org.apache.spark.sql.catalyst.expressions.Murmur3Hash


def _java_string(block: KeyBlock) -> Hashes:
    """31 · h + unit; a word holds two units, and a tail one."""
    h = np.zeros(len(block.lengths), dtype=np.uint32)
    for active, word in block.words():
        pair = (word & 0xFFFF) * np.uint32(31) + (word >> 16)
        h[:active] = h[:active] * np.uint32(31 * 31) + pair
    np.copyto(h, h * np.uint32(31) + block.tail(), where=(block.lengths & 3) != 0)
    return h


def _java_string_one(units: bytes) -> int:
    return _polynomial(np.frombuffer(units, dtype="<u2").astype(np.uint32))


def _java_bytes(block: KeyBlock) -> Hashes:
    """31 · h + signed byte, from 1."""
    h = np.ones(len(block.lengths), dtype=np.uint32)
    for active, byte in block.bytes():
        h[:active] *= np.uint32(31)
        h[:active] += byte.view(np.int8).astype(np.uint32)
    return h


def _java_bytes_one(key: bytes) -> int:
    signed = np.frombuffer(key, dtype=np.int8).astype(np.uint32)
    return _polynomial(np.concatenate([np.ones(1, dtype=np.uint32), signed]))


def _polynomial(coefficients: NDArray[np.uint32]) -> int:
    """Evaluate at 31, modulo 2**32; the first coefficient has the highest power."""
    powers = np.full(len(coefficients), 31, dtype=np.uint32)
    powers[:1] = 1
    np.cumprod(powers, out=powers)
    return int((coefficients * powers[::-1]).sum(dtype=np.uint32))


def _java_integer(block: KeyBlock) -> Hashes:
    (number,) = _big_endian_words(block)
    return number


def _java_long(block: KeyBlock) -> Hashes:
    high, low = _big_endian_words(block)
    return high ^ low


def _spark_integer(block: KeyBlock) -> Hashes:
    return _spark_words(*_big_endian_words(block))


def _spark_long(block: KeyBlock) -> Hashes:
    high, low = _big_endian_words(block)
    return _spark_words(low, high)


def _spark_words(*words: Hashes) -> Hashes:
    h = np.full(len(words[0]), _SPARK_SEED, dtype=np.uint32)
    for word in words:
        h = murmur3_mixed(h, word)
    return murmur3_finalised(h ^ np.uint32(4 * len(words)))


def _spark_bytes(block: KeyBlock) -> Hashes:
    """Murmur3 whose tail bytes are each sign-extended and mixed as a word of their own."""
    h = np.full(len(block.lengths), _SPARK_SEED, dtype=np.uint32)
    for active, word in block.words():
        h[:active] = murmur3_mixed(h[:active], word)
    tail, left = block.tail(), block.lengths & 3
    for index in range(3):
        byte = (tail >> np.uint32(8 * index)).astype(np.int8).astype(np.uint32)
        np.copyto(h, murmur3_mixed(h, byte), where=left > index)
    return murmur3_finalised(h ^ block.lengths.astype(np.uint32))


def _spark_bytes_one(key: bytes) -> int:
    whole = len(key) & ~3
    words = np.frombuffer(key[:whole], dtype="<u4").tolist()
    h = _SPARK_SEED
    for word in words + [byte - 256 if byte > 127 else byte for byte in key[whole:]]:
        k = word * 0xCC9E2D51 & _BITS
        k = (k << 15 | k >> 17) * 0x1B873593 & _BITS
        h ^= k
        h = ((h << 13 | h >> 19) * 5 + 0xE6546B64) & _BITS
    last = np.array([h ^ len(key)], dtype=np.uint32)
    return int(murmur3_finalised(last)[0])


def _big_endian_words(block: KeyBlock) -> list[Hashes]:
    return [word.astype(np.uint32).byteswap() for _, word in block.words()]


JAVA_STRING: Final = Hash(
    name="java-string", kernel=_java_string, one=_java_string_one, prepare=utf16_units
)
JAVA_BYTES: Final = Hash(name="java-bytes", kernel=_java_bytes, one=_java_bytes_one)
JAVA_INTEGER: Final = Hash(
    name="java-integer", kernel=_java_integer, prepare=partial(of_width, n_bytes=4)
)
JAVA_LONG: Final = Hash(name="java-long", kernel=_java_long, prepare=partial(of_width, n_bytes=8))
SPARK_INTEGER: Final = Hash(
    name="spark-integer", kernel=_spark_integer, prepare=partial(of_width, n_bytes=4)
)
SPARK_LONG: Final = Hash(
    name="spark-long", kernel=_spark_long, prepare=partial(of_width, n_bytes=8)
)
SPARK_BYTES: Final = Hash(name="spark-bytes", kernel=_spark_bytes, one=_spark_bytes_one)
