"""A query over key logs in; its rows out of DuckDB, in bounded memory and with clear errors."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from kafka_sizing.sources.memory import needed_to_read_logs
from kafka_sizing.sources.paths import LogFile

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MEMORY_LIMIT: Final = "512MB"  # groups beyond it are spilled to a temporary folder
MOST_THREADS: Final = 4
_SETTINGS: Final = (
    "SET autoinstall_known_extensions = false",  # all that is needed is built in
    "SET autoload_known_extensions = false",
)
_PROGRESS: Final = ("SET enable_progress_bar = true", "SET enable_progress_bar_print = false")
_ROWS_PER_BATCH: Final = 2**17


class Engine:
    """A DuckDB of its own, with a folder to spill to; closed at the end of ``with``."""

    def __init__(self) -> None:
        with needed_to_read_logs():
            import duckdb
            import pyarrow  # noqa: F401
        self._folder = tempfile.TemporaryDirectory(prefix="kafka-sizing-")
        self._connection: duckdb.DuckDBPyConnection = duckdb.connect(
            config={
                "memory_limit": MEMORY_LIMIT,
                "threads": min(MOST_THREADS, os.cpu_count() or 1),
                "temp_directory": self._folder.name,
            }
        )
        for setting in _SETTINGS:
            self._connection.execute(setting)
        self._count_progress()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._folder.cleanup()

    def _count_progress(self) -> None:
        """Let DuckDB count how far it is; in a notebook it does so only with ipywidgets."""
        import duckdb

        try:
            for setting in _PROGRESS:
                self._connection.execute(setting)
        except duckdb.InvalidInputException:
            return

    def rows(self, query: str, logs: Sequence[LogFile]) -> list[Any]:
        """Run a query with a short answer."""
        with _clear_errors(logs):
            return self._connection.execute(query).fetchall()

    def batches(self, query: str, logs: Sequence[LogFile]) -> Iterator[pa.RecordBatch]:
        """Run a query with a long answer and hand it on bit by bit, in the order of the files."""
        with _clear_errors(logs):
            answer: Any = self._connection.sql(query)
            # DuckDB 2 renamed it.
            read = getattr(answer, "to_arrow_reader", None) or answer.fetch_arrow_reader
            yield from read(_ROWS_PER_BATCH)

    def share_done(self) -> float:
        """Say how much of the query is done; 0 where DuckDB does not know."""
        look = getattr(self._connection, "query_progress", None)
        percent = float(look()) if look is not None else 0.0  # old versions do not say
        return min(max(percent / 100, 0.0), 1.0)


@contextmanager
def _clear_errors(logs: Sequence[LogFile]) -> Iterator[None]:
    """Say in one line what is wrong with which file."""
    import duckdb

    try:
        yield
    except (duckdb.Error, OSError, RuntimeError) as error:  # Arrow hands on some as its own
        text = str(error)
        if isinstance(error, duckdb.InterruptException) or "interrupt" in text[:40].lower():
            raise KeyboardInterrupt from error
        if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in text[:40]:
            raise MemoryError(
                f"reading {_names(logs)} must fit in {MEMORY_LIMIT} and the temporary folder: "
                f"{first_line(error)}"
            ) from error
        if isinstance(error, RuntimeError) and not isinstance(error, duckdb.Error):
            raise
        raise _clear_error(text, logs) from error


def _clear_error(text: str, logs: Sequence[LogFile]) -> ValueError:
    name = _file_in(text, logs)
    line = re.search(r"on Line: (\d+)", text)
    where = f" in line {line[1]}" if line else ""
    columns = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
    if re.search(r"invalid unicode|utf-?8|invalid string encoding", text, re.IGNORECASE):
        return ValueError(
            f"{name} must hold UTF-8 text, got other bytes{where}; keys of any bytes can stand "
            "one a line on standard input, or as binary in Parquet"
        )
    if columns:
        return ValueError(f"{name} must hold {columns[1]} columns a line, got {columns[2]}{where}")
    if "unterminated quote" in text:
        return ValueError(f"{name} must close every quote, got an open one{where}")
    if "maximum line size" in text.lower():
        return ValueError(f"{name} must hold lines of at most 2 MB, got a longer one{where}")
    if "state machine" in text:
        return ValueError(f"{name} must keep to one kind of line end and of quoting{where}")
    if "Malformed JSON" in text:
        near = re.search(r"in line (\d+): (.+?)\.?\s*$", text)
        found = f"{near[2]} near line {near[1]}" if near else first_line(text)
        return ValueError(f"{name} must hold JSON, got {found}")
    return ValueError(f"{name} must be readable{where}: {first_line(text)}")


def _file_in(text: str, logs: Sequence[LogFile]) -> str:
    named = re.search(r"^\s*file\s*=\s*(.+)$", text, re.MULTILINE) or re.search(
        r"""in file ["'](.+?)["']""", text
    )
    return named[1].strip() if named and len(logs) > 1 else _names(logs)


def _names(logs: Sequence[LogFile]) -> str:
    first = logs[0].path
    return first if len(logs) == 1 else f"{first} or one of {len(logs) - 1} files more"


def first_line(error: object) -> str:
    """Give the first line of an error, without its kind."""
    line = str(error).strip().partition("\n")[0]
    return re.sub(r"^[A-Z][A-Za-z ]* Error: ", "", line)
