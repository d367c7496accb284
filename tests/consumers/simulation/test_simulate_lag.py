"""A consumer group played through time: records add up, and events do what they must."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing.consumers import (
    Arrivals,
    ConsumerSettings,
    Crash,
    Deployment,
    Join,
    Leave,
    MemberCapacity,
    PartitionIncrease,
    PoisonRecord,
    SharesChange,
    Slowdown,
    Stuck,
    simulate_lag,
)
from kafka_sizing.consumers.scaling import FixedMembers
from kafka_sizing.partitions import PartitionLoads

at = st.floats(0, 300)


@st.composite
def events(draw, members, partitions):
    member = st.integers(0, members - 1)
    kinds = st.one_of(
        st.builds(Crash, at_s=at, member=member, back_after_s=st.none() | st.floats(1, 120)),
        st.builds(Leave, at_s=at, member=member),
        st.builds(Join, at_s=at),
        st.builds(Stuck, at_s=at, member=member, for_s=st.floats(1, 200)),
        st.builds(Deployment, at_s=at, restart_s=st.floats(1, 60), pause_s=st.floats(0, 20)),
        st.builds(
            Slowdown,
            at_s=at,
            for_s=st.floats(1, 100),
            capacity_fraction=st.floats(0, 0.99),
            member=st.none() | member,
        ),
        st.builds(
            PoisonRecord,
            at_s=at,
            partition=st.integers(0, partitions - 1),
            for_s=st.none() | st.floats(1, 100),
        ),
        st.builds(SharesChange, at_s=at, shares=shares_of(partitions)),
    )
    return draw(st.lists(kinds, max_size=5))


@st.composite
def shares_of(draw, partitions):
    weights = draw(st.lists(st.floats(0.01, 10), min_size=partitions, max_size=partitions))
    return np.array(weights) / sum(weights)


@st.composite
def groups(draw):
    partitions = draw(st.integers(1, 8))
    members = draw(st.integers(1, 6))
    rate = draw(st.floats(1, 5_000))
    arrivals = Arrivals.steady(rate)
    if draw(st.booleans()):
        arrivals = arrivals.with_burst(
            at_s=draw(at), for_s=draw(st.floats(1, 100)), ratio=draw(st.floats(0, 5))
        )
    return {
        "arrivals": arrivals,
        "shares": draw(shares_of(partitions)),
        "members": members,
        "member": draw(st.floats(1, 3_000)),
        "duration_s": 400.0,
        "step_s": draw(st.sampled_from([1.0, 7.0, 10.0])),
        "protocol": draw(st.sampled_from(["eager", "cooperative", "consumer"])),
        "membership": draw(st.sampled_from(["dynamic", "static"])),
        "events": draw(events(members, partitions)),
        "retention_s": draw(st.none() | st.floats(20, 500)),
        "initial_lag_records": draw(st.floats(0, 10_000)),
        "settings": ConsumerSettings(session_timeout_s=30, max_poll_interval_s=60),
    }


def play(group, **changes):
    given_ = group | changes
    return simulate_lag(given_.pop("arrivals"), **given_)


@given(group=groups())
@settings(max_examples=60, deadline=None)
def test_every_record_is_read_lost_or_waits(group):
    lag = play(group)
    lost = 0 if lag.lost_records is None else lag.lost_records
    came = lag.initial_lag_records + lag.arrived_records
    np.testing.assert_allclose(
        lag.read_records + lag.lag_records + lost, came, rtol=1e-9, atol=1e-6
    )
    for never_falling in (lag.read_records, np.asarray(lost) + lag.read_records):
        assert (np.diff(never_falling, axis=0) >= 0).all()
    assert (lag.lag_records >= 0).all()


@given(group=groups(), more=st.floats(1, 3))
@settings(max_examples=40, deadline=None)
def test_more_capacity_never_means_more_lag(group, more):
    slow, fast = play(group), play(group, member=group["member"] * more)
    slack = 1e-6 * (1 + slow.total_lag_records)
    assert (fast.total_lag_records <= slow.total_lag_records + slack).all()


@given(group=groups())
@settings(max_examples=40, deadline=None)
def test_no_group_reads_faster_than_its_members(group):
    lag = play(group, retention_s=None)
    ever = group["members"] + sum(isinstance(event, Join) for event in group["events"])
    most = ever * group["member"] * group["step_s"]
    assert np.diff(lag.read_records.sum(axis=1), prepend=0).max() <= most * (1 + 1e-9) + 1e-6


@given(group=groups())
@settings(max_examples=30, deadline=None)
def test_ages_are_those_of_records_that_wait(group):
    lag = play(group)
    ages = lag.oldest_unread_s
    assert not ages[lag.lag_records == 0].any()
    assert (ages >= 0).all()
    if group["retention_s"] is not None:
        late = lag.times_s > group["retention_s"]
        assert (ages[late] <= group["retention_s"] + group["step_s"] + 1e-6).all()


@given(group=groups())
@settings(max_examples=20, deadline=None)
def test_a_longer_step_differs_by_what_is_read_in_one(group):
    one = {"events": (), "retention_s": None, "duration_s": 350.0}
    fine, coarse = play(group, step_s=1.0, **one), play(group, step_s=7.0, **one)
    np.testing.assert_allclose(
        coarse.total_lag_records,
        fine.total_lag_records[6::7],
        rtol=1e-6,
        atol=group["member"] * group["members"] * coarse.step_s,
    )


STEADY = {"partitions": 6, "members": 3, "member": 500.0, "duration_s": 400.0}


def test_a_group_with_enough_capacity_never_lags():
    lag = simulate_lag(1_200, **STEADY)
    assert not lag.lag_records.any()
    assert lag.peak_lag_records == lag.peak_lag_s == 0
    assert lag.caught_up_at_s() == 0
    assert lag.explain() == "the group kept up all the time; 0 rebalances"
    assert lag.cpu_fraction[-1] == pytest.approx(1_200 / 1_500)
    assert lag.member_hours == pytest.approx(3 * 400 / 3_600)


def test_too_small_a_group_falls_behind_by_what_it_lacks():
    lag = simulate_lag(2_000, **STEADY)
    assert lag.total_lag_records[-1] == pytest.approx(400 * (2_000 - 1_500))
    # what is read at the end came when 400 s × 1,500 records had come: at 300 s
    assert lag.oldest_unread_s[-1] == pytest.approx(100, abs=1e-6)
    assert lag.caught_up_at_s() is None
    assert "was 200,000 records at the end" in lag.explain()


def test_a_hot_partition_lags_alone():
    lag = simulate_lag(
        1_000, shares=[0.6, 0.1, 0.1, 0.1, 0.05, 0.05], members=6, member=400, duration_s=100
    )
    assert lag.lag_records[-1].tolist() == pytest.approx([100 * 200, 0, 0, 0, 0, 0])
    assert lag.worst_partition == 0


def test_shares_may_come_from_placed_keys():
    loads = PartitionLoads(loads=[30, 10])
    lag = simulate_lag(100, shares=loads, members=2, member=50, duration_s=10)
    assert lag.lag_records[-1].tolist() == pytest.approx([250, 0])


def test_members_beyond_partitions_idle():
    six, nine = (
        simulate_lag(3_600, partitions=6, member=500, members=n, duration_s=60) for n in (6, 9)
    )
    np.testing.assert_array_equal(six.lag_records, nine.lag_records)


def test_records_at_the_start_are_as_old_as_the_first_rate_makes_them():
    lag = simulate_lag(
        100, partitions=1, member=1, members=1, duration_s=1, initial_lag_records=5_000
    )
    # 5,099 unread at 100 records/s
    assert lag.peak_lag_s == pytest.approx(50.99)
    silent = Arrivals.trace([0], [0])
    lag = simulate_lag(
        silent, partitions=1, member=1, members=1, duration_s=10, initial_lag_records=5_000
    )
    assert lag.oldest_unread_s[:, 0].tolist() == pytest.approx(np.arange(1.0, 11))


def test_a_lag_given_by_partition_is_taken_as_it_is():
    lag = simulate_lag(
        1, partitions=2, member=1, members=2, duration_s=1, initial_lag_records=[10, 0]
    )
    assert lag.lag_records[-1].tolist() == [9.5, 0]


class TestCrash:
    """Two of six partitions are nobody's until the session is over."""

    def play(self, **more):
        return simulate_lag(1_200, **STEADY, events=[Crash(at_s=50, member=1)], **more)

    def test_only_the_dead_members_partitions_pile_up_while_nobody_knows(self):
        lag = self.play()
        owned = lag.owners_at([0])[0] == 1
        row = 89  # ends at 90 s: 40 s after the crash, before 45 s have passed
        assert lag.lag_records[row, owned].tolist() == pytest.approx([40 * 200] * 2)
        assert not lag.lag_records[row, ~owned].any()
        assert lag.silent_members[row] == 1
        assert lag.ready_members[row] == 2

    @pytest.mark.parametrize(
        ("protocol", "piled_up", "noticed_s", "ends_s"),
        [
            # 400/s for 45 s, then all 1,200/s for the barrier of 3 s
            ("eager", 45 * 400 + 3 * 1_200, 95, 98),
            # only the two partitions, for 48 s
            ("cooperative", 48 * 400, 95, 98),
            # until the new owners' heartbeat, 5 s
            ("consumer", 50 * 400, 95, 100),
        ],
    )
    def test_the_protocol_decides_who_waits_for_the_rebalance(
        self, protocol, piled_up, noticed_s, ends_s
    ):
        lag = self.play(protocol=protocol)
        row = int(ends_s) - 1
        assert lag.total_lag_records[row] == pytest.approx(piled_up)
        (rebalance,) = lag.rebalances
        assert (rebalance.event, rebalance.starts_s, rebalance.ends_s) == (
            "crash",
            noticed_s,
            ends_s,
        )
        assert rebalance.finished
        assert lag.rebalancing_s.sum() == pytest.approx(ends_s - noticed_s)

    def test_a_static_member_that_is_back_in_time_costs_no_rebalance(self):
        crash = Crash(at_s=50, member=1, back_after_s=30)
        lag = simulate_lag(1_200, **STEADY, events=[crash], membership="static")
        assert lag.rebalances == ()
        assert lag.total_lag_records[79] == pytest.approx(30 * 400)

    def test_a_dynamic_member_that_is_back_makes_the_others_wait_for_its_ghost(self):
        crash = Crash(at_s=50, member=1, back_after_s=10)
        lag = simulate_lag(1_200, **STEADY, events=[crash], protocol="eager")
        (rebalance,) = lag.rebalances  # from its return until its old session ends
        assert (rebalance.starts_s, rebalance.ends_s) == (60, 95)
        assert rebalance.event == "join+crash"
        assert lag.total_lag_records[94] == pytest.approx(10 * 400 + 35 * 1_200)

    def test_a_ghost_does_not_hold_up_a_group_without_a_barrier(self):
        crash = Crash(at_s=50, member=1, back_after_s=10)
        lag = simulate_lag(1_200, **STEADY, events=[crash], protocol="consumer")
        assert lag.rebalances[0].ends_s <= 60 + 10

    def test_when_the_last_member_dies_nobody_reads(self):
        lag = simulate_lag(
            10,
            partitions=2,
            members=1,
            member=100,
            duration_s=200,
            events=[Crash(at_s=0, member=0)],
        )
        assert lag.total_lag_records[-1] == pytest.approx(2_000)
        assert (lag.owners_at([199]) == -1).all()

    def test_a_group_that_was_empty_reads_again(self):
        crash = Crash(at_s=0, member=0, back_after_s=100)
        lag = simulate_lag(10, partitions=2, members=1, member=100, duration_s=300, events=[crash])
        assert lag.peak_lag_records == pytest.approx(1_060, abs=60)
        assert lag.caught_up_at_s() is not None


