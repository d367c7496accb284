"""A value as it was given, in; the value in the type of its property, or a clear error, out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final

from kafka_sizing.settings.defaults import Form, SideProperties
from kafka_sizing.settings.setting import SettingValue, text_of

_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
_BOOLEANS: Final = {"true": True, "false": False}
_RULES: Final[dict[Form, str]] = {
    "text": "a text",
    "int": "a whole number",
    "float": "a finite number",
    "boolean": "true or false",
}


def parsed_value(known: SideProperties, name: str, value: object) -> SettingValue:
    """Read a value by the type of its property; one that is not known stays as it came."""
    given = value.strip() if isinstance(value, str) else value
    form = _form_of(known, name)
    if not isinstance(given, int | float | str):
        raise _refusal(name, form, value)
    if form is None:
        return given
    parsed = _READERS[form](given)
    if parsed is None:
        raise _refusal(name, form, value)
    return parsed


def _refusal(name: str, form: Form | None, value: object) -> ValueError:
    rule = _RULES[form] if form else "a number, a text, true or false"
    return ValueError(f"{name} must be {rule}, got {value!r}")


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
    if isinstance(given, str):
        return int(given) if _WHOLE.fullmatch(given) else None
    return given if isinstance(given, int) and not isinstance(given, bool) else None


def _float(given: SettingValue) -> float | None:
    if isinstance(given, bool):
        return None
    try:
        number = float(given)
    except ValueError:
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
