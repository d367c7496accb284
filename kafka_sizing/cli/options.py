"""What several commands take in; the values they mean out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

if TYPE_CHECKING:
    from kafka_sizing.units import LoadUnit

T = TypeVar("T")

FITS: Final = 0
DOES_NOT_FIT: Final = 1

Partitions = Annotated[int, typer.Option(help="Partitions of the topic.")]
PartitionerName = Annotated[
    str, typer.Option(metavar="NAME", help="Partitioner or client of the producers.")
]
SerializerName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="How keys that are not text become bytes: string, int32, int64, uuid …",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object (docs/json.md).")]
Html = Annotated[
    Path | None, typer.Option(metavar="PAGE", help="Write one HTML page to this file.")
]
Redact = Annotated[bool, typer.Option("--redact", help="Replace every key by a short keyed hash.")]
Check = Annotated[bool, typer.Option("--check", help="Exit with 1 if it does not fit.")]


def amount(option: str, text: str | None) -> tuple[float, LoadUnit] | None:
    """Read an amount such as "200 MiB/s", if the option is given."""
    from kafka_sizing._checks import check_positive
    from kafka_sizing.units import parse_load

    if text is None:
        return None
    read = parsed(option, parse_load, text)
    check_positive(option, read[0])
    return read


def optional(option: str, parse: Callable[[str], T], text: str | None) -> T | None:
    """Read the text of an option, if it is given."""
    return None if text is None else parsed(option, parse, text)


def parsed(option: str, parse: Callable[[str], T], text: str) -> T:
    """Read the text of an option; an error names the option."""
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"{option}: {error}") from error


@contextmanager
def naming(options: Mapping[str, str]) -> Iterator[None]:
    """Let an error name the options of the command, not the arguments behind them."""
    try:
        yield
    except (ValueError, MemoryError) as error:
        text = str(error)
        for argument, option in options.items():
            text = re.sub(rf"(?<!\w){re.escape(argument)}(?!\w)", option, text)
        raise (MemoryError if isinstance(error, MemoryError) else ValueError)(text) from error


@contextmanager
def about(path: Path, text: str = "") -> Iterator[None]:
    """Let an error name the file whose contents it is about, and the line if that is known."""
    from kafka_sizing.toml import TableError, line_of

    try:
        yield
    except ValueError as error:
        line = line_of(text, error.where, error.key) if isinstance(error, TableError) else None
        place = path if line is None else f"{path}:{line}"
        raise ValueError(f"{place}: {error}") from error


def output(option: str, path: Path | None, *endings: str) -> None:
    """Refuse a file that cannot be written, or whose ending could be that of another kind."""
    if path is None:
        return
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise FileNotFoundError(f"{option} must name a file in a folder that exists, got {path}")
    if path.suffix.casefold() not in endings:
        listed = " or ".join(endings)
        raise ValueError(f"{option} must end in {listed}, so that no log is lost, got {path}")
