"""Partitions, members, loads and the assignment before in; a `Group` that assignors read out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import nearest
from kafka_sizing.consumers.assignment.members import Member
from kafka_sizing.consumers.assignment.ownership import NOBODY, Indices, Loads


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """A consumer group as an assignor sees it: everything by index, in Kafka's order.

    Members stand in the order of their names, partitions in that of their topics' names and
    then of their numbers. Topics to which nobody subscribes are left out.
    """

    members: tuple[Member, ...]
    topics: tuple[str, ...]
    counts: Indices  #: (topics,), how many partitions each has
    subscribed: NDArray[np.bool_]  #: (members, topics)
    owned: Indices  #: (partitions,), the member that owned it before, or NOBODY
    loads: Loads  #: (partitions,)

    @property
    def alike(self) -> bool:
        """Whether all members subscribe to the same topics."""
        return bool((self.subscribed == self.subscribed[0]).all())

    @property
    def topic_of(self) -> Indices:
        """The topic of each partition, by index."""
        return np.repeat(np.arange(len(self.topics)), self.counts)

    @property
    def number_of(self) -> Indices:
        """The number of each partition within its topic."""
        return np.arange(self.counts.sum()) - np.repeat(self.starts, self.counts)

    @property
    def starts(self) -> Indices:
        """The first partition of each topic."""
        return np.cumsum(self.counts) - self.counts

    @property
    def kept(self) -> Indices:
        """Who owned each partition before and may keep it, for it still subscribes."""
        return np.where(self.subscribed[self.owned, self.topic_of], self.owned, NOBODY)

    @property
    def static_order(self) -> list[int]:
        """The members as Kafka's range and round-robin sort them: static ones come first."""
        return sorted(
            range(len(self.members)),
            key=lambda at: (
                self.members[at].instance_id is None,
                self.members[at].instance_id or self.members[at].name,
            ),
        )

    def after(self, owned: Indices) -> Group:
        """Give the same group with other owners before."""
        return replace(self, owned=owned)

    def by_topic(self, owners: Indices) -> dict[str, Indices]:
        """Cut the owners of all partitions into one part for each topic."""
        begins, ends = self.starts.tolist(), np.cumsum(self.counts).tolist()
        return {
            topic: owners[begin:end]
            for topic, begin, end in zip(self.topics, begins, ends, strict=True)
        }


def read_group(
    partitions: Mapping[str, int],
    members: tuple[Member, ...],
    owners_before: Mapping[str, Indices],
    loads: Mapping[str, Loads] | None,
) -> Group:
    """Put a group in Kafka's order; ``owners_before`` are indices into ``members`` as given."""
    by_name = sorted(range(len(members)), key=lambda at: members[at].name)
    ordered = tuple(members[at] for at in by_name)
    topics, subscribed = _subscriptions(partitions, ordered)
    rank = np.full(len(members) + 2, NOBODY)  # the last two stand for GONE and NOBODY
    rank[by_name] = np.arange(len(members))
    owned = [owners_before[topic] for topic in topics]
    weights = [np.ones(partitions[topic]) if loads is None else loads[topic] for topic in topics]
    return Group(
        members=ordered,
        topics=topics,
        counts=np.array([partitions[topic] for topic in topics], dtype=np.int64),
        subscribed=subscribed,
        owned=rank[np.concatenate([*owned, np.empty(0, np.int64)])],
        loads=np.concatenate([*weights, np.empty(0)]),
    )


def _subscriptions(
    partitions: Mapping[str, int], members: tuple[Member, ...]
) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Give the topics that somebody reads, and who subscribes to which."""
    column = {topic: at for at, topic in enumerate(sorted(partitions))}
    subscribed = np.zeros((len(members), len(column)), dtype=np.bool_)
    for row, member in enumerate(members):
        if member.topics is None:
            subscribed[row] = True
            continue
        for topic in member.topics:
            if topic not in column:
                raise ValueError(
                    f"topics of member {member.name!r} must be among those of partitions, "
                    f"got {topic!r}{nearest(topic, column)}"
                )
            subscribed[row, column[topic]] = True
    read = np.flatnonzero(subscribed.any(axis=0))
    names = list(column)
    return tuple(names[at] for at in read), subscribed[:, read]
