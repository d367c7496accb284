"""Counts for keys: this hash, any hash at a certainty, or the proof that none fits."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyLoads, MiB, place
from kafka_sizing.keys import zipf_keys
from kafka_sizing.partitions import (
    Limit,
    expected_imbalance,
    keyed_search,
    plan_keyed_partitions,
)


@pytest.fixture(scope="module")
def skewed():
    return zipf_keys(5_000, exponent=0.8, total=1, unit="bytes")


def planned(keys, write=200 * MiB, *, partition=20 * MiB, rng=1, **kwargs):
    return plan_keyed_partitions(keys, write, partition_bytes_per_s=partition, rng=rng, **kwargs)


def limit(plan, name):
    return next(limit for limit in plan.limits if limit.name == name)


def test_the_count_for_this_hash_is_the_first_that_fits_and_no_smaller_one_does(skewed):
    plan = planned(skewed)
    fits = [count for count in range(1, 60) if place(skewed, count).max_share <= 0.1]
    assert plan.partitions_this_hash == fits[0]
    assert plan.partitions == min(count for count in fits if count >= plan.partitions_random_hash)
    assert plan.max_share == pytest.approx(place(skewed, plan.partitions).max_share)
    assert plan.even_partitions == 10
    assert plan.capacity_share == pytest.approx(0.1)


def test_the_count_for_a_random_hash_meets_the_confidence_and_one_fewer_does_not(skewed):
    plan = planned(skewed, certainty=0.9)
    count = plan.partitions_random_hash

    def fits(count):
        return 1 - expected_imbalance(skewed, count, draws=20_000, rng=5).probability_above(0.1)

    noise = 5 * (0.9 * 0.1 / 3_000) ** 0.5  # five standard errors of the plan's 3,000 draws
    assert fits(count) >= 0.9 - noise
    assert fits(count - 1) < 0.9 + noise
    assert plan.chance == pytest.approx(fits(plan.partitions), abs=noise)
    assert plan.chance_this_hash == pytest.approx(fits(plan.partitions_this_hash), abs=noise)
    assert planned(skewed, certainty=0.5).partitions_random_hash < count


def test_one_key_that_is_too_big_is_the_proof_that_no_count_fits(carriers):
    plan = planned(carriers, partition=30 * MiB)  # UA writes 17.4 %, 34.8 MiB/s
    assert plan.one_key_is_too_big
    assert not plan.feasible
    assert plan.partitions is plan.partitions_this_hash is plan.partitions_random_hash is None
    assert plan.max_share is plan.chance is plan.chance_this_hash is None
    assert plan.binding.name == "hottest key"
    assert plan.binding.partitions is None
    assert plan.reason == (
        "No count fits: the hottest key (17.4 %) brings 34.8 MiB/s to one partition, "
        "which carries 30.0 MiB/s: more partitions cannot help"
    )
    assert plan.throughput_ceiling_bytes_per_s == pytest.approx(30 * MiB / 0.174196, rel=1e-5)
    assert [limit.name for limit in plan.limits] == ["even share", "hottest key"]


def test_a_key_that_just_fits_is_no_proof():
    plan = planned(KeyLoads(["a", "b"], [1, 9]), 10, partition=9)
    assert not plan.one_key_is_too_big
    assert plan.partitions_this_hash is not None


def test_a_lucky_count_is_named_as_such(carriers):
    plan = planned(carriers, partition=36 * MiB)  # 18 %: 19 partitions give 17.4 %
    assert plan.partitions_this_hash == 19
    assert plan.lucky
    assert plan.chance_this_hash < 0.5
    assert plan.partitions is None
    assert plan.partitions_random_hash is None
    assert plan.reason.startswith(
        "No count up to 200 will do: none fits 95.0 % of random hashes; "
        "19 fit these keys, but by luck: "
    )
    assert "at no count up to 200" in limit(plan, "random hash").reason
    assert limit(plan, "these keys").reason.endswith(
        "and 19 is the first count at which the hash in use keeps to it"
    )


def test_a_lucky_count_is_named_beside_the_count_that_is_not(skewed):
    plan = planned(skewed)
    assert plan.partitions > plan.partitions_this_hash
    assert plan.lucky
    first = plan.partitions_this_hash
    assert plan.reason.startswith(f"{plan.partitions} partitions: the hottest carries ")
    assert f"of random hashes fit, too; {first} fit these keys, but by luck: " in plan.reason


def test_a_count_that_most_hashes_fit_is_no_luck_though_not_sure(skewed):
    first = next(n for n in range(18, 60) if place(skewed, n).max_share <= 0.1)
    plan = planned(skewed, counts=[first, 60], certainty=0.99)
    assert plan.partitions_this_hash == first
    assert 0.5 < plan.chance_this_hash < 0.99
    assert not plan.lucky
    assert f"{first} fit these keys, but not surely" in plan.reason


def test_one_count_for_both_says_nothing_of_luck(skewed):
    plan = planned(skewed, counts=[60])
    assert plan.partitions == plan.partitions_this_hash == plan.partitions_random_hash == 60
    assert plan.reason.endswith("of random hashes fit, too")
    assert plan.binding.partitions == 60


def test_a_rate_that_one_partition_carries_needs_one():
    plan = planned(KeyLoads(["a", "b"], [1, 9]), 5, partition=9)
    assert (plan.partitions, plan.even_partitions, plan.capacity_share) == (1, 1, 1.0)
    assert plan.reason.startswith("1 partition: the hottest carries 100.0 %")


def test_peak_growth_and_headroom_raise_the_load_as_for_rates(skewed):
    plan = planned(
        skewed,
        100 * MiB,
        peak_ratio=1.5,
        growth_fraction_per_year=0.2,
        horizon_years=2,
        headroom_fraction=0.2,
    )
    assert plan.design_write_bytes_per_s == pytest.approx(100 * MiB * 1.5 * 1.44)
    assert plan.usable_bytes_per_s == pytest.approx(16 * MiB)
    assert plan.capacity_share == pytest.approx(16 / 216)
    assert plan.even_partitions == 14  # 13.5
    assert plan.partitions >= 14


def test_only_multiples_and_only_up_to_the_limit(skewed):
    plan = planned(skewed, multiple_of=6)
    assert plan.partitions % 6 == plan.partitions_this_hash % 6 == 0
    quota = Limit(name="quota", partitions=15, bound="at most", kind="vendor")
    tight = planned(skewed, upper_limits=[quota])
    assert tight.searched_to == 15
    assert tight.limits[-1] == quota
    assert not tight.feasible
    assert tight.reason.startswith("No count up to 15 will do: none fits 95.0 % of random hashes")


def test_no_count_to_try_is_an_answer(skewed):
    plan = planned(skewed, upper_limits={"quota": 8})
    assert plan.searched_to is None
    assert plan.reason == (
        "No count fits: even loads of 20.0 MiB/s each need 10 for 200.0 MiB/s, "
        "but limit 'quota' allows at most 8"
    )
    assert planned(skewed, counts=[3]).reason.endswith(
        "and no count to choose from keeps to that and to the other limits"
    )


def test_this_hash_may_miss_where_random_ones_fit(skewed):
    unlucky = max(range(20, 60), key=lambda n: n * place(skewed, n).max_share)
    share = place(skewed, unlucky).max_share
    plan = planned(skewed, partition=200 * MiB * share * 0.999, counts=[unlucky], certainty=0.05)
    assert plan.partitions_this_hash is None
    assert plan.partitions_random_hash == unlucky
    assert plan.reason == (
        f"No count up to {unlucky} will do: none fits these keys, "
        f"though {unlucky} fit 5.0 % of random hashes"
    )


def test_neither_fits(skewed):
    plan = planned(skewed, counts=[10])
    assert plan.reason == (
        "No count up to 10 will do: none fits these keys, and none fits 95.0 % of random hashes"
    )
    assert plan.binding.partitions is None


def test_both_may_fit_but_not_at_the_same_count(carriers, monkeypatch):
    monkeypatch.setattr(keyed_search, "COUNTS_PER_STEP", 1)
    shares = {count: place(carriers, count).max_share for count in range(8, 30)}
    fits = [count for count, share in shares.items() if share <= 0.3]
    first, misses = fits[0], [count for count in shares if count > fits[0] and shares[count] > 0.3]
    plan = planned(carriers, 100, partition=30, counts=[first, misses[-1]], certainty=0.5)
    assert plan.partitions_this_hash == first
    assert plan.partitions_random_hash == misses[-1]
    assert plan.partitions is None
    assert plan.reason.startswith(
        f"No count up to {misses[-1]} will do: {first} fit these keys, {misses[-1]} fit 50.0 % "
        "of random hashes, none does both"
    )


def test_a_partitioner_with_a_limit_of_its_own_is_not_asked_beyond(carriers):
    plan = planned(carriers, partition=36 * MiB, partitioner="flink-subtask", counts=[19, 10**6])
    assert plan.searched_to == 19


def test_a_plan_shows_itself(skewed):
    plan = planned(skewed)
    frame = plan.to_frame()
    assert frame["name"].tolist() == ["even share", "hottest key", "these keys", "random hash"]
    assert frame["partitions"].tolist() == [
        10,
        1,
        plan.partitions_this_hash,
        plan.partitions_random_hash,
    ]
    assert frame["binding"].tolist() == [False, False, False, True]
    assert repr(plan) == (
        f"KeyedPlan(partitions={plan.partitions}, this_hash={plan.partitions_this_hash}, "
        f"random_hash={plan.partitions_random_hash} at 95.0 %, feasible=True, "
        "design_write='200.0 MiB/s')"
    )
    assert "random hash" in plan._repr_html_()
    assert planned(skewed, upper_limits={"<b>": 8})._repr_html_().count("<b>") == 0


def test_load_without_any_key_has_no_ceiling():
    plan = planned(KeyLoads(["a"], [0], null_load=1), 100, partition=10)
    assert plan.throughput_ceiling_bytes_per_s is None
    assert plan.partitions == plan.even_partitions == 10


@given(st.lists(st.integers(1, 50), min_size=3, max_size=40), st.integers(2, 12))
def test_a_plan_keeps_what_it_promises(loads, parts):
    keys = KeyLoads([f"k{at}" for at in range(len(loads))], loads)
    plan = planned(keys, float(parts), partition=1.0, draws=100)
    assert plan.one_key_is_too_big == (max(loads) / sum(loads) > (1 + 1e-9) / parts)
    for count in {plan.partitions, plan.partitions_this_hash} - {None}:
        assert count >= plan.even_partitions
        assert place(keys, count).max_share <= (1 + 1e-9) / parts
    if plan.feasible:
        assert plan.partitions >= plan.partitions_random_hash
        assert plan.chance_this_hash <= 1


def test_a_key_that_is_a_little_too_big_is_seen_to_be():
    keys = KeyLoads(["big", *"abcdefgh"], [20.81, *[9.89875] * 8], unit="bytes")  # 100 in all
    plan = plan_keyed_partitions(keys, 100 * MiB, partition_bytes_per_s=20.79 * MiB)
    assert plan.binding.reason == (
        "the hottest key (20.8 %) brings 20.81 MiB/s to one partition, which carries "
        "20.79 MiB/s: more partitions cannot help"
    )


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"write": 0}, "write_bytes_per_s must be finite and > 0"),
        ({"partition": -1}, "partition_bytes_per_s must be finite and > 0"),
        ({"certainty": 1}, r"certainty must be a share in \(0, 1\), got 1"),
        ({"certainty": 0}, r"certainty must be a share in \(0, 1\), got 0"),
        ({"headroom_fraction": 1}, "headroom_fraction must be a fraction"),
        ({"peak_ratio": 0.5}, "peak_ratio must be finite and >= 1"),
        ({"growth_fraction_per_year": -1}, "growth_fraction_per_year must be"),
        ({"horizon_years": -1}, "horizon_years must be"),
        (
            {"growth_fraction_per_year": 9.0, "horizon_years": 1e9},
            "write_bytes_per_s at the peak of the horizon",
        ),
        ({"draws": 1}, "draws must be a whole number in 100"),
        ({"counts": [0]}, "counts must be a whole number"),
        ({"multiple_of": 0}, "multiple_of must be"),
        ({"partitioner": "round-robin-nonsense"}, "round-robin-nonsense"),
    ],
)
def test_nonsense_is_refused_by_name(carriers, kwargs, message):
    with pytest.raises(ValueError, match=message):
        planned(carriers, **kwargs)


def test_shares_alone_cannot_be_planned_for():
    with pytest.raises(TypeError, match="keys must be KeyLoads, as count_keys gives"):
        planned(np.ones(3))
