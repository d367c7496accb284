"""Partition counts in; the few numbers of bins from which the loads at all of them fold, out."""

from __future__ import annotations

from collections.abc import Collection
from heapq import heapify, heappop, heappush
from typing import Final

import numpy as np

MOST_BINS: Final = 2**11  # whose sums stay in a core's own cache


def shared_multiples(counts: Collection[int], most: int) -> dict[int, list[int]]:
    """Choose numbers so that every count divides one; give the counts that each one serves.

    Loads that are summed in one pass over the keys at a number of bins give the loads at all its
    divisors, so that fewer numbers mean fewer passes. The number that most counts divide comes
    first, then the one that most of the others divide (the greedy cover of sets). Numbers are at
    most ``most``, or counts themselves.
    """
    large = np.array([count for count in counts if count > most], dtype=np.int64)
    divided: dict[int, list[int]] = {}
    for count in counts:
        for multiple in (*range(count, most + 1, count), *large[large % count == 0].tolist()):
            divided.setdefault(multiple, []).append(count)
    gains = [(-len(divisors), multiple) for multiple, divisors in divided.items()]
    heapify(gains)
    left, chosen = set(counts), dict[int, list[int]]()
    while left:
        hoped, multiple = heappop(gains)
        served = [count for count in divided[multiple] if count in left]
        if len(served) == -hoped:
            chosen[multiple] = served
            left.difference_update(served)
        elif served:
            heappush(gains, (-len(served), multiple))
    return chosen
