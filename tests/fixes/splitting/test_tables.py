import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyLoads, place, uniform_keys, zipf_keys
from kafka_sizing.fixes import AdjustedTable, OfflineGreedy, TrainedTable, simulate_scheme
from kafka_sizing.fixes.splitting import Candidates
from kafka_sizing.fixes.splitting.scheme import Written


def homes(scheme, loads, first, partitions):
    """Where keys end up that start where they are told."""
    candidates = Candidates(first=first, seeds=range(len(first)), partitions=partitions)
    stream = np.repeat(np.arange(len(loads), dtype=np.int32), loads)
    written = Written(loads=np.array(loads, float), stream=stream, candidates=candidates)
    return scheme.homes(written).tolist()


@pytest.mark.parametrize(
    ("loads", "first", "expected"),
    [
        pytest.param([6, 4, 2], [0, 0, 1], [0, 1, 1], id="a move that levels both"),
        pytest.param([9, 7, 2], [0, 1, 1], [0, 1, 1], id="as level as it gets"),
        pytest.param([8, 7, 6, 3], [0, 0, 1, 1], [1, 0, 0, 1], id="a swap: 8 against 6"),
        pytest.param([5, 5, 4, 4], [0, 0, 1, 1], [1, 0, 0, 1], id="a swap: 5 against 4"),
        pytest.param([20, 1], [0, 1], [0, 1], id="one key too big stays"),
        pytest.param([5, 5], [0, 1], [0, 1], id="level already"),
        pytest.param([4, 4, 4, 4], [0, 0, 0, 0], [1, 1, 0, 0], id="one after the other"),
    ],
)
def test_frequent_keys_move_as_long_as_it_helps(loads, first, expected):
    assert homes(AdjustedTable(0), loads, first, 2) == expected


def test_a_tolerance_stops_early_and_rare_keys_stay():
    assert homes(AdjustedTable(0.7), [6, 4, 2, 2, 2], [0, 0, 1, 1, 1], 2) == [0, 0, 1, 1, 1]
    assert homes(AdjustedTable(0, head_share=0.6), [5, 5], [0, 0], 2) == [0, 0]
    first = [0] * 10 + [1]  # the hottest partition has no frequent key
    assert homes(AdjustedTable(0, head_share=0.25), [1] * 10 + [4], first, 2) == first


@given(
    loads=st.lists(st.integers(0, 1_000), min_size=1, max_size=15).filter(any),
    n=st.integers(1, 5),
)
def test_a_table_never_makes_the_peak_higher(loads, n):
    keys = KeyLoads([str(at) for at in range(len(loads))], loads)
    before = place(keys, n).max_share
    after = AdjustedTable(0, records=50).evaluate(keys, n)
    assert after.peak_share <= before + 1e-9
    assert after.loads.total == pytest.approx(keys.total)


def test_fewer_keys_move_than_when_all_are_placed_anew():
    keys = zipf_keys(2_000, exponent=0.9, total=1)
    adjusted, anew = (
        fix.evaluate(keys, 12) for fix in (AdjustedTable(head_share=1e-4), OfflineGreedy())
    )
    assert adjusted.moved_key_share < 0.1 * anew.moved_key_share
    assert adjusted.imbalance_ratio < 1.15 * anew.imbalance_ratio


def test_rarer_keys_in_the_table_level_more():
    keys = zipf_keys(2_000, exponent=0.9, total=1)
    peaks = [
        AdjustedTable(head_share=share).evaluate(keys, 12).peak_share
        for share in (0.9, 0.01, 0.001, 0.0003)
    ]
    assert peaks[0] == place(keys, 12).max_share
    assert peaks == sorted(peaks, reverse=True)
    assert peaks[-1] < 0.75 * peaks[0]


def test_a_table_learned_from_all_records_is_near_the_best_for_whole_keys():
    keys = zipf_keys(5_000, exponent=0.8, total=1)
    learned, best = (
        fix.evaluate(keys, 24).peak_share
        for fix in (TrainedTable(1_000, training_records=200_000), OfflineGreedy())
    )
    assert learned < 1.05 * best


def test_less_training_is_less_even():
    keys = uniform_keys(5_000, total=1)
    few, many = (
        TrainedTable(500, training_records=n).evaluate(keys, 12).imbalance_ratio
        for n in (100, 200_000)
    )
    assert many < 1.02 < few


def test_frequent_keys_are_placed_by_themselves_and_others_with_their_bucket():
    # One bucket: all that is not frequent stays together.
    loads = [40, 30, 1, 1, 1, 1, 1]
    placed = homes(TrainedTable(1, head_share=0.2), loads, [0] * 7, 3)
    assert len({placed[0], placed[1], placed[2]}) == 3
    assert set(placed[2:]) == {placed[2]}


def test_what_is_learned_comes_from_the_first_records_only():
    candidates = Candidates.drawn(2, 2, rng=1)
    stream = np.array([0] * 50 + [1] * 50, dtype=np.int32)
    scheme = TrainedTable(1, training_records=50, head_share=0.5)
    run = simulate_scheme(scheme, stream, 2, candidates=candidates)
    # Key 0 is all there was; key 1 is in the bucket, which weighed nothing.
    assert sorted(run.loads_records.tolist()) == [50, 50]


@pytest.mark.parametrize(
    ("scheme", "name", "words", "note"),
    [
        (
            TrainedTable(1),
            "frequent keys and 1 bucket in a table",
            "1 buckets of murmur3",
            "learned from 100,000 records",
        ),
        (
            TrainedTable(2_000),
            "frequent keys and 2,000 buckets in a table",
            "2,000 buckets",
            "make it anew",
        ),
        (
            AdjustedTable(),
            "frequent keys moved by a table",
            "the keys that moved",
            "more keys have to move",
        ),
    ],
)
def test_a_scheme_says_what_it_does(scheme, name, words, note, carriers):
    outcome = scheme.evaluate(carriers, 4)
    assert scheme.name == name
    assert words in outcome.producer_change
    assert note in outcome.notes[0]
    assert (scheme.needs, scheme.intrusiveness) == ("shared table", 2)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: TrainedTable(0), "buckets must be a whole number in 1 … 10,000,000"),
        (lambda: TrainedTable(1, training_records=0), "training_records must be a whole number"),
        (lambda: TrainedTable(1, head_share=2), "head_share must be a share"),
        (lambda: AdjustedTable(-1), "tolerance_ratio must be finite and >= 0"),
        (lambda: AdjustedTable(head_share=0), "head_share must be a share"),
    ],
)
def test_an_argument_out_of_range_is_named(make, text):
    with pytest.raises(ValueError, match=text):
        make()
