"""Topics to report on."""

from __future__ import annotations

import pytest

from kafka_sizing import (
    CompositeKey,
    KeyLoads,
    MiB,
    TimeBuckets,
    compare_fixes,
    find_hot,
    place,
    plan_partitions,
)

HOSTILE = [
    "<script>alert(1)</script>",
    b"\xff\xfe\x80",
    "a & b",
    "\"double\" 'single'",
    "red\x1b[31m\x1b[2J",
    "two\nlines\r\tand tabs",
    "nul\x00byte",
    "right\u202eto\u2066left",
    "emoji 🦩",
    "",
    "漢字キー",
    "$\\frac{1}{2}$",
    "--> ]]> <!--",
    "{{ 7 * 7 }}{% raw %}",
    "long " * 2_000,
    "\x9b31m\x85\u2028",
]


@pytest.fixture(scope="session")
def hostile_keys():
    return KeyLoads(HOSTILE, [200.0 - at for at in range(len(HOSTILE))], sample_size=3_000)


@pytest.fixture(scope="session")
def hostile(hostile_keys):
    hot = find_hot(place(hostile_keys, 6), ratio=1.01)
    return hot, compare_fixes(hostile_keys, 6)


@pytest.fixture(scope="session")
def secret_names():
    return [f"secret-user-{100 + at}" for at in range(40)]


@pytest.fixture(scope="session")
def secret(secret_names):
    """A topic whose keys must not be seen; some of them are hot, and a fix lists them."""
    loads = [1_000.0, 600.0, *(10.0 for _ in secret_names[2:])]
    keys = KeyLoads(secret_names, loads, null_load=5, sample_size=2_000)
    hot = find_hot(place(keys, 12))
    return hot, compare_fixes(
        keys, 12, [*propose(keys), CompositeKey(4, hot_keys=secret_names[:2]), TimeBuckets(60)]
    )


def propose(keys):
    return [outcome.fix for outcome in compare_fixes(keys, 12).outcomes[1:]]


@pytest.fixture(scope="session")
def flights(carriers):
    return find_hot(place(carriers, 12)), compare_fixes(carriers, 12)


@pytest.fixture(scope="session")
def plan():
    return plan_partitions(
        250 * MiB,
        producer_bytes_per_s=50 * MiB,
        consumer_bytes_per_s=25 * MiB,
        headroom_fraction=0.3,
        growth_fraction_per_year=0.3,
        horizon_years=2,
        multiple_of={"<b>brokers</b>": 6},
    )
