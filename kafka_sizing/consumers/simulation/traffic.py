"""Arrivals of a topic and the shares of its partitions over time in; arrivals of each out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing.consumers.simulation.arrivals import Arrivals
from kafka_sizing.consumers.simulation.events import Event, PartitionIncrease, SharesChange


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Traffic:
    """What is written to each partition of a topic, over time."""

    arrivals: Arrivals  #: of the topic
    starts_s: NDArray[np.float64]  #: (n,) from when each row of ``shares`` holds; the first 0
    shares: NDArray[np.float64]  #: (n, partitions) part of the arrivals that each one takes
    partitions_there: NDArray[np.int64]  #: (n,) how many of them there are

    @property
    def partitions(self) -> int:
        """How many partitions there are in the end."""
        return int(self.shares.shape[1])

    @property
    def first_records_per_s(self) -> NDArray[np.float64]:
        """What is written to each partition first, shape (partitions,)."""
        rates: NDArray[np.float64] = self.arrivals.records_per_s[0] * self.shares[0]
        return rates

    def shares_at(self, at_s: float) -> NDArray[np.float64]:
        """Give the shares that hold from a time on."""
        row: NDArray[np.float64] = self.shares[self._row(at_s)]
        return row

    def partitions_at(self, at_s: float) -> int:
        """Give how many partitions there are from a time on."""
        return int(self.partitions_there[self._row(at_s)])

    def arrived_records(self, times_s: ArrayLike) -> NDArray[np.float64]:
        """Count the records written to each partition from 0 to each time.

        Before 0, as many as the first rate would have brought, with a minus.
        """
        times = np.asarray(times_s, dtype=np.float64)
        ends = np.append(self.starts_s[1:], np.inf)
        arrived: NDArray[np.float64] = np.multiply.outer(
            np.minimum(times, 0.0), self.first_records_per_s
        )
        for start, end, shares in zip(self.starts_s, ends, self.shares, strict=True):
            inside = np.clip(times, start, end)
            if not (inside > start).any():
                break
            came = self.arrivals.records_until(inside) - self.arrivals.records_until(start)
            arrived += np.multiply.outer(came, shares)
        return arrived

    def _row(self, at_s: float) -> int:
        return int(np.searchsorted(self.starts_s, at_s, side="right")) - 1


def traffic_of(
    arrivals: Arrivals, shares: NDArray[np.float64], events: Sequence[Event]
) -> Traffic:
    """Put the shares of the start and those of the events in order of time."""
    changes = sorted(
        (event for event in events if isinstance(event, SharesChange | PartitionIncrease)),
        key=lambda event: event.at_s,
    )
    rows: list[NDArray[np.float64]] = [shares]
    starts = [0.0]
    for change in changes:
        new = np.asarray(change.shares)
        before = rows[-1].size
        if isinstance(change, SharesChange) and new.size != before:
            raise ValueError(
                f"shares of SharesChange must be of {before:,} partitions, got {new.size:,}"
            )
        if isinstance(change, PartitionIncrease) and new.size <= before:
            raise ValueError(
                f"shares of PartitionIncrease must be of more than {before:,} partitions, "
                f"got {new.size:,}"
            )
        if change.at_s == starts[-1]:
            rows.pop(), starts.pop()
        rows.append(new)
        starts.append(float(change.at_s))
    most = rows[-1].size  # partitions are never taken away
    padded = np.array([np.pad(row, (0, most - row.size)) for row in rows])
    return Traffic(
        arrivals=arrivals,
        starts_s=np.array(starts),
        shares=padded,
        partitions_there=np.array([row.size for row in rows]),
    )
