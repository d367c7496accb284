"""A plan in; the files that other tools read, as text, out."""

from kafka_sizing.report.exports.client_properties import client_properties
from kafka_sizing.report.exports.prometheus import prometheus_rules
from kafka_sizing.report.exports.shell import shell
from kafka_sizing.report.exports.strimzi import strimzi
from kafka_sizing.report.exports.terraform import terraform

__all__ = ["client_properties", "prometheus_rules", "shell", "strimzi", "terraform"]
