"""The assignors against Kafka's own, published examples, brute force and their own promises."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing import PartitionLoads
from kafka_sizing.consumers.assignment import ASSIGNORS, Assignment, Member, assign, balancing

with (Path(__file__).parents[2] / "vectors" / "assignors.csv").open(newline="") as _file:
    VECTORS = list(csv.DictReader(_file))

EVEN = ("roundrobin", "sticky", "cooperative-sticky", "uniform")
STICKY = ("sticky", "cooperative-sticky", "uniform")


def _pairs(text):
    return [token.split("=") for token in text.split()]


def _owned(text):
    """Read "a=t0-1+t1-0 b=t0-0" as the member of each topic and partition."""
    return {
        tuple(partition.rsplit("-", 1)): member
        for member, partitions in _pairs(text)
        for partition in partitions.split("+")
    }


def _owned_in(assignment):
    frame = assignment.to_frame().dropna(subset="member")
    return {(row.topic, str(row.partition)): row.member for row in frame.itertuples()}


def _seen(text):
    owned = _owned(text)
    owners = {}
    for topic, partition in owned:
        owners[topic] = max(owners.get(topic, 0), int(partition) + 1)
    return Assignment.from_names(
        {
            topic: [owned.get((topic, str(partition))) for partition in range(count)]
            for topic, count in owners.items()
        }
    )


def _members(text):
    for name, topics in _pairs(text):
        plain, _, instance = name.partition("!")
        yield Member(plain, [topic for topic in topics.split("+") if topic], instance or None)


# --- Kafka's own assignors ---------------------------------------------------------------


def test_the_vectors_are_of_every_assignor_that_kafka_has():
    assert {row["assignor"] for row in VECTORS} == set(ASSIGNORS) - {"load-aware"}


@pytest.mark.parametrize(
    "row", VECTORS, ids=[f"{at}-{row['assignor']}" for at, row in enumerate(VECTORS, 2)]
)
def test_owners_are_those_that_kafka_chooses(row):
    got = assign(
        {topic: int(count) for topic, count in _pairs(row["partitions"])},
        list(_members(row["members"])),
        assignor=row["assignor"],
        previous=_seen(row["previous"]) if row["previous"] else None,
    )
    assert _owned_in(got) == _owned(row["expected"])
    if row["first_round"]:
        assert _owned_in(got.first_round()) == _owned(row["first_round"])
        assert got.first_round_owners is not None
    elif row["assignor"] == "cooperative-sticky":
        assert got.first_round() is got


@pytest.mark.parametrize(
    ("partitions", "members", "assignor", "expected"),
    [
        pytest.param(
            {"t0": 3, "t1": 3}, 2, "range", [4, 2], id="RangeAssignor's documentation: 4 and 2"
        ),
        pytest.param(
            {"t0": 3, "t1": 3}, 2, "roundrobin", [3, 3], id="RoundRobinAssignor's: 3 and 3"
        ),
        pytest.param(
            {f"t{at}": 10 for at in range(5)}, 4, "range", [15, 15, 10, 10], id="5 × 10 by range"
        ),
        pytest.param(
            {f"t{at}": 10 for at in range(5)}, 4, "roundrobin", [13, 13, 12, 12], id="5 × 10 dealt"
        ),
        pytest.param(
            11, 3, "uniform", [3, 4, 4], id="UniformAssignor's 11 over 3, last ones more"
        ),
        pytest.param(
            {f"t{at}": 1 for at in range(10)}, 5, "range", [10, 0, 0, 0, 0], id="range idles four"
        ),
    ],
)
def test_members_get_the_numbers_of_the_documentation(partitions, members, assignor, expected):
    got = assign(partitions, members, assignor=assignor)
    assert got.partition_counts.tolist() == expected


def test_round_robin_passes_over_members_that_do_not_subscribe():
    """The second example in RoundRobinAssignor's documentation."""
    got = assign(
        {"t0": 1, "t1": 2, "t2": 3},
        [Member("C0", ["t0"]), Member("C1", ["t0", "t1"]), Member("C2", ["t0", "t1", "t2"])],
        assignor="roundrobin",
    )
    assert _owned_in(got) == _owned("C0=t0-0 C1=t1-0 C2=t1-1+t2-0+t2-1+t2-2")


@pytest.mark.parametrize("assignor", STICKY)
def test_a_seventh_member_takes_eight_of_sixty_and_nothing_else_moves(assignor):
    before = assign(60, 6, assignor=assignor)
    after = assign(60, 7, assignor=assignor, previous=before)
    assert (after.moves, after.partition_counts[6]) == (8, 8)


