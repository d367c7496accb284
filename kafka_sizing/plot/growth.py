"""A `GrowthPath` in; the load over the years, and what the topic carries with each count, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kafka_sizing._checks import check_type
from kafka_sizing.partitions.growing import GrowthPath
from kafka_sizing.plot._style import (
    legend_above,
    new_axes,
    open_frame,
    tick_numbers,
)
from kafka_sizing.plot.colours import BLUE, GREEN, GREY, VERMILLION
from kafka_sizing.units import display_unit, format_count, format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_POINTS: Final = 201
_CHARACTER_INCHES: Final = 0.075  # of a stage's name, with some air
_ROOM_FOR_NAMES: Final = 1.12  # over the highest stage


def growth_path(path: GrowthPath, *, ax: Axes | None = None) -> Axes:
    r"""Draw a load that grows, the counts that carry it, and what moves with every step.

    The height of a step is what the topic carries with that count until its hottest partition
    is full. A path that grows as needed is drawn for comparison, thin, if it is another one.

    Parameters
    ----------
    path : GrowthPath
        What `plan_growth` found.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``path`` is not a GrowthPath.

    Examples
    --------
    >>> from kafka_sizing import MiB, plan_growth, plot
    >>> path = plan_growth(
    ...     None, 100 * MiB, growth_fraction_per_year=0.5, horizon_years=3,
    ...     partition_bytes_per_s=10 * MiB, partitions=12, most_spare_ratio=2,
    ... )
    >>> [text.get_text() for text in plot.growth_path(path).texts]
    ['18 partitions\n66.7 % moves', '36 partitions\n50.0 % moves']
    """
    check_type("path", path, GrowthPath, "plan_growth")
    ax = new_axes(ax, figsize=(8.0, 4.5))
    open_frame(ax)
    end_years = path.curve.horizon_years or 1.0
    ax.set_xlim(0, end_years)
    other = path.as_needed if path.as_needed and path.as_needed.counts != path.counts else None
    drawn = [path, other] if other else [path]
    largest = max(
        path.curve.rate_at(end_years),
        *(stage.ceiling_bytes_per_s for each in drawn for stage in each.stages),
    )
    factor, unit = display_unit("bytes/s", largest)

    entries = _draw_load(ax, path, end_years, factor)
    looks: list[dict[str, Any]] = [
        {"color": GREEN, "linewidth": 2.2},
        {"color": GREY, "linewidth": 1.0, "linestyle": "--"},
    ]
    for each, look in zip(drawn, looks, strict=False):
        entries.append((_draw_stages(ax, each, end_years, factor, look), _name(each)))
    ax.set_xlabel("time [years]")
    ax.set_ylabel(f"load [{unit}]")
    tick_numbers(ax.xaxis)
    tick_numbers(ax.yaxis)
    legend_above(ax, entries, least=0.0, largest=_ROOM_FOR_NAMES * largest / factor, room=10)
    _name_stages(ax, path, end_years, factor)
    return ax


def _draw_load(
    ax: Axes, path: GrowthPath, end_years: float, factor: float
) -> list[tuple[Artist, str]]:
    """Draw the load, and once more where it is above all that the topic carries."""
    years = np.linspace(0, end_years, _POINTS)
    rates = np.array([path.curve.rate_at(at) for at in years.tolist()])
    (line,) = ax.plot(years, rates / factor, color=BLUE, linewidth=1.8)
    entries: list[tuple[Artist, str]] = [(line, "load")]
    if not path.feasible:
        above = np.where(rates > path.stages[-1].ceiling_bytes_per_s, rates / factor, np.nan)
        (line,) = ax.plot(years, above, color=VERMILLION, linewidth=3.0)
        entries.append((line, "more than any of the counts carries"))
    return entries


def _draw_stages(
    ax: Axes, path: GrowthPath, end_years: float, factor: float, look: dict[str, Any]
) -> Artist:
    begins = [stage.begins_years for stage in path.stages]
    heights = [stage.ceiling_bytes_per_s / factor for stage in path.stages]
    (line,) = ax.plot(
        [*begins, end_years], [*heights, heights[-1]], drawstyle="steps-post", zorder=1.5, **look
    )
    return line


def _name(path: GrowthPath) -> str:
    if not path.steps:
        return "carried, with one count: nothing moves"
    steps = format_count(len(path.steps), "step")
    how = ", as needed" if path.strategy == "as needed" else ""
    return f"carried{how}: {steps}, {path.moved_ratio:.2f} × today's load moves"


def _name_stages(ax: Axes, path: GrowthPath, end_years: float, factor: float) -> None:
    """Write its count over each stage that is wide enough, and what moves when it begins."""
    inches = ax.bbox.width / ax.figure.dpi / end_years
    ends = [*(stage.begins_years for stage in path.stages[1:]), end_years]
    steps = [None, *path.steps]
    for stage, step, end in zip(path.stages, steps, ends, strict=True):
        lines = [format_count(stage.partitions, "partition")]
        if step is not None:
            lines.append(f"{format_share(step.moved_load_share)} moves")
        widest = max(map(len, lines)) * _CHARACTER_INCHES
        if widest > (end - stage.begins_years) * inches:
            continue
        below = stage is path.stages[-1] and not path.feasible  # the load is above it
        ax.annotate(
            "\n".join(lines),
            (stage.begins_years, stage.ceiling_bytes_per_s / factor),
            xytext=(4, -4 if below else 3),
            textcoords="offset points",
            fontsize="small",
            verticalalignment="top" if below else "bottom",
        )
