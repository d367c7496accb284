import numpy as np
import pytest

from kafka_sizing import lognormal_keys
from kafka_sizing.fixes import (
    KeyGrouping,
    OfflineGreedy,
    OnlineGreedy,
    PartialKeyGrouping,
    StaticTwoChoices,
    simulate_scheme,
    stream_of,
)
from kafka_sizing.fixes.splitting import Candidates, SplitRun, state_costs

FOUR = Candidates(first=[0, 1, 2, 3], seeds=[0, 0, 0, 0], partitions=4)
RUN = simulate_scheme(KeyGrouping(producers=2), [0, 0, 0, 1, 0, 2, 0, 0, 1, 3], 4, candidates=FOUR)


def test_a_run_by_hand():
    # Producer 0 wrote records 0, 2, 4 …: keys 0 0 0 0 1; producer 1 the others: 0 1 2 0 3.
    assert RUN.loads_by_producer.tolist() == [[4, 1, 0, 0], [2, 1, 1, 1]]
    assert RUN.loads_records.tolist() == [6, 2, 1, 1]
    assert (RUN.records, RUN.partitions) == (10, 4)
    assert RUN.imbalance_records == 6 - 2.5
    assert RUN.imbalance_share == 0.35
    assert RUN.imbalance_ratio == pytest.approx(1 + 4 * 0.35)
    assert RUN.most_imbalance_records == (4 - 1.25) + (2 - 1.25)
    assert (RUN.states.keys, RUN.states.states, RUN.states.most_fan_in) == (4, 4, 1)


def test_a_run_shows_itself():
    assert repr(RUN) == (
        "SplitRun('key grouping', 10 records, 4 partitions, imbalance_share=0.35)"
    )
    assert RUN.reason == (
        "key grouping: the fullest of 4 partitions holds 60.0 % of 10 records, "
        "2.4 × the even share; 1 states per key"
    )
    frame = RUN.to_frame()
    assert frame.columns.tolist() == ["partition", "records", "share"]
    assert frame["share"].tolist() == [0.6, 0.2, 0.1, 0.1]
    assert "<table" in RUN._repr_html_()
    with pytest.raises(ValueError, match="read-only"):
        RUN.loads_by_producer[0] = 0


def test_the_loads_of_a_run_are_copied():
    loads = np.array([[1, 2]])
    run = SplitRun(scheme=KeyGrouping(), loads_by_producer=loads, states=state_costs([1, 2]))
    loads[0] = 9
    assert run.records == 3


def test_candidates_are_drawn_from_the_seed():
    stream = np.arange(100)
    runs = [simulate_scheme(KeyGrouping(), stream, 10, rng=rng).loads_records for rng in (1, 1, 2)]
    assert np.array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


@pytest.mark.parametrize(
    ("stream", "text"),
    [
        ([], "stream must be the number of a key, from 0, for each record, got"),
        ([[0]], "stream must be the number of a key"),
        ([0.5], "stream must be the number of a key"),
        ([0, -1], r"stream must be .* got -1 … 0"),
        ([2**31], r"stream must be .* got 2147483648 … 2147483648"),
    ],
)
def test_a_stream_is_key_numbers(stream, text):
    with pytest.raises(ValueError, match=text):
        simulate_scheme(KeyGrouping(), stream, 4)


def test_candidates_must_fit():
    with pytest.raises(ValueError, match="candidates must be for 5 partitions and at least 1"):
        simulate_scheme(KeyGrouping(), [0], 5, candidates=FOUR)
    with pytest.raises(ValueError, match="at least 5 keys, got Candidates"):
        simulate_scheme(KeyGrouping(), [4], 4, candidates=FOUR)


def test_a_scheme_is_asked_for():
    with pytest.raises(TypeError, match="scheme must be SplittingScheme, got str"):
        simulate_scheme("PKG", [0], 4)


#: 11 streams of 10M records of LN1, our own simulation: the median of I/m, and its range
LOGNORMAL = {
    50: {
        StaticTwoChoices: (0.127, 0.02),
        OnlineGreedy: (0.127, 0.01),
        OfflineGreedy: (0.127, 0.01),
        PartialKeyGrouping: (0.0534, 0.03),
    },
    100: {
        StaticTwoChoices: (0.137, 0.02),
        OnlineGreedy: (0.137, 0.01),
        OfflineGreedy: (0.137, 0.01),
        PartialKeyGrouping: (0.0634, 0.01),
    },
}


@pytest.fixture(scope="module")
def lognormal():
    keys = lognormal_keys(100_000, mean=1.789, sigma=2.366, total=1)
    return stream_of(keys, 200_000, rng=3)


@pytest.mark.needs_dev  # quick only with Numba
@pytest.mark.parametrize(
    ("partitions", "kind", "published", "tolerance"),
    [
        pytest.param(n, kind, value, rel, id=f"T5 reference LN1, {kind.__name__}, W={n}")
        for n, row in LOGNORMAL.items()
        for kind, (value, rel) in row.items()
    ],
)
def test_the_lognormal_stream_comes_out_as_its_reference(
    lognormal, partitions, kind, published, tolerance
):
    imbalance = np.median(
        [
            simulate_scheme(kind(producers=1), lognormal, partitions, rng=rng).imbalance_share
            for rng in range(15)
        ]
    )
    assert imbalance == pytest.approx(published, rel=tolerance)


@pytest.mark.parametrize(("partitions", "least", "most"), [(50, 0.13, 0.17), (100, 0.137, 0.18)])
def test_hashed_whole_keys_are_worse(lognormal, partitions, least, most):
    imbalance = np.median(
        [
            simulate_scheme(KeyGrouping(), lognormal, partitions, rng=rng).imbalance_share
            for rng in range(15)
        ]
    )
    assert least <= imbalance <= most


@pytest.mark.parametrize(("partitions", "published"), [(5, 0.0), (10, 0.0468)])
def test_the_yardstick_meets_the_bound_exactly(lognormal, partitions, published):
    run = simulate_scheme(OfflineGreedy(), lognormal, partitions, rng=0)
    assert run.imbalance_share == pytest.approx(published, abs=5e-4)


@pytest.mark.needs_dev  # quick only with Numba
def test_five_producers_are_almost_as_even_as_one(lognormal):
    # LN1, W = 50: .0554 from five, .0534 from one.
    five, one = (
        np.median(
            [
                simulate_scheme(
                    PartialKeyGrouping(producers=producers), lognormal, 50, rng=rng
                ).imbalance_share
                for rng in range(15)
            ]
        )
        for producers in (5, 1)
    )
    assert one <= five * 1.001
    assert five == pytest.approx(one, rel=0.05)
