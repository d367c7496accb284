"""What is asked of a sketch of keys is answered as of the keys, or said not to be known."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing import (
    KeyLoads,
    PartitionLoads,
    find_hot,
    place,
    plan_keyed_partitions,
    sketch_keys,
    zipf_keys,
)

KEYS = zipf_keys(30_000, exponent=0.7, total=3e6)
SKETCH = sketch_keys(KEYS, heavy=100, counts=range(1, 201))
PRIMES = [211, 251, 263, 307, 509]  # no divisors of what is counted, so loads have a margin


@pytest.mark.parametrize("count", PRIMES)
def test_a_line_within_the_margin_of_the_hottest_is_not_known_and_does_not_fit(count):
    loads = place(SKETCH, count)
    hottest = float(loads.loads.max())
    for line in (hottest - 0.9 * loads.margin, hottest, hottest + 0.9 * loads.margin):
        report = find_hot(loads, capacity=line)
        assert (report.is_known, report.certain, report.fits) == (False, (), False)
        assert report.verdict.startswith(f"Not known at {count} partitions: ")
        assert report.verdict.endswith(f"count the keys with {count} among counts.")


@given(count=st.sampled_from(PRIMES), part=st.floats(0.2, 3))
@settings(deadline=None)
def test_what_is_known_of_a_sketch_is_so_for_the_keys(count, part):
    line = part * float(place(KEYS, count).loads.max())
    report = find_hot(place(SKETCH, count), capacity=line, most_partitions=count)
    if report.is_known:
        assert report.fits == find_hot(place(KEYS, count), capacity=line).fits


def test_a_hot_partition_says_by_how_much_its_load_may_differ():
    loads = place(SKETCH, 251)
    line = float(loads.loads.max() - 1.1 * loads.margin)
    first = find_hot(loads, capacity=line).certain[0]
    assert first.margin == loads.margin
    shares = f"{100 * first.share:.2g}", f"{100 * loads.margin / loads.total:.2g}"
    assert f"carries {shares[0]} % ± {shares[1]} % of the load" in first.reason


def test_the_first_count_that_helps_is_one_whose_loads_are_exact():
    line = float(place(KEYS, 190).loads.max()) * 0.999
    report = find_hot(place(SKETCH, 190), capacity=line)
    assert SKETCH.counts_exactly(report.first_fitting)
    assert place(KEYS, report.first_fitting).loads.max() <= line
    known = [n for n in range(191, report.first_fitting) if SKETCH.counts_exactly(n)]
    assert all(place(KEYS, n).loads.max() > line for n in known)


def test_light_keys_that_share_a_hot_partition_are_not_called_records_without_a_key():
    keys = KeyLoads(["hot", *(f"user-{at}" for at in range(50_000))], [30_000, *[1] * 50_000])
    sketch = sketch_keys(keys, heavy=1)
    at = int(place(keys, 12).partition_of_key[0])
    hot = next(h for h in find_hot(place(sketch, 12), capacity=31_000).hot if h.partition == at)
    assert hot.light_load == hot.load - 30_000
    assert "key 'hot' 37.5 % and lighter keys share it" in hot.reason


def test_a_keyed_plan_of_a_sketch_chooses_among_counts_whose_loads_are_exact():
    rate, capacity = 1e6, 1e6 * 1.01 * float(place(KEYS, 220).max_share)
    plan = plan_keyed_partitions(SKETCH, rate, partition_bytes_per_s=capacity, rng=1)
    exact = plan_keyed_partitions(KEYS, rate, partition_bytes_per_s=capacity, rng=1)
    assert SKETCH.counts_exactly(plan.partitions_this_hash)
    assert plan.partitions_this_hash >= exact.partitions_this_hash
    assert place(KEYS, plan.partitions).max_share * rate <= capacity


def test_a_count_given_to_a_keyed_plan_that_a_sketch_does_not_know_is_refused():
    with pytest.raises(ValueError, match=r"counts must be those at which the sketch .* got 251"):
        plan_keyed_partitions(SKETCH, 1e6, partition_bytes_per_s=1e5, counts=[240, 251])


def test_a_margin_that_is_no_load_is_refused():
    with pytest.raises(ValueError, match=r"margin .* got -1"):
        PartitionLoads(loads=np.array([1.0, 2.0]), margin=-1)
