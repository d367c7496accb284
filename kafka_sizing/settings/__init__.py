"""A property, or a file of them, in; what Kafka 4.x makes of it, out.

What Kafka does when nobody sets anything is kept here, once, with its source and its date: one
table per side. ``Configuration`` lays what a file sets on top of it.
"""

from kafka_sizing.settings.configuration import (
    Configuration,
    configuration_of,
    topic_configuration,
)
from kafka_sizing.settings.defaults import default_of, defaults
from kafka_sizing.settings.properties import properties_of, properties_text
from kafka_sizing.settings.setting import Setting, SettingValue, Side

__all__ = [
    "Configuration",
    "Setting",
    "SettingValue",
    "Side",
    "configuration_of",
    "default_of",
    "defaults",
    "properties_of",
    "properties_text",
    "topic_configuration",
]
