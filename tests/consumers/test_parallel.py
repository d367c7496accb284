"""Members with threads: the published times of the Confluent Parallel Consumer, and by hand."""

from __future__ import annotations

import pytest

from kafka_sizing import KeyLoads, place
from kafka_sizing.consumers.parallel import parallel_consumer
from kafka_sizing.partitions.placement import PartitionLoads

# README of confluentinc/parallel-consumer, "Illustrative Performance Example": 10,000 records
# of 0 to 5 ms on one partition with 16 threads, ordered by key; keys and seconds taken.
PUBLISHED_S = {
    1: 26.743,
    2: 13.576,
    5: 5.916,
    10: 3.310,
    20: 2.242,
    50: 2.204,
    100: 2.178,
    1_000: 2.056,
    10_000: 2.128,
}
RECORDS = 10_000
SERVICE_S = 2.67e-3  # the one-key run, by record
START_S = 0.6


@pytest.mark.parametrize(("keys", "seconds"), PUBLISHED_S.items())
def test_the_published_times_by_key_are_met_within_11_percent(keys, seconds):
    shared = parallel_consumer(
        1, 1, processing_s=SERVICE_S, threads=16, hottest_key_share=1 / keys
    )
    assert RECORDS / shared.usable_records_per_s + START_S == pytest.approx(seconds, rel=0.11)
    assert shared.binding.name == ("hottest key" if keys < 16 else "threads")


def test_a_key_is_done_one_record_after_the_other():
    shared = parallel_consumer(4, 2, processing_s=0.01, threads=8, hottest_key_share=0.25)
    limits = {limit.name: limit.records_per_s for limit in shared.limits}
    assert limits == pytest.approx({"threads": 2 * 8 / 0.01, "hottest key": 400})
    assert shared.usable_records_per_s == pytest.approx(400)
    assert shared.gain_ratio == pytest.approx(2)
    assert shared.scheme == "parallel consumer"
    assert (shared.feasible, shared.keeps_up) == (True, None)


def test_the_hottest_key_is_that_of_the_loads():
    keys = KeyLoads(["UA", "B6", "EV", "DL"], [50, 25, 15, 10])
    shared = parallel_consumer(place(keys, 4), 4, processing_s=0.1, threads=100)
    assert shared.usable_records_per_s == pytest.approx(10 / 0.5)
    stated = parallel_consumer(
        place(keys, 4), 4, processing_s=0.1, threads=100, hottest_key_share=0.8
    )
    assert stated.usable_records_per_s == pytest.approx(10 / 0.8)


def test_partitions_still_go_to_members_as_a_whole():
    loads = PartitionLoads(loads=[6, 2, 1, 1], unit="records/s")
    by_count = parallel_consumer(loads, 2, processing_s=0.1, threads=5)
    assert by_count.usable_records_per_s == pytest.approx(50 / 0.8)
    by_load = parallel_consumer(loads, 2, processing_s=0.1, threads=5, assignor="load-aware")
    assert by_load.usable_records_per_s == pytest.approx(50 / 0.6)
    assert (by_count.keeps_up, [limit.name for limit in by_count.limits]) == (True, ["threads"])


@pytest.mark.parametrize(
    ("order", "usable", "binding", "kept", "lost"),
    [
        (
            "key",
            125,
            "hottest key",
            "of the records of a key",
            "of records with different keys it is lost",
        ),
        (
            "partition",
            40,
            "hottest partition",
            "of the records of a partition",
            "nothing of it is lost",
        ),
        ("none", 160, "threads", "none", "records of a key may be worked on at once"),
    ],
)
def test_the_more_order_is_kept_the_less_goes_on_at_once(order, usable, binding, kept, lost):
    shared = parallel_consumer(
        4, 2, processing_s=0.1, threads=8, order=order, hottest_key_share=0.08
    )
    assert shared.usable_records_per_s == pytest.approx(usable)
    assert shared.binding.name == binding
    assert (shared.order_kept, shared.order_lost) == (kept, lost)


def test_partition_order_is_bound_by_the_hottest_partition():
    loads = PartitionLoads(loads=[6, 2, 1, 1])
    shared = parallel_consumer(loads, 4, processing_s=0.1, threads=5, order="partition")
    assert shared.usable_records_per_s == pytest.approx(10 / 0.6)


def test_the_reason_says_what_bounds_it_and_what_order_is_lost():
    shared = parallel_consumer(
        4, 2, processing_s=0.01, threads=8, hottest_key_share=0.25, write_records_per_s=500
    )
    assert shared.keeps_up is False
    assert shared.reason == (
        "400 records/s against 200 records/s as a consumer group; the hottest key brings 25.0 % "
        "of the records, one after the other; order: of the records of a key; of records with "
        "different keys it is lost"
    )
    free = parallel_consumer(4, 1, processing_s=0.01, threads=1, order="none")
    assert free.binding.reason == (
        "1 member with 1 thread at 0.01 s each, the fullest with 100.0 % of the load"
    )


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"partitions": 0}, r"^partitions must be .* got 0"),
        ({"members": 0}, r"^members must be .* got 0"),
        ({"processing_s": 0}, r"^processing_s must be .* got 0"),
        ({"threads": 0}, r"^threads must be .* got 0"),
        ({"order": "keys"}, r"^order must be one of 'key', .* got 'keys' \(near: 'key'\)"),
        ({"hottest_key_share": 0}, r"^hottest_key_share must be a share .* got 0"),
        ({"assignor": "x"}, r"^assignor must be one of .* got 'x'"),
        ({"write_records_per_s": 0}, r"^write_records_per_s must be .* got 0"),
    ],
)
def test_threads_that_make_no_sense_are_refused_by_name(inputs, message):
    given = {"partitions": 1, "members": 1, "processing_s": 0.1, "threads": 1} | inputs
    with pytest.raises(ValueError, match=message):
        parallel_consumer(given.pop("partitions"), given.pop("members"), **given)