@pytest.mark.parametrize("assignor", ["range", "roundrobin"])
def test_static_members_keep_their_partitions_under_new_member_ids(assignor):
    """The example in RangeAssignor's documentation: C0 comes back as C3, C1 as C2."""
    before = assign(
        {"t0": 3, "t1": 3},
        [Member("C0", instance_id="I0"), Member("C1", instance_id="I1")],
        assignor=assignor,
    )
    after = assign(
        {"t0": 3, "t1": 3},
        [Member("C2", instance_id="I1"), Member("C3", instance_id="I0")],
        assignor=assignor,
    )
    renamed = {"C0": "C3", "C1": "C2"}
    assert _owned_in(after) == {at: renamed[name] for at, name in _owned_in(before).items()}


def test_static_members_come_before_dynamic_ones():
    """testMixedStaticMembership of RangeAssignorTest: A and C are static, B is not."""
    got = assign(5, [Member("A", instance_id="iA"), "B", Member("C", instance_id="iC")])
    assert [got.owner_of("topic", partition) for partition in range(5)] == list("AACCB")


def test_what_does_not_even_out_is_undone(monkeypatch):
    """As AbstractStickyAssignor goes back if its balance score is no better than before."""
    members = [Member("a", ["t", "u"]), Member("b", ["t"])]
    previous = Assignment.from_names({"t": ["a"] * 4, "u": ["a"]})
    counts = {"t": 4, "u": 1}
    evened = assign(counts, members, assignor="sticky", previous=previous)
    assert evened.partition_counts.tolist() == [3, 2]
    monkeypatch.setattr(balancing._Balance, "spread", lambda _: 7)
    undone = assign(counts, members, assignor="sticky", previous=previous)
    assert undone.partition_counts.tolist() == [5, 0]
    empty = assign(counts, members, assignor="sticky")  # nothing to go back to
    assert empty.partition_counts.tolist() == [3, 2]


# --- promises ----------------------------------------------------------------------------


@st.composite
def groups(draw, assignors=tuple(ASSIGNORS), alike=None):
    """Draw the arguments of two assignments: one before, and one that goes on from it."""
    assignor = draw(st.sampled_from(assignors))
    topics = [f"t{at}" for at in range(draw(st.integers(1, 4)))]
    same = draw(st.booleans()) if alike is None else alike

    def counts():
        return {topic: draw(st.integers(1, 7)) for topic in topics}

    def members():
        names = draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=7, unique=True))
        subscriptions = st.none() if same else st.sets(st.sampled_from(topics)).map(sorted)
        return [Member(name, draw(subscriptions)) for name in names]

    previous = assign(
        counts(), members(), assignor=draw(st.sampled_from(["range", "roundrobin", "sticky"]))
    )
    return counts(), members(), assignor, draw(st.sampled_from([None, previous]))


@given(groups())
def test_each_partition_that_is_read_has_one_owner_that_subscribes_to_it(group):
    partitions, members, assignor, previous = group
    got = assign(partitions, members, assignor=assignor, previous=previous)
    topics = {
        member.name: set(partitions if member.topics is None else member.topics)
        for member in members
    }
    read = set().union(*topics.values())
    assert got.partitions == partitions
    for topic, count in partitions.items():
        for partition in range(count):
            owner = got.owner_of(topic, partition)
            assert (owner is not None) == (topic in read)
            assert owner is None or topic in topics[owner]


@settings(max_examples=50)
@given(groups(), st.randoms(use_true_random=False))
def test_the_order_of_members_and_topics_does_not_matter(group, random):
    partitions, members, assignor, previous = group
    topics = list(partitions)
    shuffled = list(members)
    random.shuffle(topics)
    random.shuffle(shuffled)
    one = assign(partitions, members, assignor=assignor, previous=previous)
    other = assign(
        {topic: partitions[topic] for topic in topics},
        shuffled,
        assignor=assignor,
        previous=previous,
    )
    assert other.members == tuple(member.name for member in shuffled)
    assert _owned_in(one) == _owned_in(other)
    assert _owned_in(one.first_round()) == _owned_in(other.first_round())


@given(groups(EVEN, alike=True))
def test_members_that_subscribe_alike_differ_by_one_partition_at_most(group):
    partitions, members, assignor, previous = group
    got = assign(partitions, members, assignor=assignor, previous=previous)
    assert np.ptp(got.partition_counts) <= 1


@settings(max_examples=50)
@given(groups(STICKY, alike=False))
def test_no_partition_could_go_to_a_member_with_two_fewer(group):
    partitions, members, assignor, previous = group
    got = assign(partitions, members, assignor=assignor, previous=previous)
    counts = dict(zip(got.members, got.partition_counts.tolist(), strict=True))
    for (topic, _), owner in _owned_in(got).items():
        readers = [
            member.name for member in members if member.topics is None or topic in member.topics
        ]
        assert counts[owner] - min(counts[name] for name in readers) <= 1


