"""A `TopicDesign` in; the whole `TopicPlan`, each number with its reason, out."""

from __future__ import annotations

from kafka_sizing.topic.planning.brokers import BrokerPlan
from kafka_sizing.topic.planning.count import CountDecision
from kafka_sizing.topic.planning.groups import GroupPlan
from kafka_sizing.topic.planning.keyed import KeyedCount
from kafka_sizing.topic.planning.keys import KeyPlan
from kafka_sizing.topic.planning.plan import TopicPlan, plan_topic
from kafka_sizing.topic.planning.producers import ProducerPlan
from kafka_sizing.topic.planning.retention import RetentionPlan
from kafka_sizing.topic.planning.sensitivity import Sensitivity

__all__ = [
    "BrokerPlan",
    "CountDecision",
    "GroupPlan",
    "KeyPlan",
    "KeyedCount",
    "ProducerPlan",
    "RetentionPlan",
    "Sensitivity",
    "TopicPlan",
    "plan_topic",
]
