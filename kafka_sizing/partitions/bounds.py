"""Key shares and a count in; what holds for every set of keys with them, as certificates, out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from kafka_sizing._checks import ROUNDING, check_choice, check_open_share, check_share

if TYPE_CHECKING:
    import pandas as pd

Certificate = Literal["chernoff", "bernstein"]

_HALVINGS: Final = 60
_SHOWN: Final = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class HashBounds:
    """What the hottest partition can never, or hardly ever, carry: certificates, no estimates.

    They hold for every set of keys with this hottest key and this sum of squares, and are wide
    for it: a bound on a probability may say 1 where the truth is 0.01. Use them to rule
    something out; for what to expect, `expected_imbalance` simulates.

    Notes
    -----
    With X the share of one partition that is hashed, w its sum over all, mu = w / N its mean
    and p_1 the largest share of a key:

    - hard floor: some partition carries max(1/N, p_1) or more, whatever the hash, since a key
      is not cut.
    - Chernoff: P(max >= (1 + t) mu) <= N exp((t - (1 + t) ln(1 + t)) mu / p_1).
    - Bernstein: P(max >= mu + x) <= N exp(-x**2 / (2 (v + p_1 x / 3))), v the variance of one
      partition's share.
    - greedy: whole keys placed by a table, each in falling order on the partition that carries
      least, never give more than 1/N + p_1 (1 - 1/N).
    """

    partitions: int
    floor_share: float  #: the hottest partition carries this much under every hash
    greedy_most_share: float  #: a routing table that places heavy keys first stays within it
    hottest_key_share: float
    hashed_share: float  #: part of the load that is placed by key
    spread_share: float  #: the rest, dealt out evenly
    share_variance: float  #: of one partition's share, over hashes

    @property
    def greedy_ratio(self) -> float:
        """How far that table may be above the best one: 4/3 - 1/(3 N) (Graham, 1969)."""
        return 4 / 3 - 1 / (3 * self.partitions)

    def probability_bound(
        self, max_share: float, *, certificate: Certificate | None = None
    ) -> float:
        """Give a number that the probability of ``max_share`` or more is never above.

        Parameters
        ----------
        max_share : float
            Share of the hottest partition. (0, 1]
        certificate : {"chernoff", "bernstein"} or None, default None
            Which bound; None: the smaller of the two.

        Returns
        -------
        float
            Upper bound on the probability over random hashes; 1 if it says nothing. [0, 1]

        Raises
        ------
        ValueError
            If the share is outside (0, 1], or the certificate is unknown.

        Examples
        --------
        >>> from kafka_sizing.partitions import expected_imbalance
        >>> bounds = expected_imbalance([1] * 1_000, 10, rng=1).bounds
        >>> round(bounds.probability_bound(0.15), 4)  # in truth 4e-6
        0.0001
        """
        check_share("max_share", max_share)
        if certificate is not None:
            check_choice("certificate", certificate, get_args(Certificate))
        if max_share <= self.floor_share * (1 + ROUNDING):
            return 1.0
        excess = max_share - (self.hashed_share + self.spread_share) / self.partitions
        if not self.hottest_key_share:
            return 0.0
        bounds = {"chernoff": self._chernoff(excess), "bernstein": self._bernstein(excess)}
        bound = min(bounds.values()) if certificate is None else bounds[certificate]
        return min(1.0, bound)

    def most_share(self, certainty: float = 0.95) -> float:
        """Give a share that the hottest partition stays below, at least this surely.

        The least share whose `probability_bound` is at most ``1 - certainty``; 1 if no share
        below has one. [floor_share, 1]

        Parameters
        ----------
        certainty : float, default 0.95
            Part of all hashes for which it shall hold at least. (0, 1)

        Returns
        -------
        float
            The share. [floor_share, 1]

        Raises
        ------
        ValueError
            If the certainty is outside (0, 1).
        """
        check_open_share("certainty", certainty)
        low, high = self.floor_share, 1.0
        if self.probability_bound(high) > 1 - certainty:
            return high
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self.probability_bound(middle) > 1 - certainty:
                low = middle
            else:
                high = middle
        return high

    def to_frame(self) -> pd.DataFrame:
        """One row per certificate: name, share, holds_for (part of all hashes), kind."""
        import pandas as pd

        rows = [
            ("hard floor: at least", self.floor_share, 1.0),
            ("greedy routing table: at most", self.greedy_most_share, 1.0),
            *(("hash: at most", self.most_share(part), part) for part in _SHOWN),
        ]
        frame = pd.DataFrame(rows, columns=["name", "share", "holds_for"])
        return frame.assign(kind="certificate")

    def __repr__(self) -> str:
        return (
            f"HashBounds(partitions={self.partitions:,}, floor_share={self.floor_share:.4g}, "
            f"greedy_most_share={self.greedy_most_share:.4g})"
        )

    def _chernoff(self, excess: float) -> float:
        mean = self.hashed_share / self.partitions
        t = excess / mean
        exponent = (t - (1 + t) * math.log1p(t)) * mean / self.hottest_key_share
        return self.partitions * math.exp(exponent)

    def _bernstein(self, excess: float) -> float:
        width = 2 * (self.share_variance + self.hottest_key_share * excess / 3)
        return self.partitions * math.exp(-(excess**2) / width)
