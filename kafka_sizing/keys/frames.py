"""Data of any engine in; a frame whose columns are there, and loads that are loads, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import nearest
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.loads import refuse_wrong

if TYPE_CHECKING:
    import narwhals as nw

    Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]


def as_frame(data: Any) -> Frame | None:
    """Wrap a frame of an engine that narwhals knows; anything else gives None."""
    if isinstance(data, (list, tuple, np.ndarray, KeyColumn)):
        return None
    import narwhals as nw

    frame = nw.from_native(data, pass_through=True)
    return frame if isinstance(frame, (nw.DataFrame, nw.LazyFrame)) else None


def check_columns(frame: Frame, *, key: str | None, load: str | None, **others: Any) -> str:
    """Refuse a column that is not there and say which are; give that of keys. No load is fine."""
    columns = frame.collect_schema().names()
    for argument, column in {"key": key, **others, "load": load}.items():
        if column is None and argument == "load":
            continue
        if column is None:
            raise ValueError(f"{argument} must name one of the columns {columns}, got None")
        if column not in columns:
            raise ValueError(
                f"{argument} must be one of the columns {columns}, got {column!r}"
                f"{nearest(column, columns)}"
            )
    return str(key)


def checked_column(column: nw.Series[Any], name: str) -> NDArray[np.float64]:
    """Read a column of loads; refuse what is not a load, and say in which row."""
    import narwhals as nw

    check_numeric(column.dtype, name)
    loads = column.cast(nw.Float64)
    if loads.is_null().any():
        row = int(np.flatnonzero(loads.is_null().to_numpy())[0])
        raise ValueError(f"{name} must hold a load in every row, got a null in row {row}")
    array: NDArray[np.float64] = np.asarray(loads.to_numpy(), dtype=np.float64)
    refuse_wrong(array, name, at="in row")
    return array


def check_numeric(dtype: nw.dtypes.DType, name: str) -> None:
    """Refuse a column that holds no numbers."""
    if not dtype.is_numeric():
        raise TypeError(f"{name} must be a column of numbers, got {dtype}")
