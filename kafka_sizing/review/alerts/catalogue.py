"""The name of an alert in; what it watches, and which part of it is a rule of thumb, out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind
from kafka_sizing.review.alerts.alert import Fires, Severity, Signal

_COMPARED: Final = re.compile(r"([<>=!]+) <threshold>")
_FIRES: Final[Mapping[str, Fires]] = {">": "above", "<": "below", "==": "at", "!=": "away from"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertForm:
    """An alert before anyone knows the topic: texts with places for names and numbers."""

    name: str
    subject: str
    signal: Signal
    severity: Severity
    for_s: float
    unit: str
    threshold: float | None  #: a rule; None: the plan gives it
    ratio: float  #: what the number of the plan is multiplied by
    exporter: str
    expr: str
    summary: str
    description: str
    kind: Kind
    source: str
    date: str

    @property
    def fires(self) -> Fires:
        """On which side of its threshold it fires."""
        compared = _COMPARED.search(self.expr)
        if compared is None:
            raise ValueError(f"expr must compare with <threshold>, got {self.expr!r}")
        return _FIRES[compared[1]]


@cache
def alert_forms() -> Mapping[str, AlertForm]:
    """Read every form; the part of a key after a dot tells variants of one alert apart."""
    table = read_table("kafka_sizing.review.alerts", "alerts")
    meta, exporters = table.pop("meta"), table.pop("exporters")
    return MappingProxyType(
        {key: _form(key, row, exporters, meta["date"]) for key, row in table.items()}
    )


def _form(key: str, row: dict[str, Any], exporters: Mapping[str, str], date: str) -> AlertForm:
    return AlertForm(
        name=key.partition(".")[0],
        subject=row["subject"],
        signal=row["signal"],
        severity=row["severity"],
        for_s=float(row["for_s"]),
        unit=row["unit"],
        threshold=None if "threshold" not in row else float(row["threshold"]),
        ratio=float(row.get("ratio", 1.0)),
        exporter=exporters[row["exporter"]],
        expr=row["expr"],
        summary=row["summary"],
        description=row["description"],
        kind=row["kind"],
        source=row["source"],
        date=row.get("date", date),
    )
