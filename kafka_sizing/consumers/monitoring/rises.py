"""Lag of partitions over time in; where it rose, noise aside, out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.monitoring.thresholds import threshold


def rising(lag: NDArray[np.float64], tolerance: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the intervals from each trough to the peak after it, as far as they differ enough.

    Parameters
    ----------
    lag : (moments, partitions) numbers
        Unread records.
    tolerance : (partitions,) numbers
        How much the lag must rise to count, and fall to end a rise.

    Returns
    -------
    (moments - 1, partitions) of bool
        Whether each interval is part of a rise.

    Examples
    --------
    >>> import numpy as np
    >>> from kafka_sizing.consumers.monitoring.rises import rising
    >>> lag = np.array([2.0, 3, 1, 20, 40, 38, 60, 10])[:, None]
    >>> rising(lag, np.array([10.0]))[:, 0].astype(int).tolist()
    [0, 0, 1, 1, 1, 1, 0]
    """
    moments, partitions = lag.shape
    turns = np.zeros((moments, partitions), np.int64)  # +1: a rise begins here, -1: it ends
    columns = np.arange(partitions)
    slack = tolerance * threshold("flat_ratio")
    is_up = np.zeros(partitions, np.bool_)
    extreme = lag[0].copy()  # the trough so far, or the peak
    at = np.zeros(partitions, np.int64)  # the last moment near the trough, the first near the peak
    began = np.zeros(partitions, np.int64)  # where the rise under way began
    for moment in range(1, moments):
        now = lag[moment]
        at = np.where(np.where(is_up, now > extreme + slack, now <= extreme + slack), moment, at)
        extreme = np.where(
            is_up, np.where(now > extreme + slack, now, extreme), np.minimum(extreme, now)
        )
        turned = np.where(is_up, extreme - now, now - extreme) >= tolerance
        begins, ends = turned & ~is_up, turned & is_up
        began = np.where(begins, at, began)
        turns[at[begins], columns[begins]] += 1
        turns[at[ends], columns[ends]] -= 1
        is_up ^= turned
        extreme, at = np.where(turned, now, extreme), np.where(turned, moment, at)
    still = is_up & _goes_on(lag, began, at)
    at[still] = moments - 1
    turns[at[is_up], columns[is_up]] -= 1
    return np.greater(np.cumsum(turns[:-1], axis=0), 0)


def _goes_on(
    lag: NDArray[np.float64], began: NDArray[np.int64], at: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether the lag rose on to the last moment, if by less than would show before it ended."""
    columns, last = np.arange(lag.shape[1]), lag.shape[0] - 1
    peak = lag[at, columns]
    slope = (peak - lag[began, columns]) / np.maximum(at - began, 1)
    since: NDArray[np.bool_] = (lag[-1] > peak) & (
        lag[-1] - peak >= threshold("rises_on_ratio") * slope * (last - at)
    )
    return since
