import numpy as np
import pytest

from kafka_sizing import KeyLoads, coefficient_of_variation, uniform_keys, zipf_keys
from kafka_sizing.fixes import TokenRing
from kafka_sizing.fixes.splitting.rings import Ring


def test_a_key_belongs_to_the_next_token_and_the_last_goes_round():
    ring = Ring(positions=np.array([10, 20]), owners=np.array([1, 0], dtype=np.int32))
    assert ring.tokens_of(np.array([0, 10, 11, 20, 21, 2**32 - 1])).tolist() == [0, 0, 1, 1, 0, 0]


def test_every_partition_has_as_many_tokens():
    ring = Ring.drawn(5, tokens=7, rng=1)
    assert np.bincount(ring.owners).tolist() == [7] * 5
    assert (np.diff(ring.positions) >= 0).all()


@pytest.mark.parametrize("tokens", [1, 4])
def test_a_ring_is_less_even_than_a_hash_by_the_formula(tokens):
    n, draws = 12, 400
    keys = zipf_keys(200, exponent=0.5, total=1)
    s2 = np.square(keys.shares).sum()
    expected = (n - 1) * s2 + (1 - s2) * (n - 1) / (tokens * n + 1)
    observed = [
        coefficient_of_variation(TokenRing(tokens, seed=seed).evaluate(keys, n).loads.loads) ** 2
        for seed in range(draws)
    ]
    assert np.mean(observed) == pytest.approx(expected, abs=4 * np.std(observed) / draws**0.5)


def test_order_is_kept_and_the_table_is_a_seed():
    outcome = TokenRing(50).evaluate(uniform_keys(100, total=1), 6)
    assert (outcome.ordering_scope, outcome.fix.needs) == ("per key", "custom partitioner")
    assert outcome.ordering_note == "records of a key stay in order"
    assert outcome.fix.intrusiveness == 2
    assert "50 tokens per partition" in outcome.producer_change
    assert "does not level loads" in outcome.notes[0]


def test_a_partition_more_takes_keys_only_to_itself():
    # The positions of both rings are drawn from one seed, those of 13 partitions after those of
    # 12: every token stands where it did, and some are new.
    keys = uniform_keys(2_000, total=1)
    twelve, more = (TokenRing(20).evaluate(keys, n).loads.partition_of_key for n in (12, 13))
    moved = twelve != more
    assert 0 < moved.mean() < 2.5 / 13  # ideal 1/13
    assert set(more[moved].tolist()) == {12}


@pytest.mark.parametrize(
    ("tokens", "name"),
    [(1, "ring of 1 token per partition"), (200, "ring of 200 tokens per partition")],
)
def test_the_name_counts_tokens(tokens, name):
    assert TokenRing(tokens).name == name


def test_tokens_out_of_range_are_named():
    with pytest.raises(ValueError, match="tokens must be a whole number in 1 … 10,000, got 10001"):
        TokenRing(10_001)


def test_one_partition_owns_the_ring():
    assert TokenRing().evaluate(KeyLoads(["a", "b"], [1, 2]), 1).peak_share == 1
