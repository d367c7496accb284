"""Lag samples and their diagnosis in; one JSON object whose fields stay what they are out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kafka_sizing.consumers.monitoring.diagnosis import LagDiagnosis, Verdict
from kafka_sizing.consumers.monitoring.samples import LagSamples, TopicPartition
from kafka_sizing.report.diagnosis_review import DiagnosisReview, diagnosis_review
from kafka_sizing.report.json_object import json_object


def diagnosis_json(
    diagnosis: LagDiagnosis, samples: LagSamples, *, inputs: Mapping[str, Any] | None = None
) -> str:
    """Write why a group lags as one JSON object.

    Parameters
    ----------
    diagnosis : LagDiagnosis
        The causes, from `diagnose_lag`.
    samples : LagSamples
        What they were found in.
    inputs : mapping of str to anything JSON can hold, optional
        What the results rest on, such as the file that was read.

    Returns
    -------
    str
        The object, in ASCII, ending in a line break.

    Raises
    ------
    TypeError
        If ``diagnosis`` or ``samples`` is something else.

    Examples
    --------
    >>> import json
    >>> import numpy as np
    >>> from kafka_sizing.consumers.monitoring import LagSamples, diagnose_lag
    >>> from kafka_sizing.report.diagnosis_json import diagnosis_json
    >>> ends = np.outer(np.arange(0, 600, 30), [10, 10, 10])
    >>> samples = LagSamples.from_grid(np.arange(0, 600, 30), ends, ends)
    >>> told = json.loads(diagnosis_json(diagnose_lag(samples), samples))
    >>> told["fits"], told["state"], told["burrow_status"]
    (True, 'caught up', 'OK')
    """
    told = diagnosis_review(diagnosis, samples)
    return json_object(
        "diagnose",
        {
            "inputs": dict(inputs or {}),
            "fits": told.fits,
            "state": diagnosis.state,
            "cause": diagnosis.cause,
            "verdict": diagnosis.explain(),
            "lag_records": diagnosis.lag_records,
            "oldest_unread_s": told.lag.lag_s,
            "burrow_status": told.burrow.status.name,
            "samples": {
                "count": len(samples),
                "first_s": float(samples.times_s.min()),
                "last_s": float(samples.times_s.max()),
                "interval_s": samples.interval_s,
            },
            "causes": [_cause(verdict) for verdict in diagnosis.verdicts],
            "partitions": _partitions(told),
            "offset_resets": [
                {
                    **_partition(reset.partition),
                    "kind": reset.kind,
                    "at_s": reset.at_s,
                    "before": reset.before,
                    "after": reset.after,
                }
                for reset in diagnosis.resets
            ],
            "gaps": [
                {**_partition(gap.partition), "starts_s": gap.starts_s, "ends_s": gap.ends_s}
                for gap in diagnosis.gaps
            ],
            "missing": [
                {**_partition(one.partition), "first_s": one.first_s, "last_s": one.last_s}
                for one in diagnosis.missing
            ],
            "uncommitted": _each(diagnosis.uncommitted),
        },
    )


def _cause(verdict: Verdict) -> dict[str, Any]:
    return {
        "cause": verdict.cause,
        "confidence": verdict.confidence,
        "kind": verdict.kind,
        "since_s": verdict.since_s,
        "until_s": verdict.until_s,
        "lag_records": verdict.lag_records,
        "lag_share": verdict.lag_share,
        "partitions": _each(verdict.partitions),
        "members": list(verdict.members),
        "evidence": verdict.evidence,
        "advice": verdict.advice,
    }


def _partitions(told: DiagnosisReview) -> list[dict[str, Any]]:
    statuses = {part.partition: part for part in told.burrow.partitions}
    return [
        {
            **_partition(lag.partition),
            "lag_records": lag.lag_records,
            "oldest_unread_s": lag.lag_s,
            "is_extrapolated": lag.is_extrapolated,
            "burrow_status": statuses[lag.partition].status.name,
            "complete_fraction": statuses[lag.partition].complete_fraction,
        }
        for lag in told.lag.partitions
    ]


def _each(partitions: Iterable[TopicPartition]) -> list[dict[str, Any]]:
    return [_partition(partition) for partition in partitions]


def _partition(partition: TopicPartition) -> dict[str, Any]:
    return {"topic": partition.topic, "partition": partition.partition}
