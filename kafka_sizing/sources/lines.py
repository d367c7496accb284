"""A stream of keys, one a line, in; `KeyLoads` out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.columns import KeyColumn, offsets_of
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.serializers import Serializer
from kafka_sizing.sources.tallies import Tally, key_loads_of, written_keys
from kafka_sizing.units import LoadUnit

BYTES_PER_CHUNK: Final = 2**22
_ROWS_PER_MERGE: Final = 2**18
_NEWLINE, _RETURN = 0x0A, 0x0D


def count_key_lines(
    stream: BinaryIO,
    *,
    name: str = "standard input",
    unit: LoadUnit = "records",
    serializer: Serializer | None = None,
) -> KeyLoads:
    r"""Count the keys of a stream that holds one key a line.

    A line ends at ``\n`` or ``\r\n``; what is left are the bytes of the key, whatever they
    are. An empty line is an empty key. Memory grows with the distinct keys, not the lines.

    Parameters
    ----------
    stream : binary file
        What to read, such as ``sys.stdin.buffer``.
    name : str, default "standard input"
        What an error calls the stream.
    unit : {"records", "bytes", "records/s", "bytes/s"}, default "records"
        What a line counts as one of.
    serializer : str, optional
        The producer's serializer, if lines hold numbers or UUIDs as text: "int32", "int64" ….
        The bytes of a line are the key otherwise.

    Returns
    -------
    KeyLoads
        The distinct keys in order of first appearance.

    Raises
    ------
    ValueError
        If there is no line, or a line does not fit the serializer.

    Examples
    --------
    >>> import io
    >>> from kafka_sizing.sources import count_key_lines
    >>> count_key_lines(io.BytesIO(b"UA\nB6\nUA\n"))
    KeyLoads(2 keys, total=3 records, hottest='UA' 66.7 %)
    """
    tally = tally_lines(stream)
    if not tally.records:
        raise ValueError(f"{name} must hold at least one key a line, got none")
    keys = written_keys(tally.keys, serializer, name=name)
    return key_loads_of(Tally.of(keys, tally.loads), unit=unit, name=name)


def tally_lines(stream: BinaryIO, *, progress: Callable[[int], None] | None = None) -> Tally:
    """Count lines; ``progress`` hears how many bytes were read."""
    merged = Tally.empty()
    waiting: list[Tally] = []
    rows = 0
    for column, size in _columns(stream):
        part = Tally.of(column, np.ones(len(column)))
        waiting.append(part)
        rows += len(part.keys)
        if rows > max(_ROWS_PER_MERGE, len(merged.keys)):
            merged, waiting, rows = Tally.merged([merged, *waiting]), [], 0
        if progress is not None:
            progress(size)
    return Tally.merged([merged, *waiting])


def _columns(stream: BinaryIO) -> Iterator[tuple[KeyColumn, int]]:
    """Cut a stream into columns of whole lines; say how many bytes were read for each."""
    begun: list[bytes] = []
    while chunk := stream.read(BYTES_PER_CHUNK):
        end = chunk.rfind(b"\n") + 1
        if not end:
            begun.append(chunk)
            continue
        yield _column(b"".join([*begun, chunk[:end]])), len(chunk)
        begun = [chunk[end:]] if end < len(chunk) else []
    if begun:
        yield _column(b"".join([*begun, b"\n"])), 0


def _column(lines: bytes) -> KeyColumn:
    """Take lines, each with its end, apart."""
    data: NDArray[np.uint8] = np.frombuffer(lines, dtype=np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    begins = np.concatenate([[0], ends[:-1] + 1])
    returned = (ends > begins) & (data[ends - 1] == _RETURN)
    kept = np.ones(len(data), dtype=np.bool_)
    kept[ends] = False
    kept[ends[returned] - 1] = False
    return KeyColumn(data[kept], offsets_of(ends - begins - returned))
