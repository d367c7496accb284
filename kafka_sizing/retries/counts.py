"""Topics, instances and what one partition carries in; consumers and partitions out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, SupportsIndex, TypeAlias, get_args

from kafka_sizing._checks import (
    ceil_ratio,
    check_choice,
    check_count,
    check_fraction,
    check_positive,
)

Publisher: TypeAlias = Literal["by key", "same partition"]


def retry_consumers(
    topics: SupportsIndex, *, retry_topics: SupportsIndex, instances: SupportsIndex
) -> int:
    """Count the consumers that retry topics bring: topics × (retry topics + 1) × instances.

    Every instance of an application runs a consumer for each topic it listens to, and one more
    for each of their retry topics. All of them are members that brokers hold connections, fetch
    sessions and group state for. One that listens to dead letters comes on top.

    Parameters
    ----------
    topics : int
        Topics that are listened to. >= 1
    retry_topics : int
        Retry topics of each, without that of its dead letters. >= 0
    instances : int
        Instances of the application, times the threads that each listens with. >= 1

    Returns
    -------
    int
        The consumers in all.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.retries import retry_consumers
    >>> retry_consumers(3, retry_topics=3, instances=50)
    600
    """
    return (
        check_count("topics", topics)
        * (check_count("retry_topics", retry_topics, least=0) + 1)
        * check_count("instances", instances)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionNeeds:
    """What one partition carries, and whether a topic must have as many as the main one."""

    carried_records_per_s: float | None  #: by the slower side, headroom taken off; None: not said
    publisher: Publisher
    main_partitions: int | None

    def of(self, records_per_s: float) -> int | None:
        """Partitions that a topic with this rate needs; None: nothing said what limits them."""
        kept = self.main_partitions if self.publisher == "same partition" else None
        if self.carried_records_per_s is None:
            return kept
        needed = max(1, kept or 1, ceil_ratio(records_per_s, self.carried_records_per_s))
        return check_count("partitions for records_per_s", needed)


def partition_needs(
    *,
    partition_records_per_s: float | None,
    processing_s: float | None,
    headroom_fraction: float,
    publisher: Publisher,
    main_partitions: SupportsIndex | None,
) -> PartitionNeeds:
    """Take what limits the partitions of retry topics as it is given, and check it."""
    check_fraction("headroom_fraction", headroom_fraction)
    check_choice("publisher", publisher, get_args(Publisher))
    rates = []
    if partition_records_per_s is not None:
        check_positive("partition_records_per_s", partition_records_per_s)
        rates.append(float(partition_records_per_s))
    if processing_s is not None:
        check_positive("processing_s", processing_s)
        rates.append(1 / float(processing_s))
    main = None if main_partitions is None else check_count("main_partitions", main_partitions)
    if publisher == "same partition" and main is None:
        raise ValueError(
            "main_partitions must be given if publisher is 'same partition', got None"
        )
    carried = min(rates) * (1 - float(headroom_fraction)) if rates else None
    if carried is not None:
        check_positive("rate that one partition carries", carried)
    return PartitionNeeds(carried_records_per_s=carried, publisher=publisher, main_partitions=main)
