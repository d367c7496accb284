"""What a consumer group may say of itself, and what it may not."""

from __future__ import annotations

import math

import pytest

from kafka_sizing.partitions.groups import ConsumerGroup


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, r"group 'g' must give consumer_bytes_per_s, processing_s or members, got none"),
        (
            {"consumer_bytes_per_s": 5, "processing_s": 0.1, "record_bytes": 9},
            r"group 'g' must give consumer_bytes_per_s or processing_s, got both",
        ),
        ({"processing_s": 0.1}, r"group 'g' must give record_bytes with processing_s, got None"),
        (
            {"consumer_bytes_per_s": 5, "threads": 4},
            r"group 'g' must give processing_s with record_bytes or threads",
        ),
        (
            {"consumer_bytes_per_s": 5, "record_bytes": 4},
            r"group 'g' must give processing_s with record_bytes or threads",
        ),
        ({"consumer_bytes_per_s": 0}, r"consumer_bytes_per_s of group 'g' must be .*, got 0"),
        ({"read_bytes_per_s": math.nan}, r"read_bytes_per_s of group 'g' must be .*, got nan"),
        ({"processing_s": -1.0}, r"processing_s of group 'g' must be .*, got -1\.0"),
        ({"record_bytes": math.inf}, r"record_bytes of group 'g' must be .*, got inf"),
        ({"threads": 0}, r"threads of group 'g' must be .*, got 0"),
        ({"threads": 1.5}, r"threads of group 'g' must be .*, got 1\.5"),
        ({"members": 0}, r"members of group 'g' must be .*, got 0"),
        ({"members": True}, r"members of group 'g' must be .*, got True"),
    ],
)
def test_group_refuses_what_makes_no_rate(inputs, message):
    with pytest.raises((TypeError, ValueError), match=message):
        ConsumerGroup("g", **inputs)


@pytest.mark.parametrize(("name", "error"), [("", ValueError), (" ", ValueError), (3, TypeError)])
def test_group_needs_a_name(name, error):
    with pytest.raises(error, match=r"name must .*, got"):
        ConsumerGroup(name, members=1)


@pytest.mark.parametrize(
    ("processing_s", "threads", "records_per_s"),
    [(0.02, 1, 50), (0.02, 4, 200), (0.001, 1, 1_000), (0.25, 3, 12)],
)
def test_rate_is_threads_over_time_per_record(processing_s, threads, records_per_s):
    group = ConsumerGroup("g", processing_s=processing_s, threads=threads, record_bytes=1_000)
    assert group.bytes_per_s == pytest.approx(records_per_s * 1_000)


def test_group_of_members_alone_has_no_rate():
    group = ConsumerGroup("g", members=7)
    assert group.bytes_per_s is None
    assert group.member_limit.partitions == 7
    assert ConsumerGroup("g", consumer_bytes_per_s=1).member_limit is None


@pytest.mark.parametrize(
    ("processing_s", "record_bytes", "came"), [(5e-324, 1, "inf"), (1e300, 1e-300, "0.0")]
)
def test_group_refuses_a_rate_that_no_number_can_hold(processing_s, record_bytes, came):
    message = rf"threads / processing_s \* record_bytes of group 'g' must be .*, got {came}"
    with pytest.raises(ValueError, match=message):
        ConsumerGroup("g", processing_s=processing_s, record_bytes=record_bytes)
