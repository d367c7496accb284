"""Numbers with units, as people write them: text in, bytes and seconds out, and back."""

from __future__ import annotations

from kafka_sizing.units.names import (
    GB,
    KB,
    LOAD_UNITS,
    MB,
    TB,
    YEAR_S,
    GiB,
    KiB,
    LoadUnit,
    MiB,
    TiB,
)
from kafka_sizing.units.reading import parse_bytes, parse_bytes_per_s, parse_duration, parse_load
from kafka_sizing.units.writing import (
    display_unit,
    format_count,
    format_duration,
    format_load,
    format_loads_apart,
    format_number,
    format_share,
    format_shares_apart,
)

__all__ = [
    "GB",
    "KB",
    "LOAD_UNITS",
    "MB",
    "TB",
    "YEAR_S",
    "GiB",
    "KiB",
    "LoadUnit",
    "MiB",
    "TiB",
    "display_unit",
    "format_count",
    "format_duration",
    "format_load",
    "format_loads_apart",
    "format_number",
    "format_share",
    "format_shares_apart",
    "parse_bytes",
    "parse_bytes_per_s",
    "parse_duration",
    "parse_load",
]
