"""Tables of a TOML file, units as people write them, in; checked values and their lines out."""

from __future__ import annotations

from kafka_sizing.toml.lines import line_of
from kafka_sizing.toml.section import Key, Section, TableError, sections

__all__ = ["Key", "Section", "TableError", "line_of", "sections"]
