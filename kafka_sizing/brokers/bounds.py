"""The limits of a cluster and what is on it in; bounds on the partitions of one topic out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, SupportsIndex

from kafka_sizing._checks import (
    MOST_PARTITIONS,
    ceil_ratio,
    check_choice,
    check_count,
    check_non_negative,
)
from kafka_sizing.brokers.limits import ClusterLimit, ClusterLimits, as_cluster, format_amount
from kafka_sizing.partitions.limits import Limit


def partition_limits(
    cluster: str | ClusterLimits,
    *,
    brokers: SupportsIndex,
    replication_factor: SupportsIndex,
    other_leaders: SupportsIndex = 0,
    other_replicas: SupportsIndex = 0,
    wire_bytes_per_s: float | None = None,
    read_bytes_per_s: float | None = None,
    units: SupportsIndex = 1,
    advice: Literal["hard", "recommended"] = "hard",
) -> tuple[Limit, ...]:
    """Turn what a cluster allows into bounds on the partitions of one topic.

    Limits on leaders and replicas are bounds from above, after what other topics take; limits on
    what one partition carries are bounds from below. Where other topics leave no room, the bound
    is one that no count meets: "at least" with ``partitions`` None.

    Parameters
    ----------
    cluster : str or ClusterLimits
        The limits, or the name of a cluster.
    brokers : int
        Brokers of the cluster; for a service that hides them, any number. >= 1
    replication_factor : int
        Replicas of each partition of the topic. >= 1
    other_leaders, other_replicas : int, default 0
        What other topics have in the cluster; replicas include the leaders. >= 0
    wire_bytes_per_s, read_bytes_per_s : float or None, default None
        What is written to and read from the topic at its peak, by all; None leaves out the
        limits of a partition's rate. [wire bytes/s] >= 0
    units : int, default 1
        CKU, TU, PU, CU … of the cluster. >= 1
    advice : {"hard", "recommended"}, default "hard"
        "hard": what is refused or throttled; "recommended": what is advised, too.

    Returns
    -------
    tuple of Limit
        Bounds on the topic's leaders, such as `plan_partitions` takes as ``upper_limits``.

    Raises
    ------
    ValueError
        If no cluster has that name, or a number is out of its range.

    Examples
    --------
    >>> from kafka_sizing.brokers.fitting import partition_limits
    >>> for limit in partition_limits(
    ...     "MSK Serverless", brokers=3, replication_factor=3, wire_bytes_per_s=100e6
    ... ):
    ...     print(limit.name, limit.bound, limit.partitions)
    MSK Serverless: leaders at most 2400
    MSK Serverless: writes to one partition at least 20
    """
    limits = as_cluster(cluster)
    check_choice("advice", advice, ("hard", "recommended"))
    room = _Room(
        brokers=check_count("brokers", brokers),
        replication_factor=check_count("replication_factor", replication_factor),
        units=check_count("units", units),
        other_leaders=check_count("other_leaders", other_leaders, least=0),
        other_replicas=check_count("other_replicas", other_replicas, least=0),
    )
    rates = {
        "partition_in_bytes_per_s": wire_bytes_per_s,
        "partition_out_bytes_per_s": read_bytes_per_s,
    }
    for name, rate in (("wire", wire_bytes_per_s), ("read", read_bytes_per_s)):
        if rate is not None:
            check_non_negative(f"{name}_bytes_per_s", rate)
    advised = {"hard", "throttled"} if advice == "hard" else {"hard", "throttled", "recommended"}
    bounds = []
    for limit in limits.limits:
        if limit.advice not in advised:
            continue
        rate = rates.get(limit.resource)
        if rate is not None:
            bounds.append(_at_least(limit, rate, limits.name))
        elif limit.resource in {"leaders", "replicas", "memory_bytes"}:
            bounds.append(room.bound(limit, limits.name))
    return tuple(bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """What other topics leave of a cluster."""

    brokers: int
    replication_factor: int
    units: int
    other_leaders: int
    other_replicas: int

    def bound(self, limit: ClusterLimit, cluster: str) -> Limit:
        """Turn a limit on leaders or replicas into one on the leaders of the topic."""
        most = self._most(limit)
        if limit.per == "topic":
            return _at_most(limit, cluster, most, f"{most:,} in one topic")
        if limit.resource == "leaders":
            words = f"{most:,} leaders less {self.other_leaders:,} of other topics"
            return _at_most(limit, cluster, most - self.other_leaders, words)
        words = (
            f"{most:,} replicas less {self.other_replicas:,} of other topics, "
            f"over {self.replication_factor:,} replicas each"
        )
        free = most - self.other_replicas
        return _at_most(limit, cluster, free // self.replication_factor, words)

    def _most(self, limit: ClusterLimit) -> int:
        """How many leaders or replicas there may be in all."""
        times = {"broker": self.brokers, "unit": self.units}.get(limit.per, 1)
        return int(limit.most * times // (limit.bytes_per_replica or 1))


def _at_most(limit: ClusterLimit, cluster: str, partitions: int, words: str) -> Limit:
    """Give the bound from above, or, with no room, the one that no count meets."""
    room = partitions >= 1
    return Limit(
        name=f"{cluster}: {limit.name}",
        partitions=min(partitions, MOST_PARTITIONS) if room else None,
        bound="at most" if room else "at least",
        kind=limit.kind,
        reason=words if room else f"{words} leave no room for a partition",
        source=f"{limit.source}, {limit.date}",
    )


def _at_least(limit: ClusterLimit, rate_bytes_per_s: float, cluster: str) -> Limit:
    partitions = max(1, ceil_ratio(rate_bytes_per_s, limit.most))
    rate = format_amount(rate_bytes_per_s, "bytes/s")
    return Limit(
        name=f"{cluster}: {limit.name}",
        partitions=partitions,
        bound="at least",
        kind=limit.kind,
        reason=f"{rate} at {format_amount(limit.most, limit.unit)} per partition need "
        f"{partitions:,}",
        source=f"{limit.source}, {limit.date}",
    )
