"""What an event costs a group, against worked examples, hand arithmetic and its own promises."""

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

from kafka_sizing import PartitionLoads
from kafka_sizing.consumers.rebalance import (
    PhaseCost,
    RebalanceCost,
    compare_protocols,
    rebalance_cost,
)
from kafka_sizing.consumers.rebalance.detection import MEMBERSHIPS, PROTOCOLS
from kafka_sizing.consumers.settings import ConsumerSettings

# 8 members with 3 partitions each, 100 records/s to each partition.
EIGHT = {"members": 8, "partitions": 24, "write_records_per_s": 2_400}
# 10 members with 2 partitions each, and a barrier of 3 s.
TEN = {"members": 10, "partitions": 20, "write_records_per_s": 2_000, "barrier_s": 3}


def by_phase(cost):
    return [(phase.name, phase.partitions, phase.piled_up_records) for phase in cost.phases]


# --- a crash, by the rule (write rate / members) × detection + stopped rate × barrier ---


def test_under_eager_a_crash_costs_the_detection_of_one_and_the_barrier_of_all():
    cost = rebalance_cost("crash", protocol="eager", **TEN)
    assert by_phase(cost) == [("detect", 2, 200 * 45), ("join", 20, 2_000 * 3)]
    assert cost.piled_up_records == 15_000


def test_the_rule_of_two_rounds_under_cooperative():
    cost = rebalance_cost("crash", protocol="cooperative", rounds=2, **TEN)
    assert cost.piled_up_records == 200 * (45 + 6) == 10_200


def test_under_cooperative_orphans_take_one_round_in_truth():
    cost = rebalance_cost("crash", protocol="cooperative", **TEN)
    assert by_phase(cost) == [("detect", 2, 200 * 45), ("join", 2, 200 * 3)]


def test_under_kip_848_only_the_orphans_wait():
    cost = rebalance_cost("crash", **EIGHT, protocol="consumer")
    assert by_phase(cost) == [("detect", 3, 300 * 45), ("assign", 3, 300 * 5)]
    assert (cost.moves, cost.rebalances, cost.assignor) == (3, 1, "uniform")


@pytest.mark.parametrize(
    ("protocol", "membership", "event", "durations_s"),
    [
        ("eager", "dynamic", "crash", [40, 2]),
        ("consumer", "dynamic", "crash", [50, 4]),
        ("cooperative", "static", "stuck", [240, 2]),
        ("eager", "static", "leave", [40, 2]),
    ],
)
def test_timeouts_are_those_of_the_settings(protocol, membership, event, durations_s):
    own = ConsumerSettings(
        session_timeout_s=40,
        heartbeat_interval_s=2,
        max_poll_interval_s=200,
        consumer_session_timeout_s=50,
        consumer_heartbeat_interval_s=4,
    )
    cost = rebalance_cost(event, protocol=protocol, membership=membership, settings=own, **EIGHT)
    assert [phase.duration_s for phase in cost.phases] == durations_s
    back = durations_s[0] - 1  # before the group has noticed
    early = rebalance_cost(
        event,
        protocol=protocol,
        membership=membership,
        settings=own,
        back_after_s=back,
        **EIGHT,
    )
    assert early.phases[0].ends_s == (50 if protocol == "consumer" else back)


def test_every_partition_has_its_own_time():
    cost = rebalance_cost("crash", member=1, **TEN)
    expected = np.full(20, 3.0)
    expected[[2, 3]] += 45  # range gives the second member these
    assert cost.stopped_s.tolist() == expected.tolist()
    assert cost.stopped_partition_s == 2 * 48 + 18 * 3
    assert (cost.longest_stop_s, cost.duration_s, cost.hidden_s) == (48, 48, 45)


def test_the_member_with_the_largest_load_is_the_one_that_goes():
    loads = PartitionLoads(loads=[10, 10, 70, 10], unit="records/s")
    cost = rebalance_cost("leave", members=4, partitions=loads, protocol="cooperative")
    assert cost.piled_up_records == 70 * 3
    cost = rebalance_cost("leave", members=4, partitions=loads, protocol="cooperative", member=3)
    assert cost.piled_up_records == 10 * 3


def test_shares_are_scaled_to_the_write_rate():
    loads = PartitionLoads(loads=[1, 3], unit="bytes")
    cost = rebalance_cost(
        "crash", members=2, partitions=loads, write_records_per_s=40, protocol="cooperative"
    )
    assert cost.write_records_per_s == 40
    assert cost.piled_up_records == 30 * 48


