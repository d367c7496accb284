"""The sample key log in; the picture of the README, before_after.png, out.

Run it from the root of the repository: ``python docs/images/before_after.py``.
"""

# ruff: noqa: INP001

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


def draw(target: Path) -> None:
    """Draw the topic as it is beside what key buckets make of it, as the README computes it."""
    import pandas as pd
    from matplotlib.figure import Figure

    import kafka_sizing as ks

    flights = pd.read_parquet(ROOT / "notebooks" / "data" / "flights.parquet")
    keys = ks.count_keys(flights, key="carrier").scaled_to(200 * ks.MiB, "bytes/s")
    capacity = 40 * ks.MiB
    fixes = ks.compare_fixes(keys, 12, [ks.KeyBuckets(120)], capacity=capacity)

    figure = Figure(figsize=(11, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for ax, outcome in zip((left, right), (fixes.as_is, fixes.best), strict=True):
        hot = ks.find_hot(outcome.loads, capacity=capacity)
        ks.plot.partition_loads(outcome.loads, hot=hot, ax=ax)
        ax.set_title(f"{outcome.name}, peak {ks.units.format_share(outcome.peak_share)}")
    right.set_ylim(left.get_ylim())
    figure.savefig(target, dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    draw(Path(__file__).with_suffix(".png"))