@given(
    st.sampled_from(STICKY),
    st.lists(st.sampled_from(["a", "b", "c", "gone", None]), min_size=1, max_size=6),
    st.integers(1, 3),
)
def test_no_even_assignment_moves_less(assignor, names, members):
    present = ["a", "b", "c"][:members]
    previous = Assignment.from_names({"topic": names}, members=["a", "b", "c", "gone"])
    got = assign(len(names), present, assignor=assignor, previous=previous)
    least = min(
        sum(before in present and before != now for before, now in zip(names, owners, strict=True))
        for owners in itertools.product(present, repeat=len(names))
        if np.ptp([owners.count(name) for name in present]) <= 1
    )
    moved = got.moved["topic"].tolist()
    assert sum(before in present for before in itertools.compress(names, moved)) == least


@settings(max_examples=50)
@given(groups())
def test_an_assignor_that_looks_back_leaves_its_own_result_alone(group):
    partitions, members, assignor, previous = group
    once = assign(partitions, members, assignor=assignor, previous=previous)
    again = assign(partitions, members, assignor=assignor, previous=once)
    assert (again.moves, again.first_round()) == (0, again)


@settings(max_examples=50)
@given(groups(("cooperative-sticky", "uniform", "server-range", "load-aware")))
def test_in_the_first_round_nothing_has_two_owners(group):
    partitions, members, assignor, previous = group
    got = assign(partitions, members, assignor=assignor, previous=previous)
    first = got.first_round()
    assert first.moves == sum(
        first.previous.owner_of(*at) not in got.members for at in _moved(first)
    )
    for topic, owners in got.owners.items():
        withheld = (first.owners[topic] == -1) & (owners != -1)
        for partition in np.flatnonzero(withheld):
            assert previous.owner_of(topic, partition) in got.members


def _moved(assignment):
    return [
        (topic, int(partition))
        for topic, moved in assignment.moved.items()
        for partition in np.flatnonzero(moved)
    ]


@pytest.mark.parametrize("assignor", ["range", "roundrobin", "sticky"])
def test_an_eager_assignor_has_one_round(assignor):
    got = assign(6, 3, assignor=assignor, previous=assign(6, 2, assignor=assignor))
    assert got.moves
    assert got.first_round() is got


def test_partitions_of_a_member_that_is_gone_are_handed_out_at_once():
    before = assign(6, ["a", "b", "c"], assignor="cooperative-sticky")
    after = assign(6, ["a", "b"], assignor="cooperative-sticky", previous=before)
    assert (after.moves, after.first_round()) == (2, after)


def test_what_moves_waits_until_it_is_given_up():
    before = assign(6, ["a", "b"], assignor="cooperative-sticky")
    after = assign(6, ["a", "b", "c"], assignor="cooperative-sticky", previous=before)
    assert after.moves == 2
    assert after.first_round().idle_members == ("c",)
    assert (after.first_round().owners["topic"] == -1).tolist() == after.moved["topic"].tolist()


# --- what went before --------------------------------------------------------------------


def test_numbered_members_are_the_same_whatever_their_padding():
    nine = assign(60, 9, assignor="sticky")
    eleven = assign(60, 11, assignor="sticky", previous=nine)
    assert eleven.members[:2] == ("member-00", "member-01")
    assert eleven.moves == 10  # 5 each for the two that are new
    assert assign(60, 9, assignor="sticky", previous=eleven).members[0] == "member-0"


def test_named_members_of_before_are_not_renumbered():
    before = assign(4, ["x", "member-1"], assignor="sticky")
    after = assign(4, 20, assignor="sticky", previous=before)
    assert after.previous.members == ("x", "member-1")


def test_new_partitions_had_no_owner_and_lost_ones_no_longer_count():
    before = assign({"a": 2, "b": 4, "gone": 3}, 2, assignor="sticky")
    after = assign({"a": 6, "b": 1, "new": 2}, 2, assignor="sticky", previous=before)
    assert after.moves == 0
    assert after.to_frame()["previous_member"].isna().tolist() == (
        [False] * 2 + [True] * 4 + [False] + [True] * 2
    )


def test_only_the_last_assignment_is_kept():
    first = assign(4, 1)
    third = assign(4, 3, previous=assign(4, 2, previous=first))
    assert third.previous.members == ("member-0", "member-1")
    assert third.previous.previous is None


# --- loads -------------------------------------------------------------------------------


