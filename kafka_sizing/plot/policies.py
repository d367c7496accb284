"""A `PolicyComparison` in; what each scaling policy costs, and lag and members over time, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_type
from kafka_sizing.consumers.scaling.comparison import PolicyComparison
from kafka_sizing.consumers.scaling.outcome import PolicyOutcome
from kafka_sizing.plot._rows import Row, draw_rows, rows_axes
from kafka_sizing.plot._style import (
    legend_above,
    legend_below_rows,
    new_axes,
    open_frame,
    tick_factors,
    tick_numbers,
)
from kafka_sizing.plot._time import extremes, time_axis
from kafka_sizing.plot.colours import EDGE, GREEN, KEY_COLOURS, SKY_BLUE, VERMILLION
from kafka_sizing.plot.labels import short_text
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

LagMeasure = Literal["s", "records"]

_NAME_LENGTH: Final = 60
_MISSED: Final[dict[str, Any]] = {"hatch": "///", "edgecolor": EDGE, "linewidth": 0.6}
_DASHES: Final = ("-", "--", ":", "-.")
_WIDE: Final = 20  # lag beyond so many objectives is drawn by factors,
_DEPTH: Final = 100  # from this part of the objective on
_LEGEND_ROOM_POINTS: Final = 6
_THINNEST: Final = 1.4  # points
_STEP_WIDTH: Final = 0.6
_MOST_STEPS: Final = 4
_OVER_LINES: Final = 1.03  # so that a line at the upper end is drawn whole


def policy_comparison(comparison: PolicyComparison, *, ax: Axes | None = None) -> Axes:
    """Draw the member-hours each policy took, and mark those that miss the objective.

    Above each bar stand the policy and how far behind it let the group fall. The best policy
    is green and says so; what misses the objective is hatched.

    Parameters
    ----------
    comparison : PolicyComparison
        What `compare_policies` found.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``comparison`` is not a PolicyComparison.

    Examples
    --------
    >>> from kafka_sizing import plot
    >>> from kafka_sizing.consumers.scaling import FixedMembers
    >>> from kafka_sizing.consumers.scaling.comparison import compare_policies
    >>> comparison = compare_policies(
    ...     [FixedMembers(2), FixedMembers(4)], 300, member=100, members=2, partitions=4,
    ...     duration_s=3_600, lag_objective_s=60,
    ... )
    >>> ax = plot.policy_comparison(comparison)
    >>> [float(bar.get_width()) for bar in ax.patches]
    [2.0, 4.0]
    """
    from matplotlib.patches import Patch

    check_type("comparison", comparison, PolicyComparison)
    outcomes = comparison.outcomes
    ax = rows_axes(ax, len(outcomes))
    rows = []
    for outcome in outcomes:
        best = outcome is comparison.best
        look: dict[str, Any] = {"color": GREEN if best else SKY_BLUE}
        if not outcome.meets_objective:
            look |= _MISSED
        plural = "" if outcome.rebalances == 1 else "s"
        note = f"{outcome.member_hours:,.1f} h, {outcome.rebalances:,} rebalance{plural}"
        rows.append(
            Row(
                text=f"{short_text(outcome.name, _NAME_LENGTH)}  ·  {_lag_text(outcome)}",
                length=outcome.member_hours,
                note=note + (_mark(outcome) if best else ""),
                look=look,
            )
        )
    draw_rows(ax, rows, least=0.0, largest=max(row.length for row in rows) or 1.0)
    entries: list[tuple[Artist, str]] = []
    if not all(outcome.meets_objective for outcome in outcomes):
        missed = Patch(facecolor="none", **_MISSED)
        entries.append((missed, f"does not keep {comparison.objective}"))
    ax.set_xlabel("member-hours")
    tick_numbers(ax.xaxis)
    legend_below_rows(ax, entries)
    return ax


def policy_lag(
    comparison: PolicyComparison,
    *,
    measure: LagMeasure | None = None,
    ax: Axes | None = None,
    **line_kwargs: Any,
) -> Axes:
    """Draw the lag over time under each policy, and the objective.

    Lag that goes far beyond the objective is drawn on a logarithmic axis; what is less than
    a hundredth of the objective then lies on its lower end.

    Parameters
    ----------
    comparison : PolicyComparison
        What `compare_policies` found.
    measure : {"s", "records"}, optional
        The age of the oldest unread record, or the unread records of all partitions; by
        default that of the objective, and of two the age.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.
    **line_kwargs
        Go to ``Axes.plot`` for every policy, and win over the choices made here.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``comparison`` is not a PolicyComparison.
    ValueError
        If the measure is unknown.

    Examples
    --------
    >>> from kafka_sizing import plot
    >>> from kafka_sizing.consumers.scaling import FixedMembers
    >>> from kafka_sizing.consumers.scaling.comparison import compare_policies
    >>> comparison = compare_policies(
    ...     [FixedMembers(2), FixedMembers(4)], 300, member=100, members=2, partitions=4,
    ...     duration_s=60, lag_objective_records=1_000,
    ... )
    >>> ax = plot.policy_lag(comparison)
    >>> [round(float(line.get_ydata().max())) for line in ax.lines[:2]]
    [6000, 0]
    """
    check_type("comparison", comparison, PolicyComparison)
    if measure is None:
        measure = "records" if comparison.lag_objective_s is None else "s"
    check_choice("measure", measure, get_args(LagMeasure))
    in_seconds = measure == "s"
    objective = comparison.lag_objective_s if in_seconds else comparison.lag_objective_records
    lags = [_lag(outcome, in_seconds=in_seconds) for outcome in comparison.outcomes]
    peak = max(float(lag.max()) for lag in lags)
    by_factors = bool(objective) and peak > _WIDE * (objective or 0.0)
    least = (objective or 0.0) / _DEPTH if by_factors else 0.0

    ax = new_axes(ax)
    open_frame(ax)
    factor = _time_axis(ax, comparison)
    entries: list[tuple[Artist, str]] = []
    for number, (outcome, lag) in enumerate(zip(comparison.outcomes, lags, strict=True)):
        rows = extremes(lag)
        times = outcome.times_s[rows] / factor
        look = _look(number, len(lags)) | line_kwargs
        line = ax.plot(times, np.maximum(lag[rows], least), **look)[0]
        entries.append((line, _legend_name(outcome, comparison)))
    if objective is not None:
        unit = "s" if in_seconds else "records"
        drawn = ax.axhline(objective, color=VERMILLION, linestyle="--", linewidth=1.6)
        entries.append((drawn, f"objective, {objective:,g} {unit}"))
    largest = max(peak, objective or 0.0) or 1.0
    ax.set_ylabel("oldest unread record [s]" if in_seconds else "lag [records]")
    if by_factors:
        tick_factors(ax, least, largest)
    legend_above(ax, entries, least=least, largest=largest * _OVER_LINES, room=_LEGEND_ROOM_POINTS)
    tick_numbers(ax.yaxis)
    return ax


def policy_members(
    comparison: PolicyComparison, *, ax: Axes | None = None, **line_kwargs: Any
) -> Axes:
    """Draw the members over time under each policy, those that are starting included.

    Where a policy goes as far as one member a partition, a line says so: any more would idle.

    Parameters
    ----------
    comparison : PolicyComparison
        What `compare_policies` found.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.
    **line_kwargs
        Go to ``Axes.step`` for every policy, and win over the choices made here.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``comparison`` is not a PolicyComparison.

    Examples
    --------
    >>> from kafka_sizing import plot
    >>> from kafka_sizing.consumers.scaling import FixedMembers
    >>> from kafka_sizing.consumers.scaling.comparison import compare_policies
    >>> comparison = compare_policies(
    ...     [FixedMembers(2), FixedMembers(4)], 300, member=100, members=2, partitions=8,
    ...     duration_s=60, lag_objective_s=60,
    ... )
    >>> ax = plot.policy_members(comparison)
    >>> [int(line.get_ydata().max()) for line in ax.lines]
    [2, 4]
    """
    from matplotlib.ticker import MaxNLocator

    check_type("comparison", comparison, PolicyComparison)
    ax = new_axes(ax)
    open_frame(ax)
    factor = _time_axis(ax, comparison)
    entries: list[tuple[Artist, str]] = []
    for number, outcome in enumerate(comparison.outcomes):
        times, members = _members(outcome)
        look = _look(number, len(comparison.outcomes)) | line_kwargs
        line = ax.step(times / factor, members, where="post", **look)[0]
        entries.append((line, _legend_name(outcome, comparison)))
    largest = max(outcome.most_members for outcome in comparison.outcomes)
    partitions = comparison.outcomes[0].partitions
    if largest >= partitions:
        drawn = ax.axhline(partitions, color=EDGE, linestyle="--", linewidth=1.4)
        entries.append((drawn, f"{partitions:,} partitions: more would idle"))
    ax.set_ylabel("members")
    top = max(largest, 1) * _OVER_LINES
    legend_above(ax, entries, least=0, largest=top, room=_LEGEND_ROOM_POINTS)
    if largest < 9:
        ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=max(1, largest)))
    tick_numbers(ax.yaxis)
    return ax


def _lag(outcome: PolicyOutcome, *, in_seconds: bool) -> NDArray[np.float64]:
    return outcome.oldest_unread_s if in_seconds else outcome.lag_records


def _members(outcome: PolicyOutcome) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give when the number of members changed, and to what; with the two ends."""
    members = np.append(outcome.members[0], outcome.members)
    times = np.append(0.0, outcome.times_s)
    changed = np.flatnonzero(np.diff(members, prepend=-1))
    rows = np.append(changed, members.size - 1)
    return times[rows], members[rows]


