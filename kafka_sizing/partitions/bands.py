"""A partition count in, the band of topic sizes it falls in (or between which) out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from kafka_sizing._checks import check_count
from kafka_sizing._tables import read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A range of partition counts with a name; ``str(band)`` adds the range to the name."""

    name: str
    least: int  #: partitions
    most: int | None  #: partitions; None has no end
    kind: str  #: "rule": an agreed way of speaking, not a limit of Kafka
    source: str

    def __str__(self) -> str:
        if self.most is None:
            return f"{self.name} ({self.least:,} and more)"
        return f"{self.name} ({self.least:,}–{self.most:,})"


def band_of(partitions: int) -> Band:
    """Say whether a topic of this many partitions is medium, high, very high or between.

    Parameters
    ----------
    partitions : int
        Partitions of one topic. >= 1

    Returns
    -------
    Band
        The band, with its range. A count that the published bands leave out gets a band
        named after its neighbours: "between medium and high", "below medium".

    Raises
    ------
    ValueError
        If the count is not a whole number >= 1.

    Examples
    --------
    >>> from kafka_sizing.partitions.bands import band_of
    >>> band_of(24).name, str(band_of(30))
    ('medium', 'between medium and high (25–49)')
    """
    count = check_count("partitions", partitions)
    return next(band for band in _bands() if band.most is None or count <= band.most)


@cache
def _bands() -> tuple[Band, ...]:
    """Every count from 1 up falls in exactly one of these; gaps are filled in."""
    bands: list[Band] = []
    for row in _published():
        first = bands[-1].most + 1 if bands and bands[-1].most else 1
        if first < row["least"]:
            gap = (
                f"between {bands[-1].name} and {row['name']}" if bands else f"below {row['name']}"
            )
            bands.append(_band(row, name=gap, least=first, most=row["least"] - 1))
        bands.append(_band(row, name=row["name"], least=row["least"], most=row.get("most")))
    return tuple(bands)


def _band(row: dict[str, Any], *, name: str, least: int, most: int | None) -> Band:
    return Band(name=name, least=least, most=most, kind=row["kind"], source=row["source"])


def _published() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_table("kafka_sizing.partitions", "bands")["band"]
    return rows
