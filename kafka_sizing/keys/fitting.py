"""Keys counted in a sample in; its Zipf exponent as a range, and what it cannot show, out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_open_share
from kafka_sizing.keys.loads import KeyLoads, checked_loads
from kafka_sizing.keys.sketch import refuse_sketch
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    import pandas as pd

ZipfMethod: TypeAlias = Literal["all ranks", "first ranks", "count spectrum"]

FIRST_RANKS: Final = 100  # where a small sample still ranks keys as they are
MOST_EXPONENT: Final = 20.0  # steeper than any log: the second key a millionth of the first
TAIL_LEAST: Final = 50  # keys a power law of their counts is fitted to
TAILS_TRIED: Final = 100  # smallest counts of that tail
COUNTS_SMOOTH: Final = 100  # from where on sums over counts are integrals, to 1e-5
MOST_ALPHA: Final = 60.0  # steeper than any spectrum but that of even keys


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenKeys:
    """What a sample tells of the keys it does not hold."""

    records: int  #: in the sample
    seen_keys: int
    seen_once: int  #: keys with one record
    seen_twice: int  #: keys with two

    @property
    def share(self) -> float:
        """The load of all unseen keys, as a share of the topic: Good and Turing's estimate."""
        return self.seen_once / self.records

    @property
    def standard_error(self) -> float:
        """The standard error of that share (Esty 1983)."""
        once, twice = self.seen_once, self.seen_twice
        return float(np.sqrt(once * (1 - once / self.records) + 2 * twice) / self.records)

    @property
    def least_keys(self) -> float:
        """Keys there are at least, the seen ones included: Chao's lower bound, bias-corrected."""
        return self.seen_keys + self.seen_once * (self.seen_once - 1) / (2 * (self.seen_twice + 1))

    def largest_share(self, certainty: float = 0.95) -> float:
        """Give the share a key has at most that went unseen, with this certainty. (0, 1)

        A key of share p stays out of n records with probability (1 - p)**n.
        """
        check_open_share("certainty", certainty)
        return float(-np.expm1(np.log1p(-certainty) / self.records))

    @property
    def reason(self) -> str:
        """What is unseen, in a sentence."""
        return (
            f"{self.seen_once:,} of {self.seen_keys:,} keys came once in {self.records:,} "
            f"records, so {format_share(self.share)} of the load is of keys not seen; there are "
            f"at least {round(self.least_keys):,} keys"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per estimate: quantity, value."""
        import pandas as pd

        rows = {
            "unseen share": self.share,
            "standard error": self.standard_error,
            "least keys": self.least_keys,
            "largest share of one unseen key, 95 % certain": self.largest_share(),
        }
        return pd.DataFrame({"quantity": list(rows), "value": list(rows.values())})

    def __repr__(self) -> str:
        """Say the share that is unseen and how many keys there are at least."""
        return (
            f"UnseenKeys(share={format_share(self.share)}, "
            f"least_keys={round(self.least_keys):,}, seen_keys={self.seen_keys:,})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipfFit:
    """One way to read Zipf's exponent from the counts of a sample."""

    method: ZipfMethod
    exponent: float
    standard_error: float  #: from chance alone, if Zipf's law holds; no bias is in it
    keys: int  #: how many keys it was fitted to
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipfFits:
    """Zipf's exponent by several ways, which err differently: a range, not a number."""

    fits: tuple[ZipfFit, ...]
    seen_keys: int
    records: int
    top_share: float  #: of the heaviest key, read from the counts and not from a fit

    @property
    def least(self) -> float | None:
        """The smallest exponent of the fits; None where nothing could be fitted."""
        return min((fit.exponent for fit in self.fits), default=None)

    @property
    def most(self) -> float | None:
        """The largest exponent of the fits; None where nothing could be fitted."""
        return max((fit.exponent for fit in self.fits), default=None)

    @property
    def reason(self) -> str:
        """The range and the fits it comes from, in a sentence."""
        if not self.fits:
            return f"{self.seen_keys:,} keys in {self.records:,} records are too few for a fit"
        fits = ", ".join(f"{fit.exponent:.2f} ({fit.method})" for fit in self.fits)
        return (
            f"Zipf's exponent lies around {self.least:.2f} … {self.most:.2f}: {fits}; the share "
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
            return f"ZipfFits(none, {self.seen_keys:,} keys)"
        return f"ZipfFits({self.least:.2f} … {self.most:.2f}, {self.seen_keys:,} keys)"

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False)


def unseen_keys(records: KeyLoads | Any) -> UnseenKeys:
    """Estimate the load of the keys that a sample does not hold, and how many there must be.

    Parameters
    ----------
    records : KeyLoads or array_like, shape (n,)
        How many records each key has in the sample. Whole numbers >= 0, one record or more

    Returns
    -------
    UnseenKeys
        The unseen share with its standard error, and a lower bound on the number of keys.

    Raises
    ------
    ValueError
        If the loads are no counts of records, or there is no record.

    Notes
    -----
    With f1 keys seen once, f2 twice: the unseen share is f1 / n (I. J. Good, *The population
    frequencies of species*, 1953), and there are at least S + f1 (f1 - 1) / (2 (f2 + 1)) keys (A.
    Chao, *Nonparametric estimation of the number of classes*, 1984). That is a lower bound and no
    estimate: with a long tail there are many more. Unseen keys are many and light, so they
    spread evenly: no partition gets hot from them.

    Examples
    --------
    >>> from kafka_sizing.keys import unseen_keys
    >>> unseen = unseen_keys([5, 2, 1, 1, 1])
    >>> unseen.share, unseen.least_keys  # 3 / 10, and 5 + 3 · 2 / (2 · 2)
    (0.3, 6.5)
    """
    counts = record_counts(records)
    total = float(counts.sum())
    if not total:
        raise ValueError("records must be 1 or more in all, got 0")
    return UnseenKeys(
        records=int(total),
        seen_keys=int(np.count_nonzero(counts)),
        seen_once=int(np.count_nonzero(counts == 1)),
        seen_twice=int(np.count_nonzero(counts == 2)),
    )


def fit_zipf(records: KeyLoads | Any) -> ZipfFits:
    """Fit Zipf's exponent to a sample in three ways that err differently, and give the range.

    Parameters
    ----------
    records : KeyLoads or array_like, shape (n,)
        How many records each key has in the sample. Whole numbers >= 0, one record or more

    Returns
    -------
    ZipfFits
        The fits that were possible: none of fewer than two keys.

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
    Clauset, C. Shalizi, M. Newman, *Power-law distributions in empirical data*, 2009).

    Shares of the heaviest keys do not come from a fit: read them from the data.

    Examples
    --------
    >>> from kafka_sizing.keys import fit_zipf, zipf_keys
    >>> fits = fit_zipf(zipf_keys(10_000, exponent=1, total=100_000, loads="sampled", rng=1))
    >>> fits
    ZipfFits(0.98 … 1.00, 8,572 keys)
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
    )
    return ZipfFits(
        fits=tuple(fit for fit in fits if fit is not None),
        seen_keys=falling.size,
        records=int(total),
        top_share=float(falling[0] / total),
    )


def sum_of_squared_shares(records: KeyLoads | Any) -> float:
    """Estimate sum p² of the keys, without the bias that a sample gives it.

    Parameters
    ----------
    records : KeyLoads or array_like, shape (n,)
        How many records each key has in the sample. Whole numbers >= 0, two records or more

    Returns
    -------
    float
        sum c (c - 1) / (n (n - 1)), the chance that two records of the sample share their key;
        in [0, 1]. Its inverse is the effective number of keys.

    Raises
    ------
    ValueError
        If the loads are no counts of records, or there are fewer than two.

    Notes
    -----
    The plain sum (c / n)² is too high by (1 - sum p²) / n on average (E. H. Simpson,
    *Measurement of diversity*, 1949).

    Examples
    --------
    >>> from kafka_sizing.keys import sum_of_squared_shares
    >>> sum_of_squared_shares([3, 2])  # (3 · 2 + 2 · 1) / (5 · 4)
    0.4
    """
    counts = record_counts(records)
    total = float(counts.sum())
    if total < 2:
        raise ValueError(f"records must be 2 or more in all, got {total:g}")
    return float(counts @ (counts - 1)) / (total * (total - 1))


def record_counts(records: KeyLoads | Any) -> NDArray[np.float64]:
    """Give the records of each key; refuse loads that are no counts of records."""
    refuse_sketch(records, "counts of records of each")
    if isinstance(records, KeyLoads) and records.unit != "records":
        raise ValueError(f"keys must be counted in 'records', got {records.unit!r}")
    counts = records.loads if isinstance(records, KeyLoads) else checked_loads(records)
    broken = counts != np.floor(counts)
    if broken.any():
        raise ValueError(f"records must be whole numbers, got {counts[broken][0]}")
    return counts


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
