"""Causes of lag in groups made by hand, where anyone can see them."""

import numpy as np
import pandas as pd
import pytest

from kafka_sizing.consumers import ConsumerSettings
from kafka_sizing.consumers.monitoring import LagSamples, diagnose_lag

EVERY_S = 15.0
MOMENTS = 60  # 15 minutes
RATE = 20.0  # records/s of each of six partitions; three members read two each
OWNER = np.repeat([0, 1, 2], 2)


class Group:
    """Six partitions, three members, a sample every 15 s; each interval can be changed."""

    def __init__(self):
        self.written = np.full((MOMENTS - 1, 6), RATE)
        self.most_read = np.full((MOMENTS - 1, 6), 3 * RATE)
        self.owner = np.tile(OWNER, (MOMENTS, 1))
        self.lag = np.zeros(6)

    def samples(self, *, owners=True):
        ends = np.vstack([np.zeros(6), np.cumsum(self.written * EVERY_S, axis=0)]) + 1e6
        committed = np.empty_like(ends)
        committed[0] = ends[0] - self.lag
        for at in range(MOMENTS - 1):
            can = self.most_read[at] * EVERY_S
            committed[at + 1] = committed[at] + np.minimum(ends[at + 1] - committed[at], can)
        return LagSamples.from_grid(
            np.arange(MOMENTS) * EVERY_S,
            committed.astype(np.int64),
            ends.astype(np.int64),
            members=tuple("abcdef") if owners else (),
            owner=self.owner if owners else None,
        )

    def diagnose(self, *, owners=True, **others):
        return diagnose_lag(self.samples(owners=owners), **others)


def numbers(verdict):
    return [partition.partition for partition in verdict.partitions]


with_and_without_owners = pytest.mark.parametrize("owners", [True, False])


@with_and_without_owners
def test_a_group_that_keeps_up_has_caught_up(owners):
    diagnosis = Group().diagnose(owners=owners)
    assert (diagnosis.cause, diagnosis.state) == ("caught up", "caught up")
    assert diagnosis.primary.lag_records == 0
    assert diagnosis.others == ()
    assert diagnosis.explain() == (
        "Caught up: no partition was more than 10 s behind for long. Nothing to do."
    )


@with_and_without_owners
def test_one_partition_that_stands_is_a_poisoned_record(owners):
    group = Group()
    group.most_read[20:, 3] = 0
    diagnosis = group.diagnose(owners=owners)
    assert diagnosis.cause == "poison record"
    assert numbers(diagnosis.primary) == [3]
    assert diagnosis.primary.members == (("b",) if owners else ())
    # from 300 s to the last sample at 885 s, 20 records/s
    assert diagnosis.primary.since_s == 300
    assert diagnosis.primary.until_s is None
    assert diagnosis.primary.lag_records == 585 * RATE
    assert diagnosis.primary.lag_share == 1
    assert diagnosis.primary.confidence == ("high" if owners else "medium")
    assert "topic-3 stood for 585 s while its end grew by 11,700 records" in (
        diagnosis.primary.evidence
    )
    assert diagnosis.state == "falling behind"
    assert diagnosis.lag_records == 11_700


def test_the_owner_that_went_on_is_named_in_the_evidence():
    group = Group()
    group.most_read[20:, 3] = 0
    assert "b went on with 1 other partition" in group.diagnose().primary.evidence
    assert "5 other partitions went on" in group.diagnose(owners=False).primary.evidence


@with_and_without_owners
def test_the_partitions_of_a_member_that_stop_until_others_read_them_are_a_crash(owners):
    group = Group()
    group.most_read[20:23, 2:4] = 0  # for 45 s
    group.owner[23:, 2] = 0
    group.owner[23:, 3] = 2
    diagnosis = group.diagnose(owners=owners)
    assert diagnosis.cause == "member crashed"
    assert numbers(diagnosis.primary) == [2, 3]
    assert diagnosis.primary.members == (("b",) if owners else ())
    assert (diagnosis.primary.since_s, diagnosis.primary.until_s) == (300, 345)
    assert diagnosis.primary.lag_records == 2 * 45 * RATE
    assert diagnosis.state == "caught up"


