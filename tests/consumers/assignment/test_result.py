"""What an assignment says of itself, against hand arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from kafka_sizing.consumers.assignment import Assignment, Member, assign

BEFORE = Assignment.from_names({"orders": ["a", "a", "b", None, "c"]})
NOW = Assignment(
    members=["b", "a", "d"],
    owners={"orders": [1, 0, 0, 2, 1], "refunds": [-1]},
    loads={"orders": [4, 3, 2, 1, 6], "refunds": [9]},
    unit="records/s",
    assignor="sticky",
    previous=BEFORE,
)


def test_it_counts_and_adds_up_by_member_as_given():
    assert NOW.partitions == {"orders": 5, "refunds": 1}
    assert NOW.partition_counts.tolist() == [2, 2, 1]
    assert NOW.member_loads.tolist() == [5, 10, 1]
    assert NOW.member_shares.tolist() == [5 / 16, 10 / 16, 1 / 16]
    assert NOW.fullest == "a"
    assert NOW.imbalance_ratio == 10 / (16 / 3)


def test_a_partition_moves_if_it_had_an_owner_and_has_another():
    """Of orders, 1 goes from a to b, 4 from c, who is gone, to a; 3 had no owner."""
    assert NOW.moved["orders"].tolist() == [False, True, False, False, True]
    assert NOW.moved["refunds"].tolist() == [False]
    assert NOW.moves == 2


def test_a_partition_that_nobody_owns_any_more_has_not_moved():
    now = Assignment(members=["a"], owners={"orders": [-1, 0]}, previous=BEFORE)
    assert now.moves == 0


def test_without_a_past_nothing_moved():
    assert (BEFORE.moves, BEFORE.moved["orders"].tolist()) == (0, [False] * 5)


def test_owners_are_known_by_name():
    assert (NOW.owner_of("orders", 3), NOW.owner_of("refunds", 0)) == ("d", None)
    with pytest.raises(ValueError, match=r"topic must be one .* got 'order' \(near: 'orders'\)"):
        NOW.owner_of("order", 0)
    with pytest.raises(ValueError, match=r"partition must be a whole number in 0 … 4, got 5"):
        NOW.owner_of("orders", 5)


def test_a_frame_has_a_row_for_each_partition():
    frame = NOW.to_frame()
    assert list(frame.columns) == ["topic", "partition", "member", "load", "previous_member"]
    assert frame["topic"].tolist() == ["orders"] * 5 + ["refunds"]
    assert frame["partition"].tolist() == [0, 1, 2, 3, 4, 0]
    assert frame["member"].tolist() == ["a", "b", "b", "d", "a", None]
    assert frame["load"].tolist() == [4, 3, 2, 1, 6, 9]
    assert frame["previous_member"].tolist() == ["a", "a", "b", None, "c", None]


def test_without_loads_every_partition_counts_one():
    assert BEFORE.member_loads.tolist() == [2, 1, 1]
    assert BEFORE.to_frame()["load"].tolist() == [1] * 5
    assert BEFORE.to_frame()["previous_member"].tolist() == [None] * 5
    assert BEFORE.unit == "partitions"


def test_no_load_is_even_and_shared_by_nobody():
    empty = Assignment(members=["a", "b"], owners={"t": [0]}, loads={"t": [0]})
    assert empty.member_shares.tolist() == [0, 0]
    assert (empty.imbalance_ratio, empty.idle_members) == (1.0, ("b",))


def test_it_says_what_it_is():
    assert repr(NOW) == (
        "Assignment(sticky, members=3, partitions=6, imbalance_ratio=1.88, moves=2)"
    )
    assert repr(assign(1, 2)) == (
        "Assignment(range, members=2, partitions=1, imbalance_ratio=2.00, idle=1)"
    )
    assert repr(BEFORE) == "Assignment(seen, members=3, partitions=5, imbalance_ratio=1.50)"


def test_the_verdict_names_the_fullest_and_what_is_left_over():
    assert NOW.verdict == (
        "Member 'a' is the fullest: 2 of 6 partitions, 62.5 % of the load, "
        "1.88 times the even share. Partitions without an owner: 1. "
        "Partitions that change their owner: 2."
    )
    assert assign(1, 2).verdict == (
        "Member 'member-0' is the fullest: 1 of 1 partitions, 100.0 %, 2.00 times the even share. "
        "Members with nothing to read: 1 of 2."
    )


def test_the_table_of_a_notebook_stops_after_twenty_rows():
    html = assign(23, ["<a>", "b"])._repr_html_()
    assert html.count("<tr") == 21
    assert html.startswith("<p>Member &#x27;&lt;a&gt;&#x27; is the fullest")
    assert html.endswith("<p>… and 3 more partitions</p>")
    assert "more partitions" not in assign(20, 1)._repr_html_()


def test_arrays_are_copied_and_cannot_be_written():
    owners, loads = np.array([0, 1]), np.array([1.0, 2.0])
    made = Assignment(
        members=["a", "b"],
        owners={"t": owners},
        loads={"t": loads},
        first_round_owners={"t": owners},
    )
    owners[0] = loads[0] = 1
    for array in (made.owners["t"], made.loads["t"], made.first_round_owners["t"]):
        assert array[0] in {0, 1.0}
        assert not array.flags.writeable
    assert (made.owners["t"][0], made.loads["t"][0]) == (0, 1.0)
    with pytest.raises(TypeError):
        made.owners["u"] = owners


def test_the_first_round_is_an_assignment_of_the_same_group():
    made = Assignment(
        members=["b", "a"],
        owners={"orders": [1, 0, 0]},
        loads={"orders": [1, 2, 3]},
        previous=BEFORE,
        first_round_owners={"orders": [1, -1, 0]},
    )
    first = made.first_round()
    assert first.owners["orders"].tolist() == [1, -1, 0]
    assert first.member_loads.tolist() == [3, 1]
    assert first.previous is made.previous
    assert first.first_round() is first


def test_what_was_seen_is_written_down_by_name():
    seen = Assignment.from_names({"t": ["b", "a", None], "u": ["b"]}, members=["c", "b", "a"])
    assert (seen.members, seen.idle_members) == (("c", "b", "a"), ("c",))
    assert seen.owners["t"].tolist() == [1, 2, -1]
    with pytest.raises(ValueError, match="owners must be among members, got 'b'"):
        Assignment.from_names({"t": ["a", "b"]}, members=["a"])


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"members": []}, "members must hold at least one member, got none"),
        ({"members": ["a", "a"]}, r"members must have different names, got \('a', 'a'\)"),
        ({"owners": {}}, "owners must hold at least one topic, got none"),
        ({"owners": {"t": []}}, r"owners of topic 't' must be 1-D, .* got shape \(0,\)"),
        ({"owners": {"t": [[0]]}}, r"owners of topic 't' must be 1-D, .* got shape \(1, 1\)"),
        ({"owners": {"t": [0.0]}}, r"owners of topic 't' must be whole numbers, got \[0\.0\]"),
        ({"owners": {"t": [0, 2]}}, "owners of topic 't' must be in -1 … 1, got 2 at partition 1"),
        ({"owners": {"t": [-2]}}, "owners of topic 't' must be in -1 … 1, got -2 at partition 0"),
        (
            {"loads": {"t": [1, 1]}},
            "loads of topic 't' must be one for each of 1 partitions, got 2",
        ),
        (
            {"first_round_owners": {"t": [5]}},
            "first_round_owners of topic 't' must be in -1 … 1, got 5",
        ),
    ],
)
def test_what_does_not_fit_is_refused(fields, text):
    with pytest.raises(ValueError, match=text):
        Assignment(**({"members": ["a", "b"], "owners": {"t": [0]}} | fields))


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        (("",), ValueError, "name of a member must not be empty, got ''"),
        ((3,), TypeError, "name of a member must be text, got 3"),
        (("a", "orders"), TypeError, "topics of member 'a' must be a sequence of .* got 'orders'"),
        (("a", [1]), TypeError, "topics of member 'a' must be text, got 1"),
        (("a", None, ""), ValueError, "instance_id of member 'a' must not be empty, got ''"),
    ],
)
def test_a_member_is_refused_if_its_names_are_none(arguments, error, text):
    with pytest.raises(error, match=text):
        Member(*arguments)


def test_a_member_subscribes_to_a_topic_once():
    assert Member("a", ["t", "u", "t"]).topics == ("t", "u")
