"""A topic without keys in: even loads, and no order, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kafka_sizing.fixes.base import Fix, Outcome, placed_keys
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import PartitionLoads


@dataclass(frozen=True, slots=True)
class NoKey(Fix):
    """Records without a key: the client spreads them evenly, to within a batch.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, NoKey
    >>> outcome = NoKey().evaluate(KeyLoads(["21", "foobar"], [30, 10]), 4)
    >>> outcome.imbalance_ratio, outcome.ordering_scope
    (1.0, 'none')
    """

    @property
    def name(self) -> str:
        """The words "no key"."""
        return "no key"

    @property
    def intrusiveness(self) -> int:
        """All order is lost."""
        return 6

    def applied_to(self, before: PartitionLoads, *, line: Line) -> Outcome:
        """Give every partition the even share."""
        keys, partition_of_key, partitioner = placed_keys(before)
        n = before.partitions
        even = PartitionLoads(loads=np.full(n, keys.total / n), unit=keys.unit)
        spread = partition_of_key < 0
        keyed_share = float(keys.shares[~spread].sum())
        if partitioner.null_key not in ("refused", "spread"):
            null_partition = partitioner.null_partition(n)
            keyed_share += keys.null_share if null_partition is not None else 0.0
        return Outcome(
            fix=self,
            loads=even,
            line=line,
            ordering_scope="none",
            ordering_note="records of a key are spread over all partitions: no order",
            producer_change=(
                "send records without a key, with a client that spreads them"
                + ("" if partitioner.null_key == "spread" else f" ({partitioner.name!r} does not)")
            ),
            consumer_change="records of a key come from every partition, in no order",
            read_fan_in=n,
            state_copies=n,
            moved_key_share=float((~spread).mean()) if n > 1 else 0.0,
            moved_load_share=keyed_share * (1 - 1 / n),
            notes=("even in the long run: a client fills one partition's batch, then the next",),
        )
