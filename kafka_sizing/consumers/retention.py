"""What is written and read, and how long it is kept, in; when unread records are lost out."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from kafka_sizing._checks import ROUNDING, check_non_negative, check_positive
from kafka_sizing.consumers.capacity import GroupCapacity
from kafka_sizing.consumers.flows import flows_of, rates_by_partition
from kafka_sizing.consumers.settings import default_of
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_load, format_share

if TYPE_CHECKING:
    import pandas as pd

_ROWS_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionLoss:
    """When unread records of one partition are deleted."""

    partition: int
    write_records_per_s: float
    capacity_records_per_s: float  #: what its member has for it
    age_s: float  #: of the oldest unread record, now
    earliest_s: float | None  #: None: never
    latest_s: float | None  #: None: perhaps never


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToLoss:
    """When the first unread record is deleted; of partitions, where it happens first."""

    earliest_s: float | None  #: as soon as the oldest unread is past retention; None: never
    latest_s: float | None  #: once its whole segment is, and someone looks; None: perhaps never
    write_records_per_s: float
    capacity_records_per_s: float  #: what may be written before some partition falls behind
    retention_s: float
    segment_s: float  #: from the first record of a segment to the last
    check_interval_s: float  #: between two looks for segments to delete
    partitions: tuple[PartitionLoss, ...]  #: empty: the group was judged as a whole

    @property
    def loses(self) -> bool:
        """Whether unread records are ever deleted, if nothing changes."""
        return self.earliest_s is not None

    @property
    def first(self) -> PartitionLoss | None:
        """The partition that loses first; None: the group was judged as a whole."""
        return min(self.partitions, key=_urgency, default=None)

    @property
    def reason(self) -> str:
        """Why then, or why never, as a sentence without a full stop."""
        first = self.first or self
        rates = (
            f"{format_load(first.capacity_records_per_s, 'records/s')} read against "
            f"{format_load(first.write_records_per_s, 'records/s')} written"
        )
        where = "" if self.first is None else f" in partition {self.first.partition}"
        if self.earliest_s is None:
            return f"nothing unread is lost: {rates}{where}"
        if not self.earliest_s:
            return (
                f"what is unread{where} is already older than the {self.retention_s:,.0f} s it "
                "is kept, and is lost with its segment"
            )
        behind = 1 - first.capacity_records_per_s / first.write_records_per_s
        span = f"after {self.earliest_s:,.0f} s"
        if self.latest_s is not None and self.latest_s > self.earliest_s:
            span = f"{self.earliest_s:,.0f} to {self.latest_s:,.0f} s from now"
        return (
            f"the first unread record is lost {span}: {rates}{where}, so the oldest unread ages "
            f"by {format_share(behind)} of the time that passes, and whole segments are deleted"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per partition, or one for the group as a whole (its partition is missing).

        Columns: partition, write_records_per_s, capacity_records_per_s, earliest_s, latest_s;
        what never happens is missing.
        """
        import pandas as pd

        rows = self.partitions or (self,)
        numbers = [getattr(row, "partition", None) for row in rows]
        return pd.DataFrame(
            {
                "partition": pd.array(numbers, dtype="Int64"),
                "write_records_per_s": [row.write_records_per_s for row in rows],
                "capacity_records_per_s": [row.capacity_records_per_s for row in rows],
                "earliest_s": pd.array([row.earliest_s for row in rows], dtype="Float64"),
                "latest_s": pd.array([row.latest_s for row in rows], dtype="Float64"),
            }
        )

    def __repr__(self) -> str:
        return (
            f"TimeToLoss(earliest_s={_number(self.earliest_s)}, "
            f"latest_s={_number(self.latest_s)}, partitions={len(self.partitions):,})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().head(_ROWS_SHOWN).to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def time_to_loss(
    write_records_per_s: ArrayLike | PartitionLoads,
    *,
    retention_s: float,
    capacity_records_per_s: ArrayLike | GroupCapacity = 0.0,
    age_s: ArrayLike = 0.0,
    segment_s: float | None = None,
    check_interval_s: float | None = None,
) -> TimeToLoss:
    """Compute when a group that falls behind loses its first record to retention.

    The oldest unread record is past retention after ``(retention - age) / (1 - C / λ)``: its
    age grows by what is not read of each second's writes. A broker deletes a segment as a
    whole, once its last record is past retention, and only looks every so often; so the loss
    may come later, by up to ``(segment + check interval) / (1 - C / λ)``.

    Parameters
    ----------
    write_records_per_s : float, array_like or PartitionLoads
        What is written: to the topic, or to each partition. [records/s] > 0 in all
    retention_s : float
        ``retention.ms``: how long records are kept. [s] > 0
    capacity_records_per_s : float, array_like or GroupCapacity, default 0.0
        What the group carries, what it has for each partition, or what `group_capacity`
        gives. 0 if nothing is read. [records/s] >= 0
    age_s : float or array_like, default 0.0
        Age of the oldest unread record now, or of that of each partition. [s] >= 0
    segment_s : float or None, default None
        Time from the first record of a segment to the last: ``segment.ms``, or
        ``segment.bytes`` over what is written to a partition, if that is less. None: the
        default of ``segment.ms``. [s] >= 0
    check_interval_s : float or None, default None
        ``log.retention.check.interval.ms``; None: its default. [s] >= 0

    Returns
    -------
    TimeToLoss
        The earliest and the latest time of the first loss, and the partition it happens in.

    Raises
    ------
    ValueError
        If a number is out of range, or rates do not fit one another.

    Notes
    -----
    That a segment is deleted by the time of its last record is in Kafka's UnifiedLog.

    Examples
    --------
    >>> from kafka_sizing.consumers.retention import time_to_loss
    >>> loss = time_to_loss(1_000, capacity_records_per_s=800, retention_s=86_400, segment_s=3_600)
    >>> round(loss.earliest_s), round(loss.latest_s)
    (432000, 451500)
    """
    check_positive("retention_s", retention_s)
    segment_s = _given_or_default("segment_s", segment_s, "segment.ms")
    check_interval_s = _given_or_default(
        "check_interval_s", check_interval_s, "log.retention.check.interval.ms"
    )
    flows = flows_of(write_records_per_s, capacity_records_per_s)
    ages = _ages(age_s, flows.write_records_per_s.size)
    last_s = float(retention_s) + segment_s + check_interval_s
    queues = tuple(
        PartitionLoss(
            partition=at,
            write_records_per_s=write,
            capacity_records_per_s=capacity,
            age_s=age,
            earliest_s=_time_to_age(float(retention_s), age, write, capacity),
            latest_s=_time_to_age(last_s, age, write, capacity),
        )
        for at, (write, capacity, age) in enumerate(
            zip(
                flows.write_records_per_s.tolist(),
                flows.capacity_records_per_s.tolist(),
                ages.tolist(),
                strict=True,
            )
        )
    )
    latest = [queue.latest_s for queue in queues if queue.latest_s is not None]
    return TimeToLoss(
        earliest_s=min(queues, key=_urgency).earliest_s,
        latest_s=min(latest, default=None),
        write_records_per_s=flows.written,
        capacity_records_per_s=flows.carried,
        retention_s=float(retention_s),
        segment_s=segment_s,
        check_interval_s=check_interval_s,
        partitions=queues if flows.by_partition else (),
    )


def _given_or_default(name: str, given: float | None, setting: str) -> float:
    if given is None:
        return default_of(setting).value
    check_non_negative(name, given)
    return float(given)


def _ages(age_s: Any, queues: int) -> Any:
    if not np.ndim(age_s):
        check_non_negative("age_s", age_s)
        return np.full(queues, float(age_s))
    ages = rates_by_partition("age_s", age_s)
    if ages.size != queues:
        raise ValueError(
            f"age_s must hold one age for each of {queues:,} partitions, got {ages.size:,}"
        )
    return ages


def _time_to_age(limit_s: float, age_s: float, write: float, capacity: float) -> float | None:
    """How long until the oldest unread record has an age; None: it never has."""
    if not write:
        return None
    if age_s >= limit_s:
        return 0.0
    growth = 1 - capacity / write
    return (limit_s - age_s) / growth if growth > ROUNDING else None


def _urgency(loss: PartitionLoss) -> tuple[bool, float]:
    return loss.earliest_s is None, loss.earliest_s or 0.0


def _number(span_s: float | None) -> str:
    return "never" if span_s is None else f"{span_s:,.0f}"
