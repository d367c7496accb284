"""Partitions and a number of records in; what chance alone shows of even loads out."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import (
    check_at_least,
    check_count,
    check_fraction,
    check_positive,
    check_share,
)
from kafka_sizing.partitions.placement import MOST_PLACED
from kafka_sizing.units import format_count

if TYPE_CHECKING:
    import pandas as pd

MOST_RECORDS: Final = 10**9  # whose noise is reckoned
QUANTILES_SHOWN: Final = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_CELLS: Final = 256  # counts the distribution is reckoned at; smooth between them if more
_NEVER: Final = 1e-13  # a chance that is left out
_REACH: Final = 16  # standard deviations of a sum that one period of the transform spans
_SETTLED: Final = 10**5  # records per partition from which on the distribution keeps its shape
_MANY: Final = 8  # partitions from which on the transform has ended
_TERMS: Final = 256  # after so many terms


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SamplingNoise:
    """The largest of even partitions in a sample: what chance shows where nothing is skewed."""

    partitions: int
    records: int  #: in the sample
    most_records: NDArray[np.int64]  #: counts the largest partition can have, rising by 1
    probability_up_to: NDArray[np.float64]  #: that the largest has at most so many

    def __post_init__(self) -> None:
        for name, kind in (("most_records", np.int64), ("probability_up_to", np.float64)):
            array = np.array(getattr(self, name), dtype=kind)
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def even_records(self) -> float:
        """The records of a partition if the sample were even."""
        return self.records / self.partitions

    @property
    def mean_ratio(self) -> float:
        """The imbalance ratio to expect of even loads in a sample of this size."""
        above = 1 - self.probability_up_to[:-1]
        return float(self.most_records[0] + above.sum()) / self.even_records

    @property
    def standard_deviation(self) -> float:
        """The standard deviation of that imbalance ratio from sample to sample."""
        weights = np.diff(self.probability_up_to, prepend=0.0)
        ratios = self.most_records / self.even_records
        return float(np.sqrt(weights @ np.square(ratios - self.mean_ratio)))

    def quantile(self, probability: float) -> float:
        """Give the imbalance ratio that even loads stay at or below so often. (0, 1)"""
        check_share("probability", probability)
        check_fraction("probability", probability)
        at = int(np.searchsorted(self.probability_up_to, probability))
        return float(self.most_records[min(at, self.most_records.size - 1)]) / self.even_records

    def max_share_quantile(self, probability: float) -> float:
        """Give the share of the hottest partition that even loads stay at or below so often."""
        return self.quantile(probability) / self.partitions

    def chance_of(self, imbalance_ratio: float) -> float:
        """Say how often even loads show this imbalance ratio, or a larger one, by chance. >= 0"""
        check_at_least("imbalance_ratio", imbalance_ratio, 0)
        seen = np.ceil(imbalance_ratio * self.even_records * (1 - 1e-12))
        below = int(np.searchsorted(self.most_records, seen)) - 1
        return float(1 - self.probability_up_to[below]) if below >= 0 else 1.0

    @property
    def reason(self) -> str:
        """What chance shows, in a sentence."""
        return (
            f"in {format_count(self.records, 'record')} of "
            f"{format_count(self.partitions, 'even partition')} the hottest "
            f"shows {self.mean_ratio:.3g} × the even share on average, and more than "
            f"{self.quantile(0.95):.3g} × in at most 5 of 100 samples"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per quantile: probability, imbalance_ratio, max_share."""
        import pandas as pd

        ratios = np.array([self.quantile(probability) for probability in QUANTILES_SHOWN])
        return pd.DataFrame(
            {
                "probability": QUANTILES_SHOWN,
                "imbalance_ratio": ratios,
                "max_share": ratios / self.partitions,
            }
        )

    def __repr__(self) -> str:
        """Say what the sample is of, and what imbalance chance makes of it."""
        return (
            f"SamplingNoise({format_count(self.records, 'record')}, "
            f"{format_count(self.partitions, 'partition')}, "
            f"mean_ratio={self.mean_ratio:.3f}, p95={self.quantile(0.95):.3f})"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False)


