"""A `Group` in; each topic cut into ranges of neighbouring partitions, one per member, out."""

from __future__ import annotations

import numpy as np

from kafka_sizing.consumers.assignment.group import Group
from kafka_sizing.consumers.assignment.ownership import Indices


def range_owners(group: Group) -> Indices:
    """Cut every topic on its own into as many ranges as it has subscribers.

    With q, r = divmod(partitions, subscribers) the first r subscribers get q + 1 partitions in
    a row and the others q, static members before dynamic ones. What was owned before does not
    count. Source: RangeAssignor.java of Kafka's clients; the broker's class of that name cuts
    in the same way.
    """
    order = np.array(group.static_order, dtype=np.int64)
    ranges = [
        _cut(order[group.subscribed[order, topic]], int(count))
        for topic, count in enumerate(group.counts)
    ]
    return np.concatenate([*ranges, np.empty(0, np.int64)])


def _cut(subscribers: Indices, count: int) -> Indices:
    least, extra = divmod(count, subscribers.size)
    lengths = np.full(subscribers.size, least)
    lengths[:extra] += 1
    return np.repeat(subscribers, lengths)