@with_and_without_owners
def test_the_partitions_of_a_member_that_stop_for_longer_are_a_hung_one(owners):
    group = Group()
    group.most_read[20:35, 2:4] = 0  # for 225 s
    diagnosis = group.diagnose(owners=owners)
    assert diagnosis.cause == "member stuck"
    assert numbers(diagnosis.primary) == [2, 3]
    assert "for 225 s" in diagnosis.primary.evidence


def test_a_member_that_reads_on_after_a_short_stop_has_hung():
    group = Group()
    group.most_read[20:23, 2:4] = 0
    diagnosis = group.diagnose()
    assert diagnosis.cause == "member stuck"
    assert "then it read on by itself" in diagnosis.primary.evidence


def test_one_partition_of_a_member_stands_alone():
    group = Group()
    group.owner[:] = [0, 0, 0, 1, 2, 2]
    group.most_read[20:23, 3] = 0
    group.owner[23:, 3] = 0
    assert "1 partition of b stood for 45 s, not longer than" in group.diagnose().primary.evidence
    assert "then others read it; 5 others went on" in group.diagnose().primary.evidence


def test_a_longer_session_timeout_makes_a_longer_stop_a_crash():
    group = Group()
    group.most_read[20:35, 2:4] = 0
    settings = ConsumerSettings(session_timeout_s=240)
    assert group.diagnose(owners=False, settings=settings).cause == "member crashed"


@with_and_without_owners
def test_all_partitions_that_stop_together_for_long_are_an_outage(owners):
    group = Group()
    group.most_read[20:30] = 0
    diagnosis = group.diagnose(owners=owners)
    assert diagnosis.cause == "dependency slow"
    assert numbers(diagnosis.primary) == [0, 1, 2, 3, 4, 5]
    assert (diagnosis.primary.since_s, diagnosis.primary.until_s) == (300, 450)


@with_and_without_owners
def test_all_partitions_that_are_read_more_slowly_are_a_slow_dependency(owners):
    group = Group()
    group.most_read[20:40] = RATE / 2
    diagnosis = group.diagnose(owners=owners)
    assert diagnosis.cause == "dependency slow"
    assert len(diagnosis.primary.partitions) == 6
    assert "only 0.50 × as much was read as while the group kept up" in diagnosis.primary.evidence


@with_and_without_owners
def test_more_records_for_a_while_are_a_burst(owners):
    group = Group()
    group.written[20:30] = 5 * RATE
    diagnosis = group.diagnose(owners=owners)
    assert diagnosis.cause == "producer burst"
    assert len(diagnosis.primary.partitions) == 6
    # 150 s at 100 records/s, of which 60 are read, in six partitions
    assert diagnosis.primary.lag_records == 150 * 40 * 6
    assert (diagnosis.primary.since_s, diagnosis.primary.until_s) == (300, 450)


def test_a_burst_that_goes_on_is_a_burst_until_it_has_lasted():
    group = Group()
    group.written[45:] = 5 * RATE
    diagnosis = group.diagnose()
    assert (diagnosis.cause, diagnosis.primary.until_s) == ("producer burst", None)
    group.written[30:] = 5 * RATE
    diagnosis = group.diagnose()
    assert diagnosis.cause == "group too small"
    assert diagnosis.primary.since_s == 450


def test_a_burst_seen_from_its_beginning_shows_by_what_comes_later():
    group = Group()
    group.written[:20] = 5 * RATE
    group.most_read[:] = 2 * RATE
    assert group.diagnose().cause == "producer burst"


@with_and_without_owners
def test_a_group_that_always_gets_more_than_it_reads_is_too_small(owners):
    group = Group()
    group.most_read[:] = 0.8 * RATE
    diagnosis = group.diagnose(owners=owners)
    assert diagnosis.cause == "group too small"
    assert len(diagnosis.primary.partitions) == 6
    assert diagnosis.primary.since_s == 0
    assert "120 records/s were written and 96 records/s read" in diagnosis.primary.evidence
    assert diagnosis.state == "falling behind"


