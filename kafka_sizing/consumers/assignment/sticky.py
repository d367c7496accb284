"""A `Group` in; owners that are even in number and change as little as possible out."""

from __future__ import annotations

from collections import deque

import numpy as np

from kafka_sizing.consumers.assignment.balancing import balanced_owners
from kafka_sizing.consumers.assignment.group import Group
from kafka_sizing.consumers.assignment.ownership import NOBODY, Indices


def sticky_owners(group: Group) -> Indices:
    """Give every member as many partitions as any other, and leave what can stay.

    Source: AbstractStickyAssignor.java of Kafka's clients, which has one way for members that
    all subscribe to the same topics, and another for all other groups.
    """
    return _even_owners(group) if group.alike else balanced_owners(group)


def _even_owners(group: Group) -> Indices:
    """Keep up to an even share, then hand out what is left.

    With q, r = divmod(partitions, members) every member ends with q partitions, and r of them
    with one more: first those that had so many.
    """
    least, extra = divmod(group.owned.size, len(group.members))
    owners = np.full(group.owned.size, NOBODY, dtype=np.int64)
    sizes = [0] * len(group.members)
    short: deque[int] = deque()  # have fewer than the least
    ready: deque[int] = deque()  # have the least, and may get one more
    full = 0  # have one more
    for member, before in enumerate(_held(group)):
        if len(before) > least and full < extra:
            keeps = least + 1
            full += 1
        else:
            keeps = min(len(before), least)
            (short if keeps < least else ready).append(member)
        owners[before[:keeps]] = member
        sizes[member] = keeps
    for partition in np.flatnonzero(owners == NOBODY).tolist():
        member = short.popleft() if short else ready.popleft()
        owners[partition] = member
        sizes[member] += 1
        if sizes[member] < least:
            short.append(member)
        elif sizes[member] == least:
            ready.append(member)
    return owners


def _held(group: Group) -> list[list[int]]:
    """Give what each member owned before: low numbers first, of any topic."""
    held: list[list[int]] = [[] for _ in group.members]
    kept = group.kept
    for partition in np.lexsort((group.topic_of, group.number_of)).tolist():
        if kept[partition] != NOBODY:
            held[kept[partition]].append(partition)
    return held
