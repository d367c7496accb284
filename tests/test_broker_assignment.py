"""Real groups share out topics on a real broker; who owns what is what `assign` says.

Every group goes through the same life: three members form it, one leaves, and another joins.
The rest is up to the client's own assignor.
"""

import gc
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from kafka_sizing.consumers.assignment import Assignment, Member, assign

pytestmark = [
    pytest.mark.needs_dev,
    pytest.mark.filterwarnings("ignore:.*is deprecated. Use files:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # kafka-python's
]

TOPICS = {"orders": 7, "payments": 4, "refunds": 1}
EVERYTHING = {(topic, number) for topic, count in TOPICS.items() for number in range(count)}
CLIENTS = ("confluent-kafka", "kafka-python")
EXACT = [(client, assignor) for client in CLIENTS for assignor in ("range", "roundrobin")]
STICKY = [("confluent-kafka", "cooperative-sticky"), ("kafka-python", "sticky")]
#: Groups in which the last member subscribes to one topic only. Sticky assignors differ in how
#: well they then do, and round-robin of kafka-python 3.0 fails.
MIXED = [group for group in EXACT if group != ("kafka-python", "roundrobin")]

SESSION_TIMEOUT_MS, HEARTBEAT_MS = 3_000, 300
STILL_S, PATIENCE_S = 2.0, 40.0


def stages_of(client: str, assignor: str) -> list[tuple[Member, ...]]:
    """Who is in the group, one stage after the other."""
    first, second, third = (Member(f"member-{number}") for number in range(3))
    late = Member("member-3", topics=["orders"] if (client, assignor) in MIXED else None)
    return [(first, second, third), (second, third), (second, third, late)]


def confluent_consumer(address: str, group: str, member: Member, assignor: str) -> Any:
    from confluent_kafka import Consumer

    consumer = Consumer(
        {
            "bootstrap.servers": address,
            "group.id": group,
            "client.id": member.name,  # the broker begins the member id with it
            "partition.assignment.strategy": assignor,
            "session.timeout.ms": SESSION_TIMEOUT_MS,
            "heartbeat.interval.ms": HEARTBEAT_MS,
            "log_level": 0,
        }
    )
    consumer.subscribe(list(member.topics or TOPICS))
    return consumer


def kafka_python_consumer(address: str, group: str, member: Member, assignor: str) -> Any:
    from kafka import KafkaConsumer

    module, name = {
        "range": ("range", "RangePartitionAssignor"),
        "roundrobin": ("roundrobin", "RoundRobinPartitionAssignor"),
        "sticky": ("sticky.sticky_assignor", "StickyPartitionAssignor"),
    }[assignor]
    return KafkaConsumer(
        *(member.topics or TOPICS),
        bootstrap_servers=address,
        group_id=group,
        client_id=member.name,
        partition_assignment_strategy=[
            getattr(import_module(f"kafka.coordinator.assignors.{module}"), name)
        ],
        session_timeout_ms=SESSION_TIMEOUT_MS,
        heartbeat_interval_ms=HEARTBEAT_MS,
    )


class LiveMember:
    """A real consumer that polls in a thread of its own until it leaves."""

    def __init__(self, client: str, address: str, group: str, member: Member, assignor: str):
        make, self._poll_for = {
            "confluent-kafka": (confluent_consumer, 0.2),
            "kafka-python": (kafka_python_consumer, 200),
        }[client]
        self._consumer = make(address, group, member, assignor)
        self.owned: frozenset[tuple[str, int]] = frozenset()
        self._leaves = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def _live(self) -> None:
        while not self._leaves.is_set():
            self._consumer.poll(self._poll_for)
            self.owned = frozenset(
                (each.topic, each.partition) for each in self._consumer.assignment()
            )
        self._consumer.close()

    def leave(self) -> None:
        self._leaves.set()
        self._thread.join(20)


def life_of_group(address: str, client: str, assignor: str) -> list[Assignment]:
    """Lead a group through its stages; give who owned what in each."""
    group = f"{client}-{assignor}"
    live: dict[str, LiveMember] = {}
    seen: list[Assignment] = []
    try:
        for stage in stages_of(client, assignor):
            for name in live.keys() - {member.name for member in stage}:
                live.pop(name).leave()
            for member in stage:
                if member.name not in live:
                    live[member.name] = LiveMember(client, address, group, member, assignor)
            before = seen[-1] if seen else None
            seen.append(replace(settled(live), previous=before))
    finally:
        for member in live.values():
            member.leave()
    return seen


def settled(live: dict[str, LiveMember]) -> Assignment:
    """Wait until all is owned once, each member owns something, and nothing moves any more."""
    until_s = time.monotonic() + PATIENCE_S
    before, since_s = None, 0.0
    while time.monotonic() < until_s:
        now = {name: member.owned for name, member in live.items()}
        if now != before:
            before, since_s = now, time.monotonic()
        owned = Counter(each for ownership in now.values() for each in ownership)
        complete = owned == Counter(EVERYTHING) and all(now.values())
        if complete and time.monotonic() - since_s > STILL_S:
            owner = {each: name for name, ownership in now.items() for each in ownership}
            return Assignment.from_names(
                {topic: [owner[topic, at] for at in range(TOPICS[topic])] for topic in TOPICS}
            )
        time.sleep(0.05)
    pytest.fail(f"the group did not settle: {before}")


@pytest.fixture(scope="module")
def lives(broker) -> dict[tuple[str, str], list[Assignment]]:
    """Who owned what, in each stage of each group; all groups live at the same time."""
    for topic, count in TOPICS.items():
        broker.create_topic(topic, count)
    groups = EXACT + STICKY
    with ThreadPoolExecutor(len(groups)) as pool:
        futures = [pool.submit(life_of_group, broker.address, *group) for group in groups]
        seen = {group: future.result() for group, future in zip(groups, futures, strict=True)}
    gc.collect()  # while the filter for sockets that kafka-python leaves open is on
    return seen


def ours(client: str, assignor: str, lived: list[Assignment]) -> list[Assignment]:
    """Say what comes of each stage, from what the real group had before."""
    return [
        assign(TOPICS, stage, assignor=assignor, previous=real.previous)
        for stage, real in zip(stages_of(client, assignor), lived, strict=True)
    ]


def owners_of(assignment: Assignment) -> dict[tuple[str, int], str | None]:
    return {each: assignment.owner_of(*each) for each in EVERYTHING}


@pytest.mark.parametrize(("client", "assignor"), EXACT)
def test_every_partition_has_the_owner_that_we_say(lives, client, assignor):
    lived = lives[client, assignor]
    for real, our in zip(lived, ours(client, assignor, lived), strict=True):
        assert owners_of(real) == owners_of(our)


@pytest.mark.parametrize(("client", "assignor"), STICKY)
def test_a_new_sticky_group_has_the_owners_that_we_say(lives, client, assignor):
    lived = lives[client, assignor]
    assert owners_of(lived[0]) == owners_of(ours(client, assignor, lived)[0])


@pytest.mark.parametrize(("client", "assignor"), STICKY)
def test_a_sticky_group_moves_as_much_as_we_say_and_is_as_even(lives, client, assignor):
    """Which of several equal partitions moves is up to the client."""
    lived = lives[client, assignor]
    for real, our in zip(lived, ours(client, assignor, lived), strict=True):
        assert real.moves == our.moves
        assert sorted(real.partition_counts) == sorted(our.partition_counts)
