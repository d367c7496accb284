"""The schemes that treat heavy keys apart, as each producer finds them by Space-Saving."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, check_non_negative, check_share
from kafka_sizing.fixes.base import OrderingScope
from kafka_sizing.fixes.splitting.candidates import Candidates, candidate
from kafka_sizing.fixes.splitting.choices import (
    TOLERANCE,
    counters_for,
    fewest_choices,
    head_choices,
    share_of_head,
)
from kafka_sizing.fixes.splitting.compiled import fastest
from kafka_sizing.fixes.splitting.loops import (
    ALL,
    IN_TURN,
    SOLVED,
    estimated_count,
    least_loaded,
    smallest_counter,
    split_head,
)
from kafka_sizing.fixes.splitting.scheme import Played, ProducerNeed, SplitKeys
from kafka_sizing.fixes.splitting.streams import Stream

MOST_COUNTERS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadScheme(SplitKeys):
    """Heavy keys by a rule of their own, all others by two choices.

    Parameters
    ----------
    head_share : float, optional
        A key of this share or more is heavy; 1 / (5 partitions) if not given. (0, 1]
    counters : int, optional
        Keys that each producer counts, by Space-Saving. 2 / head_share if not given: then no
        key below half the head's share is taken for one of it. [1, 1,000,000]
    """

    head_share: float | None = None
    counters: int | None = None

    def __post_init__(self) -> None:
        SplitKeys.__post_init__(self)
        if self.head_share is not None:
            check_share("head_share", self.head_share)
        if self.counters is not None:
            count = check_count("counters", self.counters, most=MOST_COUNTERS)
            object.__setattr__(self, "counters", count)

    @property
    def needs(self) -> ProducerNeed:
        """Counters in the producer suffice."""
        return "custom partitioner"

    @property
    def ordering_scope(self) -> OrderingScope:
        """What lies on one of the partitions of a key keeps its order, be they two or all."""
        return "per shard"

    @property
    def intrusiveness(self) -> int:
        """More to get right than with two choices for all."""
        return 5

    @property
    @abstractmethod
    def head_rule(self) -> str:
        """What becomes of a record of a heavy key, in words."""

    @property
    def rule(self) -> str:
        """Which partition a record gets."""
        return (
            f"a custom partitioner that counts its heaviest keys (Space-Saving): {self.head_rule}"
            "; of other keys to the one of two hashed partitions to which it has sent least"
        )

    def fan_in(self, played: Played) -> int:
        """All partitions."""
        return played.partitions

    def placed(self, stream: Stream, candidates: Candidates) -> NDArray[np.int32]:
        """Give each record its partition."""
        return self._played(stream, candidates, choices=ALL)

    def _played(
        self, stream: Stream, candidates: Candidates, *, choices: int, tolerance: float = 0.0
    ) -> NDArray[np.int32]:
        share = share_of_head(self.head_share, candidates.partitions)
        wanted = counters_for(share) if self.counters is None else self.counters
        counters = min(wanted, len(candidates))  # more would stay empty
        loop = fastest(
            split_head,
            candidate,
            least_loaded,
            smallest_counter,
            estimated_count,
            fewest_choices,
        )
        placed: NDArray[np.int32] = loop(
            stream,
            candidates.hashes,
            self.no_loads(candidates),
            np.zeros((self.producers, counters), dtype=np.int64),
            (choices, share, tolerance),
        )
        return placed


@dataclass(frozen=True, slots=True, kw_only=True)
class WChoices(HeadScheme):
    """Heavy keys to the least loaded of all partitions, others by two choices (W-Choices).

    Parameters
    ----------
    head_share : float, optional
        A key of this share or more is heavy; 1 / (5 partitions) if not given. (0, 1]
    counters : int, optional
        Keys that each producer counts; 2 / head_share if not given. [1, 1,000,000]
    producers, records, seed : int
        As for every scheme: `SplittingScheme`.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    Nasir et al., *When two choices are not enough*, ICDE 2016.

    Examples
    --------
    >>> from kafka_sizing import zipf_keys
    >>> from kafka_sizing.fixes import WChoices
    >>> outcome = WChoices().evaluate(zipf_keys(1_000, exponent=1.5, total=1), 12)
    >>> round(outcome.imbalance_ratio, 2), outcome.read_fan_in
    (1.0, 12)
    """

    @property
    def name(self) -> str:
        """The words "heavy keys anywhere"."""
        return "heavy keys anywhere (W-Choices)"

    @property
    def head_rule(self) -> str:
        """What becomes of a record of a heavy key."""
        return "records of a heavy key to the partition to which this producer has sent least"


@dataclass(frozen=True, slots=True, kw_only=True)
class DChoices(HeadScheme):
    """Heavy keys to the least loaded of d hashed partitions, others of two (D-Choices).

    Each producer solves for d (`head_choices`) from the heavy keys that it has counted, again
    whenever it has written an eighth more. Of its first records every key is a large part, so it
    begins with more choices than it comes to: readers have to look at those partitions as well.

    Parameters
    ----------
    choices : int, optional
        The d to take instead. [2, 10,000]
    tolerance : float, default 1e-4
        Imbalance that the solution may leave, as a share of all records. >= 0
    head_share : float, optional
        A key of this share or more is heavy; 1 / (5 partitions) if not given. (0, 1]
    counters : int, optional
        Keys that each producer counts; 2 / head_share if not given. [1, 1,000,000]
    producers, records, seed : int
        As for every scheme: `SplittingScheme`.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    Nasir et al., *When two choices are not enough*, ICDE 2016.

    Examples
    --------
    >>> from kafka_sizing import zipf_keys
    >>> from kafka_sizing.fixes import DChoices
    >>> outcome = DChoices().evaluate(zipf_keys(10_000, exponent=1, total=1), 50)
    >>> outcome.read_fan_in  # at first; 6 in the long run
    15
    """

    choices: int | None = None
    tolerance: float = TOLERANCE

    def __post_init__(self) -> None:
        HeadScheme.__post_init__(self)
        if self.choices is not None:
            count = check_count("choices", self.choices, least=2, most=10_000)
            object.__setattr__(self, "choices", count)
        check_non_negative("tolerance", self.tolerance)

    @property
    def name(self) -> str:
        """Over how many partitions heavy keys go."""
        number = "as few hashes as needed" if self.choices is None else f"{self.choices:,} hashes"
        return f"heavy keys over {number} (D-Choices)"

    @property
    def head_rule(self) -> str:
        """What becomes of a record of a heavy key."""
        number = "as few hashed partitions as needed" if self.choices is None else self.choices
        return (
            f"records of a heavy key to the one of {number} to which this producer has sent least"
        )

    def fan_in(self, played: Played) -> int:
        """As many partitions as choices; where producers solve for them, what was seen if more.

        While a producer has written little it takes many keys for heavy ones.
        """
        if self.choices is not None:
            return min(self.choices, played.partitions)
        solved = head_choices(
            played.keys, played.partitions, head_share=self.head_share, tolerance=self.tolerance
        )
        return max(solved.choices, played.states.most_fan_in)

    def placed(self, stream: Stream, candidates: Candidates) -> NDArray[np.int32]:
        """Give each record its partition."""
        choices = SOLVED if self.choices is None else self.choices
        return self._played(stream, candidates, choices=choices, tolerance=float(self.tolerance))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRobinHead(HeadScheme):
    """Heavy keys in turn over all partitions, others by two choices, levelled apart (RR).

    Parameters
    ----------
    head_share : float, optional
        A key of this share or more is heavy; 1 / (5 partitions) if not given. (0, 1]
    counters : int, optional
        Keys that each producer counts; 2 / head_share if not given. [1, 1,000,000]
    producers, records, seed : int
        As for every scheme: `SplittingScheme`.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing import zipf_keys
    >>> from kafka_sizing.fixes import RoundRobinHead
    >>> outcome = RoundRobinHead().evaluate(zipf_keys(1_000, exponent=1.5, total=1), 12)
    >>> round(outcome.imbalance_ratio, 2), outcome.read_fan_in
    (1.0, 12)
    """

    @property
    def name(self) -> str:
        """The words "heavy keys in turn"."""
        return "heavy keys in turn (RR)"

    @property
    def head_rule(self) -> str:
        """What becomes of a record of a heavy key."""
        return "records of heavy keys to one partition after the other"

    def placed(self, stream: Stream, candidates: Candidates) -> NDArray[np.int32]:
        """Give each record its partition."""
        return self._played(stream, candidates, choices=IN_TURN)
