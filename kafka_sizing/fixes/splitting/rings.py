"""Partitions and tokens in; the ring they make, and where keys stand on it, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count
from kafka_sizing.fixes.splitting.scheme import ProducerNeed, WholeKeys, Written

MOST_TOKENS = 10_000
_AROUND = 2**32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ring:
    """Tokens around a circle, each owned by a partition; a key belongs to the next token."""

    positions: NDArray[np.int64]  #: rising, in [0, 2**32)
    owners: NDArray[np.int32]  #: the partition of each token

    @classmethod
    def drawn(cls, partitions: int, *, tokens: int, rng: int | np.random.Generator | None) -> Ring:
        """Give each partition so many tokens at random places."""
        places = np.random.default_rng(rng).integers(_AROUND, size=partitions * tokens)
        order = np.argsort(places, kind="stable")
        return cls(positions=places[order], owners=(order // tokens).astype(np.int32))

    def tokens_of(self, seeds: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the token after each place on the circle, or on it."""
        return np.searchsorted(self.positions, seeds) % self.positions.size


@dataclass(frozen=True, slots=True)
class TokenRing(WholeKeys):
    """Keys on a ring of tokens, each to the partition whose token comes next.

    Consistent hashing: what it spares is moves when partitions are added. It never spreads
    better than a hash modulo the partitions: CV² is on average
    (N - 1) S2 + (1 - S2) (N - 1) / (V N + 1), with V tokens and S2 the sum of squared shares.

    Parameters
    ----------
    tokens : int, default 100
        Tokens per partition. [1, 10,000]
    producers, records, seed : int
        As for every scheme: `SplittingScheme`.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing import uniform_keys
    >>> from kafka_sizing.fixes import TokenRing
    >>> few, many = (TokenRing(n).evaluate(uniform_keys(9_999, total=1), 12) for n in (1, 1_000))
    >>> few.imbalance_ratio > 2, many.imbalance_ratio < 1.2
    (True, True)
    """

    tokens: int = 100

    def __post_init__(self) -> None:
        WholeKeys.__post_init__(self)
        object.__setattr__(self, "tokens", checked_tokens(self.tokens))

    @property
    def name(self) -> str:
        """How many tokens."""
        return f"ring of {self.tokens:,} token{'s' * (self.tokens > 1)} per partition"

    @property
    def needs(self) -> ProducerNeed:
        """All that producers share is the number of tokens and a seed."""
        return "custom partitioner"

    @property
    def intrusiveness(self) -> int:
        """Every key moves once; order is kept."""
        return 2

    @property
    def producer_change(self) -> str:
        """A ring instead of a modulo."""
        return (
            f"a custom partitioner: murmur3(key) on a ring of {self.tokens:,} "
            f"token{'s' * (self.tokens > 1)} per partition, the same at every producer"
        )

    @property
    def caveats(self) -> tuple[str, ...]:
        """What it is good for."""
        return ("a ring spares moves when partitions are added; it does not level loads",)

    def homes(self, written: Written) -> NDArray[np.int32]:
        """Give each key the owner of the next token."""
        candidates = written.candidates
        ring = Ring.drawn(candidates.partitions, tokens=self.tokens, rng=self.seed)
        return ring.owners[ring.tokens_of(candidates.seeds)]


def checked_tokens(tokens: int) -> int:
    """Refuse too few tokens, and too many."""
    return check_count("tokens", tokens, most=MOST_TOKENS)
