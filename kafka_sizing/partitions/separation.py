"""Hot partitions and their keys in; the first count that separates those keys out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.keys.rules import Numbers, remainder
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import PartitionLoads, loads_at

Cause = Literal["one key", "null keys", "several keys", "too few partitions", "noise", "unknown"]

COUNTS_PER_STEP: Final = 8
COUNTS_PER_STEP_MOST: Final = 256
REACH: Final = 8  # counts are tried up to this multiple of the present one,
REACH_LEAST: Final = 200  # at least up to here,
REACH_WORK: Final = 500_000_000  # and while keys × counts stays below this


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heat:
    """A partition above the line, and the fewest keys that take it there."""

    partition: int
    keys: NDArray[np.int64]  #: positions, heaviest first
    cause: Cause

    @property
    def can_be_separated(self) -> bool:
        """Whether more partitions may bring its keys below the line."""
        return self.cause in ("several keys", "too few partitions")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountSearch:
    """The counts that help."""

    first_fitting: int | None  #: first count at which nothing is above the line
    separating: dict[int, int] = field(default_factory=dict)  #: hot partition → first count
    searched_to: int


def search_counts(
    loads: PartitionLoads, line: Line, heats: Sequence[Heat], most: int | None
) -> CountSearch:
    """Try one count after another until every hot partition that can be helped is."""
    n = loads.partitions
    if not heats:
        return CountSearch(first_fitting=n, searched_to=n)
    keys, partitioner = loads.keys, loads.partitioner
    if keys is None or partitioner is None or loads.partition_of_key is None:
        return CountSearch(first_fitting=None, searched_to=n)
    last = _reach(n, len(keys)) if most is None else most
    can_fit = not line.is_crossed_by(float(keys.loads.max()))
    helped = [heat for heat in heats if heat.can_be_separated and heat.keys.size]
    heating = _Heating.of(helped, keys.keys, partitioner)
    waiting = {heat.partition for heat in helped}
    separating: dict[int, int] = {}
    first_fitting: int | None = None
    count = n
    for count, at_count in _rising(keys, partitioner, n + 1, last):
        above = at_count > line.load * (1 + ROUNDING)
        if first_fitting is None and not above.any():
            first_fitting = count
        for partition in waiting - heating.partitions_above(above):
            separating[partition] = count
        waiting -= separating.keys()
        if not waiting and (first_fitting is not None or not can_fit):
            break
    return CountSearch(
        first_fitting=first_fitting, separating=separating, searched_to=max(n, count)
    )


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

    def partitions_above(self, above: NDArray[np.bool_]) -> set[int]:
        """Give the hot partitions some key of which is still on a partition above the line."""
        if self.numbers is None:
            now = self.partitioner.partitions_of(self.column, above.size)
        else:
            now = remainder(self.numbers, above.size)
        return set(self.partition[above[now]].tolist())


def _reach(n: int, keys: int) -> int:
    return max(n, min(max(REACH * n, REACH_LEAST), n + REACH_WORK // keys))


def _rising(
    keys: KeyLoads, partitioner: Partitioner, first: int, last: int
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Give the loads at each count; steps grow, since most searches end soon or late."""
    begin, step = first, COUNTS_PER_STEP
    while begin <= last:
        end = min(last, begin + step - 1)
        yield from reversed(list(loads_at(keys, range(begin, end + 1), partitioner)))
        begin, step = end + 1, min(2 * step, COUNTS_PER_STEP_MOST)
