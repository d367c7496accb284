"""Time a day in steps of a second with 200 partitions, beside a loop over partitions.

Run: python tests/benchmarks/bench_lag.py
"""

import time

import numpy as np

from kafka_sizing.consumers import Arrivals, Crash, simulate_lag
from kafka_sizing.consumers.simulation.flow import read_records

PARTITIONS, MEMBERS, DAY_S = 200, 50, 86_400
LOOPED_STEPS = 500


def read_in_a_loop(unread, readers, can_read):
    """What `read_records` does, a partition at a time."""
    read = [0.0] * len(unread)
    for member, capacity in enumerate(can_read):
        left = capacity
        mine = sorted((waits, at) for at, waits in enumerate(unread) if readers[at] == member)
        for rank, (waits, at) in enumerate(mine):
            read[at] = min(waits, left / (len(mine) - rank))
            left -= read[at]
    return read


def main() -> None:
    shares = np.random.default_rng(0).dirichlet(np.full(PARTITIONS, 20.0))
    crashes = [Crash(at_s=3_600.0 * hour, member=hour, back_after_s=60) for hour in range(24)]
    days = {
        "a calm day": (Arrivals.daily(50_000, peak_ratio=1.5), ()),
        "a crash every hour": (Arrivals.daily(50_000, peak_ratio=1.5), crashes),
        "behind all day": (Arrivals.daily(200_000, peak_ratio=1.5), crashes),
    }
    for name, (arrivals, events) in days.items():
        begin = time.perf_counter()
        lag = simulate_lag(
            arrivals,
            shares=shares,
            members=MEMBERS,
            member=3_000,
            duration_s=DAY_S,
            events=events,
        )
        played = time.perf_counter()
        peak = lag.peak_lag_s
        aged = time.perf_counter()
        print(
            f"{name:20} {played - begin:6.2f} s, ages of the oldest {aged - played:5.2f} s "
            f"(peak {peak:,.0f} s)"
        )
    rng = np.random.default_rng(1)
    unread, readers = rng.exponential(2_000, PARTITIONS), np.arange(PARTITIONS) % MEMBERS
    can_read = np.full(MEMBERS, 3_000.0)
    np.testing.assert_allclose(
        read_records(unread, readers, can_read), read_in_a_loop(unread, readers, can_read)
    )
    begin = time.perf_counter()
    for _ in range(LOOPED_STEPS):
        read_records(unread, readers, can_read)
    ours = time.perf_counter()
    for _ in range(LOOPED_STEPS):
        read_in_a_loop(unread, readers, can_read)
    ratio = (time.perf_counter() - ours) / (ours - begin)
    step_us = (ours - begin) / LOOPED_STEPS * 1e6
    print(f"a step behind        {step_us:6.0f} µs; a loop over partitions takes {ratio:.0f} ×")


if __name__ == "__main__":
    main()
