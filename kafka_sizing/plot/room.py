"""A `BrokerPlan` in; the part of each limit that is used, today and at the horizon, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kafka_sizing._checks import ROUNDING, check_type
from kafka_sizing.plot._rows import DrawnRows, Row, draw_line, draw_rows, rows_axes
from kafka_sizing.plot._style import legend_below_rows, percent_number, tick_numbers
from kafka_sizing.plot.colours import BLUE, EDGE, ORANGE, SKY_BLUE, VERMILLION, YELLOW
from kafka_sizing.plot.labels import short_text
from kafka_sizing.topic.planning.brokers import BrokerPlan
from kafka_sizing.topic.planning.room import LimitUse, limit_uses
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_FULL: Final = 1.0
_MOST_DRAWN: Final = 2.0  # of a limit; bars of what is beyond are cut off there
_ROOM: Final = 1.1
_TODAY_HEIGHT: Final = 0.4  # of the bar that it lies on
_BESIDE_BAR: Final = 0.12  # lines of text


def room_left(plan: BrokerPlan, *, ax: Axes | None = None) -> Axes:
    """Draw how much of each limit on the brokers is used: today, at the horizon, with one lost.

    The line across is the limit itself. Bars beyond it are red, or yellow where the limit
    is only advice; those beyond twice the limit are cut off there and hatched.

    Parameters
    ----------
    plan : BrokerPlan
        The brokers' part of a plan, from `plan_topic`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``plan`` is not a BrokerPlan.

    Examples
    --------
    >>> from kafka_sizing import plot
    >>> from kafka_sizing.topic import Cluster, Group, TopicDesign, Traffic, plan_topic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
    ...     groups=[Group(name="billing", member_records_per_s=1_500)],
    ...     cluster=Cluster(brokers=3, network_bytes_per_s_per_broker=40e6),
    ... )
    >>> ax = plot.room_left(plan_topic(design).brokers)
    >>> [text.get_text() for text in ax.texts[:2]]
    ['network in, of a broker', '5.0 % at the horizon, 5.0 % today, 5.0 % with one broker lost']
    """
    check_type("plan", plan, BrokerPlan, "plan_topic")
    uses = limit_uses(plan)
    rows = [_row(use) for use in uses]
    largest = max(_FULL * _ROOM, *(row.length for row in rows))
    ax = rows_axes(ax, len(rows))
    drawn = draw_rows(ax, rows, least=0, largest=largest, lines=[_FULL])
    entries = _draw_bars(ax, drawn, uses)
    line = draw_line(ax, drawn, _FULL, color=VERMILLION, linestyle="--", linewidth=1.6)
    ax.set_xlabel("part of the limit in use, at the peak")
    tick_numbers(ax.xaxis, percent_number)
    legend_below_rows(ax, [*entries, (line, "the limit")])
    return ax


def _row(use: LimitUse) -> Row:
    """Give the text of a row, and what reaches furthest in it; its bars are drawn later."""
    shares = [use.horizon_share, use.today_share]
    note = f"{_share(use.horizon_share)} at the horizon, {_share(use.today_share)} today"
    if use.without_broker_share is not None:
        note += f", {_share(use.without_broker_share)} with one broker lost"
        shares.append(use.without_broker_share)
    advice = "" if use.is_enforced else ", only advised"
    name = use.name if use.per in use.name else f"{use.name}, of a {use.per}"
    return Row(
        text=short_text(f"{name}{advice}", 90),
        length=min(max(shares), _MOST_DRAWN),
        note=note,
        look={"alpha": 0.0},
    )


def _draw_bars(ax: Axes, drawn: DrawnRows, uses: tuple[LimitUse, ...]) -> list[tuple[Artist, str]]:
    """Draw the bars of each row; give what is to be named of them."""
    for placeholder in list(ax.patches):
        placeholder.remove()
    heights = [high - low - 2 * _BESIDE_BAR for low, high in drawn.spans]
    middles = [(low + high) / 2 for low, high in drawn.spans]
    entries: dict[str, Artist] = {}
    for use, middle, height in zip(uses, middles, heights, strict=True):
        for share, part, look, name in (
            (use.horizon_share, 1.0, _look(use), _name(use)),
            (use.today_share, _TODAY_HEIGHT, {"color": BLUE}, "today"),
        ):
            (bar,) = ax.barh([middle], [min(share, _MOST_DRAWN)], height=part * height, **look)
            entries.setdefault(name, bar)
    return [(bar, name) for name, bar in entries.items()] + _lost_marks(ax, drawn, uses)


def _look(use: LimitUse) -> dict[str, Any]:
    if not _is_beyond(use):
        return {"color": SKY_BLUE}
    colour = VERMILLION if use.is_enforced else YELLOW
    if use.horizon_share <= _MOST_DRAWN:
        return {"color": colour}
    return {"facecolor": colour, "edgecolor": EDGE, "hatch": "///"}


def _name(use: LimitUse) -> str:
    if not _is_beyond(use):
        return "at the horizon"
    return "at the horizon, too much" if use.is_enforced else "at the horizon, against advice"


def _is_beyond(use: LimitUse) -> bool:
    return use.horizon_share > _FULL * (1 + ROUNDING)


def _lost_marks(
    ax: Axes, drawn: DrawnRows, uses: tuple[LimitUse, ...]
) -> list[tuple[Artist, str]]:
    """Mark where each row stands once a broker is lost."""
    known = [
        (min(use.without_broker_share, _MOST_DRAWN), span)
        for use, span in zip(uses, drawn.spans, strict=True)
        if use.without_broker_share is not None
    ]
    if not known:
        return []
    marks = ax.vlines(
        [share for share, _ in known],
        [low for _, (low, _) in known],
        [high for _, (_, high) in known],
        color=ORANGE,
        linewidth=2.5,
    )
    return [(marks, "with one broker lost")]


def _share(share: float) -> str:
    return format_share(share) if share < 10 else f"{100 * share:,.0f} %"
