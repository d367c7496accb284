"""A column of keys in; the same keys as another runtime sees them out: UTF-16, cut, …"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.columns import KeyColumn


def utf16_units(column: KeyColumn) -> KeyColumn:
    """Write UTF-8 keys in UTF-16, little-endian, as Java and JavaScript hold text.

    Bytes that are not UTF-8 become U+FFFD, as both decode them.
    """
    if _is_ascii(column):
        wide = _held(column).astype("<u2").view(np.uint8)
        return KeyColumn(wide, 2 * (column.offsets - column.offsets[0]))
    if not _is_text(column):
        column = KeyColumn.of([(key or b"").decode(errors="replace").encode() for key in column])
    held = _held(column)
    # A byte of UTF-8 begins no unit inside a character, two units where four bytes make one.
    units = ((held & 0xC0) != 0x80).astype(np.int8) + (held >= 0xF0)
    ends = np.zeros(len(held) + 1, dtype=np.int64)
    np.cumsum(units, out=ends[1:])
    data = np.frombuffer(held.tobytes().decode().encode("utf-16-le"), dtype=np.uint8)
    return KeyColumn(data, 2 * ends[column.offsets - column.offsets[0]])


def utf16_low_bytes(column: KeyColumn) -> KeyColumn:
    """Keep the low byte of each UTF-16 unit of UTF-8 keys."""
    if _is_ascii(column):
        return column
    units = utf16_units(column)
    return KeyColumn(units.data[::2].copy(), units.offsets // 2)


def first_characters(column: KeyColumn) -> KeyColumn:
    """Cut UTF-8 keys to as many bytes as they have characters; others stay whole."""
    if _is_ascii(column):
        return column
    held = _held(column)
    begins = np.zeros(len(held) + 1, dtype=np.int64)
    np.cumsum((held & 0xC0) != 0x80, out=begins[1:])
    characters = np.diff(begins[column.offsets - column.offsets[0]])
    if not _is_text(column):
        whole = np.fromiter((not _decodes(key or b"") for key in column), np.bool_, len(column))
        characters = np.where(whole, column.lengths, characters)
    return _cut(column, characters)


def before_nul(column: KeyColumn) -> KeyColumn:
    """Cut keys at their first zero byte, as a C string ends."""
    nul = np.flatnonzero(_held(column) == 0) + column.offsets[0]
    if not nul.size:
        return column
    nul = np.append(nul, column.offsets[-1])
    first = nul[np.searchsorted(nul, column.offsets[:-1])]
    return _cut(column, np.minimum(first, column.offsets[1:]) - column.offsets[:-1])


def without_last(column: KeyColumn, n_bytes: int) -> KeyColumn:
    """Cut the last bytes off every key."""
    lengths = column.lengths
    if (short := np.flatnonzero(lengths < n_bytes)).size:
        raise ValueError(
            f"keys must have at least {n_bytes} bytes, those of a window, "
            f"got {lengths[short[0]]} at position {short[0]}"
        )
    return _cut(column, lengths - n_bytes)


def of_width(column: KeyColumn, n_bytes: int) -> KeyColumn:
    """Refuse keys that are not numbers of so many bytes."""
    lengths = column.lengths
    if (other := np.flatnonzero(lengths != n_bytes)).size:
        raise ValueError(
            f"keys must be big-endian numbers of {n_bytes} bytes, "
            f"got {lengths[other[0]]} bytes at position {other[0]}"
        )
    return column


def _cut(column: KeyColumn, lengths: NDArray[np.int64]) -> KeyColumn:
    """Keep the first bytes of each key: cut each in two, and take the first parts."""
    n = len(column)
    halves = np.empty(2 * n + 1, dtype=np.int64)
    halves[::2] = column.offsets
    halves[1::2] = column.offsets[:-1] + lengths
    return KeyColumn(column.data, halves).take(np.arange(0, 2 * n, 2))


def _held(column: KeyColumn) -> NDArray[np.uint8]:
    held: NDArray[Any] = column.data[column.offsets[0] : column.offsets[-1]]
    return held


def _is_ascii(column: KeyColumn) -> bool:
    return int(_held(column).max(initial=0)) < 0x80


def _is_text(column: KeyColumn) -> bool:
    """Whether every key is UTF-8: all together are, and none begins inside a character."""
    begins = column.offsets[:-1][column.lengths > 0]
    return not ((column.data[begins] & 0xC0) == 0x80).any() and _decodes(_held(column).tobytes())


def _decodes(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
