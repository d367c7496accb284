"""A number of hashed shards in; how many of them the fullest partition gets, exactly, out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count

if TYPE_CHECKING:
    import pandas as pd

MOST_SHARDS: Final = 10_000
_NEGLIGIBLE: Final = 1e-15  # of the probability, beyond which no further count is given
_VANISHING: Final = 1e-40  # of a term; all that are left away stay far below the 1e-11 promised

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FullestPartition:
    """How many of a key's hashed shards meet on the partition that gets most of them."""

    shards: int
    partitions: int
    counts: NDArray[np.int64]  #: shards on the fullest partition, rising; read-only
    probabilities: Floats  #: of each of ``counts``; read-only

    def __post_init__(self) -> None:
        for name, kind in (("counts", np.int64), ("probabilities", np.float64)):
            array = np.array(getattr(self, name), dtype=kind)
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def mean(self) -> float:
        """The expected number of shards on the fullest partition."""
        return float(self.counts @ self.probabilities)

    @property
    def mean_share(self) -> float:
        """The expected part of the key that the fullest partition gets."""
        return self.mean / self.shards

    @property
    def even_share(self) -> float:
        """The part of the key on the fullest partition if shards never met by chance."""
        return math.ceil(self.shards / self.partitions) / self.shards

    @property
    def mean_distinct(self) -> float:
        """The expected number of partitions that get a shard: N (1 - (1 - 1/N)^S)."""
        return distinct_partitions(self.shards, self.partitions)

    @property
    def probability_all_distinct(self) -> float:
        """The probability that no two shards meet: N! / ((N - S)! N^S)."""
        if self.shards > self.partitions:
            return 0.0
        return math.prod(1 - at / self.partitions for at in range(self.shards))

    def probability_within(self, shards: int) -> float:
        """The probability that no partition gets more than so many ``shards``. >= 0."""
        most = check_count("shards", shards, least=0)
        within = np.cumsum(self.probabilities)[self.counts <= most]
        return min(1.0, float(within[-1])) if within.size else 0.0

    @property
    def reason(self) -> str:
        """What the shards of a key come to, in words."""
        return (
            f"{self.shards:,} shards hashed to {self.partitions:,} partitions reach "
            f"{self.mean_distinct:.4g} of them on average, and the fullest gets "
            f"{100 * self.mean_share:.3g} % of the key, not {100 * self.even_share:.3g} %"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per count on the fullest partition: shards, share, probability."""
        import pandas as pd

        return pd.DataFrame(
            {
                "shards": self.counts,
                "share": self.counts / self.shards,
                "probability": self.probabilities,
            }
        )

    def __repr__(self) -> str:
        return (
            f"FullestPartition({self.shards:,} shards, {self.partitions:,} partitions, "
            f"mean_share={self.mean_share:.4f}, mean_distinct={self.mean_distinct:.4g})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False, max_rows=10)
        return f"<p>{self.reason}</p>{table}"


def fullest_partition(shards: int, partitions: int) -> FullestPartition:
    """Work out, exactly, how a key's hashed shards crowd on the fullest partition.

    Salting is not an even split: each shard is hashed on its own, and some meet.

    Parameters
    ----------
    shards : int
        Shards of one key, each hashed. Thousands take seconds. [1, 10,000]
    partitions : int
        How many partitions the topic has. [1, 2,147,483,647]

    Returns
    -------
    FullestPartition
        The probability of every count on the fullest partition that is not negligible.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    With S shards on N partitions the fullest cell M of the multinomial has
    ``P(M <= k) = S! / N^S [x^S] (sum_{i<=k} x^i / i!)^N``; see `probability_of_at_most`.

    Examples
    --------
    >>> from kafka_sizing.fixes.salting import fullest_partition
    >>> fullest_partition(8, 12)
    FullestPartition(8 shards, 12 partitions, mean_share=0.2825, mean_distinct=6.018)
    """
    shards = check_count("shards", shards, most=MOST_SHARDS)
    partitions = check_count("partitions", partitions)
    least = -(-shards // partitions)
    within: list[float] = []
    most = least
    while most < shards and not _is_never_exceeded(most, shards, partitions):
        within.append(probability_of_at_most(most, shards, partitions))
        most += 1
    within.append(1.0)
    below = np.maximum.accumulate(np.minimum([0.0, *within], 1.0))
    return FullestPartition(
        shards=shards,
        partitions=partitions,
        counts=np.arange(least, most + 1),
        probabilities=np.diff(below),
    )


def distinct_partitions(shards: float, partitions: int) -> float:
    """Give the expected number of partitions that hashed shards reach."""
    if partitions == 1:
        return 1.0
    return -partitions * math.expm1(shards * math.log1p(-1 / partitions))


def probability_of_at_most(most: int, shards: int, partitions: int) -> float:
    """Give the probability that no partition gets more than ``most`` of the shards.

    The terms are scaled to Poisson probabilities of mean S / N: the coefficient then lies near
    the Poisson probability of S at mean S and nothing overflows, however many shards there are.
    All terms are positive, so none cancel, and the result is good to about 1e-11.
    """
    if most >= shards:
        return 1.0
    if most * partitions < shards:
        return 0.0
    terms = np.exp(_log_poisson(np.arange(most + 1), shards / partitions))
    whole = math.exp(float(_log_poisson(np.array([shards]), float(shards))[0]))
    return min(1.0, _coefficient_of_power(terms, partitions, shards) / whole)


def _log_poisson(counts: NDArray[np.int64], mean: float) -> Floats:
    log_factorials = np.array([math.lgamma(count + 1) for count in counts.tolist()])
    logs: Floats = counts * math.log(mean) - mean - log_factorials
    return logs


def _is_never_exceeded(most: int, shards: int, partitions: int) -> bool:
    """Whether even the sum over partitions of the chances to get more is negligible."""
    from scipy.special import bdtrc

    return float(bdtrc(most, shards, 1 / partitions)) * partitions <= _NEGLIGIBLE


@dataclass(frozen=True, slots=True, eq=False)
class _Polynomial:
    """Coefficients from a degree on: those before and after are too small to count."""

    first: int  #: degree of the first coefficient
    terms: Floats

    def times(self, other: _Polynomial, most: int) -> _Polynomial:
        """Multiply, and leave away what is above the degree ``most`` or vanishes."""
        first = self.first + other.first
        product = np.convolve(self.terms, other.terms)[: max(1, most + 1 - first)]
        return _Polynomial(first, product).trimmed()

    def trimmed(self) -> _Polynomial:
        """Leave away both ends, as far as they vanish."""
        kept = np.flatnonzero(self.terms > _VANISHING)
        if not kept.size:
            return _Polynomial(self.first, np.zeros(1))
        return _Polynomial(self.first + int(kept[0]), self.terms[kept[0] : kept[-1] + 1])

    def at(self, degrees: NDArray[np.int64]) -> Floats:
        """Give the coefficients of some degrees."""
        within = degrees - self.first
        known = (within >= 0) & (within < self.terms.size)
        return np.where(known, self.terms[within.clip(0, self.terms.size - 1)], 0.0)


def _coefficient_of_power(terms: Floats, exponent: int, degree: int) -> float:
    """Give the coefficient of x^degree in polynomial(x)^exponent, by repeated squaring."""
    result = _Polynomial(0, np.ones(1))
    power = _Polynomial(0, terms).trimmed()
    while exponent > 1:
        if exponent % 2:
            result = result.times(power, degree)
        power = power.times(power, degree)
        exponent //= 2
    rest = degree - result.first - np.arange(result.terms.size)
    return float(result.terms @ power.at(rest))
