"""Runs of records on one partition each in; the records of each partition in each window out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.partitions.keyless.clients import Draw


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Runs:
    """What one producer sends, as stretches of records that go to one partition."""

    partition: NDArray[np.int64]  #: (n,)
    first_record: NDArray[np.int64]  #: (n,) number of its first record; rises from 0

    def counted(self, edges: NDArray[np.int64], partitions: int) -> NDArray[np.int64]:
        """Count the records of each partition between one edge and the next.

        Parameters
        ----------
        edges : ndarray of int64, shape (t + 1,)
            Numbers of records at which windows begin, and that at which the last ends.
        partitions : int
            How many partitions there are. >= 1

        Returns
        -------
        ndarray of int64, shape (t, partitions)
            Records.
        """
        windows = edges.size - 1
        # Cut the runs at the edges: an edge goes behind the runs that begin before it.
        behind = np.searchsorted(self.first_record, edges)
        begins = np.minimum(np.insert(self.first_record, behind, edges), edges[-1])
        run = np.insert(np.arange(self.partition.size), behind, behind - 1)
        lengths = np.diff(begins, append=edges[-1])
        window = np.minimum(np.searchsorted(edges, begins, side="right") - 1, windows - 1)
        cell = np.maximum(window, 0) * partitions + self.partition[run]
        counts = np.bincount(cell, weights=lengths, minlength=windows * partitions)
        return counts.astype(np.int64).reshape(windows, partitions)


def drawn_runs(
    records: int, partitions: int, *, run_records: int, draw: Draw, rng: np.random.Generator
) -> Runs:
    """Draw a partition for every ``run_records`` records; the first run may be a rest."""
    n = -(-records // run_records) + 1
    steps = rng.integers(0, partitions, n)
    if draw == "another" and partitions > 1:
        steps[1:] = rng.integers(1, partitions, n - 1)
    elif draw == "another, else the next":
        steps[1:] = np.maximum(steps[1:], 1)
    partition = steps if draw == "any" else np.cumsum(steps) % partitions
    begun = int(rng.integers(0, run_records))  # of the first run, when we begin to look
    first_record = np.arange(n) * run_records - begun
    first_record[0] = 0
    return Runs(partition=partition, first_record=first_record)


def step_probabilities(draw: Draw, partitions: int) -> NDArray[np.float64]:
    """Give how likely the next partition is to be so many steps after the last one."""
    steps = np.full(partitions, 1 / partitions)
    if partitions == 1 or draw == "any":
        return steps
    if draw == "another":
        steps[1:] = 1 / (partitions - 1)
    else:
        steps[1] += steps[0]
    steps[0] = 0.0
    return steps
