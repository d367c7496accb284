"""Hashed shards, exactly: the fullest partition, the smallest safe number."""

import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.fixes.salting import FullestPartition, fullest_partition, safe_shards
from kafka_sizing.fixes.salting.fullest import probability_of_at_most
from kafka_sizing.fixes.salting.safety import probability_bounds

SHARDS = (2, 4, 8, 16, 32, 64, 128)
DISTINCT = {
    12: (1.917, 3.527, 6.018, 9.018, 11.259, 11.954, 12),
    24: (1.958, 3.757, 6.926, 11.853, 17.852, 22.425),
}
FULLEST = {
    12: (0.5417, 0.3634, 0.2825, 0.2176, 0.1751, 0.1467, 0.127),
    24: (0.5208, 0.3095, 0.2272, 0.1642, 0.1246, 0.0981, 0.080),
}
# allowed share, smallest safe number, last failing one (where the table has it)
SAFE = {
    12: (
        (1 / 2, 4, 5),
        (1 / 3, 12, 14),
        (1 / 4, 24, 27),
        (1 / 5, 45, 54),
        (0.15, 134, 153),
        (1 / 8, 320, None),
        (0.1, 1950, None),
    ),
    24: (
        (1 / 2, 2, 3),
        (1 / 3, 6, 8),
        (1 / 4, 12, 15),
        (1 / 5, 20, 24),
        (0.15, 40, 46),
        (1 / 8, 64, 71),
        (0.1, 120, 129),
    ),
}


def by_enumeration(shards, partitions):
    """Count every way to place the shards: exact probabilities of the fullest, mean distinct."""
    fullest, distinct = Counter(), 0
    for placed in itertools.product(range(partitions), repeat=shards):
        counts = Counter(placed)
        fullest[max(counts.values())] += 1
        distinct += len(counts)
    ways = partitions**shards
    return {k: Fraction(n, ways) for k, n in fullest.items()}, Fraction(distinct, ways)


def by_recurrence(most, shards, partitions):
    """Add partitions one by one in whole numbers: ways to place with none above ``most``."""
    ways = [1] + [0] * shards
    for _ in range(partitions):
        ways = [
            sum(ways[rest - here] * math.comb(rest, here) for here in range(min(most, rest) + 1))
            for rest in range(shards + 1)
        ]
    return Fraction(ways[shards], partitions**shards)


@pytest.mark.parametrize(
    ("shards", "partitions"), [(1, 1), (3, 1), (1, 5), (2, 2), (5, 2), (3, 3), (6, 4), (4, 7)]
)
def test_small_cases_agree_with_every_way_there_is(shards, partitions):
    fullest, distinct = by_enumeration(shards, partitions)
    found = fullest_partition(shards, partitions)
    exact = [float(fullest.get(count, 0)) for count in found.counts.tolist()]
    assert found.probabilities == pytest.approx(exact, abs=1e-12)
    assert found.probabilities.sum() == pytest.approx(1)
    assert found.mean_distinct == pytest.approx(float(distinct))
    assert found.probability_all_distinct == pytest.approx(float(fullest.get(1, 0)))


@pytest.mark.parametrize(
    ("most", "shards", "partitions"), [(4, 20, 7), (13, 40, 5), (3, 30, 24), (17, 160, 12)]
)
def test_larger_cases_agree_with_whole_numbers(most, shards, partitions):
    exact = by_recurrence(most, shards, partitions)
    assert probability_of_at_most(most, shards, partitions) == pytest.approx(
        float(exact), rel=1e-10
    )


@pytest.mark.parametrize(
    ("partitions", "shards", "distinct"),
    [
        pytest.param(n, shards, value, id=f"section 2 table: N={n}, S={shards}, E D")
        for n, row in DISTINCT.items()
        for shards, value in zip(SHARDS, row, strict=False)
    ],
)
def test_shards_reach_as_many_partitions_as_published(partitions, shards, distinct):
    # published to three digits; N = 12, S = 128 as "about 12"
    assert fullest_partition(shards, partitions).mean_distinct == pytest.approx(
        distinct, abs=5.1e-4
    )


@pytest.mark.parametrize(
    ("partitions", "shards", "share"),
    [
        pytest.param(n, shards, value, id=f"section 2 table: N={n}, S={shards}, E M_S/S")
        for n, row in FULLEST.items()
        for shards, value in zip(SHARDS, row, strict=True)
    ],
)
def test_the_fullest_partition_gets_as_much_as_published(partitions, shards, share):
    digits = 3 if shards == 128 else 4
    found = fullest_partition(shards, partitions)
    assert found.mean_share == pytest.approx(share, abs=0.51 * 10**-digits)
    assert found.mean_share >= found.even_share


def test_hundreds_of_shards_neither_overflow_nor_vanish():
    found = fullest_partition(1_500, 12)
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-12)
    # mean of the fullest cell: normal approximation, m_12 = 1.6292 standard deviations
    spread = math.sqrt(1_500 * (1 / 12) * (11 / 12))
    assert found.mean == pytest.approx(125 + 1.6292 * math.sqrt(12 / 11) * spread, rel=0.01)


