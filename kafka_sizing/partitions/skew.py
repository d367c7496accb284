"""One load vector in; one number for how uneven it is out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.loads import checked_loads


def imbalance_ratio(loads: Any) -> float:
    """Divide the largest load by the even share.

    Parameters
    ----------
    loads : array_like, shape (n,)
        Load of each partition, in any one unit. Finite, >= 0

    Returns
    -------
    float
        In [1, n]; 1 is even, and so is no load at all.

    Raises
    ------
    ValueError
        If loads are empty, negative or not finite.

    Examples
    --------
    >>> from kafka_sizing import imbalance_ratio
    >>> imbalance_ratio([30, 10, 20])
    1.5
    """
    return imbalance_of(relative_loads(loads))


def coefficient_of_variation(loads: Any) -> float:
    """Divide the population standard deviation of the loads by their mean.

    Parameters
    ----------
    loads : array_like, shape (n,)
        Load of each partition, in any one unit. Finite, >= 0

    Returns
    -------
    float
        In [0, sqrt(n - 1)]; 0 is even, and so is no load at all.

    Raises
    ------
    ValueError
        If loads are empty, negative or not finite.

    Examples
    --------
    >>> from kafka_sizing import coefficient_of_variation
    >>> coefficient_of_variation([0, 4])
    1.0
    """
    return variation_of(relative_loads(loads))


def gini(loads: Any) -> float:
    """Measure unevenness by the Lorenz curve: twice the area between it and the diagonal.

    Parameters
    ----------
    loads : array_like, shape (n,)
        Load of each partition, in any one unit. Finite, >= 0

    Returns
    -------
    float
        In [0, (n - 1) / n]; 0 is even, and so is no load at all.

    Raises
    ------
    ValueError
        If loads are empty, negative or not finite.

    Examples
    --------
    >>> from kafka_sizing import gini
    >>> gini([0, 0, 0, 8])
    0.75
    """
    vector = np.sort(relative_loads(loads))
    n, total = vector.size, vector.sum()
    if not total:
        return 0.0
    ranks = np.arange(1, n + 1)
    return float(max(0.0, (2 * ranks - n - 1) @ vector / (n * total)))


def jain_index(loads: Any) -> float:
    """Jain's fairness index: (sum x)**2 / (n sum x**2), which is 1 / (1 + CV**2).

    Parameters
    ----------
    loads : array_like, shape (n,)
        Load of each partition, in any one unit. Finite, >= 0

    Returns
    -------
    float
        In [1/n, 1]; 1 is even, and so is no load at all.

    Raises
    ------
    ValueError
        If loads are empty, negative or not finite.

    Examples
    --------
    >>> from kafka_sizing import jain_index
    >>> jain_index([1, 1, 0, 0])
    0.5
    """
    return 1 / (1 + coefficient_of_variation(loads) ** 2)


def normalized_entropy(loads: Any) -> float:
    """Divide the entropy of the shares by ln n, its value for even loads.

    Parameters
    ----------
    loads : array_like, shape (n,)
        Load of each partition, in any one unit. Finite, >= 0

    Returns
    -------
    float
        In [0, 1]; 1 is even, and so are a single partition and no load at all.

    Raises
    ------
    ValueError
        If loads are empty, negative or not finite.

    Examples
    --------
    >>> from kafka_sizing import normalized_entropy
    >>> normalized_entropy([5, 5, 0, 0])
    0.5
    """
    vector = relative_loads(loads)
    total = vector.sum()
    if vector.size == 1 or not total:
        return 1.0
    shares = vector / total
    shares = shares[shares > 0]
    return float(max(0.0, -(shares @ np.log(shares)) / np.log(vector.size)))


def relative_loads(loads: Any) -> NDArray[np.float64]:
    """Give loads in parts of the largest, so that squares and sums stay finite."""
    vector = checked_loads(loads)
    if not vector.size:
        raise ValueError("loads must hold at least one load, got none")
    largest = vector.max()
    return vector / largest if largest else vector


def imbalance_of(relative: NDArray[np.float64]) -> float:
    """Give `imbalance_ratio` of `relative_loads`."""
    even = relative.mean()
    return float(relative.max() / even) if even else 1.0


def variation_of(relative: NDArray[np.float64]) -> float:
    """Give `coefficient_of_variation` of `relative_loads`."""
    even = relative.mean()
    return float(relative.std() / even) if even else 0.0
