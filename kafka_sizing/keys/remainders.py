"""Numbers of keys and their loads in; the sums by remainder at many counts out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def add_remainders(
    numbers: Any, loads: NDArray[np.float64], sums: Mapping[int, NDArray[np.float64]]
) -> None:
    """Add each load to the sum of its number's remainder, at every count of ``sums``."""
    for count, added in sums.items():
        whole = numbers // numbers.dtype.type(count)
        whole *= numbers.dtype.type(count)
        np.add(added, np.bincount(numbers - whole, loads, count), out=added)