# --- each event ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("protocol", "phases", "moves"),
    [
        pytest.param("eager", [("join", 24, 7_200)], None, id="eager stops all"),
        pytest.param(
            "cooperative",
            [("join", 0, 0), ("second join", 2, 600)],
            2,
            id="24 partitions on 9 members: the new one gets 2",
        ),
        pytest.param(
            "consumer", [("revoke", 0, 0), ("assign", 2, 1_000)], 2, id="a heartbeat is 5 s"
        ),
    ],
)
def test_a_member_joins(protocol, phases, moves):
    cost = rebalance_cost("join", protocol=protocol, **EIGHT)
    assert by_phase(cost) == phases
    assert moves in {None, cost.moves}
    assert cost.members == 8
    assert {phase.member for phase in cost.phases} == {"member-8"}


@pytest.mark.parametrize("protocol", ["cooperative", "consumer"])
def test_a_member_too_many_changes_nothing(protocol):
    cost = rebalance_cost(
        "join", members=2, partitions=2, write_records_per_s=9, protocol=protocol
    )
    assert (cost.moves, cost.piled_up_records, len(cost.phases)) == (0, 0, 1)


def test_names_of_members_keep_the_order_of_their_numbers():
    cost = rebalance_cost("join", members=10, partitions=22, write_records_per_s=1)
    assert cost.phases[0].member == "member-10"
    cost = rebalance_cost("leave", members=100, partitions=100, write_records_per_s=1, member=7)
    assert cost.phases[0].member == "member-07"
    cost = rebalance_cost("leave", members=11, partitions=11, write_records_per_s=1, member=1)
    assert cost.phases[0].member == "member-01"


@pytest.mark.parametrize(
    ("membership", "piled_up"),
    [
        pytest.param("dynamic", 300 * 3, id="who says goodbye is replaced at once"),
        pytest.param("static", 300 * (45 + 3), id="who does not is hidden for a session"),
    ],
)
def test_a_clean_leave_of_a_static_member_is_hidden(membership, piled_up):
    cost = rebalance_cost("leave", protocol="cooperative", membership=membership, **EIGHT)
    assert cost.piled_up_records == piled_up
    assert cost.hidden_s == (45 if membership == "static" else 0)


def test_a_stuck_member_costs_the_poll_interval():
    cost = rebalance_cost("stuck", **EIGHT)
    assert by_phase(cost) == [("detect", 3, 300 * 300), ("join", 24, 2_400 * 3)]


def test_a_stuck_member_holds_up_an_eager_barrier_for_the_rebalance_timeout():
    cost = rebalance_cost("join", barrier_s=1_000, **EIGHT)
    assert cost.piled_up_records == 2_400 * 300


@pytest.mark.parametrize(
    ("protocol", "phases"),
    [
        # 8 new partitions of 32, each 2,400 / 32 = 75 records/s
        ("eager", [("detect", 8, 600 * 300), ("join", 32, 2_400 * 3)]),
        ("cooperative", [("detect", 8, 600 * 300), ("join", 8, 600 * 3)]),
        ("consumer", [("assign", 8, 600 * 5)]),
    ],
)
def test_nobody_reads_new_partitions_until_they_are_seen(protocol, phases):
    cost = rebalance_cost("partitions", protocol=protocol, partitions_after=32, **EIGHT)
    assert by_phase(cost) == phases
    assert cost.stopped_s.size == 32
    assert cost.stopped_s[:24].max() == (3 if protocol == "eager" else 0)


def test_new_partitions_are_no_moves_for_they_had_no_owner():
    cost = rebalance_cost("partitions", protocol="consumer", partitions_after=32, **EIGHT)
    assert (cost.moves, cost.rebalances) == (0, 1)


def test_what_more_partitions_carry_can_be_said():
    before = PartitionLoads(loads=[50, 50], unit="records/s")
    after = PartitionLoads(loads=[50, 40, 10], unit="records/s")
    cost = rebalance_cost(
        "partitions", members=1, partitions=before, partitions_after=after, protocol="consumer"
    )
    assert cost.piled_up_records == 10 * 5
    assert cost.write_records_per_s == 100


