"""Time a sweep of 1 M keys over 1,000 counts, side by side with the plain NumPy loop.

Run: python tests/benchmarks/bench_sweep.py [KEYS]
"""

from __future__ import annotations

import sys

import numpy as np
from table import Row, Table, best_s, show

from kafka_sizing import KeyLoads, sweep_partitions
from kafka_sizing.keys import PARTITIONERS, KeyColumn
from kafka_sizing.keys.columns import offsets_of

KEYS = 1_000_000
COUNTS = range(1, 1001)
PLAIN_COUNTS = range(1, 1001, 20)  # the loop takes long


def keys_of(n: int) -> KeyLoads:
    """Make keys of 12 bytes with Pareto loads."""
    names = np.char.add("key-", np.char.zfill(np.arange(n).astype("U"), 8)).astype("S")
    data = names.view(np.uint8)
    column = KeyColumn(data, offsets_of(np.full(n, 12)))
    return KeyLoads(column, np.random.default_rng(0).pareto(1.2, n) + 1)


def tables(n: int = KEYS) -> list[Table]:
    """Time the whole sweep, hashing and measures included."""
    keys = keys_of(n)
    numbers = PARTITIONERS["java"].numbers_of(keys.keys)
    sweep = best_s(lambda: sweep_partitions(keys, COUNTS), 3) / n / len(COUNTS)

    def plain() -> list[float]:
        return [
            np.bincount(numbers % np.uint32(count), keys.loads, count).max()
            for count in PLAIN_COUNTS
        ]

    swept = sweep_partitions(keys, PLAIN_COUNTS).max_share * keys.total
    np.testing.assert_allclose(swept, plain())
    loop = best_s(plain, 1) / n / len(PLAIN_COUNTS)
    rows = [
        Row(
            what="sweep_partitions, all included",
            measured=sweep * 1e9,
            unit="ns per key and count",
            ratio=sweep / loop,
            bar="≤ 0.5 ns",
        ),
        Row(
            what="np.bincount(numbers % count, loads), one by one",
            measured=loop * 1e9,
            unit="ns per key and count",
            ratio=1.0,
        ),
    ]
    return [
        Table(
            title=f"Sweep of {n / 1e6:g} M keys over {len(COUNTS):,} partition counts", rows=rows
        )
    ]


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "--json"]
    show(*tables(*map(int, given)), as_json="--json" in sys.argv)
