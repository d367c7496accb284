"""Leaders and brokers in; what replication adds to latency, and advice on the number, out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, SupportsIndex, get_args

from kafka_sizing._checks import check_choice, check_count, check_non_negative
from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind
from kafka_sizing.partitions.replication import published_replication
from kafka_sizing.units import format_number

Reading = Literal["cluster", "broker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationLatency:
    """What it adds to a record's way that followers fetch so many partitions at once."""

    leaders_per_broker: int
    replication_factor: int
    brokers: int
    per_partition_s: float
    kind: Kind
    source: str

    @property
    def fetched_partitions(self) -> float:
        """Partitions that a broker fetches from another one, on average."""
        if self.brokers == 1:
            return 0.0
        return self.leaders_per_broker * (self.replication_factor - 1) / (self.brokers - 1)

    @property
    def added_s(self) -> float:
        """What replication adds to the time until a record is committed. [s]"""
        return self.fetched_partitions * self.per_partition_s

    @property
    def reason(self) -> str:
        """Why as much, as a sentence without a full stop."""
        if not self.fetched_partitions:
            return "nothing is replicated, so nothing waits for it"
        return (
            f"each broker fetches {format_number(self.fetched_partitions)} partitions from each "
            f"other one, which adds {format_number(1_000 * self.added_s)} ms"
        )

    def __repr__(self) -> str:
        return (
            f"ReplicationLatency(leaders_per_broker={self.leaders_per_broker}, "
            f"replication_factor={self.replication_factor}, brokers={self.brokers}, "
            f"added_s={self.added_s:g})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyAdvice:
    """How many partitions are advised where latency matters; a rule of thumb, never a limit."""

    partitions: int  #: of the cluster
    partitions_per_broker: float
    factor: int  #: partitions for each broker and replica
    reading: Reading  #: of the rule, whose words can be taken for either
    kind: Kind
    source: str

    @property
    def reason(self) -> str:
        """The rule and how it was read, as a sentence without a full stop."""
        scope = "the cluster" if self.reading == "cluster" else "each broker"
        return (
            f"a rule of thumb, not a limit: where latency matters, {self.factor:,} × brokers × "
            f"replication factor for {scope} is {self.partitions:,} partitions in the cluster"
        )


def replication_latency(
    leaders_per_broker: SupportsIndex,
    *,
    replication_factor: SupportsIndex,
    brokers: SupportsIndex,
    per_partition_s: float | None = None,
) -> ReplicationLatency:
    """Estimate what many partitions add to the time a record takes to its followers.

    ``leaders × (r - 1) / (brokers - 1) × time of a partition``: followers are spread over the
    other brokers, and each fetches its part from the leader's broker.

    Parameters
    ----------
    leaders_per_broker : int
        Partitions that a broker leads. >= 0
    replication_factor : int
        Replicas of each. >= 1, at most ``brokers``
    brokers : int
        Brokers of the cluster. >= 1
    per_partition_s : float or None, default None
        What a partition adds. None: 20 ms for 1,000 of them, measured in 2015. [s] >= 0

    Returns
    -------
    ReplicationLatency
        The partitions that one broker fetches from another, and the time they add.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    Rao, Confluent blog, 2015: one fetcher thread. More of them (``num.replica.fetchers``) and
    newer brokers are faster.

    Examples
    --------
    >>> from kafka_sizing.brokers.latency import replication_latency
    >>> replication_latency(1_000, replication_factor=2, brokers=2).added_s
    0.02
    >>> replication_latency(1_000, replication_factor=2, brokers=11).added_s
    0.002
    """
    published = published_replication()
    source = "given"
    if per_partition_s is None:
        source = published.source
        per_partition_s = published.per_partition_s
    check_non_negative("per_partition_s", per_partition_s)
    cluster = check_count("brokers", brokers)
    latency = ReplicationLatency(
        leaders_per_broker=check_count("leaders_per_broker", leaders_per_broker, least=0),
        replication_factor=check_count("replication_factor", replication_factor, most=cluster),
        brokers=cluster,
        per_partition_s=float(per_partition_s),
        kind=published.kind,
        source=source,
    )
    check_non_negative("per_partition_s of all partitions", 1_000 * latency.added_s)
    return latency


def latency_advice(
    brokers: SupportsIndex, *, replication_factor: SupportsIndex, reading: Reading = "cluster"
) -> LatencyAdvice:
    """Give the rule of thumb for clusters where latency matters: 100 × brokers × replicas.

    Its words can be taken for the cluster or for each broker. It is advice, and no limit of
    Kafka: a plan must not fail on it.

    Parameters
    ----------
    brokers : int
        Brokers of the cluster. >= 1
    replication_factor : int
        Replicas of each partition. >= 1
    reading : {"cluster", "broker"}, default "cluster"
        Whether the rule counts the partitions of the cluster, the careful reading, or those of
        each broker.

    Returns
    -------
    LatencyAdvice
        The partitions advised, in the cluster and per broker.

    Raises
    ------
    ValueError
        If a number is out of its range or the reading is neither.

    Notes
    -----
    Rao, Confluent blog, 2015.

    Examples
    --------
    >>> from kafka_sizing.brokers.latency import latency_advice
    >>> advice = latency_advice(5, replication_factor=3)
    >>> advice.partitions, advice.partitions_per_broker, advice.kind
    (1500, 300.0, 'rule')
    """
    cluster = check_count("brokers", brokers)
    replicas = check_count("replication_factor", replication_factor)
    check_choice("reading", reading, get_args(Reading))
    rule = _latencies()["latency_sensitive"]
    product = rule["partitions_per_broker_and_replica"] * cluster * replicas
    partitions = product if reading == "cluster" else product * cluster
    return LatencyAdvice(
        partitions=partitions,
        partitions_per_broker=partitions / cluster,
        factor=rule["partitions_per_broker_and_replica"],
        reading=reading,
        kind=rule["kind"],
        source=rule["source"],
    )


@cache
def _latencies() -> dict[str, dict[str, Any]]:
    return read_table("kafka_sizing.brokers", "latency")
