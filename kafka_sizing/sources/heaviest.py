"""Keys and their loads in, some at a time; the heaviest of them out, and all that are not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.columns import KeyColumn, joined_columns

Loads = NDArray[np.float64]

_NO_LINE = -1.0  # below every load


class Heaviest:
    """The keys above a line: at most ``most``, whatever the order they came in.

    The line is the load of the key after the last that fits. Keys as heavy as it would be held
    or not by the order they came in, so none of them is.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.line = _NO_LINE  #: no key that was turned away writes more
        self.keys = KeyColumn.of([])
        self.loads: Loads = np.empty(0)

    def add(self, keys: KeyColumn, loads: Loads) -> tuple[KeyColumn, Loads]:
        """Hold those of these keys that are heavy; give those that are not, or no longer."""
        above = loads > self.line
        if not above.any():
            return keys, loads
        candidates = np.concatenate([self.loads, loads[above]])
        if len(candidates) > self.most:
            place = len(candidates) - self.most - 1
            self.line = float(np.partition(candidates, place)[place])
            above = loads > self.line
        out, out_loads = self._left()
        light, heavy = np.flatnonzero(~above), np.flatnonzero(above)
        self.keys = joined_columns([self.keys, keys.take(heavy)])
        self.loads = np.concatenate([self.loads, loads[heavy]])
        turned_away = keys.take(light)
        if not len(out):
            return turned_away, loads[light]
        return joined_columns([turned_away, out]), np.concatenate([loads[light], out_loads])

    def raise_line(self, line: float) -> tuple[KeyColumn, Loads]:
        """Turn away what is not above another line; give it."""
        self.line = max(self.line, line)
        return self._left()

    def _left(self) -> tuple[KeyColumn, Loads]:
        """Let go of what is no longer above the line."""
        stays = self.loads > self.line
        if stays.all():
            return KeyColumn.of([]), np.empty(0)
        leaves, kept = np.flatnonzero(~stays), np.flatnonzero(stays)
        out, out_loads = self.keys.take(leaves), self.loads[leaves]
        self.keys, self.loads = self.keys.take(kept), self.loads[kept]
        return out, out_loads