@pytest.mark.parametrize(
    ("members", "joins_s", "delay_s"),
    [
        pytest.param(1, None, 3, id="the first consumer of an empty group waits 3 s"),
        pytest.param(8, None, 6, id="several at once wait once more"),
        pytest.param(3, [0, 2, 20], 6, id="who comes later is not waited for"),
    ],
)
def test_a_classic_group_starts_with_the_initial_delay(members, joins_s, delay_s):
    for protocol in ("eager", "cooperative"):
        cost = rebalance_cost(
            "start",
            members=members,
            partitions=8,
            write_records_per_s=80,
            protocol=protocol,
            joins_s=joins_s,
        )
        assert by_phase(cost) == [("initial delay", 8, 80 * delay_s)]
        assert (cost.moves, cost.rebalances) == (0, 1)
        (delay,) = cost.phases
        assert delay.member is None
        assert delay.reason.startswith("an empty group waits group.initial.rebalance.delay.ms")


def test_the_initial_delay_is_that_of_the_settings():
    own = ConsumerSettings(initial_rebalance_delay_s=7)
    cost = rebalance_cost("start", members=1, partitions=2, write_records_per_s=10, settings=own)
    assert cost.duration_s == 7


def test_at_the_start_everyone_restores():
    cost = rebalance_cost("start", members=1, partitions=2, write_records_per_s=10, restore_s=30)
    assert by_phase(cost) == [("initial delay", 2, 30), ("restore", 2, 300)]
    assert [phase.starts_s for phase in cost.phases] == [0, 3]


def test_under_kip_848_the_first_member_starts_at_once_and_then_gives_up_most():
    one = rebalance_cost(
        "start", members=1, partitions=8, write_records_per_s=80, protocol="consumer"
    )
    assert (one.phases, one.piled_up_records, one.duration_s, one.hidden_s) == ((), 0, 0, 0)
    four = rebalance_cost(
        "start", members=4, partitions=8, write_records_per_s=80, protocol="consumer", restore_s=2
    )
    # All restore for 2 s; then 6 of 8 partitions go to the other three members.
    assert by_phase(four) == [
        ("restore", 8, 160),
        ("revoke", 0, 0),
        ("assign", 6, 60 * 5),
        ("restore", 6, 60 * 2),
    ]
    assert [phase.starts_s for phase in four.phases] == [0, 2, 7, 12]
    assert four.moves == 6


# --- a member that comes back ----------------------------------------------------------


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_static_member_back_in_its_session_costs_its_absence_only(protocol):
    cost = rebalance_cost(
        "crash", protocol=protocol, membership="static", back_after_s=20, restore_s=9, **EIGHT
    )
    assert by_phase(cost) == [("away", 3, 300 * 20)]
    assert (cost.moves, cost.rebalances, cost.hidden_s) == (0, 0, 20)


def test_a_crashed_dynamic_member_back_early_stops_an_eager_group_until_its_old_session_ends():
    cost = rebalance_cost("crash", back_after_s=10, **EIGHT)
    assert by_phase(cost) == [("detect", 3, 300 * 10), ("join", 24, 2_400 * 35)]
    assert (cost.moves, cost.rebalances) == (3, 1)


def test_under_kip_848_the_early_return_is_a_rebalance_of_its_own():
    cost = rebalance_cost("crash", protocol="consumer", back_after_s=10, **EIGHT)
    assert by_phase(cost) == [("detect", 3, 300 * 45), ("assign", 3, 300 * 5)]
    assert cost.rebalances == 2
    stuck = rebalance_cost("stuck", protocol="consumer", back_after_s=10, **EIGHT)
    assert (stuck.rebalances, stuck.piled_up_records) == (0, 300 * 10)


def test_a_late_return_is_a_join():
    cost = rebalance_cost("crash", protocol="cooperative", back_after_s=60, **EIGHT)
    # Gone: 3 partitions stand 45 s + 3 s. Back: 3 of them go to it in a second round.
    assert by_phase(cost) == [
        ("detect", 3, 13_500),
        ("join", 3, 900),
        ("away", 0, 0),
        ("join", 0, 0),
        ("second join", 3, 900),
    ]
    assert [phase.starts_s for phase in cost.phases] == [0, 45, 48, 60, 63]
    assert cost.phases[2].reason == "the other members read everything"
    assert {phase.member for phase in cost.phases} == {"member-0"}
    assert "- join, 3 s, stops none: 0 records; nobody stops" in cost.explain()
    assert (cost.moves, cost.rebalances, cost.hidden_s) == (6, 2, 45)


