"""A stream of keys, one a line, in; `KeyLoads` out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.batches import KeyBatch
from kafka_sizing.keys.columns import KeyColumn, offsets_of
from kafka_sizing.keys.fast import workers
from kafka_sizing.keys.intake import EncodedKeys
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.keys.serializers import Serializer, check_serializer
from kafka_sizing.sources.memory import COUNTS, MEMORY_BYTES, counter_of
from kafka_sizing.sources.pieces import Piece
from kafka_sizing.sources.pipeline import Task, in_order
from kafka_sizing.sources.written import written_keys
from kafka_sizing.units import LoadUnit

BYTES_PER_CHUNK: Final = 2**22
_NEWLINE, _RETURN = 0x0A, 0x0D


def count_key_lines(
    stream: BinaryIO,
    *,
    name: str = "standard input",
    unit: LoadUnit = "records",
    serializer: Serializer | None = None,
    memory_bytes: int = MEMORY_BYTES,
    partitioner: Partitioner | str = "java",
    counts: Iterable[int] = COUNTS,
) -> KeyLoads:
    r"""Count the keys of a stream that holds one key a line.

    A line ends at ``\n`` or ``\r\n``; what is left are the bytes of the key, whatever they
    are. An empty line is an empty key. A stream can be read only once: where there are more
    distinct keys than ``memory_bytes`` can hold, heavy keys of the `KeySketch` come with how
    much more each may write.

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
    memory_bytes : int, default 1 GiB
        What counting may hold, reading aside. [64 MiB, ...)
    partitioner : Partitioner or str, default "java"
        Whose partitions are wanted, should keys be too many to hold.
    counts : iterable of int, default 1 … 200
        The partition counts whose loads must be exact, should keys be too many to hold; the
        divisors of 1,108,800 are in any case.

    Returns
    -------
    KeyLoads
        The distinct keys in order of first appearance; a `KeySketch` where keys are too many to
        hold.

    Raises
    ------
    MemoryError
        If the machine has less than ``memory_bytes``.
    ValueError
        If there is no line, or a line does not fit the serializer.

    Examples
    --------
    >>> import io
    >>> from kafka_sizing.sources import count_key_lines
    >>> count_key_lines(io.BytesIO(b"UA\nB6\nUA\n"))
    KeyLoads(2 keys, total=3 records, hottest='UA' 66.7 %)
    """
    check_serializer(serializer)
    counter = counter_of(memory_bytes, partitioner, counts)
    piece: Piece
    tasks = line_tasks(stream, serializer, name=name)
    for piece in in_order(tasks, workers(), size_of=lambda piece: piece.n_bytes):
        counter.add(piece.batch)
    if not counter.records:
        raise ValueError(f"{name} must hold at least one key a line, got none")
    return counter.key_loads(unit) if counter.is_exact else counter.sketch(unit)


def line_tasks(stream: BinaryIO, serializer: Serializer | None, *, name: str) -> Iterator[Task]:
    """Give a task for each stretch of whole lines."""
    for lines in _stretches(stream):
        yield partial(_pieces, lines, serializer, name)


def _pieces(lines: bytes, serializer: Serializer | None, name: str) -> Iterator[Piece]:
    batch = KeyBatch.of(EncodedKeys(_column(lines)))
    if serializer not in (None, "string", "bytes"):
        batch = batch.written(lambda column: written_keys(column, serializer, name=name))
    yield Piece(batch=batch)


def _stretches(stream: BinaryIO) -> Iterator[bytes]:
    """Cut a stream into stretches of whole lines."""
    begun: list[bytes] = []
    while chunk := stream.read(BYTES_PER_CHUNK):
        end = chunk.rfind(b"\n") + 1
        if not end:
            begun.append(chunk)
            continue
        yield b"".join([*begun, chunk[:end]])
        begun = [chunk[end:]] if end < len(chunk) else []
    if begun:
        yield b"".join([*begun, b"\n"])


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
