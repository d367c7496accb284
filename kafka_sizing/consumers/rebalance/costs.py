"""An event in a consumer group in; what stands still, piles up and moves, by phase, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing._checks import check_choice, check_count, check_non_negative
from kafka_sizing.consumers.rebalance.absence import absence, first_start
from kafka_sizing.consumers.rebalance.detection import EventKind, Membership, Protocol
from kafka_sizing.consumers.rebalance.empty import initial_delay
from kafka_sizing.consumers.rebalance.phases import Phase
from kafka_sizing.consumers.rebalance.result import (
    REBALANCE_EVENTS,
    PhaseCost,
    RebalanceCost,
    RebalanceEvent,
    StopPattern,
)
from kafka_sizing.consumers.rebalance.setup import GroupSetup, group_setup, record_rates
from kafka_sizing.consumers.rebalance.stages import Stage, handover
from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.partitions.placement import PartitionLoads

_MOST_MEMBERS: Final = 100_000
_GOES_AWAY: Final = ("leave", "crash", "stuck")
_NEEDED: Final = ("restart_s", "partitions_after")
# Which arguments go with which events only.
_ONLY_WITH: Final[Mapping[str, tuple[RebalanceEvent, ...]]] = MappingProxyType(
    {
        "member": _GOES_AWAY,
        "back_after_s": _GOES_AWAY,
        "restart_s": ("deployment",),
        "partitions_after": ("partitions",),
        "joins_s": ("start",),
    }
)

Turn = Sequence[Stage]  # stages between which nobody catches up


def rebalance_cost(
    event: RebalanceEvent,
    *,
    members: SupportsIndex,
    partitions: SupportsIndex | PartitionLoads,
    write_records_per_s: float | None = None,
    protocol: Protocol = "eager",
    membership: Membership = "dynamic",
    assignor: str | None = None,
    settings: ConsumerSettings | None = None,
    barrier_s: float | None = None,
    restore_s: float = 0.0,
    rounds: SupportsIndex | None = None,
    member: SupportsIndex | None = None,
    back_after_s: float | None = None,
    restart_s: float | None = None,
    partitions_after: SupportsIndex | PartitionLoads | None = None,
    joins_s: ArrayLike | None = None,
) -> RebalanceCost:
    """Reckon what an event costs a consumer group: who stops, how long, and what piles up.

    Records piled up in a phase = rate of the partitions that stand still × its length. For a
    crash that is (write rate / members) × detection + rate of the stopped partitions ×
    barrier. The phases and their bounds are those of `rebalance_phases`, the moves those of
    the assignor (`assign`). What a member had read and not committed, and then is read
    twice, is not counted.

    Parameters
    ----------
    event : {"join", "leave", "crash", "stuck", "partitions", "deployment", "start"}
        A member comes; closes cleanly; dies; does not poll any more; the topic gets more
        partitions; all members are restarted one after another; an empty group starts.
    members : int
        Members before the event; of a "start", those that come. >= 1
    partitions : int or PartitionLoads
        Partitions of the topic, or the load of each.
    write_records_per_s : float or None, default None
        Rate written to all partitions together. None: what ``partitions`` says, if that is
        in records/s. [records/s] >= 0
    protocol : {"eager", "cooperative", "consumer"}, default "eager"
        How the group rebalances; "eager" is what Kafka's default assignors give, "consumer"
        is KIP-848.
    membership : {"dynamic", "static"}, default "dynamic"
        Whether members have a ``group.instance.id``.
    assignor : str or None, default None
        As for `assign`. None: "range" for eager, "cooperative-sticky" for cooperative,
        "uniform" for consumer.
    settings : ConsumerSettings or None, default None
        Timeouts of the group. None: Kafka's defaults.
    barrier_s, restore_s : float
        As for `rebalance_phases`: how long a round takes (None: a heartbeat interval), and
        how long a new owner restores state. [s] >= 0
    rounds : int or None, default None
        Rounds of "cooperative" and "consumer". None: 2 where a member has to give up a
        partition, otherwise 1, which is what Kafka does. 2 for all is the customary rule of
        thumb. 1 or 2
    member : int or None, default None
        Number of the member that leaves, crashes or is stuck. None: the one with the largest
        load.
    back_after_s : float or None, default None
        When that member is back (polls again, if stuck). None: never. [s] >= 0
    restart_s : float or None, default None
        Of a deployment: how long each member is away. [s] >= 0
    partitions_after : int or PartitionLoads or None, default None
        Of "partitions": how many there are then, or the load of each. The new ones are
        written to at once.
    joins_s : array_like of float or None, default None
        Of a "start" of a classic group: when each member comes. None: all at once.
        [s] >= 0

    Returns
    -------
    RebalanceCost
        Cost by phase and by partition, moves and rebalances.

    Raises
    ------
    ValueError
        If an argument is out of range or none of its choices, does not go with the event or
        protocol, or one that the event needs is missing.

    Notes
    -----
    In a deployment the next member goes when the last phase of the one before is over, and
    dynamic members come back under their old place in the order of members; Kafka gives them
    a random new one, so "range" and "roundrobin" may move more than is counted here. A
    member that is back while the others still join takes part in that round, so there is one
    rebalance instead of two.

    What is written to a new partition before its first owner comes piles up under
    ``auto.offset.reset=earliest``; under Kafka's default, ``latest``, the group skips it.

    Examples
    --------
    Ten members, one crashes; the barrier takes 3 s:

    >>> from kafka_sizing.consumers.rebalance import rebalance_cost
    >>> cost = rebalance_cost("crash", members=10, partitions=20, write_records_per_s=2_000)
    >>> [(phase.name, phase.partitions, phase.piled_up_records) for phase in cost.phases]
    [('detect', 2, 9000.0), ('join', 20, 6000.0)]
    >>> cost.piled_up_records
    15000.0

    A rolling restart of eight, each away for 30 s:

    >>> for membership in ("dynamic", "static"):
    ...     cost = rebalance_cost(
    ...         "deployment",
    ...         members=8,
    ...         partitions=16,
    ...         write_records_per_s=800,
    ...         membership=membership,
    ...         restart_s=30,
    ...     )
    ...     print(membership, cost.rebalances, cost.piled_up_records)
    dynamic 16 38400.0
    static 0 24000.0
    """
    check_choice("event", event, REBALANCE_EVENTS)
    _check_goes_with(
        event,
        member=member,
        back_after_s=back_after_s,
        restart_s=restart_s,
        partitions_after=partitions_after,
        joins_s=joins_s,
    )
    for name, seconds in (("back_after_s", back_after_s), ("restart_s", restart_s)):
        if seconds is not None:
            check_non_negative(name, seconds)
    n_members = check_count("members", members, most=_MOST_MEMBERS)
    setup = group_setup(
        record_rates("partitions", partitions, write_records_per_s),
        protocol=protocol,
        membership=membership,
        assignor=assignor,
        settings=settings,
        barrier_s=barrier_s,
        restore_s=restore_s,
        rounds=rounds,
    )
    if event == "deployment":
        turns = _deployment(_names(n_members), setup, restart_s)
    elif event == "start":
        turns = [[_start(_names(n_members), setup, joins_s)]]
    elif event == "join":
        turns = [[_join(_names(n_members + 1), setup)]]
    elif event == "partitions" and partitions_after is not None:
        more = record_rates("partitions_after", partitions_after, write_records_per_s)
        turns = [[_growth(_names(n_members), setup, more)]]
        setup = replace(setup, loads=more)
    else:
        turns = [_going(event, _names(n_members), setup, member, back_after_s)]
    loads = setup.loads
    forsaken = n_members == 1 and event in _GOES_AWAY and back_after_s is None
    costs = [[_phase_costs(stage, loads) for stage in turn] for turn in turns]
    return RebalanceCost(
        event=event,
        protocol=setup.protocol,
        membership=setup.membership,
        assignor=setup.assignor,
        members=n_members,
        write_records_per_s=loads.total,
        phases=tuple(phase for turn in costs for stage in turn for phase in stage),
        stopped_s=_stopped_s(turns, loads.partitions),
        moves=sum(stage.moves for turn in turns for stage in turn),
        rebalances=sum(stage.rebalances for turn in turns for stage in turn),
        peak_piled_up_records=max(
            sum(phase.piled_up_records for stage in turn for phase in stage) for turn in costs
        ),
        unread_records_per_s=loads.total if forsaken else 0.0,
        patterns=() if event == "deployment" else _patterns(turns, loads.partitions),
    )


def _phase_costs(stage: Stage, loads: PartitionLoads) -> list[PhaseCost]:
    return [_phase_cost(phase, stage, loads) for phase in stage.phases]


def _phase_cost(phase: Phase, stage: Stage, loads: PartitionLoads) -> PhaseCost:
    stopped = stage.stopped(phase.stops)
    return PhaseCost(
        name=phase.name,
        starts_s=phase.starts_s,
        ends_s=phase.ends_s,
        stops=phase.stops,
        reason=phase.reason,
        member=stage.member,
        partitions=int(stopped.sum()),
        piled_up_records=float(loads.loads[stopped].sum()) * phase.duration_s,
    )


def _stopped_s(turns: Iterable[Turn], partitions: int) -> NDArray[np.float64]:
    stopped_s = np.zeros(partitions)
    for turn in turns:
        for stage in turn:
            for phase in stage.phases:
                stopped_s[stage.stopped(phase.stops)] += phase.duration_s
    return stopped_s


def _patterns(turns: Iterable[Turn], partitions: int) -> tuple[StopPattern, ...]:
    """Put partitions together that stand still in the very same phases, of which there are few."""
    phases = [(stage, phase) for turn in turns for stage in turn for phase in stage.phases]
    codes = np.zeros(partitions, dtype=np.int64)
    for bit, (stage, phase) in enumerate(phases):
        codes[stage.stopped(phase.stops)] |= 1 << bit
    found, counts = np.unique(codes, return_counts=True)
    return tuple(
        StopPattern(
            partitions=count, stopped=tuple(bool(code >> bit & 1) for bit in range(len(phases)))
        )
        for code, count in zip(found.tolist(), counts.tolist(), strict=True)
    )


def _join(names: tuple[str, ...], setup: GroupSetup) -> Stage:
    """Give what the last of the members brings about by joining the others."""
    before = setup.owners(names[:-1])
    return handover("join", before, setup.owners(names, before), setup, member=names[-1])


def _growth(names: tuple[str, ...], setup: GroupSetup, more: PartitionLoads) -> Stage:
    """Give what more partitions bring about."""
    if more.partitions <= setup.loads.partitions:
        raise ValueError(
            f"partitions_after must be more than partitions ({setup.loads.partitions:,}), "
            f"got {more.partitions:,}"
        )
    before = setup.owners(names)
    grown = replace(setup, loads=more)
    return handover("partitions", before, grown.owners(names, before), grown)


def _start(names: tuple[str, ...], setup: GroupSetup, joins_s: ArrayLike | None) -> Stage:
    """Give what the first members of an empty group bring about."""
    comes_s = np.zeros(len(names)) if joins_s is None else np.asarray(joins_s, np.float64)
    if comes_s.shape != (len(names),):
        raise ValueError(
            f"joins_s must be a time for each of {len(names):,} members, got {joins_s!r}"
        )
    return first_start(names, setup, initial_delay(comes_s, settings=setup.settings))


def _going(
    event: EventKind,
    names: tuple[str, ...],
    setup: GroupSetup,
    member: SupportsIndex | None,
    back_after_s: float | None,
) -> Turn:
    """Give what a member brings about by going, and perhaps coming back."""
    before = setup.owners(names)
    if member is None:
        gone = before.fullest
    else:
        gone = names[check_count("member", member, least=0, most=len(names) - 1)]
    stages, _ = absence(event, gone, before, setup, back_after_s=back_after_s)
    return stages


def _deployment(names: tuple[str, ...], setup: GroupSetup, restart_s: float | None) -> list[Turn]:
    """Give a turn for each member, each after the end of the one before."""
    turns: list[Turn] = []
    now_s = 0.0
    owners = setup.owners(names)
    for name in names:
        turn, owners = absence("leave", name, owners, setup, back_after_s=restart_s)
        turns.append([stage.later(now_s) for stage in turn])
        now_s += max(stage.ends_s for stage in turn)
    return turns


def _check_goes_with(event: RebalanceEvent, **given: object) -> None:
    """Refuse what the event has no use for, and the lack of what it needs."""
    for name, value in given.items():
        events = _ONLY_WITH[name]
        if value is not None and event not in events:
            raise ValueError(
                f"{name} must be None unless the event is {' or '.join(map(repr, events))}, "
                f"got {value!r} for {event!r}"
            )
        if value is None and event in events and name in _NEEDED:
            raise ValueError(f"{name} must be given for event {event!r}, got None")


def _names(count: int) -> tuple[str, ...]:
    width = len(str(count - 1))
    return tuple(f"member-{at:0{width}}" for at in range(count))
