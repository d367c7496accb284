"""The units that numbers are in: of loads, sizes and times."""

from __future__ import annotations

from typing import Final, Literal, get_args

LoadUnit = Literal["records", "bytes", "records/s", "bytes/s"]
LOAD_UNITS: Final[tuple[LoadUnit, ...]] = get_args(LoadUnit)

KB: Final = 10**3
MB: Final = 10**6
GB: Final = 10**9
TB: Final = 10**12
KiB: Final = 2**10
MiB: Final = 2**20
GiB: Final = 2**30
TiB: Final = 2**40

YEAR_S: Final = 365.25 * 86_400.0
