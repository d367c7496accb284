import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyLoads, moved_keys, moved_share, partition_of

COUNT = st.integers(1, 200)


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        (12, 24, 1 / 2),
        (12, 18, 2 / 3),
        (10, 11, 10 / 11),
        (30, 60, 1 / 2),
        (6, 9, 2 / 3),
        (16, 24, 2 / 3),
        (12, 36, 2 / 3),
        (24, 24, 0),
        (24, 16, 2 / 3),
        (100, 101, 100 / 101),
    ],
)
def test_worked_examples(before, after, share):
    assert moved_share(before, after) == pytest.approx(share, abs=1e-15)


@given(COUNT, COUNT)
def test_the_share_is_that_of_one_whole_cycle_of_hashes(before, after):
    cycle = np.arange(np.lcm(before, after))
    assert moved_share(before, after) == pytest.approx(np.mean(cycle % before != cycle % after))
    assert moved_share(before, after) == moved_share(after, before)


@given(st.integers(1, 60), st.integers(1, 60))
def test_moved_keys_are_those_that_change_partition(before, after):
    names = [f"user-{n}" for n in range(50)]
    moved = moved_keys(KeyLoads(names, range(50)), before, after, partitioner="sarama")
    expected = [
        partition_of(name, before, partitioner="sarama")
        != partition_of(name, after, partitioner="sarama")
        for name in names
    ]
    assert moved.moved.tolist() == expected
    assert moved.key_share == pytest.approx(np.mean(expected))
    assert moved.load_share == pytest.approx(np.arange(50)[expected].sum() / (49 * 25))
    frame = moved.to_frame()
    assert len(frame) == sum(expected)
    assert (frame["partition_before"] != frame["partition_after"]).all()
    assert frame["load"].is_monotonic_decreasing


def test_many_keys_move_as_the_formula_says():
    keys = KeyLoads([f"user-{n}" for n in range(20_000)], np.ones(20_000))
    moved = moved_keys(keys, 12, 18)
    assert moved.key_share == pytest.approx(moved_share(12, 18), abs=0.02)  # six sigma
    assert "12 -> 18 partitions" in repr(moved)
    assert "<table" in moved._repr_html_()


@pytest.mark.parametrize(("before", "after"), [(0, 1), (1, 2**31), (1.0, 2)])
def test_bad_counts_get_one_clear_line(before, after):
    with pytest.raises(ValueError, match="must be a whole number in 1 … 2,147,483,647"):
        moved_share(before, after)
    with pytest.raises(ValueError, match="must be a whole number in 1 … 2,147,483,647"):
        moved_keys(KeyLoads(["a"], [1]), before, after)


def test_rows_of_moved_keys_carry_their_share_of_the_topic():
    frame = moved_keys(KeyLoads(["21", "foobar"], [30, 10]), 4, 8).to_frame()
    assert frame.columns.tolist() == [
        "key",
        "load",
        "share",
        "partition_before",
        "partition_after",
    ]
    assert frame["share"].tolist() == [0.75, 0.25]


def test_an_error_names_which_of_the_two_counts_is_wrong():
    with pytest.raises(ValueError, match=r"^before must be"):
        moved_keys(KeyLoads(["a"], [1]), 0, 1)
    with pytest.raises(ValueError, match=r"^after must be"):
        moved_keys(KeyLoads(["a"], [1]), 1, 0)
