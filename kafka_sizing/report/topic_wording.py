"""A plan's words and amounts in; what a report may print of them out."""

from __future__ import annotations

from dataclasses import dataclass

from kafka_sizing.report.labels import printable
from kafka_sizing.report.names import Names
from kafka_sizing.topic.planning.keys import KeyPlan
from kafka_sizing.units import format_duration, format_load, format_share

NONE = "–"
_DECIMAL = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1, "B"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How one report words what a plan says: made printable, keys named as it names keys."""

    keys: KeyPlan | None
    names: Names

    def named(self, text: str) -> str:
        """Where a text tells of hot keys, name them as the report does."""
        return self._told.join(self._parts(text))

    def said(self, text: str) -> str:
        """Do the same, and make the rest of it printable."""
        return self._told.join(map(readable, self._parts(text)))

    def sentence(self, text: str) -> str:
        """Make a whole sentence of a reason: a capital before it, a full stop behind."""
        said = self.said(text)
        first = said.split(" ", 1)[0]
        if first.rstrip(":").isalpha():
            said = said[:1].upper() + said[1:]
        return said if said.endswith((".", "!", "?")) else f"{said}."

    @property
    def _told(self) -> str:
        """What is said of the hot keys, with their names as they may be printed."""
        return "" if self.keys is None else self.keys.report.explain(self.names.quoted).rstrip(".")

    def _parts(self, text: str) -> list[str]:
        """Give what stands around that in a text."""
        return [text] if self.keys is None else text.split(self.keys.report.verdict.rstrip("."))


def bytes_text(amount: float, suffix: str = "") -> str:
    """Write bytes in binary and decimal units, which people mix up.

    Examples
    --------
    >>> from kafka_sizing.report.topic_wording import bytes_text
    >>> bytes_text(41_943_040, "/s"), bytes_text(16)
    ('40.0 MiB/s (41.94 MB/s)', '16 B')
    """
    binary = format_load(amount, "bytes/s" if suffix else "bytes")
    factor, name = next(each for each in _DECIMAL if amount >= each[0] or each[0] == 1)
    if factor == 1:
        return binary
    return f"{binary} ({amount / factor:,.4g} {name}{suffix})"


def number_text(number: float) -> str:
    """Write a number with four figures, or all those before the point.

    Examples
    --------
    >>> from kafka_sizing.report.topic_wording import number_text
    >>> number_text(11_637.46), number_text(14.8706)
    ('11,637', '14.87')
    """
    return f"{number:,.0f}" if abs(number) >= 1_000 else f"{number:,.4g}"


def amount_text(amount: float | None, unit: str) -> str:
    """Write an amount in the unit that a plan gives it in."""
    if amount is None:
        return NONE
    if unit in ("bytes", "bytes/s"):
        return format_load(amount, "bytes/s" if unit == "bytes/s" else "bytes")
    return f"{amount:,.0f}"


def span_text(seconds: float | None, none: str = NONE) -> str:
    """Write a time span, or what stands for none."""
    if seconds is None:
        return none
    return format_duration(seconds) if seconds else "0 s"


def ratio_text(ratio: float | None) -> str:
    """Write how full something is."""
    if ratio is None:
        return NONE
    return format_share(ratio) if ratio < 10 else f"{100 * ratio:,.0f} %"


def readable(text: str) -> str:
    """Escape what is not printable, but not what was escaped before."""
    return "\\".join(map(printable, text.split("\\")))


def counted(count: int, noun: str) -> str:
    """Write a count and what is counted."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