@pytest.mark.parametrize(("back_after_s", "rebalances"), [(2.5, 1), (3, 2)])
def test_who_is_back_while_the_others_still_join_takes_part(back_after_s, rebalances):
    cost = rebalance_cost("leave", back_after_s=back_after_s, **EIGHT)
    assert cost.rebalances == rebalances
    assert cost.piled_up_records == rebalances * 2_400 * 3
    assert f"in phase 'join' ({'2 × ' if rebalances == 2 else ''}3 s)" in cost.reason
    # Back in time: its own 3 partitions. Later: those of range for 24 on 8, 7 and 8 again.
    assert cost.moves == {1: 3, 2: 6 + 6}[rebalances]


def test_a_short_absence_is_a_phase_too():
    cost = rebalance_cost("leave", back_after_s=3.5, **EIGHT)
    assert [(phase.name, phase.duration_s) for phase in cost.phases] == [
        ("join", 3),
        ("away", 0.5),
        ("join", 3),
    ]


def test_under_kip_848_there_is_no_round_to_take_part_in():
    cost = rebalance_cost("leave", protocol="consumer", back_after_s=0.5, **EIGHT)
    assert [phase.name for phase in cost.phases] == ["assign", "revoke", "assign"]
    assert cost.rebalances == 2


@pytest.mark.parametrize("membership", MEMBERSHIPS)
def test_who_is_back_when_the_session_ends_is_back_too_late(membership):
    cost = rebalance_cost(
        "crash", protocol="consumer", membership=membership, back_after_s=45, **EIGHT
    )
    assert [phase.name for phase in cost.phases] == ["detect", "assign", "revoke", "assign"]


def test_a_return_waits_for_the_end_of_what_its_going_began():
    cost = rebalance_cost("leave", back_after_s=4, restore_s=10, **EIGHT)
    assert [(phase.name, phase.starts_s) for phase in cost.phases] == [
        ("join", 0),
        ("restore", 3),
        ("join", 13),
        ("restore", 16),
    ]


# --- a group of one --------------------------------------------------------------------

ONE = {"members": 1, "partitions": 3, "write_records_per_s": 30}


@pytest.mark.parametrize(
    ("event", "piled_up"), [("leave", 0), ("crash", 30 * 45), ("stuck", 30 * 300)]
)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_when_the_only_member_goes_nobody_reads_any_more(protocol, event, piled_up):
    cost = rebalance_cost(event, protocol=protocol, **ONE)
    assert cost.piled_up_records == piled_up
    assert (cost.unread_records_per_s, cost.recovers, cost.moves) == (30, False, 0)
    assert cost.reason.endswith("; nobody is left to read, so 30 records/s go on piling up")


@pytest.mark.parametrize(
    ("protocol", "delay"), [("eager", [("initial delay", 3, 90)]), ("consumer", [])]
)
def test_when_the_only_member_is_back_the_group_starts_anew(protocol, delay):
    cost = rebalance_cost("crash", protocol=protocol, back_after_s=100, **ONE)
    assert by_phase(cost) == [("detect", 3, 30 * 45), ("away", 3, 30 * 55), *delay]
    assert (cost.recovers, cost.rebalances, cost.unread_records_per_s) == (True, 2, 0)
    assert cost.phases[1].reason == "the group is empty: nobody reads"


def test_the_only_member_back_early_waits_for_itself():
    cost = rebalance_cost("crash", back_after_s=10, **ONE)
    assert by_phase(cost) == [("detect", 3, 300), ("join", 3, 30 * 35)]
    assert cost.recovers


def test_others_can_take_over_from_one_of_two():
    assert rebalance_cost("crash", members=2, partitions=3, write_records_per_s=30).recovers
    assert rebalance_cost("join", **ONE).recovers


# --- a rolling deployment --------------------------------------------------------------


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_rolling_restart_is_up_to_two_rebalances_a_member_and_none_if_static(protocol):
    dynamic = rebalance_cost("deployment", protocol=protocol, restart_s=30, **EIGHT)
    assert dynamic.rebalances == 16
    static = rebalance_cost(
        "deployment", protocol=protocol, membership="static", restart_s=30, **EIGHT
    )
    assert (static.rebalances, static.moves) == (0, 0)
    assert static.piled_up_records == 8 * 300 * 30
    assert static.peak_piled_up_records == 300 * 30
    assert static.hidden_s == 30
    assert static.stopped_s.tolist() == [30.0] * 24