class TestStuck:
    def test_a_member_that_hangs_is_put_out_after_the_poll_interval(self):
        settings_ = ConsumerSettings(max_poll_interval_s=100)
        lag = simulate_lag(
            1_200,
            **STEADY,
            settings=settings_,
            events=[Stuck(at_s=50, member=0, for_s=1_000)],
        )
        (rebalance,) = lag.rebalances
        assert (rebalance.event, rebalance.starts_s) == ("stuck", 150)
        assert lag.ready_members[-1] == 2

    def test_a_short_hang_is_never_noticed(self):
        lag = simulate_lag(1_200, **STEADY, events=[Stuck(at_s=50, member=0, for_s=100)])
        assert lag.rebalances == ()
        assert lag.total_lag_records[149] == pytest.approx(100 * 400)

    def test_a_member_that_was_put_out_joins_again_when_it_polls(self):
        lag = simulate_lag(
            1_200,
            **STEADY,
            settings=ConsumerSettings(max_poll_interval_s=50),
            events=[Stuck(at_s=10, member=0, for_s=100)],
        )
        assert [rebalance.event for rebalance in lag.rebalances] == ["stuck", "join"]
        assert lag.ready_members[-1] == 3

    def test_a_stuck_member_holds_up_the_barrier_of_the_others(self):
        events_ = [Stuck(at_s=50, member=0, for_s=40), Leave(at_s=60, member=1)]
        lag = simulate_lag(1_200, **STEADY, protocol="eager", events=events_)
        (rebalance,) = lag.rebalances
        assert (rebalance.starts_s, rebalance.ends_s) == (60, 90)