def sampling_noise(records: int, *, partitions: int) -> SamplingNoise:
    """Say how uneven a sample looks where every partition has the same share.

    Parameters
    ----------
    records : int
        How many records were sampled. 1 … 10**9
    partitions : int
        How many partitions they went to, each with share 1 / partitions. 1 … 10,000,000

    Returns
    -------
    SamplingNoise
        The distribution of the largest partition: mean, quantiles, and the chance of what was
        seen.

    Raises
    ------
    ValueError
        If a count is out of range.

    Notes
    -----
    The counts are multinomial. They are independent Poisson counts given their sum (B. Levin, *A
    representation for multinomial cumulative distribution functions*, 1981), so
    P(largest <= k) = P(each <= k, sum = n) / P(sum = n); the numerator is a coefficient of the
    N-th power of the truncated Poisson series, read off a Fourier transform. As a rule of thumb
    the mean is 1 + m sqrt(N / n), m being the mean of the largest of N normal numbers.

    Examples
    --------
    >>> from kafka_sizing.partitions import sampling_noise
    >>> noise = sampling_noise(1_000, partitions=12)
    >>> round(noise.mean_ratio, 2), round(noise.quantile(0.95), 2)
    (1.18, 1.28)
    >>> f"{noise.chance_of(1.5):.4f}"
    '0.0001'
    """
    n = check_count("records", records, most=MOST_RECORDS)
    cells = check_count("partitions", partitions, most=MOST_PLACED)
    if cells == 1:
        return SamplingNoise(
            partitions=1, records=n, most_records=np.array([n]), probability_up_to=np.ones(1)
        )
    counts = _counts_possible(n, cells)
    settled = min(n, _SETTLED * cells)
    possible = counts if settled == n else _counts_possible(settled, cells)
    reckoned = np.unique(np.linspace(possible[0], possible[-1], _CELLS).round().astype(np.int64))
    up_to = _probability_up_to(reckoned, settled, cells)
    if settled < n or reckoned.size < counts.size:
        up_to = _filled_in(
            _deviations(reckoned, settled, cells), up_to, _deviations(counts, n, cells)
        )
    rising = np.maximum.accumulate(np.clip(up_to, 0, 1))
    rising[-1] = 1.0
    return SamplingNoise(
        partitions=cells, records=n, most_records=counts, probability_up_to=rising
    )


def chance_on_line(
    seen_records: float, records: float, *, line_share: float, among: int = 1
) -> float:
    """Say how often a share on a line shows so many records, or more, by chance.

    Parameters
    ----------
    seen_records : float
        Records of the partition or the key in the sample. >= 0
    records : float
        Records in the sample, rounded to a whole number. > 0
    line_share : float
        The share that is still all right. (0, 1]
    among : int, default 1
        Of how many it was picked for being the largest. >= 1

    Returns
    -------
    float
        Upper tail of the binomial distribution, times ``among`` (Bonferroni), at most 1. Call
        hot what has 0.05 or less, and in at most 5 of 100 samples anything is called hot whose
        share is not above the line.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.partitions import chance_on_line
    >>> round(chance_on_line(9, 12, line_share=0.5), 3)  # (220 + 66 + 12 + 1) / 4096
    0.073
    >>> round(chance_on_line(9, 12, line_share=0.5, among=4), 3)
    0.292
    """
    check_at_least("seen_records", seen_records, 0)
    check_positive("records", records)
    check_share("line_share", line_share)
    looked_at = check_count("among", among)
    from scipy.stats import binom

    at_least = np.ceil(seen_records - 1e-6) - 1
    return min(1.0, float(binom.sf(at_least, round(records), line_share)) * looked_at)


