"""Spans of time and counts in; the words for them out."""

from __future__ import annotations

from typing import Final

_DAY_S: Final = 86_400


def seconds_text(span_s: float) -> str:
    """Write a span in seconds, from a day on in days."""
    if span_s < _DAY_S:
        return f"{span_s:,.10g} s"
    return f"{span_s / _DAY_S:,.4g} d"


def counted(count: int, noun: str, nouns: str = "") -> str:
    """Write a count and its noun, in the plural where that is due."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"
