"""A `BrokerPlan` in; every limit on the brokers and what is used of it, now and later, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kafka_sizing.brokers import BrokerFootprint, ClusterFit
from kafka_sizing.brokers.system import system_limit
from kafka_sizing.partitions.limits import Kind
from kafka_sizing.topic.planning.brokers import BrokerPlan

_STATED: Final = "stated"
_NO_LOAD: Final = ("brokers", "units")  # what there is, not what is put on it


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitUse:
    """One limit, and what is used of it: today, at the horizon, and there without a broker."""

    name: str
    unit: str
    allowed: float  #: in ``unit``
    today: float  #: in ``unit``, as are the next two
    horizon: float
    without_broker: float | None  #: None: there is only one broker
    per: str  #: "broker", "cluster" …
    is_enforced: bool  #: whether more is refused, slowed down or impossible; else it is advice
    kind: Kind
    source: str

    @property
    def today_share(self) -> float:
        """The part of the limit in use today; above 1 it is exceeded."""
        return self.today / self.allowed

    @property
    def horizon_share(self) -> float:
        """The part of the limit in use at the horizon; above 1 it is exceeded."""
        return self.horizon / self.allowed

    @property
    def without_broker_share(self) -> float | None:
        """The same once a broker is lost; None: there is only one."""
        return None if self.without_broker is None else self.without_broker / self.allowed


def limit_uses(plan: BrokerPlan) -> tuple[LimitUse, ...]:
    """List what is used of disk, network, files, maps, and of each limit of the vendor.

    Parameters
    ----------
    plan : BrokerPlan
        The brokers' part of a plan.

    Returns
    -------
    tuple of LimitUse
        What the design states first, then what the cluster is sold with; what nothing says how
        much of is used is left out.

    Examples
    --------
    >>> from kafka_sizing.topic import Cluster, Group, TopicDesign, Traffic, plan_topic
    >>> from kafka_sizing.topic.planning.room import limit_uses
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ...     cluster=Cluster(brokers=3, network_bytes_per_s_per_broker=40e6),
    ... )
    >>> uses = limit_uses(plan_topic(design).brokers)
    >>> [(use.name, round(use.today_share, 3)) for use in uses]
    [('network in', 0.05), ('network out', 0.05), ('memory maps', 0.035)]
    """
    return (*_stated(plan), *_sold(plan))


def _stated(plan: BrokerPlan) -> Iterator[LimitUse]:
    cluster, maps = plan.cluster, system_limit("vm.max_map_count")
    if not plan.shows_brokers:
        return
    rows: list[tuple[str, str, str, float | None, Kind, str]] = [
        ("disk", "bytes", "disk_bytes_per_broker", cluster.disk_bytes_per_broker, "exact",
         _STATED),
        ("network in", "bytes/s", "in_bytes_per_s_per_broker",
         cluster.network_bytes_per_s_per_broker, "exact", _STATED),
        ("network out", "bytes/s", "out_bytes_per_s_per_broker",
         cluster.network_bytes_per_s_per_broker, "exact", _STATED),
        ("file descriptors", "files", "file_descriptors", cluster.file_descriptors, "exact",
         _STATED),
        ("memory maps", "maps", "memory_maps", cluster.max_map_count or maps.value,
         "exact" if cluster.max_map_count else maps.kind,
         _STATED if cluster.max_map_count else maps.source),
    ]  # fmt: skip
    for name, unit, field, allowed, kind, source in rows:
        if allowed is not None:
            yield LimitUse(
                name=name,
                unit=unit,
                allowed=float(allowed),
                today=_amount(plan.today, field),
                horizon=_amount(plan.horizon, field),
                without_broker=None
                if plan.without_broker is None
                else _amount(plan.without_broker, field),
                per="broker",
                is_enforced=True,
                kind=kind,
                source=source,
            )


def _sold(plan: BrokerPlan) -> Iterator[LimitUse]:
    if plan.fit is None or plan.horizon_fit is None:
        return
    today, without = _used(plan.fit), _used(plan.without_broker_fit)
    for at, check in enumerate(plan.horizon_fit.checks):
        before, limit = today[at], check.limit
        if check.used is None or before is None or limit.resource in _NO_LOAD:
            continue
        yield LimitUse(
            name=limit.name,
            unit=limit.unit,
            allowed=check.allowed,
            today=before,
            horizon=check.used,
            without_broker=without[at] if without else None,
            per=limit.per,
            is_enforced=limit.is_enforced,
            kind=limit.kind,
            source=f"{limit.source}, {limit.date}",
        )


def _used(fit: ClusterFit | None) -> list[float | None]:
    return [] if fit is None else [check.used for check in fit.checks]


def _amount(footprint: BrokerFootprint, field: str) -> float:
    return float(getattr(footprint, field))
