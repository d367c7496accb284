"""A rate, chances of failure and waits in; retry and dead-letter topics, and their price, out."""

from __future__ import annotations

from kafka_sizing.retries.blocking import BlockingRetry, blocking_retry
from kafka_sizing.retries.comparison import RetryComparison, RetryCost, compare_retries
from kafka_sizing.retries.counts import retry_consumers
from kafka_sizing.retries.defaults import RetryDefault, retry_default, retry_defaults
from kafka_sizing.retries.ladder import RetryPlan, plan_retries
from kafka_sizing.retries.loop import SameTopicRetry, same_topic_retry
from kafka_sizing.retries.naming import RetryTopic
from kafka_sizing.retries.outage import DependencyOutage, OutageStage, dependency_outage
from kafka_sizing.retries.retention import (
    RetentionCheck,
    check_dead_letter_retention,
    check_retry_retention,
)
from kafka_sizing.retries.spring import (
    SpringRetryTopics,
    spring_blocking_backoffs,
    spring_retry_topics,
)
from kafka_sizing.retries.stages import DeadLetter, RetryStage

__all__ = [
    "BlockingRetry",
    "DeadLetter",
    "DependencyOutage",
    "OutageStage",
    "RetentionCheck",
    "RetryComparison",
    "RetryCost",
    "RetryDefault",
    "RetryPlan",
    "RetryStage",
    "RetryTopic",
    "SameTopicRetry",
    "SpringRetryTopics",
    "blocking_retry",
    "check_dead_letter_retention",
    "check_retry_retention",
    "compare_retries",
    "dependency_outage",
    "plan_retries",
    "retry_consumers",
    "retry_default",
    "retry_defaults",
    "same_topic_retry",
    "spring_blocking_backoffs",
    "spring_retry_topics",
]
