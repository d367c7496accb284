"""A design file, with units as people write them, in; a `TopicDesign`, or its schema, out."""

from __future__ import annotations

from kafka_sizing.topic.file.path import read_design
from kafka_sizing.topic.file.reading import KeyLog, design_of
from kafka_sizing.topic.file.schema import topic_schema
from kafka_sizing.topic.file.template import template_text

__all__ = ["KeyLog", "design_of", "read_design", "template_text", "topic_schema"]
