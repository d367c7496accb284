"""Nothing in; the lines that monitoring draws, each with its kind and source, out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from kafka_sizing._tables import read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number that decides, and why it is what it is."""

    name: str
    value: float
    unit: str
    kind: Literal["exact", "rule"]  #: exact: as the tool that is followed has it
    reason: str
    source: str
    date: str


def threshold(name: str) -> float:
    """Look up the value of one line."""
    return thresholds()[name].value


@cache
def thresholds() -> dict[str, Threshold]:
    """List the lines by name.

    Returns
    -------
    dict of str to Threshold
        Each line with its unit, kind and source.

    Examples
    --------
    >>> from kafka_sizing.consumers.monitoring.thresholds import thresholds
    >>> line = thresholds()["burrow_window_commits"]
    >>> line.value, line.kind
    (10, 'exact')
    """
    data = read_table("kafka_sizing.consumers.monitoring", "thresholds")
    meta = data.pop("meta")
    return {name: Threshold(name=name, **{**meta, **row}) for name, row in data.items()}
