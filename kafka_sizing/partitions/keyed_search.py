"""Keys, candidate counts and the largest share allowed in; which counts fit out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kafka_sizing._checks import ROUNDING
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.draws import HashDraws
from kafka_sizing.partitions.luck import part_within
from kafka_sizing.partitions.placement import known_exactly
from kafka_sizing.partitions.separation import (
    COUNTS_PER_STEP,
    COUNTS_PER_STEP_MOST,
    REACH,
    REACH_LEAST,
    REACH_WORK,
    takes_partitions,
)
from kafka_sizing.partitions.sweep import LOADS_HELD, loads_at


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedSearch:
    """The first counts that fit, of those tried; None where none does."""

    this_hash: int | None = None
    random_hash: int | None = None  #: at the certainty
    both: int | None = None
    max_shares: dict[int, float] = field(default_factory=dict)  #: of this hash, where looked at


class Chances:
    """How many random hashes stay within a share at a count; each count is drawn once."""

    __slots__ = ("_hashes", "_known", "_max_share")

    def __init__(self, hashes: HashDraws, max_share: float) -> None:
        self._hashes = hashes
        self._max_share = max_share
        self._known: dict[int, float] = {}

    def at(self, count: int) -> float:
        """Give the part of random hashes that stay within the share."""
        if count not in self._known:
            drawn, _ = self._hashes.max_shares(count)
            self._known[count] = part_within(self._max_share, drawn)
        return self._known[count]


def counts_to_try(
    even: int,
    *,
    step: int,
    most: int,
    keys: KeyLoads,
    partitioner: Partitioner,
    given: Iterable[int] | None,
) -> Sequence[int]:
    """Give the counts worth a try, rising: multiples of the step that even loads fit in.

    As far as a search for a hot partition goes: to 8 times what even loads need, 200 at least,
    less where there are so many keys that it would take long. Those ``given`` instead, if any.
    Of a sketch, those at which its loads are exact.
    """
    first = -(-even // step) * step
    counts: Sequence[int]
    if given is None:
        affordable = first + REACH_WORK // (len(keys) + first)
        reach = max(first, min(max(REACH * first, REACH_LEAST), affordable))
        counts = known_exactly(keys, range(first, min(most, reach) + 1, step))
    else:
        counts = sorted({count for count in given if first <= count <= most and not count % step})
        if len(counts) > len(known := known_exactly(keys, counts)):
            unknown = next(count for count in counts if count not in known)
            raise ValueError(
                f"counts must be those at which the sketch of keys is exact, got {unknown:,}; "
                "name it where the keys are counted"
            )
    return counts[: _first_true(counts, lambda n: not takes_partitions(partitioner, keys.keys, n))]


def search_keyed(
    keys: KeyLoads,
    counts: Sequence[int],
    partitioner: Partitioner,
    *,
    max_share: float,
    chances: Chances,
    certainty: float,
) -> KeyedSearch:
    """Find the first count that fits for this hash, for random ones, and for both.

    More partitions part keys: the chance to fit rises with the count, so that halving finds
    where it passes the certainty. This hash goes up and down, and is tried count by count.
    """
    at = _first_true(counts, lambda count: chances.at(count) >= certainty)
    random_hash = counts[at] if at < len(counts) else None
    this_hash: int | None = None
    max_shares: dict[int, float] = {}
    for count, share in _rising(keys, counts, partitioner):
        max_shares[count] = share
        if share > max_share * (1 + ROUNDING):
            continue
        this_hash = this_hash or count
        if random_hash is None or count >= random_hash:
            both = None if random_hash is None else count
            return KeyedSearch(
                this_hash=this_hash, random_hash=random_hash, both=both, max_shares=max_shares
            )
    return KeyedSearch(this_hash=this_hash, random_hash=random_hash, max_shares=max_shares)


def _rising(
    keys: KeyLoads, counts: Sequence[int], partitioner: Partitioner
) -> Iterator[tuple[int, float]]:
    """Give the largest share at each count; steps grow, since most searches end soon or late."""
    begin, step = 0, COUNTS_PER_STEP
    total = keys.total
    while begin < len(counts):
        wide = max(1, LOADS_HELD // counts[begin])
        some = counts[begin : begin + min(step, wide)]
        rows = [
            (count, float(loads.max() / total))
            for count, loads in loads_at(keys, some, partitioner)
        ]
        yield from reversed(rows)
        begin, step = begin + len(some), min(2 * step, COUNTS_PER_STEP_MOST)


def _first_true(counts: Sequence[int], holds: Callable[[int], bool]) -> int:
    """Find where something begins to hold by halving; the length of ``counts`` if nowhere."""
    return bisect_left(counts, 1, key=lambda count: int(holds(count)))
