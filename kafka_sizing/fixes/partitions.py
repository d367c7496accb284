"""A larger partition count in; what it leaves hot, and which keys move, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count
from kafka_sizing.fixes.base import Fix, Outcome, placed_keys
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.partitions.growth import moved_share
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import MOST_PLACED, PartitionLoads, place
from kafka_sizing.units import format_share


@dataclass(frozen=True, slots=True)
class MorePartitions(Fix):
    """The same hash over more partitions: separates keys, never splits one.

    Parameters
    ----------
    partitions : int
        The new count; more than the present one, for partitions are never taken away.
        [2, 10,000,000]

    Raises
    ------
    ValueError
        If the count is out of range; on use, if it is not more than the present one.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, MorePartitions
    >>> outcome = MorePartitions(4).evaluate(KeyLoads(["21", "foobar", "abc"], [3, 2, 1]), 2)
    >>> outcome.peak_share, outcome.ordering_scope
    (0.5, 'per key')
    """

    partitions: int

    def __post_init__(self) -> None:
        count = check_count("partitions", self.partitions, least=2, most=MOST_PLACED)
        object.__setattr__(self, "partitions", count)

    @property
    def name(self) -> str:
        """The new count."""
        return f"{self.partitions:,} partitions"

    @property
    def intrusiveness(self) -> int:
        """No client changes, but keys move once."""
        return 1

    def hashed_shares(self, before: PartitionLoads) -> KeyLoads | NDArray[np.float64] | None:
        """Give the keys."""
        return before.keys

    def applied_to(self, before: PartitionLoads, *, line: Line) -> Outcome:
        """Place the keys over the new count."""
        keys, partition_of_key, partitioner = placed_keys(before)
        if self.partitions <= before.partitions:
            raise ValueError(
                f"partitions must be more than the present {before.partitions:,}, for Kafka "
                f"never takes partitions away, got {self.partitions:,}"
            )
        after = place(keys, self.partitions, partitioner=partitioner)
        moved = partition_of_key != placed_keys(after)[1]
        moved_load_share = float(keys.shares[moved].sum())
        if keys.null_load:
            places = {partitioner.null_partition(n) for n in (before.partitions, self.partitions)}
            moved_load_share += keys.null_share if len(places) > 1 else 0.0
        expected = format_share(moved_share(before.partitions, self.partitions))
        return Outcome(
            fix=self,
            loads=after,
            line=line,
            ordering_scope="per key",
            ordering_note=(
                "per key, but broken once: a moved key has records on its old and on its new "
                "partition, so let readers drain the old ones first"
            ),
            producer_change="none: clients learn the new count with their next metadata",
            consumer_change="the group rebalances; state of moved keys has to follow them",
            read_fan_in=1,
            state_copies=1,
            moved_key_share=float(moved.mean()),
            moved_load_share=moved_load_share,
            notes=(
                f"a uniform hash moves {expected} of all keys: 1 − gcd / max of the two counts",
                "partitions cannot be taken away again",
            ),
        )
