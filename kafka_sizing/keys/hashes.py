"""A hash's name in; the hash out: every one that a client's partitioner uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Final

from kafka_sizing.keys.hashing import CRC32, FNV1A, MURMUR2, Hash, murmur3_seeded
from kafka_sizing.keys.jvm_hashes import (
    JAVA_BYTES,
    JAVA_INTEGER,
    JAVA_LONG,
    JAVA_STRING,
    SPARK_BYTES,
    SPARK_INTEGER,
    SPARK_LONG,
)
from kafka_sizing.keys.other_hashes import (
    KAFKA_NODE,
    LEGACY_MURMUR2,
    NOTHING,
    PHASH2,
    SHA1,
    XXHASH32,
)
from kafka_sizing.keys.texts import before_nul, first_characters, utf16_low_bytes, without_last

# Clients that hash only a part of the key, or another form of it.
_PARTIAL: Final = (
    replace(CRC32, name="crc32-low-bytes", prepare=utf16_low_bytes),
    *(
        replace(hash, name=f"{hash.name}-{part}", prepare=prepare)
        for hash in (CRC32, MURMUR2, FNV1A)
        for part, prepare in (("first-characters", first_characters), ("c-string", before_nul))
    ),
    # Kafka Streams writes 8 bytes after the key for a time window, 16 for a session window.
    replace(MURMUR2, name="murmur2-windowed", prepare=partial(without_last, n_bytes=8)),
    replace(MURMUR2, name="murmur2-session", prepare=partial(without_last, n_bytes=16)),
)

_LISTED: Final = (
    MURMUR2,
    CRC32,
    FNV1A,
    murmur3_seeded(0),
    JAVA_STRING,
    JAVA_BYTES,
    JAVA_INTEGER,
    JAVA_LONG,
    SPARK_BYTES,
    SPARK_INTEGER,
    SPARK_LONG,
    LEGACY_MURMUR2,
    KAFKA_NODE,
    XXHASH32,
    PHASH2,
    SHA1,
    NOTHING,
    *_PARTIAL,
)

HASHES: Final[Mapping[str, Hash]] = MappingProxyType({hash.name: hash for hash in _LISTED})
