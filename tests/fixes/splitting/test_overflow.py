import numpy as np
import pytest

from kafka_sizing import uniform_keys, zipf_keys
from kafka_sizing.fixes import BoundedLoads, RandomChoices, simulate_scheme, stream_of


@pytest.mark.parametrize("exponent", [1, 1.4, 2])
@pytest.mark.parametrize("partitions", [10, 50, 100])
def test_random_choices_exceed_the_mean_by_their_slack(exponent, partitions):
    stream = stream_of(zipf_keys(10_000, exponent=exponent, total=1), 50_000, rng=1)
    run = simulate_scheme(RandomChoices(0.01, producers=1), stream, partitions, rng=2)
    # eps/n by construction, to within the record that filled the partition.
    assert abs(run.imbalance_records - 0.01 * 50_000 / partitions) <= 1


@pytest.mark.parametrize("slack", [0.05, 0.5])
@pytest.mark.parametrize("producers", [1, 4])
def test_bounded_loads_stay_below_their_capacity(slack, producers):
    stream = stream_of(zipf_keys(500, exponent=1.5, total=1), 20_000, rng=1)
    run = simulate_scheme(BoundedLoads(slack, producers=producers), stream, 8, rng=2)
    capacity = np.ceil((1 + slack) * 20_000 / producers / 8)
    assert run.loads_by_producer.max() == capacity


@pytest.mark.parametrize("scheme", [RandomChoices(1.0), BoundedLoads(1.0)])
def test_keys_that_fit_are_hardly_split(scheme):
    stream = stream_of(uniform_keys(2_000, total=1), 100_000, rng=1)
    states = simulate_scheme(scheme, stream, 4, rng=2).states
    assert states.states_per_key < 1.05


def test_less_slack_splits_more_keys(carriers):
    fan_ins = [RandomChoices(slack).evaluate(carriers, 12).read_fan_in for slack in (0.01, 3.0)]
    assert fan_ins[0] > fan_ins[1]
    fan_ins = [BoundedLoads(slack).evaluate(carriers, 12).read_fan_in for slack in (0.01, 3.0)]
    assert fan_ins[0] > fan_ins[1]


@pytest.mark.parametrize(
    ("scheme", "name", "words"),
    [
        (
            RandomChoices(),
            "next hash when 0.01 above the mean (PoRC)",
            "less than 1.01 × the mean",
        ),
        (BoundedLoads(), "ring, next token when 0.25 above the mean", "100 tokens per partition"),
    ],
)
def test_a_scheme_says_what_it_does(scheme, name, words):
    assert scheme.name == name
    assert words in scheme.rule
    assert (scheme.needs, scheme.ordering_scope) == ("custom partitioner", "none")


@pytest.mark.parametrize("kind", [RandomChoices, BoundedLoads])
def test_slack_out_of_range_is_named(kind):
    with pytest.raises(ValueError, match="slack_ratio must be finite and > 0, got 0"):
        kind(0)


def test_tokens_out_of_range_are_named():
    with pytest.raises(ValueError, match="tokens must be a whole number in 1 … 10,000, got 0"):
        BoundedLoads(tokens=0)
