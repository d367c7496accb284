"""One topic and all around it, as a file or an object, in; one plan with every reason out."""

from __future__ import annotations

from kafka_sizing.topic.design import (
    Cluster,
    Group,
    Keys,
    Operations,
    Producers,
    Retries,
    TopicDesign,
    Traffic,
)
from kafka_sizing.topic.file import (
    KeyLog,
    design_of,
    read_design,
    template_text,
    topic_schema,
)
from kafka_sizing.topic.planning import TopicPlan, plan_topic
from kafka_sizing.topic.topics import PlannedTopic, planned_topics

__all__ = [
    "Cluster",
    "Group",
    "KeyLog",
    "Keys",
    "Operations",
    "PlannedTopic",
    "Producers",
    "Retries",
    "TopicDesign",
    "TopicPlan",
    "Traffic",
    "design_of",
    "plan_topic",
    "planned_topics",
    "read_design",
    "template_text",
    "topic_schema",
]