class TestDeployment:
    def test_each_dynamic_member_leaves_and_joins(self):
        lag = simulate_lag(1_200, **STEADY, events=[Deployment(at_s=10, restart_s=20, pause_s=30)])
        assert [rebalance.event for rebalance in lag.rebalances] == ["leave", "join"] * 3

    def test_static_members_that_are_back_in_time_cost_none(self):
        lag = simulate_lag(
            1_200,
            **STEADY,
            membership="static",
            events=[Deployment(at_s=10, restart_s=20, pause_s=30)],
        )
        assert lag.rebalances == ()
        assert lag.total_lag_records[29] == pytest.approx(20 * 400)

    def test_static_members_that_take_too_long_cost_two_each(self):
        lag = simulate_lag(
            1_200,
            **(STEADY | {"duration_s": 700.0}),
            membership="static",
            events=[Deployment(at_s=10, restart_s=100, pause_s=100)],
        )
        assert [rebalance.event for rebalance in lag.rebalances] == ["leave", "join"] * 3


class TestOthers:
    def test_a_member_that_joins_reads_after_its_start_up_and_the_rebalance(self):
        lag = simulate_lag(
            1_600,
            partitions=4,
            members=3,
            member=MemberCapacity(500, start_s=40),
            duration_s=200,
            events=[Join(at_s=10)],
        )
        assert lag.starting_members[[9, 10, 48, 50]].tolist() == [1, 1, 1, 0]
        (rebalance,) = lag.rebalances
        assert (rebalance.event, rebalance.starts_s) == ("join", 50)
        assert lag.ready_members[-1] == 4

    def test_a_member_that_leaves_hands_over_at_once(self):
        lag = simulate_lag(1_200, **STEADY, events=[Leave(at_s=50, member=2)])
        (rebalance,) = lag.rebalances
        assert (rebalance.event, rebalance.starts_s) == ("leave", 50)
        assert lag.ready_members[50] == 2

    def test_a_static_member_that_leaves_is_missed_only_after_the_session(self):
        lag = simulate_lag(1_200, **STEADY, membership="static", events=[Leave(at_s=50, member=2)])
        (rebalance,) = lag.rebalances
        assert rebalance.starts_s == 95

    def test_a_slow_dependency_slows_all_down_alike(self):
        lag = simulate_lag(
            1_200, **STEADY, events=[Slowdown(at_s=0, for_s=100, capacity_fraction=0.4)]
        )
        assert lag.total_lag_records[99] == pytest.approx(100 * (1_200 - 0.4 * 1_500))

    def test_slow_downs_multiply(self):
        both = [
            Slowdown(at_s=0, for_s=100, capacity_fraction=0.5),
            Slowdown(at_s=0, for_s=100, capacity_fraction=0.5),
        ]
        lag = simulate_lag(1_200, **STEADY, events=both)
        assert lag.total_lag_records[99] == pytest.approx(100 * (1_200 - 1_500 / 4))

    def test_one_slow_member_lags_alone(self):
        slow = Slowdown(at_s=0, for_s=400, capacity_fraction=0.1, member=1)
        lag = simulate_lag(1_200, **STEADY, events=[slow])
        lagging = lag.lag_records[-1] > 0
        assert (lag.owners_at([0])[0][lagging] == 1).all()
        assert lagging.sum() == 2

    def test_a_poison_record_stops_its_partition_only(self):
        poison = PoisonRecord(at_s=100, partition=2, for_s=100)
        lag = simulate_lag(1_200, **STEADY, events=[poison])
        assert lag.lag_records[199].tolist() == pytest.approx([0, 0, 100 * 200, 0, 0, 0])
        assert lag.caught_up_at_s() is not None

    def test_two_poison_records_must_both_be_skipped(self):
        twice = [
            PoisonRecord(at_s=100, partition=2, for_s=50),
            PoisonRecord(at_s=100, partition=2, for_s=100),
        ]
        lag = simulate_lag(1_200, **STEADY, events=twice)
        assert lag.lag_records[199, 2] == pytest.approx(100 * 200)

    def test_a_key_that_turns_hot_moves_the_load(self):
        hot = SharesChange(at_s=200, shares=[0.75, 0.05, 0.05, 0.05, 0.05, 0.05])
        lag = simulate_lag(1_200, **STEADY, events=[hot])
        # its member reads partition 1 too, 60 records/s: 500 of 960 are read
        assert lag.lag_records[-1, 0] == pytest.approx(200 * (960 - 500), rel=0.01)

    def test_new_partitions_wait_until_members_see_them(self):
        more = PartitionIncrease(at_s=50, shares=np.full(12, 1 / 12))
        lag = simulate_lag(
            1_200, **STEADY, events=[more], settings=ConsumerSettings(metadata_max_age_s=100)
        )
        new = lag.lag_records[149, 6:]
        assert new.tolist() == pytest.approx([100 * 100] * 6)
        (rebalance,) = lag.rebalances
        assert (rebalance.event, rebalance.starts_s) == ("partitions", 150)
        assert (lag.owners_at([399]) >= 0).all()

    def test_retention_deletes_what_waits_too_long(self):
        lag = simulate_lag(
            100, partitions=1, member=10, members=1, duration_s=1_000, retention_s=500
        )
        # the oldest unread grows by 0.9 s a second: 500 s old after 555.6 s; from then on the
        # group reads 10/s of what would be lost at 100/s
        assert lag.lost_records is not None
        first = lag.times_s[lag.lost_records[:, 0] > 0][0]
        assert first == pytest.approx(500 / 0.9, abs=1)
        assert lag.total_lost_records == pytest.approx((1_000 - 500 / 0.9) * 90, rel=0.01)
        assert "retention deleted 40,000 records unread" in lag.explain()


