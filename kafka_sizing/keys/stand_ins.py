"""A partitioner and remainders in; for each, a made-up key whose number leaves it, out."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.partitioners import Partitioner

_LETTERS: Final = 8
_BITS_PER_LETTER: Final = 5
_BEGINNING: Final = 0x7F  # DEL, which keys of a log hardly begin with
_STEP: Final = 0x9E3779B97F  # odd: no two of 2**40 numbers become the same letters
_TRIED_AT_ONCE: Final = 2**18


def stand_ins(partitioner: Partitioner, modulus: int, remainders: NDArray[np.int64]) -> KeyColumn:
    """Make a key of 9 bytes for each remainder, the same one at every call.

    The partitioner must hash whole keys. To meet n remainders takes about
    ``modulus * (ln n + 0.58)`` tries.
    """
    made_from = np.empty(modulus, dtype=np.int64)
    is_wanted = np.zeros(modulus, dtype=np.bool_)
    is_wanted[remainders] = True
    begin = 0
    while is_wanted.any():
        tried = np.arange(begin, begin + _TRIED_AT_ONCE)
        numbers: Any = partitioner.numbers_of(_keys_made_from(tried))
        met = (numbers % modulus).astype(np.int64)
        new = np.flatnonzero(is_wanted[met])
        made_from[met[new]] = tried[new]
        is_wanted[met[new]] = False
        begin += _TRIED_AT_ONCE
    return _keys_made_from(made_from[remainders])


def _keys_made_from(numbers: NDArray[np.int64]) -> KeyColumn:
    spread = numbers.astype(np.uint64) * np.uint64(_STEP)
    data = np.empty((len(numbers), 1 + _LETTERS), dtype=np.uint8)
    data[:, 0] = _BEGINNING
    for letter in range(_LETTERS):
        bits = spread >> np.uint64(_BITS_PER_LETTER * letter)
        data[:, 1 + letter] = ord("0") + (bits & np.uint64((1 << _BITS_PER_LETTER) - 1))
    offsets = np.arange(0, data.size + 1, 1 + _LETTERS, dtype=np.int64)
    return KeyColumn(data.reshape(-1), offsets)
