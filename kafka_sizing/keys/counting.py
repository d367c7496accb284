"""Records in any table, list or mapping in; `KeyLoads` out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice
from kafka_sizing.keys.distinct import distinct_keys
from kafka_sizing.keys.frames import as_frame, check_columns, check_numeric, checked_column
from kafka_sizing.keys.intake import EncodedKeys, encode_keys
from kafka_sizing.keys.loads import (
    KeyLoads,
    checked_loads,
    kish,
    loads_of_distinct,
    refuse_wrong,
    sample_size_of,
    sum_by,
)
from kafka_sizing.keys.serializers import Serializer
from kafka_sizing.units import LOAD_UNITS, LoadUnit

if TYPE_CHECKING:
    import narwhals as nw

Weights = NDArray[np.float64]


def count_keys(
    data: Any,
    *,
    key: str | None = None,
    load: str | None = None,
    unit: LoadUnit | None = None,
    serializer: Serializer | None = None,
) -> KeyLoads:
    """Count how much each key writes.

    Parameters
    ----------
    data : column of keys, mapping of key to load, or data frame
        A list, NumPy array, Series or Arrow array of one key per record; a mapping such as a
        ``Counter``; or a frame of pandas, Polars, Arrow, DuckDB, Spark or any other engine
        that narwhals knows. A lazy engine does the counting itself.
    key : str, optional
        Frames only, and needed there: the column of keys.
    load : str, optional
        Frames only: a column with the load of each row. Without it each row is one record.
    unit : {"records", "bytes", "records/s", "bytes/s"}, optional
        What loads are counted in: "bytes" by default with ``load``, else "records".
    serializer : str, optional
        How keys that are not text become bytes: "string", "int32", "int64" …

    Returns
    -------
    KeyLoads
        The distinct keys in order of first appearance (a lazy engine's own order otherwise).
        Null keys are in ``null_load``. Where every key has one row with its bytes, the rows are
        totals and no sample, so ``sample_size`` is None.

    Raises
    ------
    TypeError
        If keys are of mixed types or need a serializer.
    ValueError
        If a column is missing, a load is negative or missing, the unit is none of these, or no
        record has a key.

    Examples
    --------
    >>> from kafka_sizing import count_keys
    >>> count_keys(["UA", "B6", "UA", None])
    KeyLoads(2 keys, total=4 records, hottest='UA' 50.0 %)
    """
    if unit is not None:
        check_choice("unit", unit, LOAD_UNITS)
    if isinstance(data, Mapping):
        _refuse_columns(key, load)
        unit = unit or "records"
        weights = checked_loads(list(data.values()))
        keys = encode_keys(list(data), serializer=serializer)
        return _counted(keys, weights, unit, None)  # an entry is not a record
    frame = as_frame(data)
    if frame is None:
        _refuse_columns(key, load)
        keys = encode_keys(data, serializer=serializer)
        return _counted(keys, np.ones(len(keys)), unit or "records", float(len(keys)))
    return _count_frame(frame, key, load, unit or ("bytes" if load else "records"), serializer)


def _counted(
    keys: EncodedKeys,
    weight: Weights,
    unit: LoadUnit,
    effective: float | None,
    *,
    rows: int | None = None,
) -> KeyLoads:
    """Add loads up by key; where they come from a column of ``rows``, those may be totals."""
    records = len(keys)
    if not records:
        raise ValueError("data must hold at least one record, got none")
    null = np.zeros(records, dtype=np.bool_)
    null[keys.null_positions] = True
    if null.all():
        raise ValueError(
            f"data must hold at least one key that is not null, got {records:,} null keys, "
            "which the client spreads over all partitions"
        )
    positions = np.arange(records) if keys.codes is None else keys.codes
    distinct = distinct_keys(keys.column.keyed())
    if keys.column.valid is not None:
        renumbered = np.cumsum(keys.column.valid) - 1
        positions = renumbered[positions]
    codes = distinct.codes[positions[~null]]
    sums = sum_by(codes, weight[~null], len(distinct.column))
    present = np.flatnonzero(np.bincount(codes, minlength=len(sums)))  # unused dictionary entries
    if rows == len(present) + bool(null.any()):
        effective = None
    return loads_of_distinct(
        distinct.column.take(present),
        sums[present],
        unit,
        null_load=float(weight[null].sum()),
        sample_size=sample_size_of(unit, float(weight.sum()), effective),
    )


def _count_frame(
    frame: nw.DataFrame[Any] | nw.LazyFrame[Any],
    key: str | None,
    load: str | None,
    unit: LoadUnit,
    serializer: Serializer | None,
) -> KeyLoads:
    import narwhals as nw

    of_keys = check_columns(frame, key=key, load=load)
    if isinstance(frame, nw.DataFrame):
        keys = encode_keys(frame[of_keys].to_native(), name=of_keys, serializer=serializer)
        if load is None:
            return _counted(keys, np.ones(len(keys)), unit, float(len(keys)))
        weights = checked_column(frame[load], load)
        return _counted(keys, weights, unit, kish(weights), rows=len(keys))
    return _count_lazily(frame, of_keys, load, unit, serializer)


def _count_lazily(
    frame: nw.LazyFrame[Any],
    key: str,
    load: str | None,
    unit: LoadUnit,
    serializer: Serializer | None,
) -> KeyLoads:
    """Let the engine group; what comes back has one row per distinct key."""
    import narwhals as nw

    if load is not None:
        check_numeric(frame.collect_schema()[load], load)
    weight = nw.lit(1.0) if load is None else nw.col(load).cast(nw.Float64)
    rows = frame.select(nw.col(key).alias("key"), weight.alias("load"))
    load_ = nw.col("load")
    of_keys = rows.collect_schema()["key"]
    rows = rows.with_columns((load_ * load_).alias("square"), load_.is_null().alias("gap"))
    if of_keys.is_float():
        rows = rows.with_columns(_is_zero_below().alias("zero_below"))
    groups = (
        rows.group_by("key", *(["zero_below"] if of_keys.is_float() else []))
        .agg(
            load_.sum(),
            load_.min().alias("least"),
            nw.col("square").sum(),
            nw.col("gap").any(),
            nw.len().alias("rows"),
        )
        .collect()
    )
    if not len(groups):
        raise ValueError("data must hold at least one record, got none")
    if of_keys.is_float():
        zero_below = nw.when(nw.col("zero_below")).then(nw.lit(-0.0, of_keys))
        groups = groups.with_columns(zero_below.otherwise(nw.col("key")).alias("key"))
    if groups["gap"].any():
        raise ValueError(f"{load} must hold a load in every row, got a null")
    sums = np.asarray(groups["load"].to_numpy(), dtype=np.float64)
    for seen in (float(groups["least"].min()), *sums[~np.isfinite(sums)]):
        if not seen >= 0 or np.isinf(seen):
            raise ValueError(f"{load} must be finite and >= 0, got {seen}")
    refuse_wrong(sums, load or "loads", at="in group")
    keys = encode_keys(groups["key"].to_native(), name=key, serializer=serializer)
    total = float(sums.sum())
    squares = float(groups["square"].sum())
    effective = total / squares * total if squares else None
    counted = None if load is None else int(groups["rows"].sum())
    return _counted(keys, sums, unit, effective, rows=counted)


def _is_zero_below() -> nw.Expr:
    """Tell -0.0, which serializers write otherwise, from 0.0, with which engines group it."""
    import narwhals as nw

    written = nw.col("key").cast(nw.String)
    return ((nw.col("key") == 0) & written.str.starts_with("-")).fill_null(value=False)


def _refuse_columns(key: str | None, load: str | None) -> None:
    for argument, column in (("key", key), ("load", load)):
        if column is not None:
            raise ValueError(f"{argument} must be left out where data is no frame, got {column!r}")
