"""What a partition may carry in; the line above which it is hot out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from kafka_sizing._checks import ROUNDING, check_at_least, check_positive
from kafka_sizing._tables import read_table
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import LoadUnit, format_load

Kind = Literal["exact", "measured", "vendor", "rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The load above which a partition is hot, and why there."""

    name: Literal["capacity", "ratio"]
    load: float  #: in ``unit``
    unit: LoadUnit
    reason: str
    kind: Kind

    def is_crossed_by(self, load: float) -> bool:
        """Whether a load is above the line, by more than rounding."""
        return load > self.load * (1 + ROUNDING)


def hot_lines(
    loads: PartitionLoads, *, capacity: float | None = None, ratio: float | None = None
) -> tuple[Line, ...]:
    """Draw the lines for these loads: the capacity, the multiple of the even share, or both.

    Without either, the customary multiple of ``lines.toml`` stands in.
    """
    lines = []
    if capacity is not None:
        check_positive("capacity", capacity)
        reason = f"a partition carries at most {format_load(capacity, loads.unit)}, as stated"
        lines.append(
            Line(
                name="capacity", load=float(capacity), unit=loads.unit, reason=reason, kind="exact"
            )
        )
    if ratio is not None:
        check_at_least("ratio", ratio, 1)
        lines.append(_ratio_line(loads, ratio, "exact", "as stated"))
    if not lines:
        customary = thresholds()["ratio"]
        why = f"a rule of thumb: {customary['source']}"
        lines.append(_ratio_line(loads, customary["value"], customary["kind"], why))
    return tuple(lines)


def _ratio_line(loads: PartitionLoads, ratio: float, kind: Kind, why: str) -> Line:
    reason = f"{ratio:g} × the even share of {format_load(loads.even_share, loads.unit)}, {why}"
    return Line(
        name="ratio", load=ratio * loads.even_share, unit=loads.unit, reason=reason, kind=kind
    )


@cache
def thresholds() -> dict[str, Any]:
    """Read the thresholds and where they come from."""
    return read_table("kafka_sizing.partitions", "lines")
