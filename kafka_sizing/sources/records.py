"""Key logs, a key column and a load column in; the SQL that gives their records out."""
# ruff: noqa: S608 - all names and paths go through `_quoted` and `_literal`

from __future__ import annotations

import csv
import glob
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from kafka_sizing._checks import nearest
from kafka_sizing.sources.engine import Engine
from kafka_sizing.sources.parquet import readable
from kafka_sizing.sources.paths import LogFile

Held = Literal["text", "written text", "bytes", "integers", "big integers", "floats", "UUIDs"]

KINDS: Final = (
    "null", "absent", "no object",
    "text", "integers", "floats", "booleans", "objects", "arrays",
)  # fmt: skip
KEYLESS: Final = KINDS[:2]
_JSON_KINDS: Final = {
    "": "absent",
    "NULL": "null",
    "VARCHAR": "text",
    "BIGINT": "integers",
    "UBIGINT": "integers",
    "DOUBLE": "floats",
    "BOOLEAN": "booleans",
    "OBJECT": "objects",
    "ARRAY": "arrays",
}
_INTEGERS: Final = (
    "TINYINT SMALLINT INTEGER BIGINT UTINYINT USMALLINT UINTEGER".split()  # noqa: SIM905
)
_FLOATS: Final = ("FLOAT", "DOUBLE")
_DELIMITERS: Final = {"CSV": ",;\t|", "TSV": "\t"}
_CSV_OPTIONS: Final = (
    "auto_detect = false, header = true, quote = '\"', escape = '\"', nullstr = '', "
    "allow_quoted_nulls = false"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records of files that are read alike: a SELECT of key, load and load_text.

    ``load_text`` is the load as it stands in the file, for an error to quote. Where each record
    says what its key is, ``kind`` is a number: a place in `KINDS`.
    """

    logs: tuple[LogFile, ...]
    held: Held | None  #: what keys are; None: each record says so itself
    select: str

    def query(self, *, load: bool) -> str:
        """Give the SELECT of what is needed of each record."""
        columns = ["key", *(["kind"] if self.held is None else []), *(["load"] if load else [])]
        return f"SELECT {', '.join(columns)} FROM ({self.select})"


def records_of(
    logs: Sequence[LogFile], engine: Engine, *, key: str, load: str | None
) -> list[Records]:
    """Check every file's columns; group the files that one SELECT can read."""
    alike: dict[tuple[Any, ...], list[LogFile]] = {}
    for log in logs:
        match log.format:
            case "CSV" | "TSV":
                layout: tuple[Any, ...] = _csv_layout(log, key, load)
            case "Parquet":
                layout = _parquet_layout(log, engine, key, load)
            case _:
                layout = ()
        alike.setdefault((log.format, log.compression, *layout), []).append(log)
    return [_read(tuple(files), layout[2:], key, load) for layout, files in alike.items()]


def missing_column(name: str, argument: str, column: str, columns: Collection[str]) -> ValueError:
    """Say which columns there are, and which look like the one asked for."""
    return ValueError(
        f"{argument} must be one of the columns {list(columns)} of {name}, got {column!r}"
        f"{nearest(column, columns)}"
    )


def columns_of(log: LogFile, engine: Engine) -> list[str]:
    """List the names of the columns of a file."""
    match log.format:
        case "CSV" | "TSV":
            headers = [_header(log, delimiter) for delimiter in _DELIMITERS[log.format]]
            return max(headers, key=len)
        case "Parquet":
            return [name for name, _, _ in _parquet_columns(log, engine)]
        case _:
            return fields_of([log], engine)


def fields_of(logs: Sequence[LogFile], engine: Engine) -> list[str]:
    """List the names of the fields of the first JSON records."""
    (first, *_) = logs
    rows = engine.rows(
        "SELECT DISTINCT unnest(json_keys(json)) "
        f"FROM (SELECT json FROM {_json([first])} LIMIT 100) "
        "WHERE json_type(json) = 'OBJECT' ORDER BY ALL",
        [first],
    )
    return [name for (name,) in rows]


def _read(
    logs: tuple[LogFile, ...], layout: tuple[Any, ...], key: str, load: str | None
) -> Records:
    match logs[0].format:
        case "CSV" | "TSV":
            return _csv_records(logs, *layout)
        case "Parquet":
            return _parquet_records(logs, *layout)
        case _:
            return _json_records(logs, key, load)


def _csv_layout(log: LogFile, key: str, load: str | None) -> tuple[str, int, int, int | None]:
    """Find the delimiter, the number of columns, and where the key and the load stand."""
    wanted = {"key": key} | ({} if load is None else {"load": load})
    headers = {delimiter: _header(log, delimiter) for delimiter in _DELIMITERS[log.format]}
    fitting = (one for one, names in headers.items() if set(wanted.values()) <= set(names))
    delimiter = next(fitting, None)
    if delimiter is None:
        names = max(headers.values(), key=len)
        argument = next(name for name, column in wanted.items() if column not in names)
        raise missing_column(log.path, argument, wanted[argument], names)
    names = headers[delimiter]
    for argument, column in wanted.items():
        _check_one(log, argument, column, names)
    return delimiter, len(names), names.index(key), None if load is None else names.index(load)


def _check_one(log: LogFile, argument: str, column: str, names: Sequence[str]) -> None:
    """Refuse a name that several columns bear."""
    if names.count(column) > 1:
        raise ValueError(
            f"{argument} must name one column of {log.path}, got {column!r}, "
            f"which stands there {names.count(column)} times"
        )


def _header(log: LogFile, delimiter: str) -> list[str]:
    with log.open() as stream:
        text = io.TextIOWrapper(
            io.BufferedReader(stream), "utf-8-sig", errors="surrogateescape", newline=""
        )
        try:
            names = next(csv.reader(text, delimiter=delimiter), [])
        except csv.Error as error:
            raise ValueError(f"{log.path} must begin with column names: {error}") from error
    if any("\udc80" <= letter <= "\udcff" for name in names for letter in name):
        raise ValueError(f"{log.path} must hold UTF-8 text, got other bytes in line 1")
    return names


def _csv_records(
    logs: tuple[LogFile, ...], delimiter: str, width: int, key_at: int, load_at: int | None
) -> Records:
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(width))
    compression = logs[0].compression or "none"
    load = "NULL" if load_at is None else f"c{load_at}"
    return Records(
        logs=logs,
        held="written text",
        select=(
            f"SELECT encode(c{key_at}) AS key, "
            f"TRY_CAST({load} AS DOUBLE) AS load, {load} AS load_text "
            f"FROM read_csv({_paths(logs)}, columns = {{{columns}}}, delim = '{delimiter}', "
            f"compression = '{compression}', {_CSV_OPTIONS})"
        ),
    )