def _time_axis(ax: Axes, comparison: PolicyComparison) -> float:
    return time_axis(ax, comparison.outcomes[0].duration_s)


def _look(number: int, policies: int) -> dict[str, Any]:
    """Give the look of the policy with this number; the same in every plot.

    Each line is thinner than the one under it, so that both show where they coincide.
    """
    rounds, rank = divmod(number, len(KEY_COLOURS))
    return {
        "color": KEY_COLOURS[rank],
        "linestyle": _DASHES[rounds % len(_DASHES)],
        "linewidth": _THINNEST + _STEP_WIDTH * min(_MOST_STEPS, policies - 1 - number),
    }


def _legend_name(outcome: PolicyOutcome, comparison: PolicyComparison) -> str:
    name = short_text(outcome.name, _NAME_LENGTH)
    return name + (_mark(outcome) if outcome is comparison.best else "")


def _mark(best: PolicyOutcome) -> str:
    """Name the best policy what it is: one that misses the objective is only the closest."""
    return ", best" if best.meets_objective else ", closest"


def _lag_text(outcome: PolicyOutcome) -> str:
    if outcome.time_over_s:
        over = f"above the objective {format_share(outcome.over_fraction)} of the time"
    else:
        over = "within the objective"
    storm = ", rebalance storm" if outcome.is_storm else ""
    lost = f", {outcome.lost_records:,.0f} records lost" if outcome.lost_records >= 1 else ""
    return f"{over}{storm}{lost}"
