"""The schemes that split every key over a few hashed partitions, or over all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count
from kafka_sizing.fixes.base import OrderingScope
from kafka_sizing.fixes.splitting.candidates import Candidates, candidate
from kafka_sizing.fixes.splitting.compiled import fastest
from kafka_sizing.fixes.splitting.loops import least_loaded, split_by_load
from kafka_sizing.fixes.splitting.scheme import Played, ProducerNeed, SplitKeys
from kafka_sizing.fixes.splitting.streams import Stream

MOST_CHOICES = 10_000


@dataclass(frozen=True, slots=True)
class PartialKeyGrouping(SplitKeys):
    """Each record to the less loaded of the hashed partitions of its key (PKG, Greedy-d).

    Every producer looks only at what it sent itself. A key lies on ``choices`` partitions, so
    the hottest leaves at least its share / ``choices`` on one of them.

    Parameters
    ----------
    choices : int, default 2
        Hashed partitions per key; two may be the same. [1, 10,000]
    producers, records, seed : int
        As for every scheme: `SplittingScheme`.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    Nasir et al., *The power of both choices*, ICDE 2015.

    Examples
    --------
    >>> from kafka_sizing import zipf_keys
    >>> from kafka_sizing.fixes import PartialKeyGrouping
    >>> outcome = PartialKeyGrouping().evaluate(zipf_keys(1_000, exponent=0.8, total=1), 6)
    >>> round(outcome.imbalance_ratio, 2), outcome.read_fan_in, outcome.ordering_scope
    (1.0, 2, 'per shard')
    """

    choices: int = 2

    def __post_init__(self) -> None:
        SplitKeys.__post_init__(self)
        count = check_count("choices", self.choices, most=MOST_CHOICES)
        object.__setattr__(self, "choices", count)

    @property
    def name(self) -> str:
        """How many choices."""
        if self.choices == 2:
            return "partial key grouping"
        return f"partial key grouping, {self.choices:,} choices"

    @property
    def needs(self) -> ProducerNeed:
        """Counters in the producer suffice."""
        return "custom partitioner"

    @property
    def ordering_scope(self) -> OrderingScope:
        """What lies on one of the partitions of a key keeps its order."""
        return "per shard"

    @property
    def rule(self) -> str:
        """Which partition a record gets."""
        return (
            f"a custom partitioner: {self.choices:,} hashes of the key, the partition to which "
            "this producer has sent least"
        )

    def fan_in(self, played: Played) -> int:
        """As many partitions as choices."""
        return min(self.choices, played.partitions)

    def placed(self, stream: Stream, candidates: Candidates) -> NDArray[np.int32]:
        """Give each record its partition."""
        loop = fastest(split_by_load, candidate, least_loaded)
        placed: NDArray[np.int32] = loop(
            stream, candidates.hashes, self.no_loads(candidates), self.choices
        )
        return placed


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuffleGrouping(SplitKeys):
    """Round robin over all partitions, whatever the key (SG).

    Each producer starts one partition further than the one before.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads
    >>> from kafka_sizing.fixes import ShuffleGrouping
    >>> outcome = ShuffleGrouping().evaluate(KeyLoads(["UA", "B6"], [90, 10]), 4)
    >>> outcome.imbalance_ratio, outcome.state_copies, outcome.ordering_scope
    (1.0, 4, 'none')
    """

    @property
    def name(self) -> str:
        """The words "shuffle grouping"."""
        return "shuffle grouping"

    @property
    def needs(self) -> ProducerNeed:
        """Clients come with a round robin partitioner."""
        return "nothing new"

    @property
    def intrusiveness(self) -> int:
        """All order is lost."""
        return 6

    @property
    def is_hashed(self) -> bool:
        """The turn decides, whatever the key."""
        return False

    @property
    def rule(self) -> str:
        """Which partition a record gets."""
        return "the client's round robin partitioner, which takes no notice of keys"

    def fan_in(self, played: Played) -> int:
        """All partitions."""
        return played.partitions

    def placed(self, stream: Stream, candidates: Candidates) -> NDArray[np.int32]:
        """Give each record its partition."""
        turn, producer = np.divmod(np.arange(stream.size), self.producers)
        return ((turn + producer) % candidates.partitions).astype(np.int32)
