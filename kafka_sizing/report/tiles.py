"""One number of a report in; what a page shows of it out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One number, what it is, and what to compare it with."""

    name: str
    value: str
    note: str = ""
    alarming: bool = False
