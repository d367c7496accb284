"""A `CountDecision` in; how far each input may move before its count changes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kafka_sizing._checks import check_type
from kafka_sizing.plot._rows import Row, draw_rows, rows_axes
from kafka_sizing.plot._style import legend_below_rows, tick_numbers
from kafka_sizing.plot.colours import BLUE, EDGE, GREEN, ORANGE
from kafka_sizing.plot.labels import short_text
from kafka_sizing.topic.planning.count import CountDecision
from kafka_sizing.topic.planning.sensitivity import Effect, Sensitivity

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_COLOURS: Final[dict[Effect, str]] = {
    "needs more": ORANGE,
    "needs fewer": GREEN,
    "then holds": BLUE,
}
_TOLD: Final[dict[Effect, str]] = {
    "needs more": "beyond it {:,} partitions are too few",
    "needs fewer": "from there on fewer than {:,} are enough",
    "then holds": "from there on {:,} partitions hold",
}
_LEAST_PERCENT: Final = 0.1  # within it the scale is linear
_MOST_PERCENT: Final = 1_000.0  # what has to move further, or from 0, is cut off there
_LEFT, _RIGHT = -1, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bar:
    """How far one input may move one way."""

    told: Sensitivity
    row: int
    percent: float  #: of its value now, below 0 for less
    is_cut: bool

    @property
    def side(self) -> int:
        return _LEFT if self.percent < 0 else _RIGHT

    @property
    def note(self) -> str:
        count = "no count" if self.told.partitions is None else f"{self.told.partitions:,}"
        ratio = self.told.change_ratio
        if ratio is None:
            return f"from 0: {count}"
        percent = 100 * (ratio - 1)
        digits = f"{percent:+,.0f}" if abs(percent) >= 100 else f"{percent:+.2g}"
        return f"{_signed(digits)} %: {count}"


def sensitivity(count: CountDecision, *, ax: Axes | None = None) -> Axes:
    """Draw, for each input, how far it alone may move until another count is needed.

    A row is an input, the nearest to a change on top. To the left it falls, to the right it
    rises, in percent of its value now; at the end of a bar stand the change and the count that
    is then needed. The scale is by factors of ten, so that a hair and a doubling both show.
    What has to move by more than ten times its value, or from 0, is cut off and hatched.

    Parameters
    ----------
    count : CountDecision
        The count of a plan, from `plan_topic`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``count`` is not a CountDecision.

    Examples
    --------
    >>> from kafka_sizing import plot
    >>> from kafka_sizing.topic import Group, TopicDesign, Traffic, plan_topic
    >>> design = TopicDesign(
    ...     name="orders",
    ...     traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500, peak_ratio=3),
    ...     groups=[Group(name="billing", member_records_per_s=1_600)],
    ... )
    >>> ax = plot.sensitivity(plan_topic(design).count)
    >>> {"−6.7 %: 7", "+6.7 %: 9"} <= {text.get_text() for text in ax.texts}
    True
    """
    check_type("count", count, CountDecision, "plan_topic")
    names = list(dict.fromkeys(row.input for row in count.sensitivity))
    ax = rows_axes(ax, max(1, len(names)))
    if not names:
        return _nothing(ax)
    texts = [Row(text=short_text(name, 60), length=0.0, note="", look={}) for name in names]
    drawn = draw_rows(ax, texts, least=0.0, largest=1.0)
    for placeholder in list(ax.patches):
        placeholder.remove()
    bars = [_bar(row, names.index(row.input)) for row in count.sensitivity]
    _scale(ax, bars)
    size = ax.texts[0].get_fontsize()
    entries: dict[Effect, Artist] = {}
    for bar in sorted(bars, key=lambda bar: (bar.row, bar.percent)):
        low, high = drawn.spans[bar.row]
        (patch,) = ax.barh(
            [(low + high) / 2],
            [bar.percent],
            height=0.9 * (high - low),
            color=_COLOURS[bar.told.effect],
            hatch="///" if bar.is_cut else None,
            edgecolor=EDGE if bar.is_cut else None,
        )
        entries.setdefault(bar.told.effect, patch)
        ax.annotate(
            bar.note,
            (bar.percent, (low + high) / 2),
            xytext=(4 * bar.side, 0),
            textcoords="offset points",
            ha="left" if bar.side == _RIGHT else "right",
            va="center",
            fontsize=size,
            parse_math=False,
        )
    ax.axvline(0, color=EDGE, linewidth=1.2)
    ax.set_xlabel("change of this input alone: partitions needed then")
    told = {effect: text.format(count.partitions) for effect, text in _TOLD.items()}
    legend_below_rows(
        ax, [(entries[effect], told[effect]) for effect in told if effect in entries]
    )
    return ax


def _bar(told: Sensitivity, row: int) -> _Bar:
    ratio = told.change_ratio
    percent = _MOST_PERCENT if ratio is None else 100 * (ratio - 1)
    return _Bar(
        told=told,
        row=row,
        percent=min(percent, _MOST_PERCENT),
        is_cut=ratio is None or percent > _MOST_PERCENT,
    )


def _scale(ax: Axes, bars: Iterable[_Bar]) -> None:
    """Scale the x-axis by factors to both sides, with room for what stands beside the bars."""
    from matplotlib.ticker import FixedLocator, NullLocator

    ax.set_xscale("symlog", linthresh=_LEAST_PERCENT, linscale=0.5)
    sides = {bar.side for bar in bars}
    least = -2_500.0 if _LEFT in sides else -_LEAST_PERCENT
    most = 25_000.0 if _RIGHT in sides else _LEAST_PERCENT
    ax.set_xlim(least, most)
    ticks = [-100, -10, -1, -0.1, 0, 0.1, 1, 10, 100, 1_000]
    ax.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if least <= tick <= most]))
    ax.xaxis.set_minor_locator(NullLocator())
    tick_numbers(ax.xaxis, lambda value, _: _signed(f"{value:+,g}") + " %" if value else "0")


def _signed(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")


def _nothing(ax: Axes) -> Axes:
    ax.set(xticks=[], yticks=[], xlabel="no input changes the count by itself")
    return ax
