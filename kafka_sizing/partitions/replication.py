"""Nothing in; what was published on the time that copies of partitions take, out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedReplication:
    """How long one broker takes to copy what is new in so many partitions of another."""

    partitions: int
    seconds: float  #: for all of them
    conditions: str
    kind: Kind
    source: str
    date: str  #: year of publication

    @property
    def per_partition_s(self) -> float:
        """Time that one partition adds. [s]"""
        return self.seconds / self.partitions


@cache
def published_replication() -> PublishedReplication:
    """Give what copies add to the time until a record is committed, as measured in 2015.

    Returns
    -------
    PublishedReplication
        The time, the partitions it was measured on, and who did.

    Examples
    --------
    >>> from kafka_sizing.partitions.replication import published_replication
    >>> published_replication().per_partition_s
    2e-05
    """
    return PublishedReplication(**read_table("kafka_sizing.partitions", "replication"))
