"""What the reports on a simulation say; numbers are worked out beside `busy_hour`."""

from __future__ import annotations

import dataclasses
import json
import unicodedata

import numpy as np
import pytest

from kafka_sizing import report
from kafka_sizing.consumers import (
    Arrivals,
    ConsumerSettings,
    Crash,
    Deployment,
    Join,
    Leave,
    PartitionIncrease,
    PoisonRecord,
    SharesChange,
    Slowdown,
    Stuck,
    simulate_lag,
)
from kafka_sizing.consumers.scenario import LagObjective
from kafka_sizing.report.labels import columns_of
from kafka_sizing.report.lag_events import event_text
from kafka_sizing.report.lag_inputs import scenario_inputs
from kafka_sizing.report.lag_json import lag_json


def words(text: str) -> str:
    """Undo the line breaks."""
    return " ".join(text.split())


def outage(**options):
    """An outage of 10 min at 1,000 records/s: 600,000 unread, read at 500/s within 20 min."""
    return simulate_lag(
        1_000,
        partitions=6,
        member=250,
        members=6,
        duration_s=2_400,
        events=[Slowdown(at_s=100, for_s=600)],
        **options,
    )


def test_the_verdict_comes_first(played, busy_hour):
    written = words(report.lag_text(*played, objective=busy_hour.objective))
    assert written.startswith(
        "Objective missed. Asked for: no unread record older than 1 min, except for 1 min in all; "
        "above it for "
    )
    # The hot key brings 450 records/s to a member that reads 400 and other partitions too.
    assert "of them in partition 4; the oldest unread record is" in written
    assert written.index("Scaling: ") < written.index("Moment by moment")


def test_an_objective_that_is_kept_is_met():
    written = words(report.lag_text(outage(), objective=LagObjective(lag_records=600_000)))
    assert written.startswith(
        "Objective met. Asked for: at most 600,000 records unread; kept all the time. At worst "
        "600,000 records are unread, 11 min 40 s after the start; the oldest unread record is "
        "10 min old at worst. All is read from 31 min 40 s on."
    )


def test_without_an_objective_the_group_has_to_catch_up():
    assert report.lag_text(outage()).startswith("Catches up. At worst 600,000 records are unread")
    short = simulate_lag(1_000, partitions=6, member=150, members=6, duration_s=600)
    written = words(report.lag_text(short))
    # 100 records/s too many, for 600 s.
    assert written.startswith(
        "Does not catch up. At worst 60,000 records are unread, 10 min after"
    )
    assert "At the end 60,000 records are unread." in written


def test_a_group_that_keeps_up_says_so_and_names_no_partition():
    calm = simulate_lag(900, partitions=6, member=400, members=3, duration_s=600)
    written = report.lag_text(calm)
    assert written.startswith("Catches up. The group keeps up all the time.\n")
    assert "Partitions furthest behind" not in written
    assert "Rebalances" not in written
    assert "> " not in written


def test_what_retention_deletes_is_said():
    # Half an hour of outage, and records live for 10 min: the first 20 min are deleted.
    simulation = simulate_lag(
        600,
        partitions=2,
        member=400,
        members=2,
        duration_s=1_800,
        events=[Slowdown(at_s=0, for_s=1_800)],
        retention_s=600,
    )
    written = words(report.lag_text(simulation))
    assert written.startswith("Does not catch up.")
    assert "Retention deletes 720,000 records unread." in written
    assert "0 50.0 % 180,000 records" in written
    assert "what retention deletes the most" in written
    told = json.loads(lag_json(simulation))
    assert told["lost_records"] == pytest.approx(720_000)
    assert sum(row["lost_records"] for row in told["partitions"]) == pytest.approx(720_000)


def test_moments_tell_what_happens_in_order_of_time(played):
    written = report.lag_text(*played, width=200)
    told = [
        "0:02:00  member 1 crashes, back after 1 min",
        "0:10:00  1,800 records/s from here on",
        "0:15:00  900 records/s from here on",
        "0:30:00  load shifts: partition 4 takes 50.0 %",
        "0:40:00  rolling deployment, 15 s a member",
        "1:00:00",
    ]
    places = [written.index(text) for text in told]
    assert places == sorted(places)


def test_the_row_with_the_most_unread_is_marked():
    lines = report.lag_text(outage(), width=200).splitlines()
    (marked,) = [line for line in lines if line.startswith("> ")]
    assert marked.split() == "> 0:11:40 most unread 1,000 0 600,000 10 min 6".split()


def test_a_peak_between_two_events_has_a_row_of_its_own(played):
    # Crash at 120 s, noticed after 45 s; half of its 2 partitions' 300 records/s pile up.
    simulation, _ = played
    crash = slice(120, 590)
    peak = 120 + int(simulation.total_lag_records[crash].argmax())
    written = report.lag_text(simulation, width=200)
    assert f"{simulation.total_lag_records[peak]:,.0f} " in written


