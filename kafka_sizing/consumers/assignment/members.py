"""How many members, or their names, in; `Member`s with subscriptions out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, SupportsIndex

from kafka_sizing._checks import check_count, check_text

MOST_MEMBERS: Final = 100_000  # more than any group has held

_NUMBERED: Final = re.compile(r"member-(\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a consumer group, and what it subscribes to.

    Parameters
    ----------
    name : str
        Its ``member.id``, or whatever tells it from others and stays the same between two
        assignments. Assignors go by the order of names.
    topics : sequence of str or None, default None
        The topics it subscribes to. None: all of them.
    instance_id : str or None, default None
        Its ``group.instance.id``, if it is a static member.

    Raises
    ------
    TypeError
        If a name is no text, or ``topics`` is one text.
    ValueError
        If the name or the instance id is empty.

    Examples
    --------
    >>> from kafka_sizing.consumers.assignment import Member
    >>> Member("billing-1", topics=["orders", "refunds"]).topics
    ('orders', 'refunds')
    """

    name: str
    topics: Sequence[str] | None = None
    instance_id: str | None = None

    def __post_init__(self) -> None:
        _check_name("name of a member", self.name)
        if self.instance_id is not None:
            _check_name(f"instance_id of member {self.name!r}", self.instance_id)
        if self.topics is not None:
            if isinstance(self.topics, str):
                raise TypeError(
                    f"topics of member {self.name!r} must be a sequence of names, "
                    f"got {self.topics!r:.60}"
                )
            for topic in self.topics:
                check_text(f"topics of member {self.name!r}", topic)
            object.__setattr__(self, "topics", tuple(dict.fromkeys(self.topics)))


def read_members(members: SupportsIndex | Iterable[str | Member]) -> tuple[Member, ...]:
    """Give the members of a group; a count stands for numbered members."""
    if isinstance(members, str | Member):
        raise TypeError(f"members must be a count or a sequence of members, got {members!r:.60}")
    if not isinstance(members, Iterable):
        count = check_count("members", members, most=MOST_MEMBERS)
        return tuple(Member(name) for name in numbered_names(count))
    read = tuple(one if isinstance(one, Member) else Member(one) for one in members)
    if not read:
        raise ValueError("members must hold at least one member, got none")
    _refuse_twice("members", "names", [member.name for member in read])
    ids = [member.instance_id for member in read if member.instance_id is not None]
    _refuse_twice("members", "instance ids", ids)
    return read


def numbered_names(count: int) -> list[str]:
    """Name members by number, padded so that the order of names is that of numbers."""
    width = len(str(count - 1))
    return [f"member-{at:0{width}}" for at in range(count)]


def renumbered(names: Sequence[str], count: int) -> list[str]:
    """Pad the numbers in ``names`` as those of ``count`` members; leave other names alone."""
    width = len(str(count - 1))
    matches = [_NUMBERED.fullmatch(name) for name in names]
    if not all(matches):
        return list(names)
    return [f"member-{int(match[1]):0{width}}" for match in matches if match]


def _check_name(what: str, name: object) -> None:
    check_text(what, name)
    if not name:
        raise ValueError(f"{what} must not be empty, got ''")


def _refuse_twice(name: str, what: str, values: Sequence[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{name} must have different {what}, got {value!r} twice")
        seen.add(value)
