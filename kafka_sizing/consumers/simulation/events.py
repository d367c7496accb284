"""What befalls a group, its readers or its topic, and when, in; the same, checked, out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import (
    check_count,
    check_fraction,
    check_non_negative,
    check_positive,
)
from kafka_sizing.partitions.placement import PartitionLoads


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A member more; ready after its start-up time."""

    at_s: float  #: when it is started

    def __post_init__(self) -> None:
        check_non_negative("at_s", self.at_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """A member that shuts down cleanly."""

    at_s: float
    member: int  #: its number in the group, from 0

    def __post_init__(self) -> None:
        check_non_negative("at_s", self.at_s)
        check_count("member", self.member, least=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """A member that dies without a word, and perhaps comes back."""

    at_s: float
    member: int  #: its number in the group, from 0
    back_after_s: float | None = None  #: ready again this long after the crash; None: never

    def __post_init__(self) -> None:
        check_non_negative("at_s", self.at_s)
        check_count("member", self.member, least=0)
        if self.back_after_s is not None:
            check_positive("back_after_s", self.back_after_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A member that lives, sends heartbeats and does not poll, for a while."""

    at_s: float
    member: int  #: its number in the group, from 0
    for_s: float  #: how long it hangs

    def __post_init__(self) -> None:
        check_non_negative("at_s", self.at_s)
        check_count("member", self.member, least=0)
        check_positive("for_s", self.for_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A rolling restart: each member stops and comes back before the next one does."""

    at_s: float
    restart_s: float  #: from a member's stop until it is ready again
    pause_s: float = 0.0  #: from one member's return to the next one's stop

    def __post_init__(self) -> None:
        check_non_negative("at_s", self.at_s)
        check_positive("restart_s", self.restart_s)
        check_non_negative("pause_s", self.pause_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowdown:
    """Something that members wait for is slow, or down, for a while."""

    at_s: float
    for_s: float
    capacity_fraction: float = 0.0  #: what is left of a member's capacity; 0: an outage. [0, 1)
    member: int | None = None  #: one member only; None: all

    def __post_init__(self) -> None:
        check_non_negative("at_s", self.at_s)
        check_positive("for_s", self.for_s)
        check_fraction("capacity_fraction", self.capacity_fraction)
        if self.member is not None:
            check_count("member", self.member, least=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoisonRecord:
    """A record that nobody can handle: its partition stands, the member's others go on."""

    at_s: float
    partition: int
    for_s: float | None = None  #: until someone skips it; None: never

    def __post_init__(self) -> None:
        check_non_negative("at_s", self.at_s)
        check_count("partition", self.partition, least=0)
        if self.for_s is not None:
            check_positive("for_s", self.for_s)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharesChange:
    """From here on the partitions take other parts of the load: a key turned hot, say."""

    at_s: float
    shares: NDArray[np.float64] | PartitionLoads  #: as for `simulate_lag`

    def __post_init__(self) -> None:
        check_non_negative("at_s", self.at_s)
        object.__setattr__(self, "shares", checked_shares(self.shares))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartitionIncrease:
    """The topic gets more partitions; producers use them at once, members when they see them."""

    at_s: float
    shares: NDArray[np.float64] | PartitionLoads  #: of all partitions, the new ones included

    def __post_init__(self) -> None:
        check_non_negative("at_s", self.at_s)
        object.__setattr__(self, "shares", checked_shares(self.shares))


Event = (
    Join
    | Leave
    | Crash
    | Stuck
    | Deployment
    | Slowdown
    | PoisonRecord
    | SharesChange
    | PartitionIncrease
)


def checked_events(events: object) -> tuple[Event, ...]:
    """Refuse anything but several events."""
    if isinstance(events, Event) or not isinstance(events, Iterable):
        raise TypeError(f"events must be a sequence, got one {type(events).__name__}")
    listed = tuple(events)
    for event in listed:
        if not isinstance(event, Event):
            raise TypeError(
                f"events must be Crash, Deployment and such, got {type(event).__name__}"
            )
    return listed


def most_members(events: Sequence[Event], members: int) -> int:
    """Count the places of a group that members ever fill, if each that joins takes a new one."""
    return members + sum(isinstance(event, Join) for event in events)


def befalls(event: Event, *, members: int) -> bool:
    """Whether the member that an event is about, if any, is one of so many."""
    number = getattr(event, "member", None)
    return number is None or number < members


def check_member(event: Event, *, members: int) -> None:
    """Refuse what is about a member that never is there."""
    if not befalls(event, members=members):
        raise ValueError(
            f"member of {type(event).__name__} must be below {members:,}, the most members there "
            f"may be, got {getattr(event, 'member', None):,}"
        )


def check_event(event: Event, *, members: int, partitions: int, duration_s: float) -> None:
    """Refuse what comes after the end, or befalls a member or partition that never is there."""
    kind = type(event).__name__
    if event.at_s >= duration_s:
        raise ValueError(
            f"at_s of {kind} must be before the end, at {duration_s:,.10g} s, "
            f"got {event.at_s:,.10g}"
        )
    check_member(event, members=members)
    if isinstance(event, PoisonRecord) and event.partition >= partitions:
        raise ValueError(
            f"partition of {kind} must be below {partitions:,}, the partitions "
            f"there are, got {event.partition:,}"
        )


def checked_shares(shares: object) -> NDArray[np.float64]:
    """Refuse anything but shares of partitions that add up to 1; give a read-only copy."""
    if isinstance(shares, PartitionLoads):
        if not shares.total:
            raise ValueError("shares must come from partitions with load, got none")
        given = np.array(shares.shares)
    else:
        try:
            given = np.array(shares, dtype=np.float64)
        except (TypeError, ValueError):
            raise TypeError(f"shares must hold numbers, got {shares!r:.60}") from None
    if given.ndim != 1 or not given.size:
        raise ValueError(f"shares must be 1-D and not empty, got shape {given.shape}")
    if not np.isfinite(given).all() or given.min() < 0:
        wrong = given[~np.isfinite(given) | (given < 0)][0]
        raise ValueError(f"shares must be finite and >= 0, got {wrong}")
    total = float(given.sum())
    if abs(total - 1) > 1e-6:
        raise ValueError(f"shares must add up to 1, got {total:.6g}")
    given /= total
    given.flags.writeable = False
    return given
