"""Every scheme as a fix of a topic."""

import numpy as np
import pytest

from kafka_sizing import KeyLoads, compare_fixes, place
from kafka_sizing.fixes import (
    IsolatedKeys,
    KeyGrouping,
    OfflineGreedy,
    PartialKeyGrouping,
    StaticTwoChoices,
    WChoices,
)
from kafka_sizing.fixes.splitting.scheme import SplitKeys

pytestmark = pytest.mark.long


def test_a_scheme_keeps_the_load_and_says_what_it_costs(scheme, carriers):
    outcome = scheme.evaluate(carriers, 12)
    assert outcome.loads.total == pytest.approx(carriers.total)
    assert outcome.loads.partitions == 12
    assert outcome.name == scheme.name
    assert outcome.producer_change
    assert scheme.needs in {
        "nothing new",
        "custom partitioner",
        "shared table",
        "not in a producer",
    }
    assert repr(scheme) == repr(type(scheme)(**{n: getattr(scheme, n) for n in fields(scheme)}))


def fields(scheme):
    return type(scheme).__dataclass_fields__


def test_the_outcome_is_always_the_same(scheme, carriers):
    once, again = (scheme.evaluate(carriers, 12) for _ in range(2))
    assert np.array_equal(once.loads.loads, again.loads.loads)
    assert (once.moved_key_share, once.notes) == (again.moved_key_share, again.notes)


def test_whole_keys_keep_their_order_and_stay_together(whole, carriers):
    outcome = whole.evaluate(carriers, 12)
    assert (outcome.ordering_scope, outcome.read_fan_in, outcome.state_copies) == ("per key", 1, 1)
    assert outcome.consumer_change == "none"
    sums = np.bincount(outcome.loads.partition_of_key, carriers.loads, minlength=12)
    assert outcome.loads.loads == pytest.approx(sums)
    assert outcome.peak_share >= carriers.shares.max()
    moved = outcome.loads.partition_of_key != place(carriers, 12).partition_of_key
    assert outcome.moved_key_share == pytest.approx(moved.mean())
    assert outcome.moved_load_share == pytest.approx(carriers.shares[moved].sum())


def test_split_keys_have_to_be_merged(split, carriers):
    outcome = split.evaluate(carriers, 12)
    assert outcome.ordering_scope in {"per shard", "none"}
    assert outcome.ordering_note == (
        "records of a split key stay in order on each partition, not across them"
    )
    assert 1 < outcome.read_fan_in == outcome.state_copies <= 12
    assert f"up to {outcome.read_fan_in:,} partitions" in outcome.consumer_change
    assert "states" in outcome.notes[0]
    assert outcome.imbalance_ratio < place(carriers, 12).imbalance_ratio
    assert 0 < outcome.moved_load_share < 1
    assert outcome.loads.keys is None


def test_load_without_a_key_stays_where_it_is(scheme):
    keys = KeyLoads(["21", "foobar", "UA"], [30, 20, 10], null_load=1_200)
    spread = scheme.evaluate(keys, 4)
    assert spread.loads.total == pytest.approx(1_260)
    assert spread.loads.loads.min() >= 300
    # This client hashes a null key as an empty one, so all null load lies together.
    together = scheme.evaluate(keys, 4, partitioner="librdkafka-murmur2")
    assert together.loads.loads.max() >= 1_200


def test_a_key_that_the_client_spreads_stays_spread(scheme):
    keys = KeyLoads(["", "21", "foobar", "UA"], [800, 30, 20, 10])
    outcome = scheme.evaluate(keys, 4, partitioner="librdkafka")
    assert outcome.loads.total == pytest.approx(860)
    assert outcome.loads.loads.min() >= 200
    assert outcome.moved_load_share <= 60 / 860
    assert outcome.moved_key_share <= 3 / 4


def test_a_topic_without_load_has_nothing_to_place(scheme):
    outcome = scheme.evaluate(KeyLoads(["a", "b", "c"], [0, 0, 0]), 4)
    assert outcome.loads.total == 0
    assert (outcome.moved_load_share, outcome.read_fan_in) == (0, 1)
    assert outcome.ordering_scope == "per key"


def test_with_one_partition_nothing_changes(scheme, carriers):
    if isinstance(scheme, IsolatedKeys):
        with pytest.raises(
            ValueError, match="hot_keys must be below the number of partitions, 1,"
        ):
            scheme.evaluate(carriers, 1)
        return
    outcome = scheme.evaluate(carriers, 1)
    assert outcome.peak_share == 1
    assert (outcome.moved_load_share, outcome.read_fan_in) == (0, 1)
    assert outcome.ordering_scope == "per key"


def test_shares_of_the_stream_are_those_of_the_keys(split):
    # 1,000 records of three keys, in the unit of the keys.
    keys = KeyLoads(["21", "foobar", "UA"], [5e6, 3e6, 2e6], "bytes/s")
    outcome = split.evaluate(keys, 4)
    assert outcome.loads.unit == "bytes/s"
    assert outcome.loads.total == pytest.approx(1e7)


def test_the_states_of_a_stream_are_told():
    keys = KeyLoads(["21", "foobar"], [3, 1])
    outcome = PartialKeyGrouping(records=4, producers=1).evaluate(keys, 50)
    # Key "21" has three records: two partitions and two states, if its hashes differ.
    (note,) = outcome.notes
    assert note == (
        "4 records of 2 keys played from one producer: "
        "3 states, 1.5 per key, 1 of them to merge into another"
    )
    assert outcome.moved_key_share == 0.5
    assert outcome.moved_load_share == pytest.approx(0.25)
    (five,) = PartialKeyGrouping(records=4).evaluate(keys, 50).notes
    assert "played from 5 producers, each with counters of its own: " in five


def test_another_seed_is_another_draw(carriers):
    peaks = {PartialKeyGrouping(seed=seed).evaluate(carriers, 12).peak_share for seed in range(5)}
    assert len(peaks) > 1


def test_what_no_producer_can_do_is_never_the_best_while_another_fits(carriers):
    fixes = [StaticTwoChoices(), OfflineGreedy(), PartialKeyGrouping(), WChoices()]
    # Whole keys fit from the share of UA on, 17.4 %; 12 partitions as they are do not: 25.2 %.
    line = 0.18 * carriers.total
    assert compare_fixes(carriers, 12, fixes, capacity=line).best.fix == fixes[1]
    tight = 0.1 * carriers.total
    assert compare_fixes(carriers, 12, fixes, capacity=tight, ordering="none").best.fits
    kept = compare_fixes(carriers, 12, fixes, capacity=tight)
    assert not kept.fits
    assert kept.best.ordering_scope == "per key"


def test_a_scheme_of_ones_own_that_no_producer_can_follow_says_so(carriers):
    class Oracle(SplitKeys):
        __slots__ = ()
        name = "oracle"
        needs = "not in a producer"
        rule = "what nobody knows"

        def placed(self, stream, candidates):
            return np.arange(stream.size, dtype=np.int32) % candidates.partitions

        def fan_in(self, played):
            return played.states.most_fan_in

    outcome = Oracle().evaluate(carriers, 4)
    assert outcome.notes[1] == ("no Kafka producer can do this by itself: shown for comparison")
    assert outcome.imbalance_ratio == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"producers": 0}, "producers must be a whole number"),
        ({"records": 0}, "records must be a whole number"),
        ({"seed": -1}, "seed must be a whole number in 0"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments, text):
    with pytest.raises(ValueError, match=text):
        KeyGrouping(**arguments)
