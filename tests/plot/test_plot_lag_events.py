"""What befalls a group, in plots of its lag: events that are named, spans that are shaded."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from kafka_sizing.consumers.simulation import (
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
from kafka_sizing.plot import group_throughput
from kafka_sizing.plot._marks import Mark, draw_marks, marks_of
from kafka_sizing.plot._spans import draw_spans, spans_of
from kafka_sizing.plot.colours import ORANGE, VERMILLION, YELLOW


def simulated(events, **changes):
    arguments = {"partitions": 12, "member": 320, "members": 4, "duration_s": 300}
    return simulate_lag(1_000, events=events, **(arguments | changes))


def axes(width=8.0, height=4.5, xlim=(0, 100), ylim=(0, 1)):
    ax = Figure(figsize=(width, height)).subplots()
    ax.set(xlim=xlim, ylim=ylim)
    return ax


def marked(ax, times_s, kinds=None):
    kinds = kinds or [f"event {number}" for number in range(len(times_s))]
    marks = [
        Mark(at_s=at_s, ends_s=at_s, kind=kind) for at_s, kind in zip(times_s, kinds, strict=True)
    ]
    room = draw_marks(ax, marks, factor=1, low=0, high=1)
    return [text.get_text() for text in ax.texts], room


def leaders(ax):
    """Give the x, lower and upper end of each line from the data to a name, in pixels."""
    points = ax.figure.dpi / 72
    found = []
    for line in ax.lines:
        (x, y) = ax.transData.transform((line.get_xdata()[0], line.get_ydata()[0]))
        found.append((x, y, y + line.get_markersize() * points))
    return found


@pytest.mark.parametrize(
    ("event", "name", "lasts_s"),
    [
        (Join(at_s=10), "join", 0),
        (Leave(at_s=10, member=3), "leave, member 3", 0),
        (Crash(at_s=10, member=2), "crash, member 2", 0),
        (Crash(at_s=10, member=2, back_after_s=25), "crash, member 2", 25),
        (Stuck(at_s=10, member=1, for_s=30), "stuck, member 1", 30),
        (Deployment(at_s=10, restart_s=5), "deployment", 0),
        (Slowdown(at_s=10, for_s=60), "outage", 60),
        (Slowdown(at_s=10, for_s=60, capacity_fraction=0.25), "slowed to 25 %", 60),
        (
            Slowdown(at_s=10, for_s=60, capacity_fraction=0.5, member=2),
            "slowed to 50 %, member 2",
            60,
        ),
        (PoisonRecord(at_s=10, partition=7, for_s=40), "poison record, partition 7", 40),
        (PoisonRecord(at_s=10, partition=7), "poison record, partition 7", float("inf")),
        (SharesChange(at_s=10, shares=np.full(12, 1 / 12)), "shares change", 0),
        (PartitionIncrease(at_s=10, shares=np.full(24, 1 / 24)), "24 partitions", 0),
    ],
)
def test_every_event_has_a_name_and_lasts_as_long_as_it_says(event, name, lasts_s):
    (mark,) = marks_of(simulated([event], duration_s=60))
    assert (mark.name, mark.at_s, mark.ends_s) == (name, 10, 10 + lasts_s)


def test_events_come_in_order_of_time_without_those_that_found_nobody():
    twice = [Join(at_s=50), Leave(at_s=20, member=0), Leave(at_s=30, member=0)]
    assert [mark.at_s for mark in marks_of(simulated(twice))] == [20, 50]


def test_an_event_is_a_line_with_its_name_over_the_data():
    ax = axes()
    names, room = marked(ax, [40])
    assert names == ["event 0"]
    (lines,) = ax.collections
    assert lines.get_segments()[0].tolist() == [[40, 0], [40, 1]]
    assert 10 <= room <= 20
    assert ax.texts[0].get_window_extent().y0 > ax.bbox.y1


def test_an_event_that_lasts_has_a_bar_that_ends_with_the_axes_at_the_latest():
    ax = axes()
    marks = [Mark(at_s=20, ends_s=50, kind="a"), Mark(at_s=60, ends_s=np.inf, kind="b")]
    draw_marks(ax, marks, factor=1, low=0, high=1)
    bars = ax.collections[0].get_segments()
    assert [segment.tolist() for segment in bars] == [[[20, 1], [50, 1]], [[60, 1], [100, 1]]]


def test_names_that_fit_beside_each_other_share_a_row():
    ax = axes()
    assert marked(ax, [5, 40, 80])[0] == ["event 0", "event 1", "event 2"]
    assert len({text.get_window_extent().y0 for text in ax.texts}) == 1


def test_events_of_the_same_moment_share_a_name_that_counts_them():
    assert marked(axes(), [50, 50, 50], ["crash", "crash", "join"])[0] == ["2 × crash, join"]
    kinds = ["join", "leave", "crash", "crash", "stuck", "outage"]
    assert marked(axes(), [50] * 6, kinds)[0] == ["join, leave, 2 × crash and 2 more"]


def test_a_hundred_events_are_a_few_names_and_lines_apart():
    ax = axes()
    names, room = marked(ax, np.linspace(0, 100, 100), ["join"] * 100)
    assert sum(int(name.split(" × ")[0]) if " × " in name else 1 for name in names) == 100
    assert room < 60
    x = [segment[0, 0] for segment in ax.collections[0].get_segments()]
    pixels = np.diff(ax.transData.transform([(at, 0) for at in x])[:, 0])
    assert pixels.min() >= 0.05 * ax.figure.dpi


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("width", "height"), [(8, 4.5), (3.5, 2.6), (14, 9)])
def test_no_name_covers_another_or_is_struck_by_a_line_to_one(seed, width, height):
    rng = np.random.default_rng(seed)
    ax = axes(width, height)
    times = np.sort(rng.uniform(0, 100, rng.integers(1, 25)))
    kinds = rng.choice(["join", "crash", "poison record", "slowed to 20 %"], times.size)
    marked(ax, times, kinds.tolist())
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1 for box in boxes)
    assert not any(
        box.x0 < x < box.x1 and low < box.y1 and high > box.y0
        for x, low, high in leaders(ax)
        for box in boxes
    )


def test_a_name_at_the_right_end_stands_to_the_left_of_its_line():
    ax = axes()
    marked(ax, [99])
    box = ax.texts[0].get_window_extent()
    assert box.x1 < leaders(ax)[0][0] <= ax.bbox.x1


@pytest.mark.parametrize(
    ("times_s", "name"), [([50], "slowed to 50 %"), ([10, 90], "2 events"), ([90, 91], "2 events")]
)
def test_where_no_name_fits_the_events_are_counted(times_s, name):
    ax = axes(1.4)
    marks = [Mark(at_s=at, ends_s=at, kind="slowed to 50 %", whom="member 7") for at in times_s]
    draw_marks(ax, marks, factor=1, low=0, high=1)
    assert [text.get_text() for text in ax.texts] == [name]


def test_an_eager_rebalance_is_one_span_in_which_all_stop():
    simulation = simulated([Join(at_s=60)], protocol="eager", barrier_s=12)
    spans = spans_of(simulation)
    assert {kind: pairs.tolist() for kind, pairs in spans.items()} == {"all": [[60, 72]]}


def test_a_cooperative_rebalance_stops_what_moves_in_its_second_round_only():
    spans = spans_of(simulated([Join(at_s=60)], barrier_s=12))
    assert {kind: pairs.tolist() for kind, pairs in spans.items()} == {
        "none": [[60, 72]],
        "moved": [[72, 84]],
    }


def test_a_crash_goes_unnoticed_for_the_session_timeout():
    spans = spans_of(simulated([Crash(at_s=60, member=1)]))
    assert {kind: pairs.tolist() for kind, pairs in spans.items()} == {
        "silent": [[60, 105]],
        "orphaned": [[105, 108]],
    }


def test_a_member_that_is_away_to_the_end_is_a_span_to_the_end():
    assert spans_of(simulated([Crash(at_s=280, member=1)]))["silent"].tolist() == [[280, 300]]


def test_records_that_retention_deletes_are_a_span():
    # Unread from 10 s on; those of 10 s are 60 s old at 70 s.
    simulation = simulated([Slowdown(at_s=10, for_s=90)], retention_s=60)
    assert spans_of(simulation)["lost"] == pytest.approx(np.array([[70, 100]]), abs=1)


def test_a_calm_group_has_no_spans():
    assert spans_of(simulated([])) == {}


def test_spans_have_the_colour_of_what_stops_and_are_named():
    ax = axes()
    spans = {kind: np.array([[10.0, 20.0]]) for kind in ("orphaned", "moved", "all")}
    entries = draw_spans(ax, spans, factor=10, low=0, high=1, alpha=1)
    colours = [tuple(boxes.get_facecolor()[0]) for boxes in ax.collections]
    assert colours == [to_rgba(colour) for colour in (YELLOW, ORANGE, VERMILLION)]
    assert [name for _, name in entries] == [
        "rebalance, orphaned stop",
        "rebalance, moved stop",
        "rebalance, all stop",
    ]
    (path,) = ax.collections[0].get_paths()
    assert path.get_extents().extents.tolist() == [1, 0, 2, 1]


def test_spans_closer_than_a_pixel_are_drawn_as_one():
    ax = axes(xlim=(0, 86_400))
    begins = np.concatenate([np.arange(0, 1_000, 10.0), [50_000]])
    spans = {"all": np.column_stack([begins, begins + 3])}
    draw_spans(ax, spans, factor=1, low=0, high=1, alpha=1)
    boxes = [path.get_extents().extents.tolist() for path in ax.collections[0].get_paths()]
    assert boxes == [[0, 0, 993, 1], [50_000, 0, 50_003, 1]]


def test_a_deployment_shades_a_rebalance_for_each_member_that_leaves_and_comes():
    simulation = simulated(
        [Deployment(at_s=20, restart_s=20, pause_s=10)], protocol="eager", duration_s=200
    )
    ax = group_throughput(simulation, ax=Figure(figsize=(12, 4)).subplots())
    (boxes,) = [each for each in ax.collections if each.get_alpha() == 0.4]
    begins = [path.get_extents().x0 for path in boxes.get_paths()]
    assert begins == pytest.approx([20, 40, 50, 70, 80, 100, 110, 130])
