import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import uniform_keys
from kafka_sizing.fixes import PartialKeyGrouping, simulate_scheme, stream_of
from kafka_sizing.fixes.splitting import (
    least_even_imbalance_share,
    least_imbalance_share,
    most_imbalance_records,
    reached_partitions,
)

WIKIPEDIA = 0.0932  # the hottest page's share of the views of a day in January 2008


@pytest.mark.parametrize(
    ("partitions", "choices", "published"),
    [
        pytest.param(n, d, value, id=f"T1 arXiv 1504.00788, WP, {name}, W={n}")
        for name, d, row in (
            ("PKG", 2, {50: 2.7e-2, 100: 3.7e-2}),
            ("Off-Greedy", 1, {50: 7.4e-2, 100: 8.3e-2}),
            ("On-Greedy", 1, {50: 7.4e-2, 100: 8.3e-2}),
            ("PoTC", 1, {50: 7.4e-2, 100: 8.3e-2}),
        )
        for n, value in row.items()
    ],
)
def test_the_hottest_page_forces_the_published_imbalance(partitions, choices, published):
    bound = least_imbalance_share(WIKIPEDIA, partitions, choices=choices)
    assert bound == pytest.approx(published, rel=0.02)


@pytest.mark.parametrize(
    ("share", "partitions", "choices", "bound"),
    [
        pytest.param(0.5, 4, 1, 0.25, id="half on one of four partitions, a quarter above even"),
        pytest.param(0.5, 4, 2, 0.0, id="two halves of it fit exactly"),
        pytest.param(0.2, 4, 1, 0.0, id="less than an even share forces nothing"),
        pytest.param(1, 2, 7, 0.0, id="more choices than partitions are as many"),
        pytest.param(1, 1, 1, 0.0, id="one partition is even"),
    ],
)
def test_the_bound_by_hand(share, partitions, choices, bound):
    assert least_imbalance_share(share, partitions, choices=choices) == pytest.approx(bound)


def test_hashes_reach_partitions_as_balls_reach_bins():
    assert reached_partitions(1, 12) == pytest.approx(1)
    assert reached_partitions(8, 12) == pytest.approx(6.018, abs=5e-4)  # 12 (1 - (11/12)^8)
    assert reached_partitions(5, 1) == 1
    assert reached_partitions(2_000_000, 1_000_000) / 1e6 == pytest.approx(1 - math.exp(-2))


def test_as_many_keys_as_partitions_force_0_156_of_an_even_share():
    # 1 / (1 - e^-2) - 1; the paper of 2015 prints 0.156 m for it, without the 1/n.
    n = 100_000
    assert n * least_even_imbalance_share(n, n) == pytest.approx(0.1565, abs=1e-4)
    assert least_even_imbalance_share(10_000_000, 10) == 0


def test_even_keys_stay_above_their_bound_and_near_what_was_simulated():
    # Simulated before: 0.40/n. The mean of 20 hashes has a standard error of 0.015.
    n = 100
    stream = stream_of(uniform_keys(n, total=1), 1_000 * n, rng=1)
    observed = [
        simulate_scheme(PartialKeyGrouping(producers=1), stream, n, rng=rng).imbalance_share
        for rng in range(20)
    ]
    assert min(observed) > least_even_imbalance_share(n, n)
    assert n * np.mean(observed) == pytest.approx(0.40, abs=3 * 0.015)


@given(
    loads=st.integers(1, 6).flatmap(
        lambda n: st.lists(
            st.lists(st.integers(0, 100), min_size=n, max_size=n), min_size=1, max_size=5
        )
    )
)
def test_the_imbalance_of_all_is_at_most_the_sum_of_the_producers_own(loads):
    together = np.sum(loads, axis=0)
    assert together.max() - together.mean() <= most_imbalance_records(loads) + 1e-9


@pytest.mark.parametrize("loads", [[1, 2], [[]], [[-1, 2]], [[math.inf, 1]]])
def test_loads_by_producer_have_a_row_each(loads):
    with pytest.raises(ValueError, match="loads_by_producer must be a row of loads >= 0 per"):
        most_imbalance_records(loads)


@pytest.mark.parametrize(
    ("function", "arguments", "text"),
    [
        (least_imbalance_share, (0, 4), "hottest_key_share must be a share"),
        (least_imbalance_share, (0.5, 0), "partitions must be a whole number"),
        (reached_partitions, (0, 4), "hashes must be a whole number"),
        (least_even_imbalance_share, (0, 4), "keys must be a whole number"),
    ],
)
def test_an_argument_out_of_range_is_named(function, arguments, text):
    with pytest.raises(ValueError, match=text):
        function(*arguments)


def test_choices_out_of_range_are_named():
    with pytest.raises(ValueError, match="choices must be a whole number"):
        least_imbalance_share(0.5, 4, choices=0)
    with pytest.raises(ValueError, match="choices must be a whole number"):
        least_even_imbalance_share(5, 4, choices=0)
