"""Keys counted in a sample in; what it says of those it does not hold, and of pairs, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_open_share
from kafka_sizing.keys.loads import KeyLoads, checked_loads
from kafka_sizing.keys.sketch import refuse_sketch
from kafka_sizing.units import format_count, format_share

if TYPE_CHECKING:
    import pandas as pd


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
        seen, records = format_count(self.seen_keys, "key"), format_count(self.records, "record")
        return (
            f"{self.seen_once:,} of {seen} came once in {records}, so {format_share(self.share)} "
            "of the load is of keys not seen; there are at least "
            f"{format_count(round(self.least_keys), 'key')}"
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
