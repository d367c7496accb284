"""Topics that every export must be able to write."""

import pytest

from kafka_sizing.topic.topics import PlannedTopic

SAFE = {
    "retention.ms": "604800000",
    "cleanup.policy": "compact,delete",
    "unclean.leader.election.enable": "false",
    "min.cleanable.dirty.ratio": "0.1",
}


@pytest.fixture
def topics() -> list[PlannedTopic]:
    """A main topic with settings of every type, and a dead-letter topic with none."""
    return [
        PlannedTopic(
            name="orders",
            role="main",
            partitions=12,
            replication_factor=3,
            config=SAFE,
            reason="group billing needs\n12",
        ),
        PlannedTopic(name="orders.DLT", role="dead letter", partitions=1, replication_factor=3),
    ]