def _parquet_columns(log: LogFile, engine: Engine) -> list[tuple[str, str, str]]:
    """List each column's name, its type, and what DuckDB calls it.

    DuckDB tells no letters of two cases apart, and calls a second column of a name another way.
    """
    import pyarrow.parquet as pq

    rows = engine.rows(
        "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "
        f"read_parquet({_paths([log])}, hive_partitioning = false))",
        [log],
    )
    with readable(log.path):
        names = pq.read_schema(log.path).names
    return [(name, kind, called) for name, (called, kind) in zip(names, rows, strict=True)]


def _parquet_layout(
    log: LogFile, engine: Engine, key: str, load: str | None
) -> tuple[Held, str, str | None]:
    """Say what keys are, and what DuckDB calls their column and that of loads."""
    columns = _parquet_columns(log, engine)
    names = [name for name, _, _ in columns]
    for argument, column in (("key", key), ("load", load)):
        if column is not None:
            if column not in names:
                raise missing_column(log.path, argument, column, names)
            _check_one(log, argument, column, names)
    _, key_type, key_called = columns[names.index(key)]
    held = _held(key_type, key, log)
    if load is None:
        return held, key_called, None
    _, load_type, load_called = columns[names.index(load)]
    if not _is_number(load_type):
        raise TypeError(
            f"load must be a column of numbers, got {load!r} of type {load_type} in {log.path}"
        )
    return held, key_called, load_called


