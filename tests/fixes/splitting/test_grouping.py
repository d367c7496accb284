import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyLoads, place
from kafka_sizing.fixes import KeyGrouping, OfflineGreedy, OnlineGreedy, StaticTwoChoices

some_loads = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


def test_key_grouping_is_the_topic_as_it_is(carriers):
    outcome = KeyGrouping().evaluate(carriers, 12)
    assert np.array_equal(outcome.loads.loads, place(carriers, 12).loads)
    assert (outcome.moved_key_share, outcome.moved_load_share) == (0, 0)
    assert (outcome.fix.needs, outcome.fix.intrusiveness) == ("nothing new", 0)
    assert outcome.producer_change == "none"


@given(loads=some_loads, n=st.integers(1, 6))
def test_placing_every_key_by_weight_keeps_its_guarantee(loads, n):
    keys = KeyLoads([str(at) for at in range(len(loads))], loads)
    outcome = OfflineGreedy(records=50).evaluate(keys, n)
    # max <= 1/N + p_1 (1 - 1/N), and no better than the hottest key or even shares.
    hottest = max(loads) / sum(loads)
    assert outcome.peak_share <= 1 / n + hottest * (1 - 1 / n) + 1e-9
    assert outcome.peak_share >= max(1 / n, hottest) - 1e-9


def test_weights_by_hand():
    # 5, 4, 3, 3, 3 on two partitions: 5+3 and 4+3+3, though 9 and 9 would do.
    keys = KeyLoads(list("abcde"), [5, 4, 3, 3, 3])
    assert sorted(OfflineGreedy().evaluate(keys, 2).loads.loads.tolist()) == [8, 10]


@pytest.mark.parametrize("kind", [StaticTwoChoices, OnlineGreedy, OfflineGreedy])
def test_a_key_without_records_is_placed_too(kind):
    outcome = kind(records=10).evaluate(KeyLoads(["a", "b"], [1, 0]), 3)
    assert outcome.loads.partition_of_key.min() >= 0
    assert outcome.peak_share == 1


@pytest.mark.parametrize(
    ("scheme", "name", "need", "intrusiveness", "words"),
    [
        (KeyGrouping(), "key grouping", "nothing new", 0, "none"),
        (StaticTwoChoices(), "two choices, remembered", "not in a producer", 8, "less loaded"),
        (OnlineGreedy(), "least loaded, remembered", "not in a producer", 8, "ask one place"),
        (OfflineGreedy(), "every key placed by weight", "shared table", 2, "entry per key"),
    ],
)
def test_a_scheme_says_what_it_is_and_what_producers_need(
    scheme, name, need, intrusiveness, words
):
    assert (scheme.name, scheme.needs, scheme.intrusiveness) == (name, need, intrusiveness)
    assert words in scheme.producer_change


def test_the_yardstick_says_that_it_knows_the_future(carriers):
    assert "knows beforehand" in OfflineGreedy().evaluate(carriers, 4).notes[0]
    assert KeyGrouping().evaluate(carriers, 4).notes == ()
