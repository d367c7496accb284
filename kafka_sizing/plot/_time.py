"""Times in seconds in; an axis in a unit that reads well, and no more points than show, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.plot._style import MOST_POINTS, tick_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Unit, its length, and up to which span it reads best. [s]
_UNITS: Final = (("s", 1.0, 300.0), ("min", 60.0, 10_800.0), ("h", 3_600.0, 345_600.0))
_DAY: Final = ("d", 86_400.0)
_TICK_STEPS: Final = {
    "s": (1, 2, 5, 10, 15, 30, 60, 120),
    "min": (1, 2, 5, 10, 15, 20, 30, 60),
    "h": (1, 2, 3, 4, 6, 8, 12, 24),
    "d": (1, 2, 7, 14, 28),
}
_TICK_INCHES: Final = 0.55  # from one tick of the time axis to the next, at least


def time_unit(longest_s: float) -> tuple[float, str]:
    """Choose the unit in which spans up to ``longest_s`` read best: s, min, h or d.

    Give what to divide seconds by, and the name of the unit they are then in.
    """
    for name, length_s, most_s in _UNITS:
        if longest_s <= most_s:
            return length_s, name
    return _DAY[1], _DAY[0]


def time_axis(ax: Axes, ends_s: float, *, label: str = "time") -> float:
    """Make the x-axis one of time from 0 to ``ends_s``; give what to divide seconds by."""
    from matplotlib.ticker import MaxNLocator, MultipleLocator

    factor, unit = time_unit(ends_s)
    end = ends_s / factor
    ax.set_xlim(0, end)
    ax.set_xlabel(f"{label} [{unit}]")
    most_ticks = max(2, int(ax.bbox.width / ax.figure.dpi / _TICK_INCHES))
    fits = [step for step in _TICK_STEPS[unit] if step <= end / 2 and end / step <= most_ticks]
    ax.xaxis.set_major_locator(MultipleLocator(fits[0]) if fits else MaxNLocator(most_ticks))
    tick_numbers(ax.xaxis)
    return factor


def extremes(values: NDArray[np.float64], most: int = MOST_POINTS) -> NDArray[np.int64]:
    """Choose at most ``most`` rows of a column, so that a line through them shows all peaks.

    Of each of many stretches of the same length, the lowest and the highest; and the two ends.
    """
    n = values.size
    if n <= most:
        return np.arange(n)
    length = -(-n // (most // 2 - 1))
    padded = np.pad(values, (0, -n % length), mode="edge").reshape(-1, length)
    starts = np.arange(padded.shape[0]) * length
    chosen = [starts + padded.argmin(axis=1), starts + padded.argmax(axis=1), [0, n - 1]]
    return np.unique(np.minimum(np.concatenate(chosen), n - 1))


def stretches(n: int, most: int) -> NDArray[np.int64]:
    """Cut ``n`` rows into at most ``most`` stretches, all but the last one of the same length.

    Give where each begins.
    """
    return np.arange(0, n, -(-n // most))
