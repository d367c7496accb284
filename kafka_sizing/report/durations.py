"""Seconds in; a time span as people say it, or a moment as a clock shows it, out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_UNITS: Final = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
_TENTHS: Final = 10  # below so many seconds a span keeps its tenths
_DATES: Final = (1e8, 2.5e11)  # [s] since the epoch: 1973 to 9892; others have a zero of their own


def duration_text(seconds: float) -> str:
    """Write a time span in its two largest units.

    Parameters
    ----------
    seconds : float
        The span. [s] >= 0

    Returns
    -------
    str
        ``"12 min 5 s"``, ``"2 d 3 h"``; below 10 s with a tenth, below 1 s in milliseconds.

    Examples
    --------
    >>> from kafka_sizing.report.durations import duration_text
    >>> [duration_text(seconds) for seconds in (0.25, 4.5, 52.4, 725, 3_600, 184_000)]
    ['250 ms', '4.5 s', '52 s', '12 min 5 s', '1 h', '2 d 3 h']
    """
    if 0 < seconds < 0.9995:
        return f"{1_000 * seconds:.3g} ms"
    if seconds < _TENTHS - 0.05:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    left = round(seconds)
    parts: list[str] = []
    for name, length in _UNITS:
        count, left = divmod(left, length)
        if count or parts:
            parts.append(f"{count:,} {name}" if count else "")
    return " ".join(part for part in parts[:2] if part)


def clock_text(seconds: float) -> str:
    """Write a moment since the start as hours, minutes and seconds.

    Parameters
    ----------
    seconds : float
        Time since the start. [s] >= 0

    Returns
    -------
    str
        ``"1:02:05"``; hours go on beyond 24.

    Examples
    --------
    >>> from kafka_sizing.report.durations import clock_text
    >>> clock_text(3_725), clock_text(100_000), clock_text(2.5)
    ('1:02:05', '27:46:40', '0:00:02.5')
    """
    tenths = round(10 * seconds)
    minutes, within = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    second, tenth = divmod(within, 10)
    return f"{hours:,}:{minutes:02d}:{second:02d}" + (f".{tenth}" if tenth else "")


def moment_text(seconds: float) -> str:
    """Write a moment on the clock of some samples.

    Parameters
    ----------
    seconds : float
        Since the epoch, or since any zero that is nearer. [s]

    Returns
    -------
    str
        Date and time in UTC; below 1e8 s hours, minutes and seconds since zero.

    Examples
    --------
    >>> from kafka_sizing.report.durations import moment_text
    >>> moment_text(1_790_000_000), moment_text(90)
    ('2026-09-21 14:13:20 UTC', '0:01:30')
    """
    if _DATES[0] <= seconds < _DATES[1]:
        return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return clock_text(seconds) if 0 <= seconds < _DATES[0] else f"{seconds:,.15g} s"
