"""A plan in; what is to be watched of it, and the numbers its alerts are reckoned from, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from kafka_sizing.brokers.checks import LimitCheck
from kafka_sizing.review.alerts.catalogue import alert_forms
from kafka_sizing.review.alerts.promql import as_pattern, in_quotes
from kafka_sizing.settings import Configuration, topic_configuration
from kafka_sizing.topic.planning.brokers import BrokerPlan
from kafka_sizing.topic.planning.groups import GroupPlan
from kafka_sizing.topic.planning.plan import TopicPlan
from kafka_sizing.units import format_count, format_duration, format_load

_MS: Final = 1_000
_PER_RESTART: Final = 2  # rebalances: the member leaves, and joins again
_LEAST_RECORDS_PER_S: Final = 1 / 60  # a topic with fewer may well be silent for minutes
_COUNTED: Final = {  # what a limit counts, and of what → variant of the alert near it
    ("replicas", "broker"): "",
    ("leaders", "broker"): ".leaders",
    ("replicas", "cluster"): ".cluster",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One alert to set up: of which form, about what, and what its threshold starts from."""

    form: str  #: a key of `alert_forms`
    amount: float | None = None  #: what the plan says; None: the form knows the threshold
    reason: str = ""
    names: Mapping[str, str] = field(default_factory=dict)  #: as people write them
    queries: Mapping[str, str] = field(default_factory=dict)  #: what goes into PromQL as it is


def watched_of(plan: TopicPlan) -> Iterator[Watched]:
    """Go through the plan: its groups, replication, brokers, traffic, retries, producers."""
    for group in plan.groups:
        yield from _of_group(plan, group)
    if _shows_brokers(plan):
        yield from _of_replication(plan)
        yield from _of_brokers(plan)
    yield from _of_partition_limits(plan)
    yield from _of_traffic(plan)
    yield from _of_retries(plan)
    yield from _of_producers(plan)


def _shows_brokers(plan: TopicPlan) -> bool:
    """Say whether brokers are there to be looked at; a service may show none of its own."""
    return plan.brokers is None or plan.brokers.shows_brokers


def _of_records(plan: TopicPlan, form: str) -> str:
    """Give the variant that counts records by what brokers say of them, or else by offsets."""
    return form if _shows_brokers(plan) else f"{form}.offsets"


def _of_group(plan: TopicPlan, group: GroupPlan) -> Iterator[Watched]:
    names = {"topic": plan.design.name, "group": group.name}
    delay_s = group.group.delay_s
    if delay_s is not None and group.lag_records_per_partition is not None:
        rate = format_load(group.lag_records_per_partition / delay_s, "records/s")
        delay = format_duration(delay_s)
        yield Watched(
            form="LagHigh",
            amount=group.lag_records_per_partition,
            reason=f"{rate} to the fullest partition at the peak of the horizon, × {delay}",
            names=names,
        )
        yield Watched(
            form="LagSecondsHigh",
            amount=delay_s,
            reason=f"group {group.name!r} may read {delay} after the write",
            names=names,
        )
    if plan.retention.kept_s is not None:
        kept = format_duration(plan.retention.kept_s)
        yield Watched(
            form="LagNearRetention", reason=f"records are kept {kept} at least", names=names
        )
    yield Watched(form="GroupWithoutMembers", reason="one member is the least", names=names)
    yield Watched(form="MembersBelowPlan", amount=group.members, reason=group.reason, names=names)
    yield from _of_rebalances(group, names)


def _of_rebalances(group: GroupPlan, names: Mapping[str, str]) -> Iterator[Watched]:
    java = group.group.client == "java"
    variant = "" if java else ".librdkafka"
    queries = {"clients": _clients(group)}
    usual = _PER_RESTART
    reason = "members that are static make no rebalance when they restart, a crash makes two"
    if group.group.membership == "dynamic":
        usual = _PER_RESTART * group.members
        reason = f"one when a member goes and one when it is back, × {group.members:,} members"
    for form in ("RebalancesHigh", "RebalanceStorm"):
        yield Watched(
            form=form + variant, amount=usual, reason=reason, names=names, queries=queries
        )
    if java:
        configuration = group.group.configuration
        yield Watched(
            form="RebalancesFailing", amount=usual, reason=reason, names=names, queries=queries
        )
        if group.group.delay_s is not None:
            yield Watched(
                form="RebalanceSlow",
                amount=_MS * group.group.delay_s,
                reason=f"group {group.name!r} may read {format_duration(group.group.delay_s)} "
                "after the write",
                names=names,
                queries=queries,
            )
        yield Watched(
            form="PollIntervalNear",
            amount=_MS * configuration.seconds("max.poll.interval.ms"),
            reason=configuration.described("max.poll.interval.ms"),
            names=names,
            queries=queries,
        )


