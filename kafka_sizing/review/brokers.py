"""The brokers of a case and what is asked of them in; what does not outlive a loss out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kafka_sizing.brokers.checks import ClusterFit, LimitCheck
from kafka_sizing.brokers.system import system_limit
from kafka_sizing.review.case import Case, NotGiven
from kafka_sizing.review.judging import Flaw, named, origin_of
from kafka_sizing.review.rule import Severity, line_of
from kafka_sizing.review.wording import counted
from kafka_sizing.topic.planning.brokers import BrokerPlan
from kafka_sizing.units import format_share

_PARTITIONS: Final = ("leaders", "replicas")
_INTERNAL: Final = {  # property of the brokers → line of the rule
    "offsets.topic.replication.factor": "replicas",
    "transaction.state.log.replication.factor": "replicas",
    "transaction.state.log.min.isr": "in_sync",
}
_COUNTS: Final = ("offsets.topic.num.partitions", "transaction.state.log.num.partitions")


def too_few_brokers(case: Case) -> Iterator[Flaw]:
    """Ask whether a lost broker's replicas have somewhere to go."""
    brokers, factor = case.own_brokers.brokers, case.replication_factor
    if brokers < factor + 1:
        yield Flaw(
            evidence=f"{counted(brokers, 'broker')} for {counted(factor, 'replica')}: a broker "
            "that is lost leaves none to copy its replicas to",
            change=f"run {factor + 1:,} brokers at least",
        )


