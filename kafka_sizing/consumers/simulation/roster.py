"""Members that come, hang, die and go in; who is there, and in which state, out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

# starting: not in the group yet. ready: reads. hung: beats, but does not poll. silent: dead, or
# a static member that is away, and the coordinator does not know. gone: out of the group.
State = Literal["starting", "ready", "hung", "silent", "gone"]


@dataclass(slots=True)
class RosterMember:
    """A member of the group, then and now."""

    number: int  #: who it is to the group; a dynamic member that comes back is another
    slot: int  #: which of the group's places it fills; events name it by this
    state: State = "starting"
    turns: int = 0  #: how often something befell it; tells one absence from the next

    def turn(self, state: State) -> int:
        """Let something befall it; the number lasts until something else does."""
        self.state = state
        self.turns += 1
        return self.turns


class Roster:
    """Everyone who ever was in the group; numbers count up from 0."""

    def __init__(self, members: int) -> None:
        self.members = [RosterMember(number, number, "ready") for number in range(members)]
        self._there = list(self.members)  # not gone when somebody last came; the gone stay gone

    def __len__(self) -> int:
        """Count everyone who ever was."""
        return len(self.members)

    def among(self, *states: State) -> Iterator[RosterMember]:
        """Give the members in any of some states but gone."""
        return (member for member in self._there if member.state in states)

    def count(self, *states: State) -> int:
        """Count the members in any of some states but gone."""
        return sum(1 for _ in self.among(*states))

    def numbers(self, *states: State) -> list[int]:
        """Give the numbers of the members in any of some states but gone."""
        return [member.number for member in self.among(*states)]

    @property
    def reads(self) -> NDArray[np.bool_]:
        """Whether each member reads, by number; the last entry stands for nobody."""
        reads = np.zeros(len(self.members) + 1, dtype=np.bool_)
        reads[self.numbers("ready")] = True
        return reads

    def at(self, slot: int) -> RosterMember | None:
        """Find who fills a place of the group now."""
        there = (m for m in reversed(self._there) if m.slot == slot and m.state != "gone")
        return next(there, None)

    def add(self, slot: int | None = None) -> RosterMember:
        """Start a member, in a place of its own or in the first free one."""
        self._there = [member for member in self._there if member.state != "gone"]
        if slot is None:
            taken = {member.slot for member in self._there}
            slot = next(free for free in itertools.count() if free not in taken)
        member = RosterMember(len(self.members), slot)
        self.members.append(member)
        self._there.append(member)
        return member
