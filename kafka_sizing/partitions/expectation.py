"""Keys and a partition count in; how uneven a random hash would leave the load, out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_count, check_positive, check_share
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.partitions.bounds import HashBounds
from kafka_sizing.partitions.draws import MOST_DRAWS, HashDraws, Method, Used
from kafka_sizing.partitions.luck import Luck, luck_of, part_within
from kafka_sizing.partitions.moments import HashMoments, moments_of
from kafka_sizing.partitions.placement import MOST_PLACED, place
from kafka_sizing.partitions.shares import HashedShares
from kafka_sizing.units import format_load, format_share

if TYPE_CHECKING:
    import pandas as pd

LEAST_DRAWS: Final = 100
_SHOWN: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_LOW, _HIGH = 0.05, 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class ThroughputCeiling:
    """What a topic carries before its hottest partition is full, over random hashes."""

    partition_bytes_per_s: float  #: what one partition carries
    mean_bytes_per_s: float
    low_bytes_per_s: float  #: 5 % of hashes give less
    median_bytes_per_s: float
    high_bytes_per_s: float  #: 5 % of hashes give more
    most_bytes_per_s: float  #: no hash gives more: the hottest key fills its partition
    observed_bytes_per_s: float | None  #: under the hash in use; None if no keys were given

    @property
    def reason(self) -> str:
        """The range and its proven end, as a sentence without a full stop."""
        low, high, most, one = (
            format_load(rate, "bytes/s")
            for rate in (
                self.low_bytes_per_s,
                self.high_bytes_per_s,
                self.most_bytes_per_s,
                self.partition_bytes_per_s,
            )
        )
        return (
            f"With {one} per partition nine hashes in ten carry {low} … {high}, "
            f"and none more than {most}"
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImbalanceExpectation:
    """How uneven partitions are over all random hashes, and beside it what this hash gives.

    The imbalance ratio is largest load / even share. A hash is fixed in production: the
    distribution says what to expect of keys that have not been seen, of a count that has not
    been tried, and whether the outcome at hand may be relied on.
    """

    partitions: int
    max_shares: NDArray[np.float64]  #: largest share under each hash drawn, rising
    method: Used
    moments: HashMoments
    bounds: HashBounds
    observed_max_share: float | None  #: under the hash in use; None if only shares were given
    partitioner: Partitioner | None

    def __post_init__(self) -> None:
        drawn = np.array(self.max_shares)
        drawn.flags.writeable = False
        object.__setattr__(self, "max_shares", drawn)

    @property
    def mean(self) -> float:
        """Mean imbalance ratio over hashes."""
        return self.max_share_mean * self.partitions

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of the imbalance ratio over hashes."""
        return float(self.max_shares.std()) * self.partitions

    @property
    def standard_error(self) -> float:
        """Standard error of ``mean``, for hashes are drawn: falls as 1 / sqrt(draws)."""
        return self.standard_deviation / math.sqrt(self.draws)

    @property
    def draws(self) -> int:
        """How many random hashes were drawn."""
        return int(self.max_shares.size)

    @property
    def max_share_mean(self) -> float:
        """Mean share of the hottest partition."""
        return float(self.max_shares.mean())

    @property
    def speed_up(self) -> float:
        """How many times one partition's throughput the topic has: 1 / mean largest share."""
        return 1 / self.max_share_mean

    @property
    def cv2_mean(self) -> float:
        """Mean of the squared coefficient of variation: (N - 1) S2, exact."""
        return self.moments.cv2_mean

    @property
    def cv2_standard_deviation(self) -> float:
        """Its standard deviation: sqrt(2 (N - 1) (S2**2 - S4)), exact."""
        return self.moments.cv2_standard_deviation

    def quantile(self, q: float) -> float:
        """Give the imbalance ratio that a part ``q`` of all hashes stays below. q in (0, 1]."""
        return self.max_share_quantile(q) * self.partitions

    def max_share_quantile(self, q: float) -> float:
        """Give the largest share that a part ``q`` of all hashes stays below. q in (0, 1]."""
        check_share("q", q)
        return float(np.quantile(self.max_shares, q))

    def probability_above(self, max_share: float) -> float:
        """Give the probability that the hottest partition carries more than ``max_share``.

        Parameters
        ----------
        max_share : float
            What a partition carries, as a share of the whole load. (0, 1]

        Returns
        -------
        float
            Part of the hashes drawn; 0 may mean less than one in ``draws``, of which
            ``bounds.probability_bound`` is a certificate. [0, 1]

        Raises
        ------
        ValueError
            If the share is outside (0, 1].
        """
        check_share("max_share", max_share)
        return 1 - part_within(max_share, self.max_shares)

    def throughput_ceiling(self, partition_bytes_per_s: float) -> ThroughputCeiling:
        """Give what the topic carries before its hottest partition is full.

        Parameters
        ----------
        partition_bytes_per_s : float
            What one partition, or its consumer, carries. [bytes/s] > 0

        Returns
        -------
        ThroughputCeiling
            Capacity / largest share, over random hashes; its proven end; and this hash's.

        Raises
        ------
        ValueError
            If the rate is not finite and positive, or what the topic carries beyond a float.

        Examples
        --------
        >>> from kafka_sizing import MiB
        >>> from kafka_sizing.partitions import expected_imbalance
        >>> ceiling = expected_imbalance([5, 2, 2, 1], 10**6, rng=1).throughput_ceiling(10 * MiB)
        >>> ceiling.mean_bytes_per_s / MiB, ceiling.most_bytes_per_s / MiB  # 10 / 0.5
        (20.0, 20.0)
        """
        check_positive("partition_bytes_per_s", partition_bytes_per_s)
        one = float(partition_bytes_per_s)
        most = one / self.bounds.floor_share
        check_positive("partition_bytes_per_s over the least share of the hottest", most)
        observed = self.observed_max_share
        return ThroughputCeiling(
            partition_bytes_per_s=one,
            mean_bytes_per_s=one * float((1 / self.max_shares).mean()),
            low_bytes_per_s=one / self.max_share_quantile(_HIGH),
            median_bytes_per_s=one / self.max_share_quantile(0.5),
            high_bytes_per_s=one / self.max_share_quantile(_LOW),
            most_bytes_per_s=most,
            observed_bytes_per_s=None if observed is None else one / observed,
        )

    def luck(self, observed_max_share: float | None = None) -> Luck:
        """Say how lucky an outcome is: where it stands among those of random hashes.

        Parameters
        ----------
        observed_max_share : float or None, default None
            Share of the hottest partition; None: that of the hash in use. (0, 1]

        Returns
        -------
        Luck
            The quantile, and a word for it.

        Raises
        ------
        ValueError
            If the share is outside (0, 1], or none is given and no keys are known.
        """
        observed = self.observed_max_share if observed_max_share is None else observed_max_share
        if observed is None:
            raise ValueError(
                "observed_max_share must be given where only shares are known, got None"
            )
        check_share("observed_max_share", observed)
        return luck_of(observed, self.max_shares)

    @property
    def reason(self) -> str:
        """What to expect, and what this hash gives, as a sentence without a full stop."""
        low, median, high = (format_share(self.max_share_quantile(q)) for q in (_LOW, 0.5, _HIGH))
        count = f"{self.partitions:,} partition{'s' if self.partitions > 1 else ''}"
        text = (
            f"With {count} a random hash puts {median} on the hottest partition (median), "
            f"{low} … {high} in nine of ten cases"
        )
        if self.observed_max_share is None:
            return text
        luck = self.luck()
        return f"{text}; this hash puts {format_share(luck.observed_max_share)}: {luck.word}"

    def to_frame(self) -> pd.DataFrame:
        """One row per quantile: quantile, max_share, imbalance_ratio."""
        import pandas as pd

        shares = np.quantile(self.max_shares, _SHOWN)
        return pd.DataFrame(
            {
                "quantile": _SHOWN,
                "max_share": shares,
                "imbalance_ratio": shares * self.partitions,
            }
        )

    def __repr__(self) -> str:
        observed = self.observed_max_share
        luck = "" if observed is None else f", this hash={observed * self.partitions:.2f}"
        return (
            f"ImbalanceExpectation(n_partitions={self.partitions:,}, mean={self.mean:.2f}, "
            f"5–95 %={self.quantile(_LOW):.2f}…{self.quantile(_HIGH):.2f}{luck})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{self.reason}</p>{table}"


def expected_imbalance(
    keys: KeyLoads | Any,
    partitions: int,
    *,
    method: Method = "auto",
    draws: int = 3_000,
    partitioner: Partitioner | str = "java",
    rng: int | np.random.Generator | None = None,
) -> ImbalanceExpectation:
    """Work out how uneven a random hash leaves the load, and how lucky the real one is.

    Parameters
    ----------
    keys : KeyLoads or array_like of float, shape (k,)
        The keys and their loads, or the loads or shares alone: then nothing is said of the
        hash in use. What counts is the part of the sum, so that shares that do not add up to 1
        are loads like any others.
    partitions : int
        How many partitions the topic has. [1, 10,000,000]
    method : {"auto", "top keys", "monte carlo"}, default "auto"
        ``"monte carlo"``: place every key under every hash; exact but for the number of
        draws. ``"top keys"``: place the heaviest keys, 64 or as few as will do, and let the
        load of the rest follow a normal curve bent to its skewness; the mean comes out within
        1 % and the 95th percentile within 4 %, more than a hundred times faster from 10,000
        keys on, dozens of times for 1,000. ``"auto"``: top keys where that holds, which takes
        many light keys per partition; otherwise Monte Carlo. Beyond 300 million placements it
        is the 1,024 heaviest keys instead, if the mean is then within some 2 %.
    draws : int, default 3_000
        Random hashes to draw. The 95th percentile of 3,000 is that of a part 0.946 … 0.954
        of all hashes, by its standard error. [100, 100,000]
    partitioner : Partitioner or str, default "java"
        The client whose hash is looked at beside the random ones, and that decides whether
        load without a key is spread.
    rng : int, numpy.random.Generator or None, default None
        Seed or generator of the draws; None: new ones each time.

    Returns
    -------
    ImbalanceExpectation
        Mean, deviation and quantiles; closed forms and certificates; and this hash's luck.

    Raises
    ------
    ValueError
        If there is no load, a load is negative or not finite, or an argument out of range.

    Notes
    -----
    A good hash of ordinary keys may be treated as random: murmur2 of real key columns scatters
    around the closed forms as chance does. Keys made to collide, or few of them, are another
    matter: look at the outcome itself (`place`).

    Examples
    --------
    >>> from kafka_sizing.keys import zipf_keys
    >>> from kafka_sizing.partitions import expected_imbalance
    >>> keys = zipf_keys(10_000, exponent=1, total=1_000_000)
    >>> expectation = expected_imbalance(keys, 12, rng=1)
    >>> print(f"{expectation.mean:.1f}, one hash in twenty above {expectation.quantile(0.95):.1f}")
    2.1, one hash in twenty above 2.6
    >>> expectation.luck().word
    'typical'
    """
    count = check_count("partitions", partitions, most=MOST_PLACED)
    check_choice("method", method, get_args(Method))
    drawn = check_count("draws", draws, least=LEAST_DRAWS, most=MOST_DRAWS)
    chosen = require_keyed(partitioner)
    known = isinstance(keys, KeyLoads)
    shares = HashedShares.of(keys, chosen)
    max_shares, used = HashDraws(shares, draws=drawn, method=method, rng=rng).max_shares(count)
    moments = moments_of(shares, count)
    return ImbalanceExpectation(
        partitions=count,
        max_shares=max_shares,
        method=used,
        moments=moments,
        bounds=bounds_of(shares, moments),
        observed_max_share=place(keys, count, partitioner=chosen).max_share if known else None,
        partitioner=chosen if known else None,
    )


def bounds_of(shares: HashedShares, moments: HashMoments) -> HashBounds:
    """Give the certificates for shares whose closed forms are known."""
    partitions = moments.partitions
    heaviest = shares.hottest
    return HashBounds(
        partitions=partitions,
        floor_share=shares.floor(partitions),
        greedy_most_share=1 / partitions + heaviest * (1 - 1 / partitions),
        hottest_key_share=heaviest,
        hashed_share=shares.hashed,
        spread_share=shares.spread,
        share_variance=moments.share_variance,
    )
