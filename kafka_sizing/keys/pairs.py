"""Records with a key and another value in; the load of each pair of the two out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.distinct import distinct_keys
from kafka_sizing.keys.frames import as_frame, check_columns, checked_column
from kafka_sizing.keys.intake import as_key_column
from kafka_sizing.keys.loads import KeyLoads, checked_loads, sum_by
from kafka_sizing.keys.serializers import Serializer
from kafka_sizing.units import LOAD_UNITS, LoadUnit, format_load

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairLoads:
    """The load of each pair of a key and another value.

    Parameters
    ----------
    keys, values : KeyColumn or any column
        The distinct keys and the distinct other values; none is null.
    key_of_pair, value_of_pair : array_like of int, shape (n,)
        For each pair, the position of its key and of its value.
    loads : array_like of float, shape (n,)
        How much each pair writes, in ``unit``. Finite, >= 0
    unit : {"records", "bytes", "records/s", "bytes/s"}, default "records"
        What loads are counted in.

    Raises
    ------
    ValueError
        If the arrays do not fit each other, or a load is negative or not finite.

    Examples
    --------
    >>> from kafka_sizing.keys.pairs import PairLoads
    >>> PairLoads(keys=["UA"], values=["EWR", "JFK"], key_of_pair=[0, 0], value_of_pair=[0, 1],
    ...           loads=[3, 1])
    PairLoads(2 pairs of 1 keys and 2 values, total=4 records)
    """

    keys: KeyColumn
    values: KeyColumn
    key_of_pair: NDArray[np.int64]
    value_of_pair: NDArray[np.int64]
    loads: NDArray[np.float64]
    unit: LoadUnit = "records"

    def __post_init__(self) -> None:
        check_choice("unit", self.unit, LOAD_UNITS)
        loads = checked_loads(self.loads)
        loads.flags.writeable = False
        object.__setattr__(self, "loads", loads)
        for name, positions in (("keys", "key_of_pair"), ("values", "value_of_pair")):
            column = as_key_column(getattr(self, name), name=name)
            if column.null_positions.size:
                raise ValueError(
                    f"{name} must not be null, got a null at position {column.null_positions[0]}"
                )
            at = np.array(getattr(self, positions), dtype=np.int64)
            if at.shape != loads.shape or np.any((at < 0) | (at >= len(column))):
                raise ValueError(
                    f"{positions} must hold, for each load, a position in 0 … {len(column) - 1:,}"
                )
            at.flags.writeable = False
            object.__setattr__(self, name, column)
            object.__setattr__(self, positions, at)

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.loads)

    @property
    def total(self) -> float:
        """The load of all pairs, in ``unit``."""
        return float(self.loads.sum())

    @property
    def key_loads(self) -> KeyLoads:
        """The load of each key, whatever its other value."""
        sums = sum_by(self.key_of_pair, self.loads, len(self.keys))
        return KeyLoads(self.keys, sums, self.unit)

    def to_frame(self) -> pd.DataFrame:
        """One row per pair, heaviest first: key, value, load."""
        import pandas as pd

        order = np.argsort(-self.loads, kind="stable")
        columns = {}
        for name, column, at in (
            ("key", self.keys, self.key_of_pair),
            ("value", self.values, self.value_of_pair),
        ):
            columns[name] = pd.Series(column.take(at[order]).text(), dtype=object)
        return pd.DataFrame({**columns, "load": self.loads[order]})

    def __repr__(self) -> str:
        """Say how many pairs there are, and how much they write."""
        return (
            f"PairLoads({len(self):,} pairs of {len(self.keys):,} keys and "
            f"{len(self.values):,} values, total={format_load(self.total, self.unit)})"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().head(20).to_html(index=False)


def count_pairs(
    data: Any,
    *,
    by: Any,
    key: str | None = None,
    load: str | None = None,
    unit: LoadUnit | None = None,
    serializer: Serializer | None = None,
    by_serializer: Serializer | None = None,
) -> PairLoads:
    """Count how much each pair of a key and another value writes.

    Parameters
    ----------
    data : data frame, or column of keys
        As for `count_keys`: a frame of any engine, or one key per record.
    by : str or column of values
        The other value: with a frame the name of its column, otherwise a column as long as
        ``data``. A null counts as a value without bytes.
    key : str, optional
        Frames only, and needed there: the column of keys. Records without a key are left out.
    load : str, optional
        Frames only: a column with the load of each row. Without it each row is one record.
    unit : {"records", "bytes", "records/s", "bytes/s"}, optional
        What loads are counted in: "bytes" by default with ``load``, else "records".
    serializer, by_serializer : str, optional
        How keys, and other values, that are not text become bytes.

    Returns
    -------
    PairLoads
        The pairs that occur.

    Raises
    ------
    TypeError
        If values are of mixed types or need a serializer, or ``data`` is a mapping, which has no
        record to pair.
    ValueError
        If a column is missing, columns differ in length, a load is negative or missing, or no
        record has a key.

    Examples
    --------
    >>> from kafka_sizing import count_pairs
    >>> count_pairs(["UA", "UA", "B6"], by=["EWR", "JFK", "JFK"])
    PairLoads(3 pairs of 2 keys and 2 values, total=3 records)
    """
    if isinstance(data, Mapping):
        raise TypeError(f"data must be a frame or a column of keys, got {type(data).__name__}")
    frame = as_frame(data)
    if frame is None:
        if key is not None or load is not None:
            raise ValueError("key and load must be left out where data is no frame")
        keys = as_key_column(data, serializer=serializer)
        values = as_key_column(by, name="by", serializer=by_serializer)
        weights = None
    else:
        rows = _rows(frame, key=key, by=by, load=load)
        keys = as_key_column(rows["key"].to_native(), name=str(key), serializer=serializer)
        values = as_key_column(rows["by"].to_native(), name=by, serializer=by_serializer)
        weights = None if load is None else checked_column(rows["load"], load)
    if len(keys) != len(values):
        raise ValueError(
            f"by must hold one value per record, got {len(values):,} for {len(keys):,} records"
        )
    return _counted(keys, values, weights, unit or ("bytes" if load else "records"))


def _counted(
    keys: KeyColumn, values: KeyColumn, weights: NDArray[np.float64] | None, unit: LoadUnit
) -> PairLoads:
    weight = np.ones(len(keys)) if weights is None else weights
    if keys.valid is not None:
        keyed = np.flatnonzero(keys.valid)
        keys, values, weight = keys.take(keyed), values.take(keyed), weight[keyed]
    if not len(keys):
        raise ValueError("data must hold at least one key that is not null, got none")
    distinct = distinct_keys(KeyColumn(keys.data, keys.offsets))
    others = distinct_keys(_without_nulls(values))
    codes, pair_of_record = np.unique(
        distinct.codes * len(others.column) + others.codes, return_inverse=True
    )
    return PairLoads(
        keys=distinct.column,
        values=others.column,
        key_of_pair=codes // len(others.column),
        value_of_pair=codes % len(others.column),
        loads=sum_by(pair_of_record, weight, len(codes)),
        unit=unit,
    )


def _without_nulls(values: KeyColumn) -> KeyColumn:
    """Let a null be a value without bytes."""
    if values.valid is None:
        return values
    nulls = values.null_positions
    if not values.lengths[nulls].any():
        return KeyColumn(values.data, values.offsets)
    return KeyColumn.of([value or b"" for value in values])


def _rows(
    frame: nw.DataFrame[Any] | nw.LazyFrame[Any], *, key: str | None, by: Any, load: str | None
) -> nw.DataFrame[Any]:
    """Pick the columns; let a lazy engine add up the pairs first."""
    import narwhals as nw

    check_columns(frame, key=key, by=by, load=load)
    wanted = [nw.col(str(key)).alias("key"), nw.col(by).alias("by")]
    if load is not None:
        wanted.append(nw.col(load).alias("load"))
    if isinstance(frame, nw.DataFrame):
        return frame.select(*wanted)
    return frame.select(*wanted).collect()
