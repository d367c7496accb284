"""What a group carries by whole partitions, against hand arithmetic and exhaustive search."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing.consumers.assignment import ASSIGNORS
from kafka_sizing.consumers.capacity import group_capacity
from kafka_sizing.partitions.placement import PartitionLoads

LOPSIDED = PartitionLoads(loads=[400, 50, 100, 30, 20, 200], unit="records/s")

counts = st.integers(min_value=1, max_value=60)
small_loads = st.lists(st.integers(min_value=0, max_value=9), min_size=1, max_size=5).filter(any)


# --- even partitions: F4.1 ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("partitions", "members", "usable", "fullest", "idle"),
    [
        (12, 5, 4, 3, 0),
        (12, 6, 6, 2, 0),
        (12, 7, 6, 2, 0),
        (12, 12, 12, 1, 0),
        (12, 15, 12, 1, 3),
        (30, 8, 7.5, 4, 0),
        (30, 7, 6, 5, 0),
        (24, 9, 8, 3, 0),
        (6, 4, 3, 2, 0),
        (1, 1, 1, 1, 0),
    ],
)
def test_the_member_with_most_partitions_sets_the_pace(partitions, members, usable, fullest, idle):
    capacity = group_capacity(partitions, members, member_records_per_s=100)
    assert capacity.usable_records_per_s == pytest.approx(100 * usable, rel=1e-12)
    assert capacity.fullest_partitions == fullest
    assert capacity.fullest_share == pytest.approx(fullest / partitions)
    assert capacity.idle_members == idle
    assert capacity.together_records_per_s == 100 * members
    assert capacity.wasted_share == pytest.approx(1 - usable / members)


@given(partitions=counts, members=counts)
def test_least_and_next_are_the_steps_of_the_staircase(partitions, members):
    def carried(count: int) -> float:
        return partitions / math.ceil(partitions / min(count, partitions))

    capacity = group_capacity(partitions, members, member_records_per_s=1)
    here = carried(members)
    assert capacity.least_members == next(n for n in range(1, 61) if carried(n) == here)
    following = (n for n in range(members + 1, partitions + 1) if carried(n) > here)
    assert capacity.next_members == next(following, None)


def test_of_even_partitions_no_assignor_makes_more():
    capacity = group_capacity(12, 7, member_records_per_s=100)
    assert capacity.ceiling_records_per_s == 600
    assert capacity.load_aware_records_per_s == 600


@settings(max_examples=40)
@given(
    partitions=st.integers(1, 20),
    members=st.integers(1, 25),
    assignor=st.sampled_from([*ASSIGNORS]),
)
def test_equal_loads_are_a_count_of_partitions(partitions, members, assignor):
    loads = PartitionLoads(loads=np.full(partitions, 3.0))
    by_count = group_capacity(
        partitions, members, member_records_per_s=10, assignor=assignor, write_records_per_s=70
    )
    by_load = group_capacity(
        loads, members, member_records_per_s=10, assignor=assignor, write_records_per_s=70
    )
    assert by_load.usable_records_per_s == pytest.approx(by_count.usable_records_per_s)
    assert by_load.ceiling_records_per_s == pytest.approx(by_count.ceiling_records_per_s)
    assert by_load.read_records_per_s == pytest.approx(by_count.read_records_per_s)
    assert by_load.fullest_partitions == by_count.fullest_partitions
    assert by_load.idle_members == by_count.idle_members
    assert by_load.least_members == by_count.least_members
    assert by_load.next_members == by_count.next_members
    assert tuple(by_load.oversized_partitions) == tuple(by_count.oversized_partitions)


# --- uneven partitions -------------------------------------------------------------------


def test_the_member_with_most_load_sets_the_pace():
    # range gives 400 + 50, 100 + 30 and 20 + 200 of 800
    capacity = group_capacity(LOPSIDED, 3, member_records_per_s=450)
    assert capacity.usable_records_per_s == pytest.approx(800)
    assert capacity.fullest_share == 450 / 800
    assert capacity.fullest_partitions == 2
    assert capacity.partitions == 6
    assert capacity.loads is LOPSIDED
    # the 400 alone, the rest on two members
    assert capacity.load_aware_records_per_s == pytest.approx(900)
    assert capacity.ceiling_records_per_s == pytest.approx(900)
    # with 4 and 5 members range still puts the first two partitions together
    assert capacity.least_members == 3
    assert capacity.next_members == 6
    assert group_capacity(LOPSIDED, 5, member_records_per_s=450).least_members == 3
    assert group_capacity(LOPSIDED, 6, member_records_per_s=450).next_members is None


def test_more_members_can_carry_less():
    # range keeps the two hot partitions apart with 2 members, and together with 3
    loads = PartitionLoads(loads=[0, 0, 5, 5, 0])
    assert group_capacity(loads, 2, member_records_per_s=10).usable_records_per_s == 20
    three = group_capacity(loads, 3, member_records_per_s=10)
    assert three.usable_records_per_s == 10
    assert (three.least_members, three.next_members) == (1, 4)


def test_loads_without_a_rate_only_split_the_work():
    capacity = group_capacity(PartitionLoads(loads=[3, 1]), 2, member_records_per_s=30)
    assert capacity.usable_records_per_s == pytest.approx(40)
    assert capacity.write_records_per_s is None
    assert capacity.utilisation_ratio is None
    assert capacity.keeps_up is None
    assert capacity.read_records_per_s is None
    assert capacity.oversized_partitions == ()


@settings(max_examples=60)
@given(loads=small_loads, members=st.integers(1, 3))
def test_no_way_to_hand_out_partitions_is_above_the_ceiling(loads, members):
    best = min(
        max(
            sum(load for load, owner in zip(loads, owners, strict=True) if owner == member)
            for member in range(members)
        )
        for owners in itertools.product(range(members), repeat=len(loads))
    )
    capacity = group_capacity(PartitionLoads(loads=loads), members, member_records_per_s=7)
    most = 7 * sum(loads) / best
    assert capacity.ceiling_records_per_s >= most * (1 - 1e-12)
    assert capacity.usable_records_per_s <= most * (1 + 1e-12)
    assert capacity.load_aware_records_per_s <= most * (1 + 1e-12)


def test_the_ceiling_counts_partitions_that_must_meet():
    # three of 3 for two members: two of them meet, 6 of 9
    equal = group_capacity(PartitionLoads(loads=[3, 3, 3]), 2, member_records_per_s=2)
    assert equal.ceiling_records_per_s == pytest.approx(3)
    # five of 2 for two members: three meet, 6 of 10
    more = group_capacity(PartitionLoads(loads=[2] * 5), 2, member_records_per_s=6)
    assert more.ceiling_records_per_s == pytest.approx(10)
    # the largest alone
    alone = group_capacity(PartitionLoads(loads=[8, 1, 1]), 3, member_records_per_s=4)
    assert alone.ceiling_records_per_s == pytest.approx(5)
    # an even part
    part = group_capacity(PartitionLoads(loads=[1, 1, 1, 1]), 2, member_records_per_s=5)
    assert part.ceiling_records_per_s == pytest.approx(10)


@settings(max_examples=40)
@given(loads=small_loads, members=st.integers(1, 6), assignor=st.sampled_from([*ASSIGNORS]))
def test_idle_members_are_those_the_assignor_leaves_out(loads, members, assignor):
    capacity = group_capacity(
        PartitionLoads(loads=loads), members, member_records_per_s=1, assignor=assignor
    )
    assert capacity.idle_members == len(capacity.assignment.idle_members)
    assert capacity.fullest_share == pytest.approx(capacity.assignment.member_shares.max())


# --- against what is written -------------------------------------------------------------


def test_a_full_member_reads_no_more_than_it_can():
    # of 7 members, 5 read two twelfths and 2 read one: 5 × 150 + 2 × 1,000 / 12
    capacity = group_capacity(12, 7, member_records_per_s=150, write_records_per_s=1_000)
    assert capacity.read_records_per_s == pytest.approx(5 * 150 + 2 * 1_000 / 12)
    assert capacity.keeps_up is False
    assert capacity.utilisation_ratio == pytest.approx(1_000 / 900)
    assert capacity.oversized_partitions == range(0)


def test_the_total_of_loads_in_records_per_second_is_what_is_written():
    capacity = group_capacity(LOPSIDED, 3, member_records_per_s=360)
    assert capacity.write_records_per_s == 800
    assert capacity.oversized_partitions == (0,)
    assert capacity.read_records_per_s == pytest.approx(360 + 130 + 220)
    stated = group_capacity(LOPSIDED, 3, member_records_per_s=360, write_records_per_s=400)
    assert stated.write_records_per_s == 400
    assert stated.oversized_partitions == ()
    assert stated.keeps_up is True


def test_a_partition_as_large_as_a_member_is_not_too_large():
    assert group_capacity(LOPSIDED, 6, member_records_per_s=400).oversized_partitions == ()
    assert group_capacity(LOPSIDED, 6, member_records_per_s=399).oversized_partitions == (0,)
    even = group_capacity(4, 4, member_records_per_s=10, write_records_per_s=40)
    assert (even.oversized_partitions, even.keeps_up) == (range(0), True)
    above = group_capacity(4, 4, member_records_per_s=10, write_records_per_s=44)
    assert (above.oversized_partitions, above.keeps_up) == (range(4), False)


def test_a_member_splits_its_rate_in_proportion_to_what_partitions_bring():
    # range: partitions 0 and 1, partitions 2 and 3
    capacity = group_capacity(4, 2, member_records_per_s=100)
    split = capacity.split_by(np.array([30.0, 10.0, 0.0, 0.0]))
    assert split.tolist() == [75, 25, 50, 50]
    assert capacity.split_by(np.array([0.0, 5.0, 1.0, 1.0])).tolist() == [0, 100, 50, 50]


# --- in words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("partitions", "members", "inputs", "words"),
    [
        (
            12,
            7,
            {},
            (
                "7 members carry 600 records/s of 700 records/s; 12 partitions do not divide "
                "evenly, and the fullest reads 2; 6 members would do as well; the next number "
                "that carries more is 12"
            ),
        ),
        (
            12,
            6,
            {"write_records_per_s": 300},
            (
                "6 members carry 600 records/s of 600 records/s; each reads 2 partitions; the "
                "next number that carries more is 12; 300 records/s are written, so the fullest "
                "is 50.0 % full"
            ),
        ),
        (
            2,
            3,
            {"write_records_per_s": 300},
            (
                "3 members carry 200 records/s of 300 records/s; 2 partitions leave 1 idle; "
                "2 members would do as well; no larger number carries more; 300 records/s are "
                "written, more than a member for every partition could carry"
            ),
        ),
        (
            2,
            1,
            {"write_records_per_s": 150},
            (
                "1 member carries 100 records/s of 100 records/s; each reads 2 partitions; the "
                "next number that carries more is 2; 150 records/s are written, so the fullest "
                "falls behind"
            ),
        ),
        (
            LOPSIDED,
            3,
            {},
            (
                "3 members carry 177.8 records/s of 300 records/s; the fullest reads 2 partitions "
                "with 56.2 % of the load; the next number that carries more is 6; handed out by "
                "load they would carry 200 records/s; 800 records/s are written, and partition 0 "
                "alone brings 400 records/s, more than a member sustains"
            ),
        ),
        (
            PartitionLoads(loads=[3, 1]),
            2,
            {},
            (
                "2 members carry 133.3 records/s of 200 records/s; the fullest reads 1 partition "
                "with 75.0 % of the load; no larger number carries more"
            ),
        ),
    ],
)
def test_the_reason_says_what_holds_the_group_back(partitions, members, inputs, words):
    capacity = group_capacity(partitions, members, member_records_per_s=100, **inputs)
    assert capacity.reason == words


def test_repr_is_one_line():
    assert repr(group_capacity(12, 7, member_records_per_s=100)) == (
        "GroupCapacity(members=7, partitions=12, usable='600 records/s', wasted_share=0.143)"
    )


# --- refusals ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"partitions": 0}, r"^partitions must be a whole number .* got 0"),
        ({"partitions": 2.5}, r"^partitions must be a whole number .* got 2\.5"),
        (
            {"partitions": PartitionLoads(loads=[0, 0])},
            r"^partitions must bring some load, got a total of 0",
        ),
        ({"members": 0}, r"^members must be a whole number .* got 0"),
        ({"member_records_per_s": 0}, r"^member_records_per_s must be .* got 0"),
        ({"write_records_per_s": math.inf}, r"^write_records_per_s must be .* got inf"),
        ({"assignor": "ranges"}, r"^assignor must be one of .* got 'ranges' \(near: 'range'"),
    ],
)
def test_what_makes_no_group_is_refused_by_name(inputs, message):
    given = {"partitions": 4, "members": 2, "member_records_per_s": 10} | inputs
    with pytest.raises(ValueError, match=message):
        group_capacity(given.pop("partitions"), given.pop("members"), **given)
