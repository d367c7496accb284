"""A retry in the same topic: a loop, checked against records that really go round."""

import math

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.retries import plan_retries, same_topic_retry


def loop(**changes):
    inputs = {"failing_fraction": 0.0, "always_failing_fraction": 0.01, "cycle_s": 1}
    return same_topic_retry(1_000, **(inputs | changes))


@pytest.mark.parametrize(
    ("failing", "ratio"),
    [(0, 1), (0.2, 1.25), (0.5, 2), (0.9, 10)],
)
def test_what_succeeds_in_the_end_comes_in_as_often_as_it_is_tried(failing, ratio):
    # λ / (1 − p)
    made = loop(failing_fraction=failing, always_failing_fraction=0)
    assert made.amplification_ratio == pytest.approx(ratio)
    assert made.steady_records_per_s == pytest.approx(1_000 * ratio)
    assert made.growth_records_per_s == made.circling_records(1e6) == 0


def test_what_never_succeeds_circles_for_ever():
    made = loop()
    assert made.amplification_ratio is None
    assert made.steady_records_per_s is None
    assert made.growth_records_per_s == 10
    # λ f t
    assert made.circling_records(3_600) == 36_000
    assert made.circling_records(0) == 0


def test_simulated_records_go_round_as_computed():
    # every 10th record never succeeds; rounds of 3 s, two records a second
    per_s, cycle_s, end_s = 2, 3, 60
    seconds = [0] * end_s
    for number in range(per_s * end_s):
        at = number // per_s
        again = range(at, end_s, cycle_s) if number % 10 == 0 else [at]
        for second in again:
            seconds[second] += 1
    made = same_topic_retry(
        per_s, failing_fraction=0, always_failing_fraction=0.1, cycle_s=cycle_s
    )
    # records that never succeed come at one second in five: take spans of 15 s
    for begin in range(0, end_s, 15):
        expected = sum(made.records_per_s_after(at) for at in range(begin, begin + 15))
        assert abs(sum(seconds[begin : begin + 15]) - expected) <= 15 / cycle_s
    circling = sum(number % 10 == 0 for number in range(per_s * end_s))
    assert made.circling_records(end_s) == pytest.approx(circling)


@pytest.mark.parametrize(
    ("after_s", "expected"),
    [(0, 1_000), (1.9, 1_000), (2, 1_505), (4, 1_762.5), (6, 1_896.25)],
)
def test_every_round_adds_what_failed_so_far(after_s, expected):
    # 1,000 × (0.99 × (1, 1.5, 1.75, 1.875) + 0.01 × (1, 2, 3, 4))
    made = loop(failing_fraction=0.5, always_failing_fraction=0.01, cycle_s=2)
    assert made.records_per_s_after(after_s) == pytest.approx(expected)


def test_round_that_is_over_but_for_rounding_counts():
    assert loop(cycle_s=0.1).records_per_s_after(0.3) == pytest.approx(1_030)


@pytest.mark.parametrize(
    ("inputs", "filled_s"),
    [
        pytest.param({"capacity_records_per_s": 2_000}, 100, id="990 + 10 × (100 + 1)"),
        pytest.param({"capacity_records_per_s": 2_000.5}, 101, id="a little more: a round more"),
        pytest.param({"capacity_records_per_s": 2_000, "cycle_s": 7}, 700, id="longer rounds"),
        pytest.param({"capacity_records_per_s": 1_000}, 0, id="full from the start"),
        pytest.param({"capacity_records_per_s": 10}, 0, id="too small from the start"),
        pytest.param({"capacity_records_per_s": 1_010}, 1, id="after one round"),
        pytest.param({}, None, id="no capacity given"),
        pytest.param(
            {
                "capacity_records_per_s": 1_875,
                "failing_fraction": 0.5,
                "always_failing_fraction": 0,
            },
            3,
            id="1 + 0.5 + 0.25 + 0.125",
        ),
        pytest.param(
            {
                "capacity_records_per_s": 2_000,
                "failing_fraction": 0.5,
                "always_failing_fraction": 0,
            },
            None,
            id="the limit itself is never reached",
        ),
        pytest.param(
            {"capacity_records_per_s": 1e30, "always_failing_fraction": 1e-3},
            None,
            id="more rounds than can be told apart",
        ),
    ],
)
def test_capacity_is_full_in_the_first_round_that_takes_it(inputs, filled_s):
    assert loop(**inputs).filled_after_s == filled_s


