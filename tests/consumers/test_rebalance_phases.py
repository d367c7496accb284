"""The phases of a rebalance, against Kafka's rules and hand arithmetic."""

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.rebalance import (
    Detection,
    Phase,
    detection,
    initial_delay,
    rebalance_phases,
)
from kafka_sizing.consumers.rebalance.detection import EVENT_KINDS, MEMBERSHIPS, PROTOCOLS
from kafka_sizing.consumers.rebalance.phases import STOPS
from kafka_sizing.consumers.settings import ConsumerSettings

# Every timeout another number, so that none can stand in for another.
SETTINGS = ConsumerSettings(
    session_timeout_s=40,
    heartbeat_interval_s=2,
    max_poll_interval_s=200,
    metadata_max_age_s=100,
    initial_rebalance_delay_s=5,
    consumer_session_timeout_s=50,
    consumer_heartbeat_interval_s=4,
)

events = st.sampled_from(EVENT_KINDS)
protocols = st.sampled_from(PROTOCOLS)
memberships = st.sampled_from(MEMBERSHIPS)
seconds = st.floats(min_value=0, max_value=1e4)


def spans(event, **kwargs):
    kwargs.setdefault("settings", SETTINGS)
    phases = rebalance_phases(event, **kwargs)
    return [(phase.name, phase.starts_s, phase.ends_s, phase.stops) for phase in phases]


# --- when a group notices --------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "membership", "classic_s", "consumer_s"),
    [
        pytest.param("join", "dynamic", 0, 0, id="a new member reports itself"),
        pytest.param("join", "static", 0, 0, id="a new static member too"),
        pytest.param("leave", "dynamic", 0, 0, id="a dynamic member says goodbye"),
        pytest.param("leave", "static", 40, 50, id="a static member does not (KIP-345)"),
        pytest.param("crash", "dynamic", 40, 50, id="a crash is a session timeout"),
        pytest.param("crash", "static", 40, 50, id="whoever crashes"),
        pytest.param("stuck", "dynamic", 200, 200, id="who does not poll leaves by itself"),
        pytest.param("stuck", "static", 240, 250, id="or falls silent, if static"),
        pytest.param("partitions", "dynamic", 100, 0, id="new partitions: metadata age"),
        pytest.param("partitions", "static", 100, 0, id="whatever the membership"),
    ],
)
def test_a_group_notices_by_kafkas_rules(event, membership, classic_s, consumer_s):
    for protocol, delay_s in [
        ("eager", classic_s),
        ("cooperative", classic_s),
        ("consumer", consumer_s),
    ]:
        noticed = detection(event, protocol=protocol, membership=membership, settings=SETTINGS)
        assert noticed.delay_s == delay_s


@pytest.mark.parametrize(
    ("event", "protocol", "membership", "reason"),
    [
        ("join", "eager", "dynamic", "the new member reports itself"),
        ("leave", "consumer", "dynamic", "the member says that it leaves"),
        (
            "leave",
            "eager",
            "static",
            (
                "a static member does not say that it leaves: hidden until session.timeout.ms "
                "(45 s) is over"
            ),
        ),
        (
            "crash",
            "consumer",
            "dynamic",
            "a crash shows when group.consumer.session.timeout.ms (45 s) is over",
        ),
        (
            "stuck",
            "eager",
            "dynamic",
            "a member that does not poll leaves when max.poll.interval.ms (300 s) is over",
        ),
        (
            "stuck",
            "cooperative",
            "static",
            (
                "a static member that does not poll is silent when max.poll.interval.ms (300 s) "
                "is over, and hidden until session.timeout.ms (45 s) is over too"
            ),
        ),
        (
            "partitions",
            "eager",
            "dynamic",
            (
                "the leader of the group sees new partitions when it refreshes its metadata, "
                "every metadata.max.age.ms (300 s)"
            ),
        ),
        ("partitions", "consumer", "dynamic", "the coordinator itself sees new partitions"),
    ],
)
def test_detection_says_which_setting_decided(event, protocol, membership, reason):
    assert detection(event, protocol=protocol, membership=membership).reason == reason


