"""The schemes that keep keys whole and need no table of weights: by hash, or at first sight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.fixes.routing import placed_by_weight
from kafka_sizing.fixes.splitting.candidates import candidate
from kafka_sizing.fixes.splitting.compiled import fastest
from kafka_sizing.fixes.splitting.loops import ALL, least_loaded, remembered
from kafka_sizing.fixes.splitting.scheme import ProducerNeed, WholeKeys, Written
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.partitions.placement import PartitionLoads

_AGREED = "every producer must ask one place at the first sight of a key, before it sends"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyGrouping(WholeKeys):
    """The hash of the key, modulo the partitions: what Kafka does (H, KG).

    Examples
    --------
    >>> from kafka_sizing import KeyLoads
    >>> from kafka_sizing.fixes import KeyGrouping
    >>> KeyGrouping().evaluate(KeyLoads(["21", "foobar"], [30, 10]), 4).imbalance_ratio
    3.0
    """

    @property
    def name(self) -> str:
        """The words "key grouping"."""
        return "key grouping"

    @property
    def needs(self) -> ProducerNeed:
        """The default partitioner does it."""
        return "nothing new"

    @property
    def producer_change(self) -> str:
        """Nothing changes."""
        return "none"

    def hashed_shares(self, before: PartitionLoads) -> KeyLoads | NDArray[np.float64] | None:
        """Give the keys, as they are."""
        return before.keys

    def homes(self, written: Written) -> NDArray[np.int32]:
        """Give each key its first candidate."""
        return written.candidates.first


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticTwoChoices(WholeKeys):
    """At first sight of a key the less loaded of two hashed partitions, remembered (PoTC).

    Examples
    --------
    >>> from kafka_sizing import zipf_keys
    >>> from kafka_sizing.fixes import StaticTwoChoices
    >>> outcome = StaticTwoChoices().evaluate(zipf_keys(100, exponent=1, total=1_000), 6)
    >>> outcome.ordering_scope, outcome.fix.needs
    ('per key', 'not in a producer')
    """

    @property
    def name(self) -> str:
        """The words "two choices, remembered"."""
        return "two choices, remembered"

    @property
    def needs(self) -> ProducerNeed:
        """All producers would have to agree within a record."""
        return "not in a producer"

    @property
    def producer_change(self) -> str:
        """A table that grows with every new key."""
        return f"a table with an entry per key, the less loaded of two at first sight; {_AGREED}"

    def homes(self, written: Written) -> NDArray[np.int32]:
        """Give each key what it was given at first sight."""
        return _at_first_sight(written, choices=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineGreedy(WholeKeys):
    """At first sight of a key the least loaded of all partitions, remembered (On-Greedy).

    Examples
    --------
    >>> from kafka_sizing import KeyLoads
    >>> from kafka_sizing.fixes import OnlineGreedy
    >>> OnlineGreedy().evaluate(KeyLoads(["21", "foobar"], [20, 20]), 2).imbalance_ratio
    1.0
    """

    @property
    def name(self) -> str:
        """The words "least loaded, remembered"."""
        return "least loaded, remembered"

    @property
    def needs(self) -> ProducerNeed:
        """All producers would have to agree within a record."""
        return "not in a producer"

    @property
    def producer_change(self) -> str:
        """A table that grows with every new key."""
        return f"a table with an entry per key, the least loaded at first sight; {_AGREED}"

    def homes(self, written: Written) -> NDArray[np.int32]:
        """Give each key what it was given at first sight."""
        return _at_first_sight(written, choices=ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineGreedy(WholeKeys):
    """Keys by falling load, each to the least loaded partition (Off-Greedy, LPT).

    It knows what every key will write, and is at most a third above the best that whole keys
    allow (Graham 1969): the yardstick for all schemes that keep keys whole.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads
    >>> from kafka_sizing.fixes import OfflineGreedy
    >>> OfflineGreedy().evaluate(KeyLoads(["a", "b", "c"], [30, 20, 10]), 2).peak_share
    0.5
    """

    @property
    def name(self) -> str:
        """The words "every key placed by weight"."""
        return "every key placed by weight"

    @property
    def needs(self) -> ProducerNeed:
        """The table can be made from a log."""
        return "shared table"

    @property
    def is_hashed(self) -> bool:
        """The table decides."""
        return False

    @property
    def producer_change(self) -> str:
        """A table with every key."""
        return "a custom partitioner with a table that all producers share, an entry per key"

    @property
    def caveats(self) -> tuple[str, ...]:
        """It knows the future."""
        return (
            "at most a third above the best: the table knows beforehand what every key writes",
        )

    def homes(self, written: Written) -> NDArray[np.int32]:
        """Place keys by falling load."""
        return placed_by_weight(written.loads, np.zeros(written.candidates.partitions))


def _at_first_sight(written: Written, *, choices: int) -> NDArray[np.int32]:
    loop = fastest(remembered, candidate, least_loaded)
    candidates = written.candidates
    together = np.zeros((1, candidates.partitions), dtype=np.int64)
    home = loop(written.stream, candidates.hashes, together, choices)
    placed: NDArray[np.int32] = np.where(home < 0, candidates.first, home)
    return placed
