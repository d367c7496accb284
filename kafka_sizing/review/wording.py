"""Numbers of a finding in; the words for them out."""

from __future__ import annotations

from typing import Final

from kafka_sizing.units import format_duration

_EXACT_FROM_S: Final = 120


def span_text(seconds: float) -> str:
    """Write a time span; a long one also in seconds, as properties have it."""
    text = format_duration(seconds)
    return f"{seconds:,.0f} s ({text})" if seconds >= _EXACT_FROM_S else text


def counted(count: int, noun: str) -> str:
    """Write a count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
