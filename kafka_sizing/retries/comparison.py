"""A rate, the time of an attempt and waits in; blocking against non-blocking retries out."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from kafka_sizing._checks import ceil_ratio, check_fraction, check_positive
from kafka_sizing.retries.blocking import BlockingRetry, blocking_retry
from kafka_sizing.retries.ladder import RetryPlan, plan_retries
from kafka_sizing.retries.ordering import BLOCKING
from kafka_sizing.retries.wording import seconds_text
from kafka_sizing.units import format_count, format_share

if TYPE_CHECKING:
    import pandas as pd

Way: TypeAlias = Literal["blocking", "non-blocking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryCost:
    """What one way to retry costs, and what it makes of the order."""

    way: Way
    main_partitions: int  #: of the topic itself, each with a member of its own
    retry_partitions: int  #: of its retry topics, each with a member of its own
    topics: int  #: beside the topic itself and its dead letters
    record_s: float  #: that a member of the topic itself spends on a record in the mean
    head_of_line_s: float  #: longest time that a record holds up those behind it
    held_up_records: float  #: that come to its partition meanwhile
    attempts_per_record: float  #: in the mean; the same in both ways
    ordering: str

    @property
    def members(self) -> int:
        """Members that keep up with the topic and its retry topics: one per partition."""
        return self.main_partitions + self.retry_partitions


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryComparison:
    """Blocking and non-blocking retries of one topic, side by side."""

    records_per_s: float
    blocking: RetryCost
    non_blocking: RetryCost
    blocking_retry: BlockingRetry
    plan: RetryPlan  #: of the non-blocking way

    @property
    def ways(self) -> tuple[RetryCost, RetryCost]:
        """Both ways, the blocking one first."""
        return self.blocking, self.non_blocking

    @property
    def reason(self) -> str:
        """What is paid for the order, as a sentence without a full stop."""
        one, other = self.blocking, self.non_blocking
        main = format_count(other.main_partitions, "partition")
        if not self.plan.retries:
            return (
                f"no retries: either way {main} keep up, and a record that fails its only attempt "
                "is given up"
            )
        capacity = format_share(self.blocking_retry.capacity_ratio)
        return (
            f"blocking retries keep the order, leave a member {capacity} of its capacity, need "
            f"{format_count(one.main_partitions, 'partition')} and hold a partition up for up to "
            f"{seconds_text(one.head_of_line_s)}; non-blocking ones need "
            f"{main} and "
            f"{other.retry_partitions:,} in {format_count(other.topics, 'retry topic')}, hold "
            "nothing up for longer than an attempt and lose the order of keys with a failed record"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per way, with every field of `RetryCost`, and members."""
        import pandas as pd

        names = (
            "way",
            "members",
            "main_partitions",
            "retry_partitions",
            "topics",
            "record_s",
            "head_of_line_s",
            "held_up_records",
            "attempts_per_record",
            "ordering",
        )
        return pd.DataFrame({name: [getattr(way, name) for way in self.ways] for name in names})

    def __repr__(self) -> str:
        return (
            f"RetryComparison(blocking: {format_count(self.blocking.members, 'member')}, "
            f"non-blocking: {format_count(self.non_blocking.members, 'member')})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def compare_retries(
    records_per_s: float,
    *,
    processing_s: float,
    delays_s: Iterable[float],
    failing_fraction: float,
    always_failing_fraction: float = 0.0,
    headroom_fraction: float = 0.0,
    max_poll_interval_s: float | None = None,
) -> RetryComparison:
    """Compare retries that hold the partition up with retries in topics of their own.

    Both make the same attempts with the same waits. A member works on one record at a time:
    ``λ · time per record`` members, and so partitions, keep up. A blocking member also waits
    (`blocking_retry`); a non-blocking one does not, and each retry topic has its own
    (`plan_retries`).

    Parameters
    ----------
    records_per_s : float
        λ, into the topic, at the peak. [records/s] > 0
    processing_s : float
        That an attempt takes, whether it fails or not. [s] > 0
    delays_s : iterable of float
        The wait before each retry. [s] >= 0
    failing_fraction : float
        Chance that one attempt fails, each independent of the others. [0, 1)
    always_failing_fraction : float, default 0.0
        Part of the records that fail every time. [0, 1)
    headroom_fraction : float, default 0.0
        Part of the capacity of a member to leave unused. [0, 1)
    max_poll_interval_s : float or None, default None
        ``max.poll.interval.ms``. None: Kafka's default. [s] > 0

    Returns
    -------
    RetryComparison
        Members, partitions, what a record holds up, and the order, of both.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.retries import compare_retries
    >>> both = compare_retries(
    ...     1_000, processing_s=0.01, delays_s=[1, 1], failing_fraction=0.05
    ... )
    >>> [(way.way, way.main_partitions, way.retry_partitions) for way in both.ways]
    [('blocking', 64, 0), ('non-blocking', 10, 2)]
    """
    check_positive("records_per_s", records_per_s)
    check_fraction("headroom_fraction", headroom_fraction)
    held = blocking_retry(
        processing_s,
        backoffs_s=delays_s,
        failing_fraction=failing_fraction,
        always_failing_fraction=always_failing_fraction,
        max_poll_interval_s=max_poll_interval_s,
    )
    plan = plan_retries(
        records_per_s,
        delays_s=held.backoffs_s,
        failing_fraction=failing_fraction,
        always_failing_fraction=always_failing_fraction,
        processing_s=processing_s,
        headroom_fraction=headroom_fraction,
        max_poll_interval_s=max_poll_interval_s,
    )
    rate, usable = float(records_per_s), 1 - float(headroom_fraction)
    attempts = 1 + plan.extra_load_ratio
    blocking = _cost(
        rate,
        usable,
        way="blocking",
        record_s=held.record_s,
        head_of_line_s=held.head_of_line_s,
        stage_partitions=(),
        attempts=attempts,
        ordering=BLOCKING,
    )
    non_blocking = _cost(
        rate,
        usable,
        way="non-blocking",
        record_s=held.processing_s,
        head_of_line_s=held.processing_s,
        stage_partitions=tuple(stage.partitions or 0 for stage in plan.stages),
        attempts=attempts,
        ordering=plan.ordering,
    )
    return RetryComparison(
        records_per_s=rate,
        blocking=blocking,
        non_blocking=non_blocking,
        blocking_retry=held,
        plan=plan,
    )


def _cost(
    records_per_s: float,
    usable_fraction: float,
    *,
    way: Way,
    record_s: float,
    head_of_line_s: float,
    stage_partitions: tuple[int, ...],
    attempts: float,
    ordering: str,
) -> RetryCost:
    partitions = max(1, ceil_ratio(records_per_s * record_s, usable_fraction))
    return RetryCost(
        way=way,
        main_partitions=partitions,
        retry_partitions=sum(stage_partitions),
        topics=len(stage_partitions),
        record_s=record_s,
        head_of_line_s=head_of_line_s,
        held_up_records=records_per_s / partitions * head_of_line_s,
        attempts_per_record=attempts,
        ordering=ordering,
    )
