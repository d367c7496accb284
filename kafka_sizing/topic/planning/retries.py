"""A design's retries in; the ladder of retry topics, and what its topics take, out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kafka_sizing.retries import DeadLetter, RetryPlan, RetryStage, plan_retries
from kafka_sizing.topic.design import TopicDesign


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryTopics:
    """What the retry topics and the dead letters take of a cluster, at the peak."""

    leaders: int
    replicas: int  #: leaders included
    disk_bytes: float  #: all replicas
    in_records_per_s: float  #: before replication; while a stated outage lasts, if there is one
    out_records_per_s: float  #: nobody reads dead letters as they come
    record_bytes: float  #: on the wire
    consumers: int  #: of the retry topics alone

    @property
    def in_bytes_per_s(self) -> float:
        """What is written to them. [wire bytes/s]"""
        return self.in_records_per_s * self.record_bytes

    @property
    def out_bytes_per_s(self) -> float:
        """What is read from them. [wire bytes/s]"""
        return self.out_records_per_s * self.record_bytes

    def scaled(self, ratio: float) -> RetryTopics:
        """Give what they take of another load: topics and consumers are there already."""
        return replace(
            self,
            disk_bytes=self.disk_bytes * ratio,
            in_records_per_s=self.in_records_per_s * ratio,
            out_records_per_s=self.out_records_per_s * ratio,
        )


def plan_ladder(design: TopicDesign) -> RetryPlan | None:
    """Plan the retry topics and the dead-letter topic; None if there are none.

    A partition of theirs carries what a member reads, as one of the topic itself does.
    """
    retries = design.retries
    if retries is None:
        return None
    traffic = design.traffic.at_horizon()
    groups = design.retrying_groups
    reads = max((group.read_ratio for group in groups), default=1.0)
    slowest = min((group.records_per_s for group in groups), default=None)
    longest_s = max((group.outage_s for group in groups), default=0.0)
    return plan_retries(
        traffic.peak_records_per_s * reads,
        delays_s=retries.delays_s,
        failing_fraction=retries.failing_fraction,
        always_failing_fraction=retries.always_failing_fraction,
        topic=design.name,
        record_bytes=_record_bytes(design),
        partition_records_per_s=slowest,
        headroom_fraction=traffic.headroom_fraction,
        instances=retries.instances,
        replication_factor=design.replication_factor,
        consumer_outage_s=longest_s or None,
        triage_s=retries.triage_s,
        dependency_outage_s=retries.outage_s,
    )


def side_partitions(
    topic: RetryStage | DeadLetter, ladder: RetryPlan, *, main_partitions: int
) -> int:
    """Count the partitions of a retry topic or the dead letters.

    As many as carry the rate, or the rate of a stated outage; where nothing says how much one
    carries, as many as the main topic has.
    """
    needed = topic.partitions
    if ladder.outage is not None and topic.outage_partitions is not None:
        needed = topic.outage_partitions
    return main_partitions if needed is None else needed


def retry_topics(
    design: TopicDesign, ladder: RetryPlan | None, *, main_partitions: int
) -> RetryTopics | None:
    """Add up what the topics of a ladder take, at the peak of the horizon."""
    if ladder is None:
        return None
    topics: tuple[RetryStage | DeadLetter, ...] = (*ladder.stages, ladder.dead_letter)
    leaders = sum(
        side_partitions(each, ladder, main_partitions=main_partitions) for each in topics
    )
    read = sum(stage.most_records_per_s for stage in ladder.stages)
    return RetryTopics(
        leaders=leaders,
        replicas=leaders * design.replication_factor,
        disk_bytes=sum(each.disk_bytes or 0.0 for each in topics),
        in_records_per_s=read + ladder.dead_letter.most_records_per_s,
        out_records_per_s=read,
        record_bytes=_record_bytes(design),
        consumers=len(ladder.stages) * ladder.instances,
    )


def _record_bytes(design: TopicDesign) -> float:
    return design.traffic.record_bytes / design.traffic.compression_ratio
