"""Time ten million records of the stream LN1 over 100 partitions, scheme by scheme.

Run: python tests/benchmarks/bench_splitting.py
"""

import time

import numpy as np

from kafka_sizing import lognormal_keys
from kafka_sizing.fixes import (
    AdjustedTable,
    BoundedLoads,
    DChoices,
    IsolatedKeys,
    KeyGrouping,
    OfflineGreedy,
    OnlineGreedy,
    PartialKeyGrouping,
    RandomChoices,
    RoundRobinHead,
    ShuffleGrouping,
    StaticTwoChoices,
    TokenRing,
    TrainedTable,
    WChoices,
    simulate_scheme,
    stream_of,
)

RECORDS, PARTITIONS = 10_000_000, 100
SCHEMES = (
    KeyGrouping(),
    TokenRing(),
    IsolatedKeys(10),
    StaticTwoChoices(),
    OnlineGreedy(),
    OfflineGreedy(),
    TrainedTable(1_000),
    AdjustedTable(),
    ShuffleGrouping(),
    PartialKeyGrouping(),
    PartialKeyGrouping(5),
    DChoices(),
    WChoices(),
    RoundRobinHead(),
    RandomChoices(),
    BoundedLoads(),
)


def main() -> None:
    begin = time.perf_counter()
    keys = lognormal_keys(1_000_000, mean=1.789, sigma=2.366, total=RECORDS)
    stream = stream_of(keys, RECORDS, drawing="sampled", rng=1)
    print(f"{'the stream itself':48} {time.perf_counter() - begin:6.2f} s")
    few = np.ascontiguousarray(stream[:1_000])
    for scheme in SCHEMES:
        begin = time.perf_counter()
        simulate_scheme(scheme, few, PARTITIONS, rng=2)
        ready = time.perf_counter()
        run = simulate_scheme(scheme, stream, PARTITIONS, rng=2)
        done = time.perf_counter()
        print(
            f"{scheme.name:48} {done - ready:6.2f} s, {ready - begin:5.2f} s to compile or load, "
            f"I/m {run.imbalance_share:.2e}, {run.states.states_per_key:.3f} states per key"
        )


if __name__ == "__main__":
    main()
