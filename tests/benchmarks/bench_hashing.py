"""Time hashing 10 M keys held in Arrow, side by side with a C loop and with other packages.

Run: python tests/benchmarks/bench_hashing.py [KEYS]     (needs the extra dev, and gcc)
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
from table import Row, Table, best_s, one_core, show

from kafka_sizing import murmur2
from kafka_sizing.keys import as_key_column, fast

KEYS = 10_000_000
KEYS_IN_CACHE = 20_000  # hashed again and again
KEYS_IN_A_LOOP = 200_000  # of a peer that takes one key at a time

C_LOOP = r"""
#include <stdint.h>
#include <string.h>
void hash_all(const uint8_t *data, const int64_t *offsets, int64_t n, uint32_t *hashes) {
    const uint32_t m = 0x5bd1e995;
    for (int64_t i = 0; i < n; i++) {
        const uint8_t *key = data + offsets[i];
        int64_t length = offsets[i + 1] - offsets[i];
        uint32_t h = 0x9747b28cu ^ (uint32_t)length;
        for (; length >= 4; key += 4, length -= 4) {
            uint32_t k;
            memcpy(&k, key, 4);
            k *= m; k ^= k >> 24; k *= m;
            h *= m; h ^= k;
        }
        switch (length) {
            case 3: h ^= (uint32_t)key[2] << 16; /* fall through */
            case 2: h ^= (uint32_t)key[1] << 8; /* fall through */
            case 1: h ^= key[0]; h *= m;
        }
        h ^= h >> 13; h *= m; h ^= h >> 15;
        hashes[i] = h;
    }
}
"""


def keys_of(lengths: np.ndarray) -> pa.Array:
    """Make text keys of these lengths."""
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    letters = np.random.default_rng(1).integers(97, 123, offsets[-1], dtype=np.uint8)
    buffers = pa.py_buffer(offsets), pa.py_buffer(letters)
    return pa.LargeStringArray.from_buffers(len(lengths), *buffers)


def compiled_loop(folder: str, *flags: str) -> Callable[[pa.Array], np.ndarray]:
    """Compile the C loop; give it as a function of a column."""
    source, library = Path(folder, "loop.c"), Path(folder, f"loop{''.join(flags)}.so")
    source.write_text(C_LOOP)
    subprocess.run(["gcc", *flags, "-shared", "-fPIC", source, "-o", library], check=True)
    hash_all = ctypes.CDLL(str(library)).hash_all
    hash_all.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p]

    def hashed(keys: pa.Array) -> np.ndarray:
        column = as_key_column(keys)
        hashes = np.empty(len(column), dtype=np.uint32)
        where = (array.ctypes.data for array in (column.data, column.offsets))
        hash_all(*where, len(column), hashes.ctypes.data)
        return hashes.view(np.int32)

    return hashed


def cached_s(keys: pa.Array) -> float:
    """Time the kernel on few keys, without what a call costs besides."""
    from kafka_sizing.keys.compiled.hashes import murmur2 as kernel

    column, times = as_key_column(keys), KEYS // len(keys)
    hashes = np.empty(len(column), dtype=np.uint32)
    data, offsets = column.data, column.offsets
    return best_s(lambda: [kernel(data, offsets, hashes) for _ in range(times)]) / times


def peers_by_key() -> dict[str, Callable[[bytes], int]]:
    """Give the packages that hash one key at a time."""
    import mmh3
    import murmurhash2
    from kafka.partitioner.default import murmur2 as kafka_python

    return {
        "kafka-python, a loop": kafka_python,
        "murmurhash2 (package), a loop": lambda key: murmurhash2.murmurhash2(key, 0x9747B28C),
        "mmh3 (another hash), a loop": lambda key: mmh3.hash(key, 0, signed=False),
    }


def chdb_time(keys: pa.Array) -> float:
    import chdb

    table = pa.table({"key": keys})  # noqa: F841 - the query names it
    query = "SELECT count(), sum(kafkaMurmurHash(key)) FROM Python(table)"
    return best_s(lambda: chdb.query(query))


def table_of(kind: str, keys: pa.Array, bar: str, folder: str) -> Table:
    """Time every contender on the same keys; check that they give the same hashes."""
    gcc, native = compiled_loop(folder, "-O3"), compiled_loop(folder, "-O3", "-march=native")
    assert np.array_equal(murmur2(keys), gcc(keys))
    n, short = len(keys), keys.cast(pa.string())
    plain = best_s(lambda: gcc(keys))
    with one_core():
        alone = best_s(lambda: murmur2(keys))
        near = cached_s(keys[:KEYS_IN_CACHE]) * n / KEYS_IN_CACHE
    together = best_s(lambda: murmur2(keys))
    seconds = {
        "gcc -O3 loop, one thread": plain,
        "gcc -O3 -march=native loop, one thread": best_s(lambda: native(keys)),
        "murmur2, one thread": alone,
        "murmur2, one thread, keys that stay in the cache": near,
        f"murmur2, {fast.workers()} threads": together,
        f"murmur2 of 32-bit offsets, {fast.workers()} threads": best_s(lambda: murmur2(short)),
        "chdb kafkaMurmurHash and its sum, all threads": chdb_time(keys),
    }
    bars = {
        "murmur2, one thread": bar,
        f"murmur2, {fast.workers()} threads": f"{alone / together:.2f} × one thread (≥ 1.8)",
    }
    few = [key.as_py().encode() for key in keys[:KEYS_IN_A_LOOP]]
    rows = [
        Row(
            what=what,
            measured=taken / n * 1e9,
            unit="ns per key",
            ratio=taken / plain,
            bar=bars.get(what, ""),
        )
        for what, taken in seconds.items()
    ]
    for what, hash_one in peers_by_key().items():
        taken = best_s(lambda: [hash_one(key) for key in few], 2) / len(few)  # noqa: B023
        rows.append(
            Row(what=what, measured=taken * 1e9, unit="ns per key", ratio=taken * n / plain)
        )
    return Table(
        title=f"Hashing {n / 1e6:g} M keys from Arrow, {kind}",
        rows=rows,
        note=(
            "Ratios are to the gcc -O3 loop. Both take the column from Arrow each time; offsets "
            "are of 64 bits but where it says otherwise."
        ),
    )


def tables(n: int = KEYS) -> list[Table]:
    """Time keys of mixed length, and UUIDs."""
    mixed = np.random.default_rng(0).integers(6, 19, n)
    with tempfile.TemporaryDirectory() as folder:
        return [
            table_of("6 to 18 bytes", keys_of(mixed), "≤ 1.0", folder),
            table_of("36 bytes, as UUIDs have", keys_of(np.full(n, 36)), "≤ 0.7", folder),
        ]


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "--json"]
    show(*tables(*map(int, given)), as_json="--json" in sys.argv)
