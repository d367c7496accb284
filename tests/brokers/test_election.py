"""Elections against what was measured."""

from __future__ import annotations

import pytest

from kafka_sizing.brokers.election import election_time, published_elections


@pytest.mark.parametrize(
    ("leaders", "controller_partitions", "total_s"),
    [
        pytest.param(1_000, 0, 5, id="BR01 leaders of a failed broker (Rao, Confluent 2015)"),
        pytest.param(0, 10_000, 20, id="BR02 controller fail-over (Rao, Confluent 2015)"),
        pytest.param(1_000, 10_000, 25, id="BR01 and BR02: the controller first, then leaders"),
    ],
)
def test_elections_take_their_time_one_after_the_other(leaders, controller_partitions, total_s):
    time = election_time(leaders, controller_partitions=controller_partitions)
    assert time.total_s == pytest.approx(total_s)
    assert time.kind == "measured"
    assert "Rao" in time.source


def test_a_partition_waits_half_of_the_elections_on_average():
    time = election_time(100, controller_partitions=10, per_leader_s=0.01, per_partition_s=0.1)
    assert (time.controller_s, time.election_s, time.total_s) == pytest.approx((1, 1, 2))
    assert time.mean_s == pytest.approx(1.5)
    assert time.source == "given"
    assert "Rao" in election_time(1).source


def test_the_reason_says_what_was_waited_for():
    assert election_time(1).reason == "1 leader at 5 ms each: 0.005 s"
    assert election_time(1_000, controller_partitions=10_000).reason == (
        "1,000 leaders at 5 ms each: 5 s, after 20 s for a new controller to read 10,000 "
        "partitions at 2 ms each"
    )
    assert repr(election_time(2)) == (
        "ElectionTime(leaders=2, controller_partitions=0, total_s=0.01)"
    )


def test_the_rewritten_controller_is_faster():
    by_event = {
        (one.event, one.partitions): [
            other.seconds
            for other in published_elections()
            if (other.event, other.partitions) == (one.event, one.partitions)
        ]
        for one in published_elections()
    }
    assert by_event["controlled shutdown", 50_000] == [390, 3]
    assert by_event["controller fail-over", 100_000] == [28, 14]
    assert all(one.kind == "measured" and one.date for one in published_elections())
    assert published_elections()[0].per_partition_s == 0.005


@pytest.mark.parametrize(
    ("inputs", "match"),
    [
        ({"leaders": -1}, r"leaders must be a whole number in 0 .* got -1"),
        ({"controller_partitions": -1}, r"controller_partitions must be a whole number"),
        ({"per_leader_s": -1}, r"per_leader_s must be finite and >= 0, got -1"),
        ({"per_partition_s": -1}, r"per_partition_s must be finite and >= 0, got -1"),
    ],
)
def test_nonsense_is_refused(inputs, match):
    with pytest.raises(ValueError, match=match):
        election_time(**{"leaders": 1, **inputs})


def test_long_elections_are_written_in_full():
    assert election_time(1_000_000, controller_partitions=1).reason == (
        "1,000,000 leaders at 5 ms each: 5,000 s, after 0.002 s for a new controller to read "
        "1 partition at 2 ms each"
    )


@pytest.mark.parametrize(
    ("inputs", "source"),
    [
        ({"per_leader_s": 0.001}, "given"),
        ({"per_leader_s": 0.001, "controller_partitions": 5, "per_partition_s": 0}, "given"),
        ({"per_leader_s": 0.001, "controller_partitions": 5}, published_elections()[0].source),
        ({"per_partition_s": 0.001}, published_elections()[0].source),
    ],
)
def test_a_published_time_is_named_where_one_was_taken(inputs, source):
    assert election_time(10, **inputs).source == source


def test_a_time_beyond_a_float_is_refused():
    with pytest.raises(ValueError, match=r"^time of all elections must be finite"):
        election_time(10, per_leader_s=1e307)
