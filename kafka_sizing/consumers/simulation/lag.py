"""Arrivals, partitions, a group and what befalls it in; the lag of every partition out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing._checks import (
    ceil_ratio,
    check_choice,
    check_count,
    check_non_negative,
    check_positive,
    check_type,
)
from kafka_sizing.consumers.rebalance.assignors import assignor_under
from kafka_sizing.consumers.rebalance.detection import MEMBERSHIPS, Membership, Protocol
from kafka_sizing.consumers.scaling.policies import ScalingPolicy
from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.consumers.simulation.arrivals import Arrivals, as_arrivals
from kafka_sizing.consumers.simulation.coordinator import Rules
from kafka_sizing.consumers.simulation.events import (
    Event,
    check_event,
    checked_events,
    checked_shares,
    most_members,
)
from kafka_sizing.consumers.simulation.group import Group
from kafka_sizing.consumers.simulation.member import MemberCapacity, as_member
from kafka_sizing.consumers.simulation.result import LagSimulation
from kafka_sizing.consumers.simulation.run import Run
from kafka_sizing.consumers.simulation.traffic import traffic_of
from kafka_sizing.partitions.placement import PartitionLoads

MOST_STEPS: Final = 10_000_000
_MOST_CELLS: Final = 250_000_000  # steps × partitions: 2 GB for each of the two arrays


def simulate_lag(
    arrivals: Arrivals | float,
    *,
    shares: PartitionLoads | ArrayLike | None = None,
    partitions: int | None = None,
    member: MemberCapacity | float,
    members: int,
    duration_s: float,
    step_s: float = 1.0,
    policy: ScalingPolicy | None = None,
    protocol: Protocol = "cooperative",
    membership: Membership = "dynamic",
    assignor: str | None = None,
    settings: ConsumerSettings | None = None,
    barrier_s: float | None = None,
    restore_s: float = 0.0,
    events: Sequence[Event] = (),
    retention_s: float | None = None,
    initial_lag_records: ArrayLike = 0.0,
) -> LagSimulation:
    """Play a consumer group through a stretch of time, and write down its lag.

    A fluid model: records flow into the partitions at the rate of ``arrivals`` by their
    shares; each member reads its partitions at most at its own rate, evenly among those that
    have records; members that are gone, hung or in a phase of a rebalance that stops them
    read nothing. Whole partitions change owner when a rebalance ends, by the assignor's own
    rules. Nothing is drawn at random. Changes take effect in the middle of a step where they
    fall there.

    Parameters
    ----------
    arrivals : Arrivals or float
        What is written to the topic; a number is a steady rate. [records/s] > 0
    shares : PartitionLoads or array_like of float, shape (partitions,), optional
        The part of the arrivals that each partition takes; shares add up to 1.
    partitions : int, optional
        Instead of ``shares``: so many partitions, all alike. >= 1
    member : MemberCapacity or float
        What one member can do; a number is its rate. [records/s] > 0
    members : int
        Members at the start, ready and assigned. >= 1
    duration_s : float
        How long to simulate. [s] > 0
    step_s : float, default 1.0
        From one row of the result to the next; the last step may pass ``duration_s``. [s] > 0
    policy : ScalingPolicy, optional
        What changes the number of members: `KedaPolicy`, `CpuPolicy`, `FunctionPolicy` … It
        sees the lag by committed offsets, which trail by half a commit interval on average.
    protocol : {"cooperative", "eager", "consumer"}, default "cooperative"
        How the group rebalances; "consumer" is KIP-848.
    membership : {"dynamic", "static"}, default "dynamic"
        Whether members have a ``group.instance.id``.
    assignor : str, optional
        As for `assign`, one that the protocol can have. By default cooperative-sticky for
        "cooperative", range for "eager", uniform for "consumer".
    settings : ConsumerSettings, optional
        Timeouts of the group; by default Kafka's.
    barrier_s, restore_s : float, optional
        As for `rebalance_phases`. [s] >= 0
    events : sequence of Event, optional
        What happens: `Crash`, `Deployment`, `Slowdown`, `SharesChange` …
    retention_s : float, optional
        Records older than this are deleted, read or not. Real brokers delete by whole
        segments, so later. [s] > 0
    initial_lag_records : float or array_like of shape (partitions,), default 0
        Unread at the start; a number is spread by the shares. [records] >= 0

    Returns
    -------
    LagSimulation
        A row per step and partition.

    Raises
    ------
    TypeError
        If an argument is not of its kind.
    ValueError
        If a number is out of range, shares do not add up, the assignor does not go with the
        protocol, or an event comes after the end or names a member or a partition that never is.

    Notes
    -----
    Memory is 16 bytes for each step and partition. A member's capacity is one number: what
    it costs to fetch from many partitions, and that a fuller batch is cheaper, is left out.

    There is a second round only if a member has to give a partition up. A rebalance that is
    overtaken by another event leaves partitions with their owners of before. A group under a
    classic protocol that was empty waits ``group.initial.rebalance.delay.ms`` once, however
    many members come meanwhile. A static member that leaves is not replaced under its own
    name: one that joins later is another.

    Examples
    --------
    A dependency is down for ten minutes. 1,000 records/s pile up to 600,000; at 1,500
    records/s the group is 1,200 s behind its work.

    >>> from kafka_sizing.consumers import Slowdown, simulate_lag
    >>> outage = Slowdown(at_s=100, for_s=600)
    >>> lag = simulate_lag(
    ...     1_000, partitions=6, member=250, members=6, duration_s=2_000, events=[outage]
    ... )
    >>> round(lag.peak_lag_records), lag.caught_up_at_s()
    (600000, 1900.0)
    """
    come = as_arrivals(arrivals)
    first = _first_shares(shares, partitions)
    capacity = as_member(member)
    n_members = check_count("members", members)
    check_positive("duration_s", duration_s)
    check_positive("step_s", step_s)
    named = assignor_under(protocol, assignor)
    check_choice("membership", membership, MEMBERSHIPS)
    check_non_negative("restore_s", restore_s)
    if barrier_s is not None:
        check_non_negative("barrier_s", barrier_s)
    if retention_s is not None:
        check_positive("retention_s", retention_s)
    if settings is not None:
        check_type("settings", settings, ConsumerSettings, "ConsumerSettings(…)")
    if policy is not None and not isinstance(policy, ScalingPolicy):
        raise TypeError(f"policy must be one such as FixedMembers(12), got {policy!r:.60}")
    happenings = checked_events(events)
    traffic = traffic_of(come, first, happenings)
    most = n_members if policy is None else max(n_members, policy.most)
    _check_events(happenings, most, traffic.partitions, duration_s)
    steps = _steps(duration_s, step_s, traffic.partitions)
    _check_arrivals(come, steps * step_s)
    rules = Rules(
        protocol=protocol,
        membership=membership,
        assignor=named,
        settings=ConsumerSettings() if settings is None else settings,
        barrier_s=barrier_s,
        restore_s=restore_s,
    )
    group = Group(
        members=n_members,
        partitions=first.size,
        capacity=capacity,
        rules=rules,
        traffic=traffic,
    )
    group.plan(happenings)
    unread = _first_lag(initial_lag_records, first, traffic.partitions)
    run = Run(
        group=group,
        traffic=traffic,
        unread=unread,
        steps=steps,
        step_s=float(step_s),
        policy=policy,
        retention_s=retention_s,
    )
    run.play()
    return run.result(happenings)


def _first_shares(
    shares: PartitionLoads | ArrayLike | None, partitions: int | None
) -> NDArray[np.float64]:
    if (shares is None) == (partitions is None):
        both = "neither" if shares is None else "both"
        raise ValueError(f"shares or partitions must be given, got {both}")
    if shares is not None:
        return checked_shares(shares)
    count = check_count("partitions", partitions)  # type: ignore[arg-type]
    return np.full(count, 1 / count)


def _check_arrivals(arrivals: Arrivals, duration_s: float) -> None:
    most = float(np.finfo(np.float64).max) / _MOST_CELLS
    if float(arrivals.records_per_s.max()) > most / max(duration_s, 1.0):
        raise ValueError(
            f"arrivals must bring at most {most:g} records in {duration_s:g} s, got "
            f"{arrivals.records_per_s.max():g} records/s"
        )


def _first_lag(
    records: ArrayLike, shares: NDArray[np.float64], most_partitions: int
) -> NDArray[np.float64]:
    try:
        lag = np.array(records, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"initial_lag_records must hold numbers, got {records!r:.60}") from None
    if not np.isfinite(lag).all() or (lag < 0).any():
        raise ValueError(f"initial_lag_records must be finite and >= 0, got {records!r:.60}")
    if lag.ndim == 0:
        lag = lag * shares
    if lag.shape != shares.shape:
        raise ValueError(
            f"initial_lag_records must be one number or one for each of {shares.size:,} "
            f"partitions, got shape {lag.shape}"
        )
    return np.pad(lag, (0, most_partitions - lag.size))


def _check_events(
    events: Sequence[Event], members: int, partitions: int, duration_s: float
) -> None:
    """Refuse what cannot happen, or nobody would see."""
    most = most_members(events, members)
    for event in events:
        check_event(event, members=most, partitions=partitions, duration_s=duration_s)


def _steps(duration_s: float, step_s: float, partitions: int) -> int:
    steps = ceil_ratio(duration_s, step_s)
    if steps > MOST_STEPS or steps * partitions > _MOST_CELLS:
        raise ValueError(
            f"duration_s / step_s must be at most {MOST_STEPS:,} steps, and steps times "
            f"partitions at most {_MOST_CELLS:,}, got {steps:,} steps and {partitions:,} "
            "partitions; a longer step_s helps"
        )
    return steps
