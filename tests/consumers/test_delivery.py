"""What a crash loses and repeats, against consumers that are played through record by record."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing.consumers.delivery import delivery
from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.partitions.placement import PartitionLoads

NOT_JAVA = {"client": "librdkafka"}


# --- played through ----------------------------------------------------------------------


def crashes_of_a_polling_consumer(rate, interval_s, batch, in_flight):
    """Crash a consumer that commits within poll after each record; count lost and repeated.

    It polls ``batch`` records, hands them out one by one, has ``in_flight`` of them not done
    yet, and commits at the first poll that is ``interval_s`` after the last commit. Gives the
    counts for one whole time between two commits.
    """
    committed, committed_at_s, outcomes, windows = 0, 0.0, [], []
    for handed_out in range(200 * batch):
        if handed_out % batch == 0:  # a poll
            now_s = handed_out / rate
            if now_s - committed_at_s >= interval_s - 1e-9:
                committed, committed_at_s = handed_out, now_s
                windows.append(outcomes)
                outcomes = []
        done = max(0, handed_out - in_flight)
        lost = len(range(done, committed))
        repeated = len(range(committed, done))
        outcomes.append((lost, repeated))
    return np.array(windows[-1])


@settings(max_examples=60)
@given(
    rate=st.integers(1, 200),
    interval=st.sampled_from([0.5, 1.0, 5.0]),
    batch=st.integers(20, 60),
    in_flight=st.integers(0, 60),
)
def test_automatic_commit_does_what_a_consumer_played_through_does(
    rate, interval, batch, in_flight
):
    seen = crashes_of_a_polling_consumer(rate, interval, batch, in_flight)
    semantics = delivery(
        rate,
        commit="auto",
        commit_interval_s=interval,
        batch_records=batch,
        in_flight_records=in_flight,
    )
    assert semantics.window_records == len(seen)
    lost, repeated = seen.mean(axis=0)
    # the model counts a crash at any moment, the play only between two records
    assert semantics.lost.mean_records == pytest.approx(lost, abs=0.5)
    assert semantics.repeated.mean_records == pytest.approx(repeated, abs=0.51)
    assert semantics.lost.most_records == in_flight
    assert abs(semantics.repeated.most_records - seen[:, 1].max()) <= 1


# --- by hand -----------------------------------------------------------------------------


def test_java_commits_whole_polls():
    # 200 records/s each: 1,000 in 5 s are two polls of 500
    semantics = delivery(1_200, partitions=12, members=6)
    assert semantics.guarantee == "at least once"
    assert semantics.member_records_per_s == pytest.approx(200)
    assert semantics.member_partitions == 2
    assert semantics.window_records == 1_000
    assert semantics.window_s == pytest.approx(5)
    assert (semantics.repeated.most_records, semantics.repeated.mean_records) == (1_000, 500)
    assert (semantics.lost.most_records, semantics.lost.mean_records) == (0, 0)
    assert semantics.redone == semantics.repeated
    assert semantics.repeated_per_partition_records == 250
    assert semantics.lost_per_partition_records == 0


def test_a_poll_that_outlasts_the_interval_delays_the_commit():
    # 210 records/s: 1,050 in 5 s are not done before the third poll of 500 is
    assert delivery(210).window_records == 1_500
    assert delivery(210, batch_records=100).window_records == 1_100
    assert delivery(210, batch_records=2_000).window_records == 2_000


def test_a_slow_topic_polls_no_more_than_comes_between_two_commits():
    slow = delivery(10)
    assert (slow.window_records, slow.repeated.mean_records) == (50, 25)
    assert (slow.member_records_per_s, slow.member_partitions) == (10, 1)
    assert delivery(0.01).window_records == 1
    assert delivery(99.9).window_records == 500
    assert delivery(100.1).window_records == 1_000


def test_settings_and_interval_replace_the_defaults():
    settings = ConsumerSettings(max_poll_records=50, auto_commit_interval_s=1)
    assert delivery(100, settings=settings).window_records == 100
    assert delivery(100, settings=settings, commit_interval_s=2).window_records == 200
    assert delivery(1, commit="after", settings=settings).window_records == 50


def test_librdkafka_loses_what_is_in_hand():
    semantics = delivery(200, client="librdkafka")
    assert semantics.guarantee == "none"
    assert semantics.window_records == pytest.approx(1_000)
    assert (semantics.lost.most_records, semantics.in_flight_records) == (1, 1)
    assert semantics.lost.mean_records == pytest.approx(1 / 2_000)
    assert semantics.repeated.most_records == pytest.approx(999)
    assert semantics.repeated.mean_records == pytest.approx(999**2 / 2_000)
    assert delivery(0.3, client="librdkafka").window_records == pytest.approx(1.5)
    stored = delivery(0.3, client="librdkafka", commit="after", commit_interval_s=5)
    assert stored.window_records == 2
    batches = delivery(200, client="librdkafka", batch_records=100, in_flight_records=50)
    assert batches.lost.most_records == 150
    assert batches.lost.mean_records == pytest.approx(150**2 / 2_000)


def test_more_in_flight_than_between_commits_is_always_lost_in_part():
    # right after a commit 1,500 are lost, right before the next 500
    semantics = delivery(200, in_flight_records=1_500)
    assert semantics.window_records == 1_000
    assert (semantics.lost.most_records, semantics.lost.mean_records) == (1_500, 1_000)
    assert (semantics.repeated.most_records, semantics.repeated.mean_records) == (0, 0)
    assert semantics.guarantee == "none"  # at another rate it would repeat


@pytest.mark.parametrize(
    ("inputs", "guarantee", "lost", "repeated", "redone"),
    [
        ({"commit": "before"}, "at most once", (500, 250), (0, 0), (0, 0)),
        (
            {"commit": "before", "in_flight_records": 100},
            "at most once",
            (600, 350),
            (0, 0),
            (0, 0),
        ),
        ({"commit": "after"}, "at least once", (0, 0), (500, 250), (500, 250)),
        ({"commit": "after", "batch_records": 1}, "at least once", (0, 0), (1, 0.5), (1, 0.5)),
        (
            {"commit": "after", "commit_interval_s": 4},
            "at least once",
            (0, 0),
            (1_000, 500),
            (1_000, 500),
        ),
        ({"commit": "after", "sink": "idempotent"}, "exactly once", (0, 0), (0, 0), (500, 250)),
        ({"commit": "transaction"}, "exactly once", (0, 0), (0, 0), (500, 250)),
        ({"sink": "idempotent"}, "exactly once", (0, 0), (0, 0), (1_000, 500)),
        (
            {"commit": "before", "sink": "idempotent"},
            "at most once",
            (500, 250),
            (0, 0),
            (0, 0),
        ),
        (
            {"in_flight_records": 100, "sink": "idempotent"},
            "at most once",
            (100, 5),
            (0, 0),
            (900, 405),
        ),
        ({"commit": "before", **NOT_JAVA}, "at most once", (1, 0.5), (0, 0), (0, 0)),
        ({"commit": "after", **NOT_JAVA}, "at least once", (0, 0), (1, 0.5), (1, 0.5)),
        (
            {"commit": "after", "commit_interval_s": 2, **NOT_JAVA},
            "at least once",
            (0, 0),
            (400, 200),
            (400, 200),
        ),
    ],
)
def test_the_order_of_work_and_commit_is_the_guarantee(inputs, guarantee, lost, repeated, redone):
    semantics = delivery(200, **inputs)
    assert semantics.guarantee == guarantee
    outcomes = (semantics.lost, semantics.repeated, semantics.redone)
    for outcome, (most, mean) in zip(outcomes, (lost, repeated, redone), strict=True):
        assert outcome.most_records == pytest.approx(most)
        assert outcome.mean_records == pytest.approx(mean)


def test_exactly_once_costs_readers_the_time_of_a_transaction():
    semantics = delivery(200, commit="transaction", commit_interval_s=0.1, batch_records=10)
    assert semantics.window_records == 20
    assert semantics.added_latency_most_s == pytest.approx(0.1)
    assert semantics.added_latency_mean_s == pytest.approx(0.05)
    assert delivery(200, commit="after").added_latency_most_s == 0


def test_the_fullest_member_is_the_one_that_crashes():
    loads = PartitionLoads(loads=[400, 50, 100, 30, 20, 200])
    semantics = delivery(80, partitions=loads, members=3)
    assert semantics.member_records_per_s == pytest.approx(45)
    assert semantics.member_partitions == 2
    lossy = delivery(80, partitions=loads, members=3, in_flight_records=30)
    assert lossy.lost_per_partition_records == pytest.approx(lossy.lost.mean_records / 2)


@given(
    rate=st.floats(0.01, 1e5),
    in_flight=st.integers(0, 5_000),
    client=st.sampled_from(["java", "librdkafka"]),
)
def test_a_mean_is_between_nothing_and_the_most(rate, in_flight, client):
    semantics = delivery(rate, in_flight_records=in_flight, client=client)
    for outcome in (semantics.lost, semantics.repeated, semantics.redone):
        assert 0 <= outcome.mean_records <= outcome.most_records * (1 + 1e-12)
        assert math.isfinite(outcome.most_records)
    # nothing is lost and done again at once
    assert semantics.lost.most_records + semantics.redone.most_records == pytest.approx(
        max(semantics.window_records, semantics.in_flight_records)
    )


# --- in words and tables -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "reason", "advice"),
    [
        (
            {},
            (
                "a poll commits what earlier ones handed out, which is done by then; a crash of "
                "the fullest member repeats up to 1,000 records, 500 records on average"
            ),
            "commit after every batch to repeat less, and make effects idempotent",
        ),
        (
            NOT_JAVA,
            (
                "a record is taken for done once it is handed out, and committed in the "
                "background; a crash of the fullest member loses up to 1 record, 0.0005 records "
                "on average and repeats up to 999 records, 499.0 records on average"
            ),
            "set enable.auto.offset.store=false, and store an offset once its record is done",
        ),
        (
            {"in_flight_records": 100},
            (
                "a poll commits what earlier ones handed out, though threads still work on some; "
                "a crash of the fullest member loses up to 100 records, 5 records on average and "
                "repeats up to 900 records, 405 records on average"
            ),
            "poll again, or commit, only when all that was handed over is done",
        ),
        (
            {"commit": "before"},
            (
                "a batch is committed before it is worked on; a crash of the fullest member loses "
                "up to 500 records, 250 records on average"
            ),
            "commit after the work, if a record done twice does less harm than one not done",
        ),
        (
            {"commit": "after"},
            (
                "a batch is committed once it is worked on; a crash of the fullest member repeats "
                "up to 500 records, 250 records on average"
            ),
            "make effects idempotent: write by key, or keep the offset beside the result",
        ),
        (
            {"commit": "after", **NOT_JAVA, "batch_records": 5},
            (
                "a batch is committed once it is worked on; a crash of the fullest member repeats "
                "up to 5 records, 2.5 records on average"
            ),
            "make effects idempotent: write by key, or keep the offset beside the result",
        ),
        (
            {"commit": "transaction"},
            (
                "results and offsets are committed together, and only then readers see them; a "
                "crash of the fullest member loses nothing and repeats no effect, though up to "
                "500 records are done again; readers wait up to 2.5 s more for a transaction to "
                "end, and after a crash until it is aborted"
            ),
            "shorten transactions if readers wait too long; effects outside Kafka may repeat",
        ),
        (
            {"commit": "after", "sink": "idempotent"},
            (
                "a batch is committed once it is worked on; a crash of the fullest member loses "
                "nothing and repeats no effect, though up to 500 records are done again"
            ),
            "keep effects idempotent for as long as a record may come again",
        ),
    ],
)
def test_the_reason_and_the_advice_follow_from_the_commit(inputs, reason, advice):
    semantics = delivery(200, **inputs)
    assert semantics.reason == reason
    assert semantics.advice == advice
    assert semantics._repr_html_().startswith(
        f"<p>{semantics.guarantee}: {reason}. Better: {advice}.</p><table"
    )


def test_the_frame_has_a_row_for_each_outcome():
    frame = delivery(200, in_flight_records=100, sink="idempotent").to_frame()
    assert list(frame.columns) == ["outcome", "most_records", "mean_records"]
    assert frame["outcome"].tolist() == ["lost", "redone", "repeated"]
    assert frame["most_records"].tolist() == [100, 900, 0]
    assert frame["mean_records"].tolist() == [5, 405, 0]


def test_repr_is_one_line():
    assert repr(delivery(200)) == (
        "DeliverySemantics('at least once', lost_most=0, repeated_most=1,000)"
    )


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"write_records_per_s": 0}, r"^write_records_per_s must be .* got 0"),
        ({"partitions": 0}, r"^partitions must be .* got 0"),
        ({"members": 0}, r"^members must be .* got 0"),
        ({"commit": "sync"}, r"^commit must be one of 'auto', 'before', .* got 'sync'"),
        ({"client": "go"}, r"^client must be one of .* got 'go'"),
        ({"sink": "db"}, r"^sink must be one of .* got 'db'"),
        ({"commit_interval_s": 0}, r"^commit_interval_s must be .* got 0"),
        (
            {"commit_interval_s": 1, "commit": "before"},
            r"^commit_interval_s must be None with commit 'before', .* got 1",
        ),
        ({"batch_records": 0}, r"^batch_records must be .* got 0"),
        ({"in_flight_records": -1}, r"^in_flight_records must be .* got -1"),
        (
            {"in_flight_records": 1, "commit": "after"},
            r"^in_flight_records must be 0 with commit 'after', .* got 1",
        ),
        (
            {"in_flight_records": 2, "commit": "transaction"},
            r"^in_flight_records must be 0 with commit 'transaction', .* got 2",
        ),
    ],
)
def test_what_makes_no_consumer_is_refused_by_name(inputs, message):
    given = {"write_records_per_s": 10} | inputs
    with pytest.raises(ValueError, match=message):
        delivery(given.pop("write_records_per_s"), **given)
