"""Things that befall a group twice, at once, or after a long silence; expected by hand."""

import numpy as np
import pytest

from kafka_sizing.consumers import (
    Arrivals,
    ConsumerSettings,
    Crash,
    Join,
    Leave,
    PartitionIncrease,
    PoisonRecord,
    SharesChange,
    Slowdown,
    Stuck,
    simulate_lag,
)
from kafka_sizing.consumers.backlog import drain_backlog
from kafka_sizing.consumers.capacity import group_capacity
from kafka_sizing.consumers.delivery import delivery
from kafka_sizing.consumers.polling import poll_budget
from kafka_sizing.consumers.scaling import FunctionPolicy, KedaPolicy

FOUR = {"partitions": 4, "member": 100, "members": 4, "duration_s": 1_000.0}


def starts(lag):
    return [(rebalance.event, rebalance.starts_s) for rebalance in lag.rebalances]


class TestAbsencesDoNotMix:
    def test_the_session_of_a_static_member_begins_anew_when_it_is_back(self):
        crashes = [Crash(at_s=0, member=0, back_after_s=10), Crash(at_s=40, member=0)]
        lag = simulate_lag(100, **FOUR, membership="static", events=crashes)
        assert starts(lag) == [("crash", 85)]  # 45 s after the second

    def test_the_poll_interval_begins_anew_after_every_poll(self):
        hangs = [Stuck(at_s=0, member=0, for_s=10), Stuck(at_s=12, member=0, for_s=900)]
        lag = simulate_lag(100, **FOUR, events=hangs)
        assert starts(lag)[0] == ("stuck", 312)

    def test_a_member_that_died_while_it_hung_does_not_poll_again(self):
        both = [Stuck(at_s=0, member=0, for_s=100), Crash(at_s=10, member=0)]
        lag = simulate_lag(100, **FOUR, events=both)
        assert starts(lag) == [("crash", 55)]
        assert lag.ready_members[-1] == 3

    def test_a_poll_at_the_very_end_of_the_interval_is_too_late(self):
        lag = simulate_lag(100, **FOUR, events=[Stuck(at_s=0, member=0, for_s=300)])
        assert starts(lag) == [("stuck+join", 300)]

    def test_who_is_dead_neither_dies_nor_leaves(self):
        twice = [Crash(at_s=at_s, member=0, back_after_s=60) for at_s in (10, 20)]
        again = simulate_lag(100, **FOUR, events=[*twice, Leave(at_s=30, member=0)])
        assert again.ready_members[-1] == 4
        dead = [Crash(at_s=10, member=0), Leave(at_s=20, member=0)]
        assert starts(simulate_lag(100, **FOUR, events=dead)) == [("crash", 55)]

    def test_a_member_that_is_not_wanted_any_more_does_not_come_back(self):
        lag = simulate_lag(
            Arrivals.trace([0, 5], [50, 0]),
            partitions=4,
            member=100,
            members=1,
            duration_s=400,
            policy=KedaPolicy(least=0, most=4, cooldown_s=30),
            events=[Crash(at_s=20, member=0, back_after_s=200)],
        )
        assert lag.ready_members[-1] == 0

    def test_the_dead_are_the_first_to_be_done_without(self):
        policy = FunctionPolicy(function=lambda _now: 3, name="three", most=4)
        lag = simulate_lag(100, **FOUR, policy=policy, events=[Crash(at_s=1, member=0)])
        assert lag.ready_members[-1] == 3

    def test_a_member_whose_place_was_taken_gets_another(self):
        events = [Crash(at_s=0, member=0, back_after_s=100), Join(at_s=60)]
        slow = Slowdown(at_s=200, for_s=900, member=0)
        lag = simulate_lag(100, **FOUR, events=[*events, slow])
        assert lag.ready_members[-1] == 5
        assert lag.capacity_records_per_s[-1] == 400  # one is slow, not two


class TestRebalancesInFull:
    def test_a_static_member_that_holds_up_the_others_stays_until_its_session_is_over(self):
        lag = simulate_lag(
            100,
            **FOUR,
            membership="static",
            settings=ConsumerSettings(max_poll_interval_s=60),
            events=[Stuck(at_s=10, member=0, for_s=500), Join(at_s=20)],
        )
        first, second = lag.rebalances[:2]
        assert (first.ends_s, first.event) == (80, "join")  # 20 + 60
        assert (second.starts_s, second.event) == (115, "stuck")  # 10 + 60 + 45

    def test_a_rebalance_that_takes_no_time_is_one_all_the_same(self):
        lag = simulate_lag(100, **FOUR, barrier_s=0, events=[Leave(at_s=10, member=0)])
        (rebalance,) = lag.rebalances
        assert (rebalance.starts_s, rebalance.ends_s, rebalance.moves) == (10, 10, 1)

    def test_a_member_without_a_partition_takes_nothing_from_others(self):
        lag = simulate_lag(100, **FOUR, events=[Join(at_s=10)])
        (rebalance,) = lag.rebalances
        assert [phase.name for phase in rebalance.phases] == ["join"]

    def test_who_joins_the_round_of_another_event_may_need_a_second(self):
        events = [Leave(at_s=10, member=0), Join(at_s=11), Join(at_s=11)]
        lag = simulate_lag(100, **(FOUR | {"partitions": 12}), events=events)
        (rebalance,) = lag.rebalances
        assert [phase.name for phase in rebalance.phases] == ["join", "second join"]

    def test_an_empty_group_waits_for_more_members(self):
        crashes = [Crash(at_s=10, member=member) for member in range(4)]
        settings = ConsumerSettings(initial_rebalance_delay_s=20)
        lag = simulate_lag(100, **FOUR, settings=settings, events=[*crashes, Join(at_s=600)])
        last = lag.rebalances[-1]
        assert (last.starts_s, last.ends_s, last.moves) == (600, 620, 0)
        assert last.finished

    def test_an_assignor_knows_no_load_before_it_comes(self):
        lag = simulate_lag(
            100,
            shares=[0.25] * 4,
            member=100,
            members=2,
            duration_s=600,
            assignor="load-aware",
            events=[SharesChange(at_s=500, shares=[0.7, 0.1, 0.1, 0.1])],
        )
        assert np.bincount(lag.owners_at([0])[0]).tolist() == [2, 2]