def test_in_an_eager_deployment_all_stop_twice_for_every_member():
    cost = rebalance_cost("deployment", restart_s=30, **EIGHT)
    assert cost.piled_up_records == 8 * 2 * 2_400 * 3
    assert cost.peak_piled_up_records == 2 * 2_400 * 3
    assert cost.stopped_s.tolist() == [48.0] * 24
    assert cost.duration_s == 8 * (30 + 3)
    assert cost.hidden_s == 0
    turns = [phase.starts_s for phase in cost.phases if phase.name == "away"]
    assert turns == [3 + 33 * turn for turn in range(8)]
    assert [phase.member for phase in cost.phases[::3]] == [f"member-{n}" for n in range(8)]


def test_a_deployment_under_cooperative_stops_what_a_member_gives_up_and_gets_back():
    cost = rebalance_cost("deployment", protocol="cooperative", restart_s=30, **EIGHT)
    assert cost.piled_up_records == 8 * (300 * 3 + 300 * 3)
    assert cost.moves == 8 * (3 + 3)


def test_a_restart_within_the_barrier_is_one_rebalance():
    cost = rebalance_cost("deployment", restart_s=2, **EIGHT)
    assert (cost.rebalances, cost.piled_up_records) == (8, 8 * 2_400 * 3)


def test_static_members_that_are_away_too_long_count_as_crashed():
    cost = rebalance_cost(
        "deployment", membership="static", protocol="cooperative", restart_s=60, **EIGHT
    )
    assert cost.rebalances == 16
    assert cost.peak_piled_up_records == 300 * 48 + 300 * 3
    assert cost.hidden_s == 45


def test_a_deployment_of_one_member_is_a_break():
    cost = rebalance_cost("deployment", restart_s=20, **ONE)
    assert by_phase(cost) == [("away", 3, 600), ("initial delay", 3, 90)]
    assert (cost.rebalances, cost.recovers) == (2, True)
    assert [phase.member for phase in cost.phases] == ["member-0", None]
    patient = ConsumerSettings(initial_rebalance_delay_s=7)
    cost = rebalance_cost("deployment", restart_s=20, settings=patient, **ONE)
    assert cost.duration_s == 27


# --- protocols side by side ------------------------------------------------------------


def test_a_comparison_has_a_row_for_each_protocol_and_membership():
    comparison = compare_protocols("deployment", restart_s=30, **EIGHT)
    frame = comparison.to_frame()
    assert list(zip(frame["protocol"], frame["membership"], strict=True)) == [
        (protocol, membership) for protocol in PROTOCOLS for membership in MEMBERSHIPS
    ]
    assert frame["rebalances"].tolist() == [16, 0] * 3
    assert frame["piled_up_records"].tolist() == [
        cost.piled_up_records for cost in comparison.costs
    ]
    assert frame["assignor"].tolist()[::2] == ["range", "cooperative-sticky", "uniform"]


def test_the_best_piles_up_least():
    comparison = compare_protocols("deployment", restart_s=30, **EIGHT)
    best = comparison.best
    assert (best.protocol, best.membership) == ("cooperative", "dynamic")
    assert best is comparison.of("cooperative")
    assert comparison.reason == f"least piles up under cooperative: {best.reason}"
    assert repr(comparison) == "ProtocolComparison('deployment', 6 compared, best='cooperative')"


def test_of_a_tie_the_fewest_moves_are_best():
    comparison = compare_protocols(
        "start", memberships=["dynamic"], members=3, partitions=3, write_records_per_s=0
    )
    assert {cost.piled_up_records for cost in comparison.costs} == {0}
    assert comparison.best.protocol == "eager"
    assert comparison.costs[-1].moves == 2
    reverse = compare_protocols(
        "start",
        protocols=["consumer", "cooperative"],
        members=3,
        partitions=3,
        write_records_per_s=0,
    )
    assert (reverse.best.protocol, len(reverse.costs)) == ("cooperative", 4)


def test_a_comparison_can_be_asked_for_one_of_its_costs():
    comparison = compare_protocols("join", protocols=["eager"], **EIGHT)
    assert comparison.of("eager", "static").way == "eager, static"
    message = r"among those compared \(eager; eager, static\), got 'consumer' and 'dynamic'"
    with pytest.raises(ValueError, match=message):
        comparison.of("consumer")


