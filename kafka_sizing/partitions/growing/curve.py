"""A write rate and its growth in; the rate at any time, and when it reaches a level, out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kafka_sizing._checks import ROUNDING, check_non_negative, check_positive


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthCurve:
    """A write rate that grows by the same fraction every year, up to a horizon.

    Parameters
    ----------
    write_bytes_per_s : float
        The peak rate today. [bytes/s] > 0
    growth_fraction_per_year : float
        Growth, compounded; 0.3 is 30 % a year. >= 0
    horizon_years : float
        How far to look ahead. [years] >= 0

    Raises
    ------
    ValueError
        If a number is out of range, or the rate at the horizon beyond what a float holds.

    Examples
    --------
    >>> from kafka_sizing.partitions.growing import GrowthCurve
    >>> curve = GrowthCurve(write_bytes_per_s=100, growth_fraction_per_year=1, horizon_years=3)
    >>> curve.rate_at(2), curve.years_until(800)
    (400.0, 3.0)
    """

    write_bytes_per_s: float
    growth_fraction_per_year: float
    horizon_years: float

    def __post_init__(self) -> None:
        check_positive("write_bytes_per_s", self.write_bytes_per_s)
        check_non_negative("growth_fraction_per_year", self.growth_fraction_per_year)
        check_non_negative("horizon_years", self.horizon_years)
        for name in ("write_bytes_per_s", "growth_fraction_per_year", "horizon_years"):
            object.__setattr__(self, name, float(getattr(self, name)))
        check_positive("write_bytes_per_s at the horizon", self._rate(self.horizon_years))

    @property
    def horizon_bytes_per_s(self) -> float:
        """The rate at the horizon, the largest there is. [bytes/s]"""
        return self.rate_at(self.horizon_years)

    def rate_at(self, years: float) -> float:
        """Give the rate after so many years. [bytes/s]"""
        rate = self._rate(float(years))
        check_positive("write_bytes_per_s after so many years", rate)
        return rate

    def years_until(self, level_bytes_per_s: float) -> float | None:
        """Say how long the rate stays within a level, > 0; None if for ever.

        ``ln(level / rate) / ln(1 + growth)``, below 0 where the rate is above it today. A level
        met but for rounding, today or at the horizon, is met.
        """
        check_positive("level_bytes_per_s", level_bytes_per_s)
        level = level_bytes_per_s * (1 + ROUNDING)
        if not self.growth_fraction_per_year:
            return None if level >= self.write_bytes_per_s else -math.inf
        years = math.log(level_bytes_per_s / self.write_bytes_per_s)
        years /= math.log1p(self.growth_fraction_per_year)
        if level >= self.horizon_bytes_per_s:
            return max(years, self.horizon_years)
        return max(years, 0.0) if level >= self.write_bytes_per_s else years

    def _rate(self, years: float) -> float:
        try:
            growth: float = (1 + self.growth_fraction_per_year) ** years
        except OverflowError:
            return math.inf
        return self.write_bytes_per_s * growth
