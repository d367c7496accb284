"""A data frame past one machine in; a `KeySketch` of it out, counted where the data is."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_count, check_counts
from kafka_sizing._version import __version__
from kafka_sizing.keys.counting import count_keys
from kafka_sizing.keys.frames import as_frame, check_columns, check_numeric
from kafka_sizing.keys.intake import as_key_column
from kafka_sizing.keys.loads import sample_size_of
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.keys.serializers import Serializer, check_serializer
from kafka_sizing.keys.sketch import KeySketch, sketch_keys, sketch_of
from kafka_sizing.sources.key_parts import Facts, KeyParts, Row
from kafka_sizing.units import LOAD_UNITS, LoadUnit

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Column, DataFrame

_ROW: Final = "part int, mark long, payload binary"
_GROUPS_PER_STEP: Final = 2**17
_BYTES_PER_STEP: Final = 2**25


def sketch_key_frame(
    frame: Any,
    *,
    key: str,
    load: str | None = None,
    unit: LoadUnit | None = None,
    serializer: Serializer | None = None,
    partitioner: Partitioner | str = "java",
    counts: Iterable[int] = (),
    heavy: int = 1_000,
) -> KeySketch:
    """Count how much each key writes in a frame whose keys may be too many for one machine.

    On Spark the records and the keys stay in the cluster: Spark groups them, its workers hash
    the groups, and what comes back is the heavy keys, at most one entry per tail bin, and the
    sums at ``counts``. A frame of any other engine is counted as `count_keys` does, then made
    smaller. Spark's workers need this package of the same version, with the extra ``spark``.

    Parameters
    ----------
    frame : data frame
        Of Spark, or of any other engine that narwhals knows.
    key : str
        The column of keys.
    load : str, optional
        A column with the load of each row. Without it each row is one record.
    unit : {"records", "bytes", "records/s", "bytes/s"}, optional
        What loads are counted in: "bytes" by default with ``load``, else "records".
    serializer : str, optional
        How keys that are not text become bytes: "string", "int32", "int64" …
    partitioner : Partitioner or str, default "java"
        Whose partitions are asked for.
    counts : iterable of int, optional
        Partition counts whose loads must be exact. Those that divide `TAIL_BINS` are exact
        anyway. [1, 10,000,000]
    heavy : int, default 1,000
        How many of the heaviest keys to hold one by one; fewer where several are as heavy as
        the first that does not fit. >= 0

    Returns
    -------
    KeySketch
        The heavy keys, the loads of all others by hash, and the sums at ``counts``: exact.

    Raises
    ------
    ImportError
        If a package is missing, here or on a worker.
    TypeError
        If ``frame`` is no frame, or keys need a serializer.
    ValueError
        If a column is missing, a load is negative or missing, an argument is none of these, or
        no record has a key.

    Examples
    --------
    >>> import pandas as pd
    >>> from kafka_sizing import place
    >>> from kafka_sizing.sources import sketch_key_frame
    >>> log = pd.DataFrame({"carrier": ["UA", "B6", "UA"]})
    >>> sketch = sketch_key_frame(log, key="carrier")
    >>> place(sketch, 4).loads.tolist()
    [1.0, 0.0, 2.0, 0.0]
    """
    if unit is not None:
        check_choice("unit", unit, LOAD_UNITS)
    check_serializer(serializer)
    asked = _Asked(
        key=key,
        load=load,
        unit=unit or ("bytes" if load else "records"),
        serializer=serializer,
        partitioner=_with_remainder(partitioner),
        counts=tuple(check_counts("counts", counts)),
        heavy=check_count("heavy", heavy, least=0),
    )
    wrapped = as_frame(frame)
    if wrapped is None:
        raise TypeError(f"frame must be a data frame, got {type(frame).__name__}")
    if wrapped.implementation.is_pyspark() or wrapped.implementation.is_pyspark_connect():
        check_columns(wrapped, key=key, load=load)
        if load is not None:
            check_numeric(wrapped.collect_schema()[load], load)
        return _sketch_in_spark(wrapped.to_native(), asked)
    keys = count_keys(frame, key=key, load=load, unit=unit, serializer=serializer)
    return sketch_keys(keys, partitioner=asked.partitioner, counts=asked.counts, heavy=asked.heavy)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a caller wants, as it travels to the workers."""

    key: str
    load: str | None
    unit: LoadUnit
    serializer: Serializer | None
    partitioner: Partitioner
    counts: tuple[int, ...]
    heavy: int
    version: str = field(default_factory=lambda: __version__)

    def parts(self) -> KeyParts:
        return KeyParts(self.partitioner, self.counts, self.heavy)


