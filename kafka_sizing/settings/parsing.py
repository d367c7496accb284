"""A value as it was given, in; the value in the type of its property, or a clear error, out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final

from kafka_sizing.settings.defaults import Form, SideProperties
from kafka_sizing.settings.setting import SettingValue, plain_scalar, text_of

_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
_MOST_INT: Final = 2**63 - 1  # Kafka reads no whole number of more than 64 bits
_BOOLEANS: Final = {"true": True, "false": False}
_RULES: Final[dict[Form, str]] = {
    "text": "a text",
    "int": "a whole number",
    "float": "a finite number",
    "boolean": "true or false",
}


def parsed_value(known: SideProperties, name: str, value: object) -> SettingValue:
    """Read a value by the type of its property; one that is not known stays as it came."""
    given = _plain(value)
    form = _form_of(known, name)
    if not isinstance(given, int | float | str):
        raise _refusal(name, form, value)
    if form is None:
        return given
    parsed = _READERS[form](given)
    if parsed is None:
        raise _refusal(name, form, value)
    return parsed


def _plain(value: object) -> object:
    """Take the blanks off a text, and a scalar of NumPy for what it holds."""
    plain = plain_scalar(value)
    return plain.strip() if isinstance(plain, str) else plain


def _refusal(name: str, form: Form | None, value: object) -> ValueError:
    rule = _RULES[form] if form else "a number, a text, true or false"
    if form == "int" and _is_whole(_plain(value)):
        rule += " of 64 bits at most"
    return ValueError(f"{name} must be {rule}, got {value!r:.80}")


def _form_of(known: SideProperties, name: str) -> Form | None:
    own = known.aliases.get(name, name)
    if own not in known.settings:
        return known.unset.get(own)
    default = known.settings[own].value
    if isinstance(default, bool):
        return "boolean"
    if isinstance(default, int):
        return "int"
    return "float" if isinstance(default, float) else "text"


def _int(given: SettingValue) -> int | None:
    if not _is_whole(given):
        return None
    try:
        number = int(given)
    except ValueError:  # more digits than Python reads
        return None
    return number if -_MOST_INT - 1 <= number <= _MOST_INT else None


def _is_whole(given: object) -> bool:
    if isinstance(given, str):
        return _WHOLE.fullmatch(given) is not None
    return isinstance(given, int) and not isinstance(given, bool)


def _float(given: SettingValue) -> float | None:
    if isinstance(given, bool):
        return None
    try:
        number = float(given)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _boolean(given: SettingValue) -> bool | None:
    if isinstance(given, str):
        return _BOOLEANS.get(given.lower())
    return given if isinstance(given, bool) else None


_READERS: Final[dict[Form, Callable[[SettingValue], SettingValue | None]]] = {
    "text": text_of,
    "int": _int,
    "float": _float,
    "boolean": _boolean,
}
