"""Groups of keys on a worker in; a few rows out, which add up to the same wherever they meet.

A row has a part, a mark and a payload. Tail bins are cut into slices, one part each, so that
several workers can add up what all tasks sent. What a task sends is one whole, but a task that
runs again may add up fractions in another order: each row carries a mark of which keys its task
held to be heavy, and rows of different runs are refused by the sum of their marks.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.columns import KeyColumn, joined_columns
from kafka_sizing.keys.intake import as_key_column
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.keys.sketch import spread_keys
from kafka_sizing.keys.tail import TAIL_BINS, TailBins
from kafka_sizing.sources.heaviest import Heaviest

if TYPE_CHECKING:
    import pyarrow as pa

Loads = NDArray[np.float64]
Bins = NDArray[np.int64]

SLICES: Final = 32  # of the tail bins; parts 0 …
_FACTS: Final = -1
_HEAVY: Final = -2
_SPILT: Final = -3  # tail bins of any slice: heavy keys of a task that are not heavy in all
_SUMS: Final = -4  # and downwards: pieces of the sums at counts
_SUMS_PER_PIECE: Final = 2**18
_UNMARKED: Final = -1


class Row(NamedTuple):
    """What a worker hands on; also the columns of the frame that carries it."""

    part: int
    mark: int
    payload: bytes


@dataclass(kw_only=True)
class Facts:
    """What groups add up to besides their keys."""

    groups: int = 0  #: that have a key
    records: int = 0
    gaps: int = 0  #: records whose load is null
    null_records: int = 0  #: records whose key is null
    null_load: float = 0.0
    total: float = 0.0
    squares: float = 0.0  #: sum of the squared loads of the records
    line: float = -1.0  #: no key that was turned away writes more
    spread_load: float | None = None  #: of the empty key, where the partitioner spreads it
    wrong_load: float | None = None
    error: str | None = None
    error_kind: str | None = None

    def add(self, other: Facts) -> None:
        """Add up what adds up; keep the higher line, and the first fault."""
        for name in ("groups", "records", "gaps", "null_records", "null_load", "total", "squares"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.line = max(self.line, other.line)
        for name in ("spread_load", "wrong_load", "error", "error_kind"):
            if getattr(self, name) is None:
                setattr(self, name, getattr(other, name))


class KeyParts:
    """Heavy keys, tail bins and sums of some groups, or of the rows of some tasks."""

    def __init__(self, partitioner: Partitioner, counts: Iterable[int], heavy: int) -> None:
        self.partitioner = partitioner
        self.facts = Facts()
        self.heaviest = Heaviest(heavy)
        self.tail = TailBins(partitioner, counts)
        self._pieces: dict[int, Loads] = {}
        self._marks: dict[int, int] = {}
        self._has_spilt = False

    def add_groups(self, keys: KeyColumn, loads: Loads) -> None:
        """Add distinct keys, none of them null, and the load of each."""
        self.facts.groups += len(keys)
        spread = spread_keys(self.partitioner, keys)
        if spread.any():  # the empty key, whose number means nothing
            self.facts.spread_load = float(loads[spread].sum())
            keys, loads = keys.take(np.flatnonzero(~spread)), loads[~spread]
        self.tail.add(*self.heaviest.add(keys, loads))

    def rows(self) -> Iterator[Row]:
        """Give the rows of a task that added groups; of one that failed, only what it says."""
        if self.facts.error is not None:
            yield Row(_FACTS, 0, _facts_written(self.facts))
            return
        self.facts.line = self.heaviest.line
        numbers = np.sort(np.asarray(self.partitioner.numbers_of(self.heaviest.keys)))
        mark = zlib.crc32(numbers.tobytes())
        yield Row(_FACTS, mark, _facts_written(self.facts))
        yield Row(_HEAVY, mark, _written(self.heaviest.keys, self.heaviest.loads))
        yield from self._sum_rows(mark)
        for part, payload in self._slices():
            yield Row(part, mark, payload)

    def add_row(self, row: Row) -> None:
        """Add a row of any task, or of rows added up."""
        if row.mark != _UNMARKED:
            self._marks[row.part] = self._marks.get(row.part, 0) + row.mark
        if row.part == _FACTS:
            self.facts.add(Facts(**json.loads(bytes(row.payload))))
        elif row.part == _HEAVY:
            self._spill(*self.heaviest.add(*_read(row.payload)))
        elif row.part <= _SUMS:
            piece = np.frombuffer(row.payload, dtype=np.float64)
            self._pieces[row.part] = self._pieces.get(row.part, 0.0) + piece
        else:
            self.tail.add_entries(*_read_entries(row.payload))

    def merged_rows(self) -> Iterator[Row]:
        """Give what the rows that were added amount to, part by part."""
        if _FACTS in self._marks:
            yield Row(_FACTS, self._marks[_FACTS], _facts_written(self.facts))
        if _HEAVY in self._marks:
            heavy = _written(self.heaviest.keys, self.heaviest.loads)
            yield Row(_HEAVY, self._marks[_HEAVY], heavy)
        for part, piece in self._pieces.items():
            yield Row(part, self._marks.get(part, _UNMARKED), piece.tobytes())
        if self._has_spilt:
            yield Row(_FACTS, _UNMARKED, _facts_written(Facts(line=self.heaviest.line)))
            yield from self._sum_rows(_UNMARKED)
        for part, payload in self._slices():
            marked = part in self._marks
            if marked or payload:
                yield Row(part if marked else _SPILT, self._marks.get(part, _UNMARKED), payload)

    def finish(self) -> None:
        """Make one whole of all rows; refuse rows of different runs of a task."""
        if len(set(self._marks.values())) > 1:
            raise RuntimeError(
                "a task that ran twice added up its loads in two ways, so its parts do not fit: "
                "cache the frame, or call again"
            )
        self._spill(*self.heaviest.raise_line(self.facts.line))
        parts = sorted(self._pieces, reverse=True)
        vector = np.concatenate([np.empty(0), *(self._pieces[part] for part in parts)])
        begin = 0
        for count in self.tail.sums:
            self.tail.sums[count] += vector[begin : begin + count]
            begin += count

    def heavy_keys(self) -> tuple[KeyColumn, Loads]:
        """Give the keys to hold one by one: the heavy ones, and an empty one that is spread."""
        keys, loads = self.heaviest.keys, self.heaviest.loads
        if self.facts.spread_load is None:
            return keys, loads
        return joined_columns([keys, KeyColumn.of([b""])]), np.append(
            loads, self.facts.spread_load
        )

    def _spill(self, keys: KeyColumn, loads: Loads) -> None:
        """Add keys that a task held to be heavy to the tail."""
        self._has_spilt |= len(keys) > 0
        self.tail.add(keys, loads)

    def _sum_rows(self, mark: int) -> Iterator[Row]:
        vector = np.concatenate([np.empty(0), *self.tail.sums.values()])
        for piece, begin in enumerate(range(0, len(vector), _SUMS_PER_PIECE)):
            payload = vector[begin : begin + _SUMS_PER_PIECE].tobytes()
            yield Row(_SUMS - piece, mark, payload)

    def _slices(self) -> Iterator[tuple[int, bytes]]:
        """Give the tail bins slice by slice; nothing is written for one that is empty."""
        bins, keys, masses = self.tail.entries()
        ends = np.searchsorted(bins, np.arange(SLICES + 1) * (TAIL_BINS // SLICES))
        for part, (begin, end) in enumerate(pairwise(ends.tolist())):
            if begin == end:
                yield part, b""
                continue
            some = KeyColumn(keys.data, keys.offsets[begin : end + 1])
            yield part, _written(some, masses[begin:end], bins[begin:end])


def _facts_written(facts: Facts) -> bytes:
    return json.dumps(asdict(facts)).encode()


def _written(keys: KeyColumn, loads: Loads, bins: Bins | None = None) -> bytes:
    """Write keys and loads as an Arrow stream; of entries of the tail, their bins, too."""
    import pyarrow as pa

    begin, end = int(keys.offsets[0]), int(keys.offsets[-1])
    buffers = [
        None,
        pa.py_buffer(keys.offsets - begin),
        pa.py_buffer(keys.data[begin:end]),
    ]
    column = pa.Array.from_buffers(pa.large_binary(), len(keys), buffers)
    columns = {"key": column, "load": pa.array(loads)}
    if bins is not None:
        columns["bin"] = pa.array(bins.astype(np.int32))
    batch = pa.record_batch(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def _read(payload: bytes) -> tuple[KeyColumn, Loads]:
    if not len(payload):
        return KeyColumn.of([]), np.empty(0)
    table = _table(payload)
    return as_key_column(table["key"]), table["load"].to_numpy()


def _read_entries(payload: bytes) -> tuple[Bins, KeyColumn, Loads]:
    if not len(payload):
        return np.empty(0, np.int64), KeyColumn.of([]), np.empty(0)
    table = _table(payload)
    bins = table["bin"].to_numpy().astype(np.int64)
    return bins, as_key_column(table["key"]), table["load"].to_numpy()


def _table(payload: bytes) -> pa.Table:
    import pyarrow as pa

    return pa.ipc.open_stream(pa.py_buffer(payload)).read_all()
