"""A rate, chances of failure and the delays of retries in; a ladder of retry topics out."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, SupportsIndex

from kafka_sizing._checks import check_count, check_non_negative, check_positive
from kafka_sizing.retries.attempts import check_delays, check_failing, failed_shares
from kafka_sizing.retries.counts import (
    PartitionNeeds,
    Publisher,
    partition_needs,
    retry_consumers,
)
from kafka_sizing.retries.naming import (
    Naming,
    RetryTopic,
    SameDelays,
    check_naming,
    dead_letter_topic,
    name_topics,
)
from kafka_sizing.retries.ordering import NO_RETRIES, non_blocking_order
from kafka_sizing.retries.outage import DependencyOutage, dependency_outage
from kafka_sizing.retries.retention import (
    outage_allowance_s,
    retry_retention_s,
    triage_time_s,
)
from kafka_sizing.retries.stages import DeadLetter, RetryStage
from kafka_sizing.retries.wording import seconds_text
from kafka_sizing.settings import default_of
from kafka_sizing.units import format_count, format_load, format_share

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPlan:
    """A ladder of retry topics and the dead-letter topic at its end."""

    topic: str
    records_per_s: float  #: into the topic itself
    failing_fraction: float  #: chance that an attempt at a record that can succeed fails
    always_failing_fraction: float  #: part of the records that never succeed
    delays_s: tuple[float, ...]  #: before each retry
    stages: tuple[RetryStage, ...]  #: fewer than retries where equal delays share a topic
    dead_letter: DeadLetter
    instances: int
    publisher: Publisher
    outage: DependencyOutage | None = None  #: of what the records need; None: none was named

    @property
    def retries(self) -> int:
        """Attempts after the first."""
        return len(self.delays_s)

    @property
    def total_delay_s(self) -> float:
        """From the first attempt to the last: the longest outage that loses nothing. [s]"""
        return sum(self.delays_s)

    @property
    def extra_load_ratio(self) -> float:
        """Retries over records: what the consumers process beyond the topic itself; >= 0."""
        return sum(stage.records_per_s for stage in self.stages) / self.records_per_s

    @property
    def waiting_records(self) -> float:
        """Records that wait in all retry topics together. [records]"""
        return sum(stage.waiting_records for stage in self.stages)

    @property
    def consumers(self) -> int:
        """Consumers of the topic and its retry topics: (retry topics + 1) × instances."""
        return retry_consumers(1, retry_topics=len(self.stages), instances=self.instances)

    @property
    def partitions(self) -> int | None:
        """Partitions of all retry topics and the dead-letter topic; None: not known."""
        counts = [stage.partitions for stage in self.stages] + [self.dead_letter.partitions]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None

    @property
    def ordering(self) -> str:
        """What becomes of the order of a key's records, and by which mechanism, in words."""
        if not self.stages:
            return NO_RETRIES
        return non_blocking_order(self.total_delay_s, self.publisher)

    @property
    def reason(self) -> str:
        """What the ladder costs and what is left over, as a sentence without a full stop."""
        dead = format_load(self.dead_letter.records_per_s, "records/s")
        if not self.stages:
            return f"no retries: {dead} go to {self.dead_letter.topic} after the only attempt"
        retries = format_count(self.retries, "retry", "retries")
        topics = format_count(len(self.stages), "topic")
        waiting = format_load(self.waiting_records, "records")
        text = (
            f"{retries} in {topics} over {seconds_text(self.total_delay_s)}: "
            f"{format_share(self.extra_load_ratio)} more to process, {waiting} waiting, "
            f"{dead} to {self.dead_letter.topic}"
        )
        if self.outage is not None and self.outage.outlasts_retries:
            lost = format_load(round(self.outage.dead_letter_records), "records")
            outage = seconds_text(self.outage.outage_s)
            text += f"; {lost} more if every attempt fails for {outage}"
        paused = [stage.topic for stage in self.stages if stage.needs_pause]
        if paused:
            text += f"; consumers of {', '.join(paused)} must pause and poll on, not sleep"
        return text

    def to_frame(self) -> pd.DataFrame:
        """One row per retry topic, then the dead-letter topic, where delays are missing.

        Columns: name, topic, delay_s, records_per_s, held_records (waiting or retained),
        partitions, retention_s, disk_bytes, needs_pause, reason.
        """
        import pandas as pd

        dead = self.dead_letter
        rows: tuple[RetryStage | DeadLetter, ...] = (*self.stages, dead)
        held = [*(stage.waiting_records for stage in self.stages), dead.retained_records]
        delays = [*(stage.delay_s for stage in self.stages), None]
        partitions = [row.partitions for row in rows]
        disks = [row.disk_bytes for row in rows]
        return pd.DataFrame(
            {
                "name": [*(stage.name for stage in self.stages), "dead letters"],
                "topic": [row.topic for row in rows],
                "delay_s": pd.array(delays, dtype="Float64"),
                "records_per_s": [row.records_per_s for row in rows],
                "held_records": held,
                "partitions": pd.array(partitions, dtype="Int64"),
                "retention_s": [row.retention_s for row in rows],
                "disk_bytes": pd.array(disks, dtype="Float64"),
                "needs_pause": [*(stage.needs_pause for stage in self.stages), False],
                "reason": [row.reason for row in rows],
            }
        )

    def __repr__(self) -> str:
        dead = format_load(self.dead_letter.records_per_s, "records/s")
        return (
            f"RetryPlan({self.topic!r}, retries={self.retries}, topics={len(self.stages)}, "
            f"extra_load={format_share(self.extra_load_ratio)!r}, dead_letters={dead!r})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False, max_rows=10)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def plan_retries(
    records_per_s: float,
    *,
    delays_s: Iterable[float],
    failing_fraction: float,
    always_failing_fraction: float = 0.0,
    topic: str = "topic",
    record_bytes: float | None = None,
    partition_records_per_s: float | None = None,
    processing_s: float | None = None,
    headroom_fraction: float = 0.0,
    publisher: Publisher = "by key",
    main_partitions: SupportsIndex | None = None,
    instances: SupportsIndex = 1,
    replication_factor: SupportsIndex = 3,
    consumer_outage_s: float | None = None,
    triage_s: float | None = None,
    dependency_outage_s: float = 0.0,
    max_poll_interval_s: float | None = None,
    naming: Naming = "delay",
    same_delays: SameDelays = "a topic each",
) -> RetryPlan:
    """Plan non-blocking retries: a topic for each delay, and one for what no retry helped.

    A record that fails goes to the next retry topic, waits there, and is tried again, so the
    topic itself is never held up (the design of Uber, 2018). With a share f that never succeeds
    and a chance p that any other attempt fails, ``λ (f + (1 − f) pⁱ)`` goes into retry i, and
    after R retries ``λ (f + (1 − f) pᴿ⁺¹)`` to the dead letters; ``rate · delay`` waits.

    Parameters
    ----------
    records_per_s : float
        λ, into the topic, at the peak. [records/s] > 0
    delays_s : iterable of float
        The wait before each retry; none: no retries. [s] >= 0
    failing_fraction : float
        p: chance that one attempt fails, each independent of the others. [0, 1)
    always_failing_fraction : float, default 0.0
        f: part of the records that fail every time, whatever is done. [0, 1)
    topic : str, default "topic"
        Name of the topic, from which the others have theirs.
    record_bytes : float or None, default None
        Mean size on disk, after compression; None: disk is not reckoned. [wire bytes] > 0
    partition_records_per_s : float or None, default None
        What one partition takes from producers, or its consumer from it. [records/s] > 0
    processing_s : float or None, default None
        Time that an attempt takes; one partition then carries ``1 / processing_s``. With both,
        the slower decides; with neither, partitions are not reckoned. [s] > 0
    headroom_fraction : float, default 0.0
        Part of what one partition carries to leave unused. [0, 1)
    publisher : {"by key", "same partition"}, default "by key"
        How a failed record is published: its partition chosen anew, by its key, or the same
        partition number as it had, as Spring's `DeadLetterPublishingRecoverer` does: then every
        retry topic and the dead-letter topic must have as many partitions as the topic itself
        (where one is missing, Spring warns and lets the producer choose).
    main_partitions : int or None, default None
        Partitions of the topic; needed for a publisher that keeps the number. >= 1
    instances : int, default 1
        Instances of the application, times the threads that each listens with. >= 1
    replication_factor : int, default 3
        Replicas of each partition. >= 1
    consumer_outage_s : float or None, default None
        Longest outage of a consumer that no record may be lost to. None: a rule of thumb, 3
        days. [s] >= 0
    triage_s : float or None, default None
        Longest until somebody has looked at a dead letter. None: a rule of thumb, 14 days.
        [s] > 0
    dependency_outage_s : float, default 0.0
        Longest time that every attempt fails, for something that all records need is down: what
        that brings into the topics is on their disks, too. 0: none is reckoned with. [s] >= 0
    max_poll_interval_s : float or None, default None
        ``max.poll.interval.ms``. None: Kafka's default. [s] > 0
    naming : {"delay", "index"}, default "delay"
        What is appended to the names of retry topics: the delay in milliseconds, or an index
        from 0, which it is in any case where all of several delays are equal.
    same_delays : {"one topic", "a topic each"}, default "a topic each"
        Whether retries with equal delays, at the end, share a topic.

    Returns
    -------
    RetryPlan
        Each retry topic, the dead-letter topic, and what they cost.

    Raises
    ------
    ValueError
        If a number is out of range, or a publisher keeps the partition number and
        ``main_partitions`` is not given.

    Notes
    -----
    Waits are kept to exactly, and attempts take no time of a record's delay. While a dependency
    is down every attempt fails, and every stage that is reached in that time receives all that
    is written: see `dependency_outage`, and ``outage_partitions`` of a stage.

    Examples
    --------
    >>> from kafka_sizing.retries import plan_retries
    >>> plan = plan_retries(1_000, delays_s=[1, 2, 4], failing_fraction=0.05, topic="orders")
    >>> [(stage.topic, round(stage.records_per_s, 6)) for stage in plan.stages]
    [('orders-retry-1000', 50.0), ('orders-retry-2000', 2.5), ('orders-retry-4000', 0.125)]
    >>> round(plan.dead_letter.records_per_s, 9), round(plan.extra_load_ratio, 9)
    (0.00625, 0.052625)
    """
    check_positive("records_per_s", records_per_s)
    delays = check_delays("delays_s", delays_s)
    failing, always = check_failing(failing_fraction, always_failing_fraction)
    check_naming(topic, naming, same_delays)
    if record_bytes is not None:
        check_positive("record_bytes", record_bytes)
    if max_poll_interval_s is not None:
        check_positive("max_poll_interval_s", max_poll_interval_s)
    check_non_negative("dependency_outage_s", dependency_outage_s)
    outage = None
    if dependency_outage_s:
        outage = dependency_outage(records_per_s, outage_s=dependency_outage_s, delays_s=delays)
    needs = partition_needs(
        partition_records_per_s=partition_records_per_s,
        processing_s=processing_s,
        headroom_fraction=headroom_fraction,
        publisher=publisher,
        main_partitions=main_partitions,
    )
    replicas = check_count("replication_factor", replication_factor)
    shares = failed_shares(
        len(delays) + 1, failing_fraction=failing, always_failing_fraction=always
    )
    size = None if record_bytes is None else float(record_bytes) * replicas
    common = _Common(
        records_per_s=float(records_per_s),
        shares=shares,
        needs=needs,
        outage=outage,
        consumer_outage_s=outage_allowance_s(consumer_outage_s),
        replicated_bytes=size,
        replication_factor=replicas,
        instances=check_count("instances", instances),
        max_poll_interval_s=(
            default_of("max.poll.interval.ms", "consumer").seconds
            if max_poll_interval_s is None
            else float(max_poll_interval_s)
        ),
    )
    named = name_topics(topic, delays, naming=naming, same_delays=same_delays)
    dead_letter = common.dead_letter(
        dead_letter_topic(topic),
        triage_s=triage_time_s(triage_s),
        record_bytes=None if record_bytes is None else float(record_bytes),
    )
    check_non_negative("records_per_s times triage_s", dead_letter.most_records)
    check_non_negative("record_bytes times dead letters kept", dead_letter.disk_bytes or 0)
    return RetryPlan(
        topic=topic,
        records_per_s=float(records_per_s),
        failing_fraction=failing,
        always_failing_fraction=always,
        delays_s=delays,
        stages=tuple(common.stage(each) for each in named),
        dead_letter=dead_letter,
        instances=common.instances,
        publisher=publisher,
        outage=outage,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    """What all stages of a ladder have in common."""

    records_per_s: float
    shares: tuple[float, ...]  #: of the records that reach each attempt, from the first
    needs: PartitionNeeds
    outage: DependencyOutage | None
    consumer_outage_s: float
    replicated_bytes: float | None  #: of a record, in all replicas
    replication_factor: int
    instances: int
    max_poll_interval_s: float

    def stage(self, named: RetryTopic) -> RetryStage:
        """Reckon what one retry topic receives and needs."""
        into = self.shares[named.first_retry : named.last_retry + 1]
        rate = self.records_per_s * sum(into)
        retention_s = retry_retention_s(named.delay_s, self.consumer_outage_s)
        check_non_negative("records_per_s times delays_s", rate * named.delay_s)
        size = self.replicated_bytes
        filled = self._filled_s(named)
        more = sum(
            self.records_per_s * (1 - share) * min(filled_s, retention_s)
            for share, filled_s in zip(into, filled, strict=True)
        )
        disk = None if size is None else (rate * retention_s + more) * size
        check_non_negative("record_bytes times records_per_s and retention", disk or 0)
        return RetryStage(
            name=named.name,
            topic=named.topic,
            delay_s=named.delay_s,
            retries=named.retries,
            records_per_s=rate,
            partitions=self.needs.of(rate),
            outage_partitions=self.needs.of(self.records_per_s * named.retries),
            retention_s=retention_s,
            disk_bytes=disk,
            instances=self.instances,
            max_poll_interval_s=self.max_poll_interval_s,
            outage_records=more,
            outage_records_per_s=self.records_per_s * sum(map(bool, filled)),
        )

    def dead_letter(
        self, topic: str, *, triage_s: float, record_bytes: float | None
    ) -> DeadLetter:
        """Reckon what the dead-letter topic receives and needs."""
        share, outage = self.shares[-1], self.outage
        rate = self.records_per_s * share
        lost = outage is not None and outage.outlasts_retries
        missing_s = outage.missing_delay_s if outage is not None else 0.0
        return DeadLetter(
            topic=topic,
            records_per_s=rate,
            retention_s=triage_s,
            partitions=self.needs.of(rate),
            replication_factor=self.replication_factor,
            record_bytes=record_bytes,
            outage_records=self.records_per_s * (1 - share) * min(missing_s, triage_s),
            outage_records_per_s=self.records_per_s if lost else 0.0,
            outage_partitions=self.needs.of(self.records_per_s) if lost else None,
        )

    def _filled_s(self, named: RetryTopic) -> list[float]:
        """For how long the outage fills each retry of a topic. [s]"""
        retries = range(named.first_retry, named.last_retry + 1)
        if self.outage is None:
            return [0.0 for _ in retries]
        return [self.outage.stages[retry - 1].filled_s for retry in retries]
