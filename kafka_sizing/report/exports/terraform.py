"""Topics in; the resources of the Terraform provider Mongey/kafka out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kafka_sizing.report.exports.names import admitted_name, one_line
from kafka_sizing.topic.planning.plan import TopicPlan
from kafka_sizing.topic.topics import PlannedTopic, as_topics

_HEAD: Final = """\
# Resources of the provider Mongey/kafka; the module that holds them says where the cluster is:
# terraform { required_providers { kafka = { source = "Mongey/kafka" } } }
"""
_IDENTIFIER: Final = "[A-Za-z_][A-Za-z0-9_-]*"
_MOST_CHARACTERS: Final = 128  # of a label; for people, Terraform sets no limit
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def terraform(plan: TopicPlan | Iterable[PlannedTopic]) -> str:
    """Write a ``kafka_topic`` resource for every topic of a plan.

    Each is guarded by ``prevent_destroy``: Terraform replaces a topic, records and all, where
    its partitions become fewer.

    Parameters
    ----------
    plan : TopicPlan or iterable of PlannedTopic
        The plan, or topics as `planned_topics` gives them.

    Returns
    -------
    str
        HCL, to be saved as a ``.tf`` file.

    Examples
    --------
    >>> from kafka_sizing.report.exports import terraform
    >>> from kafka_sizing.topic.topics import PlannedTopic
    >>> topic = PlannedTopic(name="orders", role="main", partitions=12, replication_factor=3)
    >>> print(terraform([topic]).splitlines()[4])
    resource "kafka_topic" "orders" {
    """
    return "\n".join([_HEAD, *(_resource(topic) for topic in as_topics(plan))])


def _resource(topic: PlannedTopic) -> str:
    label = admitted_name(
        topic.name,
        pattern=_IDENTIFIER,
        allowed="A-Za-z0-9_",
        most=_MOST_CHARACTERS,
        prefix="topic-",
    )
    lines = [
        f"# {one_line(topic.headline)}",
        f"resource {_quoted('kafka_topic')} {_quoted(label)} {{",
        f"  name               = {_quoted(topic.name)}",
        f"  partitions         = {topic.partitions}",
        f"  replication_factor = {topic.replication_factor}",
    ]
    if topic.config:
        config = {_quoted(name): _quoted(value) for name, value in topic.config.items()}
        width = max(map(len, config))
        lines += ["", "  config = {"]
        lines += [f"    {name:{width}} = {value}" for name, value in config.items()]
        lines.append("  }")
    lines += ["", "  lifecycle {", "    prevent_destroy = true", "  }", "}", ""]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Write a string of HCL; ``${`` and ``%{`` would begin a template."""
    safe = "".join(_ESCAPES.get(sign) or _printable(sign) for sign in text)
    return '"' + re.sub(r"([$%])\{", r"\1\1{", safe) + '"'


def _printable(sign: str) -> str:
    if sign.isprintable() or ord(sign) > 0xFFFF:
        return sign
    return f"\\u{ord(sign):04x}"
