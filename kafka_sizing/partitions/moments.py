"""Key shares and a count in; the closed forms of what a random hash does with them out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from kafka_sizing._checks import check_choice, check_count
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.partitions.placement import MOST_PLACED
from kafka_sizing.partitions.shares import HashedShares

MaximumMethod = Literal["exact", "blom"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HashMoments:
    """Means and variances over all random hashes; exact for any shares and any count.

    Two keys meet on a partition with probability 1 / N, pairwise independently; all else
    follows from that. CV is the coefficient of variation of the N loads, with the population
    variance. Load that is spread evenly adds the same to every partition, and to no variance.
    """

    partitions: int
    keys: int  #: that carry load and are placed whole
    hottest_key_share: float
    sum_of_squares: float  #: S2, of the shares of keys
    sum_of_fourth_powers: float  #: S4

    @property
    def mean_share(self) -> float:
        """Mean share of one partition: 1 / N."""
        return 1 / self.partitions

    @property
    def share_variance(self) -> float:
        """Variance of the share of one partition: S2 (1/N) (1 - 1/N)."""
        return self.sum_of_squares * self._spread_of_one

    @property
    def cv2_mean(self) -> float:
        """Mean of the squared CV of the loads: (N - 1) S2."""
        return (self.partitions - 1) * self.sum_of_squares

    @property
    def cv2_mean_unbiased(self) -> float:
        """The same with the sample variance (ddof 1): N S2; 0 on a single partition."""
        return self.partitions * self.sum_of_squares if self.partitions > 1 else 0.0

    @property
    def cv2_standard_deviation(self) -> float:
        """Standard deviation of the squared CV over hashes: sqrt(2 (N - 1) (S2**2 - S4))."""
        difference = max(0.0, self.sum_of_squares**2 - self.sum_of_fourth_powers)
        return math.sqrt(2 * (self.partitions - 1) * difference)

    @property
    def effective_keys(self) -> float | None:
        """How many equal keys would be as uneven: 1 / S2; None if no key is placed."""
        return 1 / self.sum_of_squares if self.sum_of_squares else None

    @property
    def hottest_keys_partition_mean(self) -> float:
        """Mean share of the partition with the hottest key: p_1 + (1 - p_1) / N."""
        return self.hottest_key_share + (1 - self.hottest_key_share) / self.partitions

    @property
    def hottest_keys_partition_variance(self) -> float:
        """Variance of that share: (S2 - p_1**2) (1/N) (1 - 1/N)."""
        rest = max(0.0, self.sum_of_squares - self.hottest_key_share**2)
        return rest * self._spread_of_one

    @property
    def empty_partitions_mean(self) -> float:
        """Mean number of partitions without a key: N (1 - 1/N)**K."""
        return self.partitions * (1 - 1 / self.partitions) ** self.keys

    @property
    def rough_imbalance_ratio(self) -> float:
        """Roughly the mean imbalance ratio: the larger of two one-sided approximations.

        ``1 + (N - 1) p_1`` if one key is heavy, ``1 + sqrt(N S2) m_N`` if none is; m_N from
        `expected_normal_maximum`. A quick check, too low where both play a part.
        """
        one_heavy = 1 + (self.partitions - 1) * self.hottest_key_share
        spread = math.sqrt(self.partitions * self.sum_of_squares)
        none_heavy = 1 + spread * expected_normal_maximum(self.partitions)
        return max(one_heavy, none_heavy)

    def cv2_mean_of_sample(self, records: int) -> float:
        """Mean of the squared CV of loads counted on so many records drawn from the keys.

        (N - 1) (S2 + (1 - S2) / n): counting adds noise of its own.
        """
        n = check_count("records", records, most=2**63)
        return (self.partitions - 1) * (self.sum_of_squares + (1 - self.sum_of_squares) / n)

    def all_apart_probability(self, keys: int) -> float:
        """Probability that so many keys are all on different partitions.

        The product of 1 - i / N over i < ``keys``, whichever keys they are.
        """
        count = check_count("keys", keys)
        if count > self.partitions:
            return 0.0
        return float(np.prod(1 - np.arange(count) / self.partitions))

    @property
    def _spread_of_one(self) -> float:
        return (1 / self.partitions) * (1 - 1 / self.partitions)


def hash_moments(keys: KeyLoads | Any, partitions: int) -> HashMoments:
    """Work out the means and variances of partition loads over all random hashes.

    Parameters
    ----------
    keys : KeyLoads or array_like of float, shape (k,)
        The keys and their loads, or the loads or shares alone. What counts is the part of the
        sum, so that shares that do not add up to 1 are loads like any others. Load without a
        key counts as spread evenly.
    partitions : int
        How many partitions the topic has. [1, 10,000,000]

    Returns
    -------
    HashMoments
        Closed forms; exact, nothing is simulated.

    Raises
    ------
    ValueError
        If there is no load, a load is negative or not finite, or the count is out of range.

    Examples
    --------
    >>> from kafka_sizing.partitions import hash_moments
    >>> moments = hash_moments([0.5, 0.25, 0.25], 4)
    >>> moments.share_variance, moments.cv2_mean  # S2 = 0.375: 0.375 × 3/16 and 3 × 0.375
    (0.0703125, 1.125)
    """
    count = check_count("partitions", partitions, most=MOST_PLACED)
    return moments_of(HashedShares.of(keys), count)


def moments_of(shares: HashedShares, partitions: int) -> HashMoments:
    """Give the closed forms for shares that are known to be right."""
    squares = shares.squares
    return HashMoments(
        partitions=partitions,
        keys=int(shares.placed.size),
        hottest_key_share=shares.hottest,
        sum_of_squares=float(squares.sum()),
        sum_of_fourth_powers=float((squares * squares).sum()),
    )


def expected_normal_maximum(n: int, *, method: MaximumMethod = "exact") -> float:
    """Give the mean of the largest of n standard normal numbers, m_N.

    Parameters
    ----------
    n : int
        How many numbers. >= 1
    method : {"exact", "blom"}, default "exact"
        ``"exact"``: the integral of 1 - Phi(x)**n over x > 0 less that of Phi(x)**n over
        x < 0. ``"blom"``: Phi^-1((n - 0.375) / (n + 0.25)), after Blom, *Statistical
        Estimates and Transformed Beta-Variables*, 1958; within 1.2 % from n = 6 on,
        4.5 % high at n = 2.

    Returns
    -------
    float
        0 for n = 1.

    Raises
    ------
    ValueError
        If ``n`` is no whole number >= 1, or the method is unknown.

    Examples
    --------
    >>> from kafka_sizing.partitions import expected_normal_maximum
    >>> round(expected_normal_maximum(12), 4)
    1.6292
    >>> round(expected_normal_maximum(12, method="blom"), 4)
    1.635
    """
    from scipy.integrate import quad
    from scipy.special import log_ndtr, ndtri

    count = check_count("n", n)
    check_choice("method", method, get_args(MaximumMethod))
    if count == 1:
        return 0.0
    blom = float(ndtri((count - 0.375) / (count + 0.25)))
    if method == "blom":
        return blom

    def all_below(x: float) -> float:
        return float(np.exp(count * log_ndtr(x)))

    def some_above(x: float) -> float:
        return float(-np.expm1(count * log_ndtr(x)))

    left, _ = quad(all_below, -40, 0, points=[-1])
    low, _ = quad(some_above, 0, blom)
    high, _ = quad(some_above, blom, blom + 12)
    return float(low + high - left)
