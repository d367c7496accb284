"""Who writes and who reads in; the `Producers` and each `Group` of a design out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, get_args

from kafka_sizing._checks import (
    check_choice,
    check_count,
    check_non_negative,
    check_positive,
)
from kafka_sizing._mappings import ReadOnly
from kafka_sizing.consumers.assignment import ASSIGNORS
from kafka_sizing.consumers.rebalance.detection import Membership, Protocol
from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.keys.partitioners import find_partitioner
from kafka_sizing.partitions.limits import check_name
from kafka_sizing.settings import Configuration

Client = Literal["java", "librdkafka"]
Properties = Mapping[str, Any]  # property, as Kafka spells it → value

_SETTINGS: Final = {  # field of ConsumerSettings → property of the consumer
    "session_timeout_s": "session.timeout.ms",
    "heartbeat_interval_s": "heartbeat.interval.ms",
    "max_poll_interval_s": "max.poll.interval.ms",
}
_STRATEGY: Final = "partition.assignment.strategy"
_SIDES: Final[Any] = {
    ("producer", "java"): "producer",
    ("producer", "librdkafka"): "librdkafka producer",
    ("consumer", "java"): "consumer",
    ("consumer", "librdkafka"): "librdkafka consumer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Producers:
    """The services that write to a topic.

    Parameters
    ----------
    instances : int, default 1
        How many producers there are. >= 1
    client : {"java", "librdkafka"}, default "java"
        Whose defaults and rules hold.
    partition_bytes_per_s : float, optional
        Measured: what producers sustain on one partition. [wire bytes/s] > 0
    latency_s : float, optional
        Time that an acknowledgement may take, from ``send()`` on. [s] > 0
    config : mapping of property to value, default {}
        What is set, as Kafka spells it; everything else is at its default.

    Raises
    ------
    ValueError
        If a number is out of range, or a property has a value of another type.

    Examples
    --------
    >>> from kafka_sizing.topic import Producers
    >>> Producers(config={"linger.ms": 20}).configuration.value("linger.ms")
    20
    """

    instances: int = 1
    client: Client = "java"
    partition_bytes_per_s: float | None = None
    latency_s: float | None = None
    config: Properties = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no producer can be."""
        object.__setattr__(self, "instances", check_count("instances", self.instances))
        check_choice("client", self.client, get_args(Client))
        for name in ("partition_bytes_per_s", "latency_s"):
            if getattr(self, name) is not None:
                check_positive(name, getattr(self, name))
        object.__setattr__(self, "config", ReadOnly(self.config))
        _ = self.configuration

    @property
    def configuration(self) -> Configuration:
        """What is set, and the defaults behind it."""
        return Configuration(_SIDES["producer", self.client], self.config)

    @property
    def partitioner(self) -> str:
        """What places keys: a key of ``PARTITIONERS``, by the client and its configuration.

        Of a partitioner that does not look at keys, or is one's own, the client's default.
        """
        own = str(self.configuration.value("partitioner")) if self.client != "java" else None
        found = find_partitioner(self.client, own)
        return (found if found.is_keyed else find_partitioner(self.client)).name


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One consumer group that reads a topic.

    Say how fast a member reads as ``member_records_per_s``, or as the time a record takes.

    Parameters
    ----------
    name : str
        The group.
    member_records_per_s : float, optional
        Measured: what one member sustains. [records/s] > 0
    processing_s : float, optional
        Time that one record takes. [s] > 0
    threads : int, default 1
        Records that a member works on at once. >= 1
    members : int, optional
        How many members run; without it the plan says how many are needed. >= 1
    read_ratio : float, default 1.0
        Records the group reads over records written; below 1 if it skips some. > 0
    delay_s : float, optional
        Largest delay allowed between write and read. [s] > 0
    outage_s : float, default 0
        Longest time the group may be down. [s] >= 0
    recovery_s : float, optional
        Time in which it must be current again after that. [s] > 0
    restore_s : float, default 0
        Time to restore state for a partition it is handed. [s] >= 0
    protocol : {"eager", "cooperative", "consumer"}, optional
        How it rebalances; "consumer" is KIP-848. None: as ``config`` has it, or else as the
        assignor or the client's defaults do.
    membership : {"dynamic", "static"}, default "dynamic"
        Static: members have a ``group.instance.id``.
    assignor : str, default "range"
        Who hands the partitions out: a key of ``ASSIGNORS``.
    client : {"java", "librdkafka"}, default "java"
        Whose defaults hold.
    config : mapping of property to value, default {}
        What is set, as Kafka spells it.

    Raises
    ------
    ValueError
        If a number is out of range, a word unknown, or the rate is missing or given twice.

    Examples
    --------
    >>> from kafka_sizing.topic import Group
    >>> Group(name="billing", processing_s=0.002, threads=4).records_per_s
    2000.0
    """

    name: str
    member_records_per_s: float | None = None
    processing_s: float | None = None
    threads: int = 1
    members: int | None = None
    read_ratio: float = 1.0
    delay_s: float | None = None
    outage_s: float = 0.0
    recovery_s: float | None = None
    restore_s: float = 0.0
    protocol: Protocol | None = None
    membership: Membership = "dynamic"
    assignor: str = "range"
    client: Client = "java"
    config: Properties = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no group can be."""
        check_name("name", self.name)
        for name in ("member_records_per_s", "processing_s", "delay_s", "recovery_s"):
            value = getattr(self, name)
            if value is not None:
                check_positive(f"{name} of group {self.name!r}", value)
        check_positive(f"read_ratio of group {self.name!r}", self.read_ratio)
        for name in ("outage_s", "restore_s"):
            check_non_negative(f"{name} of group {self.name!r}", getattr(self, name))
        object.__setattr__(self, "threads", check_count("threads", self.threads))
        if self.members is not None:
            object.__setattr__(self, "members", check_count("members", self.members))
        if (self.member_records_per_s is None) == (self.processing_s is None):
            got = "neither" if self.processing_s is None else "both"
            raise ValueError(
                f"group {self.name!r} must give member_records_per_s or processing_s, got {got}"
            )
        if self.threads > 1 and self.processing_s is None:
            raise ValueError(
                f"group {self.name!r} must give processing_s with threads, got {self.threads} "
                "threads alone"
            )
        if self.protocol is not None:
            check_choice("protocol", self.protocol, get_args(Protocol))
        check_choice("membership", self.membership, get_args(Membership))
        check_choice("assignor", self.assignor, ASSIGNORS)
        check_choice("client", self.client, get_args(Client))
        object.__setattr__(self, "config", ReadOnly(self.config))
        check_not_refused(self.configuration)
        _ = self.settings

    @property
    def records_per_s(self) -> float:
        """What one member sustains, in records/s."""
        if self.processing_s is None:
            return float(self.member_records_per_s or 0.0)
        return self.threads / self.processing_s

    @property
    def configuration(self) -> Configuration:
        """What is set, and the defaults behind it."""
        return Configuration(_SIDES["consumer", self.client], self.config)

    @property
    def configured_protocol(self) -> Protocol:
        """How the group rebalances by its configuration: of assignors, what all of them know."""
        given = self.configuration
        if given.value("group.protocol") == "consumer":
            return "consumer"
        assignors = str(given.value(_STRATEGY)).lower().split(",")
        return "cooperative" if all("cooperative" in each for each in assignors) else "eager"

    @property
    def rebalance_protocol(self) -> Protocol:
        """How the group rebalances: as it is planned, or else as it is configured."""
        if self.protocol is not None:
            return self.protocol
        given, own = self.configuration, ASSIGNORS[self.assignor].protocol
        silent = not given.is_set("group.protocol") and not given.is_set(_STRATEGY)
        return own if silent and own == "cooperative" else self.configured_protocol

    @property
    def settings(self) -> ConsumerSettings:
        """What decides how the group polls and rebalances, in seconds."""
        given = self.configuration
        times: dict[str, Any] = {name: given.seconds(key) for name, key in _SETTINGS.items()}
        try:
            settings = ConsumerSettings(**times)
        except ValueError as error:
            text = re.sub(r"\w+_s\b", lambda word: _SETTINGS.get(word[0], word[0]), str(error))
            raise ValueError(f"group {self.name!r}: {text} s") from error
        if self.client != "java":
            return settings  # librdkafka hands out one record at a time
        return replace(settings, max_poll_records=int(given.value("max.poll.records")))


def check_not_refused(given: Configuration) -> None:
    """Refuse a value that Kafka itself would refuse."""
    for name in given.refused:
        setting = given.setting(name)
        rule = setting.allowed or f"as Kafka takes {name}"
        raise ValueError(f"{name} must be {rule}, got {given.value(name)!r}")
