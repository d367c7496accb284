import mmh3
import numpy as np
import pytest

from kafka_sizing import KeyLoads, place
from kafka_sizing.fixes.splitting import Candidates
from kafka_sizing.fixes.splitting.candidates import candidate


def mixed(seed: int, number: int, partitions: int) -> int:
    """The rule as the module states it, in whole numbers of any size."""
    x = (seed + number * 0x9E3779B9) % 2**32
    for _ in range(2):
        x = (x ^ x >> 16) * 0x45D9F3B % 2**32
    return (x ^ x >> 16) * partitions >> 32


def test_candidates_follow_the_stated_rule():
    seeds = [0, 1, 2**31, 2**32 - 1]
    table = Candidates(first=[0, 5, 6, 3], seeds=seeds, partitions=7).table(6)
    assert table[:, 0].tolist() == [0, 5, 6, 3]
    for number in range(1, 6):
        assert table[:, number].tolist() == [mixed(seed, number, 7) for seed in seeds]


def test_nothing_overflows_with_the_most_partitions_and_choices():
    most = 10_000_000
    array = candidate(0, np.array([2**32 - 1]), 10_000, most)
    assert array.tolist() == [mixed(2**32 - 1, 10_000, most)]


def test_the_first_is_where_the_key_is_and_the_seed_its_murmur3():
    before = place(KeyLoads(["21", "foobar"], [1, 1]), 12)
    candidates = Candidates.of(before, seed=3)
    assert candidates.first.tolist() == before.partition_of_key.tolist()
    assert candidates.seeds.tolist() == [
        mmh3.hash(key, 3, signed=False) for key in ("21", "foobar")
    ]


def test_a_key_that_the_client_spreads_has_a_hashed_candidate():
    before = place(KeyLoads(["", "a"], [1, 1]), 12, partitioner="librdkafka")
    assert before.partition_of_key[0] == -1
    assert Candidates.of(before).first[0] == mixed(mmh3.hash("", 0, signed=False), 1, 12)


def test_candidates_are_spread_evenly_and_independently():
    table = Candidates.drawn(90_000, 9, rng=1).table(4)
    for a in range(4):
        # Chi-squared with 8 degrees of freedom: mean 8, standard deviation 4.
        counts = np.bincount(table[:, a], minlength=9)
        assert ((counts - 10_000) ** 2 / 10_000).sum() < 8 + 5 * 4
        for b in range(a):
            together = np.bincount(table[:, a] * 9 + table[:, b], minlength=81)
            # 80 degrees of freedom: mean 80, standard deviation 12.6.
            expected = 90_000 / 81
            assert ((together - expected) ** 2 / expected).sum() < 80 + 5 * 12.6


def test_a_hash_to_other_numbers_is_the_second_candidate():
    candidates = Candidates(first=[3], seeds=[99], partitions=4)
    assert candidates.hashed(1_000).tolist() == [mixed(99, 1, 1_000)]


def test_the_repr_counts_keys_and_partitions():
    assert repr(Candidates.drawn(5, 3, rng=0)) == "Candidates(5 keys, 3 partitions)"


def test_arrays_are_copied_and_read_only():
    first = np.array([0, 1])
    candidates = Candidates(first=first, seeds=[1, 2], partitions=2)
    first[0] = 1
    assert candidates.first.tolist() == [0, 1]
    with pytest.raises(ValueError, match="read-only"):
        candidates.seeds[0] = 5


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"first": [4], "seeds": [0]}, r"first must be whole numbers in 0 … 3, got 4"),
        ({"first": [-1], "seeds": [0]}, r"first must be whole numbers in 0 … 3, got -1"),
        ({"first": [0], "seeds": [2**32]}, r"seeds must be .* 0 … 4,294,967,295, got 4294967296"),
        ({"first": [0.5], "seeds": [0]}, r"first must be .*, one per key, got \[0\.5\]"),
        ({"first": [], "seeds": []}, r"first must be .*, one per key, got \[\]"),
        ({"first": [[0]], "seeds": [0]}, r"first must be .*, one per key"),
        ({"first": [0, 1], "seeds": [0]}, r"seeds must be one per key, got 1 for 2 keys"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments, text):
    with pytest.raises(ValueError, match=text):
        Candidates(**arguments, partitions=4)
