"""A ladder of retry topics: rates, waiting records, partitions, retention, order, words."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.retries import DeadLetter, RetryPlan, RetryStage, plan_retries
from kafka_sizing.settings import default_of

DAY = 86_400

chances = st.floats(0, 0.99)
delays = st.lists(st.floats(0, 1e5), max_size=6)


def plan(**changes):
    """A topic of 1,000 records/s with three retries; what is told apart is given."""
    arguments = {"delays_s": [1, 2, 4], "failing_fraction": 0.05, "topic": "orders"}
    return plan_retries(1_000, **(arguments | changes))


# --- worked example -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        pytest.param(
            lambda made: [stage.records_per_s for stage in made.stages],
            [50, 2.5, 0.125],
            id="RT01 rates into the stages",
        ),
        pytest.param(
            lambda made: [stage.waiting_records for stage in made.stages],
            [50, 5, 0.5],
            id="RT01 waiting",
        ),
        pytest.param(
            lambda made: [made.dead_letter.records_per_s], [0.00625], id="RT01 dead letters"
        ),
        pytest.param(lambda made: [made.extra_load_ratio], [0.052625], id="RT01 extra load"),
        pytest.param(lambda made: [made.waiting_records], [55.5], id="RT01 waiting in all"),
        pytest.param(lambda made: [made.total_delay_s], [7], id="RT01 total delay"),
    ],
)
def test_published_ladder_is_met(read, expected):
    assert read(plan()) == pytest.approx(expected)


def test_records_that_always_fail_climb_the_whole_ladder():
    # 1,000 × (0.01 + 0.99 × 0.05ⁱ) = 59.5, 12.475, 10.12375
    made = plan(always_failing_fraction=0.01, delays_s=[1, 2])
    assert [stage.records_per_s for stage in made.stages] == pytest.approx([59.5, 12.475])
    assert made.dead_letter.records_per_s == pytest.approx(10.12375)


def test_without_retries_a_failed_record_is_a_dead_letter_at_once():
    made = plan(delays_s=[])
    assert made.stages == ()
    assert made.dead_letter.records_per_s == pytest.approx(50)
    assert made.extra_load_ratio == made.waiting_records == made.total_delay_s == 0
    assert made.consumers == 1
    assert made.ordering.startswith("kept but for gaps: ")
    assert made.reason == "no retries: 50 records/s go to orders-dlt after the only attempt"


def test_nothing_fails_and_nothing_is_retried():
    made = plan(failing_fraction=0)
    assert [stage.records_per_s for stage in made.stages] == [0, 0, 0]
    assert made.dead_letter.records_per_s == 0
    assert made.extra_load_ratio == 0


# --- names ----------------------------------------------------------------------------------


def test_topics_are_named_after_their_delays_in_milliseconds():
    made = plan(delays_s=[0.5, 30])
    assert [stage.topic for stage in made.stages] == ["orders-retry-500", "orders-retry-30000"]
    assert [stage.name for stage in made.stages] == ["retry 1", "retry 2"]
    assert made.dead_letter.topic == "orders-dlt"
    assert made.topic == "orders"


def test_topics_are_named_by_index_where_that_is_wanted():
    assert [stage.topic for stage in plan(naming="index", delays_s=[1, 2]).stages] == [
        "orders-retry-0",
        "orders-retry-1",
    ]


def test_equal_delays_may_share_a_topic_which_then_has_the_rates_of_all():
    made = plan(delays_s=[1, 4, 4], same_delays="one topic")
    assert [stage.topic for stage in made.stages] == ["orders-retry-1000", "orders-retry-4000"]
    first, shared = made.stages
    assert (first.retries, shared.retries) == (1, 2)
    assert shared.name == "retries 2–3"
    assert shared.records_per_s == pytest.approx(2.5 + 0.125)
    assert shared.waiting_records == pytest.approx(10.5)
    assert made.retries == 3
    assert made.extra_load_ratio == pytest.approx(0.052625)


# --- partitions -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "partitions", "dead"),
    [
        pytest.param({"partition_records_per_s": 20}, [3, 1, 1], 1, id="50, 2.5, 0.125 over 20"),
        pytest.param({"processing_s": 0.1}, [5, 1, 1], 1, id="a partition carries 1 / 0.1 s"),
        pytest.param(
            {"processing_s": 0.1, "partition_records_per_s": 20}, [5, 1, 1], 1, id="slower decides"
        ),
        pytest.param(
            {"processing_s": 0.01, "partition_records_per_s": 20}, [3, 1, 1], 1, id="other slower"
        ),
        pytest.param(
            {"partition_records_per_s": 20, "headroom_fraction": 0.5},
            [5, 1, 1],
            1,
            id="headroom halves what a partition carries",
        ),
        pytest.param(
            {"partition_records_per_s": 5, "publisher": "same partition", "main_partitions": 6},
            [10, 6, 6],
            6,
            id="a publisher that keeps the number needs those of the topic",
        ),
        pytest.param(
            {"publisher": "same partition", "main_partitions": 6}, [6, 6, 6], 6, id="no rate"
        ),
        pytest.param(
            {"partition_records_per_s": 20, "main_partitions": 6},
            [3, 1, 1],
            1,
            id="by key the count of the topic does not matter",
        ),
        pytest.param({}, [None] * 3, None, id="nothing said"),
        pytest.param({"main_partitions": 6}, [None] * 3, None, id="nothing said that limits"),
    ],
)
def test_partitions_follow_from_the_rate_and_the_publisher(inputs, partitions, dead):
    made = plan(**inputs)
    assert [stage.partitions for stage in made.stages] == partitions
    assert made.dead_letter.partitions == dead
    known = None if dead is None else sum(partitions) + dead
    assert made.partitions == known


def test_while_everything_fails_every_stage_receives_all_that_is_written():
    made = plan(partition_records_per_s=20, delays_s=[1, 4, 4], same_delays="one topic")
    # 1,000 / 20, and twice as many where two retries share a topic
    assert [stage.outage_partitions for stage in made.stages] == [50, 100]
    assert "; 3 partitions, 50 to keep up while every attempt fails" in made.stages[0].reason
    assert plan().stages[0].outage_partitions is None
    same = plan(partition_records_per_s=1_000, delays_s=[1]).stages[0]
    assert same.reason == "50 records/s for 1 s are 50 records waiting; 1 partition"


# --- consumers ------------------------------------------------------------------------------


def test_consumers_are_one_per_topic_and_instance_and_those_without_a_partition_idle():
    made = plan(instances=4, partition_records_per_s=20)
    assert made.consumers == 16
    assert [stage.idle_members for stage in made.stages] == [1, 3, 3]
    assert plan(instances=4).stages[0].idle_members == 0


def test_delay_above_the_poll_interval_needs_a_pause():
    limit = default_of("max.poll.interval.ms", "consumer").seconds
    made = plan(delays_s=[limit, limit + 1])
    assert [stage.needs_pause for stage in made.stages] == [False, True]
    assert made.reason.endswith(
        "; consumers of orders-retry-301000 must pause and poll on, not sleep"
    )
    assert "max.poll.interval.ms (300 s) puts it out of the group" in made.stages[1].reason
    assert not plan(delays_s=[limit + 1], max_poll_interval_s=600).stages[0].needs_pause
    assert "pause" not in plan().reason


# --- retention and disk ----------------------------------------------------------------------


def test_a_stage_outlives_its_delay_and_an_outage_of_its_consumer():
    made = plan(delays_s=[1, 300], consumer_outage_s=DAY)
    assert [stage.retention_s for stage in made.stages] == [86_401, 86_700]
    # rules of thumb: 3 days for the consumer, 14 for triage
    by_rule = plan(delays_s=[300])
    assert by_rule.stages[0].retention_s == 259_500
    assert by_rule.dead_letter.retention_s == 14 * DAY


def test_an_outage_fills_every_stage_it_reaches_and_what_outlasts_them_is_dead():
    """1,000/s for 100 s, delays of 10 s and 60 s: 100 s into the first, 90 s into the second.

    30 s of it outlast the delays. 5 % fail anyway, 0.25 % twice and 0.0125 % thrice.
    """
    made = plan(
        delays_s=[10, 60],
        record_bytes=500,
        replication_factor=2,
        consumer_outage_s=3_600,
        triage_s=1_000,
        partition_records_per_s=300,
        dependency_outage_s=100,
    )
    first, second = made.stages
    assert first.outage_records == pytest.approx(950 * 100)
    assert second.outage_records == pytest.approx(997.5 * 90)
    assert first.disk_bytes == pytest.approx((50 * 3_610 + 95_000) * 500 * 2)
    assert (first.most_records_per_s, second.most_records_per_s) == (1_000, 1_000)
    dead = made.dead_letter
    assert dead.outage_records == pytest.approx(999.875 * 30)
    assert dead.disk_bytes == pytest.approx((0.125 * 1_000 + 29_996.25) * 500 * 2)
    assert (dead.partitions, dead.outage_partitions, dead.most_records_per_s) == (1, 4, 1_000)
    assert "an outage brings 29,996 records more" in dead.reason
    assert "; 30,000 records more if every attempt fails for 100 s" in made.reason


def test_a_short_outage_reaches_no_later_stage_and_leaves_no_dead_letters():
    made = plan(delays_s=[10, 60], partition_records_per_s=300, dependency_outage_s=10)
    assert [stage.outage_records > 0 for stage in made.stages] == [True, False]
    assert made.stages[1].most_records_per_s == made.stages[1].records_per_s
    assert made.dead_letter.outage_partitions is None
    assert made.dead_letter.outage_records == 0
    assert "every attempt fails" not in made.reason
    assert plan().outage is None


def test_an_outage_brings_no_more_than_a_topic_keeps():
    """1,000/s for an hour into a topic that keeps 10 s: 950/s more for 10 s."""
    made = plan(delays_s=[10], consumer_outage_s=0, triage_s=1, dependency_outage_s=3_600)
    assert made.stages[0].outage_records == pytest.approx(950 * 10)
    assert made.dead_letter.outage_records == pytest.approx(997.5 * 1)


def test_disk_is_rate_times_size_times_retention_times_replicas():
    made = plan(
        delays_s=[100],
        failing_fraction=0.1,
        record_bytes=500,
        replication_factor=2,
        consumer_outage_s=900,
        triage_s=1_000,
    )
    # 100/s × 500 B × 1,000 s × 2; 10/s × 500 B × 1,000 s × 2
    assert made.stages[0].disk_bytes == pytest.approx(100_000_000)
    assert made.dead_letter.disk_bytes == pytest.approx(10_000_000)
    assert made.dead_letter.retained_records == pytest.approx(10_000)
    assert made.dead_letter.reason == (
        "10 records/s kept for 1,000 s to be looked at are 10,000 records, 9.5 MiB in 2 replicas"
    )


def test_without_a_record_size_there_is_no_disk():
    made = plan()
    assert made.dead_letter.disk_bytes is None
    assert made.stages[0].disk_bytes is None
    assert "replica" not in made.dead_letter.reason


# --- order ----------------------------------------------------------------------------------


def test_order_is_lost_because_later_records_overtake():
    by_key = plan().ordering
    assert by_key.startswith("lost: the main topic is read on while a failed record waits")
    assert "overtake it, for up to 7 s" in by_key
    assert by_key.endswith("only if they are published with their key")
    same = plan(publisher="same partition", main_partitions=3).ordering
    assert same.endswith("for they go to the partition of the same number")


# --- the result -------------------------------------------------------------------------------


def test_reason_says_what_the_ladder_costs():
    assert plan().reason == (
        "3 retries in 3 topics over 7 s: 5.3 % more to process, 55.5 records waiting, "
        "0.00625 records/s to orders-dlt"
    )
    assert plan(delays_s=[1]).reason.startswith("1 retry in 1 topic over 1 s: ")


def test_frame_has_a_row_per_retry_topic_and_one_for_dead_letters():
    import pandas as pd

    frame = plan(record_bytes=1, partition_records_per_s=20).to_frame()
    assert list(frame.columns) == [
        "name",
        "topic",
        "delay_s",
        "records_per_s",
        "held_records",
        "partitions",
        "retention_s",
        "disk_bytes",
        "needs_pause",
        "reason",
    ]
    assert list(frame["name"]) == ["retry 1", "retry 2", "retry 3", "dead letters"]
    assert list(frame["topic"])[-1] == "orders-dlt"
    assert list(frame["delay_s"][:3]) == [1, 2, 4]
    assert frame["delay_s"][3] is pd.NA
    assert list(frame["partitions"]) == [3, 1, 1, 1]
    assert frame["held_records"].to_list() == pytest.approx([50, 5, 0.5, 0.00625 * 14 * DAY])
    assert list(frame["needs_pause"]) == [False] * 4
    assert plan().to_frame()["partitions"].isna().all()
    assert plan().to_frame()["disk_bytes"].isna().all()


def test_repr_is_one_line_and_html_escapes_names():
    made = plan(topic="<b>")
    assert repr(plan()) == (
        "RetryPlan('orders', retries=3, topics=3, extra_load='5.3 %', "
        "dead_letters='0.00625 records/s')"
    )
    page = made._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;-dlt" in page


def test_plan_is_frozen_and_holds_plain_scalars():
    made = plan_retries(np.float64(10), delays_s=np.array([1.0, 2.0]), failing_fraction=0.5)
    assert isinstance(made, RetryPlan)
    assert isinstance(made.stages[0], RetryStage)
    assert isinstance(made.dead_letter, DeadLetter)
    assert type(made.records_per_s) is float
    assert [type(delay) for delay in made.delays_s] == [float, float]
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.topic = "other"


# --- properties -------------------------------------------------------------------------------


@given(failing=chances, always=chances, waits=delays)
def test_a_record_is_done_once_or_is_a_dead_letter(failing, always, waits):
    made = plan(failing_fraction=failing, always_failing_fraction=always, delays_s=waits)
    rates = [made.records_per_s, *(stage.records_per_s for stage in made.stages)]
    # what goes into a stage and not into the next has succeeded
    rates.append(made.dead_letter.records_per_s)
    done = [before - after for before, after in itertools.pairwise(rates)]
    assert all(each >= -1e-9 for each in done)
    assert sum(done) + rates[-1] == pytest.approx(1_000)
    assert rates[-1] >= 1_000 * always * (1 - 1e-9)


@given(failing=chances, always=chances, waits=delays)
def test_sharing_topics_changes_neither_load_nor_dead_letters(failing, always, waits):
    inputs = {
        "failing_fraction": failing,
        "always_failing_fraction": always,
        "delays_s": [*waits, 5, 5],
    }
    apart, shared = plan(**inputs), plan(**inputs, same_delays="one topic")
    assert len(shared.stages) < len(apart.stages)
    assert shared.extra_load_ratio == pytest.approx(apart.extra_load_ratio)
    assert shared.waiting_records == pytest.approx(apart.waiting_records)
    assert shared.dead_letter == apart.dead_letter
    assert sum(stage.retries for stage in shared.stages) == len(waits) + 2
    for made in (apart, shared):
        topics = [stage.topic for stage in made.stages]
        assert len(set(topics)) == len(topics)


def test_simulated_records_meet_the_rates():
    rng = np.random.default_rng(7)
    n, failing, always = 400_000, 0.3, 0.02
    alive = np.ones(n, dtype=bool)
    doomed = rng.random(n) < always
    reached = []
    for _ in range(4):
        alive &= doomed | (rng.random(n) < failing)
        reached.append(alive.mean())
    made = plan(failing_fraction=failing, always_failing_fraction=always)
    expected = [stage.records_per_s / 1_000 for stage in made.stages]
    expected.append(made.dead_letter.records_per_s / 1_000)
    assert reached == pytest.approx(expected, abs=4 * 0.5 / math.sqrt(n))


# --- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("failing_fraction", 1.0),
        ("failing_fraction", -0.1),
        ("always_failing_fraction", 1),
        ("always_failing_fraction", math.nan),
        ("delays_s", [1, -1]),
        ("delays_s", [math.inf]),
        ("delays_s", [1e308, 1e308]),
        ("topic", " "),
        ("record_bytes", 0),
        ("partition_records_per_s", 0),
        ("processing_s", -1),
        ("headroom_fraction", 1.0),
        ("publisher", "round robin"),
        ("main_partitions", 0),
        ("instances", 0),
        ("replication_factor", 0),
        ("consumer_outage_s", -1),
        ("triage_s", 0),
        ("max_poll_interval_s", 0),
        ("naming", "number"),
        ("same_delays", "single"),
    ],
)
def test_option_out_of_range_is_refused_by_name(name, bad):
    with pytest.raises(ValueError, match=rf"{name}.* must .*got "):
        plan(**{name: bad})


@pytest.mark.parametrize("bad", [0, -1, math.inf, True, "1"])
def test_rate_that_is_not_positive_is_refused(bad):
    with pytest.raises(ValueError, match=r"^records_per_s must be finite and > 0, got "):
        plan_retries(bad, delays_s=[1], failing_fraction=0.1)


@pytest.mark.parametrize("bad", [5, "5", None])
def test_delays_must_be_a_list(bad):
    with pytest.raises(TypeError, match=r"^delays_s must be a list of delays.* got "):
        plan(delays_s=bad)


def test_publisher_that_keeps_the_number_needs_to_know_how_many_there_are():
    with pytest.raises(ValueError, match=r"^main_partitions must be given if publisher is 'same"):
        plan(publisher="same partition")


@pytest.mark.parametrize(
    ("delay_s", "name"),
    [
        (1e-8, "orders-retry-0.00001"),
        (1e9, "orders-retry-1000000000000"),
        (0.25, "orders-retry-250"),
    ],
)
def test_no_name_of_a_topic_has_an_exponent(delay_s, name):
    assert plan(delays_s=[delay_s]).stages[0].topic == name


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"delays_s": [1e308]}, r"^records_per_s times delays_s must be finite"),
        (
            {"record_bytes": 1e307, "triage_s": 1e-9},
            r"^record_bytes times records_per_s and retention must be fin",
        ),
        (
            {"delays_s": [], "record_bytes": 1e308},
            r"^record_bytes times dead letters kept must be finite",
        ),
        ({"delays_s": [], "triage_s": 1e308}, r"^records_per_s times triage_s must be finite"),
        (
            {"delays_s": [1], "consumer_outage_s": 1.7e308, "failing_fraction": 0}
            | {"delays_s": [1.7e308]},
            r"^delay_s plus consumer_outage_s must be finite",
        ),
        (
            {"partition_records_per_s": 1e-300},
            r"^partitions for records_per_s must be a whole number in 1 … 2,147,483,647",
        ),
    ],
)
def test_what_outgrows_a_float_or_a_topic_is_refused(changes, match):
    with pytest.raises(ValueError, match=match):
        plan(**changes)
