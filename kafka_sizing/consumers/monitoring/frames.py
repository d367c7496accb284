"""A frame of any engine in; the columns that `LagSamples` takes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import nearest
from kafka_sizing.consumers.monitoring.samples import (
    NO_COMMIT,
    NOBODY,
    LagSamples,
    TopicPartition,
)
from kafka_sizing.keys.frames import as_frame

if TYPE_CHECKING:
    import pandas as pd

TIMES: Final = ("time_s", "time", "timestamp")
MILLISECONDS_ABOVE: Final = 1e11  # as seconds, that is the year 5138


def samples_of(frame: Any) -> LagSamples:
    """Make samples of a frame; see `LagSamples.from_frame`."""
    table = _table(frame)
    time = next((name for name in TIMES if name in table), None)
    if time is None:
        raise ValueError(_missing("time_s", table))
    for name in ("partition", "committed_offset", "end_offset"):
        if name not in table:
            raise ValueError(_missing(name, table))
    table = table[table["end_offset"].notna()]
    if table.empty:
        raise ValueError("frame must hold a row with an end_offset, got none")
    partition = whole_numbers("partition", table["partition"])
    topics = table["topic"].astype(str) if "topic" in table else table[time].map(lambda _: "topic")
    partitions, index = _labels(topics, partition)
    members, owner = _owners(table)
    return LagSamples(
        partitions=partitions,
        times_s=times_of(time, table[time]),
        partition=index,
        committed_offsets=whole_numbers("committed_offset", table["committed_offset"], NO_COMMIT),
        end_offsets=whole_numbers("end_offset", table["end_offset"]),
        members=members,
        owner=owner,
    )


def times_of(name: str, column: pd.Series[Any]) -> NDArray[np.float64]:
    """Read a column of dates, ISO text or numbers as seconds."""
    import pandas as pd

    if column.isna().any():
        raise ValueError(f"{name} must hold a time in every row, got a null")
    are_dates = pd.api.types.is_datetime64_any_dtype(column)
    if not are_dates:
        numbers = pd.to_numeric(column, errors="coerce")
        if numbers.notna().all():
            seconds: NDArray[np.float64] = numbers.to_numpy(np.float64)
            in_milliseconds = name != "time_s" and seconds.min() > MILLISECONDS_ABOVE
            return seconds / 1e3 if in_milliseconds else seconds
    try:
        dates = pd.to_datetime(column, utc=True, format=None if are_dates else "ISO8601")
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} must be dates or seconds: {error}") from None
    since_epoch = dates - pd.Timestamp(0, tz="UTC")
    return np.asarray(since_epoch.dt.total_seconds(), dtype=np.float64)


def whole_numbers(
    name: str, column: pd.Series[Any], absent: int | None = None
) -> NDArray[np.int64]:
    """Read a column of whole numbers, exactly; a null is ``absent``, or refused."""
    if column.dtype == np.int64:
        return column.to_numpy(np.int64)
    missing = column.isna().to_numpy()
    if missing.any() and absent is None:
        raise ValueError(f"{name} must hold a number in every row, got a null")
    filled = column.astype(object).where(~missing, absent).tolist()
    try:
        return np.array([_whole(value) for value in filled], dtype=np.int64)
    except (ValueError, TypeError, OverflowError):
        wrong = next(value for value in filled if not _is_whole(value))
        raise ValueError(f"{name} must be whole numbers below 2**63, got {wrong!r}") from None


def _table(frame: Any) -> pd.DataFrame:
    import pandas as pd

    if isinstance(frame, pd.DataFrame):
        return frame
    known = as_frame(frame)
    if known is None:
        raise TypeError(f"frame must be a data frame, got {type(frame).__name__}")
    eager = known.lazy().collect()
    return pd.DataFrame(eager.to_dict(as_series=False))


def _missing(name: str, table: pd.DataFrame) -> str:
    columns = [str(column) for column in table.columns]
    wanted = " or ".join(TIMES) if name in TIMES else name
    return f"frame must have a column {wanted}, got {columns}{nearest(name, columns)}"


def _whole(value: Any) -> int:
    if isinstance(value, str):
        return int(value)
    if value != int(value) or isinstance(value, bool):
        raise ValueError(value)
    return int(value)


def _is_whole(value: Any) -> bool:
    try:
        return -(2**63) <= _whole(value) < 2**63
    except (ValueError, TypeError, OverflowError):
        return False


def _labels(
    topics: pd.Series[str], numbers: NDArray[np.int64]
) -> tuple[tuple[TopicPartition, ...], NDArray[np.int64]]:
    """Give each partition once, sorted, and where each row points."""
    import pandas as pd

    rows = pd.MultiIndex.from_arrays([topics, numbers])
    codes, seen = rows.factorize(sort=True)
    labels = tuple(TopicPartition(topic, int(number)) for topic, number in seen)
    return labels, codes.astype(np.int64)


def _owners(table: pd.DataFrame) -> tuple[tuple[str, ...], NDArray[np.int64] | None]:
    if "member" not in table:
        return (), None
    import pandas as pd

    codes, names = pd.factorize(table["member"], sort=True)
    return tuple(str(name) for name in names), np.where(codes < 0, NOBODY, codes).astype(np.int64)