def _clients(group: GroupPlan) -> str:
    """Match the clients of a group: the Java client calls them consumer-GROUP-NUMBER."""
    given = group.group.config.get("client.id")
    if given is not None:
        return in_quotes(as_pattern(str(given)) + ".*")
    return in_quotes(f"consumer-{as_pattern(group.name)}-.+")


def _of_replication(plan: TopicPlan) -> Iterator[Watched]:
    for form, reason in (
        ("UnderReplicated", "every partition has all its copies in sync while nothing fails"),
        ("UnderMinIsr", "a partition below min.insync.replicas refuses writes with acks=all"),
        ("OfflinePartitions", "a partition without a leader serves nobody"),
        ("OfflineReplicas", "a copy goes offline with the disk it is on"),
        ("OfflineLogDirectories", "a directory goes offline when its disk fails"),
        ("IsrShrinking", "copies stay in sync while no broker goes down"),
        ("ActiveController", "a cluster has one active controller"),
        ("UncleanElections", "a leader that lacks records loses them for all"),
    ):
        yield Watched(form=form, reason=reason)
    name = "min.insync.replicas"
    topic = _topic(plan)
    if int(topic.value(name)) < plan.design.replication_factor:  # else all are, all the time
        yield Watched(
            form="AtMinIsr",
            reason=f"{topic.described(name)} of {plan.design.replication_factor} copies",
        )
    if plan.brokers is not None:
        yield from _of_followers(plan, plan.brokers)


def _topic(plan: TopicPlan) -> Configuration:
    """Give what the topic is set to, with what its brokers set behind it."""
    cluster = plan.design.cluster
    return topic_configuration(
        plan.design.configuration.given, broker=None if cluster is None else cluster.configuration
    )


def _of_followers(plan: TopicPlan, brokers: BrokerPlan) -> Iterator[Watched]:
    horizon, name = brokers.horizon, "replica.lag.time.max.ms"
    yield Watched(
        form="IsrShrinksHigh",
        amount=horizon.replicas,
        reason=f"{format_count(horizon.replicas, 'replica')} in the cluster, each of which a "
        "rolling restart takes out of sync once",
    )
    if plan.design.replication_factor > 1:
        records = plan.design.traffic.at_horizon().peak_records_per_s
        hottest = records * horizon.hottest_partition_share
        configuration = brokers.cluster.configuration
        yield Watched(
            form="FollowersBehind",
            amount=hottest * configuration.seconds(name),
            reason=f"{format_load(hottest, 'records/s')} to the fullest partition at the peak of "
            f"the horizon, × {configuration.described(name)}",
        )


def _of_brokers(plan: TopicPlan) -> Iterator[Watched]:
    yield from _of_requests(plan)
    busy = "threads that are hardly ever idle leave no room for a peak"
    yield Watched(form="RequestHandlersBusy", reason=busy)
    yield Watched(form="NetworkThreadsBusy", reason=busy)
    yield Watched(form="ProcessorsBusy", reason="the others carry the load of a lost broker")
    yield Watched(form="HeapHigh", reason="what a collection leaves must leave room for requests")
    yield Watched(
        form="VolumeNearlyFull", reason="a full disk stops the broker, whoever filled it"
    )
    if plan.brokers is None:
        return
    if _tells_disk(plan.brokers):
        horizon = plan.brokers.horizon
        yield Watched(
            form="DiskAbovePlan", amount=horizon.disk_bytes_per_broker, reason=horizon.reason
        )
    disk_bytes = plan.brokers.cluster.disk_bytes_per_broker
    if disk_bytes is not None:
        size = format_load(disk_bytes, "bytes")
        yield Watched(form="DiskHigh", amount=disk_bytes, reason=f"a broker has {size} of disk")


def _of_requests(plan: TopicPlan) -> Iterator[Watched]:
    target_s = plan.producers.latency.target_s
    linger_s = sum(part.most_s for part in plan.producers.latency.parts if part.name == "linger")
    if target_s is not None and target_s > linger_s:
        wanted, waited = format_duration(target_s), format_duration(linger_s)
        yield Watched(
            form="ProduceLatencyHigh",
            amount=_MS * (target_s - linger_s),
            reason=f"{wanted} are wanted, and {waited} go by before a batch is sent",
        )
    waits = [
        (group.configuration.seconds(name), group.configuration.described(name))
        for group in plan.design.groups
        for name in ("fetch.max.wait.ms" if group.client == "java" else "fetch.wait.max.ms",)
    ]
    if waits:
        longest_s, described = max(waits)
        yield Watched(
            form="FetchLatencyHigh",
            amount=_MS * longest_s,
            reason=f"{described}: so long a fetch waits for records at the most",
        )


