"""A file of measured rates in; `Arrivals` out."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from kafka_sizing._checks import check_positive
from kafka_sizing.consumers.monitoring.thresholds import threshold
from kafka_sizing.consumers.simulation import Arrivals
from kafka_sizing.sources.times import seconds_of
from kafka_sizing.units import format_duration

_TIMES: Final = ("time_s", "time", "timestamp")
_RATES: Final = ("records_per_s", "rate", "value")
_FEWEST_ROWS: Final = 5  # that have a usual step


def read_arrivals(path: str | os.PathLike[str], *, most_gap_s: float | None = None) -> Arrivals:
    r"""Read the rates at which records were written, from a CSV file.

    A column says when each rate begins: ``time_s`` in seconds, or ``time`` or ``timestamp`` as
    ISO 8601, seconds or milliseconds since the epoch. Another, ``records_per_s``, ``rate`` or
    ``value``, has the rates in records per second. The time begins with the first row.

    Parameters
    ----------
    path : path
        The file.
    most_gap_s : float, optional
        Longest time one rate may stand for; by default 2.5 times the median step, as a longer
        one is a hole in what was measured, and any if there are fewer than five rows. [s] > 0

    Returns
    -------
    Arrivals
        The rates, each until the next.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it has no such columns, a cell is not a number or a time, time does not go forward,
        or there is a gap; the message says where.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from kafka_sizing.sources.arrivals import read_arrivals
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "traffic.csv")
    ...     _ = path.write_text("time_s,records_per_s\n0,100\n60,300\n")
    ...     read_arrivals(path)
    Arrivals(100 to 300 records/s)
    """
    if most_gap_s is not None:
        check_positive("most_gap_s", most_gap_s)
    name = os.fspath(path)
    rows = list(_rows(name))
    if len(rows) < 2:
        raise ValueError(f"{name} must hold a header and at least one row, got {len(rows)} rows")
    header = [cell.strip().casefold() for cell in rows[0][1]]
    time, rate = _column(name, header, _TIMES), _column(name, header, _RATES)
    times, rates = [], []
    for line, row in rows[1:]:
        if len(row) != len(header):
            raise ValueError(
                f"{name}, line {line}: must have {len(header)} columns as the header has, "
                f"got {len(row)}"
            )
        at_s = seconds_of(row[time], is_seconds=header[time] == "time_s")
        if at_s is None:
            raise _wrong(name, line, header[time], "a time", row[time])
        times.append(at_s)
        rates.append(_rate(name, line, header[rate], row[rate]))
    lines = [(line, row[time].strip()) for line, row in rows[1:]]
    _check_times(name, header[time], lines, times, most_gap_s)
    return Arrivals.trace(times, rates)


def _check_times(
    name: str,
    column: str,
    lines: Sequence[tuple[int, str]],
    times: Sequence[float],
    most_gap_s: float | None,
) -> None:
    """Refuse time that goes back, and holes in which nobody knows what was written."""
    steps = np.diff(times)
    if (steps <= 0).any():
        at = int((steps <= 0).argmax())
        (_, before), (line, text) = lines[at : at + 2]
        raise ValueError(
            f"{name}, line {line}, column {column}: must be later than the row before, "
            f"{before[:60]!r}, got {text[:60]!r}"
        )
    if not steps.size:
        return
    rule, hint = "", ""
    if most_gap_s is None:
        if len(times) < _FEWEST_ROWS:
            return
        ratio = threshold("gap_ratio")
        most_gap_s = ratio * float(np.median(steps))
        rule = f", {ratio:g} times the usual step"
        hint = " (most_gap in a scenario, or most_gap_s, allows longer ones)"
    if steps.max() > most_gap_s:
        at = int(steps.argmax())
        raise ValueError(
            f"{name}, line {lines[at + 1][0]}, column {column}: must be at most "
            f"{format_duration(most_gap_s)} after the row before{rule}, got "
            f"{format_duration(float(steps[at]))}{hint}"
        )


def _rows(name: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not empty, and its line."""
    try:
        with Path(name).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield reader.line_num, row
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{name} must be UTF-8, got byte 0x{error.object[error.start]:02x}"
        ) from None
    except csv.Error as error:
        raise ValueError(f"{name} must be CSV, got: {error}") from None


def _column(name: str, header: Sequence[str], names: Sequence[str]) -> int:
    found = next((wanted for wanted in names if wanted in header), None)
    if found is None:
        raise ValueError(
            f"{name} must have a column {' or '.join(names)}, got {', '.join(header):.200}"
        )
    return header.index(found)


def _rate(name: str, line: int, column: str, text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not math.isfinite(rate) or rate < 0:
        raise _wrong(name, line, column, "a rate >= 0", text)
    return rate


def _wrong(name: str, line: int, column: str, rule: str, text: str) -> ValueError:
    return ValueError(f"{name}, line {line}, column {column}: must be {rule}, got {text[:60]!r}")
