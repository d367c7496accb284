"""CPU time of `plan_topic`: without keys, with a million of them, even and hot.

Run: python tests/benchmarks/bench_topic.py
"""

from __future__ import annotations

from dataclasses import replace
from time import process_time

from kafka_sizing import zipf_keys
from kafka_sizing.topic import (
    Cluster,
    Group,
    Keys,
    Retries,
    TopicDesign,
    Traffic,
    plan_topic,
)

DESIGN = TopicDesign(
    name="orders",
    traffic=Traffic(write_bytes_per_s=20e6, record_bytes=500, peak_ratio=3, compression_ratio=3),
    groups=[Group(name="billing", member_records_per_s=4_500, outage_s=3_600)],
    retries=Retries(delays_s=(5, 60), failing_fraction=0.01),
    cluster=Cluster(brokers=6, limits="MSK Standard m5.4xlarge"),
)


def main() -> None:
    """Print a line for each design, the first call included."""
    print("design                            CPU [ms]")
    print(f"without keys, first call        {cpu_ms(DESIGN):>10.1f}")
    print(f"without keys                    {cpu_ms(DESIGN):>10.1f}")
    for exponent in (0.5, 0.9, 1.2):
        keys = Keys(loads=zipf_keys(1_000_000, exponent=exponent, total=1))
        took_ms = cpu_ms(replace(DESIGN, keys=keys))
        print(f"1 M keys, Zipf {exponent}              {took_ms:>10.1f}")


def cpu_ms(design: TopicDesign) -> float:
    """Plan, and give the CPU time of this process. [ms]"""
    before = process_time()
    plan_topic(design)
    return 1_000 * (process_time() - before)


if __name__ == "__main__":
    main()
