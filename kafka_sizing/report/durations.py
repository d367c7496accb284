"""Seconds in; a moment as a clock shows it out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_DATES: Final = (1e8, 2.5e11)  # [s] since the epoch: 1973 to 9892; others have a zero of their own


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
