"""Share groups: ceilings by hand, from the limits of KIP-932."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing.consumers.sharing import share_group
from kafka_sizing.partitions.placement import PartitionLoads

LOPSIDED = PartitionLoads(loads=[400, 50, 100, 30, 20, 200], unit="records/s")


def ceilings(shared):
    return {limit.name: limit.records_per_s for limit in shared.limits}


def test_members_beyond_the_partitions_carry_more():
    # 20 members at 10 records/s each, on one partition that a consumer group gives to one
    shared = share_group(1, 20, processing_s=0.1, batch_records=10)
    assert ceilings(shared) == pytest.approx(
        {"members": 200, "readers of a partition": 200, "in flight": 2_000}
    )
    assert shared.usable_records_per_s == pytest.approx(200)
    assert shared.binding.name == "members"
    assert shared.ordinary.usable_records_per_s == pytest.approx(10)
    assert shared.gain_ratio == pytest.approx(20)
    assert (shared.feasible, shared.conflicts) == (True, ())
    assert shared.order_kept == "none"
    assert shared.scheme == "share group"


def test_records_in_flight_over_their_time_bound_a_partition():
    # a record at a time: 2,000 in flight for 0.1 s each, on each of 3 partitions
    shared = share_group(3, 200, processing_s=0.1, batch_records=200, threads=200)
    assert ceilings(shared)["in flight"] == pytest.approx(3 * 2_000 / 0.1)
    assert ceilings(shared)["members"] == pytest.approx(200 * 200 / 0.1)
    assert shared.binding.name == "in flight"
    early = share_group(
        3, 200, processing_s=0.1, batch_records=200, threads=200, in_flight_records=200
    )
    assert early.usable_records_per_s == pytest.approx(3 * 200 / 0.1)


def test_a_batch_holds_its_locks_until_all_of_it_is_done():
    # 500 records at 10 ms each are locked for 5 s, so that 4 members hold all 2,000
    shared = share_group(1, 20, processing_s=0.01)
    assert shared.usable_records_per_s == pytest.approx(4 * 100)
    assert shared.binding.name == "in flight"
    # 7 threads do 500 records in 72 turns
    threads = share_group(1, 20, processing_s=0.01, threads=7)
    assert ceilings(threads)["in flight"] == pytest.approx(2_000 / 0.72)


def test_more_threads_than_a_batch_has_records_have_nothing_to_do():
    shared = share_group(1, 2, processing_s=0.1, threads=50, batch_records=10)
    assert ceilings(shared)["members"] == pytest.approx(2 * 10 / 0.1)
    assert ceilings(shared)["in flight"] == pytest.approx(2_000 / 0.1)


def test_a_hot_partition_has_no_more_readers_than_others():
    # 12 members for 6 partitions: two read the one with half of the load
    shared = share_group(LOPSIDED, 12, processing_s=0.1, batch_records=1)
    assert ceilings(shared) == pytest.approx(
        {"members": 120, "readers of a partition": 2 * 10 * 2, "in flight": 2_000 / 0.1 * 2}
    )
    # 13 members: three of them may
    more = share_group(LOPSIDED, 13, processing_s=0.1, batch_records=1)
    assert ceilings(more)["readers of a partition"] == pytest.approx(3 * 10 * 2)


def test_fewer_members_than_partitions_read_them_like_a_consumer_group():
    shared = share_group(12, 7, processing_s=0.1, batch_records=1, threads=1)
    assert shared.usable_records_per_s == pytest.approx(60)
    assert shared.binding.name == "readers of a partition"
    assert shared.gain_ratio == pytest.approx(1)
    threads = share_group(12, 7, processing_s=0.1, batch_records=4, threads=4)
    assert threads.usable_records_per_s == pytest.approx(240)
    each = share_group(12, 12, processing_s=0.1, batch_records=1)
    assert each.limits[1].reason == "the hottest partition is read by 1 member at most"


@settings(max_examples=60)
@given(
    partitions=st.integers(1, 30),
    members=st.integers(1, 200),
    processing=st.floats(1e-3, 10),
    threads=st.integers(1, 20),
)
def test_no_ceiling_is_above_what_all_members_do(partitions, members, processing, threads):
    shared = share_group(
        partitions, members, processing_s=processing, threads=threads, batch_records=threads
    )
    assert shared.usable_records_per_s <= members * threads / processing * (1 + 1e-9)
    assert shared.usable_records_per_s >= shared.ordinary.usable_records_per_s * (1 - 1e-9) or (
        shared.binding.name == "in flight"
    )


def test_what_is_written_is_compared_with_the_ceiling():
    inputs = {"processing_s": 0.1, "batch_records": 1}
    assert share_group(1, 20, **inputs).keeps_up is None
    assert share_group(1, 20, **inputs, write_records_per_s=200).keeps_up is True
    assert share_group(1, 20, **inputs, write_records_per_s=201).keeps_up is False
    assert share_group(LOPSIDED, 12, **inputs).keeps_up is False


def test_members_beyond_the_largest_group_cannot_join():
    shared = share_group(1, 250, processing_s=0.1, batch_records=1)
    assert ceilings(shared)["members"] == pytest.approx(2_000)
    assert shared.feasible is False
    assert shared.conflicts == (
        "a share group has at most 200 members (group.share.max.size), so 50 cannot join",
    )
    assert share_group(1, 250, processing_s=0.1, batch_records=1, most_members=250).feasible
    assert share_group(1, 200, processing_s=0.1, batch_records=1).feasible


@pytest.mark.parametrize(
    ("processing", "inputs", "conflict"),
    [
        (
            0.1,
            {},
            (
                "a batch of 500 takes 50 s, longer than its lock of 30 s: records are handed out "
                "again, and given up after 5 deliveries; take 300 at most"
            ),
        ),
        (
            0.1,
            {"threads": 2, "lock_s": 15},
            (
                "a batch of 500 takes 25 s, longer than its lock of 15 s: records are handed out "
                "again, and given up after 5 deliveries; take 300 at most"
            ),
        ),
        (
            40,
            {"batch_records": 1},
            (
                "a batch of 1 takes 40 s, longer than its lock of 30 s: records are handed out "
                "again, and given up after 5 deliveries; renew the lock meanwhile (KIP-1222), or "
                "raise it"
            ),
        ),
    ],
)
def test_a_batch_must_be_done_before_its_lock_expires(processing, inputs, conflict):
    shared = share_group(1, 4, processing_s=processing, **inputs)
    assert shared.conflicts == (conflict,)
    assert shared.feasible is False
    assert shared.reason.endswith(f"; {conflict}")


def test_a_batch_that_just_fits_its_lock_is_no_conflict():
    assert share_group(1, 4, processing_s=0.06).feasible
    assert share_group(1, 4, processing_s=0.1, batch_records=300).feasible
    assert not share_group(1, 4, processing_s=0.1, batch_records=301).feasible


@pytest.mark.parametrize(
    ("partitions", "members", "inputs", "words"),
    [
        (
            1,
            20,
            {"batch_records": 10},
            (
                "200 records/s against 10 records/s as a consumer group; 20 members with 1 thread "
                "at 0.1 s each do no more; order: none; records of a key may be worked on at "
                "once, and again after others"
            ),
        ),
        (
            1,
            1,
            {"batch_records": 10, "threads": 2},
            (
                "20 records/s against 10 records/s as a consumer group; 1 member with 2 threads "
                "at 0.1 s each do no more; order: none; records of a key may be worked on at "
                "once, and again after others"
            ),
        ),
        (
            LOPSIDED,
            12,
            {"batch_records": 1},
            (
                "40 records/s against 20 records/s as a consumer group; the hottest partition is "
                "read by 2 members at most; order: none; records of a key may be worked on at "
                "once, and again after others"
            ),
        ),
        (
            12,
            7,
            {"batch_records": 1},
            (
                "60 records/s against 60 records/s as a consumer group; 7 members for 12 "
                "partitions: one reads each; order: none; records of a key may be worked on at "
                "once, and again after others"
            ),
        ),
        (
            1,
            20,
            {"batch_records": 300},
            (
                "66.7 records/s against 10 records/s as a consumer group; 2,000 records of a "
                "partition may be in flight, for 30 s each; order: none; records of a key may be "
                "worked on at once, and again after others"
            ),
        ),
    ],
)
def test_the_reason_names_the_lowest_ceiling(partitions, members, inputs, words):
    shared = share_group(partitions, members, processing_s=0.1, **inputs)
    assert shared.reason == words
    assert shared._repr_html_().startswith(f"<p>{words}</p><table")


def test_the_frame_has_a_row_for_each_ceiling():
    frame = share_group(1, 20, processing_s=0.1, batch_records=10).to_frame()
    assert list(frame.columns) == [
        "name",
        "records_per_s",
        "binding",
        "kind",
        "reason",
        "source",
    ]
    assert frame["name"].tolist() == ["members", "readers of a partition", "in flight"]
    assert frame["binding"].tolist() == [True, False, False]
    assert frame["kind"].tolist() == ["exact", "rule", "rule"]
    assert frame["records_per_s"].tolist() == pytest.approx([200, 200, 2_000])
    assert frame["source"].str.len().min() > 0
    assert frame["reason"].str.len().min() > 0


def test_repr_is_one_line():
    assert repr(share_group(1, 20, processing_s=0.1, batch_records=10)) == (
        "SharedCapacity('share group', usable='200 records/s', binding='members', feasible=True)"
    )


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"partitions": 0}, r"^partitions must be .* got 0"),
        ({"members": 0}, r"^members must be .* got 0"),
        ({"processing_s": 0}, r"^processing_s must be .* got 0"),
        ({"threads": 0}, r"^threads must be .* got 0"),
        ({"batch_records": 0}, r"^batch_records must be .* got 0"),
        ({"in_flight_records": 0}, r"^in_flight_records must be .* got 0"),
        ({"lock_s": 0}, r"^lock_s must be .* got 0"),
        ({"most_members": 0}, r"^most_members must be .* got 0"),
        ({"write_records_per_s": 0}, r"^write_records_per_s must be .* got 0"),
    ],
)
def test_a_share_group_that_makes_no_sense_is_refused_by_name(inputs, message):
    given = {"partitions": 1, "members": 1, "processing_s": 0.1} | inputs
    with pytest.raises(ValueError, match=message):
        share_group(given.pop("partitions"), given.pop("members"), **given)
