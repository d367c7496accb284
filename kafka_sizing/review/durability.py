"""Replicas and what counts as acknowledged in; what a lost broker costs out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kafka_sizing._checks import check_count
from kafka_sizing.review.case import Case
from kafka_sizing.review.judging import Flaw, named, origin_of
from kafka_sizing.review.rule import line_of
from kafka_sizing.review.wording import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Durability:
    """What a partition outlives, written with ``acks=all``."""

    replication_factor: int
    min_insync_replicas: int

    @property
    def writable(self) -> bool:
        """Whether anything can be written while every replica is there."""
        return self.min_insync_replicas <= self.replication_factor

    @property
    def writes_survive(self) -> int:
        """Brokers that may be lost while producers go on writing."""
        return max(0, self.replication_factor - self.min_insync_replicas)

    @property
    def acknowledged_survives(self) -> int:
        """Brokers that may be lost, the leader too, while what was acknowledged is kept."""
        return min(self.min_insync_replicas, self.replication_factor) - 1

    @property
    def reason(self) -> str:
        """Both, as a sentence without a full stop."""
        if not self.writable:
            return (
                f"{self.min_insync_replicas} in-sync replicas are asked for and there are only "
                f"{self.replication_factor}, so nothing is ever acknowledged"
            )
        return (
            f"with {counted(self.replication_factor, 'replica')} and min.insync.replicas="
            f"{self.min_insync_replicas} writes survive the loss of "
            f"{counted(self.writes_survive, 'broker')}, acknowledged records that of "
            f"{self.acknowledged_survives}"
        )


def losses_survived(replication_factor: int, *, min_insync_replicas: int) -> Durability:
    """Count the brokers that may be lost before writes stop, and before records do.

    With ``acks=all`` a write needs ``min.insync.replicas`` replicas and is on as many when it
    is acknowledged: writes survive ``r - min.insync.replicas`` losses, and what was
    acknowledged survives ``min.insync.replicas - 1``.

    Parameters
    ----------
    replication_factor : int
        Replicas of a partition, the leader included. >= 1
    min_insync_replicas : int
        ``min.insync.replicas`` of the topic. >= 1

    Returns
    -------
    Durability
        Both counts.

    Raises
    ------
    ValueError
        If a count is not a whole number >= 1.

    Examples
    --------
    >>> from kafka_sizing.review import losses_survived
    >>> kept = losses_survived(3, min_insync_replicas=2)
    >>> kept.writes_survive, kept.acknowledged_survives
    (1, 1)
    """
    return Durability(
        replication_factor=check_count("replication_factor", replication_factor),
        min_insync_replicas=check_count("min_insync_replicas", min_insync_replicas),
    )


def acknowledged_on_one_replica(case: Case) -> Iterator[Flaw]:
    """Ask whether what was acknowledged is on more than one broker."""
    kept = _durability(case)
    if kept.replication_factor > 1 and kept.min_insync_replicas == 1:
        yield Flaw(
            evidence=kept.reason,
            change=f"set min.insync.replicas={kept.replication_factor - 1} on the topic"
            if kept.replication_factor > 2
            else "use 3 replicas and min.insync.replicas=2",
            origin=origin_of(case.topic, "min.insync.replicas"),
        )


def writes_stop_on_one_loss(case: Case) -> Iterator[Flaw]:
    """Ask whether one broker may be down without stopping the writes."""
    kept = _durability(case)
    if kept.min_insync_replicas > 1 and not kept.writes_survive:
        wanted = max(2, kept.replication_factor - 1)
        yield Flaw(
            summary=None if kept.writable else "more replicas in sync are asked for than exist",
            consequence=None if kept.writable else "no producer with acks=all can write at all",
            evidence=kept.reason,
            change=f"set min.insync.replicas={wanted}"
            + ("" if wanted < kept.replication_factor else " and use 3 replicas"),
            origin=origin_of(case.topic, "min.insync.replicas"),
        )


def too_few_replicas(case: Case) -> Iterator[Flaw]:
    """Ask whether there are as many replicas as are wanted."""
    wanted = int(line_of("too-few-replicas", "wanted"))
    factor = case.replication_factor
    if factor < wanted:
        yield Flaw(
            evidence=f"{counted(factor, 'replica')}, {wanted} wanted",
            change=f"create the topic with a replication factor of {wanted}",
            severity="error" if factor == 1 else None,
            origin=case.replication_origin,
        )


def unclean_election(case: Case) -> Iterator[Flaw]:
    """Ask whether a replica that misses records may lead."""
    name = "unclean.leader.election.enable"
    case.check_known(case.topic, name)
    if case.topic.value(name):
        yield Flaw(
            evidence=case.topic.described(name),
            change=f"set {name}=false",
            origin=origin_of(case.topic, name),
        )


def _durability(case: Case) -> Durability:
    name = "min.insync.replicas"
    case.check_known(case.topic, name)
    return losses_survived(
        case.replication_factor, min_insync_replicas=int(case.topic.value(name))
    )


JUDGES = named(
    acknowledged_on_one_replica, writes_stop_on_one_loss, too_few_replicas, unclean_election
)
