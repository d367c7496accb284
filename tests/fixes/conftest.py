"""What the tests of fixes share: key sets with other names, and sums done one by one."""

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from kafka_sizing import KeyLoads, partition_of


def zipf(count: int, exponent: float = 1.0, *, draw: int = 0) -> KeyLoads:
    """Keys of Zipf loads that add up to 1; another draw has other names, so other hashes."""
    weights = np.arange(1, count + 1) ** -float(exponent)
    names = [f"{draw:x}/user-{number}" for number in range(count)]
    return KeyLoads(names, weights / weights.sum())


@pytest.fixture(scope="session")
def zipf_keys() -> Callable[..., KeyLoads]:
    return zipf


@pytest.fixture(scope="session")
def added_up() -> Callable[..., list[float]]:
    return _added_up


def _added_up(
    records: Iterator[tuple[bytes | int, float]], partitions: int, null_load: float = 0.0
) -> list[float]:
    """Add up (key or partition, load) one by one."""
    loads: dict[int, float] = defaultdict(float)
    for where, load in records:
        at = where if isinstance(where, int) else partition_of(where, partitions)
        loads[at] += load
    return [loads[at] + null_load / partitions for at in range(partitions)]