def test_a_protocol_can_have_another_assignor():
    comparison = compare_protocols("join", assignors={"eager": "sticky"}, **EIGHT)
    assert comparison.of("eager").assignor == "sticky"
    assert comparison.of("eager").moves == 2
    assert comparison.of("consumer").assignor == "uniform"


def test_arguments_reach_every_cost():
    settings = ConsumerSettings(session_timeout_s=9, max_poll_interval_s=20)
    comparison = compare_protocols(
        "crash",
        settings=settings,
        restore_s=4,
        member=2,
        back_after_s=60,
        protocols=["eager"],
        memberships=["static"],
        **TEN,
    )
    single = rebalance_cost(
        "crash",
        settings=settings,
        restore_s=4,
        member=2,
        back_after_s=60,
        membership="static",
        **TEN,
    )
    assert comparison.costs[0].phases == single.phases
    for event, extra in [
        ("partitions", {"partitions_after": 30}),
        ("start", {"joins_s": [0, 1, 9, 9, 9, 9, 9, 9]}),
    ]:
        comparison = compare_protocols(event, **EIGHT, **extra)
        assert comparison.of("eager").phases == rebalance_cost(event, **EIGHT, **extra).phases


# --- what a result says ----------------------------------------------------------------


def test_a_cost_says_what_most_is_due_to():
    cost = rebalance_cost("crash", **TEN)
    assert cost.reason == (
        "1 rebalance, 3 moves, 15,000 records piled up, most in phase 'detect' (45 s): a crash "
        "shows when session.timeout.ms (45 s) is over"
    )
    assert cost.explain().splitlines() == [
        f"crash, eager: {cost.reason}.",
        (
            "- detect, 45 s, stops orphaned: 9,000 records; a crash shows when session.timeout.ms "
            "(45 s) is over."
        ),
        (
            "- join, 3 s, stops all: 6,000 records; every member gives up all it has and waits "
            "for the last one: until the slowest member is ready."
        ),
    ]


def test_equal_phases_are_told_together():
    cost = rebalance_cost("deployment", restart_s=30, **EIGHT)
    assert "115,200 records piled up, most in phase 'join' (16 × 3 s): every" in cost.reason
    assert "- away, 8 × 27 s, stops none: 0 records; the other" in cost.explain()


def test_phases_of_one_kind_may_differ_in_length():
    long = PhaseCost(
        name="away",
        starts_s=0,
        ends_s=3,
        stops="orphaned",
        reason="why",
        member="a",
        partitions=1,
        piled_up_records=3,
    )
    short = dataclasses.replace(long, starts_s=3, ends_s=5, piled_up_records=2)
    cost = RebalanceCost(
        event="deployment",
        protocol="eager",
        membership="static",
        assignor="range",
        members=2,
        write_records_per_s=2,
        phases=(long, short),
        stopped_s=[3, 2],
        moves=0,
        rebalances=0,
        peak_piled_up_records=3,
        unread_records_per_s=0,
    )
    assert cost.reason == (
        "0 rebalances, 0 moves, 5 records piled up, in phase 'away' (2 of 2 to 3 s): why"
    )


def test_a_cost_of_nothing_is_told_without_a_phase():
    one = rebalance_cost(
        "start", members=1, partitions=8, write_records_per_s=80, protocol="consumer"
    )
    assert one.reason == "1 rebalance, 0 moves, 0 records piled up"


def test_a_frame_has_a_row_for_each_phase():
    cost = rebalance_cost("crash", **TEN)
    frame = cost.to_frame()
    assert frame.columns.tolist() == [
        "member",
        "phase",
        "starts_s",
        "ends_s",
        "duration_s",
        "stops",
        "partitions",
        "stopped_partition_s",
        "piled_up_records",
        "reason",
    ]
    assert frame["phase"].tolist() == ["detect", "join"]
    assert frame["duration_s"].tolist() == [45, 3]
    assert frame["stopped_partition_s"].tolist() == [90, 60]
    assert frame["stops"].tolist() == ["orphaned", "all"]
    assert frame["reason"].tolist() == [phase.reason for phase in cost.phases]
    assert frame["member"].tolist() == ["member-0"] * 2
    assert frame["ends_s"].tolist() == [45, 48]


