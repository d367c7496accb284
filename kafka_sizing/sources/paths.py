"""Paths, globs and folders in; key logs that are what their names say out."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Format = Literal["CSV", "TSV", "JSON lines", "JSON", "Parquet", "keys one a line"]
Compression = Literal["gzip", "zstd"]

_FORMATS: Final[dict[str, Format]] = {
    ".csv": "CSV",
    ".tsv": "TSV",
    ".tab": "TSV",
    ".jsonl": "JSON lines",
    ".ndjson": "JSON lines",
    ".json": "JSON",
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".txt": "keys one a line",
}
_COMPRESSIONS: Final[dict[str, Compression]] = {".gz": "gzip", ".zst": "zstd"}
_SIGNATURES: Final = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PAR1": "Parquet",
    b"PK\x03\x04": "a zip archive",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
_HEAD_BYTES: Final = 4096
_BYTES_PER_READ: Final = 2**20
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """One file of records, and how to read it."""

    path: str
    format: Format
    compression: Compression | None

    def open(self) -> pa.NativeFile:
        """Open the file for reading, decompressed."""
        import pyarrow as pa

        return pa.input_stream(self.path, compression=self.compression)


def find_logs(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[LogFile]:
    """Find the files that paths, globs and folders stand for; look into each.

    A folder stands for every log below it; names that begin with ``.`` or ``_`` are left out.
    """
    given: Any = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    if not given:
        raise ValueError("paths must name at least one file, got none")
    found = dict.fromkeys(path for one in given for path in _expanded(os.fspath(one)))
    logs = [_log_at(path) for path in found]
    for log in logs:
        _check_head(log)
    return logs


def check_whole(log: LogFile) -> None:
    """Refuse a compressed file that was cut off; DuckDB reads what there is of it."""
    if log.compression is None:
        return
    try:
        with log.open() as stream:
            while stream.read(_BYTES_PER_READ):
                pass
    except OSError as error:
        raise ValueError(
            f"{log.path} must be whole {log.compression} data, got: {error}"
        ) from error


def names_of(logs: Sequence[LogFile]) -> str:
    """Name files in an error."""
    first = logs[0].path
    return first if len(logs) == 1 else f"{first} and {len(logs) - 1} files more"


def head_of(log: LogFile) -> bytes:
    """Give the first bytes of a file, decompressed and without a byte order mark."""
    try:
        with log.open() as stream:
            return bytes(stream.read(_HEAD_BYTES)).removeprefix(_BOM)
    except OSError as error:
        raise ValueError(
            f"{log.path} must be whole {log.compression} data, got: {error}"
        ) from error


def _expanded(path: str) -> Iterator[str]:
    if not path:  # to pathlib, the folder one is in
        raise ValueError("paths must name files, got an empty name")
    if Path(path).is_dir():
        yield from _in_folder(path)
    elif Path(path).exists():
        yield path
    elif glob.has_magic(path):
        matches = sorted(filter(os.path.isfile, glob.glob(path, recursive=True)))  # noqa: PTH207
        if not matches:
            raise FileNotFoundError(f"glob must match at least one file, got {path!r}")
        yield from matches
    else:
        raise FileNotFoundError(f"file must exist, got {path!r}")


def _in_folder(path: str) -> list[str]:
    names = sorted(
        str(name)
        for name in Path(path).rglob("*")
        if name.is_file()
        and not any(part[0] in "._" for part in name.relative_to(path).parts)
        and _kind_of(str(name)) is not None
    )
    if not names:
        raise FileNotFoundError(f"folder must hold a log ({_endings()}), got {path!r}")
    return names


def _kind_of(path: str) -> tuple[Format, Compression | None] | None:
    name = Path(path.lower())
    compression = _COMPRESSIONS.get(name.suffix)
    if compression is not None:
        name = name.with_suffix("")
    format_ = _FORMATS.get(name.suffix)
    if format_ is None or (format_ == "Parquet" and compression is not None):
        return None
    return format_, compression


def _log_at(path: str) -> LogFile:
    if any("\udc80" <= letter <= "\udcff" for letter in path):
        raise ValueError(f"file name must be UTF-8, got {os.fsencode(path)!r}")
    kind = _kind_of(path)
    if kind is None:
        raise ValueError(f"file name must end in {_endings()}, got {path!r}")
    return LogFile(path=path, format=kind[0], compression=kind[1])


def _endings() -> str:
    packed = " or ".join(_COMPRESSIONS)
    return f"{', '.join(_FORMATS)}, and all but Parquet perhaps in {packed}"


def _check_head(log: LogFile) -> None:
    with Path(log.path).open("rb") as file:
        raw = file.read(_HEAD_BYTES)
    if not raw:
        raise ValueError(f"{log.path} must hold records, got an empty file")
    found = next((name for magic, name in _SIGNATURES.items() if raw.startswith(magic)), None)
    if log.compression is not None:
        if found != log.compression:
            raise _not_as_named(log, log.compression, found or "something else")
        head = head_of(log)
        if not head:
            raise ValueError(f"{log.path} must hold records, got an empty file inside")
    elif log.format == "keys one a line":
        return  # keys are any bytes
    elif (found == "Parquet") != (log.format == "Parquet") or found not in (None, "Parquet"):
        raise _not_as_named(log, log.format, found or "something else")
    else:
        head = raw.removeprefix(_BOM)
    _check_text(log, head.lstrip())


def _check_text(log: LogFile, head: bytes) -> None:
    if log.format in ("JSON lines", "JSON"):
        if head and head[:1] not in (b"{", b"["):
            raise _not_as_named(
                log,
                log.format,
                f"text that begins with {head[:8].decode('utf-8', 'backslashreplace')!r}",
            )
    elif log.format in ("CSV", "TSV") and head.startswith(b'{"'):
        raise _not_as_named(log, log.format, "JSON")


def _not_as_named(log: LogFile, named: str, found: str) -> ValueError:
    return ValueError(f"{log.path} must be {named}, as its name says, got {found}")
