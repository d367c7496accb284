"""Shares of keys and how they are spread in; what no hash and no luck can go below out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kafka_sizing._checks import check_count, check_share
from kafka_sizing.partitions.placement import MOST_PLACED


def least_imbalance_share(hottest_key_share: float, partitions: int, *, choices: int = 1) -> float:
    """Bound the imbalance from below by the hottest key: I / m >= p_1 / d - 1 / n.

    The imbalance of Nasir et al. (*The power of both choices*, ICDE 2015): what the fullest
    partition holds above the mean, as a share I / m of all records. One of the d partitions of
    the hottest key holds at least p_1 / d. Times n, and 1 more, it is the imbalance ratio.

    Parameters
    ----------
    hottest_key_share : float
        The hottest key's share p_1 of the records. (0, 1]
    partitions : int
        How many partitions n there are. [1, 10,000,000]
    choices : int, default 1
        On how many partitions d a key may lie; 1: keys are not split. >= 1

    Returns
    -------
    float
        The bound, as a share of all records; 0 where the key fits into even shares.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.fixes.splitting import least_imbalance_share
    >>> round(least_imbalance_share(0.0932, 50, choices=2), 4)
    0.0266
    """
    check_share("hottest_key_share", hottest_key_share)
    n = check_count("partitions", partitions, most=MOST_PLACED)
    d = check_count("choices", choices)
    return max(0.0, float(hottest_key_share) / min(d, n) - 1 / n)


def reached_partitions(hashes: int, partitions: int) -> float:
    """Expect how many partitions independent hashes reach: b = n - n ((n - 1) / n)^hashes.

    Parameters
    ----------
    hashes : int
        Keys × choices per key. >= 1
    partitions : int
        How many partitions n there are. [1, 10,000,000]

    Returns
    -------
    float
        The mean number of distinct partitions.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.fixes.splitting import reached_partitions
    >>> round(reached_partitions(2 * 1_000, 1_000) / 1_000, 3)
    0.865
    """
    n = check_count("partitions", partitions, most=MOST_PLACED)
    count = check_count("hashes", hashes)
    return float(-n * np.expm1(count * np.log1p(-1 / n))) if n > 1 else 1.0


def least_even_imbalance_share(keys: int, partitions: int, *, choices: int = 2) -> float:
    """Bound the imbalance of equally heavy keys: what no hash reaches, others carry.

    K keys with d candidates each reach b = n - n (1 - 1/n)^(K d) partitions on average, so the
    mean over these is at least 1 / b, and I / m >= 1 / b - 1 / n. As many keys as partitions
    and two choices give 0.156 / n (the paper of 2015 prints 0.156 m; the 1 / n is missing).

    Parameters
    ----------
    keys : int
        How many keys there are, all equally heavy. >= 1
    partitions : int
        How many partitions n there are. [1, 10,000,000]
    choices : int, default 2
        Candidates per key. >= 1

    Returns
    -------
    float
        The bound on the mean over hashes, as a share of all records.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.fixes.splitting import least_even_imbalance_share
    >>> round(1_000 * least_even_imbalance_share(1_000, 1_000), 3)
    0.156
    """
    count = check_count("keys", keys)
    hashes = count * check_count("choices", choices)
    return max(0.0, 1 / reached_partitions(hashes, partitions) - 1 / partitions)


def most_imbalance_records(loads_by_producer: ArrayLike) -> float:
    """Bound the imbalance from above by what each producer sees: the sum of their own.

    The fullest partition of all holds, of every producer, no more than that producer's fullest.

    Parameters
    ----------
    loads_by_producer : array_like of float, shape (producers, partitions)
        What each producer wrote to each partition. [records] >= 0

    Returns
    -------
    float
        The sum of the producers' imbalances, each its largest load less its mean. [records]

    Raises
    ------
    ValueError
        If there is not a row of loads >= 0 for each of one or more producers.

    Examples
    --------
    >>> from kafka_sizing.fixes.splitting import most_imbalance_records
    >>> most_imbalance_records([[5, 1], [0, 4]])  # together [5, 5]: the imbalance is 0
    4.0
    """
    loads = np.array(loads_by_producer, dtype=np.float64)
    if loads.ndim != 2 or not loads.size or not (np.isfinite(loads) & (loads >= 0)).all():
        raise ValueError(
            "loads_by_producer must be a row of loads >= 0 per producer, "
            f"got {loads_by_producer!r:.60}"
        )
    return float((loads.max(axis=1) - loads.mean(axis=1)).sum())
