"""A span of time in; the words for it out."""

from __future__ import annotations

from typing import Final

from kafka_sizing.units import format_number

_DAY_S: Final = 86_400


def seconds_text(span_s: float) -> str:
    """Write a span in seconds, from a day on in days."""
    if span_s >= _DAY_S:
        return f"{format_number(span_s / _DAY_S)} d"
    return f"{span_s:,.6g} s" if span_s >= 1 else f"{format_number(span_s)} s"
