"""Key logs from outside Python in; `KeyLoads` out."""

from __future__ import annotations

from kafka_sizing.sources.files import count_key_files
from kafka_sizing.sources.lines import count_key_lines

__all__ = ["count_key_files", "count_key_lines"]
