"""Scaling policies side by side: their cost, and lag and members over time."""

import dataclasses
from functools import cache

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from kafka_sizing.consumers import Arrivals, PartitionIncrease
from kafka_sizing.consumers.scaling import FixedMembers, FunctionPolicy, KedaPolicy, KedaTrigger
from kafka_sizing.consumers.scaling.comparison import compare_policies
from kafka_sizing.plot.colours import GREEN, SKY_BLUE
from kafka_sizing.plot.policies import policy_comparison, policy_lag, policy_members


def compare(policies, arrivals=300, **changes):
    arguments = {
        "member": 100,
        "members": 2,
        "partitions": 4,
        "duration_s": 3_600,
        "lag_objective_s": 60,
    }
    return compare_policies(policies, arrivals, **(arguments | changes))


@cache
def two_and_four():
    return compare([FixedMembers(2), FixedMembers(4)])


@pytest.fixture
def ax():
    return Figure(figsize=(8, 5)).subplots()


def bars(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_every_policy_is_a_bar_of_its_member_hours_from_the_top_down(ax):
    assert policy_comparison(two_and_four(), ax=ax) is ax
    assert [bar.get_width() for bar in bars(ax)] == [2.0, 4.0]
    middles = [bar.get_y() for bar in bars(ax)]
    assert middles == sorted(middles)
    assert ax.yaxis_inverted()
    assert ax.get_xlabel() == "member-hours"


def test_the_best_is_green_and_what_misses_the_objective_is_hatched(ax):
    policy_comparison(two_and_four(), ax=ax)
    misses, best = bars(ax)
    assert misses.get_hatch()
    assert misses.get_facecolor() == to_rgba(SKY_BLUE)
    assert not best.get_hatch()
    assert best.get_facecolor() == to_rgba(GREEN)
    assert legend(ax) == ["does not keep the lag within 60 s"]


def test_bars_say_who_and_how_far_behind(ax):
    policy_comparison(two_and_four(), ax=ax)
    assert [text.get_text() for text in ax.texts] == [
        "2 members  ·  above the objective 95.0 % of the time",
        "2.0 h, 0 rebalances",
        "4 members  ·  within the objective",
        "4.0 h, 0 rebalances, best",
    ]


def test_one_rebalance_is_written_in_the_singular(ax):
    grown = PartitionIncrease(at_s=60, shares=[0.2] * 5)
    policy_comparison(compare([FixedMembers(2)], events=[grown]), ax=ax)
    assert ", 1 rebalance, closest" in ax.texts[1].get_text()


def test_where_none_will_do_the_best_is_only_the_closest(ax):
    policy_comparison(compare([FixedMembers(1), FixedMembers(2)]), ax=ax)
    assert [text.get_text().endswith(", closest") for text in ax.texts[1::2]] == [False, True]


def test_where_all_keep_the_objective_there_is_no_legend(ax):
    policy_comparison(compare([FixedMembers(4)]), ax=ax)
    assert ax.get_legend() is None
    assert not bars(ax)[0].get_hatch()


def test_storms_and_losses_are_written(ax):
    comparison = compare([FixedMembers(2)], retention_s=600)
    keda = KedaPolicy(trigger=KedaTrigger(lag_threshold=500), least=1, most=4)
    storm = dataclasses.replace(compare([keda]).best, storm_fraction=0.0)
    policy_comparison(dataclasses.replace(comparison, outcomes=(comparison.best, storm)), ax=ax)
    texts = [text.get_text() for text in ax.texts[::2]]
    assert f", {comparison.best.lost_records:,.0f} records lost" in texts[0]
    assert texts[1].endswith(", rebalance storm")


def test_lag_over_time_is_drawn_with_the_objective(ax):
    assert policy_lag(two_and_four(), ax=ax) is ax
    two, four, objective = ax.lines
    # The oldest unread record ages by a third of a second each second.
    assert two.get_xdata()[-1] == pytest.approx(60)
    assert two.get_ydata()[-1] == pytest.approx(1_200)
    assert four.get_ydata().max() == 0
    assert set(objective.get_ydata()) == {60}
    assert legend(ax) == ["2 members", "4 members, best", "objective, 60 s"]
    assert ax.get_xlabel() == "time [min]"
    assert ax.get_ylabel() == "oldest unread record [s]"
    assert ax.get_yscale() == "linear"
    assert ax.get_xlim() == (0, 60)


def test_lag_far_beyond_the_objective_is_drawn_by_factors(ax):
    comparison = compare([FixedMembers(2), FixedMembers(4)], lag_objective_s=50)
    policy_lag(comparison, ax=ax)
    assert ax.get_yscale() == "log"
    two, four, _ = ax.lines
    assert two.get_ydata()[-1] == pytest.approx(1_200)
    assert set(four.get_ydata()) == {0.5}  # what is less than a hundredth lies on the edge
    assert ax.get_ylim()[0] == 0.5


def test_lag_is_drawn_in_records_where_the_objective_is(ax):
    comparison = compare([FixedMembers(2)], lag_objective_s=None, lag_objective_records=100_000)
    policy_lag(comparison, ax=ax)
    assert ax.lines[0].get_ydata()[-1] == pytest.approx(360_000)
    assert ax.get_ylabel() == "lag [records]"
    assert legend(ax)[-1] == "objective, 100,000 records"


def test_the_measure_may_be_chosen_and_then_lacks_an_objective(ax):
    policy_lag(two_and_four(), measure="records", ax=ax)
    assert ax.lines[0].get_ydata()[-1] == pytest.approx(360_000)
    assert legend(ax) == ["2 members", "4 members, best"]


def test_an_objective_of_zero_is_drawn_too(ax):
    policy_lag(compare([FixedMembers(4)], lag_objective_s=0), ax=ax)
    assert ax.get_yscale() == "linear"
    assert legend(ax)[-1] == "objective, 0 s"


def test_members_over_time_are_steps_with_starting_ones(ax):
    def asks(now):
        return 4 if now.at_s > 60 else 2

    policy = FunctionPolicy(function=asks, name="asks", most=6)
    comparison = compare([policy, FixedMembers(3)], partitions=8, duration_s=200)
    assert policy_members(comparison, ax=ax) is ax
    asked, three = ax.lines
    assert asked.get_drawstyle() == "steps-post"
    assert asked.get_xydata().tolist() == [[0, 2], [75, 4], [200, 4]]  # it looks at 75 s
    assert three.get_xydata().tolist() == [[0, 3], [200, 3]]
    assert ax.get_ylabel() == "members"
    assert all(tick == round(tick) for tick in ax.get_yticks())


def test_a_line_says_where_members_would_idle(ax):
    policy_members(two_and_four(), ax=ax)
    assert set(ax.lines[-1].get_ydata()) == {4}
    assert legend(ax)[-1] == "4 partitions: more would idle"
    other = Figure().subplots()
    policy_members(compare([FixedMembers(3)]), ax=other)
    assert len(other.lines) == 1


def test_many_members_are_ticked_as_whole_numbers(ax):
    policy_members(compare([FixedMembers(40)], partitions=60, duration_s=60), ax=ax)
    assert ax.get_ylim()[1] > 40


@pytest.mark.parametrize("draw", [policy_lag, policy_members])
def test_lines_that_coincide_both_show(draw, ax):
    draw(two_and_four(), ax=ax)
    under, over = ax.lines[:2]
    assert under.get_linewidth() > over.get_linewidth()
    assert under.get_color() != over.get_color()


@pytest.mark.parametrize("draw", [policy_lag, policy_members])
def test_the_readers_own_look_wins(draw, ax):
    draw(two_and_four(), ax=ax, linewidth=7.5)
    assert [line.get_linewidth() for line in ax.lines[:2]] == [7.5, 7.5]


def test_more_policies_than_colours_are_told_apart(ax):
    policies = [
        FunctionPolicy(function=lambda now: now.members, name=f"policy {n}", most=4)
        for n in range(8)
    ]
    policy_members(compare(policies, duration_s=30), ax=ax)
    looks = {(line.get_color(), line.get_linestyle()) for line in ax.lines[:8]}
    assert len(looks) == 8


def test_lag_that_never_was_is_drawn_as_a_line_at_zero(ax):
    comparison = compare([FixedMembers(4)], Arrivals.steady(0), lag_objective_s=60)
    policy_lag(comparison, ax=ax)
    assert not np.any(ax.lines[0].get_ydata())


@pytest.mark.parametrize("draw", [policy_comparison, policy_lag, policy_members])
def test_only_a_comparison_is_drawn(draw, ax):
    with pytest.raises(TypeError, match="comparison must be PolicyComparison, got int"):
        draw(3, ax=ax)


def test_the_measure_is_one_of_two(ax):
    with pytest.raises(ValueError, match="measure must be one of 's', 'records', got 'h'"):
        policy_lag(two_and_four(), measure="h", ax=ax)
