"""Runs are counted as if record by record, and drawn as each rule draws."""

import itertools

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.partitions.keyless.runs import Runs, drawn_runs, step_probabilities


@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=30),
    cuts=st.lists(st.integers(0, 60), max_size=8),
    partitions=st.integers(1, 5),
    seed=st.integers(0, 99),
)
def test_counts_are_those_of_every_single_record(lengths, cuts, partitions, seed):
    partition = np.random.default_rng(seed).integers(0, partitions, len(lengths))
    first = np.cumsum([0, *lengths[:-1]])
    records = sum(lengths)
    edges = np.array(sorted([0, *(min(cut, records) for cut in cuts), records]))
    counted = Runs(partition=partition, first_record=first).counted(edges, partitions)

    of_record = np.repeat(partition, lengths)
    for window, (begin, end) in enumerate(itertools.pairwise(edges)):
        expected = np.bincount(of_record[begin:end], minlength=partitions)
        assert counted[window].tolist() == expected.tolist()


@pytest.mark.parametrize("draw", ["any", "another", "another, else the next"])
def test_draws_step_as_often_as_their_rule_says(draw):
    partitions, draws = 5, 40_000
    runs = drawn_runs(draws, partitions, run_records=1, draw=draw, rng=np.random.default_rng(1))
    steps = np.bincount(np.diff(runs.partition) % partitions, minlength=partitions)
    expected = step_probabilities(draw, partitions)
    # Four standard errors of a share p of n draws: 4 sqrt(p (1 - p) / n).
    error = 4 * np.sqrt(expected * (1 - expected) / draws)
    assert (np.abs(steps / steps.sum() - expected) <= error).all()
    assert (draw == "any") == (steps[0] > 0)


@pytest.mark.parametrize(
    ("draw", "probabilities"),
    [
        pytest.param("any", [0.25, 0.25, 0.25, 0.25], id="the same again is possible"),
        pytest.param("another", [0, 1 / 3, 1 / 3, 1 / 3], id="drawn until it is another"),
        pytest.param("another, else the next", [0, 0.5, 0.25, 0.25], id="the next, instead"),
    ],
)
def test_steps_by_hand(draw, probabilities):
    assert step_probabilities(draw, 4).tolist() == pytest.approx(probabilities)
    assert step_probabilities(draw, 1).tolist() == [1]


@pytest.mark.parametrize("draw", ["any", "another", "another, else the next"])
def test_one_partition_gets_it_all(draw):
    runs = drawn_runs(10, 1, run_records=3, draw=draw, rng=np.random.default_rng(1))
    assert set(runs.partition.tolist()) == {0}


def test_runs_have_the_same_length_but_for_the_first():
    runs = drawn_runs(1_000, 6, run_records=7, draw="any", rng=np.random.default_rng(3))
    assert runs.first_record[0] == 0
    assert 1 <= runs.first_record[1] <= 7
    assert set(np.diff(runs.first_record[1:]).tolist()) == {7}
    assert runs.first_record[-1] + 7 >= 1_000
