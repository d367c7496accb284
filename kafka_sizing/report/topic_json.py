"""The plan of a whole topic in; one JSON object whose fields stay what they are out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kafka_sizing.brokers import BrokerFootprint, ClusterFit
from kafka_sizing.report.json_object import json_object
from kafka_sizing.report.names import Names
from kafka_sizing.report.redact import Redactor
from kafka_sizing.report.review_json import review_fields
from kafka_sizing.report.topic_alert_tables import alert_fields
from kafka_sizing.report.topic_json_clients import group_fields, producer_fields
from kafka_sizing.report.topic_review import topic_review
from kafka_sizing.retries import RetryPlan
from kafka_sizing.review import Review
from kafka_sizing.review.alerts import alerts_of
from kafka_sizing.topic.planning import (
    BrokerPlan,
    CountDecision,
    KeyPlan,
    RetentionPlan,
    Sensitivity,
    TopicPlan,
)
from kafka_sizing.topic.planning.retries import RetryTopics
from kafka_sizing.topic.planning.room import LimitUse, limit_uses


def topic_json(
    plan: TopicPlan,
    *,
    review: Review | None = None,
    inputs: Mapping[str, Any] | None = None,
    redact: bool | bytes | Redactor = False,
) -> str:
    """Write the plan of a topic as one JSON object.

    Parameters
    ----------
    plan : TopicPlan
        The plan, from `plan_topic`.
    review : Review, optional
        The findings, from `review_topic`; without it they are left out.
    inputs : mapping of str to anything JSON can hold, optional
        What the plan rests on, such as the file that was read.
    redact : bool, bytes or Redactor, default False
        Replace every key by a short keyed hash.

    Returns
    -------
    str
        The object, in ASCII, ending in a line break.

    Raises
    ------
    TypeError
        If ``plan``, ``review`` or ``redact`` is something else.
    ValueError
        If the secret is below 8 bytes.

    Examples
    --------
    >>> import json
    >>> from kafka_sizing.report.topic_json import topic_json
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic, plan_topic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500, peak_ratio=3),
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ... )
    >>> told = json.loads(topic_json(plan_topic(design)))
    >>> told["fits"], told["count"]["partitions"], told["groups"][0]["members"]
    (True, 8, 8)
    """
    told = topic_review(plan, review=review, redact=redact)
    say = told.wording.named
    return json_object(
        "topic",
        {
            "inputs": dict(inputs or {}),
            "topic": plan.design.name,
            "fits": told.fits,
            "verdict": say(told.reason),
            "answers": [
                {
                    "subject": answer.subject,
                    "answer": answer.answer,
                    "holds": answer.holds,
                    "reason": say(answer.reason),
                }
                for answer in plan.answers
            ],
            "traffic": _traffic(plan),
            "count": _count(plan.count),
            "keys": None if plan.keys is None else _keys(plan.keys, told.names),
            "groups": [group_fields(group) for group in plan.groups],
            "producers": producer_fields(plan.producers),
            "brokers": None if plan.brokers is None else _brokers(plan.brokers),
            "retries": None if plan.retries is None else _retries(plan.retries),
            "retention": _retention(plan.retention),
            "alerts": [alert_fields(alert) for alert in alerts_of(plan)],
            "review": None if review is None else review_fields(review, say),
        },
    )


def _traffic(plan: TopicPlan) -> dict[str, Any]:
    traffic = plan.design.traffic
    horizon = traffic.at_horizon()
    return {
        "write_bytes_per_s": traffic.write_bytes_per_s,
        "record_bytes": traffic.record_bytes,
        "key_bytes": traffic.key_bytes,
        "peak_ratio": traffic.peak_ratio,
        "growth_fraction_per_year": traffic.growth_fraction_per_year,
        "horizon_years": traffic.horizon_years,
        "compression_ratio": traffic.compression_ratio,
        "headroom_fraction": traffic.headroom_fraction,
        "horizon_peak_bytes_per_s": horizon.write_bytes_per_s * horizon.peak_ratio,
        "horizon_peak_wire_bytes_per_s": horizon.peak_wire_bytes_per_s,
        "horizon_peak_records_per_s": horizon.peak_records_per_s,
    }


def _count(count: CountDecision) -> dict[str, Any]:
    broken = {id(limit) for limit in count.broken}
    keyed = count.keyed
    return {
        "partitions": count.partitions,
        "given": count.given,
        "recommended": count.recommended,
        "holds": count.holds,
        "binding": count.binding.name,
        "reason": count.reason,
        "limits": [
            {
                "name": limit.name,
                "bound": limit.bound,
                "partitions": limit.partitions,
                "kept": id(limit) not in broken,
                "kind": limit.kind,
                "reason": limit.reason,
                "source": limit.source,
            }
            for limit in count.limits
        ],
        "keyed": None
        if keyed is None
        else {
            "most_share": keyed.most_share,
            "most_share_of": keyed.most_share_of,
            "hottest_key_share": keyed.hottest_key_share,
            "searched_to_partitions": keyed.searched_to,
        },
        "sensitivity": [_sensitivity(row) for row in count.sensitivity],
    }


def _sensitivity(row: Sensitivity) -> dict[str, Any]:
    return row.as_row() | {"change_ratio": row.change_ratio}


def _keys(plan: KeyPlan, names: Names) -> dict[str, Any]:
    loads, report, comparison = plan.loads, plan.report, plan.comparison
    return {
        "fits": report.fits,
        "verdict": report.explain(names.quoted),
        "partitioner": None if loads.partitioner is None else loads.partitioner.name,
        "unit": loads.unit,
        "total": loads.total,
        "distinct_keys": None if loads.keys is None else round(loads.keys.distinct_keys),
        "hottest_partition": loads.hottest,
        "max_share": loads.max_share,
        "imbalance_ratio": loads.imbalance_ratio,
        "first_fitting_partitions": report.first_fitting,
        "hot_partitions": [
            {
                "partition": partition.partition,
                "load": partition.load,
                "share": partition.share,
                "cause": partition.cause,
                "reason": partition.explain(names.quoted),
            }
            for partition in report.hot
        ],
        "best": None
        if comparison is None
        else {
            "fix": comparison.best.name,
            "fits": comparison.best.fits,
            "peak_share": comparison.best.peak_share,
            "reason": comparison.reason,
        },
    }


def _brokers(plan: BrokerPlan) -> dict[str, Any]:
    return {
        "brokers": plan.cluster.brokers if plan.shows_brokers else None,
        "zones": plan.cluster.zones,
        "limits_of": plan.cluster.limits,
        "fits": plan.fits,
        "reason": plan.reason,
        "today": _footprint(plan, plan.today),
        "horizon": _footprint(plan, plan.horizon),
        "without_broker": _footprint(plan, plan.without_broker),
        "without_zone": _footprint(plan, plan.without_zone),
        "remote_bytes": plan.remote_bytes,
        "cluster_fit": None if plan.horizon_fit is None else _fit(plan.horizon_fit),
        "retry_topics": None if plan.retries is None else _retry_topics(plan.retries),
        "room": [_use(use) for use in limit_uses(plan)],
    }


def _retry_topics(topics: RetryTopics) -> dict[str, Any]:
    return {
        "leaders": topics.leaders,
        "replicas": topics.replicas,
        "disk_bytes": topics.disk_bytes,
        "in_bytes_per_s": topics.in_bytes_per_s,
        "out_bytes_per_s": topics.out_bytes_per_s,
        "consumers": topics.consumers,
    }


def _footprint(plan: BrokerPlan, footprint: BrokerFootprint | None) -> list[dict[str, Any]] | None:
    if footprint is None:
        return None
    return [
        {
            "resource": row["resource"],
            "per": row["per"],
            "amount": float(row["amount"]),
            "unit": row["unit"],
            "kind": row["kind"],
            "source": row["source"],
        }
        for row in plan.rows(footprint)
    ]


def _fit(fit: ClusterFit) -> dict[str, Any]:
    return {
        "cluster": fit.cluster.name,
        "units": fit.units,
        "fits": fit.fits,
        "binding": None if fit.binding is None else fit.binding.limit.name,
        "not_known": [check.limit.name for check in fit.not_known],
        "reason": fit.reason,
    }


def _use(use: LimitUse) -> dict[str, Any]:
    return {
        "limit": use.name,
        "per": use.per,
        "unit": use.unit,
        "allowed": use.allowed,
        "today": use.today,
        "horizon": use.horizon,
        "without_broker": use.without_broker,
        "used_share": use.horizon_share,
        "is_enforced": use.is_enforced,
        "kind": use.kind,
        "source": use.source,
    }


def _retries(plan: RetryPlan) -> dict[str, Any]:
    dead = plan.dead_letter
    return {
        "total_delay_s": plan.total_delay_s,
        "extra_load_ratio": plan.extra_load_ratio,
        "waiting_records": plan.waiting_records,
        "consumers": plan.consumers,
        "ordering": plan.ordering,
        "reason": plan.reason,
        "stages": [
            {
                "topic": stage.topic,
                "delay_s": stage.delay_s,
                "records_per_s": stage.records_per_s,
                "waiting_records": stage.waiting_records,
                "partitions": stage.partitions,
                "outage_partitions": stage.outage_partitions,
                "outage_records": stage.outage_records,
                "retention_s": stage.retention_s,
                "disk_bytes": stage.disk_bytes,
                "needs_pause": stage.needs_pause,
                "reason": stage.reason,
            }
            for stage in plan.stages
        ],
        "dead_letter": {
            "topic": dead.topic,
            "records_per_s": dead.records_per_s,
            "retained_records": dead.retained_records,
            "partitions": dead.partitions,
            "outage_partitions": dead.outage_partitions,
            "outage_records": dead.outage_records,
            "retention_s": dead.retention_s,
            "disk_bytes": dead.disk_bytes,
            "reason": dead.reason,
        },
    }


def _retention(plan: RetentionPlan) -> dict[str, Any]:
    return {
        "kept_s": plan.kept_s,
        "kept_bytes_per_partition": plan.kept_bytes_per_partition,
        "kept_by": plan.kept_by,
        "needed_s": plan.needed_s,
        "needed_by": plan.needed_by,
        "enough": plan.enough,
        "reason": plan.reason,
        "groups": [
            {
                "group": group.name,
                "outage_s": group.outage_s,
                "drain_s": group.drain_s,
                "needed_s": group.needed_s,
            }
            for group in plan.groups
        ],
    }