@given(
    failing=st.floats(0, 0.95),
    always=st.floats(0.001, 0.9),
    capacity=st.floats(1, 1e6),
    cycle_s=st.floats(0.01, 100),
)
def test_capacity_is_full_then_and_not_a_round_before(failing, always, capacity, cycle_s):
    made = loop(
        failing_fraction=failing,
        always_failing_fraction=always,
        capacity_records_per_s=capacity,
        cycle_s=cycle_s,
    )
    full = made.filled_after_s
    assert made.records_per_s_after(full) >= capacity * (1 - 1e-8)
    if full:
        assert made.records_per_s_after(full - cycle_s / 2) < capacity


@given(failing=st.floats(0, 0.99), always=st.floats(0, 0.99), retries=st.integers(0, 8))
def test_a_cap_makes_it_what_a_ladder_of_as_many_attempts_processes(failing, always, retries):
    made = loop(failing_fraction=failing, always_failing_fraction=always)
    ladder = plan_retries(
        1_000,
        delays_s=[1] * retries,
        failing_fraction=failing,
        always_failing_fraction=always,
    )
    assert made.capped_ratio(retries + 1) == pytest.approx(1 + ladder.extra_load_ratio)
    assert made.capped_ratio(retries + 1) <= (retries + 1) * (1 + 1e-9)


def test_order_is_lost_to_every_later_record():
    assert loop().ordering.startswith("lost: a failed record is written again behind every later")


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        (
            {"capacity_records_per_s": 2_000},
            (
                "of 1,000 records/s, 10 records/s never succeed and circle for ever, each once in "
                "1 s: what comes in grows without bound; the capacity of 2,000 records/s is full "
                "after 100 s"
            ),
        ),
        (
            {"failing_fraction": 0.2, "always_failing_fraction": 0},
            "1,000 records/s become 1,250 records/s as failed records come again",
        ),
        (
            {
                "failing_fraction": 0.2,
                "always_failing_fraction": 0,
                "capacity_records_per_s": 3_000,
            },
            (
                "1,000 records/s become 1,250 records/s as failed records come again; the "
                "capacity of 3,000 records/s is not reached"
            ),
        ),
    ],
)
def test_reason_says_where_the_loop_leads(inputs, reason):
    assert loop(**inputs).reason == reason


def test_reason_of_a_loop_that_is_full_from_the_start():
    assert loop(capacity_records_per_s=10).reason.endswith(
        "the capacity of 10 records/s is full from the start"
    )


def test_repr_is_one_line():
    assert repr(loop()) == "SameTopicRetry(amplification=unbounded, filled_after_s=None)"
    assert repr(loop(failing_fraction=0.2, always_failing_fraction=0)) == (
        "SameTopicRetry(amplification=1.25, filled_after_s=None)"
    )


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("failing_fraction", 1),
        ("always_failing_fraction", 1),
        ("cycle_s", 0),
        ("capacity_records_per_s", 0),
        ("capacity_records_per_s", math.inf),
    ],
)
def test_number_out_of_range_is_refused_by_name(name, bad):
    with pytest.raises(ValueError, match=rf"^{name} must be .*got "):
        loop(**{name: bad})


def test_rate_time_and_cap_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"^records_per_s must be"):
        same_topic_retry(0, failing_fraction=0, cycle_s=1)
    with pytest.raises(ValueError, match=r"^after_s must be"):
        loop().circling_records(-1)
    with pytest.raises(ValueError, match=r"^after_s must be"):
        loop().records_per_s_after(-1)
    with pytest.raises(ValueError, match=r"^attempts must be a whole number"):
        loop().capped_ratio(0)


def test_what_outgrows_a_float_is_refused():
    with pytest.raises(ValueError, match=r"^cycle_s times rounds until capacity is full must be"):
        loop(cycle_s=1e305, always_failing_fraction=0.5, capacity_records_per_s=1e12)
    grows = loop(cycle_s=1, always_failing_fraction=0.5)
    with pytest.raises(ValueError, match=r"^records until after_s must be finite"):
        grows.circling_records(1e307)
    vast = same_topic_retry(1e300, failing_fraction=0.5, cycle_s=1e-3, always_failing_fraction=0.5)
    with pytest.raises(ValueError, match=r"^records_per_s after after_s must be finite"):
        vast.records_per_s_after(1e12)


def test_a_loop_that_fills_late_is_told_in_days():
    slow = loop(failing_fraction=0, always_failing_fraction=1e-9, capacity_records_per_s=2_000)
    assert slow.reason.endswith("is full after 11,574 d")