# --- who stops, and when ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "protocol", "expected"),
    [
        pytest.param("join", "eager", [("join", 0, 2, "all")], id="eager stops the world"),
        pytest.param(
            "join",
            "cooperative",
            [("join", 0, 2, "none"), ("second join", 2, 4, "moved")],
            id="cooperative takes two rounds, and reads on in the first (KIP-429)",
        ),
        pytest.param(
            "join",
            "consumer",
            [("revoke", 0, 4, "none"), ("assign", 4, 8, "moved")],
            id="KIP-848 waits for heartbeats, not for members",
        ),
        pytest.param("leave", "eager", [("join", 0, 2, "all")], id="eager, clean leave"),
        pytest.param(
            "leave", "cooperative", [("join", 0, 2, "orphaned")], id="cooperative, clean leave"
        ),
        pytest.param(
            "leave", "consumer", [("assign", 0, 4, "orphaned")], id="KIP-848, clean leave"
        ),
        pytest.param(
            "crash",
            "eager",
            [("detect", 0, 40, "orphaned"), ("join", 40, 42, "all")],
            id="eager, crash",
        ),
        pytest.param(
            "crash",
            "cooperative",
            [("detect", 0, 40, "orphaned"), ("join", 40, 42, "orphaned")],
            id="cooperative gives ownerless partitions away in the first round",
        ),
        pytest.param(
            "crash",
            "consumer",
            [("detect", 0, 50, "orphaned"), ("assign", 50, 54, "orphaned")],
            id="KIP-848, crash",
        ),
        pytest.param(
            "partitions",
            "eager",
            [("detect", 0, 100, "orphaned"), ("join", 100, 102, "all")],
            id="nobody reads new partitions until they are seen",
        ),
        pytest.param(
            "partitions",
            "consumer",
            [("assign", 0, 4, "orphaned")],
            id="the coordinator sees new partitions at once",
        ),
    ],
)
def test_phases_follow_the_protocol(event, protocol, expected):
    assert spans(event, protocol=protocol) == expected


def test_defaults_are_those_of_kafka():
    phases = rebalance_phases("crash", protocol="eager")
    assert [(phase.starts_s, phase.ends_s) for phase in phases] == [(0, 45), (45, 48)]
    phases = rebalance_phases("join", protocol="consumer")
    assert [phase.duration_s for phase in phases] == [5, 5]


def test_a_barrier_is_as_long_as_it_is_said_to_be_and_restoring_follows():
    assert spans("join", protocol="cooperative", barrier_s=7, restore_s=11) == [
        ("join", 0, 7, "none"),
        ("second join", 7, 14, "moved"),
        ("restore", 14, 25, "moved"),
    ]


@pytest.mark.parametrize("barrier_s", [200, 201, 5_000])
def test_no_barrier_outlasts_the_rebalance_timeout(barrier_s):
    assert spans("join", protocol="eager", barrier_s=barrier_s) == [("join", 0, 200, "all")]


def test_a_barrier_that_was_cut_short_says_so():
    (join,) = rebalance_phases("join", protocol="eager", barrier_s=301)
    assert join.reason == (
        "every member gives up all it has and waits for the last one: who is not there after "
        "max.poll.interval.ms (300 s) is put out"
    )
    (join,) = rebalance_phases("join", protocol="eager", barrier_s=300)
    assert join.reason.endswith("until the slowest member is ready")


@pytest.mark.parametrize(
    ("event", "protocol", "rounds", "reasons"),
    [
        (
            "join",
            "cooperative",
            2,
            [
                "nobody stops: members hear of it within heartbeat.interval.ms (3 s)",
                (
                    "what others gave up finds its new owner: members hear of it within "
                    "heartbeat.interval.ms (3 s)"
                ),
            ],
        ),
        (
            "leave",
            "consumer",
            1,
            [
                (
                    "ownerless partitions find an owner: members hear of it within "
                    "group.consumer.heartbeat.interval.ms (5 s)"
                )
            ],
        ),
    ],
)
def test_a_phase_says_why_it_takes_so_long(event, protocol, rounds, reasons):
    phases = rebalance_phases(event, protocol=protocol, rounds=rounds)
    assert [phase.reason for phase in phases] == reasons


@pytest.mark.parametrize(
    ("event", "protocol", "rounds", "expected"),
    [
        ("join", "cooperative", 1, [("join", 0, 2, "none")]),
        ("join", "consumer", 1, [("assign", 0, 4, "none")]),
        ("leave", "cooperative", 2, [("join", 0, 2, "orphaned"), ("second join", 2, 4, "moved")]),
        ("leave", "consumer", 2, [("revoke", 0, 4, "orphaned"), ("assign", 4, 8, "moved")]),
        ("leave", "eager", 1, [("join", 0, 2, "all")]),
    ],
)
def test_rounds_can_be_said(event, protocol, rounds, expected):
    assert spans(event, protocol=protocol, rounds=rounds) == expected