def test_a_frame_without_phases_has_its_columns_all_the_same():
    none = rebalance_cost("join", members=1, partitions=1, write_records_per_s=1, barrier_s=0)
    assert (
        none.to_frame().columns.tolist()
        == rebalance_cost("crash", **TEN).to_frame().columns.tolist()
    )


def test_results_show_themselves_in_a_notebook():
    cost = rebalance_cost("crash", **TEN)
    assert repr(cost) == (
        "RebalanceCost('crash', protocol='eager', membership='dynamic', rebalances=1, moves=3, "
        "piled_up='15,000 records')"
    )
    html = cost._repr_html_()
    assert html.startswith(
        "<p>1 rebalance, 3 moves, 15,000 records piled up, most in phase &#x27;"
    )
    assert "<table" in html
    html = compare_protocols("crash", **TEN)._repr_html_()
    assert html.startswith("<p>least piles up under cooperative: ")
    assert "longest_stop_s" in html


def test_times_are_read_only_copies():
    cost = rebalance_cost("crash", **TEN)
    with pytest.raises(ValueError, match="read-only"):
        cost.stopped_s[0] = 1


# --- properties ------------------------------------------------------------------------

groups = st.fixed_dictionaries(
    {
        "members": st.integers(1, 9),
        "partitions": st.integers(1, 24),
        "write_records_per_s": st.just(0.0) | st.floats(1e-3, 1e6),
    }
)
cases = st.sampled_from(
    [
        ("join", {}),
        ("leave", {}),
        ("crash", {}),
        ("crash", {"back_after_s": 20}),
        ("stuck", {}),
        ("deployment", {"restart_s": 20}),
        ("deployment", {"restart_s": 90}),
    ]
)
few = settings(max_examples=40, deadline=None)


@few
@given(
    group=groups, case=cases, membership=st.sampled_from(MEMBERSHIPS), barrier_s=st.floats(0, 60)
)
def test_cooperative_never_stops_more_than_eager(group, case, membership, barrier_s):
    event, extra = case
    # Sticky assignors hand a partition on to idle members, which are away in their turn.
    assume(membership == "dynamic" or extra != {"restart_s": 90})
    eager, cooperative = (
        rebalance_cost(
            event,
            protocol=protocol,
            membership=membership,
            barrier_s=barrier_s,
            **extra,
            **group,
        )
        for protocol in ("eager", "cooperative")
    )
    assert cooperative.stopped_partition_s <= eager.stopped_partition_s * (1 + 1e-9)


@few
@given(group=groups, case=cases, protocol=st.sampled_from(PROTOCOLS), factor=st.floats(0.01, 100))
def test_what_piles_up_is_proportional_to_the_rate(group, case, protocol, factor):
    event, extra = case
    more = group | {"write_records_per_s": group["write_records_per_s"] * factor}
    cost = rebalance_cost(event, protocol=protocol, **extra, **group)
    scaled = rebalance_cost(event, protocol=protocol, **extra, **more)
    assert scaled.piled_up_records == pytest.approx(cost.piled_up_records * factor)
    assert scaled.stopped_s.tolist() == cost.stopped_s.tolist()


@few
@given(
    group=groups,
    event=st.sampled_from(["leave", "crash", "stuck"]),
    membership=st.sampled_from(MEMBERSHIPS),
    protocol=st.sampled_from(PROTOCOLS),
    shorter=st.floats(10, 100),
    longer=st.floats(0, 100),
)
def test_more_time_to_detect_never_piles_up_less(
    *, group, event, membership, protocol, shorter, longer
):
    costs = [
        rebalance_cost(
            event,
            protocol=protocol,
            membership=membership,
            settings=ConsumerSettings(
                session_timeout_s=timeout_s,
                consumer_session_timeout_s=timeout_s,
                max_poll_interval_s=300 + timeout_s,
            ),
            **group,
        )
        for timeout_s in (shorter, shorter + longer)
    ]
    assert costs[1].piled_up_records >= costs[0].piled_up_records


@few
@given(group=groups, case=cases, protocol=st.sampled_from(PROTOCOLS))
def test_phases_and_partitions_add_up_to_the_same(group, case, protocol):
    event, extra = case
    cost = rebalance_cost(event, protocol=protocol, **extra, **group)
    assert cost.stopped_partition_s == pytest.approx(
        sum(phase.stopped_partition_s for phase in cost.phases)
    )
    each = group["write_records_per_s"] / group["partitions"]
    assert cost.piled_up_records == pytest.approx(cost.stopped_partition_s * each)
    assert cost.peak_piled_up_records <= cost.piled_up_records * (1 + 1e-9)
    if protocol == "consumer":
        assert all(phase.stops != "all" for phase in cost.phases)


