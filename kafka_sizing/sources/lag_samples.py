"""A file of a group's offsets, as a tool wrote it, in; `LagSamples` out."""

from __future__ import annotations

import codecs
import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_positive, nearest
from kafka_sizing.consumers.monitoring.causes import moment
from kafka_sizing.consumers.monitoring.samples import LagSamples
from kafka_sizing.sources.cells import Table, missing_numbers, whole_numbers
from kafka_sizing.sources.group_tables import find_header, read_group_tables
from kafka_sizing.sources.prometheus import is_export, read_export
from kafka_sizing.sources.times import seconds_of

if TYPE_CHECKING:
    import pandas as pd

_DELIMITERS: Final = (",", ";", "\t")
_NOBODY: Final = ("", "-")
_NAMES: Final = {
    "time_s": ("time_s",),
    "time": ("time", "timestamp", "date", "datetime"),
    "group": ("group", "consumergroup", "group_id"),
    "topic": ("topic",),
    "partition": ("partition",),
    "committed_offset": ("committed_offset", "current_offset"),
    "end_offset": ("end_offset", "log_end_offset"),
    "lag": ("lag", "lag_records"),
    "member": ("member", "consumer_id"),
}
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_lag_samples(
    path: str | os.PathLike[str], *, group: str | None = None, every_s: float | None = None
) -> LagSamples:
    r"""Read what a tool wrote about the offsets of a consumer group, time after time.

    Three kinds of file are told apart by what they hold. First, what
    ``kafka-consumer-groups.sh --describe`` prints, one table after another, with a line before
    each that says the time: what ``date`` prints, ISO 8601, or seconds since the epoch. Second, a
    table as CSV: one row per partition and moment, with the columns of
    `LagSamples.from_frame`, or with those of the tool above. Third, an export from Prometheus as
    CSV: ``timestamp``, ``value``, the metric and its labels (or a column for each series, as
    Grafana writes it), of kafka_exporter or kafka-lag-exporter.

    Times are read as seconds since the epoch; those without a zone count as UTC. Text is UTF-8,
    or UTF-16 with its mark, as PowerShell writes it.

    Parameters
    ----------
    path : path
        The file.
    group : str, optional
        The group to read; needed if the file holds several.
    every_s : float, optional
        Time between two snapshots, if the file does not say when they were taken. [s] > 0

    Returns
    -------
    LagSamples
        A row for each partition and moment whose end offset is known.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file holds none of these, is cut off or broken; the message says in which line
        and column.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from kafka_sizing.sources import read_lag_samples
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "lag.csv")
    ...     _ = path.write_text("time_s,partition,committed_offset,end_offset\n0,0,10,15\n")
    ...     read_lag_samples(path)
    LagSamples(1 sample of 1 partition over 0 s, lag=5 records)
    """
    if every_s is not None:
        check_positive("every_s", every_s)
    name = os.fspath(path)
    lines = _lines_of(name)
    if find_header(lines) is not None:
        table = read_group_tables(name, lines)
    else:
        table = _read_csv(name, lines)
        table = read_export(table) if is_export(table) else _renamed(table)
    return _samples(_of_group(table, group), every_s)