def test_what_takes_no_time_is_no_phase():
    assert rebalance_phases("join", protocol="eager", barrier_s=0) == ()
    assert spans("leave", protocol="cooperative", barrier_s=0, restore_s=3) == [
        ("restore", 0, 3, "moved")
    ]


# --- a member that is back early -------------------------------------------------------


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("event", ["leave", "crash"])
def test_a_static_member_back_in_its_session_leads_to_no_rebalance(event, protocol):
    session_s = 50 if protocol == "consumer" else 40
    early = {"protocol": protocol, "membership": "static", "back_after_s": session_s - 1}
    assert spans(event, **early) == [("away", 0, session_s - 1, "orphaned")]
    late = early | {"back_after_s": session_s}
    assert spans(event, **late) == spans(event, protocol=protocol, membership="static")


@pytest.mark.parametrize("membership", MEMBERSHIPS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_stuck_member_that_polls_again_in_time_leads_to_no_rebalance(protocol, membership):
    (away,) = rebalance_phases(
        "stuck", protocol=protocol, membership=membership, settings=SETTINGS, back_after_s=199
    )
    assert (away.name, away.ends_s, away.stops) == ("away", 199, "orphaned")
    assert away.reason == "the member polls again before the group has noticed"


def test_who_goes_on_where_it_was_restores_nothing():
    (away,) = rebalance_phases(
        "leave", protocol="eager", membership="static", back_after_s=10, restore_s=60
    )
    assert away.ends_s == 10
    assert away.reason == (
        "the static member is back before its session is over, and goes on where it was"
    )


def test_restoring_says_why():
    *_, restore = rebalance_phases("leave", protocol="eager", restore_s=60)
    assert restore.reason == "new owners restore state before they read"


@pytest.mark.parametrize(("protocol", "stops"), [("eager", "all"), ("cooperative", "orphaned")])
def test_a_dynamic_member_back_early_waits_with_all_for_its_own_old_session(protocol, stops):
    assert spans("crash", protocol=protocol, back_after_s=10) == [
        ("detect", 0, 10, "orphaned"),
        ("join", 10, 40, stops),
    ]


def test_the_barrier_after_a_quick_return_lasts_as_long_as_any():
    assert spans("crash", protocol="eager", back_after_s=39) == [
        ("detect", 0, 39, "orphaned"),
        ("join", 39, 41, "all"),
    ]


def test_not_even_a_dead_member_holds_up_a_barrier_beyond_the_rebalance_timeout():
    settings = ConsumerSettings(session_timeout_s=100, max_poll_interval_s=30)
    assert spans("crash", protocol="eager", settings=settings, back_after_s=10) == [
        ("detect", 0, 10, "orphaned"),
        ("join", 10, 40, "all"),
    ]


def test_the_phases_of_a_quick_return_say_what_they_wait_for():
    detect, join = rebalance_phases("crash", protocol="eager", back_after_s=10)
    assert detect.reason == "the member is back as a new one, which joins"
    assert join.reason.endswith("the session of the member that died must end first")
    _, join = rebalance_phases("crash", protocol="eager", back_after_s=44)
    assert join.reason.endswith("members hear of it within heartbeat.interval.ms (3 s)")


def test_a_quick_return_changes_nothing_under_kip_848():
    usual = spans("crash", protocol="consumer")
    assert spans("crash", protocol="consumer", back_after_s=10) == usual


# --- properties ------------------------------------------------------------------------


@given(
    event=events,
    protocol=protocols,
    membership=memberships,
    barrier_s=st.none() | seconds,
    restore_s=seconds,
)
def test_phases_follow_one_another_from_the_event_on(
    event, protocol, membership, barrier_s, restore_s
):
    phases = rebalance_phases(
        event,
        protocol=protocol,
        membership=membership,
        barrier_s=barrier_s,
        restore_s=restore_s,
    )
    now_s = 0.0
    for phase in phases:
        assert isinstance(phase, Phase)
        assert phase.starts_s == now_s < phase.ends_s
        assert phase.stops in STOPS
        assert phase.reason
        now_s = phase.ends_s


@given(event=events, membership=memberships, barrier_s=seconds, restore_s=seconds)
def test_kip_848_and_cooperative_never_stop_all(event, membership, barrier_s, restore_s):
    for protocol in ("consumer", "cooperative"):
        phases = rebalance_phases(
            event,
            protocol=protocol,
            membership=membership,
            barrier_s=barrier_s,
            restore_s=restore_s,
        )
        assert "all" not in {phase.stops for phase in phases}


@given(event=events, protocol=protocols)
def test_a_static_member_is_never_noticed_earlier_than_a_dynamic_one(event, protocol):
    dynamic = detection(event, protocol=protocol)
    static = detection(event, protocol=protocol, membership="static")
    assert isinstance(static, Detection)
    assert static.delay_s >= dynamic.delay_s


# --- the first members of an empty group -----------------------------------------------


@pytest.mark.parametrize(
    ("joins_s", "delay_s", "extensions", "late"),
    [
        pytest.param(0, 3, 0, 0, id="one consumer (apache/kafka, pull request 13215)"),
        pytest.param([0, 0], 6, 1, 0, id="a second one at the same time extends it"),
        pytest.param([0, 2, 4], 9, 2, 0, id="each window in which somebody comes adds one"),
        pytest.param([0, 4], 3, 0, 1, id="who comes later is late"),
        pytest.param([0, 3], 6, 1, 0, id="who comes when the time is up is not"),
        pytest.param([7, 11, 9], 9, 2, 0, id="the clock may start anywhere, in any order"),
        pytest.param([0, 1, 6.5, 7], 6, 1, 2, id="a window without anybody is the last"),
    ],
)
def test_an_empty_group_waits_longer_while_members_come(joins_s, delay_s, extensions, late):
    wait = initial_delay(joins_s)
    assert (wait.delay_s, wait.extensions, wait.late_members) == (delay_s, extensions, late)
    assert wait.members + wait.late_members == len(joins_s or [0])


def test_an_empty_group_waits_no_longer_than_the_rebalance_timeout():
    settings = ConsumerSettings(initial_rebalance_delay_s=3, max_poll_interval_s=10)
    wait = initial_delay([0, 1, 4, 7, 9.5, 10, 10.5], settings=settings)
    assert (wait.delay_s, wait.extensions, wait.late_members) == (10, 3, 1)


def test_a_delay_longer_than_the_rebalance_timeout_is_not_extended():
    settings = ConsumerSettings(initial_rebalance_delay_s=20, max_poll_interval_s=10)
    wait = initial_delay([0, 1], settings=settings)
    assert (wait.delay_s, wait.extensions) == (20, 0)


@pytest.mark.parametrize(
    ("joins_s", "more"),
    [
        (0, ""),
        ([0, 1], ", and once again as members kept coming"),
        ([0, 1, 4], ", and 2 times again as members kept coming"),
        ([0, 9], "; 1 came too late, and each starts a rebalance of its own"),
    ],
)
def test_the_wait_says_why(joins_s, more):
    told = "an empty group waits group.initial.rebalance.delay.ms (3 s) for more"
    assert initial_delay(joins_s).reason == told + more


# --- errors ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"event": "boom"}, r"event must be one of 'join', .* got 'boom'"),
        ({"protocol": "classic"}, r"protocol must be one of 'eager', .* got 'classic'"),
        ({"membership": "fixed"}, r"membership must be one of 'dynamic', .* got 'fixed'"),
        ({"barrier_s": -1}, r"barrier_s must be finite and >= 0, got -1"),
        ({"restore_s": float("nan")}, r"restore_s must be finite and >= 0, got nan"),
        ({"rounds": 3, "protocol": "consumer"}, r"rounds must be .* 1 … 2, got 3"),
        ({"rounds": 2}, r"rounds must be 1 under protocol 'eager', got 2"),
        ({"back_after_s": -1}, r"back_after_s must be finite and >= 0, got -1"),
        (
            {"event": "join", "back_after_s": 1},
            r"back_after_s must be None for event 'join', after which nobody is away, got 1",
        ),
    ],
)
def test_a_wrong_argument_is_named(kwargs, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        rebalance_phases(**{"event": "crash", "protocol": "eager"} | kwargs)


@pytest.mark.parametrize("joins_s", [[], [[0, 1], [2, 3]]])
def test_the_first_members_need_a_time_each(joins_s):
    with pytest.raises(ValueError, match=r"joins_s must be a time for each member, got \["):
        initial_delay(joins_s)


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf")])
def test_nobody_comes_before_the_clock_starts_or_never(bad):
    with pytest.raises(ValueError, match=r"^joins_s must be finite and >= 0"):
        initial_delay([0, bad, 5])
