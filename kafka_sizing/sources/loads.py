"""The loads of some records in; the same as numbers, and how many of them are no load, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa


def record_loads(column: pa.Array) -> tuple[NDArray[np.float64], int]:
    """Give loads, 0 for each that is none: null, negative or not finite; say how many are none."""
    import pyarrow as pa

    loads = column.cast(pa.float64(), safe=False).fill_null(-1.0).to_numpy(zero_copy_only=False)
    good = np.isfinite(loads) & (loads >= 0)
    wrong = len(loads) - int(np.count_nonzero(good))
    return (np.where(good, loads, 0.0) if wrong else loads), wrong
