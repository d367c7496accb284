"""A rate, a day's profile or a measured trace in; how many records have come by any time out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing._checks import check_at_least, check_non_negative, check_positive

_DAY_S: Final = 86_400.0
_PROFILE_STEP_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arrivals:
    """Records written to a topic over time: a rate that holds from each time to the next.

    The last rate holds on for ever, unless the arrivals repeat. Make one with `steady`,
    `daily` or `trace`; add bursts with `with_burst`.

    Parameters
    ----------
    times_s : array_like of float, shape (n,)
        When each rate begins; the first is 0, each later than the one before. Dates count
        from the first. [s]
    records_per_s : array_like of float, shape (n,)
        The rates. [records/s] >= 0
    repeat_s : float or None, default None
        After how long everything repeats; beyond the last time. None: never. [s] > 0

    Raises
    ------
    TypeError
        If times or rates are no numbers.
    ValueError
        If there is no rate, one is negative or not finite, or time does not go forward.

    Examples
    --------
    >>> from kafka_sizing.consumers import Arrivals
    >>> arrivals = Arrivals.steady(1_000).with_burst(at_s=60, for_s=10, ratio=3)
    >>> arrivals.records_until([60, 70, 80]).tolist()
    [60000.0, 90000.0, 100000.0]
    """

    times_s: NDArray[np.float64]
    records_per_s: NDArray[np.float64]
    repeat_s: float | None = None

    def __post_init__(self) -> None:
        times = _seconds("times_s", self.times_s)
        rates = _rates("records_per_s", self.records_per_s)
        if times.ndim != 1 or not times.size or times.shape != rates.shape:
            raise ValueError(
                "times_s and records_per_s must be 1-D, as long as each other and not empty, "
                f"got shapes {times.shape} and {rates.shape}"
            )
        if not (np.isfinite(times).all() and np.isfinite(rates).all()):
            where = int(np.flatnonzero(~(np.isfinite(times) & np.isfinite(rates)))[0])
            raise ValueError(
                f"times_s and records_per_s must be finite, got {times[where]} s and "
                f"{rates[where]} records/s in row {where} (a gap must be filled, or left out)"
            )
        if times[0] != 0:
            raise ValueError(f"times_s must begin with 0, got {times[0]:g}")
        _check_forward(times)
        if rates.min() < 0:
            raise ValueError(f"records_per_s must be >= 0, got {rates.min():g}")
        if self.repeat_s is not None:
            check_positive("repeat_s", self.repeat_s)
            if self.repeat_s <= times[-1]:
                raise ValueError(
                    f"repeat_s must be beyond the last time, {times[-1]:g} s, "
                    f"got {self.repeat_s:g}"
                )
            object.__setattr__(self, "repeat_s", float(self.repeat_s))
        for name, array in (("times_s", times), ("records_per_s", rates)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @classmethod
    def steady(cls, records_per_s: float) -> Arrivals:
        """One rate for ever. [records/s] >= 0"""
        check_non_negative("records_per_s", records_per_s)
        return cls(times_s=np.zeros(1), records_per_s=np.array([records_per_s]))

    @classmethod
    def daily(
        cls, mean_records_per_s: float, *, peak_ratio: float, peak_at_s: float = 14 * 3_600.0
    ) -> Arrivals:
        """Rates that swing once a day, as a sine, in steps of a minute; every day the same.

        Parameters
        ----------
        mean_records_per_s : float
            Mean of the day. [records/s] > 0
        peak_ratio : float
            Highest rate over the mean; the lowest lies as far below it. [1, 2]
        peak_at_s : float, default 50400
            When the highest rate comes; 14:00 by default. [s after midnight]

        Returns
        -------
        Arrivals
            From midnight on.
        """
        check_positive("mean_records_per_s", mean_records_per_s)
        check_at_least("peak_ratio", peak_ratio, 1)
        if peak_ratio > 2:
            raise ValueError(f"peak_ratio must be at most 2 for a sine, got {peak_ratio:g}")
        times = np.arange(0.0, _DAY_S, _PROFILE_STEP_S)
        middle = times + _PROFILE_STEP_S / 2
        swing = np.cos(2 * np.pi * (middle - peak_at_s) / _DAY_S)
        rates = mean_records_per_s * (1 + (peak_ratio - 1) * swing)
        return cls(times_s=times, records_per_s=np.maximum(rates, 0.0), repeat_s=_DAY_S)

    @classmethod
    def trace(
        cls, times_s: ArrayLike, records_per_s: ArrayLike, *, most_gap_s: float | None = None
    ) -> Arrivals:
        """Take rates that were measured; times may start anywhere.

        Parameters
        ----------
        times_s : array_like of float or of dates, shape (n,)
            When each rate begins: seconds on any clock, or dates of Python, NumPy or pandas. [s]
        records_per_s : array_like of float, shape (n,)
            The rates. [records/s] >= 0
        most_gap_s : float or None, default None
            Longest time one rate may stand for; a longer gap is refused. [s] > 0

        Returns
        -------
        Arrivals
            The trace, from its first time on.

        Raises
        ------
        TypeError
            If times are neither numbers nor dates, or rates no numbers.
        ValueError
            As for `Arrivals`; or if a gap is longer than it may be.

        Examples
        --------
        >>> from datetime import datetime
        >>> from kafka_sizing.consumers import Arrivals
        >>> dates = [datetime(2026, 11, 2, 10, minute) for minute in (0, 1, 5)]
        >>> Arrivals.trace(dates, [100, 300, 200]).times_s.tolist()
        [0.0, 60.0, 300.0]
        """
        times = _seconds("times_s", times_s)
        if times.ndim == 1 and np.isfinite(times).all():
            _check_forward(times)
        if most_gap_s is not None and times.ndim == 1 and times.size > 1:
            check_positive("most_gap_s", most_gap_s)
            gaps = np.diff(times)
            if gaps.max() > most_gap_s:
                at = int(gaps.argmax())
                raise ValueError(
                    f"times_s must have no gap above {most_gap_s:g} s, got {gaps[at]:g} s "
                    f"after {times[at]:.15g} s"
                )
        start = times[0] if times.ndim == 1 and times.size else 0.0
        return cls(times_s=times - start, records_per_s=_rates("records_per_s", records_per_s))

    def with_burst(self, *, at_s: float, for_s: float, ratio: float) -> Arrivals:
        """Multiply the rate for a while.

        Parameters
        ----------
        at_s, for_s : float
            When the burst begins and how long it lasts. [s] >= 0, > 0
        ratio : float
            Rate in the burst over the rate without it. >= 0

        Returns
        -------
        Arrivals
            The same arrivals with the burst; one that repeats must hold it whole.
        """
        check_non_negative("at_s", at_s)
        check_positive("for_s", for_s)
        check_non_negative("ratio", ratio)
        end = at_s + for_s
        if self.repeat_s is not None and end >= self.repeat_s:
            raise ValueError(
                f"a burst must end before the arrivals repeat, at {self.repeat_s:g} s, got {end:g}"
            )
        times = np.union1d(self.times_s, [at_s, end])
        rates = self.rates_at(times)
        rates[(times >= at_s) & (times < end)] *= ratio
        return Arrivals(times_s=times, records_per_s=rates, repeat_s=self.repeat_s)

    def rates_at(self, times_s: ArrayLike) -> NDArray[np.float64]:
        """Give the rate that holds from each time on. [records/s]"""
        times = np.asarray(times_s, dtype=np.float64)
        if self.repeat_s is not None:
            times = times % self.repeat_s
        at = np.searchsorted(self.times_s, times, side="right") - 1
        return self.records_per_s[np.maximum(at, 0)].copy()

    def records_until(self, times_s: ArrayLike) -> NDArray[np.float64]:
        """Count the records written from 0 to each time; exact."""
        times = np.asarray(times_s, dtype=np.float64)
        until = np.concatenate([[0.0], np.cumsum(self.records_per_s[:-1] * np.diff(self.times_s))])
        rounds: NDArray[np.float64] | float = 0.0
        if self.repeat_s is not None:
            left = self.repeat_s - self.times_s[-1]
            whole = until[-1] + self.records_per_s[-1] * left
            rounds = np.floor(times / self.repeat_s) * whole
            times = times % self.repeat_s
        at = np.maximum(np.searchsorted(self.times_s, times, side="right") - 1, 0)
        return rounds + until[at] + self.records_per_s[at] * (times - self.times_s[at])

    def __repr__(self) -> str:
        """Say the rates in short."""
        low, high = self.records_per_s.min(), self.records_per_s.max()
        span = f"{low:,g}" if low == high else f"{low:,.6g} to {high:,.6g}"
        every = "" if self.repeat_s is None else f", repeats every {self.repeat_s:g} s"
        return f"Arrivals({span} records/s{every})"


def as_arrivals(arrivals: Arrivals | float) -> Arrivals:
    """Take arrivals, or one steady rate."""
    if isinstance(arrivals, Arrivals):
        return arrivals
    check_positive("arrivals", arrivals)
    return Arrivals.steady(arrivals)


def _rates(name: str, given: ArrayLike) -> NDArray[np.float64]:
    """Take numbers, and nothing that only looks like them."""
    array = np.asarray(given)
    if array.dtype.kind not in "Mm":
        try:
            return array.astype(np.float64)  # always a copy
        except (TypeError, ValueError):
            pass
    raise TypeError(f"{name} must hold numbers, got {given!r:.60}")


def _seconds(name: str, given: ArrayLike) -> NDArray[np.float64]:
    """Take times in seconds; dates count from the first, spans of time as they are."""
    array = np.asarray(given)
    try:
        if array.dtype.kind == "O" and array.size and isinstance(array.flat[0], date | timedelta):
            moments = [_moment(each) for each in array]
            start = timedelta() if isinstance(moments[0], timedelta) else moments[0]
            return np.array([(moment - start).total_seconds() for moment in moments])
        if array.dtype.kind == "M" and array.ndim == 1 and array.size:
            array = array - array[0]
        if array.dtype.kind == "m":
            seconds: NDArray[np.float64] = array / np.timedelta64(1, "s")
            return seconds
        return array.astype(np.float64)  # always a copy
    except (AttributeError, TypeError, ValueError):
        raise TypeError(f"{name} must hold numbers or dates, got {given!r:.60}") from None


def _moment(each: Any) -> Any:
    """Take a date with a zone for what it is everywhere: the clocks of a zone may be put back."""
    has_zone = isinstance(each, datetime) and each.tzinfo is not None
    return each.astimezone(UTC) if has_zone else each


def _check_forward(times_s: NDArray[np.float64]) -> None:
    backwards = np.flatnonzero(np.diff(times_s) <= 0)
    if backwards.size:
        at = int(backwards[0])
        raise ValueError(
            f"times_s must go forward, got {times_s[at + 1]:.15g} s after {times_s[at]:.15g} s"
        )
