"""Parquet files of text or byte keys in; their records, row group by row group, out.

Arrow reads them. Where a file holds codes into a dictionary they are taken as they are, so that
a key is looked at once a row group.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.keys.batches import KeyBatch
from kafka_sizing.keys.intake import encode_keys
from kafka_sizing.sources.engine import first_line
from kafka_sizing.sources.loads import record_loads
from kafka_sizing.sources.paths import LogFile
from kafka_sizing.sources.pieces import Piece, Wanted
from kafka_sizing.sources.pipeline import Task

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_PER_BATCH: Final = 2**17
_ROWS_AT_ONCE: Final = 2**21  # of a row group; larger ones come in batches
_GROUPS_TRIED: Final = 4  # read as codes before the first of them told whether that pays
_MOST_DISTINCT_SHARE: Final = 0.5  # of records with a new key: above it codes do not pay


def parquet_tasks(logs: Sequence[LogFile], wanted: Wanted) -> Iterator[Task]:
    """Give a task for each row group, in the order of the files."""
    files = [_File(log.path, wanted) for log in logs]
    records = sum(file.records for file in files)
    return (task for file in files for task in file.tasks(of_records=max(records, 1)))


class _File:
    def __init__(self, path: str, wanted: Wanted) -> None:
        import pyarrow.parquet as pq

        self._path, self._wanted = path, wanted
        with _clear_errors(path):
            self._metadata = pq.read_metadata(path)
        self._tried = threading.Event()
        self._codes_pay = True

    @property
    def records(self) -> int:
        return int(self._metadata.num_rows)

    def tasks(self, *, of_records: int) -> Iterator[Task]:
        for group in range(self._metadata.num_row_groups):
            yield partial(self._pieces, group, of_records)

    def _pieces(self, group: int, of_records: int) -> Iterator[Piece]:
        try:
            with _clear_errors(self._path):
                for batch in self._batches(group):
                    yield self._piece(batch, group, of_records)
        finally:
            if group == 0:
                self._tried.set()

    def _piece(self, batch: pa.RecordBatch, group: int, of_records: int) -> Piece:
        wanted = self._wanted
        keys = encode_keys(batch.column(wanted.key), name=wanted.key, serializer=wanted.serializer)
        if group == 0 and keys.codes is not None:
            self._codes_pay = len(keys.column) <= _MOST_DISTINCT_SHARE * len(keys)
            self._tried.set()
        loads, wrong = None, 0
        if wanted.load is not None:
            loads, wrong = record_loads(batch.column(wanted.load))
        return Piece(
            batch=KeyBatch.of(keys, loads), wrong_loads=wrong, share=len(keys) / of_records
        )

    def _batches(self, group: int) -> Iterator[pa.RecordBatch]:
        import pyarrow.parquet as pq

        if group >= _GROUPS_TRIED:
            self._tried.wait()
        as_codes = group < _GROUPS_TRIED or self._codes_pay
        key, load = self._wanted.key, self._wanted.load
        with pq.ParquetFile(
            self._path, metadata=self._metadata, read_dictionary=[key] if as_codes else None
        ) as file:
            what: dict[str, Any] = {
                "columns": [key] if load is None else [key, load],
                "use_threads": False,
            }
            if as_codes and self._metadata.row_group(group).num_rows <= _ROWS_AT_ONCE:
                yield from file.read_row_group(group, **what).to_batches()
            else:
                yield from file.iter_batches(_ROWS_PER_BATCH, row_groups=[group], **what)


@contextmanager
def _clear_errors(path: str) -> Iterator[None]:
    """Say in one line what is wrong with the file."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(f"{path} must be readable: {first_line(error)}") from error
