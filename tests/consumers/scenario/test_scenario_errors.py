"""A scenario that is wrong is refused in one line that names table and key."""

from __future__ import annotations

import copy

import pytest

from kafka_sizing.consumers.scenario import scenario_of
from kafka_sizing.partitions.placement import PartitionLoads

GOOD = {
    "duration": "10 min",
    "topic": {"partitions": 6},
    "arrivals": {"rate": "900 records/s"},
    "group": {"members": 3},
    "member": {"rate": "400 records/s"},
}
CRASH = {"kind": "crash", "at": "1 min", "member": 0}
KEDA = {"kind": "keda", "maxReplicaCount": 6}


def changed(changes):
    """Put values in place; a path such as ``topic.partitions`` leads to each, None takes away."""
    given = copy.deepcopy(GOOD)
    for path, value in changes.items():
        *tables, key = path.split(".")
        table = given
        for name in tables:
            table = table.setdefault(name, {})
        if value is None:
            del table[key]
        else:
            table[key] = value
    return given


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        # Tables and keys.
        ({"topics": {}}, "the scenario may hold title, duration, .*, got 'topics' .near: 'topic"),
        ({"topic": None}, r"the scenario must hold a table \[topic\], got none"),
        ({"member": None}, r"the scenario must hold a table \[member\], got none"),
        ({"duration": None}, "the scenario must hold duration, got none"),
        ({"topic": 12}, r"\[topic\] must be a table, got 12"),
        ({"event": CRASH}, r"\[\[event\]\] must be an array of tables, got \{'kind'"),
        ({"event": [12]}, r"\[\[event\]\] must be an array of tables, got \[12\]"),
        (
            {"topic.partition": 6},
            r"\[topic\] may hold partitions, shares, retention, got 'partition' .near: 'par",
        ),
        ({"group.member": 6}, r"\[group\] may hold members, .* got 'member' \(near: 'members'"),
        ({"member.cpus": 6}, r"\[member\] may hold rate, cpu, start, got 'cpus' \(near: 'cpu'"),
        # Units and types.
        ({"duration": 600}, "the scenario duration must be a time span such as '10 min', got 600"),
        ({"duration": "10 minutes"}, "the scenario duration: time span must be in one of us, ms"),
        ({"duration": "0 s"}, "the scenario duration must be above 0, got '0 s'"),
        ({"step": "0 s"}, "the scenario step must be above 0, got '0 s'"),
        (
            {"step": "11 min"},
            "the scenario step must be at most the duration, '10 min', got '11 min'",
        ),
        ({"title": 1}, "the scenario title must be text, got 1"),
        ({"topic.retention": "5"}, r"\[topic\] retention: text must be a time span such as"),
        ({"topic.retention": "0 s"}, r"\[topic\] retention must be above 0, got '0 s'"),
        ({"topic.partitions": "6"}, r"\[topic\] partitions must be a whole number, got '6'"),
        ({"topic.partitions": True}, r"\[topic\] partitions must be a whole number, got True"),
        ({"topic.partitions": 0}, r"\[topic\] partitions must be above 0, got 0"),
        ({"topic.partitions": None}, r"\[topic\] must hold one of partitions, shares, got none"),
        (
            {"topic.shares": [1.0]},
            r"\[topic\] must hold one of partitions, shares, got partitions and shares",
        ),
        ({"topic": {"shares": [0.5, 0.4]}}, r"\[topic\] shares must add up to 1, got 0.9"),
        ({"topic": {"shares": []}}, r"\[topic\] shares must be a list of numbers, got \[\]"),
        ({"topic": {"shares": ["a"]}}, r"\[topic\] shares must be a number, got 'a'"),
        ({"topic": {"shares": [float("nan")]}}, r"\[topic\] shares must be a number, got nan"),
        # Arrivals.
        ({"arrivals": {}}, r"\[arrivals\] must hold one of rate, daily, trace, got none"),
        ({"arrivals.daily": {}}, r"\[arrivals\] must hold one of .*, got rate and daily"),
        ({"arrivals.rate": 900}, r"\[arrivals\] rate must be a rate such as '5000 records/s'"),
        ({"arrivals.rate": "9 MB/s"}, r"\[arrivals\] rate must be a rate .*, got '9 MB/s'"),
        ({"arrivals.rate": "900 records"}, r"\[arrivals\] rate must be a rate such as"),
        ({"arrivals.rate": "900 rec/s"}, r"\[arrivals\] rate: amount must be in records or"),
        (
            {"arrivals": {"daily": {"mean": "1 records/s", "peak_ratio": 3}}},
            r"\[arrivals\] daily peak_ratio must be at most 2 for a sine, got 3",
        ),
        ({"arrivals": {"daily": {}}}, r"\[arrivals\] daily must hold mean, got none"),
        (
            {"arrivals": {"trace": "monday.csv"}},
            r"\[arrivals\] trace names a file, 'monday.csv': read_trace must be given",
        ),
        ({"arrivals": {"trace": []}}, r"\[arrivals\] trace must be a list such as \[\{ at = "),
        (
            {"arrivals": {"trace": [{"at": "0 s"}]}},
            r"\[arrivals\] trace 1 must hold rate, got none",
        ),
        (
            {
                "arrivals": {
                    "trace": [{"at": f"{at} s", "rate": "1 records/s"} for at in (0, 9, 5)]
                }
            },
            r"\[arrivals\] trace must go forward, got 5 s after 9 s",
        ),
        (
            {"arrivals": {"trace": [{"at": "10 min", "rate": "1 records/s"}]}},
            r"\[arrivals\] trace must begin at '0 s', the start of the scenario, got '10 min'",
        ),
        (
            {
                "arrivals": {
                    "most_gap": "1 min",
                    "trace": [{"at": f"{at} s", "rate": "1 records/s"} for at in (0, 90)],
                }
            },
            r"\[arrivals\] trace must have no gap above 60 s, got 90 s after 0 s",
        ),
        (
            {"arrivals.most_gap": "1 min"},
            r"\[arrivals\] most_gap must stand beside trace only, got it beside rate",
        ),
        (
            {"arrivals.burst": [{"at": "10 min", "for": "1 s", "ratio": 2}]},
            r"\[\[arrivals.burst\]\] 1 at must be before the scenario ends, got '10 min'",
        ),
        (
            {"arrivals.burst": [{"at": "1 min", "for": "0 s", "ratio": 2}]},
            r"\[\[arrivals.burst\]\] 1 for must be finite and > 0, got 0.0",
        ),
        (
            {"arrivals.burst": [{"at": "1 min", "for": "1 s", "ratio": "2"}]},
            r"\[\[arrivals.burst\]\] 1 ratio must be a number, got '2'",
        ),
        # The group and its members.
        ({"group.members": 0}, r"\[group\] members must be above 0, got 0"),
        ({"group.members": 2.5}, r"\[group\] members must be a whole number, got 2.5"),
        (
            {"group.protocol": "classic"},
            r"\[group\] protocol must be one of 'eager', 'cooperative', 'consumer', got 'classic'",
        ),
        ({"group.assignor": "stickey"}, r"\[group\] assignor must be .*\(near: 'sticky'"),
        (
            {"group.assignor": "range"},
            r"\[group\] assignor must be one for protocol 'cooperative', got 'range'",
        ),
        (
            {"group.protocol": "eager", "group.assignor": "uniform"},
            r"\[group\] assignor must be one for protocol 'eager', got 'uniform'",
        ),
        ({"group.initial_lag": 5}, r"\[group\] initial_lag must be an amount such as"),
        (
            {"group.initial_lag": ["5 records"]},
            r"\[group\] initial_lag must be one amount, or one for each of 6 partitions, got 1",
        ),
        ({"group.initial_lag": ["5 s"]}, r"\[group\] initial_lag: amount must be in records"),
        ({"group.initial_lag": []}, r"\[group\] initial_lag must be a list of amounts, got \[\]"),
        (
            {"group.policy": "KEDA"},
            r"\[group\] policy must be the name of a \[\[policy\]\], got none",
        ),
        (
            {"group.policy": "keda", "policy": [{**KEDA, "name": "KEDA"}]},
            r"\[group\] policy must be one of 'KEDA', got 'keda'",
        ),
        ({"member.cpu": 2}, r"\[member\] cpu must be a share in \(0, 1\], got 2.0"),
        ({"member.rate": "0 records/s"}, r"\[member\] rate must be finite and > 0, got 0.0"),
        # Settings.
        (
            {"settings": {"session": {"timeouts": {"ms": 1}}}},
            r"\[settings\] may hold .*, got 'session.timeouts.ms' .near: 'session.timeout.ms'",
        ),
        (
            {"settings": {"session.timeout.ms": 2000}},
            r"\[settings\] heartbeat.interval.ms must be below session.timeout.ms, got 3 and 2",
        ),
        (
            {"settings": {"session.timeout.ms": [1]}},
            r"\[settings\] session.timeout.ms must be a number of milliseconds, or a time span",
        ),
        ({"settings": {"max.poll.records": 0}}, r"\[settings\] max.poll.records must be a whole"),
        ({"settings": 5}, r"\[settings\] must be a table, got 5"),
        # Events.
        ({"event": [{"at": "1 s"}]}, r"\[\[event\]\] 1 must hold kind, got none"),
        (
            {"event": [CRASH, {"kind": "crashed"}]},
            r"\[\[event\]\] 2 kind must be one of 'join', .*, got 'crashed' \(near: 'crash'",
        ),
        (
            {"event": [CRASH, {**CRASH, "at": "10 min"}]},
            r"\[\[event\]\] 2 \(crash\) at must be before the scenario ends, got '10 min'",
        ),
        (
            {"event": [{**CRASH, "member": 4}, {"kind": "join", "at": "1 s"}]},
            r"\[\[event\]\] 1 \(crash\) member of Crash must be below 4, .* got 4",
        ),
        (
            {
                "event": [{**CRASH, "member": 6}],
                "policy": [{**KEDA, "name": "KEDA"}],
                "group.policy": "KEDA",
            },
            r"\[\[event\]\] 1 \(crash\) member of Crash must be below 6, .* got 6",
        ),
        (
            {"event": [{"kind": "poison record", "at": "1 s", "partition": 6}]},
            r"\[\[event\]\] 1 \(poison record\) partition of PoisonRecord must be below 6",
        ),
        ({"event": [{"kind": 5}]}, r"\[\[event\]\] 1 kind must be one of 'join', .*, got 5"),
        ({"event": [{"kind": "join"}]}, r"\[\[event\]\] 1 \(join\) must hold at, got none"),
        (
            {"event": [{**CRASH, "for": "1 min"}]},
            r"\[\[event\]\] 1 \(crash\) may hold kind, at, member, back_after, got 'for'",
        ),
        (
            {"event": [{**CRASH, "back_after": "0 s"}]},
            r"\[\[event\]\] 1 \(crash\) back_after must be finite and > 0, got 0.0",
        ),
        (
            {"event": [{"kind": "slowdown", "at": "1 s", "for": "1 s", "capacity": 1}]},
            r"\(slowdown\) capacity must be a fraction in \[0, 1\), got 1.0",
        ),
        (
            {"event": [{"kind": "hot key", "at": "1 s", "partition": 6, "share": 0.5}]},
            r"\(hot key\) partition must be a whole number in 0 … 5, got 6",
        ),
        (
            {"event": [{"kind": "hot key", "at": "1 s", "partition": 0, "share": 0}]},
            r"\(hot key\) share must be a share in \(0, 1\], got 0.0",
        ),
        (
            {
                "topic": {"shares": [1.0, 0.0]},
                "event": [{"kind": "hot key", "at": "1 s", "partition": 0, "share": 0.5}],
            },
            r"\(hot key\) share must be 1 where no other partition has any, got 0.5",
        ),
        (
            {"event": [{"kind": "partitions", "at": "1 s"}]},
            r"\(partitions\) must hold one of partitions, shares, got none",
        ),
        (
            {"event": [{"kind": "partitions", "at": "1 s", "partitions": 0}]},
            r"\(partitions\) partitions must be a whole number in 1 … ",
        ),
        (
            {"event": [{"kind": "shares", "at": "1 s", "shares": [0.2]}]},
            r"\(shares\) shares must add up to 1, got 0.2",
        ),
        # Policies.
        ({"policy": [{}]}, r"\[\[policy\]\] 1 must hold kind, got none"),
        (
            {"policy": [{"kind": "hpa"}]},
            r"\[\[policy\]\] 1 kind must be one of 'fixed', 'keda', 'cpu', got 'hpa'",
        ),
        (
            {"policy": [{**KEDA, "lagthreshold": 5}]},
            r"\[\[policy\]\] 1 \(keda\) may hold .*, got 'lagthreshold' \(near: 'lagThreshold'",
        ),
        (
            {"policy": [{**KEDA, "lagThreshold": "many"}]},
            r"\(keda\) lagThreshold must be a whole number, got 'many'",
        ),
        (
            {"policy": [{**KEDA, "lagThreshold": 0}]},
            r"\(keda\) lagThreshold must be a whole number in 1 … ",
        ),
        (
            {"policy": [{**KEDA, "allowIdleConsumers": 5}]},
            r"\(keda\) allowIdleConsumers must be true or false, got 5",
        ),
        (
            {"policy": [{**KEDA, "pollingInterval": True}]},
            r"\(keda\) pollingInterval must be a number of seconds, or a time span",
        ),
        (
            {"policy": [{**KEDA, "minReplicaCount": 9}]},
            r"\(keda\) minReplicaCount must be <= maxReplicaCount, got 9 and 6",
        ),
        ({"policy": [KEDA, KEDA]}, r"\[\[policy\]\] 2 must have a name of its own, got 'KEDA, 10"),
        ({"policy": [{"kind": "cpu"}]}, r"\(cpu\) must hold maxReplicas, got none"),
        ({"policy": [{"kind": "fixed", "members": 0}]}, r"\(fixed\) members must be a whole"),
        (
            {"policy": [{**KEDA, "behavior": {"scaledown": {}}}]},
            r"\(keda\) behavior may hold scaleUp, scaleDown, got 'scaledown'",
        ),
        (
            {"policy": [{**KEDA, "behavior": {"scaleDown": {"selectPolicy": "max"}}}]},
            r"behavior scaleDown selectPolicy must be one of 'Max', 'Min', 'Disabled', got 'max'",
        ),
        (
            {"policy": [{**KEDA, "behavior": {"scaleUp": {"policies": [{"value": 1}]}}}]},
            r"behavior scaleUp policies 1 must hold type, got none",
        ),
        (
            {
                "policy": [
                    {
                        **KEDA,
                        "behavior": {
                            "scaleUp": {
                                "policies": [{"type": "pods", "value": 1, "periodSeconds": 60}]
                            }
                        },
                    }
                ]
            },
            r"policies 1 type must be one of 'Pods', 'Percent', got 'pods'",
        ),
        (
            {"policy": [{**KEDA, "behavior": {"scaleUp": {"stabilizationWindowSeconds": 3601}}}]},
            r"scaleUp stabilizationWindowSeconds must be in 0 … 3600, got 3601.0",
        ),
        # The objective.
        ({"objective": {}}, r"\[objective\] lag or oldest_unread must be given, got neither"),
        ({"objective": {"lag": "60 s"}}, r"\[objective\] lag: amount must be in records"),
        ({"objective": {"lags": "60 records"}}, r"\[objective\] may hold lag, .* got 'lags'"),
        (
            {"objective": {"oldest_unread": "1 min", "except_for": "10 min"}},
            r"\[objective\] except_for must be below the duration, '10 min', got '10 min'",
        ),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value),
)
def test_what_is_wrong_is_named_with_its_place(changes, message):
    with pytest.raises(ValueError, match=message) as error:
        scenario_of(changed(changes))
    assert "\n" not in str(error.value)


def test_keys_need_partitions_to_be_placed_on():
    given = changed({"topic": {"shares": [1.0]}})
    with pytest.raises(ValueError, match=r"\[topic\] must hold partitions for keys to be placed"):
        scenario_of(given, place_keys=lambda partitions: PartitionLoads(loads=[1]))


def test_a_long_value_is_cut_where_it_is_quoted():
    given = changed({"title": ["x" * 500]})
    with pytest.raises(ValueError, match=r"title must be text, got \['x{55}\.\.\.$"):
        scenario_of(given)
