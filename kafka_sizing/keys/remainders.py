"""Numbers of keys and their loads in; the sums by remainder at many counts out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.fast import run_in_parts, worth_compiling
from kafka_sizing.keys.rules import remainder

KEYS_PER_STEP: Final = 2**16

Sums = Mapping[int, NDArray[np.float64]]


def add_remainders(numbers: Any, loads: NDArray[np.float64], sums: Sums) -> None:
    """Add each load to the sum of its number's remainder, at every count of ``sums``.

    Loads are added in the order of the keys, whatever is compiled and however many cores there
    are.
    """
    if sums and worth_compiling(len(loads) * len(sums)):
        _add_compiled(numbers, loads, sums)
        return
    for begin in range(0, len(loads), KEYS_PER_STEP):
        some = numbers[begin : begin + KEYS_PER_STEP]
        load = loads[begin : begin + KEYS_PER_STEP]
        for count, added in sums.items():
            np.add.at(added, remainder(some, count), load)


def _add_compiled(numbers: Any, loads: NDArray[np.float64], sums: Sums) -> None:
    from kafka_sizing.keys.compiled import remainders

    counts = np.fromiter(sums, np.int64, len(sums))
    begins = np.concatenate([[0], np.cumsum(counts)])
    flat = np.concatenate(list(sums.values()))

    def add_some(first: int, last: int) -> None:
        remainders.add_remainders(numbers, loads, counts[first:last], begins[first:last], flat)

    run_in_parts(add_some, len(counts), 1)
    for added, begin in zip(sums.values(), begins.tolist(), strict=False):
        added[:] = flat[begin : begin + len(added)]
