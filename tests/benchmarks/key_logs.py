"""Key logs of any size, made by DuckDB in bounded memory: the same rows for the same numbers."""

from __future__ import annotations

import math
from pathlib import Path

import duckdb


def write_key_log(path: Path, *, rows: int, distinct: int, exponent: float = 1.1) -> None:
    """Write Parquet of `rows` keys: each of `distinct` once, all further ones by Zipf's law.

    Ranks come from the law's continuous form turned around; the hash of a row's number is its
    chance, so that threads give the same log.
    """
    if path.exists():
        return
    # F(x) = (1 - x ** (1 - s)) / (1 - (d + 1) ** (1 - s)) for x in 1 … d + 1
    power = 1.0 - exponent
    whole = 1.0 - (distinct + 1.0) ** power
    chance = "(hash(row) / 18446744073709551616.0)"
    rank = f"least(floor(power(1.0 - {chance} * {whole}, {1.0 / power})), {distinct})::BIGINT - 1"
    step = _coprime_step(distinct)
    query = f"""
        SELECT 'user-' || ((id * {step}) % {distinct}) AS key, 100 + hash(row, 1) % 1900 AS bytes
        FROM (SELECT row, CASE WHEN row < {distinct} THEN row ELSE {rank} END AS id
              FROM (SELECT (range * {_coprime_step(rows)}) % {rows} AS row FROM range({rows})))
    """
    part = path.with_suffix(".part")
    with duckdb.connect(config={"memory_limit": "1GB", "preserve_insertion_order": "false"}) as db:
        db.execute(f"COPY ({query}) TO '{part}' (FORMAT parquet, ROW_GROUP_SIZE 1000000)")
    part.rename(path)


def _coprime_step(n: int) -> int:
    """A step through 0 … n - 1 that meets each once and scatters neighbours."""
    step = int(n * 0.6180339887) | 1
    while math.gcd(step, n) != 1:
        step += 2
    return step
