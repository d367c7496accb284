"""Keys, a line and a certainty in; the first count that keeps the line under most hashes out."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from kafka_sizing._checks import ROUNDING
from kafka_sizing.fixes.peaks import DRAWS, SEED
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.lucky_counts import expected_sweep
from kafka_sizing.partitions.placement import MOST_PLACED
from kafka_sizing.partitions.separation import least_partitions, takes_partitions

REACH: Final = 8  # counts are tried up to this multiple of the present one
_TRIED: Final = 16  # counts from there to here, and again between two of them
_ERRORS: Final = 2  # standard errors that a count must be above the certainty, for it is picked


def sure_counts(
    keys: KeyLoads, partitioner: Partitioner, partitions: int, *, line: Line, certainty: float
) -> tuple[int, ...]:
    """Find the first count, of those tried, that keeps the line for these keys and surely.

    None or one. The more partitions the more hashes keep the line, so some counts are tried
    first, and then some between the first of them that does and the one before.
    """
    first = max(partitions + 1, least_partitions(keys.total, line))
    most = min(REACH * max(partitions, first), MOST_PLACED)
    if first > most:
        return ()
    coarse = sorted({round(count) for count in np.geomspace(first, most, _TRIED).tolist()})
    found = _first(keys, partitioner, coarse, line=line, certainty=certainty)
    if found is None:
        return ()
    before = max([count for count in coarse if count < found], default=first - 1)
    step = max(1, (found - before) // _TRIED)
    between = [*range(before + step, found, step), found]
    nearest = _first(keys, partitioner, between, line=line, certainty=certainty)
    return (found if nearest is None else nearest,)


def _first(
    keys: KeyLoads, partitioner: Partitioner, counts: list[int], *, line: Line, certainty: float
) -> int | None:
    taken = [count for count in counts if takes_partitions(partitioner, keys.keys, count)]
    if not taken:
        return None
    share = min(1.0, line.load / keys.total)
    swept = expected_sweep(keys, taken, partitioner=partitioner, draws=DRAWS, rng=SEED)
    wanted = certainty + _ERRORS * math.sqrt(certainty * (1 - certainty) / DRAWS)
    holds = swept.probability_within(share) >= min(wanted, 1.0)
    holds &= swept.sweep.max_share <= share * (1 + ROUNDING)
    fitting = swept.partitions[holds]
    return int(fitting.min()) if fitting.size else None