def test_a_group_with_fewer_members_than_before_is_too_small():
    group = Group()
    group.owner[20:] = np.repeat([0, 2], 3)
    group.most_read[20:] = 0.8 * RATE
    diagnosis = group.diagnose()
    assert diagnosis.cause == "group too small"
    assert "2 members read where there had been 3" in diagnosis.primary.evidence


@with_and_without_owners
def test_a_partition_that_gets_more_than_its_reader_can_do_is_hot(owners):
    group = Group()
    group.written[20:, 4] = 6 * RATE
    diagnosis = group.diagnose(owners=owners)
    assert diagnosis.cause == "one hot partition"
    assert numbers(diagnosis.primary) == [4]
    assert diagnosis.primary.members == (("c",) if owners else ())
    assert "topic-4 gets 120 records/s, 6.0 × the median" in diagnosis.primary.evidence
    assert "read at 60 records/s" in diagnosis.primary.evidence


def test_a_moment_of_heat_is_not_named_beside_a_cause_of_much_more():
    group = Group()
    group.written[30:32, 4] = 75.0  # 15 records/s more than are read, for 30 s: 450 records
    assert group.diagnose(owners=False).cause == "one hot partition"
    group.most_read[5:, :2] = 0  # 2 × 810 s × 20 records/s: 32,400 records
    assert [verdict.cause for verdict in group.diagnose(owners=False).verdicts] == ["member stuck"]


def test_a_partition_that_alone_gets_records_is_hot_as_well():
    group = Group()
    group.written[:] = 0
    group.written[:, 4] = 6 * RATE
    diagnosis = group.diagnose()
    assert diagnosis.cause in ("one hot partition", "group too small")


@with_and_without_owners
def test_the_partitions_of_one_member_read_more_slowly_are_a_slow_member(owners):
    group = Group()
    group.most_read[20:40, :2] = RATE / 2
    diagnosis = group.diagnose(owners=owners)
    assert diagnosis.cause == "member slow"
    assert numbers(diagnosis.primary) == [0, 1]
    assert diagnosis.primary.members == (("a",) if owners else ())


def test_a_slow_member_of_two_is_not_a_slow_dependency():
    group = Group()
    group.owner[:] = np.repeat([0, 1], 3)
    group.most_read[20:40, :3] = RATE / 2
    diagnosis = group.diagnose()
    assert (diagnosis.cause, diagnosis.primary.members) == ("member slow", ("a",))


@with_and_without_owners
def test_stops_of_the_group_again_and_again_are_a_storm(owners):
    group = Group()
    for at in (10, 20, 30, 40):
        group.most_read[at : at + 2] = 0
        group.owner[at + 2 :] = (group.owner[at + 2 :] + 1) % 3
    diagnosis = group.diagnose(owners=owners)
    assert diagnosis.cause == "rebalance storm"
    assert "stopped together 4 times, for 30 s each" in diagnosis.primary.evidence
    assert ("owners changed at 4" in diagnosis.primary.evidence) == owners
    assert (diagnosis.primary.since_s, diagnosis.primary.until_s) == (150, 630)


def test_outages_again_and_again_are_no_storm_if_owners_stay():
    group = Group()
    for at in (10, 20, 30, 40):
        group.most_read[at : at + 2] = 0
    diagnosis = group.diagnose()
    assert {verdict.cause for verdict in diagnosis.verdicts} == {"dependency slow"}
    assert len(diagnosis.verdicts) == 4


def test_one_member_after_the_other_is_a_storm():
    group = Group()
    for member, at in enumerate((10, 25, 40)):
        group.most_read[at : at + 3, 2 * member : 2 * member + 2] = 0
        group.owner[at + 3 :] = (group.owner[at + 3 :] + 1) % 3
    # 0 1 2 become 1 2 0: a partition that stood has another owner each time
    assert group.diagnose(owners=False).cause == "rebalance storm"