def test_more_events_than_rows_are_counted():
    events = [Join(at_s=10.0 * at) for at in range(1, 15)]
    simulation = simulate_lag(
        1_000, partitions=20, member=100, members=2, duration_s=300, events=events
    )
    assert "… and 4 more events" in report.lag_text(simulation)


def test_events_that_find_nobody_are_told_as_such():
    simulation = simulate_lag(
        100,
        partitions=2,
        member=100,
        members=2,
        duration_s=60,
        events=[Leave(at_s=10, member=1), Leave(at_s=30, member=1)],
    )
    written = words(report.lag_text(simulation, width=250))
    assert "0:00:10 member 1 leaves 100" in written
    assert "0:00:30 member 1 leaves (nobody there: nothing happens) 100" in written


def test_members_without_a_partition_are_said_and_counted():
    simulation = simulate_lag(100, partitions=12, member=100, members=13, duration_s=60)
    assert report.lag_text(simulation).startswith(
        "Catches up. The group keeps up all the time. Up to 1 member has no partition to read.\n"
    )
    told = json.loads(lag_json(simulation))
    assert told["most_idle_members"] == 1
    assert {row["idle_members"] for row in told["moments"]} == {1}


def test_the_most_unread_is_no_more_than_what_is_unread_at_the_end():
    """1,000 records/s come to 6 partitions, and 800 are read: 60,000 more in each in 1,800 s."""
    simulation = simulate_lag(1_000, partitions=6, member=800 / 6, members=6, duration_s=1_800)
    table = report.lag_text(simulation, width=200).split("Partitions furthest behind")[1]
    assert table.count("60,000 records") == 12


