"""Print, as Markdown, how often find_hot calls a partition hot where every key writes the same.

Run: python tests/benchmarks/false_alarms.py [samples]

Each cell: in how many samples one partition or more was called hot, noise aside. "exact" is
reckoned from the distribution of the largest partition, and no sample is drawn. With the line at
1.5 × the even share, find_hot's own, and at the even share itself, where alarms are likeliest.
"""

import sys
from collections.abc import Callable, Iterator

import numpy as np

from kafka_sizing import KeyLoads, PartitionLoads, find_hot, place
from kafka_sizing.keys import uniform_keys
from kafka_sizing.keys.loads import kish
from kafka_sizing.partitions import chance_on_line, sampling_noise

RECORDS = (1_000, 10_000, 100_000, 1_000_000)
PARTITIONS = (6, 12, 48, 100, 500)
EVEN_KEYS = 100_000
RECORDS_DRAWN = 20_000_000  # of keys, per cell: fewer samples of the large ones
LEVEL = 0.05

Sample = Callable[[int, int, np.random.Generator], PartitionLoads]


def main(samples: int = 1_000) -> None:
    print("| line | sample of | records |", " | ".join(f"N = {n}" for n in PARTITIONS), "|")
    print("|---|---|--:|" + "--:|" * len(PARTITIONS))
    for name, sample, ratio in cases():
        for records in RECORDS:
            cells = [alarms(sample, records, n, ratio, samples) for n in PARTITIONS]
            print(
                f"| {ratio:g} × even | {name} | {records:,} |", " | ".join(cells), "|", flush=True
            )


def cases() -> Iterator[tuple[str, Sample | None, float]]:
    """Name what is sampled, how, and against which line."""
    for ratio in (1.5, 1.0):
        yield "even partitions, exact", None, ratio
        yield "distinct keys, one record each", distinct_keys, ratio
    yield f"{EVEN_KEYS:,} even keys", repeated_keys, 1.5
    yield "distinct keys, log-normal bytes", heavy_records, 1.5


def alarms(sample: Sample | None, records: int, partitions: int, ratio: float, most: int) -> str:
    """Give the share of the samples in which something is called hot."""
    if sample is None:
        return f"{exact_chance(records, partitions, ratio):.2%}"
    samples = min(most, RECORDS_DRAWN // records)
    alarmed = sum(
        is_alarmed(sample, records, partitions, ratio, np.random.default_rng([seed, records]))
        for seed in range(samples)
    )
    return f"{alarmed} of {samples:,}"


def is_alarmed(
    sample: Sample, records: int, partitions: int, ratio: float, rng: np.random.Generator
) -> bool:
    loads = sample(records, partitions, rng)
    return not find_hot(loads, ratio=ratio, most_partitions=partitions).fits


def exact_chance(records: int, partitions: int, ratio: float) -> float:
    """Give the chance that the largest of even partitions reaches what is called hot."""
    noise = sampling_noise(records, partitions=partitions)
    line = ratio / partitions
    for count in noise.most_records.tolist():
        if count > line * records:
            chance = chance_on_line(count, records, line_share=line, among=partitions)
            if chance <= LEVEL:
                return noise.chance_of(count / noise.even_records)
    return 0.0


def distinct_keys(records: int, partitions: int, rng: np.random.Generator) -> PartitionLoads:
    prefix = f"user-{rng.integers(10**12)}-"
    keys = uniform_keys(records, total=records, prefix=prefix)
    return place(counted(keys, keys.loads), partitions)


def repeated_keys(records: int, partitions: int, rng: np.random.Generator) -> PartitionLoads:
    prefix = f"user-{rng.integers(10**12)}-"
    keys = uniform_keys(EVEN_KEYS, total=records, loads="sampled", prefix=prefix, rng=rng)
    return place(keys, partitions)


def heavy_records(records: int, partitions: int, rng: np.random.Generator) -> PartitionLoads:
    keys = uniform_keys(records, total=records, prefix=f"user-{rng.integers(10**12)}-")
    return place(counted(keys, 1_000 * rng.lognormal(sigma=1, size=records)), partitions)


def counted(keys: KeyLoads, loads: np.ndarray) -> KeyLoads:
    """Give the keys of a sample of one record each."""
    unit = "records" if (loads == 1).all() else "bytes"
    return KeyLoads(keys.keys, loads, unit=unit, sample_size=kish(loads))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
