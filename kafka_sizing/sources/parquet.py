"""Parquet files of text or byte keys in; their records, row group by row group, out.

Arrow reads them. Where a file holds codes into a dictionary they are taken as they are, so that
a key is looked at once a row group. Pages that carry a checksum are held against it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.keys.batches import KeyBatch
from kafka_sizing.keys.intake import EncodedKeys, encode_keys
from kafka_sizing.sources.engine import first_line
from kafka_sizing.sources.loads import record_loads
from kafka_sizing.sources.paths import LogFile
from kafka_sizing.sources.pieces import BYTES_PER_PIECE, Piece, Wanted
from kafka_sizing.sources.pipeline import Task

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_PER_BATCH: Final = 2**17
_ROWS_UNTRIED: Final = 2**14  # of a batch, while it is not known how long keys are
_BYTES_AT_ONCE: Final = 2**26  # of a row group as codes; larger ones come in batches
_BYTES_PER_CODE: Final = 4
_MOST_BYTES_OF_CODES: Final = 8  # of a record; it takes more where most keys are spelled out
_BYTES_PER_READ: Final = 2**20  # of a row group that comes in batches


def parquet_tasks(logs: Sequence[LogFile], wanted: Wanted) -> Iterator[Task]:
    """Give a task for each row group, in the order of the files."""
    files = [_File(log.path, wanted) for log in logs]
    records = sum(file.records for file in files)
    return (task for file in files for task in file.tasks(of_records=max(records, 1)))


class _File:
    def __init__(self, path: str, wanted: Wanted) -> None:
        import pyarrow.parquet as pq

        self._path, self._wanted = path, wanted
        with readable(path):
            self._metadata = pq.read_metadata(path)
        names = [self._metadata.schema.column(at).path for at in range(self._metadata.num_columns)]
        self._key_at = names.index(wanted.key)
        self._tried = threading.Event()
        self._bytes_per_key: float | None = None  # of the first records, if they were no codes

    @property
    def records(self) -> int:
        return int(self._metadata.num_rows)

    def tasks(self, *, of_records: int) -> Iterator[Task]:
        for group in range(self._metadata.num_row_groups):
            yield partial(self._pieces, group, of_records)

    def _pieces(self, group: int, of_records: int) -> Iterator[Piece]:
        try:
            for batch in self._batches(group):
                yield self._piece(batch, group, of_records)
        finally:
            if group == 0:
                self._tried.set()

    def _piece(self, batch: pa.RecordBatch, group: int, of_records: int) -> Piece:
        wanted = self._wanted
        with readable(self._path, ValueError):  # codes or offsets that lead to no key
            keys = encode_keys(
                batch.column(wanted.key), name=wanted.key, serializer=wanted.serializer
            )
        if group == 0:
            self._learn(keys)
        loads, wrong = None, 0
        if wanted.load is not None:
            loads, wrong = record_loads(batch.column(wanted.load))
        return Piece(
            batch=KeyBatch.of(keys, loads), wrong_loads=wrong, share=len(keys) / of_records
        )

    def _learn(self, keys: EncodedKeys) -> None:
        """Take from the first records how many to read at once, the same at every look."""
        if keys.codes is None and len(keys) and not self._tried.is_set():
            offsets = keys.column.offsets
            self._bytes_per_key = float(offsets[-1] - offsets[0]) / len(keys)
        self._tried.set()

    def _batches(self, group: int) -> Iterator[pa.RecordBatch]:
        """Read a row group in one piece where it is small and holds codes, else in several."""
        import pyarrow.parquet as pq

        key, load = self._wanted.key, self._wanted.load
        what: dict[str, Any] = {
            "columns": [key] if load is None else [key, load],
            "use_threads": False,
        }
        how: dict[str, Any] = {
            "metadata": self._metadata,
            "page_checksum_verification": True,
            "pre_buffer": False,
        }
        rows = max(self._metadata.row_group(group).num_rows, 1)
        column = self._metadata.row_group(group).column(self._key_at)
        key_bytes = max(column.total_uncompressed_size, 1)
        has_dictionary = _holds_codes(column.encodings)
        with readable(self._path):
            is_wide = key_bytes >= _MOST_BYTES_OF_CODES * rows
            codes = [key] if has_dictionary and not is_wide else None
            if codes and key_bytes + _BYTES_PER_CODE * rows <= _BYTES_AT_ONCE:
                with pq.ParquetFile(self._path, read_dictionary=codes, **how) as file:
                    yield from file.read_row_group(group, **what).to_batches()
                return
            most = min(_ROWS_PER_BATCH, BYTES_PER_PIECE * rows // key_bytes)
            if has_dictionary and is_wide:  # a dictionary hides how long keys are
                most = min(most, self._rows_at_once(group))
            how["buffer_size"] = _BYTES_PER_READ
            with pq.ParquetFile(self._path, read_dictionary=codes, **how) as file:
                yield from file.iter_batches(max(most, 1), row_groups=[group], **what)

    def _rows_at_once(self, group: int) -> int:
        """Say how many keys as long as the first ones are to be read at once."""
        if group:
            self._tried.wait()
        known = self._bytes_per_key
        return _ROWS_UNTRIED if known is None else int(BYTES_PER_PIECE / max(known, 1.0))


def _holds_codes(encodings: Sequence[str]) -> bool:
    """Say whether pages hold codes into a dictionary, and none what Arrow cannot make codes of."""
    return any("DICTIONARY" in name for name in encodings) and not any(
        name.startswith("DELTA") for name in encodings
    )


@contextmanager
def readable(path: str, *others: type[Exception]) -> Iterator[None]:
    """Say in one line what is wrong with the file."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, *others) as error:
        raise ValueError(f"{path} must be readable: {first_line(error)}") from error
