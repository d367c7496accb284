"""A group of a design and the partitions in; its members, its lag and its rebalances out."""

from __future__ import annotations

from dataclasses import dataclass

from kafka_sizing._checks import check_count
from kafka_sizing.consumers.assignment.members import MOST_MEMBERS
from kafka_sizing.consumers.backlog import Drain, Recovery, capacity_to_recover, drain_backlog
from kafka_sizing.consumers.capacity import GroupCapacity, group_capacity
from kafka_sizing.consumers.members import MembersNeeded, members_needed
from kafka_sizing.consumers.polling import FetchMemory, PollBudget, fetch_memory, poll_budget
from kafka_sizing.consumers.rebalance import RebalanceCost, rebalance_cost
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.topic.design import Group, TopicDesign
from kafka_sizing.topic.planning.keys import KeyPlan, hottest_share
from kafka_sizing.units import format_share


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupPlan:
    """How many members a group needs, what it then carries, and what hurts it."""

    group: Group
    needed: MembersNeeded  #: at the peak of the horizon
    needed_today: MembersNeeded  #: at today's peak
    needed_to_recover: MembersNeeded | None  #: after its longest outage; None: no time given
    members: int  #: those planned, or else those needed, or one for each partition
    capacity: GroupCapacity  #: of that many, at the peak of the horizon
    today: GroupCapacity  #: of that many, at today's peak
    lag_records_per_partition: float | None  #: offsets of the hottest, at the delay and the peak
    drain: Drain | None  #: after its longest outage, at the average rate; None: no outage
    recovery: Recovery | None  #: what it must carry to be current in time; None: no time given
    poll: PollBudget
    memory: FetchMemory | None  #: of the fullest member; None: brokers unknown
    crash: RebalanceCost  #: when a member dies at the peak of the horizon

    @property
    def name(self) -> str:
        """The group."""
        return self.group.name

    @property
    def keeps_up(self) -> bool:
        """Whether its members carry the peak of the horizon, the headroom left unused."""
        needed = self.needed.members
        return needed is not None and self.capacity.keeps_up is True and self.members >= needed

    @property
    def keeps_up_today(self) -> bool:
        """Whether its members carry today's peak."""
        return self.today.keeps_up is True

    @property
    def divides_evenly(self) -> bool:
        """Whether every member reads the same number of partitions."""
        return self.capacity.partitions % self.members == 0

    @property
    def recovers(self) -> bool | None:
        """Whether it is current in time after its longest outage; None: no time given."""
        if self.recovery is None:
            return None
        return self.capacity.usable_records_per_s >= self.recovery.capacity_records_per_s

    @property
    def crash_delay_s(self) -> float:
        """How long the partitions of a member that dies stand still, at worst."""
        return self.crash.longest_stop_s

    @property
    def reason(self) -> str:
        """Why that many members, as a sentence without a full stop."""
        if self.group.members is None or self.keeps_up:
            return self.needed.reason
        wanted = self.needed.utilisation_share
        if self.capacity.keeps_up is not True or wanted == 1:
            return self.capacity.reason
        return f"{self.capacity.reason}, and {format_share(wanted)} are wanted at most"

    def __repr__(self) -> str:
        return (
            f"GroupPlan({self.name!r}, members={self.members}, needed={self.needed.members}, "
            f"keeps_up={self.keeps_up})"
        )


def plan_group(
    group: Group, design: TopicDesign, *, partitions: int, keys: KeyPlan | None
) -> GroupPlan:
    """Size one group for the partitions, or for the load that the keys bring to each."""
    traffic = design.traffic
    horizon = traffic.at_horizon()
    peak = horizon.peak_records_per_s * group.read_ratio
    peak_today = traffic.peak_records_per_s * group.read_ratio
    average = horizon.records_per_s * group.read_ratio
    spread: int | PartitionLoads = partitions if keys is None else keys.loads
    rate = group.records_per_s
    usable = 1 - traffic.headroom_fraction

    def needed_at(records_per_s: float) -> MembersNeeded:
        return members_needed(
            records_per_s,
            member_records_per_s=rate,
            partitions=spread,
            utilisation_share=usable,
            assignor=group.assignor,
        )

    needed, recovery = needed_at(peak), _recovery(group, average)
    to_recover = None
    if recovery is not None:
        to_recover = members_needed(
            recovery.capacity_records_per_s,
            member_records_per_s=rate,
            partitions=spread,
            assignor=group.assignor,
        )
    members = group.members or _most(needed, to_recover, partitions)
    check_count(f"members that the plan asks of group {group.name!r}", members, most=MOST_MEMBERS)

    def capacity_at(records_per_s: float) -> GroupCapacity:
        return group_capacity(
            spread,
            members,
            member_records_per_s=rate,
            assignor=group.assignor,
            write_records_per_s=records_per_s,
        )

    capacity = capacity_at(peak)
    hottest = hottest_share(design, partitions=partitions, keys=keys)
    return GroupPlan(
        group=group,
        needed=needed,
        needed_today=needed_at(peak_today),
        members=members,
        capacity=capacity,
        today=capacity_at(peak_today),
        lag_records_per_partition=None
        if group.delay_s is None
        else horizon.peak_records_per_s * hottest * group.delay_s,
        drain=_drain(group, capacity.usable_records_per_s, average),
        recovery=recovery,
        needed_to_recover=to_recover,
        poll=_poll(group),
        memory=_memory(group, design, capacity.fullest_partitions),
        crash=_crash(group, spread, members=members, records_per_s=peak),
    )


def _most(needed: MembersNeeded, to_recover: MembersNeeded | None, partitions: int) -> int:
    """Give the members that carry both the peak and the recovery, or one for each partition."""
    counts = [needed.members, *([] if to_recover is None else [to_recover.members])]
    return max(partitions if count is None else count for count in counts)


def _drain(group: Group, capacity_records_per_s: float, average: float) -> Drain | None:
    if not group.outage_s:
        return None
    return drain_backlog(
        average, capacity_records_per_s=capacity_records_per_s, outage_s=group.outage_s
    )


def _recovery(group: Group, average: float) -> Recovery | None:
    if group.recovery_s is None:
        return None
    return capacity_to_recover(average, outage_s=group.outage_s, recovery_s=group.recovery_s)


def _poll(group: Group) -> PollBudget:
    return poll_budget(
        group.processing_s if group.processing_s is not None else 1 / group.records_per_s,
        threads=group.threads,
        settings=group.settings,
    )


def _memory(group: Group, design: TopicDesign, partitions: int) -> FetchMemory | None:
    if design.cluster is None or not partitions:
        return None
    given = group.configuration
    return fetch_memory(
        partitions,
        brokers=design.cluster.brokers,
        client=group.client,
        max_partition_fetch_bytes=given.bytes("max.partition.fetch.bytes"),
        fetch_max_bytes=given.bytes("fetch.max.bytes"),
    )


def _crash(
    group: Group, spread: int | PartitionLoads, *, members: int, records_per_s: float
) -> RebalanceCost:
    return rebalance_cost(
        "crash",
        members=members,
        partitions=spread,
        write_records_per_s=records_per_s,
        protocol=group.rebalance_protocol,
        membership=group.membership,
        settings=group.settings,
        restore_s=group.restore_s,
    )
