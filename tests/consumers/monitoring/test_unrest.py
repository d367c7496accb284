"""Rebalances that let the lag grow, seen by who owns what: storms, deployments, and neither."""

import numpy as np
import pytest

from kafka_sizing.consumers import Deployment, Join, Leave, PartitionIncrease, simulate_lag
from kafka_sizing.consumers.monitoring import LagSamples, diagnose_lag

EVERY_S = 15.0


def storm(*, barrier_s, period_s, rounds=12):
    """A member that joins and one that leaves, again and again; eager, so all stand each time."""
    events = [
        event
        for at in 300 + np.arange(rounds) * period_s
        for event in (Join(at_s=at), Leave(at_s=at + period_s / 2, member=5))
    ]
    return group(events, barrier_s=barrier_s)


def group(events, **others):
    settings = {"partitions": 12, "member": 300, "members": 6, "protocol": "eager"} | others
    return simulate_lag(1000, duration_s=1800, events=events, **settings)


@pytest.mark.parametrize("every_s", [10, 15, 30])
@pytest.mark.parametrize(("barrier_s", "period_s"), [(15, 60), (30, 70), (30, 90), (40, 90)])
def test_short_rounds_that_no_sample_need_see_are_a_storm(barrier_s, period_s, every_s):
    lag = storm(barrier_s=barrier_s, period_s=period_s)
    assert lag.rebalancing_fraction > 0.19
    diagnosis = diagnose_lag(lag.samples(every_s=every_s, commit_interval_s=5))
    assert [verdict.cause for verdict in diagnosis.verdicts] == ["rebalance storm"]
    assert diagnosis.primary.confidence == "high"
    assert diagnosis.primary.since_s >= 300 - every_s
    assert "Find what joins and leaves" in diagnosis.explain()


def test_a_round_that_changes_nothing_shows_by_owners_that_are_gone_meanwhile():
    lag = storm(barrier_s=30, period_s=60)  # who leaves does so while the other joins
    assert {rebalance.moves for rebalance in lag.rebalances[1:]} == {0}
    assert diagnose_lag(lag.samples(every_s=10)).cause == "rebalance storm"


@pytest.mark.parametrize("times", [{"restart_s": 40}, {"restart_s": 20, "pause_s": 30}])
@pytest.mark.parametrize("commit_interval_s", [0, 5])
def test_a_rolling_deployment_is_rebalances_and_not_a_group_too_small(times, commit_interval_s):
    lag = group([Deployment(at_s=300, **times)], barrier_s=10)
    diagnosis = diagnose_lag(lag.samples(every_s=15, commit_interval_s=commit_interval_s))
    assert diagnosis.cause == "rebalance storm"
    assert diagnosis.others == ()
    assert "deployments" in diagnosis.primary.advice


def test_a_deployment_so_slow_that_the_others_cannot_do_is_a_group_too_small():
    # five members for 1,300 records/s in 12 partitions: the fullest has three, 325 of its 300
    lag = simulate_lag(
        1300,
        partitions=12,
        member=300,
        members=6,
        duration_s=3600,
        protocol="eager",
        barrier_s=10,
        events=[Deployment(at_s=300, restart_s=300, pause_s=300)],
    )
    diagnosis = diagnose_lag(lag.samples(every_s=10, commit_interval_s=5))
    assert {verdict.cause for verdict in diagnosis.verdicts} == {"group too small"}
    assert "5 members read where there had been 6" in diagnosis.primary.evidence


def test_a_member_that_stays_away_makes_the_group_too_small():
    lag = group([Leave(at_s=300, member=5)], member=200, members=6)
    # 5 members with 200 records/s for 12 partitions of 83: the fullest has 3 of them, 250
    diagnosis = diagnose_lag(lag.samples(every_s=15))
    assert diagnosis.cause in ("group too small", "one hot partition", "member slow")
    assert "rebalance" not in {verdict.cause for verdict in diagnosis.verdicts}


def by_hand(read, owner, *, arrived=20.0):
    """Six partitions; what each is read at most, by interval, while records come evenly."""
    intervals = read.shape[0]
    ends = np.arange(intervals + 1)[:, None] * arrived * EVERY_S + np.zeros((1, 6))
    committed = np.zeros_like(ends)
    for at in range(intervals):
        can = committed[at] + read[at] * EVERY_S
        committed[at + 1] = np.minimum(ends[at + 1], can)
    return LagSamples.from_grid(
        np.arange(intervals + 1) * EVERY_S,
        committed.astype(np.int64),
        ends.astype(np.int64),
        members=tuple("abcdef"),
        owner=owner,
    )


