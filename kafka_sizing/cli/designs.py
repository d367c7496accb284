"""The path of a design file in; its design, planned, and the lines of its parts, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from kafka_sizing.cli.options import about, naming
from kafka_sizing.cli.terminal import bar

if TYPE_CHECKING:
    from kafka_sizing.review import Area
    from kafka_sizing.topic import TopicPlan

Design = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="TOML file of the topic; 'kafka-sizing init' writes one."),
]

_KEYS: Final = {  # what `plan_topic` calls them → what the file does
    "partition_bytes_per_s of producers": "[producers] partition_rate",
    "groups": "[[group]]",
}
_TABLE_OF_SUBJECT: Final = {"producers": "[producers]", "brokers": "[cluster]"}
_TABLE_OF_AREA: Final[Mapping[Area, str]] = {
    "keys and ordering": "[keys]",
    "retries and dead letters": "[retries]",
    "brokers and capacity": "[cluster]",
    "monitoring and ownership": "[operations]",
}
_KEY_OF_PROPERTY: Final = {  # of a topic → what the file calls it
    "retention.ms": "retention",
    "retention.bytes": "retention_size",
    "segment.ms": "segment_time",
    "segment.bytes": "segment_size",
    "min.insync.replicas": "min_insync_replicas",
}


@dataclass(frozen=True, slots=True, eq=False)
class PlannedFile:
    """A design file, and what follows from it."""

    path: Path
    text: str
    plan: TopicPlan

    def place(self, subject: str, area: Area, names: Sequence[str] = ()) -> str:
        """Name the file, and the line that sets one of some properties or begins a table."""
        from kafka_sizing.toml import line_of

        tables = list(dict.fromkeys(self._tables(subject, area)))
        lines = [line for table in tables for name in names for line in self._set_on(table, name)]
        if area == "topic and partitions":
            lines += self._line_with("[topic]", "partitions")
        lines += [line for table in tables if (line := line_of(self.text, table)) is not None]
        return f"{self.path}:{lines[0]}" if lines else str(self.path)

    def _tables(self, subject: str, area: Area) -> Iterator[str]:
        """Give the tables that a subject of the plan may stand in, the likeliest first."""
        kind, _, name = subject.partition(" ")
        if kind == "group":
            names = [group.name for group in self.plan.design.groups]
            yield f"[[group]] {names.index(name) + 1}"
        if kind in _TABLE_OF_SUBJECT:
            yield _TABLE_OF_SUBJECT[kind]
        yield from (_TABLE_OF_AREA.get(area, "[topic]"), "[topic]")

    def _set_on(self, table: str, property_name: str) -> Iterator[int]:
        """Give the lines on which a table sets a property: under its name, or the file's own."""
        if table == "[topic]" and property_name in _KEY_OF_PROPERTY:
            yield from self._line_with(table, _KEY_OF_PROPERTY[property_name])
        yield from self._line_with(f"{table} config", property_name)

    def _line_with(self, where: str, key: str) -> list[int]:
        """Give the line of a key, if it is there and not only its table."""
        from kafka_sizing.toml import line_of

        line = line_of(self.text, where, key)
        return [] if line is None or key not in self.text.splitlines()[line - 1] else [line]


def plan_file(path: Path) -> PlannedFile:
    """Read a design file and plan its topic; an error names the file and the line."""
    from kafka_sizing.sources.texts import read_text
    from kafka_sizing.topic import plan_topic, read_design

    with bar() as progress:
        design = read_design(path, progress=progress)
    text = read_text(path, "TOML")
    with about(path, text), naming(_KEYS):
        return PlannedFile(path, text, plan_topic(design))
