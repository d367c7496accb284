"""A `RetryPlan` in; the rate into each of its topics, and what waits there, out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from kafka_sizing._checks import check_type
from kafka_sizing.plot._rows import Row, draw_rows, rows_axes
from kafka_sizing.plot._style import legend_below_rows, tick_numbers
from kafka_sizing.plot.colours import EDGE, GREY, SKY_BLUE, VERMILLION
from kafka_sizing.plot.labels import short_text
from kafka_sizing.retries.ladder import RetryPlan
from kafka_sizing.retries.stages import DeadLetter, RetryStage
from kafka_sizing.units import format_load

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_DECADES: Final = 12  # what is rarer yet is drawn as rare as that
_LEAST_WRITTEN_OUT: Final = 1e-3  # [records/s]
_DAY_S: Final = 86_400


def retry_ladder(plan: RetryPlan, *, ax: Axes | None = None) -> Axes:
    """Draw the rate into a topic, its retry topics and its dead letters, one under the other.

    The scale is logarithmic: every step of it is ten times fewer records. At the end of each bar
    stands what is held there: records that wait for their retry, or to be looked at. A stage
    whose consumer must pause and poll on is hatched; a topic that nothing goes into has no bar.

    Parameters
    ----------
    plan : RetryPlan
        What `plan_retries` found.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``plan`` is not a RetryPlan.

    Examples
    --------
    >>> from kafka_sizing.plot.retries import retry_ladder
    >>> from kafka_sizing.retries import plan_retries
    >>> plan = plan_retries(1_000, delays_s=[1, 2, 4], failing_fraction=0.05)
    >>> ax = retry_ladder(plan)
    >>> len(ax.patches), ax.get_xscale()
    (5, 'log')
    """
    check_type("plan", plan, RetryPlan, "plan_retries")
    rates = [plan.records_per_s, *(stage.records_per_s for stage in plan.stages)]
    rates.append(plan.dead_letter.records_per_s)
    least = _least(rates)
    rows = [
        Row(
            text=short_text(plan.topic, 60),
            length=plan.records_per_s,
            note=format_load(plan.records_per_s, "records/s"),
            look={"color": GREY},
        ),
        *(_stage_row(stage, least) for stage in plan.stages),
        _dead_letter_row(plan.dead_letter, least),
    ]
    ax = rows_axes(ax, len(rows))
    draw_rows(ax, rows, least=least, largest=plan.records_per_s)
    ax.set_xlabel("written to the topic [records/s]")
    _tick(ax)
    paused = [
        bar for bar, stage in zip(ax.patches[1:], plan.stages, strict=False) if stage.needs_pause
    ]
    legend_below_rows(ax, [(bar, "must pause and poll on, not sleep") for bar in paused[:1]])
    return ax


def _stage_row(stage: RetryStage, least: float) -> Row:
    look = {"color": SKY_BLUE}
    if stage.needs_pause:
        look |= {"hatch": "///", "edgecolor": EDGE, "facecolor": SKY_BLUE}
        del look["color"]
    held = format_load(stage.waiting_records, "records")
    return Row(
        text=f"{stage.name} after {_span(stage.delay_s)}  ·  {short_text(stage.topic, 60)}",
        length=max(stage.records_per_s, least),
        note=_note(stage.records_per_s, f"{held} waiting"),
        look=look,
    )


def _dead_letter_row(dead: DeadLetter, least: float) -> Row:
    held = format_load(dead.retained_records, "records")
    return Row(
        text=f"dead letters  ·  {short_text(dead.topic, 60)}",
        length=max(dead.records_per_s, least),
        note=_note(dead.records_per_s, f"{held} in {_span(dead.retention_s)}"),
        look={"color": VERMILLION},
    )


def _note(records_per_s: float, held: str) -> str:
    if not records_per_s:
        return "nothing"
    if records_per_s < _LEAST_WRITTEN_OUT:
        return f"{records_per_s:.3g} records/s, {held}"
    return f"{format_load(records_per_s, 'records/s')}, {held}"


def _span(span_s: float) -> str:
    return f"{span_s / _DAY_S:,.3g} d" if span_s >= _DAY_S else f"{span_s:,.6g} s"


def _least(rates: list[float]) -> float:
    """Choose where a logarithmic axis starts: below the least rate, at a power of ten."""
    floor = max(rates) / 10**_MOST_DECADES
    lowest = min(max(rate, floor) for rate in rates if rate)
    return 10.0 ** math.floor(math.log10(lowest / 1.5))


def _tick(ax: Axes) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    few = max(2, int(ax.bbox.width / ax.figure.dpi / 0.9))
    ax.xaxis.set_major_locator(LogLocator(numticks=few))
    ax.xaxis.set_minor_locator(NullLocator())
    tick_numbers(ax.xaxis)