def _with_remainder(partitioner: Partitioner | str) -> Partitioner:
    found = require_keyed(partitioner)
    if not found.has_remainder_rule:
        raise ValueError(
            "partitioner must place a key by the remainder of a number for its keys to be "
            f"sketched, got {found.name!r}"
        )
    return found


def _sketch_in_spark(frame: DataFrame, asked: _Asked) -> KeySketch:
    _check_packages()
    groups = _grouped(frame, asked)
    with warnings.catch_warnings():  # about pandas, which is not used here
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        rows = groups.mapInArrow(_PartGroups(asked), _ROW)
        merged = rows.repartition("part").mapInArrow(_MergeParts(asked), _ROW)
        parts = asked.parts()
        _add_rows(parts, _collected(merged))
    _check_facts(parts.facts, asked)
    parts.finish()
    return _sketch(parts, asked)


def _check_packages() -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"{error.name} is needed to hash on Spark: pip install 'kafka-sizing[spark]'"
        ) from error


def _grouped(frame: DataFrame, asked: _Asked) -> DataFrame:
    """Let Spark add up the records of each key."""
    from pyspark.sql import functions as sql

    key = _exact(frame, asked).alias("key")
    sums = [sql.count(sql.lit(1)).alias("records")]
    if asked.load is None:
        rows = frame.select(key)
    else:
        rows = frame.select(key, sql.col(_quoted(asked.load)).cast("double").alias("load"))
        load = sql.col("load")
        sums += [
            sql.count(load).alias("present"),
            sql.sum(load).alias("load"),
            sql.sum(load * load).alias("square"),
            sql.min(load).alias("least"),
        ]
    if rows.schema["key"].dataType.simpleString() not in ("float", "double"):
        return rows.groupBy("key").agg(*sums)
    # Spark groups 0.0 and -0.0 as one and calls it 0.0; serializers write them as two keys.
    column = sql.col("key")
    is_zero_below = (column == 0) & column.cast("string").startswith("-")
    groups = rows.groupBy(
        "key",
        sql.coalesce(is_zero_below, sql.lit(False)).alias("zero_below"),  # noqa: FBT003
    ).agg(*sums)
    key = sql.when(sql.col("zero_below"), -column).otherwise(column).alias("key")
    return groups.select(
        key, *(name for name in groups.columns if name not in ("key", "zero_below"))
    )


def _exact(frame: DataFrame, asked: _Asked) -> Column:
    """Give the column of keys so that Spark holds equal what the serializer writes alike."""
    from pyspark.sql import functions as sql

    column = sql.col(_quoted(asked.key))
    held = frame.schema[asked.key].dataType.simpleString()
    if held.startswith(("string ", "varchar", "char")):  # a collation may join what differs
        return column.cast("binary")
    if held == "double" and asked.serializer == "float32":
        fits = sql.abs(column) <= float(np.finfo(np.float32).max)
        return sql.when(fits, column.cast("float").cast("double")).otherwise(column)
    return column


def _quoted(column: str) -> str:
    return "`" + column.replace("`", "``") + "`"


@dataclass(frozen=True)
class _PartGroups:
    """What a worker does with groups."""

    asked: _Asked

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        parts = self.asked.parts()
        try:
            _check_version(self.asked)
            for table in _steps(batches):
                _add_groups(parts, table, self.asked)
        except (TypeError, ValueError, RuntimeError) as error:
            for _ in batches:  # Spark takes a task that leaves some for a broken one
                pass
            parts.facts.error, parts.facts.error_kind = str(error), type(error).__name__
        if parts.facts.records or parts.facts.error is not None:
            yield from _batches(parts.rows())


@dataclass(frozen=True)
class _MergeParts:
    """What a worker does with the rows of several tasks."""

    asked: _Asked

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        parts = self.asked.parts()
        for batch in batches:
            _add_rows(parts, batch)
        yield from _batches(parts.merged_rows())


def _check_version(asked: _Asked) -> None:
    if __version__ != asked.version:
        raise RuntimeError(
            "workers must have the same version of kafka_sizing as this process, "
            f"{asked.version}, got {__version__}"
        )


