"""Keys counted in a sample in; its Zipf exponent as a range out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.unseen import record_counts
from kafka_sizing.keys.zipf_moments import zipf_moments
from kafka_sizing.units import format_count, format_share

if TYPE_CHECKING:
    import pandas as pd

ZipfMethod: TypeAlias = Literal["all ranks", "first ranks", "count spectrum", "moments"]

FIRST_RANKS: Final = 100  # where a small sample still ranks keys as they are
MOST_EXPONENT: Final = 20.0  # steeper than any log: the second key a millionth of the first
TAIL_LEAST: Final = 50  # keys a power law of their counts is fitted to
TAILS_TRIED: Final = 100  # smallest counts of that tail
COUNTS_SMOOTH: Final = 100  # from where on sums over counts are integrals, to 1e-5
MOST_ALPHA: Final = 60.0  # steeper than any spectrum but that of even keys
_WIDTH: Final = 1.96  # standard errors in 95 %


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipfFit:
    """One way to read Zipf's exponent from the counts of a sample."""

    method: ZipfMethod
    exponent: float
    standard_error: float  #: from chance alone, if Zipf's law holds; no bias is in it
    keys: int  #: how many keys it was fitted to
    reason: str

    @property
    def least(self) -> float:
        """The smallest exponent that chance leaves open at 95 %. >= 0"""
        return max(0.0, self.exponent - _WIDTH * self.standard_error)

    @property
    def most(self) -> float:
        """The largest exponent that chance leaves open at 95 %."""
        return self.exponent + _WIDTH * self.standard_error


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipfFits:
    """Zipf's exponent by several ways, which err differently: a range, not a number.

    The range holds all that any way leaves open at 95 %. Where the log does follow Zipf's law
    over a finite number of keys, the true exponent is in it in 95 of 100 samples or more, for
    the moments have no bias. Where it does not, the ways disagree, and the range is wide.
    """

    fits: tuple[ZipfFit, ...]
    seen_keys: int
    records: int
    top_share: float  #: of the heaviest key, read from the counts and not from a fit

    @property
    def least(self) -> float | None:
        """The smallest exponent that a fit leaves open; None where nothing could be fitted."""
        return min((fit.least for fit in self.fits), default=None)

    @property
    def most(self) -> float | None:
        """The largest exponent that a fit leaves open; None where nothing could be fitted."""
        return max((fit.most for fit in self.fits), default=None)

    @property
    def reason(self) -> str:
        """The range and the fits it comes from, in a sentence."""
        if not self.fits:
            return (
                f"{format_count(self.seen_keys, 'key')} in "
                f"{format_count(self.records, 'record')}: too few for a fit"
            )
        fits = ", ".join(f"{fit.exponent:.2f} ({fit.method})" for fit in self.fits)
        return (
            f"Zipf's exponent lies in {self.least:.2f} … {self.most:.2f}: {fits}; the share "
            f"of the heaviest key, {format_share(self.top_share)}, is read from the counts"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per fit: method, exponent, standard_error, keys."""
        import pandas as pd

        columns = ("method", "exponent", "standard_error", "keys")
        return pd.DataFrame(
            [[getattr(fit, name) for name in columns] for fit in self.fits], columns=columns
        )

    def __repr__(self) -> str:
        """Say the range and how many keys it comes from."""
        if self.least is None or self.most is None:
            return f"ZipfFits(none, {format_count(self.seen_keys, 'key')})"
        seen = format_count(self.seen_keys, "key")
        return f"ZipfFits({self.least:.2f} … {self.most:.2f}, {seen})"

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False)


def fit_zipf(records: KeyLoads | Any) -> ZipfFits:
    """Fit Zipf's exponent to a sample in four ways that err differently, and give the range.

    Parameters
    ----------
    records : KeyLoads or array_like, shape (n,)
        How many records each key has in the sample. Whole numbers >= 0, one record or more

    Returns
    -------
    ZipfFits
        The fits that were possible, none of fewer than two keys; and the range that holds all
        of them with their 95 % intervals.

    Raises
    ------
    ValueError
        If the loads are no counts of records, or there is no record.

    Notes
    -----
    "all ranks": maximum likelihood of a finite Zipf law over as many keys as were seen. Keys are
    ranked by the very counts that are fitted, and unseen ones are missing: biased low where the
    sample is small. "first ranks": the same of the first 100 ranks only, given that a record is
    of one of these. "count spectrum": how many keys have c records falls as c**-alpha in the
    tail, and z = 1 / (alpha - 1); the tail begins where the fit is nearest to the counts (A.
    Clauset, C. Shalizi, M. Newman, *Power-law distributions in empirical data*, 2009). These
    three are low on small samples, and high where keys are even. "moments": the exponent, and
    with it the number of keys, under which a sample of this size shows as many keys, and as
    many pairs of records of one key, as this one does. Neither number is biased by ranking or
    by what went unseen.

    Shares of the heaviest keys do not come from a fit: read them from the data.

    Examples
    --------
    >>> from kafka_sizing.keys import fit_zipf, zipf_keys
    >>> fits = fit_zipf(zipf_keys(10_000, exponent=1, total=100_000, loads="sampled", rng=1))
    >>> fits
    ZipfFits(0.93 … 1.04, 8,572 keys)
    """
    counts = record_counts(records)
    total = float(counts.sum())
    if not total:
        raise ValueError("records must be 1 or more in all, got 0")
    falling = np.sort(counts[counts > 0])[::-1]
    fits = (
        _rank_fit(falling, "all ranks"),
        _rank_fit(falling[:FIRST_RANKS], "first ranks") if falling.size > FIRST_RANKS else None,
        _spectrum_fit(falling),
        _moments_fit(falling),
    )
    return ZipfFits(
        fits=tuple(fit for fit in fits if fit is not None),
        seen_keys=falling.size,
        records=int(total),
        top_share=float(falling[0] / total),
    )


def _rank_fit(falling: NDArray[np.float64], method: ZipfMethod) -> ZipfFit | None:
    """Fit P(rank r) ~ r**-z by maximum likelihood; the mean of ln r says all about z."""
    if falling.size < 2:
        return None
    logs = np.log(np.arange(1, falling.size + 1))
    seen = float(falling @ logs) / float(falling.sum())

    def moments(exponent: float) -> tuple[float, float]:
        weights = np.exp(-exponent * logs)
        mean = float(weights @ logs) / float(weights.sum())
        return mean, float(weights @ np.square(logs - mean)) / float(weights.sum())

    exponent = _root(lambda z: moments(z)[0] - seen, 0.0, MOST_EXPONENT)
    error = 1 / np.sqrt(falling.sum() * moments(exponent)[1])
    reason = "maximum likelihood over all ranks seen: low where the sample is small"
    if method == "first ranks":
        reason = f"maximum likelihood over the first {falling.size:,} ranks"
    return ZipfFit(
        method=method,
        exponent=exponent,
        standard_error=float(error),
        keys=falling.size,
        reason=reason,
    )


def _spectrum_fit(falling: NDArray[np.float64]) -> ZipfFit | None:
    """Fit P(count = c) ~ c**-alpha to the tail whose fit is nearest to it (Kolmogorov)."""
    rising = falling[::-1]
    least_counts = np.unique(rising[: max(0, rising.size - TAIL_LEAST)])
    least_counts = least_counts[least_counts < falling[0]]
    if not least_counts.size:
        return None
    if least_counts.size > TAILS_TRIED:
        at = np.geomspace(1, least_counts.size, TAILS_TRIED).round().astype(np.int64) - 1
        least_counts = least_counts[np.unique(at)]
    begins = np.searchsorted(rising, least_counts).tolist()
    distance, alpha, keys, least = min(_tail_fit(rising[begin:]) for begin in begins)
    error = (alpha - 1) / np.sqrt(keys)  # of alpha; that of z follows from dz = dalpha z²
    exponent = 1 / (alpha - 1)
    return ZipfFit(
        method="count spectrum",
        exponent=exponent,
        standard_error=float(error * exponent**2),
        keys=keys,
        reason=f"power law of the {keys:,} counts from {least:,.0f} up, "
        f"alpha={alpha:.2f}, {distance:.3f} away from them",
    )


def _moments_fit(falling: NDArray[np.float64]) -> ZipfFit | None:
    """Match how many keys were seen, and how often two records share one."""
    found = zipf_moments(falling)
    if found is None:
        return None
    return ZipfFit(
        method="moments",
        exponent=found.exponent,
        standard_error=found.standard_error,
        keys=falling.size,
        reason=f"of about {found.keys:,.0f} keys a sample shows {falling.size:,}, and two records "
        "share one as often as here",
    )


def _tail_fit(tail: NDArray[np.float64]) -> tuple[float, float, int, float]:
    """Give how far the fit is from the tail, its exponent, its keys and where it begins."""
    least = float(tail[0])
    alpha = _likeliest_alpha(tail, least)
    values, first = np.unique(tail, return_index=True)
    up_to = np.append(first[1:], tail.size) / tail.size
    distance = float(np.abs(up_to - 1 + _beyond(values, alpha, least)).max())
    return distance, alpha, int(tail.size), least


def _likeliest_alpha(tail: NDArray[np.float64], least: float) -> float:
    """Fit P(c) ~ c**-alpha, c >= least, by maximum likelihood."""
    nearly = 1 + tail.size / float(np.log(tail / (least - 0.5)).sum())
    if least >= COUNTS_SMOOTH:
        return nearly
    from scipy.optimize import minimize_scalar
    from scipy.special import zeta

    mean = float(np.log(tail).mean())
    found = minimize_scalar(
        lambda alpha: alpha * mean + np.log(zeta(alpha, least)),
        bounds=(1 + 1 / MOST_EXPONENT, MOST_ALPHA),
        method="bounded",
    )
    return float(found.x)


def _beyond(values: NDArray[np.float64], alpha: float, least: float) -> NDArray[np.float64]:
    """Give P(count > value) of a power law that begins at ``least``."""
    if least >= COUNTS_SMOOTH:
        smooth: NDArray[np.float64] = ((values + 0.5) / (least - 0.5)) ** (1 - alpha)
        return smooth
    from scipy.special import zeta

    exact: NDArray[np.float64] = zeta(alpha, values + 1) / zeta(alpha, least)
    return exact


def _root(falls: Callable[[float], float], low: float, high: float) -> float:
    """Find where a falling function is 0, or the end nearest to it."""
    if falls(low) <= 0:
        return low
    if falls(high) >= 0:
        return high
    from scipy.optimize import brentq

    return float(brentq(falls, low, high))
