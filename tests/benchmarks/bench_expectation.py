"""Time what a random hash would give, by the heavy keys alone and by placing every key.

Run: python tests/benchmarks/bench_expectation.py
"""

import time

import numpy as np

from kafka_sizing.keys import zipf_keys
from kafka_sizing.partitions import expected_imbalance, expected_sweep

KEYS = 100_000
PARTITIONS = (12, 100, 1_000)
DRAWS = 3_000
REPEATS = 10


def main() -> None:
    shares = np.arange(1, KEYS + 1.0) ** -1
    for partitions in PARTITIONS:
        quick, top = timed(shares, partitions, "top keys", REPEATS)
        slow, full = timed(shares, partitions, "monte carlo", 2)
        print(
            f"{KEYS:,} keys, {partitions:>5,} partitions: top keys {1e3 * quick:6.1f} ms, "
            f"Monte Carlo {1e3 * slow:8.1f} ms, ratio {slow / quick:5.0f}; mean "
            f"{100 * (top.mean / full.mean - 1):+.2f} %, 95th percentile "
            f"{100 * (top.quantile(0.95) / full.quantile(0.95) - 1):+.2f} %"
        )
    keys = zipf_keys(1_000_000, exponent=1, total=10_000_000)
    begin = time.perf_counter()
    expected_sweep(keys, range(1, 201), rng=1)
    print(f"1,000,000 keys over 200 counts, with luck: {time.perf_counter() - begin:.2f} s")


def timed(shares, partitions, method, repeats):
    """Give the shortest time of some runs, and what the last one found."""
    times = []
    for seed in range(repeats):
        begin = time.perf_counter()
        found = expected_imbalance(shares, partitions, method=method, draws=DRAWS, rng=seed)
        times.append(time.perf_counter() - begin)
    return min(times), found


if __name__ == "__main__":
    main()
