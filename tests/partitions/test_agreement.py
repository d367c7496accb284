import numpy as np
import pytest

from kafka_sizing import KeyLoads, compare_partitioners, partition_of


def users(n: int) -> KeyLoads:
    return KeyLoads([f"user-{at}" for at in range(n)], np.arange(n) + 1.0)


def test_a_partitioner_agrees_with_itself():
    assert compare_partitioners(users(100), 12, "java", "java").key_share == 0


@pytest.mark.parametrize("partitions", [7, 12, 50])
def test_different_hashes_agree_by_chance_only(partitions):
    share = compare_partitioners(users(20_000), partitions, "java", "librdkafka").key_share
    assert share == pytest.approx(1 - 1 / partitions, abs=0.015)  # six sigma


def test_forgetting_the_mask_shows_unless_the_count_is_a_power_of_two():
    assert compare_partitioners(users(1000), 64, "java", "murmur2-unmasked").key_share == 0
    share = compare_partitioners(users(20_000), 50, "java", "murmur2-unmasked").key_share
    assert share == pytest.approx(0.5, abs=0.025)


def test_shares_and_rows_are_those_of_the_keys_that_differ():
    found = compare_partitioners(users(50), 6, "java", "sarama")
    differs = [
        partition_of(f"user-{at}", 6) != partition_of(f"user-{at}", 6, partitioner="sarama")
        for at in range(50)
    ]
    assert found.differs.tolist() == differs
    assert found.load_share == pytest.approx((np.arange(50) + 1)[differs].sum() / (25 * 51))
    frame = found.to_frame()
    assert len(frame) == sum(differs)
    assert frame["load"].is_monotonic_decreasing
    assert "'java' and 'sarama' disagree on" in repr(found)
    assert "<table" in found._repr_html_()


def test_a_spread_key_differs_even_from_itself():
    found = compare_partitioners(KeyLoads(["", "a"], [3, 1]), 4, "librdkafka", "librdkafka")
    assert (found.key_share, found.load_share) == (0.5, 0.75)


def test_bad_input_gets_one_clear_line():
    with pytest.raises(ValueError, match="partitions must be a whole number"):
        compare_partitioners(users(3), 0, "java", "sarama")
    with pytest.raises(ValueError, match="near: 'sarama'"):
        compare_partitioners(users(3), 3, "java", "sarma")


def test_records_without_a_key_are_left_out_of_the_shares():
    found = compare_partitioners(
        KeyLoads(["abc", "21"], [3, 1], null_load=96), 12, "java", "librdkafka-consistent"
    )
    agrees = partition_of("21", 12) == partition_of("21", 12, partitioner="librdkafka")
    differs = partition_of("abc", 12) != partition_of("abc", 12, partitioner="librdkafka")
    assert found.load_share == (0.75 * differs + 0.25 * (not agrees))
