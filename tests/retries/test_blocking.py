"""Retries that hold a partition up: time per record, capacity, and against those that do not."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.retries import blocking_retry, compare_retries, spring_blocking_backoffs

chances = st.floats(0, 0.99)
waits = st.lists(st.floats(0, 100), max_size=5)


def rt06(**changes):
    inputs = {"backoffs_s": [1, 1], "failing_fraction": 0.05}
    return blocking_retry(0.01, **(inputs | changes))


# --- one member -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        pytest.param(lambda held: held.record_s, 0.063025, id="RT06 63.025 ms per record"),
        pytest.param(lambda held: held.records_per_s, 15.8667, id="RT06 15.87/s"),
        pytest.param(lambda held: held.undisturbed_records_per_s, 100, id="RT06 instead of 100/s"),
        pytest.param(lambda held: held.capacity_ratio, 0.158667, id="RT06 10 of 63.025 ms"),
        pytest.param(lambda held: held.head_of_line_s, 2.03, id="RT06 three attempts, two waits"),
        pytest.param(lambda held: held.given_up_fraction, 0.000125, id="RT06 0.05³ given up"),
    ],
)
def test_published_blocking_retry_is_met(read, expected):
    assert read(rt06()) == pytest.approx(expected, rel=1e-4)


def test_records_that_always_fail_take_every_attempt_and_wait():
    # reached: 1, 0.1 + 0.9 × 0.5 = 0.55, 0.1 + 0.9 × 0.25 = 0.325
    held = blocking_retry(
        2, backoffs_s=[10, 20], failing_fraction=0.5, always_failing_fraction=0.1
    )
    assert held.record_s == pytest.approx(2 * 1.875 + 0.55 * 10 + 0.325 * 20)
    assert held.given_up_fraction == pytest.approx(0.2125)


def test_nothing_fails_and_nothing_is_lost():
    held = rt06(failing_fraction=0)
    assert held.records_per_s == held.undisturbed_records_per_s == 100
    assert held.capacity_ratio == 1


def test_spring_gives_up_after_ten_deliveries():
    held = blocking_retry(0.01, backoffs_s=spring_blocking_backoffs(), failing_fraction=0.05)
    assert held.head_of_line_s == pytest.approx(0.1)


def test_record_that_takes_longer_than_the_poll_interval_puts_the_member_out():
    held = rt06(backoffs_s=[299.99])
    assert held.head_of_line_s == pytest.approx(300.01)
    assert held.leaves_group
    assert "longer than max.poll.interval.ms (300 s): unless the consumer polls" in held.reason
    assert not rt06(backoffs_s=[299.9]).leaves_group
    assert not rt06(backoffs_s=[299.99], max_poll_interval_s=301).leaves_group
    assert rt06(max_poll_interval_s=2).leaves_group


def test_reason_and_repr_give_the_numbers():
    assert rt06().reason == (
        "15.9 records/s instead of 100 records/s: a record takes 63.025 ms in the mean, and one "
        "that is given up after 3 attempts holds its partition up for 2.03 s"
    )
    assert "after 1 attempt holds" in rt06(backoffs_s=[]).reason
    assert repr(rt06()) == (
        "BlockingRetry(records_per_s=15.8667, retries=2, head_of_line='2.03 s')"
    )


def test_order_is_kept_because_the_partition_waits():
    assert rt06().ordering.startswith("kept: the partition waits until the record succeeds")


def test_simulated_records_take_the_time_that_was_computed():
    rng = np.random.default_rng(11)
    n, failing, always, backoffs = 100_000, 0.4, 0.05, [1.0, 3.0, 5.0]
    doomed = rng.random(n) < always
    took, alive = np.zeros(n), np.ones(n, dtype=bool)
    for backoff in [0.0, *backoffs]:
        took += alive * (0.5 + backoff)
        alive &= doomed | (rng.random(n) < failing)
    held = blocking_retry(
        0.5, backoffs_s=backoffs, failing_fraction=failing, always_failing_fraction=always
    )
    assert held.record_s == pytest.approx(took.mean(), abs=4 * took.std() / math.sqrt(n))
    assert held.head_of_line_s == took.max()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"processing_s": 0}, "processing_s"),
        ({"backoffs_s": [-1]}, "each of backoffs_s"),
        ({"failing_fraction": 1}, "failing_fraction"),
        ({"always_failing_fraction": -1}, "always_failing_fraction"),
        ({"max_poll_interval_s": 0}, "max_poll_interval_s"),
    ],
)
def test_number_out_of_range_is_refused_by_name(changes, name):
    inputs = {"processing_s": 1, "backoffs_s": [1], "failing_fraction": 0} | changes
    with pytest.raises(ValueError, match=rf"^{name} must be .*got "):
        blocking_retry(inputs.pop("processing_s"), **inputs)


# --- both ways side by side -------------------------------------------------------------------


def both(**changes):
    inputs = {"processing_s": 0.01, "delays_s": [1, 1], "failing_fraction": 0.05}
    return compare_retries(1_000, **(inputs | changes))


def test_blocking_pays_with_partitions_and_non_blocking_with_topics():
    compared = both()
    # 1,000 × 63.025 ms = 63.025; 1,000 × 10 ms, and 50/s and 2.5/s in two topics
    assert [way.way for way in compared.ways] == ["blocking", "non-blocking"]
    assert [way.main_partitions for way in compared.ways] == [64, 10]
    assert [way.retry_partitions for way in compared.ways] == [0, 2]
    assert [way.members for way in compared.ways] == [64, 12]
    assert [way.topics for way in compared.ways] == [0, 2]
    assert [way.record_s for way in compared.ways] == pytest.approx([0.063025, 0.01])
    assert [way.attempts_per_record for way in compared.ways] == pytest.approx([1.0525] * 2)


def test_a_given_up_record_holds_up_what_comes_to_its_partition():
    compared = both()
    assert [way.head_of_line_s for way in compared.ways] == pytest.approx([2.03, 0.01])
    # 1,000/s over 64 and 10 partitions
    assert [way.held_up_records for way in compared.ways] == pytest.approx(
        [1_000 / 64 * 2.03, 1_000 / 10 * 0.01]
    )


def test_headroom_and_records_that_always_fail_reach_both_ways():
    compared = both(headroom_fraction=0.5, always_failing_fraction=0.1)
    # reached 1, 0.145, 0.10225: (1.24725 × 0.01 + 0.24725) × 1,000 / 0.5 = 519.4
    assert compared.blocking.main_partitions == 520
    assert compared.non_blocking.main_partitions == 20
    # 145 / 50 and 102.25 / 50
    assert [stage.partitions for stage in compared.plan.stages] == [3, 3]
    assert compared.non_blocking.retry_partitions == 6
    assert compared.blocking_retry.always_failing_fraction == 0.1


def test_poll_interval_reaches_both_ways():
    compared = both(max_poll_interval_s=0.5)
    assert compared.blocking_retry.leaves_group
    assert all(stage.needs_pause for stage in compared.plan.stages)


def test_exact_fit_needs_no_spare_partition():
    assert both(delays_s=[], processing_s=0.07).blocking.main_partitions == 70
    assert (
        compare_retries(
            1e-3, processing_s=0.1, delays_s=[], failing_fraction=0
        ).blocking.main_partitions
        == 1
    )


def test_delays_may_be_read_once_only():
    assert both(delays_s=iter([1, 1])) == both()


def test_comparison_says_what_is_paid_for_the_order():
    compared = both()
    assert compared.reason == (
        "blocking retries keep the order, leave a member 15.9 % of its capacity, need 64 "
        "partitions and hold a partition up for up to 2.03 s; non-blocking ones need 10 "
        "partitions and 2 in 2 retry topics, hold nothing up for longer than an attempt and "
        "lose the order of keys with a failed record"
    )
    frame = compared.to_frame()
    assert frame["way"].to_list() == ["blocking", "non-blocking"]
    assert frame["members"].to_list() == [64, 12]
    assert [text.split(":")[0] for text in frame["ordering"]] == ["kept", "lost"]
    assert repr(compared) == ("RetryComparison(blocking: 64 members, non-blocking: 12 members)")
    assert compared._repr_html_().startswith("<p>blocking retries keep the order")


@given(failing=chances, always=chances, delays=waits)
def test_blocking_never_needs_fewer_partitions_of_the_topic(failing, always, delays):
    compared = both(failing_fraction=failing, always_failing_fraction=always, delays_s=delays)
    blocking, non_blocking = compared.ways
    assert blocking.main_partitions >= non_blocking.main_partitions
    assert blocking.head_of_line_s >= non_blocking.head_of_line_s
    assert compared.blocking_retry.given_up_fraction * 1_000 == pytest.approx(
        compared.plan.dead_letter.records_per_s
    )


@pytest.mark.parametrize("name", ["processing_s", "headroom_fraction", "failing_fraction"])
def test_option_out_of_range_is_refused_by_its_name(name):
    with pytest.raises(ValueError, match=rf"^{name} must be .*got -1"):
        both(**{name: -1})


def test_rate_must_be_positive():
    with pytest.raises(ValueError, match=r"^records_per_s must be"):
        compare_retries(0, processing_s=1, delays_s=[], failing_fraction=0)


def test_a_comparison_without_retries_does_not_speak_of_them():
    assert both(delays_s=[]).reason == (
        "no retries: either way 10 partitions keep up, and a record that fails its only attempt "
        "is given up"
    )


def test_long_records_are_told_in_seconds():
    held = blocking_retry(0.01, backoffs_s=[1_000] * 3, failing_fraction=0.9)
    # 0.01 (1 + 0.9 + 0.81 + 0.729) + 1,000 (0.9 + 0.81 + 0.729)
    assert "a record takes 2,439.03 s in the mean" in held.reason


@pytest.mark.parametrize(
    "call",
    [
        lambda: blocking_retry(1e308, backoffs_s=[1] * 9, failing_fraction=0.9),
        lambda: blocking_retry(1e-320, backoffs_s=[1], failing_fraction=0.9),
        lambda: compare_retries(1e300, processing_s=1e200, delays_s=[], failing_fraction=0),
    ],
)
def test_what_outgrows_a_float_is_refused(call):
    with pytest.raises(ValueError, match=r"must be (a whole number|finite)"):
        call()
