"""Numbers, loads and counts in; the sum of loads by remainder at each count out."""

from __future__ import annotations

from typing import Final

import numpy as np

from kafka_sizing.keys.compiled.words import kernel

BLOCK: Final = 4_096  # numbers, loads and remainders of a block stay in a core's own cache


@kernel
def add_remainders(numbers, loads, counts, begins, sums):
    """Add each load to ``sums[begins[i] + number % counts[i]]``, for all i, in key order.

    Division by multiplication: a number below 2**53 times 1 / count in double precision is the
    quotient or next to it, so that the remainder is off by at most one count.
    """
    remainder = np.empty(BLOCK, np.int32)
    for block in range(0, len(numbers), BLOCK):
        size = min(BLOCK, len(numbers) - block)
        some = numbers[block : block + size]
        load = loads[block : block + size]
        for which in range(len(counts)):
            count = np.float64(counts[which])
            inverse = 1.0 / count
            for index in range(size):
                number = np.float64(some[index])
                rest = number - np.floor(number * inverse) * count
                rest = rest + count if rest < 0 else rest
                rest = rest - count if rest >= count else rest
                remainder[index] = np.int32(rest)
            added = sums[begins[which] : begins[which] + counts[which]]
            for index in range(size):
                added[np.uint32(remainder[index])] += load[index]
