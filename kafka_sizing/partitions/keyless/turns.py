"""A number of records dealt out in turn in; how many each partition had by then out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def dealt_in_turn(records: Counts, partitions: int, *, first: int) -> Counts:
    """Deal records to the partitions in turn, from ``first`` on.

    Parameters
    ----------
    records : ndarray of int64, shape (t,)
        How many were dealt by each time.
    partitions : int
        How many partitions there are. >= 1
    first : int
        Where the first record goes. [0, partitions)

    Returns
    -------
    ndarray of int64, shape (t, partitions)
        How many each partition had by then.
    """
    turns = (np.arange(partitions) - first) % partitions
    return _visits(records[:, np.newaxis], turns, partitions)


def dealt_skipping(records: Counts, partitions: int, *, batch_records: int) -> Counts:
    """Deal records in turn, where each that opens a batch takes two turns (KAFKA-9965).

    The first turn asks a partition without an open batch, which is refused; the second takes
    the next. So the partition asked first never opens one itself: half of the partitions
    (rounded up) have a batch and share the records, until their batches end. With an even
    number of partitions the same half opens the next batches, for ever; with an odd number
    the half moves on by one.

    Parameters
    ----------
    records : ndarray of int64, shape (t,)
        How many were dealt by each time.
    partitions : int
        How many partitions there are. >= 1
    batch_records : int
        How many records a batch takes. >= 1

    Returns
    -------
    ndarray of int64, shape (t, partitions)
        How many each partition had by then.
    """
    open_at_once = (partitions + 1) // 2
    period = partitions if partitions % 2 else max(1, partitions // 2)
    rounds, rest = np.divmod(records, open_at_once * batch_records)
    begun = rounds * open_at_once  # visits that opened a batch, in rounds that are over
    cycles, single = np.divmod(rest, open_at_once)
    turns = np.arange(period)  # a visit v opens a batch on partition (2 v + 1) mod partitions

    def opened(visits: Counts) -> Counts:
        return _visits(visits[:, np.newaxis], turns, period)

    over = opened(begun)
    now = opened(begun + open_at_once) - over
    dealt = batch_records * over + cycles[:, np.newaxis] * now + opened(begun + single) - over
    counts = np.zeros((records.size, partitions), dtype=np.int64)
    counts[:, (2 * turns + 1) % partitions] = dealt
    return counts


def shares_skipping(partitions: int) -> NDArray[np.float64]:
    """Give the part of all records that each partition gets in the long run under KAFKA-9965."""
    if partitions % 2 or partitions == 1:
        return np.full(partitions, 1 / partitions)
    shares = np.zeros(partitions)
    shares[1::2] = 2 / partitions
    return shares


def _visits(steps: Counts, turns: Counts, period: int) -> Counts:
    """Count the steps 0 … steps - 1 that leave the remainder ``turns`` mod ``period``."""
    return (steps + period - 1 - turns) // period
