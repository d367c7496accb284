"""A key column in; blocks out, in which every key advances one word or byte at a time.

A hash is a chain of steps along a key. Keys do not depend on each other, so a kernel takes
one step for all keys of a block at once. Inside a block the longest key stands first: the
keys that still have a word (or byte) left are always the first ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from kafka_sizing.keys.columns import KeyColumn

KEYS_PER_BLOCK: Final = 16_384  # state and words of a block stay in a core's own cache
BYTES_PER_BLOCK: Final = 4 * 2**20
LONG_KEY_BYTES: Final = 1_024  # longer ones are hashed one by one: see `blocks`

_TAIL_MASK: Final = np.array([0, 0xFF, 0xFFFF, 0xFFFFFF], dtype=np.uint32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyBlock:
    """Some keys of a column, longest first."""

    data: NDArray[np.uint8]  #: the keys' bytes and 4 bytes more
    starts: NDArray[np.int64]  #: (n,), where each key begins in data
    lengths: NDArray[np.int64]  #: (n,), falling [bytes]
    positions: NDArray[np.int64] | slice  #: where the keys stand in the column

    def words(self) -> Iterator[tuple[int, NDArray[np.uint32]]]:
        """Give, for each whole 4-byte word, how many keys have it, and it (little-endian)."""
        if self._is_uniform and self.lengths[0] % 4 == 0:
            table = self._table.view("<u4")
            for column in table.T:
                yield len(column), column
            return
        words = self._words_anywhere
        for index, active in enumerate(_active(self.lengths // 4)):
            yield active, words[self.starts[:active] + 4 * index]

    def tail(self) -> NDArray[np.uint32]:
        """Give the 0 to 3 bytes after the last whole word of each key, little-endian."""
        left = self.lengths & 3
        begin = self.starts + self.lengths - left
        tail: NDArray[np.uint32] = self._words_anywhere[begin] & _TAIL_MASK[left]
        return tail

    def bytes(self) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Give, for each byte position, how many keys have it, and the bytes there."""
        if self._is_uniform:
            for column in self._table.T:
                yield len(column), column
            return
        for index, active in enumerate(_active(self.lengths)):
            yield active, self.data[self.starts[:active] + index]

    @property
    def _words_anywhere(self) -> NDArray[np.uint32]:
        """The word that begins at each byte."""
        return np.ndarray((self.data.size - 3,), "<u4", self.data, strides=(1,))

    @property
    def _is_uniform(self) -> bool:
        return isinstance(self.positions, slice) and bool(self.lengths[0])

    @property
    def _table(self) -> NDArray[np.uint8]:
        length = int(self.lengths[0])
        begin = int(self.starts[0])
        return self.data[begin : begin + len(self.lengths) * length].reshape(-1, length)


def blocks(column: KeyColumn, *, longest: int | None = None) -> Iterator[KeyBlock]:
    """Cut a column into blocks.

    Keys of more than ``longest`` bytes are left out: a step for the few keys of such a
    length costs more in calls than in arithmetic, so kernels take them one by one.
    """
    offsets, data = column.offsets, column.data
    begin, n = 0, len(column)
    while begin < n:
        fits = int(np.searchsorted(offsets, offsets[begin] + BYTES_PER_BLOCK, side="right")) - 1
        end = min(n, begin + KEYS_PER_BLOCK, max(begin + 1, fits))
        block = _block(data, offsets[begin : end + 1], begin, longest)
        if block is not None:
            yield block
        begin = end


def _block(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], begin: int, longest: int | None
) -> KeyBlock | None:
    first, last = int(offsets[0]), int(offsets[-1])
    lengths = np.diff(offsets)
    shortest_bytes, longest_bytes = int(lengths.min()), int(lengths.max())
    if shortest_bytes == longest_bytes and (longest is None or longest_bytes <= longest):
        return KeyBlock(
            data=_padded(data, first, last),
            starts=offsets[:-1] - first,
            lengths=lengths,
            positions=slice(begin, begin + len(lengths)),
        )
    order = np.argsort(-lengths, kind="stable")
    if longest is not None:
        order = order[lengths[order] <= longest]
        if not order.size:
            return None
    return KeyBlock(
        data=_padded(data, first, last),
        starts=(offsets[:-1] - first)[order],
        lengths=lengths[order],
        positions=order + begin,
    )


def _padded(data: NDArray[np.uint8], first: int, last: int) -> NDArray[np.uint8]:
    if last + 4 <= data.size:
        return data[first : last + 4]
    return np.concatenate([data[first:last], np.zeros(4, dtype=np.uint8)])


def _active(steps: NDArray[np.int64]) -> Iterator[int]:
    """For falling step counts: how many keys take step 0, step 1, …"""
    if not steps.size or not steps[0]:
        return
    rising = steps[::-1]
    done = np.searchsorted(rising, np.arange(1, int(steps[0]) + 1), side="left")
    yield from (len(steps) - done).tolist()
