"""Spring Kafka's retry topics: names, delays, and how many consumers they bring."""

import math

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.retries import (
    retry_consumers,
    retry_default,
    retry_defaults,
    spring_blocking_backoffs,
    spring_retry_topics,
)

# What the factory of destination topics in Spring Kafka's source does, case by case.
SOURCE = "DestinationTopicPropertiesFactory.java"


def suffixes(made):
    return [topic.removeprefix("t") for topic in made.topics[1:]]


@pytest.mark.parametrize(
    ("inputs", "expected", "total_s"),
    [
        pytest.param(
            {"attempts": 4, "delay_s": 1, "multiplier": 2},
            ["-retry-1000", "-retry-2000", "-retry-4000", "-dlt"],
            7,
            id="RT03 attempts 4, 1,000 ms × 2 (Spring Kafka retry-topic docs)",
        ),
        pytest.param(
            {"attempts": 5, "delay_s": 1, "multiplier": 2, "most_delay_s": 5},
            ["-retry-1000", "-retry-2000", "-retry-4000", "-retry-5000", "-dlt"],
            12,
            id="RT04 attempts 5, 1,000 ms × 2, at most 5,000 ms (Spring Kafka retry-topic docs)",
        ),
        pytest.param({}, ["-retry", "-dlt"], 2, id="defaults: 3 attempts, 1 s, one topic"),
        pytest.param(
            {"same_delays": "a topic each"},
            ["-retry-0", "-retry-1", "-dlt"],
            2,
            id="equal delays, several topics: the index",
        ),
        pytest.param({"attempts": 1}, ["-dlt"], 0, id="the first attempt is the only one"),
        pytest.param({"attempts": 2}, ["-retry", "-dlt"], 1, id="one retry, one topic"),
        pytest.param(
            {"attempts": 2, "same_delays": "a topic each"},
            ["-retry-1000", "-dlt"],
            1,
            id="one retry alone has no equals: the delay",
        ),
        pytest.param(
            {"attempts": 2, "same_delays": "a topic each", "naming": "index"},
            ["-retry-0", "-dlt"],
            1,
            id="index wanted",
        ),
        pytest.param(
            {"attempts": 2, "naming": "index"},
            ["-retry", "-dlt"],
            1,
            id="one topic has no number even if the index is wanted",
        ),
        pytest.param(
            {"attempts": 4, "delay_s": 1, "multiplier": 2, "naming": "index"},
            ["-retry-0", "-retry-1", "-retry-2", "-dlt"],
            7,
            id="index wanted of several",
        ),
        pytest.param(
            {"attempts": 6, "delay_s": 1, "multiplier": 2, "most_delay_s": 4},
            ["-retry-1000", "-retry-2000", "-retry-4000", "-dlt"],
            15,
            id="retries at the cap share a topic",
        ),
        pytest.param(
            {
                "attempts": 6,
                "delay_s": 1,
                "multiplier": 2,
                "most_delay_s": 4,
                "same_delays": "a topic each",
            },
            [
                "-retry-1000",
                "-retry-2000",
                "-retry-4000-0",
                "-retry-4000-1",
                "-retry-4000-2",
                "-dlt",
            ],
            15,
            id="retries at the cap, a topic each: delay and index",
        ),
        pytest.param(
            {"attempts": 8, "delay_s": 1, "multiplier": 2},
            [
                "-retry-1000",
                "-retry-2000",
                "-retry-4000",
                "-retry-8000",
                "-retry-16000",
                "-retry-30000",
                "-dlt",
            ],
            91,
            id="growth ends at 30 s by default",
        ),
        pytest.param(
            {"attempts": 4, "delay_s": 0.005, "multiplier": 1.5},
            ["-retry-5", "-retry-7", "-retry-10", "-dlt"],
            0.022,
            id="each delay is cut to whole milliseconds: 5, 7.5, 10.5",
        ),
    ],
)
def test_topics_are_those_of_spring(inputs, expected, total_s):
    made = spring_retry_topics("t", **inputs)
    assert suffixes(made) == expected, SOURCE
    assert made.total_delay_s == pytest.approx(total_s)
    assert made.topics[0] == "t"


def test_fixed_delay_may_be_longer_than_growing_ones_get():
    assert spring_retry_topics("t", delay_s=60).delays_s == (60, 60)


def test_shared_topic_knows_which_retries_wait_in_it():
    made = spring_retry_topics("t", attempts=6, multiplier=2, most_delay_s=4)
    assert [(each.first_retry, each.last_retry) for each in made.retry_topics] == [
        (1, 1),
        (2, 2),
        (3, 5),
    ]
    assert [each.name for each in made.retry_topics] == ["retry 1", "retry 2", "retries 3–5"]


