"""The assignor that goes by load, against brute force and hand arithmetic."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.assignment import Assignment, Member, assign

loads_of_one = st.lists(st.integers(0, 50).map(float), min_size=1, max_size=7)


def _fullest(assignment):
    return assignment.member_loads.max()


def test_the_heaviest_goes_first_to_the_emptiest():
    """Graham's example of the worst case: 11 where 9 is possible, for three members."""
    got = assign(7, 3, assignor="load-aware", loads=[5, 5, 4, 4, 3, 3, 3])
    assert got.member_loads.tolist() == [11, 8, 8]
    assert got.owners["topic"].tolist() == [0, 1, 2, 2, 0, 1, 0]


def test_where_counts_are_even_loads_are_not():
    """Every fourth partition is hot, and so every fourth goes to the same of four members."""
    loads = [9, 1, 1, 1] * 3
    dealt = assign(12, 4, assignor="roundrobin", loads=loads)
    aware = assign(12, 4, assignor="load-aware", loads=loads)
    assert dealt.member_loads.tolist() == [27, 3, 3, 3]
    assert aware.member_loads.tolist() == [9, 9, 9, 9]


@given(loads_of_one, st.integers(1, 3))
def test_the_fullest_member_has_a_third_more_than_the_least_possible_at_most(loads, members):
    got = assign(len(loads), members, assignor="load-aware", loads=loads)
    least = min(
        np.bincount(owners, loads).max()
        for owners in itertools.product(range(members), repeat=len(loads))
    )
    assert _fullest(got) <= (4 / 3 - 1 / (3 * members)) * least + 1e-9


@given(
    st.lists(st.tuples(st.floats(0, 1e12), st.integers(-1, 4)), min_size=1, max_size=12),
    st.integers(1, 4),
    st.booleans(),
)
def test_going_on_is_at_most_a_twentieth_less_even_than_anew(partitions, members, alike):
    loads = {"topic": [load for load, _ in partitions], "other": [1e9] * 3}
    group = [
        Member(f"member-{at}", ["other"] if at == 1 and not alike else None)
        for at in range(members)
    ]
    counts = {topic: len(each) for topic, each in loads.items()}
    previous = Assignment(
        members=[f"member-{at}" for at in range(5)],
        owners={"topic": [owner for _, owner in partitions]},
    )
    anew = assign(counts, group, assignor="load-aware", loads=loads)
    on = assign(counts, group, assignor="load-aware", loads=loads, previous=previous)
    assert on.member_loads.max() <= 1.05 * anew.member_loads.max() * (1 + 1e-9)
    assert on.member_loads.min() >= 0.95 * anew.member_loads.min() * (1 - 1e-9)
    assert on.member_loads.sum() == pytest.approx(anew.member_loads.sum())


def test_nothing_moves_while_no_member_is_a_twentieth_too_full():
    before = assign(6, 2, assignor="load-aware", loads=[10, 10, 10, 10, 10, 10])
    after = assign(6, 2, assignor="load-aware", loads=[11, 10, 11, 10, 10, 10], previous=before)
    assert after.member_loads.tolist() == [32, 30]  # packed anew: 31 each, and 32 < 1.05 × 31
    assert after.moves == 0


def test_a_member_that_is_too_full_is_relieved_by_few_moves():
    """A load of 6 more on partition 0; giving away a 4 makes 14 and 14."""
    before = Assignment.from_names({"topic": ["a", "a", "a", "b", "b"]})
    after = assign(5, ["a", "b"], assignor="load-aware", loads=[10, 4, 4, 5, 5], previous=before)
    assert after.member_loads.tolist() == [14, 14]
    assert after.moved["topic"].tolist() == [False, True, False, False, False]


def test_two_partitions_change_places_where_one_move_does_not_help():
    """From 6 + 5 and 4 + 1 to 6 + 1 and 5 + 4... or to 4 + 5 and 6 + 1: 9 is the fullest."""
    before = Assignment.from_names({"topic": ["a", "a", "b", "b"]})
    after = assign(4, ["a", "b"], assignor="load-aware", loads=[6, 6, 4, 4], previous=before)
    assert after.member_loads.tolist() == [10, 10]
    assert after.moves == 2


def test_a_hot_partition_stays_where_it_is_alone():
    """One partition has more than half of all; its owner gives away the others."""
    before = Assignment.from_names({"topic": ["a", "a", "b", "b", "c", "c"]})
    after = assign(
        6, ["a", "b", "c"], assignor="load-aware", loads=[50, 5, 5, 5, 5, 5], previous=before
    )
    assert after.owner_of("topic", 0) == "a"
    assert sorted(after.member_loads.tolist()) == [10, 15, 50]
    assert after.moves == 1


def test_packed_anew_if_no_exchange_relieves_the_fullest():
    """5 5 3 | 4 4 4: no gift or exchange evens 13 and 12, but 5 4 4 | 5 4 3... is 13 and 12."""
    loads = [3, 3, 2, 2, 2]
    before = Assignment.from_names({"topic": ["a", "b", "a", "b", "b"]})
    after = assign(5, ["a", "b"], assignor="load-aware", loads=loads, previous=before)
    assert _fullest(after) == 7  # packed anew: 3 2 2 and 3 2


def test_what_is_kept_counts_before_anything_is_handed_out():
    """b has 99 and a 100, so b gets the 1, though it has more partitions already."""
    before = Assignment.from_names({"topic": ["a", "b", "b"]})
    after = assign(4, ["a", "b"], assignor="load-aware", loads=[100, 50, 49, 1], previous=before)
    assert (after.owner_of("topic", 3), after.moves) == ("b", 0)


def test_members_that_could_be_alone_with_a_partition_are():
    before = Assignment.from_names({"topic": ["a", "a"]})
    after = assign(2, ["a", "b", "c"], assignor="load-aware", loads=[0.3, 0.2], previous=before)
    assert sorted(after.member_loads.tolist()) == [0, 0.2, 0.3]


def test_partitions_without_load_are_handed_out_evenly():
    got = assign(7, 3, assignor="load-aware", loads=[0] * 7)
    assert got.partition_counts.tolist() == [3, 2, 2]


def test_members_get_only_what_they_subscribe_to():
    got = assign(
        {"a": 3, "b": 3},
        [Member("x", ["a"]), Member("y", ["a", "b"])],
        assignor="load-aware",
        loads={"a": [6, 5, 4], "b": [3, 2, 1]},
    )
    assert got.member_loads.tolist() == [11, 10]  # 6 x, 5 y, 4 y, and all of b to y: 15
