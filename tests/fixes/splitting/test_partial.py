import numpy as np
import pytest

from kafka_sizing import KeyLoads, place, zipf_keys
from kafka_sizing.fixes import PartialKeyGrouping, ShuffleGrouping, simulate_scheme, stream_of
from kafka_sizing.fixes.splitting import least_imbalance_share

EXPONENTS = [0.9, *(1 + tenth / 10 for tenth in range(11))]
#: Nasir et al., arXiv 1510.07623, figure 7: p_1 / 2 - 1 / W of 10,000 keys
FIGURE_7 = {
    50: [
        *(0.0119, 0.0311, 0.0557, 0.0842, 0.1143, 0.1443),
        *(0.1729, 0.1994, 0.2237, 0.2458, 0.2658, 0.2840),
    ],
    100: [
        *(0.0219, 0.0411, 0.0657, 0.0942, 0.1243, 0.1543),
        *(0.1829, 0.2094, 0.2337, 0.2558, 0.2758, 0.2940),
    ],
}
HASHES = 31


@pytest.mark.needs_dev  # quick only with Numba
@pytest.mark.parametrize(
    ("partitions", "exponent", "published"),
    [
        pytest.param(n, z, value, id=f"T4 arXiv 1510.07623 figure 7, W={n}, z={z:.1f}")
        for n, row in FIGURE_7.items()
        for z, value in zip(EXPONENTS, row, strict=True)
    ],
)
def test_partial_key_grouping_comes_out_where_its_hottest_key_forces_it(
    partitions, exponent, published
):
    keys = zipf_keys(10_000, exponent=exponent, total=1)
    bound = least_imbalance_share(keys.shares.max(), partitions, choices=2)
    assert bound == pytest.approx(published, abs=1e-4)
    stream = stream_of(keys, 200_000, rng=1)
    imbalance = np.median(
        [
            simulate_scheme(PartialKeyGrouping(), stream, partitions, rng=rng).imbalance_share
            for rng in range(HASHES)
        ]
    )
    tolerance = 0.08 if (partitions, exponent) == (50, 0.9) else 0.02
    assert imbalance == pytest.approx(published, rel=tolerance)


@pytest.mark.parametrize("choices", [2, 3, 5])
def test_no_hash_goes_below_the_share_of_the_hottest_key_by_its_choices(choices):
    keys = zipf_keys(1_000, exponent=1.5, total=1)
    stream = stream_of(keys, 10_000, rng=2)
    hottest = np.bincount(stream).max() / stream.size
    bound = least_imbalance_share(hottest, 50, choices=choices)
    for rng in range(5):
        run = simulate_scheme(PartialKeyGrouping(choices), stream, 50, rng=rng)
        assert run.imbalance_share >= bound - 1e-12
        assert run.states.most_fan_in <= choices


def test_shuffling_goes_round_each_producer_one_further():
    stream = np.zeros(9, dtype=np.int32)
    run = simulate_scheme(ShuffleGrouping(producers=2), stream, 4, rng=0)
    # Producer 0 sends its 5 records to 0 1 2 3 0, producer 1 its 4 to 1 2 3 0.
    assert run.loads_by_producer.tolist() == [[2, 1, 1, 1], [1, 1, 1, 1]]
    assert run.states.most_fan_in == 4


def test_a_key_has_as_many_partitions_as_choices_but_no_more_than_there_are(carriers):
    for choices, n, fan_in in ((2, 12, 2), (5, 12, 5), (9, 4, 4), (1, 12, 1)):
        outcome = PartialKeyGrouping(choices).evaluate(carriers, n)
        assert (outcome.read_fan_in, outcome.state_copies) == (fan_in, fan_in)


def test_one_choice_is_the_topic_as_it_is():
    # 1,000 records of loads in whole thousandths: the stream has the very loads.
    keys = KeyLoads(["21", "foobar", "UA"], [500, 300, 200])
    outcome = PartialKeyGrouping(1, records=1_000).evaluate(keys, 4)
    assert outcome.loads.loads.tolist() == place(keys, 4).loads.tolist()
    assert (outcome.ordering_scope, outcome.moved_load_share) == ("per key", 0)
    assert outcome.consumer_change == "none"


@pytest.mark.parametrize(
    ("scheme", "name", "need", "scope"),
    [
        (PartialKeyGrouping(), "partial key grouping", "custom partitioner", "per shard"),
        (
            PartialKeyGrouping(5),
            "partial key grouping, 5 choices",
            "custom partitioner",
            "per shard",
        ),
        (ShuffleGrouping(), "shuffle grouping", "nothing new", "none"),
    ],
)
def test_a_scheme_says_what_it_is_and_what_producers_need(scheme, name, need, scope):
    assert (scheme.name, scheme.needs, scheme.ordering_scope) == (name, need, scope)


def test_order_lost_for_all_is_the_most_intrusive_that_clients_can_do():
    assert ShuffleGrouping().intrusiveness == 6
    assert PartialKeyGrouping().intrusiveness == 4


@pytest.mark.parametrize("choices", [0, 10_001])
def test_choices_out_of_range_are_named(choices):
    with pytest.raises(ValueError, match="choices must be a whole number in 1 … 10,000"):
        PartialKeyGrouping(choices)