class TestAges:
    def test_a_new_partition_is_no_older_than_itself(self):
        more = PartitionIncrease(at_s=500, shares=np.full(7, 1 / 7))
        lag = simulate_lag(
            333.3, partitions=3, member=1_000, members=4, duration_s=799, events=[more]
        )
        new = lag.oldest_unread_s[500:, 3:]
        assert new.max(axis=1).tolist() == pytest.approx(list(range(1, 300)))

    def test_what_comes_after_a_silence_is_not_as_old_as_the_silence(self):
        lag = simulate_lag(
            Arrivals.trace([0, 10, 500], [33.3, 0, 77.7]),
            partitions=7,
            member=100,
            members=4,
            duration_s=600,
            events=[Slowdown(at_s=490, for_s=100)],
        )
        assert lag.oldest_unread_s[501:505].max(axis=1).tolist() == pytest.approx([2, 3, 4, 5])

    def test_a_lag_that_no_rate_brought_is_kept_for_all_of_retention(self):
        lag = simulate_lag(
            100,
            shares=[1, 0],
            member=100,
            members=1,
            duration_s=600,
            retention_s=500,
            initial_lag_records=[0, 10_000],
            events=[PoisonRecord(at_s=0, partition=1)],
        )
        assert lag.lost_records is not None
        assert lag.lost_records[[498, 499], 1].tolist() == [0, 10_000]


def test_members_are_never_busier_than_at_their_full_rate():
    lag = simulate_lag(400, **(FOUR | {"duration_s": 60}), events=[Crash(at_s=10, member=0)])
    assert lag.cpu_fraction.max() == pytest.approx(1)


def test_arrivals_that_repeat_never_take_records_back():
    arrivals = Arrivals(times_s=[0, 10], records_per_s=[10 / 3, 0], repeat_s=20)
    lag = simulate_lag(arrivals, **FOUR, policy=KedaPolicy(least=0, most=4))
    assert lag.lag_records.min() >= 0
    assert (np.diff(lag.read_records, axis=0) >= 0).all()


def test_a_member_done_with_one_partition_reads_the_others():
    group = group_capacity(3, 2, member_records_per_s=10)  # partitions 0 and 1; 2
    drain = drain_backlog([5, 0, 0], capacity_records_per_s=group, backlog_records=[0, 9, 8])
    assert [each.drain_s for each in drain.partitions] == pytest.approx([0, 9 / 5, 8 / 10])
    behind = drain_backlog([10, 0, 0], capacity_records_per_s=group, backlog_records=[1, 1, 0])
    assert [each.drain_s for each in behind.partitions] == [None, None, 0]


def test_one_partition_leaves_the_others_idle():
    assert "1 partition leaves 2 idle" in group_capacity(1, 3, member_records_per_s=1).reason


@pytest.mark.parametrize(
    ("changes", "error", "text"),
    [
        ({"settings": {}}, TypeError, "settings must be ConsumerSettings"),
        ({"policy": 3}, TypeError, "policy must be one such as"),
        ({"initial_lag_records": "x"}, TypeError, "initial_lag_records must hold numbers"),
        ({"partitions": None, "shares": "x"}, TypeError, "shares must hold numbers"),
        ({"events": Join(at_s=1)}, TypeError, "events must be a sequence, got one Join"),
        ({"arrivals": 1e307}, ValueError, "arrivals must bring at most"),
    ],
)
def test_errors_name_the_argument(changes, error, text):
    with pytest.raises(error, match=text):
        simulate_lag(**({"arrivals": 100} | FOUR | changes))


@pytest.mark.parametrize(
    ("every_s", "text"), [(0.5, "every_s must be finite and >= 1"), (9, "at most duration_s")]
)
def test_samples_must_fit_the_simulation(every_s, text):
    lag = simulate_lag(1, partitions=1, member=2, members=1, duration_s=5)
    with pytest.raises(ValueError, match=text):
        lag.samples(every_s=every_s)


@pytest.mark.parametrize("ask", [lambda: poll_budget(settings=3), lambda: delivery(1, settings=3)])
def test_settings_of_another_kind_are_refused(ask):
    with pytest.raises(TypeError, match="settings must be ConsumerSettings"):
        ask()