@given(shards=st.integers(1, 60), partitions=st.integers(1, 40))
def test_probabilities_add_up_and_rise_with_what_is_allowed(shards, partitions):
    found = fullest_partition(shards, partitions)
    assert found.probabilities.min() >= 0
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-9)
    within = [found.probability_within(most) for most in range(shards + 1)]
    assert within == sorted(within)
    assert within[-1] == pytest.approx(1)
    assert found.probability_within(math.ceil(shards / partitions) - 1) == 0


def test_more_shards_than_partitions_always_meet():
    assert fullest_partition(3, 2).probability_all_distinct == 0
    assert fullest_partition(3, 12).probability_all_distinct == pytest.approx(11 * 10 / 144)


def test_the_distribution_tells_its_story():
    found = fullest_partition(2, 2)
    assert found.reason == (
        "2 shards hashed to 2 partitions reach 1.5 of them on average, and the fullest gets "
        "75 % of the key, not 50 %"
    )
    assert found.to_frame().to_dict("list") == {
        "shards": [1, 2],
        "share": [0.5, 1.0],
        "probability": pytest.approx([0.5, 0.5]),
    }
    assert repr(found) == (
        "FullestPartition(2 shards, 2 partitions, mean_share=0.7500, mean_distinct=1.5)"
    )
    assert found._repr_html_().startswith("<p>2 shards hashed")
    with pytest.raises(ValueError, match="read-only"):
        found.counts[0] = 3
    with pytest.raises(ValueError, match="read-only"):
        found.probabilities[0] = 3


def test_arrays_are_copied_in():
    counts = np.array([1, 2])
    made = FullestPartition(shards=2, partitions=2, counts=counts, probabilities=[0.5, 0.5])
    counts[0] = 7
    assert made.mean == 1.5


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: fullest_partition(0, 3), r"shards must be .* got 0"),
        (lambda: fullest_partition(10_001, 3), r"shards must be .* 10,000, got 10001"),
        (lambda: fullest_partition(2, 0), r"partitions must be .* got 0"),
        (lambda: fullest_partition(2, 3).probability_within(-1), r"shards must be .* got -1"),
        (lambda: safe_shards(0, most_share=0.5), r"partitions must be .* got 0"),
        (lambda: safe_shards(2, most_share=0), r"most_share must be a share in \(0, 1\], got 0"),
        (lambda: safe_shards(2, most_share=1.1), r"most_share must be .* got 1\.1"),
        (
            lambda: safe_shards(2, most_share=0.9, certainty=1.0),
            r"certainty must be a share in \(0, 1\), got 1\.0",
        ),
        (lambda: safe_shards(2, most_share=0.9, certainty=0), r"certainty must be .* got 0"),
        (lambda: safe_shards(2, most_share=0.9, most_shards=0), r"most_shards must be .* got 0"),
    ],
)
def test_a_number_out_of_range_is_named(call, text):
    with pytest.raises(ValueError, match=text):
        call()


@pytest.mark.parametrize(
    ("partitions", "share", "shards", "last"),
    [
        pytest.param(n, share, shards, last, id=f"section 2 table: N={n}, r={share:.3g}")
        for n, row in SAFE.items()
        for share, shards, last in row
    ],
)
def test_the_smallest_safe_number_is_as_published(partitions, share, shards, last):
    safe = safe_shards(partitions, most_share=share)
    assert safe.shards == shards
    assert last is None or safe.last_failing == last
    assert safe.is_possible
    one_fewer = math.floor(share * (shards - 1) * (1 + 1e-9))
    assert probability_of_at_most(one_fewer, shards - 1, partitions) < 0.95


@given(
    partitions=st.integers(2, 30),
    above=st.floats(1.3, 10),
    certainty=st.sampled_from([0.5, 0.9, 0.95, 0.99]),
)
def test_no_smaller_number_is_safe_and_none_beyond_the_last_failing_fails(
    partitions, above, certainty
):
    share = min(1.0, above / partitions)
    safe = safe_shards(partitions, most_share=share, certainty=certainty, most_shards=400)
    allowed = [math.floor(share * shards * (1 + 1e-9)) for shards in range(1, 121)]
    chances = [
        probability_of_at_most(most, shards, partitions)
        for shards, most in enumerate(allowed, start=1)
    ]
    first = next((at for at, chance in enumerate(chances, 1) if chance >= certainty), None)
    last = max((at for at, chance in enumerate(chances, 1) if chance < certainty), default=0)
    assert first == safe.shards or (first is None and (safe.shards or 500) > 120)
    if safe.last_failing is not None:
        assert last == safe.last_failing or safe.last_failing > len(chances)
        most = math.floor(share * safe.last_failing * (1 + 1e-9))
        chance = probability_of_at_most(most, max(1, safe.last_failing), partitions)
        assert chance < certainty or not safe.last_failing
        assert safe.last_failing >= (safe.shards or 1) - 1
    shown = min(len(chances), safe.probabilities.size)
    assert safe.probabilities[:shown] == pytest.approx(chances[:shown], abs=1e-9)


