import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyLoads, TimeBuckets, partition_of

some_keys = st.dictionaries(st.binary(max_size=9), st.floats(0, 1e9), min_size=1, max_size=8)


@given(loads=some_keys, slices=st.integers(1, 8), n=st.integers(1, 12), null=st.floats(0, 1e9))
def test_the_worst_slice_is_shown_and_all_together_in_the_long_run(
    added_up, loads, slices, n, null
):
    keys = KeyLoads(list(loads), list(loads.values()), null_load=null)
    outcome = TimeBuckets(60, slices=slices).evaluate(keys, n)
    each = [
        added_up(((key + b"-%d" % number, load) for key, load in loads.items()), n, null)
        for number in range(slices)
    ]
    assert outcome.loads.loads.max() == pytest.approx(max(map(max, each)), rel=1e-9, abs=1e-6)
    assert outcome.loads.total == pytest.approx(keys.total)
    if keys.total:
        together = np.sum(each, axis=0)
        assert outcome.long_run_max_share == pytest.approx(together.max() / together.sum())


def test_a_hot_key_is_whole_at_any_moment_and_even_in_the_long_run():
    outcome = TimeBuckets(3600, slices=3_000).evaluate(KeyLoads(["hot"], [1.0]), 6)
    assert outcome.peak_share == 1
    # 3,000 slices on 6 partitions: 500 each, and a standard deviation of 20.4
    assert 1 / 6 <= outcome.long_run_max_share <= (500 + 4 * 20.4) / 3_000
    assert outcome.moved_load_share == pytest.approx(5 / 6, abs=0.03)
    assert outcome.ordering_scope == "per key and slice"


def test_the_keys_shown_are_those_of_the_worst_slice():
    outcome = TimeBuckets(60, slices=5).evaluate(KeyLoads(["a", "b"], [2, 1]), 4)
    numbers = {key.rpartition(b"-")[2] for key in outcome.loads.keys.keys}
    assert len(numbers) == 1
    for partition in range(4):
        for key in outcome.loads.keys_on(partition):
            assert partition_of(key.key, 4) == partition


def test_fan_in_is_at_most_the_slices_and_the_partitions():
    keys = KeyLoads(["a"], [1])
    assert TimeBuckets(60, slices=5).evaluate(keys, 12).read_fan_in == 5
    assert TimeBuckets(60, slices=50).evaluate(keys, 12).state_copies == 12


def test_very_many_keys_are_added_up_but_not_kept(monkeypatch):
    monkeypatch.setattr("kafka_sizing.fixes.slices.SUBKEYS_HELD", 1)
    outcome = TimeBuckets(60, slices=2).evaluate(KeyLoads(["a", "b"], [2, 1]), 4)
    assert outcome.loads.keys is None
    assert outcome.loads.total == 3


def test_the_name_is_the_length_of_a_slice():
    assert TimeBuckets(3600).name == "key and time slice of 3,600 s"
    assert TimeBuckets(0.5).name == "key and time slice of 0.5 s"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"slice_s": 0}, r"slice_s must be finite and > 0, got 0"),
        ({"slice_s": float("nan")}, r"slice_s must be finite and > 0, got nan"),
        ({"slice_s": 1, "slices": 0}, r"slices must be a whole number in 1 … 100,000, got 0"),
        ({"slice_s": 1, "separator": ""}, r"separator must end in"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments, text):
    with pytest.raises(ValueError, match=text):
        TimeBuckets(**arguments)