def too_few_zones(case: Case) -> Iterator[Flaw]:
    """Ask whether each replica is in a zone of its own."""
    zones, factor = _zones(case), case.replication_factor
    if zones < factor:
        together = -(-factor // zones)
        yield Flaw(
            evidence=f"{counted(factor, 'replica')} in {counted(zones, 'zone')}: {together:,} "
            "of them go with one zone",
            change=f"spread the brokers over {factor:,} zones or racks (broker.rack)",
            severity="note" if zones == 1 else None,
        )


def uneven_zones(case: Case) -> Iterator[Flaw]:
    """Ask whether every zone has as many brokers."""
    brokers, zones = case.own_brokers.brokers, _zones(case)
    if brokers % zones:
        yield Flaw(
            evidence=f"{counted(brokers, 'broker')} over {counted(zones, 'zone')}",
            change=f"take a multiple of {zones:,} brokers",
        )


def beyond_partition_limits(case: Case) -> Iterator[Flaw]:
    """Ask whether the cluster holds as many leaders and replicas, today and at the horizon."""
    yield from _beyond(_fit(_brokers(case)), of_partitions=True)


def beyond_load_limits(case: Case) -> Iterator[Flaw]:
    """Ask whether the cluster carries the load of the horizon."""
    yield from _beyond(_fit(_brokers(case)), of_partitions=False)


def replicas_after_a_loss(case: Case) -> Iterator[Flaw]:
    """Ask whether the brokers that are left hold all replicas, by the vendor or by the rule."""
    _, plan = case.own_brokers, _brokers(case)
    if plan.without_broker is None:
        return  # nothing is left: another rule says so
    each, most = (
        plan.without_broker.replicas_per_broker,
        int(line_of("replicas-after-a-loss", "most")),
    )
    of_vendor = _broken_by_a_loss(plan, of_partitions=True)
    for check in of_vendor:
        yield Flaw(
            evidence=_after_a_loss(check),
            change="take fewer partitions or more brokers",
        )
    if each > most and not of_vendor:
        yield Flaw(
            evidence=f"{each:,} replicas on each of the {plan.without_broker.brokers:,} brokers "
            f"that are left once one is lost, and {most:,} are the rule",
            change="take fewer partitions or more brokers",
        )


def load_after_a_loss(case: Case) -> Iterator[Flaw]:
    """Ask whether the brokers that are left carry all load within the vendor's limits."""
    _, plan = case.own_brokers, _brokers(case)
    _fit(plan)
    for check in _broken_by_a_loss(plan, of_partitions=False):
        yield Flaw(
            evidence=_after_a_loss(check),
            change="take more brokers, or larger ones",
            severity=None if check.limit.is_enforced else "warning",
        )


def few_file_descriptors(case: Case) -> Iterator[Flaw]:
    """Ask whether brokers may open enough files."""
    limit, given = system_limit("file descriptors"), case.cluster.file_descriptors
    if given is None:
        raise NotGiven("the file descriptors of a broker's process (cluster.file_descriptors)")
    used = _brokers(case).horizon.file_descriptors
    wanted = max(limit.value, round(used * line_of("few-file-descriptors", "spare_ratio")))
    if given < wanted:
        yield Flaw(
            evidence=f"{given:,} file descriptors, {used:,} in use at the horizon, {wanted:,} "
            "wanted",
            change=f"set nofile to {wanted:,} at least",
            severity="error" if given < used else None,
        )


def few_memory_maps(case: Case) -> Iterator[Flaw]:
    """Ask whether brokers may map the indexes of all their segments."""
    given = case.cluster.max_map_count
    if given is None and case.service is not None:
        raise NotGiven(f"vm.max_map_count of the hosts of {case.service.name}")
    most = system_limit("vm.max_map_count").value if given is None else given
    used = _brokers(case).horizon.memory_maps
    wanted = round(used * line_of("few-memory-maps", "spare_ratio"))
    if most < wanted:
        yield Flaw(
            evidence=f"vm.max_map_count={most:,} ({'default' if given is None else 'set'}), "
            f"{used:,} in use at the horizon, {wanted:,} wanted",
            change=f"set vm.max_map_count={max(wanted, _advised_maps())}",
            severity="error" if most < used else None,
            origin="default" if given is None else "set",
        )


def disks_too_full(case: Case) -> Iterator[Flaw]:
    """Ask whether disks hold what a lost broker leaves to the others."""
    plan = _brokers(case)
    if not plan.size_is_known:
        raise NotGiven("how many keys a topic that only compacts has (keys.loads)")
    if plan.disk_used_ratio is None:
        raise NotGiven("the disk of a broker (cluster.disk_bytes_per_broker)")
    yield from _too_full(
        "disks",
        plan.disk_used_ratio,
        plan.disk_used_ratio_without_broker,
        line_of("disks-too-full", "most_share"),
        unknown="what other topics keep (cluster.other_disk_bytes)"
        if _others(case) and not case.cluster.other_disk_bytes
        else None,
    )


def network_too_full(case: Case) -> Iterator[Flaw]:
    """Ask whether the network carries the peak on one broker fewer."""
    plan = _brokers(case)
    if plan.network_used_ratio is None:
        raise NotGiven("the network of a broker (cluster.network_bytes_per_s_per_broker)")
    yield from _too_full(
        "network",
        plan.network_used_ratio,
        plan.network_used_ratio_without_broker,
        line_of("network-too-full", "most_share"),
        unknown="what is written to other topics (cluster.other_in_bytes_per_s)"
        if _others(case) and not case.cluster.other_in_bytes_per_s
        else None,
    )


def processors_too_busy(case: Case) -> Iterator[Flaw]:
    """Ask whether the processors carry the peak on one broker fewer."""
    used = case.practices.broker_cpu_share
    if used is None:
        raise NotGiven("the processors of a broker at the peak (practices.broker_cpu_share)")
    brokers = case.cluster.brokers
    without = used * brokers / (brokers - 1) if brokers > 1 else None
    yield from _too_full("processors", used, without, line_of("processors-too-busy", "most_share"))


def internal_topics_at_risk(case: Case) -> Iterator[Flaw]:
    """Ask whether offsets and transactions outlive a broker."""
    broker = case.broker
    case.check_known(broker, *_INTERNAL, *_COUNTS)
    for name, line in _INTERNAL.items():
        wanted = line_of("internal-topics-at-risk", line)
        if int(broker.value(name)) < wanted:
            yield Flaw(
                evidence=f"{broker.described(name)}, {wanted:g} wanted",
                change=f"set {name}={wanted:g} before the first group or transaction",
                origin=origin_of(broker, name),
            )
    count = line_of("internal-topics-at-risk", "partitions")
    for name in _COUNTS:
        if int(broker.value(name)) != count:
            yield Flaw(
                evidence=f"{broker.described(name)}, {count:g} by default",
                change=f"leave {name} at {count:g}: it cannot be changed later",
                severity="note",
                origin="set",
            )


def leaders_stay_where_they_fell(case: Case) -> Iterator[Flaw]:
    """Ask whether leaders go back to where they belong after a restart."""
    name = "auto.leader.rebalance.enable"
    case.check_known(case.broker, name)
    if not case.broker.value(name):
        yield Flaw(evidence=case.broker.described(name), change=f"set {name}=true", origin="set")


def logs_in_tmp(case: Case) -> Iterator[Flaw]:
    """Ask whether the logs are where a restart leaves them."""
    broker = case.broker
    runs = any(broker.is_set(name) for name in ("process.roles", "node.id", "broker.id"))
    given = [name for name in ("log.dirs", "log.dir") if broker.is_set(name)]
    if not given and not runs:
        raise NotGiven("the whole configuration of a broker, with log.dirs")
    name = given[0] if given else "log.dir"
    if str(broker.value(name)).startswith("/tmp/"):  # noqa: S108 - Kafka's default is the finding
        yield Flaw(
            evidence=broker.described(name),
            change="set log.dirs to disks of their own",
            origin=origin_of(broker, name),
        )


def _brokers(case: Case) -> BrokerPlan:
    if case.plan.brokers is None:
        raise NotGiven("the cluster of the topic")
    return case.plan.brokers


def _fit(plan: BrokerPlan) -> ClusterFit:
    if plan.horizon_fit is None:
        raise NotGiven("what the cluster is sold as (cluster.limits)")
    return plan.horizon_fit


def _beyond(fit: ClusterFit, *, of_partitions: bool) -> Iterator[Flaw]:
    """Find what is exceeded, and what only advice speaks against."""

    def concerns(check: LimitCheck) -> bool:
        return (check.limit.resource in _PARTITIONS) is of_partitions

    found: list[tuple[tuple[LimitCheck, ...], Severity]] = [
        (fit.exceeded, "error"),
        (fit.beyond_advice, "warning"),
    ]
    for checks, severity in found:
        for check in filter(concerns, checks):
            yield Flaw(
                evidence=f"{fit.cluster.name}: {check.reason} "
                f"({check.limit.source}, {check.limit.date})",
                change="take fewer partitions, or more brokers or units"
                if of_partitions
                else "take more brokers or units, or larger ones",
                severity=severity,
            )


def _too_full(
    what: str,
    used: float,
    used_without: float | None,
    most: float,
    *,
    unknown: str | None = None,
) -> Iterator[Flaw]:
    """Find what is too full; what is not, but comes on top of an unknown, cannot be judged."""
    worst = used if used_without is None else used_without
    if worst > most:
        lost = "no broker left over" if used_without is None else "one broker lost"
        yield Flaw(
            evidence=f"{what} {format_share(used)} used, {format_share(worst)} "
            f"with {lost}; {format_share(most)} is the rule",
            change="take more or larger brokers, or keep less",
            severity="error" if worst > 1 else None,
        )
    elif unknown is not None:
        raise NotGiven(unknown)


def _others(case: Case) -> bool:
    """Say whether other topics are on the brokers."""
    return bool(case.cluster.other_replicas)


def _after_a_loss(check: LimitCheck) -> str:
    limit = check.limit
    return f"once a broker is lost, {check.reason} ({limit.source}, {limit.date})"


def _broken_by_a_loss(plan: BrokerPlan, *, of_partitions: bool) -> list[LimitCheck]:
    """Give the limits that hold with all brokers, and not with one fewer."""
    before, after = plan.horizon_fit, plan.without_broker_fit
    if before is None or after is None:
        return []
    broken = {check.limit for check in (*before.exceeded, *before.beyond_advice)}
    return [
        check
        for check in (*after.exceeded, *after.beyond_advice)
        if (check.limit.resource in _PARTITIONS) is of_partitions and check.limit not in broken
    ]


def _zones(case: Case) -> int:
    zones = case.own_brokers.zones
    if zones is None:
        raise NotGiven("the zones that the brokers are spread over (cluster.zones)")
    return zones


def _advised_maps() -> int:
    return system_limit("vm.max_map_count, advised").value


JUDGES = named(
    too_few_brokers,
    too_few_zones,
    uneven_zones,
    beyond_partition_limits,
    beyond_load_limits,
    replicas_after_a_loss,
    load_after_a_loss,
    few_file_descriptors,
    few_memory_maps,
    disks_too_full,
    network_too_full,
    processors_too_busy,
    internal_topics_at_risk,
    leaders_stay_where_they_fell,
    logs_in_tmp,
)