def test_members_that_die_together_are_no_storm():
    group = Group()
    group.owner[:] = np.arange(6)  # a member for each partition
    group.most_read[20:23, :4] = 0
    group.owner[23:, :4] = 5
    diagnosis = group.diagnose()
    assert {verdict.cause for verdict in diagnosis.verdicts} == {"member crashed"}
    assert sorted(verdict.members[0] for verdict in diagnosis.verdicts) == ["a", "b", "c", "d"]


def test_some_stops_of_members_and_some_of_the_group_are_a_storm_together():
    group = Group()
    for at in (10, 30):
        group.most_read[at : at + 3, :2] = 0
        group.owner[at + 3 :] = (group.owner[at + 3 :] + 1) % 3
    for at in (20, 40):
        group.most_read[at : at + 3] = 0
        group.owner[at + 3 :] = (group.owner[at + 3 :] + 1) % 3
    diagnosis = group.diagnose()
    assert [verdict.cause for verdict in diagnosis.verdicts] == ["rebalance storm"]
    assert (diagnosis.primary.since_s, diagnosis.primary.until_s) == (150, 645)


def test_a_crash_long_before_a_storm_is_no_part_of_it():
    group = Group()
    group.most_read[3:6, :2] = 0
    group.owner[6:, :2] = [1, 2]
    for at in (30, 40, 50):
        group.most_read[at : at + 3] = 0
        group.owner[at + 3 :] = np.roll(group.owner[at + 3 :], 1, axis=1)
    diagnosis = group.diagnose()
    assert [verdict.cause for verdict in diagnosis.verdicts] == [
        "rebalance storm",
        "member crashed",
    ]
    assert (diagnosis.primary.since_s, diagnosis.primary.until_s) == (450, 795)
    assert diagnosis.others[0].until_s == 90


def test_one_stop_of_the_group_with_new_owners_is_a_rebalance():
    group = Group()
    group.most_read[20:24] = 0
    group.owner[24:] = (group.owner[24:] + 1) % 3
    diagnosis = group.diagnose()
    assert diagnosis.cause == "rebalance"
    assert "and owners changed" in diagnosis.primary.evidence


def test_one_short_stop_of_the_group_is_a_rebalance_if_owners_are_not_known():
    group = Group()
    group.most_read[20:23] = 0
    assert group.diagnose(owners=False).cause == "rebalance"
    assert group.diagnose().cause == "dependency slow"


def test_partitions_that_stop_and_move_are_a_rebalance():
    group = Group()
    group.most_read[20:24, [0, 2, 4]] = 0  # one of each member
    group.owner[24:, [0, 2, 4]] = [1, 2, 0]
    diagnosis = group.diagnose()
    assert diagnosis.cause == "rebalance"
    assert numbers(diagnosis.primary) == [0, 2, 4]
    assert diagnosis.others == ()


def test_the_rebalance_after_a_crash_belongs_to_the_crash():
    group = Group()
    group.most_read[20:22, 2:4] = 0
    group.most_read[22:24] = 0  # then all stop for 30 s
    group.owner[24:, 2] = 0
    group.owner[24:, 3] = 2
    diagnosis = group.diagnose()
    assert [verdict.cause for verdict in diagnosis.verdicts] == ["member crashed"]


@pytest.mark.parametrize("moved", [True, False])
def test_a_rebalance_that_hides_the_owners_is_no_group_without_members(moved):
    group = Group()
    group.most_read[20:24] = 0
    group.owner[21:24] = -1
    if moved:
        group.owner[24:] = np.roll(group.owner[24:], 1, axis=1)
    diagnosis = group.diagnose()
    assert [verdict.cause for verdict in diagnosis.verdicts] == ["rebalance"]
    assert "and owners changed" in diagnosis.primary.evidence