def _steps(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Put batches together, so that a step has enough keys to be worth its calls."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        groups = sum(one.num_rows for one in held)
        if groups >= _GROUPS_PER_STEP or sum(one.nbytes for one in held) >= _BYTES_PER_STEP:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _add_groups(parts: KeyParts, table: pa.Table, asked: _Asked) -> None:
    """Add what Spark grouped: one row per distinct key, the null key among them."""
    facts = parts.facts
    records = table["records"].to_numpy()
    loads = records.astype(np.float64)
    facts.records += int(records.sum())
    if asked.load is None:
        facts.squares += float(records.sum())
    else:
        loads = _checked(table, facts)
    keys = as_key_column(table["key"], name=asked.key, serializer=asked.serializer)
    null = keys.null_positions
    facts.null_records += int(records[null].sum())
    facts.null_load += float(loads[null].sum())
    facts.total += float(loads.sum())
    if facts.wrong_load is None and not facts.gaps:
        parts.add_groups(keys.keyed(), np.delete(loads, null))


def _checked(table: pa.Table, facts: Facts) -> NDArray[np.float64]:
    """Give the loads of groups; note what is wrong with them."""
    facts.gaps += int(table["records"].to_numpy().sum() - table["present"].to_numpy().sum())
    loads: NDArray[np.float64] = table["load"].to_numpy()
    least = table["least"].to_numpy()
    facts.squares += float(table["square"].to_numpy().sum())
    wrong = np.concatenate([least[least < 0], loads[~np.isfinite(loads)]])
    if wrong.size and facts.wrong_load is None:
        facts.wrong_load = float(wrong[0])
    return loads


def _batches(rows: Iterable[Row]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    kinds = (pa.int32(), pa.int64(), pa.binary())
    for row in rows:
        columns = [pa.array([value], kind) for value, kind in zip(row, kinds, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, names=list(Row._fields))


def _add_rows(parts: KeyParts, rows: pa.RecordBatch | pa.Table) -> None:
    for part, mark, payload in zip(*(rows[name] for name in Row._fields), strict=True):
        parts.add_row(Row(part.as_py(), mark.as_py(), payload.as_buffer()))


def _collected(rows: DataFrame) -> pa.Table:
    """Run the job; say what is missing where Spark's own error says it in a page."""
    from pyspark.errors import PySparkException

    try:
        return rows.toArrow()
    except PySparkException as error:
        missing = re.search(r"No module named '(kafka_sizing|numpy|pyarrow)", str(error))
        if missing is None:
            raise
        raise ImportError(
            f"{missing[1]} is needed on every worker of the cluster: "
            "pip install 'kafka-sizing[spark]' there, or send an environment with the job"
        ) from error


def _check_facts(facts: Facts, asked: _Asked) -> None:
    """Refuse what `count_keys` refuses."""
    if facts.error_kind == "RuntimeError":
        raise RuntimeError(facts.error)
    if not facts.records and facts.error is None:
        raise ValueError("data must hold at least one record, got none")
    if facts.gaps:
        raise ValueError(f"{asked.load} must hold a load in every row, got a null")
    if facts.wrong_load is not None:
        raise ValueError(f"{asked.load} must be finite and >= 0, got {facts.wrong_load}")
    if facts.error is not None:
        raise {"TypeError": TypeError}.get(str(facts.error_kind), ValueError)(facts.error)
    if not isfinite(facts.total):
        raise ValueError(f"{asked.load} must add up to a finite total, got {facts.total}")
    if not facts.groups:
        raise ValueError(
            "data must hold at least one key that is not null, got "
            f"{facts.null_records:,} null keys, which the client spreads over all partitions"
        )


def _sketch(parts: KeyParts, asked: _Asked) -> KeySketch:
    facts = parts.facts
    total = facts.total
    effective = total / facts.squares * total if facts.squares else None
    if asked.load is not None and facts.records == facts.groups + min(facts.null_records, 1):
        effective = None  # a row for each key, with its total
    return sketch_of(
        parts.tail,
        *parts.heavy_keys(),
        unit=asked.unit,
        null_load=facts.null_load,
        sample_size=sample_size_of(asked.unit, total, effective),
        least_load=float(np.nextafter(max(parts.heaviest.line, 0.0), np.inf)),
        distinct=float(facts.groups),
    )