# --- errors ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "kwargs", "message"),
    [
        ("boom", {}, r"event must be one of 'join', .* got 'boom'"),
        ("crash", {"members": 0}, r"members must be .* got 0"),
        ("crash", {"partitions": 0}, r"partitions must be .* got 0"),
        ("crash", {"write_records_per_s": -1}, r"write_records_per_s must be .* got -1"),
        (
            "crash",
            {"write_records_per_s": None},
            r"write_records_per_s must be given with a count of partitions, got None",
        ),
        (
            "crash",
            {"write_records_per_s": None, "partitions": PartitionLoads(loads=[1], unit="bytes/s")},
            r"write_records_per_s must be given with partitions in bytes/s, got None",
        ),
        ("crash", {"protocol": "classic"}, r"protocol must be one of .* got 'classic'"),
        ("crash", {"membership": "fixed"}, r"membership must be one of .* got 'fixed'"),
        ("crash", {"assignor": "rnage"}, r"assignor must be one of .* got 'rnage'.*'range'"),
        (
            "crash",
            {"assignor": "range", "protocol": "cooperative"},
            r"assignor must be one for protocol 'cooperative', got 'range', which is for 'eager'",
        ),
        ("crash", {"barrier_s": -1}, r"barrier_s must be .* got -1"),
        ("start", {"restore_s": -1}, r"restore_s must be .* got -1"),
        ("start", {"rounds": 2}, r"rounds must be 1 under protocol 'eager', got 2"),
        ("crash", {"rounds": 0, "protocol": "consumer"}, r"rounds must be .* 1 … 2, got 0"),
        ("crash", {"member": 8}, r"member must be a whole number in 0 … 7, got 8"),
        ("crash", {"back_after_s": float("nan")}, r"back_after_s must be .* got nan"),
        ("deployment", {"restart_s": -1}, r"restart_s must be finite and >= 0, got -1"),
        ("deployment", {}, r"restart_s must be given for event 'deployment', got None"),
        ("partitions", {}, r"partitions_after must be given for event 'partitions', got None"),
        (
            "partitions",
            {"partitions_after": 24},
            r"partitions_after must be more than partitions \(24\), got 24",
        ),
        ("partitions", {"partitions_after": 0}, r"partitions_after must be .* got 0"),
        ("start", {"joins_s": [0]}, r"joins_s must be a time for each of 8 members, got \[0\]"),
        (
            "join",
            {"member": 1},
            r"member must be None unless the event is 'leave' or 'crash' or 'stuck', got 1",
        ),
        ("join", {"back_after_s": 1}, r"back_after_s must be None unless the event is 'leave'"),
        ("join", {"restart_s": 1}, r"restart_s must be None unless the event is 'deployment'"),
        ("join", {"joins_s": 1}, r"joins_s must be None unless the event is 'start'"),
        (
            "join",
            {"partitions_after": 1},
            r"partitions_after must be None unless the event is 'partitions'",
        ),
    ],
)
def test_a_wrong_argument_is_named(event, kwargs, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        rebalance_cost(event, **EIGHT | kwargs)


def test_settings_must_be_settings():
    with pytest.raises(TypeError, match=r"^settings must be ConsumerSettings, as"):
        rebalance_cost("crash", settings={"session_timeout_s": 10}, **EIGHT)


@pytest.mark.parametrize(
    ("protocol", "assignor"),
    [
        ("eager", "cooperative-sticky"),
        ("eager", "load-aware"),
        ("cooperative", "load-aware"),
        ("consumer", "server-range"),
    ],
)
def test_some_assignors_serve_several_protocols(protocol, assignor):
    cost = rebalance_cost("join", protocol=protocol, assignor=assignor, **EIGHT)
    assert cost.assignor == assignor


def test_something_must_be_compared():
    with pytest.raises(ValueError, match=r"protocols and memberships must hold at least one"):
        compare_protocols("crash", memberships=(), **EIGHT)
    with pytest.raises(ValueError, match=r"protocol in assignors must be one of .* got 'classic'"):
        compare_protocols("crash", assignors={"classic": "range"}, **EIGHT)