def test_numbers_of_the_json_are_free_of_rounding():
    """The oldest unread record ages by a fifth of a second a second."""
    simulation = simulate_lag(1_000, partitions=6, member=800 / 6, members=6, duration_s=1_600)
    told = json.loads(lag_json(simulation))
    assert told["peak"]["oldest_unread_s"] == told["peak_oldest_unread_s"] == 320
    assert told["end_lag_records"] == 320_000
    assert told["partitions"][0]["share"] == 1 / 6


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Join(at_s=0), "a member is started"),
        (Leave(at_s=0, member=2), "member 2 leaves"),
        (Crash(at_s=0, member=2), "member 2 crashes, for good"),
        (Stuck(at_s=0, member=2, for_s=600), "member 2 hangs for 10 min"),
        (Deployment(at_s=0, restart_s=20), "rolling deployment, 20 s a member"),
        (
            Deployment(at_s=0, restart_s=20, pause_s=60),
            "rolling deployment, 20 s a member, 1 min apart",
        ),
        (Slowdown(at_s=0, for_s=60), "outage of what all members wait for, for 1 min"),
        (Slowdown(at_s=0, for_s=60, member=1), "outage of what member 1 waits for, for 1 min"),
        (
            Slowdown(at_s=0, for_s=60, capacity_fraction=0.25),
            "all members at 25.0 % of capacity for 1 min",
        ),
        (
            Slowdown(at_s=0, for_s=60, capacity_fraction=0.25, member=1),
            "member 1 at 25.0 % of capacity for 1 min",
        ),
        (PoisonRecord(at_s=0, partition=3), "a poison record stops partition 3 for good"),
        (
            PoisonRecord(at_s=0, partition=3, for_s=60),
            "a poison record stops partition 3 for 1 min",
        ),
        (
            SharesChange(at_s=0, shares=[0.25, 0.75]),
            "load shifts: partition 1 takes 75.0 %",
        ),
        (PartitionIncrease(at_s=0, shares=[0.25] * 4), "the topic grows to 4 partitions"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_events_are_told_in_words(event, text):
    assert event_text(event) == text


def test_rebalances_and_their_phases_are_listed(played):
    simulation, _ = played
    written = words(report.lag_text(simulation, width=200))
    assert f"… and {len(simulation.rebalances) - 8:,} more" not in written
    for rebalance in simulation.rebalances[:8]:
        assert rebalance.event.split("+")[0] in written
    assert "leave and join 3 s 3 join 3 s, orphaned stop" in written


def test_a_rebalance_that_was_not_finished_says_so():
    simulation = simulate_lag(
        900, partitions=6, member=400, members=3, duration_s=61, events=[Leave(at_s=60, member=0)]
    )
    assert "not finished" in report.lag_text(simulation)


def test_scaling_is_listed_with_its_reasons(busy_hour):
    simulation = dataclasses.replace(busy_hour, policy=busy_hour.policies[0]).simulate()
    changes = [decision for decision in simulation.decisions if decision.change]
    written = words(report.lag_text(simulation, width=250))
    assert changes
    for decision in changes[:8]:
        assert f"{decision.members_before} {decision.members} {decision.reason}" in written
    assert "scaling exact rules" in written


def test_the_best_policy_is_marked(played):
    _, comparison = played
    written = report.lag_text(*played, width=200)
    table = written[written.index("Scaling policies side by side") :]
    (marked,) = [line for line in table.splitlines() if line.startswith("> ")]
    assert marked.startswith("> 6 members")
    assert comparison.best.name == "6 members"
    assert [line.split()[-1] for line in table.splitlines()[3:6]] == [
        "kept" if outcome.meets_objective else "missed" for outcome in comparison.outcomes
    ]


def test_a_summary_ends_before_the_inputs(played):
    summary = report.lag_text(*played, detail="summary")
    whole = report.lag_text(*played, inputs={"scenario": "monday.toml"})
    assert whole.startswith(summary)
    assert "monday.toml" in whole
    assert "How sure each number is" in whole
    assert "Inputs" not in summary


@pytest.mark.parametrize("width", [100, 160])
def test_lines_keep_to_the_width(played, busy_hour, width):
    written = report.lag_text(*played, objective=busy_hour.objective, width=width)
    assert max(map(columns_of, written.splitlines())) <= width


def test_no_name_reaches_the_terminal_unescaped(played):
    written = report.lag_text(*played, inputs={"file\x1b[2J": "a\nb"})
    assert not [
        character
        for character in written
        if character != "\n" and unicodedata.category(character).startswith("C")
    ]
    assert "<i>\\x1b" in written
    assert "file\\x1b[2J" in written


@pytest.mark.parametrize(
    ("arguments", "options", "error", "text"),
    [
        ((None,), {}, TypeError, "simulation must be LagSimulation, as simulate_lag gives"),
        ((0, 5), {}, TypeError, "comparison must be PolicyComparison, as compare_policies"),
        ((0,), {"objective": 60}, TypeError, "objective must be a LagObjective, got int"),
        ((0,), {"width": 39}, ValueError, "width must be a whole number in 40"),
        ((0,), {"detail": "short"}, ValueError, "detail must be one of 'summary', 'full'"),
    ],
)
def test_what_cannot_be_reported_is_refused(played, arguments, options, error, text):
    given = [played[0] if argument == 0 else argument for argument in arguments]
    with pytest.raises(error, match=text):
        report.lag_text(*given, **options)


def test_inputs_name_what_the_scenario_says(busy_hour):
    inputs = scenario_inputs(busy_hour)
    assert inputs == {
        "group": "3 members, cooperative protocol, dynamic membership",
        "start of a member": "20 s",
        "CPU of a member at capacity": "100.0 %",
    }


def test_inputs_name_what_is_set_otherwise_than_by_default(busy_hour):
    policy = busy_hour.policies[1]
    other = dataclasses.replace(
        busy_hour,
        members=1,
        assignor="range",
        barrier_s=2,
        restore_s=90,
        policy=policy,
        settings=ConsumerSettings(session_timeout_s=20, max_poll_records=2_000),
    )
    inputs = scenario_inputs(other)
    assert inputs["group"] == "1 member, cooperative protocol, dynamic membership"
    assert inputs["assignor"] == "range"
    assert (inputs["barrier"], inputs["restore"]) == ("2 s", "1 min 30 s")
    assert inputs["scaled by"] == "6 members"
    assert inputs["set otherwise than by default"] == (
        "session.timeout.ms 20 s, max.poll.records 2,000"
    )


def test_a_rate_that_changes_all_the_time_is_not_told():
    daily = Arrivals.daily(500, peak_ratio=1.5)
    trace = Arrivals.trace(range(0, 80, 10), [500, 510] * 4)
    for arrivals in (daily, trace):
        simulation = simulate_lag(
            arrivals, partitions=2, member=600, members=2, duration_s=90, step_s=10
        )
        assert "from here on" not in report.lag_text(simulation)


def test_the_best_of_policies_that_meet_the_objective_has_a_tile(busy_hour, read_page):
    calm = dataclasses.replace(
        busy_hour, events=(), duration_s=300, objective=LagObjective(lag_records=10)
    )
    texts = read_page(report.lag_page(calm.simulate(), calm.compare())).texts
    assert texts[texts.index("best policy") + 1] == "3 members"


def test_the_page_has_the_verdict_the_numbers_and_the_plots(lag_page, read_page, played):
    simulation, comparison = played
    page = read_page(lag_page)
    assert page.texts[:4] == ["billing: objective missed", "billing", "✗", "Objective missed"]
    tile = page.texts.index("most unread records")
    assert page.texts[tile + 1] == f"{simulation.peak_lag_records:,.0f}"
    assert page.texts[page.texts.index("closest policy") + 1] == comparison.best.name
    figures = [attributes["id"] for tag, attributes in page.tags if tag == "figure"]
    assert figures == [
        f"figure-{name}"
        for name in ("throughput", "lag", "heatmap", "policies", "policy-lag", "policy-members")
    ]


def test_the_page_of_one_partition_has_no_heatmap(read_page):
    simulation = simulate_lag(100, partitions=1, member=100, members=1, duration_s=60)
    page = report.lag_page(simulation)
    assert "figure-heatmap" not in page
    assert "What scales it best" not in page
    assert read_page(page).open == []


def test_a_page_tells_what_was_lost_and_what_is_left(read_page):
    simulation = simulate_lag(
        600,
        partitions=2,
        member=400,
        members=2,
        duration_s=1_800,
        events=[Slowdown(at_s=0, for_s=1_800)],
        retention_s=600,
    )
    texts = read_page(report.lag_page(simulation)).texts
    assert texts[texts.index("deleted unread") + 1] == "720,000 records"
    assert texts[texts.index("unread at the end") + 1] == "360,000"


@pytest.mark.parametrize(
    ("members", "events", "told"),
    [
        (1, [], "1 member"),
        (2, [], "2 members"),
        (1, [Join(at_s=60)], "1 to 2 members"),
        (1, [Leave(at_s=60, member=0)], "0 to 1 members"),
    ],
)
def test_a_page_says_how_many_members_there_were(members, events, told, read_page):
    simulation = simulate_lag(
        100, partitions=2, member=100, members=members, duration_s=600, events=events
    )
    texts = read_page(report.lag_page(simulation)).texts
    assert texts[texts.index("member-hours") + 2] == told


def test_a_page_says_from_when_on_all_is_read(read_page):
    texts = read_page(report.lag_page(outage())).texts
    assert texts[texts.index("all read from") + 1] == "0:31:40"


def test_a_calm_page_says_that_all_is_read_all_the_time(read_page):
    calm = simulate_lag(900, partitions=6, member=400, members=3, duration_s=600)
    texts = read_page(report.lag_page(calm)).texts
    assert texts[texts.index("all read") + 1] == "all the time"
    assert "Consumer group over time" in texts


def test_the_same_input_gives_the_same_page(lag_page, played, busy_hour):
    again = report.lag_page(*played, objective=busy_hour.objective, title="billing")
    assert again == lag_page


def test_json_has_the_numbers_of_the_simulation(played, busy_hour):
    simulation, comparison = played
    told = json.loads(
        lag_json(*played, objective=busy_hour.objective, inputs={"scenario": "monday.toml"})
    )
    assert told["schema"] == "kafka-sizing/lag"
    assert told["inputs"] == {"scenario": "monday.toml"}
    assert told["objective"] == {
        "lag_records": None,
        "oldest_unread_s": 60,
        "except_for_s": 60,
    }
    assert told["fits"] is False
    assert told["time_over_s"] == simulation.time_above_s(oldest_unread_s=60)
    assert told["peak"]["lag_records"] == pytest.approx(simulation.peak_lag_records)
    row = simulation.peak_row
    oldest_s = simulation.oldest_unread_s[row]
    assert told["peak"]["oldest_unread_s"] == pytest.approx(oldest_s.max())
    assert told["peak"]["worst_partition"] == simulation.lag_records[row].argmax()
    assert told["peak_oldest_unread_s"] == pytest.approx(simulation.peak_lag_s)
    assert [row["partition"] for row in told["partitions"]] == list(range(6))
    assert told["partitions"][4]["share"] == pytest.approx(0.5)
    assert len(told["moments"]) == 240
    assert told["moments"][-1]["time_s"] == 3_600
    assert told["moments"][-1]["lag_records"] == told["end_lag_records"]
    assert [row["event"] for row in told["rebalances"]] == [
        rebalance.event for rebalance in simulation.rebalances
    ]
    assert [row["policy"] for row in told["policies"]] == [
        outcome.name for outcome in comparison.outcomes
    ]
    assert [row["best"] for row in told["policies"]] == [False, False, True]
    assert told["best"]["policy"] == "6 members"


def test_json_of_a_short_simulation_has_every_step():
    simulation = simulate_lag(100, partitions=1, member=100, members=1, duration_s=3)
    told = json.loads(lag_json(simulation))
    assert [row["time_s"] for row in told["moments"]] == [1, 2, 3]
    assert (told["objective"], told["policies"], told["best"]) == (None, [], None)
    assert np.isfinite(told["peak"]["at_s"])
