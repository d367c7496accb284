"""Topics in; the lines of Kafka's own command-line tools that create them out."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from kafka_sizing.report.exports.names import one_line
from kafka_sizing.topic.planning.plan import TopicPlan
from kafka_sizing.topic.topics import PlannedTopic, as_topics


def shell(
    plan: TopicPlan | Iterable[PlannedTopic], *, bootstrap_server: str = "localhost:9092"
) -> str:
    """Write a shell script that creates the topics of a plan and sets their properties.

    It can run again: a topic that is there keeps its partitions and gets its properties set.

    Parameters
    ----------
    plan : TopicPlan or iterable of PlannedTopic
        The plan, or topics as `planned_topics` gives them.
    bootstrap_server : str, default "localhost:9092"
        Where the cluster answers.

    Returns
    -------
    str
        A bash script; the tools of Apache Kafka must be on PATH.

    Examples
    --------
    >>> from kafka_sizing.report.exports import shell
    >>> from kafka_sizing.topic.topics import PlannedTopic
    >>> topic = PlannedTopic(name="orders", role="main", partitions=12, replication_factor=3)
    >>> print(shell([topic]).splitlines()[-1])
    kafka-topics.sh --bootstrap-server localhost:9092 --create --if-not-exists --topic orders \
--partitions 12 --replication-factor 3
    """
    lines = [
        "#!/usr/bin/env bash",
        "# A topic that is there already keeps its partitions: more of them would move its keys.",
        "set -euo pipefail",
    ]
    for topic in as_topics(plan):
        lines += ["", f"# {one_line(topic.headline)}"]
        lines += [shlex.join(command) for command in _commands(topic, bootstrap_server)]
    return "\n".join(lines) + "\n"


def _commands(topic: PlannedTopic, server: str) -> Iterator[list[str]]:
    at = _option("bootstrap-server", server)
    create = ["kafka-topics.sh", *at, "--create", "--if-not-exists", *_option("topic", topic.name)]
    create += ["--partitions", str(topic.partitions)]
    create += ["--replication-factor", str(topic.replication_factor)]
    for name, value in topic.config.items():
        create += ["--config", f"{name}={value}"]
    yield create
    if topic.config:
        pairs = ",".join(f"{name}={_in_list(value)}" for name, value in topic.config.items())
        alter = ["kafka-configs.sh", *at, "--alter", "--entity-type", "topics"]
        yield [*alter, *_option("entity-name", topic.name), "--add-config", pairs]


def _option(name: str, value: str) -> list[str]:
    """Write an option; a value that looks like one itself goes into the same word."""
    return [f"--{name}={value}"] if value.startswith("-") else [f"--{name}", value]


def _in_list(value: str) -> str:
    """Bracket what has a comma: kafka-configs.sh separates properties by commas."""
    return f"[{value}]" if "," in value else value
