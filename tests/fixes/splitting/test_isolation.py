import numpy as np
import pytest

from kafka_sizing import KeyLoads
from kafka_sizing.fixes import IsolatedKeys


def test_hot_keys_have_the_last_partitions_to_themselves(carriers):
    outcome = IsolatedKeys(3).evaluate(carriers, 12)
    for at, carrier in ((11, "UA"), (10, "B6"), (9, "EV")):
        assert [key.key for key in outcome.loads.keys_on(at)] == [carrier]
    assert outcome.loads.partition_of_key.max() == 11
    rest = np.sort(outcome.loads.partition_of_key)[:-3]
    assert rest.max() < 9
    assert outcome.loads.total == pytest.approx(carriers.total)


def test_a_hot_key_is_as_hot_as_before(carriers):
    assert IsolatedKeys(3).evaluate(carriers, 12).peak_share >= carriers.shares.max()


def test_order_is_kept_while_the_list_stays(carriers):
    outcome = IsolatedKeys(1).evaluate(carriers, 12)
    assert outcome.ordering_scope == "per key"
    assert "while the table stays the same" in outcome.ordering_note
    assert (outcome.fix.needs, outcome.fix.intrusiveness) == ("shared table", 2)
    assert "as hot as before" in outcome.notes[0]


@pytest.mark.parametrize(
    ("hot_keys", "name", "words"),
    [
        (1, "a partition for the heaviest key", "the last 1 partition are"),
        (3, "a partition for each of the 3 heaviest keys", "the last 3 partitions are theirs"),
    ],
)
def test_the_name_counts_keys(hot_keys, name, words):
    assert IsolatedKeys(hot_keys).name == name
    assert words in IsolatedKeys(hot_keys).producer_change


def test_more_hot_keys_than_keys_are_all_of_them():
    outcome = IsolatedKeys(5).evaluate(KeyLoads(["a", "b"], [1, 2]), 12)
    assert outcome.loads.loads.tolist() == [0] * 10 + [1, 2]


def test_someone_has_to_take_the_others(carriers):
    with pytest.raises(
        ValueError, match="hot_keys must be below the number of partitions, 3, got 3"
    ):
        IsolatedKeys(3).evaluate(carriers, 3)
    with pytest.raises(ValueError, match="hot_keys must be a whole number"):
        IsolatedKeys(0)
