"""A file name in; a commented design file to fill in, and its schema for editors, out."""
# ruff: noqa: FBT002 - the options of a command are the arguments of its function

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from kafka_sizing.cli.options import FITS
from kafka_sizing.cli.terminal import say
from kafka_sizing.cli.writing import write_whole

_SCHEMA: Final = "kafka-topic.schema.json"  # as the first line of the design file names it


def init(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where to write the design.")
    ] = Path("topic.toml"),
    schema: Annotated[
        bool, typer.Option("--schema", help="Only print the JSON schema of design files.")
    ] = False,
) -> int:
    """Write a commented design file to fill in, and beside it a schema for editors."""
    from kafka_sizing.topic import template_text, topic_schema

    described = topic_schema()
    schema_text = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
    if schema:
        say(schema_text)
        return FITS
    beside = file.with_name(_SCHEMA)
    _check_free(file, beside, described)
    with file.open("x", encoding="utf-8") as design:  # never over one that came meanwhile
        design.write(template_text())
    write_whole(beside, schema_text)
    say(
        f"{file} is a topic to fill in, with a comment on every key; an editor that knows TOML "
        f"checks it by {beside}.\nNext: kafka-sizing topic {file}\n"
    )
    return FITS


def _check_free(file: Path, beside: Path, described: dict[str, Any]) -> None:
    """Refuse to write over a design, or over a schema of something else."""
    if file.suffix.casefold() != ".toml":
        raise ValueError(f"FILE must end in .toml, got {file}")
    if not file.absolute().parent.is_dir():
        raise FileNotFoundError(f"FILE must be in a folder that exists, got {file}")
    if file.exists():
        raise FileExistsError(f"FILE must not be there yet, got {file}")
    if beside.exists() and not _is_schema(beside, described["title"]):
        raise FileExistsError(f"{beside} must be a schema of design files, or not be there")


def _is_schema(path: Path, title: str) -> bool:
    """Whether a file is a schema that an earlier run wrote, and may be brought up to date."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return False
    return isinstance(found, dict) and found.get("title") == title
