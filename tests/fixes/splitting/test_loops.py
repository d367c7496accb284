"""Loops over records: with and without Numba the same, and as written down another way."""

from collections import Counter

import numpy as np
import pytest

from kafka_sizing import zipf_keys
from kafka_sizing.fixes import (
    BoundedLoads,
    OnlineGreedy,
    PartialKeyGrouping,
    RandomChoices,
    StaticTwoChoices,
    simulate_scheme,
    stream_of,
)
from kafka_sizing.fixes.splitting import Candidates, loops
from kafka_sizing.fixes.splitting.compiled import fastest
from kafka_sizing.fixes.splitting.loops import (
    counted_keys,
    estimated_count,
    smallest_counter,
)
from kafka_sizing.fixes.splitting.rings import Ring

STREAM = stream_of(zipf_keys(60, exponent=1.2, total=1), 3_000, rng=5)
CANDIDATES = Candidates.drawn(60, 7, rng=6)


@pytest.mark.needs_dev
def test_every_scheme_gives_the_same_without_numba(scheme, request):
    fast = scheme.placed(STREAM, CANDIDATES)
    request.getfixturevalue("no_numba")
    plain = scheme.placed(STREAM, CANDIDATES)
    assert np.array_equal(fast, plain)
    assert plain.dtype == fast.dtype == np.int32


def test_a_loop_stays_as_it_is_without_numba(no_numba):
    assert fastest(counted_keys, smallest_counter, estimated_count) is counted_keys


def test_every_record_goes_to_a_partition(scheme):
    placed = scheme.placed(STREAM, CANDIDATES)
    assert placed.shape == STREAM.shape
    assert 0 <= placed.min() <= placed.max() < 7


def test_loads_count_every_record_for_its_producer(scheme):
    run = simulate_scheme(scheme, STREAM, 7, candidates=CANDIDATES)
    placed = scheme.placed(STREAM, CANDIDATES).tolist()
    counts = Counter((at % 5, partition) for at, partition in enumerate(placed))
    expected = [[counts[producer, partition] for partition in range(7)] for producer in range(5)]
    assert run.loads_by_producer.tolist() == expected
    assert run.imbalance_records <= run.most_imbalance_records + 1e-9


@pytest.mark.parametrize("choices", [1, 2, 4])
@pytest.mark.parametrize("producers", [1, 3])
def test_greedy_takes_the_candidate_to_which_the_producer_sent_least(choices, producers):
    table = CANDIDATES.table(choices).tolist()
    sent = [Counter() for _ in range(producers)]
    expected = []
    for at, key in enumerate(STREAM.tolist()):
        mine = sent[at % producers]
        best = min(table[key], key=lambda partition: mine[partition])
        mine[best] += 1
        expected.append(best)
    scheme = PartialKeyGrouping(choices, producers=producers)
    assert scheme.placed(STREAM, CANDIDATES).tolist() == expected


@pytest.mark.parametrize(
    ("scheme", "may_go"),
    [
        (StaticTwoChoices(), lambda table, key: table[key]),
        (OnlineGreedy(), lambda table, key: range(7)),
    ],
)
def test_what_a_key_got_at_first_sight_it_keeps(scheme, may_go):
    table = CANDIDATES.table(2).tolist()
    loads, home = Counter(), {}
    for key in STREAM.tolist():
        if key not in home:
            home[key] = min(may_go(table, key), key=lambda partition: loads[partition])
        loads[home[key]] += 1
    assert scheme.placed(STREAM, CANDIDATES).tolist() == [home[key] for key in STREAM.tolist()]


@pytest.mark.parametrize("producers", [1, 3])
def test_random_choices_hash_on_until_there_is_room(producers):
    slack, table = 0.1, CANDIDATES.table(8 * 7 + 1).tolist()
    sent = [Counter() for _ in range(producers)]
    expected = []
    for at, key in enumerate(STREAM.tolist()):
        mine = sent[at % producers]
        limit = (1 + slack) * (at // producers + 1) / 7
        room = (partition for partition in table[key] if mine[partition] < limit)
        best = next(room, min(range(7), key=lambda partition: mine[partition]))
        mine[best] += 1
        expected.append(best)
    scheme = RandomChoices(slack, producers=producers)
    assert scheme.placed(STREAM, CANDIDATES).tolist() == expected


def test_hashes_that_all_miss_end_at_the_least_loaded(no_numba, monkeypatch):
    monkeypatch.setattr(loops, "TRIES_PER_PARTITION", 0)
    one = Candidates(first=[0], seeds=[0], partitions=2)
    placed = RandomChoices(0.01, producers=1).placed(np.zeros(4, dtype=np.int32), one)
    # 1.01 x t/2 is 0.505, 1.01, 1.515 and 2.02: the third record finds two records on 0.
    assert placed.tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize("producers", [1, 3])
def test_bounded_loads_go_on_around_the_ring_to_the_first_with_room(producers):
    slack = 0.2
    ring = Ring.drawn(7, tokens=3, rng=4)
    start = ring.tokens_of(CANDIDATES.seeds).tolist()
    sent = [Counter() for _ in range(producers)]
    expected = []
    for at, key in enumerate(STREAM.tolist()):
        mine = sent[at % producers]
        capacity = -((-(1 + slack) * (at // producers + 1) / 7) // 1)
        around = np.roll(ring.owners, -start[key]).tolist()
        best = next(partition for partition in around if mine[partition] < capacity)
        mine[best] += 1
        expected.append(best)
    scheme = BoundedLoads(slack, tokens=3, seed=4, producers=producers)
    assert scheme.placed(STREAM, CANDIDATES).tolist() == expected


@pytest.mark.parametrize("counters", [1, 4, 25, 60])
def test_space_saving_keeps_its_promises(counters):
    estimates = counted_keys(STREAM, 60, counters)
    counts = np.bincount(STREAM, minlength=60)
    held = estimates > 0
    assert estimates.sum() == STREAM.size  # counters sum to n
    assert held.sum() == counters
    smallest = estimates[held].min()
    assert smallest <= STREAM.size / counters
    assert (estimates[held] >= counts[held]).all()
    assert (estimates[held] <= counts[held] + smallest).all()
    assert held[counts > STREAM.size / counters].all()


def test_space_saving_by_hand():
    # Two counters: a a b c. b takes the second, c takes it over from b at 1 and makes it 2.
    assert counted_keys(np.array([0, 0, 1, 2]), 3, 2).tolist() == [2, 0, 2]
    # Then b: both counters say 2, so the first is taken over, from a.
    assert counted_keys(np.array([0, 0, 1, 2, 1]), 3, 2).tolist() == [0, 3, 2]
