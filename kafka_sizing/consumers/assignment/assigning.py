"""Partitions, members and the name of an assignor in; the `Assignment` it chooses out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from kafka_sizing._checks import check_choice, check_count, check_text, check_type
from kafka_sizing.consumers.assignment.dealing import dealt_owners
from kafka_sizing.consumers.assignment.group import Group, read_group
from kafka_sizing.consumers.assignment.load_aware import load_aware_owners
from kafka_sizing.consumers.assignment.members import Member, read_members, renumbered
from kafka_sizing.consumers.assignment.ownership import (
    NOBODY,
    Indices,
    Loads,
    frozen_loads,
    owners_among,
)
from kafka_sizing.consumers.assignment.ranges import range_owners
from kafka_sizing.consumers.assignment.result import Assignment, MemberLoadUnit
from kafka_sizing.consumers.assignment.sticky import sticky_owners
from kafka_sizing.consumers.assignment.uniform import uniform_owners
from kafka_sizing.partitions.placement import MOST_PLACED, PartitionLoads

RebalanceProtocol = Literal["eager", "cooperative", "consumer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignor:
    """One way to share out partitions, and how its members go over to a new assignment."""

    name: str
    protocol: RebalanceProtocol  #: "consumer" is KIP-848
    description: str
    choose: Callable[[Group], Indices]  #: the owners that it wants


ASSIGNORS: Final[Mapping[str, Assignor]] = MappingProxyType(
    {
        assignor.name: assignor
        for assignor in (
            Assignor(
                name="range",
                protocol="eager",
                description="every topic on its own, cut into ranges; the clients' default",
                choose=range_owners,
            ),
            Assignor(
                name="roundrobin",
                protocol="eager",
                description="all partitions dealt to the members in turn",
                choose=dealt_owners,
            ),
            Assignor(
                name="sticky",
                protocol="eager",
                description="as even as can be, then as few moves as can be",
                choose=sticky_owners,
            ),
            Assignor(
                name="cooperative-sticky",
                protocol="cooperative",
                description="as sticky; what moves is given up in a first round",
                choose=sticky_owners,
            ),
            Assignor(
                name="uniform",
                protocol="consumer",
                description="even and sticky, chosen by the broker; its default",
                choose=uniform_owners,
            ),
            Assignor(
                name="server-range",
                protocol="consumer",
                description='the broker\'s "range": cuts as that of the clients does',
                choose=range_owners,
            ),
            Assignor(
                name="load-aware",
                protocol="consumer",
                description="evens out load, not numbers: what an assignor of one's own could do",
                choose=load_aware_owners,
            ),
        )
    }
)


def assign(
    partitions: SupportsIndex | Mapping[str, int],
    members: SupportsIndex | Iterable[str | Member],
    *,
    assignor: str = "range",
    previous: Assignment | None = None,
    loads: PartitionLoads | ArrayLike | Mapping[str, PartitionLoads | ArrayLike] | None = None,
) -> Assignment:
    """Share out partitions among the members of a consumer group as Kafka 4 does.

    Parameters
    ----------
    partitions : int or mapping of str to int
        How many partitions each topic has; a number stands for one topic, named "topic".
        [1, 10,000,000]
    members : int or sequence of str or Member
        The members. A name subscribes to all topics. A number stands for members "member-0"
        and so on, with as many digits as the last one needs. [1, 100,000]
    assignor : str, default "range"
        One of ``ASSIGNORS``: "range", "roundrobin", "sticky" and "cooperative-sticky" as the
        clients have them, "uniform" and "server-range" as the broker has them for
        ``group.protocol=consumer`` (KIP-848), or "load-aware", which is not part of Kafka.
    previous : Assignment or None, default None
        Who owned what before. Members are the same if their names are; numbered ones if their
        numbers are.
    loads : PartitionLoads, array_like, mapping of str to either, or None, default None
        The load of each partition; a mapping for several topics. None: each counts 1. Only
        "load-aware" goes by it.

    Returns
    -------
    Assignment
        The owner of every partition to whose topic somebody subscribes. Members may be left
        without any.

    Raises
    ------
    TypeError
        If a name is no text, or ``previous`` no `Assignment`.
    ValueError
        If there is no member, no topic or no partition, two members have one name or one
        instance id, a member subscribes to an unknown topic, loads do not fit the partitions,
        or the assignor is unknown.

    Notes
    -----
    The members' order does not matter: where Kafka follows the order of a hash table of member
    ids or topic ids, names are taken in their order here. The clients' assignors equal those of
    kafka-clients 4.3.0 otherwise; only with uneven subscriptions the sticky ones may, rarely,
    send another of several partitions back where it came from. "uniform" keeps to what Kafka
    does since 4.1. Left out: racks, and members that report partitions of an older generation.

    "cooperative-sticky" is run until nothing waits to be given up: `Assignment.first_round`
    tells what members own in between. So it does for the broker's assignors.

    Examples
    --------
    >>> from kafka_sizing.consumers.assignment import assign
    >>> before = assign(60, 6, assignor="cooperative-sticky")
    >>> after = assign(60, 7, assignor="cooperative-sticky", previous=before)
    >>> after.moves, after.partition_counts
    (8, array([9, 9, 9, 9, 8, 8, 8]))
    >>> after.first_round().idle_members
    ('member-6',)
    """
    check_choice("assignor", assignor, ASSIGNORS)
    counts = _read_partitions(partitions)
    present = read_members(members)
    names = tuple(member.name for member in present)
    if previous is not None:
        check_type("previous", previous, Assignment, "assign")
        if not isinstance(members, Iterable):
            before = tuple(renumbered(previous.members, len(names)))
            previous = replace(previous, members=before, previous=None)
    weights, unit = _read_loads(loads, counts)
    seen = ((), {}) if previous is None else (previous.members, previous.owners)
    group = read_group(counts, present, owners_among(names, *seen, counts), weights)
    rounds = [_by_topic(group, names, counts, owners) for owners in _rounds(assignor, group)]
    return Assignment(
        members=names,
        owners=rounds[-1],
        loads=weights,
        unit=unit,
        assignor=assignor,
        previous=previous,
        first_round_owners=rounds[0] if len(rounds) > 1 else None,
    )


def _rounds(assignor: str, group: Group) -> list[Indices]:
    """Give the owners after each round; what goes from member to member waits for the next."""
    target = ASSIGNORS[assignor].choose(group)
    waits = (group.owned != NOBODY) & (target != NOBODY) & (group.owned != target)
    protocol = ASSIGNORS[assignor].protocol
    if protocol == "eager" or not waits.any():
        return [target]
    first = np.where(waits, NOBODY, target)
    if protocol == "consumer":  # the broker keeps to its target
        return [first, target]
    return [first, *_rounds(assignor, group.after(first))]


def _by_topic(
    group: Group, names: tuple[str, ...], counts: Mapping[str, int], owners: Indices
) -> dict[str, Indices]:
    """Give the owners of each topic, as indices into members as they were given."""
    index = {name: at for at, name in enumerate(names)}
    as_given = np.array([*(index[member.name] for member in group.members), NOBODY])
    nobody = {topic: np.full(count, NOBODY) for topic, count in counts.items()}
    return nobody | group.by_topic(as_given[owners])


def _read_partitions(partitions: SupportsIndex | Mapping[str, int]) -> dict[str, int]:
    if not isinstance(partitions, Mapping):
        return {"topic": check_count("partitions", partitions, most=MOST_PLACED)}
    if not partitions:
        raise ValueError("partitions must hold at least one topic, got none")
    counts = {}
    for topic, count in partitions.items():
        check_text("a topic in partitions", topic)
        counts[topic] = check_count(f"partitions of topic {topic!r}", count, most=MOST_PLACED)
    return counts


def _read_loads(
    loads: PartitionLoads | ArrayLike | Mapping[str, PartitionLoads | ArrayLike] | None,
    counts: Mapping[str, int],
) -> tuple[Mapping[str, Loads] | None, MemberLoadUnit | None]:
    """Give the loads by topic, and the unit that all of them share."""
    if loads is None:
        return None, "partitions"
    if not isinstance(loads, Mapping):
        if len(counts) > 1:
            raise ValueError(
                f"loads must be a mapping from topic to loads for {len(counts):,} topics, "
                f"got {loads!r:.80}"
            )
        loads = dict.fromkeys(counts, loads)
    units = {one.unit if isinstance(one, PartitionLoads) else None for one in loads.values()}
    if len(units) > 1:
        raise ValueError(f"loads must have one unit, got {sorted(map(str, units))}")
    arrays = {
        topic: one.loads if isinstance(one, PartitionLoads) else one
        for topic, one in loads.items()
    }
    return frozen_loads(arrays, counts), units.pop() if units else None