def _counts_possible(n: int, cells: int) -> NDArray[np.int64]:
    """Give the counts that the largest cell can have, but for chances that are left out."""
    from scipy.stats import binom

    even = -(-n // cells)

    def above(count: int) -> float:
        return float(binom.sf(count, n, 1 / cells))

    def may_be_largest(count: int) -> int:  # all cells at most so large: at most F(count)**cells
        return int(cells * np.log1p(-min(above(count), 1 - 1e-16)) >= np.log(_NEVER))

    def is_never_exceeded(count: int) -> int:
        return int(above(count) * cells <= _NEVER)

    most = even + bisect_left(range(even, n), 1, key=is_never_exceeded)
    least = even + bisect_left(range(even, most), 1, key=may_be_largest)
    return np.arange(least, most + 1)


def _deviations(counts: NDArray[np.int64], n: int, cells: int) -> NDArray[np.float64]:
    """Give the normal number that is as rare as one cell's count: much alike for every n."""
    from scipy.special import ndtri
    from scipy.stats import binom

    rarity: NDArray[np.float64] = -ndtri(binom.sf(counts, n, 1 / cells))
    return rarity


def _filled_in(
    known_at: NDArray[np.float64], up_to: NDArray[np.float64], wanted_at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Read a distribution between its known points: on Gumbel's scale it is all but straight."""
    from scipy.interpolate import PchipInterpolator

    rising = np.maximum.accumulate(up_to.clip(_NEVER, 1 - _NEVER))
    straight = PchipInterpolator(known_at, np.log(-np.log(rising)))
    filled: NDArray[np.float64] = np.exp(
        -np.exp(straight(wanted_at.clip(known_at[0], known_at[-1])))
    )
    return filled


def _probability_up_to(counts: NDArray[np.int64], n: int, cells: int) -> NDArray[np.float64]:
    """Give P(largest of ``cells`` even cells <= count) for each count, of ``n`` in all."""
    from scipy.fft import next_fast_len

    period = next_fast_len(int(_REACH * np.sqrt(n)) + 64, real=True)
    first = max(0, int(n / cells - _REACH * np.sqrt(n / cells)))  # fewer: never
    numbers = np.arange(first, counts[-1] + 1)
    # so many factors of a Poisson mass are rounded that their product would be off by 1e-10
    logs = np.cumsum(np.log(n / cells / numbers[1:]))
    mass = np.exp(np.append(0.0, logs) - max(0.0, logs.max(initial=0.0)))
    mass /= mass.sum()
    terms = period // 2 + 1 if cells < _MANY else min(_TERMS, period // 2 + 1)
    twice = np.full(terms, 2.0)  # each term stands for its mirror image too,
    twice[0] = 1.0  # but for the first and, of an even period, the last
    if period % 2 == 0:
        twice[period // 2 :] = 1.0
    back = twice * np.exp(2j * np.pi * (np.arange(terms) * (n % period) % period) / period)
    ends = np.searchsorted(numbers, counts, side="right")
    sums = np.empty(counts.size)
    series = np.zeros(terms, dtype=np.complex128)
    transform = _transformed if cells < _MANY else _first_terms
    for at, (begin, end) in enumerate(pairwise([0, *ends.tolist()])):
        if end > begin:
            series += transform(numbers[begin:end] % period, mass[begin:end], period, terms)
        sums[at] = float((_power(series, cells) * back).real.sum()) / period
    up_to: NDArray[np.float64] = sums / sums[-1]
    return up_to


def _first_terms(
    places: NDArray[np.int64], mass: NDArray[np.float64], period: int, terms: int
) -> NDArray[np.complex128]:
    """Give the first terms of the Fourier transform of a few masses."""
    turns = np.outer(np.arange(terms), places) % period
    found: NDArray[np.complex128] = np.exp(-2j * np.pi / period * turns) @ mass
    return found


def _transformed(
    places: NDArray[np.int64], mass: NDArray[np.float64], period: int, terms: int
) -> NDArray[np.complex128]:
    """Give all terms of the Fourier transform of a few masses."""
    from scipy.fft import rfft

    found: NDArray[np.complex128] = rfft(np.bincount(places, mass, minlength=period))
    return found[:terms]


def _power(numbers: NDArray[np.complex128], exponent: int) -> NDArray[np.complex128]:
    """Raise complex numbers to a whole power by squaring, which is fast."""
    power = np.ones_like(numbers)
    square = numbers.copy()
    while exponent:
        if exponent & 1:
            power *= square
        exponent >>= 1
        square *= square
    return power
