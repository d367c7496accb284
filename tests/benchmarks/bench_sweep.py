"""Time a sweep over many partition counts, side by side with placing at each count.

Run: python tests/benchmarks/bench_sweep.py
"""

import time

import numpy as np

from kafka_sizing import KeyLoads, place, sweep_partitions

KEYS = 100_000
COUNTS = range(1, 501)


def main() -> None:
    names = np.char.add("user-", np.arange(KEYS).astype("U")).tolist()
    keys = KeyLoads(names, np.random.default_rng(0).pareto(1.2, KEYS) + 1)
    begin = time.perf_counter()
    sweep = sweep_partitions(keys, COUNTS)
    swept = time.perf_counter() - begin
    begin = time.perf_counter()
    placed = [place(keys, count).max_share for count in COUNTS]
    one_by_one = time.perf_counter() - begin
    np.testing.assert_allclose(sweep.max_share, placed)
    pairs = KEYS * len(COUNTS)
    print(f"sweep_partitions        {swept / pairs * 1e9:6.2f} ns per key and count")
    print(f"place at each count     {one_by_one / pairs * 1e9:6.2f} ns per key and count")
    print(f"ratio                   {one_by_one / swept:6.1f}")


if __name__ == "__main__":
    main()
