"""Hashes of keys in, many of them again and again; about how many distinct keys there are out."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

_REGISTER_BITS: Final = 14
_REGISTERS: Final = 1 << _REGISTER_BITS
_REST_BITS: Final = 32 - _REGISTER_BITS
_ALPHA: Final = 1 / (2 * math.log(2))


class DistinctEstimate:
    """HyperLogLog over 32-bit hashes, with one estimator for few and very many keys.

    A register that no key came to, and one whose rest was zero once, tell less than the others.
    Ertl's estimator takes both for what they are, so that it holds from no key to 10**10; from
    4 * 10**10 on, all registers are full, and it grows no more.

    Source: Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog: the analysis of a near-optimal
    cardinality estimation algorithm", 2007; Ertl, "New cardinality estimation algorithms for
    HyperLogLog sketches", arXiv:1702.01284, 2017, algorithm 6.
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
        ranks = np.bincount(self._registers, minlength=_REST_BITS + 2).tolist()
        unseen, full = ranks[0], min(ranks[-1], _REGISTERS - 1)  # one at least is not full
        if unseen == _REGISTERS:
            return 0.0
        between = sum(math.ldexp(ranks[rank], -rank) for rank in range(1, _REST_BITS + 1))
        weight = (
            _REGISTERS * _sigma(unseen / _REGISTERS)
            + between
            + math.ldexp(_REGISTERS * _tau(1 - full / _REGISTERS), -_REST_BITS)
        )
        return _ALPHA * _REGISTERS**2 / weight


def _sigma(x: float) -> float:
    """Give x + sum of 2**(k - 1) * x**(2**k) over k >= 1, for 0 <= x < 1."""
    total, power, before = x, 1.0, -1.0
    while total != before:
        before, x = total, x * x
        total += power * x
        power *= 2
    return total


def _tau(x: float) -> float:
    """Give (1 - x - sum of 2**-k * (1 - x**(2**-k))**2 over k >= 1) / 3, for 0 < x <= 1."""
    total, power, before = 1 - x, 1.0, -1.0
    while total != before:
        before, x = total, math.sqrt(x)
        power /= 2
        total -= power * (1 - x) ** 2
    return total / 3
