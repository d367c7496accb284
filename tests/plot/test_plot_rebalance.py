"""The timeline of a rebalance: rows of partitions, and bars where they stand still."""

import re

import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from kafka_sizing.consumers.rebalance import (
    compare_protocols,
    rebalance_cost,
    rebalance_phases,
)
from kafka_sizing.plot.colours import BLUE, GREEN, ORANGE, PURPLE, SKY_BLUE, VERMILLION, YELLOW
from kafka_sizing.plot.rebalance import rebalance_timeline

# 8 members with 3 partitions each, 100 records/s to each partition.
EIGHT = {"members": 8, "partitions": 24, "write_records_per_s": 2_400}


@pytest.fixture
def ax():
    return Figure(figsize=(8, 6)).subplots()


def texts(ax):
    return [text.get_text() for text in ax.texts[::2]]


def notes(ax):
    return [text.get_text() for text in ax.texts[1::2]]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def stretches(ax, row):
    """Give what is drawn over a row: when, in what colour, and whether it fills the row."""
    backs = ax.patches[: len(texts(ax))]
    back = backs[row]
    low, high = back.get_y(), back.get_y() + back.get_height()
    return [
        (
            patch.get_x(),
            patch.get_x() + patch.get_width(),
            patch.get_facecolor(),
            patch.get_height() == pytest.approx(back.get_height()),
        )
        for patch in ax.patches[len(backs) :]
        if low - 1e-9 <= patch.get_y() < high
    ]


def full(ax, row):
    return [(*span, colour) for *span, colour, fills in stretches(ax, row) if fills]


def test_a_row_is_filled_while_its_partitions_stand_still(ax):
    cost = rebalance_cost("crash", **EIGHT, restore_s=5)
    assert rebalance_timeline(cost, ax=ax) is ax
    detect, join, restore = map(to_rgba, (VERMILLION, ORANGE, GREEN))
    assert full(ax, 0) == [(0, 45, detect), (45, 48, join), (48, 53, restore)]
    assert full(ax, 1) == [(45, 48, join), (48, 53, restore)]
    assert full(ax, 2) == [(45, 48, join)]
    assert notes(ax) == ["stop 53 s", "stop 8 s", "stop 3 s"]


def test_rows_say_which_and_how_many_partitions_they_are(ax):
    rebalance_timeline(rebalance_cost("crash", **EIGHT, restore_s=5), ax=ax)
    # 300 × 45 + 2,400 × 3 + 6 moved × 100 × 5
    assert texts(ax) == [
        "eager, 23,700 records pile up: orphaned, 3 partitions",
        "moved, 3 partitions",
        "others, 18 partitions",
    ]


def test_a_phase_that_lets_a_row_read_on_is_a_strip_of_it(ax):
    rebalance_timeline(rebalance_cost("join", **EIGHT, protocol="cooperative"), ax=ax)
    join, second = to_rgba(ORANGE), to_rgba(YELLOW)
    assert stretches(ax, 0) == [(0, 3, join, False), (3, 6, second, True)]
    assert stretches(ax, 1) == [(0, 3, join, False), (3, 6, second, False)]
    assert notes(ax) == ["stop 3 s", "never stop"]
    back, strip = ax.patches[1], ax.patches[-1]
    assert strip.get_height() < back.get_height() / 4
    assert strip.get_y() + strip.get_height() == pytest.approx(back.get_y() + back.get_height())


def test_partitions_that_stop_together_share_a_row(ax):
    rebalance_timeline(rebalance_cost("join", **EIGHT), ax=ax)
    assert texts(ax) == ["eager, 7,200 records pile up: all, 24 partitions"]


def test_orphans_and_others_of_an_eager_crash_are_told_apart(ax):
    cost = rebalance_cost("crash", members=2, partitions=2, write_records_per_s=1)
    rebalance_timeline(cost, ax=ax)
    assert texts(ax)[1] == "others, 1 partition"
    assert texts(ax)[0].endswith(": orphaned, 1 partition")


def test_all_rows_reach_to_the_end_and_the_axis_says_seconds(ax):
    rebalance_timeline(compare_protocols("crash", **EIGHT, memberships=["dynamic"]), ax=ax)
    assert {bar.get_width() for bar in ax.patches[:6]} == {50}
    assert ax.get_xlabel() == "time since the event [s]"
    assert ax.yaxis_inverted()


def test_each_phase_has_a_colour_in_the_legend(ax):
    rebalance_timeline(compare_protocols("crash", **EIGHT, back_after_s=10), ax=ax)
    read = "read (strip: the phase goes on)"
    assert legend(ax) == ["detect", "away", "join", "assign", read]
    handles = [patch.get_facecolor() for patch in ax.get_legend().get_patches()]
    assert handles[:4] == [to_rgba(each) for each in (VERMILLION, PURPLE, ORANGE, BLUE)]
    rebalance_timeline(rebalance_cost("start", **EIGHT), ax=ax)
    assert legend(ax) == ["initial delay", read]


def test_each_protocol_has_its_own_rows(ax):
    rebalance_timeline(compare_protocols("join", **EIGHT), ax=ax)
    assert texts(ax) == [
        "eager, dynamic or static, 7,200 records pile up: all, 24 partitions",
        "cooperative, dynamic or static, 600 records pile up: moved, 2 partitions",
        "others, 22 partitions",
        "consumer, dynamic or static, 1,000 records pile up: moved, 2 partitions",
        "others, 22 partitions",
    ]
    revoke, assign = to_rgba(SKY_BLUE), to_rgba(BLUE)
    assert stretches(ax, 3) == [(0, 5, revoke, False), (5, 10, assign, True)]


