"""A `Group` in; owners as the broker's uniform assignor chooses them out."""

from __future__ import annotations

import numpy as np

from kafka_sizing.consumers.assignment.group import Group
from kafka_sizing.consumers.assignment.levelling import levelled_owners
from kafka_sizing.consumers.assignment.ownership import NOBODY, Indices


def uniform_owners(group: Group) -> Indices:
    """Give every member as many partitions as any other, and leave what can stay.

    Source: UniformAssignor.java of Kafka's group coordinator, which has one way for members
    that all subscribe to the same topics, and another for all other groups.
    """
    return _quota_owners(group) if group.alike else levelled_owners(group)


def _quota_owners(group: Group) -> Indices:
    """Keep up to a quota, then fill one member after the other.

    With q, r = divmod(partitions, members) the quota is q, and q + 1 for r members: the first
    that had so many, then the last of the others. Source:
    UniformHomogeneousAssignmentBuilder.java, since KAFKA-18688 (Kafka 4.1).
    """
    members = np.arange(len(group.members))
    least, extra = divmod(group.owned.size, members.size)
    had_more = np.bincount(group.owned[group.owned != NOBODY], minlength=members.size) > least
    gets_more_first = np.concatenate([members[had_more], members[~had_more][::-1]])
    quotas = np.full(members.size, least)
    quotas[gets_more_first[:extra]] += 1
    owners = np.full(group.owned.size, NOBODY, dtype=np.int64)
    free = [np.flatnonzero(group.owned == NOBODY)]
    for member, quota in enumerate(quotas.tolist()):
        before = np.flatnonzero(group.owned == member)
        owners[before[:quota]] = member
        free.append(before[quota:])
    vacancies = quotas - np.bincount(owners[owners != NOBODY], minlength=members.size)
    owners[np.concatenate(free)] = np.repeat(members, vacancies)
    return owners