def test_members_that_are_all_gone_for_a_time_are_no_rebalance():
    group = Group()
    group.most_read[20:40] = 0
    group.owner[21:40] = -1
    group.owner[40:] += 3  # d, e and f come
    assert group.diagnose().cause == "no members"


def test_a_crash_is_one_though_its_rebalance_hides_the_owners():
    group = Group()
    group.most_read[20:24, 2:4] = 0
    group.owner[23] = -1
    group.owner[24:, 2] = 0
    group.owner[24:, 3] = 2
    diagnosis = group.diagnose()
    assert (diagnosis.cause, diagnosis.primary.members) == ("member crashed", ("b",))


def test_a_group_without_members_reads_nothing():
    group = Group()
    group.most_read[20:] = 0
    group.owner[21:] = -1
    diagnosis = group.diagnose()
    assert diagnosis.cause == "no members"
    assert diagnosis.primary.members == ()
    group.most_read[:] = 0
    group.owner[:] = -1
    assert group.diagnose().cause == "no members"
    assert group.diagnose(owners=False).cause == "no members"


def test_the_only_member_of_a_group_may_hang():
    group = Group()
    group.owner[:] = 0
    group.most_read[20:40] = 0
    diagnosis = group.diagnose()
    assert (diagnosis.cause, diagnosis.primary.members) == ("member stuck", ("a",))


def test_a_member_with_one_partition_hangs_or_has_a_poisoned_record_by_how_long_it_stands():
    group = Group()
    group.owner[:] = [0, 0, 0, 1, 2, 2]
    group.most_read[20:38, 3] = 0  # 270 s, less than max.poll.interval.ms
    assert group.diagnose().cause == "member stuck"
    group.most_read[20:44, 3] = 0  # 360 s
    assert group.diagnose().cause == "poison record"
    group.owner[44:, 3] = 0
    assert group.diagnose().cause == "member stuck"


def test_lag_from_before_the_samples_that_falls_is_being_caught_up_with():
    group = Group()
    group.lag[:] = 60_000
    diagnosis = group.diagnose()
    assert (diagnosis.cause, diagnosis.state) == ("catching up", "catching up")
    assert diagnosis.primary.lag_records == 360_000
    assert diagnosis.primary.since_s == 0
    assert diagnosis.primary.until_s is None
    group.lag[:] = 6_000
    diagnosis = group.diagnose()
    # 40 records/s more are read than come: gone after 150 s, at the sample at 150 s
    assert (diagnosis.cause, diagnosis.primary.until_s) == ("catching up", 150)
    assert diagnosis.state == "caught up"


def test_lag_that_neither_grows_nor_falls_is_held():
    group = Group()
    group.lag[:] = 60_000
    group.most_read[:] = RATE
    diagnosis = group.diagnose()
    assert (diagnosis.cause, diagnosis.state) == ("group too small", "holding")
    assert diagnosis.primary.confidence == "medium"


def test_a_lag_that_came_from_one_sample_to_the_next_is_explained_by_no_rule():
    group = Group()
    group.written[20] = 10 * RATE  # 3,000 records in 15 s, of which 900 are read
    diagnosis = group.diagnose()
    assert (diagnosis.cause, diagnosis.state) == ("not known", "caught up")
    assert diagnosis.primary.confidence == "low"


