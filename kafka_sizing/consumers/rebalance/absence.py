"""A member that goes, and perhaps comes back, in; the rebalances this leads to out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kafka_sizing.consumers.assignment import Assignment
from kafka_sizing.consumers.rebalance.detection import EventKind
from kafka_sizing.consumers.rebalance.empty import InitialDelay, initial_delay
from kafka_sizing.consumers.rebalance.phases import Phase
from kafka_sizing.consumers.rebalance.setup import GroupSetup
from kafka_sizing.consumers.rebalance.stages import Stage, handover


def absence(
    event: EventKind,
    gone: str,
    before: Assignment,
    setup: GroupSetup,
    *,
    back_after_s: float | None = None,
) -> tuple[tuple[Stage, ...], Assignment]:
    """Give what happens from a member's going to its return, and who owns what at the end."""
    hidden_s = setup.hidden_s(event)
    if back_after_s is not None and back_after_s < hidden_s:
        return (_back_unnoticed(event, gone, before, setup, back_after_s),), before
    others = tuple(member for member in before.members if member != gone)
    if not others:
        return _alone(event, before, setup, back_after_s), before
    after = setup.owners(others, before)
    left = handover(event, before, after, setup, gone=gone)
    if back_after_s is None:
        return (left,), after
    if back_after_s < _round_ends_s(left):
        return (handover(event, before, before, setup, gone=gone),), before
    joins_s = max(back_after_s, left.ends_s)
    away = Phase(
        name="away",
        starts_s=left.ends_s,
        ends_s=joins_s,
        stops="none",
        reason="the other members read everything",
    )
    again = setup.owners(before.members, after)
    joined = handover("join", after, again, setup, member=gone)
    return (left.followed_by(away), joined.later(joins_s)), again


def first_start(members: tuple[str, ...], setup: GroupSetup, wait: InitialDelay) -> Stage:
    """Give the start of an empty group.

    A classic group waits, then shares out. Under KIP-848 the first member gets everything at
    once, and gives up what the others are to have.
    """
    everything = np.ones(setup.loads.partitions, dtype=np.bool_)
    wait_s = 0.0 if setup.protocol == "consumer" else wait.delay_s
    delay = Phase(
        name="initial delay", starts_s=0.0, ends_s=wait_s, stops="all", reason=wait.reason
    )
    restore = Phase(
        name="restore",
        starts_s=wait_s,
        ends_s=wait_s + setup.restore_s,
        stops="all",
        reason="new owners restore state before they read",
    )
    stage = Stage(
        member=None, phases=(), orphaned=everything, moved=everything, moves=0, rebalances=1
    )
    stage = stage.followed_by(delay).followed_by(restore)
    if setup.protocol != "consumer" or len(members) == 1:
        return stage
    alone = setup.owners(members[:1])
    spread = handover("join", alone, setup.owners(members, alone), setup).later(stage.ends_s)
    return replace(
        stage, phases=(*stage.phases, *spread.phases), moved=spread.moved, moves=spread.moves
    )


def _back_unnoticed(
    event: EventKind, gone: str, before: Assignment, setup: GroupSetup, back_after_s: float
) -> Stage:
    """Give what happens if the member is back before the group has noticed."""
    stage = handover(event, before, before, setup, gone=gone, back_after_s=back_after_s)
    if setup.protocol == "consumer" and stage.rebalances:
        return replace(stage, rebalances=2)  # it joins as a new one, and the dead one is put out
    return stage


def _alone(
    event: EventKind, before: Assignment, setup: GroupSetup, back_after_s: float | None
) -> tuple[Stage, ...]:
    """Give what happens to a group whose only member goes."""
    (gone,) = before.members
    phases = tuple(phase for phase in setup.phases(event) if phase.name == "detect")
    everything = np.ones(setup.loads.partitions, dtype=np.bool_)
    left = Stage(
        member=gone,
        phases=phases,
        orphaned=everything,
        moved=everything,
        moves=0,
        rebalances=1,
    )
    if back_after_s is None:
        return (left,)
    empty = Phase(
        name="away",
        starts_s=left.ends_s,
        ends_s=back_after_s,
        stops="orphaned",
        reason="the group is empty: nobody reads",
    )
    started = first_start(before.members, setup, initial_delay(settings=setup.settings))
    return left.followed_by(empty), started.later(back_after_s)


def _round_ends_s(left: Stage) -> float:
    """Give until when a member that comes back takes part in the round that its going began.

    Under KIP-848 there is no such round.
    """
    return next((phase.ends_s for phase in left.phases if phase.name == "join"), 0.0)
