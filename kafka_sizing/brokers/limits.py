"""The name of a cluster in; what it allows or advises, each number with source and date, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from kafka_sizing._checks import check_choice, check_positive, check_text, check_type, nearest
from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind
from kafka_sizing.partitions.rates import PublishedRate, published_rates
from kafka_sizing.units import GB, MB, GiB, MiB, format_duration, format_load, format_number

if TYPE_CHECKING:
    import pandas as pd

Resource = Literal[
    "leaders",
    "replicas",
    "brokers",
    "units",
    "in_bytes_per_s",
    "out_bytes_per_s",
    "in_records_per_s",
    "out_records_per_s",
    "network_in_bytes_per_s",
    "network_out_bytes_per_s",
    "disk_write_bytes_per_s",
    "partition_in_bytes_per_s",
    "partition_out_bytes_per_s",
    "connections",
    "new_connections_per_s",
    "requests_per_s",
    "group_requests_per_s",
    "groups",
    "disk_bytes",
    "memory_bytes",
    "message_bytes",
    "retention_s",
]
"""What a limit counts. Clients' ``in_`` and ``out_``; with replication it is ``network_``."""

Per = Literal["broker", "cluster", "unit", "topic", "partition", "group", "account"]
"""Of what: "unit" is what a service is bought in, such as CKU, TU, PU, CU or core."""

Advice = Literal["hard", "throttled", "recommended", "observed"]
"""Refused beyond it; slowed down; better not; or: no one is known to have been beyond."""