def test_a_lag_that_grows_to_the_end_has_not_ended():
    for moments in range(6, 40):
        times = np.arange(moments) * 30
        ends = np.outer(times, [100, 100, 100])
        diagnosis = diagnose_lag(LagSamples.from_grid(times, ends // 2, ends))
        assert (diagnosis.cause, diagnosis.primary.until_s) == ("group too small", None)
        assert diagnosis.state == "falling behind"


def test_several_causes_are_ranked_by_the_lag_they_explain():
    group = Group()
    group.most_read[10:, 5] = 0  # 735 s of one partition
    group.most_read[30:33, :2] = 0  # 45 s of two
    group.owner[33:, 0], group.owner[33:, 1] = 1, 2
    diagnosis = group.diagnose()
    assert [verdict.cause for verdict in diagnosis.verdicts] == ["poison record", "member crashed"]
    assert diagnosis.primary.lag_records == 735 * RATE
    (crash,) = diagnosis.others
    assert crash.lag_records == 90 * RATE
    assert crash.lag_share == pytest.approx(90 / 825)
    assert repr(diagnosis) == (
        "LagDiagnosis('poison record', then 'member crashed'; falling behind, lag=14,700 records)"
    )
    frame = diagnosis.to_frame()
    assert frame["cause"].tolist() == ["poison record", "member crashed"]
    assert frame["until_s"].isna().tolist() == [True, False]
    assert frame["partitions"].tolist() == ["topic-5", "topic-0, topic-1"]
    assert "Poison record" in diagnosis._repr_html_()
    assert all(verdict.kind == "rule" and verdict.advice for verdict in diagnosis.verdicts)
    assert "At the last samples the group is falling behind, 14,700 records unread." in (
        diagnosis.explain()
    )
    assert "Poison record, from 150 s on: " in diagnosis.explain()
    assert "Member crashed, from 450 s to 495 s: " in diagnosis.explain()
    assert "dead letter topic" in diagnosis.explain()


def test_times_since_the_epoch_are_written_as_dates():
    group = Group()
    group.most_read[20:30] = 0
    samples = group.samples()
    dated = LagSamples.from_frame(
        samples.to_frame().assign(time_s=samples.times_s + 1_764_583_200)
    )
    assert (
        "from 2025-12-01 10:05:00 UTC to 2025-12-01 10:07:30 UTC"
        in diagnose_lag(dated).primary.reason
    )


def test_an_objective_makes_a_smaller_lag_none():
    group = Group()
    group.most_read[20:25, 3] = 0  # 75 s
    assert group.diagnose().cause == "poison record"
    diagnosis = group.diagnose(lag_objective_s=120)
    assert diagnosis.cause == "caught up"
    assert "120 s behind" in diagnosis.primary.evidence


def test_rare_commits_are_no_stops():
    samples = Group().samples()
    committed = samples.committed_offsets.reshape(6, MOMENTS)
    rarely = committed[:, np.arange(MOMENTS) // 3 * 3]  # every 45 s
    lagging = LagSamples.from_grid(
        samples.moments_s, rarely.T, samples.end_offsets.reshape(6, MOMENTS).T
    )
    assert diagnose_lag(lagging).cause == "caught up"


# --- what was seen ---------------------------------------------------------------------


def test_four_samples_are_too_few():
    samples = Group().samples()
    few = samples.rows(samples.times_s < 4 * EVERY_S)
    diagnosis = diagnose_lag(few)
    assert (diagnosis.cause, diagnosis.state) == ("not enough data", "unknown")
    assert diagnosis.primary.evidence == (
        "no partition has 5 samples with a commit, the most there are is 4"
    )
    assert diagnose_lag(samples.rows(samples.times_s < 5 * EVERY_S)).cause == "caught up"
    assert len(diagnosis.left_out) == 6


def test_a_group_that_never_committed_tells_nothing():
    samples = LagSamples.from_grid(np.arange(9), np.full((9, 1), -1), np.arange(9)[:, None])
    diagnosis = diagnose_lag(samples)
    assert diagnosis.cause == "not enough data"
    assert diagnosis.primary.evidence == "no committed offset was ever seen"
    assert [str(label) for label in diagnosis.uncommitted] == ["topic-0"]
    assert diagnosis.left_out == ()
    assert "No commit was seen of 1 partition: topic-0." in diagnosis.explain()


def test_partitions_with_too_few_samples_are_left_out_and_said():
    samples = Group().samples()
    kept = (samples.partition != 5) | (samples.times_s < 3 * EVERY_S)
    diagnosis = diagnose_lag(samples.rows(kept))
    assert [str(label) for label in diagnosis.left_out] == ["topic-5"]
    assert "Too little was seen of 1 partition: topic-5." in diagnosis.explain()


def test_only_what_came_after_a_new_topic_counts():
    group = Group()
    group.most_read[:30, 3] = 0
    samples = group.samples()
    ends, committed = samples.end_offsets.copy(), samples.committed_offsets.copy()
    anew = samples.times_s >= 30 * EVERY_S
    ends[anew] -= 10**6 + 9000
    committed[anew] = ends[anew]
    recreated = LagSamples(
        partitions=samples.partitions,
        times_s=samples.times_s,
        partition=samples.partition,
        committed_offsets=committed,
        end_offsets=ends,
    )
    diagnosis = diagnose_lag(recreated)
    assert diagnosis.cause == "caught up"
    assert {reset.kind for reset in diagnosis.resets} == {"end moved back"}
    assert len(diagnosis.resets) == 6
    assert "the topic was created anew" in diagnosis.explain()


def test_missing_samples_are_listed_and_do_no_harm():
    group = Group()
    group.most_read[20:, 3] = 0
    samples = group.samples()
    rng = np.random.default_rng(1)
    some = samples.rows(rng.random(len(samples)) > 0.1)
    holed = some.rows(~((some.times_s > 500) & (some.times_s < 600)))
    diagnosis = diagnose_lag(holed)
    assert diagnosis.cause == "poison record"
    assert numbers(diagnosis.primary) == [3]
    assert len(diagnosis.gaps) >= 6


def test_partitions_sampled_at_times_of_their_own_are_brought_together():
    group = Group()
    group.most_read[20:30] = 0
    samples = group.samples()
    shifted = LagSamples(
        partitions=samples.partitions,
        times_s=samples.times_s + samples.partition * 0.7,
        partition=samples.partition,
        committed_offsets=samples.committed_offsets,
        end_offsets=samples.end_offsets,
    )
    diagnosis = diagnose_lag(shifted)
    assert diagnosis.cause == "dependency slow"
    assert len(diagnosis.primary.partitions) == 6


def test_a_topic_nobody_writes_to_has_caught_up():
    samples = LagSamples.from_grid(np.arange(9) * 30, np.full((9, 2), 7), np.full((9, 2), 7))
    assert diagnose_lag(samples).cause == "caught up"


def test_lag_nobody_reads_though_nothing_is_written_any_more_is_seen():
    committed = np.tile([7, 900], (20, 1))
    committed[:, 1] += np.arange(20) * 100
    ends = committed.copy()
    ends[:, 0] = 5000
    diagnosis = diagnose_lag(LagSamples.from_grid(np.arange(20) * 30, committed, ends))
    assert numbers(diagnosis.primary) == [0]
    assert diagnosis.primary.lag_records == 4993


def test_a_topic_of_one_partition_is_judged_with_low_confidence():
    ends = np.arange(40)[:, None] * 300
    committed = np.minimum(ends, 3000)
    diagnosis = diagnose_lag(LagSamples.from_grid(np.arange(40) * 30, committed, ends))
    assert (diagnosis.cause, diagnosis.primary.confidence) == ("poison record", "low")


def test_several_topics_are_told_apart():
    group = Group()
    group.most_read[20:, 3] = 0
    samples = group.samples()
    labels = [
        ("orders", 0),
        ("orders", 1),
        ("orders", 2),
        ("returns", 0),
        ("returns", 1),
        ("x", 0),
    ]
    renamed = LagSamples.from_frame(
        samples.to_frame()
        .drop(columns=["topic", "partition"])
        .assign(
            topic=[labels[at][0] for at in samples.partition],
            partition=[labels[at][1] for at in samples.partition],
        )
    )
    assert [str(label) for label in diagnose_lag(renamed).primary.partitions] == ["returns-0"]


def test_what_are_no_samples_is_the_wrong_type():
    with pytest.raises(TypeError, match="samples must be LagSamples, as LagSamples"):
        diagnose_lag(pd.DataFrame())


def test_an_objective_must_be_positive():
    with pytest.raises(ValueError, match="lag_objective_s must be finite and > 0, got 0"):
        Group().diagnose(lag_objective_s=0)