def _held(kind: str, key: str, log: LogFile) -> Held:
    if kind in ("VARCHAR", "JSON"):
        return "text"
    if kind == "BLOB":
        return "bytes"
    if kind in _INTEGERS:
        return "integers"
    if kind == "UBIGINT":
        return "big integers"
    if kind in _FLOATS:
        return "floats"
    if kind == "UUID":
        return "UUIDs"
    raise TypeError(
        f"key must be a column of text, bytes, numbers or UUIDs, got {key!r} of type {kind} "
        f"in {log.path}"
    )


def _is_number(kind: str) -> bool:
    return kind in (*_INTEGERS, *_FLOATS, "UBIGINT") or kind.startswith("DECIMAL")


def _parquet_records(logs: tuple[LogFile, ...], held: Held, key: str, load: str | None) -> Records:
    column = _quoted(key)
    read = {
        "text": f"encode({column})",
        "bytes": column,
        "integers": f"CAST({column} AS BIGINT)",
        "big integers": column,
        "floats": f"CAST({column} AS DOUBLE)",
        "UUIDs": f"encode(CAST({column} AS VARCHAR))",
    }[held]
    amount = "NULL" if load is None else _quoted(load)
    return Records(
        logs=logs,
        held=held,
        select=(
            f"SELECT {read} AS key, CAST({amount} AS DOUBLE) AS load, "
            f"CAST({amount} AS VARCHAR) AS load_text "
            f"FROM read_parquet({_paths(logs)}, hive_partitioning = false)"
        ),
    )


def _json_records(logs: tuple[LogFile, ...], key: str, load: str | None) -> Records:
    """Read two fields of each object; a JSON pointer names them whatever their letters."""
    key_at, load_at = _literal(_pointer(key)), _literal(_pointer(load or ""))
    amount = "NULL" if load is None else f"json_extract(json, {load_at})"
    at = {kind: place for place, kind in enumerate(KINDS)}
    kinds = " ".join(f"WHEN '{name}' THEN {at[kind]}" for name, kind in _JSON_KINDS.items())
    return Records(
        logs=logs,
        held=None,
        select=(
            f"SELECT CASE WHEN kind NOT IN ({at['null']}, {at['absent']}) "
            "THEN encode(key ->> '$') END AS key, kind, "
            "CASE WHEN json_type(amount) IN ('BIGINT', 'UBIGINT', 'DOUBLE') "
            "THEN CAST(amount AS DOUBLE) END AS load, CAST(amount AS VARCHAR) AS load_text "
            f"FROM (SELECT key, amount, CASE WHEN whole <> 'OBJECT' THEN {at['no object']} "
            f"ELSE CASE coalesce(json_type(key), '') {kinds} END END::TINYINT AS kind "
            f"FROM (SELECT json_type(json) AS whole, json_extract(json, {key_at}) AS key, "
            f"{amount} AS amount FROM {_json(logs)}))"
        ),
    )


def _json(logs: Sequence[LogFile]) -> str:
    layout = "newline_delimited" if logs[0].format == "JSON lines" else "auto"
    compression = logs[0].compression or "uncompressed"
    return f"read_json_objects({_paths(logs)}, format = '{layout}', compression = '{compression}')"


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _paths(logs: Sequence[LogFile]) -> str:
    """Name files so that DuckDB reads no pattern into their names."""
    return f"[{', '.join(_literal(glob.escape(log.path)) for log in logs)}]"


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
