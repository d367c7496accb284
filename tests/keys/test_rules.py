"""Reductions at the edges of 32 bits, and against whole-number arithmetic."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.keys.rules import RULES, key_groups_for, remainder

counts = st.one_of(st.integers(1, 1_000), st.integers(1, 2**31 - 1))
hashes = st.lists(
    st.one_of(
        st.sampled_from([0, 1, 2**31 - 1, 2**31, 2**31 + 1, 2**32 - 1]), st.integers(0, 2**32 - 1)
    ),
    min_size=1,
)


def signed(h: int) -> int:
    return h - 2**32 if h >> 31 else h


IN_PYTHON = {
    "mask": lambda h, n: (h & 0x7FFFFFFF) % n,
    "unsigned": lambda h, n: h % n,
    "absolute": lambda h, n: abs(signed(h)) % n,
    "absolute-or-zero": lambda h, n: 0 if h == 2**31 else abs(signed(h)) % n,
    "floor": lambda h, n: signed(h) % n,
}


@pytest.mark.parametrize("name", list(IN_PYTHON))
@given(hashes=hashes, count=counts)
def test_rule_is_its_arithmetic(name, hashes, count):
    placed = RULES[name].partitions_of(np.array(hashes, dtype=np.uint32), count)
    assert placed.dtype == np.int32
    assert placed.tolist() == [IN_PYTHON[name](h, count) for h in hashes]


@pytest.mark.parametrize(
    ("h", "by_hand"),
    [
        pytest.param(7, [7, 7, 7, 7, 7], id="a positive hash: all agree"),
        pytest.param(2**32 - 1, [7, 5, 1, 1, 9], id="-1: 2147483647, 4294967295, 1, 1, -1"),
        pytest.param(2**31, [0, 8, 8, 0, 2], id="-2**31: 0, 2**31, 2**31, 0, -2**31"),
    ],
)
def test_signs_by_hand_with_ten_partitions(h, by_hand):
    one = np.array([h], dtype=np.uint32)
    assert [int(RULES[name].partitions_of(one, 10)[0]) for name in IN_PYTHON] == by_hand


@given(st.lists(st.integers(0, 2**160 - 1), min_size=1), counts)
def test_a_long_number_has_the_remainder_of_the_whole(numbers, count):
    words = [list(np.frombuffer(n.to_bytes(20, "big"), ">u4")) for n in numbers]
    placed = RULES["whole"].partitions_of(np.array(words, dtype=np.uint32), count)
    assert placed.tolist() == [n % count for n in numbers]


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1), counts)
def test_remainder_rounds_down_below_zero(numbers, count):
    assert remainder(np.array(numbers, dtype=np.int64), count).tolist() == [
        n % count for n in numbers
    ]


@pytest.mark.parametrize(
    ("parallelism", "expected"),
    [
        (1, 128),
        (85, 128),
        (86, 256),
        (200, 512),
        (10_000, 16_384),
        (21_845, 32_768),
        (32_768, 32_768),
    ],
)
def test_key_groups_by_default(parallelism, expected):
    assert key_groups_for(parallelism) == expected


@given(hashes=hashes, parallelism=st.integers(1, 32_768))
def test_subtasks_are_key_groups_dealt_in_order(hashes, parallelism):
    h = np.array(hashes, dtype=np.uint32)
    key_groups = key_groups_for(parallelism)
    groups = RULES["key-group"].partitions_of(h, key_groups).tolist()
    expected = [group * parallelism // key_groups for group in groups]
    assert RULES["subtask"].partitions_of(h, parallelism).tolist() == expected


@pytest.mark.parametrize("name", list(RULES))
def test_hashes_are_not_changed(name):
    h = np.array([[1, 2, 3, 4, 5]] if name == "whole" else [1, 2**31, 5], dtype=np.uint32)
    kept = h.copy()
    RULES[name].partitions_of(h, 3)
    assert (h == kept).all()
