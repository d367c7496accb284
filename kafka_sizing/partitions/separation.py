"""Hot partitions and their keys in; the first count that separates those keys out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING, ceil_ratio
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.keys.rules import Numbers, remainder
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import MOST_PLACED, PartitionLoads, known_exactly
from kafka_sizing.partitions.sweep import LOADS_HELD, loads_at

Cause = Literal["one key", "null keys", "several keys", "too few partitions", "noise", "unknown"]

COUNTS_PER_STEP: Final = 8
COUNTS_PER_STEP_MOST: Final = 256
REACH: Final = 8  # counts are tried up to this multiple of the present one,
REACH_LEAST: Final = 200  # at least up to here,
REACH_WORK: Final = 500_000_000  # and while (keys + partitions) × counts stays below this


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heat:
    """A partition above the line, and the fewest keys that take it there."""

    partition: int
    keys: NDArray[np.int64]  #: positions, heaviest first; none if it is hot without a key
    cause: Cause
    chance: float | None = None  #: that a sample shows it though nothing is above the line


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountSearch:
    """The counts that help."""

    first_fitting: int | None  #: first count at which nothing is above the line
    separating: dict[int, int] = field(default_factory=dict)  #: hot partition → first count
    searched_to: int  #: every count known exactly up to here was tried, or cannot help


def search_counts(
    loads: PartitionLoads, line: Line, heats: Sequence[Heat], most: int | None
) -> CountSearch:
    """Try one count after another until every hot partition that can be helped is.

    Keys that share a partition are helped when all of them are below the line; where even
    spread is above the line, nothing less than a count at which nothing is hot helps.
    """
    n = loads.partitions
    if not heats:
        return CountSearch(first_fitting=n, searched_to=n)
    keys, partitioner = loads.keys, loads.partitioner
    if keys is None or partitioner is None or loads.partition_of_key is None:
        return CountSearch(first_fitting=None, searched_to=n)
    first = max(n + 1, least_partitions(loads.total, line))  # with fewer even spread is above
    last = _reach(first - 1, len(keys)) if most is None else most
    last = _most_taken(keys, partitioner, n, last)
    can_fit = not line.is_crossed_by(heaviest_key_load(loads))
    heating = _Heating.of(
        [heat for heat in heats if heat.cause == "several keys"], keys.keys, partitioner
    )
    waiting = np.zeros(n, dtype=np.bool_)
    waiting[heating.partition] = True
    separating: dict[int, int] = {}
    first_fitting: int | None = None
    searched_to = n
    if can_fit or waiting.any():
        searched_to = max(n, last)
        for count, at_count in _rising(keys, partitioner, first, last):
            above = at_count > line.load * (1 + ROUNDING)
            if first_fitting is None and not above.any():
                first_fitting = count
            if waiting.any():
                separated = waiting & ~heating.is_above(above, n)
                separating.update(dict.fromkeys(np.flatnonzero(separated).tolist(), count))
                waiting &= ~separated
            if not waiting.any() and (first_fitting is not None or not can_fit):
                searched_to = count
                break
    if first_fitting is not None:
        few = (heat.partition for heat in heats if heat.cause == "too few partitions")
        separating.update(dict.fromkeys(few, first_fitting))
    return CountSearch(first_fitting=first_fitting, separating=separating, searched_to=searched_to)


def heaviest_key_load(loads: PartitionLoads) -> float:
    """Give the load of the heaviest key that is whole on one partition; 0 if none is."""
    if loads.keys is None or loads.partition_of_key is None:
        return 0.0
    named = loads.keys.named  # what follows in a sketch are bins of many keys
    placed = loads.partition_of_key[:named] >= 0
    return float(loads.keys.loads[:named][placed].max(initial=0.0))


def null_load_of_one(loads: PartitionLoads) -> float:
    """Give the load of null keys, if the client puts all of it on one of several partitions."""
    keys, partitioner = loads.keys, loads.partitioner
    if keys is None or partitioner is None or not keys.null_load or loads.partitions == 1:
        return 0.0
    return 0.0 if partitioner.null_partition(loads.partitions) is None else keys.null_load


def least_partitions(total: float, line: Line) -> int:
    """Give the least count whose even share is not above the line."""
    return max(1, ceil_ratio(total, line.load)) if line.load else 1


def takes_partitions(partitioner: Partitioner, keys: KeyColumn, count: int) -> bool:
    """Whether a partitioner places keys over this many: some have a limit of their own."""
    if count > MOST_PLACED:
        return False
    try:
        partitioner.partitions_of(keys[:1], count)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True, eq=False)
class _Heating:
    """The keys of all hot partitions, end to end."""

    column: KeyColumn
    numbers: Numbers | None  #: whose remainder is the partition, if the partitioner has such
    partition: NDArray[np.int64]  #: (m,), the hot partition each key is on
    partitioner: Partitioner

    @classmethod
    def of(cls, heats: Sequence[Heat], keys: KeyColumn, partitioner: Partitioner) -> _Heating:
        positions = np.concatenate([np.empty(0, np.int64), *(heat.keys for heat in heats)])
        partition = np.repeat(
            np.array([heat.partition for heat in heats], np.int64),
            [len(heat.keys) for heat in heats],
        )
        column = keys.take(positions)
        placed = partitioner.spread_among(column) == 0  # a spread key is on no partition
        column = column.take(np.flatnonzero(placed))
        return cls(column, partitioner.numbers_of(column), partition[placed], partitioner)

    def is_above(self, above: NDArray[np.bool_], partitions: int) -> NDArray[np.bool_]:
        """Mark the hot partitions some key of which is still on a partition above the line."""
        if self.numbers is None:
            now = self.partitioner.partitions_of(self.column, above.size)
        else:
            now = remainder(self.numbers, above.size)
        still = np.zeros(partitions, dtype=np.bool_)
        still[self.partition[above[now]]] = True
        return still


def _reach(n: int, keys: int) -> int:
    return max(n, min(max(REACH * n, REACH_LEAST), n + REACH_WORK // (keys + n)))


def _most_taken(keys: KeyLoads, partitioner: Partitioner, n: int, last: int) -> int:
    """Give the largest count up to ``last`` that the partitioner takes; it takes ``n``."""
    last = min(last, MOST_PLACED)
    if last <= n or takes_partitions(partitioner, keys.keys, last):
        return last

    def refused(at: int) -> int:
        return int(not takes_partitions(partitioner, keys.keys, at + 1))

    return n + bisect_left(range(n, last), 1, key=refused)


def _rising(
    keys: KeyLoads, partitioner: Partitioner, first: int, last: int
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Give the loads at each count where they are exact; steps grow, for most end soon or late."""
    begin, step = first, COUNTS_PER_STEP
    while begin <= last:
        end = min(last, begin + min(step, max(1, LOADS_HELD // begin)) - 1)
        known = known_exactly(keys, range(begin, end + 1))
        yield from reversed(list(loads_at(keys, known, partitioner)))
        begin, step = end + 1, min(2 * step, COUNTS_PER_STEP_MOST)
