"""What came to each partition and what is unread in; the age of the oldest unread record out."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.simulation.traffic import Traffic

_NEXT_FRACTION: Final = 1e-11  # of all records: above the rounding of their sum


def ages_s(
    traffic: Traffic,
    initial_lag_records: NDArray[np.float64],
    lag_records: NDArray[np.float64],
    times_s: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give the age of the oldest unread record of each partition at the ends of steps.

    Parameters
    ----------
    traffic : Traffic
        What was written.
    initial_lag_records : ndarray of float, shape (partitions,)
        Unread at the start; taken to have come at the first rate, or at the start if that is 0.
    lag_records : ndarray of float, shape (steps, partitions)
        Unread at the end of each step.
    times_s : ndarray of float, shape (steps,)
        Ends of the steps, all of one length. [s]

    Returns
    -------
    ndarray of float, shape (steps, partitions)
        0 where everything is read. [s]
    """
    ages = np.zeros_like(lag_records)
    times, step_s = np.append(0.0, times_s), float(times_s[0])
    arrived = traffic.arrived_records(times)
    first_rates = traffic.first_records_per_s
    for partition in np.flatnonzero(lag_records.any(axis=0)):
        behind = np.flatnonzero(lag_records[:, partition] > 0)
        came = arrived[:, partition]
        position = came[behind + 1] - lag_records[behind, partition]
        # So that rounding takes no record for the one that came before a long silence.
        position += _NEXT_FRACTION * (came[-1] + initial_lag_records[partition])
        after = np.clip(np.searchsorted(came, position, side="right"), 1, times.size - 1)
        step = came[after] - came[after - 1]
        part = (position - came[after - 1]) / np.where(step > 0, step, 1.0)
        came_at = times[after - 1] + np.clip(part, 0.0, 1.0) * step_s
        early = position < 0
        rate = first_rates[partition]
        came_at[early] = position[early] / rate if rate else 0.0
        ages[behind, partition] = np.maximum(times[behind + 1] - came_at, 0.0)
    return ages