def test_static_members_have_rows_where_they_cost_something_else(ax):
    rebalance_timeline(compare_protocols("leave", **EIGHT, protocols=["eager"]), ax=ax)
    assert texts(ax) == [
        "eager, 7,200 records pile up: all, 24 partitions",
        "eager, static, 20,700 records pile up: orphaned, 3 partitions",
        "others, 21 partitions",
    ]
    assert notes(ax) == ["stop 3 s", "stop 48 s", "stop 3 s"]


def test_a_comparison_of_one_membership_names_it(ax):
    comparison = compare_protocols("join", **EIGHT, protocols=["eager"], memberships=["static"])
    rebalance_timeline(comparison, ax=ax)
    assert texts(ax)[0].startswith("eager, static, 7,200")


def test_a_deployment_counts_its_stops(ax):
    comparison = compare_protocols("deployment", **EIGHT, restart_s=30)
    rebalance_timeline(comparison, ax=ax)
    after = "pile up, member after member"
    assert texts(ax)[:3] == [
        f"eager, 115,200 records {after}: all",
        f"eager, static, 72,000 records {after}: orphaned",
        "others",
    ]
    assert notes(ax)[:3] == ["stop 16 × 3 s", "in turn 8 × 30 s", "never stop"]
    cooperative = texts(ax).index(f"cooperative, 14,400 records {after}: orphaned")
    assert notes(ax)[cooperative : cooperative + 3] == [
        "in turn 8 × 3 s",  # when it leaves, the partitions of each member
        "in turn 8 × 3 s",  # when it is back, those it gets
        "never stop",
    ]


def test_a_row_is_of_partitions_that_do_stop_when_it_says(ax):
    """A crash, and the return: the orphaned are read on by others and do not move back."""
    cost = rebalance_cost(
        "crash",
        members=10,
        partitions=30,
        write_records_per_s=2_000,
        protocol="cooperative",
        restore_s=10,
        back_after_s=100,
    )
    rebalance_timeline(cost, ax=ax)
    # 45 s to notice, 3 s to join, 10 s to restore; 3 s for the second join, 10 s to restore.
    # 3 partitions bring 200 records/s.
    assert texts(ax) == [
        "cooperative, 14,200 records pile up: orphaned, 3 partitions",
        "moved, 3 partitions",
        "others, 24 partitions",
    ]
    assert notes(ax) == ["stop 58 s", "stop 13 s", "never stop"]


EVENTS = [
    {"event": "crash", "back_after_s": 60},
    {"event": "crash", "back_after_s": 10},
    {"event": "stuck", "back_after_s": 400},
    {"event": "leave", "back_after_s": 20},
    {"event": "join"},
    {"event": "partitions", "partitions_after": 31},
    {"event": "start"},
]


@pytest.mark.parametrize("protocol", ["eager", "cooperative", "consumer"])
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["event"])
def test_rows_fill_as_long_as_their_partitions_stop(ax, event, protocol):
    cost = rebalance_cost(**event, **EIGHT, protocol=protocol, restore_s=2)
    rebalance_timeline(cost, ax=ax)
    drawn = []
    for row, text in enumerate(texts(ax)):
        partitions = int(re.search(r", (\d+) partitions?$", text)[1])
        stop_s = sum(end - start for start, end, _ in full(ax, row))
        drawn += [stop_s] * partitions
    assert sorted(drawn) == pytest.approx(sorted(cost.stopped_s))


def test_stops_of_several_lengths_are_added_up(ax):
    cost = rebalance_cost("crash", **EIGHT, back_after_s=60, restore_s=2)
    rebalance_timeline(cost, ax=ax)
    # Range: 0, 1 and 2 go to the next member and back. 45 s to notice, 3 s to join and 2 s to
    # restore; 3 and 2 s when it is back.
    assert notes(ax)[0] == "stop 2 times, 55 s"
    assert notes(ax)[-1] == "stop 2 × 3 s"


def test_bare_phases_are_drawn_without_counts(ax):
    phases = rebalance_phases("leave", protocol="cooperative", membership="static", rounds=2)
    rebalance_timeline(phases, ax=ax)
    assert texts(ax) == ["orphaned", "moved", "others"]
    assert notes(ax) == ["stop 51 s", "stop 3 s", "never stop"]


def test_no_phase_at_all_is_drawn_as_reading(ax):
    rebalance_timeline((), ax=ax)
    assert (texts(ax), notes(ax), len(ax.patches)) == (["all"], ["never stop"], 1)
    ax.figure.draw_without_rendering()


def test_the_caller_chooses_the_look_of_stops(ax):
    rebalance_timeline(rebalance_cost("crash", **EIGHT), ax=ax, facecolor="black")
    black = to_rgba("black")
    assert [colour for *_, colour in full(ax, 0)] == [black, black]
    assert stretches(ax, 1)[0][2] == to_rgba(VERMILLION)


@pytest.mark.parametrize("size", [(3.5, 2.6), (8, 4.5)])
def test_a_large_comparison_fits_small_axes(size):
    small = Figure(figsize=size, layout="constrained").subplots()
    rebalance_timeline(compare_protocols("deployment", **EIGHT, restart_s=60), ax=small)
    small.figure.draw_without_rendering()


@pytest.mark.parametrize("wrong", [None, 3, "crash", [1, 2], {"event": "crash"}])
def test_only_costs_and_phases_are_drawn(wrong):
    message = "subject must be RebalanceCost, ProtocolComparison or a sequence of Phase, got"
    with pytest.raises(TypeError, match=message):
        rebalance_timeline(wrong)
