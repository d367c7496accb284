"""Leaders of a failed broker in; how long until all have another leader out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, SupportsIndex

from kafka_sizing._checks import check_count, check_non_negative
from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind
from kafka_sizing.units import format_count, format_number

ElectionEvent = Literal["leader election", "controller fail-over", "controlled shutdown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedElection:
    """How long it took someone's cluster to choose leaders anew, or to be able to."""

    event: ElectionEvent
    partitions: int  #: leaders of the failed broker, or partitions of the cluster
    seconds: float  #: for all of them
    conditions: str
    kind: Kind
    source: str
    date: str  #: year of publication

    @property
    def per_partition_s(self) -> float:
        """Time for one partition. [s]"""
        return self.seconds / self.partitions


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectionTime:
    """How long partitions are without a leader after a broker failed."""

    leaders: int  #: that the broker led
    controller_partitions: int  #: that a new controller reads first; 0: another broker failed
    per_leader_s: float
    per_partition_s: float  #: for a new controller to read one
    kind: Kind
    source: str

    @property
    def controller_s(self) -> float:
        """Until there is a controller that can choose. [s]"""
        return self.controller_partitions * self.per_partition_s

    @property
    def election_s(self) -> float:
        """To choose the leaders, one after the other. [s]"""
        return self.leaders * self.per_leader_s

    @property
    def total_s(self) -> float:
        """Until the last partition has a leader, from when the failure is noticed. [s]"""
        return self.controller_s + self.election_s

    @property
    def mean_s(self) -> float:
        """Until a partition has a leader, on average over those that lost theirs. [s]"""
        return self.controller_s + self.election_s / 2

    @property
    def reason(self) -> str:
        """What takes as long, as a sentence without a full stop."""
        leaders = format_count(self.leaders, "leader")
        election = format_number(self.election_s)
        text = f"{leaders} at {_ms(self.per_leader_s)} each: {election} s"
        if not self.controller_partitions:
            return text
        read = format_count(self.controller_partitions, "partition")
        return (
            f"{text}, after {format_number(self.controller_s)} s for a new controller to read "
            f"{read} at {_ms(self.per_partition_s)} each"
        )

    def __repr__(self) -> str:
        return (
            f"ElectionTime(leaders={self.leaders}, "
            f"controller_partitions={self.controller_partitions}, total_s={self.total_s:g})"
        )


def election_time(
    leaders: SupportsIndex,
    *,
    controller_partitions: SupportsIndex = 0,
    per_leader_s: float | None = None,
    per_partition_s: float | None = None,
) -> ElectionTime:
    """Compute how long the partitions of a failed broker have no leader.

    ``leaders × time of an election``, and if the broker was the controller, before that
    ``partitions of the cluster × time to read one``. The time until the failure is noticed comes
    on top.

    Parameters
    ----------
    leaders : int
        Partitions that the broker led. >= 0
    controller_partitions : int, default 0
        Partitions of the cluster, if the broker was the controller as well. >= 0
    per_leader_s : float or None, default None
        Time of one election. None: 5 ms, measured in 2015 with ZooKeeper. [s] >= 0
    per_partition_s : float or None, default None
        Time for a new controller to read a partition. None: 2 ms, likewise. [s] >= 0

    Returns
    -------
    ElectionTime
        Both times, their sum, and what they rest on.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    Rao, Confluent blog, 2015. KRaft, and ZooKeeper from 1.1.0 on, are far faster
    (`published_elections`): measure yours, and give it here.

    Examples
    --------
    >>> from kafka_sizing.brokers.election import election_time
    >>> election_time(1_000).total_s
    5.0
    >>> election_time(1_000, controller_partitions=10_000).total_s
    25.0
    """
    each, read = _times(per_leader_s, per_partition_s)
    partitions = check_count("controller_partitions", controller_partitions, least=0)
    given = per_leader_s is not None and (per_partition_s is not None or not partitions)
    election = ElectionTime(
        leaders=check_count("leaders", leaders, least=0),
        controller_partitions=partitions,
        per_leader_s=each,
        per_partition_s=read,
        kind="measured",
        source="given" if given else published_elections()[0].source,
    )
    check_non_negative("time of all elections", 1_000 * election.total_s)
    return election


@cache
def published_elections() -> tuple[PublishedElection, ...]:
    """List what others measured: elections, controller fail-over, shutdown.

    Returns
    -------
    tuple of PublishedElection
        Those of 2015 first, then before and after the controller was rewritten.

    Examples
    --------
    >>> from kafka_sizing.brokers.election import published_elections
    >>> [(one.event, one.partitions, one.seconds) for one in published_elections()][2:4]
    [('controlled shutdown', 50000, 390.0), ('controlled shutdown', 50000, 3.0)]
    """
    rows = read_table("kafka_sizing.brokers", "elections")["election"]
    return tuple(PublishedElection(**row) for row in rows)


def _times(per_leader_s: float | None, per_partition_s: float | None) -> tuple[float, float]:
    """Take both times, or the first that was published for each."""
    if per_leader_s is None:
        per_leader_s = _published("leader election").per_partition_s
    if per_partition_s is None:
        per_partition_s = _published("controller fail-over").per_partition_s
    check_non_negative("per_leader_s", per_leader_s)
    check_non_negative("per_partition_s", per_partition_s)
    return float(per_leader_s), float(per_partition_s)


def _published(event: ElectionEvent) -> PublishedElection:
    return next(one for one in published_elections() if one.event == event)


def _ms(span_s: float) -> str:
    return f"{format_number(1_000 * span_s)} ms"
