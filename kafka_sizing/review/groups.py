"""The groups of a case and the partitions in; groups that cannot keep up or wait in vain out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kafka_sizing.review.case import Case, NotGiven, Reader
from kafka_sizing.review.judging import Flaw, each_group, each_group_of_case, named, origin_of
from kafka_sizing.review.rule import line_of, mistake_of
from kafka_sizing.review.wording import counted, span_text
from kafka_sizing.topic.planning.groups import GroupPlan
from kafka_sizing.units import format_share

_STRATEGY: Final = "partition.assignment.strategy"


@each_group_of_case
def idle_members(case: Case, reader: Reader) -> Iterator[Flaw]:
    """Ask whether every member has a partition to read."""
    members = _members(reader)
    if members > case.partitions:
        yield Flaw(
            evidence=f"{counted(members, 'member')} and {counted(case.partitions, 'partition')}: "
            f"{members - case.partitions:,} of them read nothing",
            change=f"run {counted(case.partitions, 'member')} at most, or create the topic with "
            f"{counted(members, 'partition')}",
        )


@each_group_of_case
def uneven_members(case: Case, reader: Reader) -> Iterator[Flaw]:
    """Ask whether every member has as many partitions."""
    members = _members(reader)
    fullest = -(-case.partitions // members)
    usable = case.partitions / (members * fullest)
    if members < case.partitions and usable < line_of("uneven-members", "share"):
        yield Flaw(
            evidence=f"{case.partitions:,} partitions over {counted(members, 'member')}: the "
            f"fullest reads {fullest:,}, so the group carries {format_share(usable)} of what its "
            "members could",
            change=f"run a number of members that divides {case.partitions:,}",
        )


@each_group_of_case
def falls_behind(case: Case, reader: Reader) -> Iterator[Flaw]:
    """Ask whether a group carries the peak of the horizon."""
    plan = _plan_of(case, reader)
    if plan.keeps_up:
        return
    needed, too_hot = plan.needed.members, _has_hot_key(case)
    if needed is not None:
        change = f"run {counted(needed, 'member')}"
    elif too_hot:
        change = "split the hottest key first, or make its records cheaper"
    else:
        change = f"make a record cheaper, or take {_more_partitions(case)}"
    today = "the peak of the horizon" if plan.keeps_up_today else "even today's peak"
    yield Flaw(
        summary=None if plan.keeps_up_today else "the group does not carry today's peak",
        evidence=f"{counted(plan.members, 'member')} {_too_full(plan)}{today}: "
        f"{plan.needed.reason}",
        change=change,
        mistake=mistake_of("hot-key") if needed is None and too_hot else None,
    )


@each_group_of_case
def recovers_too_late(case: Case, reader: Reader) -> Iterator[Flaw]:
    """Ask whether a group is current again in time after its longest outage."""
    plan = _plan_of(case, reader)
    if plan.recovery is None or plan.drain is None:
        raise NotGiven(f"the outage and the time to recover of {reader.subject}")
    if plan.keeps_up and not plan.recovers:
        to_recover = plan.needed_to_recover
        members = None if to_recover is None else to_recover.members
        yield Flaw(
            evidence=f"{plan.drain.reason}; {span_text(plan.recovery.recovery_s)} are allowed",
            change=plan.recovery.reason
            if members is None
            else f"run {counted(members, 'member')}, at least while it catches up",
        )


@each_group_of_case
def crash_takes_too_long(case: Case, reader: Reader) -> Iterator[Flaw]:
    """Ask whether a member that dies delays records by more than is allowed."""
    delay_s = reader.planned.delay_s
    if delay_s is None:
        raise NotGiven(f"the delay allowed (delay_s) of {reader.subject}")
    stop_s = _plan_of(case, reader).crash_delay_s
    if stop_s > delay_s:
        yield Flaw(
            evidence=f"the partitions of a member that dies stand still for up to "
            f"{span_text(stop_s)}, and {span_text(delay_s)} are allowed",
            change=(
                "lower session.timeout.ms, and heartbeat.interval.ms to a third of it"
                if reader.classic
                else "lower group.consumer.session.timeout.ms on the brokers"
            )
            + ", or allow for it in the objective",
            origin=origin_of(reader.configuration, "session.timeout.ms"),
        )


def scaled_on_the_wrong_metric(case: Case) -> Iterator[Flaw]:
    """Ask whether the number of members follows the lag."""
    scaling = case.practices.scaling
    if scaling is None:
        raise NotGiven("what the number of members follows (practices.scaling)")
    if scaling in {"cpu", "memory"}:
        yield Flaw(
            evidence=f"the number of members follows {scaling}",
            change=f"scale on lag, between 1 and {counted(case.partitions, 'member')}"
            if case.known_partitions is not None
            else "scale on lag, up to the number of partitions",
        )


@each_group
def protocol_not_configured(reader: Reader) -> Iterator[Flaw]:
    """Ask whether the group rebalances as the plan reckons it does."""
    planned, given = reader.planned.protocol, reader.configuration
    configured = reader.planned.configured_protocol
    if planned is not None and configured != planned:
        yield Flaw(
            evidence=f"the plan reckons with the protocol {planned!r}, and the configuration "
            f"gives {configured!r}: {given.described('group.protocol')}, "
            f"{given.described(_STRATEGY)}",
            change=_CONFIGURE[planned],
            severity="warning" if planned == "consumer" or given.is_set(_STRATEGY) else None,
            origin=origin_of(given, "group.protocol", _STRATEGY),
        )


@each_group
def moves_state_at_every_rollout(reader: Reader) -> Iterator[Flaw]:
    """Ask whether members that hold state keep their partitions over a restart."""
    group = reader.planned
    if group.restore_s and group.membership == "dynamic":
        yield Flaw(
            evidence=f"{span_text(group.restore_s)} to restore the state of a partition, and no "
            "group.instance.id",
            change="give every member a group.instance.id that survives its restart",
        )


@each_group
def poll_interval_holds_everyone(reader: Reader) -> Iterator[Flaw]:
    """Ask whether one slow member can hold a rebalance up for long."""
    given, name = reader.configuration, "max.poll.interval.ms"
    most_s = line_of("poll-interval-holds-everyone", "most_s")
    if reader.classic and given.seconds(name) > most_s:
        yield Flaw(
            evidence=f"{given.described(name)}: a rebalance waits up to "
            f"{span_text(given.seconds(name))} for the slowest member",
            change="poll fewer records, or hand long work over and pause its partition, and set "
            f"{name}={int(most_s * 1_000)} at most",
            origin=origin_of(given, name),
        )


_CONFIGURE: Final = {
    "eager": "plan with the protocol that is configured",
    "cooperative": f"set {_STRATEGY} to the cooperative sticky assignor alone",
    "consumer": "set group.protocol=consumer",
}


def _has_hot_key(case: Case) -> bool:
    """Say whether one key is too much for a partition, which no count helps."""
    return any(limit.partitions is None for limit in case.plan.count.limits)


def _more_partitions(case: Case) -> str:
    """Name the count that the plan recommends, if that is a larger one."""
    recommended = case.plan.count.recommended
    if recommended is None or recommended <= case.partitions:
        return "more partitions"
    return f"{recommended:,} partitions"


def _too_full(plan: GroupPlan) -> str:
    """Say whether members cannot carry something, or are only fuller than is wanted."""
    full, wanted = plan.capacity.utilisation_ratio, plan.needed.utilisation_share
    if plan.capacity.keeps_up is not True or full is None or full <= wanted:
        return "do not carry "
    return f"are {format_share(full)} full, and {format_share(wanted)} are wanted, at "


def _members(reader: Reader) -> int:
    members = None if reader.group is None else reader.group.members
    if members is None:
        raise NotGiven(f"the members of {reader.subject}")
    return members


def _plan_of(case: Case, reader: Reader) -> GroupPlan:
    name = reader.planned.name
    return next(plan for plan in case.plan.groups if plan.group.name == name)


JUDGES = named(
    idle_members,
    uneven_members,
    falls_behind,
    recovers_too_late,
    crash_takes_too_long,
    scaled_on_the_wrong_metric,
    protocol_not_configured,
    moves_state_at_every_rollout,
    poll_interval_holds_everyone,
)
