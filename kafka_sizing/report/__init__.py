"""Results in; text for a terminal, or one HTML page for a review, out."""

from __future__ import annotations

from kafka_sizing.report.diagnosis_page import diagnosis_page
from kafka_sizing.report.diagnosis_text import diagnosis_text
from kafka_sizing.report.lag_page import lag_page
from kafka_sizing.report.lag_text import lag_text
from kafka_sizing.report.page import page
from kafka_sizing.report.redact import Redactor
from kafka_sizing.report.review_text import review_text
from kafka_sizing.report.text import plan_text, text
from kafka_sizing.report.topic_page import topic_page
from kafka_sizing.report.topic_text import topic_text

__all__ = [
    "Redactor",
    "diagnosis_page",
    "diagnosis_text",
    "lag_page",
    "lag_text",
    "page",
    "plan_text",
    "review_text",
    "text",
    "topic_page",
    "topic_text",
]
