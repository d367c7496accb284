"""A plan in; the alerts to set up for it, each with its threshold and its owner, out."""

from kafka_sizing.review.alerts.alert import SIGNALS, Alert
from kafka_sizing.review.alerts.reckoning import alerts_of

__all__ = ["SIGNALS", "Alert", "alerts_of"]
