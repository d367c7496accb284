"""A key in; the name by which a report calls it, or its pseudonym, out."""

from __future__ import annotations

from dataclasses import dataclass

from kafka_sizing.report.labels import key_label, quoted_label
from kafka_sizing.report.redact import Redactor


@dataclass(frozen=True, slots=True)
class Names:
    """How one report names keys: as they are, made printable, or by pseudonym."""

    redactor: Redactor | None = None

    def cell(self, key: str | bytes) -> str:
        """Name a key that stands alone, in a table or beside a bar."""
        return self.redactor.label(key) if self.redactor else key_label(key)

    def quoted(self, key: str | bytes) -> str:
        """Name a key within a sentence."""
        return self.redactor.label(key) if self.redactor else quoted_label(key)
