"""A `LagSimulation` in; when members were away, rebalances ran, records went, shaded, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.simulation.result import LagSimulation
from kafka_sizing.plot.colours import GREY, ORANGE, PURPLE, SKY_BLUE, VERMILLION, YELLOW

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

# What a span is drawn in, and what the legend calls it; later ones lie on top.
_SPANS: Final = {
    "silent": (GREY, "member away, unnoticed"),
    "none": (SKY_BLUE, "rebalance, none stop"),
    "orphaned": (YELLOW, "rebalance, orphaned stop"),
    "moved": (ORANGE, "rebalance, moved stop"),
    "all": (VERMILLION, "rebalance, all stop"),
    "lost": (PURPLE, "unread records deleted"),
}


def spans_of(simulation: LagSimulation) -> dict[str, NDArray[np.float64]]:
    """List when members were missed, rebalances ran and records were deleted: begins and ends.

    The keys are "silent", what a phase of a rebalance stops, and "lost"; only those that
    happened.
    """
    spans: dict[str, list[tuple[float, float]]] = {kind: [] for kind in _SPANS}
    for rebalance in simulation.rebalances:
        for phase in rebalance.phases:
            spans[phase.stops].append((phase.starts_s, phase.ends_s))
    found = {kind: np.array(pairs) for kind, pairs in spans.items()}
    ends = simulation.times_s
    silent = _runs(simulation.silent_members > 0)  # counted at the ends of steps
    found["silent"] = ends[np.minimum(silent, ends.size - 1)]
    if simulation.lost_records is not None:
        lost = simulation.lost_records.sum(axis=1)
        found["lost"] = np.append(0.0, ends)[_runs(np.diff(lost, prepend=0.0) > 0)]
    return {kind: pairs for kind, pairs in found.items() if pairs.size}


def draw_spans(
    ax: Axes,
    spans: dict[str, NDArray[np.float64]],
    *,
    factor: float,
    low: float,
    high: float,
    alpha: float,
) -> list[tuple[Artist, str]]:
    """Shade spans of time from ``low`` to ``high``; give the legend's entries.

    However short, each is as wide as a line; those that would touch are one.
    """
    from matplotlib.collections import PolyCollection
    from matplotlib.patches import Patch

    entries: list[tuple[Artist, str]] = []
    for kind, pairs in spans.items():
        color, name = _SPANS[kind]
        pixel = np.ptp(ax.get_xlim()) / ax.bbox.width
        begins, ends = _merged(pairs / factor, gap=float(pixel))
        boxes = [
            [(begin, low), (begin, high), (end, high), (end, low)]
            for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
        ]
        ax.add_collection(
            PolyCollection(boxes, color=color, alpha=alpha, linewidth=0.8, zorder=0.5),
            autolim=False,
        )
        entries.append((Patch(color=color, alpha=alpha), name))
    return entries


def _merged(
    pairs: NDArray[np.float64], *, gap: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Join spans that overlap, or stand no further apart than ``gap``."""
    begins, ends = pairs[np.argsort(pairs[:, 0], kind="stable")].T
    reached = np.maximum.accumulate(ends)
    first = np.append(True, begins[1:] > reached[:-1] + gap)
    last = np.append(first[1:], True)
    return begins[first], reached[last]


def _runs(steps: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give the first row of each run of marked steps, and the first row after it."""
    return np.flatnonzero(np.diff(steps, prepend=False, append=False)).reshape(-1, 2)