@given(
    attempts=st.integers(1, 12),
    delay_ms=st.integers(1, 30_000),
    multiplier=st.floats(1, 5),
    naming=st.sampled_from(["delay", "index"]),
    same=st.sampled_from(["one topic", "a topic each"]),
)
def test_every_retry_has_a_topic_and_topics_have_different_names(
    attempts, delay_ms, multiplier, naming, same
):
    made = spring_retry_topics(
        "t",
        attempts=attempts,
        delay_s=delay_ms / 1_000,
        multiplier=multiplier,
        naming=naming,
        same_delays=same,
    )
    assert len(set(made.topics)) == len(made.topics)
    assert len(made.delays_s) == attempts - 1
    assert list(made.delays_s) == sorted(made.delays_s)
    assert sum(each.retries for each in made.retry_topics) == attempts - 1
    spread = [each.delay_s for each in made.retry_topics for _ in range(each.retries)]
    assert tuple(spread) == made.delays_s


def test_reason_says_what_waits_where():
    made = spring_retry_topics("o", attempts=5, multiplier=2, most_delay_s=2)
    assert made.reason == (
        "5 attempts of a record over 7 s: 1 retry after 1 s in o-retry-1000, "
        "3 retries after 2 s in o-retry-2000, then o-dlt"
    )
    assert spring_retry_topics("o", attempts=1).reason == (
        "1 attempt of a record, then o-dlt: nothing is retried"
    )


def test_frame_and_repr_show_the_topics():
    made = spring_retry_topics("o", attempts=5, multiplier=2, most_delay_s=2)
    frame = made.to_frame()
    assert list(frame.columns) == ["name", "topic", "delay_s", "first_retry", "retries"]
    assert frame["retries"].to_list() == [1, 3]
    assert repr(made) == "SpringRetryTopics('o', attempts=5, retry_topics=2, total_delay='7 s')"


def test_blocking_handler_delivers_ten_times_without_a_wait():
    assert spring_blocking_backoffs() == (0,) * 9


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("attempts", 0),
        ("attempts", 2.5),
        ("delay_s", 0),
        ("delay_s", 0.0005),
        ("delay_s", 1e-9),
        ("delay_s", math.nan),
        ("multiplier", 0.5),
        ("most_delay_s", 0),
        ("most_delay_s", 1.00005),
        ("naming", "suffix"),
        ("same_delays", "multiple"),
    ],
)
def test_option_out_of_range_is_refused_by_name(name, bad):
    with pytest.raises(ValueError, match=rf"^{name} must be .*got "):
        spring_retry_topics("t", **{name: bad})


def test_cap_below_the_first_delay_is_refused():
    with pytest.raises(ValueError, match=r"^most_delay_s must be >= delay_s \(10\) .* got 5"):
        spring_retry_topics("t", delay_s=10, multiplier=2, most_delay_s=5)
    assert spring_retry_topics("t", delay_s=5, multiplier=2, most_delay_s=5).delays_s == (5, 5)


def test_topic_needs_a_name():
    with pytest.raises(ValueError, match=r"^topic must not be empty"):
        spring_retry_topics("")


# --- consumers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topics", "retry_topics", "instances", "consumers"),
    [
        pytest.param(3, 3, 50, 600, id="RT05 3 × (3 + 1) × 50 (spring-kafka issue 2150)"),
        pytest.param(1, 0, 1, 1, id="no retries"),
        pytest.param(2, 1, 3, 12, id="2 × 2 × 3"),
    ],
)
def test_consumers_multiply(topics, retry_topics, instances, consumers):
    assert retry_consumers(topics, retry_topics=retry_topics, instances=instances) == consumers


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"topics": 0}, "topics"),
        ({"retry_topics": -1}, "retry_topics"),
        ({"instances": 0}, "instances"),
    ],
)
def test_count_out_of_range_is_refused_by_name(changes, name):
    inputs = {"topics": 1, "retry_topics": 1, "instances": 1} | changes
    with pytest.raises(ValueError, match=rf"^{name} must be a whole number"):
        retry_consumers(inputs.pop("topics"), **inputs)


# --- what stands where nothing is given -------------------------------------------------------


def test_every_default_says_why_and_who_says_so():
    rules = {name for name, each in retry_defaults().items() if each.kind == "rule"}
    assert rules == {"consumer_outage_s", "triage_s"}
    for name, each in retry_defaults().items():
        assert each.name == name
        assert each.reason
        assert each.source
        assert each.kind in ("exact", "rule")
    assert retry_default("spring_attempts").value == 3


def test_default_that_there_is_not_is_refused_with_near_names():
    with pytest.raises(ValueError, match=r"name must be one of .*near: 'triage_s'"):
        retry_default("triage")
