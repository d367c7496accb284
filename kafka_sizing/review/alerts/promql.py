"""Names and numbers in; the same as PromQL and as Prometheus' templates read them, out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from kafka_sizing.topic.design.surroundings import check_labels
from kafka_sizing.units import LOAD_UNITS, format_duration, format_load, format_share

_TOKEN: Final = re.compile(r"<([a-z]+)>")
_SPECIAL: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_FIGURES: Final = 6


def filled(template: str, words: Mapping[str, str]) -> str:
    """Put words where ``<name>`` stands; a name without a word stays."""
    return _TOKEN.sub(lambda match: words.get(match[1], match[0]), template)


def in_quotes(text: str) -> str:
    """Write what stands between the quotes of a string of PromQL."""
    return text.translate(_ESCAPES)


def as_pattern(text: str) -> str:
    """Write a regular expression that matches a text and nothing else."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def matcher_text(matchers: Mapping[str, str]) -> str:
    """Write the matchers every series must meet, a comma after each."""
    check_labels("matchers", matchers)
    return "".join(f'{name}="{in_quotes(value)}",' for name, value in matchers.items())


def in_template(text: str) -> str:
    """Write a text so that Prometheus, which fills in annotations, leaves it alone."""
    return text.replace("{{", '{{"{{"}}')


def rounded(number: float) -> float:
    """Keep as many figures as a threshold can be meant to have."""
    return float(f"{number:.{_FIGURES}g}")


def number_text(number: float) -> str:
    """Write a number, a whole one without a point."""
    return str(int(number)) if number.is_integer() else repr(number)


def limit_text(number: float, unit: str) -> str:
    """Write a threshold as people read it."""
    for load_unit in LOAD_UNITS:
        if unit == load_unit:
            return format_load(number, load_unit)
    if unit == "share":
        return format_share(number)
    if unit == "s":
        return format_duration(number)
    return f"{number:,.0f} {unit}" if number.is_integer() else f"{number_text(number)} {unit}"
