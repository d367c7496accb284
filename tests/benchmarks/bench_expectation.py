"""Time what a random hash would give, by the heavy keys alone and by placing every key.

Run: python tests/benchmarks/bench_expectation.py
"""

import time

import numpy as np

from kafka_sizing.keys import zipf_keys
from kafka_sizing.partitions import expected_imbalance, expected_sweep

CASES = (  # keys, Zipf's exponent, partitions: those of the tests, and more partitions
    (10_000, 0, 12),
    (10_000, 0.5, 12),
    (10_000, 0.8, 12),
    (10_000, 1, 12),
    (10_000, 1, 48),
    (100_000, 1, 100),
    (1_000, 1.5, 24),
    (100_000, 1, 12),
    (100_000, 1, 1_000),
)
DRAWS = 3_000
ACCURATE = 40_000  # draws for the accuracy, which would else be that of 3,000 draws
REPEATS = 3
QUICK = 20  # runs of the quick way for each of the slow one


def main() -> None:
    print("   keys    z     N  top keys  Monte Carlo   ratio     mean      p95")
    for keys, exponent, partitions in CASES:
        shares = np.arange(1, keys + 1.0) ** -exponent
        quick, slow, full = timed(shares, partitions)
        top = expected_imbalance(shares, partitions, method="top keys", draws=ACCURATE, rng=1)
        print(
            f"{keys:>7,} {exponent:>4} {partitions:>5,} {1e3 * quick:6.2f} ms "
            f"{1e3 * slow:9.1f} ms {slow / quick:7.0f} "
            f"{100 * (top.mean / full.mean - 1):+7.2f} % "
            f"{100 * (top.quantile(0.95) / full.quantile(0.95) - 1):+6.2f} %"
        )
    keys = zipf_keys(1_000_000, exponent=1, total=10_000_000)
    begin = time.perf_counter()
    expected_sweep(keys, range(1, 201), rng=1)
    print(f"1,000,000 keys over 200 counts, with luck: {time.perf_counter() - begin:.2f} s")


def timed(shares, partitions):
    """Give the shortest times of both, taken in turns, and what placing every key found."""
    quick, slow = [], []
    for seed in range(REPEATS):
        slow.append(seconds(shares, partitions, "monte carlo", seed)[0])
        quick += [seconds(shares, partitions, "top keys", at)[0] for at in range(QUICK)]
    return min(quick), min(slow), seconds(shares, partitions, "monte carlo", REPEATS)[1]


def seconds(shares, partitions, method, seed):
    """Time one run, and give what it found."""
    begin = time.perf_counter()
    found = expected_imbalance(shares, partitions, method=method, draws=DRAWS, rng=seed)
    return time.perf_counter() - begin, found


if __name__ == "__main__":
    main()
