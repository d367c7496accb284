"""Key logs in files of any size in; `KeyLoads` out."""
# ruff: noqa: S608 - what stands in a query is quoted by `records`

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.intake import as_key_column
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.serializers import Serializer, check_serializer, check_text_serializer
from kafka_sizing.sources.engine import Engine
from kafka_sizing.sources.lines import tally_lines
from kafka_sizing.sources.paths import LogFile, check_whole, find_logs
from kafka_sizing.sources.records import Records, columns_of, fields_of, missing_column, records_of
from kafka_sizing.sources.tallies import Tally, key_loads_of, written_keys
from kafka_sizing.units import LoadUnit

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[float], None]

_GOOD: Final = "isfinite(load) AND load >= 0"
_KEYLESS: Final = ("null", "absent")
_EXAMPLES: Final[dict[str, list[Any]]] = {
    "UUIDs": [uuid.UUID(int=0)],
    "written integers": [0],
    "written floats": [0.0],
}


def count_key_files(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    key: str | None = None,
    load: str | None = None,
    unit: LoadUnit | None = None,
    serializer: Serializer | None = None,
    progress: Progress | None = None,
) -> KeyLoads:
    r"""Count how much each key writes in logs that need not fit in memory.

    DuckDB groups the records in 512 MB and spills what is beyond to a temporary folder; only
    distinct keys come back. Keys keep their exact bytes: ``007`` in a CSV file is text of three
    bytes.

    Parameters
    ----------
    paths : path, glob or folder, or several
        CSV (.csv, .tsv), JSON lines (.jsonl, .ndjson, .json), Parquet (.parquet), or keys one
        a line (.txt); all but Parquet also in .gz or .zst.
    key : str, optional
        The column of keys; needed but for .txt. In CSV an empty field is a null key, and
        ``""`` an empty one.
    load : str, optional
        A column with the load of each row. Without it each row is one record.
    unit : {"records", "bytes", "records/s", "bytes/s"}, optional
        What loads are counted in: "bytes" by default with ``load``, else "records".
    serializer : str, optional
        How keys become bytes: "string", "int32", "int64" …; needed for columns of numbers and
        UUIDs. For CSV it says what the text stands for.
    progress : callable, optional
        Hears the share of the work that is done, a number in [0, 1], now and then.

    Returns
    -------
    KeyLoads
        The distinct keys in the order of their bytes. Null keys are in ``null_load``.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or nothing matches a glob.
    TypeError
        If keys are of mixed types or need a serializer.
    ValueError
        If a file is not what its name says or cannot be read, a column is missing, a load is
        negative or missing, or no record has a key.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from kafka_sizing.sources import count_key_files
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "log.csv")
    ...     _ = path.write_text("carrier,bytes\nUA,300\nB6,100\n")
    ...     count_key_files(path, key="carrier", load="bytes")
    KeyLoads(2 keys, total=400 B, hottest='UA' 75.0 %)
    """
    check_serializer(serializer)
    logs = find_logs(paths)
    lines = [log for log in logs if log.format == "keys one a line"]
    tables = [log for log in logs if log.format != "keys one a line"]
    _check_lines(lines, key, load)
    for log in logs:
        check_whole(log)
    tallies = [_tally_file(log, serializer) for log in lines]
    if tables:
        with Engine() as engine:
            if key is None:
                columns = columns_of(tables[0], engine)
                raise ValueError(
                    f"key must be one of the columns {columns} of {tables[0].path}, got none"
                )
            wanted = _Wanted(key=key, load=load, serializer=serializer)
            tallies.append(_tally_tables(engine, tables, wanted, progress))
    return key_loads_of(
        Tally.merged(tallies),
        unit=unit or ("bytes" if load else "records"),
        name=_names(logs),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    key: str
    load: str | None
    serializer: Serializer | None


def _check_lines(lines: Sequence[LogFile], key: str | None, load: str | None) -> None:
    if lines and (key is not None or load is not None):
        given = f"key={key!r}" if key is not None else f"load={load!r}"
        raise ValueError(
            f"{lines[0].path} must be a table to have columns, got {given}; .txt holds keys one "
            "a line"
        )


def _tally_file(log: LogFile, serializer: Serializer | None) -> Tally:
    with log.open() as stream:
        tally = tally_lines(stream)
    return Tally.of(written_keys(tally.keys, serializer, name=log.path), tally.loads)


def _tally_tables(
    engine: Engine, logs: Sequence[LogFile], wanted: _Wanted, progress: Progress | None
) -> Tally:
    key, load = wanted.key, wanted.load
    parts = records_of(logs, engine, key=key, load=load)
    _check_one_type(parts, key)
    union = " UNION ALL ".join(part.select for part in parts)
    held = "held" if any(part.held is None for part in parts) else "'text' AS held"
    by = "key, held" if held == "held" else "key"
    sums = "count(*)::DOUBLE AS records"
    if load is not None:
        sums += (
            f", coalesce(fsum(load) FILTER ({_GOOD}), 0) AS load"
            f", coalesce(fsum(load * load) FILTER ({_GOOD}), 0) AS square"
            f", count_if(coalesce(NOT ({_GOOD}), true))::DOUBLE AS wrong"
        )
    table = engine.table(
        f"SELECT key, {held}, {sums} FROM ({union}) GROUP BY {by} ORDER BY {by}",
        logs,
        progress,
    )
    if load is not None and (wrong := _sum(table, "wrong")):
        raise _wrong_loads(engine, logs, union, load, round(wrong))
    return _tally(table, parts, engine, wanted)


def _check_one_type(parts: Sequence[Records], key: str) -> None:
    """Refuse files whose keys cannot be compared: numbers here, text there."""
    same = {"written text": "text", "bytes": "text", None: "text", "big integers": "integers"}
    kinds = {same.get(part.held, part.held): part for part in parts}
    if len(kinds) > 1:
        seen = ", ".join(f"{kind} in {part.logs[0].path}" for kind, part in kinds.items())
        raise TypeError(f"{key} must be of one type in all files, got {seen}")


def _wrong_loads(
    engine: Engine,
    logs: Sequence[LogFile],
    union: str,
    load: str,
    wrong: int,
) -> ValueError:
    ((shown,),) = engine.rows(
        f"SELECT load_text FROM ({union}) WHERE coalesce(NOT ({_GOOD}), true) "
        "ORDER BY load_text NULLS LAST LIMIT 1",
        logs,
    )
    first = next((log for log in logs if log.format in ("JSON lines", "JSON")), None)
    if shown is None and first is not None:
        fields = fields_of([first], engine)
        if load not in fields:
            return missing_column(first.path, "load", load, fields)
    came = "null" if shown is None else repr(shown[:40])
    return ValueError(
        f"{load} must be a finite number >= 0 in every record, got {came} "
        f"({_records(wrong)} like this)"
    )


def _tally(table: pa.Table, parts: Sequence[Records], engine: Engine, wanted: _Wanted) -> Tally:
    records = table["records"].to_numpy()
    loads = records if wanted.load is None else table["load"].to_numpy()
    squares = float(records.sum()) if wanted.load is None else _sum(table, "square")
    null = table["key"].is_null().to_numpy()
    held = _held(table, parts, engine, wanted)
    keys = table["key"].filter(table["key"].is_valid())
    column = _column(keys, held, wanted)
    distinct = Tally.of(column, loads[~null]) if _may_merge(held, wanted.serializer) else None
    return Tally(
        keys=distinct.keys if distinct else column,
        loads=distinct.loads if distinct else loads[~null],
        null_load=float(loads[null].sum()),
        records=round(float(records.sum())),
        squares=squares,
    )


def _held(table: pa.Table, parts: Sequence[Records], engine: Engine, wanted: _Wanted) -> str:
    """Say what the keys are, now that all records were seen."""
    if all(part.held is not None for part in parts):
        kinds = {part.held for part in parts}
        return str(kinds.pop()) if len(kinds) == 1 else "bytes"
    rows = table.group_by("held").aggregate([("records", "sum")]).to_pylist()
    counts = {row["held"]: round(row["records_sum"]) for row in rows}
    logs = [log for part in parts if part.held is None for log in part.logs]
    if "no object" in counts:
        raise ValueError(
            f"{_names(logs)} must hold JSON objects, got "
            f"{_records(counts['no object'])} of another kind"
        )
    if set(counts) == {"absent"}:
        raise missing_column(logs[0].path, "key", wanted.key, fields_of(logs, engine))
    seen = {kind: count for kind, count in counts.items() if kind not in _KEYLESS}
    if set(seen) == {"integers", "floats"} and str(wanted.serializer).startswith("float"):
        return "written floats"
    if len(seen) > 1:
        listed = ", ".join(f"{kind} in {_records(count)}" for kind, count in sorted(seen.items()))
        raise TypeError(f"{wanted.key} must be of one type, got {listed}")
    kind = next(iter(seen), "text")
    if kind in ("booleans", "objects", "arrays"):
        raise TypeError(
            f"{wanted.key} must be text or numbers, got {kind} in {_records(seen[kind])}"
        )
    return "text" if kind == "text" else f"written {kind}"


def _column(keys: pa.ChunkedArray, held: str, wanted: _Wanted) -> KeyColumn:
    """Write keys as the serializer does."""
    key, serializer = wanted.key, wanted.serializer
    if held in ("integers", "big integers", "floats"):
        return as_key_column(keys, name=key, serializer=serializer)
    column = as_key_column(keys, name=key)
    if held in ("text", "bytes"):
        check_text_serializer("text" if held == "text" else "bytes", serializer, name=key)
        return column
    if held == "written text":
        return written_keys(column, serializer, name=key)
    as_key_column(_EXAMPLES[held], name=key, serializer=serializer)  # refuses what does not fit
    return column if held == "UUIDs" else written_keys(column, serializer, name=key)


def _may_merge(held: str, serializer: Serializer | None) -> bool:
    """Say whether two keys that differ in the file may be the same bytes: ``7`` and ``007``."""
    if serializer == "float32":
        return True
    return held.startswith("written") and serializer not in (None, "string", "bytes")


def _sum(table: pa.Table, column: str) -> float:
    return float(np.asarray(table[column].to_numpy()).sum())


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"


def _names(logs: Sequence[LogFile]) -> str:
    first = logs[0].path
    return first if len(logs) == 1 else f"{first} and {len(logs) - 1} files more"