def test_a_group_that_is_too_small_all_the_time_is_so_though_it_is_scaled():
    owner = np.tile(np.repeat([0, 1, 2], 2), (60, 1))
    for at in (10, 25, 40):
        owner[at:] = np.roll(owner[at], 1)
    assert diagnose_lag(by_hand(np.full((59, 6), 15.0), owner)).cause == "group too small"


def test_a_burst_while_the_group_is_scaled_is_a_burst():
    owner = np.tile(np.repeat([0, 1, 2], 2), (60, 1))
    samples = by_hand(np.full((59, 6), 30.0), owner)
    ends = samples.end_offsets.reshape(6, 60).T.astype(float)
    more = np.zeros((59, 6))
    more[20:30] = 40 * EVERY_S
    ends[1:] += np.cumsum(more, axis=0)
    committed = np.zeros_like(ends)
    for at in range(59):
        committed[at + 1] = np.minimum(ends[at + 1], committed[at] + 30 * EVERY_S)
    for at in (21, 23, 25, 27, 29):
        owner[at:] = np.roll(owner[at], 1)
    scaled = LagSamples.from_grid(
        np.arange(60) * EVERY_S, committed, ends, members=tuple("abcdef"), owner=owner
    )
    assert diagnose_lag(scaled).cause == "producer burst"


def test_a_storm_from_the_first_sample_to_the_last_is_one():
    read = np.full((59, 6), 60.0)
    owner = np.tile(np.repeat([0, 1, 2], 2), (60, 1))
    for at in range(0, 59, 4):
        read[at : at + 2] = 0.0
        read[at + 2 : at + 4] = 12.0
        owner[at + 3 :] = np.roll(owner[at + 3], 1)
    diagnosis = diagnose_lag(by_hand(read, owner))
    assert diagnosis.cause == "rebalance storm"


def test_one_slow_round_is_a_rebalance():
    owner = np.tile(np.repeat([0, 1, 2], 2), (60, 1))
    read = np.full((59, 6), 25.0)
    read[20:22] = 2.0
    read[22:24] = 10.0
    owner[22:] = np.repeat([0, 1, 3], 2)
    diagnosis = diagnose_lag(by_hand(read, owner))
    assert [verdict.cause for verdict in diagnosis.verdicts] == ["rebalance"]


# --- partitions that members do not know -----------------------------------------------


@pytest.mark.parametrize("owners", [True, False])
def test_partitions_that_are_new_are_no_member_that_hangs(owners):
    lag = simulate_lag(
        1000,
        partitions=12,
        member=300,
        members=6,
        duration_s=1800,
        events=[PartitionIncrease(at_s=300, shares=np.full(18, 1 / 18))],
    )
    samples = lag.samples(every_s=15)
    if not owners:
        samples = LagSamples.from_frame(samples.to_frame().drop(columns="member"))
    diagnosis = diagnose_lag(samples)
    assert [verdict.cause for verdict in diagnosis.verdicts] == ["new partitions"]
    primary = diagnosis.primary
    assert [label.partition for label in primary.partitions] == [12, 13, 14, 15, 16, 17]
    # seen by members after metadata.max.age.ms, 300 s; six of 18 partitions, 1,000 records/s
    assert (primary.since_s, primary.until_s) == (300, 600)
    assert primary.lag_records == pytest.approx(300 * 1000 / 3, rel=0.06)
    assert "were not read for 300 s; 12 others went on" in primary.evidence
    assert "metadata.max.age.ms" in primary.advice


def test_partitions_that_no_member_is_to_read_have_none():
    owner = np.tile(np.repeat([0, 1, 2], 2), (60, 1))
    owner[:, 5] = -1
    read = np.full((59, 6), 60.0)
    read[:, 5] = 0.0
    diagnosis = diagnose_lag(by_hand(read, owner))
    assert diagnosis.cause == "no members"
    assert [label.partition for label in diagnosis.primary.partitions] == [5]
    assert "topic-5) had no owner and was not read for 885 s" in diagnosis.primary.evidence
    assert "why no member is to read" in diagnosis.primary.advice