def _lines_of(path: str) -> list[str]:
    """Read the lines of a text file, without their ends."""
    data = Path(path).read_bytes()
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{path}, line {line}: must be UTF-8, got byte 0x{data[error.start]:02x}"
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValueError(f"{path}, line {line}: must be text, got a zero byte")
    if not text.strip():
        raise ValueError(f"{path} must hold samples, got an empty file")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _read_csv(path: str, lines: Sequence[str]) -> Table:
    """Take a table apart; its index are the numbers of the lines."""
    import pandas as pd

    top = next(at for at, line in enumerate(lines) if line.strip())
    if lines[top].lower().startswith("sep="):  # as spreadsheets and Grafana want it
        top += 1
    delimiter = max(_DELIMITERS, key=lines[top].count)
    reader = csv.reader((line + "\n" for line in lines[top:]), delimiter=delimiter, strict=True)
    try:
        numbered = [(top + reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ValueError(f"{path}, line {top + reader.line_num}: {error}") from None
    header = [name.strip() for name in numbered[0][1]]
    rows = [(line, row) for line, row in numbered[1:] if any(cell.strip() for cell in row)]
    wrong = next(((line, row) for line, row in rows if len(row) != len(header)), None)
    if wrong is not None:
        raise ValueError(
            f"{path}, line {wrong[0]}: must have {len(header)} columns as the header has, "
            f"got {len(wrong[1])}"
        )
    frame = pd.DataFrame(
        [row for _, row in rows], columns=header, index=[line for line, _ in rows], dtype=object
    )
    if not rows:
        raise ValueError(f"{path} must hold a row below its header, got none")
    return Table(path=path, frame=frame, columns={name: name for name in header})


def _renamed(table: Table) -> Table:
    """Give columns our names, whoever named them."""
    plain = {_plain(name): name for name in table.frame.columns}
    columns = {
        ours: next(plain[name] for name in names if name in plain)
        for ours, names in _NAMES.items()
        if any(name in plain for name in names)
    }
    for ours in ("partition", "committed_offset", "end_offset"):
        if ours not in columns and not (ours != "partition" and "lag" in columns):
            listed = ", ".join(str(name) for name in table.frame.columns)
            hint = nearest(ours, list(plain))
            raise ValueError(
                f"{table.path} must have a column {ours}, or be what kafka-consumer-groups.sh "
                f"--describe or Prometheus writes, got the columns {listed:.200}{hint}"
            )
    frame = table.frame[list(columns.values())].set_axis(list(columns), axis=1)
    return Table(path=table.path, frame=frame, columns=columns)


def _plain(name: Any) -> str:
    return str(name).strip().lower().replace("-", "_").replace(" ", "_")


def _of_group(table: Table, group: str | None) -> Table:
    """Keep the rows of one group."""
    groups = sorted(set(table.frame["group"]) - {""}) if "group" in table.frame else []
    if not groups and group is not None:
        raise ValueError(
            f"group must be left out for {table.path}, which names none, got {group!r}"
        )
    if not groups:
        return table
    if group is None and len(groups) > 1:
        listed = ", ".join(repr(name) for name in groups[:20])
        raise ValueError(f"group must be one of {listed} in {table.path}, got None")
    if group is not None and group not in groups:
        listed = ", ".join(repr(name) for name in groups[:20])
        raise ValueError(
            f"group must be one of {listed} in {table.path}, got {group!r}{nearest(group, groups)}"
        )
    kept = table.frame["group"].isin(groups if group is None else [group])
    return table.where(kept)


def _samples(table: Table, every_s: float | None) -> LagSamples:
    """Turn text into numbers, and say where that does not go."""
    table = table.where(~missing_numbers(table.frame["partition"]))
    topics = table.frame["topic"] if "topic" in table.frame else table.constant("topic")
    committed, ends = _offsets(table)
    frame = topics.to_frame("topic").assign(
        partition=whole_numbers(table, "partition"), committed_offset=committed, end_offset=ends
    )
    frame["time_s"] = _times(table, frame, every_s)
    if "member" in table.frame:
        named = table.frame["member"].str.strip()
        frame["member"] = named.where(~named.isin(_NOBODY))
    frame = frame[frame["end_offset"] >= 0]
    if frame.empty:
        raise ValueError(f"{table.path} must hold a row with an end offset, got none")
    _refuse_twice(table.path, frame)
    _refuse_going_back(table.path, frame)
    return LagSamples.from_frame(frame)


def _offsets(table: Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Read committed and end offsets, one from the other and the lag where it is not there."""
    nothing = np.full(len(table.frame), -1)
    committed, ends, lags = (
        whole_numbers(table, name, absent=-1) if name in table.frame else nothing
        for name in ("committed_offset", "end_offset", "lag")
    )
    no_end = (ends < 0) & (committed >= 0) & (lags >= 0)
    no_commit = (committed < 0) & (lags >= 0) & (ends >= lags)
    return np.where(no_commit, ends - lags, committed), np.where(no_end, committed + lags, ends)


def _times(table: Table, frame: pd.DataFrame, every_s: float | None) -> NDArray[np.float64]:
    """Read when each row was seen, or count the snapshots."""
    column = next((name for name in ("time_s", "time") if name in table.frame), None)
    if column is None:
        return _counted_times(table, frame, every_s)
    if every_s is not None:
        raise ValueError(
            f"every_s must be left out for {table.path}, which says when samples were taken, "
            f"got {every_s!r}"
        )
    texts = table.frame[column]
    known = {text: seconds_of(text, is_seconds=column == "time_s") for text in set(texts)}
    wrong = [text for text, time in known.items() if time is None]
    if wrong:
        raise table.error(column, texts.isin(wrong), "a time")
    times: NDArray[np.float64] = texts.map(known).to_numpy(np.float64)
    return times


def _counted_times(
    table: Table, frame: pd.DataFrame, every_s: float | None
) -> NDArray[np.float64]:
    """Number the snapshots: a new one begins with a new table, or where a partition repeats."""
    tables = table.frame["table"] if "table" in table.frame else table.constant(0)
    again = frame.assign(table=tables).groupby(["table", "topic", "partition"]).cumcount()
    keys = np.stack([tables.to_numpy(np.int64), again.to_numpy(np.int64)], axis=1)
    number = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
    snapshots = int(number.max()) + 1
    if every_s is None and snapshots > 1:
        raise ValueError(
            f"every_s must say how far apart the {snapshots:,} snapshots of {table.path} are, "
            "which holds no times, got None"
        )
    return np.asarray(number * (every_s or 0.0), dtype=np.float64)


def _refuse_twice(path: str, frame: pd.DataFrame) -> None:
    """Refuse a partition twice at one time, most likely for want of a line with the time."""
    import pandas as pd

    twice = frame.duplicated(["topic", "partition", "time_s"]) & ~frame.duplicated()
    if twice.any():
        row = frame[twice].iloc[0]
        raise ValueError(
            f"{path}, line {row.name}: must be of another time than the row of {row['topic']}-"
            f"{row['partition']} before, got {pd.Timestamp(row['time_s'], unit='s')} again"
        )


def _refuse_going_back(path: str, frame: pd.DataFrame) -> None:
    """Refuse rows of a partition whose ends only grow, line by line, while the time goes back.

    Rows in another order, such as the newest first, have ends that shrink where times do.
    """
    of_partition = frame.groupby(["topic", "partition"])
    moves = of_partition[["time_s", "end_offset"]].diff()
    grows = of_partition["end_offset"].transform(lambda ends: ends.is_monotonic_increasing)
    wrong = grows & (moves["time_s"] < 0) & (moves["end_offset"] > 0)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        row, before_s = frame.iloc[at], frame["time_s"].iloc[at] - moves["time_s"].iloc[at]
        raise ValueError(
            f"{path}, line {row.name}: must be later than the row of {row['topic']}-"
            f"{row['partition']} before, as more was written by then, got "
            f"{moment(row['time_s'])} after {moment(before_s)}"
        )
