"""A plan, a design or raw configurations in; findings, a checklist and alerts out."""

from __future__ import annotations

from kafka_sizing.review.alerts import SIGNALS, Alert, alerts_of
from kafka_sizing.review.case import Practices
from kafka_sizing.review.durability import Durability, losses_survived
from kafka_sizing.review.findings import AreaState, Finding, NotJudged, Review
from kafka_sizing.review.reviewing import review_configs, review_topic
from kafka_sizing.review.rule import AREAS, Area, Line, Mistake, RuleText, Severity, mistakes
from kafka_sizing.review.rules import RULES, Rule

__all__ = [
    "AREAS",
    "RULES",
    "SIGNALS",
    "Alert",
    "Area",
    "AreaState",
    "Durability",
    "Finding",
    "Line",
    "Mistake",
    "NotJudged",
    "Practices",
    "Review",
    "Rule",
    "RuleText",
    "Severity",
    "alerts_of",
    "losses_survived",
    "mistakes",
    "review_configs",
    "review_topic",
]