def test_loads_of_one_topic_come_plain_or_with_their_unit():
    plain = assign(3, 2, loads=[5, 1, 1])
    rated = assign(3, 2, loads=PartitionLoads(loads=[5, 1, 1], unit="bytes/s"))
    assert plain.member_loads.tolist() == rated.member_loads.tolist() == [6, 1]
    assert (plain.unit, rated.unit, assign(3, 2).unit) == (None, "bytes/s", "partitions")


def test_loads_of_several_topics_come_by_name():
    got = assign(
        {"b": 1, "a": 2},
        2,
        loads={
            "a": PartitionLoads(loads=[1, 2], unit="records/s"),
            "b": PartitionLoads(loads=[4], unit="records/s"),
        },
    )
    assert got.unit == "records/s"
    assert got.member_loads.tolist() == [5, 2]
    assert assign({"a": 1}, 1, loads={"a": [7]}).unit is None


# --- nonsense ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ((0, 2), ValueError, r"partitions must be a whole number in 1 … .* got 0"),
        ((2.5, 2), ValueError, r"partitions must be a whole number .* got 2\.5"),
        (({}, 2), ValueError, "partitions must hold at least one topic, got none"),
        (({"t": 0}, 2), ValueError, "partitions of topic 't' must be a whole number .* got 0"),
        (({1: 2}, 2), TypeError, "a topic in partitions must be text, got 1"),
        ((2, 0), ValueError, r"members must be a whole number in 1 … 100,000, got 0"),
        ((2, []), ValueError, "members must hold at least one member, got none"),
        ((2, "billing"), TypeError, "members must be a count or a sequence of .* got 'billing'"),
        ((2, Member("a")), TypeError, "members must be a count or a sequence of members, got Mem"),
        ((2, ["a", "b", "a"]), ValueError, "members must have different names, got 'a' twice"),
        (
            (2, [Member("a", instance_id="i"), Member("b", instance_id="i")]),
            ValueError,
            "members must have different instance ids, got 'i' twice",
        ),
        (
            ({"orders": 2}, [Member("a", topics=["order"])]),
            ValueError,
            r"topics of member 'a' must be among .* partitions, got 'order' \(near: 'orders'\)",
        ),
    ],
)
def test_nonsense_is_refused_by_name(arguments, error, text):
    with pytest.raises(error, match=text):
        assign(*arguments)


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"assignor": "stiky"}, ValueError, r"assignor must be one of .* \(near: 'sticky'"),
        ({"previous": {"t": [0]}}, TypeError, "previous must be Assignment, as assign gives"),
        (
            {"loads": [1, 2]},
            ValueError,
            "loads must be a mapping from topic to loads for 2 topics",
        ),
        ({"loads": {"a": [1, 1]}}, ValueError, "loads must hold every topic .* got none for 'b'"),
        (
            {"loads": {"a": [1, 1], "b": [1]}},
            ValueError,
            "loads of topic 'b' must be one for each of 3 partitions, got 1",
        ),
        (
            {"loads": {"a": [1, 1], "b": [1] * 3, "c": [1]}},
            ValueError,
            "loads must be of the topics in partitions, got 'c'",
        ),
        ({"loads": {"a": [1, -1], "b": [1] * 3}}, ValueError, "loads must be finite and >= 0"),
        (
            {"loads": {"a": [1e308] * 2, "b": [1] * 3}},
            ValueError,
            "loads must add up to a finite total",
        ),
        (
            {"loads": {"a": [1e308, 0], "b": [1e308, 0, 0]}},
            ValueError,
            "loads must add up to a finite total over all topics",
        ),
        (
            {"loads": {"a": [1, 1], "b": PartitionLoads(loads=[1] * 3)}},
            ValueError,
            r"loads must have one unit, got \['None', 'records'\]",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(options, error, text):
    with pytest.raises(error, match=text):
        assign({"a": 2, "b": 3}, 2, **options)


@pytest.mark.parametrize("assignor", ASSIGNORS)
def test_members_beyond_the_partitions_are_idle(assignor):
    got = assign(2, 5, assignor=assignor)
    assert sorted(got.partition_counts.tolist()) == [0, 0, 0, 1, 1]
    assert len(got.idle_members) == 3


@pytest.mark.parametrize("assignor", ASSIGNORS)
def test_a_group_that_subscribes_to_nothing_owns_nothing(assignor):
    members = [Member("a", []), Member("b", [])]
    previous = Assignment.from_names({"t": ["a", "b", "a"]})
    got = assign({"t": 3}, members, assignor=assignor, previous=previous)
    assert got.owners["t"].tolist() == [-1, -1, -1]
    assert (got.moves, got.imbalance_ratio, got.idle_members) == (0, 1.0, ("a", "b"))
