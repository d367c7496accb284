"""Offsets of a group seen now and then in; its lag in records and seconds, and its cause, out."""

from __future__ import annotations

from kafka_sizing.consumers.monitoring.burrow import BurrowStatus, burrow_status, commit_status
from kafka_sizing.consumers.monitoring.continuity import offset_resets, sample_gaps
from kafka_sizing.consumers.monitoring.coverage import missing_partitions
from kafka_sizing.consumers.monitoring.diagnosis import LagDiagnosis, Verdict, diagnose_lag
from kafka_sizing.consumers.monitoring.lag_seconds import OffsetTable, lag_in_seconds
from kafka_sizing.consumers.monitoring.samples import LagSamples, TopicPartition
from kafka_sizing.consumers.monitoring.thresholds import thresholds

__all__ = [
    "BurrowStatus",
    "LagDiagnosis",
    "LagSamples",
    "OffsetTable",
    "TopicPartition",
    "Verdict",
    "burrow_status",
    "commit_status",
    "diagnose_lag",
    "lag_in_seconds",
    "missing_partitions",
    "offset_resets",
    "sample_gaps",
    "thresholds",
]
