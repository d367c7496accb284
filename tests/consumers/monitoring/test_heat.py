"""A partition that falls behind alone: too much for any member, or for one that reads others."""

import pytest

from kafka_sizing.consumers import simulate_lag
from kafka_sizing.consumers.monitoring import LagSamples, diagnose_lag


def seen(rate, shares, *, members, member=700, owners=True):
    lag = simulate_lag(
        rate, shares=shares, member=member, members=members, duration_s=1800, protocol="eager"
    )
    samples = lag.samples(every_s=15)
    if owners:
        return samples
    return LagSamples.from_frame(samples.to_frame().drop(columns="member"))


HALF = [1 / 2, 1 / 6, 1 / 6, 1 / 6]


@pytest.mark.parametrize("members", [2, 3])
def test_a_partition_that_would_fit_a_reader_of_its_own_asks_for_more_members(members):
    # 600 records/s of a member's 700, whose other partition has 200
    diagnosis = diagnose_lag(seen(1200, HALF, members=members))
    assert diagnosis.cause == "group too small"
    assert [label.partition for label in diagnosis.primary.partitions] == [0]
    assert diagnosis.primary.evidence.endswith(
        "its reader also reads 1 other partition, and with it 700 records/s"
    )
    assert diagnosis.primary.advice.startswith("Give it a reader of its own: more members")
    assert diagnosis.primary.advice in diagnosis.explain()
    assert diagnose_lag(seen(1200, HALF, members=4)).cause == "caught up"


def test_a_partition_that_no_member_can_read_is_hot_whatever_else_its_reader_has():
    # 800 records/s against 700 of a member
    diagnosis = diagnose_lag(seen(1600, HALF, members=2))
    assert diagnosis.cause == "one hot partition"
    assert "more members cannot help" in diagnosis.primary.advice
    assert diagnose_lag(seen(1600, HALF, members=4)).cause == "one hot partition"


def test_without_owners_what_helps_depends_on_what_a_member_can_do():
    diagnosis = diagnose_lag(seen(1200, HALF, members=2, owners=False))
    assert diagnosis.cause == "one hot partition"
    assert diagnosis.primary.advice.startswith("If no member can read 600 records/s, more members")
    assert "If one can, give the partition a reader of its own." in diagnosis.primary.advice
