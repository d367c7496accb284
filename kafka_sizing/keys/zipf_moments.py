"""Keys seen in a sample and how often two of its records share one, in; Zipf's exponent out."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, floor, hypot, log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEAST_KEYS: Final = 10  # that were seen, for a fit
_MOST_EXPONENT: Final = 20.0
_MOST_KEYS: Final = 10.0**9
_RANKS_ONE_BY_ONE: Final = 200
_BLOCK_RATIO: Final = 1.02  # of the ranks at the ends of a block, beyond those
_ROOT: Final = 1e-6  # to which exponents and logarithms are found
_WIDTH: Final = 1.96  # standard deviations in 95 %


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipfMoments:
    """A finite Zipf law under which a sample would look as it does."""

    exponent: float
    standard_error: float
    keys: float  #: how many there are, seen or not


def zipf_moments(counts: NDArray[np.float64]) -> ZipfMoments | None:
    """Find the exponent and the number of keys whose samples show as many keys and as many pairs.

    Of n records the law shows ``sum 1 - exp(-n p)`` keys, and two of them share a key with the
    chance ``sum p**2``, of which the sample gives an unbiased estimate. Neither needs to know
    which key has which rank, nor the keys that were not seen: so there is no bias in them.

    None where fewer than 10 keys were seen, or no two records share one.
    """
    n, seen = float(counts.sum()), float(np.count_nonzero(counts))
    pairs = float(counts @ (counts - 1)) / (n * (n - 1)) if n > 1 else 0.0
    if seen < LEAST_KEYS or not pairs:
        return None
    exponent = _exponent(n, seen, pairs)
    law = _Law.of(exponent, n, seen)
    off_pairs = _WIDTH * sqrt(law.pairs_variance)
    off_seen = _WIDTH * sqrt(law.seen_variance)
    off = hypot(
        _farthest(exponent, *(_exponent(n, seen, pairs + by) for by in (-off_pairs, off_pairs))),
        _farthest(exponent, *(_exponent(n, seen + by, pairs) for by in (-off_seen, off_seen))),
    )
    return ZipfMoments(exponent=exponent, standard_error=off / _WIDTH, keys=law.keys)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Law:
    """Keys of one exponent, as many as show so many in a sample."""

    keys: float
    records: float
    shares: NDArray[np.float64]  #: of a key in each block of ranks
    ranks: NDArray[np.float64]  #: how many are in each block

    @classmethod
    def of(cls, exponent: float, records: float, seen: float) -> _Law:
        """Choose the number of keys: more of them, more are seen."""
        from scipy.optimize import brentq

        def short(log_keys: float) -> float:
            return cls._with(exponent, records, exp(log_keys)).seen - seen

        low, high = log(max(seen, 1.0)), log(_MOST_KEYS)
        if short(low) >= 0:
            keys = exp(low)
        elif short(high) <= 0:
            keys = _MOST_KEYS
        else:
            keys = exp(float(brentq(short, low, high, xtol=_ROOT)))
        return cls._with(exponent, records, keys)

    @classmethod
    def _with(cls, exponent: float, records: float, keys: float) -> _Law:
        logs, ranks = _blocks(keys)
        weights = np.exp(-exponent * logs)
        return cls(
            keys=keys, records=records, shares=weights / float(ranks @ weights), ranks=ranks
        )

    @property
    def seen(self) -> float:
        """Keys that such a sample shows."""
        return float(self.ranks @ -np.expm1(-self.records * self.shares))

    @property
    def pairs(self) -> float:
        """The chance that two records share a key."""
        return float(self.ranks @ np.square(self.shares))

    @property
    def seen_variance(self) -> float:
        """From sample to sample: what another sample of the same size would add."""
        return float(self.ranks @ -np.expm1(-2 * self.records * self.shares)) - self.seen

    @property
    def pairs_variance(self) -> float:
        """Of the share of pairs in a sample."""
        cubes = float(self.ranks @ self.shares**3)
        n, pairs = self.records, self.pairs
        return 4 / n * max(cubes - pairs**2, 0.0) + 2 / n**2 * pairs


def _exponent(records: float, seen: float, pairs: float) -> float:
    """Find the exponent with as many pairs; 0 where even keys have more."""
    from scipy.optimize import brentq

    def above(exponent: float) -> float:
        return _Law.of(exponent, records, seen).pairs - pairs

    if above(0.0) >= 0:
        return 0.0
    if above(_MOST_EXPONENT) <= 0:
        return _MOST_EXPONENT
    return float(brentq(above, 0.0, _MOST_EXPONENT, xtol=_ROOT))


def _farthest(exponent: float, *others: float) -> float:
    return max(abs(other - exponent) for other in others)


def _blocks(keys: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cut ranks into blocks: the logarithm of the rank in the middle, and how many there are."""
    if keys <= _RANKS_ONE_BY_ONE:
        ranks = np.ones(ceil(keys))
        ranks[-1] = keys - floor(keys) or 1.0
        return np.log(np.arange(1, ranks.size + 1)), ranks
    begin, end = log(_RANKS_ONE_BY_ONE + 0.5), log(keys + 0.5)
    edges = np.linspace(begin, end, ceil((end - begin) / log(_BLOCK_RATIO)) + 1)
    first = np.log(np.arange(1, _RANKS_ONE_BY_ONE + 1))
    middles = np.append(first, (edges[1:] + edges[:-1]) / 2)
    return middles, np.append(np.ones(first.size), np.diff(np.exp(edges)))
