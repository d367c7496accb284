"""Time and weigh counting as logs grow, and sweeps as counts do.

Run: python tests/benchmarks/bench_growth.py [LARGEST]     (rows; needs the extra dev, and 5 GB)
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from bench_sweep import keys_of
from key_logs import write_key_log
from table import Row, Table, apart, best_s, show, tell

from kafka_sizing import sweep_partitions
from kafka_sizing.sources import count_key_files

SIZES = [
    (1_000_000, 1_000),
    (1_000_000, 1_000_000),
    (10_000_000, 1_000_000),
    (100_000_000, 1_000),
    (100_000_000, 1_000_000),
    (100_000_000, 10_000_000),
    (500_000_000, 100_000_000),
]
MEMORY_BYTES = 2**30
COUNTS = [1, 10, 100, 1_000, 10_000]
KEYS = 1_000_000


def count(path: str) -> None:
    """Count one log, once, in a process of its own."""
    begin = time.perf_counter()
    keys = count_key_files(path, key="key", memory_bytes=MEMORY_BYTES)
    print(keys)
    tell(time.perf_counter() - begin)


def counted(records: int, distinct: int) -> tuple[float, float]:
    """Make a log and count it; give the seconds of the counting, and its peak MiB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log.parquet")
        write_key_log(path, rows=records, distinct=distinct)
        return apart(__file__, "count", path)


def counting(largest: int) -> Table:
    counted(*SIZES[0])  # kernels are compiled once and kept
    rows = []
    for records, distinct in SIZES:
        if records > largest:
            continue
        seconds, peak = counted(records, distinct)
        rows.append(
            Row(
                what=f"{records / 1e6:g} M rows, {distinct:,} distinct keys",
                measured=seconds,
                unit="s, first call of a process",
                bar="≤ 2,048 MiB" if distinct == 100_000_000 else "",
                peak_mib=peak,
            )
        )
    return Table(
        title="Counting, as logs grow",
        rows=rows,
        note=(
            "memory_bytes is 1 GiB; peak memory is of the whole process, reading included. With "
            "100 M distinct keys the log is read twice, and heavy keys are exact."
        ),
    )


def sweeping() -> Table:
    keys = keys_of(KEYS)
    rows = [
        Row(
            what=f"1 … {most:,}",
            measured=best_s(lambda: sweep_partitions(keys, range(1, most + 1)), 2),  # noqa: B023
            unit="s",
        )
        for most in COUNTS
    ]
    return Table(title=f"Sweep of {KEYS / 1e6:g} M keys, as counts grow", rows=rows)


def tables(largest: int = SIZES[-1][0]) -> list[Table]:
    """Let logs grow, then counts."""
    return [counting(largest), sweeping()]


if __name__ == "__main__":
    if "--only" in sys.argv:
        count(sys.argv[3])
    else:
        given = [word for word in sys.argv[1:] if word != "--json"]
        show(*tables(*map(int, given)), as_json="--json" in sys.argv)
