"""BroMin and BroMax against the tests and the code of their authors."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.brokers.bromin import BroModel, bro_max, bro_min, published_model

counts = st.integers(min_value=1, max_value=60)


@pytest.mark.parametrize(
    ("brokers", "replication_factor", "most"),
    [
        pytest.param(10, 4, 75_000, id="BM01 ten brokers (kafka-hdd unit tests)"),
        pytest.param(1, 4, 7_500, id="BM01 one broker (kafka-hdd unit tests)"),
        pytest.param(10, 1, 300_000, id="BM01 one replica (kafka-hdd unit tests)"),
    ],
)
def test_file_handles_bound_the_replicas(brokers, replication_factor, most):
    bounds = published_model().most_partitions(
        brokers=brokers, replication_factor=replication_factor
    )
    assert bounds.file_handles == most


@pytest.mark.parametrize(
    ("consumers", "least"),
    [
        pytest.param(1, 10, id="BM02 the rate decides (kafka-hdd unit tests)"),
        pytest.param(10, 10, id="BM02 a tie (kafka-hdd unit tests)"),
        pytest.param(11, 11, id="BM02 the consumers decide (kafka-hdd unit tests)"),
    ],
)
@pytest.mark.parametrize("rounding", ["up", "nearest"])
def test_rate_and_consumers_bound_from_below(consumers, least, rounding):
    assert published_model().least_partitions(consumers, rounding=rounding) == least


@pytest.mark.parametrize(
    ("replication_factor", "partitions", "brokers", "feasible"),
    [
        pytest.param(2, 1_000, 10, True, id="BM03 just enough (kafka-hdd unit tests)"),
        pytest.param(3, 1_000, 15, True, id="BM03 three replicas (kafka-hdd unit tests)"),
        pytest.param(2, 1_000, 9, False, id="BM03 one broker short (kafka-hdd unit tests)"),
        pytest.param(3, 1_000, 14, False, id="BM03 three, one short (kafka-hdd unit tests)"),
    ],
)
def test_latency_and_unavailability_bound_the_partitions(
    replication_factor, partitions, brokers, feasible
):
    bounds = published_model().most_partitions(
        brokers=brokers, replication_factor=replication_factor
    )
    assert (partitions <= bounds.most) is feasible


@pytest.mark.parametrize(
    ("model", "consumers", "replication_factor", "brokers", "fewest", "most"),
    [
        pytest.param("default", 200, 4, 20, (200, 4), (1000, 20), id="BM04 kafka-hdd unit tests"),
        pytest.param("default", 200, 400, 20, None, None, id="BM05 kafka-hdd unit tests"),
        pytest.param("default", 1, 1, 1, (200, 1), (200, 1), id="BM06 kafka-hdd code"),
        pytest.param("default", 10, 3, 3, (200, 3), (200, 3), id="BM07 kafka-hdd code"),
        pytest.param("default", 300, 3, 12, (333, 5), (800, 12), id="BM08 kafka-hdd code"),
        pytest.param("default", 1000, 2, 10, (1000, 10), (1000, 10), id="BM09 kafka-hdd code"),
        pytest.param("default", 800, 3, 12, (800, 12), (800, 12), id="BM10 kafka-hdd code"),
        pytest.param("experiment", 5, 3, 16, (40, 3), (213, 16), id="BM11 kafka-hdd code"),
        pytest.param("experiment", 45, 3, 16, (53, 4), (213, 16), id="BM12 kafka-hdd code"),
        pytest.param("experiment", 85, 3, 16, (93, 7), (213, 16), id="BM13 kafka-hdd code"),
        pytest.param("experiment", 125, 3, 16, (133, 10), (213, 16), id="BM14 kafka-hdd code"),
        pytest.param("experiment", 45, 5, 16, (48, 6), (128, 16), id="BM15 kafka-hdd code"),
        pytest.param("experiment", 105, 5, 16, (112, 14), (128, 16), id="BM16 kafka-hdd code"),
    ],
)
def test_heuristics_choose_as_their_authors_code(
    *, model, consumers, replication_factor, brokers, fewest, most
):
    inputs = {
        "replication_factor": replication_factor,
        "brokers": brokers,
        "model": published_model(model),
    }
    for choose, expected in ((bro_min, fewest), (bro_max, most)):
        choice = choose(consumers, **inputs)
        assert choice.feasible is (expected is not None)
        assert (choice.partitions, choice.brokers) == (expected or (None, None))


def test_without_arguments_the_default_parameters_hold():
    choice = bro_min(200, replication_factor=4, brokers=20)
    assert choice.model == published_model("default")
    assert (choice.least_partitions, choice.bounds.binding) == (200, "replication latency")


def test_rounding_up_never_gives_one_too_few():
    model = dataclasses.replace(
        published_model(), write_bytes_per_s=105, producer_bytes_per_s=10, consumer_bytes_per_s=20
    )
    assert model.least_partitions(1) == 11
    assert model.least_partitions(1, rounding="nearest") == 10  # 10.5, half to even
    assert bro_min(1, replication_factor=1, brokers=1, model=model).least_partitions == 11
    nearest = bro_max(1, replication_factor=1, brokers=1, model=model, rounding="nearest")
    assert nearest.least_partitions == 10


def test_the_slower_side_of_a_partition_counts():
    model = dataclasses.replace(
        published_model(), write_bytes_per_s=100, producer_bytes_per_s=50, consumer_bytes_per_s=4
    )
    assert model.least_partitions(1) == 25


@pytest.mark.parametrize(
    ("changes", "binding"),
    [
        ({"file_handles": 1}, "file handles"),
        ({"latency_limit_s": 1e-3}, "replication latency"),
        ({"unavailability_limit_s": 1e-3}, "unavailability"),
    ],
)
def test_the_tightest_limit_binds(changes, binding):
    model = dataclasses.replace(published_model(), **changes)
    bounds = model.most_partitions(brokers=3, replication_factor=3)
    assert bounds.binding == binding
    assert bounds.most == getattr(bounds, binding.replace(" ", "_"))


def test_the_reason_names_need_limit_and_brokers():
    assert bro_min(300, replication_factor=3, brokers=12).reason == (
        "300 partitions are needed, and replication latency allows 333 on 5 brokers, the fewest "
        "brokers that do"
    )
    assert bro_max(1, replication_factor=1, brokers=1).reason == (
        "10 partitions are needed, and replication latency allows 200 on 1 broker, the most "
        "brokers that do"
    )
    for choose in (bro_min, bro_max):
        assert choose(900, replication_factor=3, brokers=12).reason == (
            "no choice fits: 900 partitions are needed, and replication latency allows 800 on "
            "12 brokers, all there are"
        )
        assert choose(1, replication_factor=4, brokers=3).reason == (
            "no choice fits: 4 replicas of a partition need as many brokers, and there are 3"
        )
    assert repr(bro_min(900, replication_factor=3, brokers=12)) == (
        "BrokerChoice(heuristic='BroMin', partitions=None, brokers=None, feasible=False)"
    )


@given(consumers=st.integers(1, 2_000), replication_factor=st.integers(1, 6), brokers=counts)
def test_bro_min_takes_the_first_that_will_do(consumers, replication_factor, brokers):
    model = published_model()
    fits = [
        bounds
        for bounds in (
            model.most_partitions(brokers=b, replication_factor=replication_factor)
            for b in range(replication_factor, brokers + 1)
        )
        if bounds.most >= max(10, consumers)
    ]
    inputs = {"replication_factor": replication_factor, "brokers": brokers}
    fewest, most = bro_min(consumers, **inputs), bro_max(consumers, **inputs)
    assert fewest.feasible == most.feasible == bool(fits)
    if fits:
        assert (fewest.brokers, fewest.partitions) == (fits[0].brokers, fits[0].most)
        assert (most.brokers, most.partitions) == (fits[-1].brokers, fits[-1].most)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(BroModel)][:8])
def test_parameters_must_be_positive(name):
    with pytest.raises(ValueError, match=rf"{name} must be .* got 0"):
        dataclasses.replace(published_model(), **{name: 0})


@pytest.mark.parametrize(
    ("inputs", "error", "match"),
    [
        ({"consumers": 0}, ValueError, r"consumers must be a whole number"),
        ({"replication_factor": 0}, ValueError, r"replication_factor must be"),
        ({"brokers": 0}, ValueError, r"brokers must be a whole number"),
        ({"rounding": "down"}, ValueError, r"rounding must be one of 'up', 'nearest'"),
        ({"model": "default"}, TypeError, r"model must be BroModel, as .* got str"),
    ],
)
def test_nonsense_is_refused(inputs, error, match):
    with pytest.raises(error, match=match):
        bro_min(**{"consumers": 1, "replication_factor": 1, "brokers": 1, **inputs})


def test_names_and_kinds_are_checked():
    with pytest.raises(ValueError, match=r"name must be one of 'default', 'experiment'"):
        published_model("defaults")
    with pytest.raises(ValueError, match=r"kind must be one of"):
        dataclasses.replace(published_model(), kind="guess")
