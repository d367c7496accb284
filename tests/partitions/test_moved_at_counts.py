"""What moves at each of many counts: the rule for even keys, and keys as they are placed."""

import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyLoads, moved_keys, place, zipf_keys
from kafka_sizing.partitions.growing import moved_at_counts


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        pytest.param(12, 24, 1 / 2, id="KR01 12 to 24"),
        pytest.param(12, 18, 2 / 3, id="KR01 12 to 18"),
        pytest.param(10, 11, 10 / 11, id="KR01 10 to 11"),
        pytest.param(30, 60, 1 / 2, id="KR01 30 to 60"),
        pytest.param(6, 9, 2 / 3, id="KR01 6 to 9"),
        pytest.param(16, 24, 2 / 3, id="KR01 16 to 24"),
        pytest.param(12, 36, 2 / 3, id="KR01 12 to 36"),
        pytest.param(24, 24, 0, id="KR01 24 to 24"),
    ],
)
def test_even_keys_move_by_the_rule(before, after, share):
    moved = moved_at_counts(None, before, [after])
    assert moved.moved_key_share.tolist() == pytest.approx([share], abs=1e-15)
    assert moved.moved_load_share.tolist() == pytest.approx([share], abs=1e-15)
    assert moved.max_share.tolist() == [1 / after]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.integers(1, 30))
def test_keys_move_as_they_are_placed(counts, before):
    keys = zipf_keys(50, exponent=0.7, total=1_000)
    frame = moved_at_counts(keys, before, counts, partitioner="sarama").to_frame()
    assert frame["partitions"].tolist() == counts
    for row in frame.itertuples():
        moved = moved_keys(keys, before, row.partitions, partitioner="sarama")
        assert row.moved_key_share == pytest.approx(moved.key_share)
        assert row.moved_load_share == pytest.approx(moved.load_share)
        loads = place(keys, row.partitions, partitioner="sarama")
        assert row.max_share == pytest.approx(loads.max_share)


def test_the_least_is_the_first_of_those_that_move_as_little():
    moved = moved_at_counts(None, 8, [12, 24, 10, 12])
    assert moved.least == 12  # 1 - 4/12 and 1 - 8/24
    assert repr(moved) == "MovedAtCounts(8 -> 4 counts in 10 … 24, least moves at 12)"
    assert moved.reason == "From 8 partitions, 66.7 % of the load moves to 12, 80.0 % to 10"
    assert "moved_load_share" in moved._repr_html_()
    with pytest.raises(ValueError, match="read-only"):
        moved.partitions[0] = 1


def test_keys_without_load_move_without_load():
    moved = moved_at_counts(KeyLoads(["21", "foobar"], [0, 0]), 4, [8])
    assert moved.moved_key_share.tolist() == [1]
    assert moved.moved_load_share.tolist() == moved.max_share.tolist() == [0]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((None, 0, [2]), r"^before must be a whole number in 1 … 10,000,000, got 0"),
        ((None, 2, [0]), r"^counts must be a whole number in 1 … 10,000,000, got 0"),
        ((None, 2, []), r"counts must hold at least one partition count, got none"),
    ],
)
def test_nonsense_gets_one_clear_line(arguments, text):
    with pytest.raises(ValueError, match=text):
        moved_at_counts(*arguments)


def test_keys_are_key_loads_or_none():
    with pytest.raises(TypeError, match="keys must be KeyLoads, as count_keys gives, got list"):
        moved_at_counts(["a"], 1, [2])
