"""The schemes that send a key elsewhere while its partition is fuller than the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_positive
from kafka_sizing.fixes.splitting.candidates import Candidates, candidate
from kafka_sizing.fixes.splitting.compiled import fastest
from kafka_sizing.fixes.splitting.loops import overflow_by_hash, overflow_by_ring
from kafka_sizing.fixes.splitting.rings import Ring, checked_tokens
from kafka_sizing.fixes.splitting.scheme import Played, ProducerNeed, SplitKeys
from kafka_sizing.fixes.splitting.streams import Stream


@dataclass(frozen=True, slots=True)
class RandomChoices(SplitKeys):
    """Hash after hash of the key, until a partition has room (PoRC).

    Room: less than 1 + ``slack_ratio`` times the mean of what this producer sent. The fullest
    partition exceeds the mean by that ratio, and only keys that overflow are split.

    Parameters
    ----------
    slack_ratio : float, default 0.01
        By how much a partition may exceed the mean. > 0
    producers, records, seed : int
        As for every scheme: `SplittingScheme`.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    Power of random choices: Nasir et al., *Load balancing for skewed streams on heterogeneous
    cluster*, 2017.

    Examples
    --------
    >>> from kafka_sizing import zipf_keys
    >>> from kafka_sizing.fixes import RandomChoices
    >>> outcome = RandomChoices(0.05).evaluate(zipf_keys(1_000, exponent=1.5, total=1), 12)
    >>> round(outcome.imbalance_ratio, 2)
    1.05
    """

    slack_ratio: float = 0.01

    def __post_init__(self) -> None:
        SplitKeys.__post_init__(self)
        check_positive("slack_ratio", self.slack_ratio)

    @property
    def name(self) -> str:
        """How full a partition may be."""
        return f"next hash when {self.slack_ratio:.3g} above the mean (PoRC)"

    @property
    def needs(self) -> ProducerNeed:
        """Counters in the producer suffice."""
        return "custom partitioner"

    @property
    def rule(self) -> str:
        """Which partition a record gets."""
        return (
            "a custom partitioner: hashes of the key with salts 1, 2, 3 … until a partition has "
            f"less than {1 + self.slack_ratio:.4g} × the mean of what this producer sent"
        )

    def fan_in(self, played: Played) -> int:
        """As many partitions as a key was seen on."""
        return played.states.most_fan_in

    def placed(self, stream: Stream, candidates: Candidates) -> NDArray[np.int32]:
        """Give each record its partition."""
        loop = fastest(overflow_by_hash, candidate)
        placed: NDArray[np.int32] = loop(
            stream, candidates.hashes, self.no_loads(candidates), float(self.slack_ratio)
        )
        return placed


@dataclass(frozen=True, slots=True)
class BoundedLoads(SplitKeys):
    """Consistent hashing, on to the next token while a partition is at its capacity.

    Capacity: (1 + ``slack_ratio``) × the mean, rounded up. Made for requests, of which any
    server can take any; records of a key end up on neighbours of its partition.

    Parameters
    ----------
    slack_ratio : float, default 0.25
        By how much a partition may exceed the mean. > 0
    tokens : int, default 100
        Tokens per partition. [1, 10,000]
    producers, records, seed : int
        As for every scheme: `SplittingScheme`.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    Mirrokni, Thorup and Zadimoghaddam, *Consistent hashing with bounded loads*, SODA 2018.

    Examples
    --------
    >>> from kafka_sizing import zipf_keys
    >>> from kafka_sizing.fixes import BoundedLoads
    >>> outcome = BoundedLoads(0.1).evaluate(zipf_keys(1_000, exponent=1.5, total=1), 12)
    >>> round(outcome.imbalance_ratio, 2)
    1.1
    """

    slack_ratio: float = 0.25
    tokens: int = 100

    def __post_init__(self) -> None:
        SplitKeys.__post_init__(self)
        check_positive("slack_ratio", self.slack_ratio)
        object.__setattr__(self, "tokens", checked_tokens(self.tokens))

    @property
    def name(self) -> str:
        """How full a partition may be."""
        return f"ring, next token when {self.slack_ratio:.3g} above the mean"

    @property
    def needs(self) -> ProducerNeed:
        """Counters and a ring in the producer suffice."""
        return "custom partitioner"

    @property
    def rule(self) -> str:
        """Which partition a record gets."""
        return (
            f"a custom partitioner: murmur3(key) on a ring of {self.tokens:,} tokens per "
            f"partition, on to the next token while a partition has {1 + self.slack_ratio:.4g} × "
            "the mean of what this producer sent"
        )

    def fan_in(self, played: Played) -> int:
        """As many partitions as a key was seen on."""
        return played.states.most_fan_in

    def placed(self, stream: Stream, candidates: Candidates) -> NDArray[np.int32]:
        """Give each record its partition."""
        ring = Ring.drawn(candidates.partitions, tokens=self.tokens, rng=self.seed)
        loop = fastest(overflow_by_ring)
        placed: NDArray[np.int32] = loop(
            stream,
            (ring.tokens_of(candidates.seeds), ring.owners),
            self.no_loads(candidates),
            float(self.slack_ratio),
        )
        return placed
