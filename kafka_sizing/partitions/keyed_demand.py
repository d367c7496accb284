"""A load, what a partition takes of it and the keys, in; the limits on a count they set out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kafka_sizing._checks import ROUNDING, ceil_ratio
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.keyed_search import KeyedSearch
from kafka_sizing.partitions.limits import Limit
from kafka_sizing.partitions.shares import HashedShares
from kafka_sizing.units import format_load, format_loads_apart, format_share


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyedDemand:
    """What keys ask of a count."""

    load_bytes_per_s: float
    usable_bytes_per_s: float  #: of one partition
    shares: HashedShares
    certainty: float
    draws: int
    partitioner: Partitioner

    @property
    def capacity_share(self) -> float:
        """Largest part of the load that one partition can take."""
        return min(1.0, self.usable_bytes_per_s / self.load_bytes_per_s)

    @property
    def even_partitions(self) -> int:
        """What loads that spread evenly need."""
        return max(1, ceil_ratio(self.load_bytes_per_s, self.usable_bytes_per_s))

    @property
    def one_key_is_too_big(self) -> bool:
        """Whether the hottest key is more than a partition takes."""
        return self.shares.hottest > self.capacity_share * (1 + ROUNDING)

    def limits(self, found: KeyedSearch, searched_to: int | None) -> Iterator[Limit]:
        """Give the lower limits: even loads, the hottest key, this hash and random ones."""
        usable = format_load(self.usable_bytes_per_s, "bytes/s")
        even = self.even_partitions
        load = format_load(self.load_bytes_per_s, "bytes/s")
        yield Limit(
            name="even share",
            partitions=even,
            bound="at least",
            kind="exact",
            reason=f"even loads of {usable} each need {even:,} for {load}",
            source="load / what one partition carries, rounded up",
        )
        yield self._hottest_key(usable)
        if searched_to is None or self.one_key_is_too_big:
            return
        most = format_share(self.capacity_share)
        yield Limit(
            name="these keys",
            partitions=found.this_hash,
            bound="at least",
            kind="exact",
            reason=f"the hottest partition may carry {most} of the load, "
            + _first(found.this_hash, searched_to, "the hash in use keeps to it"),
            source=f"these keys, placed by the partitioner {self.partitioner.name!r}",
        )
        sure = f"{format_share(self.certainty)} of random hashes keep to it"
        yield Limit(
            name="random hash",
            partitions=found.random_hash,
            bound="at least",
            kind="measured",
            reason=f"the hottest partition may carry {most} of the load, "
            + _first(found.random_hash, searched_to, sure),
            source=f"{self.draws:,} random hashes drawn for these shares",
        )

    def _hottest_key(self, usable: str) -> Limit:
        share = self.shares.hottest
        load = share * self.load_bytes_per_s
        brings = format_load(load, "bytes/s")
        too_big = self.one_key_is_too_big
        if too_big:  # both texts must show it
            brings, usable = format_loads_apart(load, self.usable_bytes_per_s, "bytes/s")
        reason = (
            f"the hottest key ({format_share(share)}) brings {brings} to one partition, "
            f"which carries {usable}"
        )
        return Limit(
            name="hottest key",
            partitions=None if too_big else 1,
            bound="at least",
            kind="exact",
            reason=f"{reason}: more partitions cannot help" if too_big else reason,
            source="all records of a key go to one partition",
        )


def _first(count: int | None, searched_to: int, what: str) -> str:
    if count is None:
        return f"and at no count up to {searched_to:,} {what}"
    return f"and {count:,} is the first count at which {what}"
