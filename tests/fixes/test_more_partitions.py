import pytest

from kafka_sizing import KeyLoads, MorePartitions, NoKey, find_partitioner, partition_of, place


@pytest.mark.parametrize(
    ("partitions", "peak_share"),
    [
        pytest.param(24, 0.251039, id="two large airlines stay together"),
        pytest.param(48, 0.179303, id="they are separated"),
    ],
)
def test_carriers_over_more_partitions(carriers, partitions, peak_share):
    outcome = MorePartitions(partitions).evaluate(carriers, 12)
    assert outcome.peak_share == pytest.approx(peak_share, abs=1e-6)
    assert outcome.loads.partitions == partitions
    assert outcome.ordering_scope == "per key"
    assert (outcome.read_fan_in, outcome.state_copies) == (1, 1)


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [(6, 12, 1 / 2), (6, 7, 6 / 7), (10, 15, 2 / 3), (12, 18, 2 / 3), (100, 101, 100 / 101)],
)
def test_keys_move_as_a_uniform_hash_would_let_them(zipf_keys, before, after, moved):
    outcome = MorePartitions(after).evaluate(zipf_keys(20_000, 0), before)
    assert outcome.moved_key_share == pytest.approx(moved, abs=0.015)
    assert outcome.moved_load_share == pytest.approx(outcome.moved_key_share)


def test_moved_keys_are_those_whose_partition_differs(carriers):
    moved = [
        (load, partition_of(key, 12) != partition_of(key, 24))
        for key, load in zip(carriers.keys, carriers.loads.tolist(), strict=True)
    ]
    outcome = MorePartitions(24).evaluate(carriers, 12)
    assert outcome.moved_key_share == sum(is_moved for _, is_moved in moved) / 16
    assert outcome.moved_load_share == pytest.approx(
        sum(load for load, is_moved in moved if is_moved) / 336_776
    )


def test_the_note_states_the_formula():
    outcome = MorePartitions(18).evaluate(KeyLoads(["a"], [1]), 12)
    assert "66.7 %" in outcome.notes[0]


@pytest.mark.parametrize("count", [12, 6])
def test_partitions_are_never_taken_away(carriers, count):
    with pytest.raises(ValueError, match=rf"more than the present 12, .* got {count}"):
        MorePartitions(count).evaluate(carriers, 12)


@pytest.mark.parametrize("count", [0, 1, -3, 2.5, True, "12", 2**31])
def test_a_count_that_is_none_is_refused(count):
    with pytest.raises(ValueError, match="partitions must be a whole number in 2"):
        MorePartitions(count)


def test_no_key_is_even_and_without_order():
    keys = KeyLoads(["a", "b"], [5, 1], null_load=2)
    outcome = NoKey().evaluate(keys, 4)
    assert outcome.loads.loads.tolist() == [2, 2, 2, 2]
    assert (outcome.ordering_scope, outcome.read_fan_in, outcome.state_copies) == ("none", 4, 4)
    assert outcome.moved_key_share == 1
    assert outcome.moved_load_share == pytest.approx(6 / 8 * 3 / 4)  # null keys spread already


def test_no_key_moves_nothing_where_there_is_one_partition():
    outcome = NoKey().evaluate(KeyLoads(["a"], [5]), 1)
    assert (outcome.moved_key_share, outcome.moved_load_share) == (0, 0)


def test_no_key_names_a_client_that_does_not_spread_null_keys():
    on_one = find_partitioner("librdkafka", "murmur2")  # null keys are hashed as empty ones
    keys = KeyLoads(["a"], [6], null_load=2)
    outcome = NoKey().evaluate(keys, 4, partitioner=on_one)
    assert on_one.name in outcome.producer_change
    assert outcome.moved_load_share == pytest.approx(3 / 4)  # of null keys too
    assert "does not" not in NoKey().evaluate(keys, 4).producer_change


def test_empty_keys_that_a_client_spreads_do_not_move():
    keys = KeyLoads(["", "a"], [3, 1])
    assert place(keys, 4, partitioner="librdkafka").partition_of_key[0] == -1
    outcome = NoKey().evaluate(keys, 4, partitioner="librdkafka")
    assert outcome.moved_key_share == 0.5
    assert outcome.moved_load_share == pytest.approx(1 / 4 * 3 / 4)


def test_null_keys_that_are_hashed_move_like_a_key():
    # murmur2 of no bytes is 275,646,681 (runs of real clients): 1 mod 5, 2 mod 7, 9 mod 12 and 24
    keys = KeyLoads(["a"], [0], null_load=5)
    moved = [
        MorePartitions(after).evaluate(keys, before, partitioner="librdkafka-murmur2")
        for before, after in ((5, 7), (12, 24))
    ]
    assert [outcome.moved_load_share for outcome in moved] == [1, 0]
    assert MorePartitions(7).evaluate(keys, 5).moved_load_share == 0  # spread before and after
