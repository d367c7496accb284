"""The load of each partition in any form, and their number, in; shares that sum to 1 out."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from kafka_sizing.partitions.placement import PartitionLoads

_SUM_TOLERANCE: Final = 1e-6  # by which shares that people typed may miss 1


def given_shares(shares: ArrayLike | PartitionLoads, partitions: int) -> tuple[float, ...]:
    """Check the share of the load that each partition carries.

    Parameters
    ----------
    shares : array-like of float or PartitionLoads
        One for each partition, in any order, or loads as `place` gives them. Each >= 0, sum 1
    partitions : int
        How many there must be. >= 1

    Returns
    -------
    tuple of float
        The shares, so that they sum to 1 but for rounding.

    Raises
    ------
    ValueError
        If they are no numbers, not one per partition, negative, or do not sum to 1.

    Examples
    --------
    >>> from kafka_sizing.partitions.given_shares import given_shares
    >>> given_shares([0.25, 0.75], 2)
    (0.25, 0.75)
    """
    given: Any = shares.shares if isinstance(shares, PartitionLoads) else shares
    try:
        parts = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"shares must be numbers, got {given!r:.60}") from None
    if parts.shape != (partitions,):
        raise ValueError(
            f"shares must be one for each of {partitions:,} partitions, got shape {parts.shape}"
        )
    if not np.isfinite(parts).all() or parts.min() < 0:
        raise ValueError(f"shares must be finite and >= 0, got {given!r:.60}")
    total = math.fsum(parts)
    if not math.isclose(total, 1, rel_tol=_SUM_TOLERANCE):
        raise ValueError(f"shares must sum to 1, got {total:.9g}")
    return tuple((parts / total).tolist())
