"""Shares of keys and a number of partitions in; how many choices heavy keys need out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing._checks import ceil_ratio, check_count, check_non_negative, check_share
from kafka_sizing.keys.loads import KeyLoads, checked_loads
from kafka_sizing.partitions.placement import MOST_PLACED
from kafka_sizing.units import format_count, format_share

HEAD_PER_EVEN_SHARE: Final = 0.2  # a head key writes a fifth of an even share or more
TOLERANCE: Final = 1e-4  # imbalance D-Choices accepts, as a share of all records


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadChoices:
    """How many keys are heavy, and over how many partitions each has to spread."""

    partitions: int
    head_share: float  #: a key of this share or more is in the head
    head_keys: int
    head_load_share: float  #: what the head writes together
    choices: int  #: candidates per head key; ``partitions``: as many as there are

    @property
    def reason(self) -> str:
        """Why so many, in words."""
        if not self.head_keys:
            least = format_share(self.head_share)
            return f"no key writes {least} of the records, so two choices do"
        one = self.head_keys == 1
        return (
            f"{format_count(self.head_keys, 'key')} write{'s' if one else ''} "
            f"{format_share(self.head_load_share)} of the records, and {self.choices:,} of "
            f"{format_count(self.partitions, 'partition')} "
            f"{'keep it' if one else 'each keep them'} level"
        )


def head_choices(
    keys: KeyLoads | ArrayLike,
    partitions: int,
    *,
    head_share: float | None = None,
    tolerance: float = TOLERANCE,
) -> HeadChoices:
    """Solve D-Choices: the fewest candidates under which the heavy keys can be levelled out.

    The smallest d for which every prefix of h heavy keys fits what its candidates can carry::

        sum_{i <= h} p_i + (b_h / n)^d sum_{h < i <= H} p_i + (b_h / n)^2 sum_{i > H} p_i
            <= b_h / n + tolerance,     b_h = n - n ((n - 1) / n)^(h d)

    where b_h is the mean number of partitions that h d hashes reach (Nasir et al., *When two
    choices are not enough*, ICDE 2016, whose plotted values follow this right side).

    Parameters
    ----------
    keys : KeyLoads or array_like of float
        The keys, or how much each writes: what counts is the part of the sum, so that
        shares that do not add up to 1 are loads like any others.
    partitions : int
        How many partitions there are. [1, 10,000,000]
    head_share : float, optional
        A key of this share or more is heavy; 1 / (5 partitions) if not given. (0, 1]
    tolerance : float, default 1e-4
        Imbalance to accept, as a share of all records. >= 0

    Returns
    -------
    HeadChoices
        The heavy keys, and how many choices each of them needs; 2 where there are none.

    Raises
    ------
    ValueError
        If a number is out of range, or no key has any load.

    Examples
    --------
    >>> from kafka_sizing import zipf_keys
    >>> from kafka_sizing.fixes.splitting import head_choices
    >>> found = head_choices(zipf_keys(10_000, exponent=1.5, total=1), 50)
    >>> found.choices
    27
    """
    n = check_count("partitions", partitions, most=MOST_PLACED)
    if head_share is not None:
        check_share("head_share", head_share)
    least = share_of_head(head_share, n)
    check_non_negative("tolerance", tolerance)
    head = np.sort(shares_of(keys))[::-1]
    head = head[head >= least]
    return HeadChoices(
        partitions=n,
        head_share=least,
        head_keys=int(head.size),
        head_load_share=float(head.sum()),
        choices=int(fewest_choices(head, n, float(tolerance))),
    )


def share_of_head(head_share: float | None, partitions: int) -> float:
    """Give the share from which on a key is heavy: the one given, or a fifth of an even one."""
    return HEAD_PER_EVEN_SHARE / partitions if head_share is None else float(head_share)


def counters_for(head_share: float) -> int:
    """Give Space-Saving counters enough that no key below half of a share is taken for it."""
    return ceil_ratio(2, head_share)


def shares_of(keys: KeyLoads | ArrayLike) -> NDArray[np.float64]:
    """Give the shares of keys, or of their loads; refuse keys without any load."""
    loads = keys.loads if isinstance(keys, KeyLoads) else checked_loads(keys)
    total = float(loads.sum())
    if not total:
        raise ValueError("keys must have a load, got none")
    return loads / total


def fewest_choices(head: Any, partitions: int, tolerance: float) -> int:
    """Give the smallest d that fits the inequality for heads of falling share."""
    if head.size == 0:
        return min(2, partitions)
    together = head.sum()
    tail = 1.0 - together
    for choices in range(max(2, int(head[0] * partitions + 0.5)), partitions):
        ahead = 0.0
        missed = 1.0
        fits = True
        for share in head:
            ahead += share
            missed *= ((partitions - 1.0) / partitions) ** choices
            reached = 1.0 - missed
            inside = ahead + reached**choices * (together - ahead) + reached * reached * tail
            if inside > reached + tolerance:
                fits = False
                break
        if fits:
            return choices
    return partitions
