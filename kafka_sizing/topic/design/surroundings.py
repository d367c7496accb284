"""Where a topic runs, how failures are retried and who looks after it in; those parts out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kafka_sizing._checks import (
    check_at_least,
    check_count,
    check_fraction,
    check_non_negative,
    check_positive,
)
from kafka_sizing._mappings import ReadOnly
from kafka_sizing.brokers import find_cluster
from kafka_sizing.settings import Configuration

_LABEL: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How records that fail are tried again.

    Parameters
    ----------
    delays_s : tuple of float
        How long each retry waits, in order; empty for a dead-letter topic alone. [s] > 0
    failing_fraction : float, default 0
        Part of the attempts that fail by chance. [0, 1)
    always_failing_fraction : float, default 0
        Part of the records that fail at every attempt. [0, 1)
    instances : int, default 1
        Instances of the service that retries. >= 1
    outage_s : float, default 0
        Longest outage of the dependency that makes records fail. [s] >= 0
    triage_s : float, optional
        How long dead letters must be kept to be looked at. [s] > 0
    groups : tuple of str, default ()
        The groups that retry; empty for all.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.topic import Retries
    >>> Retries(delays_s=(1, 60), failing_fraction=0.05).attempts
    3
    """

    delays_s: tuple[float, ...]
    failing_fraction: float = 0.0
    always_failing_fraction: float = 0.0
    instances: int = 1
    outage_s: float = 0.0
    triage_s: float | None = None
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be tried."""
        delays = tuple(float(delay) for delay in self.delays_s)
        for delay in delays:
            check_positive("delays_s", delay)
        object.__setattr__(self, "delays_s", delays)
        object.__setattr__(self, "groups", tuple(self.groups))
        check_fraction("failing_fraction", self.failing_fraction)
        check_fraction("always_failing_fraction", self.always_failing_fraction)
        object.__setattr__(self, "instances", check_count("instances", self.instances))
        check_non_negative("outage_s", self.outage_s)
        if self.triage_s is not None:
            check_positive("triage_s", self.triage_s)

    @property
    def attempts(self) -> int:
        """How often a record is tried at most, the first time included."""
        return len(self.delays_s) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The cluster a topic runs on, and what runs there already.

    Parameters
    ----------
    brokers : int, optional
        How many brokers there are. May be left out where ``limits`` names a service that shows
        none; a design then reckons with as many as its replicas. >= 1
    limits : str, optional
        What it is sold as: a key of ``CLUSTERS`` such as "MSK Standard m5.large".
    units : int, default 1
        Units bought where the vendor sells units: CKU, PU, CU, TU. >= 1
    zones : int, optional
        Zones or racks the brokers are spread over; None: nobody says. >= 1
    disk_bytes_per_broker : float, optional
        [bytes] > 0
    network_bytes_per_s_per_broker : float, optional
        Each way. [bytes/s] > 0
    connections : int, default 0
        Client connections beside those of this topic. >= 0
    other_leaders, other_replicas : int, default 0
        Partitions of other topics: leaders, and replicas. >= 0
    other_disk_bytes : float, default 0
        What other topics keep, all replicas together. [bytes] >= 0
    other_in_bytes_per_s, other_out_bytes_per_s : float, default 0
        What other topics write and read, before replication. [wire bytes/s] >= 0
    max_map_count : int, optional
        ``vm.max_map_count`` of the brokers' hosts; without it the Linux default. >= 1
    file_descriptors : int, optional
        ``nofile`` of the brokers' processes. >= 1
    config : mapping of property to value, default {}
        Broker properties that are set.

    Raises
    ------
    ValueError
        If a number is out of range or the limits are unknown.

    Examples
    --------
    >>> from kafka_sizing.topic import Cluster
    >>> Cluster(brokers=6, zones=3).brokers
    6
    """

    brokers: int = 0  # 0: not given
    limits: str | None = None
    units: int = 1
    zones: int | None = None
    disk_bytes_per_broker: float | None = None
    network_bytes_per_s_per_broker: float | None = None
    connections: int = 0
    other_leaders: int = 0
    other_replicas: int = 0
    other_disk_bytes: float = 0.0
    other_in_bytes_per_s: float = 0.0
    other_out_bytes_per_s: float = 0.0
    max_map_count: int | None = None
    file_descriptors: int | None = None
    config: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no cluster can be."""
        sold_as = None if self.limits is None else find_cluster(self.limits)
        hidden = not self.shows_brokers
        for name in ("brokers", "units", "zones"):
            given = getattr(self, name)
            if (name, given) != ("zones", None) and (name, hidden, given) != ("brokers", True, 0):
                object.__setattr__(self, name, check_count(name, given))
        for name in ("connections", "other_leaders", "other_replicas"):
            object.__setattr__(self, name, check_count(name, getattr(self, name), least=0))
        check_at_least("other_replicas", self.other_replicas, self.other_leaders)
        for name in ("other_disk_bytes", "other_in_bytes_per_s", "other_out_bytes_per_s"):
            check_non_negative(name, getattr(self, name))
        for name in ("disk_bytes_per_broker", "network_bytes_per_s_per_broker"):
            if getattr(self, name) is not None:
                check_positive(name, getattr(self, name))
        for name in ("max_map_count", "file_descriptors"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, check_count(name, getattr(self, name)))
        if self.brokers and (self.zones or 1) > self.brokers:
            raise ValueError(f"zones must be at most brokers, got {self.zones} > {self.brokers}")
        if sold_as is not None and self.units > 1 and not sold_as.unit:
            raise ValueError(f"units must be 1, as {sold_as.name} has none, got {self.units:,}")
        object.__setattr__(self, "config", ReadOnly(self.config))
        _ = self.configuration

    @property
    def shows_brokers(self) -> bool:
        """Whether there are brokers to look at; a service may show none."""
        return self.limits is None or find_cluster(self.limits).shows_brokers

    @property
    def configuration(self) -> Configuration:
        """What the brokers are set to, and the defaults behind it."""
        return Configuration("broker", self.config)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """Who looks after the topic, and what they want to be told.

    Parameters
    ----------
    owner : str, optional
        Who is paged: a team, a channel.
    owners : mapping of signal to owner, default {}
        Others for single signals, by the name of the alert.
    runbook_url : str, optional
        Where it says what to do; the alert's name is put after it.
    labels : mapping of str to str, default {}
        Labels that every alert carries, such as the cluster.

    Raises
    ------
    ValueError
        If a label has a name that Prometheus does not admit.

    Examples
    --------
    >>> from kafka_sizing.topic import Operations
    >>> Operations(owner="payments").owner_of("LagHigh")
    'payments'
    """

    owner: str | None = None
    owners: Mapping[str, str] = field(default_factory=dict)
    runbook_url: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse labels that no alert can carry; copy what could change."""
        check_labels("labels", self.labels)
        object.__setattr__(self, "owners", ReadOnly(self.owners))
        object.__setattr__(self, "labels", ReadOnly(self.labels))

    def owner_of(self, signal: str) -> str | None:
        """Give who is paged for a signal; None if nobody is."""
        return self.owners.get(signal, self.owner)


def check_labels(name: str, labels: Mapping[str, str]) -> None:
    """Refuse a name of a label that Prometheus does not admit."""
    for label in labels:
        if not _LABEL.fullmatch(label) or label.startswith("__"):
            raise ValueError(
                f"{name} must have names of letters, digits and _ as Prometheus admits, "
                f"got {label!r}"
            )