class TestRebalancesMeet:
    def test_members_that_join_while_others_do_share_one_rebalance(self):
        lag = simulate_lag(1_200, **STEADY, events=[Join(at_s=50), Join(at_s=51), Join(at_s=52)])
        assert [rebalance.event for rebalance in lag.rebalances] == ["join"]
        assert lag.ready_members[-1] == 6
        assert np.unique(lag.owners_at([399])).size == 6

    def test_one_that_comes_too_late_starts_another(self):
        lag = simulate_lag(1_200, **STEADY, events=[Join(at_s=50), Join(at_s=54)])
        first, second = lag.rebalances
        assert (first.finished, second.finished) == (False, True)
        assert first.ends_s == second.starts_s == 54
        assert first.moves == 0

    def test_what_runs_at_the_end_is_told_unfinished(self):
        lag = simulate_lag(1_200, **STEADY, events=[Leave(at_s=399, member=0)])
        (rebalance,) = lag.rebalances
        assert (rebalance.finished, rebalance.ends_s) == (False, 400)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"arrivals": 0}, "arrivals must be finite and > 0, got 0"),
        ({"member": 0}, "member must be finite and > 0, got 0"),
        ({"members": 0}, "members must be a whole number in 1 … .* got 0"),
        ({"partitions": None}, "shares or partitions must be given, got neither"),
        ({"shares": [1.0]}, "shares or partitions must be given, got both"),
        ({"partitions": None, "shares": [0.5, 0.4]}, "shares must add up to 1, got 0.9"),
        ({"partitions": None, "shares": [1.5, -0.5]}, "shares must be finite and >= 0, got -0.5"),
        (
            {"partitions": None, "shares": []},
            r"shares must be 1-D and not empty, got shape \(0,\)",
        ),
        ({"duration_s": 0}, "duration_s must be finite and > 0"),
        ({"step_s": -1}, "step_s must be finite and > 0"),
        ({"duration_s": 1e9, "step_s": 1e-3}, "a longer step_s helps"),
        ({"protocol": "classic"}, "protocol must be one of 'eager', 'cooperative', 'consumer'"),
        ({"membership": "fixed"}, "membership must be one of 'dynamic', 'static'"),
        ({"assignor": "best"}, "assignor must be one of"),
        ({"retention_s": 0}, "retention_s must be finite and > 0"),
        ({"initial_lag_records": -1}, "initial_lag_records must be finite and >= 0, got -1"),
        ({"initial_lag_records": [1, 2]}, r"one for each of 6 partitions, got shape \(2,\)"),
        ({"restore_s": -1}, "restore_s must be finite and >= 0"),
        (
            {"assignor": "range"},
            "one for protocol 'cooperative', got 'range', which is for 'eager'",
        ),
        ({"events": [Crash(at_s=1, member=3)]}, "member of Crash must be below 3, .* got 3"),
        (
            {"events": [Crash(at_s=1, member=5), Join(at_s=2)], "policy": FixedMembers(4)},
            "member of Crash must be below 5, .* got 5",
        ),
        ({"events": [Join(at_s=400)]}, "at_s of Join must be before the end, at 400 s, got 400"),
        (
            {"events": [PartitionIncrease(at_s=1_000, shares=[1 / 7] * 7)]},
            "at_s of PartitionIncrease must be before the end, at 400 s, got 1,000",
        ),
        (
            {"events": [PoisonRecord(at_s=1, partition=6)]},
            "partition of PoisonRecord must be below 6, .* got 6",
        ),
        (
            {"events": [SharesChange(at_s=1, shares=[0.5, 0.5])]},
            "shares of SharesChange must be of 6 partitions, got 2",
        ),
        (
            {"events": [PartitionIncrease(at_s=1, shares=[0.5, 0.5])]},
            "shares of PartitionIncrease must be of more than 6 partitions, got 2",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(changes, error):
    given_ = STEADY | {"arrivals": 100.0} | changes
    with pytest.raises(ValueError, match=error):
        simulate_lag(given_.pop("arrivals"), **given_)


PAIRS = {  # Kafka: supportedProtocols of each assignor of the clients; KIP-848
    "eager": {"range", "roundrobin", "sticky", "cooperative-sticky"},
    "cooperative": {"cooperative-sticky"},
    "consumer": {"uniform", "server-range"},
}


@pytest.mark.parametrize("protocol", PAIRS)
@pytest.mark.parametrize("assignor", sorted(set().union(*PAIRS.values())))
def test_only_assignors_that_the_protocol_can_have_are_taken(protocol, assignor):
    given_ = STEADY | {"protocol": protocol, "assignor": assignor, "duration_s": 1}
    if assignor in PAIRS[protocol]:
        simulate_lag(100, **given_)
    else:
        with pytest.raises(ValueError, match=f"assignor must be one for protocol '{protocol}'"):
            simulate_lag(100, **given_)


def test_events_that_find_nobody_are_told_apart():
    gone = Leave(at_s=10, member=2)
    crash, stuck = Crash(at_s=100, member=2), Stuck(at_s=100, member=2, for_s=5)
    slow = Slowdown(at_s=200, for_s=9, member=3)  # the place of a member that never is started
    there = Crash(at_s=300, member=1)
    lag = simulate_lag(
        100, **STEADY, policy=FixedMembers(4, interval_s=3_600), events=[gone, crash, stuck, there]
    )
    assert lag.missed_events == (crash, stuck)
    lag = simulate_lag(100, **STEADY, policy=FixedMembers(4, interval_s=3_600), events=[slow])
    assert lag.missed_events == (slow,)
    back = Slowdown(at_s=12, for_s=60, member=0)  # away for a moment, and slow when it is back
    deployed = Deployment(at_s=10, restart_s=5)
    lag = simulate_lag(1_200, **STEADY, events=[deployed, back])
    assert lag.missed_events == ()


def test_members_beyond_the_partitions_are_idle():
    lag = simulate_lag(100, partitions=6, member=100, members=30, duration_s=60)
    assert lag.idle_members.tolist() == [24] * 60
    assert lag.explain() == (
        "the group kept up all the time; up to 24 members had no partition; 0 rebalances"
    )
    assert not simulate_lag(100, **STEADY).idle_members.any()


def test_a_member_that_waits_for_its_first_partitions_is_not_idle():
    lag = simulate_lag(100, **STEADY, events=[Join(at_s=10), Crash(at_s=100, member=0)])
    assert lag.ready_members.max() == 4
    assert not lag.idle_members.any()


def test_events_must_be_events():
    with pytest.raises(TypeError, match="events must be Crash, Deployment and such, got str"):
        simulate_lag(100, **STEADY, events=["crash"])


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Crash(at_s=-1, member=0), "at_s must be"),
        (lambda: Crash(at_s=0, member=-1), "member must be"),
        (lambda: Crash(at_s=0, member=0, back_after_s=0), "back_after_s must be"),
        (lambda: Stuck(at_s=0, member=0, for_s=0), "for_s must be"),
        (lambda: Deployment(at_s=0, restart_s=0), "restart_s must be"),
        (lambda: Deployment(at_s=0, restart_s=1, pause_s=-1), "pause_s must be"),
        (lambda: Slowdown(at_s=0, for_s=1, capacity_fraction=1), "capacity_fraction must be"),
        (lambda: PoisonRecord(at_s=0, partition=-1), "partition must be"),
        (lambda: Join(at_s=float("nan")), "at_s must be"),
        (lambda: MemberCapacity(0), "records_per_s must be"),
        (lambda: MemberCapacity(1, cpu_fraction=0), "cpu_fraction must be"),
        (lambda: MemberCapacity(1, start_s=-1), "start_s must be"),
        (lambda: ConsumerSettings(session_timeout_s=0), "session_timeout_s must be"),
        (lambda: ConsumerSettings(max_poll_records=0), "max_poll_records must be"),
        (
            lambda: ConsumerSettings(session_timeout_s=3),
            "heartbeat_interval_s must be below session_timeout_s, got 3 and 3",
        ),
    ],
)
def test_events_and_settings_out_of_range_are_refused(make, error):
    with pytest.raises(ValueError, match=error):
        make()
