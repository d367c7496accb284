"""How many members carry a rate, by the rate alone and by whole partitions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing.consumers.capacity import group_capacity
from kafka_sizing.consumers.members import capacity_by_members, members_needed
from kafka_sizing.partitions.placement import PartitionLoads

LOPSIDED = PartitionLoads(loads=[400, 50, 100, 30, 20, 200], unit="records/s")


# --- members_needed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "partitions", "utilisation", "by_rate", "members"),
    [
        pytest.param(600, 12, 1, 6, 6, id="an exact fit"),
        pytest.param(650, 12, 1, 7, 12, id="7 by rate, but 7 carry as much as 6"),
        pytest.param(400, 12, 1, 4, 4, id="4 read 3 partitions each"),
        pytest.param(401, 12, 1, 5, 6, id="5 carry no more than 4"),
        pytest.param(300, 12, 0.5, 6, 6, id="half of each member"),
        pytest.param(1_200, 12, 1, 12, 12, id="one for each partition"),
        pytest.param(1_201, 12, 1, 13, None, id="more than one for each partition"),
        pytest.param(10, 12, 1, 1, 1, id="one is enough"),
        pytest.param(2.1 / 0.7 * 100, 3, 1, 3, 3, id="3.0000000000000004 is 3"),
    ],
)
def test_count_is_the_first_that_carries_the_rate(
    write, partitions, utilisation, by_rate, members
):
    needed = members_needed(
        write, member_records_per_s=100, partitions=partitions, utilisation_share=utilisation
    )
    assert (needed.members_by_rate, needed.members) == (by_rate, members)
    assert needed.feasible is (members is not None)
    assert needed.capped_members == min(by_rate, partitions)
    assert needed.capacity.members == (members or partitions)
    assert needed.write_records_per_s == write
    assert needed.most_records_per_s == pytest.approx(100 * partitions * utilisation)


@given(
    write=st.floats(1e-3, 1e6),
    rate=st.floats(1e-3, 1e6),
    partitions=st.integers(1, 300),
    utilisation=st.floats(0.05, 1),
)
def test_count_is_enough_and_one_fewer_is_not(write, rate, partitions, utilisation):
    needed = members_needed(
        write, member_records_per_s=rate, partitions=partitions, utilisation_share=utilisation
    )
    if needed.members is None:
        assert rate * partitions * utilisation < write * (1 + 1e-6)
        return
    usable = needed.capacity.usable_records_per_s * utilisation
    assert usable >= write * (1 - 1e-6)
    if needed.members > 1:
        fewer = group_capacity(partitions, needed.members - 1, member_records_per_s=rate)
        assert fewer.usable_records_per_s * utilisation < write
    assert needed.members >= needed.capped_members - 1e-6


@settings(max_examples=40)
@given(
    loads=st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any),
    write=st.floats(1, 100),
)
def test_with_loads_every_smaller_count_is_too_few(loads, write):
    topic = PartitionLoads(loads=loads)
    needed = members_needed(write, member_records_per_s=10, partitions=topic)
    every = [
        group_capacity(topic, count, member_records_per_s=10).usable_records_per_s
        for count in range(1, len(loads) + 1)
    ]
    enough = [at for at, usable in enumerate(every, start=1) if usable >= write * (1 - 1e-9)]
    assert needed.members == (enough[0] if enough else None)
    assert needed.most_records_per_s == pytest.approx(10 * sum(loads) / max(loads))


def test_loads_ask_for_more_members_than_the_rate():
    # range puts 400 + 50 on one of 3 members; handed out by load, 2 take 400 each
    needed = members_needed(800, member_records_per_s=450, partitions=LOPSIDED)
    assert (needed.members_by_rate, needed.members, needed.load_aware_members) == (2, 3, 2)
    assert needed.reason == (
        "3 members carry 800 records/s; at 450 records/s each the rate asks for 2, but "
        "partitions go to members as a whole; handed out by load, 2 would do"
    )


def test_with_headroom_a_load_aware_group_needs_more_as_well():
    # half of 800 is 400 for each: 400 | 200 + 100 + 50 + 30 + 20
    needed = members_needed(
        800, member_records_per_s=800, partitions=LOPSIDED, utilisation_share=0.5
    )
    assert (needed.members, needed.load_aware_members) == (6, 2)
    alone = members_needed(800, member_records_per_s=800, partitions=LOPSIDED)
    assert (alone.members, alone.load_aware_members) == (1, 1)


def test_a_partition_larger_than_a_member_is_named():
    needed = members_needed(800, member_records_per_s=360, partitions=LOPSIDED)
    assert needed.members is None
    assert needed.load_aware_members is None
    assert needed.most_records_per_s == pytest.approx(720)
    assert needed.reason == (
        "no number of members carries 800 records/s; partition 0 alone brings 400 records/s, "
        "and its one reader carries 360 records/s: the topic may bring at most 720 records/s"
    )


@pytest.mark.parametrize(
    ("write", "utilisation", "words"),
    [
        (
            600,
            1,
            "6 members carry 600 records/s; at 100 records/s each the rate asks for as many",
        ),
        (
            50,
            0.5,
            (
                "1 member carries 50 records/s; at 50.0 % of 100 records/s each the rate asks for "
                "as many"
            ),
        ),
        (
            650,
            0.5,
            (
                "no number of members carries 650 records/s; 12 partitions feed at most 12 "
                "members, which carry 600 records/s at 50.0 % of 100 records/s each"
            ),
        ),
    ],
)
def test_the_reason_says_why_as_many(write, utilisation, words):
    needed = members_needed(
        write, member_records_per_s=100, partitions=12, utilisation_share=utilisation
    )
    assert needed.reason == words
    assert needed._repr_html_() == f"<p>{words}</p>"


def test_repr_of_the_need_is_one_line():
    assert repr(members_needed(650, member_records_per_s=100, partitions=12)) == (
        "MembersNeeded(members=12, members_by_rate=7, partitions=12, feasible=True)"
    )


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"write_records_per_s": 0}, r"^write_records_per_s must be .* got 0"),
        ({"member_records_per_s": -1}, r"^member_records_per_s must be .* got -1"),
        ({"partitions": 0}, r"^partitions must be .* got 0"),
        ({"utilisation_share": 0}, r"^utilisation_share must be a share in \(0, 1\], got 0"),
        ({"utilisation_share": 1.5}, r"^utilisation_share must be .* got 1\.5"),
        ({"assignor": "none"}, r"^assignor must be one of .* got 'none'"),
    ],
)
def test_a_need_that_makes_no_sense_is_refused_by_name(inputs, message):
    given = {"write_records_per_s": 10, "member_records_per_s": 5, "partitions": 4} | inputs
    with pytest.raises(ValueError, match=message):
        members_needed(given.pop("write_records_per_s"), **given)


# --- capacity_by_members -----------------------------------------------------------------


def test_only_divisors_and_their_like_carry_more():
    sweep = capacity_by_members(12, member_records_per_s=100)
    assert [capacity.members for capacity in sweep.capacities] == list(range(1, 13))
    assert [capacity.members for capacity in sweep.useful] == [1, 2, 3, 4, 6, 12]
    assert repr(sweep) == (
        "CapacityByMembers(partitions=12, members=1–12, useful=[1, 2, 3, 4, 6, 12])"
    )


def test_the_frame_has_a_row_for_each_number():
    frame = capacity_by_members(4, [5, 3, 3, 4], member_records_per_s=100).to_frame()
    assert list(frame.columns) == [
        "members",
        "usable_records_per_s",
        "wasted_share",
        "fullest_partitions",
        "fullest_share",
        "idle_members",
        "useful",
    ]
    assert frame["members"].tolist() == [3, 4, 5]
    assert frame["usable_records_per_s"].tolist() == [200, 400, 400]
    assert frame["wasted_share"].tolist() == pytest.approx([1 / 3, 0, 0.2])
    assert frame["fullest_partitions"].tolist() == [2, 1, 1]
    assert frame["fullest_share"].tolist() == [0.5, 0.25, 0.25]
    assert frame["idle_members"].tolist() == [0, 0, 1]
    assert frame["useful"].tolist() == [True, True, False]


def test_with_a_rate_the_frame_says_how_full_the_fullest_is():
    sweep = capacity_by_members(LOPSIDED, [1, 3], member_records_per_s=450)
    frame = sweep.to_frame()
    assert frame["utilisation_ratio"].tolist() == pytest.approx([800 / 450, 1])
    assert "<table" in sweep._repr_html_()
    stated = capacity_by_members(4, [4], member_records_per_s=10, write_records_per_s=20)
    assert stated.to_frame()["utilisation_ratio"].tolist() == [0.5]


def test_loads_are_swept_up_to_their_partitions():
    sweep = capacity_by_members(LOPSIDED, member_records_per_s=450, assignor="load-aware")
    assert [capacity.members for capacity in sweep.capacities] == [1, 2, 3, 4, 5, 6]
    assert [capacity.members for capacity in sweep.useful] == [1, 2]


def test_a_sweep_of_nothing_or_of_too_much_is_refused():
    with pytest.raises(ValueError, match=r"^members must hold at least one number, got none"):
        capacity_by_members(4, [], member_records_per_s=1)
    with pytest.raises(ValueError, match=r"^members must be a whole number .* got 0"):
        capacity_by_members(4, [0], member_records_per_s=1)
    with pytest.raises(ValueError, match=r"^partitions without members must be .* got 10001"):
        capacity_by_members(10_001, member_records_per_s=1)