@given(partitions=st.integers(1, 60), share=st.floats(0.01, 1))
def test_the_exact_probability_lies_between_its_bounds(partitions, share):
    shards = np.arange(1, 41)
    least, most = probability_bounds(shards, share, partitions)
    exact = [
        probability_of_at_most(math.floor(share * count * (1 + 1e-9)), count, partitions)
        for count in shards.tolist()
    ]
    assert (least <= np.array(exact) + 1e-9).all()
    assert (most >= np.array(exact) - 1e-9).all()


def test_a_share_below_the_even_one_is_impossible_and_says_why():
    safe = safe_shards(12, most_share=0.05)
    assert (safe.shards, safe.last_failing, safe.is_possible) == (None, None, False)
    assert safe.large_number_estimate is None
    assert safe.reason == (
        "no number of hashed shards is safe: even spread over 12 partitions leaves 8.3 % of the "
        "key on each, and 5.0 % asks for less, while hashed shards meet"
    )


def test_the_even_share_itself_needs_shards_that_never_meet():
    safe = safe_shards(2, most_share=0.5)
    assert safe.shards is None
    assert "50.0 % asks for that, while hashed shards meet" in safe.reason
    assert safe_shards(2, most_share=0.5, certainty=0.5).shards == 2  # 2 of 4 ways part them
    assert safe_shards(2, most_share=0.5, certainty=0.5).last_failing is None
    assert safe_shards(2, most_share=0.5, certainty=0.5, most_shards=1).shards is None


def test_one_partition_takes_everything():
    safe = safe_shards(1, most_share=1)
    assert (safe.shards, safe.last_failing) == (1, 0)
    assert safe.reason == (
        "with the key unsplit on 1 partition the fullest gets at most 100.0 % of the key with a "
        "probability of at least 95.0 %, and with every larger number"
    )
    assert safe_shards(12, most_share=1).shards == 1


def test_beyond_the_search_only_the_formula_for_many_shards_speaks():
    safe = safe_shards(12, most_share=0.09)  # d = 0.08: 2 × 12 × ln 12 / 0.0064 = 9,319
    assert safe.shards is None
    assert safe.large_number_estimate == 9_319
    assert safe.reason.startswith("no number up to 10,000 is safe")
    assert safe.reason.endswith("takes more than 10,000 shards")  # the formula is too low here


def test_a_last_failing_number_beyond_the_search_is_not_known():
    safe = safe_shards(12, most_share=1 / 4, most_shards=25)
    assert (safe.shards, safe.last_failing) == (24, None)
    assert safe.reason.endswith("; larger numbers may fail again")


def test_the_sawtooth_goes_with_the_result():
    safe = safe_shards(12, most_share=1 / 4)
    frame = safe.to_frame()
    assert frame["shards"].tolist() == list(range(1, len(frame) + 1))
    assert frame.loc[frame["safe"], "shards"].min() == 24
    assert frame.loc[~frame["safe"], "shards"].max() == 27
    assert safe.reason.endswith("; of larger numbers some fail again, the last is 27")
    assert repr(safe) == (
        "SafeShards(12 partitions, most_share=0.25, certainty=0.95, shards=24, last_failing=27)"
    )
    assert safe._repr_html_().startswith("<p>with 24 shards on 12 partitions")
    with pytest.raises(ValueError, match="read-only"):
        safe.probabilities[0] = 1
    assert safe.even_share == pytest.approx(1 / 12)


def test_many_partitions_show_only_what_is_soon_worked_out():
    safe = safe_shards(5_000, most_share=0.01)
    assert safe.probabilities.size < 2_000
    assert safe.shards is not None


def test_ten_thousand_shards_are_soon_known_and_as_the_normal_curve_has_them():
    fullest = fullest_partition(10_000, 2)  # half a binomial: mean |X - 5,000| = 50 sqrt(2 / pi)
    assert fullest.probabilities.sum() == pytest.approx(1, abs=1e-11)
    assert fullest.mean == pytest.approx(5_000 + 50 * math.sqrt(2 / math.pi), abs=0.5)
    among_many = fullest_partition(10_000, 1_000)
    more = sum(math.comb(10_000, k) * 999 ** (10_000 - k) for k in range(31, 200))
    beyond = float(Fraction(more, 1_000**10_000))  # of one partition, binomial; 200: never
    within = among_many.probability_within(30)  # between the bounds for all of them
    assert 1 - 1_000 * beyond <= within <= (1 - beyond) ** 1_000 + 1e-11


def test_what_is_never_exceeded_ends_the_counts():
    fullest = fullest_partition(10_000, 12)
    assert fullest.counts[-1] < 1_200  # 833 + 13 standard deviations of 28
    assert fullest.probability_within(int(fullest.counts[-1])) == 1


def test_a_formula_that_promises_too_little_is_not_quoted():
    safe = safe_shards(10**7, most_share=1e-4, certainty=0.5)  # its 324: not one shard each
    assert safe.large_number_estimate == 324
    assert safe.reason.endswith("takes more than 10,000 shards")
