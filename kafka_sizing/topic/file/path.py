"""The path of a design file in; its `TopicDesign`, its log of keys counted, out."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Final

from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.sources.progress import Progress
from kafka_sizing.sources.texts import read_text
from kafka_sizing.toml import TableError, line_of
from kafka_sizing.topic.design import TopicDesign
from kafka_sizing.topic.file.reading import KeyLog, design_of

_PLACE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


def read_design(path: str | os.PathLike[str], *, progress: Progress | None = None) -> TopicDesign:
    """Read the design file of a topic, and count the key log that it names beside it.

    Parameters
    ----------
    path : str or path
        A TOML file; `template_text` has one with a comment on every key.
    progress : callable, optional
        Hears how far the reading of the key log is; see `count_key_files`.

    Returns
    -------
    TopicDesign
        What `plan_topic` takes.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is no TOML in UTF-8, or says what no topic can be; the error begins with the file
        and, where there is one, the line.

    Examples
    --------
    >>> from kafka_sizing import read_design
    >>> read_design("notebooks/data/flights.toml")
    TopicDesign('flight-events', 45.8 MiB/s, partitions=12, groups=['billing', 'search'])
    """
    file = Path(path)
    text = read_text(file, "TOML")
    data = _parsed(file, text)
    try:
        return design_of(data, read_keys=lambda log: counted_log(log, file.parent, progress))
    except TableError as error:
        line = line_of(text, error.where, error.key)
        place = file if line is None else f"{file}:{line}"
        raise ValueError(f"{place}: {error}") from error
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from error


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = place[1] if place and place[1] else text.count("\n") + 1
        raise ValueError(f"{path}:{line}: {_PLACE.sub('', str(error))}") from None


def counted_log(log: KeyLog, folder: Path, progress: Progress | None = None) -> KeyLoads:
    """Count the keys of a log whose files lie in, or are named from, a folder."""
    from kafka_sizing.sources import count_key_files

    options: Any = {
        "key": log.key,
        "load": log.load,
        "unit": log.unit,
        "serializer": log.serializer,
        "partitioner": log.partitioner,
    }
    try:
        return count_key_files([folder / name for name in log.files], progress=progress, **options)
    except (OSError, TypeError, ValueError) as error:
        raise TableError(f"[keys] log: {error}", "[keys]", "log") from error
