"""What a change of the count puts at stake: by hand, and by playing a change record by record."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing import KeyLoads, moved_keys, moved_share, partition_of, place
from kafka_sizing.partitions.growing import change_exposure


def exposure(keys=None, before=12, after=24, **changes):
    inputs = {"write_records_per_s": 6_000, "lag_s": 20, "metadata_age_s": 0}
    return change_exposure(keys, before, after, **(inputs | changes))


def even_keys(n):
    return KeyLoads([f"user-{i}" for i in range(n)], np.ones(n))


# --- by hand ----------------------------------------------------------------------------


def test_doubling_leaves_half_the_backlog_behind():
    at_stake = exposure()
    assert at_stake.lag_records == 120_000
    assert at_stake.moved_lag_records == 60_000
    assert (at_stake.drain_s, at_stake.exposed_s) == (20, 20)
    assert at_stake.overtaking_records == 6_000 * 0.5 * 20
    assert at_stake.new_partition_load_share == 0.5  # all that moves goes to new ones
    assert at_stake.skipped_records == 0
    assert at_stake.moved_keys is at_stake.exposed_keys is at_stake.state_bytes_moved is None
    assert at_stake.is_growth


def test_twelve_to_eighteen_moves_more_and_a_third_of_it_between_old_partitions():
    at_stake = exposure(after=18)
    assert at_stake.moved_load_share == at_stake.moved_key_share == pytest.approx(2 / 3)
    assert at_stake.new_partition_load_share == pytest.approx(1 / 3)


def test_lag_in_records_and_in_seconds_are_the_same_lag():
    one, other = exposure(lag_s=20), exposure(lag_s=None, lag_records=120_000)
    assert one == other


def test_a_faster_reader_is_exposed_for_less_time():
    # 120,000 unread on 12 partitions, 1,000/s read from each: gone after 10 s
    assert exposure(partition_records_per_s=1_000).exposed_s == 10


def test_until_the_last_client_knows_records_of_a_key_go_to_both_places():
    at_stake = exposure(metadata_age_s=300)
    assert at_stake.exposed_s == 320
    assert at_stake.overtaking_records == 6_000 * 0.5 * 320
    assert at_stake.skipped_records == 6_000 * 0.5 * 300


def test_clients_learn_within_kafkas_default_of_five_minutes():
    assert exposure(metadata_age_s=None).metadata_age_s == 300


def test_state_moves_with_its_keys():
    assert exposure(state_bytes=9e9, after=36).state_bytes_moved == pytest.approx(6e9)


def test_nothing_moves_if_nothing_changes():
    at_stake = exposure(after=12, metadata_age_s=300, state_bytes=1e9)
    assert at_stake.exposed_s == at_stake.overtaking_records == at_stake.drain_s == 0
    assert at_stake.state_bytes_moved == 0
    assert at_stake.reason == "12 -> 12 partitions: nothing moves, every key keeps its order"


def test_with_everyone_stopped_and_nothing_unread_no_order_is_at_stake():
    at_stake = exposure(even_keys(1_000), lag_s=0)
    assert (at_stake.exposed_s, at_stake.exposed_keys, at_stake.overtaking_records) == (0, 0, 0)
    assert at_stake.moved_keys > 400


def test_fewer_partitions_move_keys_too_and_none_to_a_new_one():
    at_stake = exposure(before=24, after=12)
    assert at_stake.moved_load_share == 0.5
    assert at_stake.new_partition_load_share == 0
    assert not at_stake.is_growth


def test_words_say_what_is_at_stake():
    assert exposure(metadata_age_s=300, state_bytes=2**31).reason == (
        "12 -> 24 partitions: 50.0 % of the load moved, 60,000 records left unread behind; "
        "for 5 min 20 s at most (5 min until every client knows, 20 s to read on) "
        "960,000 records may overtake older ones of their key; a group with "
        "auto.offset.reset=latest skips up to 900,000 records in new partitions "
        "(KAFKA-12261, KIP-1327); 1.0 GiB of state has to move"
    )
    keys = KeyLoads(["21", "foobar"], [30, 10])
    assert exposure(keys, 4, 8).reason.startswith(
        "4 -> 8 partitions: 2 keys with 100.0 % of the load moved, 120,000 records left unread"
    )
    assert repr(exposure()) == (
        "ChangeExposure(12 -> 24 partitions: moved_load_share=0.5, exposed_s=20, "
        "overtaking_records=60,000)"
    )


def test_frame_has_one_row():
    frame = exposure(even_keys(10)).to_frame()
    assert len(frame) == 1
    assert frame["overtaking_records"][0] == exposure(even_keys(10)).overtaking_records
    assert "exposed_keys" in exposure()._repr_html_()


# --- keys as they are placed ------------------------------------------------------------


def test_the_fullest_partition_that_keys_leave_takes_longest():
    keys = KeyLoads(["a", "b", "c", "d", "e"], [50, 20, 15, 10, 5])
    before = place(keys, 3)
    moved = moved_keys(keys, 3, 4)
    left = set(before.partition_of_key[moved.moved].tolist())
    fullest = max(before.shares[at] for at in left)
    at_stake = exposure(keys, 3, 4, partition_records_per_s=2_000)
    assert at_stake.drain_s == pytest.approx(120_000 * fullest / 2_000)
    assert at_stake.moved_keys == moved.moved.sum()
    assert at_stake.moved_lag_records == pytest.approx(120_000 * moved.load_share)


def test_records_without_a_key_wait_in_the_same_partitions():
    keys = KeyLoads(["a"], [50], null_load=50)
    assert moved_keys(keys, 2, 3).moved.all()
    # half the lag is the key's, a quarter on each of two partitions has no key
    at_stake = exposure(keys, 2, 3, partition_records_per_s=1_000)
    assert at_stake.drain_s == pytest.approx(120_000 * 0.75 / 1_000)
    assert at_stake.moved_load_share == 0.5


@given(before=st.integers(1, 40), after=st.integers(1, 40))
def test_even_keys_follow_a_whole_cycle_of_hashes(before, after):
    cycle = np.arange(np.lcm(before, after))
    at_stake = exposure(before=before, after=after)
    assert at_stake.moved_load_share == moved_share(before, after)
    assert at_stake.new_partition_load_share == pytest.approx(np.mean(cycle % after >= before))
    assert at_stake.new_partition_load_share <= at_stake.moved_load_share + 1e-12


@settings(max_examples=25, deadline=None)
@given(before=st.integers(1, 8), after=st.integers(1, 12), lag_s=st.integers(0, 15))
def test_played_record_by_record_nothing_is_out_of_order_beyond_what_is_said(before, after, lag_s):
    """Each key writes a record a second; each partition is read at a fixed pace, in order."""
    names = [f"k{n}" for n in range(30)]
    keys = KeyLoads(names, np.ones(len(names)))
    pace = 1 + int(place(keys, before).loads.max())
    said = exposure(
        keys,
        before,
        after,
        write_records_per_s=len(names),
        lag_s=lag_s,
        partition_records_per_s=pace,
    )
    queues = [deque() for _ in range(max(before, after))]
    old, new = partition_of(names, before), partition_of(names, after)
    for second in range(-lag_s, 0):
        for key in range(len(names)):
            queues[old[key]].append((second, key))
    newest, late = {}, []
    for second in range(60):
        for key in range(len(names)):
            queues[new[key]].append((second, key))
        for queue in queues:
            for _ in range(min(pace, len(queue))):
                when, key = queue.popleft()
                if when < newest.get(key, when):
                    late.append((second, key))
                newest[key] = max(when, newest.get(key, when))
    moved = {int(key) for key in np.flatnonzero(old != new)}
    assert {key for _, key in late} <= moved
    assert all(second <= said.exposed_s + 1 for second, _ in late)
    assert said.exposed_keys == (len(moved) if lag_s else 0)


# --- nonsense ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"before": 0}, r"^before must be a whole number"),
        ({"after": 0}, r"^after must be a whole number"),
        ({"write_records_per_s": 0}, r"write_records_per_s must be finite and > 0, got 0"),
        ({"lag_s": None}, r"one of lag_s and lag_records must be given, got neither"),
        ({"lag_records": 5}, r"one of lag_s and lag_records must be given, got both"),
        ({"lag_s": -1}, r"lag_s must be finite and >= 0, got -1"),
        ({"lag_s": None, "lag_records": -1}, r"lag_records must be finite and >= 0, got -1"),
        ({"partition_records_per_s": 0}, r"partition_records_per_s must be finite and > 0"),
        ({"metadata_age_s": -1}, r"metadata_age_s must be finite and >= 0, got -1"),
        ({"state_bytes": -1}, r"state_bytes must be finite and >= 0, got -1"),
        ({"partitioner": "murmur"}, "murmur"),
    ],
)
def test_nonsense_gets_one_clear_line(changes, text):
    with pytest.raises(ValueError, match=text):
        exposure(**changes)


def test_keys_are_key_loads_or_none():
    with pytest.raises(TypeError, match="keys must be KeyLoads, as count_keys gives, got list"):
        exposure(["a"])


def test_a_lag_that_is_never_read_is_refused():
    with pytest.raises(ValueError, match=r"^the time to read the lag must be finite"):
        change_exposure(
            None,
            4,
            8,
            write_records_per_s=10,
            lag_records=1e10,
            partition_records_per_s=1e-308,
        )
