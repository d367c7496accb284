"""Hashes of keys in, many of them again and again; about how many distinct keys there are out."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

_REGISTER_BITS: Final = 14
_REGISTERS: Final = 1 << _REGISTER_BITS
_REST_BITS: Final = 32 - _REGISTER_BITS
_HASHES: Final = 2.0**32


class DistinctEstimate:
    """HyperLogLog over 32-bit hashes, corrected for hashes that keys share.

    Source: Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog: the analysis of a near-optimal
    cardinality estimation algorithm", 2007, with its corrections for few and for many keys.
    """

    relative_error: Final = 1.04 / math.sqrt(_REGISTERS)  #: the standard error

    def __init__(self) -> None:
        self._registers = np.zeros(_REGISTERS, dtype=np.uint8)

    def add(self, hashes: NDArray[np.uint32]) -> None:
        """Take note of some keys' hashes."""
        from kafka_sizing.keys.compiled import tables

        tables.note_hashes(hashes, self._registers, _REST_BITS)

    @property
    def distinct(self) -> float:
        """About how many distinct keys were seen."""
        alpha = 0.7213 / (1 + 1.079 / _REGISTERS)
        raw = alpha * _REGISTERS**2 / float(np.exp2(-self._registers.astype(np.float64)).sum())
        unseen = int((self._registers == 0).sum())
        if raw <= 2.5 * _REGISTERS and unseen:
            return _REGISTERS * math.log(_REGISTERS / unseen)
        return -_HASHES * math.log1p(-min(raw / _HASHES, 1 - 1 / _HASHES))
