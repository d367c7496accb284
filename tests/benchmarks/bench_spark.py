"""Time a sketch of a Spark frame, side by side with Spark's own group-by count of it.

Run: python tests/benchmarks/bench_spark.py [ROWS] [KEYS]     (needs the extra dev)
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from table import Row, Table, show

from kafka_sizing.sources.spark import sketch_key_frame

ROWS = 20_000_000
KEYS = 2_000_000
EXPONENT = 1.1
FILES = 8
ROUNDS = 5
WARM_UPS = 2
COUNT = "groupBy(key).count()"
SUM = "groupBy(key).sum(size)"


def write_log(folder: Path, rows: int, keys: int) -> None:
    """Write a log of Zipf's law as Parquet files; the keys have 5 to 13 bytes."""
    rng = np.random.default_rng(1)
    shares = np.arange(1, keys + 1) ** -EXPONENT
    up_to = np.cumsum(shares) / shares.sum()
    names = pa.array([f"user-{rank * 2_654_435_761 % 2**32:x}" for rank in range(keys)])
    for file in range(FILES):
        here = rows // FILES + (file < rows % FILES)
        rank = np.minimum(np.searchsorted(up_to, rng.random(here)), keys - 1)
        size = rng.integers(50, 2_000, here)
        log = pa.table({"key": names.take(pa.array(rank)), "size": size})
        pq.write_table(log, folder / f"{file}.parquet")


@contextmanager
def spark_session() -> Any:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", "4g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    try:
        yield session
    finally:
        session.stop()


def tables(rows: int = ROWS, keys: int = KEYS) -> list[Table]:
    """Run all on one log, in turns, so that each round meets the same machine."""
    with tempfile.TemporaryDirectory() as folder, spark_session() as session:
        write_log(Path(folder), rows, keys)
        log = session.read.parquet(folder)
        many = range(1, 201)
        runs: dict[str, Callable[[], object]] = {
            COUNT: lambda: _executed(log.groupBy("key").count()),
            "sketch_key_frame, 1 count": lambda: sketch_key_frame(log, key="key", counts=[12]),
            "sketch_key_frame, 200 counts": lambda: sketch_key_frame(log, key="key", counts=many),
            SUM: lambda: _executed(log.groupBy("key").sum("size")),
            "sketch_key_frame, a load": lambda: sketch_key_frame(log, key="key", load="size"),
        }
        best = _best_of(runs)
    made = [
        Row(
            what=what,
            measured=seconds,
            unit="s",
            ratio=seconds / best[SUM if what in (SUM, "sketch_key_frame, a load") else COUNT],
            bar="≤ 1.3" if what.endswith(("count", "counts")) else "",
        )
        for what, seconds in best.items()
    ]
    title = f"Spark, local[2]: {rows / 1e6:g} M rows, Zipf 1.1 over {keys / 1e6:g} M keys"
    note = "Ratios are to Spark's own group-by of the same kind."
    return [Table(title=title, rows=made, note=note)]


def _executed(frame: Any) -> None:
    """Let Spark compute every row of a frame, and drop it."""
    frame.write.format("noop").mode("overwrite").save()


def _best_of(runs: dict[str, Callable[[], object]]) -> dict[str, float]:
    best = dict.fromkeys(runs, float("inf"))
    for turn in range(WARM_UPS + ROUNDS):
        for what, run in runs.items():
            begin = time.perf_counter()
            run()
            if turn >= WARM_UPS:
                best[what] = min(best[what], time.perf_counter() - begin)
    return best


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "--json"]
    show(*tables(*map(int, given)), as_json="--json" in sys.argv)
