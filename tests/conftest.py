"""What every test shares: how hypothesis draws, and a matplotlib that opens no window."""

import csv
import os
from pathlib import Path

import pytest
from hypothesis import settings

from kafka_sizing import KeyLoads

os.environ.setdefault("MPLBACKEND", "agg")

# A first call opens rooms and warms caches, so a time limit per example says nothing.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def carriers() -> KeyLoads:
    """Flights per carrier of nycflights13: a real key log of 16 keys, three of them hot."""
    with (Path(__file__).parent / "vectors" / "carriers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    flights = [int(row["flights"]) for row in rows]
    return KeyLoads([row["carrier"] for row in rows], flights, sample_size=sum(flights))
