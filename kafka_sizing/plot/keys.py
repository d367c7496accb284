"""`KeyLoads` in; the share of every key by rank, and of the first keys together, out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from kafka_sizing._checks import check_count, check_type
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.plot._style import (
    key_style,
    legend_above,
    new_axes,
    open_frame,
    percent_number,
    sparse_ranks,
    tick_counts,
    tick_factors,
    tick_numbers,
)
from kafka_sizing.plot.colours import BLUE, EDGE, MOST_NAMED_KEYS
from kafka_sizing.plot.labels import namer
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_MARKERS: Final = ("o", "s", "D", "^")


def key_shares(
    keys: KeyLoads,
    *,
    top_keys: int = 5,
    label_of: Callable[[str | bytes], str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each key's share of the load by rank, and what the first keys carry together.

    Shares are on a logarithmic scale, and so are the ranks of more than a few keys. Of many
    keys at most 2,000 points are drawn; keys without load are left out.

    Parameters
    ----------
    keys : KeyLoads
        What to draw.
    top_keys : int, default 5
        How many of the heaviest keys to name. [0, 24]
    label_of : callable, optional
        Key → text to name it by, such as a mask; default: the key itself.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: the only Axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Raises
    ------
    TypeError
        If ``keys`` is not KeyLoads.
    ValueError
        If ``top_keys`` is out of range.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, plot
    >>> ax = plot.key_shares(KeyLoads(["UA", "B6", "EV"], [60, 10, 30]))
    >>> [line.get_ydata().round(2).tolist() for line in ax.lines[:2]]
    [[0.6, 0.3, 0.1], [0.6, 0.9, 1.0]]
    """
    check_type("keys", keys, KeyLoads)
    n_named = check_count("top_keys", top_keys, least=0, most=MOST_NAMED_KEYS)

    falling = np.sort(keys.shares[: keys.named])[::-1]
    falling = falling[falling > 0]
    ax = new_axes(ax, figsize=(8.0, 4.5))
    open_frame(ax)
    ax.set(xlabel="rank of the key", ylabel="share of the load")
    if not falling.size:
        ax.text(0.5, 0.5, "no key carries any load", transform=ax.transAxes, ha="center")
        return ax

    ranks = sparse_ranks(falling.size)
    few = "." if ranks.size <= 50 else ""
    (each,) = ax.plot(ranks, falling[ranks - 1], color=EDGE, marker=few, linewidth=1.4)
    (sums,) = ax.plot(
        ranks, falling.cumsum()[ranks - 1], color=BLUE, linestyle="--", marker=few, linewidth=1.4
    )
    without = f" ({format_share(keys.null_share)} has no key)" if keys.null_load else ""
    entries: list[tuple[Artist, str]] = [
        (each, "this key"),
        (sums, f"all keys up to this rank{without}"),
    ]
    name_of = namer(label_of)
    for rank, key in enumerate(keys.top(n_named) if n_named else ()):
        if not key.load:
            break
        style = key_style(rank)
        (point,) = ax.plot(
            [rank + 1],
            [key.share],
            linestyle="none",
            marker=_MARKERS[rank // 6 % len(_MARKERS)],
            markersize=8,
            markerfacecolor=style["facecolor"],
            markeredgecolor=EDGE,
            zorder=3,
        )
        entries.append((point, f"{name_of(key.key)}, {format_share(key.share)}"))
    tick_counts(ax, ranks)
    least = float(falling[-1]) / 1.3
    tick_factors(ax, least, 1.0)
    tick_numbers(ax.yaxis, percent_number)
    legend_above(ax, entries, least=least, largest=1.0, room=10)
    return ax
