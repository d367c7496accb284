"""Keys in; their 32-bit hashes out: murmur2, CRC-32, FNV-1a, murmur3.

Each hash is written more than once on purpose: a NumPy kernel that takes one step for a whole
block of keys, in `block_hashes`; a plain form for one key, which also serves keys too long to
share steps with others; and a compiled one that takes over for long columns where Numba is
installed.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, overload

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count
from kafka_sizing.keys.block_hashes import (
    CRC_TABLES,
    Hashes,
    crc32_of_block,
    fnv1a_of_block,
    fnv1a_of_key,
    murmur2_of_block,
    murmur2_of_key,
    murmur3_of_block,
)
from kafka_sizing.keys.blocks import LONG_KEY_BYTES, KeyBlock, blocks
from kafka_sizing.keys.columns import KeyColumn, check_rising
from kafka_sizing.keys.fast import run_in_parts, worth_compiling
from kafka_sizing.keys.intake import encode_key, encode_keys
from kafka_sizing.keys.serializers import Serializer

LEAST_KEYS_PER_PART: Final = 2**20  # fewer are hashed before a thread has begun

_BITS: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Hash:
    """One hash function, for a block of keys and perhaps for one.

    ``prepare`` turns keys into what is hashed, where that is not the key itself. A hash of
    several ``words`` of 32 bits gives one row per key, the most significant word first.
    ``compiled`` names its kernel in `keys.compiled.hashes`, if it has one, and ``constants``
    are what that takes besides a column.
    """

    name: str
    kernel: Callable[[KeyBlock], Hashes]
    one: Callable[[bytes], int] | None = None
    prepare: Callable[[KeyColumn], KeyColumn] | None = None
    words: int = 1
    compiled: str | None = None
    constants: tuple[Any, ...] = ()

    def of_column(self, column: KeyColumn) -> Hashes:
        """Hash every key of a column without nulls."""
        return self.of_prepared(self.prepared(column))

    def prepared(self, column: KeyColumn) -> KeyColumn:
        """Give what is hashed: the keys themselves, or what ``prepare`` makes of them."""
        return column if self.prepare is None else self.prepare(column)

    def of_prepared(self, column: KeyColumn) -> Hashes:
        """Hash what `prepared` gave."""
        shape = len(column) if self.words == 1 else (len(column), self.words)
        hashes = np.empty(shape, dtype=np.uint32)
        if self.compiled is not None and worth_compiling(len(column)):
            return self._of_compiled(column, hashes)
        check_rising(column.offsets)
        longest = LONG_KEY_BYTES if self.one is not None else None
        for block in blocks(column, longest=longest):
            hashes[block.positions] = self.kernel(block)
        if self.one is not None:
            for at in np.flatnonzero(column.lengths > LONG_KEY_BYTES).tolist():
                whole = self.one(column[at] or b"").to_bytes(4 * self.words, "big")
                words = np.frombuffer(whole, dtype=">u4")
                hashes[at] = words if self.words > 1 else words[0]
        return hashes

    def _of_compiled(self, column: KeyColumn, hashes: Hashes) -> Hashes:
        from kafka_sizing.keys.compiled import hashes as kernels

        kernel = getattr(kernels, str(self.compiled))

        def hash_some(begin: int, end: int) -> None:
            offsets = column.offsets[begin : end + 1]
            if not kernel(column.data, offsets, hashes[begin:end], *self.constants):
                check_rising(column.offsets)

        run_in_parts(hash_some, len(column), LEAST_KEYS_PER_PART)
        return hashes

    def of_key(self, key: bytes) -> int:
        """Hash one key; the row of a hash of several words is one number."""
        if self.one is not None and self.prepare is None:
            return self.one(key)
        words = np.atleast_1d(self.of_column(KeyColumn.of([key]))[0])
        return int.from_bytes(words.astype(">u4").tobytes(), "big")


@overload
def murmur2(keys: str | bytes, *, serializer: Serializer | None = None) -> int: ...
@overload
def murmur2(keys: Any, *, serializer: Serializer | None = None) -> NDArray[np.int32]: ...
def murmur2(keys: Any, *, serializer: Serializer | None = None) -> int | NDArray[np.int32]:
    """Hash keys as Kafka's Java client does, printed as Java prints it.

    Parameters
    ----------
    keys : str, bytes, or a column of n keys
        One key, or a list, NumPy array, pandas or Polars Series or Arrow array of them.
    serializer : str, optional
        How integers, floats and UUIDs become bytes: "string", "int32", "int64" …, as Kafka's
        serializers write them. Text is always written in UTF-8.

    Returns
    -------
    int or ndarray of int32, shape (n,)
        The signed 32-bit hash, seed 0x9747b28c.

    Raises
    ------
    TypeError
        If keys are not text or bytes and no serializer fits them.
    ValueError
        If a key is null (Kafka does not hash it) or cannot be written.

    Notes
    -----
    Source: apache/kafka, ``clients/.../common/utils/Utils.java``.

    Examples
    --------
    >>> from kafka_sizing import murmur2
    >>> murmur2("foobar")
    -790332482
    >>> murmur2(["21", "abc"])
    array([-973932308,   479470107], dtype=int32)
    """
    if isinstance(keys, (str, bytes)):
        unsigned = MURMUR2.of_key(encode_key(keys, serializer=serializer))
        return unsigned - 2**32 if unsigned >> 31 else unsigned
    return hash_keys(keys, MURMUR2, serializer=serializer).view(np.int32)


@overload
def crc32(keys: str | bytes, *, serializer: Serializer | None = None) -> int: ...
@overload
def crc32(keys: Any, *, serializer: Serializer | None = None) -> Hashes: ...
def crc32(keys: Any, *, serializer: Serializer | None = None) -> int | Hashes:
    """Hash keys as librdkafka does by default: CRC-32 as in zlib.

    Parameters
    ----------
    keys : str, bytes, or a column of n keys
        As for `murmur2`.
    serializer : str, optional
        As for `murmur2`.

    Returns
    -------
    int or ndarray of uint32, shape (n,)
        The unsigned CRC (polynomial 0x04c11db7, reflected).

    Raises
    ------
    TypeError
        If keys are not text or bytes and no serializer fits them.
    ValueError
        If a key is null or cannot be written.

    Examples
    --------
    >>> from kafka_sizing import crc32
    >>> crc32("123456789") == 0xCBF43926  # the check value of this CRC
    True
    """
    return _unsigned(keys, CRC32, serializer)


@overload
def fnv1a(keys: str | bytes, *, serializer: Serializer | None = None) -> int: ...
@overload
def fnv1a(keys: Any, *, serializer: Serializer | None = None) -> Hashes: ...
def fnv1a(keys: Any, *, serializer: Serializer | None = None) -> int | Hashes:
    """Hash keys as Sarama does by default: 32-bit FNV-1a.

    Parameters
    ----------
    keys : str, bytes, or a column of n keys
        As for `murmur2`.
    serializer : str, optional
        As for `murmur2`.

    Returns
    -------
    int or ndarray of uint32, shape (n,)
        The unsigned hash, before any absolute value.

    Raises
    ------
    TypeError
        If keys are not text or bytes and no serializer fits them.
    ValueError
        If a key is null or cannot be written.

    Examples
    --------
    >>> from kafka_sizing import fnv1a
    >>> fnv1a("") == 0x811C9DC5  # nothing hashed leaves the offset basis
    True
    """
    return _unsigned(keys, FNV1A, serializer)


@overload
def murmur3(keys: str | bytes, *, seed: int = 0, serializer: Serializer | None = None) -> int: ...
@overload
def murmur3(keys: Any, *, seed: int = 0, serializer: Serializer | None = None) -> Hashes: ...
def murmur3(keys: Any, *, seed: int = 0, serializer: Serializer | None = None) -> int | Hashes:
    """Hash keys with MurmurHash3 (x86, 32 bits): independent of murmur2, so it can pick buckets.

    Parameters
    ----------
    keys : str, bytes, or a column of n keys
        As for `murmur2`. One key goes to the package mmh3.
    seed : int, default 0
        Start value. [0, 2**32)
    serializer : str, optional
        As for `murmur2`.

    Returns
    -------
    int or ndarray of uint32, shape (n,)
        The unsigned hash.

    Raises
    ------
    TypeError
        If keys are not text or bytes and no serializer fits them.
    ValueError
        If a key is null or cannot be written, or the seed is out of range.

    Examples
    --------
    >>> from kafka_sizing.keys import murmur3
    >>> murmur3("foo") == 0xF6A5C420
    True
    """
    check_count("seed", seed, least=0, most=_BITS)
    return _unsigned(keys, murmur3_seeded(seed), serializer)


def murmur3_seeded(seed: int) -> Hash:
    """MurmurHash3 (x86, 32 bits) that starts from ``seed``."""

    def one(key: bytes) -> int:
        import mmh3

        return mmh3.hash(key, seed, signed=False)

    return Hash(
        name="murmur3",
        kernel=lambda block: murmur3_of_block(block, seed),
        one=one,
        compiled="murmur3",
        constants=(np.uint32(seed),),
    )


def hash_keys(keys: Any, hash: Hash, *, serializer: Serializer | None = None) -> Hashes:
    """Hash a column of keys; a key that repeats in a dictionary is hashed once."""
    encoded = encode_keys(keys, serializer=serializer)
    null = encoded.null_positions
    if null.size:
        raise ValueError(
            f"keys must not be null to be hashed, got {null.size:,} null keys, the first at "
            f"position {null[0]}; the client spreads them, and count_keys counts them apart"
        )
    if encoded.codes is None or encoded.column.valid is not None:  # an entry nobody uses is null
        return hash.of_column(encoded.expanded())
    return hash.of_column(encoded.column)[encoded.codes]


def _unsigned(keys: Any, hash: Hash, serializer: Serializer | None) -> int | Hashes:
    if isinstance(keys, (str, bytes)):
        return hash.of_key(encode_key(keys, serializer=serializer))
    return hash_keys(keys, hash, serializer=serializer)


MURMUR2: Final = Hash(
    name="murmur2", kernel=murmur2_of_block, one=murmur2_of_key, compiled="murmur2"
)
CRC32: Final = Hash(
    name="crc32",
    kernel=crc32_of_block,
    one=zlib.crc32,
    compiled="crc32",
    constants=(np.stack(CRC_TABLES),),
)
FNV1A: Final = Hash(name="fnv1a", kernel=fnv1a_of_block, one=fnv1a_of_key, compiled="fnv1a")
