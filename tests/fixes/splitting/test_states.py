import numpy as np
import pytest

from kafka_sizing.fixes.splitting import state_costs, states as module
from kafka_sizing.fixes.splitting.states import states_of


@pytest.mark.parametrize(
    ("choices", "states"),
    [
        pytest.param({"tail_choices": 12}, 12 + 12 + 3 + 1, id="shuffling: sum of min(f, N)"),
        pytest.param({"tail_choices": 2}, 2 + 2 + 2 + 1, id="partial key grouping: min(f, 2)"),
        pytest.param(
            {"tail_choices": 2, "head_keys": 2, "head_choices": 12},
            2 * 12 + 2 + 1,
            id="W-Choices: N H + 2 (K - H), but for the key with one record",
        ),
        pytest.param(
            {"tail_choices": 2, "head_keys": 2, "head_choices": 5},
            2 * 5 + 2 + 1,
            id="D-Choices: d H + 2 (K - H), but for the key with one record",
        ),
        pytest.param({}, 4, id="whole keys: one each"),
        pytest.param({"head_keys": 2}, 4, id="heavy keys whole too"),
    ],
)
def test_states_add_up_by_the_table_of_the_literature(choices, states):
    costs = state_costs([3, 90, 0, 40, 1], **choices)
    assert (costs.keys, costs.states, costs.merges) == (4, states, states - 4)
    assert costs.states_per_key == states / 4


def test_the_fan_in_is_that_of_the_key_that_lies_widest():
    assert state_costs([3, 90], tail_choices=12).most_fan_in == 12
    assert state_costs([3, 7], tail_choices=12).most_fan_in == 7
    assert state_costs([3, 7], tail_choices=2, head_keys=1, head_choices=5).most_fan_in == 5


def test_no_record_needs_no_state():
    costs = state_costs([0, 0], tail_choices=2)
    assert (costs.keys, costs.states, costs.states_per_key, costs.most_fan_in) == (0, 0, 1, 0)


def test_the_reason_counts_states():
    assert state_costs([50, 3], tail_choices=2).reason == (
        "at most 4 states for 2 keys, 2 per key, 2 of them to merge into another"
    )


@pytest.mark.parametrize("most", [2**28, 1])
def test_states_of_a_stream_are_its_distinct_pairs(monkeypatch, most):
    monkeypatch.setattr(module, "PAIRS_MARKED", most)
    stream = np.array([0, 0, 0, 3, 3, 1], dtype=np.int32)
    placed = np.array([2, 2, 1, 0, 0, 1], dtype=np.int32)
    costs = states_of(stream, placed, 3)
    assert (costs.keys, costs.states, costs.most_fan_in) == (3, 4, 2)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"tail_choices": 0}, "tail_choices must be a whole number"),
        ({"head_keys": -1}, "head_keys must be a whole number"),
        ({"head_choices": 0}, "head_choices must be a whole number"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments, text):
    with pytest.raises(ValueError, match=text):
        state_costs([1], **arguments)
