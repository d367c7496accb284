"""An objective is held against a simulation; the times are worked out by hand."""

from __future__ import annotations

import pytest

from kafka_sizing.consumers import Slowdown, simulate_lag
from kafka_sizing.consumers.scenario import LagObjective, judge_lag


def outage(**options):
    """1,000 records/s, an outage from 100 s to 160 s, then 1,500 records/s until 280 s.

    Lag climbs to 60,000 records at 160 s; the oldest unread record is as old as the outage
    lasts, 60 s then. It is above 30,000 records from 131 s to 219 s, at the ends of 89 steps.
    """
    return simulate_lag(
        1_000,
        partitions=6,
        member=250,
        members=6,
        duration_s=600,
        events=[Slowdown(at_s=100, for_s=60)],
        **options,
    )


@pytest.mark.parametrize(
    ("objective", "met", "over_s"),
    [
        pytest.param({"lag_records": 60_000}, True, 0, id="at the bound is within it"),
        pytest.param({"lag_records": 30_000}, False, 89, id="above it for 89 s"),
        pytest.param(
            {"lag_records": 30_000, "except_for_s": 89}, True, 89, id="as long as allowed"
        ),
        pytest.param(
            {"lag_records": 30_000, "except_for_s": 88}, False, 89, id="a second too long"
        ),
        pytest.param({"oldest_unread_s": 61}, True, 0, id="no record as old"),
        pytest.param(
            {"lag_records": 60_000, "oldest_unread_s": 59}, False, 1, id="either bound counts"
        ),
    ],
)
def test_an_objective_is_met_if_it_is_kept_but_for_the_time_allowed(objective, met, over_s):
    verdict = judge_lag(outage(), LagObjective(**objective))
    assert verdict.met is met
    assert verdict.time_over_s == pytest.approx(
        over_s, abs=1.01 if "oldest" in str(objective) else 0
    )


def test_the_reason_says_how_long_it_was_missed():
    objective = LagObjective(lag_records=30_000, except_for_s=10)
    assert judge_lag(outage(), objective).reason == (
        "lag within 30,000 records, except for 10 s: above it for 89 s of 600 s"
    )
    kept = judge_lag(outage(), LagObjective(lag_records=60_000, oldest_unread_s=61))
    assert kept.reason == "lag within 60,000 records and 61 s: kept all the time"


def test_without_an_objective_all_must_be_read_in_the_end():
    verdict = judge_lag(outage())
    assert (verdict.met, verdict.reason) == (True, "all is read by the end")
    # 100 records/s too many for 600 s.
    behind = judge_lag(simulate_lag(600, partitions=2, member=250, members=2, duration_s=600))
    assert (behind.met, behind.reason) == (False, "60,000 records are unread at the end")


@pytest.mark.parametrize("objective", [None, LagObjective(lag_records=1e9)])
def test_records_that_retention_deletes_are_never_allowed(objective):
    # Records older than 50 s go; of the outage's 60 s that is the first 10 s, and what is read
    # meanwhile is not lost.
    verdict = judge_lag(outage(retention_s=50), objective)
    assert verdict.met is False
    assert verdict.lost_records > 0
    assert "retention deletes" in verdict.reason


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "lag_records or oldest_unread_s must be given, got neither"),
        ({"except_for_s": 5}, "got neither"),
        ({"lag_records": -1}, "lag_records must be finite and >= 0, got -1"),
        ({"oldest_unread_s": float("inf")}, "oldest_unread_s must be finite and >= 0, got inf"),
        ({"lag_records": 1, "except_for_s": -1}, "except_for_s must be finite and >= 0, got -1"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        LagObjective(**given)


def test_numbers_of_an_objective_are_floats():
    objective = LagObjective(lag_records=5, oldest_unread_s=6, except_for_s=7)
    assert [type(value) for value in (objective.lag_records, objective.except_for_s)] == [
        float,
        float,
    ]
    assert objective.explain() == "lag within 5 records and 6 s, except for 7 s"
    assert LagObjective(oldest_unread_s=6).explain() == "lag within 6 s"
