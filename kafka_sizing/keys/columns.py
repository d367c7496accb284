"""Keys in any container in; their bytes, end to end in one column, out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.fast import worth_compiling

BYTES_PER_TAKE: Final = 2**22
OFFSETS_PER_STEP: Final = 2**15


@dataclass(frozen=True, slots=True, eq=False)
class KeyColumn(Sequence[bytes | None]):
    """Key bytes end to end, and where each key begins: Arrow's large binary layout.

    Key ``i`` is ``data[offsets[i]:offsets[i + 1]]``, or null where ``valid[i]`` is false.
    An empty key is a key; a null key is none.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]  #: (n + 1,), rising; who reads them compiled makes sure
    valid: NDArray[np.bool_] | None = None  #: (n,); None: no key is null

    def __post_init__(self) -> None:
        for name, held in (("data", np.uint8), ("offsets", np.int64)):
            array = getattr(self, name).astype(held, order="C", casting="safe", copy=False)
            object.__setattr__(self, name, np.ascontiguousarray(array))
        for name in ("data", "offsets", "valid"):
            array = getattr(self, name)
            if array is not None and array.flags.writeable:
                array = array.view()
                array.flags.writeable = False
                object.__setattr__(self, name, array)
        first, last = int(self.offsets[0]), int(self.offsets[-1])
        if first < 0 or last > self.data.size:
            raise ValueError(
                f"offsets must lie within the {self.data.size:,} bytes of data, "
                f"got {first:,} … {last:,}"
            )

    @classmethod
    def of(cls, keys: Sequence[bytes | None]) -> KeyColumn:
        """Lay a list of bytes and nulls end to end."""
        present = [key for key in keys if key is not None]
        valid = None
        if len(present) < len(keys):
            valid = np.fromiter((key is not None for key in keys), np.bool_, len(keys))
            present = [key or b"" for key in keys]
        lengths = np.fromiter(map(len, present), np.int64, len(present))
        data = np.frombuffer(b"".join(present), dtype=np.uint8)
        return cls(data, offsets_of(lengths), valid)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, index: int) -> bytes | None: ...
    @overload
    def __getitem__(self, index: slice) -> KeyColumn: ...
    def __getitem__(self, index: int | slice) -> bytes | KeyColumn | None:
        """Give one key, or the keys of a slice."""
        if isinstance(index, slice):
            return self.take(np.arange(len(self))[index])
        at = range(len(self))[index]
        if self.valid is not None and not self.valid[at]:
            return None
        return self.data[self.offsets[at] : self.offsets[at + 1]].tobytes()

    def __iter__(self) -> Iterator[bytes | None]:
        return (self[index] for index in range(len(self)))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Bytes of each key."""
        return np.diff(self.offsets)

    @property
    def null_positions(self) -> NDArray[np.int64]:
        """Where the null keys stand."""
        return np.flatnonzero(~self.valid) if self.valid is not None else np.empty(0, np.int64)

    def keyed(self) -> KeyColumn:
        """Give the keys that are not null."""
        return self if self.valid is None else self.take(np.flatnonzero(self.valid))

    def take(self, positions: NDArray[np.int64]) -> KeyColumn:
        """Give the keys at ``positions``, in that order."""
        if positions.size and positions.min() < 0:
            raise IndexError(f"positions must be >= 0, got {positions.min()}")
        begins = self.offsets[positions]
        lengths = self.offsets[positions + 1] - begins
        if lengths.min(initial=0) < 0 or lengths.max(initial=0) > self.data.size:
            check_rising(self.offsets)
        offsets = offsets_of(lengths)
        data = np.empty(int(offsets[-1]), dtype=np.uint8)
        valid = None if self.valid is None else self.valid[positions]
        if worth_compiling(len(positions)):
            from kafka_sizing.keys.compiled import tables

            if not tables.copy_keys(self.data, begins, offsets, data):
                check_rising(self.offsets)
            return KeyColumn(data, offsets, valid)
        if begins.min(initial=0) < 0 or (begins + lengths).max(initial=0) > self.data.size:
            check_rising(self.offsets)
        for begin, end in _runs(offsets, BYTES_PER_TAKE):
            here = offsets[begin : end + 1]
            shift = np.repeat(begins[begin:end] - here[:-1], np.diff(here))
            data[here[0] : here[-1]] = self.data[np.arange(here[0], here[-1]) + shift]
        return KeyColumn(data, offsets, valid)

    def text(self) -> list[str | bytes | None]:
        """Give every key as `text_of` shows it."""
        return [None if key is None else text_of(key) for key in self]

    def __repr__(self) -> str:
        """Say how many keys there are, and how many bytes."""
        return f"KeyColumn({len(self):,} keys, {self.offsets[-1] - self.offsets[0]:,} bytes)"


def text_of(key: bytes) -> str | bytes:
    """Show key bytes as text where they are UTF-8, as they are otherwise."""
    try:
        return key.decode()
    except UnicodeDecodeError:
        return key


def bytes_of(key: str | bytes) -> bytes:
    """Give the bytes of one key: text is written in UTF-8, as Kafka's StringSerializer does."""
    if isinstance(key, bytes):
        return key
    try:
        return key.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"key must be text that UTF-8 can write, got {key!r}") from error


def offsets_of(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give where keys of these lengths begin when laid end to end, and where the last ends."""
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def check_rising(offsets: NDArray[np.int64]) -> None:
    """Refuse keys that end before they begin: compiled loops would read what is no key's."""
    for begin in range(0, len(offsets) - 1, OFFSETS_PER_STEP):  # a step stays in the cache
        some = offsets[begin : begin + OFFSETS_PER_STEP + 1]
        falls = some[1:] < some[:-1]
        if falls.any():
            at = begin + int(falls.argmax())
            raise ValueError(
                f"offsets must not fall, got {offsets[at + 1]:,} after {offsets[at]:,} "
                f"at position {at + 1:,}"
            )


def joined_columns(columns: Sequence[KeyColumn]) -> KeyColumn:
    """Lay columns without nulls end to end."""
    lengths = np.concatenate([np.empty(0, np.int64), *(column.lengths for column in columns)])
    data = [column.data[column.offsets[0] : column.offsets[-1]] for column in columns]
    return KeyColumn(np.concatenate([np.empty(0, np.uint8), *data]), offsets_of(lengths))


def _runs(offsets: NDArray[np.int64], most_bytes: int) -> Iterator[tuple[int, int]]:
    """Cut keys into runs of at most ``most_bytes``, or of one key."""
    begin, n = 0, len(offsets) - 1
    while begin < n:
        fits = int(np.searchsorted(offsets, offsets[begin] + most_bytes, side="right")) - 1
        end = min(n, max(begin + 1, fits))
        yield begin, end
        begin = end
