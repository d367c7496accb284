"""What a report says of keys that were too many to hold: how exact each number is."""

import io
import json
import re

import numpy as np
import pytest

from kafka_sizing import (
    MorePartitions,
    compare_fixes,
    find_hot,
    place,
    report,
    sketch_keys,
    zipf_keys,
)
from kafka_sizing.report.json import keys_json
from kafka_sizing.sources import count_key_lines
from kafka_sizing.sources.memory import LEAST_MEMORY_BYTES

KEYS = zipf_keys(30_000, exponent=0.7, total=3e6)


@pytest.fixture(scope="module")
def stream():
    """Keys of a stream that are more than the least memory holds, and how often each came."""
    rng = np.random.default_rng(3)
    ids = np.concatenate([np.arange(1_500_000), rng.integers(0, 200, 300_000)])
    rng.shuffle(ids)
    log = b"\n".join(b"customer-%028d" % number for number in ids.tolist())
    counted = count_key_lines(io.BytesIO(log), memory_bytes=LEAST_MEMORY_BYTES)
    return counted, np.bincount(ids)


def told(keys, count):
    return json.loads(
        keys_json(find_hot(place(keys, count)), compare_fixes(keys, count, []), top=200)
    )


def sure(keys, count):
    return report.text(find_hot(place(keys, count)), width=500).split("How sure each number is")[1]


def test_a_key_of_a_stream_wrote_between_its_two_loads(stream):
    counted, records = stream
    keys = told(counted, 48)["keys"]
    assert any(key["load_at_most"] > key["load"] for key in keys)
    for key in keys:
        number = int(key["key"].removeprefix("customer-"))
        assert key["load"] <= records[number] <= key["load_at_most"]


def test_the_report_of_a_stream_has_both_loads_and_says_why(stream):
    counted, _ = stream
    text = report.text(find_hot(place(counted, 48)), width=500)
    assert "at most" in text.split("Heaviest keys")[1].splitlines()[1]
    assert "a stream is read once" in sure(counted, 48)
    assert "number of distinct keys" in sure(counted, 48)


def test_json_says_what_a_sketch_holds(stream):
    counted, _ = stream
    topic = told(counted, 48)["topic"]
    assert topic["margin"] == 0
    assert topic["sketch"] == {
        "heavy_keys": counted.heavy,
        "least_load": counted.least_load,
        "tail_load": counted.tail_load,
        "distinct_keys_error": counted.distinct_error,
    }
    assert told(KEYS, 48)["topic"]["sketch"] is None


def test_loads_that_are_known_within_a_margin_are_not_called_exact():
    sketch = sketch_keys(KEYS, heavy=100)
    assert told(sketch, 251)["topic"]["margin"] == place(sketch, 251).margin > 0
    assert "partition loads" in sure(sketch, 251)
    assert "251 was not among the counts" in sure(sketch, 251)
    assert "partition of each key" not in sure(sketch, 251)
    assert "partition loads" not in sure(sketch, 240)


def test_loads_counted_whole_have_one_figure():
    text = report.text(find_hot(place(sketch_keys(KEYS, heavy=100), 48)), width=500)
    assert "at most" not in text.split("Heaviest keys")[1].splitlines()[1]
    (row,) = [
        line for line in sure(sketch_keys(KEYS, heavy=100), 48).splitlines() if "heaviest" in line
    ]
    assert re.split(" {2,}", row)[1:3] == ["load of the 100 heaviest keys", "as given"]


def test_a_sketch_without_a_heavy_key_is_told_without_one():
    sketch = sketch_keys(KEYS, heavy=0)
    fixes = compare_fixes(sketch, 48, [MorePartitions(96)])
    text = report.text(find_hot(place(sketch, 48)), fixes)
    assert "hottest key" not in text.split("Heaviest keys")[0]
    assert told(sketch, 48)["keys"] == []
