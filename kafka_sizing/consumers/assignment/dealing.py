"""A `Group` in; partitions dealt to its members like cards out."""

from __future__ import annotations

import numpy as np

from kafka_sizing.consumers.assignment.group import Group
from kafka_sizing.consumers.assignment.ownership import Indices


def dealt_owners(group: Group) -> Indices:
    """Deal all partitions in turn, and pass over a member that does not subscribe.

    The turn goes on from topic to topic. What was owned before does not count. Source:
    RoundRobinAssignor.java of Kafka's clients.
    """
    order = np.array(group.static_order, dtype=np.int64)
    dealt: list[Indices] = []
    turn = 0
    for topic, count in enumerate(group.counts.tolist()):
        sits = np.flatnonzero(group.subscribed[order, topic])  # places at the table
        first = int(np.searchsorted(sits, turn))
        takes = sits[(first + np.arange(count)) % sits.size]
        turn = (int(takes[-1]) + 1) % order.size
        dealt.append(order[takes])
    return np.concatenate([*dealt, np.empty(0, np.int64)])
