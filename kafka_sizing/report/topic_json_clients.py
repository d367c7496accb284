"""The groups and the producers of a plan in; their fields of a JSON object out."""

from __future__ import annotations

from typing import Any

from kafka_sizing.producers import Batching
from kafka_sizing.topic.planning import GroupPlan, ProducerPlan


def group_fields(plan: GroupPlan) -> dict[str, Any]:
    """Give what a JSON object says of a group."""
    return {
        "group": plan.name,
        "members": plan.members,
        "given_members": plan.group.members,
        "needed_members": plan.needed.members,
        "needed_members_today": plan.needed_today.members,
        "needed_members_to_recover": None
        if plan.needed_to_recover is None
        else plan.needed_to_recover.members,
        "keeps_up": plan.keeps_up,
        "keeps_up_today": plan.keeps_up_today,
        "divides_evenly": plan.divides_evenly,
        "fullest_partitions": plan.capacity.fullest_partitions,
        "fullest_share": plan.capacity.fullest_share,
        "usable_records_per_s": plan.capacity.usable_records_per_s,
        "utilisation_ratio": plan.capacity.utilisation_ratio,
        "utilisation_ratio_today": plan.today.utilisation_ratio,
        "alert_lag_records_per_partition": plan.lag_records_per_partition,
        "outage_s": plan.group.outage_s,
        "drain_s": None if plan.drain is None else plan.drain.drain_s,
        "drains": None if plan.drain is None else plan.drain.drains,
        "recovers": plan.recovers,
        "crash_delay_s": plan.crash_delay_s,
        "batch_s": plan.poll.batch_s,
        "poll_budget_s": plan.poll.budget_s,
        "poll_fits": plan.poll.fits,
        "fetch_memory_bytes": None if plan.memory is None else plan.memory.total_bytes,
        "reason": plan.reason,
    }


def producer_fields(plan: ProducerPlan) -> dict[str, Any]:
    """Give what a JSON object says of the producers."""
    guarantees, latency = plan.verdict.guarantees, plan.latency
    parts = [*latency.parts, *([latency.end] if latency.end else [])]
    return {
        "accepted": plan.verdict.accepted,
        "reason": plan.reason,
        "settings": [
            {
                "property": effect.property,
                "outcome": effect.outcome,
                "given": effect.given,
                "effective": effect.effective,
                "reason": effect.reason,
                "source": effect.source,
            }
            for effect in plan.verdict.effects
        ],
        "guarantees": {
            "idempotent": guarantees.idempotent,
            "transactional": guarantees.transactional,
            "in_order": guarantees.in_order,
            "order": guarantees.order,
            "duplicates": guarantees.duplicates,
            "lost": guarantees.lost,
        },
        "today": _batching(plan.batching),
        "horizon": _batching(plan.horizon),
        "by_partitions": [_batching(each) for each in plan.by_partitions.plans],
        "latency": {
            "least_s": latency.least_s,
            "most_s": latency.most_s,
            "target_s": latency.target_s,
            "within_target": latency.fits,
            "parts": [
                {
                    "part": part.name,
                    "least_s": part.least_s,
                    "most_s": part.most_s,
                    "kind": part.kind,
                    "reason": part.reason,
                    "source": part.source,
                    "date": part.date,
                }
                for part in parts
            ],
        },
    }


def _batching(batching: Batching) -> dict[str, Any]:
    return {
        "partitions": batching.partitions,
        "records_per_s": batching.records_per_s,
        "records_per_batch": batching.records_per_batch,
        "least_records_per_batch": batching.least_records_per_batch,
        "records_that_fit": batching.records_that_fit,
        "filled_by": batching.filled_by,
        "batch_bytes": batching.batch_bytes,
        "batches_per_s": batching.batches_per_s,
        "least_requests_per_s": batching.least_requests_per_s,
        "requests_per_s": batching.requests_per_s,
        "payload_bytes_per_s": batching.payload_bytes_per_s,
        "wire_bytes_per_s": batching.wire_bytes_per_s,
        "memory_bytes": batching.memory_bytes,
        "buffer_s": batching.buffer_s,
    }
