"""A `Group` of uneven subscriptions in; owners as the uniform assignor levels them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from kafka_sizing.consumers.assignment.group import Group
from kafka_sizing.consumers.assignment.ownership import NOBODY, Indices

_MOST_ROUNDS: Final = 16  # MAX_ITERATION_COUNT of the builder


def levelled_owners(group: Group) -> Indices:
    """Leave every partition where it is, place the others, then level one topic at a time.

    Rounds over the topics end when nothing moves any more, or after 16. Subscribers of one
    topic are then at most one partition apart, as far as its partitions allow. Source:
    UniformHeterogeneousAssignmentBuilder.java of Kafka's group coordinator.
    """
    levels = _Levels(group)
    for topic in levels.order:
        levels.place(topic)
    shared = [topic for topic in levels.order if len(levels.subscribers(topic)) > 1]
    last = None
    for _ in range(_MOST_ROUNDS):
        for topic in shared:
            if topic == last:
                return levels.owners
            if levels.level(topic) or last is None:
                last = topic
    return levels.owners


class _Levels:
    """Who owns what while it is levelled, and how many partitions that is."""

    def __init__(self, group: Group) -> None:
        self.owners = group.kept
        self._counts: list[int] = group.counts.tolist()
        self._starts: list[int] = group.starts.tolist()
        self._subscribers = [np.flatnonzero(reads).tolist() for reads in group.subscribed.T]
        owned = self.owners[self.owners != NOBODY]
        self._sizes: list[int] = np.bincount(owned, minlength=len(group.members)).tolist()

    @property
    def order(self) -> list[int]:
        """The topics: those with many partitions per subscriber first, then the less read."""
        return sorted(
            range(len(self._counts)),
            key=lambda topic: (
                -self._counts[topic] / len(self._subscribers[topic]),
                len(self._subscribers[topic]),
            ),
        )

    def subscribers(self, topic: int) -> list[int]:
        """Give the members that subscribe to a topic, emptiest first."""
        return sorted(self._subscribers[topic], key=lambda member: self._sizes[member])

    def place(self, topic: int) -> None:
        """Give each partition that nobody owns to the emptiest subscriber."""
        ranked = self.subscribers(topic)
        for partition in self._partitions(topic):
            if self.owners[partition] == NOBODY:
                self._give(partition, self._emptiest(ranked))

    def level(self, topic: int) -> int:
        """Move partitions from the fullest to the emptiest subscribers; say how many."""
        ranked = self.subscribers(topic)
        stacks: dict[int, list[int]] = {member: [] for member in ranked}
        for partition in self._partitions(topic):
            stacks[int(self.owners[partition])].append(partition)
        moves = 0
        for giver in self._givers(ranked, stacks):
            taker = self._emptiest(ranked)
            if self._sizes[giver] - self._sizes[taker] <= 1:
                break
            self._sizes[giver] -= 1
            self._give(stacks[giver].pop(), taker)
            moves += 1
        return moves

    def _partitions(self, topic: int) -> range:
        return range(self._starts[topic], self._starts[topic] + self._counts[topic])

    def _emptiest(self, ranked: list[int]) -> int:
        return min(ranked, key=lambda member: self._sizes[member])

    def _give(self, partition: int, member: int) -> None:
        self.owners[partition] = member
        self._sizes[member] += 1

    def _givers(self, ranked: list[int], stacks: dict[int, list[int]]) -> Iterator[int]:
        """Give the fullest member that still has one of these partitions, again and again.

        Members of one size give in turn, the last of ``ranked`` first. One that has nothing to
        give leaves the circle, and the last of the circle takes its place.
        """
        circle: list[int] = []
        smaller = list(ranked)
        size = 0
        while circle or smaller:
            size = size - 1 if circle else self._sizes[smaller[-1]]
            while smaller and self._sizes[smaller[-1]] == size:
                circle.insert(0, smaller.pop())
            for at in reversed(range(len(circle))):
                if stacks[circle[at]]:
                    yield circle[at]
                else:
                    circle[at] = circle[-1]
                    circle.pop()
