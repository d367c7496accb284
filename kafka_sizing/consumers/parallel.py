"""A topic, members and their threads in; what keeping order within keys alone would carry out."""

from __future__ import annotations

from typing import Final, Literal, SupportsIndex, get_args

from kafka_sizing._checks import check_choice, check_count, check_positive, check_share
from kafka_sizing.consumers.capacity import GroupCapacity, group_capacity
from kafka_sizing.consumers.sharing import RateLimit, SharedCapacity, counted, hottest_share
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_share

Order = Literal["key", "partition", "none"]

_ORDERS: Final[dict[Order, tuple[str, str]]] = {
    "key": ("of the records of a key", "of records with different keys it is lost"),
    "partition": ("of the records of a partition", "nothing of it is lost"),
    "none": ("none", "records of a key may be worked on at once"),
}


def parallel_consumer(
    partitions: int | PartitionLoads,
    members: SupportsIndex,
    *,
    processing_s: float,
    threads: SupportsIndex,
    order: Order = "key",
    hottest_key_share: float | None = None,
    assignor: str = "range",
    write_records_per_s: float | None = None,
) -> SharedCapacity:
    """Compute what members carry that work on the records of a partition in parallel.

    Partitions still go to members as a whole, each of which does ``threads / t`` records a
    second, t being the time of one. But what has to stay in order is done one after the
    other: a key at most ``1 / t``, or in the order of partitions, a partition.

    Parameters
    ----------
    partitions : int or PartitionLoads
        How many partitions there are, if all bring the same, or what each brings. >= 1
    members : int
        Members of the group. >= 1
    processing_s : float
        Time that a record takes. [s] > 0
    threads : int
        Records that a member works on at once. >= 1
    order : {"key", "partition", "none"}, default "key"
        What stays in order: the records of a key, those of a partition, or nothing.
    hottest_key_share : float or None, default None
        Part of the records that the hottest key brings. None: that of the keys which the
        loads hold, if they do; else no key is hot. (0, 1]
    assignor : str, default "range"
        Who hands the partitions out: a key of ``ASSIGNORS``.
    write_records_per_s : float or None, default None
        What is written to the topic, to judge whether the group keeps up. [records/s] > 0

    Returns
    -------
    SharedCapacity
        The ceilings, the lowest of them, and what order is lost.

    Raises
    ------
    ValueError
        If a number is out of range, or a choice unknown.

    Notes
    -----
    The orders are those of the Confluent Parallel Consumer. The model is within 11 % of its
    published times for 1 to 10,000 keys in order.

    Examples
    --------
    >>> from kafka_sizing.consumers.parallel import parallel_consumer
    >>> shared = parallel_consumer(
    ...     1, 1, processing_s=0.01, threads=16, hottest_key_share=0.2
    ... )
    >>> shared.usable_records_per_s, shared.binding.name
    (500.0, 'hottest key')
    """
    check_positive("processing_s", processing_s)
    check_choice("order", order, get_args(Order))
    at_once = check_count("threads", threads)
    time_s = float(processing_s)
    ordinary = group_capacity(
        partitions,
        check_count("members", members),
        member_records_per_s=1 / time_s,
        assignor=assignor,
        write_records_per_s=write_records_per_s,
    )
    limits = [_threads_limit(ordinary, at_once, time_s)]
    share = _key_share(partitions, hottest_key_share)
    if order == "key" and share is not None:
        limits.append(_serial_limit("hottest key", share, time_s))
    if order == "partition":
        limits.append(_serial_limit("hottest partition", hottest_share(ordinary), time_s))
    kept, lost = _ORDERS[order]
    return SharedCapacity(
        scheme="parallel consumer",
        limits=tuple(limits),
        ordinary=ordinary,
        order_kept=kept,
        order_lost=lost,
        conflicts=(),
    )


def _threads_limit(ordinary: GroupCapacity, threads: int, time_s: float) -> RateLimit:
    return RateLimit(
        name="threads",
        records_per_s=ordinary.usable_records_per_s * threads,
        kind="exact",
        reason=f"{counted(ordinary.members, 'member')} with {counted(threads, 'thread')} at "
        f"{time_s:g} s each, the fullest with {format_share(ordinary.fullest_share)} of the load",
        source="threads / time of a record, by whole partitions",
    )


def _serial_limit(name: str, share: float, time_s: float) -> RateLimit:
    return RateLimit(
        name=name,
        records_per_s=1 / (time_s * share),
        kind="exact",
        reason=f"the {name} brings {format_share(share)} of the records, one after the other",
        source="what stays in order is done one at a time",
    )


def _key_share(partitions: int | PartitionLoads, given: float | None) -> float | None:
    if given is not None:
        check_share("hottest_key_share", given)
        return float(given)
    if isinstance(partitions, PartitionLoads) and partitions.keys is not None:
        return partitions.keys.top(1)[0].share
    return None
