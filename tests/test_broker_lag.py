"""A real group loses a member and gets it back; its lag is what `simulate_lag` foretells.

Records with the keys of a real log, three of them hot, are written to a real broker at a known
rate. Members of a consumer group read them, each a process that handles so many records a
second. One is killed; when its session is over the others take its partitions; it comes back,
and the group catches up. The simulation gets nothing that was measured here, only what is
known beforehand: the rates, the keys, the timeouts, and how long this broker holds a join.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kafka_sizing import KeyLoads, PartitionLoads, place
from kafka_sizing.consumers import ConsumerSettings, Crash, simulate_lag
from kafka_sizing.consumers.monitoring import LagSamples, diagnose_lag
from kafka_sizing.consumers.monitoring.samples import NO_COMMIT, NOBODY

pytestmark = pytest.mark.needs_dev

TOPIC, PARTITIONS = "flights", 6
WRITTEN_RECORDS_PER_S = 240.0

GROUP, MEMBERS = "throttled", 3
MEMBER_RECORDS_PER_S = 200.0
CRASHED, RETURNED = 1, 3  # who comes back is a new member
SETTINGS = ConsumerSettings(
    session_timeout_s=12.0, heartbeat_interval_s=0.5, auto_commit_interval_s=0.2
)
# The test broker holds every join for half the session timeout; before that, a member hears of
# the rebalance when it sends its heartbeat.
BARRIER_S = SETTINGS.session_timeout_s / 2 + SETTINGS.heartbeat_interval_s

CRASH_AT_S, BACK_AT_S, END_S = 3.0, 24.0, 56.0
SAMPLE_S = 0.25


class Members:
    """Processes that can join the group, one for each number."""

    def __init__(self, address: str, folder: Path) -> None:
        self.logs = [folder / f"member-{number}" for number in range(RETURNED + 1)]
        self.processes = [start_member(address, log) for log in self.logs]

    @property
    def names(self) -> list[str]:
        return [log.name for log in self.logs]

    def join(self, number: int) -> None:
        self.processes[number].stdin.write("join\n")
        self.processes[number].stdin.flush()

    def kill(self, number: int) -> None:
        self.processes[number].kill()

    def form_group(self, count: int) -> None:
        """Let the first members join, and wait until each owns something."""
        for number in range(count):
            self.join(number)
        until_s = time.monotonic() + 30
        while not all(log.read_text() for log in self.logs[:count]):
            assert time.monotonic() < until_s, "the group did not form"
            time.sleep(0.1)

    def changes(self) -> list[tuple[float, int, list[int]]]:
        """Who said when to own what, in order of time."""
        return sorted(
            (at_s, number, owned)
            for number, log in enumerate(self.logs)
            for at_s, owned in map(json.loads, log.read_text().splitlines())
        )

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.stdin.close()
            process.wait(10)


def start_member(address: str, log: Path) -> subprocess.Popen[str]:
    settings = {
        "bootstrap.servers": address,
        "group.id": GROUP,
        "client.id": log.name,  # the broker begins the member id with it
        "partition.assignment.strategy": "range",
        "session.timeout.ms": int(SETTINGS.session_timeout_s * 1_000),
        "heartbeat.interval.ms": int(SETTINGS.heartbeat_interval_s * 1_000),
        "auto.commit.interval.ms": int(SETTINGS.auto_commit_interval_s * 1_000),
        "auto.offset.reset": "earliest",
        "enable.auto.offset.store": False,  # a record counts as read once it is handled
        "log_level": 0,
    }
    script = Path(__file__).with_name("throttled_member.py")
    command = [sys.executable, script, TOPIC, str(MEMBER_RECORDS_PER_S), json.dumps(settings)]
    with log.open("w") as out:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, text=True)


def write_records(address: str, keys: KeyLoads, start_s: float) -> None:
    """Write at the known rate, by the clock, until the end."""
    from confluent_kafka import Producer

    settings = {
        "bootstrap.servers": address,
        "partitioner": "murmur2_random",  # that of the Java client
        "batch.num.messages": 1,  # to this broker's end offset a batch is one record
        "linger.ms": 0,
        "log_level": 0,
    }
    producer = Producer(settings)
    records = round(END_S * WRITTEN_RECORDS_PER_S)
    for record, key in zip(range(records), evenly(keys), strict=False):
        sleep_until(start_s + record / WRITTEN_RECORDS_PER_S)
        producer.produce(TOPIC, key=key, value=b"")
        producer.poll(0)
    assert producer.flush(10) == 0


def evenly(keys: KeyLoads) -> Iterator[bytes]:
    """Give keys by their shares for ever, spread by the golden ratio: no chance, no clumps."""
    names, ends = list(keys.keys), np.cumsum(keys.shares)
    turn = 0.0
    while True:
        turn = (turn + (np.sqrt(5) - 1) / 2) % 1
        yield names[min(int(np.searchsorted(ends, turn, side="right")), len(names) - 1)]


def sleep_until(at_s: float) -> None:
    time.sleep(max(0.0, at_s - time.monotonic()))


@pytest.fixture(scope="module")
def loads(carriers) -> PartitionLoads:
    return place(carriers, PARTITIONS)


@pytest.fixture(scope="module")
def live(broker, carriers, tmp_path_factory) -> LagSamples:
    """What a lag monitor saw of the group, from before the crash until it had caught up."""
    broker.create_topic(TOPIC, PARTITIONS)
    members = Members(broker.address, tmp_path_factory.mktemp("members"))
    try:
        members.form_group(MEMBERS)
        start_s = time.monotonic()
        with ThreadPoolExecutor() as pool:
            writing = pool.submit(write_records, broker.address, carriers, start_s)
            samples = watch(broker.address, members, start_s)
            writing.result(10)
        return samples
    finally:
        members.close()


def watch(address: str, members: Members, start_s: float) -> LagSamples:
    """Take samples, and let the crash and the return happen meanwhile."""
    from confluent_kafka.admin import AdminClient

    admin = AdminClient({"bootstrap.servers": address, "log_level": 0})
    happens = {
        CRASH_AT_S: lambda: members.kill(CRASHED),
        BACK_AT_S: lambda: members.join(RETURNED),
    }
    times_s: list[float] = []
    committed: list[list[int]] = []
    ends: list[list[int]] = []
    for at_s in np.arange(SAMPLE_S, END_S, SAMPLE_S).tolist():
        sleep_until(start_s + at_s)
        if at_s in happens:
            happens[at_s]()
        times_s.append(time.monotonic() - start_s)
        committed.append(committed_offsets(admin))
        ends.append(end_offsets(admin))
    return LagSamples.from_grid(
        times_s,
        committed,
        ends,
        members=members.names,
        owner=owners_at(np.add(times_s, start_s), members),
    )


def committed_offsets(admin) -> list[int]:
    from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition

    wanted = [TopicPartition(TOPIC, partition) for partition in range(PARTITIONS)]
    asked = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(GROUP, wanted)])
    found = {each.partition: each.offset for each in asked[GROUP].result(10).topic_partitions}
    return [max(found.get(partition, NO_COMMIT), NO_COMMIT) for partition in range(PARTITIONS)]


def end_offsets(admin) -> list[int]:
    from confluent_kafka import TopicPartition
    from confluent_kafka.admin import OffsetSpec

    asked = [TopicPartition(TOPIC, partition) for partition in range(PARTITIONS)]
    found = admin.list_offsets(dict.fromkeys(asked, OffsetSpec.latest()))
    return [found[partition].result(10).offset for partition in asked]


def owners_at(times_s: NDArray[np.float64], members: Members) -> NDArray[np.int64]:
    """Give who owned each partition at each time, by what the members said."""
    owners = np.full((len(times_s), PARTITIONS), NOBODY)
    for at_s, member, owned in members.changes():
        later = owners[times_s >= at_s]
        later[later == member] = NOBODY
        later[:, owned] = member
        owners[times_s >= at_s] = later
    return owners


@pytest.fixture(scope="module")
def foretold(loads) -> LagSamples:
    """What a monitor of the simulated group sees."""
    crash = Crash(at_s=CRASH_AT_S, member=CRASHED, back_after_s=BACK_AT_S - CRASH_AT_S)
    lag = simulate_lag(
        WRITTEN_RECORDS_PER_S,
        shares=loads,
        member=MEMBER_RECORDS_PER_S,
        members=MEMBERS,
        duration_s=END_S,
        step_s=0.05,
        protocol="eager",
        settings=SETTINGS,
        barrier_s=BARRIER_S,
        events=[crash],
    )
    return lag.samples(every_s=SAMPLE_S, commit_interval_s=SETTINGS.auto_commit_interval_s)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lag:
    """The lag of one partition over time."""

    times_s: NDArray[np.float64]
    records: NDArray[np.int64]

    @property
    def peak_records(self) -> int:
        return int(self.records.max())

    def drain_s(self, *, within_records: float) -> float:
        """How long it took from the peak until the lag was small for good."""
        behind = np.flatnonzero(self.records > within_records)
        return float(self.times_s[behind[-1]] - self.times_s[self.records.argmax()])


def lag_of(samples: LagSamples, partition: int) -> Lag:
    rows = samples.partition == partition
    return Lag(times_s=samples.times_s[rows], records=samples.lags_records[rows])


def test_the_load_is_the_one_that_was_planned(live, loads):
    last = live.times_s == live.times_s.max()
    written = live.end_offsets[last]
    assert written.sum() / live.times_s.max() == pytest.approx(WRITTEN_RECORDS_PER_S, rel=0.02)
    assert written / written.sum() == pytest.approx(loads.shares, abs=0.005)


def test_the_hot_partition_falls_as_far_behind_as_foretold(live, foretold, loads):
    seen, expected = lag_of(live, loads.hottest), lag_of(foretold, loads.hottest)
    assert seen.peak_records == pytest.approx(expected.peak_records, rel=0.1)


def test_the_hot_partition_drains_as_fast_as_foretold(live, foretold, loads):
    seen, expected = lag_of(live, loads.hottest), lag_of(foretold, loads.hottest)
    second = WRITTEN_RECORDS_PER_S * float(loads.shares[loads.hottest])
    assert seen.drain_s(within_records=second) == pytest.approx(
        expected.drain_s(within_records=second), rel=0.1
    )


def test_every_partition_has_the_lag_that_was_foretold_all_the_time(live, foretold, loads):
    """As a mean over time: when exactly a member stops and goes on is up to its heartbeats."""
    for partition in np.flatnonzero(loads.shares > 0.01).tolist():
        seen, expected = lag_of(live, partition), lag_of(foretold, partition)
        off = np.abs(seen.records - np.interp(seen.times_s, expected.times_s, expected.records))
        assert off.mean() < 0.15 * expected.peak_records


@pytest.mark.parametrize(
    "until_s",
    [
        pytest.param(CRASH_AT_S + SETTINGS.session_timeout_s - 1, id="before the broker knows"),
        pytest.param(END_S, id="when all is over"),
    ],
)
def test_the_diagnosis_names_the_member_that_crashed_and_when(live, loads, until_s):
    every_second = live.moments_s[:: round(1 / SAMPLE_S)]
    seen = np.isin(live.times_s, every_second) & (live.times_s < until_s)
    crash = diagnose_lag(live.rows(seen), settings=SETTINGS).primary
    assert crash.cause == "member crashed"
    assert crash.members == (f"member-{CRASHED}",)
    assert loads.hottest in {each.partition for each in crash.partitions}
    assert crash.since_s == pytest.approx(CRASH_AT_S, abs=1.0)
