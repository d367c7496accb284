"""A design's retries in; the ladder of retry topics at the peak of the horizon out."""

from __future__ import annotations

from kafka_sizing.retries import RetryPlan, plan_retries
from kafka_sizing.topic.design import TopicDesign


def plan_ladder(design: TopicDesign) -> RetryPlan | None:
    """Plan the retry topics and the dead-letter topic; None if there are none."""
    retries = design.retries
    if retries is None:
        return None
    traffic = design.traffic.at_horizon()
    groups = design.retrying_groups
    reads = max((group.read_ratio for group in groups), default=1.0)
    slowest = min((group.records_per_s for group in groups), default=None)
    usable = 1 - traffic.headroom_fraction
    times = [group.processing_s for group in groups if group.processing_s is not None]
    return plan_retries(
        traffic.peak_records_per_s * reads,
        delays_s=retries.delays_s,
        failing_fraction=retries.failing_fraction,
        always_failing_fraction=retries.always_failing_fraction,
        topic=design.name,
        record_bytes=traffic.record_bytes / traffic.compression_ratio,
        partition_records_per_s=None if slowest is None else slowest * usable,
        processing_s=max(times, default=None),
        instances=retries.instances,
        replication_factor=design.replication_factor,
        consumer_outage_s=max((group.outage_s for group in groups), default=0.0),
        triage_s=retries.triage_s,
    )
