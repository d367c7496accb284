"""Results in; text for a terminal, or one HTML page for a review, out."""

from __future__ import annotations

from kafka_sizing.report.page import page
from kafka_sizing.report.redact import Redactor
from kafka_sizing.report.text import plan_text, text

__all__ = ["Redactor", "page", "plan_text", "text"]
