"""Time hashing a column of 16-byte keys held in Arrow, side by side with kafka-python's loop.

Run: python tests/benchmarks/bench_hashing.py [KEYS]     (needs the extra dev)
"""

import sys
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa
from kafka.partitioner.default import murmur2 as peer_murmur2

from kafka_sizing import crc32, fnv1a, murmur2, partition_of
from kafka_sizing.keys import murmur3

KEYS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
PEER_KEYS = 100_000
ROUNDS = 3


def keys_of_16_bytes(n: int) -> pa.Array:
    digits = np.char.zfill(np.arange(n).astype("S"), 11)
    return pa.array(np.char.add(b"user-", digits).astype("U"), pa.string())


def keys_of_mixed_length(n: int) -> pa.Array:
    lengths = np.random.default_rng(0).integers(6, 27, n)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    letters = np.random.default_rng(1).integers(97, 123, offsets[-1], dtype=np.uint8)
    return pa.LargeStringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(letters))


def ns_per_key(call: Callable[[], object], n: int) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - begin)
    return best / n * 1e9


def main() -> None:
    column = keys_of_16_bytes(KEYS)
    few = [key.as_py().encode() for key in column[:PEER_KEYS]]
    peer = ns_per_key(lambda: [peer_murmur2(key) for key in few], PEER_KEYS)
    print(f"{'kafka-python murmur2, a loop':38} {peer:9.1f} ns/key")
    rows: list[tuple[str, Callable[[], object]]] = [
        ("murmur2", lambda: murmur2(column)),
        ("partition_of, java, 48 partitions", lambda: partition_of(column, 48)),
        ("crc32", lambda: crc32(column)),
        ("fnv1a", lambda: fnv1a(column)),
        ("murmur3", lambda: murmur3(column)),
    ]
    for name, call in rows:
        ours = ns_per_key(call, KEYS)
        print(f"{name:38} {ours:9.1f} ns/key {peer / ours:7.0f} × the loop")
    mixed = keys_of_mixed_length(KEYS // 5)
    ours = ns_per_key(lambda: murmur2(mixed), len(mixed))
    print(f"{'murmur2, 6 to 26 bytes':38} {ours:9.1f} ns/key {peer / ours:7.0f} × the loop")


if __name__ == "__main__":
    main()
