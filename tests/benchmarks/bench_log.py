"""Time a key log from its file to the answer, side by side with SQL engines.

Run: python tests/benchmarks/bench_log.py [ROWS] [KEYS]     (needs the extra dev)
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from key_logs import write_key_log
from table import Row, Table, apart, best_s, one_core, show, tell

from kafka_sizing.keys import fast

ROWS = 20_000_000
KEYS = 2_000_000
PARTITIONS = 48
TOP = 100
TURNS = 4  # each contender again when all have had their turn


def ours(path: str, counts: range) -> tuple[object, ...]:
    """Loads at each count, and the heaviest keys with their partitions."""
    from kafka_sizing import partition_of, place, sweep_partitions
    from kafka_sizing.sources import count_key_files

    keys = count_key_files(path, key="key")
    top = keys.heaviest(TOP)
    heaviest = keys.key_shares(top), partition_of(keys.keys.take(top), PARTITIONS)
    if len(counts) == 1:
        return place(keys, counts[0]), heaviest
    return sweep_partitions(keys, counts), heaviest


def chdb(path: str) -> Callable[[], object]:
    """Give ClickHouse's two queries: records of each partition, and the heaviest keys."""
    from chdb.session import Session

    session = Session()
    number = "bitAnd(kafkaMurmurHash(key), 0x7fffffff)"
    loads = (
        f"SELECT {number} % {PARTITIONS} AS at, count() FROM file('{path}', Parquet) "
        "GROUP BY at ORDER BY at"
    )
    top = (
        f"SELECT key, count() AS records, {number} % {PARTITIONS} FROM file('{path}', Parquet) "
        f"GROUP BY key ORDER BY records DESC LIMIT {TOP}"
    )
    return lambda: (session.query(loads), session.query(top))


def duckdb(path: str) -> Callable[[], object]:
    """Give DuckDB's one query: it has no such hash."""
    import duckdb

    query = f"SELECT key, count(*) AS n FROM '{path}' GROUP BY key ORDER BY n DESC LIMIT {TOP}"
    return lambda: duckdb.sql(query).fetchall()


def polars(path: str) -> Callable[[], object]:
    """Give Polars' one query: it has no such hash."""
    import polars as pl

    grouped = pl.scan_parquet(path).group_by("key").agg(pl.len()).top_k(TOP, by="len")
    return lambda: grouped.collect(engine="streaming")


def decoding(path: str) -> Callable[[], object]:
    """Let PyArrow decode the keys on all cores and drop them: nobody who uses it is faster."""
    from concurrent.futures import ThreadPoolExecutor

    groups = range(pq.read_metadata(path).num_row_groups)

    def decode(group: int) -> int:
        file = pq.ParquetFile(path)
        some = file.iter_batches(2**15, row_groups=[group], columns=["key"], use_threads=False)
        return sum(map(len, some))

    def run() -> int:
        with ThreadPoolExecutor(fast.workers()) as pool:
            return sum(pool.map(decode, groups))

    return run


CONTENDERS: dict[str, Callable[[str], Callable[[], object]]] = {
    "chdb, loads and top keys: two queries": chdb,
    "kafka_sizing, 1 count and top keys": lambda path: lambda: ours(path, range(48, 49)),
    "kafka_sizing, 200 counts and top keys": lambda path: lambda: ours(path, range(1, 201)),
    "PyArrow, decoding the keys and nothing else": decoding,
    "DuckDB, top keys only": duckdb,
    "Polars, top keys only": polars,
}
BARS = {
    "kafka_sizing, 1 count and top keys": "≤ 0.8",
    "kafka_sizing, 200 counts and top keys": "≤ 1.3",
}


def table_of(path: Path, title: str) -> Table:
    """Time every contender in processes of its own, in turns."""
    best: dict[str, tuple[float, float]] = {}
    for _ in range(TURNS):
        for what in CONTENDERS:
            taken = apart(__file__, what, path)
            best[what] = min(best.get(what, taken), taken)
    peer = best["chdb, loads and top keys: two queries"][0]
    rows = [
        Row(
            what=what,
            measured=seconds,
            unit="s",
            ratio=seconds / peer,
            bar=BARS.get(what, ""),
            peak_mib=peak,
        )
        for what, (seconds, peak) in best.items()
    ]
    return Table(title=title, rows=rows, note="Ratios are to chdb's two queries.")


def steps(path: Path) -> Table:
    """Time what counting consists of, on one core, one after the other."""
    from kafka_sizing.keys.batches import KeyBatch
    from kafka_sizing.keys.intake import encode_keys
    from kafka_sizing.keys.table import KeyTable

    taken = dict.fromkeys(("decode", "hash", "add"), 0.0)
    begun = time.perf_counter()

    def lap(step: str) -> None:
        nonlocal begun
        now = time.perf_counter()
        taken[step] += now - begun
        begun = now

    table = KeyTable(3 * 2**28)
    with one_core():
        for batch in pq.ParquetFile(path).iter_batches(2**17, columns=["key"], use_threads=False):
            keys = encode_keys(batch.column("key"), name="key")
            lap("decode")
            hashed = KeyBatch.of(keys)
            lap("hash")
            table.add(hashed)
            lap("add")
    what = {
        "decode": "decoding the keys (PyArrow)",
        "hash": "hashing them",
        "add": "adding them to the table of all keys",
    }
    whole = sum(taken.values())
    rows = [
        Row(what=what[step], measured=seconds, unit="s on one core", ratio=seconds / whole)
        for step, seconds in taken.items()
    ]
    rows.append(Row(what="together", measured=whole, unit="s on one core", ratio=1.0))
    return Table(title="Where the time of counting that file goes", rows=rows)


def tables(rows: int = ROWS, keys: int = KEYS) -> list[Table]:
    """Time the log as PyArrow writes it: a dictionary first, plain keys when that is full."""
    with tempfile.TemporaryDirectory() as folder:
        made, path = Path(folder, "made.parquet"), Path(folder, "log.parquet")
        write_key_log(made, rows=rows, distinct=keys)
        with pq.ParquetWriter(path, pq.read_schema(made)) as writer:
            for batch in pq.ParquetFile(made).iter_batches(1_000_000):
                writer.write_table(pa.Table.from_batches([batch]))
        made.unlink()
        what = f"{rows / 1e6:g} M rows, {keys / 1e6:g} M distinct keys, Zipf 1.1"
        steps(path)  # compiles
        return [table_of(path, f"From a Parquet file to the answer: {what}"), steps(path)]


if __name__ == "__main__":
    if "--only" in sys.argv:
        contender, file = sys.argv[2:]
        tell(best_s(CONTENDERS[contender](file)))
    else:
        given = [word for word in sys.argv[1:] if word != "--json"]
        show(*tables(*map(int, given)), as_json="--json" in sys.argv)
