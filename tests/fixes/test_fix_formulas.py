"""What each fix does to the spread of the load: the published formulas, by other means."""

import numpy as np
import pytest

from kafka_sizing import CompositeKey, KeyLoads, moved_share


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        pytest.param(before, after, share, id=f"section 2: {before} -> {after} partitions")
        for before, after, share in (
            (6, 12, 1 / 2),
            (6, 7, 6 / 7),
            (10, 15, 2 / 3),
            (12, 18, 2 / 3),
            (24, 16, 2 / 3),
            (100, 101, 100 / 101),
        )
    ],
)
def test_keys_that_move_when_the_count_changes(before, after, share):
    assert moved_share(before, after) == pytest.approx(share)
    cycle = np.arange(before * after)
    assert moved_share(before, after) == pytest.approx(np.mean(cycle % before != cycle % after))
    # a consistent hash at its best moves 1 - min/max, and never more than hash mod count
    least = 1 - min(before, after) / max(before, after)
    assert moved_share(before, after) >= least - 1e-12
    if max(before, after) % min(before, after) == 0:
        assert moved_share(before, after) == pytest.approx(least)


@pytest.mark.parametrize("tokens", [1, 4, 16])
def test_a_ring_of_tokens_is_more_uneven_than_hash_mod_count(tokens):
    """Arcs of N partitions with V tokens each have CV² = (N - 1) / (V N + 1)."""
    n, draws = 12, 4_000
    rng = np.random.default_rng(20)
    points = np.sort(rng.random((draws, n * tokens)), axis=1)
    gaps = np.diff(points, axis=1, append=points[:, :1] + 1)
    owner = np.argsort(rng.random((draws, n * tokens)), axis=1) % n  # V tokens for each
    arcs = np.stack([np.where(owner == at, gaps, 0).sum(axis=1) for at in range(n)], axis=1)
    cv2 = n * np.square(arcs).sum(axis=1) - 1
    formula = (n - 1) / (tokens * n + 1)
    assert cv2.mean() == pytest.approx(formula, abs=4 * cv2.std() / draws**0.5)

    shares = np.arange(1, 201) ** -1.0
    shares /= shares.sum()
    s2 = np.square(shares).sum()
    loads = np.zeros((draws, n))
    for share in shares:  # a key falls on a partition as often as its arcs are long
        at = (rng.random((draws, 1)) > np.cumsum(arcs, axis=1)).sum(axis=1)
        loads[np.arange(draws), np.minimum(at, n - 1)] += share
    spread = n * np.square(loads).sum(axis=1) - 1
    with_keys = (n - 1) * s2 + (1 - s2) * formula
    assert spread.mean() == pytest.approx(with_keys, abs=4 * spread.std() / draws**0.5)
    assert with_keys > (n - 1) * s2  # hash mod count


@pytest.mark.parametrize("shards", [2, 5, 12])
def test_consecutive_shards_add_exactly_their_part(shards):
    keys = KeyLoads(["hot", "cold"], [60.0, 40.0])
    as_is = CompositeKey(1).evaluate(keys, 12).loads.loads
    split = CompositeKey(shards, hot_keys=1, placed="consecutive").evaluate(keys, 12).loads.loads
    without = as_is - np.where(as_is >= 60, 60, 0)
    assert np.sort(split - without).tolist() == pytest.approx(
        [0.0] * (12 - shards) + [60 / shards] * shards
    )


def test_the_floor_of_salting_every_key_is_a_shard_of_the_hottest(zipf_keys):
    keys = zipf_keys(500)
    for shards in (2, 8):
        peak = CompositeKey(shards).evaluate(keys, 24).peak_share
        assert peak >= keys.shares.max() / shards