def _of_partition_limits(plan: TopicPlan) -> Iterator[Watched]:
    """Watch the fullest limit on partitions that the plan itself leaves room for."""
    if plan.brokers is None or plan.brokers.horizon_fit is None:
        return
    shown = plan.brokers.shows_brokers
    most = alert_forms()["PartitionsNearLimit"].ratio
    near: list[tuple[float, str, LimitCheck]] = []
    for check in plan.brokers.horizon_fit.checks:
        limit, share = check.limit, check.used_share
        variant = _COUNTED.get((limit.resource, limit.per))
        if not shown:
            of_all = limit.resource == "leaders" and limit.per in {"cluster", "unit"}
            variant = ".offsets" if of_all else None
        if variant is not None and limit.advice != "observed" and share is not None:
            near.append((share, variant, check))
    within = [each for each in near if each[0] <= most]
    if within:
        _, variant, check = max(within, key=lambda each: each[0])
        yield Watched(
            form=f"PartitionsNearLimit{variant}",
            amount=check.allowed,
            reason=f"{check.reason} ({check.limit.source}, {check.limit.date})",
        )


def _tells_disk(brokers: BrokerPlan) -> bool:
    """Say whether the plan knows all that the brokers keep: of this topic and of others."""
    cluster = brokers.cluster
    return brokers.size_is_known and bool(cluster.other_disk_bytes or not cluster.other_replicas)


def _of_traffic(plan: TopicPlan) -> Iterator[Watched]:
    horizon = plan.design.traffic.at_horizon()
    names = {"topic": plan.design.name}
    if plan.design.traffic.records_per_s >= _LEAST_RECORDS_PER_S:
        rate = format_load(plan.design.traffic.records_per_s, "records/s")
        yield Watched(
            form=_of_records(plan, "TrafficStopped"),
            reason=f"{rate} come on average, so ten minutes do not pass without one",
            names=names,
        )
    records, wire_bytes = horizon.peak_records_per_s, horizon.peak_wire_bytes_per_s
    peaks = [("Messages", records, format_load(records, "records/s"))]
    if _shows_brokers(plan):  # only they count bytes
        peaks.append(("Bytes", wire_bytes, format_load(wire_bytes, "bytes/s")))
    for what, amount, peak in peaks:
        near = alert_forms()[f"{what}InNearPlan"].ratio * plan.design.traffic.growth_ratio
        for line in ("Near", "Above") if near > 1 else ("Above",):  # or every peak would be near
            form = f"{what}In{line}Plan"
            yield Watched(
                form=_of_records(plan, form) if what == "Messages" else form,
                amount=amount,
                reason=f"{peak} at the peak of the horizon",
                names=names,
            )
    if plan.brokers is not None and plan.brokers.size_is_known and _shows_brokers(plan):
        most = plan.brokers.horizon.most_disk_bytes
        ideal = format_load(plan.brokers.horizon.disk_bytes, "bytes")
        yield Watched(
            form="TopicDiskAbovePlan",
            amount=most,
            reason=f"{format_load(most, 'bytes')} with what outlives retention, {ideal} without",
            names=names,
        )


def _of_retries(plan: TopicPlan) -> Iterator[Watched]:
    if plan.retries is None:
        return
    rates: dict[str, float] = {}
    for stage in plan.retries.stages:  # stages of one delay may share a topic
        rates[stage.topic] = rates.get(stage.topic, 0.0) + stage.records_per_s
    for topic, rate in rates.items():
        yield _of_failures(_of_records(plan, "RetryRateHigh"), topic, rate)
    letters = plan.retries.dead_letter
    form = _of_records(plan, "DeadLetterRateHigh")
    yield _of_failures(form, letters.topic, letters.records_per_s)


def _of_failures(form: str, topic: str, rate: float) -> Watched:
    reason = f"{format_load(rate, 'records/s')} by the plan, at the peak of the horizon"
    return Watched(form=form, amount=rate, reason=reason, names={"topic": topic})


def _of_producers(plan: TopicPlan) -> Iterator[Watched]:
    producers = plan.design.producers
    if producers.client != "java":
        return
    given = producers.config.get("client.id")
    clients = "" if given is None else f'client_id=~"{in_quotes(as_pattern(str(given)))}.*"'
    yield Watched(
        form="ProducerBufferWait",
        reason="send() never waits while the buffer has room",
        names={"topic": plan.design.name},
        queries={"clients": clients},
    )
