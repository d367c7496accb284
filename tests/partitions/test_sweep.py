import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyLoads, expected_imbalance, place, sweep_partitions
from kafka_sizing.keys import sketch_keys

ANY_BYTES = st.dictionaries(st.binary(max_size=9), st.integers(0, 10**6), min_size=1, max_size=40)
CLIENTS = st.sampled_from(["java", "librdkafka", "librdkafka-consistent", "sarama"])


@given(ANY_BYTES, st.lists(st.integers(1, 80), min_size=1, max_size=25), CLIENTS)
def test_a_sweep_gives_what_placing_at_each_count_gives(keyed, counts, client):
    keys = KeyLoads(list(keyed), list(keyed.values()), null_load=3)
    sweep = sweep_partitions(keys, counts, partitioner=client)
    assert sweep.partitions.tolist() == counts
    for at, count in enumerate(counts):
        loads = place(keys, count, partitioner=client)
        assert sweep.max_share[at] == pytest.approx(loads.max_share)
        assert sweep.imbalance_ratio[at] == pytest.approx(loads.imbalance_ratio)
        assert loads.loads[sweep.hottest[at]] == pytest.approx(loads.loads.max())
        assert sweep.empty_partitions[at] == (loads.loads == 0).sum()
        assert sweep.coefficient_of_variation[at] == pytest.approx(
            loads.loads.std() / loads.loads.mean(), abs=1e-9
        )


def test_a_partitioner_without_a_remainder_rule_is_swept_too():
    keys = KeyLoads(["a", "b", "c"], [3, 2, 1])
    sweep = sweep_partitions(keys, [2, 5], partitioner="flink-subtask")
    for at, count in enumerate([2, 5]):
        assert sweep.max_share[at] == place(keys, count, partitioner="flink-subtask").max_share


def test_the_chance_at_a_count_is_that_of_keys_that_keep_apart():
    """The heaviest of four must be alone, which three others grant: (1 - 1/N)³."""
    keys = KeyLoads([f"k{at}" for at in range(4)], [17, 2, 2, 2])
    sweep = sweep_partitions(keys, [2, 3, 4])
    apart = {2: (1 / 2) ** 3, 3: (2 / 3) ** 3, 4: (3 / 4) ** 3}
    line = 17.5 / 23
    for count, chance in apart.items():
        error = 5 * (chance * (1 - chance) / 1_000) ** 0.5
        assert sweep.chance_at(count, line) == pytest.approx(chance, abs=error)
        assert sweep.chance_at(count, line) == sweep.chance_at(count, line)
    assert sweep.chance_at(4, 1.0) == 1


def test_a_count_that_fits_by_luck_is_named_as_such(carriers):
    sweep = sweep_partitions(carriers, range(12, 60))
    assert sweep.reason_for(0.18).startswith(
        "19 is the first count at which this hash stays within 18.0 %, but by luck: "
    )
    chance = (expected_imbalance(carriers, 19, draws=20_000, rng=3).max_shares <= 0.18).mean()
    assert sweep.chance_at(19, 0.18) == pytest.approx(chance, abs=0.05)
    assert sweep.reason_for(0.1) == "At none of these counts does this hash stay within 10.0 %"
    assert sweep.reason_for(1.0).endswith("within 100.0 %, as do 100.0 % of random hashes")
    assert "though not surely: " in sweep_partitions(carriers, [48]).reason_for(0.2)


def test_nothing_is_said_of_luck_where_only_a_sketch_is_known(carriers):
    sketch = sketch_keys(carriers, counts=[19], heavy=5)
    sweep = sweep_partitions(sketch, [19])
    assert sweep.chance_at(19, 0.18) is None
    assert sweep.reason_for(0.18) == "19 is the first count at which this hash stays within 18.0 %"
    assert sweep_partitions(KeyLoads(["a"], [0]), [3]).chance_at(3, 0.5) is None


def test_luck_is_asked_for_with_a_share_and_a_count(carriers):
    sweep = sweep_partitions(carriers, [19])
    with pytest.raises(ValueError, match=r"max_share must be a share in \(0, 1\], got 0"):
        sweep.reason_for(0)
    with pytest.raises(ValueError, match="partitions must be a whole number in 1"):
        sweep.chance_at(0, 0.5)


def test_a_sweep_wider_than_memory_allows_is_cut_into_groups(carriers, monkeypatch):
    from kafka_sizing.partitions import sweep as sweeps

    whole = sweep_partitions(carriers, range(1, 40))
    monkeypatch.setattr(sweeps, "LOADS_HELD", 50)
    assert sweep_partitions(carriers, range(1, 40)).max_share == pytest.approx(whole.max_share)


def test_a_sweep_counts_keys_beyond_one_step(carriers, monkeypatch):
    from kafka_sizing.keys import remainders

    monkeypatch.setattr(remainders, "KEYS_PER_STEP", 5)
    assert sweep_partitions(carriers, [12]).max_share[0] == pytest.approx(0.252055, abs=1e-6)


def test_the_hottest_key_is_the_floor_of_a_sweep(carriers):
    sweep = sweep_partitions(carriers, range(1, 300))
    assert sweep.hottest_key_share == pytest.approx(0.174196, abs=1e-6)  # UA
    assert sweep.max_share.min() >= sweep.hottest_key_share
    assert sweep.first_below(0.18) == min(
        n for n in range(1, 300) if place(carriers, n).max_share <= 0.18
    )
    assert sweep.first_below(0.1) is None
    thirds = sweep_partitions(KeyLoads(["UA", "B6"], [0.1, 0.2]), [1])
    assert thirds.first_below(1 - 1e-12) == 1  # rounding is not a share too many
