"""A footprint and the limits of a cluster in; whether it fits, or how many units it needs, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, SupportsIndex, get_args

from kafka_sizing._checks import (
    ceil_ratio,
    check_choice,
    check_count,
    check_non_negative,
    check_type,
)
from kafka_sizing.brokers.bounds import partition_limits
from kafka_sizing.brokers.checks import ClusterFit, LimitCheck
from kafka_sizing.brokers.footprint import BrokerFootprint
from kafka_sizing.brokers.limits import ClusterLimit, ClusterLimits, Resource, as_cluster

__all__ = ["UnitsNeeded", "fits", "partition_limits", "units_needed"]

Use = Callable[[BrokerFootprint], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsNeeded:
    """How many units a footprint needs, and what decided."""

    units: int | None  #: None: no number of units is enough
    fit: ClusterFit  #: with that many units; with one, where none is enough

    @property
    def feasible(self) -> bool:
        """Whether some number of units is enough."""
        return self.units is not None

    @property
    def reason(self) -> str:
        """The count and what binds, as a sentence without a full stop."""
        if self.units is None:
            return f"no number of units is enough. {self.fit.reason}"
        name = self.fit.cluster.unit or "unit"
        return f"{self.units:,} {name}{'s' if self.units > 1 else ''}. {self.fit.reason}"


def fits(
    footprint: BrokerFootprint,
    cluster: str | ClusterLimits,
    *,
    units: SupportsIndex = 1,
    also: Mapping[Resource, float] | None = None,
) -> ClusterFit:
    """Hold a footprint against what a cluster allows, and name the limit that binds first.

    Limits on leaders and limits on replicas are held against leaders and replicas. Hard limits
    and throttles decide; what is only recommended, or was only observed, is reported when it is
    passed.

    Parameters
    ----------
    footprint : BrokerFootprint
        What the topic and all else takes, as `broker_footprint` gives it.
    cluster : str or ClusterLimits
        The limits, or the name of a cluster such as "MSK Standard m5.large".
    units : int, default 1
        CKU, TU, PU, CU, capacity units or cores, where the cluster is bought in them. >= 1
    also : mapping of resource to float or None, default None
        What a footprint does not know, in the unit of the limit: "message_bytes",
        "requests_per_s", "new_connections_per_s" … Each >= 0

    Returns
    -------
    ClusterFit
        Every limit with what is used of it, and the one that binds.

    Raises
    ------
    ValueError
        If no cluster has that name, a number is out of its range, or ``units`` is above 1 for
        a cluster that has none.

    Examples
    --------
    >>> from kafka_sizing import MB
    >>> from kafka_sizing.brokers.fitting import fits
    >>> from kafka_sizing.brokers.footprint import broker_footprint
    >>> footprint = broker_footprint(
    ...     300,
    ...     wire_bytes_per_s=30 * MB,
    ...     read_bytes_per_s=60 * MB,
    ...     replication_factor=3,
    ...     brokers=3,
    ...     retention_s=86_400,
    ... )
    >>> fit = fits(footprint, "MSK Express large")
    >>> fit.fits, fit.binding.limit.name, round(fit.binding.used_share, 2)
    (True, 'client writes', 0.43)
    """
    check_type("footprint", footprint, BrokerFootprint, "broker_footprint")
    limits = as_cluster(cluster)
    bought = check_count("units", units)
    if bought > 1 and not limits.unit:
        raise ValueError(f"units must be 1, as {limits.name} has none, got {bought:,}")
    given = _extra(also)
    checks = tuple(
        LimitCheck(
            limit=limit,
            allowed=_allowed(limit, bought),
            used=_used(limit, footprint, bought, given),
        )
        for limit in limits.limits
    )
    return ClusterFit(cluster=limits, units=bought, checks=checks)


def units_needed(
    footprint: BrokerFootprint,
    cluster: str | ClusterLimits,
    *,
    also: Mapping[Resource, float] | None = None,
) -> UnitsNeeded:
    """Count the units a footprint needs: CKU, TU, PU, CU, capacity units or cores.

    Each limit per unit asks for ``used / limit`` rounded up, and the largest is the count; a
    limit that counts no units can still refuse it.

    Parameters
    ----------
    footprint : BrokerFootprint
        What the topic and all else takes.
    cluster : str or ClusterLimits
        A cluster that is bought in units.
    also : mapping of resource to float or None, default None
        As for `fits`.

    Returns
    -------
    UnitsNeeded
        The count, or None with the limits that refuse it.

    Raises
    ------
    ValueError
        If the cluster is not bought in units, or as for `fits`.

    Examples
    --------
    >>> from kafka_sizing import MB
    >>> from kafka_sizing.brokers.fitting import units_needed
    >>> from kafka_sizing.brokers.footprint import broker_footprint
    >>> footprint = broker_footprint(
    ...     60,
    ...     wire_bytes_per_s=130 * MB,
    ...     read_bytes_per_s=500 * MB,
    ...     replication_factor=3,
    ...     brokers=6,
    ...     retention_s=86_400,
    ... )
    >>> units_needed(footprint, "Confluent Cloud Dedicated").units
    3
    """
    one = fits(footprint, cluster, also=also)
    if not one.cluster.unit:
        raise ValueError(f"cluster must be bought in units, got {one.cluster.name!r}")
    needs = [
        ceil_ratio(check.used, check.limit.most)
        for check in one.checks
        if check.limit.per == "unit" and check.limit.is_enforced and check.used is not None
    ]
    count = max([1, *needs])
    fit = fits(footprint, one.cluster, units=count, also=also)
    return UnitsNeeded(units=count if fit.fits else None, fit=fit)


_PER_BROKER: Final[Mapping[str, Use]] = MappingProxyType(
    {
        "leaders": lambda footprint: footprint.leaders_per_broker,
        "replicas": lambda footprint: footprint.replicas_per_broker,
        "in_bytes_per_s": lambda footprint: footprint.client_in_bytes_per_s_per_broker,
        "out_bytes_per_s": lambda footprint: footprint.client_out_bytes_per_s_per_broker,
        "network_in_bytes_per_s": lambda footprint: footprint.in_bytes_per_s_per_broker,
        "network_out_bytes_per_s": lambda footprint: footprint.out_bytes_per_s_per_broker,
        "disk_write_bytes_per_s": lambda footprint: footprint.in_bytes_per_s_per_broker,
        "disk_bytes": lambda footprint: footprint.disk_bytes_per_broker,
        "connections": lambda footprint: footprint.connections_per_broker,
        "groups": lambda footprint: -(-footprint.groups // footprint.brokers),
    }
)
_PER_TOPIC: Final[Mapping[str, Use]] = MappingProxyType(
    {
        "leaders": lambda footprint: footprint.partitions,
        "groups": lambda footprint: footprint.groups,
        "retention_s": lambda footprint: footprint.segments.retention_s,
    }
)
_IN_ALL: Final[Mapping[str, Use]] = MappingProxyType(
    {
        "leaders": lambda footprint: footprint.leaders,
        "replicas": lambda footprint: footprint.replicas,
        "brokers": lambda footprint: footprint.brokers,
        "in_bytes_per_s": lambda footprint: footprint.write_bytes_per_s,
        "out_bytes_per_s": lambda footprint: footprint.read_bytes_per_s,
        "partition_in_bytes_per_s": lambda footprint: footprint.partition_in_bytes_per_s,
        "partition_out_bytes_per_s": lambda footprint: footprint.partition_out_bytes_per_s,
        "connections": lambda footprint: footprint.connections,
        "groups": lambda footprint: footprint.groups,
        "disk_bytes": lambda footprint: footprint.disk_bytes_per_broker * footprint.brokers,
    }
)


def _used(
    limit: ClusterLimit, footprint: BrokerFootprint, units: int, also: Mapping[str, float]
) -> float | None:
    """Find what the limit counts: given beside the footprint, or in it; None if in neither."""
    if limit.resource in also:
        return also[limit.resource]
    if limit.resource == "units":
        return float(units)
    if limit.bytes_per_replica is not None:
        return footprint.replicas * limit.bytes_per_replica
    uses = {"broker": _PER_BROKER, "topic": _PER_TOPIC}.get(limit.per, _IN_ALL)
    use = uses.get(limit.resource)
    used = None if use is None else use(footprint)
    return None if used is None else float(used)


def _allowed(limit: ClusterLimit, units: int) -> float:
    """Multiply a limit by the units; what is per broker is held against the fullest one."""
    return limit.most * units if limit.per == "unit" else limit.most


def _extra(also: Mapping[Resource, float] | None) -> dict[str, float]:
    given = {} if also is None else dict(also)
    for resource, amount in given.items():
        check_choice("also", resource, get_args(Resource))
        check_non_negative(f"also[{resource!r}]", amount)
    return {str(resource): float(amount) for resource, amount in given.items()}
