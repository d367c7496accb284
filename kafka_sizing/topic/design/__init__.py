"""The parts of a topic, as people state them, in; one checked `TopicDesign` out."""

from __future__ import annotations

from kafka_sizing.topic.design.clients import Group, Producers
from kafka_sizing.topic.design.design import TopicDesign
from kafka_sizing.topic.design.keys import Keys
from kafka_sizing.topic.design.surroundings import Cluster, Operations, Retries
from kafka_sizing.topic.design.traffic import Traffic

__all__ = [
    "Cluster",
    "Group",
    "Keys",
    "Operations",
    "Producers",
    "Retries",
    "TopicDesign",
    "Traffic",
]
