"""Print, as Markdown, how often intervals hold, and how often the test of a hash rejects wrongly.

Run: python tests/benchmarks/interval_coverage.py [samples]
"""

import sys

import numpy as np
from scipy.stats import chi2

from kafka_sizing import PartitionLoads
from kafka_sizing.partitions import hottest_share_interval

LEADERS = {
    "one, 3 × the even share": (3.0,),
    "one, 1.5 × the even share": (1.5,),
    "two, both 2 ×": (2.0, 2.0),
    "two, 2 × and 1.95 ×": (2.0, 1.95),
    "five, all 2 ×": (2.0,) * 5,
    "none: all even": (),
}
RECORDS = (1_000, 10_000, 100_000)
PARTITIONS = (12, 48)
KEYS = 1_000
EXPONENTS = (0.0, 0.5, 0.8, 1.0, 1.5)
HASHES = 4_000
LEVEL = 0.05


def main(samples: int = 1_000) -> None:
    print_coverage(samples)
    print_sizes()


def print_coverage(samples: int) -> None:
    """How often the true share of the hottest partition lies in the interval of a sample."""
    print("| partitions | leading | records | hottest again | bootstrap | exact | width ratio |")
    print("|--:|---|--:|--:|--:|--:|--:|")
    for partitions in PARTITIONS:
        for name, leaders in LEADERS.items():
            for records in RECORDS:
                row = coverage(population(partitions, leaders), records, samples)
                cells = " | ".join(f"{cell:.2f}" for cell in row)
                print(f"| {partitions} | {name} | {records:,} | {cells} |", flush=True)
    print()


def population(partitions: int, leaders: tuple[float, ...]) -> np.ndarray:
    """Give shares with these multiples of the even share, the others even."""
    rest = (partitions - sum(leaders)) / (partitions - len(leaders))
    shares = np.full(partitions, rest)
    shares[: len(leaders)] = leaders
    return shares / partitions


def coverage(shares: np.ndarray, records: int, samples: int) -> tuple[float, ...]:
    rng = np.random.default_rng([records, shares.size])
    again, held, held_exactly, widths = [], 0, 0, []
    for _ in range(samples):
        loads = PartitionLoads(loads=rng.multinomial(records, shares))
        drawn = hottest_share_interval(
            loads, records=records, method="bootstrap", draws=1_000, rng=rng
        )
        exact = hottest_share_interval(loads, records=records)
        again.append(drawn.hottest_again_share)
        held += drawn.low <= shares.max() <= drawn.high
        held_exactly += exact.low <= shares.max() <= exact.high
        widths.append((exact.high - exact.low) / (drawn.high - drawn.low))
    return (
        float(np.median(again)),
        held / samples,
        held_exactly / samples,
        float(np.median(widths)),
    )


def print_sizes() -> None:
    """How often a random hash is rejected at 5 %: X² alone, and X² / phi."""
    print("| Zipf exponent | heaviest key's part of sum c² |", end="")
    print(" | ".join(f" N = {n}: X² | X² / phi" for n in PARTITIONS), "|")
    print("|--:|--:|" + "--:|--:|" * len(PARTITIONS))
    for exponent in EXPONENTS:
        records = np.round(100_000 * shares_of(exponent))
        cells = [f"{size:.3f}" for n in PARTITIONS for size in sizes(records[records > 0], n)]
        part = float(records.max() ** 2 / np.square(records).sum())
        print(f"| {exponent} | {part:.2f} |", " | ".join(cells), "|", flush=True)


def shares_of(exponent: float) -> np.ndarray:
    weights = np.arange(1.0, KEYS + 1) ** -exponent
    return weights / weights.sum()


def sizes(records: np.ndarray, partitions: int) -> tuple[float, float]:
    rng = np.random.default_rng(partitions)
    even = records.sum() / partitions
    line = chi2.isf(LEVEL, partitions - 1)
    phi = np.square(records).sum() / records.sum()
    squares = np.array(
        [
            np.square(np.bincount(placed, records, partitions) - even).sum() / even
            for placed in rng.integers(0, partitions, (HASHES, records.size))
        ]
    )
    return float((squares > line).mean()), float((squares / phi > line).mean())


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
