"""The first count that keeps a line for these keys and under most hashes."""

from __future__ import annotations

import pytest

from kafka_sizing import KeyLoads, MorePartitions, compare_fixes, expected_imbalance, place
from kafka_sizing.fixes.base import line_for
from kafka_sizing.fixes.sure_counts import REACH, sure_counts
from kafka_sizing.keys import PARTITIONERS


def found(keys, partitions, capacity, certainty, partitioner="java"):
    chosen = PARTITIONERS[partitioner]
    line = line_for(place(keys, partitions, partitioner=chosen), capacity)
    return sure_counts(keys, chosen, partitions, line=line, certainty=certainty)


@pytest.mark.parametrize("certainty", [0.5, 0.9, 0.99])
def test_what_is_found_keeps_the_line_for_these_keys_and_for_others(certainty):
    keys = KeyLoads([f"k{at}" for at in range(300)], [1.0] * 300)
    (count,) = found(keys, 12, 20, certainty)
    assert place(keys, count).loads.max() <= 20
    other = expected_imbalance(keys, count, draws=20_000, rng=5)
    assert 1 - other.probability_above(20 / 300) >= certainty - 0.01


def test_more_certainty_takes_more_partitions():
    keys = KeyLoads([f"k{at}" for at in range(300)], [1.0] * 300)
    (lax,), (strict,) = found(keys, 12, 20, 0.5), found(keys, 12, 20, 0.99)
    assert 15 <= lax < strict  # 300 / 20 is the least that even spread needs


def test_two_keys_that_must_part_need_a_hundred_partitions_for_99_percent():
    """They meet with 1 / N: up to 8 × 4 partitions is 1 / 32, which does for 95 % and not 99 %."""
    keys = KeyLoads(["a", "b"], [1, 1])
    (count,) = found(keys, 4, 1, 0.95)
    assert 20 < count <= REACH * 4 + REACH
    assert found(keys, 4, 1, 0.99) == ()


def test_a_key_too_big_has_no_count(carriers):
    assert found(carriers, 12, 50_000, 0.9) == ()


def test_a_partitioner_with_a_limit_is_not_taken_beyond_it():
    keys = KeyLoads([f"k{at}" for at in range(300)], [1.0] * 300)
    counts = found(keys, 100, 5, 0.01, "flink-subtask-of-128")
    assert all(count <= 128 for count in counts)


def test_a_line_below_what_any_topic_could_need_ends_the_search():
    assert found(KeyLoads(["a", "b"], [1, 1]), 4, 1e-9, 0.9) == ()


def test_the_proposal_is_that_count():
    keys = KeyLoads([f"k{at}" for at in range(300)], [1.0] * 300)
    counts = [
        outcome.fix.partitions
        for outcome in compare_fixes(keys, 12, capacity=20, certainty=0.9).outcomes
        if isinstance(outcome.fix, MorePartitions)
    ]
    assert found(keys, 12, 20, 0.9)[0] in counts
