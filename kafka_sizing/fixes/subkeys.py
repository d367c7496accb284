"""Key columns in; the columns of the keys made from them out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.columns import KeyColumn, bytes_of
from kafka_sizing.keys.distinct import distinct_keys

KEYS_PER_STEP: Final = 2**18
SUBKEYS_HELD: Final = 2**20  # more are not kept with the loads they make


def suffix_bytes(separator: str | bytes, number: int) -> bytes:
    """Give what stands after the key: the separator and the decimal number."""
    return bytes_of(separator) + str(number).encode()


def check_separator(separator: str | bytes) -> None:
    """Refuse a separator after which a key and its number cannot be told apart."""
    if not isinstance(separator, (str, bytes)):
        raise TypeError(f"separator must be str or bytes, got {type(separator).__name__}")
    if not separator or bytes_of(separator)[-1:].isdigit():
        raise ValueError(
            "separator must end in something other than a digit, so that key and number can be "
            f"told apart, got {separator!r}"
        )


def suffixed(column: KeyColumn, suffix: bytes) -> KeyColumn:
    """Write ``suffix`` after every key of a column without nulls."""
    lengths = column.lengths + len(suffix)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    data = np.empty(int(offsets[-1]), dtype=np.uint8)
    at = offsets[1:, np.newaxis] - len(suffix) + np.arange(len(suffix))
    is_key = np.ones(data.size, dtype=np.bool_)
    is_key[at] = False
    data[is_key] = column.data[column.offsets[0] : column.offsets[-1]]
    data[at] = np.frombuffer(suffix, dtype=np.uint8)
    return KeyColumn(data, offsets)


def joined(columns: Sequence[KeyColumn]) -> KeyColumn:
    """Lay columns without nulls end to end."""
    data = [column.data[column.offsets[0] : column.offsets[-1]] for column in columns]
    lengths = np.concatenate([column.lengths for column in columns])
    return KeyColumn(np.concatenate(data), np.concatenate([[0], np.cumsum(lengths)]))


def in_steps(column: KeyColumn) -> Iterator[tuple[slice, KeyColumn]]:
    """Cut a column without nulls into runs of keys, and say where each stands."""
    for begin in range(0, len(column), KEYS_PER_STEP):
        end = min(len(column), begin + KEYS_PER_STEP)
        yield slice(begin, end), KeyColumn(column.data, column.offsets[begin : end + 1])


def positions_of(some: KeyColumn, keys: KeyColumn) -> NDArray[np.int64]:
    """Say where each of ``some`` keys stands among distinct ``keys``; -1 if it does not."""
    codes = distinct_keys(joined([keys, some])).codes
    found = codes[len(keys) :]
    return np.where(found < len(keys), found, -1)
