"""An event in a consumer group in; the phases until all is read again, with who stops, out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, SupportsIndex, get_args

from kafka_sizing._checks import check_count, check_non_negative
from kafka_sizing.consumers.rebalance.detection import (
    Detection,
    EventKind,
    Membership,
    Protocol,
    detection,
)
from kafka_sizing.consumers.settings import ConsumerSettings

__all__ = [
    "EventKind",
    "Membership",
    "Phase",
    "Protocol",
    "Stops",
    "rebalance_phases",
]

Stops = Literal["none", "orphaned", "moved", "all"]
STOPS: Final[tuple[Stops, ...]] = get_args(Stops)

_GOES_AWAY: Final = ("leave", "crash", "stuck")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of a rebalance, and which partitions stand still during it."""

    name: str  #: detect, away, join, second join, revoke, assign or restore
    starts_s: float  #: from the event
    ends_s: float  #: from the event
    stops: Stops
    reason: str

    @property
    def duration_s(self) -> float:
        """How long the phase lasts. [s]"""
        return self.ends_s - self.starts_s


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A phase that has no place in time yet."""

    name: str
    duration_s: float
    stops: Stops
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """How long members take to join, or to hear and let go, and why."""

    duration_s: float
    reason: str


def rebalance_phases(
    event: EventKind,
    *,
    protocol: Protocol,
    membership: Membership = "dynamic",
    settings: ConsumerSettings | None = None,
    barrier_s: float | None = None,
    restore_s: float = 0.0,
    rounds: SupportsIndex | None = None,
    back_after_s: float | None = None,
) -> tuple[Phase, ...]:
    """List the phases from an event until every partition is read again.

    ``stops`` of a phase says which partitions nobody reads then:

    - ``"orphaned"``: those without an owner, because theirs is gone or they are new,
    - ``"moved"``: all that get another owner, the orphaned included,
    - ``"all"``: every partition of the group; ``"none"``: every one is read.

    Which of them stop, and in what order, is exact; how long is a model, and an upper bound:

    - **eager**: a member gives up all it has before it joins, and gets its new share when the
      last one has joined. Here all stop for the whole barrier; in truth each from its own
      join on.
    - **cooperative** (KIP-429): members read on while they join. Ownerless partitions are
      handed out in the first round. Partitions that another member must give up take a
      second round and stop during that one only. There is a second round only if a member
      has to give something up: as ``rounds`` says, by default when a member joins.
    - **consumer** (KIP-848): no barrier. Each member learns what to give up and what it gets
      at its own heartbeat, so an ownerless partition waits for one heartbeat of its new
      owner, and one that moves is read until its owner has heard of it.

    A barrier ends at the rebalance timeout, which is ``max.poll.interval.ms``: a dynamic
    member that has not joined by then, because it is stuck for example, is put out of the
    group; a static one stays in it, with its share, until its session is over. The answers of
    the coordinator and the work of the assignor are part of ``barrier_s``. Not counted: from
    Kafka 4.3 on a group under KIP-848 gets a new assignment at most once in
    ``group.consumer.assignment.interval.ms``, 1 s.

    Parameters
    ----------
    event : {"join", "leave", "crash", "stuck", "partitions"}
        A new member comes, one closes cleanly, dies, does not poll any more, or the topic
        gets more partitions.
    protocol : {"eager", "cooperative", "consumer"}
        How the group rebalances; "consumer" is KIP-848.
    membership : {"dynamic", "static"}, default "dynamic"
        Whether members have a ``group.instance.id``.
    settings : ConsumerSettings or None, default None
        Timeouts of the group. None: Kafka's defaults.
    barrier_s : float or None, default None
        How long a round takes: until the slowest member has heard of it, ended the batch it
        works on, and joined; under "consumer", until the slowest has heard and given up what
        it must. None: the heartbeat interval of the protocol. [s] >= 0
    restore_s : float, default 0.0
        How long a new owner of a partition restores state before it reads. [s] >= 0
    rounds : int or None, default None
        Under "cooperative" and "consumer": 1 if only ownerless partitions find an owner, 2
        if a member has to give up some. None: 2 for "join", otherwise 1, as balanced and
        sticky assignors do. "eager" has one round. In a second round all that moved count as
        stopped, which is too much for those handed out in the first. 1 or 2
    back_after_s : float or None, default None
        After "leave", "crash" or "stuck": when the member is there again (polls again, if
        stuck). Matters if that is before the group has noticed: a static or a stuck member
        goes on where it was, without a rebalance; a crashed dynamic member comes as a new
        one, and the others wait at the barrier of a classic group until the session of the
        dead one is over. None: not that soon. [s] >= 0

    Returns
    -------
    tuple of Phase
        In order of time, without gaps; phases that take no time are left out.

    Raises
    ------
    ValueError
        If an argument is none of its choices or out of range, or does not go with the event
        or protocol.

    Notes
    -----
    Sources: ConsumerCoordinator and AbstractCoordinator (when a member gives up its
    partitions, and when it joins again), CooperativeStickyAssignor (partitions that change
    hands are withheld in the first round), GroupMetadataManager (barrier and rebalance
    timeout, static members), all apache/kafka; KIP-345, KIP-429, KIP-848.

    Examples
    --------
    >>> from kafka_sizing.consumers.rebalance import rebalance_phases
    >>> for phase in rebalance_phases("crash", protocol="eager"):
    ...     print(phase.name, phase.starts_s, phase.ends_s, phase.stops)
    detect 0.0 45.0 orphaned
    join 45.0 48.0 all
    >>> for phase in rebalance_phases("join", protocol="cooperative"):
    ...     print(phase.name, phase.starts_s, phase.ends_s, phase.stops)
    join 0.0 3.0 none
    second join 3.0 6.0 moved
    """
    settings = settings or ConsumerSettings()
    noticed = detection(event, protocol=protocol, membership=membership, settings=settings)
    later = _round(protocol, settings, barrier_s)
    n_rounds = _rounds(event, protocol, rounds)
    check_non_negative("restore_s", restore_s)
    back_s = _back(event, back_after_s)

    first = later
    if back_s is not None and back_s < noticed.delay_s:
        if event == "stuck" or membership == "static":
            return _in_time([_away(event, back_s)])
        if protocol != "consumer":
            first = _round_with_the_dead(noticed.delay_s - back_s, later, settings)
            noticed = Detection(
                delay_s=back_s, reason="the member is back as a new one, which joins"
            )
    ownerless: Stops = "none" if event == "join" else "orphaned"
    steps = [
        _Step(name="detect", duration_s=noticed.delay_s, stops="orphaned", reason=noticed.reason),
        *_steps(protocol, ownerless, (first, later)[:n_rounds]),
        _Step(
            name="restore",
            duration_s=float(restore_s),
            stops="moved",
            reason="new owners restore state before they read",
        ),
    ]
    return _in_time(steps)


def _round(protocol: Protocol, settings: ConsumerSettings, barrier_s: float | None) -> _Round:
    longest_s = settings.max_poll_interval_s
    if barrier_s is not None:
        check_non_negative("barrier_s", barrier_s)
        if barrier_s > longest_s:
            reason = f"who is not there after max.poll.interval.ms ({longest_s:g} s) is put out"
            return _Round(duration_s=longest_s, reason=reason)
        return _Round(duration_s=float(barrier_s), reason="until the slowest member is ready")
    if protocol == "consumer":
        beat_s, name = settings.consumer_heartbeat_interval_s, "group.consumer.heartbeat"
    else:
        beat_s, name = settings.heartbeat_interval_s, "heartbeat"
    reason = f"members hear of it within {name}.interval.ms ({beat_s:g} s)"
    return _Round(duration_s=beat_s, reason=reason)


def _round_with_the_dead(hidden_s: float, usual: _Round, settings: ConsumerSettings) -> _Round:
    """Give the round that cannot end before the session of a dead member does."""
    if hidden_s <= usual.duration_s:
        return usual
    return _Round(
        duration_s=min(hidden_s, settings.max_poll_interval_s),
        reason="the session of the member that died must end first",
    )


def _rounds(event: EventKind, protocol: Protocol, rounds: SupportsIndex | None) -> int:
    if rounds is None:
        return 2 if event == "join" and protocol != "eager" else 1
    count = check_count("rounds", rounds, most=2)
    if protocol == "eager" and count != 1:
        raise ValueError(f"rounds must be 1 under protocol 'eager', got {count}")
    return count


def _back(event: EventKind, back_after_s: float | None) -> float | None:
    if back_after_s is None:
        return None
    check_non_negative("back_after_s", back_after_s)
    if event not in _GOES_AWAY:
        raise ValueError(
            f"back_after_s must be None for event {event!r}, after which nobody is away, "
            f"got {back_after_s!r}"
        )
    return float(back_after_s)


def _away(event: EventKind, back_s: float) -> _Step:
    reason = (
        "the member polls again before the group has noticed"
        if event == "stuck"
        else "the static member is back before its session is over, and goes on where it was"
    )
    return _Step(name="away", duration_s=back_s, stops="orphaned", reason=reason)


def _steps(protocol: Protocol, ownerless: Stops, rounds: Sequence[_Round]) -> Iterator[_Step]:
    """Name the rounds as their protocol does, and say who stops during each."""
    first = rounds[0]
    if protocol == "eager":
        reason = f"every member gives up all it has and waits for the last one: {first.reason}"
        yield _Step(name="join", duration_s=first.duration_s, stops="all", reason=reason)
        return
    names = {"cooperative": ("join", "second join"), "consumer": ("revoke", "assign")}[protocol]
    name = names[0] if len(rounds) > 1 or protocol == "cooperative" else "assign"
    gain = "ownerless partitions find an owner" if ownerless == "orphaned" else "nobody stops"
    reason = f"{gain}: {first.reason}"
    yield _Step(name=name, duration_s=first.duration_s, stops=ownerless, reason=reason)
    for later in rounds[1:]:
        reason = f"what others gave up finds its new owner: {later.reason}"
        yield _Step(name=names[1], duration_s=later.duration_s, stops="moved", reason=reason)


def _in_time(steps: list[_Step]) -> tuple[Phase, ...]:
    """Put steps one after another, from the event on; leave out what takes no time."""
    phases = []
    now_s = 0.0
    for step in steps:
        ends_s = now_s + step.duration_s
        if ends_s > now_s:
            phases.append(
                Phase(
                    name=step.name,
                    starts_s=now_s,
                    ends_s=ends_s,
                    stops=step.stops,
                    reason=step.reason,
                )
            )
            now_s = ends_s
    return tuple(phases)
