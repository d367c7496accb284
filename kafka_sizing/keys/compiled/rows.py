"""Keys of any length in; their words side by side out: one row for each word of all keys.

What a hash does to a word of one key it then does to a whole row, which lets the compiler use
vector units.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from kafka_sizing.keys.compiled.words import part

GROUP: Final = 128  # keys side by side
ROWS: Final = 4  # words of each that are laid in rows at once

_AT_ONCE: Final = 8  # keys that are turned in registers
_I32: Final = ir.IntType(32)
_I64: Final = ir.IntType(64)

OUTSIDE: Final = -1  # of the data
ONE_BY_ONE: Final = 0


@part
def measured(data, at, size, words):
    """Count the whole ``words`` of each key of a group that begins and ends at ``at``.

    Returns how many words all keys have; how many rows hold all words of all keys, begun ones
    included, or `ONE_BY_ONE` where rows do not pay or would reach beyond the data, or `OUTSIDE`;
    and whether any key ends within a word.
    """
    shortest, longest, ends = np.int64(1 << 40), np.int64(0), np.int64(0)
    for index in range(size):
        length = at[index + 1] - at[index]
        words[index] = np.int32(length >> 2)
        shortest = min(shortest, length)
        longest = max(longest, length)
        ends |= length
    if shortest < 0 or longest > len(data) or not 0 <= at[0] <= at[size] <= len(data):
        return np.int64(0), np.int64(OUTSIDE), False
    far_longer = longest * size > 3 * (at[size] - at[0]) + 16 * GROUP
    if size < GROUP or far_longer or at[size] + longest + 4 * ROWS > len(data):
        return np.int64(0), np.int64(ONE_BY_ONE), False
    return shortest >> 2, (longest + 3) >> 2, ends & 3 != 0


@part
def lay(data, at, words_before, rows):
    """Lay the next `ROWS` words of each key of a group in rows."""
    for first in range(0, GROUP, _AT_ONCE):
        _lay_some(data, at, first, words_before, rows)


@intrinsic
def _lay_some(_typing, data, at, _first, _words_before, rows):
    """Do it for `_AT_ONCE` keys from the first named on.

    Four words of a key are loaded at once and turned in registers: to load every word for itself
    takes twice as long.
    """

    def generate(context, builder, signature, arguments):
        def array(which):
            return context.make_array(signature.args[which])(context, builder, arguments[which])

        def loaded(key):
            begin = builder.load(builder.gep(array(1).data, [builder.add(first, _I64(key))]))
            place = builder.gep(array(0).data, [builder.add(begin, skipped)])
            words = builder.load(builder.bitcast(place, ir.VectorType(_I32, ROWS).as_pointer()))
            words.align = 1
            return words

        first, skipped = arguments[2], builder.shl(arguments[3], _I64(2))
        for row, words in enumerate(_turned(builder, [loaded(key) for key in range(_AT_ONCE)])):
            place = builder.gep(array(4).data, [builder.add(_I64(row * GROUP), first)])
            builder.store(words, builder.bitcast(place, words.type.as_pointer())).align = 4
        return context.get_dummy_value()

    return types.void(data, at, types.int64, types.int64, rows), generate


def _turned(builder, keys):
    """Give word 0 of all keys, word 1 of all keys, and so on."""

    def shuffled(left, right, order):
        lanes = [ir.Constant(_I32, lane) for lane in order]
        return builder.shuffle_vector(left, right, ir.Constant(ir.VectorType(_I32, 8), lanes))

    # A register holds keys k and k + 4; then every other word of four keys; then one word of all.
    a, b, c, d = (shuffled(keys[key], keys[key + 4], range(8)) for key in range(4))
    low, high = [0, 8, 1, 9, 4, 12, 5, 13], [2, 10, 3, 11, 6, 14, 7, 15]
    first, second = [0, 1, 8, 9, 4, 5, 12, 13], [2, 3, 10, 11, 6, 7, 14, 15]
    return [
        shuffled(shuffled(a, b, half), shuffled(c, d, half), pair)
        for half in (low, high)
        for pair in (first, second)
    ]