_ONE: Final = {
    unit: unit.removesuffix("s")
    for unit in ("leaders", "replicas", "brokers", "units", "connections", "groups")
}
_FACTORS: Final = {
    "MB/s": (MB, "bytes/s"),
    "MiB/s": (MiB, "bytes/s"),
    "MB": (MB, "bytes"),
    "GB": (GB, "bytes"),
    "MiB": (MiB, "bytes"),
    "GiB": (GiB, "bytes"),
    "h": (3_600, "s"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterLimit:
    """The most of one resource, by whom it is set, and since when.

    Raises
    ------
    ValueError
        If the amount is not finite and > 0, or a choice is none of its names.

    Examples
    --------
    >>> from kafka_sizing.brokers.limits import ClusterLimit
    >>> limit = ClusterLimit(
    ...     name="leaders", resource="leaders", most=2_000, unit="leaders", per="cluster",
    ...     advice="hard", kind="rule", source="our platform team", date="2026",
    ... )
    >>> limit.text
    'leaders: 2,000 leaders per cluster'
    """

    name: str
    resource: Resource
    most: float
    unit: str  #: of ``most``: "bytes/s", "bytes", "s", or what is counted
    per: Per
    advice: Advice
    kind: Kind
    source: str
    date: str  #: year of publication, or the day the page was read
    conditions: str = ""
    bytes_per_replica: float | None = None  #: memory a replica takes, where that is limited

    def __post_init__(self) -> None:
        check_text("name", self.name)
        check_positive("most", self.most)
        check_choice("resource", self.resource, get_args(Resource))
        check_choice("per", self.per, get_args(Per))
        check_choice("advice", self.advice, get_args(Advice))
        check_choice("kind", self.kind, get_args(Kind))
        if self.resource == "memory_bytes":
            check_positive("bytes_per_replica", self.bytes_per_replica or 0)

    @property
    def is_enforced(self) -> bool:
        """Whether a cluster refuses or slows down what goes beyond."""
        return self.advice in {"hard", "throttled"}

    @property
    def text(self) -> str:
        """The limit in words."""
        return f"{self.name}: {format_amount(self.most, self.unit)} per {self.per}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterLimits:
    """All that is published on one kind of cluster."""

    name: str
    vendor: str
    limits: tuple[ClusterLimit, ...]
    unit: str = ""  #: what a unit is, if it is bought in units

    def of(self, resource: Resource, *, advice: Advice | None = None) -> ClusterLimit:
        """Give the lowest limit on a resource.

        Raises
        ------
        ValueError
            If there is none.
        """
        found = [
            limit
            for limit in self.limits
            if limit.resource == resource and advice in {None, limit.advice}
        ]
        if not found:
            wanted = f"{advice} " if advice else ""
            have = ", ".join(dict.fromkeys(limit.resource for limit in self.limits))
            raise ValueError(
                f"{self.name} must have a {wanted}limit on what is asked for ({have}), "
                f"got {resource!r}"
            )
        return min(found, key=lambda limit: limit.most)

    @property
    def shows_brokers(self) -> bool:
        """Whether anything is limited that only whoever has brokers can count.

        What enforces no limit at all tells of brokers of one's own.

        Examples
        --------
        >>> from kafka_sizing.brokers.limits import find_cluster
        >>> find_cluster("MSK Standard m5.large").shows_brokers
        True
        >>> find_cluster("MSK Serverless").shows_brokers
        False
        """
        return any(
            limit.per == "broker" or limit.resource in {"brokers", "memory_bytes"}
            for limit in self.limits
        ) or not any(limit.is_enforced for limit in self.limits)

    def and_also(self, other: ClusterLimits | str) -> ClusterLimits:
        """Take the limits of another cluster too, such as those of its authentication.

        Examples
        --------
        >>> from kafka_sizing.brokers.limits import find_cluster
        >>> find_cluster("MSK Standard m5.large").and_also("MSK with IAM").name
        'MSK Standard m5.large, MSK with IAM'
        """
        also = find_cluster(other) if isinstance(other, str) else other
        check_type("other", also, ClusterLimits, "find_cluster")
        return replace(
            self,
            name=f"{self.name}, {also.name}",
            limits=(*self.limits, *also.limits),
            unit=self.unit or also.unit,
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per limit: name, resource, most, unit, per, advice, kind, source, date."""
        import pandas as pd

        columns = ("name", "resource", "most", "unit", "per", "advice", "kind", "source", "date")
        rows = [[getattr(limit, column) for column in columns] for limit in self.limits]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        return f"ClusterLimits(name={self.name!r}, limits={len(self.limits)})"

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return table


def find_cluster(name: str) -> ClusterLimits:
    """Find the published limits of a cluster by its name.

    Parameters
    ----------
    name : str
        One of `CLUSTERS`, such as "MSK Express large", "Confluent Cloud Dedicated" or "KRaft".
        Case does not matter.

    Returns
    -------
    ClusterLimits
        Its limits.

    Raises
    ------
    ValueError
        If no cluster has that name; the text names those that are near.

    Examples
    --------
    >>> from kafka_sizing.brokers.limits import find_cluster
    >>> find_cluster("MSK Express large").of("replicas", advice="hard").most
    1500.0
    """
    check_text("name", name)
    if name in CLUSTERS:
        return CLUSTERS[name]
    by_lower = {known.lower(): known for known in CLUSTERS}
    if name.lower() in by_lower:
        return CLUSTERS[by_lower[name.lower()]]
    families = ", ".join(repr(row["name"]) for row in _families())
    near = nearest(name, CLUSTERS)
    raise ValueError(f"name must be a cluster of {families}, got {name!r}{near}")


def as_cluster(cluster: str | ClusterLimits) -> ClusterLimits:
    """Take a cluster or the name of one."""
    if isinstance(cluster, str):
        return find_cluster(cluster)
    check_type("cluster", cluster, ClusterLimits, "find_cluster")
    return cluster


def format_amount(amount: float, unit: str) -> str:
    """Write an amount in the unit of a limit as people read it.

    Examples
    --------
    >>> from kafka_sizing.brokers.limits import format_amount
    >>> format_amount(1500.0, "replicas"), format_amount(2_097_152, "bytes/s")
    ('1,500 replicas', '2.0 MiB/s')
    """
    if unit == "bytes":
        return format_load(amount, "bytes")
    if unit == "bytes/s":
        return format_load(amount, "bytes/s")
    if unit == "s":
        return format_duration(amount)
    number = format_number(amount if amount < 100 else round(amount))
    return f"{number} {_ONE.get(unit, unit) if number == '1' else unit}"


@cache
def _families() -> tuple[Mapping[str, Any], ...]:
    return tuple(read_table("kafka_sizing.brokers", "limits")["family"])


def _clusters() -> Iterator[ClusterLimits]:
    for family in _families():
        for size, numbers in family.get("sizes", {"": {}}).items():
            rows = [row for row in family["limit"] if row.get("column", "") in {"", *numbers}]
            yield ClusterLimits(
                name=f"{family['name']} {size}".strip(),
                vendor=family["vendor"],
                limits=tuple(_limit(row, numbers, family) for row in rows),
                unit=family.get("unit", ""),
            )


def _limit(
    row: Mapping[str, Any], numbers: Mapping[str, float], family: Mapping[str, Any]
) -> ClusterLimit:
    if "rate" in row:
        return _rate_limit(row)
    given = row["most"] if "most" in row else numbers[row["column"]]
    most, unit = _in_base_unit(given, row["unit"])
    per_replica = None
    if "column_per_replica" in row:
        per_replica, _ = _in_base_unit(numbers[row["column_per_replica"]], row["unit_per_replica"])
    return ClusterLimit(
        name=row["name"],
        resource=row["resource"],
        most=most,
        unit=unit,
        per=row["per"],
        advice=row["advice"],
        kind=row.get("kind", family["kind"]),
        source=row.get("source", family["source"]),
        date=row.get("date", family["date"]),
        conditions=row.get("conditions", ""),
        bytes_per_replica=per_replica,
    )


def _rate_limit(row: Mapping[str, Any]) -> ClusterLimit:
    """Take the rate of one partition from where the published ones stand."""
    rate = next(rate for rate in published_rates() if rate.name == row["rate"])
    return ClusterLimit(
        name=row["name"],
        resource=row["resource"],
        most=_side(rate, row["resource"]),
        unit="bytes/s",
        per=row["per"],
        advice=row["advice"],
        kind=rate.kind,
        source=rate.source,
        date=rate.date,
        conditions=rate.conditions,
    )


def _side(rate: PublishedRate, resource: Resource) -> float:
    produced = resource == "partition_in_bytes_per_s"
    side = rate.produce_bytes_per_s if produced else rate.consume_bytes_per_s
    return side or 0.0  # which no limit may be


def _in_base_unit(amount: float, unit: str) -> tuple[float, str]:
    factor, base = _FACTORS.get(unit, (1, unit))
    return float(amount * factor), base


CLUSTERS: Final[Mapping[str, ClusterLimits]] = MappingProxyType(
    {cluster.name: cluster for cluster in _clusters()}
)
