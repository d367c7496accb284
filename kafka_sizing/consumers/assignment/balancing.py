"""A `Group` of uneven subscriptions in; owners as Kafka's sticky assignor balances them out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from kafka_sizing.consumers.assignment.group import Group
from kafka_sizing.consumers.assignment.ownership import NOBODY, Indices

_NEVER: Final = np.iinfo(np.int64).max


def balanced_owners(group: Group) -> Indices:
    """Leave every partition where it is, place the others, then move what evens the numbers.

    Source: the general case of AbstractStickyAssignor.java of Kafka's clients. Where it takes
    any partition out of a hash set, this takes the first.
    """
    balance = _Balance(group)
    kept = balance.owners.copy()
    order = balance.fewest_subscribers_first()
    unplaced = [partition for partition in order if kept[partition] == NOBODY]
    for partition in unplaced:
        balance.give(partition, balance.emptiest_subscriber(partition))
    placed, spread = balance.owners.copy(), balance.spread()
    if not ((group.owned != NOBODY) & (kept == NOBODY)).any():  # else more than these must move
        balance.even_out(unplaced)
    moved = balance.even_out(order)
    if moved and (kept != NOBODY).any() and balance.spread() >= spread:
        return placed
    return balance.owners


class _Balance:
    """Who owns what while it is balanced, how many that is, and where it came from."""

    def __init__(self, group: Group) -> None:
        self.owners = group.kept
        self._subscribed = group.subscribed
        self._topic_of = group.topic_of
        self._readers = group.subscribed.sum(axis=0)  # of each topic
        owned = self.owners[self.owners != NOBODY]
        self._sizes = np.bincount(owned, minlength=len(group.members))
        self._origins: dict[int, int] = {}  # whose a partition was before it moved
        self._flows: dict[tuple[int, int, int], set[int]] = defaultdict(set)

    def fewest_subscribers_first(self) -> list[int]:
        """Give all partitions: those of topics with few subscribers first."""
        order: list[int] = np.argsort(self._readers[self._topic_of], kind="stable").tolist()
        return order

    def emptiest_subscriber(self, partition: int) -> int:
        """Give the subscriber with the fewest partitions; of several the first by name."""
        reads = self._subscribed[:, self._topic_of[partition]]
        return int(np.where(reads, self._sizes, _NEVER).argmin())

    def give(self, partition: int, member: int) -> None:
        """Make a member the owner of a partition."""
        if self.owners[partition] != NOBODY:
            self._sizes[self.owners[partition]] -= 1
        self.owners[partition] = member
        self._sizes[member] += 1

    def even_out(self, partitions: Sequence[int]) -> bool:
        """Move partitions to emptier members until none can; say whether any moved."""
        ever = False
        moving = True
        while moving:
            moving = False
            for partition in partitions:
                member = self.emptiest_subscriber(partition)
                if self._sizes[member] + 1 < self._sizes[self.owners[partition]]:
                    self._move(self._instead_of(partition, member), member)
                    ever = moving = True
        return ever

    def spread(self) -> int:
        """Add up how far members are apart, each from each; without those who share nothing."""
        sizes = self._sizes[self._subscribed[:, self._readers > 1].any(axis=1)]
        return int(np.abs(sizes[:, np.newaxis] - sizes).sum())

    def _instead_of(self, partition: int, member: int) -> int:
        """Find a partition that came the other way, and may as well go back."""
        topic = int(self._topic_of[partition])
        owner = self._origins.get(partition, int(self.owners[partition]))
        return min(self._flows[topic, member, owner], default=partition)

    def _move(self, partition: int, member: int) -> None:
        topic, owner = int(self._topic_of[partition]), int(self.owners[partition])
        origin = self._origins.pop(partition, owner)
        self._flows[topic, origin, owner].discard(partition)
        if origin != member:
            self._origins[partition] = origin
            self._flows[topic, origin, member].add(partition)
        self.give(partition, member)
