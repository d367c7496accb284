"""Two clients that write one topic in; how many keys they put in different places out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, check_type
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartitionerComparison:
    """Where two partitioners put the same keys; -1 where a client spreads a key."""

    keys: KeyLoads
    partitions: int
    a: Partitioner
    b: Partitioner
    partition_a: NDArray[np.int32]
    partition_b: NDArray[np.int32]

    @property
    def differs(self) -> NDArray[np.bool_]:
        """Which keys land in two places: their order is lost when both clients write them."""
        differs: NDArray[np.bool_] = self.partition_a != self.partition_b
        return differs | (self.partition_a < 0)

    @property
    def key_share(self) -> float:
        """The share of distinct keys on which the two disagree."""
        return float(self.differs.mean())

    @property
    def load_share(self) -> float:
        """The share of the keyed load whose key the two put in different places."""
        keyed = float(self.keys.loads.sum())
        return float(self.keys.loads[self.differs].sum()) / keyed if keyed else 0.0

    def to_frame(self) -> pd.DataFrame:
        """One row per key that differs, heaviest first, with its partition under each client."""
        import pandas as pd

        order = self.keys.heaviest()
        order = order[self.differs[order]]
        return pd.DataFrame(
            {
                "key": pd.Series(self.keys.keys.take(order).text(), dtype=object),
                "load": self.keys.loads[order],
                "share": self.keys.shares[order],
                "partition_a": self.partition_a[order],
                "partition_b": self.partition_b[order],
            }
        )

    def __repr__(self) -> str:
        """Say how much of the topic the two clients put in different places."""
        return (
            f"PartitionerComparison({self.a.name!r} and {self.b.name!r} disagree on "
            f"{format_share(self.key_share)} of keys, {format_share(self.load_share)} of the load)"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().head(20).to_html(index=False)


def compare_partitioners(
    keys: KeyLoads, partitions: int, a: Partitioner | str, b: Partitioner | str
) -> PartitionerComparison:
    """Find the keys that two clients put on different partitions.

    Producers of one topic that disagree break the order of those keys without any error.

    Parameters
    ----------
    keys : KeyLoads
        The keys and their loads.
    partitions : int
        How many partitions the topic has. [1, 2**31 - 1]
    a, b : Partitioner or str
        Two of ``PARTITIONERS``, or their names.

    Returns
    -------
    PartitionerComparison
        Which keys differ, and the share of keys and of keyed load they are. A key that a
        client spreads differs even from itself; records without a key have no order to lose
        and are left out.

    Raises
    ------
    TypeError
        If ``keys`` is no `KeyLoads`.
    ValueError
        If the count is out of range, or a partitioner unknown or without regard to keys.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, compare_partitioners
    >>> compare_partitioners(KeyLoads(["21", "foobar"], [30, 10]), 12, "java", "librdkafka")
    PartitionerComparison('java' and 'librdkafka' disagree on 100.0 % of keys, 100.0 % of the load)
    """
    check_type("keys", keys, KeyLoads, "count_keys")
    count = check_count("partitions", partitions)
    first, second = require_keyed(a), require_keyed(b)
    return PartitionerComparison(
        keys=keys,
        partitions=count,
        a=first,
        b=second,
        partition_a=first.partitions_of(keys.keys, count),
        partition_b=second.partitions_of(keys.keys, count),
    )
